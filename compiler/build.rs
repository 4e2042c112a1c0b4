//! Compiles the device library (`device/`) to bitcode, which the compiler carries and links into what it compiles.
//!
//! Takes clang-22 (`WAVEFOLD_CLANG` names another), of the same LLVM as the compiler's own; leaves one `.bc` for each file
//! in `OUT_DIR`. The C copy of a texture's descriptor is checked against `runtime/formats/src/texture.rs`, which states
//! its layout.

use std::path::Path;
use std::process::Command;
use wavefold_formats::texture;

const FILES: [&str; 4] = ["output.c", "heap.c", "texture.cpp", "surface.cpp"];
/// In the formulas of texture filtering a product and a sum stay two operations.
const CPP: [&str; 4] = ["-std=c++20", "-fno-exceptions", "-fno-rtti", "-ffp-contract=off"];

fn main() {
    let out = std::env::var("OUT_DIR").expect("cargo sets it");
    let clang = std::env::var("WAVEFOLD_CLANG").unwrap_or_else(|_| "clang-22".into());
    println!("cargo::rerun-if-env-changed=WAVEFOLD_CLANG");
    println!("cargo::rerun-if-changed=device");
    std::fs::write(Path::new(&out).join("layout.h"), layout()).expect("OUT_DIR can be written");
    for file in FILES {
        let mut command = Command::new(&clang);
        command
            .args(["-target", "amdgcn-amd-amdhsa", "-mcpu=gfx90a", "-mcode-object-version=5", "-nogpulib"])
            .args(["-ffreestanding", "-fno-builtin", "-fno-ident", "-O2", "-Wall", "-Wextra", "-Werror"])
            .args(if file.ends_with(".cpp") { &CPP[..] } else { &[] })
            .args(["-I", &out, "-emit-llvm", "-c", "-o"])
            .arg(Path::new(&out).join(file).with_extension("bc"))
            .arg(Path::new("device").join(file));
        let status = command.status();
        if !status.as_ref().is_ok_and(std::process::ExitStatus::success) {
            println!("cargo::error={command:?}: {status:?} (Debian: package clang-22)");
            return;
        }
    }
}

/// Assertions in C that the copy of the descriptor has Rust's layout.
fn layout() -> String {
    let mut text = String::from("// Made by build.rs.\n#pragma once\n");
    for (field, offset) in texture::fields() {
        text += &format!("static_assert(__builtin_offsetof(Descriptor, {field}) == {offset});\n");
    }
    text += &format!("static_assert(sizeof(Level) == {});\n", size_of::<texture::Level>());
    text += &format!(
        "static_assert(__builtin_offsetof(Descriptor, tail) + 32 == {});\n",
        texture::DESCRIPTOR_BYTES
    );
    text
}
