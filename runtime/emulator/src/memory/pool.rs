//! Memory pools and the table of allocations: what an agent offers, who pays for what, and what a pointer is.
//!
//! Each agent has its pools: the CPU fine-grained, kernarg and coarse-grained ones; a GPU coarse-grained and
//! fine-grained ones over one device memory, and its LDS, which cannot be allocated from. An allocation is entered
//! in the memory map with the agents that may touch it: its owner, and whom `allow_access` adds.

use std::collections::{BTreeMap, VecDeque};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::mapping::{Mapping, PAGE, round_up};
use super::{Region, RegionFlags, map};
use crate::hsa::status::Status;

/// The kinds of pools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolKind {
    /// System memory, fine-grained.
    HostFine,
    /// System memory for kernel arguments, fine-grained.
    HostKernarg,
    /// System memory, coarse-grained.
    HostCoarse,
    /// Device memory, coarse-grained.
    DeviceCoarse,
    /// Device memory, fine-grained.
    DeviceFine,
    /// LDS.
    Group,
}

/// A pool of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolId {
    /// The agent's index: 0 the CPU, `1 + n` GPU `n`.
    pub agent: u32,
    /// Which of its pools.
    pub kind: PoolKind,
}

impl PoolKind {
    /// The pools of an agent, in the order in which they are listed.
    pub fn of_agent(agent: u32) -> &'static [PoolKind] {
        if agent == 0 {
            &[PoolKind::HostFine, PoolKind::HostKernarg, PoolKind::HostCoarse]
        } else {
            &[PoolKind::DeviceCoarse, PoolKind::DeviceFine, PoolKind::Group]
        }
    }

    /// `hsa_amd_memory_pool_global_flag_t`
    pub fn global_flags(self) -> u32 {
        match self {
            PoolKind::HostFine | PoolKind::DeviceFine => 2,
            PoolKind::HostKernarg => 1 | 2,
            PoolKind::HostCoarse | PoolKind::DeviceCoarse => 4,
            PoolKind::Group => 0,
        }
    }

    fn region_flags(self) -> RegionFlags {
        let flags = RegionFlags::WRITE;
        match self {
            PoolKind::HostFine | PoolKind::HostKernarg => {
                flags.with(RegionFlags::HOST).with(RegionFlags::FINE)
            }
            PoolKind::HostCoarse => flags.with(RegionFlags::HOST),
            PoolKind::DeviceFine => flags.with(RegionFlags::FINE),
            PoolKind::DeviceCoarse | PoolKind::Group => flags,
        }
    }
}

/// Where an allocation came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A pool.
    Pool(PoolId),
    /// The user's own memory, locked.
    Locked,
    /// Another process.
    Ipc,
}

/// A callback to be made when an allocation is freed: function and argument, as C gave them.
pub type Deallocation = (usize, usize);

/// What is known of an allocation.
#[derive(Clone, Debug)]
pub struct Allocation {
    /// The first address.
    pub base: usize,
    /// The size the user asked for.
    pub size: usize,
    /// Where it came from.
    pub origin: Origin,
    /// The agents that may touch it, a bit each.
    pub agents: u64,
    /// The user's own word (`hsa_amd_pointer_info_set_userdata`).
    pub user_data: usize,
    /// Whom to tell when it is freed.
    pub deallocations: Vec<Deallocation>,
    /// How many times the range is locked.
    pub locks: u32,
    charged: u64,
}

struct Entry {
    allocation: Allocation,
    mapping: Option<Mapping>,
    shared: Option<OwnedFd>,
}

#[derive(Default)]
struct Table {
    entries: BTreeMap<usize, Entry>,
    /// The user's own ranges that are locked; they may overlap.
    locked: Vec<Allocation>,
    /// What was freed lately, the last at the end: base and size.
    freed: VecDeque<(usize, usize)>,
    /// Bytes in use and capacity of each agent's memory.
    used: Vec<u64>,
    capacity: Vec<u64>,
}

static TABLE: Mutex<Table> = Mutex::new(Table {
    entries: BTreeMap::new(),
    locked: Vec::new(),
    freed: VecDeque::new(),
    used: Vec::new(),
    capacity: Vec::new(),
});

/// How many freed allocations are remembered, to name a use after free.
const FREED_MAX: usize = 1024;
/// What every dword of fresh device memory holds while it is to be known whether it was ever written.
pub const FRESH: u32 = 0xd1e7_5eed;
/// The largest allocation that is filled so.
const FRESH_MAX: usize = 1 << 30;
/// Whether fresh device memory is filled with [`FRESH`].
static FILL_FRESH: AtomicBool = AtomicBool::new(false);
/// What was freed while addresses are not to be given out again.
static QUARANTINE: Mutex<Option<Vec<Mapping>>> = Mutex::new(None);

