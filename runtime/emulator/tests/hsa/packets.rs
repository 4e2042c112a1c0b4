//! Queues and packets: dispatches, barriers, order, times, and what makes a queue fail.

use std::time::{Duration, Instant};

use super::api::{Memory, SUCCESS, agents, api, eventually, gpu, pools, query, signal};
use super::kernel::{Dispatch, Executable, TestQueue, assemble, source};

/// Each work-item of a work-group stores its number, plus a thousand times the work-group's, to its own word.
const STORE_IDS: &str = "
    s_load_dwordx2 s[4:5], s[0:1], 0x0
    s_load_dword s6, s[0:1], 0x8
    s_waitcnt lgkmcnt(0)
    s_mul_i32 s7, s2, s6
    v_add_u32 v1, s7, v0
    v_lshlrev_b32 v1, 2, v1
    s_mul_i32 s8, s2, 1000
    v_add_u32 v2, s8, v0
    global_store_dword v1, v2, s[4:5]
    s_waitcnt vmcnt(0)";

fn kernarg(words: &[u64]) -> Memory {
    let memory = Memory::of_pool(agents()[0], 1, 4096);
    for (index, word) in words.iter().enumerate() {
        memory.words(2 * index + 2)[2 * index] = *word as u32;
        memory.words(2 * index + 2)[2 * index + 1] = (*word >> 32) as u32;
    }
    memory
}

#[test]
fn a_kernel_writes_its_ids() {
    let executable = Executable::load(&assemble(&source("ids", STORE_IDS), 5));
    let output = Memory::of_gpu(4096);
    let arguments = kernarg(&[output.address(), 100]);
    let queue = TestQueue::new(64);
    let object = executable.kernel_object("ids");
    assert_eq!(queue.run(Dispatch::linear(object, arguments.address(), 100, 330)), Ok(()));
    let expected: Vec<u32> = (0..330).map(|index| index / 100 * 1000 + index % 100).collect();
    assert_eq!(output.words(330), expected);
    assert_eq!(output.words(331)[330], 0);
    let mut counts = [0u64; 5];
    assert_eq!((api().wavefold_emulator_statistics)(&raw mut counts), SUCCESS);
    assert!(counts[0] >= 1 && counts[2] >= 7 && counts[3] >= 7 * 10, "{counts:?}");
}

#[test]
fn more_packets_than_the_ring_holds() {
    let executable = Executable::load(&assemble(&source("nothing", ""), 5));
    let queue = TestQueue::new(64);
    let dispatch = Dispatch::linear(executable.kernel_object("nothing"), 0, 64, 64);
    for _ in 0..500 {
        queue.submit(dispatch.packet(0));
    }
    assert_eq!(queue.run(dispatch), Ok(()));
    assert_eq!((api().hsa_queue_load_read_index_scacquire)(queue.queue), 501);
}

#[test]
fn dispatch_times_are_in_order() {
    let executable = Executable::load(&assemble(&source("nothing", ""), 5));
    let queue = TestQueue::new(64);
    let completion = signal(1);
    let before: u64 = query(|value| (api().hsa_system_get_info)(2, value));
    queue.submit(Dispatch::linear(executable.kernel_object("nothing"), 0, 64, 64).packet(completion));
    assert_eq!(queue.wait(completion), Ok(()));
    let after: u64 = query(|value| (api().hsa_system_get_info)(2, value));
    let mut times = [0; 2];
    assert_eq!((api().hsa_amd_profiling_get_dispatch_time)(gpu(), completion, &raw mut times), SUCCESS);
    assert!(before <= times[0] && times[0] <= times[1] && times[1] <= after, "{before} {times:?} {after}");
}

fn barrier(kind: u64, signals: &[u64], completion: u64) -> [u64; 8] {
    let mut packet = [0; 8];
    packet[0] = kind | 1 << 8;
    packet[1..=signals.len()].copy_from_slice(signals);
    packet[7] = completion;
    packet
}

#[test]
fn a_barrier_and_waits_for_all_a_barrier_or_for_one() {
    let api = api();
    let queue = TestQueue::new(64);
    let (first, second, done) = (signal(1), signal(1), signal(2));
    queue.submit(barrier(3, &[first, 0, second], done));
    queue.submit(barrier(5, &[first, second], done));
    (api.hsa_signal_store_screlease)(first, 0);
    assert_eq!((api.hsa_signal_wait_scacquire)(done, 2, 2, 20_000_000, 0), 2, "the second is still missing");
    (api.hsa_signal_store_screlease)(second, 0);
    assert_eq!((api.hsa_signal_wait_scacquire)(done, 0, 0, u64::MAX, 0), 0);

    let (never, now, done) = (signal(1), signal(0), signal(1));
    queue.submit(barrier(5, &[never, now], done));
    assert_eq!((api.hsa_signal_wait_scacquire)(done, 0, 0, u64::MAX, 0), 0);
}

#[test]
fn a_barrier_value_waits_for_masked_bits() {
    let api = api();
    let queue = TestQueue::new(64);
    let (watched, done) = (signal(0), signal(1));
    // Vendor format 2: signal, value, mask, condition (0: equal).
    queue.submit([1 << 8 | 2 << 16, watched, 0x30, 0xf0, 0, 0, 0, done]);
    (api.hsa_signal_store_screlease)(watched, 0x130f);
    assert_eq!((api.hsa_signal_wait_scacquire)(done, 2, 1, 20_000_000, 0), 1);
    (api.hsa_signal_store_screlease)(watched, 0x1f3f);
    assert_eq!((api.hsa_signal_wait_scacquire)(done, 2, 1, u64::MAX, 0), 0);
}

