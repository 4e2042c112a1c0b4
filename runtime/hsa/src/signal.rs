//! Signals: the 64-bit counters by which queues, copies and the host wait for one another.
//!
//! A signal counts down to zero; "complete" is a value below one. The owner must keep a signal until everything that
//! waits for it has seen it: dropping destroys it.

use std::time::Duration;

use crate::types::*;
use crate::{Agent, Hsa, Result};

/// An owned signal.
pub struct Signal {
    hsa: &'static Hsa,
    raw: RawSignal,
}

/// How a wait with a time limit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitOutcome {
    /// The signal has reached zero or less.
    Complete,
    /// The time was up, or the runtime returned early.
    Pending,
}

impl Signal {
    /// Creates a signal that any agent may wait for.
    pub fn create(hsa: &'static Hsa, value: i64) -> Result<Signal> {
        let mut raw = RawSignal::default();
        // SAFETY: no consumers means every agent.
        let status = unsafe { (hsa.functions().hsa_signal_create)(value, 0, core::ptr::null(), &mut raw) };
        hsa.check("hsa_signal_create", status)?;
        Ok(Signal { hsa, raw })
    }

    /// The handle.
    pub fn raw(&self) -> RawSignal {
        self.raw
    }

    /// The value, with acquire ordering.
    pub fn load(&self) -> i64 {
        // SAFETY: the signal is alive.
        unsafe { (self.hsa.functions().hsa_signal_load_scacquire)(self.raw) }
    }

    /// Whether the value has reached zero or less.
    pub fn is_complete(&self) -> bool {
        self.load() < 1
    }

    /// Stores a value nobody waits for yet.
    pub fn reset(&self, value: i64) {
        // SAFETY: the signal is alive.
        unsafe { (self.hsa.functions().hsa_signal_store_relaxed)(self.raw, value) }
    }

    /// Stores a value with release ordering and wakes the waiters.
    pub fn store(&self, value: i64) {
        // SAFETY: the signal is alive.
        unsafe { (self.hsa.functions().hsa_signal_store_screlease)(self.raw, value) }
    }

    /// Waits, asleep, until the signal is complete or about `limit` has passed.
    pub fn wait(&self, limit: Duration) -> WaitOutcome {
        let frequency = u128::from(self.hsa.timestamp_frequency());
        let ticks = (limit.as_nanos() * frequency / 1_000_000_000).min(u128::from(u64::MAX)) as u64;
        // SAFETY: the signal is alive.
        let value = unsafe {
            (self.hsa.functions().hsa_signal_wait_scacquire)(
                self.raw,
                SIGNAL_CONDITION_LT,
                1,
                ticks,
                WAIT_STATE_BLOCKED,
            )
        };
        if value < 1 { WaitOutcome::Complete } else { WaitOutcome::Pending }
    }

    /// When the dispatch or barrier that completed this signal began and ended, or zeros where it was not timed.
    pub fn dispatch_time(&self, agent: &Agent) -> Result<ProfilingTime> {
        let mut time = ProfilingTime::default();
        // SAFETY: the signal is alive and the out pointer valid.
        let status = unsafe {
            (self.hsa.functions().hsa_amd_profiling_get_dispatch_time)(agent.raw(), self.raw, &mut time)
        };
        self.hsa.check("hsa_amd_profiling_get_dispatch_time", status)?;
        Ok(time)
    }
}

impl Drop for Signal {
    fn drop(&mut self) {
        // SAFETY: the handle is ours and the owner vouches that nothing waits for it. A failure leaks it.
        unsafe { (self.hsa.functions().hsa_signal_destroy)(self.raw) };
    }
}

// SAFETY: HSA's signal functions are thread-safe by specification; the handle is a plain number.
unsafe impl Send for Signal {}
// SAFETY: as above.
unsafe impl Sync for Signal {}
