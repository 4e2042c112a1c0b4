//! Everything that knows LLVM as a library: the gfx90a target, the optimiser, OCML, object emission and linking.
//!
//! Takes the LLVM module that `lower` built; gives back bytes. Nothing in here knows PTX.

pub mod atomics_metadata;
pub mod device_library;
pub mod emitter;
pub mod fatal;
pub mod half_products;
pub mod link_elf;
pub mod llvm_ext;
pub mod saturating_conversions;
pub mod target;
pub mod wide_addresses;

pub use emitter::Emitter;
pub use target::{CodegenError, Optimisation, Target};
