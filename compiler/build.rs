//! Compiles the device library (`device/*.c`) to bitcode, which the compiler carries and links into what it compiles.
//!
//! Takes clang-22 (`WAVEFOLD_CLANG` names another), of the same LLVM as the compiler's own; leaves one `.bc` for each file
//! in `OUT_DIR`.

use std::path::Path;
use std::process::Command;

const FILES: [&str; 2] = ["output", "heap"];

fn main() {
    let out = std::env::var("OUT_DIR").expect("cargo sets it");
    let clang = std::env::var("WAVEFOLD_CLANG").unwrap_or_else(|_| "clang-22".into());
    println!("cargo::rerun-if-env-changed=WAVEFOLD_CLANG");
    println!("cargo::rerun-if-changed=device");
    for file in FILES {
        let mut command = Command::new(&clang);
        command
            .args(["-target", "amdgcn-amd-amdhsa", "-mcpu=gfx90a", "-mcode-object-version=5", "-nogpulib"])
            .args(["-ffreestanding", "-fno-builtin", "-fno-ident", "-O2", "-Wall", "-Wextra", "-Werror"])
            .args(["-emit-llvm", "-c", "-o"])
            .arg(Path::new(&out).join(file).with_extension("bc"))
            .arg(format!("device/{file}.c"));
        let status = command.status();
        if !status.as_ref().is_ok_and(std::process::ExitStatus::success) {
            println!("cargo::error={command:?}: {status:?} (Debian: package clang-22)");
            return;
        }
    }
}
