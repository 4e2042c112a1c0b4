//! Events.

use wavefold_core::boundary::{DefaultStream, Out, runtime_entry};
use wavefold_core::event::Event;
use wavefold_core::{Error, Result, api, current, handle};

fn create(event: Out<usize>, flags: u32) -> Result<()> {
    if event.is_null() {
        return Err(Error::INVALID_VALUE);
    }
    let context = current::context()?;
    context.check()?;
    event.put(handle::EVENTS.add(Event::new(context, flags)?))
}

fn record(event: usize, stream: usize, default: DefaultStream) -> Result<()> {
    let event = handle::EVENTS.get(event).ok_or(Error::INVALID_RESOURCE_HANDLE)?;
    event.record(&*default.resolve(&current::context()?, stream)?)
}

api! {
    entry = runtime_entry;

    /// Creates an event with timing.
    fn cudaEventCreate(event: Out<usize>) {
        create(event, 0)
    }

    /// Creates an event.
    #[partial("events cannot be shared between processes")]
    fn cudaEventCreateWithFlags(event: Out<usize>, flags: u32) {
        create(event, flags)
    }

    /// Marks the present end of a stream.
    fn cudaEventRecord | cudaEventRecord_ptsz(default) (event: usize, stream: usize) {
        record(event, stream, default)
    }

    /// Marks the present end of a stream.
    #[partial("capture does not exist yet, so the external flag has no meaning")]
    fn cudaEventRecordWithFlags | cudaEventRecordWithFlags_ptsz(default) (
        event: usize,
        stream: usize,
        flags: u32,
    ) {
        if flags > 1 {
            return Err(Error::INVALID_VALUE);
        }
        record(event, stream, default)
    }

    /// Whether the work before an event's mark is done.
    fn cudaEventQuery(event: usize) {
        match handle::EVENTS.get(event).ok_or(Error::INVALID_RESOURCE_HANDLE)?.is_complete()? {
            true => Ok(()),
            false => Err(Error::NOT_READY),
        }
    }

    /// Waits for the work before an event's mark.
    fn cudaEventSynchronize(event: usize) {
        handle::EVENTS.get(event).ok_or(Error::INVALID_RESOURCE_HANDLE)?.synchronize()
    }

    /// Ends an event's handle.
    fn cudaEventDestroy(event: usize) {
        handle::EVENTS.remove(event).map(|_| ()).ok_or(Error::INVALID_RESOURCE_HANDLE)
    }

    /// Milliseconds between two marks.
    fn cudaEventElapsedTime(milliseconds: Out<f32>, start: usize, end: usize) {
        let get = |event| handle::EVENTS.get(event).ok_or(Error::INVALID_RESOURCE_HANDLE);
        milliseconds.put(Event::elapsed(&*get(start)?, &*get(end)?)?)
    }
}
