//! `wavefold`: our own front. `doctor` says what is there and what is missing, `info` lists devices, `run` starts a
//! program on the emulator.

mod doctor;
mod info;
mod launch;

use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Compile CUDA for AMD GPUs, and run it.
#[derive(Parser)]
#[command(name = "wavefold", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say what the toolkit found and what is missing
    Doctor,
    /// List the devices that CUDA programs will see
    Info,
    /// Run a program on the emulated gfx90a
    Run {
        /// Options of the emulator, as gpus=1,cus=104,memory=64GiB,threads=2
        #[arg(long, value_name = "OPTIONS")]
        emulator: Option<String>,
        /// What to check: memory,race,init,wait,sync; the exit code is 99 when something is found
        #[arg(long, value_name = "CHECKS", value_delimiter = ',')]
        check: Vec<String>,
        /// Write what the checks find as JSON
        #[arg(long, value_name = "FILE")]
        check_report: Option<PathBuf>,
        /// Write counts by kernel and launch as JSON
        #[arg(long, value_name = "FILE")]
        stats: Option<PathBuf>,
        /// Write a timeline of API calls, copies and kernels for Perfetto
        #[arg(long, value_name = "FILE")]
        trace: Option<PathBuf>,
        /// The program and its arguments
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<String>,
    },
    /// Compile and link CUDA (the toolkit's nvcc)
    #[command(disable_help_flag = true)]
    Nvcc {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// List the device code in a file (the toolkit's cuobjdump)
    #[command(disable_help_flag = true)]
    Cuobjdump {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

/// Runs `wavefold`; returns its exit code.
pub fn main(arguments: Vec<String>) -> i32 {
    let words = std::iter::once("wavefold".to_string()).chain(arguments);
    let parsed = match Arguments::try_parse_from(words) {
        Ok(parsed) => parsed,
        Err(error) => {
            // --help and --version are answers, everything else is wrong input.
            let code = i32::from(error.use_stderr());
            let _ = error.print();
            return code;
        }
    };
    let result = match parsed.command {
        Command::Doctor => doctor::run(),
        Command::Info => info::run(),
        Command::Run { emulator, check, check_report, stats, trace, command } => {
            launch::run(launch::Request { emulator, check, check_report, stats, trace, command })
        }
        Command::Nvcc { arguments } => return crate::nvcc::main(arguments),
        Command::Cuobjdump { arguments } => return crate::cuobjdump::main(arguments),
    };
    result.unwrap_or_else(|failure| failure.report("wavefold"))
}
