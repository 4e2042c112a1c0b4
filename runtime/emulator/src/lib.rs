//! The built-in gfx90a: a drop-in HSA runtime (`libhsa-runtime64.so.1`) whose device is an interpreter.
//!
//! The parts, from the outside in: `hsa` is the C ABI, a chapter of the HSA runtime specification to a file;
//! `loader` turns code objects into loaded segments and symbols; `queue` processes AQL packets and owns the
//! signals; `memory` knows every byte a device may touch. Device addresses are host virtual addresses.

mod check;
pub mod dispatch;
mod execute;
mod hsa;
pub mod isa;
pub mod loader;
pub mod memory;
mod observe;
pub mod options;
pub mod queue;
pub mod statistics;
mod trace;
mod translate;
mod wave;
mod workgroup;