/// How far an address may lie from an allocation to be reported as just outside it.
const NEAR: usize = 1 << 20;

fn table() -> MutexGuard<'static, Table> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sets how much memory each agent has, the CPU first. Called when the runtime is initialised.
pub fn set_capacities(capacities: Vec<u64>) {
    let mut table = table();
    table.used.resize(capacities.len(), 0);
    table.capacity = capacities;
}

/// Fills device memory that is allocated from now on with [`FRESH`].
pub fn fill_fresh_memory() {
    FILL_FRESH.store(true, Ordering::Relaxed);
}

/// Keeps the addresses of freed memory from being given out again, so that a use after free is known as one.
pub fn keep_freed_addresses() {
    QUARANTINE.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default();
}

/// The size of a pool in bytes.
pub fn capacity(pool: PoolId) -> u64 {
    match pool.kind {
        PoolKind::Group => 64 << 10,
        _ => table().capacity.get(pool.agent as usize).copied().unwrap_or(0),
    }
}

/// Bytes of an agent's memory in use.
pub fn used(agent: u32) -> u64 {
    table().used.get(agent as usize).copied().unwrap_or(0)
}

impl Table {
    fn charge(&mut self, agent: u32, bytes: u64) -> Result<(), Status> {
        let agent = agent as usize;
        let (Some(used), Some(capacity)) = (self.used.get_mut(agent), self.capacity.get(agent)) else {
            return Err(Status::ERROR_INVALID_MEMORY_POOL);
        };
        if bytes > capacity.saturating_sub(*used) {
            return Err(Status::ERROR_OUT_OF_RESOURCES);
        }
        *used += bytes;
        Ok(())
    }

    fn refund(&mut self, agent: u32, bytes: u64) {
        if let Some(used) = self.used.get_mut(agent as usize) {
            *used = used.saturating_sub(bytes);
        }
    }

    /// What holds an address: an allocation of ours, or else a locked range.
    fn containing(&mut self, address: usize) -> Option<&mut Allocation> {
        let holds = |allocation: &Allocation| address.wrapping_sub(allocation.base) < allocation.size.max(1);
        if let Some((_, entry)) = self.entries.range_mut(..=address).next_back()
            && holds(&entry.allocation)
        {
            return Some(&mut entry.allocation);
        }
        self.locked.iter_mut().find(|allocation| holds(allocation))
    }
}

/// Allocates `size` bytes of a pool, with `extra` properties beyond those of the pool.
pub fn allocate(pool: PoolId, size: usize, extra: RegionFlags) -> Result<usize, Status> {
    if size == 0 {
        return Err(Status::ERROR_INVALID_ARGUMENT);
    }
    if pool.kind == PoolKind::Group || size as u64 > capacity(pool) {
        return Err(Status::ERROR_INVALID_ALLOCATION);
    }
    let bytes = round_up(size, PAGE).ok_or(Status::ERROR_INVALID_ALLOCATION)?;
    table().charge(pool.agent, bytes as u64)?;
    let Some(mapping) = Mapping::anonymous(bytes) else {
        table().refund(pool.agent, bytes as u64);
        return Err(Status::ERROR_OUT_OF_RESOURCES);
    };
    let base = mapping.base();
    let is_data = pool.agent != 0 && !extra.contains(RegionFlags::EXECUTE);
    if is_data && size <= FRESH_MAX && FILL_FRESH.load(Ordering::Relaxed) {
        // SAFETY: the fresh mapping has so many bytes, and nobody knows of it yet.
        unsafe { std::slice::from_raw_parts_mut(base as *mut u32, bytes / 4) }.fill(FRESH);
    }
    // Kernel arguments and everything else a GPU's own memory needs no permission for.
    let agents = 1 << pool.agent;
    let allocation = Allocation {
        base,
        size,
        origin: Origin::Pool(pool),
        agents,
        user_data: 0,
        deallocations: Vec::new(),
        locks: 0,
        charged: bytes as u64,
    };
    table().entries.insert(base, Entry { allocation, mapping: Some(mapping), shared: None });
    map().insert(Region {
        base: base as u64,
        size: size as u64,
        flags: pool.kind.region_flags().with(extra),
        agents,
    });
    Ok(base)
}

