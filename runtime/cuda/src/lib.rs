//! CUDA's driver API (`libcuda`), as C functions over `wavefold-core`.
//!
//! Each file holds one chapter of the API; [`exports`] lists all functions. As with the runtime API, names are resolved
//! by that list, and a missing one is a function that returns `CUDA_ERROR_NOT_SUPPORTED`. Both APIs see the same
//! contexts, streams, events and memory.

pub mod array;
pub mod context;
pub mod copy;
pub mod device;
pub mod event;
pub mod function;
pub mod library;
pub mod link;
pub mod managed;
pub mod memory;
pub mod module;
pub mod options;
pub mod stream;
pub mod texture;
pub mod texture_reference;

use wavefold_core::boundary::Export;

/// Every function of the driver API that exists here.
pub fn exports() -> impl Iterator<Item = &'static Export> {
    [
        device::EXPORTS,
        context::EXPORTS,
        module::EXPORTS,
        memory::EXPORTS,
        managed::EXPORTS,
        copy::EXPORTS,
        array::EXPORTS,
        texture::EXPORTS,
        texture_reference::EXPORTS,
        stream::EXPORTS,
        event::EXPORTS,
        function::EXPORTS,
        library::EXPORTS,
        link::EXPORTS,
    ]
    .into_iter()
    .flatten()
}
