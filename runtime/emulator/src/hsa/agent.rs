//! Specification 2.3: agents and their caches.

use std::ffi::c_void;

use super::abi::{Agent, Cache, Dim3, Isa, Out, Outcome, hsa_functions, iterate};
use super::device::{self, CHIP_ID, GPU_CACHES, GPU_NAME, PRODUCT_NAME};
use super::runtime::options;
use super::status::Status;
use super::{isa, system};
use crate::memory::pool;
use crate::queue::ring;

/// A text field of `N` bytes, NUL-padded.
pub fn text<const N: usize>(text: &str) -> [u8; N] {
    let mut field = [0; N];
    let length = text.len().min(N - 1);
    field[..length].copy_from_slice(&text.as_bytes()[..length]);
    field
}

fn cpu_name() -> String {
    let information = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = information.lines().find_map(|line| line.strip_prefix("model name"));
    line.and_then(|line| line.split_once(':')).map_or("CPU", |(_, name)| name.trim()).to_owned()
}

fn host_cores() -> u32 {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32)
}

fn info(index: u32, attribute: u32, value: Out<c_void>) -> Outcome {
    let gpu = index != 0;
    let of_gpu = |figure: u32| if gpu { figure } else { 0 };
    let word = |figure: u32| value.of::<u32>().put(figure);
    match attribute {
        0 if gpu => value.of::<[u8; 64]>().put(text(GPU_NAME)),
        0 => value.of::<[u8; 64]>().put(text(&cpu_name())),
        1 => value.of::<[u8; 64]>().put(text(if gpu { "AMD" } else { "CPU" })),
        // Kernel dispatch; the CPU agent takes no packets.
        2 => word(of_gpu(1)),
        3 => word(1),
        4 => word(if gpu { 0 } else { 1 }),
        5 => word(2),
        23 => word(2),
        24 => value.of::<bool>().put(gpu),
        6 => word(of_gpu(64)),
        7 => value.of::<[u16; 3]>().put([of_gpu(1024) as u16; 3]),
        8 => word(of_gpu(1024)),
        9 => {
            let most = of_gpu(u32::MAX);
            value.of::<Dim3>().put(Dim3 { x: most, y: most, z: most })
        }
        10 => word(of_gpu(u32::MAX)),
        11 => word(of_gpu(32)),
        12 => word(of_gpu(ring::QUEUES_MAX as u32)),
        13 => word(of_gpu(64)),
        14 => word(of_gpu(*ring::SIZE_RANGE.end())),
        15 => word(0),
        16 => word(index),
        17 => word(u32::from(gpu)),
        18 if gpu => value.of::<[u32; 4]>().put([GPU_CACHES[0], GPU_CACHES[1], 0, 0]),
        18 => value.of::<[u32; 4]>().put([32 << 10, 512 << 10, 0, 0]),
        19 => value.of::<Isa>().put(if gpu { isa::HANDLE } else { Isa::default() }),
        20 => value.of::<[u8; 128]>().put(system::extension_mask()),
        21 | 22 => value.of::<u16>().put(1),
        _ => amd_info(index, attribute, value),
    }
}

