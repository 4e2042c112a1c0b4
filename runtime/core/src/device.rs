//! A device: what is constant about one GPU, and its primary context.
//!
//! The figures are the device's own where CUDA has a field for them (compute units, memory, clocks); where CUDA's
//! programming model fixes a number (warps of 32, compute capability 7.0) it is that number, whatever the hardware has.

use std::sync::{Arc, Mutex};

use wavefold_hsa::types::{agent_info, pool_info};
use wavefold_hsa::{Agent, Pool};

use crate::context::Context;
use crate::error::Error;
use crate::lock::lock;

/// CUDA's warp.
pub const WARP_SIZE: u32 = 32;
/// AMD's wavefront on gfx90a.
pub const WAVEFRONT_SIZE: u32 = 64;
/// The CUDA version that the API follows, as `cudaRuntimeGetVersion` reports it: 12.4.
pub const CUDA_VERSION: i32 = 12040;
/// The compute capability reported, 7.0.
pub const COMPUTE_CAPABILITY: (i32, i32) = (7, 0);
/// Bytes of shared memory (LDS) of a block and of a compute unit.
pub const SHARED_MEMORY: u32 = 64 * 1024;
/// Threads of a block.
pub const MAX_THREADS_PER_BLOCK: u32 = 1024;
/// Threads of a multiprocessor (compute unit) in the folded mapping.
pub const MAX_THREADS_PER_MULTIPROCESSOR: u32 = 2048;
/// Work-groups that fit a compute unit at a time, by its barrier and slot resources.
pub const MAX_BLOCKS_PER_MULTIPROCESSOR: u32 = 32;
/// Largest block, dimension by dimension.
pub const MAX_BLOCK: [u32; 3] = [1024, 1024, 64];
/// Largest grid, dimension by dimension, in blocks.
pub const MAX_GRID: [u32; 3] = [0x7fff_ffff, 65535, 65535];
/// 32-bit vector registers of a compute unit that CUDA's model counts: four SIMDs of 512 registers of 64 lanes.
pub const REGISTERS_PER_MULTIPROCESSOR: u32 = 4 * 512 * 64;
/// Bytes of `__constant__` memory, which is ordinary memory here; CUDA's number.
pub const CONSTANT_MEMORY: u64 = 64 * 1024;

/// One GPU.
pub struct Device {
    /// CUDA's number for it.
    pub ordinal: i32,
    /// HSA's handle.
    pub agent: Agent,
    /// Its own memory, coarse-grained.
    pub pool: Pool,
    /// Its marketing name.
    pub name: String,
    /// Bytes of memory.
    pub memory: u64,
    /// Compute units.
    pub compute_units: u32,
    /// Engine clock in kHz.
    pub clock_khz: u32,
    /// Memory clock in kHz.
    pub memory_clock_khz: u32,
    /// Width of the memory bus in bits.
    pub memory_width: u32,
    /// Bytes of the second-level cache.
    pub l2_bytes: u32,
    /// PCI domain, bus and device numbers.
    pub pci: (u32, u32, u32),
    /// A number that stays with the GPU.
    pub uuid: [u8; 16],
    /// The context that the runtime API uses.
    pub primary: Mutex<Primary>,
}

/// A device's primary context.
#[derive(Default)]
pub struct Primary {
    /// The context while it is alive.
    pub context: Option<Arc<Context>>,
    /// How often the driver API has retained it.
    pub retained: u32,
    /// Whether the runtime API uses it: then it outlives the driver API's last release.
    pub in_use: bool,
    /// Flags for the next creation.
    pub flags: u32,
}

