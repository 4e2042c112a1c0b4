//! The agents: how handles and indices correspond, and the figures of an MI210 that clients may ask for.

use super::abi::{Agent, Pool, Region};
use super::runtime::options;
use super::status::Status;
use crate::memory::pool::{PoolId, PoolKind};

/// The one instruction set of the GPU agents.
pub const ISA_NAME: &str = "amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-";
/// The name of a GPU agent.
pub const GPU_NAME: &str = "gfx90a";
/// What a GPU is called by its maker.
pub const PRODUCT_NAME: &str = "AMD Instinct MI210 (emulated by Wavefold)";
/// PCI device id of an MI210.
pub const CHIP_ID: u32 = 0x740f;
/// Ticks a second of every clock that clients see.
pub const CLOCK_FREQUENCY: u64 = 1_000_000_000;
/// Bytes of the caches of a GPU, by level.
pub const GPU_CACHES: [u32; 2] = [16 << 10, 8 << 20];

const AGENT_TAG: u64 = 0x5746_4147_0000_0000;
const POOL_TAG: u64 = 0x5746_504f_0000_0000;
const TAG_MASK: u64 = 0xffff_ffff_0000_0000;

/// How many agents there are: the CPU and the GPUs.
pub fn agent_count() -> u32 {
    1 + options().gpus
}

/// The handle of the agent with this index.
pub fn agent_handle(index: u32) -> Agent {
    Agent { handle: AGENT_TAG | u64::from(index + 1) }
}

/// The index of an agent: 0 the CPU, `1 + n` GPU `n`.
pub fn agent_index(agent: Agent) -> Result<u32, Status> {
    let index = (agent.handle & !TAG_MASK).wrapping_sub(1);
    if agent.handle & TAG_MASK == AGENT_TAG && index < u64::from(agent_count()) {
        Ok(index as u32)
    } else {
        Err(Status::ERROR_INVALID_AGENT)
    }
}

/// The index of a GPU agent; invalid for the CPU.
pub fn gpu_index(agent: Agent) -> Result<u32, Status> {
    agent_index(agent).and_then(|index| if index == 0 { Err(Status::ERROR_INVALID_AGENT) } else { Ok(index) })
}

/// The set of agents of a list, a bit each.
pub fn agent_mask(agents: &[Agent]) -> Result<u64, Status> {
    agents.iter().try_fold(0, |mask, agent| Ok(mask | 1 << agent_index(*agent)?))
}

/// The bits of all agents.
pub fn all_agents() -> u64 {
    (1 << agent_count()) - 1
}

/// The handle of a pool.
pub fn pool_handle(pool: PoolId) -> Pool {
    let place = PoolKind::of_agent(pool.agent).iter().position(|kind| *kind == pool.kind);
    Pool { handle: POOL_TAG | u64::from(pool.agent + 1) << 8 | place.unwrap_or(0) as u64 }
}

/// The pool of a handle.
pub fn pool_of(pool: Pool) -> Result<PoolId, Status> {
    const INVALID: Status = Status::ERROR_INVALID_MEMORY_POOL;
    if pool.handle & TAG_MASK != POOL_TAG {
        return Err(INVALID);
    }
    let agent = (pool.handle as u32 >> 8).checked_sub(1).filter(|agent| *agent < agent_count());
    let agent = agent.ok_or(INVALID)?;
    let kind = PoolKind::of_agent(agent).get(pool.handle as usize & 0xff).copied().ok_or(INVALID)?;
    Ok(PoolId { agent, kind })
}

/// The pool behind a region of the core specification.
pub fn region_of(region: Region) -> Result<PoolId, Status> {
    pool_of(Pool { handle: region.handle }).map_err(|_| Status::ERROR_INVALID_REGION)
}
