//! Specification 2.5: queues; and AMD's additions to them.

use std::sync::PoisonError;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Release};

use super::abi::{Agent, In, Out, Region, Signal, hsa_functions};
use super::runtime::options;
use super::status::Status;
use super::{device, signal};
use crate::queue::ring::{self, AmdQueue, ErrorCallback, Queue, QueueRequest, SIZE_RANGE};

/// A pointer to a queue, on which the index functions work without asking whether it is one: the specification
/// gives them no way to refuse.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct QueuePointer(*const AmdQueue);

impl QueuePointer {
    /// The queue; an invalid queue for any other address.
    pub fn required(self) -> Result<std::sync::Arc<Queue>, Status> {
        if self.0.is_null() {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        ring::find(self.0 as usize).ok_or(Status::ERROR_INVALID_QUEUE)
    }

    fn trusted(self) -> Option<&'static AmdQueue> {
        // SAFETY: null or a live queue, by the C caller's promise; the fields that change are atomic.
        unsafe { self.0.as_ref() }
    }
}

const KERNEL_DISPATCH: u32 = 1;

hsa_functions! {
    fn hsa_queue_create(
        agent: Agent,
        size: u32,
        kind: u32,
        callback: Option<ErrorCallback>,
        data: usize,
        _private_segment_size: u32,
        _group_segment_size: u32,
        queue: Out<*const AmdQueue>,
    ) {
        if queue.is_null() || !size.is_power_of_two() || !SIZE_RANGE.contains(&size) || kind > 2 {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        let agent = device::agent_index(agent)?;
        // The CPU agent takes no packets, and cooperative queues need global wave synchronisation.
        if agent == 0 || kind == 2 {
            return Err(Status::ERROR_INVALID_QUEUE_CREATION);
        }
        let created = ring::create(QueueRequest {
            agent,
            size: size.max(64),
            kind,
            features: KERNEL_DISPATCH,
            callback: callback.map(|callback| (callback, data)),
            compute_units: options().compute_units,
            soft_doorbell: None,
        })?;
        queue.put(created.address() as *const AmdQueue)
    }

    fn hsa_soft_queue_create(
        region: Region,
        size: u32,
        kind: u32,
        features: u32,
        doorbell: Signal,
        queue: Out<*const AmdQueue>,
    ) {
        if queue.is_null() || !size.is_power_of_two() || kind > 1 || !(1..=3).contains(&features) {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        device::region_of(region)?;
        let doorbell = signal::required(doorbell)?;
        let created = ring::create(QueueRequest {
            agent: 0,
            size,
            kind,
            features,
            callback: None,
            compute_units: 0,
            soft_doorbell: Some(doorbell),
        })?;
        queue.put(created.address() as *const AmdQueue)
    }

    fn hsa_queue_destroy(queue: QueuePointer) {
        ring::destroy(&queue.required()?);
        Ok(())
    }

    fn hsa_queue_inactivate(queue: QueuePointer) {
        queue.required()?.inactivate();
        Ok(())
    }

    fn hsa_amd_queue_cu_set_mask(queue: QueuePointer, bits: u32, mask: In<u32>) {
        let queue = queue.required()?;
        if !bits.is_multiple_of(32) {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        let mut words = mask.many(bits as usize / 32)?;
        let units = queue.request.compute_units as usize;
        let mut reduced = false;
        for (index, word) in words.iter_mut().enumerate() {
            let existing = match units.saturating_sub(32 * index) {
                0 => 0,
                rest if rest >= 32 => u32::MAX,
                rest => (1 << rest) - 1,
            };
            reduced |= *word & !existing != 0;
            *word &= existing;
        }
        *queue.cu_mask.lock().unwrap_or_else(PoisonError::into_inner) = words;
        if reduced { Err(Status::CU_MASK_REDUCED) } else { Ok(()) }
    }

    fn hsa_amd_queue_cu_get_mask(queue: QueuePointer, bits: u32, mask: Out<u32>) {
        let queue = queue.required()?;
        if bits == 0 || !bits.is_multiple_of(32) {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        let units = queue.request.compute_units as usize;
        let chosen = queue.cu_mask.lock().unwrap_or_else(PoisonError::into_inner).clone();
        mask.put_all((0..bits as usize / 32).map(|index| match (chosen.get(index), units.saturating_sub(32 * index)) {
            (Some(word), _) => *word,
            (None, _) if !chosen.is_empty() => 0,
            (None, 0) => 0,
            (None, rest) if rest >= 32 => u32::MAX,
            (None, rest) => (1 << rest) - 1,
        }))
    }

    fn hsa_amd_queue_set_priority(queue: QueuePointer, priority: u32) {
        queue.required()?;
        // All queues run at once, each on its own threads: there is nothing to prefer.
        if priority > 2 { Err(Status::ERROR_INVALID_ARGUMENT) } else { Ok(()) }
    }
}

/// Operations on an index, one exported function for each memory order.
macro_rules! index_functions {
    ($($arguments:tt -> $result:ty { $operation:expr } => $($name:ident)*;)*) => {$($(
        index_function! { $name $arguments $result, $operation }
    )*)*};
}

macro_rules! index_function {
    ($name:ident ($queue:ident $(, $value:ident)*) $result:ty, $operation:expr) => {
        hsa_functions! {
            value fn $name(queue: QueuePointer, $($value: u64),*) -> $result {
                match queue.trusted() {
                    Some($queue) => $operation,
                    None => Default::default(),
                }
            }
        }
    };
}

index_functions! {
    (queue) -> u64 { queue.read_dispatch_id.load(Acquire) } =>
        hsa_queue_load_read_index_acquire hsa_queue_load_read_index_relaxed
        hsa_queue_load_read_index_scacquire;
    (queue) -> u64 { queue.write_dispatch_id.load(Acquire) } =>
        hsa_queue_load_write_index_acquire hsa_queue_load_write_index_relaxed
        hsa_queue_load_write_index_scacquire;
    (queue, value) -> () { queue.read_dispatch_id.store(value, Release) } =>
        hsa_queue_store_read_index_relaxed hsa_queue_store_read_index_release
        hsa_queue_store_read_index_screlease;
    (queue, value) -> () { queue.write_dispatch_id.store(value, Release) } =>
        hsa_queue_store_write_index_relaxed hsa_queue_store_write_index_release
        hsa_queue_store_write_index_screlease;
    (queue, value) -> u64 { queue.write_dispatch_id.fetch_add(value, AcqRel) } =>
        hsa_queue_add_write_index_acq_rel hsa_queue_add_write_index_acquire
        hsa_queue_add_write_index_relaxed hsa_queue_add_write_index_release
        hsa_queue_add_write_index_scacq_screl hsa_queue_add_write_index_scacquire
        hsa_queue_add_write_index_screlease;
    (queue, expected, value) -> u64 {
        queue.write_dispatch_id.compare_exchange(expected, value, AcqRel, Acquire).unwrap_or_else(|seen| seen)
    } =>
        hsa_queue_cas_write_index_acq_rel hsa_queue_cas_write_index_acquire
        hsa_queue_cas_write_index_relaxed hsa_queue_cas_write_index_release
        hsa_queue_cas_write_index_scacq_screl hsa_queue_cas_write_index_scacquire
        hsa_queue_cas_write_index_screlease;
}

hsa_functions! {
    fn hsa_amd_queue_get_info(queue: QueuePointer, attribute: u32, value: Out<std::ffi::c_void>) {
        let queue = queue.required()?;
        match attribute {
            0 => value.of::<Agent>().put(device::agent_handle(queue.request.agent)),
            1 => value.of::<u64>().put(queue.address() as u64),
            _ => Err(Status::ERROR_INVALID_ARGUMENT),
        }
    }
}
