//! CUDA's device attributes by number; the runtime's and the driver's API use the same numbers.
//!
//! An attribute that describes something which Wavefold does not have (cooperative launches over several devices) is 0.

use crate::array::limit;
use crate::device::*;
use crate::texture;

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
        14 => texture::ALIGNMENT as i32,
        // Gathering from textures of two dimensions.
        44 => 1,
        21..=29 | 42..=49 | 52..=74 | 77 => texture_limit(number) as i32,
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
        51 => texture::PITCH_ALIGNMENT as i32,
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

/// The largest textures (21 to 54, 69 to 77) and surfaces (55 to 68): what `array` and `texture` enforce.
fn texture_limit(number: u32) -> usize {
    match number {
        21 => limit::D1,
        22 | 56 => limit::D2[0],
        23 | 57 => limit::D2[1],
        24..=26 | 58..=60 => limit::D3[0],
        // Sizes of an alternative for volumes, which is the same.
        47..=49 => limit::D3[0],
        // Edges: layered, gathered, cubes, mipmapped.
        27 | 28 | 42 | 45 | 46 | 52 | 53 | 61 | 63 | 64 | 66 | 67 | 73 | 74 | 77 => limit::EDGE,
        29 | 43 | 62 | 65 => limit::LAYERS,
        54 | 68 => limit::CUBE_LAYERS,
        55 => limit::SURFACE_D1,
        69 => limit::LINEAR,
        70..=72 => limit::PITCHED[number as usize - 70],
        _ => 0,
    }
}
