//! PTX to LLVM IR: one chapter a file, with the chapters' names of `ptx-frontend/src/isa`.
//!
//! Before: a checked module and the facts of `passes`. After: an LLVM module that verifies, or located errors. Nothing
//! is dropped: an instruction without a lowering here is an error that names it.

mod address;
mod atomic;
mod calls;
mod compare;
mod control;
mod conversion;
mod data_movement;
mod float;
mod float_rounding;
mod function;
mod half;
mod instruction;
mod integer;
mod kernel;
mod libdevice;
mod libdevice_integer;
mod logic;
mod memory;
mod module;
mod operand;
mod special;
mod sync;
mod variable;
mod warp;
mod warp_shuffle;

pub use module::{
    KernelLayout, ModuleLowering, kernel_parameters, max_threads, mode_attributes, static_shared,
};
