//! How many threads compile, and how work is dealt out to them.
//!
//! Takes independent jobs; gives their results in the jobs' order, whatever the number of threads. Within a parallel
//! `make` or `ninja` each thread behind the first needs a token of the job server, so that a build with `-j8` runs eight
//! threads and not eight times as many.

use jobserver::{Client, FromEnvErrorKind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// LLVM's passes recurse: a thread gets as much stack as the main thread has.
const STACK_BYTES: usize = 8 << 20;

/// How many threads there may be.
#[derive(Debug, Clone)]
pub enum Threads {
    /// As many as there are processors.
    Processors,
    /// The user's word.
    Fixed(usize),
    /// As many as there are processors, each behind the first with a token of this job server.
    JobServer(Client),
}

impl Threads {
    /// What the environment says: the job server of the `make` or `ninja` that started this program, or one thread if it
    /// names a server that cannot be reached (GNU make before 4.4 hands its own only to recursive makes).
    pub fn from_environment() -> Self {
        // SAFETY: called at the start of the program, before it opens files, so that a descriptor that is named in the
        // environment is the one that was inherited.
        let found = unsafe { Client::from_env_ext(true) };
        match found.client {
            Ok(client) => Threads::JobServer(client),
            Err(error) => match error.kind() {
                FromEnvErrorKind::NoEnvVar | FromEnvErrorKind::NoJobserver => Threads::Processors,
                _ => Threads::Fixed(1),
            },
        }
    }

    fn limit(&self) -> usize {
        match self {
            Threads::Fixed(count) => *count,
            Threads::Processors | Threads::JobServer(_) => {
                std::thread::available_parallelism().map_or(1, usize::from)
            }
        }
    }
}

/// Runs `work` on the numbers below `jobs` in the order of `queue`, which has each of them once; gives the results by
/// number.
pub fn run<T: Send + Sync>(threads: &Threads, queue: &[usize], work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let slots: Vec<OnceLock<T>> = queue.iter().map(|_| OnceLock::new()).collect();
    let worker = &|| {
        while let Some(&job) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
            let is_first = slots[job].set(work(job)).is_ok();
            debug_assert!(is_first, "the queue has each number once");
        }
    };
    let extra = threads.limit().min(queue.len()).saturating_sub(1);
    std::thread::scope(|scope| {
        for _ in 0..extra {
            let token = match threads {
                Threads::JobServer(client) => match client.try_acquire() {
                    Ok(Some(token)) => Some(token),
                    // No token is free, or the server is of the kind that cannot be asked without waiting.
                    _ => break,
                },
                _ => None,
            };
            let body = move || {
                worker();
                drop(token);
            };
            // With fewer threads than wished for, the work is done all the same.
            if std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, body).is_err() {
                break;
            }
        }
        worker();
    });
    slots.into_iter().map(|slot| slot.into_inner().expect("the queue has every number")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_jobs_order_whatever_the_threads() {
        for threads in [1, 2, 7, 100] {
            let results = run(&Threads::Fixed(threads), &[3, 1, 0, 2], |job| job * 10);
            assert_eq!(results, [0, 10, 20, 30]);
        }
        assert!(run(&Threads::Processors, &[], |job| job).is_empty());
    }

    #[test]
    fn a_job_server_without_tokens_leaves_one_thread() {
        let server = Client::new(0).expect("a job server");
        let main = std::thread::current().id();
        let threads = run(&Threads::JobServer(server), &[0, 1, 2, 3], |_| std::thread::current().id());
        assert!(threads.iter().all(|thread| *thread == main));
    }
}
