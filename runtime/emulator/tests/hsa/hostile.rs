//! Code objects, descriptors, instructions and packets with wrong bytes: a status, whatever they are, and never the
//! end of the process.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::api::{api, gpu, signal};
use super::kernel::{Dispatch, Executable, TestQueue, assemble, source};

fn sound() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let data = "\n.data\n.globl table\n.type table,@object\ntable:\n.quad table\n.size table, 8\n";
        assemble(&(source("nothing", "") + data), 5)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = sound().to_vec();
        for (index, value) in changes {
            let index = index.index(bytes.len());
            bytes[index] = value;
        }
        let _ = Executable::try_load(&bytes, gpu());
    }

    #[test]
    fn changed_headers(offset in 0usize..1024, value in any::<u64>()) {
        let mut bytes = sound().to_vec();
        bytes[offset..offset + 8].copy_from_slice(&value.to_le_bytes());
        let _ = Executable::try_load(&bytes, gpu());
    }

    #[test]
    fn cut_short(length in any::<prop::sample::Index>()) {
        let bytes = sound();
        let _ = Executable::try_load(&bytes[..length.index(bytes.len()).max(1)], gpu());
    }
}

/// A kernel of sixteen instructions that do nothing.
fn room() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| assemble(&source("room", &"    s_nop 0\n".repeat(16)), 5))
}

/// Runs a kernel for a moment; what does not end by then is cancelled with its queue.
fn run_briefly(dispatch: Dispatch) {
    let queue = TestQueue::new(64);
    let completion = signal(1);
    queue.submit(dispatch.packet(completion));
    let start = Instant::now();
    while (api().hsa_signal_wait_scacquire)(completion, 2, 1, 1_000_000, 0) > 0 {
        if queue.failure() != 0 || start.elapsed() > Duration::from_millis(100) {
            break;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_descriptors(offset in 0usize..64, value in any::<u8>(), workgroup in 1u16..1025) {
        let executable = Executable::load(sound());
        let object = executable.kernel_object("nothing");
        // SAFETY: the 64 bytes of the descriptor, in device memory that is host memory too.
        unsafe { *((object + offset as u64) as *mut u8) = value };
        run_briefly(Dispatch::linear(object, 0, workgroup, 1000));
    }

    #[test]
    fn random_instructions(words in prop::collection::vec(any::<u32>(), 1..16)) {
        let executable = Executable::load(room());
        let object = executable.kernel_object("room");
        // SAFETY: the descriptor's entry offset leads to the sixteen words of the kernel, which are ours to change.
        unsafe {
            let entry = object.wrapping_add_signed(*((object + 16) as *const i64)) as *mut u32;
            entry.copy_from_nonoverlapping(words.as_ptr(), words.len());
        }
        run_briefly(Dispatch::linear(object, 0, 64, 128));
    }

    #[test]
    fn random_packets(packet in any::<[u64; 8]>(), kind in 0u64..8) {
        let queue = TestQueue::new(64);
        let mut packet = packet;
        packet[0] = packet[0] & !0xff | if kind == 1 { 0 } else { kind };
        queue.submit(packet);
        // A barrier may wait for ever for a signal that happens to be one; destroying the queue ends that too.
        let start = Instant::now();
        while queue.failure() == 0 && start.elapsed() < Duration::from_millis(5) {
            std::thread::yield_now();
        }
    }
}
