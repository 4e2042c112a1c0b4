//! Streams.

use wavefold_core::boundary::{Out, driver_entry};
use wavefold_core::{Error, Result, api, current, handle};

use crate::context::{self, GREATEST_PRIORITY};

/// `CU_STREAM_NON_BLOCKING`.
const NON_BLOCKING: u32 = 1;

/// `CUstreamCallback`.
type Callback = unsafe extern "C" fn(usize, u32, usize);
/// `CUhostFn`.
type HostFunction = unsafe extern "C" fn(usize);

fn create(stream: Out<usize>, flags: u32, priority: i32) -> Result<()> {
    if flags & !NON_BLOCKING != 0 || stream.is_null() {
        return Err(Error::INVALID_VALUE);
    }
    let context = current::driver_context()?;
    context.check()?;
    let priority = priority.clamp(GREATEST_PRIORITY, 0);
    stream.put(handle::STREAMS.add(context.create_stream(flags & NON_BLOCKING != 0, flags, priority)))
}

api! {
    entry = driver_entry;

    /// Creates a stream.
    fn cuStreamCreate(stream: Out<usize>, flags: u32) {
        create(stream, flags, 0)
    }

    /// Creates a stream with a priority, which is clamped to the device's range.
    fn cuStreamCreateWithPriority(stream: Out<usize>, flags: u32, priority: i32) {
        create(stream, flags, priority)
    }

    /// Ends a stream's handle; its work still runs.
    fn cuStreamDestroy_v2(stream: usize) {
        let stream = handle::STREAMS.remove(stream).ok_or(Error::INVALID_RESOURCE_HANDLE)?;
        stream.context()?.retire_stream(&stream);
        Ok(())
    }

    /// Waits for a stream.
    fn cuStreamSynchronize | cuStreamSynchronize_ptsz(default) (stream: usize) {
        default.resolve(&current::driver_context()?, stream)?.synchronize()
    }

    /// Whether a stream has finished.
    fn cuStreamQuery | cuStreamQuery_ptsz(default) (stream: usize) {
        match default.resolve(&current::driver_context()?, stream)?.is_idle()? {
            true => Ok(()),
            false => Err(Error::NOT_READY),
        }
    }

    /// The flags a stream was created with.
    fn cuStreamGetFlags | cuStreamGetFlags_ptsz(default) (stream: usize, flags: Out<u32>) {
        flags.put(default.resolve(&current::driver_context()?, stream)?.flags)
    }

    /// A stream's priority.
    fn cuStreamGetPriority | cuStreamGetPriority_ptsz(default) (stream: usize, priority: Out<i32>) {
        priority.put(default.resolve(&current::driver_context()?, stream)?.priority)
    }

    /// A number unique to a stream.
    fn cuStreamGetId | cuStreamGetId_ptsz(default) (stream: usize, id: Out<u64>) {
        id.put(default.resolve(&current::driver_context()?, stream)?.id)
    }

    /// The context of a stream.
    fn cuStreamGetCtx | cuStreamGetCtx_ptsz(default) (stream: usize, owner: Out<usize>) {
        let stream = default.resolve(&current::driver_context()?, stream)?;
        owner.put(context::handle_of(&stream.context()?))
    }

    /// Makes a stream wait for an event.
    #[partial("capture does not exist yet, so the external flag has no meaning")]
    fn cuStreamWaitEvent | cuStreamWaitEvent_ptsz(default) (stream: usize, event: usize, flags: u32) {
        if flags > 1 {
            return Err(Error::INVALID_VALUE);
        }
        let event = handle::EVENTS.get(event).ok_or(Error::INVALID_RESOURCE_HANDLE)?;
        let stream = default.resolve(&current::driver_context()?, stream)?;
        match event.signal() {
            Some(signal) => stream.submit(|submission| submission.wait_for(&[signal])),
            None => Ok(()),
        }
    }

    /// Calls a function on the host in stream order, with the stream's state.
    fn cuStreamAddCallback | cuStreamAddCallback_ptsz(default) (
        stream: usize,
        callback: Option<Callback>,
        data: usize,
        flags: u32,
    ) {
        let callback = callback.filter(|_| flags == 0).ok_or(Error::INVALID_VALUE)?;
        let target = default.resolve(&current::driver_context()?, stream)?;
        let run = move |state: Result<()>| {
            let code = state.err().map_or(0, Error::driver);
            // SAFETY: the caller vouches for the function and its data.
            unsafe { callback(stream, code, data) };
        };
        target.submit(|submission| submission.on_host(run)).map(|_| ())
    }

    /// Calls a function on the host in stream order.
    fn cuLaunchHostFunc | cuLaunchHostFunc_ptsz(default) (
        stream: usize,
        function: Option<HostFunction>,
        data: usize,
    ) {
        let function = function.ok_or(Error::INVALID_VALUE)?;
        let stream = default.resolve(&current::driver_context()?, stream)?;
        // SAFETY: the caller vouches for the function and its data. After a fault it is not called, as in CUDA.
        let run = move |state: Result<()>| state.map_or((), |()| unsafe { function(data) });
        stream.submit(|submission| submission.on_host(run)).map(|_| ())
    }

    /// Whether a stream is being captured: never, until capture exists.
    #[partial("streams cannot be captured yet")]
    fn cuStreamIsCapturing | cuStreamIsCapturing_ptsz(default) (stream: usize, status: Out<u32>) {
        default.resolve(&current::driver_context()?, stream)?;
        status.put(0)
    }
}
