//! Contexts: everything that belongs to one use of a device.
//!
//! A context owns streams, loaded modules and memory. A device's primary context serves the runtime API; the driver API
//! may make more. Once a fault has been recorded every operation returns it until the context is destroyed
//! (`cudaDeviceReset` makes room for a fresh primary context).

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock, RwLockReadGuard, Weak};
use std::time::Duration;

use wavefold_hsa::WaitOutcome;
use wavefold_hsa::types::RawQueue;

use crate::allocation;
use crate::copy::Staging;
use crate::device::Device;
use crate::error::{Error, Result};
use crate::fill::Fill;
use crate::handle;
use crate::kernarg::ChunkPool;
use crate::launch::Cooperation;
use crate::lock::{lock, read, write};
use crate::module::{Kernel, Module};
use crate::platform::{Platform, platform};
use crate::queue::Queues;
use crate::registry;
use crate::signal::{Completion, SignalPool};
use crate::stream::{Stream, StreamKind};
use crate::system_calls::{Patience, SystemCalls};

/// Stack for calls whose depth the compiler does not know. AMD's frames are larger than NVIDIA's, whose limit is 1024.
const DEFAULT_STACK: u32 = 8192;
/// How long a wait sleeps before it looks whether the context has failed.
const WAIT_SLICE: Duration = Duration::from_millis(20);

/// A CUDA context.
pub struct Context {
    /// A number unique in the process.
    pub id: u64,
    /// Its device.
    pub device: &'static Device,
    /// The machine.
    pub platform: &'static Platform,
    /// Whether the device's runtime API uses it.
    pub primary: bool,
    /// The flags it was created with.
    pub flags: AtomicU32,
    /// Held while work is submitted to a stream that takes part in legacy ordering.
    pub order: Mutex<()>,
    /// Completion signals.
    pub signals: Arc<SignalPool>,
    /// The queues that its streams use.
    pub queues: Queues,
    /// Kernel-argument memory.
    pub chunks: Arc<ChunkPool>,
    /// Pinned buffers for copies of pageable memory.
    pub staging: Staging,
    /// The kernel that fills memory.
    pub fill: Fill,
    /// Devices whose memory this context may use.
    pub peers: Mutex<HashSet<i32>>,
    /// Bytes of stack beyond what the compiler knows of, for kernels with recursive or indirect calls.
    pub stack_limit: AtomicU32,
    /// What its cooperative launches share.
    pub cooperation: Mutex<Cooperation>,
    /// What its kernels print, assert and allocate.
    pub system_calls: SystemCalls,
    alive: AtomicBool,
    fault: AtomicU32,
    fault_seen: AtomicBool,
    legacy: Arc<Stream>,
    blocking: RwLock<Vec<Arc<Stream>>>,
    others: RwLock<Vec<Arc<Stream>>>,
    modules: Mutex<HashMap<u64, core::result::Result<Arc<Module>, Error>>>,
    kernels: RwLock<HashMap<usize, Arc<Kernel>>>,
}

impl Context {
    /// A context on `device`; nothing of the device is used yet.
    pub fn create(device: &'static Device, flags: u32, primary: bool) -> Result<Arc<Context>> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let platform = platform()?;
        let context = Arc::new_cyclic(|weak| Context {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            device,
            platform,
            primary,
            flags: AtomicU32::new(flags),
            order: Mutex::new(()),
            signals: SignalPool::new(platform.hsa),
            queues: Queues::default(),
            chunks: ChunkPool::new(platform, device),
            staging: Staging::new(platform, device),
            fill: Fill::default(),
            peers: Mutex::new(HashSet::new()),
            stack_limit: AtomicU32::new(DEFAULT_STACK),
            cooperation: Mutex::default(),
            system_calls: SystemCalls::default(),
            alive: AtomicBool::new(true),
            fault: AtomicU32::new(0),
            fault_seen: AtomicBool::new(false),
            legacy: Stream::new(weak.clone(), StreamKind::Legacy, 0, 0),
            blocking: RwLock::new(Vec::new()),
            others: RwLock::new(Vec::new()),
            modules: Mutex::new(HashMap::new()),
            kernels: RwLock::new(HashMap::new()),
        });
        crate::fault::register(&context);
        Ok(context)
    }

