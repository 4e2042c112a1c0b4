//! Code objects of each version: loading, symbols, variables, relocations, and the loader's own extension.

use std::ffi::c_void;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::ptr::null;

use super::api::{Memory, SUCCESS, agents, api, gpu, query, text};
use super::kernel::{Executable, assemble, source};

const INVALID_CODE_OBJECT: u32 = 0x1010;
const INCOMPATIBLE_ARGUMENTS: u32 = 0x100d;
const VARIABLE_UNDEFINED: u32 = 0x1015;
const FROZEN: u32 = 0x1012;

#[test]
fn versions_4_to_6_load() {
    for version in [4, 5, 6] {
        let executable = Executable::load(&assemble(&source("nothing", ""), version));
        let object = executable.kernel_object("nothing");
        assert_eq!(object % 64, 0, "version {version}");
        let symbol = executable.symbol("nothing.kd").expect("there");
        let info = |attribute| {
            query::<u32>(|value| (api().hsa_executable_symbol_get_info)(symbol, attribute, value))
        };
        assert_eq!((info(0), info(11), info(12)), (1, 64, 16), "kind, argument bytes and alignment");
        assert!(executable.symbol("absent.kd").is_none());
    }
}

#[test]
fn another_processor_is_refused() {
    let mut bytes = assemble(&source("nothing", ""), 5);
    bytes[0x30] = 0x4c; // gfx942
    assert_eq!(Executable::try_load(&bytes, gpu()).err(), Some(INCOMPATIBLE_ARGUMENTS));
    bytes[0x30] = 0x3f;
    bytes[0x31] |= 0x3; // XNACK on
    assert_eq!(Executable::try_load(&bytes, gpu()).err(), Some(INCOMPATIBLE_ARGUMENTS));
    bytes[0x12] = 62; // x86-64
    assert_eq!(Executable::try_load(&bytes, gpu()).err(), Some(INVALID_CODE_OBJECT));
}

#[test]
fn the_cpu_takes_no_code_objects() {
    let bytes = assemble(&source("nothing", ""), 5);
    assert_eq!(Executable::try_load(&bytes, agents()[0]).err(), Some(0x1004));
}

/// A variable defined here with a pointer to itself, and one defined by the user.
const VARIABLES: &str = "
.globl table
.protected table
.type table,@object
.data
.p2align 4
table:
    .quad table
    .quad outside + 24
    .long 0x11223344
.size table, 20
";

fn with_variables() -> Vec<u8> {
    assemble(&(source("nothing", "") + VARIABLES), 5)
}

#[test]
fn variables_and_relocations() {
    let bytes = with_variables();
    let api = api();
    assert_eq!(Executable::try_load(&bytes, gpu()).err(), Some(VARIABLE_UNDEFINED));

    let outside = Memory::of_gpu(4096);
    let (mut reader, mut handle, mut loaded) = (0, 0, 0);
    (api.hsa_code_object_reader_create_from_memory)(bytes.as_ptr().cast(), bytes.len(), &raw mut reader);
    assert_eq!((api.hsa_executable_create_alt)(1, 0, null(), &raw mut handle), SUCCESS);
    let executable = Executable(handle);
    let define = || {
        (api.hsa_executable_agent_global_variable_define)(handle, gpu(), text("outside").as_ptr(), outside.0)
    };
    assert_eq!(define(), SUCCESS);
    assert_eq!(define(), 0x1014, "already defined");
    let load = |loaded| (api.hsa_executable_load_agent_code_object)(handle, gpu(), reader, null(), loaded);
    assert_eq!(load(&raw mut loaded), SUCCESS);
    assert_eq!((api.hsa_executable_freeze)(handle, null()), SUCCESS);
    assert_eq!((api.hsa_executable_freeze)(handle, null()), FROZEN);
    assert_eq!(load(&raw mut loaded), FROZEN);
    assert_eq!((api.hsa_code_object_reader_destroy)(reader), SUCCESS);

    let symbol = executable.symbol("table").expect("there");
    let address: u64 = query(|value| (api.hsa_executable_symbol_get_info)(symbol, 21, value));
    let size: u32 = query(|value| (api.hsa_executable_symbol_get_info)(symbol, 9, value));
    assert_eq!(size, 20);
    // SAFETY: the variable's 20 bytes, in device memory that is host memory too.
    let (own, other, word) = unsafe {
        (*(address as *const u64), *((address + 8) as *const u64), *((address + 16) as *const u32))
    };
    assert_eq!((own, other, word), (address, outside.address() + 24, 0x1122_3344));
}

#[test]
fn symbols_are_listed() {
    extern "C" fn push(_executable: u64, symbol: u64, data: *mut c_void) -> u32 {
        let length: u32 = query(|value| (api().hsa_executable_symbol_get_info)(symbol, 1, value));
        let mut name = vec![0u8; length as usize];
        assert_eq!((api().hsa_executable_symbol_get_info)(symbol, 2, name.as_mut_ptr().cast()), SUCCESS);
        // SAFETY: `data` is the vector below.
        unsafe { (*data.cast::<Vec<String>>()).push(String::from_utf8(name).expect("a name")) };
        SUCCESS
    }
    let both = source("first", "") + &source("second", "").replace(".amdgcn_target", "// ");
    let both = both.split(".amdgpu_metadata").next().expect("a part").to_owned()
        + &source("second", "")
            .split(".amdgpu_metadata")
            .next()
            .expect("a part")
            .replace(".amdgcn_target", "//");
    let executable = Executable::load(&assemble(&both, 5));
    let mut names: Vec<String> = Vec::new();
    let status = (api().hsa_executable_iterate_symbols)(executable.0, push, (&raw mut names).cast());
    assert_eq!(status, SUCCESS);
    names.sort();
    assert_eq!(names, ["first.kd", "second.kd"], "also without metadata");
}

#[test]
fn a_reader_reads_files() {
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(&assemble(&source("nothing", ""), 5)).expect("written");
    let mut reader = 0;
    let api = api();
    assert_eq!((api.hsa_code_object_reader_create_from_file)(file.as_raw_fd(), &raw mut reader), SUCCESS);
    assert_eq!((api.hsa_code_object_reader_destroy)(reader), SUCCESS);
    assert_eq!((api.hsa_code_object_reader_destroy)(reader), 0x1021);
    assert_eq!((api.hsa_code_object_reader_create_from_file)(-1, &raw mut reader), 0x1020);
}

#[test]
fn the_loader_extension_finds_executables_by_address() {
    let mut table = [0usize; 7];
    let api = api();
    let size = size_of_val(&table);
    assert_eq!(
        (api.hsa_system_get_major_extension_table)(0x201, 1, size, table.as_mut_ptr().cast()),
        SUCCESS
    );
    // SAFETY: the third function of hsa_ven_amd_loader_1_00_pfn_t.
    let query_executable: extern "C" fn(u64, *mut u64) -> u32 = unsafe { std::mem::transmute(table[2]) };
    let executable = Executable::load(&assemble(&source("nothing", ""), 5));
    let mut found = 0;
    assert_eq!(query_executable(executable.kernel_object("nothing"), &raw mut found), SUCCESS);
    assert_eq!(found, executable.0);
    assert_ne!(query_executable(0x1000, &raw mut found), SUCCESS);
    assert_ne!((api.hsa_system_get_major_extension_table)(0, 1, size, table.as_mut_ptr().cast()), SUCCESS);
}
