//! Finding functions at run time by their names and the version of CUDA that the program was written for.

use core::ffi::c_char;

use wavefold_core::boundary::{In, Out, driver_entry, runtime_entry};
use wavefold_core::device::CUDA_VERSION;
use wavefold_core::{Error, Result, api};

/// `CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM`.
const PER_THREAD: u64 = 2;
/// `CU_GET_PROC_ADDRESS_SUCCESS`, `SYMBOL_NOT_FOUND` and `VERSION_NOT_SUFFICIENT`.
const FOUND: u32 = 0;
const NOT_FOUND: u32 = 1;
const TOO_NEW: u32 = 2;
/// Functions whose `_v2` came with CUDA 12 have it from this version on; the others have had it for long.
const SECOND_OF_TWELVE: [&str; 2] = ["cuGetProcAddress", "cuDeviceGetUuid"];

/// The functions of this file in the driver's API.
pub mod driver {
    use super::*;

    api! {
        entry = driver_entry;

        /// Finds a function of the driver API.
        fn cuGetProcAddress(name: In<c_char>, function: Out<*const ()>, version: i32, flags: u64) {
            let (address, status) = find(&name.text()?, version, flags)?;
            function.put(address)?;
            if status == FOUND { Ok(()) } else { Err(Error::SYMBOL_NOT_FOUND) }
        }

        /// Finds a function of the driver API and says what was found.
        fn cuGetProcAddress_v2(
            name: In<c_char>,
            function: Out<*const ()>,
            version: i32,
            flags: u64,
            status: Out<u32>,
        ) {
            let (address, found) = find(&name.text()?, version, flags)?;
            function.put(address)?;
            let wanted = !status.is_null();
            status.put_if_wanted(found);
            if found == FOUND || wanted { Ok(()) } else { Err(Error::SYMBOL_NOT_FOUND) }
        }
    }
}

/// The function of this file in the runtime's API.
pub mod runtime {
    use super::*;

    api! {
        entry = runtime_entry;

        /// Finds a function of the driver API.
        fn cudaGetDriverEntryPoint(name: In<c_char>, function: Out<*const ()>, flags: u64, status: Out<u32>) {
            let (address, found) = find(&name.text()?, CUDA_VERSION, flags)?;
            function.put(address)?;
            let wanted = !status.is_null();
            status.put_if_wanted(found);
            if found == FOUND || wanted { Ok(()) } else { Err(Error::SYMBOL_NOT_FOUND) }
        }
    }
}

/// The newest form of a function that a program of that version expects, and whether there is one.
fn find(name: &str, version: i32, flags: u64) -> Result<(*const (), u32)> {
    if flags > PER_THREAD {
        return Err(Error::INVALID_VALUE);
    }
    if version > CUDA_VERSION {
        return Ok((core::ptr::null(), TOO_NEW));
    }
    let second = version >= 12000 || !SECOND_OF_TWELVE.contains(&name);
    let suffixes: &[&str] = match (flags & PER_THREAD != 0, second) {
        (true, true) => &["_v2_ptsz", "_v2_ptds", "_v2", "_ptsz", "_ptds", ""],
        (true, false) => &["_ptsz", "_ptds", ""],
        (false, true) => &["_v2", ""],
        (false, false) => &[""],
    };
    let found = suffixes.iter().find_map(|suffix| crate::resolve(&format!("{name}{suffix}")));
    Ok(found.map_or((core::ptr::null(), NOT_FOUND), |address| (address, FOUND)))
}
