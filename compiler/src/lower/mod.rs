//! PTX to LLVM IR: one chapter a file, with the chapters' names of `ptx-frontend/src/isa`.
//!
//! Before: a checked module and the facts of `passes`. After: an LLVM module that verifies, or located errors. Nothing
//! is dropped: an instruction without a lowering here is an error that names it.

mod address;
mod async_copy;
mod atomic;
mod barrier_exits;
mod bulk_copy;
mod calls;
pub mod check_mark;
mod cluster;
mod compare;
mod control;
mod conversion;
mod conversion_narrow;
mod conversion_scaled;
mod data_movement;
mod debug_lines;
mod float;
mod float_directed;
mod float_rounding;
mod function;
mod half;
mod half_compare;
mod instruction;
mod integer;
mod kernel;
mod libdevice;
mod libdevice_integer;
mod libdevice_simd;
mod logic;
mod matrix;
mod matrix_layout;
mod matrix_memory;
mod matrix_quad;
mod matrix_scaled;
mod mbarrier;
mod memory;
mod module;
mod operand;
mod packed;
mod partial_barrier;
mod refusal;
mod soft_float;
mod special;
mod stack;
mod surface;
mod sync;
mod system_calls;
mod texture;
mod variable;
mod video;
mod warp;
mod warp_shuffle;

pub use module::{
    KernelLayout, ModuleLowering, kernel_parameters, max_threads, mode_attributes, static_shared,
};
pub use system_calls::needs as system_call_needs;
pub use variable::{is_managed, is_opaque};
