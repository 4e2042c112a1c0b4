//! `wavefold run -- CMD`: a program on the emulated gfx90a, be it CUDA's through our runtime or any other HSA program.
//!
//! The emulator's folder goes first in `LD_LIBRARY_PATH`, so that whoever opens `libhsa-runtime64.so.1` finds it, and its
//! shim for the kernel driver's files is preloaded when the toolkit has one. The program replaces this process; with
//! checks it is a child, so that what they find can become the exit code.

use crate::failure::{Failure, Result, reason};
use crate::toolkit::Toolkit;
use std::ffi::OsString;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

/// The exit code when a check has found something.
const FOUND: i32 = 99;

/// What the command line says.
pub struct Request {
    /// Options of the emulator.
    pub emulator: Option<String>,
    /// The checks by name.
    pub check: Vec<String>,
    /// Where findings go.
    pub check_report: Option<PathBuf>,
    /// Where the counts by launch go.
    pub stats: Option<PathBuf>,
    /// Where the timeline goes.
    pub trace: Option<PathBuf>,
    /// The program and its arguments.
    pub command: Vec<String>,
}

/// Runs the program; without checks it returns only when that fails.
pub fn run(request: Request) -> Result<i32> {
    let toolkit = Toolkit::locate()?;
    let folder = toolkit.lib().join("emulator");
    if !folder.join("libhsa-runtime64.so.1").is_file() {
        return Err(Failure::input(format!("the toolkit has no emulator in '{}'", folder.display())));
    }
    let mut options: Vec<String> = request.emulator.iter().cloned().collect();
    for (key, file) in [("launches", &request.stats), ("trace", &request.trace)] {
        if let Some(file) = file {
            options.push(format!("{key}={}", option_path(file)?));
        }
    }
    let mut report = None;
    if request.check.is_empty() {
        if request.check_report.is_some() {
            return Err(Failure::input("--check-report needs --check"));
        }
    } else {
        let mine = std::env::temp_dir().join(format!("wavefold-check-{}.json", std::process::id()));
        let file = request.check_report.clone().unwrap_or(mine);
        options.push(format!("check={}", request.check.join("+")));
        options.push(format!("check-report={}", option_path(&file)?));
        report = Some(file);
    }

    let mut words = request.command.into_iter();
    let program = words.next().ok_or_else(|| Failure::input("no program to run"))?;
    let mut child = Command::new(&program);
    child.args(words).env("WAVEFOLD_DEVICE", "emulator");
    let libraries = [folder.as_path(), &toolkit.lib()];
    child.env("LD_LIBRARY_PATH", with_front(&libraries, "LD_LIBRARY_PATH"));
    let shim = folder.join("libwavefold-kfd.so");
    if shim.is_file() {
        child.env("LD_PRELOAD", with_front(&[&shim], "LD_PRELOAD"));
    }
    if !options.is_empty() {
        // What the environment says stays; what is said here comes later and wins.
        let before = std::env::var("WAVEFOLD_EMULATOR")
            .ok()
            .filter(|text| request.emulator.is_none() && !text.is_empty());
        child.env("WAVEFOLD_EMULATOR", before.into_iter().chain(options).collect::<Vec<_>>().join(","));
    }
    let cannot =
        |error: &std::io::Error| Failure::input(format!("cannot run '{program}': {}", reason(error)));
    let Some(report) = report else {
        return Err(cannot(&child.exec()));
    };
    let status = child.status().map_err(|error| cannot(&error))?;
    let found = findings(&report);
    if request.check_report.is_none() {
        // A report that nobody asked for; that it cannot be removed harms nobody.
        let _ = std::fs::remove_file(&report);
    }
    match found {
        None => Err(Failure::input(format!("'{program}' used no emulated device: nothing was checked"))),
        Some(0) => Ok(exit_code(status)),
        Some(count) => {
            eprintln!("wavefold run: {count} finding(s)");
            Ok(FOUND)
        }
    }
}

/// A path as the emulator's options can hold it: absolute, and without a comma. No older file stays there.
fn option_path(path: &Path) -> Result<String> {
    let absolute = std::path::absolute(path)
        .map_err(|error| Failure::input(format!("'{}': {}", path.display(), reason(&error))))?;
    if let Err(error) = std::fs::remove_file(&absolute)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(Failure::input(format!("cannot replace '{}': {}", path.display(), reason(&error))));
    }
    match absolute.to_str() {
        Some(text) if !text.contains(',') => Ok(text.to_owned()),
        _ => Err(Failure::input(format!("'{}': a path without commas was expected", path.display()))),
    }
}

/// How many findings the report holds; `None` if there is no report.
fn findings(report: &Path) -> Option<usize> {
    let text = std::fs::read(report).ok()?;
    let report: serde_json::Value = serde_json::from_slice(&text).ok()?;
    report.get("findings")?.as_array().map(Vec::len)
}

/// As a shell gives a child's end.
fn exit_code(status: ExitStatus) -> i32 {
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1)
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
