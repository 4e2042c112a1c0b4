//! Contexts: primary ones, and those that the program makes.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use wavefold_core::boundary::{Out, driver_entry};
use wavefold_core::context::Context;
use wavefold_core::{Error, Result, api, current, handle, limits};

/// Flags of a context: scheduling, mapped host memory, local memory, core dumps, synchronous copies.
const FLAGS: u32 = 0xff;
/// The most urgent priority that streams may have; 0 is the least.
pub const GREATEST_PRIORITY: i32 = -5;

/// The handle of a context; the same context has one handle.
pub fn handle_of(context: &Arc<Context>) -> usize {
    handle::CONTEXTS.find(context).unwrap_or_else(|| handle::CONTEXTS.add(context.clone()))
}

fn by_handle(context: usize) -> Result<Arc<Context>> {
    handle::CONTEXTS.get(context).ok_or(Error::DEVICE_UNINITIALIZED)
}

api! {
    entry = driver_entry;

    /// Retains a device's primary context, which is made if it does not exist.
    fn cuDevicePrimaryCtxRetain(context: Out<usize>, device: i32) {
        context.put(handle_of(&current::device(device)?.retain()?))
    }

    /// Releases a device's primary context, which ends with the last release.
    fn cuDevicePrimaryCtxRelease_v2(device: i32) {
        current::device(device)?.release()
    }

    /// Ends a device's primary context.
    fn cuDevicePrimaryCtxReset_v2(device: i32) {
        current::device(device)?.reset();
        Ok(())
    }

    /// Sets the flags of a device's primary context.
    #[partial("waiting is always by sleeping")]
    fn cuDevicePrimaryCtxSetFlags_v2(device: i32, flags: u32) {
        if flags & !FLAGS != 0 {
            return Err(Error::INVALID_VALUE);
        }
        let device = current::device(device)?;
        let mut primary = device.primary.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        primary.flags = flags;
        if let Some(context) = &primary.context {
            context.flags.store(flags, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Flags of a device's primary context, and whether it exists.
    fn cuDevicePrimaryCtxGetState(device: i32, flags: Out<u32>, active: Out<i32>) {
        let device = current::device(device)?;
        let primary = device.primary.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        flags.put(primary.flags)?;
        active.put(i32::from(primary.context.is_some()))
    }

    /// Makes a context and makes it current.
    #[partial("waiting is always by sleeping")]
    fn cuCtxCreate_v2(context: Out<usize>, flags: u32, device: i32) {
        if flags & !FLAGS != 0 || context.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        let made = Context::create(current::device(device)?, flags, false)?;
        current::push(made.clone());
        context.put(handle_of(&made))
    }

    /// Ends a context. The calling thread leaves it.
    fn cuCtxDestroy_v2(context: usize) {
        let context = by_handle(context)?;
        if context.primary {
            return Err(Error::DEVICE_UNINITIALIZED.because("a primary context is released, not destroyed"));
        }
        if current::top().is_some_and(|top| Arc::ptr_eq(&top, &context)) {
            current::pop();
        }
        context.destroy();
        handle::CONTEXTS.remove_if(|other| core::ptr::eq(other, Arc::as_ptr(&context)));
        Ok(())
    }

    /// Makes a context current on top of the others.
    fn cuCtxPushCurrent_v2(context: usize) {
        current::push(by_handle(context)?);
        Ok(())
    }

    /// Takes the current context off.
    fn cuCtxPopCurrent_v2(context: Out<usize>) {
        let top = current::pop().ok_or(Error::DEVICE_UNINITIALIZED)?;
        context.put_if_wanted(handle_of(&top));
        Ok(())
    }

    /// Replaces the current context; null leaves none.
    fn cuCtxSetCurrent(context: usize) {
        let context = if context == 0 { None } else { Some(by_handle(context)?) };
        current::replace(context);
        Ok(())
    }

    /// The current context, or null.
    fn cuCtxGetCurrent(context: Out<usize>) {
        context.put(current::top().map_or(0, |top| handle_of(&top)))
    }

    /// The device of the current context.
    fn cuCtxGetDevice(device: Out<i32>) {
        device.put(current::driver_context()?.device.ordinal)
    }

    /// The flags of the current context.
    fn cuCtxGetFlags(flags: Out<u32>) {
        flags.put(current::driver_context()?.flags.load(Ordering::Relaxed))
    }

    /// A number unique to a context; null is the current one.
    fn cuCtxGetId(context: usize, id: Out<u64>) {
        let context = if context == 0 { current::driver_context()? } else { by_handle(context)? };
        id.put(context.id)
    }

    /// The version of the API that a context follows.
    fn cuCtxGetApiVersion(context: usize, version: Out<u32>) {
        if context != 0 {
            by_handle(context)?;
        }
        // Contexts made by cuCtxCreate_v2 report 3020.
        version.put(3020)
    }

    /// Waits for all work of the current context.
    fn cuCtxSynchronize() {
        current::driver_context()?.synchronize()
    }

    /// The priorities that streams may have; each result may be unwanted.
    fn cuCtxGetStreamPriorityRange(least: Out<i32>, greatest: Out<i32>) {
        current::driver_context()?;
        least.put_if_wanted(0);
        greatest.put_if_wanted(GREATEST_PRIORITY);
        Ok(())
    }

    /// A limit of the current context.
    fn cuCtxGetLimit(value: Out<usize>, limit: u32) {
        value.put(limits::get(&current::driver_context()?, limit)?)
    }

    /// Sets a limit of the current context.
    fn cuCtxSetLimit(limit: u32, value: usize) {
        limits::set(&current::driver_context()?, limit, value)
    }

    /// The preference of cache or shared memory: none, since they are separate here.
    fn cuCtxGetCacheConfig(config: Out<u32>) {
        current::driver_context()?;
        config.put(0)
    }

    /// Prefers cache or shared memory: a hint without effect.
    fn cuCtxSetCacheConfig(config: u32) {
        current::driver_context()?;
        if config > 3 { Err(Error::INVALID_VALUE) } else { Ok(()) }
    }

    /// Starts profiling: there is no profiler to tell.
    fn cuProfilerStart() {
        current::driver_context().map(|_| ())
    }

    /// Stops profiling: there is no profiler to tell.
    fn cuProfilerStop() {
        current::driver_context().map(|_| ())
    }
}
