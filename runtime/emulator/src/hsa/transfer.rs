//! AMD's asynchronous copies, on the emulated DMA engines.

use super::abi::{Agent, Dim3, In, Out, Outcome, Signal, hsa_functions};
use super::status::Status;
use super::{device, memory, signal};
use crate::queue::copy::{Job, submit};
use crate::queue::signal::SignalRef;

fn optional(signal: Signal) -> Result<Option<SignalRef>, Status> {
    if signal.handle == 0 { Ok(None) } else { signal::required(signal).map(Some) }
}

/// Submits work that waits for signals and completes by one.
pub fn start(
    dependencies: In<Signal>,
    count: u32,
    completion: Signal,
    size: usize,
    work: impl FnOnce() + Send + 'static,
) -> Outcome {
    let dependencies = dependencies
        .many(count as usize)?
        .into_iter()
        .filter_map(|signal| optional(signal).transpose())
        .collect::<Result<_, _>>()?;
    let completion = optional(completion)?;
    let job = Job { dependencies, size, work: Box::new(work), completion };
    if submit(job) { Ok(()) } else { Err(Status::ERROR_OUT_OF_RESOURCES) }
}

/// A DMA engine reaches only what is mapped for devices: pools, locked memory, and what the runtime itself made.
fn check_visible(address: usize, size: usize) -> Outcome {
    match crate::memory::map().lookup(address as u64) {
        Some(region) if region.contains(address as u64, size as u64) => Ok(()),
        _ => {
            eprintln!(
                "wavefold emulator: asynchronous copy of {size} bytes at {address:#x}: the range is not in one \
                 allocation or locked range"
            );
            Err(Status::ERROR_INVALID_ARGUMENT)
        }
    }
}

fn copy(
    target: usize,
    source: usize,
    size: usize,
    dependencies: In<Signal>,
    count: u32,
    completion: Signal,
) -> Outcome {
    if target == 0 || source == 0 {
        return Err(Status::ERROR_INVALID_ARGUMENT);
    }
    if size != 0 {
        check_visible(target, size)?;
        check_visible(source, size)?;
    }
    start(dependencies, count, completion, size, move || memory::copy(target, source, size))
}

/// `hsa_pitched_ptr_t`
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PitchedPointer {
    base: usize,
    pitch: usize,
    slice: usize,
}

impl PitchedPointer {
    /// The address of the first byte of each row of a box at `offset`; checks the whole box first.
    fn check(&self, offset: Dim3, range: Dim3) -> Outcome {
        if self.base == 0 || self.pitch < offset.x as usize + range.x as usize && range.y > 1 {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        let last = self.row(offset, range.y - 1, range.z - 1).ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        let first = self.row(offset, 0, 0).ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        check_visible(first, last - first + range.x as usize)
    }

    fn row(&self, offset: Dim3, y: u32, z: u32) -> Option<usize> {
        let down = (offset.y as usize).checked_add(y as usize)?.checked_mul(self.pitch)?;
        let deep = (offset.z as usize).checked_add(z as usize)?.checked_mul(self.slice)?;
        self.base.checked_add(offset.x as usize)?.checked_add(down)?.checked_add(deep)
    }
}

hsa_functions! {
    fn hsa_amd_memory_async_copy(
        target: usize,
        target_agent: Agent,
        source: usize,
        source_agent: Agent,
        size: usize,
        count: u32,
        dependencies: In<Signal>,
        completion: Signal,
    ) {
        device::agent_index(target_agent)?;
        device::agent_index(source_agent)?;
        copy(target, source, size, dependencies, count, completion)
    }

    /// Engines are alike, so the choice of one is accepted and has no effect.
    fn hsa_amd_memory_async_copy_on_engine(
        target: usize,
        target_agent: Agent,
        source: usize,
        source_agent: Agent,
        size: usize,
        count: u32,
        dependencies: In<Signal>,
        completion: Signal,
        engine: u32,
        _force: bool,
    ) {
        device::agent_index(target_agent)?;
        device::agent_index(source_agent)?;
        if engine.count_ones() != 1 {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        copy(target, source, size, dependencies, count, completion)
    }

    fn hsa_amd_memory_copy_engine_status(target_agent: Agent, source_agent: Agent, engines: Out<u32>) {
        device::agent_index(target_agent)?;
        device::agent_index(source_agent)?;
        engines.put(0b11)
    }

    fn hsa_amd_memory_async_copy_rect(
        target: In<PitchedPointer>,
        target_offset: In<Dim3>,
        source: In<PitchedPointer>,
        source_offset: In<Dim3>,
        range: In<Dim3>,
        agent: Agent,
        direction: u32,
        count: u32,
        dependencies: In<Signal>,
        completion: Signal,
    ) {
        device::agent_index(agent)?;
        let (target, target_offset) = (target.required()?, target_offset.required()?);
        let (source, source_offset) = (source.required()?, source_offset.required()?);
        let range = range.required()?;
        if direction > 3 {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        let bytes = range.x as usize * range.y as usize * range.z as usize;
        if bytes != 0 {
            target.check(target_offset, range)?;
            source.check(source_offset, range)?;
        }
        start(dependencies, count, completion, bytes, move || {
            if range.x == 0 {
                return;
            }
            for z in 0..range.z {
                for y in 0..range.y {
                    let rows = (target.row(target_offset, y, z), source.row(source_offset, y, z));
                    if let (Some(target), Some(source)) = rows {
                        memory::copy(target, source, range.x as usize);
                    }
                }
            }
        })
    }
}
