//! Signals in AMD's memory layout (`amd_signal_t`), which device code reads and writes directly.
//!
//! A handle is the address of a 64-byte slot in a chunk of device-visible memory. A store by the host wakes
//! waiters at once. A store by device code is an ordinary store: it is noticed when the kernel sends the
//! interrupt message or ends, or by the waiters' own re-check, whichever is first. Waiting spins for a moment,
//! then sleeps on the low half of the value; whoever changes a value looks at the slot's count of waiters first.

use std::collections::BTreeMap;
use std::hint::spin_loop;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::futex;
use crate::memory::mapping::Mapping;
use crate::memory::{self, Region, RegionFlags};

/// `AMD_SIGNAL_KIND_USER`
pub const KIND_USER: i64 = 1;
/// `AMD_SIGNAL_KIND_DOORBELL`
pub const KIND_DOORBELL: i64 = -1;

/// `amd_signal_t`. The reserved words are the emulator's.
#[repr(C, align(64))]
pub struct SignalSlot {
    kind: AtomicI64,
    /// The value; of a doorbell, the address of the word that is rung.
    value: AtomicI64,
    event_mailbox_ptr: AtomicU64,
    event_id: AtomicU32,
    reserved1: AtomicU32,
    start_ts: AtomicU64,
    end_ts: AtomicU64,
    queue_ptr: AtomicU64,
    /// Threads asleep on this signal's value.
    waiters: AtomicU32,
    /// Threads and handlers that watch this signal among others.
    watchers: AtomicU32,
}

/// How a value is compared in a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Equal.
    Equal,
    /// Not equal.
    NotEqual,
    /// Less than.
    Less,
    /// Greater than or equal.
    GreaterOrEqual,
}

impl Condition {
    /// From `hsa_signal_condition_t`.
    pub fn from_raw(raw: u32) -> Option<Condition> {
        match raw {
            0 => Some(Condition::Equal),
            1 => Some(Condition::NotEqual),
            2 => Some(Condition::Less),
            3 => Some(Condition::GreaterOrEqual),
            _ => None,
        }
    }

    /// Whether `value` satisfies the condition against `reference`.
    pub fn holds(self, value: i64, reference: i64) -> bool {
        match self {
            Condition::Equal => value == reference,
            Condition::NotEqual => value != reference,
            Condition::Less => value < reference,
            Condition::GreaterOrEqual => value >= reference,
        }
    }
}

const SLOTS_PER_CHUNK: usize = 4096;
const SLOT: usize = size_of::<SignalSlot>();
/// How often a sleeper looks whether device code has changed the value without a word.
const RECHECK: Duration = Duration::from_millis(1);

#[derive(Default)]
struct Pool {
    chunks: BTreeMap<usize, Mapping>,
    free: Vec<usize>,
}

static POOL: Mutex<Pool> = Mutex::new(Pool { chunks: BTreeMap::new(), free: Vec::new() });
/// Bumped and slept on for changes of signals that are watched.
static CHANGES: AtomicU32 = AtomicU32::new(0);