impl Device {
    /// Reads what HSA says of `agent`.
    pub fn open(agent: Agent) -> wavefold_hsa::Result<Device> {
        let pools = agent.pools()?;
        let global = |flag: u32| {
            pools
                .iter()
                .find(|pool| {
                    pool.segment == pool_info::SEGMENT_GLOBAL && pool.allocatable && pool.flags & flag != 0
                })
                .copied()
        };
        let pool = global(pool_info::FLAG_COARSE_GRAINED)
            .or_else(|| global(pool_info::FLAG_FINE_GRAINED))
            .ok_or(wavefold_hsa::Error::Call {
                call: "hsa_amd_agent_iterate_memory_pools",
                status: 40,
                text: "the GPU has no memory pool to allocate from".to_owned(),
            })?;
        // What only describes the device must not keep it from being used.
        let number = |attribute: u32| agent.info_u32(attribute).unwrap_or(0);
        let mut name = agent.info_text(agent_info::PRODUCT_NAME).unwrap_or_default();
        if name.is_empty() {
            name = agent.info_text(agent_info::NAME)?;
        }
        // SAFETY: the attribute is an array of four uint32_t.
        let caches: [u32; 4] = unsafe { agent.info(agent_info::CACHE_SIZE) }.unwrap_or_default();
        let bdf = number(agent_info::BDFID);
        let uuid_text = agent.info_text(agent_info::UUID).unwrap_or_default();
        Ok(Device {
            ordinal: 0,
            agent,
            pool,
            name,
            memory: pool.size,
            compute_units: number(agent_info::COMPUTE_UNIT_COUNT),
            clock_khz: number(agent_info::MAX_CLOCK_FREQUENCY).saturating_mul(1000),
            memory_clock_khz: number(agent_info::MEMORY_MAX_FREQUENCY).saturating_mul(1000),
            memory_width: number(agent_info::MEMORY_WIDTH),
            l2_bytes: if caches[1] != 0 { caches[1] } else { 8 << 20 },
            pci: (number(agent_info::DOMAIN), bdf >> 8 & 0xff, bdf >> 3 & 0x1f),
            uuid: uuid_bytes(&uuid_text),
            primary: Mutex::new(Primary::default()),
        })
    }

    /// The PCI address as `domain:bus:device.function`.
    pub fn pci_address(&self) -> String {
        let (domain, bus, number) = self.pci;
        format!("{domain:04x}:{bus:02x}:{number:02x}.0")
    }

    /// The primary context, created when there is none.
    pub fn primary_context(&'static self) -> crate::Result<Arc<Context>> {
        let mut primary = lock(&self.primary);
        if let Some(context) = &primary.context {
            return Ok(context.clone());
        }
        let context = Context::create(self, primary.flags, true)?;
        primary.context = Some(context.clone());
        Ok(context)
    }

    /// The primary context for the runtime API, which keeps it until a reset.
    pub fn runtime_context(&'static self) -> crate::Result<Arc<Context>> {
        let context = self.primary_context()?;
        lock(&self.primary).in_use = true;
        Ok(context)
    }

    /// Retains the primary context for the driver API.
    pub fn retain(&'static self) -> crate::Result<Arc<Context>> {
        let context = self.primary_context()?;
        lock(&self.primary).retained += 1;
        Ok(context)
    }

    /// Undoes one [`Device::retain`]; the last ends the context unless the runtime API uses it.
    pub fn release(&self) -> crate::Result<()> {
        let unused = {
            let mut primary = lock(&self.primary);
            primary.retained = primary.retained.checked_sub(1).ok_or(Error::DEVICE_UNINITIALIZED)?;
            primary.retained == 0 && !primary.in_use
        };
        if unused {
            self.reset();
        }
        Ok(())
    }

    /// Ends the primary context: streams, events, modules and memory of it are gone; the next use makes a new one.
    pub fn reset(&self) {
        let context = {
            let mut primary = lock(&self.primary);
            primary.in_use = false;
            primary.context.take()
        };
        if let Some(context) = context {
            context.destroy();
        }
    }
}

/// `GPU-` and sixteen hexadecimal digits as HSA writes it, else a hash-free padding of the text itself.
fn uuid_bytes(text: &str) -> [u8; 16] {
    let mut bytes = [0; 16];
    let digits = text.strip_prefix("GPU-").unwrap_or(text).as_bytes();
    for (byte, digit) in bytes.iter_mut().zip(digits) {
        *byte = *digit;
    }
    bytes
}
