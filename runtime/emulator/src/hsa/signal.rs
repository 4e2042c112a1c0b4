//! Specification 2.4: signals; and AMD's additions to them.
//!
//! All memory orders are carried out as sequentially consistent, which satisfies each of them.

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use super::abi::{Agent, In, Out, Signal, hsa_functions};
use super::device;
use super::status::Status;
use crate::queue::handler::{self, Callback, HandlerFunction};
use crate::queue::ring;
use crate::queue::signal::{self, Awaited, Condition, KIND_USER, SignalRef};

/// The live signal behind a handle.
pub fn required(signal: Signal) -> Result<SignalRef, Status> {
    if signal.handle == 0 {
        return Err(Status::ERROR_INVALID_ARGUMENT);
    }
    signal::find(signal.handle).ok_or(Status::ERROR_INVALID_SIGNAL)
}

/// The signals of a list that must all be live.
pub fn all(signals: In<Signal>, count: u32) -> Result<Vec<SignalRef>, Status> {
    signals.many(count as usize)?.into_iter().map(required).collect()
}

/// A time-out in ticks of the system clock; the largest means for ever.
fn limit(ticks: u64) -> Option<Duration> {
    (ticks != u64::MAX).then(|| Duration::from_nanos(ticks))
}

fn create(value: i64, consumers: u32, agents: In<Agent>, signal: Out<Signal>) -> Result<(), Status> {
    if signal.is_null() {
        return Err(Status::ERROR_INVALID_ARGUMENT);
    }
    device::agent_mask(&agents.many(consumers as usize)?)?;
    let created = signal::create(KIND_USER, value).ok_or(Status::ERROR_OUT_OF_RESOURCES)?;
    signal.put(Signal { handle: created.handle() })
}

/// A store, which on a doorbell rings it.
fn store(signal: Signal, value: i64) {
    if let Some(signal) = signal::trusted(signal.handle) {
        if signal.is_doorbell() {
            ring::ring_by_signal(signal, value);
        } else {
            signal.change(|target| target.store(value, SeqCst));
        }
    }
}

fn wait(signal: Signal, condition: u32, reference: i64, timeout: u64) -> i64 {
    match (signal::trusted(signal.handle), Condition::from_raw(condition)) {
        (Some(signal), Some(condition)) => signal.wait(condition, reference, limit(timeout)),
        (Some(signal), None) => signal.load(),
        (None, _) => 0,
    }
}

/// Operations on a value, one exported function for each memory order.
macro_rules! operations {
    ($(|$target:ident, $value:ident| $operation:expr => $($name:ident)*;)*) => {$($(
        hsa_functions! {
            value fn $name(signal: Signal, $value: i64) -> () {
                if let Some(signal) = signal::trusted(signal.handle) {
                    signal.change(|$target| { $operation; });
                }
            }
        }
    )*)*};
}

macro_rules! exchanges {
    ($($name:ident)*) => {$(
        hsa_functions! {
            value fn $name(signal: Signal, value: i64) -> i64 {
                signal::trusted(signal.handle)
                    .map_or(0, |signal| signal.change(|target| target.swap(value, SeqCst)))
            }
        }
    )*};
}

macro_rules! compare_exchanges {
    ($($name:ident)*) => {$(
        hsa_functions! {
            value fn $name(signal: Signal, expected: i64, value: i64) -> i64 {
                let Some(signal) = signal::trusted(signal.handle) else { return 0 };
                let result = signal.change(|target| target.compare_exchange(expected, value, SeqCst, SeqCst));
                result.unwrap_or_else(|observed| observed)
            }
        }
    )*};
}

macro_rules! loads {
    ($($name:ident)*) => {$(
        hsa_functions! {
            value fn $name(signal: Signal) -> i64 {
                signal::trusted(signal.handle).map_or(0, SignalRef::load)
            }
        }
    )*};
}

macro_rules! stores {
    ($($name:ident)*) => {$(
        hsa_functions! {
            value fn $name(signal: Signal, value: i64) -> () {
                store(signal, value)
            }
        }
    )*};
}

macro_rules! silent_stores {
    ($($name:ident)*) => {$(
        hsa_functions! {
            value fn $name(signal: Signal, value: i64) -> () {
                if let Some(signal) = signal::trusted(signal.handle) {
                    signal.store_silently(value);
                }
            }
        }
    )*};
}

macro_rules! waits {
    ($($name:ident)*) => {$(
        hsa_functions! {
            value fn $name(
                signal: Signal,
                condition: u32,
                reference: i64,
                timeout: u64,
                _wait_state: u32,
            ) -> i64 {
                wait(signal, condition, reference, timeout)
            }
        }
    )*};
}

