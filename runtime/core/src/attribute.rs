//! CUDA's device attributes by number; the runtime's and the driver's API use the same numbers.
//!
//! An attribute that describes something which Wavefold does not have (cooperative launches over several devices) is 0.

use crate::device::*;

/// The value of attribute `number`, or `None` for a number that CUDA 12.4 does not define.
pub fn attribute(device: &Device, number: u32) -> Option<i32> {
    let clamp = |value: u64| value.min(i32::MAX as u64) as i32;
    Some(match number {
        1 => MAX_THREADS_PER_BLOCK as i32,
        2 => MAX_BLOCK[0] as i32,
        3 => MAX_BLOCK[1] as i32,
        4 => MAX_BLOCK[2] as i32,
        5 => MAX_GRID[0] as i32,
        6 => MAX_GRID[1] as i32,
        7 => MAX_GRID[2] as i32,
        // Shared memory of a block: without opting in, with opting in (97); of a multiprocessor (81).
        8 | 81 | 97 => SHARED_MEMORY as i32,
        9 => clamp(CONSTANT_MEMORY),
        10 => WARP_SIZE as i32,
        // Pitch in bytes.
        11 => i32::MAX,
        // Registers of a block, of a multiprocessor (82).
        12 => 65536,
        82 => REGISTERS_PER_MULTIPROCESSOR as i32,
        13 => clamp(u64::from(device.clock_khz)),
        14 => 512,
        // Copies overlap kernels.
        15 => 1,
        16 => device.compute_units as i32,
        // No time limit, not integrated.
        17 | 18 => 0,
        // Host memory can be mapped.
        19 => 1,
        // Any number of processes.
        20 => 0,
        30 => 512,
        // Concurrent kernels, ECC.
        31 | 32 => 1,
        33 => device.pci.1 as i32,
        34 => device.pci.2 as i32,
        35 => 0,
        36 => clamp(u64::from(device.memory_clock_khz)),
        37 => clamp(u64::from(device.memory_width)),
        38 => clamp(u64::from(device.l2_bytes)),
        39 => MAX_THREADS_PER_MULTIPROCESSOR as i32,
        // Copy engines; unified addresses.
        40 => 2,
        41 => 1,
        50 => device.pci.0 as i32,
        51 => 32,
        75 => COMPUTE_CAPABILITY.0,
        76 => COMPUTE_CAPABILITY.1,
        // Stream priorities, L1 caches of global and local memory.
        78..=80 => 1,
        // Managed memory; not for the host while kernels run (89).
        83 => 1,
        // f64 runs at the rate of f32.
        87 => 1,
        // The host's pointer serves for registered memory.
        91 => 1,
        // Cooperative launches.
        95 => 1,
        98 => 0,
        99 => 1,
        106 => MAX_BLOCKS_PER_MULTIPROCESSOR as i32,
        // Memory that synchronises in one domain; NUMA node of the host unknown.
        126 => 1,
        131 | 134 => -1,
        number if (1..=134).contains(&number) => 0,
        _ => return None,
    })
}
