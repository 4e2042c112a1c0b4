//! CUDA's driver API (`libcuda`), as C functions over `wavefold-core`.
//!
//! Each file holds one chapter of the API; [`exports`] lists all functions. As with the runtime API, names are resolved
//! by that list, and a missing one is a function that returns `CUDA_ERROR_NOT_SUPPORTED`.

pub mod device;

use wavefold_core::boundary::Export;

/// Every function of the driver API that exists here.
pub fn exports() -> impl Iterator<Item = &'static Export> {
    [device::EXPORTS].into_iter().flatten()
}
