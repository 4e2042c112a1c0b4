//! Device-visible memory: what is mapped where (`map`), who pays for it (`pool`), and how it is obtained from
//! the operating system (`mapping`).
//!
//! A device address *is* a host virtual address. The map says whether an address may be touched, so a wrong
//! address in a kernel is a reported fault and not a signal that ends the process.

pub mod map;
pub mod mapping;
pub mod pool;

pub use map::{MapView, MemoryMap, Region, RegionFlags};

use std::sync::LazyLock;

/// The process's one map of device-visible memory.
pub fn map() -> &'static MemoryMap {
    static MAP: LazyLock<MemoryMap> = LazyLock::new(MemoryMap::new);
    &MAP
}
