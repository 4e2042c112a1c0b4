//! Allocation with its accounting, locking, copies, fills, pointers, and memory of another process.

use std::ffi::c_void;
use std::ptr::{null, null_mut};

use super::api::{INVALID_ARGUMENT, Memory, PointerInfo, SUCCESS, agents, api, gpu, pools, signal};

const INVALID_ALLOCATION: u32 = 0x1003;
const OUT_OF_RESOURCES: u32 = 0x1008;

fn allocate(pool: u64, size: usize) -> Result<*mut c_void, u32> {
    let mut address = null_mut();
    match (api().hsa_amd_memory_pool_allocate)(pool, size, 0, &raw mut address) {
        SUCCESS => Ok(address),
        status => Err(status),
    }
}

#[test]
fn device_memory_is_accounted_for() {
    // The second GPU is this test's own, so that others do not disturb the account.
    let pool = pools(agents()[2])[0];
    let large = allocate(pool, 200 << 20).expect("fits into 256 MiB");
    assert_eq!(allocate(pool, 100 << 20), Err(OUT_OF_RESOURCES));
    assert_eq!(allocate(pool, 300 << 20), Err(INVALID_ALLOCATION));
    assert_eq!(allocate(pool, usize::MAX), Err(INVALID_ALLOCATION));
    assert_eq!(allocate(pool, 0), Err(INVALID_ARGUMENT));
    assert_eq!((api().hsa_amd_memory_pool_free)(large), SUCCESS);
    let again = allocate(pool, 250 << 20).expect("fits after the free");
    assert_eq!((api().hsa_amd_memory_pool_free)(again), SUCCESS);
}

#[test]
fn wrong_frees_and_pools_are_refused() {
    let memory = Memory::of_gpu(4096);
    let inside = memory.0.wrapping_byte_add(64);
    assert_eq!((api().hsa_amd_memory_pool_free)(inside), INVALID_ALLOCATION);
    assert_eq!((api().hsa_amd_memory_pool_free)(null_mut()), SUCCESS, "as AMD's runtime has it");
    assert_eq!(allocate(pools(gpu())[2], 64), Err(INVALID_ALLOCATION), "LDS");
    assert_eq!(allocate(77, 64), Err(40));
}

#[test]
fn pointers_know_their_allocation() {
    let memory = Memory::of_gpu(10_000);
    let mut info = PointerInfo { size: size_of::<PointerInfo>() as u32, ..PointerInfo::default() };
    let inside = memory.0.wrapping_byte_add(9_999);
    let status = (api().hsa_amd_pointer_info)(inside, &raw mut info, null(), null_mut(), null_mut());
    assert_eq!((status, info.kind, info.agent_base, info.bytes), (SUCCESS, 1, memory.0 as usize, 10_000));
    assert_eq!(info.owner, gpu());
    let local = 0u32;
    let status = (api().hsa_amd_pointer_info)(
        (&raw const local).cast(),
        &raw mut info,
        null(),
        null_mut(),
        null_mut(),
    );
    assert_eq!((status, info.kind), (SUCCESS, 0));
}

#[test]
fn locked_memory_is_known_until_it_is_unlocked() {
    let mut buffer = vec![0u8; 100_000];
    let mut mapped = null_mut();
    let base: *mut c_void = buffer.as_mut_ptr().cast();
    assert_eq!((api().hsa_amd_memory_lock)(base, buffer.len(), null(), 0, &raw mut mapped), SUCCESS);
    assert_eq!(mapped, base);
    let mut info = PointerInfo { size: size_of::<PointerInfo>() as u32, ..PointerInfo::default() };
    (api().hsa_amd_pointer_info)(base, &raw mut info, null(), null_mut(), null_mut());
    assert_eq!(info.kind, 2);
    assert_eq!((api().hsa_amd_memory_unlock)(base), SUCCESS);
    assert_eq!((api().hsa_amd_memory_unlock)(base), INVALID_ARGUMENT);
}

