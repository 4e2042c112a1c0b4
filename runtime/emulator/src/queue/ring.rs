//! A queue in AMD's memory layout (`amd_queue_t`): the structure, the ring of 64-byte packets, the doorbell.
//!
//! The structure and the ring lie in device-visible memory, since device code reads both. Clients of newer runtimes
//! read and write the dispatch ids directly; older ones by the functions of the C ABI, which do the same.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::signal::{self, SignalRef};
use super::{futex, processor};
use crate::dispatch::{PRIVATE_APERTURE_BASE, SHARED_APERTURE_BASE};
use crate::hsa::status::Status;
use crate::memory::mapping::{Mapping, PAGE};
use crate::memory::{self, Region, RegionFlags};

/// Bytes of an AQL packet.
pub const PACKET_SIZE: usize = 64;
/// `HSA_PACKET_TYPE_INVALID`
pub const PACKET_INVALID: u16 = 1;
/// Most queues of an agent.
pub const QUEUES_MAX: usize = 128;
/// Fewest and most packets in a queue.
pub const SIZE_RANGE: std::ops::RangeInclusive<u32> = 1..=131_072;

/// `amd_queue_t`
#[repr(C, align(64))]
pub struct AmdQueue {
    kind: u32,
    features: u32,
    base_address: u64,
    doorbell_signal: u64,
    size: u32,
    reserved0: u32,
    id: u64,
    reserved1: [u32; 4],
    /// Index of the packet to be written next.
    pub write_dispatch_id: AtomicU64,
    group_segment_aperture_base_hi: u32,
    private_segment_aperture_base_hi: u32,
    max_cu_id: u32,
    max_wave_id: u32,
    max_legacy_doorbell_dispatch_id_plus_1: u64,
    legacy_doorbell_lock: u32,
    reserved2: [u32; 9],
    /// Index of the packet to be processed next.
    pub read_dispatch_id: AtomicU64,
    read_dispatch_id_field_base_byte_offset: u32,
    compute_tmpring_size: u32,
    scratch_resource_descriptor: [u32; 4],
    scratch_backing_memory_location: u64,
    scratch_backing_memory_byte_size: u64,
    scratch_wave64_lane_byte_size: u32,
    queue_properties: AtomicU32,
    reserved3: [u32; 2],
    queue_inactive_signal: u64,
    reserved4: [u32; 14],
}

const _: () = assert!(size_of::<AmdQueue>() == 256);
const _: () = assert!(std::mem::offset_of!(AmdQueue, write_dispatch_id) == 56);
const _: () = assert!(std::mem::offset_of!(AmdQueue, read_dispatch_id) == 128);
const _: () = assert!(std::mem::offset_of!(AmdQueue, queue_inactive_signal) == 192);

/// `AMD_QUEUE_PROPERTIES_IS_PTR64`
const PROPERTY_PTR64: u32 = 1 << 1;
/// `AMD_QUEUE_PROPERTIES_ENABLE_PROFILING`
const PROPERTY_PROFILING: u32 = 1 << 3;

/// The word a doorbell rings, and how the queue's thread learns of it.
#[repr(C)]
pub struct Doorbell {
    cell: AtomicU64,
    rings: AtomicU32,
    asleep: AtomicU32,
}

const DOORBELL_OFFSET: usize = 512;

/// What to call when a queue fails: status, queue, the user's argument.
pub type ErrorCallback = extern "C" fn(u32, *const AmdQueue, usize);

/// What a queue is made from.
pub struct QueueRequest {
    /// The agent's index; that of a soft queue is 0.
    pub agent: u32,
    /// Packets in the ring, a power of two.
    pub size: u32,
    /// `hsa_queue_type_t`
    pub kind: u32,
    /// `hsa_queue_feature_t`
    pub features: u32,
    /// What to call when the queue fails, and with what.
    pub callback: Option<(ErrorCallback, usize)>,
    /// Compute units of the agent.
    pub compute_units: u32,
    /// The doorbell of a queue that the user serves; without one, a thread of ours does.
    pub soft_doorbell: Option<SignalRef>,
}

/// A queue.
pub struct Queue {
    mapping: Option<Mapping>,
    base: usize,
    size: u32,
    doorbell: SignalRef,
    inactive_signal: SignalRef,
    /// What it was made from.
    pub request: QueueRequest,
    /// No further packet is processed.
    inactive: AtomicBool,
    /// The queue is being destroyed: what runs is cancelled.
    stopping: AtomicBool,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// The mask of compute units, for who asks.
    pub cu_mask: Mutex<Vec<u32>>,
}

