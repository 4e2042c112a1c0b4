//! Memory for kernel arguments and small staged copies: chunks that a stream fills from the start.
//!
//! A chunk is handed out whole to one stream, which gives it up when it is full; it returns to the pool when the work
//! that reads it is done (the stream's checkpoints hold it until then). Each piece is 64-byte aligned.

use std::sync::{Arc, Mutex};

use crate::device::Device;
use crate::error::{Error, Result};
use crate::lock::lock;
use crate::platform::Platform;

/// Bytes of a chunk: some two hundred launches.
pub const CHUNK: usize = 64 * 1024;
/// The alignment of each piece, a cache line of the device.
const ALIGNMENT: usize = 64;

/// Chunks of host memory that one device can read.
pub struct ChunkPool {
    platform: &'static Platform,
    device: &'static Device,
    idle: Mutex<Vec<usize>>,
}

/// A chunk in use.
pub struct Chunk {
    address: usize,
    pool: Arc<ChunkPool>,
}

impl ChunkPool {
    /// An empty pool.
    pub fn new(platform: &'static Platform, device: &'static Device) -> Arc<ChunkPool> {
        Arc::new(ChunkPool { platform, device, idle: Mutex::new(Vec::new()) })
    }

    /// A chunk nobody else uses.
    pub fn take(self: &Arc<ChunkPool>) -> Result<Arc<Chunk>> {
        let idle = lock(&self.idle).pop();
        let address = match idle {
            Some(address) => address,
            None => self.allocate()?,
        };
        Ok(Arc::new(Chunk { address, pool: self.clone() }))
    }

    fn allocate(&self) -> Result<usize> {
        let address =
            self.platform.kernarg_pool.allocate(CHUNK).map_err(|e| Error::MEMORY_ALLOCATION.because(e))?;
        // SAFETY: the memory was allocated just now.
        unsafe { self.platform.hsa.allow_access(&[self.device.agent.raw()], address) }
            .map_err(|e| Error::MEMORY_ALLOCATION.because(e))?;
        Ok(address as usize)
    }
}

impl Drop for ChunkPool {
    fn drop(&mut self) {
        for address in lock(&self.idle).drain(..) {
            // SAFETY: the chunk came from the pool and has no holder; a failure leaks it.
            let _ = unsafe { self.platform.hsa.free(address as *mut core::ffi::c_void) };
        }
    }
}

impl Chunk {
    /// Where its [`CHUNK`] bytes begin.
    pub fn address(&self) -> usize {
        self.address
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        lock(&self.pool.idle).push(self.address);
    }
}

/// A stream's present chunk and how far it is filled.
#[derive(Default)]
pub struct Arena {
    chunk: Option<Arc<Chunk>>,
    used: usize,
}

impl Arena {
    /// `size` bytes, and the chunk that was given up for them, if any: the caller holds it until all work submitted so
    /// far is done. `size` is at most [`CHUNK`].
    pub fn take(&mut self, pool: &Arc<ChunkPool>, size: usize) -> Result<(*mut u8, Option<Arc<Chunk>>)> {
        debug_assert!(size <= CHUNK);
        let start = self.used.next_multiple_of(ALIGNMENT);
        if let Some(chunk) = &self.chunk
            && start + size <= CHUNK
        {
            self.used = start + size;
            return Ok(((chunk.address + start) as *mut u8, None));
        }
        let fresh = pool.take()?;
        let address = fresh.address as *mut u8;
        let full = self.chunk.replace(fresh);
        self.used = size;
        Ok((address, full))
    }

    /// Starts over: the caller knows that nothing reads the chunk any more.
    pub fn rewind(&mut self) {
        self.used = 0;
    }
}
