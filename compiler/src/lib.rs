//! Wavefold's compiler: PTX to gfx90a code objects.
//!
//! The tree is the pipeline: `ptx-frontend` parses, `passes` ask questions of its module, `lower` writes LLVM IR,
//! `codegen` optimises, emits and links it, `code_object` adds and reads back what the runtime must know.
//! [`pipeline::compile`] is the door; the program `ptxas` is its command line.

pub mod code_object;
pub mod codegen;
pub mod coverage;
pub mod lower;
pub mod parallel;
pub mod passes;
pub mod phases;
pub mod pipeline;
pub mod sources;

pub use codegen::Atomics;
pub use parallel::Threads;
pub use passes::MappingChoice;
pub use pipeline::{CompileError, Compiled, Emit, Input, Options, check, compile, compile_linked};
