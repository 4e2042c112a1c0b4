//! Events: marks in streams.
//!
//! A record is a barrier packet with a completion signal. Its time is the device's own timestamp of that packet, in the
//! system clock of HSA, so events of several streams and devices compare. A
//! runtime that does not time barriers gets an error for the elapsed time, not an invented number.

use std::sync::{Arc, Mutex};

use wavefold_hsa::Agent;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::lock::lock;
use crate::signal::Completion;
use crate::stream::Stream;

/// `cudaEventBlockingSync`.
pub const BLOCKING_SYNC: u32 = 1;
/// `cudaEventDisableTiming`.
pub const DISABLE_TIMING: u32 = 2;
/// `cudaEventInterprocess`.
pub const INTERPROCESS: u32 = 4;

/// A CUDA event.
pub struct Event {
    /// The context it was created in.
    pub context: Arc<Context>,
    /// The flags it was created with.
    pub flags: u32,
    record: Mutex<Option<Record>>,
}

#[derive(Clone)]
struct Record {
    signal: Arc<Completion>,
    agent: Agent,
    context: Arc<Context>,
}

impl Event {
    /// An event that nothing has been recorded in: it counts as complete.
    pub fn new(context: Arc<Context>, flags: u32) -> Result<Arc<Event>> {
        if flags & !(BLOCKING_SYNC | DISABLE_TIMING | INTERPROCESS) != 0 {
            return Err(Error::INVALID_VALUE);
        }
        if flags & INTERPROCESS != 0 {
            return Err(match flags & DISABLE_TIMING {
                0 => Error::INVALID_VALUE,
                _ => Error::NOT_SUPPORTED.because("events shared between processes do not exist yet"),
            });
        }
        Ok(Arc::new(Event { context, flags, record: Mutex::new(None) }))
    }

    /// Marks the present end of `stream`.
    pub fn record(&self, stream: &Stream) -> Result<()> {
        let context = stream.context()?;
        if context.device.ordinal != self.context.device.ordinal {
            return Err(Error::INVALID_RESOURCE_HANDLE.because("the event and the stream are of two devices"));
        }
        let signal = stream.submit(|submission| submission.mark())?;
        let agent = context.device.agent;
        *lock(&self.record) = Some(Record { signal, agent, context });
        Ok(())
    }

    /// What a stream that waits for the event waits for.
    pub fn signal(&self) -> Option<Arc<Completion>> {
        lock(&self.record).as_ref().map(|record| record.signal.clone())
    }

    /// Whether the work before the mark is done.
    pub fn is_complete(&self) -> Result<bool> {
        let Some(record) = lock(&self.record).clone() else { return Ok(true) };
        record.context.check()?;
        Ok(record.signal.is_complete())
    }

    /// Waits for the work before the mark.
    pub fn synchronize(&self) -> Result<()> {
        let Some(record) = lock(&self.record).clone() else { return Ok(()) };
        record.context.wait(&record.signal)
    }

    /// Milliseconds from `start` to `end`, to the resolution of the system clock.
    pub fn elapsed(start: &Event, end: &Event) -> Result<f32> {
        if (start.flags | end.flags) & DISABLE_TIMING != 0 {
            return Err(Error::INVALID_RESOURCE_HANDLE);
        }
        let (first, second) = (start.time()?, end.time()?);
        let frequency = crate::platform::platform()?.hsa.timestamp_frequency();
        let ticks = second as i128 - first as i128;
        Ok((ticks as f64 * 1000.0 / frequency as f64) as f32)
    }

    fn time(&self) -> Result<u64> {
        let record = lock(&self.record).clone().ok_or(Error::INVALID_RESOURCE_HANDLE)?;
        record.context.check()?;
        if !record.signal.is_complete() {
            return Err(Error::NOT_READY);
        }
        let time = record
            .signal
            .signal()
            .dispatch_time(&record.agent)
            .map_err(|e| Error::UNKNOWN.because(format_args!("the mark has no time: {e}")))?;
        if time.end == 0 {
            return Err(Error::UNKNOWN.because("the HSA runtime did not time the event's barrier packet"));
        }
        Ok(time.end)
    }
}
