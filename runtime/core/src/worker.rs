//! A stream's host thread: runs host functions in stream order.
//!
//! Made when a stream first needs it; ends when the stream is torn down. A job waits for its dependency, runs, and
//! completes its signal, also when the function panics. In a context that has failed it runs but completes nothing: whoever
//! waits looks at the context's error.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::signal::Completion;

/// One piece of host work.
pub struct Job {
    /// The context whose faults end the waiting.
    pub context: Arc<Context>,
    /// What must be done before.
    pub after: Option<Arc<Completion>>,
    /// Completed afterwards.
    pub completion: Arc<Completion>,
    /// Called with the context's state.
    pub run: Box<dyn FnOnce(Result<()>) + Send>,
}

/// The thread's mailbox.
pub struct Worker {
    jobs: Sender<Job>,
}

impl Worker {
    /// Starts the thread of stream number `id`.
    pub fn start(id: u64) -> Result<Worker> {
        let (jobs, inbox) = channel::<Job>();
        std::thread::Builder::new()
            .name(format!("wavefold-host-{id}"))
            .spawn(move || {
                for job in inbox {
                    perform(job);
                }
            })
            .map_err(|e| Error::OPERATING_SYSTEM.because(e))?;
        Ok(Worker { jobs })
    }

    /// Hands a job over.
    pub fn send(&self, job: Job) -> Result<()> {
        self.jobs.send(job).map_err(|_| Error::UNKNOWN.because("the stream's host thread has ended"))
    }
}

fn perform(job: Job) {
    let Job { context, after, completion, run } = job;
    let state = after.map_or(Ok(()), |signal| context.wait(&signal));
    let failed = state.is_err();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(state))).is_err();
    if panicked {
        eprintln!("wavefold: a host function in a stream panicked");
        context.fail(Error::UNKNOWN);
    }
    // What waits for a failed job must not run: it would touch memory that the end of the context frees.
    if !failed {
        completion.signal().store(0);
    }
}
