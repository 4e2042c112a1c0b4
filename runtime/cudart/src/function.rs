//! Kernels: attributes, preferences, occupancy.

use core::ffi::{CStr, c_char};
use std::collections::HashMap;
use std::ffi::CString;
use std::sync::atomic::Ordering;
use std::sync::{Arc, LazyLock, Mutex};

use wavefold_core::boundary::{Out, runtime_entry};
use wavefold_core::device::{COMPUTE_CAPABILITY, SHARED_MEMORY};
use wavefold_core::module::Kernel;
use wavefold_core::{Error, Result, api, current, handle, occupancy};

use crate::types::FuncAttributes;

/// `cudaFuncAttributeMaxDynamicSharedMemorySize`.
const MAX_DYNAMIC_SHARED: u32 = 8;
/// `cudaFuncAttributePreferredSharedMemoryCarveout`.
const PREFERRED_CARVEOUT: u32 = 9;

fn kernel(function: usize) -> Result<Arc<Kernel>> {
    let context = current::context()?;
    context.check()?;
    context.kernel(function)
}

fn attributes(kernel: &Kernel) -> FuncAttributes {
    let binary = COMPUTE_CAPABILITY.0 * 10 + COMPUTE_CAPABILITY.1;
    FuncAttributes {
        shared_size_bytes: kernel.static_shared() as usize,
        const_size_bytes: 0,
        local_size_bytes: kernel.symbol.private_size as usize,
        max_threads_per_block: kernel.max_threads() as i32,
        num_regs: kernel.metadata.vgprs as i32,
        // CUB chooses its tuning by this number.
        ptx_version: if kernel.ptx.0 == 0 { binary } else { kernel.ptx.0 as i32 },
        binary_version: binary,
        max_dynamic_shared_size_bytes: kernel.max_dynamic_shared.load(Ordering::Relaxed) as i32,
        preferred_shmem_carveout: -1,
        ..FuncAttributes::default()
    }
}

/// The text as a C string that lives as long as the process; the same text gives the same pointer.
fn lasting(text: &str) -> *const c_char {
    static TEXTS: LazyLock<Mutex<HashMap<String, &'static CStr>>> = LazyLock::new(Mutex::default);
    let mut texts = TEXTS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    texts
        .entry(text.to_owned())
        .or_insert_with(|| Box::leak(CString::new(text).unwrap_or_default().into_boxed_c_str()))
        .as_ptr()
}

fn blocks(blocks_out: Out<i32>, function: usize, block_size: i32, shared: usize) -> Result<()> {
    let kernel = kernel(function)?;
    let threads =
        u32::try_from(block_size).ok().filter(|&threads| threads > 0).ok_or(Error::INVALID_VALUE)?;
    blocks_out.put(occupancy::active_blocks(&kernel, threads, shared) as i32)
}

api! {
    entry = runtime_entry;

    /// What a kernel needs and allows.
    #[partial("registers are vector registers of a lane")]
    fn cudaFuncGetAttributes(attributes_out: Out<FuncAttributes>, function: usize) {
        if attributes_out.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        // A program that asks about a kernel learns by this code that none of its images fits the device.
        let kernel = kernel(function).map_err(|error| match error {
            Error::NO_KERNEL_IMAGE => Error::INVALID_DEVICE_FUNCTION,
            error => error,
        })?;
        attributes_out.put(attributes(&kernel))
    }

    /// Sets an attribute of a kernel. All of the LDS is available without asking.
    #[partial("clusters are refused")]
    fn cudaFuncSetAttribute(function: usize, attribute: u32, value: i32) {
        let kernel = kernel(function)?;
        match attribute {
            MAX_DYNAMIC_SHARED => {
                let limit = SHARED_MEMORY.saturating_sub(kernel.static_shared());
                let value = u32::try_from(value).ok().filter(|&value| value <= limit);
                let value = value.ok_or(Error::INVALID_VALUE)?;
                kernel.max_dynamic_shared.store(value, Ordering::Relaxed);
                Ok(())
            }
            // A hint; LDS and cache are separate here.
            PREFERRED_CARVEOUT if (-1..=100).contains(&value) => Ok(()),
            10..=15 => Err(Error::NOT_SUPPORTED.because("thread block clusters")),
            _ => Err(Error::INVALID_VALUE),
        }
    }

    /// Prefers cache or shared memory: a hint without effect, since they are separate here.
    fn cudaFuncSetCacheConfig(function: usize, config: u32) {
        if config > 3 {
            return Err(Error::INVALID_VALUE);
        }
        kernel(function).map(|_| ())
    }

    /// Prefers a width of shared memory banks: a hint without effect.
    fn cudaFuncSetSharedMemConfig(function: usize, config: u32) {
        if config > 2 {
            return Err(Error::INVALID_VALUE);
        }
        kernel(function).map(|_| ())
    }

    /// A kernel's PTX name.
    fn cudaFuncGetName(name: Out<*const c_char>, function: usize) {
        name.put(lasting(&kernel(function)?.name))
    }

    /// Where a parameter lies in the parameter area.
    fn cudaFuncGetParamInfo(function: usize, index: usize, offset: Out<usize>, size: Out<usize>) {
        let kernel = kernel(function)?;
        let parameter = kernel.note.as_ref().and_then(|note| note.parameters.get(index));
        let parameter = parameter.ok_or(Error::INVALID_VALUE)?;
        size.put_if_wanted(parameter.size as usize);
        offset.put(parameter.offset as usize)
    }

    /// A handle for the driver API of the kernel behind a host stub.
    fn cudaGetFuncBySymbol(function: Out<usize>, symbol: usize) {
        let kernel = kernel(symbol)?;
        function.put(handle::FUNCTIONS.find(&kernel).unwrap_or_else(|| handle::FUNCTIONS.add(kernel)))
    }

    /// Blocks of a kernel that fit a multiprocessor at a time.
    fn cudaOccupancyMaxActiveBlocksPerMultiprocessor(
        blocks_out: Out<i32>,
        function: usize,
        block_size: i32,
        shared: usize,
    ) {
        blocks(blocks_out, function, block_size, shared)
    }

    /// Blocks of a kernel that fit a multiprocessor at a time.
    fn cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
        blocks_out: Out<i32>,
        function: usize,
        block_size: i32,
        shared: usize,
        flags: u32,
    ) {
        if flags > 1 {
            return Err(Error::INVALID_VALUE);
        }
        blocks(blocks_out, function, block_size, shared)
    }

    /// The dynamic shared memory that leaves room for so many blocks on a multiprocessor.
    fn cudaOccupancyAvailableDynamicSMemPerBlock(
        shared: Out<usize>,
        function: usize,
        block_count: i32,
        block_size: i32,
    ) {
        let kernel = kernel(function)?;
        let threads = u32::try_from(block_size).map_err(|_| Error::INVALID_VALUE)?;
        let count = u32::try_from(block_count).ok().filter(|&c| c > 0).ok_or(Error::INVALID_VALUE)?;
        if occupancy::active_blocks(&kernel, threads, 0) < count {
            return Err(Error::INVALID_VALUE);
        }
        let share = SHARED_MEMORY / count / 512 * 512;
        shared.put(share.saturating_sub(kernel.static_shared().next_multiple_of(16)) as usize)
    }
}