/// Frees the allocation that starts at `base`, and gives the callbacks to be made.
pub fn free(base: usize) -> Result<Vec<Deallocation>, Status> {
    let mut table = table();
    match table.entries.get(&base).map(|entry| entry.allocation.origin) {
        Some(Origin::Pool(_)) => {}
        _ => return Err(Status::ERROR_INVALID_ALLOCATION),
    }
    let Entry { allocation, mapping, .. } =
        table.entries.remove(&base).ok_or(Status::ERROR_INVALID_ALLOCATION)?;
    if let Origin::Pool(pool) = allocation.origin {
        table.refund(pool.agent, allocation.charged);
    }
    if table.freed.len() == FREED_MAX {
        table.freed.pop_front();
    }
    table.freed.push_back((base, allocation.size));
    drop(table);
    let mut quarantine = QUARANTINE.lock().unwrap_or_else(PoisonError::into_inner);
    let mapping = match (quarantine.as_mut(), mapping) {
        (Some(kept), Some(mapping)) => {
            mapping.discard();
            kept.push(mapping);
            None
        }
        (_, mapping) => mapping,
    };
    drop(quarantine);
    map().remove(base as u64, mapping);
    Ok(allocation.deallocations)
}

/// What is known of the allocation that holds `address`.
pub fn find(address: usize) -> Option<Allocation> {
    table().containing(address).cloned()
}

/// What freed allocation an address lies in, as a phrase.
pub fn describe_freed(address: usize) -> Option<String> {
    let table = table();
    let freed = |(base, size): &&(usize, usize)| address.wrapping_sub(*base) < *size;
    let (base, size) = table.freed.iter().rev().find(freed)?;
    Some(format!("{} bytes into an allocation of {size} bytes that was freed", address - base))
}

/// What a wrong address may have been meant for, as a phrase for the report of a fault by this agent.
pub fn describe(address: usize, agent: u32) -> Option<String> {
    let mut table = table();
    if let Some(allocation) = table.containing(address) {
        let (offset, size) = (address - allocation.base, allocation.size);
        let allowed = allocation.agents >> agent & 1 != 0;
        let access = if allowed { "" } else { " that this GPU was not given access to" };
        return Some(format!("{offset} bytes into an allocation of {size} bytes{access}"));
    }
    drop(table);
    if let Some(freed) = describe_freed(address) {
        return Some(freed);
    }
    let table = self::table();
    let below = table.entries.range(..=address).next_back().map(|(base, entry)| {
        let end = base + entry.allocation.size;
        (address - end, format!("{} bytes past the end of an allocation", address - end), entry)
    });
    let above = table.entries.range(address..).next().map(|(base, entry)| {
        (base - address, format!("{} bytes before the start of an allocation", base - address), entry)
    });
    let (distance, place, entry) = below.into_iter().chain(above).min_by_key(|(distance, ..)| *distance)?;
    (distance < NEAR).then(|| format!("{place} of {} bytes", entry.allocation.size))
}

/// Changes what is known of the allocation that holds `address`, and carries its access into the map.
pub fn change<T>(address: usize, change: impl FnOnce(&mut Allocation) -> T) -> Option<T> {
    let mut table = table();
    let allocation = table.containing(address)?;
    let before = allocation.agents;
    let result = change(allocation);
    if allocation.agents != before && allocation.origin != Origin::Locked {
        let agents = allocation.agents;
        map().update(allocation.base as u64, |region| region.agents = agents);
    }
    Some(result)
}

/// Makes a range of the user's memory visible to `agents`. Locking the same range again only counts.
pub fn lock(base: usize, size: usize, agents: u64) {
    let mut table = table();
    if let Some(allocation) = table.containing(base)
        && allocation.origin != Origin::Locked
    {
        // The range is ours already: there is only access to add.
        allocation.agents |= agents;
        allocation.locks += 1;
        let (base, agents) = (allocation.base, allocation.agents);
        map().update(base as u64, |region| region.agents = agents);
        return;
    }
    let same = |allocation: &&mut Allocation| (allocation.base, allocation.size) == (base, size);
    if let Some(allocation) = table.locked.iter_mut().find(same) {
        allocation.locks += 1;
        return;
    }
    table.locked.push(Allocation {
        base,
        size,
        origin: Origin::Locked,
        agents,
        user_data: 0,
        deallocations: Vec::new(),
        locks: 1,
        charged: 0,
    });
    map().lock_range(locked_region(base, size, agents));
}

fn locked_region(base: usize, size: usize, agents: u64) -> Region {
    let flags = RegionFlags::WRITE.with(RegionFlags::HOST).with(RegionFlags::FINE);
    Region { base: base as u64, size: size as u64, flags, agents }
}

