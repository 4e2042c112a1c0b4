//! `cargo xtask bench SUBJECT`: figures, never tests: what is printed depends on the machine it is printed on.

use crate::{gromacs, packages, progress, workspace};
use anyhow::Result;
use clap::ValueEnum;

/// What can be measured.
#[derive(Clone, Copy, ValueEnum)]
pub enum Subject {
    /// PTX text to a checked module: MB/s on one core, bytes of memory an input byte
    Frontend,
    /// Wave-instructions a second on one core
    Emulator,
    /// CUDA to PTX by clang beside PTX to a code object by ptxas (writes docs/compile-time.md)
    Compile,
}

/// Measures one subject.
///
/// # Errors
/// When it cannot be built or fails.
pub fn run(subject: Subject) -> Result<()> {
    packages::ensure(packages::TOOLKIT)?;
    let (what, arguments): (_, &[&str]) = match subject {
        Subject::Compile => return gromacs::compile_time(),
        Subject::Frontend => (
            "ptx-frontend",
            &["run", "--release", "--package", "ptx-frontend", "--example", "bench_frontend"],
        ),
        Subject::Emulator => (
            "emulator",
            &[
                "test",
                "--release",
                "--package",
                "wavefold-emulator",
                "--test",
                "speed",
                "--",
                "--ignored",
                "--nocapture",
            ],
        ),
    };
    let mut cargo = workspace::cargo();
    cargo.args(arguments);
    progress::show(what, &mut cargo)
}
