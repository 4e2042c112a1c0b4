//! nvcc: CUDA C++ in, programs and libraries for gfx90a out.
//!
//! - `command_line`: words to an `Invocation`, by the rows of `table`;
//! - `words`: response files, environment variables, lists;
//! - `dialogue`: what nvcc says of itself (`--help`, `--version`, the variables that `-v` shows);
//! - `inputs`: which file is what, and what each becomes;
//! - `steps`: the command lines of clang, ptxas, fatbinary, the host compiler and the linker;
//! - `pipeline`: runs them in order, several sources at once if asked;
//! - `messages`: keeps the second pass over a source from repeating the first one's warnings.

mod architectures;
mod command_line;
mod dialogue;
mod inputs;
mod messages;
mod pipeline;
mod steps;
mod table;
mod words;

use crate::failure::Result;
use crate::scratch;

/// Runs nvcc with the given arguments (without its own name); returns its exit code.
pub fn main(arguments: Vec<String>) -> i32 {
    scratch::clean_up_on_signals();
    match run(arguments) {
        Ok(code) => code,
        Err(failure) => failure.report("nvcc"),
    }
}

fn run(arguments: Vec<String>) -> Result<i32> {
    let invocation = command_line::parse(arguments)?;
    if let Some(print) = invocation.print {
        dialogue::print(print);
        return Ok(0);
    }
    pipeline::run(&invocation)
}
