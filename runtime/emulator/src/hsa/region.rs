//! Specification 2.7, regions: the core specification's view of the memory pools, and `hsa_memory_allocate`.

use std::ffi::c_void;

use super::abi::{Agent, Out, Region, hsa_functions, iterate};
use super::status::Status;
use super::{device, pool as pools};
use crate::memory::RegionFlags;
use crate::memory::mapping::PAGE;
use crate::memory::pool::{self, PoolId, PoolKind};

hsa_functions! {
    fn hsa_agent_iterate_regions(
        agent: Agent,
        callback: Option<extern "C" fn(Region, usize) -> u32>,
        data: usize,
    ) {
        let agent = device::agent_index(agent)?;
        let callback = callback.ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        let own = PoolKind::of_agent(agent).iter().map(|kind| PoolId { agent, kind: *kind });
        // A GPU also sees the system's memory.
        let host = PoolKind::of_agent(0).iter().map(|kind| PoolId { agent: 0, kind: *kind });
        let regions = own.chain(host.filter(|_| agent != 0));
        iterate(regions, |pool| callback(Region { handle: device::pool_handle(pool).handle }, data))
    }

    fn hsa_region_get_info(region: Region, attribute: u32, value: Out<c_void>) {
        let pool = device::region_of(region)?;
        let allocatable = pool.kind != PoolKind::Group;
        match attribute {
            0 if pool.kind == PoolKind::HostKernarg => value.of::<u32>().put(0),
            0 => value.of::<u32>().put(pools::segment(pool.kind)),
            1 => value.of::<u32>().put(pool.kind.global_flags()),
            2 => value.of::<usize>().put(pool::capacity(pool) as usize),
            4 => value.of::<usize>().put(if allocatable { pool::capacity(pool) as usize } else { 0 }),
            5 => value.of::<bool>().put(allocatable),
            6 | 7 => value.of::<usize>().put(if allocatable { PAGE } else { 0 }),
            8 => value.of::<u32>().put(if allocatable { 0 } else { 64 << 10 }),
            0xa000 => value.of::<bool>().put(pool.agent == 0),
            0xa001 => value.of::<usize>().put(0),
            0xa002 => value.of::<u32>().put(if pool.agent == 0 { 64 } else { 4096 }),
            0xa003 => value.of::<u32>().put(1600),
            _ => Err(Status::ERROR_INVALID_ARGUMENT),
        }
    }

    fn hsa_memory_allocate(region: Region, size: usize, address: Out<usize>) {
        let pool = device::region_of(region)?;
        if address.is_null() {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        let base = pool::allocate(pool, size, RegionFlags::default())?;
        // Unlike a pool's, a region's memory is every agent's.
        pool::change(base, |allocation| allocation.agents = device::all_agents());
        address.put(base)
    }

    fn hsa_memory_free(address: usize) {
        pools::free(address)
    }

    fn hsa_memory_assign_agent(address: usize, agent: Agent, access: u32) {
        if address == 0 || !(1..=3).contains(&access) {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        device::agent_index(agent).map(|_| ())
    }

    /// The agents have no access to pageable memory (no XNACK), so as in AMD's runtime for such devices this
    /// promises nothing.
    fn hsa_memory_register(address: usize, size: usize) {
        if (address == 0) != (size == 0) {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        Ok(())
    }

    fn hsa_memory_deregister(_address: usize, _size: usize) {
        Ok(())
    }
}
