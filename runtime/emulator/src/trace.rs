//! A timeline of API calls, copies and kernels, in the JSON format that Perfetto and Chrome open (`trace=FILE`).
//!
//! One process with a track for each thread that calls the API, one for each queue, one for copies. Events are kept in
//! memory and written when the process ends. While nothing is traced a call costs one load.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Instant;

use serde_json::{Value, json};

/// Events kept; what comes later is counted only.
const MOST: usize = 4_000_000;
/// The track of copies.
const COPIES: u64 = 1;
/// Tracks of queues begin here, those of threads after them.
const QUEUES: u64 = 100;
const THREADS: u64 = 1_000_000;

struct Event {
    name: String,
    category: &'static str,
    track: u64,
    begin: u64,
    end: u64,
    arguments: Value,
}

#[derive(Default)]
struct Timeline {
    events: Vec<Event>,
    lost: u64,
    queues: BTreeMap<u64, u64>,
}

static ON: AtomicBool = AtomicBool::new(false);
static TIMELINE: Mutex<Option<Timeline>> = Mutex::new(None);
static NEXT_THREAD: AtomicU64 = AtomicU64::new(THREADS);

thread_local! {
    static TRACK: u64 = NEXT_THREAD.fetch_add(1, Ordering::Relaxed);
}

fn start() -> Instant {
    static START: OnceLock<Instant> = OnceLock::new();
    *START.get_or_init(Instant::now)
}

/// Begins to trace.
pub(crate) fn enable() {
    start();
    ON.store(true, Ordering::Release);
}

/// Something under way; it ends when dropped.
pub(crate) struct Span(Option<Box<Event>>);

impl Drop for Span {
    fn drop(&mut self) {
        let Some(mut event) = self.0.take() else { return };
        event.end = start().elapsed().as_nanos() as u64;
        let mut timeline = TIMELINE.lock().unwrap_or_else(PoisonError::into_inner);
        let timeline = timeline.get_or_insert_default();
        if timeline.events.len() < MOST {
            timeline.events.push(*event);
        } else {
            timeline.lost += 1;
        }
    }
}

fn span(name: impl FnOnce() -> String, category: &'static str, track: u64, arguments: Value) -> Span {
    let begin = start().elapsed().as_nanos() as u64;
    Span(Some(Box::new(Event { name: name(), category, track, begin, end: begin, arguments })))
}

/// A call of the API by this thread.
#[inline]
pub(crate) fn call(name: &'static str) -> Span {
    if !ON.load(Ordering::Relaxed) {
        return Span(None);
    }
    span(|| name.to_owned(), "api", TRACK.with(|track| *track), Value::Null)
}

/// A packet that the queue at this address carries out.
pub(crate) fn packet(queue: u64, name: impl FnOnce() -> (String, Value)) -> Span {
    if !ON.load(Ordering::Relaxed) {
        return Span(None);
    }
    let track = {
        let mut timeline = TIMELINE.lock().unwrap_or_else(PoisonError::into_inner);
        let queues = &mut timeline.get_or_insert_default().queues;
        let next = QUEUES + queues.len() as u64;
        *queues.entry(queue).or_insert(next)
    };
    let (name, arguments) = name();
    let category = if arguments.is_null() { "barrier" } else { "kernel" };
    span(|| name, category, track, arguments)
}

/// A copy or fill.
pub(crate) fn copy(bytes: usize) -> Span {
    if !ON.load(Ordering::Relaxed) {
        return Span(None);
    }
    span(|| "copy".to_owned(), "copy", COPIES, json!({ "bytes": bytes }))
}

/// Writes what was traced so far.
pub(crate) fn write(file: &str) {
    let timeline = TIMELINE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut events = Vec::new();
    let mut name = |track: u64, name: String| {
        events.push(json!({
            "ph": "M", "pid": 1, "tid": track, "name": "thread_name", "args": { "name": name },
        }));
    };
    name(COPIES, "copies".into());
    let threads = NEXT_THREAD.load(Ordering::Relaxed);
    (THREADS..threads).for_each(|track| name(track, format!("API calls of thread {}", track - THREADS)));
    if let Some(timeline) = timeline.as_ref() {
        timeline.queues.iter().for_each(|(queue, track)| name(*track, format!("queue {queue:#x}")));
        if timeline.lost > 0 {
            eprintln!("wavefold emulator: the timeline lacks its last {} events", timeline.lost);
        }
        for event in &timeline.events {
            let mut value = json!({
                "ph": "X", "pid": 1, "tid": event.track, "name": event.name, "cat": event.category,
                "ts": event.begin as f64 / 1000.0, "dur": (event.end - event.begin) as f64 / 1000.0,
            });
            if !event.arguments.is_null() {
                value["args"] = event.arguments.clone();
            }
            events.push(value);
        }
    }
    let whole = json!({ "displayTimeUnit": "ns", "traceEvents": events });
    if let Err(error) = std::fs::write(file, format!("{whole}\n")) {
        eprintln!("wavefold emulator: cannot write the timeline to {file}: {error}");
    }
}
