//! Memory that host code runs in.
//!
//! It is written while it can only be written, and run once it can only be run: no page is both at any time.

use std::ptr::NonNull;

/// Host code, for as long as this lives.
pub(super) struct Executable {
    start: NonNull<u8>,
    size: usize,
}

// SAFETY: the bytes never change after `new`.
unsafe impl Send for Executable {}
// SAFETY: as above.
unsafe impl Sync for Executable {}

impl Executable {
    /// A copy of `code` that can be run; `None` where the system does not allow it.
    pub fn new(code: &[u8]) -> Option<Self> {
        let size = code.len().max(1).next_multiple_of(4096);
        // SAFETY: a new anonymous mapping.
        let start = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                size,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        if start == libc::MAP_FAILED {
            return None;
        }
        let this = Self { start: NonNull::new(start.cast())?, size };
        // SAFETY: the mapping is ours, writable, and large enough; nothing runs in it yet.
        unsafe {
            this.start.as_ptr().copy_from_nonoverlapping(code.as_ptr(), code.len());
            if libc::mprotect(start, size, libc::PROT_READ | libc::PROT_EXEC) != 0 {
                return None;
            }
        }
        Some(this)
    }

    /// The address of byte `offset`.
    pub fn at(&self, offset: usize) -> *mut u8 {
        self.start.as_ptr().wrapping_add(offset)
    }
}

impl Drop for Executable {
    fn drop(&mut self) {
        // SAFETY: mapped by `new` with this size.
        unsafe {
            libc::munmap(self.start.as_ptr().cast(), self.size);
        }
    }
}
