//! CUDA's runtime API (`libcudart`), version 12.4, as C functions over `wavefold-core`.
//!
//! Each file holds one chapter of the API; [`exports`] lists all functions. Nothing is exported by name from here: the
//! shared library (`wavefold-library`) resolves names by that list, and a name that is missing in it is a function that
//! returns `cudaErrorNotSupported`.

pub mod array;
pub mod copy;
pub mod device;
pub mod error;
pub mod event;
pub mod function;
pub mod launch;
pub mod managed;
pub mod memory;
pub mod registration;
pub mod stream;
pub mod symbol;
pub mod texture;
pub mod types;

use wavefold_core::boundary::Export;

/// Every function of the runtime API that exists here.
pub fn exports() -> impl Iterator<Item = &'static Export> {
    [
        registration::EXPORTS,
        error::EXPORTS,
        device::EXPORTS,
        memory::EXPORTS,
        managed::EXPORTS,
        copy::EXPORTS,
        array::EXPORTS,
        texture::EXPORTS,
        symbol::EXPORTS,
        stream::EXPORTS,
        event::EXPORTS,
        function::EXPORTS,
        launch::EXPORTS,
    ]
    .into_iter()
    .flatten()
}
