//! `cargo xtask demo`: from a bare machine to a CUDA program that agrees with GROMACS on an emulated gfx90a.
//!
//! Installs what is missing, builds the toolkit, builds `kernels/nonbonded` with the toolkit's `nvcc`, and runs it on
//! GROMACS's box of 216 waters and on a 4x4x4 replica of it. The program itself compares, prints and decides.

use crate::{packages, progress, toolkit, workspace};
use anyhow::{Result, bail};
use std::path::Path;
use std::process::Command;

/// The coordinates that Debian's gromacs-data installs.
const WATERS: &str = "/usr/share/gromacs/top/spc216.gro";

/// Runs the demonstration; `arguments` go to the program (see `kernels/nonbonded`).
///
/// # Errors
/// When a step fails, or a figure misses its bar (the program's own exit status).
pub fn run(arguments: &[String]) -> Result<()> {
    packages::ensure(packages::DEMO)?;
    let toolkit = toolkit::build()?;
    if !Path::new(WATERS).exists() {
        bail!("{WATERS} is missing although gromacs-data is installed");
    }

    let source = workspace::root().join("kernels/nonbonded");
    let build = workspace::target().join("demo/nonbonded");
    let mut make = Command::new("make");
    make.arg("-C").arg(&source);
    make.arg(format!("NVCC={}", toolkit.join("bin/nvcc").display()));
    make.arg(format!("OUT={}", build.display()));
    progress::run("building kernels/nonbonded with target/toolkit/bin/nvcc", &mut make)?;

    let mut program = Command::new(build.join("nonbonded"));
    program.args(["--gro", WATERS, "--reference"]).arg(source.join("reference")).args(arguments);
    progress::show("running nonbonded", &mut program)
}
