//! The table of HSA entry points, filled from a shared library at run time.
//!
//! Only what Wavefold calls is listed; a library that lacks one of them is refused by the name of what it lacks.
//! The library stays loaded for the life of the process: HSA's threads run in it.

use core::ffi::{c_char, c_void};
use std::path::Path;

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use crate::types::*;
use crate::{Error, Result};

macro_rules! functions {
    ($($name:ident($($arg:ty),*) $(-> $ret:ty)?;)*) => {
        /// HSA's functions by their C names.
        #[allow(missing_docs, reason = "each field is the function of that name in hsa.h or hsa_ext_amd.h")]
        #[derive(Clone, Copy)]
        pub struct Functions {
            $(pub $name: unsafe extern "C" fn($($arg),*) $(-> $ret)?,)*
        }

        impl Functions {
            fn load(library: &Library, path: &Path) -> Result<Self> {
                Ok(Functions {$(
                    // SAFETY: the symbol has HSA's documented signature, which is the type written in the table; the
                    // caller leaks the library, so the pointer stays valid.
                    $name: *unsafe {
                        library.get::<unsafe extern "C" fn($($arg),*) $(-> $ret)?>(stringify!($name))
                    }.map_err(|_| Error::MissingFunction {
                        library: path.display().to_string(),
                        function: stringify!($name),
                    })?,
                )*})
            }
        }
    };
}

functions! {
    hsa_init() -> Status;
    hsa_shut_down() -> Status;
    hsa_status_string(Status, *mut *const c_char) -> Status;
    hsa_system_get_info(u32, *mut c_void) -> Status;
    hsa_iterate_agents(unsafe extern "C" fn(RawAgent, *mut c_void) -> Status, *mut c_void) -> Status;
    hsa_agent_get_info(RawAgent, u32, *mut c_void) -> Status;
    hsa_amd_agent_iterate_memory_pools(
        RawAgent, unsafe extern "C" fn(RawPool, *mut c_void) -> Status, *mut c_void) -> Status;
    hsa_amd_memory_pool_get_info(RawPool, u32, *mut c_void) -> Status;
    hsa_amd_memory_pool_allocate(RawPool, usize, u32, *mut *mut c_void) -> Status;
    hsa_amd_memory_pool_free(*mut c_void) -> Status;
    hsa_amd_agents_allow_access(u32, *const RawAgent, *const u32, *const c_void) -> Status;
    hsa_amd_memory_lock(*mut c_void, usize, *mut RawAgent, i32, *mut *mut c_void) -> Status;
    hsa_amd_memory_lock_to_pool(
        *mut c_void, usize, *mut RawAgent, i32, RawPool, u32, *mut *mut c_void) -> Status;
    hsa_amd_memory_unlock(*mut c_void) -> Status;
    hsa_amd_memory_async_copy(
        *mut c_void, RawAgent, *const c_void, RawAgent, usize, u32, *const RawSignal, RawSignal) -> Status;
    hsa_amd_profiling_get_dispatch_time(RawAgent, RawSignal, *mut ProfilingTime) -> Status;
    hsa_amd_profiling_set_profiler_enabled(*mut RawQueue, i32) -> Status;
    hsa_amd_register_system_event_handler(SystemEventCallback, *mut c_void) -> Status;
    hsa_amd_queue_set_priority(*mut RawQueue, u32) -> Status;
    hsa_signal_create(i64, u32, *const RawAgent, *mut RawSignal) -> Status;
    hsa_signal_destroy(RawSignal) -> Status;
    hsa_signal_load_scacquire(RawSignal) -> i64;
    hsa_signal_store_relaxed(RawSignal, i64);
    hsa_signal_store_screlease(RawSignal, i64);
    hsa_signal_wait_scacquire(RawSignal, u32, i64, u64, u32) -> i64;
    hsa_queue_create(
        RawAgent, u32, u32, Option<QueueErrorCallback>, *mut c_void, u32, u32, *mut *mut RawQueue) -> Status;
    hsa_queue_destroy(*mut RawQueue) -> Status;
    hsa_queue_load_read_index_scacquire(*const RawQueue) -> u64;
    hsa_queue_load_write_index_relaxed(*const RawQueue) -> u64;
    hsa_queue_add_write_index_screlease(*const RawQueue, u64) -> u64;
    hsa_code_object_reader_create_from_memory(*const c_void, usize, *mut RawReader) -> Status;
    hsa_code_object_reader_destroy(RawReader) -> Status;
    hsa_executable_create_alt(u32, u32, *const c_char, *mut RawExecutable) -> Status;
    hsa_executable_destroy(RawExecutable) -> Status;
    hsa_executable_load_agent_code_object(
        RawExecutable, RawAgent, RawReader, *const c_char, *mut RawLoadedCodeObject) -> Status;
    hsa_executable_freeze(RawExecutable, *const c_char) -> Status;
    hsa_executable_get_symbol_by_name(
        RawExecutable, *const c_char, *const RawAgent, *mut RawSymbol) -> Status;
    hsa_executable_symbol_get_info(RawSymbol, u32, *mut c_void) -> Status;
}

/// Opens the library at `path` (a bare file name is searched as the dynamic linker does) and looks its functions up.
pub(crate) fn open(path: &Path) -> Result<Functions> {
    // SAFETY: loading runs the library's initialisers; an HSA runtime's are defined to be harmless.
    let library = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }
        .map_err(|cause| Error::Open { library: path.display().to_string(), cause: cause.to_string() })?;
    let functions = Functions::load(&library, path)?;
    // HSA has threads of its own in this library: it must never be unmapped.
    core::mem::forget(library);
    Ok(functions)
}
