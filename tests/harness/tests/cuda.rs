//! `tests/cuda/`: CUDA programs that check themselves, built by our nvcc and run on the emulator.

use anyhow::Result;
use std::process::ExitCode;
use std::sync::Arc;
use wavefold_harness::{discover, programs, toolkit};

fn main() -> ExitCode {
    discover::main(trials())
}

fn trials() -> Result<Vec<libtest_mimic::Trial>> {
    let mut trials = Vec::new();
    for program in programs::list(&toolkit::tests("cuda"), "cu")? {
        let program = Arc::new(program);
        let variants = std::iter::once(Vec::new()).chain(program.header.also.clone());
        for variant in variants {
            let name = match variant.is_empty() {
                true => program.name.clone(),
                false => format!("{} ({})", program.name, variant.join(" ")),
            };
            let (skip, program) = (program.header.skip.clone(), program.clone());
            trials.push(discover::trial(name, skip, move || program.run_cuda(&variant)));
        }
    }
    Ok(trials)
}
