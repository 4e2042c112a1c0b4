//! The map of all memory that CUDA gave out or pinned, and what a pointer means.
//!
//! Addresses are the same on the host and on the devices except for registered host memory, which some systems map
//! elsewhere for the device: such an allocation is entered under both addresses.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::lock::{read, write};

/// What kind of memory it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Device memory.
    Device,
    /// Host memory that we allocated.
    Host,
    /// Host memory of the program's that was pinned.
    Registered,
    /// Memory of both sides, from `cudaMallocManaged`.
    Managed,
    /// A `__managed__` variable of the program's: its host memory, pinned.
    ManagedVariable,
}

impl Kind {
    /// Whether CUDA calls it managed.
    pub fn is_managed(self) -> bool {
        matches!(self, Kind::Managed | Kind::ManagedVariable)
    }
}

/// One allocation.
#[derive(Debug)]
pub struct Allocation {
    /// Its kind.
    pub kind: Kind,
    /// Where it starts, as the host sees it (for device memory, as the device does).
    pub base: usize,
    /// Where it starts, as devices see it.
    pub device_base: usize,
    /// Bytes asked for.
    pub size: usize,
    /// Bytes that the device's memory has less.
    pub footprint: u64,
    /// The device it belongs to.
    pub device: i32,
    /// The context it goes away with.
    pub context: u64,
    /// The flags it was made with.
    pub flags: u32,
}

static MAP: RwLock<BTreeMap<usize, Arc<Allocation>>> = RwLock::new(BTreeMap::new());

/// Enters an allocation.
pub fn insert(allocation: Allocation) -> Arc<Allocation> {
    let allocation = Arc::new(allocation);
    let mut map = write(&MAP);
    map.insert(allocation.base, allocation.clone());
    map.insert(allocation.device_base, allocation.clone());
    allocation
}

/// The allocation that holds the address, and the address's offset in it.
pub fn find(address: usize) -> Option<(Arc<Allocation>, usize)> {
    let map = read(&MAP);
    let (start, allocation) = map.range(..=address).next_back()?;
    let offset = address - start;
    (offset < allocation.size.max(1)).then(|| (allocation.clone(), offset))
}

/// The allocation that holds the whole range; an error if the range begins in one and leaves it.
pub fn find_range(address: usize, size: usize) -> Result<Option<(Arc<Allocation>, usize)>> {
    match find(address) {
        None => Ok(None),
        Some((allocation, offset)) if size <= allocation.size - offset => Ok(Some((allocation, offset))),
        Some((allocation, offset)) => Err(Error::INVALID_VALUE.because(format_args!(
            "{size} bytes at {address:#x} reach past the allocation of {} bytes at offset {offset}",
            allocation.size
        ))),
    }
}

/// Whether any allocation touches the range.
pub fn overlaps(address: usize, size: usize) -> bool {
    let map = read(&MAP);
    let last = address.saturating_add(size.saturating_sub(1));
    map.range(..=last).next_back().is_some_and(|(start, allocation)| start + allocation.size > address)
}

/// Takes the allocation that starts at `base` out, if it is one of `kinds`.
pub fn remove(base: usize, kinds: &[Kind]) -> Option<Arc<Allocation>> {
    let mut map = write(&MAP);
    let allocation = map.get(&base)?.clone();
    if !kinds.contains(&allocation.kind) {
        return None;
    }
    map.remove(&allocation.base);
    map.remove(&allocation.device_base);
    Some(allocation)
}

/// Bytes of a device's memory that are allocated.
pub fn used(device: i32) -> u64 {
    let map = read(&MAP);
    map.values()
        .filter(|allocation| allocation.kind == Kind::Device && allocation.device == device)
        .map(|allocation| allocation.footprint)
        .sum()
}

/// Gives back what a context that has been destroyed still owned.
pub fn free_all(context: &Context) {
    let dead: Vec<Arc<Allocation>> = {
        let mut map = write(&MAP);
        let dead = map.values().filter(|a| a.context == context.id).cloned().collect();
        map.retain(|_, allocation| allocation.context != context.id);
        dead
    };
    let mut done = std::collections::HashSet::new();
    for allocation in dead {
        if done.insert(allocation.base) {
            crate::memory::give_back(context, &allocation);
        }
    }
}
