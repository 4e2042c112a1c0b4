//! Events.

use std::sync::Arc;

use wavefold_core::boundary::{DefaultStream, Out, driver_entry};
use wavefold_core::event::Event;
use wavefold_core::{Error, Result, api, current, handle};

fn by_handle(event: usize) -> Result<Arc<Event>> {
    handle::EVENTS.get(event).ok_or(Error::INVALID_RESOURCE_HANDLE)
}

fn record(event: usize, stream: usize, default: DefaultStream) -> Result<()> {
    by_handle(event)?.record(&*default.resolve(&current::driver_context()?, stream)?)
}

api! {
    entry = driver_entry;

    /// Creates an event.
    #[partial("events cannot be shared between processes")]
    fn cuEventCreate(event: Out<usize>, flags: u32) {
        if event.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        let context = current::driver_context()?;
        context.check()?;
        event.put(handle::EVENTS.add(Event::new(context, flags)?))
    }

    /// Ends an event's handle.
    fn cuEventDestroy_v2(event: usize) {
        handle::EVENTS.remove(event).map(|_| ()).ok_or(Error::INVALID_RESOURCE_HANDLE)
    }

    /// Marks the present end of a stream.
    fn cuEventRecord | cuEventRecord_ptsz(default) (event: usize, stream: usize) {
        record(event, stream, default)
    }

    /// Marks the present end of a stream.
    #[partial("capture does not exist yet, so the external flag has no meaning")]
    fn cuEventRecordWithFlags | cuEventRecordWithFlags_ptsz(default) (
        event: usize, stream: usize, flags: u32,
    ) {
        if flags > 1 {
            return Err(Error::INVALID_VALUE);
        }
        record(event, stream, default)
    }

    /// Whether the work before an event's mark is done.
    fn cuEventQuery(event: usize) {
        match by_handle(event)?.is_complete()? {
            true => Ok(()),
            false => Err(Error::NOT_READY),
        }
    }

    /// Waits for the work before an event's mark.
    fn cuEventSynchronize(event: usize) {
        by_handle(event)?.synchronize()
    }

    /// Milliseconds between two marks.
    fn cuEventElapsedTime(milliseconds: Out<f32>, start: usize, end: usize) {
        milliseconds.put(Event::elapsed(&*by_handle(start)?, &*by_handle(end)?)?)
    }
}
