//! User-mode queues: rings of AQL packets that a GPU's packet processor works off.
//!
//! [`Queue::submit`] needs one caller at a time (the core holds its stream's lock); the processor runs concurrently.

use core::ffi::c_void;
use core::sync::atomic::{AtomicU32, Ordering};

use crate::types::*;
use crate::{Agent, Hsa, Result};

/// A packet ready to be put into a ring, its header included.
#[derive(Clone, Copy, Debug)]
pub enum Packet {
    /// Runs a kernel.
    Dispatch(DispatchPacket),
    /// Waits for signals and for the packets before it.
    Barrier(BarrierPacket),
}

/// An owned queue.
pub struct Queue {
    hsa: &'static Hsa,
    raw: *mut RawQueue,
}

impl Queue {
    /// Creates a queue of `size` packets (a power of two) whose failure is reported to `callback` with `data`.
    ///
    /// # Safety
    /// `callback` must stay callable with `data` from any thread until the queue has been destroyed.
    pub unsafe fn create(
        agent: &Agent,
        size: u32,
        callback: QueueErrorCallback,
        data: *mut c_void,
    ) -> Result<Queue> {
        let hsa = agent.hsa();
        let mut raw = core::ptr::null_mut();
        // SAFETY: u32::MAX asks for the runtime's own choice of segment sizes; the callback is the caller's word.
        let status = unsafe {
            (hsa.functions().hsa_queue_create)(
                agent.raw(),
                size,
                QUEUE_TYPE_MULTI,
                Some(callback),
                data,
                u32::MAX,
                u32::MAX,
                &mut raw,
            )
        };
        hsa.check("hsa_queue_create", status)?;
        Ok(Queue { hsa, raw })
    }

    /// The C object, by which callbacks name the queue.
    pub fn raw(&self) -> *mut RawQueue {
        self.raw
    }

    /// Asks for timestamps in completion signals.
    pub fn enable_profiling(&self) -> Result<()> {
        // SAFETY: the queue is alive.
        let status = unsafe { (self.hsa.functions().hsa_amd_profiling_set_profiler_enabled)(self.raw, 1) };
        self.hsa.check("hsa_amd_profiling_set_profiler_enabled", status)
    }

    /// Sets the priority: 0 low, 1 normal, 2 high.
    pub fn set_priority(&self, priority: u32) -> Result<()> {
        // SAFETY: the queue is alive.
        let status = unsafe { (self.hsa.functions().hsa_amd_queue_set_priority)(self.raw, priority) };
        self.hsa.check("hsa_amd_queue_set_priority", status)
    }

    /// How many packets the ring holds.
    pub fn capacity(&self) -> u64 {
        // SAFETY: the queue is alive and the size constant.
        u64::from(unsafe { (*self.raw).size })
    }

    /// The index after the last packet that the processor has taken out.
    pub fn read_index(&self) -> u64 {
        // SAFETY: the queue is alive.
        unsafe { (self.hsa.functions().hsa_queue_load_read_index_scacquire)(self.raw) }
    }

    /// The index after the last packet that was put in.
    pub fn write_index(&self) -> u64 {
        // SAFETY: the queue is alive.
        unsafe { (self.hsa.functions().hsa_queue_load_write_index_relaxed)(self.raw) }
    }

    /// Puts one packet in and rings the doorbell; returns its index.
    ///
    /// The caller has made sure that there is room (fewer than [`Queue::capacity`] packets past the read index) and
    /// that nobody else submits to this queue meanwhile.
    ///
    /// # Safety
    /// What the packet points to stays valid until the packet has completed.
    pub unsafe fn submit(&self, packet: &Packet) -> u64 {
        let functions = self.hsa.functions();
        // SAFETY: the queue is alive.
        let index = unsafe { (functions.hsa_queue_add_write_index_screlease)(self.raw, 1) };
        // SAFETY: the fields read are constant while the queue lives.
        let (base, mask, doorbell) = unsafe {
            let queue = &*self.raw;
            (queue.base_address, u64::from(queue.size) - 1, queue.doorbell_signal)
        };
        let (words, first) = encode(packet);
        // SAFETY: the slot is inside the ring, free by the caller's word and 64-byte aligned; only the header's word is
        // read by the processor before it is written, and that one is written atomically and last.
        unsafe {
            let slot = base.cast::<[u32; 16]>().add((index & mask) as usize).cast::<u32>();
            for (position, word) in words.iter().enumerate().skip(1) {
                slot.add(position).write_volatile(*word);
            }
            AtomicU32::from_ptr(slot).store(first, Ordering::Release);
            (functions.hsa_signal_store_screlease)(doorbell, index as i64);
        }
        index
    }
}

/// A packet as sixteen words and its first word, which holds the header.
fn encode(packet: &Packet) -> ([u32; 16], u32) {
    // SAFETY: both packet types are 64 bytes of plain integers without padding.
    let words: [u32; 16] = unsafe {
        match *packet {
            Packet::Dispatch(packet) => core::mem::transmute::<DispatchPacket, [u32; 16]>(packet),
            Packet::Barrier(packet) => core::mem::transmute::<BarrierPacket, [u32; 16]>(packet),
        }
    };
    (words, words[0])
}

impl Drop for Queue {
    fn drop(&mut self) {
        // SAFETY: the queue is ours; what is still in it is abandoned. A failure leaks it.
        unsafe { (self.hsa.functions().hsa_queue_destroy)(self.raw) };
    }
}

// SAFETY: HSA's queue functions are thread-safe for queues of several producers.
unsafe impl Send for Queue {}
// SAFETY: as above; `submit` states its own rule.
unsafe impl Sync for Queue {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_is_the_low_half_of_the_first_word() {
        let packet = DispatchPacket { header: 0x0b02, setup: 3, ..DispatchPacket::default() };
        assert_eq!(encode(&Packet::Dispatch(packet)).1, 0x0003_0b02);
    }
}
