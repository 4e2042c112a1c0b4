//! nvlink: links relocatable device code, which Wavefold does not have yet.
//!
//! It exists because build systems look for it. A call with device code to link is an error by name; a question for
//! its version is answered.

use crate::toolkit::CUDA_VERSION;

/// Runs nvlink; returns its exit code.
pub fn main(arguments: Vec<String>) -> i32 {
    if arguments.iter().any(|word| word == "--version" || word == "-V") {
        println!("nvlink: NVIDIA (R) Cuda linker, command line compatible");
        println!("Wavefold {}", env!("CARGO_PKG_VERSION"));
        println!("Cuda compilation tools, V{CUDA_VERSION}");
        return 0;
    }
    eprintln!("nvlink: error: linking of relocatable device code is not supported yet");
    eprintln!(
        "nvlink: note: compile without -rdc=true and -dc: each source's device code is then whole by itself"
    );
    1
}