fn pool() -> MutexGuard<'static, Pool> {
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A valid signal. It borrows nothing: the specification makes use after destruction the program's error, and the
/// chunks of signals are never unmapped, so such use is harmless to the process.
#[derive(Clone, Copy)]
pub struct SignalRef(&'static SignalSlot);

/// Makes a signal of the given kind; `None` when there is no memory for one.
pub fn create(kind: i64, value: i64) -> Option<SignalRef> {
    let mut pool = pool();
    let address = match pool.free.pop() {
        Some(address) => address,
        None => grow(&mut pool)?,
    };
    drop(pool);
    // SAFETY: the address is a slot of a chunk, and chunks are never unmapped.
    let slot = unsafe { &*(address as *const SignalSlot) };
    slot.value.store(value, Ordering::Relaxed);
    slot.event_mailbox_ptr.store(mailbox_address(), Ordering::Relaxed);
    slot.event_id.store(0, Ordering::Relaxed);
    slot.reserved1.store(0, Ordering::Relaxed);
    slot.start_ts.store(0, Ordering::Relaxed);
    slot.end_ts.store(0, Ordering::Relaxed);
    slot.queue_ptr.store(0, Ordering::Relaxed);
    slot.kind.store(kind, Ordering::Release);
    Some(SignalRef(slot))
}

/// The word that device code stores an event id to before the interrupt message: the value of the first chunk's
/// first slot, which is never given out.
fn mailbox_address() -> u64 {
    MAILBOX.load(Ordering::Relaxed)
}

static MAILBOX: AtomicU64 = AtomicU64::new(0);

fn grow(pool: &mut Pool) -> Option<usize> {
    let mapping = Mapping::anonymous(SLOTS_PER_CHUNK * SLOT)?;
    let base = mapping.base();
    memory::map().insert(Region {
        base: base as u64,
        size: (SLOTS_PER_CHUNK * SLOT) as u64,
        flags: RegionFlags::WRITE.with(RegionFlags::HOST).with(RegionFlags::FINE),
        agents: u64::MAX,
    });
    let mailbox = base as u64 + 8;
    let _ = MAILBOX.compare_exchange(0, mailbox, Ordering::Relaxed, Ordering::Relaxed);
    pool.chunks.insert(base, mapping);
    // Backwards, so that slots are given out in ascending order.
    pool.free.extend((1..SLOTS_PER_CHUNK).rev().map(|index| base + index * SLOT));
    Some(base)
}

/// The live signal with this handle, `None` when there is none.
pub fn find(handle: u64) -> Option<SignalRef> {
    let address = usize::try_from(handle).ok()?;
    let pool = pool();
    let (base, _) = pool.chunks.range(..=address).next_back()?;
    let offset = address - base;
    if offset >= SLOTS_PER_CHUNK * SLOT || !offset.is_multiple_of(SLOT) {
        return None;
    }
    // SAFETY: the address is a slot of a chunk, and chunks are never unmapped.
    let signal = SignalRef(unsafe { &*(address as *const SignalSlot) });
    (signal.0.kind.load(Ordering::Acquire) != 0).then_some(signal)
}

/// The signal with a handle that the specification obliges the caller to keep valid; `None` only for null.
///
/// The operations on a signal's value return no status, so there is no way to refuse a wrong handle but this.
pub fn trusted(handle: u64) -> Option<SignalRef> {
    // SAFETY: the caller's promise: the handle is a live signal, hence a slot of a chunk.
    (handle != 0 && handle.is_multiple_of(SLOT as u64))
        .then(|| SignalRef(unsafe { &*(handle as *const SignalSlot) }))
}

/// Tells every sleeper to look again: device code says that it has changed a signal, or a kernel has ended.
pub fn wake_watchers() {
    CHANGES.fetch_add(1, Ordering::SeqCst);
    futex::wake_all(&CHANGES);
}

impl SignalRef {
    /// The handle.
    pub fn handle(self) -> u64 {
        std::ptr::from_ref(self.0) as u64
    }

    /// Gives the slot back.
    pub fn destroy(self) {
        if self.0.kind.swap(0, Ordering::AcqRel) != 0 {
            pool().free.push(self.handle() as usize);
        }
    }

    /// The address of the value.
    pub fn value_address(self) -> *mut i64 {
        self.0.value.as_ptr()
    }

    /// The word of `amd_queue_t` or ring cell that a doorbell rings, `None` for other signals.
    pub fn is_doorbell(self) -> bool {
        self.0.kind.load(Ordering::Relaxed) == KIND_DOORBELL
    }

    /// The queue behind a doorbell (`queue_ptr`).
    pub fn queue_address(self) -> u64 {
        self.0.queue_ptr.load(Ordering::Relaxed)
    }

    /// Records the queue behind a doorbell.
    pub fn set_queue_address(self, address: u64) {
        self.0.queue_ptr.store(address, Ordering::Relaxed);
    }

    /// The value.
    pub fn load(self) -> i64 {
        self.0.value.load(Ordering::SeqCst)
    }

    /// Applies an atomic operation to the value, wakes whoever waits, and gives the operation's result.
    pub fn change<T>(self, operation: impl FnOnce(&AtomicI64) -> T) -> T {
        let result = operation(&self.0.value);
        self.wake();
        result
    }

    /// Stores without waking anybody at once (`hsa_signal_silent_store_*`).
    pub fn store_silently(self, value: i64) {
        self.0.value.store(value, Ordering::SeqCst);
    }

    fn wake(self) {
        // The change and this load are both SeqCst, as are the waiter's count and its load of the value: one of
        // the two sides sees the other.
        std::sync::atomic::fence(Ordering::SeqCst);
        if self.0.waiters.load(Ordering::SeqCst) != 0 {
            futex::wake_all(self.low_half());
        }
        if self.0.watchers.load(Ordering::SeqCst) != 0 {
            wake_watchers();
        }
    }

    fn low_half(self) -> &'static AtomicU32 {
        // SAFETY: on a little-endian machine the value's address is that of its low half; both types are atomic
        // and the slot is never unmapped.
        unsafe { &*self.0.value.as_ptr().cast::<AtomicU32>() }
    }

    /// Records when the packet that completes by this signal ran, in system ticks.
    pub fn set_times(self, start: u64, end: u64) {
        self.0.start_ts.store(start, Ordering::Relaxed);
        self.0.end_ts.store(end, Ordering::Relaxed);
    }

    /// What `set_times` recorded.
    pub fn times(self) -> (u64, u64) {
        (self.0.start_ts.load(Ordering::Relaxed), self.0.end_ts.load(Ordering::Relaxed))
    }

    /// Waits until the condition holds or `limit` has passed, and gives the value last seen.
    pub fn wait(self, condition: Condition, reference: i64, limit: Option<Duration>) -> i64 {
        let holds = |value| condition.holds(value, reference);
        let mut value = self.load();
        if holds(value) || limit == Some(Duration::ZERO) {
            return value;
        }
        let met = spin(|| {
            value = self.load();
            holds(value)
        });
        if met {
            return value;
        }
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        let slot = self.0;
        slot.waiters.fetch_add(1, Ordering::SeqCst);
        loop {
            value = self.load();
            let left = match deadline {
                Some(deadline) => deadline.saturating_duration_since(Instant::now()),
                None => RECHECK,
            };
            if holds(value) || left.is_zero() {
                break;
            }
            futex::wait(self.low_half(), value as u32, left.min(RECHECK));
        }
        slot.waiters.fetch_sub(1, Ordering::SeqCst);
        value
    }

    /// Announces (or with `false` takes back) that somebody watches this signal among others.
    pub fn watch(self, on: bool) {
        if on {
            self.0.watchers.fetch_add(1, Ordering::SeqCst);
        } else {
            self.0.watchers.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// Looks for some tens of microseconds whether something has happened, before the caller goes to sleep. Between
/// spins it yields: on a busy machine who is waited for may need this very core.
pub fn spin(mut happened: impl FnMut() -> bool) -> bool {
    const ROUNDS: u32 = 40;
    const SPINS: u32 = 60;
    for round in 0..ROUNDS {
        if round != 0 {
            std::thread::yield_now();
        }
        for _ in 0..SPINS {
            if happened() {
                return true;
            }
            spin_loop();
        }
    }
    false
}

/// One of several things to wait for: a signal, a condition and what to compare with.
pub type Awaited = (SignalRef, Condition, i64);

/// Waits until one condition holds, and gives its index and the value seen; `None` when `limit` has passed or
/// `stop` says so.
pub fn wait_any(
    awaited: &[Awaited],
    limit: Option<Duration>,
    stop: impl Fn() -> bool,
) -> Option<(usize, i64)> {
    let satisfied = || {
        awaited.iter().enumerate().find_map(|(index, (signal, condition, reference))| {
            let value = signal.load();
            condition.holds(value, *reference).then_some((index, value))
        })
    };
    let mut found = satisfied();
    if found.is_some() || limit == Some(Duration::ZERO) {
        return found;
    }
    let met = spin(|| {
        found = satisfied();
        found.is_some()
    });
    if met {
        return found;
    }
    let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
    awaited.iter().for_each(|(signal, ..)| signal.watch(true));
    let result = loop {
        let seen = CHANGES.load(Ordering::SeqCst);
        if let Some(found) = satisfied() {
            break Some(found);
        }
        let left = match deadline {
            Some(deadline) => deadline.saturating_duration_since(Instant::now()),
            None => RECHECK,
        };
        if left.is_zero() || stop() {
            break None;
        }
        futex::wait(&CHANGES, seen, left.min(RECHECK));
    };
    awaited.iter().for_each(|(signal, ..)| signal.watch(false));
    result
}

/// Sleeps until a watched signal changes, `wake_watchers` is called, or the re-check interval has passed. `seen` is
/// what `changes` gave before the caller looked at its signals.
pub fn wait_for_change(seen: u32, limit: Duration) {
    futex::wait(&CHANGES, seen, limit);
}

/// The count of changes so far.
pub fn changes() -> u32 {
    CHANGES.load(Ordering::SeqCst)
}

/// The system clock of `HSA_SYSTEM_INFO_TIMESTAMP` in nanoseconds.
pub fn timestamp() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the kernel fills the structure; CLOCK_MONOTONIC always exists.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
