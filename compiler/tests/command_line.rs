//! `ptxas` as a program: its options, exit codes, and what it leaves behind.

mod common;

use common::input;
use std::path::Path;
use std::process::{Command, Output};

fn ptxas(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ptxas"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("WAVEFOLD_WARP_MAPPING")
        .output()
        .expect("ptxas starts")
}

fn folder_with_input() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("axpy.ptx"), input("axpy")).expect("written");
    folder
}

#[test]
fn what_clang_and_nvcc_pass_is_taken() {
    let folder = folder_with_input();
    let arguments =
        ["-m64", "-O3", "--gpu-name", "sm_70", "--output-file", "axpy.o", "-v", "axpy.ptx", "-lineinfo"];
    let result = ptxas(folder.path(), &arguments);
    assert!(result.status.success(), "{result:?}");
    let report = String::from_utf8_lossy(&result.stderr);
    assert!(report.contains("axpy:") && report.contains("VGPRs") && report.contains("fold"), "{report}");
    assert!(folder.path().join("axpy.o").is_file());
}

#[test]
fn an_unknown_option_is_refused_with_a_suggestion() {
    let folder = folder_with_input();
    let result = ptxas(folder.path(), &["--warp-map", "fold", "axpy.ptx"]);
    assert_eq!(result.status.code(), Some(1));
    let message = String::from_utf8_lossy(&result.stderr);
    assert_eq!(message, "ptxas: error: unknown option --warp-map; did you mean --warp-mapping?\n");
}

#[test]
fn wrong_input_leaves_no_output() {
    let folder = folder_with_input();
    std::fs::write(folder.path().join("wrong.ptx"), ".version 8.0\n.target sm_70\nnonsense\n")
        .expect("written");
    let result = ptxas(folder.path(), &["-o", "out.o", "wrong.ptx"]);
    assert_eq!(result.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&result.stderr).starts_with("wrong.ptx:3:1: error: "), "{result:?}");
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).expect("readable").flatten().map(|f| f.file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn a_missing_input_and_an_unwritable_output_are_named() {
    let folder = folder_with_input();
    let missing = ptxas(folder.path(), &["absent.ptx"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("cannot read absent.ptx"));
    let unwritable = ptxas(folder.path(), &["-o", "no/such/folder/out.o", "axpy.ptx"]);
    assert_eq!(unwritable.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unwritable.stderr).contains("cannot write no/such/folder/out.o"));
}

#[test]
fn text_can_be_asked_for() {
    let folder = folder_with_input();
    for (kind, part) in [
        ("llvm-ir", "define protected amdgpu_kernel"),
        ("llvm-ir-opt", "!invariant.load"),
        ("asm", "s_endpgm"),
    ] {
        let result = ptxas(folder.path(), &[&format!("--emit={kind}"), "-o", "-", "axpy.ptx"]);
        assert!(result.status.success(), "{result:?}");
        assert!(String::from_utf8_lossy(&result.stdout).contains(part), "{kind}");
    }
}
