//! AMD's loader extension, a table of functions (`hsa_ven_amd_loader_1_03_pfn_t`): what lies at a device address, and
//! where it was loaded from. Debuggers and the HIP runtime ask.

use std::ffi::c_void;

use super::abi::{Agent, Executable, LoadedCodeObject, Out, Outcome, Reader, guard, iterate};
use super::code_object::read_file;
use super::device;
use super::status::Status;
use crate::loader::registry::{self, Loaded, Storage};

/// The functions of the table, at most `length` of them.
pub fn table(length: usize) -> impl Iterator<Item = usize> {
    let functions = [
        query_host_address as *const () as usize,
        query_segment_descriptors as *const () as usize,
        query_executable as *const () as usize,
        iterate_loaded_code_objects as *const () as usize,
        loaded_code_object_get_info as *const () as usize,
        create_from_file_with_offset_size as *const () as usize,
        iterate_executables as *const () as usize,
    ];
    functions.into_iter().take(length)
}

/// `hsa_ven_amd_loader_segment_descriptor_t`
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SegmentDescriptor {
    agent: Agent,
    executable: Executable,
    storage_type: u32,
    storage_base: usize,
    storage_size: usize,
    storage_offset: usize,
    segment_base: usize,
    segment_size: usize,
}

fn describe(loaded: &Loaded) -> SegmentDescriptor {
    let (storage_type, storage_base) = storage(loaded);
    SegmentDescriptor {
        agent: device::agent_handle(loaded.agent),
        executable: Executable { handle: loaded.executable },
        storage_type,
        storage_base,
        storage_size: loaded.source.bytes.len(),
        storage_offset: loaded.source.offset,
        segment_base: loaded.placement.base as usize,
        segment_size: loaded.placement.size as usize,
    }
}

fn storage(loaded: &Loaded) -> (u32, usize) {
    match loaded.source.storage {
        Storage::File(_) => (1, loaded.source.bytes.as_ptr() as usize),
        Storage::Memory(address) => (2, address),
    }
}

/// Where the code object came from, as debuggers expect it.
fn uri(loaded: &Loaded) -> String {
    let size = loaded.source.bytes.len();
    match loaded.source.storage {
        Storage::Memory(address) => {
            format!("memory://{}#offset={address:#x}&size={size:#x}", std::process::id())
        }
        Storage::File(descriptor) => {
            let path = std::fs::read_link(format!("/proc/self/fd/{descriptor}")).unwrap_or_default();
            format!("file://{}#offset={:#x}&size={size:#x}", path.display(), loaded.source.offset)
        }
    }
}

extern "C" fn query_host_address(address: u64, host: Out<u64>) -> u32 {
    guard("hsa_ven_amd_loader_query_host_address", || {
        registry::loaded_at(address).ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        // Device memory is host memory here.
        host.put(address)
    })
}

extern "C" fn query_segment_descriptors(descriptors: Out<SegmentDescriptor>, count: Out<usize>) -> u32 {
    guard("hsa_ven_amd_loader_query_segment_descriptors", || {
        let all = registry::all_loaded();
        let room = count.get()?;
        // Null asks how many there are.
        if descriptors.is_null() {
            return if room == 0 { count.put(all.len()) } else { Err(Status::ERROR_INVALID_ARGUMENT) };
        }
        if room != all.len() {
            return Err(Status::ERROR_INCOMPATIBLE_ARGUMENTS);
        }
        descriptors.put_all(all.iter().map(|loaded| describe(loaded)))
    })
}

extern "C" fn query_executable(address: u64, executable: Out<Executable>) -> u32 {
    guard("hsa_ven_amd_loader_query_executable", || {
        let loaded = registry::loaded_at(address).ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        executable.put(Executable { handle: loaded.executable })
    })
}

type LoadedCallback = extern "C" fn(Executable, LoadedCodeObject, usize) -> u32;

extern "C" fn iterate_loaded_code_objects(
    executable: Executable,
    callback: Option<LoadedCallback>,
    data: usize,
) -> u32 {
    guard("hsa_ven_amd_loader_executable_iterate_loaded_code_objects", || {
        let callback = callback.ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        iterate(registry::loaded_of(executable.handle)?, |loaded| {
            callback(executable, LoadedCodeObject { handle: loaded.handle }, data)
        })
    })
}

extern "C" fn loaded_code_object_get_info(
    loaded: LoadedCodeObject,
    attribute: u32,
    value: Out<c_void>,
) -> u32 {
    guard("hsa_ven_amd_loader_loaded_code_object_get_info", || {
        let all = registry::all_loaded();
        let found = all.iter().find(|candidate| candidate.handle == loaded.handle);
        info(found.ok_or(Status::ERROR_INVALID_CODE_OBJECT)?, attribute, value)
    })
}

fn info(loaded: &Loaded, attribute: u32, value: Out<c_void>) -> Outcome {
    match attribute {
        1 => value.of().put(Executable { handle: loaded.executable }),
        2 => value.of::<u32>().put(2),
        3 => value.of().put(device::agent_handle(loaded.agent)),
        4 => value.of::<u32>().put(storage(loaded).0),
        5 => value.of::<usize>().put(storage(loaded).1),
        6 => value.of::<usize>().put(loaded.source.bytes.len()),
        7 => match loaded.source.storage {
            Storage::File(descriptor) => value.of::<i32>().put(descriptor),
            Storage::Memory(_) => Err(Status::ERROR_INVALID_ARGUMENT),
        },
        8 => value.of::<u64>().put(loaded.placement.delta),
        9 => value.of::<u64>().put(loaded.placement.base),
        10 => value.of::<u64>().put(loaded.placement.size),
        11 => value.of::<u32>().put(uri(loaded).len() as u32),
        12 => value.of::<u8>().put_all(uri(loaded).bytes()),
        _ => Err(Status::ERROR_INVALID_ARGUMENT),
    }
}

extern "C" fn create_from_file_with_offset_size(
    file: i32,
    offset: usize,
    size: usize,
    reader: Out<Reader>,
) -> u32 {
    guard("hsa_ven_amd_loader_code_object_reader_create_from_file_with_offset_size", || {
        if reader.is_null() || size == 0 {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        let source = read_file(file, offset as u64, Some(size as u64))?;
        reader.put(Reader { handle: registry::add_source(source) })
    })
}

extern "C" fn iterate_executables(
    callback: Option<extern "C" fn(Executable, usize) -> u32>,
    data: usize,
) -> u32 {
    guard("hsa_ven_amd_loader_iterate_executables", || {
        let callback = callback.ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        iterate(registry::all_executables(), |handle| callback(Executable { handle }, data))
    })
}