#[test]
fn wrong_packets_fail_the_queue_with_a_status() {
    let executable = Executable::load(&assemble(&source("nothing", ""), 5));
    let object = executable.kernel_object("nothing");
    let good = Dispatch::linear(object, 0, 64, 64);
    let cases = [
        ("work-group of 1025", Dispatch { workgroup: [1025, 1, 1], ..good }, 0x1001),
        ("empty work-group", Dispatch { workgroup: [0, 1, 1], ..good }, 0x100d),
        ("empty grid", Dispatch { grid: [0, 1, 1], ..good }, 0x100d),
        ("no dimensions", Dispatch { dimensions: 0, ..good }, 0x100d),
        ("LDS of 64 KiB and a byte", Dispatch { group: 65537, ..good }, 0x1003),
        ("too much scratch", Dispatch { private: 1 << 20, ..good }, 0x1008),
        ("null kernel object", Dispatch { object: 0, ..good }, 0x1010),
        ("kernel object nowhere", Dispatch { object: 0x1234_5678_0000, ..good }, 0x1010),
        ("kernel object off by one", Dispatch { object: object + 1, ..good }, 0x1010),
    ];
    for (what, dispatch, status) in cases {
        let queue = TestQueue::new(64);
        assert_eq!(queue.run(dispatch), Err(status), "{what}");
        // A failed queue takes no more packets.
        queue.submit(good.packet(0));
        std::thread::sleep(Duration::from_millis(1));
        assert_eq!((api().hsa_queue_load_read_index_scacquire)(queue.queue), 0, "{what}");
    }
    let queue = TestQueue::new(64);
    assert_eq!(queue.run(good), Ok(()), "others are not concerned");
    queue.submit([9, 0, 0, 0, 0, 0, 0, 0]);
    eventually("the failure", || queue.failure() == 0x1009);
}

#[test]
fn a_memory_fault_names_itself_and_fails_the_queue() {
    let body = "
    v_mov_b32 v2, 0x1000
    v_mov_b32 v3, 0
    global_store_dword v[2:3], v0, off
    s_waitcnt vmcnt(0)";
    let executable = Executable::load(&assemble(&source("wild", body), 5));
    let queue = TestQueue::new(64);
    assert_eq!(queue.run(Dispatch::linear(executable.kernel_object("wild"), 0, 64, 64)), Err(43));
}

#[test]
fn memory_without_access_is_a_fault() {
    let api = api();
    let executable = Executable::load(&assemble(&source("ids", STORE_IDS), 5));
    let mut hidden = std::ptr::null_mut();
    let pool = pools(agents()[2])[0];
    assert_eq!((api.hsa_amd_memory_pool_allocate)(pool, 4096, 0, &raw mut hidden), SUCCESS);
    let arguments = kernarg(&[hidden as u64, 64]);
    let dispatch = Dispatch::linear(executable.kernel_object("ids"), arguments.address(), 64, 64);
    assert_eq!(TestQueue::new(64).run(dispatch), Err(43));
    let gpu = gpu();
    assert_eq!((api.hsa_amd_agents_allow_access)(1, &raw const gpu, std::ptr::null(), hidden), SUCCESS);
    assert_eq!(TestQueue::new(64).run(dispatch), Ok(()), "the other GPU's memory, once allowed");
    assert_eq!((api.hsa_amd_memory_pool_free)(hidden), SUCCESS);
    assert_eq!(TestQueue::new(64).run(dispatch), Err(43), "after the free");
}

#[test]
fn illegal_instructions_and_traps() {
    for (body, status) in [(".long 0xffffffff", 42), ("s_trap 2", 0x1016)] {
        let executable = Executable::load(&assemble(&source("bad", body), 5));
        let queue = TestQueue::new(64);
        let result = queue.run(Dispatch::linear(executable.kernel_object("bad"), 0, 64, 64));
        assert_eq!(result, Err(status), "{body}");
    }
}

#[test]
fn destroying_a_queue_ends_an_endless_kernel() {
    let body = ".Lagain:\n    s_branch .Lagain";
    let executable = Executable::load(&assemble(&source("endless", body), 5));
    let queue = TestQueue::new(64);
    queue.submit(Dispatch::linear(executable.kernel_object("endless"), 0, 64, 64).packet(0));
    std::thread::sleep(Duration::from_millis(20));
    assert_eq!(queue.failure(), 0);
    let start = Instant::now();
    drop(queue);
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn wrong_queues_are_refused() {
    let api = api();
    let mut queue = std::ptr::null();
    for (agent, size, kind, status) in [
        (gpu(), 100, 0, 0x1001),
        (gpu(), 0, 0, 0x1001),
        (gpu(), 1 << 20, 0, 0x1001),
        (agents()[0], 64, 0, 0x1002),
        (5, 64, 0, 0x1004),
    ] {
        let created =
            (api.hsa_queue_create)(agent, size, kind, None, std::ptr::null_mut(), 0, 0, &raw mut queue);
        assert_eq!(created, status);
    }
    assert_eq!((api.hsa_queue_destroy)(std::ptr::null()), 0x1001);
    assert_eq!((api.hsa_queue_destroy)(0x1000 as *const _), 0x1007);
}

#[test]
fn queues_are_not_without_end() {
    let api = api();
    let agent = agents()[2];
    let most: u32 = query(|value| (api.hsa_agent_get_info)(agent, 12, value));
    let mut queues = Vec::new();
    let status = loop {
        let mut queue = std::ptr::null();
        match (api.hsa_queue_create)(agent, 64, 0, None, std::ptr::null_mut(), 0, 0, &raw mut queue) {
            SUCCESS => queues.push(queue),
            status => break status,
        }
    };
    assert_eq!((status, queues.len()), (0x1008, most as usize));
    for queue in queues {
        assert_eq!((api.hsa_queue_destroy)(queue), SUCCESS);
    }
}
