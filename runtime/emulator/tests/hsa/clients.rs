//! AMD's own clients on the emulator: rocminfo, and HIP programs on the unmodified libamdhip64.
//!
//! They are Debian's packages (rocminfo; hipcc and libamdhip64-dev). Where one is not installed its test says so on
//! the standard error and tests nothing.

use std::path::Path;
use std::process::{Command, Output};

use super::api::library_path;

fn is_installed(tool: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {tool}")]).output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("not tested: {tool} is not installed");
    }
    found
}

fn run(command: &mut Command, options: &str) -> Output {
    let folder = library_path().parent().expect("in a folder");
    command.env("LD_LIBRARY_PATH", folder).env("WAVEFOLD_EMULATOR", options);
    command.output().expect("the client runs")
}

/// Compiles and runs a HIP program of this folder, and gives what it prints.
fn hip(name: &str, options: &str) -> Option<String> {
    if !is_installed("hipcc") {
        return None;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join(name);
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/hsa/hip/{name}.cpp"));
    let compiled = Command::new("hipcc")
        .args(["--offload-arch=gfx90a", "-O2", "-Wno-unused-result", "-o"])
        .args([&program, &source])
        .output()
        .expect("hipcc runs");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let output = run(&mut Command::new(program), options);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    Some(text)
}

#[test]
fn rocminfo_lists_the_gpu() {
    if !is_installed("rocminfo") {
        return;
    }
    let preload = library_path().with_file_name("libwavefold-kfd.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("preload/kfd.c");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-Wall", "-Werror", "-o"])
        .args([&preload, &source])
        .arg("-ldl")
        .status()
        .expect("the C compiler runs");
    assert!(compiled.success());
    let output = run(Command::new("rocminfo").env("LD_PRELOAD", &preload), "");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    for line in [
        "Name:                    gfx90a",
        "Compute Unit:            104",
        "Name:                    amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-",
        "Size:                    67108864(0x4000000) KB",
        "*** Done ***",
    ] {
        let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(squeeze(&text).contains(&squeeze(line)), "{line} is missing in\n{text}");
    }
}

#[test]
fn hip_programs_compute() {
    if let Some(text) = hip("compute", "threads=2") {
        assert_eq!(text, "reduce 0\nshuffle 0\ndouble 0\ncollatz 0\nvariables 0\nscratch 0\n");
    }
}

#[test]
fn hip_streams_events_and_threads() {
    if let Some(text) = hip("streams", "threads=2") {
        assert_eq!(text, "streams 0\nevents 0\nrectangles 0\nthreads 0\nout of memory 2\n");
    }
}

#[test]
fn hip_peers_and_printf() {
    if let Some(text) = hip("peers", "gpus=2,threads=2") {
        assert_eq!(text, "devices 2\npeer access 1\npeers 0\nlane 0 says 42\nlane 1 says 42\n");
    }
}
