//! A context's queues, which its streams share when there are many streams.

use std::sync::{Arc, Mutex, Weak};

use wavefold_hsa::{Packet, Queue};

use crate::context::Context;
use crate::error::Result;
use crate::fault;
use crate::lock::lock;

/// Packets of a ring.
const QUEUE_SIZE: u32 = 1024;
/// Queues of a context; hardware has few, and every one costs memory.
pub const MAX_QUEUES: usize = 32;

/// A queue that streams of one priority put packets into, one at a time.
pub struct SharedQueue {
    /// The queue.
    pub queue: Queue,
    writer: Mutex<()>,
    urgent: bool,
}

/// A context's queues.
#[derive(Default)]
pub struct Queues {
    open: Mutex<Vec<Weak<SharedQueue>>>,
}

impl Queues {
    /// A queue of the wanted priority that fewest streams use; a new one while there are few.
    pub fn get(&self, context: &Context, urgent: bool) -> Result<Arc<SharedQueue>> {
        let mut open = lock(&self.open);
        open.retain(|queue| queue.strong_count() > 0);
        if open.len() >= MAX_QUEUES {
            let alike = open.iter().filter_map(Weak::upgrade).filter(|queue| queue.urgent == urgent);
            if let Some(queue) = alike.min_by_key(Arc::strong_count) {
                return Ok(queue);
            }
        }
        let queue = fault::open_queue(context, QUEUE_SIZE)?;
        if let Err(reason) = queue.enable_profiling() {
            crate::config::debug_api(format_args!("events will not be timed by the device: {reason}"));
        }
        if urgent && let Err(reason) = queue.set_priority(2) {
            crate::config::debug_api(format_args!("the stream keeps normal priority: {reason}"));
        }
        let queue = Arc::new(SharedQueue { queue, writer: Mutex::new(()), urgent });
        open.push(Arc::downgrade(&queue));
        Ok(queue)
    }
}

impl SharedQueue {
    /// How many packets fit in now.
    pub fn room(&self) -> u64 {
        let used = self.queue.write_index().saturating_sub(self.queue.read_index());
        self.queue.capacity().saturating_sub(used)
    }

    /// Puts a packet in, waiting for room if need be, and returns its index.
    ///
    /// # Safety
    /// What the packet points to stays valid until the packet has completed.
    pub unsafe fn submit(&self, context: &Context, packet: &Packet) -> Result<u64> {
        let _writer = lock(&self.writer);
        // Streams make room before they submit; this loop only runs when many threads came through that at once.
        while self.room() == 0 {
            context.check()?;
            std::thread::yield_now();
        }
        // SAFETY: the writer's lock is held, so there is one submitter; the rest is the caller's word.
        Ok(unsafe { self.queue.submit(packet) })
    }
}
