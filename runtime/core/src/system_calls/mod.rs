//! System calls of kernels: what the device's printf, assert, malloc and free need of the host.
//!
//! A kernel whose note says that it prints or allocates is launched with the address of the context's `block` in its
//! implicit arguments. The block leads to the ring of `output` records and to the `heap`; each is made before the first
//! launch that needs it, with the size that the limit has then. From then on the limit is fixed, as in CUDA.
//!
//! Records are formatted (`format`) and printed when the program synchronises, in the order in which they were begun.

mod block;
pub mod format;
mod heap;
mod output;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, TryLockError};

use wavefold_formats::note::{CALLS_HEAP, CALLS_OUTPUT};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::lock::lock;

use block::Block;
use output::Reader;

/// CUDA's default for `cudaLimitPrintfFifoSize`.
const DEFAULT_OUTPUT: u64 = 1 << 20;
/// The ring is no smaller and no larger.
const OUTPUT_RANGE: (u64, u64) = (4 << 10, 1 << 30);
/// CUDA's default for `cudaLimitMallocHeapSize`.
const DEFAULT_HEAP: u64 = 8 << 20;

/// A context's part in the system calls of its kernels.
pub struct SystemCalls {
    output_limit: AtomicU64,
    heap_limit: AtomicU64,
    /// The block's address, for whoever only wants to know whether there is anything to do; 0 until it is made.
    block: AtomicUsize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    block: Option<Block>,
    reader: Option<Reader>,
    has_heap: bool,
}

/// Whether to wait for a record that a kernel is still writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Print what is whole.
    None,
    /// A record that has been begun will soon be whole.
    Wait,
    /// The device has failed: what is not whole now never will be.
    Failed,
}

impl Default for SystemCalls {
    fn default() -> SystemCalls {
        SystemCalls {
            output_limit: AtomicU64::new(DEFAULT_OUTPUT),
            heap_limit: AtomicU64::new(DEFAULT_HEAP),
            block: AtomicUsize::new(0),
            state: Mutex::default(),
        }
    }
}

impl SystemCalls {
    /// Gets ready for a kernel that needs `needs` (bits of its note); gives the address for its implicit arguments.
    pub fn prepare(&self, context: &Arc<Context>, needs: u32) -> Result<u64> {
        if needs == 0 {
            return Ok(0);
        }
        let mut state = lock(&self.state);
        let State { block, reader, has_heap } = &mut *state;
        let block = match block {
            Some(block) => block,
            None => block.insert(Block::new(context)?),
        };
        if needs & CALLS_OUTPUT != 0 && reader.is_none() {
            let size = self.output_limit.load(Ordering::Relaxed);
            *reader = Some(Reader::new(block.make_ring(context, size as usize)?, size));
        }
        if needs & CALLS_HEAP != 0 && !*has_heap {
            block.set_heap(heap::create(context, self.heap_limit.load(Ordering::Relaxed))?);
            *has_heap = true;
        }
        self.block.store(block.address(), Ordering::Release);
        Ok(block.address() as u64)
    }

    /// Prints what kernels have written and nobody has printed yet.
    pub fn print(&self, patience: Patience) {
        if self.block.load(Ordering::Acquire) == 0 {
            return;
        }
        // Whoever holds the lock prints, or makes the block: both before anything that this call must show.
        let mut state = match (self.state.try_lock(), patience) {
            (Ok(state), _) => state,
            (Err(TryLockError::Poisoned(poisoned)), _) => poisoned.into_inner(),
            (Err(TryLockError::WouldBlock), Patience::Wait) => lock(&self.state),
            (Err(TryLockError::WouldBlock), _) => return,
        };
        let State { block: Some(block), reader: Some(reader), .. } = &mut *state else { return };
        reader.print(block, patience);
    }

    /// Whether an assertion of a kernel has failed.
    pub fn has_asserted(&self) -> bool {
        // Asked by the handler of a fault, which must not wait for whoever holds the lock.
        let address = self.block.load(Ordering::Acquire);
        // SAFETY: the block lives until `release`, when no queue can fail any more.
        address != 0 && unsafe { block::has_asserted(address) }
    }

    /// Gives everything back; the context has no queues any more. The heap is an allocation of the context's.
    pub fn release(&self) {
        self.block.store(0, Ordering::Release);
        *lock(&self.state) = State::default();
    }

    /// Bytes of the ring, as `cudaLimitPrintfFifoSize` has it.
    pub fn output_limit(&self) -> u64 {
        self.output_limit.load(Ordering::Relaxed)
    }

    /// Bytes of the heap, as `cudaLimitMallocHeapSize` has it.
    pub fn heap_limit(&self) -> u64 {
        self.heap_limit.load(Ordering::Relaxed)
    }

    /// Sets the size of the ring, rounded up to a power of two within what is possible.
    pub fn set_output_limit(&self, size: u64) -> Result<()> {
        let state = lock(&self.state);
        if state.reader.is_some() {
            return Err(Error::INVALID_VALUE.because("a kernel that prints has been launched"));
        }
        let size = size.clamp(OUTPUT_RANGE.0, OUTPUT_RANGE.1).next_power_of_two();
        self.output_limit.store(size, Ordering::Relaxed);
        Ok(())
    }

    /// Sets the size of the heap, rounded up to whole chunks.
    pub fn set_heap_limit(&self, size: u64, memory: u64) -> Result<()> {
        let state = lock(&self.state);
        if state.has_heap {
            return Err(Error::INVALID_VALUE.because("a kernel that uses the heap has been launched"));
        }
        if size > memory {
            return Err(Error::MEMORY_ALLOCATION.because(format_args!("a heap of {size} bytes")));
        }
        self.heap_limit.store(size.max(1).next_multiple_of(heap::CHUNK), Ordering::Relaxed);
        Ok(())
    }
}
