//! The block of memory through which kernels and the host speak, and the ring behind it.
//!
//! `compiler/device/block.h` has the same layout; a change here is a change there. Block and ring are fine-grained host
//! memory: the device's system-scope atomics work on it and the host sees what it writes at once.

use core::ffi::c_void;
use core::mem::offset_of;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::platform::Platform;

/// What a kernel sees.
#[repr(C)]
pub struct Layout {
    ring: AtomicU64,
    ring_size: AtomicU64,
    heap: AtomicU64,
    asserted: AtomicU32,
    reserved: u32,
    apart: [u64; 4],
    written: AtomicU64,
}

const _: () = assert!(offset_of!(Layout, asserted) == 24);
const _: () = assert!(offset_of!(Layout, written) == 64);

/// Fine-grained host memory that one device can reach, all zeros at first.
pub struct Shared {
    address: usize,
    platform: &'static Platform,
}

impl Shared {
    fn new(context: &Arc<Context>, size: usize) -> Result<Shared> {
        let platform = context.platform;
        let fail = |e: wavefold_hsa::Error| Error::MEMORY_ALLOCATION.because(e);
        let address = platform.kernarg_pool.allocate(size).map_err(fail)? as usize;
        let memory = Shared { address, platform };
        // SAFETY: the memory was allocated just now.
        unsafe {
            platform
                .hsa
                .allow_access(&[context.device.agent.raw()], address as *const c_void)
                .map_err(fail)?;
            core::ptr::write_bytes(address as *mut u8, 0, size);
        }
        Ok(memory)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // SAFETY: the owner has seen to it that no kernel runs any more; a failure leaks the memory.
        let _ = unsafe { self.platform.hsa.free(self.address as *mut c_void) };
    }
}

/// A context's block.
pub struct Block {
    memory: Shared,
    ring: Option<Shared>,
}

impl Block {
    /// A block that leads nowhere yet.
    pub fn new(context: &Arc<Context>) -> Result<Block> {
        Ok(Block { memory: Shared::new(context, size_of::<Layout>())?, ring: None })
    }

    /// Its address, for both sides.
    pub fn address(&self) -> usize {
        self.memory.address
    }

    fn layout(&self) -> &Layout {
        // SAFETY: the memory is the block's, aligned to a page, and all fields that change are atomics.
        unsafe { &*(self.memory.address as *const Layout) }
    }

    /// Makes the ring of `size` bytes, a power of two; gives its address.
    pub fn make_ring(&mut self, context: &Arc<Context>, size: usize) -> Result<usize> {
        let ring = Shared::new(context, size)?;
        let address = ring.address;
        self.ring = Some(ring);
        self.layout().ring_size.store(size as u64, Ordering::Release);
        self.layout().ring.store(address as u64, Ordering::Release);
        Ok(address)
    }

    /// Tells kernels where the heap's header is.
    pub fn set_heap(&self, address: usize) {
        self.layout().heap.store(address as u64, Ordering::Release);
    }

    /// How many bytes of records have been begun since the ring was made.
    pub fn written(&self) -> u64 {
        self.layout().written.load(Ordering::Acquire)
    }
}

/// Whether a kernel has said that an assertion failed.
///
/// # Safety
/// A block lies at `address`.
pub unsafe fn has_asserted(address: usize) -> bool {
    // SAFETY: the caller's word.
    unsafe { &*(address as *const Layout) }.asserted.load(Ordering::Acquire) != 0
}
