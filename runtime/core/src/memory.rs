//! Allocating, pinning and freeing memory.
//!
//! Device memory comes straight from the device's HSA pool, whose granule is also the alignment. Pinned host memory is
//! mapped into every device, at the host's own address. Freeing waits for the context's work, as `cudaFree` does.

use core::ffi::c_void;
use std::sync::Arc;

use wavefold_hsa::types::{RawAgent, STATUS_ERROR_INVALID_ALLOCATION, STATUS_ERROR_OUT_OF_RESOURCES};

use crate::allocation::{self, Allocation, Kind};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::platform::Platform;
use crate::stream::Stream;

/// `cudaHostAllocPortable`, `Mapped` and `WriteCombined`: all host memory is portable and mapped anyway.
const HOST_ALLOC_FLAGS: u32 = 7;
/// `cudaHostRegisterPortable`, `Mapped`, `IoMemory` and `ReadOnly`.
const HOST_REGISTER_FLAGS: u32 = 15;
/// `cudaHostRegisterIoMemory`.
const HOST_REGISTER_IO_MEMORY: u32 = 4;
/// What `cudaFree` frees.
const FREEABLE: [Kind; 2] = [Kind::Device, Kind::Managed];
/// Rows of `cudaMallocPitch` start at multiples of this.
pub const PITCH_ALIGNMENT: usize = 512;

/// Allocates device memory; 0 bytes give a null pointer.
pub fn allocate(context: &Arc<Context>, size: usize) -> Result<usize> {
    context.check()?;
    if size == 0 {
        return Ok(0);
    }
    let pool = &context.device.pool;
    let footprint = (size as u64).checked_next_multiple_of(pool.granule).unwrap_or(u64::MAX);
    let used = allocation::used(context.device.ordinal);
    if used.saturating_add(footprint) > pool.size {
        return Err(Error::MEMORY_ALLOCATION
            .because(format_args!("{size} bytes asked for, {used} of {} in use", pool.size)));
    }
    let base = pool.allocate(size).map_err(out_of_memory)? as usize;
    if context.platform.devices.len() > 1 {
        // Peers may read it once access is enabled; HSA's grant is harmless before that.
        let agents: Vec<RawAgent> = agents(context.platform);
        // SAFETY: the memory was allocated just now.
        if let Err(reason) = unsafe { context.platform.hsa.allow_access(&agents, base as *const c_void) } {
            crate::config::debug_api(format_args!("peers cannot access {base:#x}: {reason}"));
        }
    }
    allocation::insert(Allocation {
        kind: Kind::Device,
        base,
        device_base: base,
        size,
        footprint,
        device: context.device.ordinal,
        context: context.id,
        flags: 0,
    });
    Ok(base)
}

/// Allocates rows of `width` bytes; returns the address and the distance of rows.
pub fn allocate_pitched(context: &Arc<Context>, width: usize, rows: usize) -> Result<(usize, usize)> {
    let pitch = width.checked_next_multiple_of(PITCH_ALIGNMENT).ok_or(Error::MEMORY_ALLOCATION)?;
    let size = pitch.checked_mul(rows).ok_or(Error::MEMORY_ALLOCATION)?;
    Ok((allocate(context, size)?, pitch))
}

/// Frees device memory after waiting for the work that may use it; null is nothing.
pub fn free(context: &Arc<Context>, address: usize) -> Result<()> {
    if address == 0 {
        return context.check();
    }
    // The address is looked up first: a wrong one must not wait.
    match allocation::find(address) {
        Some((allocation, 0)) if FREEABLE.contains(&allocation.kind) => {}
        _ => return Err(Error::INVALID_VALUE.because(format_args!("{address:#x} is no device allocation"))),
    }
    let owner = crate::fault::contexts().into_iter().find(|other| {
        other.id != context.id && allocation::find(address).is_some_and(|(a, _)| a.context == other.id)
    });
    owner.as_ref().unwrap_or(context).synchronize()?;
    let allocation = allocation::remove(address, &FREEABLE).ok_or(Error::INVALID_VALUE)?;
    give_back(context, &allocation);
    Ok(())
}

/// Frees device memory when the stream gets there. The program must not use it from now on but in work already submitted.
pub fn free_in_order(stream: &Arc<Stream>, address: usize) -> Result<()> {
    let context = stream.context()?;
    context.check()?;
    let allocation = match allocation::find(address) {
        Some((allocation, 0)) if FREEABLE.contains(&allocation.kind) => allocation,
        _ => return Err(Error::INVALID_VALUE.because(format_args!("{address:#x} is no device allocation"))),
    };
    let owner = context.clone();
    let done = move |state: Result<()>| {
        // After a fault the device may still look at it until the context ends, which frees it then.
        if state.is_ok() && allocation::remove(allocation.base, &FREEABLE).is_some() {
            give_back(&owner, &allocation);
        }
    };
    stream.submit(|submission| submission.on_host(done)).map(|_| ())
}

