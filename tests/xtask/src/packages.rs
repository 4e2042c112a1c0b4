//! The Debian packages that each command needs, and their installation.
//!
//! As root what is missing is installed; without root the one command that installs it is printed, and that is an
//! error. Elsewhere than on Debian the same tools are looked for on `PATH`, and what is missing is named.

use crate::progress;
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};

/// What building the toolkit, and building with it, takes.
const BUILD: &[&str] = &[
    "clang-22",
    "lld-22",
    "llvm-22",
    "llvm-22-dev",
    "libclang-common-22-dev",
    "rocm-device-libs",
    "gcc",
    "g++",
    "libc6-dev",
    "make",
];
/// The demonstration's input.
const INPUT: &[&str] = &["gromacs-data"];
/// What the tests compare with: AMD's own runtime and tools, CMake.
const OTHERS: &[&str] = &["hipcc", "libamdhip64-dev", "libhsa-runtime-dev", "rocminfo", "cmake"];

/// For the toolkit.
pub const TOOLKIT: &[&[&str]] = &[BUILD];
/// For the demonstration.
pub const DEMO: &[&[&str]] = &[BUILD, INPUT];
/// For the tests.
pub const TEST: &[&[&str]] = &[BUILD, INPUT, OTHERS];

/// Makes sure that all packages of the groups are installed.
///
/// # Errors
/// When something is missing that could not be installed; the message holds the command to run.
pub fn ensure(groups: &[&[&str]]) -> Result<()> {
    if !Path::new("/usr/bin/dpkg-query").exists() {
        return bail_unless_on_path();
    }
    let missing: Vec<&str> = groups.concat().into_iter().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    // SAFETY: geteuid has no preconditions and cannot fail.
    let is_root = unsafe { libc::geteuid() } == 0;
    let install = format!("apt-get install -y --no-install-recommends {}", missing.join(" "));
    if !is_root {
        bail!("packages are missing; run\n\n    sudo sh -c 'apt-get update && {install}'\n\nand start again");
    }
    let mut update = Command::new("apt-get");
    update.arg("update");
    progress::run("apt-get update", &mut update)?;
    let mut command = Command::new("sh");
    command.env("DEBIAN_FRONTEND", "noninteractive").args(["-c", &install]);
    progress::run(&format!("installing {}", missing.join(" ")), &mut command).context(
        "the packages come from Debian 12 with its security updates: is that suite among apt's sources?",
    )
}

fn is_installed(package: &str) -> bool {
    let output = Command::new("dpkg-query")
        .args(["-W", "-f=${db:Status-Status}", package])
        .stderr(Stdio::null())
        .output();
    output.is_ok_and(|output| output.stdout == b"installed")
}

/// Without dpkg nobody can be asked but `PATH`.
fn bail_unless_on_path() -> Result<()> {
    const TOOLS: &[&str] = &["clang-22", "ld.lld-22", "llvm-config-22", "g++", "make"];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let missing: Vec<&str> = TOOLS
        .iter()
        .copied()
        .filter(|tool| !std::env::split_paths(&path).any(|folder| folder.join(tool).exists()))
        .collect();
    if !missing.is_empty() {
        bail!(
            "this is not Debian, and {} cannot be found on PATH: install LLVM 22, its lld and clang, and ROCm's device libraries",
            missing.join(", ")
        );
    }
    Ok(())
}
