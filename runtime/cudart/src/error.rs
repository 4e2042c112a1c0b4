//! Errors and versions.

use core::ffi::{CStr, c_char};

use wavefold_core::boundary::{Out, runtime_entry};
use wavefold_core::device::CUDA_VERSION;
use wavefold_core::{Error, api, current, error};

/// The current context's sticky error, if a call has met it.
fn sticky() -> u32 {
    current::top().and_then(|context| context.seen_fault()).map_or(0, Error::code)
}

fn text(found: Option<&'static CStr>) -> *const c_char {
    found.unwrap_or(c"unrecognized error code").as_ptr()
}

api! {
    entry = runtime_entry;

    /// Returns the last error of the calling thread and forgets it. A device's fault stays.
    raw fn cudaGetLastError() -> u32 {
        match (current::take_last_error(), sticky()) {
            (0, sticky) => sticky,
            (last, _) => last,
        }
    }

    /// Returns the last error of the calling thread.
    raw fn cudaPeekAtLastError() -> u32 {
        match (current::last_error(), sticky()) {
            (0, sticky) => sticky,
            (last, _) => last,
        }
    }

    /// The name of an error.
    raw fn cudaGetErrorName(code: u32) -> *const c_char {
        text(error::runtime_name(code))
    }

    /// The text for an error.
    raw fn cudaGetErrorString(code: u32) -> *const c_char {
        text(error::text(code))
    }

    /// The version of CUDA that the driver supports.
    fn cudaDriverGetVersion(version: Out<i32>) {
        version.put(CUDA_VERSION)
    }

    /// The version of the runtime.
    fn cudaRuntimeGetVersion(version: Out<i32>) {
        version.put(CUDA_VERSION)
    }
}