/// AMD's attributes, those of ROCr 6 included.
fn amd_info(index: u32, attribute: u32, value: Out<c_void>) -> Outcome {
    let gpu = index != 0;
    let of_gpu = |figure: u32| if gpu { figure } else { 0 };
    let word = |figure: u32| value.of::<u32>().put(figure);
    match attribute {
        0xa000 => word(of_gpu(CHIP_ID)),
        0xa001 => word(64),
        0xa002 => word(if gpu { options().compute_units } else { host_cores() }),
        0xa003 => word(if gpu { 1700 } else { 2000 }),
        0xa004 => word(index),
        0xa005 => word(of_gpu(4)),
        0xa006 => word(of_gpu(0x100 * index)),
        0xa007 => word(of_gpu(4096)),
        0xa008 => word(of_gpu(1600)),
        0xa009 if gpu => value.of::<[u8; 64]>().put(text(PRODUCT_NAME)),
        0xa009 => value.of::<[u8; 64]>().put(text(&cpu_name())),
        0xa00a => word(of_gpu(32)),
        0xa00b => word(of_gpu(4)),
        0xa00c => word(of_gpu(8)),
        0xa00d => word(of_gpu(1)),
        // Two pointers to flush registers: none are needed where host and device share a memory.
        0xa00e => value.of::<[usize; 2]>().put([0; 2]),
        0xa00f => word(0),
        // Cooperative queues have global wave synchronisation, which is not emulated.
        0xa010 => value.of::<bool>().put(false),
        0xa011 if gpu => value.of::<[u8; 21]>().put(text(&format!("GPU-{:016x}", 0x5746_0000 + index))),
        0xa011 => value.of::<[u8; 21]>().put(text("CPU-XX")),
        0xa012 => word(of_gpu(1)),
        0xa013 => value.of::<bool>().put(!gpu),
        0xa014 => word(of_gpu(options().compute_units)),
        0xa015 => {
            let pool = pool::PoolId { agent: index, kind: pool::PoolKind::of_agent(index)[0] };
            value.of::<u64>().put(pool::capacity(pool).saturating_sub(pool::used(index)))
        }
        0xa016 => value.of::<u64>().put(device::CLOCK_FREQUENCY),
        0xa107 => word(of_gpu(141)),
        0xa108 | 0xa109 => word(0),
        0xa10a => word(of_gpu(2)),
        0xa10b => word(0),
        0xa110 => word(0),
        0xa111 => word(of_gpu(1)),
        0xa112 => word(index),
        0xa113 => value.of::<Agent>().put(device::agent_handle(0)),
        0xa114 | 0xa115 => value.of::<[u8; 8]>().put([0; 8]),
        _ => Err(Status::ERROR_INVALID_ARGUMENT),
    }
}

const CACHE_TAG: u64 = 0x5746_4341_0000_0000;

fn cache_handle(index: u32, level: u32) -> Cache {
    Cache { handle: CACHE_TAG | u64::from(index) << 8 | u64::from(level) }
}

hsa_functions! {
    fn hsa_iterate_agents(callback: Option<extern "C" fn(Agent, usize) -> u32>, data: usize) {
        let callback = callback.ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        iterate(0..device::agent_count(), |index| callback(device::agent_handle(index), data))
    }

    fn hsa_agent_get_info(agent: Agent, attribute: u32, value: Out<c_void>) {
        info(device::agent_index(agent)?, attribute, value)
    }

    fn hsa_agent_get_exception_policies(agent: Agent, profile: u32, mask: Out<u16>) {
        device::agent_index(agent)?;
        if profile > 1 {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        mask.put(0)
    }

    fn hsa_agent_iterate_caches(
        agent: Agent,
        callback: Option<extern "C" fn(Cache, usize) -> u32>,
        data: usize,
    ) {
        let index = device::agent_index(agent)?;
        let callback = callback.ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        let levels = if index == 0 { 0..0 } else { 1..1 + GPU_CACHES.len() as u32 };
        iterate(levels, |level| callback(cache_handle(index, level), data))
    }

    fn hsa_cache_get_info(cache: Cache, attribute: u32, value: Out<c_void>) {
        let level = (cache.handle & 0xff) as usize;
        let index = (cache.handle >> 8) as u32 & 0xff;
        let size = GPU_CACHES.get(level.wrapping_sub(1)).copied().ok_or(Status::ERROR_INVALID_CACHE)?;
        if index == 0 || index >= device::agent_count() || cache_handle(index, level as u32) != cache {
            return Err(Status::ERROR_INVALID_CACHE);
        }
        let name = format!("{GPU_NAME} L{level}");
        match attribute {
            0 => value.of::<u32>().put(name.len() as u32),
            1 => value.of::<u8>().put_all(name.bytes().chain([0])),
            2 => value.of::<u8>().put(level as u8),
            3 => value.of::<u32>().put(size),
            _ => Err(Status::ERROR_INVALID_ARGUMENT),
        }
    }
}
