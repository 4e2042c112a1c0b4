//! Completion signals from a pool, shared by reference count.
//!
//! A signal goes back to the pool when its last holder lets go and it is complete. Holders are: whoever may still wait
//! for it, and the stream that submitted work completing or awaiting it (until that work is known to be done). So a
//! signal is never reset while a packet still looks at it.

use std::sync::{Arc, Mutex};

use wavefold_hsa::types::RawSignal;
use wavefold_hsa::{Hsa, Signal};

use crate::error::{Error, Result};
use crate::lock::lock;

/// How many idle signals are kept.
const POOL_LIMIT: usize = 4096;

/// Where signals come from.
pub struct SignalPool {
    hsa: &'static Hsa,
    idle: Mutex<Vec<Signal>>,
}

/// A signal in use.
pub struct Completion {
    signal: Option<Signal>,
    pool: Arc<SignalPool>,
}

impl SignalPool {
    /// An empty pool.
    pub fn new(hsa: &'static Hsa) -> Arc<SignalPool> {
        Arc::new(SignalPool { hsa, idle: Mutex::new(Vec::new()) })
    }

    /// A signal with the value `count`: it is complete after as many decrements.
    pub fn take(self: &Arc<SignalPool>, count: i64) -> Result<Arc<Completion>> {
        let idle = lock(&self.idle).pop();
        let signal = match idle {
            Some(signal) => {
                signal.reset(count);
                signal
            }
            None => Signal::create(self.hsa, count).map_err(|e| Error::MEMORY_ALLOCATION.because(e))?,
        };
        Ok(Arc::new(Completion { signal: Some(signal), pool: self.clone() }))
    }
}

impl Completion {
    /// The signal.
    pub fn signal(&self) -> &Signal {
        self.signal.as_ref().expect("taken only by drop")
    }

    /// The handle for packets.
    pub fn raw(&self) -> RawSignal {
        self.signal().raw()
    }

    /// Whether the work is done.
    pub fn is_complete(&self) -> bool {
        self.signal().is_complete()
    }
}

impl Drop for Completion {
    fn drop(&mut self) {
        let Some(signal) = self.signal.take() else { return };
        if signal.is_complete() {
            let mut idle = lock(&self.pool.idle);
            if idle.len() < POOL_LIMIT {
                idle.push(signal);
            }
        } else {
            // Work that was abandoned after a fault. A copy that still waits for this signal must neither run, since its
            // memory may be gone, nor look at a destroyed signal: it waits for ever, which costs a few bytes.
            core::mem::forget(signal);
        }
    }
}
