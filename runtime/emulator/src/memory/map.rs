//! The map of device-visible memory: which addresses exist, and which agents may touch them.
//!
//! Writers (allocation, locking, loading) take a mutex. A dispatch holds a `MapView`: an immutable snapshot plus
//! the generation it belongs to; while the map is as it was, a lookup by any thread is one atomic load and a
//! binary search. A snapshot is built only when one is asked for.
//!
//! Memory that is freed while a reader holds an older snapshot stays mapped until that reader has refreshed or
//! gone: each generation of the map is a link in a chain of epochs, a reader keeps its own epoch alive, and an
//! epoch keeps all later ones alive, with what was retired in them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::mapping::Mapping;

/// Properties of a region, a set of bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct RegionFlags(pub u32);

impl RegionFlags {
    /// The device may store to it. (Every region may be loaded from.)
    pub const WRITE: RegionFlags = RegionFlags(1);
    /// It holds the segments of a loaded code object: instructions may be fetched from it.
    pub const EXECUTE: RegionFlags = RegionFlags(2);
    /// It is system memory (the CPU agent's pools, locked host memory, signals, queues).
    pub const HOST: RegionFlags = RegionFlags(4);
    /// It is fine-grained: coherent with the host during a kernel.
    pub const FINE: RegionFlags = RegionFlags(8);

    /// Whether all bits of `other` are set.
    pub fn contains(self, other: RegionFlags) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets of bits.
    pub const fn with(self, other: RegionFlags) -> RegionFlags {
        RegionFlags(self.0 | other.0)
    }
}

/// A contiguous range of device-visible addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// The first address.
    pub base: u64,
    /// The size in bytes.
    pub size: u64,
    /// What may be done with it.
    pub flags: RegionFlags,
    /// One bit for each agent, bit 0 the CPU, bit `1 + n` GPU `n`: who may touch it.
    pub agents: u64,
}

impl Region {
    /// Whether `bytes` bytes at `address` lie in the region.
    #[inline]
    pub fn contains(&self, address: u64, bytes: u64) -> bool {
        let offset = address.wrapping_sub(self.base);
        offset < self.size && self.size - offset >= bytes
    }

    /// Whether the agent with this index (0 the CPU, `1 + n` GPU `n`) may touch the region.
    #[inline]
    pub fn accessible_to(&self, agent: u32) -> bool {
        self.agents >> agent & 1 != 0
    }
}

/// What happened in one generation of the map, linked to what happened later.
#[derive(Default)]
struct Epoch {
    retired: Mutex<Vec<Mapping>>,
    next: OnceLock<Arc<Epoch>>,
}

impl Drop for Epoch {
    fn drop(&mut self) {
        // By a loop: a reader that slept through many generations would else unwind them recursively.
        let mut next = self.next.take();
        while let Some(mut epoch) = next.and_then(Arc::into_inner) {
            next = epoch.next.take();
        }
    }
}

struct Snapshot {
    generation: u64,
    regions: Vec<Region>,
    _epoch: Arc<Epoch>,
}

struct Writer {
    regions: BTreeMap<u64, Region>,
    /// Host ranges locked by the user: they may overlap one another, and are coalesced in the snapshot.
    locked: Vec<Region>,
    snapshot: Option<Arc<Snapshot>>,
    epoch: Arc<Epoch>,
}

/// See the head of this file.
pub struct MemoryMap {
    generation: AtomicU64,
    writer: Mutex<Writer>,
}

impl Default for MemoryMap {
    fn default() -> Self {
        MemoryMap::new()
    }
}

