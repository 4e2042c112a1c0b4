//! The DMA engines: asynchronous copies and fills that wait for signals and complete by one.
//!
//! A small copy whose dependencies are satisfied is done at once by the caller's thread. Any other goes to one
//! thread, which does what is ready in the order of submission and never lets a waiting copy hold back another.

use std::sync::atomic::Ordering;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use super::signal::{self, SignalRef};
use crate::trace;

/// A copy's largest size that the caller's thread does itself.
const INLINE_SIZE: usize = 64 << 10;

/// An asynchronous operation.
pub struct Job {
    /// All must be zero first.
    pub dependencies: Vec<SignalRef>,
    /// Bytes it touches: small ones may be done at once.
    pub size: usize,
    /// What to do.
    pub work: Box<dyn FnOnce() + Send>,
    /// What to decrement afterwards.
    pub completion: Option<SignalRef>,
}

static JOBS: Mutex<Vec<Job>> = Mutex::new(Vec::new());
static THREAD: Once = Once::new();

fn jobs() -> MutexGuard<'static, Vec<Job>> {
    JOBS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Job {
    fn is_ready(&self) -> bool {
        self.dependencies.iter().all(|signal| signal.load() == 0)
    }

    fn run(self) {
        let start = signal::timestamp();
        let span = trace::copy(self.size);
        (self.work)();
        drop(span);
        if let Some(completion) = self.completion {
            completion.set_times(start, signal::timestamp());
            completion.change(|value| value.fetch_sub(1, Ordering::SeqCst));
        }
    }
}

/// Starts an operation; false when the thread for it cannot be started.
pub fn submit(job: Job) -> bool {
    if job.size <= INLINE_SIZE && job.is_ready() {
        job.run();
        return true;
    }
    let mut started = true;
    THREAD.call_once(|| {
        let thread = std::thread::Builder::new().name("hsa-copy".to_owned());
        started = thread.spawn(serve).is_ok();
    });
    job.dependencies.iter().for_each(|signal| signal.watch(true));
    jobs().push(job);
    signal::wake_watchers();
    started
}

fn serve() {
    loop {
        let seen = signal::changes();
        let (job, idle) = {
            let mut jobs = jobs();
            let ready = jobs.iter().position(Job::is_ready);
            (ready.map(|index| jobs.remove(index)), jobs.is_empty())
        };
        match job {
            Some(job) => {
                job.dependencies.iter().for_each(|signal| signal.watch(false));
                job.run();
            }
            None => {
                let limit = if idle { Duration::from_secs(1) } else { Duration::from_millis(1) };
                signal::wait_for_change(seen, limit);
            }
        }
    }
}
