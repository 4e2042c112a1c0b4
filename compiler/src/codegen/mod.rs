//! Everything that knows LLVM as a library: the gfx90a target, the optimiser, OCML, object emission and linking.
//!
//! Takes the LLVM module that `lower` built; gives back bytes. Nothing in here knows PTX.

mod anchor_private_pointers;
pub mod atomics_metadata;
mod bit_selects;
mod branch_conditions;
pub mod device_library;
pub mod emitter;
pub mod fatal;
pub mod half_products;
pub mod link_elf;
pub mod llvm_ext;
mod masked_selects;
mod operands;
pub mod optimiser;
mod pack_floats;
pub mod saturating_conversions;
mod shared_addresses;
pub mod target;
pub mod wide_addresses;

pub use atomics_metadata::Atomics;
pub use emitter::Emitter;
pub use target::{CodegenError, Optimisation, Target};
