//! The tools of the toolkit that contain no compiler: nvcc, fatbinary, nvlink, cuobjdump, and our own `wavefold`.
//!
//! - [`nvcc`]: drives clang and the toolkit's ptxas, and links;
//! - [`fatbinary`]: puts images into NVIDIA's container;
//! - [`nvlink`]: refuses, by name, what needs relocatable device code;
//! - [`cuobjdump`]: lists and extracts what is in an object's containers;
//! - [`front`]: `wavefold doctor`, `info`, `run`;
//! - below them: [`toolkit`] (where things are), [`step`] (one external command), [`scratch`] (intermediate files),
//!   [`install`] (whole outputs or none), [`failure`] (exit codes).

pub mod cuobjdump;
pub mod failure;
pub mod fatbinary;
pub mod front;
pub mod install;
pub mod nvcc;
pub mod nvlink;
pub mod scratch;
pub mod step;
pub mod toolkit;

/// Runs the tool called `name`; returns its exit code.
pub fn run_as(name: &str, arguments: Vec<String>) -> i32 {
    match name {
        "nvcc" => nvcc::main(arguments),
        "fatbinary" => fatbinary::main(arguments),
        "nvlink" => nvlink::main(arguments),
        "cuobjdump" => cuobjdump::main(arguments),
        _ => front::main(arguments),
    }
}
