//! Callbacks on signals (`hsa_amd_signal_async_handler`) and asynchronous functions, on a thread of their own.
//!
//! A handler is called with the value seen when its condition holds; it stays registered if it returns true.

use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use super::signal::{self, Condition, SignalRef};

/// `hsa_amd_signal_handler`
pub type HandlerFunction = extern "C" fn(i64, usize) -> bool;

/// Something to call back.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub enum Callback {
    /// When the signal's condition against the reference holds.
    OnSignal {
        signal: SignalRef,
        condition: Condition,
        reference: i64,
        function: HandlerFunction,
        data: usize,
    },
    /// As soon as may be.
    Now { function: extern "C" fn(usize), data: usize },
}

static CALLBACKS: Mutex<Vec<Callback>> = Mutex::new(Vec::new());
static THREAD: Once = Once::new();

fn callbacks() -> MutexGuard<'static, Vec<Callback>> {
    CALLBACKS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Registers a callback; false when its thread cannot be started.
pub fn add(callback: Callback) -> bool {
    let mut started = true;
    THREAD.call_once(|| {
        let thread = std::thread::Builder::new().name("hsa-handler".to_owned());
        started = thread.spawn(run).is_ok();
    });
    if let Callback::OnSignal { signal, .. } = callback {
        signal.watch(true);
    }
    callbacks().push(callback);
    signal::wake_watchers();
    started
}

/// Forgets all callbacks: the runtime is shut down.
pub fn clear() {
    for callback in std::mem::take(&mut *callbacks()) {
        if let Callback::OnSignal { signal, .. } = callback {
            signal.watch(false);
        }
    }
}

fn run() {
    loop {
        let seen = signal::changes();
        let (ready, waiting) = take_ready();
        for (callback, value) in &ready {
            call(callback, *value);
        }
        if ready.is_empty() {
            let limit = if waiting { Duration::from_millis(1) } else { Duration::from_secs(1) };
            signal::wait_for_change(seen, limit);
        }
    }
}

/// Removes the callbacks that are due, each with the value seen, and tells whether others remain.
fn take_ready() -> (Vec<(Callback, i64)>, bool) {
    let mut callbacks = callbacks();
    let mut ready = Vec::new();
    callbacks.retain(|callback| {
        let value = match callback {
            Callback::Now { .. } => Some(0),
            Callback::OnSignal { signal, condition, reference, .. } => {
                let value = signal.load();
                condition.holds(value, *reference).then_some(value)
            }
        };
        ready.extend(value.map(|value| (*callback, value)));
        value.is_none()
    });
    (ready, !callbacks.is_empty())
}

fn call(callback: &Callback, value: i64) {
    match *callback {
        Callback::Now { function, data } => function(data),
        Callback::OnSignal { signal, function, data, .. } => {
            if function(value, data) {
                callbacks().push(*callback);
            } else {
                signal.watch(false);
            }
        }
    }
}
