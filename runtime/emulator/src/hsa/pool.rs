//! AMD's memory pools: what they are, allocation, access by agents, and what a pointer points to.

use std::ffi::c_void;

use super::abi::{Agent, In, Out, Outcome, Pool, hsa_functions, iterate};
use super::device;
use super::status::Status;
use crate::memory::RegionFlags;
use crate::memory::mapping::PAGE;
use crate::memory::pool::{self, Origin, PoolId, PoolKind};

/// The segment of a pool (`hsa_amd_segment_t`).
pub fn segment(kind: PoolKind) -> u32 {
    if kind == PoolKind::Group { 3 } else { 0 }
}

/// Frees an allocation of a pool and makes the callbacks that were asked for.
pub fn free(address: usize) -> Outcome {
    if address == 0 {
        return Ok(());
    }
    for (callback, data) in pool::free(address)? {
        // SAFETY: the C caller registered this function pointer for exactly this purpose.
        let callback: extern "C" fn(usize, usize) = unsafe { std::mem::transmute(callback) };
        callback(address, data);
    }
    Ok(())
}

/// `hsa_amd_memory_pool_link_info_t`
#[repr(C)]
#[derive(Clone, Copy)]
struct LinkInfo {
    min_latency: u32,
    max_latency: u32,
    min_bandwidth: u32,
    max_bandwidth: u32,
    atomic_support_32bit: bool,
    atomic_support_64bit: bool,
    coherent_support: bool,
    link_type: u32,
    numa_distance: u32,
}

fn link_info(from: u32, to: u32) -> LinkInfo {
    LinkInfo {
        min_latency: 0,
        max_latency: 0,
        min_bandwidth: 0,
        max_bandwidth: 0,
        atomic_support_32bit: true,
        atomic_support_64bit: true,
        coherent_support: true,
        // XGMI between GPUs, PCIe to the host.
        link_type: if from != 0 && to != 0 { 4 } else { 2 },
        numa_distance: if from != 0 && to != 0 { 15 } else { 20 },
    }
}

/// Whether an agent may use a pool: 0 never, 1 by default, 2 when allowed.
fn access(agent: u32, pool: PoolId) -> u32 {
    match pool.kind {
        PoolKind::Group => u32::from(agent == pool.agent),
        _ if agent == pool.agent => 1,
        _ => 2,
    }
}

/// The leading part of `hsa_amd_pointer_info_t`, as long as the caller's `size` says.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PointerInfo {
    size: u32,
    kind: u32,
    agent_base: usize,
    host_base: usize,
    bytes: usize,
    user_data: usize,
    owner: Agent,
    global_flags: u32,
}

fn pointer_info(address: usize) -> PointerInfo {
    let unknown = PointerInfo {
        size: size_of::<PointerInfo>() as u32,
        kind: 0,
        agent_base: 0,
        host_base: 0,
        bytes: 0,
        user_data: 0,
        owner: Agent::default(),
        global_flags: 0,
    };
    let Some(allocation) = pool::find(address) else { return unknown };
    let (kind, owner, global_flags) = match allocation.origin {
        Origin::Pool(pool) => (1, pool.agent, pool.kind.global_flags()),
        Origin::Locked => (2, 0, 2),
        Origin::Ipc => (4, 1, 2),
    };
    PointerInfo {
        kind,
        agent_base: allocation.base,
        host_base: allocation.base,
        bytes: allocation.size,
        user_data: allocation.user_data,
        owner: device::agent_handle(owner),
        global_flags,
        ..unknown
    }
}

