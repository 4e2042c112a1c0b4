//! AMD's memory between processes. A handle names the exporting process, its descriptor of the shared memory, and
//! the size; another process of the same user opens the descriptor through `/proc`.

use std::os::fd::OwnedFd;

use super::abi::{Agent, In, Out, Signal, hsa_functions};
use super::device;
use super::status::Status;
use crate::memory::pool;

/// `hsa_amd_ipc_memory_t`
#[repr(C)]
#[derive(Clone, Copy)]
pub struct IpcHandle {
    words: [u32; 8],
}

const MAGIC: u32 = 0x5746_4950;

hsa_functions! {
    fn hsa_amd_ipc_memory_create(address: usize, length: usize, handle: Out<IpcHandle>) {
        let allocation = pool::find(address).ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        if handle.is_null() || allocation.base != address || length > allocation.size.next_multiple_of(4096) {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        let (descriptor, size) = pool::share(address)?;
        let words = [
            MAGIC,
            std::process::id(),
            descriptor as u32,
            size as u32,
            (size as u64 >> 32) as u32,
            allocation.size as u32,
            (allocation.size as u64 >> 32) as u32,
            0,
        ];
        handle.put(IpcHandle { words })
    }

    fn hsa_amd_ipc_memory_attach(
        handle: In<IpcHandle>,
        length: usize,
        count: u32,
        agents: In<Agent>,
        address: Out<usize>,
    ) {
        let [magic, process, descriptor, low, high, ..] = handle.required()?.words;
        let size = (u64::from(high) << 32 | u64::from(low)) as usize;
        if magic != MAGIC || length > size || address.is_null() {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        let mask = match count {
            0 => device::all_agents(),
            _ => device::agent_mask(&agents.many(count as usize)?)? | 1,
        };
        let file = std::fs::File::options()
            .read(true)
            .write(true)
            .open(format!("/proc/{process}/fd/{descriptor}"))
            .map_err(|_| Status::ERROR_INVALID_ARGUMENT)?;
        // A file shorter than the handle says would be a bus error later.
        if file.metadata().map_or(0, |metadata| metadata.len()) < size as u64 {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        address.put(pool::attach(&OwnedFd::from(file), size, mask)?)
    }

    fn hsa_amd_ipc_memory_detach(address: usize) {
        pool::detach(address)
    }

    /// Signals are not shared between processes.
    fn hsa_amd_ipc_signal_create(_signal: Signal, _handle: Out<IpcHandle>) {
        Err(Status::ERROR_OUT_OF_RESOURCES)
    }

    fn hsa_amd_ipc_signal_attach(_handle: In<IpcHandle>, _signal: Out<Signal>) {
        Err(Status::ERROR_OUT_OF_RESOURCES)
    }
}
