//! Streams: work in order on one HSA queue, with excursions to the copy engines and to the host.
//!
//! A stream gets a queue at first use: one of its own, or beyond [`MAX_QUEUES`](crate::queue::MAX_QUEUES) one that it shares, which orders its work
//! behind its neighbour's but changes no result. Kernels and barriers are AQL packets with the barrier bit, so the queue
//! alone keeps their order. What does not run on the queue (copies, host functions) takes the completion of everything
//! before it as its dependency, and the next packet is preceded by a barrier that awaits it. `Last` says which of the
//! two holds at the moment.
//!
//! The legacy default stream waits for all blocking streams and they for it; each keeps a count of what it has already
//! waited for, so streams that are not mixed pay one comparison. Lock order: `Context::order`, then one stream's state
//! after another; nothing that holds them waits for the device, except for room in a ring.
//!
//! Submitted work needs memory (arguments, staging, signals, modules) until it is done. It is collected in `pending`; a
//! checkpoint (a barrier with a signal) takes it over and lets go of it when the signal is complete.

use std::any::Any;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Weak};

use wavefold_hsa::Packet;
use wavefold_hsa::types::{BarrierPacket, DispatchPacket, RawSignal, header};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::kernarg::Arena;
use crate::lock::lock;
use crate::module::Kernel;
use crate::queue::SharedQueue;
use crate::signal::Completion;
use crate::worker::{Job, Worker};

/// A submission begins only with this much room in the ring; it uses a handful of packets, so several threads that saw
/// the same room fit in.
const QUEUE_MARGIN: u64 = 128;
/// A checkpoint is made when so many things wait for one.
const PENDING_LIMIT: usize = 128;
/// How many launches are remembered for a fault report.
const RECENT_LAUNCHES: usize = 64;

/// How a stream relates to the legacy default stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamKind {
    /// The legacy default stream itself.
    Legacy,
    /// Waits for the legacy stream and is waited for.
    Blocking,
    /// Independent of it.
    NonBlocking,
}

/// Anything that must outlive work on the device.
pub type Keep = Arc<dyn Any + Send + Sync>;

/// A CUDA stream.
pub struct Stream {
    /// Its context; a stream does not keep its context alive.
    pub context: Weak<Context>,
    /// Its relation to the legacy stream.
    pub kind: StreamKind,
    /// The flags it was created with, as `cudaStreamGetFlags` returns them.
    pub flags: u32,
    /// CUDA's priority: 0 or negative, lower is more urgent.
    pub priority: i32,
    /// A number unique in the process.
    pub id: u64,
    /// Destroyed by the user; its pending work still runs.
    pub destroyed: AtomicBool,
    submitted: AtomicU64,
    state: Mutex<State>,
}

/// What was submitted last.
enum Last {
    /// Nothing is outstanding.
    Nothing,
    /// Packets of the queue without a signal of their own.
    Packets,
    /// A packet of the queue that completes this signal.
    Barrier(Arc<Completion>),
    /// Work outside the queue that completes this signal.
    Outside(Arc<Completion>),
}

struct Checkpoint {
    signal: Arc<Completion>,
    _kept: Vec<Keep>,
}

struct State {
    queue: Option<Arc<SharedQueue>>,
    worker: Option<Worker>,
    arena: Arena,
    last: Last,
    pending: Vec<Keep>,
    checkpoints: VecDeque<Checkpoint>,
    /// The legacy stream's count up to which this one has waited.
    legacy_seen: u64,
    /// This stream's count up to which the legacy stream has waited.
    seen_by_legacy: u64,
    recent: VecDeque<(u64, Arc<Kernel>)>,
}

/// One submission: the stream's state, locked, with what it must wait for already in the queue.
pub struct Submission<'a> {
    stream: &'a Stream,
    /// The stream's context.
    pub context: &'a Arc<Context>,
    state: MutexGuard<'a, State>,
}

