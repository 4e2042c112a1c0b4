//! Specification 2.8 and 2.9: code object readers; and the code objects of HSA 1.0, which readers replaced.

use std::ffi::c_void;
use std::fs::File;
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::abi::{Agent, CallbackData, CodeObject, CodeSymbol, Executable, Out, Reader, Text, hsa_functions};
use super::status::Status;
use crate::loader::registry::{self, Source, Storage};

/// Reads `size` bytes of a file at `offset`, or to its end, without moving its position.
pub fn read_file(descriptor: i32, offset: u64, size: Option<u64>) -> Result<Source, Status> {
    if descriptor < 0 {
        return Err(Status::ERROR_INVALID_FILE);
    }
    // SAFETY: the descriptor stays the caller's: ManuallyDrop keeps it open.
    let file = ManuallyDrop::new(unsafe { File::from_raw_fd(descriptor) });
    let length = file.metadata().map_err(|_| Status::ERROR_INVALID_FILE)?.len();
    let rest = length.checked_sub(offset).ok_or(Status::ERROR_INVALID_ARGUMENT)?;
    let size = size.unwrap_or(rest);
    if size == 0 || size > rest {
        return Err(Status::ERROR_INVALID_FILE);
    }
    let mut bytes = vec![0; size as usize];
    file.read_exact_at(&mut bytes, offset).map_err(|_| Status::ERROR_INVALID_FILE)?;
    Ok(Source { bytes: bytes.into(), storage: Storage::File(descriptor), offset: offset as usize })
}

/// Copies a code object out of the user's memory.
pub fn read_memory(address: usize, size: usize) -> Result<Source, Status> {
    if address == 0 || size == 0 || isize::try_from(size).is_err() {
        return Err(Status::ERROR_INVALID_ARGUMENT);
    }
    // SAFETY: the C caller promises `size` readable bytes.
    let bytes = unsafe { std::slice::from_raw_parts(address as *const u8, size) };
    Ok(Source { bytes: Arc::from(bytes), storage: Storage::Memory(address), offset: 0 })
}

hsa_functions! {
    fn hsa_code_object_reader_create_from_file(file: i32, reader: Out<Reader>) {
        if reader.is_null() {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        reader.put(Reader { handle: registry::add_source(read_file(file, 0, None)?) })
    }

    fn hsa_code_object_reader_create_from_memory(address: usize, size: usize, reader: Out<Reader>) {
        if reader.is_null() {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        reader.put(Reader { handle: registry::add_source(read_memory(address, size)?) })
    }

    fn hsa_code_object_reader_destroy(reader: Reader) {
        match registry::remove_source(reader.handle) {
            true => Ok(()),
            false => Err(Status::ERROR_INVALID_CODE_OBJECT_READER),
        }
    }

    fn hsa_code_object_deserialize(address: usize, size: usize, _options: usize, object: Out<CodeObject>) {
        if object.is_null() {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        let source = read_memory(address, size)?;
        crate::loader::elf::parse(&source.bytes)?;
        object.put(CodeObject { handle: registry::add_source(source) })
    }

    fn hsa_code_object_destroy(object: CodeObject) {
        match registry::remove_source(object.handle) {
            true => Ok(()),
            false => Err(Status::ERROR_INVALID_CODE_OBJECT),
        }
    }

    fn hsa_code_object_serialize(
        object: CodeObject,
        allocate: Option<extern "C" fn(usize, CallbackData, *mut *mut u8) -> u32>,
        data: CallbackData,
        _options: usize,
        serialized: Out<*mut u8>,
        size: Out<usize>,
    ) {
        let source = registry::source(object.handle).ok_or(Status::ERROR_INVALID_CODE_OBJECT)?;
        let allocate = allocate.ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        let mut target = std::ptr::null_mut();
        let status = allocate(source.bytes.len(), data, &raw mut target);
        if status != 0 {
            return Err(Status(status));
        }
        if target.is_null() {
            return Err(Status::ERROR_OUT_OF_RESOURCES);
        }
        // SAFETY: the user's allocator has just given room for so many bytes.
        unsafe { source.bytes.as_ptr().copy_to_nonoverlapping(target, source.bytes.len()) };
        serialized.put(target)?;
        size.put(source.bytes.len())
    }

    fn hsa_code_object_get_info(object: CodeObject, attribute: u32, value: Out<c_void>) {
        registry::source(object.handle).ok_or(Status::ERROR_INVALID_CODE_OBJECT)?;
        match attribute {
            0 => value.of::<u8>().put_all(super::agent::text::<64>("1.0")),
            1 => value.of::<u32>().put(0),
            2 => value.of().put(super::isa::HANDLE),
            3 => value.of::<u32>().put(1),
            4 => value.of::<u32>().put(0),
            5 => value.of::<u32>().put(2),
            _ => Err(Status::ERROR_INVALID_ARGUMENT),
        }
    }

    fn hsa_executable_load_code_object(
        executable: Executable,
        agent: Agent,
        object: CodeObject,
        _options: usize,
    ) {
        let source = registry::source(object.handle).ok_or(Status::ERROR_INVALID_CODE_OBJECT)?;
        registry::load(executable.handle, super::device::gpu_index(agent)?, &source).map(|_| ())
    }

    /// Symbols are looked up in executables; a code object of today has no symbols of its own in HSA's sense.
    fn hsa_code_object_get_symbol(object: CodeObject, _name: Text, _symbol: Out<CodeSymbol>) {
        registry::source(object.handle).ok_or(Status::ERROR_INVALID_CODE_OBJECT)?;
        Err(Status::ERROR_INVALID_SYMBOL_NAME)
    }

    fn hsa_code_object_get_symbol_from_name(
        object: CodeObject,
        _module: Text,
        _name: Text,
        _symbol: Out<CodeSymbol>,
    ) {
        registry::source(object.handle).ok_or(Status::ERROR_INVALID_CODE_OBJECT)?;
        Err(Status::ERROR_INVALID_SYMBOL_NAME)
    }

    fn hsa_code_symbol_get_info(_symbol: CodeSymbol, _attribute: u32, _value: Out<c_void>) {
        Err(Status::ERROR_INVALID_CODE_SYMBOL)
    }

    fn hsa_code_object_iterate_symbols(
        object: CodeObject,
        callback: Option<extern "C" fn(CodeObject, CodeSymbol, usize) -> u32>,
        _data: usize,
    ) {
        callback.ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        registry::source(object.handle).map(|_| ()).ok_or(Status::ERROR_INVALID_CODE_OBJECT)
    }
}
