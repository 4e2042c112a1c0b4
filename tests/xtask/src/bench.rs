//! `cargo xtask bench SUBJECT`: figures, never tests: what is printed depends on the machine it is printed on.

use crate::{packages, progress, workspace};
use anyhow::Result;
use clap::ValueEnum;

/// What can be measured.
#[derive(Clone, Copy, ValueEnum)]
pub enum Subject {
    /// PTX text to a checked module: MB/s on one core, bytes of memory an input byte
    Frontend,
    /// Wave-instructions a second on one core and on all
    Emulator,
}

/// Measures one subject.
///
/// # Errors
/// When it cannot be built or fails.
pub fn run(subject: Subject) -> Result<()> {
    packages::ensure(packages::TOOLKIT)?;
    let (package, example) = match subject {
        Subject::Frontend => ("ptx-frontend", "bench_frontend"),
        Subject::Emulator => ("wavefold-emulator", "bench_emulator"),
    };
    let mut cargo = workspace::cargo();
    cargo.args(["run", "--release", "--package", package, "--example", example]);
    progress::show(example, &mut cargo)
}