/// Takes back one `lock` of the range that starts at `base`, of several the latest.
pub fn unlock(base: usize) -> Result<(), Status> {
    let mut table = table();
    if let Some(place) = table.locked.iter().rposition(|allocation| allocation.base == base) {
        let allocation = &mut table.locked[place];
        allocation.locks -= 1;
        if allocation.locks == 0 {
            let size = allocation.size;
            table.locked.swap_remove(place);
            map().unlock_range(base as u64, size as u64);
        }
        return Ok(());
    }
    match table.containing(base) {
        Some(allocation) if allocation.locks > 0 => {
            allocation.locks -= 1;
            Ok(())
        }
        _ => Err(Status::ERROR_INVALID_ARGUMENT),
    }
}

/// Forgets every allocation and every lock: the runtime is shut down.
pub fn clear() {
    let (entries, locked) = {
        let mut table = table();
        table.used.fill(0);
        (std::mem::take(&mut table.entries), std::mem::take(&mut table.locked))
    };
    for (base, entry) in entries {
        map().remove(base as u64, entry.mapping);
    }
    for allocation in locked {
        map().unlock_range(allocation.base as u64, allocation.size as u64);
    }
}

/// Moves the contents of an allocation into shared memory, in place, and gives its descriptor and size, for another
/// process to attach. Nothing may write to the allocation meanwhile.
pub fn share(base: usize) -> Result<(i32, usize), Status> {
    let mut table = table();
    let entry = table.entries.get_mut(&base).ok_or(Status::ERROR_INVALID_ARGUMENT)?;
    let size = round_up(entry.allocation.size, PAGE).ok_or(Status::ERROR_INVALID_ARGUMENT)?;
    if let Some(shared) = &entry.shared {
        return Ok((shared.as_raw_fd(), size));
    }
    if entry.mapping.is_none() {
        return Err(Status::ERROR_INVALID_ARGUMENT);
    }
    // SAFETY: the name is a NUL-terminated constant; the result is checked.
    let raw = unsafe { libc::memfd_create(c"wavefold-ipc".as_ptr(), libc::MFD_CLOEXEC) };
    if raw < 0 {
        return Err(Status::ERROR_OUT_OF_RESOURCES);
    }
    // SAFETY: a fresh descriptor that nobody else owns.
    let shared = unsafe { OwnedFd::from_raw_fd(raw) };
    // SAFETY: plain system call on our descriptor.
    if unsafe { libc::ftruncate(raw, size as libc::off_t) } != 0 {
        return Err(Status::ERROR_OUT_OF_RESOURCES);
    }
    let copy = Mapping::shared(raw, size).ok_or(Status::ERROR_OUT_OF_RESOURCES)?;
    // SAFETY: both ranges are mapped for `size` bytes and distinct.
    unsafe { std::ptr::copy_nonoverlapping(base as *const u8, copy.base() as *mut u8, size) };
    // SAFETY: MAP_FIXED replaces exactly the pages of our own allocation by the shared ones.
    let placed = unsafe {
        libc::mmap(
            base as *mut libc::c_void,
            size,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_SHARED | libc::MAP_FIXED,
            raw,
            0,
        )
    };
    if placed == libc::MAP_FAILED {
        return Err(Status::ERROR_OUT_OF_RESOURCES);
    }
    entry.shared = Some(shared);
    Ok((raw, size))
}

/// Maps memory that another process has shared, for `agents`.
pub fn attach(descriptor: &OwnedFd, size: usize, agents: u64) -> Result<usize, Status> {
    let mapping = Mapping::shared(descriptor.as_raw_fd(), size).ok_or(Status::ERROR_INVALID_ARGUMENT)?;
    let base = mapping.base();
    let allocation = Allocation {
        base,
        size,
        origin: Origin::Ipc,
        agents,
        user_data: 0,
        deallocations: Vec::new(),
        locks: 0,
        charged: 0,
    };
    table().entries.insert(base, Entry { allocation, mapping: Some(mapping), shared: None });
    map().insert(Region {
        base: base as u64,
        size: size as u64,
        flags: RegionFlags::WRITE.with(RegionFlags::FINE),
        agents,
    });
    Ok(base)
}

/// Takes back one `attach`.
pub fn detach(base: usize) -> Result<(), Status> {
    let mut table = table();
    match table.entries.get(&base).map(|entry| entry.allocation.origin) {
        Some(Origin::Ipc) => {}
        _ => return Err(Status::ERROR_INVALID_ARGUMENT),
    }
    let mapping = table.entries.remove(&base).and_then(|entry| entry.mapping);
    drop(table);
    map().remove(base as u64, mapping);
    Ok(())
}