impl Stream {
    /// A stream of `context`, not yet known to it.
    pub fn new(context: Weak<Context>, kind: StreamKind, flags: u32, priority: i32) -> Arc<Stream> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Arc::new(Stream {
            context,
            kind,
            flags,
            priority,
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            destroyed: AtomicBool::new(false),
            submitted: AtomicU64::new(0),
            state: Mutex::new(State {
                queue: None,
                worker: None,
                arena: Arena::default(),
                last: Last::Nothing,
                pending: Vec::new(),
                checkpoints: VecDeque::new(),
                legacy_seen: 0,
                seen_by_legacy: 0,
                recent: VecDeque::new(),
            }),
        })
    }

    /// The context, or the error of a stream whose context is gone.
    pub fn context(&self) -> Result<Arc<Context>> {
        self.context.upgrade().filter(|context| context.is_alive()).ok_or(Error::CONTEXT_IS_DESTROYED)
    }

    /// Runs `work` with the stream's state locked and ordered after everything CUDA says it must follow.
    pub fn submit<T>(&self, work: impl FnOnce(&mut Submission<'_>) -> Result<T>) -> Result<T> {
        let context = self.context()?;
        context.check()?;
        self.wait_for_room(&context)?;
        let order = (self.kind != StreamKind::NonBlocking).then(|| lock(&context.order));
        let mut submission = Submission { stream: self, context: &context, state: lock(&self.state) };
        submission.state.reap();
        match self.kind {
            StreamKind::NonBlocking => {}
            StreamKind::Legacy => submission.follow_blocking_streams()?,
            StreamKind::Blocking => submission.follow_legacy_stream()?,
        }
        self.submitted.fetch_add(1, Ordering::Release);
        let result = work(&mut submission);
        submission.checkpoint_if_due()?;
        drop(submission);
        drop(order);
        result
    }

    /// A signal that is complete when everything submitted so far is; `None` when nothing is outstanding.
    ///
    /// On the legacy stream that includes the work of all blocking streams.
    pub fn tail(&self) -> Result<Option<Arc<Completion>>> {
        if self.kind == StreamKind::Legacy {
            return self.submit(|submission| submission.tail());
        }
        let context = self.context()?;
        context.check()?;
        self.wait_for_room(&context)?;
        let mut submission = Submission { stream: self, context: &context, state: lock(&self.state) };
        submission.state.reap();
        submission.tail()
    }

    /// Whether everything submitted so far is done.
    pub fn is_idle(&self) -> Result<bool> {
        Ok(self.tail()?.is_none_or(|signal| signal.is_complete()))
    }

    /// Waits until everything submitted so far is done.
    pub fn synchronize(&self) -> Result<()> {
        let context = self.context()?;
        let wait_for_all = || {
            if let Some(signal) = self.tail()? {
                context.wait_silently(&signal)?;
            }
            context.check()
        };
        context.print(wait_for_all())
    }

    /// Whether the queue is this stream's.
    pub fn owns(&self, raw: *mut wavefold_hsa::types::RawQueue) -> bool {
        lock(&self.state).queue.as_ref().is_some_and(|shared| shared.queue.raw() == raw)
    }

    /// The name of the kernel that was probably running when the queue failed.
    pub fn suspect(&self) -> Option<String> {
        // A submitter may hold the lock while it waits for room; it sees the fault and lets go.
        let state = lock(&self.state);
        let read = state.queue.as_ref()?.queue.read_index();
        let running = state.recent.iter().find(|(index, _)| *index + 1 >= read);
        running.or(state.recent.back()).map(|(_, kernel)| kernel.name.clone())
    }

    /// Gives the queue up, so that it can be destroyed before anything that its packets look at.
    pub fn release_queue(&self) -> Option<Arc<SharedQueue>> {
        lock(&self.state).queue.take()
    }

    /// Gives the queue up and lets go of everything. The context is dead or faulted, or the stream idle.
    pub fn tear_down(&self) {
        let (queue, worker, kept, checkpoints) = {
            let mut state = lock(&self.state);
            let worker = state.worker.take();
            state.last = Last::Nothing;
            state.recent.clear();
            (
                state.queue.take(),
                worker,
                core::mem::take(&mut state.pending),
                core::mem::take(&mut state.checkpoints),
            )
        };
        // The queue goes first: until then it may still look at what the others own.
        drop(queue);
        drop(worker);
        drop(checkpoints);
        drop(kept);
    }

    /// Waits, without locks, until the ring has room for a submission.
    fn wait_for_room(&self, context: &Context) -> Result<()> {
        loop {
            {
                let state = lock(&self.state);
                let Some(shared) = &state.queue else { return Ok(()) };
                if shared.room() >= QUEUE_MARGIN {
                    return Ok(());
                }
            }
            context.check()?;
            std::thread::sleep(std::time::Duration::from_micros(20));
        }
    }
}