hsa_functions! {
    fn hsa_amd_agent_iterate_memory_pools(
        agent: Agent,
        callback: Option<extern "C" fn(Pool, usize) -> u32>,
        data: usize,
    ) {
        let agent = device::agent_index(agent)?;
        let callback = callback.ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        iterate(PoolKind::of_agent(agent), |kind| {
            callback(device::pool_handle(PoolId { agent, kind: *kind }), data)
        })
    }

    fn hsa_amd_memory_pool_get_info(pool: Pool, attribute: u32, value: Out<c_void>) {
        let pool = device::pool_of(pool)?;
        let allocatable = pool.kind != PoolKind::Group;
        let if_allocatable = |size: usize| value.of::<usize>().put(if allocatable { size } else { 0 });
        match attribute {
            0 => value.of::<u32>().put(segment(pool.kind)),
            1 => value.of::<u32>().put(pool.kind.global_flags()),
            2 => value.of::<usize>().put(pool::capacity(pool) as usize),
            5 => value.of::<bool>().put(allocatable),
            6 | 7 => if_allocatable(PAGE),
            15 => value.of::<bool>().put(pool.agent == 0),
            16 => if_allocatable(pool::capacity(pool) as usize),
            17 => value.of::<u32>().put(u32::from(pool.agent == 0)),
            18 => if_allocatable(2 << 20),
            _ => Err(Status::ERROR_INVALID_ARGUMENT),
        }
    }

    fn hsa_amd_memory_pool_allocate(pool: Pool, size: usize, flags: u32, address: Out<usize>) {
        if address.is_null() {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        let pool = device::pool_of(pool)?;
        // HSA_AMD_MEMORY_POOL_EXECUTABLE_FLAG
        let extra = if flags & 4 != 0 { RegionFlags::EXECUTE } else { RegionFlags::default() };
        address.put(pool::allocate(pool, size, extra)?)
    }

    fn hsa_amd_memory_pool_free(address: usize) {
        free(address)
    }

    fn hsa_amd_agent_memory_pool_get_info(agent: Agent, pool: Pool, attribute: u32, value: Out<c_void>) {
        let agent = device::agent_index(agent)?;
        let pool = device::pool_of(pool)?;
        let hops = u32::from(agent != pool.agent);
        match attribute {
            0 => value.of::<u32>().put(access(agent, pool)),
            1 => value.of::<u32>().put(hops),
            2 if hops == 0 => Ok(()),
            2 => value.of::<LinkInfo>().put(link_info(agent, pool.agent)),
            _ => Err(Status::ERROR_INVALID_ARGUMENT),
        }
    }

    fn hsa_amd_agents_allow_access(count: u32, agents: In<Agent>, flags: In<u32>, address: usize) {
        if count == 0 || address == 0 || flags.get().is_some() {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        let mask = device::agent_mask(&agents.many(count as usize)?)?;
        pool::change(address, |allocation| {
            // The list replaces the former one, but the owner keeps its access.
            let owner = match allocation.origin {
                Origin::Pool(pool) => 1 << pool.agent,
                Origin::Locked | Origin::Ipc => 1,
            };
            allocation.agents = mask | owner;
        })
        .ok_or(Status::ERROR_INVALID_ARGUMENT)
    }

    fn hsa_amd_memory_pool_can_migrate(source: Pool, target: Pool, result: Out<bool>) {
        device::pool_of(source)?;
        device::pool_of(target)?;
        result.put(false)
    }

    fn hsa_amd_memory_migrate(_address: usize, pool: Pool, _flags: u32) {
        device::pool_of(pool)?;
        Err(Status::ERROR_OUT_OF_RESOURCES)
    }

    fn hsa_amd_memory_lock(address: usize, size: usize, agents: In<Agent>, count: i32, mapped: Out<usize>) {
        lock(address, size, agents, count, mapped)
    }

    fn hsa_amd_memory_lock_to_pool(
        address: usize,
        size: usize,
        agents: In<Agent>,
        count: i32,
        pool: Pool,
        flags: u32,
        mapped: Out<usize>,
    ) {
        if device::pool_of(pool)?.agent != 0 || flags != 0 {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        lock(address, size, agents, count, mapped)
    }

    fn hsa_amd_memory_unlock(address: usize) {
        pool::unlock(address)
    }

    fn hsa_amd_pointer_info(
        address: usize,
        info: Out<PointerInfo>,
        allocate: Option<extern "C" fn(usize) -> *mut Agent>,
        count: Out<u32>,
        accessible: Out<*mut Agent>,
    ) {
        // The caller says how much of the structure it knows: the first field is all that may be read.
        let size = info.of_size()?;
        let result = PointerInfo { size: size.min(size_of::<PointerInfo>()) as u32, ..pointer_info(address) };
        info.put_prefix(result, size)?;
        let (Some(allocate), false, false) = (allocate, count.is_null(), accessible.is_null()) else {
            return Ok(());
        };
        let mask = pool::find(address).map_or(0, |allocation| allocation.agents);
        let agents: Vec<Agent> = (0..device::agent_count())
            .filter(|index| mask >> index & 1 != 0)
            .map(device::agent_handle)
            .collect();
        count.put(agents.len() as u32)?;
        if agents.is_empty() {
            return accessible.put(std::ptr::null_mut());
        }
        let list = allocate(agents.len() * size_of::<Agent>());
        if list.is_null() {
            return Err(Status::ERROR_OUT_OF_RESOURCES);
        }
        // SAFETY: the user's allocator has just given room for so many agents.
        unsafe { std::ptr::copy_nonoverlapping(agents.as_ptr(), list, agents.len()) };
        accessible.put(list)
    }

    fn hsa_amd_pointer_info_set_userdata(address: usize, user_data: usize) {
        pool::change(address, |allocation| allocation.user_data = user_data)
            .ok_or(Status::ERROR_INVALID_ARGUMENT)
    }

    fn hsa_amd_register_deallocation_callback(address: usize, callback: usize, data: usize) {
        if address == 0 || callback == 0 {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        pool::change(address, |allocation| allocation.deallocations.push((callback, data)))
            .ok_or(Status::ERROR_INVALID_ALLOCATION)
    }

    fn hsa_amd_deregister_deallocation_callback(address: usize, callback: usize) {
        let removed = pool::change(address, |allocation| {
            let place = allocation.deallocations.iter().position(|(function, _)| *function == callback);
            place.map(|place| allocation.deallocations.remove(place)).is_some()
        });
        if removed == Some(true) { Ok(()) } else { Err(Status::ERROR_INVALID_ARGUMENT) }
    }

    fn hsa_amd_coherency_get_type(agent: Agent, kind: Out<u32>) {
        device::gpu_index(agent)?;
        kind.put(0)
    }

    fn hsa_amd_coherency_set_type(agent: Agent, kind: u32) {
        device::gpu_index(agent)?;
        if kind > 1 { Err(Status::ERROR_INVALID_ARGUMENT) } else { Ok(()) }
    }
}

fn lock(address: usize, size: usize, agents: In<Agent>, count: i32, mapped: Out<usize>) -> Outcome {
    if address == 0 || size == 0 || mapped.is_null() || address.checked_add(size).is_none() {
        return Err(Status::ERROR_INVALID_ARGUMENT);
    }
    let count = usize::try_from(count).map_err(|_| Status::ERROR_INVALID_ARGUMENT)?;
    let mask = match count {
        // No list means every agent.
        0 => device::all_agents(),
        _ => device::agent_mask(&agents.many(count)?)? | 1,
    };
    pool::lock(address, size, mask);
    mapped.put(address)
}