static QUEUES: Mutex<BTreeMap<usize, Arc<Queue>>> = Mutex::new(BTreeMap::new());
static NEXT_ID: AtomicU64 = AtomicU64::new(0);

fn queues() -> MutexGuard<'static, BTreeMap<usize, Arc<Queue>>> {
    QUEUES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a queue, and the thread that serves it.
pub fn create(request: QueueRequest) -> Result<Arc<Queue>, Status> {
    let size = request.size;
    if !size.is_power_of_two() || !SIZE_RANGE.contains(&size) {
        return Err(Status::ERROR_INVALID_ARGUMENT);
    }
    let same_agent = |queue: &&Arc<Queue>| queue.request.agent == request.agent;
    if request.agent != 0 && queues().values().filter(same_agent).count() >= QUEUES_MAX {
        return Err(Status::ERROR_OUT_OF_RESOURCES);
    }
    let bytes = PAGE + size as usize * PACKET_SIZE;
    let mapping = Mapping::anonymous(bytes).ok_or(Status::ERROR_OUT_OF_RESOURCES)?;
    let base = mapping.base();
    let inactive_signal = signal::create(signal::KIND_USER, 0).ok_or(Status::ERROR_OUT_OF_RESOURCES)?;
    let doorbell = match request.soft_doorbell {
        Some(doorbell) => doorbell,
        None => signal::create(signal::KIND_DOORBELL, (base + DOORBELL_OFFSET) as i64)
            .ok_or(Status::ERROR_OUT_OF_RESOURCES)?,
    };
    let header = AmdQueue {
        kind: request.kind,
        features: request.features,
        base_address: (base + PAGE) as u64,
        doorbell_signal: doorbell.handle(),
        size,
        reserved0: 0,
        id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
        reserved1: [0; 4],
        write_dispatch_id: AtomicU64::new(0),
        group_segment_aperture_base_hi: (SHARED_APERTURE_BASE >> 32) as u32,
        private_segment_aperture_base_hi: (PRIVATE_APERTURE_BASE >> 32) as u32,
        max_cu_id: request.compute_units.saturating_sub(1),
        max_wave_id: 31,
        max_legacy_doorbell_dispatch_id_plus_1: 0,
        legacy_doorbell_lock: 0,
        reserved2: [0; 9],
        read_dispatch_id: AtomicU64::new(0),
        read_dispatch_id_field_base_byte_offset: std::mem::offset_of!(AmdQueue, read_dispatch_id) as u32,
        compute_tmpring_size: 0,
        scratch_resource_descriptor: [0; 4],
        scratch_backing_memory_location: 0,
        scratch_backing_memory_byte_size: 0,
        scratch_wave64_lane_byte_size: 0,
        queue_properties: AtomicU32::new(PROPERTY_PTR64),
        reserved3: [0; 2],
        queue_inactive_signal: inactive_signal.handle(),
        reserved4: [0; 14],
    };
    // SAFETY: the mapping is ours, page-aligned and large enough, and nobody else knows it yet.
    unsafe { (base as *mut AmdQueue).write(header) };
    for index in 0..size as usize {
        // SAFETY: as above; every packet slot starts out as invalid.
        unsafe { ((base + PAGE + index * PACKET_SIZE) as *mut u16).write(PACKET_INVALID) };
    }
    memory::map().insert(Region {
        base: base as u64,
        size: bytes as u64,
        flags: RegionFlags::WRITE.with(RegionFlags::HOST).with(RegionFlags::FINE),
        agents: u64::MAX,
    });
    doorbell.set_queue_address(base as u64);
    let served = request.soft_doorbell.is_none();
    let queue = Arc::new(Queue {
        mapping: Some(mapping),
        base,
        size,
        doorbell,
        inactive_signal,
        request,
        inactive: AtomicBool::new(false),
        stopping: AtomicBool::new(false),
        thread: Mutex::new(None),
        cu_mask: Mutex::new(Vec::new()),
    });
    queues().insert(base, Arc::clone(&queue));
    if served {
        let served = Arc::clone(&queue);
        let thread = std::thread::Builder::new().name("hsa-queue".to_owned());
        match thread.spawn(move || processor::serve(&served)) {
            Ok(handle) => {
                *queue.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle);
            }
            Err(_) => {
                destroy(&queue);
                return Err(Status::ERROR_OUT_OF_RESOURCES);
            }
        }
    }
    Ok(queue)
}

/// The queue whose structure lies at this address.
pub fn find(address: usize) -> Option<Arc<Queue>> {
    queues().get(&address).cloned()
}

