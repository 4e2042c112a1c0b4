//! `tests/diagnostics/`: wrong inputs, each with its complaints on the lines they concern.

use anyhow::Result;
use std::process::ExitCode;
use wavefold_harness::{diagnostics, discover, toolkit};

fn main() -> ExitCode {
    discover::main(trials())
}

fn trials() -> Result<Vec<libtest_mimic::Trial>> {
    let folder = toolkit::tests("diagnostics");
    let files = discover::files(&folder, &["ptx", "cu"])?;
    let trial = |path: std::path::PathBuf| {
        let name = discover::name(&folder, &path);
        discover::trial(name, None, move || diagnostics::run(&path))
    };
    Ok(files.into_iter().map(trial).collect())
}
