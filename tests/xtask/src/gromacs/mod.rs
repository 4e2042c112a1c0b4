//! `cargo xtask gromacs-ptx`: every CUDA translation unit of Debian's GROMACS through the device half of the toolchain.
//!
//! Fetches the source package, configures it for the CPU (no CUDA toolkit is asked for anything), sets the macros
//! that choose CUDA in a copy of the generated `config.h`, and compiles each unit to PTX by `nvcc` and to a code object by
//! `ptxas`. What was compiled by the same toolkit before is not compiled again. The report goes to `docs/gromacs-ptx.md`.

mod compile_time;
mod debian_source;
mod report;
mod tree;
mod unit;

pub use compile_time::run as compile_time;
pub use report::made_at;

use crate::{install, packages, progress, toolkit, workspace};
use anyhow::{Result, bail};

/// The version whose CUDA sources are compiled: Debian 12's.
const VERSION: &str = "2022.5";

/// Compiles all units and writes the report.
///
/// # Errors
/// When the sources cannot be had, or any unit fails (the report is written all the same).
pub fn ptx() -> Result<()> {
    packages::ensure(packages::TEST)?;
    let toolkit = toolkit::build()?;
    let folder = install::folder(&workspace::target().join("gromacs"))?;
    let tree = tree::prepare(&folder, VERSION)?;
    let units = tree.cuda_units()?;
    let output = install::folder(&folder.join("ptx"))?;
    let mut results = Vec::with_capacity(units.len());
    for (index, source) in units.iter().enumerate() {
        progress::note(&format!("{} of {}: {}", index + 1, units.len(), source.display()));
        results.push(unit::compile(&toolkit, &tree, source, &output)?);
    }
    let path = workspace::root().join("docs/gromacs-ptx.md");
    install::text(&report::render(VERSION, &results), &path)?;
    println!("{}", path.display());
    match results.iter().filter(|result| !result.succeeded()).count() {
        0 => Ok(()),
        failed => bail!("{failed} of {} units failed; the report names them", results.len()),
    }
}
