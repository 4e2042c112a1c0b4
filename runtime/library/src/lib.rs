//! The runtime as shared libraries: one that holds everything, and thin ones with CUDA's names.
//!
//! `libwavefold.so.1` is this crate as a static library, linked with one exported function, [`wavefold_resolve`].
//! `libcudart.so.12`, `libcuda.so.1` and `libcudart_static.a` are made from one generated shim ([`shim`]): for each
//! function of CUDA's API a jump through a table, whose entries are filled at their first call by asking
//! `wavefold_resolve` for the name. The shared shims find `libwavefold.so.1` as their dependency beside them; the static
//! one opens it at run time. So however many copies of cudart a process holds, there is one core, and a program that
//! holds a static copy works with a later toolkit.
//!
//! Why jumps by name and not re-exported symbols: a linker resolves `-lcudart` only against symbols that libcudart
//! itself defines, a static copy cannot depend on a symbol order that changes, and a function that Wavefold lacks needs
//! no code: its name resolves to a function that returns `cudaErrorNotSupported`.
//!
//! [`names`] reads CUDA's functions from our headers, [`coverage`] writes the table of what is there, and the binary
//! `wavefold-link-runtime` calls the C compiler to link everything into a toolkit's `lib64`.

pub mod coverage;
pub mod names;
pub mod proc_address;
pub mod shim;

use core::ffi::{CStr, c_char};
use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, Mutex};

use wavefold_core::boundary::Export;
use wavefold_core::config::debug_api;
use wavefold_core::{Error, current};

/// Every function of the runtime API that exists.
pub fn runtime_exports() -> impl Iterator<Item = &'static Export> {
    wavefold_cudart::exports().chain(proc_address::runtime::EXPORTS)
}

/// Every function of the driver API that exists.
pub fn driver_exports() -> impl Iterator<Item = &'static Export> {
    wavefold_cuda::exports().chain(proc_address::driver::EXPORTS)
}

/// The function of CUDA's API with that name; one that is not supported when Wavefold lacks it. Never null.
///
/// # Safety
/// `name` is a zero-terminated text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wavefold_resolve(name: *const c_char) -> *const () {
    // SAFETY: the caller's word.
    let name = unsafe { CStr::from_ptr(name) }.to_str().unwrap_or("");
    resolve(name).unwrap_or_else(|| absent(name))
}

/// The function with that name, if it exists.
pub fn resolve(name: &str) -> Option<*const ()> {
    static BY_NAME: LazyLock<HashMap<&'static str, &'static Export>> = LazyLock::new(|| {
        runtime_exports().chain(driver_exports()).map(|export| (export.name, export)).collect()
    });
    BY_NAME.get(name).map(|export| export.address)
}

fn absent(name: &str) -> *const () {
    static NAMED: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);
    if NAMED.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).insert(name.to_owned()) {
        debug_api(format_args!("{name} does not exist yet; it returns an error"));
    }
    if name.starts_with("cuda") { absent_runtime as *const () } else { absent_driver as *const () }
}

/// Stands for every function of the runtime API that Wavefold lacks. It takes whatever the caller passes.
extern "C" fn absent_runtime() -> u32 {
    current::set_last_error(Error::NOT_SUPPORTED);
    Error::NOT_SUPPORTED.code()
}

/// Stands for every function of the driver API that Wavefold lacks.
extern "C" fn absent_driver() -> u32 {
    Error::NOT_SUPPORTED.driver()
}