impl MemoryMap {
    /// An empty map.
    pub fn new() -> MemoryMap {
        MemoryMap {
            generation: AtomicU64::new(0),
            writer: Mutex::new(Writer {
                regions: BTreeMap::new(),
                locked: Vec::new(),
                snapshot: None,
                epoch: Arc::new(Epoch::default()),
            }),
        }
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Writer) -> T) -> T {
        let mut writer = self.writer();
        let result = change(&mut writer);
        writer.snapshot = None;
        self.generation.fetch_add(1, Ordering::Release);
        result
    }

    /// Adds a region. It must not overlap another one; a later region with the same base replaces the earlier.
    pub fn insert(&self, region: Region) {
        self.change(|writer| writer.regions.insert(region.base, region));
    }

    /// Changes flags or access of the region that starts at `base`; false when there is none.
    pub fn update(&self, base: u64, change: impl FnOnce(&mut Region)) -> bool {
        self.change(|writer| writer.regions.get_mut(&base).map(change).is_some())
    }

    /// Removes the region that starts at `base`. Its `mapping`, if given, is unmapped once no reader can reach it.
    pub fn remove(&self, base: u64, mapping: Option<Mapping>) -> Option<Region> {
        let old = self.change(|writer| {
            let region = writer.regions.remove(&base);
            let later = Arc::new(Epoch::default());
            let old = std::mem::replace(&mut writer.epoch, Arc::clone(&later));
            if let Some(mapping) = mapping {
                mapping.discard();
                old.retired.lock().unwrap_or_else(PoisonError::into_inner).push(mapping);
            }
            let _ = old.next.set(later);
            (region, old)
        });
        // The epoch is dropped here, outside the lock: unmapping is a system call.
        old.0
    }

    /// Adds a range of the user's own memory; ranges added so may overlap.
    pub fn lock_range(&self, region: Region) {
        self.change(|writer| writer.locked.push(region));
    }

    /// Takes back one `lock_range` of the same base and size.
    pub fn unlock_range(&self, base: u64, size: u64) {
        self.change(|writer| {
            if let Some(index) = writer.locked.iter().position(|r| r.base == base && r.size == size) {
                writer.locked.swap_remove(index);
            }
        });
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        let mut writer = self.writer();
        if let Some(snapshot) = &writer.snapshot {
            return Arc::clone(snapshot);
        }
        let mut regions: Vec<Region> = writer.regions.values().copied().collect();
        if !writer.locked.is_empty() {
            regions.extend(coalesce(&writer.locked));
            regions.sort_by_key(|region| region.base);
        }
        let snapshot = Arc::new(Snapshot {
            // The generation changes only under the lock we hold.
            generation: self.generation.load(Ordering::Relaxed),
            regions,
            _epoch: Arc::clone(&writer.epoch),
        });
        writer.snapshot = Some(Arc::clone(&snapshot));
        snapshot
    }

    /// A view to be held for one dispatch at most: it delays the unmapping of freed memory.
    pub fn view(&self) -> MapView<'_> {
        MapView { map: self, snapshot: self.snapshot() }
    }

    /// The region that holds `address`. Takes the lock; hot paths use a `view`.
    pub fn lookup(&self, address: u64) -> Option<Region> {
        find(&self.snapshot().regions, address)
    }
}

/// The map as many threads read it during a dispatch. What it has handed out stays mapped while it lives.
pub struct MapView<'a> {
    map: &'a MemoryMap,
    snapshot: Arc<Snapshot>,
}

impl MapView<'_> {
    /// The region that holds `address` now.
    #[inline]
    pub fn lookup(&self, address: u64) -> Option<Region> {
        if self.map.generation.load(Ordering::Acquire) == self.snapshot.generation {
            return find(&self.snapshot.regions, address);
        }
        self.map.lookup(address)
    }
}

fn find(regions: &[Region], address: u64) -> Option<Region> {
    let index = regions.partition_point(|region| region.base <= address).checked_sub(1)?;
    let region = regions[index];
    region.contains(address, 1).then_some(region)
}

/// The union of possibly overlapping ranges, as disjoint ones in ascending order.
fn coalesce(ranges: &[Region]) -> Vec<Region> {
    let mut ranges = ranges.to_vec();
    ranges.sort_by_key(|region| region.base);
    let mut union: Vec<Region> = Vec::new();
    for range in ranges {
        match union.last_mut() {
            Some(last) if range.base <= last.base + last.size => {
                last.size = last.size.max(range.base + range.size - last.base);
                last.agents |= range.agents;
                last.flags = last.flags.with(range.flags);
            }
            _ => union.push(range),
        }
    }
    union
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(base: u64, size: u64) -> Region {
        Region { base, size, flags: RegionFlags::WRITE, agents: 3 }
    }

    #[test]
    fn a_view_sees_later_changes() {
        let map = MemoryMap::new();
        let reader = map.view();
        assert_eq!(reader.lookup(0x1000), None);
        map.insert(region(0x1000, 0x100));
        assert_eq!(reader.lookup(0x10ff), Some(region(0x1000, 0x100)));
        assert_eq!(reader.lookup(0x1100), None);
        map.remove(0x1000, None);
        assert_eq!(reader.lookup(0x1000), None);
    }

    #[test]
    fn locked_ranges_overlap_and_come_apart() {
        let map = MemoryMap::new();
        map.lock_range(region(0x1000, 0x100));
        map.lock_range(region(0x1080, 0x100));
        assert_eq!(map.lookup(0x1000).map(|r| r.size), Some(0x180));
        map.unlock_range(0x1000, 0x100);
        assert_eq!(map.lookup(0x1000), None);
        assert_eq!(map.lookup(0x1080).map(|r| r.size), Some(0x100));
    }

    #[test]
    fn freed_memory_stays_mapped_for_a_view() {
        let map = MemoryMap::new();
        let mapping = Mapping::anonymous(4096).expect("one page");
        let base = mapping.base() as u64;
        map.insert(region(base, 4096));
        let reader = map.view();
        assert!(reader.lookup(base).is_some());
        map.remove(base, Some(mapping));
        // SAFETY: the point under test: the reader's epoch keeps the page mapped.
        assert_eq!(unsafe { (base as *const u8).read_volatile() }, 0);
        assert!(reader.lookup(base).is_none());
    }

    #[test]
    fn a_long_chain_of_epochs_unwinds_without_recursion() {
        let map = MemoryMap::new();
        let reader = map.view();
        for _ in 0..200_000 {
            map.remove(0, None);
        }
        drop(reader);
        assert_eq!(map.lookup(0), None);
    }
}
