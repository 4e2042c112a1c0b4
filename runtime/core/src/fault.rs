//! Device faults: HSA's callbacks turned into a context's sticky error and one report.
//!
//! A failed queue never completes its signals. Every wait in the core therefore looks at its context's error from time
//! to time ([`Context::wait`]), and the callback sets that error before it does anything else.

use core::ffi::c_void;
use std::sync::{Arc, Mutex, Weak};

use wavefold_hsa::types::*;
use wavefold_hsa::{Hsa, Queue};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::lock::lock;

static CONTEXTS: Mutex<Vec<Weak<Context>>> = Mutex::new(Vec::new());

/// Makes faults reach `context`.
pub fn register(context: &Arc<Context>) {
    let mut contexts = lock(&CONTEXTS);
    contexts.retain(|weak| weak.strong_count() > 0);
    contexts.push(Arc::downgrade(context));
}

/// All contexts alive.
pub fn contexts() -> Vec<Arc<Context>> {
    lock(&CONTEXTS).iter().filter_map(Weak::upgrade).collect()
}

/// Asks HSA to report memory faults that no queue reports.
pub fn watch(hsa: &'static Hsa) {
    // SAFETY: the callback is a static function that takes no data.
    if let Err(reason) = unsafe { hsa.on_system_event(on_system_event, core::ptr::null_mut()) } {
        crate::config::debug_api(format_args!("memory faults are not reported in detail: {reason}"));
    }
}

/// A queue of `context`'s device whose failure fails the context.
pub fn open_queue(context: &Context, size: u32) -> Result<Queue> {
    // The context is named by number: a callback that comes too late finds nobody instead of freed memory.
    let tag = context.id as usize as *mut c_void;
    // SAFETY: the callback is a static function and the tag no pointer.
    unsafe { Queue::create(&context.device.agent, size, on_queue_error, tag) }
        .map_err(|e| Error::MEMORY_ALLOCATION.because(e))
}

/// CUDA's code for the way in which a queue failed.
fn code_of(status: Status) -> Error {
    match status {
        STATUS_ERROR_MEMORY_APERTURE_VIOLATION | STATUS_ERROR_MEMORY_FAULT => Error::ILLEGAL_ADDRESS,
        STATUS_ERROR_ILLEGAL_INSTRUCTION => Error::ILLEGAL_INSTRUCTION,
        STATUS_ERROR_OUT_OF_RESOURCES => Error::LAUNCH_OUT_OF_RESOURCES,
        STATUS_ERROR_LAUNCH_TIMEOUT => Error::LAUNCH_TIMEOUT,
        _ => Error::LAUNCH_FAILURE,
    }
}

unsafe extern "C" fn on_queue_error(status: Status, queue: *mut RawQueue, tag: *mut c_void) {
    guarded(|| {
        let id = tag as usize as u64;
        let Some(context) = contexts().into_iter().find(|context| context.id == id) else { return };
        let error = if context.system_calls.has_asserted() { Error::ASSERT } else { code_of(status) };
        if context.fail(error) {
            let text = context.platform.hsa.status_text(status);
            report(&context, error, &text, context.suspect(queue).as_deref());
        }
    });
}

unsafe extern "C" fn on_system_event(event: *const RawEvent, _: *mut c_void) -> Status {
    guarded(|| {
        // SAFETY: HSA passes a valid event.
        let event = unsafe { *event };
        if event.kind != 0 {
            return;
        }
        let text = format!(
            "memory access fault at address {:#x} (reason mask {:#x})",
            event.virtual_address, event.fault_reason_mask
        );
        for context in contexts() {
            if context.device.agent.raw() == event.agent && context.fail(Error::ILLEGAL_ADDRESS) {
                report(
                    &context,
                    Error::ILLEGAL_ADDRESS,
                    &text,
                    context.suspect(core::ptr::null_mut()).as_deref(),
                );
            }
        }
    });
    STATUS_SUCCESS
}

/// Runs a callback's body; a panic must not unwind into HSA.
fn guarded(body: impl FnOnce()) {
    if std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)).is_err() {
        eprintln!("wavefold: the handler of a device fault panicked");
    }
}

fn report(context: &Context, error: Error, text: &str, kernel: Option<&str>) {
    // The emulator has printed its own report, which says more.
    if context.platform.emulated && !crate::config::config().debug_api {
        return;
    }
    let kernel = kernel.map(|name| format!(" in kernel {name}")).unwrap_or_default();
    eprintln!(
        "wavefold: device {} ({}): {text}{kernel}; the context now returns {}",
        context.device.ordinal,
        context.device.name,
        error.name()
    );
}