    /// Whether it has not been destroyed.
    pub fn is_alive(&self) -> bool {
        self.alive.load(Ordering::Acquire)
    }

    /// The sticky error, if the device has failed under this context.
    pub fn check(&self) -> Result<()> {
        match Error::from_code(self.fault.load(Ordering::Acquire)) {
            None => Ok(()),
            Some(error) => {
                self.fault_seen.store(true, Ordering::Release);
                self.system_calls.print(Patience::Failed);
                Err(error)
            }
        }
    }

    /// The sticky error if a call has returned it already. Asking for errors does not look at the device, so a fault
    /// that nobody has been told of is not known here.
    pub fn seen_fault(&self) -> Option<Error> {
        let seen = self.fault_seen.load(Ordering::Acquire) && self.is_alive();
        Error::from_code(self.fault.load(Ordering::Acquire)).filter(|_| seen)
    }

    /// Records a fault; returns whether it is the first.
    pub fn fail(&self, error: Error) -> bool {
        self.fault.compare_exchange(0, error.code(), Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// Waits for a signal, or for the context to fail; then prints what kernels have written.
    pub fn wait(&self, signal: &Completion) -> Result<()> {
        let result = self.wait_silently(signal);
        self.print(result)
    }

    /// Prints what kernels have written, as the end of any synchronisation does; passes its result on.
    pub fn print(&self, result: Result<()>) -> Result<()> {
        self.system_calls.print(if result.is_ok() { Patience::Wait } else { Patience::Failed });
        result
    }

    /// Waits for a signal, or for the context to fail.
    pub fn wait_silently(&self, signal: &Completion) -> Result<()> {
        loop {
            if signal.signal().wait(WAIT_SLICE) == WaitOutcome::Complete {
                return self.check();
            }
            self.check()?;
        }
    }

    /// The legacy default stream.
    pub fn legacy(&self) -> &Arc<Stream> {
        &self.legacy
    }

    /// The streams that the legacy stream waits for.
    pub fn blocking_streams(&self) -> RwLockReadGuard<'_, Vec<Arc<Stream>>> {
        read(&self.blocking)
    }

    /// A new stream.
    pub fn create_stream(self: &Arc<Context>, non_blocking: bool, flags: u32, priority: i32) -> Arc<Stream> {
        self.bury();
        let kind = if non_blocking { StreamKind::NonBlocking } else { StreamKind::Blocking };
        let stream = Stream::new(Arc::downgrade(self), kind, flags, priority);
        let list = if non_blocking { &self.others } else { &self.blocking };
        write(list).push(stream.clone());
        stream
    }

    /// Gives a stream up; what is in it still runs.
    pub fn retire_stream(&self, stream: &Stream) {
        stream.destroyed.store(true, Ordering::Release);
        self.bury();
    }

    /// Removes destroyed streams that have nothing left to do.
    fn bury(&self) {
        for list in [&self.blocking, &self.others] {
            let done: Vec<u64> = read(list)
                .iter()
                .filter(|stream| stream.destroyed.load(Ordering::Acquire))
                .filter(|stream| stream.is_idle().unwrap_or(false))
                .map(|stream| stream.id)
                .collect();
            if !done.is_empty() {
                let mut list = write(list);
                let (dead, alive) =
                    core::mem::take(&mut *list).into_iter().partition(|s| done.contains(&s.id));
                *list = alive;
                drop(list);
                // Queues are destroyed outside the lock.
                let dead: Vec<Arc<Stream>> = dead;
                drop(dead);
            }
        }
    }

    fn all_streams(&self) -> Vec<Arc<Stream>> {
        let mut all = vec![self.legacy.clone()];
        all.extend(read(&self.blocking).iter().cloned());
        all.extend(read(&self.others).iter().cloned());
        all
    }

    /// Waits for everything submitted to any stream.
    pub fn synchronize(&self) -> Result<()> {
        let wait_for_all = || {
            self.check()?;
            let streams = self.all_streams();
            let tails = streams.iter().map(|stream| stream.tail()).collect::<Result<Vec<_>>>()?;
            for signal in tails.into_iter().flatten() {
                self.wait_silently(&signal)?;
            }
            self.check()
        };
        self.print(wait_for_all())
    }

    /// The kernel that probably ran in `queue` when it failed; in any queue when it is null.
    pub fn suspect(&self, queue: *mut RawQueue) -> Option<String> {
        let streams = self.all_streams();
        streams
            .iter()
            .filter(|stream| queue.is_null() || stream.owns(queue))
            .find_map(|stream| stream.suspect())
    }

    /// The loaded form of a registered fat binary.
    pub fn module(self: &Arc<Context>, binary: &registry::Binary) -> Result<Arc<Module>> {
        let mut modules = lock(&self.modules);
        if let Some(module) = modules.get(&binary.id) {
            return module.clone();
        }
        let module = Module::load_registered(self, binary);
        modules.insert(binary.id, module.clone());
        module
    }

    /// The kernel that a host stub stands for.
    pub fn kernel(self: &Arc<Context>, host: usize) -> Result<Arc<Kernel>> {
        if let Some(kernel) = read(&self.kernels).get(&host) {
            return Ok(kernel.clone());
        }
        let function = registry::function(host).ok_or(Error::INVALID_DEVICE_FUNCTION)?;
        let module = self.module(&function.binary)?;
        let kernel = module.kernel(&function.name).map_err(|error| match error {
            Error::SYMBOL_NOT_FOUND => Error::INVALID_DEVICE_FUNCTION,
            error => error,
        })?;
        write(&self.kernels).insert(host, kernel.clone());
        Ok(kernel)
    }

    /// Forgets the kernels of a fat binary that is being unregistered. Its module stays loaded: work may be pending.
    pub fn forget(&self, hosts: &[usize]) {
        let mut kernels = write(&self.kernels);
        for host in hosts {
            kernels.remove(host);
        }
    }

    /// Ends the context. Streams, modules and memory are gone; waiting threads get an error.
    pub fn destroy(&self) {
        // Work in flight is finished first, if it can be: the device must not touch freed memory.
        let _ = self.synchronize();
        self.alive.store(false, Ordering::Release);
        self.fail(Error::CONTEXT_IS_DESTROYED);
        let streams = self.all_streams();
        let queues: Vec<_> = streams.iter().filter_map(|stream| stream.release_queue()).collect();
        drop(queues);
        for stream in streams {
            stream.tear_down();
        }
        write(&self.blocking).clear();
        write(&self.others).clear();
        write(&self.kernels).clear();
        lock(&self.modules).clear();
        self.fill.unload();
        self.system_calls.release();
        *lock(&self.cooperation) = Cooperation::default();
        // What C programs hold of this context means nothing any more.
        let own = |other: &Weak<Context>| core::ptr::eq(other.as_ptr(), self);
        handle::STREAMS.remove_if(|stream| own(&stream.context));
        handle::EVENTS.remove_if(|event| core::ptr::eq(Arc::as_ptr(&event.context), self));
        handle::FUNCTIONS.remove_if(|kernel| own(&kernel.module.context));
        handle::MODULES.remove_if(|module| own(&module.context));
        handle::CONTEXTS.remove_if(|context| core::ptr::eq(context, self));
        handle::ARRAYS.remove_if(|array| array.image.context == self.id);
        handle::MIPMAPPED_ARRAYS.remove_if(|image| image.context == self.id);
        crate::texture::forget(self.id);
        allocation::free_all(self);
    }
}
