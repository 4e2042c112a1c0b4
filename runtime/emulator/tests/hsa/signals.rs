//! Signals: the operations, waiting with every condition, time-outs, and callbacks.

use std::ffi::c_void;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use super::api::{SUCCESS, api, eventually, signal};

const MILLISECOND: u64 = 1_000_000;

#[test]
fn operations_change_the_value() {
    let api = api();
    let signal = signal(10);
    let load = || (api.hsa_signal_load_scacquire)(signal);
    (api.hsa_signal_add_relaxed)(signal, 5);
    assert_eq!(load(), 15);
    (api.hsa_signal_subtract_relaxed)(signal, 20);
    assert_eq!(load(), -5);
    (api.hsa_signal_and_relaxed)(signal, 0xff);
    assert_eq!(load(), 0xfb);
    (api.hsa_signal_or_relaxed)(signal, 0x100);
    assert_eq!(load(), 0x1fb);
    (api.hsa_signal_xor_relaxed)(signal, 0x1ff);
    assert_eq!(load(), 4);
    assert_eq!((api.hsa_signal_exchange_relaxed)(signal, 9), 4);
    assert_eq!((api.hsa_signal_cas_scacq_screl)(signal, 8, 1), 9);
    assert_eq!((api.hsa_signal_cas_scacq_screl)(signal, 9, 1), 9);
    assert_eq!(load(), 1);
    assert_eq!((api.hsa_signal_destroy)(signal), SUCCESS);
    assert_eq!((api.hsa_signal_destroy)(0), 0x1001);
}

#[test]
fn the_layout_is_amds() {
    let signal = signal(0x1234_5678_9abc);
    // SAFETY: the handle is the address of an amd_signal_t: kind at 0, value at 8.
    let (kind, value) = unsafe { (*(signal as *const i64), *((signal + 8) as *const i64)) };
    assert_eq!((kind, value), (1, 0x1234_5678_9abc));
    let mut pointer = std::ptr::null_mut();
    assert_eq!((api().hsa_amd_signal_value_pointer)(signal, &raw mut pointer), SUCCESS);
    assert_eq!(pointer as u64, signal + 8);
}

#[test]
fn a_wait_ends_by_each_condition() {
    // Condition (0 equal, 1 not equal, 2 less, 3 greater or equal), start, reference, what ends the wait.
    for (condition, start, reference, end) in [(0, 1, 5, 5), (1, 5, 5, 6), (2, 1, 1, 0), (3, 1, 9, 1 << 40)] {
        let signal = signal(start);
        let waiter = std::thread::spawn(move || {
            (api().hsa_signal_wait_scacquire)(signal, condition, reference, u64::MAX, 0)
        });
        std::thread::sleep(Duration::from_millis(5));
        assert!(!waiter.is_finished(), "condition {condition}");
        (api().hsa_signal_store_screlease)(signal, end);
        assert_eq!(waiter.join().expect("the waiter ends"), end);
    }
}

#[test]
fn a_wait_ends_by_its_time() {
    let signal = signal(1);
    let start = Instant::now();
    assert_eq!((api().hsa_signal_wait_scacquire)(signal, 0, 0, 30 * MILLISECOND, 0), 1);
    let waited = start.elapsed();
    assert!(waited >= Duration::from_millis(30) && waited < Duration::from_secs(5), "{waited:?}");
}

#[test]
fn a_store_by_the_device_is_noticed() {
    let signal = signal(1);
    let waiter = std::thread::spawn(move || (api().hsa_signal_wait_scacquire)(signal, 0, 0, u64::MAX, 0));
    std::thread::sleep(Duration::from_millis(5));
    let mut pointer = std::ptr::null_mut();
    (api().hsa_amd_signal_value_pointer)(signal, &raw mut pointer);
    // SAFETY: the value of a live signal, which others access atomically too.
    unsafe { AtomicI64::from_ptr(pointer) }.store(0, Ordering::SeqCst);
    assert_eq!(waiter.join().expect("the waiter ends"), 0);
}

#[test]
fn any_of_several() {
    let signals = [signal(1), signal(1), signal(1)];
    let waiter = std::thread::spawn(move || {
        let mut seen = 0;
        let index = (api().hsa_amd_signal_wait_any)(
            3,
            signals.as_ptr(),
            [0, 0, 0].as_ptr(),
            [0, 0, 0].as_ptr(),
            u64::MAX,
            0,
            &raw mut seen,
        );
        (index, seen)
    });
    std::thread::sleep(Duration::from_millis(5));
    (api().hsa_signal_store_screlease)(signals[1], 0);
    assert_eq!(waiter.join().expect("the waiter ends"), (1, 0));
}

#[test]
fn a_handler_is_called_while_it_returns_true() {
    static CALLS: AtomicI64 = AtomicI64::new(0);
    extern "C" fn handler(value: i64, data: *mut c_void) -> bool {
        assert_eq!(data as usize, 99);
        CALLS.fetch_add(1, Ordering::SeqCst);
        value != -2
    }
    let signal = signal(0);
    let added = (api().hsa_amd_signal_async_handler)(signal, 2, 0, handler, 99 as *mut c_void);
    assert_eq!(added, SUCCESS);
    std::thread::sleep(Duration::from_millis(5));
    assert_eq!(CALLS.load(Ordering::SeqCst), 0);
    (api().hsa_signal_store_screlease)(signal, -1);
    eventually("the first call", || CALLS.load(Ordering::SeqCst) >= 1);
    (api().hsa_signal_store_screlease)(signal, -2);
    eventually("the last call", || {
        let calls = CALLS.load(Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(20));
        calls == CALLS.load(Ordering::SeqCst)
    });
    let calls = CALLS.load(Ordering::SeqCst);
    std::thread::sleep(Duration::from_millis(20));
    assert_eq!(CALLS.load(Ordering::SeqCst), calls, "not called after it returned false");
}
