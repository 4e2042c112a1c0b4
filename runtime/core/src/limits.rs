//! `cudaDeviceSetLimit` and its kin: the runtime's and the driver's API use the same numbers.
//!
//! A limit may be rounded up to what can be had; reading it back gives what it has become. What device code of NVIDIA's
//! runtime library would need (launches from kernels) is unsupported.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::context::Context;
use crate::error::{Error, Result};

/// `cudaLimitStackSize`.
const STACK: u32 = 0;
/// `cudaLimitPrintfFifoSize`.
const OUTPUT: u32 = 1;
/// `cudaLimitMallocHeapSize`.
const HEAP: u32 = 2;
/// `cudaLimitDevRuntimeSyncDepth` and `cudaLimitDevRuntimePendingLaunchCount`.
const DEVICE_RUNTIME: core::ops::RangeInclusive<u32> = 3..=4;
/// `cudaLimitMaxL2FetchGranularity`.
const L2_FETCH: u32 = 5;
/// `cudaLimitPersistingL2CacheSize`.
const L2_PERSISTING: u32 = 6;
/// The stack of a thread may not be larger: scratch of a work-item is at most this.
const MAX_STACK: usize = 128 * 1024;

/// The value of a limit.
pub fn get(context: &Arc<Context>, limit: u32) -> Result<usize> {
    Ok(match limit {
        STACK => context.stack_limit.load(Ordering::Relaxed) as usize,
        OUTPUT => context.system_calls.output_limit() as usize,
        HEAP => context.system_calls.heap_limit() as usize,
        L2_FETCH => 128,
        L2_PERSISTING => 0,
        limit if DEVICE_RUNTIME.contains(&limit) => return Err(Error::UNSUPPORTED_LIMIT),
        _ => return Err(Error::INVALID_VALUE),
    })
}

/// Sets a limit.
pub fn set(context: &Arc<Context>, limit: u32, value: usize) -> Result<()> {
    match limit {
        STACK if value <= MAX_STACK => {
            context.stack_limit.store(value as u32, Ordering::Relaxed);
            Ok(())
        }
        STACK => Err(Error::INVALID_VALUE),
        OUTPUT => context.system_calls.set_output_limit(value as u64),
        HEAP => context.system_calls.set_heap_limit(value as u64, context.device.memory),
        // A hint in CUDA, too.
        L2_FETCH => Ok(()),
        L2_PERSISTING => Err(Error::UNSUPPORTED_LIMIT),
        limit if DEVICE_RUNTIME.contains(&limit) => Err(Error::UNSUPPORTED_LIMIT),
        _ => Err(Error::INVALID_VALUE),
    }
}
