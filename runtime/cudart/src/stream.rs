//! Streams.

use wavefold_core::boundary::{In, Out, runtime_entry};
use wavefold_core::handle::STREAMS;
use wavefold_core::{Error, Result, api, current, handle};

/// `cudaStreamNonBlocking`.
const NON_BLOCKING: u32 = 1;
/// The most urgent priority that streams may have; 0 is the least.
pub const GREATEST_PRIORITY: i32 = -5;

/// `cudaStreamCallback_t`.
type Callback = unsafe extern "C" fn(usize, u32, usize);
/// `cudaHostFn_t`.
type HostFunction = unsafe extern "C" fn(usize);

fn create(stream: Out<usize>, flags: u32, priority: i32) -> Result<()> {
    if flags & !NON_BLOCKING != 0 || stream.is_null() {
        return Err(Error::INVALID_VALUE);
    }
    let context = current::context()?;
    context.check()?;
    let priority = priority.clamp(GREATEST_PRIORITY, 0);
    stream.put(STREAMS.add(context.create_stream(flags & NON_BLOCKING != 0, flags, priority)))
}

api! {
    entry = runtime_entry;

    /// Creates a stream that takes part in the legacy default stream's ordering.
    fn cudaStreamCreate(stream: Out<usize>) {
        create(stream, 0, 0)
    }

    /// Creates a stream.
    fn cudaStreamCreateWithFlags(stream: Out<usize>, flags: u32) {
        create(stream, flags, 0)
    }

    /// Creates a stream with a priority, which is clamped to the device's range.
    fn cudaStreamCreateWithPriority(stream: Out<usize>, flags: u32, priority: i32) {
        create(stream, flags, priority)
    }

    /// The priorities that streams may have; each result may be unwanted.
    fn cudaDeviceGetStreamPriorityRange(least: Out<i32>, greatest: Out<i32>) {
        current::context()?;
        least.put_if_wanted(0);
        greatest.put_if_wanted(GREATEST_PRIORITY);
        Ok(())
    }

    /// Ends a stream's handle; its work still runs.
    fn cudaStreamDestroy(stream: usize) {
        let stream = handle::STREAMS.remove(stream).ok_or(Error::INVALID_RESOURCE_HANDLE)?;
        stream.context()?.retire_stream(&stream);
        Ok(())
    }

    /// Waits for a stream.
    fn cudaStreamSynchronize | cudaStreamSynchronize_ptsz(default) (stream: usize) {
        default.resolve(&current::context()?, stream)?.synchronize()
    }

    /// Whether a stream has finished.
    fn cudaStreamQuery | cudaStreamQuery_ptsz(default) (stream: usize) {
        match default.resolve(&current::context()?, stream)?.is_idle()? {
            true => Ok(()),
            false => Err(Error::NOT_READY),
        }
    }

    /// The flags a stream was created with.
    fn cudaStreamGetFlags | cudaStreamGetFlags_ptsz(default) (stream: usize, flags: Out<u32>) {
        flags.put(default.resolve(&current::context()?, stream)?.flags)
    }

    /// A number unique to a stream.
    fn cudaStreamGetId | cudaStreamGetId_ptsz(default) (stream: usize, id: Out<u64>) {
        id.put(default.resolve(&current::context()?, stream)?.id)
    }

    /// A stream's priority.
    fn cudaStreamGetPriority | cudaStreamGetPriority_ptsz(default) (stream: usize, priority: Out<i32>) {
        priority.put(default.resolve(&current::context()?, stream)?.priority)
    }

    /// Makes a stream wait for an event.
    #[partial("capture does not exist yet, so the external flag has no meaning")]
    fn cudaStreamWaitEvent | cudaStreamWaitEvent_ptsz(default) (stream: usize, event: usize, flags: u32) {
        if flags > 1 {
            return Err(Error::INVALID_VALUE);
        }
        let event = handle::EVENTS.get(event).ok_or(Error::INVALID_RESOURCE_HANDLE)?;
        let stream = default.resolve(&current::context()?, stream)?;
        match event.signal() {
            Some(signal) => stream.submit(|submission| submission.wait_for(&[signal])),
            None => Ok(()),
        }
    }

    /// Calls a function on the host in stream order.
    fn cudaLaunchHostFunc | cudaLaunchHostFunc_ptsz(default) (
        stream: usize,
        function: Option<HostFunction>,
        data: usize,
    ) {
        let function = function.ok_or(Error::INVALID_VALUE)?;
        let stream = default.resolve(&current::context()?, stream)?;
        // SAFETY: the caller vouches for the function and its data. After a fault it is not called, as in CUDA.
        let run = move |state: Result<()>| state.map_or((), |()| unsafe { function(data) });
        stream.submit(|submission| submission.on_host(run)).map(|_| ())
    }

    /// Calls a function on the host in stream order, with the stream's state.
    fn cudaStreamAddCallback | cudaStreamAddCallback_ptsz(default) (
        stream: usize,
        callback: Option<Callback>,
        data: usize,
        flags: u32,
    ) {
        let callback = callback.filter(|_| flags == 0).ok_or(Error::INVALID_VALUE)?;
        let target = default.resolve(&current::context()?, stream)?;
        let run = move |state: Result<()>| {
            let code = state.err().map_or(0, Error::code);
            // SAFETY: the caller vouches for the function and its data.
            unsafe { callback(stream, code, data) };
        };
        target.submit(|submission| submission.on_host(run)).map(|_| ())
    }

    /// Whether a stream is being captured: never, until capture exists.
    #[partial("streams cannot be captured yet")]
    fn cudaStreamIsCapturing | cudaStreamIsCapturing_ptsz(default) (stream: usize, status: Out<u32>) {
        default.resolve(&current::context()?, stream)?;
        status.put(0)
    }

    /// Sets the mode in which capture judges unsafe calls; returns the former one.
    #[partial("streams cannot be captured yet")]
    fn cudaThreadExchangeStreamCaptureMode(mode: Out<u32>) {
        thread_local! {
            static MODE: core::cell::Cell<u32> = const { core::cell::Cell::new(0) };
        }
        let new = In::from(mode).get()?;
        if new > 2 {
            return Err(Error::INVALID_VALUE);
        }
        mode.put(MODE.replace(new))
    }
}