impl State {
    /// Lets go of what finished work needed.
    fn reap(&mut self) {
        while self.checkpoints.front().is_some_and(|checkpoint| checkpoint.signal.is_complete()) {
            self.checkpoints.pop_front();
        }
        if let Last::Barrier(signal) | Last::Outside(signal) = &self.last
            && signal.is_complete()
        {
            self.last = Last::Nothing;
            self.pending.clear();
            self.checkpoints.clear();
            self.recent.clear();
            self.arena.rewind();
        }
    }
}

impl Submission<'_> {
    /// The signal pool's fresh signal, complete after `count` decrements.
    pub fn new_signal(&self, count: i64) -> Result<Arc<Completion>> {
        self.context.signals.take(count)
    }

    /// Keeps `object` alive until what has been submitted so far, and what this submission adds, is done.
    pub fn keep(&mut self, object: Keep) {
        self.state.pending.push(object);
    }

    /// `size` bytes (at most [`crate::kernarg::CHUNK`]) that the device can read until this submission's work is done.
    pub fn arguments(&mut self, size: usize) -> Result<*mut u8> {
        let (address, full) = self.state.arena.take(&self.context.chunks, size)?;
        if let Some(chunk) = full {
            self.keep(chunk);
        }
        Ok(address)
    }

    /// The address of the queue's C object, which device code may ask for.
    pub fn queue_address(&mut self) -> Result<u64> {
        self.open_queue()?;
        Ok(self.state.queue.as_ref().map_or(0, |shared| shared.queue.raw() as u64))
    }

    /// Submits a kernel after everything before it.
    pub fn dispatch(&mut self, mut packet: DispatchPacket, kernel: &Arc<Kernel>) -> Result<()> {
        self.return_to_queue()?;
        // A system acquire sees what the host wrote; the release to the host is made by the barrier that anyone who
        // waits will need anyway.
        packet.header =
            header::TYPE_KERNEL_DISPATCH | header::BARRIER | header::ACQUIRE_SYSTEM | header::RELEASE_AGENT;
        let index = self.put(&Packet::Dispatch(packet))?;
        self.state.last = Last::Packets;
        if self.state.recent.len() == RECENT_LAUNCHES {
            self.state.recent.pop_front();
        }
        self.state.recent.push_back((index, kernel.clone()));
        Ok(())
    }

    /// Makes everything that follows wait for `signals`.
    pub fn wait_for(&mut self, signals: &[Arc<Completion>]) -> Result<()> {
        let outstanding: Vec<&Arc<Completion>> =
            signals.iter().filter(|signal| !signal.is_complete()).collect();
        if outstanding.is_empty() {
            return Ok(());
        }
        self.return_to_queue()?;
        for group in outstanding.chunks(5) {
            self.barrier(group, None)?;
            for signal in group {
                self.state.pending.push((*signal).clone());
            }
        }
        self.state.last = Last::Packets;
        Ok(())
    }

    /// A fresh signal that completes, and is timed, after everything submitted so far.
    pub fn mark(&mut self) -> Result<Arc<Completion>> {
        let signal = self.new_signal(1)?;
        match core::mem::replace(&mut self.state.last, Last::Nothing) {
            Last::Outside(before) => {
                self.barrier(&[&before], Some(&signal))?;
                self.state.pending.push(before);
            }
            _ => self.barrier(&[], Some(&signal))?,
        }
        self.settle(signal.clone());
        Ok(signal)
    }

    /// A signal that completes after everything submitted so far; `None` when that is done already.
    pub fn tail(&mut self) -> Result<Option<Arc<Completion>>> {
        match &self.state.last {
            Last::Nothing => Ok(None),
            Last::Packets => self.mark().map(Some),
            Last::Barrier(signal) | Last::Outside(signal) => {
                Ok((!signal.is_complete()).then(|| signal.clone()))
            }
        }
    }

    /// Submits work that does not run on the queue: `start` gets what it must wait for and the signal that it must
    /// complete (by `count` decrements), and returns once the work is under way.
    pub fn outside(
        &mut self,
        count: i64,
        start: impl FnOnce(&[RawSignal], RawSignal) -> Result<()>,
    ) -> Result<Arc<Completion>> {
        let before = self.tail()?;
        let completion = self.new_signal(count)?;
        let dependency = before.as_ref().map(|signal| signal.raw());
        start(dependency.as_slice(), completion.raw())?;
        self.left_queue(before, &completion);
        Ok(completion)
    }

    /// Submits work for the host: `run` is called on the stream's own thread, with the context's error if there is one.
    pub fn on_host(&mut self, run: impl FnOnce(Result<()>) + Send + 'static) -> Result<Arc<Completion>> {
        let before = self.tail()?;
        let completion = self.new_signal(1)?;
        let job = Job {
            context: self.context.clone(),
            after: before.clone(),
            completion: completion.clone(),
            run: Box::new(run),
        };
        if self.state.worker.is_none() {
            self.state.worker = Some(Worker::start(self.stream.id)?);
        }
        self.state.worker.as_ref().expect("just made").send(job)?;
        self.left_queue(before, &completion);
        Ok(completion)
    }

    fn left_queue(&mut self, before: Option<Arc<Completion>>, completion: &Arc<Completion>) {
        if let Some(before) = before {
            self.state.pending.push(before);
        }
        self.settle(completion.clone());
        self.state.last = Last::Outside(completion.clone());
    }

    /// Everything pending is released when `signal`, which comes last, is complete.
    fn settle(&mut self, signal: Arc<Completion>) {
        let kept = core::mem::take(&mut self.state.pending);
        self.state.checkpoints.push_back(Checkpoint { signal: signal.clone(), _kept: kept });
        self.state.last = Last::Barrier(signal);
    }

    fn checkpoint_if_due(&mut self) -> Result<()> {
        if self.state.pending.len() >= PENDING_LIMIT {
            self.mark()?;
        }
        Ok(())
    }

    /// Puts a barrier in if the last work was outside the queue.
    fn return_to_queue(&mut self) -> Result<()> {
        if let Last::Outside(_) = &self.state.last
            && let Last::Outside(before) = core::mem::replace(&mut self.state.last, Last::Packets)
            && !before.is_complete()
        {
            self.barrier(&[&before], None)?;
            self.state.pending.push(before);
        }
        Ok(())
    }

    fn barrier(
        &mut self,
        dependencies: &[&Arc<Completion>],
        completion: Option<&Arc<Completion>>,
    ) -> Result<()> {
        let mut packet = BarrierPacket {
            header: header::TYPE_BARRIER_AND
                | header::BARRIER
                | header::ACQUIRE_SYSTEM
                | header::RELEASE_SYSTEM,
            ..BarrierPacket::default()
        };
        for (slot, signal) in packet.dependencies.iter_mut().zip(dependencies) {
            *slot = signal.raw();
        }
        if let Some(signal) = completion {
            packet.completion_signal = signal.raw();
        }
        self.put(&Packet::Barrier(packet)).map(|_| ())
    }

    fn put(&mut self, packet: &Packet) -> Result<u64> {
        self.open_queue()?;
        let shared = self.state.queue.as_ref().expect("just opened");
        // SAFETY: `pending` keeps what the packet points to.
        unsafe { shared.submit(self.context, packet) }
    }

    fn open_queue(&mut self) -> Result<()> {
        if self.state.queue.is_none() {
            self.state.queue = Some(self.context.queues.get(self.context, self.stream.priority < 0)?);
        }
        Ok(())
    }

    /// Blocking stream: wait for what the legacy stream has been given since this stream last waited.
    fn follow_legacy_stream(&mut self) -> Result<()> {
        let legacy = self.context.legacy().clone();
        let submitted = legacy.submitted.load(Ordering::Acquire);
        if submitted != self.state.legacy_seen {
            let tail =
                Submission { stream: &legacy, context: self.context, state: lock(&legacy.state) }.tail()?;
            self.wait_for(tail.as_slice())?;
            self.state.legacy_seen = submitted;
        }
        Ok(())
    }

    /// Legacy stream: wait for what the blocking streams have been given since it last waited for each.
    fn follow_blocking_streams(&mut self) -> Result<()> {
        let mut tails = Vec::new();
        for stream in self.context.blocking_streams().iter() {
            let submitted = stream.submitted.load(Ordering::Acquire);
            let mut other = Submission { stream, context: self.context, state: lock(&stream.state) };
            if other.state.seen_by_legacy != submitted {
                tails.extend(other.tail()?);
                other.state.seen_by_legacy = submitted;
            }
        }
        self.wait_for(&tails)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.tear_down();
    }
}
