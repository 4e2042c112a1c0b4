//! `wavefold doctor`: each thing that compiling and running needs, found or missing, and how to get what is missing.
//!
//! Exit code 1 when something that is needed is missing; a missing GPU is not, since the emulator stands in.

use crate::failure::{Failure, Result};
use crate::toolkit::{Toolkit, resolve};
use std::path::{Path, PathBuf};
use std::process::Command;

/// One line of the report.
struct Finding {
    what: &'static str,
    state: State,
}

enum State {
    Found(String),
    Missing { why: String, help: String },
    Optional(String),
}

/// Prints the report; 0 when nothing is missing, else 1.
pub fn run() -> Result<i32> {
    let toolkit = Toolkit::locate()?;
    let mut findings =
        vec![Finding { what: "toolkit", state: State::Found(toolkit.root().display().to_string()) }];
    for name in ["nvcc", "ptxas", "fatbinary", "nvlink", "cuobjdump"] {
        findings.push(Finding { what: name, state: own(&toolkit.root().join("bin").join(name)) });
    }
    findings.push(Finding { what: "headers", state: own(&toolkit.include().join("cuda_runtime.h")) });
    findings.push(Finding { what: "runtime", state: own(&toolkit.lib().join("libcudart.so")) });
    findings.push(Finding { what: "driver API", state: own(&toolkit.lib().join("libcuda.so.1")) });
    findings.push(Finding {
        what: "emulator",
        state: own(&toolkit.lib().join("emulator/libhsa-runtime64.so.1")),
    });
    findings.push(Finding { what: "clang 22", state: outside(toolkit.clang(), "version 22.") });
    findings.push(Finding { what: "ld.lld 22", state: outside(toolkit.lld(), "LLD 22.") });
    findings.push(Finding { what: "host compiler", state: host_compiler() });
    findings.push(Finding { what: "AMD GPU", state: gpu() });
    let mut missing = 0;
    for finding in &findings {
        match &finding.state {
            State::Found(text) => println!("ok       {:<14} {text}", finding.what),
            State::Optional(text) => println!("absent   {:<14} {text}", finding.what),
            State::Missing { why, help } => {
                missing += 1;
                println!("MISSING  {:<14} {why}", finding.what);
                println!("         {:<14} {help}", "");
            }
        }
    }
    if missing == 0 {
        println!("Everything needed is there.");
        return Ok(0);
    }
    println!("{missing} needed thing{} missing.", if missing == 1 { " is" } else { "s are" });
    Ok(1)
}

fn own(path: &Path) -> State {
    if path.exists() {
        return State::Found(path.display().to_string());
    }
    State::Missing {
        why: path.display().to_string(),
        help: "build the toolkit again: cargo xtask toolkit".into(),
    }
}

/// An outside tool must exist and be of the version that was asked for.
fn outside(found: Result<PathBuf>, version: &str) -> State {
    let path = match found {
        Ok(path) => path,
        Err(Failure { message, notes, .. }) => {
            return State::Missing { why: message.unwrap_or_default(), help: notes.join("; ") };
        }
    };
    let output = Command::new(&path).arg("--version").output();
    let text = output.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
    let first = text.lines().next().unwrap_or("");
    if first.contains(version) {
        return State::Found(format!("{} ({first})", path.display()));
    }
    State::Missing {
        why: format!("{} says '{first}', not '{version}'", path.display()),
        help: "install version 22".into(),
    }
}

fn host_compiler() -> State {
    match ["g++", "clang++-22", "clang++"].iter().find_map(|name| resolve(Path::new(name))) {
        Some(path) => State::Found(path.display().to_string()),
        None => State::Missing {
            why: "no g++ or clang++ in PATH".into(),
            help: "it links programs (Debian: apt-get install g++)".into(),
        },
    }
}

fn gpu() -> State {
    if Path::new("/dev/kfd").exists() {
        return State::Found("/dev/kfd is there; `wavefold info` lists the devices".into());
    }
    State::Optional("no /dev/kfd: programs run on the emulator".into())
}
