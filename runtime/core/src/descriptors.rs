//! Descriptors in device memory: slots of one size in slabs of a context's, written through pinned host memory.
//!
//! A write is done when the call returns and touches no stream, so that objects can be made while streams are busy or
//! captured. Slabs are allocations of the context's and go away with it.

use core::ffi::c_void;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use wavefold_formats::texture::{DESCRIPTOR_BYTES, Descriptor};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::lock::lock;
use crate::memory;

/// Bytes of a slab.
const SLAB: usize = 64 * 1024;

/// Device memory and pinned host memory of the same size; slot by slot one is the copy of the other.
struct Slabs {
    host: HashMap<usize, usize>,
    free: Vec<usize>,
}

static SLABS: LazyLock<Mutex<HashMap<u64, Slabs>>> = LazyLock::new(Mutex::default);

/// A slot in device memory that holds `descriptor`.
pub fn place(context: &Arc<Context>, descriptor: &Descriptor) -> Result<usize> {
    context.check()?;
    let mut all = lock(&SLABS);
    let slabs = all.entry(context.id).or_insert_with(|| Slabs { host: HashMap::new(), free: Vec::new() });
    if slabs.free.is_empty() {
        let device = memory::allocate(context, SLAB)?;
        let host = memory::allocate_host(context, SLAB, 0)?;
        slabs.host.insert(device, host);
        slabs.free.extend((0..SLAB).step_by(DESCRIPTOR_BYTES).rev().map(|offset| device + offset));
    }
    let slot = slabs.free.pop().expect("filled just now");
    let slab = slabs.host.iter().find(|(device, _)| (**device..**device + SLAB).contains(&slot));
    let (device, host) = slab.expect("every slot lies in a slab");
    let staging = host + (slot - device);
    match write(context, slot, staging, descriptor) {
        Ok(()) => Ok(slot),
        Err(error) => {
            slabs.free.push(slot);
            Err(error)
        }
    }
}

/// Writes a descriptor to any device memory, a `.texref` variable for instance.
pub fn overwrite(context: &Arc<Context>, address: usize, descriptor: &Descriptor) -> Result<()> {
    context.check()?;
    let staging = memory::allocate_host(context, DESCRIPTOR_BYTES, 0)?;
    let written = write(context, address, staging, descriptor);
    memory::free_host(context, staging)?;
    written
}

fn write(context: &Arc<Context>, to: usize, staging: usize, descriptor: &Descriptor) -> Result<()> {
    let bytes = descriptor.to_bytes();
    let done = context.signals.take(1)?;
    // SAFETY: the staging memory is pinned, ours and of that size; the slot is device memory of that size.
    unsafe {
        core::ptr::copy_nonoverlapping(bytes.as_ptr(), staging as *mut u8, bytes.len());
        context.platform.hsa.async_copy(
            to as *mut c_void,
            &context.device.agent,
            staging as *const c_void,
            &context.platform.cpu,
            bytes.len(),
            &[],
            done.raw(),
        )
    }
    .map_err(|e| Error::UNKNOWN.because(e))?;
    context.wait(&done)
}

/// Gives a slot back.
pub fn release(context: u64, slot: usize) {
    if let Some(slabs) = lock(&SLABS).get_mut(&context) {
        slabs.free.push(slot);
    }
}

/// Forgets the slabs of a context that is being destroyed; its memory is freed with it.
pub fn forget(context: u64) {
    lock(&SLABS).remove(&context);
}
