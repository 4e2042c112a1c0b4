//! Checked access to device memory.
//!
//! Every access first shows that its bytes lie in a region that the device may touch; regions found are remembered,
//! so that the usual check is two comparisons for a whole wave. Plain accesses are volatile: other host threads, and
//! the host program, may touch the same bytes at the same time, as on a GPU.

use crate::dispatch::{AddressSpace, PRIVATE_APERTURE_BASE, SHARED_APERTURE_BASE};

/// Bytes from `base` to `end` that may be accessed.
#[derive(Clone, Copy)]
struct Span {
    base: u64,
    end: u64,
    writable: bool,
}

const NOTHING: Span = Span { base: 1, end: 0, writable: false };

/// What one wave knows of the address space.
pub(crate) struct MemoryView {
    recent: [Span; 12],
    next: usize,
    space: *const dyn AddressSpace,
}

impl MemoryView {
    /// A view of `space`, which must outlive it.
    pub fn new(space: &dyn AddressSpace) -> Self {
        // SAFETY: only the lifetime is dropped; the wave that owns this lives within one dispatch, which borrows
        // the address space.
        let space = unsafe { std::mem::transmute::<&dyn AddressSpace, &'static dyn AddressSpace>(space) };
        Self { recent: [NOTHING; 12], next: 0, space }
    }

    /// Whether all of `low..low + size` may be read (and written).
    #[inline(always)]
    pub fn covers(&mut self, low: u64, size: u64, write: bool) -> bool {
        let span = self.recent[0];
        if low >= span.base
            && low.wrapping_add(size) <= span.end
            && low < span.end
            && (span.writable || !write)
        {
            return true;
        }
        self.covers_slowly(low, size, write)
    }

    #[cold]
    #[inline(never)]
    fn covers_slowly(&mut self, low: u64, size: u64, write: bool) -> bool {
        let Some(end) = low.checked_add(size) else { return false };
        for at in 1..self.recent.len() {
            let span = self.recent[at];
            if low >= span.base && end <= span.end && (span.writable || !write) {
                self.recent.swap(0, at);
                return true;
            }
        }
        // SAFETY: see `new`.
        let Some(region) = (unsafe { &*self.space }).lookup(low) else { return false };
        let span = Span {
            base: region.base,
            end: region.base.saturating_add(region.size),
            writable: region.writable,
        };
        if low < span.base || end > span.end || (write && !span.writable) {
            return false;
        }
        self.next = 1 + (self.next + 1) % (self.recent.len() - 1);
        self.recent[self.next] = self.recent[0];
        self.recent[0] = span;
        true
    }
}

/// The scratch memory of one wave: dword `k` of lane `l` at `base + 256 * k + 4 * l`.
#[derive(Clone, Copy)]
pub(crate) struct Scratch {
    /// Host address of the first byte.
    pub base: u64,
    /// Bytes a lane has, a multiple of 4.
    pub lane_size: u32,
}

impl Scratch {
    /// Bytes the whole wave has.
    pub fn size(self) -> u64 {
        u64::from(self.lane_size) * super::WAVEFRONT_SIZE as u64
    }

    /// Where byte `offset` of `lane` is.
    #[inline(always)]
    pub fn swizzle(self, lane: usize, offset: u32) -> u64 {
        self.base + u64::from(offset & !3) * 64 + lane as u64 * 4 + u64::from(offset & 3)
    }
}

/// Which memory a flat address means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aperture {
    Global,
    Shared,
    Private,
}

/// The aperture of a flat address.
#[inline(always)]
pub(crate) fn aperture(address: u64) -> Aperture {
    match address >> 32 {
        high if high == SHARED_APERTURE_BASE >> 32 => Aperture::Shared,
        high if high == PRIVATE_APERTURE_BASE >> 32 => Aperture::Private,
        _ => Aperture::Global,
    }
}

/// Reads a value at any alignment.
///
/// # Safety
/// The bytes must be mapped.
#[inline(always)]
pub(crate) unsafe fn load<T: Copy>(address: u64) -> T {
    let pointer = address as *const T;
    if pointer.is_aligned() {
        // SAFETY: mapped by the caller's word, and aligned.
        unsafe { pointer.read_volatile() }
    } else {
        // SAFETY: mapped by the caller's word.
        unsafe { pointer.read_unaligned() }
    }
}

/// Writes a value at any alignment.
///
/// # Safety
/// The bytes must be mapped and writable.
#[inline(always)]
pub(crate) unsafe fn store<T: Copy>(address: u64, value: T) {
    let pointer = address as *mut T;
    if pointer.is_aligned() {
        // SAFETY: mapped by the caller's word, and aligned.
        unsafe { pointer.write_volatile(value) }
    } else {
        // SAFETY: mapped by the caller's word.
        unsafe { pointer.write_unaligned(value) }
    }
}
