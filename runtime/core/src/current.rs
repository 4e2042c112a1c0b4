//! What each thread has current: its device, its stack of contexts, its default stream, its last error.

use std::cell::{Cell, RefCell};
use std::sync::{Arc, Weak};

use crate::context::Context;
use crate::device::Device;
use crate::error::{Error, Result};
use crate::platform::platform;
use crate::stream::Stream;

thread_local! {
    static DEVICE: Cell<i32> = const { Cell::new(0) };
    static LAST_ERROR: Cell<u32> = const { Cell::new(0) };
    static STACK: RefCell<Vec<Arc<Context>>> = const { RefCell::new(Vec::new()) };
    static OWN_STREAMS: RefCell<Vec<OwnStream>> = const { RefCell::new(Vec::new()) };
}

/// A thread's default stream in one context; given up when the thread ends.
struct OwnStream {
    context: Weak<Context>,
    stream: Arc<Stream>,
}

impl Drop for OwnStream {
    fn drop(&mut self) {
        if let Some(context) = self.context.upgrade() {
            context.retire_stream(&self.stream);
        }
    }
}

/// The device with that number.
pub fn device(ordinal: i32) -> Result<&'static Device> {
    let devices = &platform()?.devices;
    usize::try_from(ordinal).ok().and_then(|index| devices.get(index)).ok_or(Error::INVALID_DEVICE)
}

/// The calling thread's device number.
pub fn device_ordinal() -> i32 {
    with_stack(|stack| stack.last().map(|context| context.device.ordinal)).unwrap_or_else(|| DEVICE.get())
}

/// Makes a device, by its primary context, the calling thread's.
pub fn set_device(ordinal: i32) -> Result<()> {
    let context = device(ordinal)?.runtime_context()?;
    DEVICE.set(ordinal);
    with_stack(|stack| {
        stack.pop();
        stack.push(context);
    });
    Ok(())
}

/// The context that the runtime API uses: the current one, else the device's primary context.
pub fn context() -> Result<Arc<Context>> {
    if let Some(context) = with_stack(|stack| stack.last().cloned()) {
        if context.is_alive() {
            return Ok(context);
        }
        if !context.primary {
            return Err(Error::CONTEXT_IS_DESTROYED);
        }
    }
    let ordinal = device_ordinal();
    let context = device(ordinal)?.runtime_context()?;
    with_stack(|stack| {
        stack.pop();
        stack.push(context.clone());
    });
    Ok(context)
}

/// The context that the driver API uses; it makes none.
pub fn driver_context() -> Result<Arc<Context>> {
    let context = top().ok_or(Error::DEVICE_UNINITIALIZED)?;
    if !context.is_alive() {
        return Err(Error::CONTEXT_IS_DESTROYED);
    }
    Ok(context)
}

/// The current context, dead or alive.
pub fn top() -> Option<Arc<Context>> {
    with_stack(|stack| stack.last().cloned())
}

/// Makes `context` current on top of the others.
pub fn push(context: Arc<Context>) {
    with_stack(|stack| stack.push(context));
}

/// Takes the current context off.
pub fn pop() -> Option<Arc<Context>> {
    with_stack(Vec::pop)
}

/// Replaces the current context.
pub fn replace(context: Option<Arc<Context>>) {
    with_stack(|stack| {
        stack.pop();
        stack.extend(context);
    });
}

fn with_stack<T>(work: impl FnOnce(&mut Vec<Arc<Context>>) -> T) -> T {
    STACK.with(|stack| work(&mut stack.borrow_mut()))
}

/// The calling thread's own default stream in `context`.
pub fn per_thread_stream(context: &Arc<Context>) -> Arc<Stream> {
    OWN_STREAMS.with(|streams| {
        let mut streams = streams.borrow_mut();
        streams.retain(|own| own.context.upgrade().is_some_and(|context| context.is_alive()));
        let found = streams.iter().find(|own| core::ptr::eq(own.context.as_ptr(), Arc::as_ptr(context)));
        match found {
            Some(own) => own.stream.clone(),
            None => {
                let stream = context.create_stream(false, 0, 0);
                streams.push(OwnStream { context: Arc::downgrade(context), stream: stream.clone() });
                stream
            }
        }
    })
}

/// Remembers an error for `cudaGetLastError`.
pub fn set_last_error(error: Error) {
    LAST_ERROR.set(error.code());
}

/// The remembered error's code, 0 for none.
pub fn last_error() -> u32 {
    LAST_ERROR.get()
}

/// Forgets the remembered error and returns its code.
pub fn take_last_error() -> u32 {
    LAST_ERROR.replace(0)
}