operations! {
    |target, value| target.fetch_add(value, SeqCst) =>
        hsa_signal_add_acq_rel hsa_signal_add_acquire hsa_signal_add_relaxed hsa_signal_add_release
        hsa_signal_add_scacq_screl hsa_signal_add_scacquire hsa_signal_add_screlease;
    |target, value| target.fetch_sub(value, SeqCst) =>
        hsa_signal_subtract_acq_rel hsa_signal_subtract_acquire hsa_signal_subtract_relaxed hsa_signal_subtract_release
        hsa_signal_subtract_scacq_screl hsa_signal_subtract_scacquire hsa_signal_subtract_screlease;
    |target, value| target.fetch_and(value, SeqCst) =>
        hsa_signal_and_acq_rel hsa_signal_and_acquire hsa_signal_and_relaxed hsa_signal_and_release
        hsa_signal_and_scacq_screl hsa_signal_and_scacquire hsa_signal_and_screlease;
    |target, value| target.fetch_or(value, SeqCst) =>
        hsa_signal_or_acq_rel hsa_signal_or_acquire hsa_signal_or_relaxed hsa_signal_or_release
        hsa_signal_or_scacq_screl hsa_signal_or_scacquire hsa_signal_or_screlease;
    |target, value| target.fetch_xor(value, SeqCst) =>
        hsa_signal_xor_acq_rel hsa_signal_xor_acquire hsa_signal_xor_relaxed hsa_signal_xor_release
        hsa_signal_xor_scacq_screl hsa_signal_xor_scacquire hsa_signal_xor_screlease;
}

exchanges! {
    hsa_signal_exchange_acq_rel hsa_signal_exchange_acquire hsa_signal_exchange_relaxed hsa_signal_exchange_release
    hsa_signal_exchange_scacq_screl hsa_signal_exchange_scacquire hsa_signal_exchange_screlease
}

compare_exchanges! {
    hsa_signal_cas_acq_rel hsa_signal_cas_acquire hsa_signal_cas_relaxed hsa_signal_cas_release
    hsa_signal_cas_scacq_screl hsa_signal_cas_scacquire hsa_signal_cas_screlease
}

loads! {
    hsa_signal_load_acquire hsa_signal_load_relaxed hsa_signal_load_scacquire
}

stores! {
    hsa_signal_store_relaxed hsa_signal_store_release hsa_signal_store_screlease
}

silent_stores! {
    hsa_signal_silent_store_relaxed hsa_signal_silent_store_screlease
}

waits! {
    hsa_signal_wait_acquire hsa_signal_wait_relaxed hsa_signal_wait_scacquire
}

hsa_functions! {
    fn hsa_signal_create(value: i64, consumers: u32, agents: In<Agent>, signal: Out<Signal>) {
        create(value, consumers, agents, signal)
    }

    fn hsa_signal_destroy(signal: Signal) {
        required(signal)?.destroy();
        Ok(())
    }

    fn hsa_amd_signal_create(
        value: i64,
        consumers: u32,
        agents: In<Agent>,
        attributes: u64,
        signal: Out<Signal>,
    ) {
        // For the device only (1) needs nothing special here; signals between processes (2) are not emulated.
        match attributes {
            0 | 1 => create(value, consumers, agents, signal),
            2 | 3 => Err(Status::ERROR_OUT_OF_RESOURCES),
            _ => Err(Status::ERROR_INVALID_ARGUMENT),
        }
    }

    fn hsa_amd_signal_value_pointer(signal: Signal, pointer: Out<*mut i64>) {
        let signal = required(signal)?;
        if signal.is_doorbell() {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        pointer.put(signal.value_address())
    }

    fn hsa_amd_signal_async_handler(
        signal: Signal,
        condition: u32,
        reference: i64,
        function: Option<HandlerFunction>,
        data: usize,
    ) {
        let function = function.ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        let condition = Condition::from_raw(condition).ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        let signal = required(signal)?;
        let callback = Callback::OnSignal { signal, condition, reference, function, data };
        if handler::add(callback) { Ok(()) } else { Err(Status::ERROR_OUT_OF_RESOURCES) }
    }

    fn hsa_amd_async_function(function: Option<extern "C" fn(usize)>, data: usize) {
        let function = function.ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        let callback = Callback::Now { function, data };
        if handler::add(callback) { Ok(()) } else { Err(Status::ERROR_OUT_OF_RESOURCES) }
    }

    /// The index of the first satisfied signal; `u32::MAX` when the time is over or an argument is wrong.
    value fn hsa_amd_signal_wait_any(
        count: u32,
        signals: In<Signal>,
        conditions: In<u32>,
        references: In<i64>,
        timeout: u64,
        _wait_state: u32,
        satisfying: Out<i64>,
    ) -> u32 {
        let Ok(awaited) = awaited(count, signals, conditions, references) else { return u32::MAX };
        match signal::wait_any(&awaited, limit(timeout), || false) {
            Some((index, value)) => {
                if !satisfying.is_null() {
                    // Not null, as was just checked, hence no failure.
                    let _ = satisfying.put(value);
                }
                index as u32
            }
            None => u32::MAX,
        }
    }
}

/// The triples of three parallel arrays.
pub fn awaited(
    count: u32,
    signals: In<Signal>,
    conditions: In<u32>,
    references: In<i64>,
) -> Result<Vec<Awaited>, Status> {
    let signals = all(signals, count)?;
    let conditions = conditions.many(count as usize)?;
    let references = references.many(count as usize)?;
    signals
        .into_iter()
        .zip(conditions)
        .zip(references)
        .map(|((signal, condition), reference)| {
            let condition = Condition::from_raw(condition).ok_or(Status::ERROR_INVALID_ARGUMENT)?;
            Ok((signal, condition, reference))
        })
        .collect()
}
