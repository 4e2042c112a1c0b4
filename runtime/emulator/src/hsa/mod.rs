//! The C ABI of the HSA runtime: a chapter of the specification, or of AMD's extension, to a file.
//!
//! `abi` holds what all of them share: argument wrappers, handles, and the guard that keeps panics inside. The names
//! that are exported are those of `exports.map`; a test compares them with AMD's.

mod absent;
mod agent;
mod code_object;
mod executable;
mod ipc;
mod isa;
mod loader_extension;
mod memory;
mod pool;
mod profiling;
mod queue;
mod region;
mod signal;
mod signal_group;
mod svm;
mod system;
mod transfer;

pub mod abi;
pub mod device;
pub mod runtime;
pub mod status;
pub mod system_event;
