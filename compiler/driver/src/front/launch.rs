//! `wavefold run -- CMD`: a program on the emulated gfx90a, be it CUDA's through our runtime or any other HSA program.
//!
//! The emulator's folder goes first in `LD_LIBRARY_PATH`, so that whoever opens `libhsa-runtime64.so.1` finds it, and its
//! shim for the kernel driver's files is preloaded when the toolkit has one. The program replaces this process.

use crate::failure::{Failure, Result, reason};
use crate::toolkit::Toolkit;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Starts the program; returns only when that fails.
pub fn run(options: Option<String>, command: Vec<String>) -> Result<i32> {
    let toolkit = Toolkit::locate()?;
    let folder = toolkit.lib().join("emulator");
    if !folder.join("libhsa-runtime64.so.1").is_file() {
        return Err(Failure::input(format!("the toolkit has no emulator in '{}'", folder.display())));
    }
    let mut words = command.into_iter();
    let program = words.next().ok_or_else(|| Failure::input("no program to run"))?;
    let mut child = Command::new(&program);
    child.args(words).env("WAVEFOLD_DEVICE", "emulator");
    let libraries = [folder.as_path(), &toolkit.lib()];
    child.env("LD_LIBRARY_PATH", with_front(&libraries, "LD_LIBRARY_PATH"));
    let shim = folder.join("libwavefold-kfd.so");
    if shim.is_file() {
        child.env("LD_PRELOAD", with_front(&[&shim], "LD_PRELOAD"));
    }
    if let Some(options) = options {
        child.env("WAVEFOLD_EMULATOR", options);
    }
    let error = child.exec();
    Err(Failure::input(format!("cannot run '{program}': {}", reason(&error))))
}

/// `paths` before what the variable holds, separated by colons.
fn with_front(paths: &[&Path], variable: &str) -> OsString {
    let mut value = OsString::new();
    for path in paths {
        if !value.is_empty() {
            value.push(":");
        }
        value.push(path);
    }
    if let Some(old) = std::env::var_os(variable).filter(|old| !old.is_empty()) {
        value.push(":");
        value.push(old);
    }
    value
}
