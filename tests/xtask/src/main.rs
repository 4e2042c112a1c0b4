//! `cargo xtask`: the project's own commands, from a bare machine to a tested toolkit.
//!
//! The crate links neither LLVM nor any other crate of the workspace, so that it compiles on a machine that has Rust
//! and nothing else. Each command first makes sure of what it needs (`setup`), then builds what it needs (`toolkit`).

mod bench;
mod codegen;
mod demo;
mod fuzz;
mod gromacs;
mod install;
mod lint;
mod packages;
mod progress;
mod report;
mod test;
mod toolkit;
mod workspace;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Wavefold's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", version, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing from Debian (or print the command that does)
    Setup {
        /// Install what the test suite needs too (AMD's HIP runtime, rocminfo, CMake)
        #[arg(long)]
        tests: bool,
    },
    /// Build the toolkit into target/toolkit
    Toolkit,
    /// Build everything and run kernels/nonbonded on real input, compared with an f64 reference and with GROMACS
    Demo {
        /// Passed on to the program (see `kernels/nonbonded`)
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Run every test, or those whose name contains FILTER
    Test {
        /// Part of a test's name
        filter: Option<String>,
    },
    /// rustfmt, clippy and rustdoc, as continuous integration runs them
    Lint,
    /// Compile every CUDA unit of Debian's GROMACS source package to gfx90a code objects (writes docs/gromacs-ptx.md)
    GromacsPtx,
    /// Count the instructions of the hot loops (writes docs/codegen.md)
    Codegen,
    /// Fuzz one TARGET or all: the front end, the lowering, the emulator's loader (see docs/fuzzing.md)
    Fuzz {
        /// One of tests/fuzz/targets
        target: Option<String>,
        /// So many inputs for each
        #[arg(long, conflicts_with = "minutes")]
        runs: Option<u64>,
        /// So many minutes for each (default: 1)
        #[arg(long)]
        minutes: Option<u64>,
    },
    /// Measure: `frontend` or `emulator`
    Bench {
        /// What to measure
        what: bench::Subject,
    },
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Setup { tests } => packages::ensure(if tests { packages::TEST } else { packages::TOOLKIT }),
        Command::Toolkit => toolkit::build().map(|root| println!("toolkit: {}", root.display())),
        Command::Demo { arguments } => demo::run(&arguments),
        Command::Test { filter } => test::run(filter.as_deref()),
        Command::Lint => lint::run(),
        Command::GromacsPtx => gromacs::ptx(),
        Command::Codegen => codegen::run(),
        Command::Fuzz { target, runs, minutes } => fuzz::run(
            target.as_deref(),
            runs.map_or(fuzz::Length::Minutes(minutes.unwrap_or(1)), fuzz::Length::Runs),
        ),
        Command::Bench { what } => bench::run(what),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report::failure(&error),
    }
}