/// Ends a queue: cancels what runs and waits for its thread. Its memory goes with the last who holds it.
pub fn destroy(queue: &Arc<Queue>) {
    if queues().remove(&queue.base).is_none() {
        return;
    }
    queue.inactive.store(true, Ordering::SeqCst);
    queue.stopping.store(true, Ordering::SeqCst);
    signal::wake_watchers();
    if queue.request.soft_doorbell.is_none() {
        queue.ring(u64::MAX);
    }
    let thread = queue.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(thread) = thread
        && thread.thread().id() != std::thread::current().id()
    {
        // A panic of the thread has been reported by the thread itself.
        let _ = thread.join();
    }
    if queue.request.soft_doorbell.is_none() {
        queue.doorbell.destroy();
    }
    queue.inactive_signal.destroy();
}

impl Drop for Queue {
    fn drop(&mut self) {
        memory::map().remove(self.base as u64, self.mapping.take());
    }
}

/// Ends every queue: the runtime is shut down.
pub fn destroy_all() {
    let all: Vec<_> = queues().values().cloned().collect();
    all.iter().for_each(destroy);
}

/// Rings the doorbell that belongs to a doorbell signal. The slot that names the queue is device-visible memory, so
/// what it says is looked up and not believed.
pub fn ring_by_signal(signal: SignalRef, value: i64) {
    if let Some(queue) = find(signal.queue_address() as usize) {
        queue.ring(value as u64);
    }
}

fn ring_at(base: usize, value: u64) {
    // SAFETY: `base` is the mapping of a queue that the caller holds.
    let doorbell = unsafe { &*((base + DOORBELL_OFFSET) as *const Doorbell) };
    doorbell.cell.store(value, Ordering::Release);
    doorbell.rings.fetch_add(1, Ordering::SeqCst);
    if doorbell.asleep.load(Ordering::SeqCst) != 0 {
        futex::wake_all(&doorbell.rings);
    }
}

impl Queue {
    /// The structure in device-visible memory.
    pub fn amd(&self) -> &AmdQueue {
        // SAFETY: mapped while the queue is held; fields that change are atomic.
        unsafe { &*(self.base as *const AmdQueue) }
    }

    /// Where the structure lies: the `hsa_queue_t*` of the C ABI.
    pub fn address(&self) -> usize {
        self.base
    }

    /// Rings the doorbell.
    pub fn ring(&self, value: u64) {
        ring_at(self.base, value);
    }

    /// The doorbell's word and count.
    pub fn doorbell(&self) -> &Doorbell {
        // SAFETY: as for `amd`.
        unsafe { &*((self.base + DOORBELL_OFFSET) as *const Doorbell) }
    }

    /// The address of the packet with this index.
    pub fn packet_address(&self, index: u64) -> usize {
        self.base + PAGE + (index & u64::from(self.size - 1)) as usize * PACKET_SIZE
    }

    /// The header of the packet with this index.
    pub fn header(&self, index: u64) -> &AtomicU16 {
        // SAFETY: inside the ring, aligned; clients are obliged to store headers atomically.
        unsafe { &*(self.packet_address(index) as *const AtomicU16) }
    }

    /// The packets in the ring.
    pub fn size(&self) -> u32 {
        self.size
    }

    /// Whether packets are still processed.
    pub fn is_active(&self) -> bool {
        !self.inactive.load(Ordering::SeqCst)
    }

    /// Whether the queue is being destroyed.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Stops the processing of packets.
    pub fn inactivate(&self) {
        self.inactive.store(true, Ordering::SeqCst);
        self.inactive_signal.change(|value| value.store(1, Ordering::SeqCst));
        signal::wake_watchers();
        self.doorbell().wake();
    }

    /// Switches the recording of times on or off in the structure. (They are always recorded.)
    pub fn set_profiling(&self, on: bool) {
        let properties = &self.amd().queue_properties;
        if on {
            properties.fetch_or(PROPERTY_PROFILING, Ordering::Relaxed);
        } else {
            properties.fetch_and(!PROPERTY_PROFILING, Ordering::Relaxed);
        }
    }
}

impl Doorbell {
    /// A number that changes with every ring by the host, and the word as device code may have written it.
    pub fn state(&self) -> (u32, u64) {
        (self.rings.load(Ordering::SeqCst), self.cell.load(Ordering::Acquire))
    }

    /// Sleeps until the doorbell is rung after `seen`.
    pub fn sleep(&self, seen: u32, limit: std::time::Duration) {
        self.asleep.store(1, Ordering::SeqCst);
        futex::wait(&self.rings, seen, limit);
        self.asleep.store(0, Ordering::SeqCst);
    }

    fn wake(&self) {
        self.rings.fetch_add(1, Ordering::SeqCst);
        futex::wake_all(&self.rings);
    }
}
