//! Address ranges obtained from the operating system.
//!
//! Takes a size; gives a page-aligned range of zeroed memory that is reserved, not committed: pages cost
//! nothing until they are touched. After the range an unmapped-by-contract page follows, so that neighbouring
//! allocations are never adjacent in the map and an overrun of one is not a valid address of the next.

use std::ptr;

/// The page size of x86-64 and the granule of every pool.
pub const PAGE: usize = 4096;

/// An owned range of anonymous or file-backed memory; unmapped when dropped.
#[derive(Debug)]
pub struct Mapping {
    base: usize,
    reserved: usize,
}

impl Mapping {
    /// Reserves `size` bytes (rounded up to pages) of zeroed memory, or `None` when the system refuses.
    pub fn anonymous(size: usize) -> Option<Mapping> {
        let reserved = round_up(size.max(1), PAGE)?.checked_add(PAGE)?;
        // SAFETY: an anonymous mapping at an address of the kernel's choice touches no existing memory.
        let base = unsafe {
            libc::mmap(
                ptr::null_mut(),
                reserved,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        (base != libc::MAP_FAILED).then_some(Mapping { base: base as usize, reserved })
    }

    /// Maps `size` bytes of the file `descriptor`, shared, from its beginning.
    pub fn shared(descriptor: i32, size: usize) -> Option<Mapping> {
        let reserved = round_up(size.max(1), PAGE)?;
        // SAFETY: a shared mapping at an address of the kernel's choice touches no existing memory.
        let base = unsafe {
            libc::mmap(
                ptr::null_mut(),
                reserved,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                descriptor,
                0,
            )
        };
        (base != libc::MAP_FAILED).then_some(Mapping { base: base as usize, reserved })
    }

    /// The first address.
    pub fn base(&self) -> usize {
        self.base
    }

    /// Gives the pages back to the system but keeps the addresses: a late access reads zeros instead of
    /// reaching whatever is mapped there next.
    pub fn discard(&self) {
        // SAFETY: the range is ours until drop; its contents are given up by contract.
        unsafe { libc::madvise(self.base as *mut libc::c_void, self.reserved, libc::MADV_DONTNEED) };
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the range was mapped by us and no reader of the memory map can still hold it (see `map`).
        unsafe { libc::munmap(self.base as *mut libc::c_void, self.reserved) };
    }
}

/// `value` rounded up to a multiple of `granule` (a power of two), or `None` on overflow.
pub fn round_up(value: usize, granule: usize) -> Option<usize> {
    value.checked_add(granule - 1).map(|sum| sum & !(granule - 1))
}
