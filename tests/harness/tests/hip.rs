//! `tests/emulator/hip/*.hip`: HIP programs built by AMD's compiler and run over AMD's HIP runtime on our emulator: a
//! second opinion on what cross-lane instructions mean.

use anyhow::Result;
use std::process::ExitCode;
use wavefold_harness::{discover, programs, toolkit};

fn main() -> ExitCode {
    discover::main(trials())
}

fn trials() -> Result<Vec<libtest_mimic::Trial>> {
    let mut trials = Vec::new();
    for program in programs::list(&toolkit::tests("emulator").join("hip"), "hip")? {
        let (name, skip) = (program.name.clone(), program.header.skip.clone());
        trials.push(discover::trial(name, skip, move || program.run_hip()));
    }
    Ok(trials)
}