#[test]
fn locked_ranges_may_overlap() {
    let mut buffer = vec![0u8; 8192];
    let base: *mut c_void = buffer.as_mut_ptr().cast();
    let mut mapped = null_mut();
    for size in [4096, 8192, 4096] {
        assert_eq!((api().hsa_amd_memory_lock)(base, size, null(), 0, &raw mut mapped), SUCCESS);
    }
    for _ in 0..3 {
        assert_eq!((api().hsa_amd_memory_unlock)(base), SUCCESS);
    }
    assert_eq!((api().hsa_amd_memory_unlock)(base), INVALID_ARGUMENT);
}

#[test]
fn copies_and_fills() {
    let memory = Memory::of_gpu(4096);
    assert_eq!((api().hsa_amd_memory_fill)(memory.0, 0xdead_beef, 1024), SUCCESS);
    assert!(memory.words(1024).iter().all(|word| *word == 0xdead_beef));
    assert_eq!((api().hsa_amd_memory_fill)(memory.0, 0, 1025), INVALID_ARGUMENT, "past the end");
    let host: Vec<u32> = (0..1024).collect();
    assert_eq!((api().hsa_memory_copy)(memory.0, host.as_ptr().cast(), 4096), SUCCESS);
    assert_eq!(memory.words(1024), host);
    assert_eq!((api().hsa_memory_copy)(memory.0, host.as_ptr().cast(), 4097), INVALID_ARGUMENT);
    // Only the first page of a host range is locked; a copy of all of it is none the worse.
    let mut mapped = null_mut();
    let base: *mut c_void = host.as_ptr().cast_mut().cast();
    assert_eq!((api().hsa_amd_memory_lock)(base, 1024, null(), 0, &raw mut mapped), SUCCESS);
    assert_eq!((api().hsa_memory_copy)(memory.0, base, 4096), SUCCESS);
    assert_eq!((api().hsa_amd_memory_unlock)(base), SUCCESS);
}

#[test]
fn an_asynchronous_copy_waits_for_its_dependency() {
    let (source, target) = (Memory::of_gpu(1 << 20), Memory::of_gpu(1 << 20));
    source.words(1 << 18).fill(7);
    let (dependency, completion) = (signal(1), signal(1));
    let copy = |size| {
        (api().hsa_amd_memory_async_copy)(
            target.0,
            gpu(),
            source.0,
            gpu(),
            size,
            1,
            &raw const dependency,
            completion,
        )
    };
    assert_eq!(copy(1 << 20), SUCCESS);
    let value = (api().hsa_signal_wait_scacquire)(completion, 2, 1, 20_000_000, 0);
    assert_eq!((value, target.words(1)[0]), (1, 0), "not before its dependency");
    (api().hsa_signal_store_screlease)(dependency, 0);
    assert_eq!((api().hsa_signal_wait_scacquire)(completion, 2, 1, u64::MAX, 0), 0);
    assert!(target.words(1 << 18).iter().all(|word| *word == 7));
    assert_eq!(copy((1 << 20) + 1), INVALID_ARGUMENT, "past the end");
}

#[test]
fn memory_goes_from_process_to_process() {
    // Attaching in the same process goes the same way: through the descriptor of the exporting process.
    let memory = Memory::of_gpu(8192);
    memory.words(2048).fill(42);
    let mut handle = [0u32; 8];
    assert_eq!((api().hsa_amd_ipc_memory_create)(memory.0, 8192, &raw mut handle), SUCCESS);
    let mut attached = null_mut();
    assert_eq!(
        (api().hsa_amd_ipc_memory_attach)(&raw const handle, 8192, 0, null(), &raw mut attached),
        SUCCESS
    );
    assert_ne!(attached, memory.0);
    // SAFETY: 8192 bytes were attached.
    let seen = unsafe { std::slice::from_raw_parts_mut(attached.cast::<u32>(), 2048) };
    assert!(seen.iter().all(|word| *word == 42));
    seen[5] = 43;
    assert_eq!(memory.words(2048)[5], 43);
    assert_eq!((api().hsa_amd_ipc_memory_detach)(attached), SUCCESS);
    handle[0] = 0;
    let status = (api().hsa_amd_ipc_memory_attach)(&raw const handle, 8192, 0, null(), &raw mut attached);
    assert_eq!(status, INVALID_ARGUMENT);
}