/// Allocates pinned host memory; 0 bytes give a null pointer.
pub fn allocate_host(context: &Arc<Context>, size: usize, flags: u32) -> Result<usize> {
    context.check()?;
    if flags & !HOST_ALLOC_FLAGS != 0 {
        return Err(Error::INVALID_VALUE);
    }
    if size == 0 {
        return Ok(0);
    }
    let base = context.platform.host_pool.allocate(size).map_err(out_of_memory)? as usize;
    // SAFETY: the memory was allocated just now.
    let granted =
        unsafe { context.platform.hsa.allow_access(&agents(context.platform), base as *const c_void) };
    if let Err(reason) = granted {
        // SAFETY: the memory was allocated just now and nobody knows of it.
        let _ = unsafe { context.platform.hsa.free(base as *mut c_void) };
        return Err(Error::MEMORY_ALLOCATION.because(reason));
    }
    allocation::insert(Allocation {
        kind: Kind::Host,
        base,
        device_base: base,
        size,
        footprint: 0,
        device: context.device.ordinal,
        context: context.id,
        flags,
    });
    Ok(base)
}

/// Frees pinned host memory after waiting for the work that may use it; null is nothing.
pub fn free_host(context: &Arc<Context>, address: usize) -> Result<()> {
    if address == 0 {
        return context.check();
    }
    match allocation::find(address) {
        Some((allocation, 0)) if allocation.kind == Kind::Host => {}
        _ => return Err(Error::INVALID_VALUE.because(format_args!("{address:#x} is no host allocation"))),
    }
    context.synchronize()?;
    let allocation = allocation::remove(address, &[Kind::Host]).ok_or(Error::INVALID_VALUE)?;
    give_back(context, &allocation);
    Ok(())
}

/// Pins the program's own memory.
pub fn register_host(context: &Arc<Context>, address: usize, size: usize, flags: u32) -> Result<()> {
    context.check()?;
    if address == 0 || size == 0 || flags & !HOST_REGISTER_FLAGS != 0 {
        return Err(Error::INVALID_VALUE);
    }
    if flags & HOST_REGISTER_IO_MEMORY != 0 {
        return Err(Error::NOT_SUPPORTED.because("memory of I/O devices cannot be registered"));
    }
    if allocation::overlaps(address, size) {
        return Err(Error::HOST_MEMORY_ALREADY_REGISTERED);
    }
    let mut agents = agents(context.platform);
    // SAFETY: that the range is mapped is the caller's promise in CUDA's API too.
    let device_base = unsafe { context.platform.hsa.lock(address as *mut c_void, size, &mut agents) }
        .map_err(|e| Error::INVALID_VALUE.because(e))? as usize;
    allocation::insert(Allocation {
        kind: Kind::Registered,
        base: address,
        device_base,
        size,
        footprint: 0,
        device: context.device.ordinal,
        context: context.id,
        flags,
    });
    Ok(())
}

/// Ends the pinning of memory that starts at `address`.
pub fn unregister_host(context: &Arc<Context>, address: usize) -> Result<()> {
    match allocation::find(address) {
        Some((allocation, 0)) if allocation.kind == Kind::Registered => {}
        Some((allocation, 0)) if allocation.kind == Kind::Host => return Err(Error::INVALID_VALUE),
        _ => return Err(Error::HOST_MEMORY_NOT_REGISTERED),
    }
    context.synchronize()?;
    let allocation =
        allocation::remove(address, &[Kind::Registered]).ok_or(Error::HOST_MEMORY_NOT_REGISTERED)?;
    give_back(context, &allocation);
    Ok(())
}

/// The address at which devices see pinned host memory.
pub fn device_pointer(address: usize) -> Result<usize> {
    match allocation::find(address) {
        Some((allocation, offset)) if allocation.kind != Kind::Device => Ok(allocation.device_base + offset),
        _ => Err(Error::INVALID_VALUE),
    }
}

/// Free and total bytes of the context's device.
pub fn info(context: &Context) -> (u64, u64) {
    let total = context.device.memory;
    (total.saturating_sub(allocation::used(context.device.ordinal)), total)
}

/// Returns the memory of an allocation that has left the map to HSA.
pub fn give_back(context: &Context, allocation: &Allocation) {
    let hsa = context.platform.hsa;
    let address = allocation.base as *mut c_void;
    // SAFETY: the allocation left the map, so it is given back once; work that used it has been waited for.
    let result = unsafe {
        match allocation.kind {
            Kind::Device | Kind::Host | Kind::Managed => hsa.free(address),
            Kind::Registered | Kind::ManagedVariable => hsa.unlock(address),
        }
    };
    if let Err(reason) = result {
        crate::config::debug_api(format_args!("memory at {:#x} leaks: {reason}", allocation.base));
    }
}

pub(crate) fn agents(platform: &Platform) -> Vec<RawAgent> {
    platform.devices.iter().map(|device| device.agent.raw()).collect()
}

pub(crate) fn out_of_memory(error: wavefold_hsa::Error) -> Error {
    match error.status() {
        Some(STATUS_ERROR_OUT_OF_RESOURCES | STATUS_ERROR_INVALID_ALLOCATION) => {
            Error::MEMORY_ALLOCATION.because(error)
        }
        _ => Error::MEMORY_ALLOCATION.because(format_args!("unexpectedly {error}")),
    }
}
