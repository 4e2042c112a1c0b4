//! Storage of the vector registers: rows of 64 lanes.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::ptr::NonNull;

use super::WAVEFRONT_SIZE;

/// One vector register: a dword for each lane.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Row(pub [u32; WAVEFRONT_SIZE]);

impl Row {
    pub const ZERO: Row = Row([0; WAVEFRONT_SIZE]);
}

/// The unified file of one wave: 512 rows, and room past the end for the largest tuple that can start at the last.
///
/// All of it is always there, so that no register number needs a check; untouched pages cost nothing.
pub(crate) struct VectorFile {
    rows: NonNull<Row>,
}

/// What an instruction can name.
const ROWS: usize = 512;
/// The longest tuple (an MFMA accumulator).
const TUPLE: usize = 32;

impl VectorFile {
    fn layout() -> Layout {
        Layout::array::<Row>(ROWS + TUPLE).expect("a constant size")
    }

    /// A file of zeros.
    pub fn new() -> Self {
        // SAFETY: the layout has a size.
        let rows = unsafe { alloc_zeroed(Self::layout()) };
        match NonNull::new(rows.cast()) {
            Some(rows) => Self { rows },
            None => handle_alloc_error(Self::layout()),
        }
    }

    /// Row `index` of the unified file.
    pub fn row(&mut self, index: usize) -> *mut Row {
        assert!(index < ROWS);
        // SAFETY: within the allocation.
        unsafe { self.rows.as_ptr().add(index) }
    }

    /// Zeroes the first `count` rows.
    pub fn clear(&mut self, count: usize) {
        let count = count.min(ROWS + TUPLE);
        // SAFETY: within the allocation, and zero is a value of every row.
        unsafe { self.rows.as_ptr().write_bytes(0, count) }
    }
}

impl Drop for VectorFile {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout by `new`.
        unsafe { dealloc(self.rows.as_ptr().cast(), Self::layout()) }
    }
}

// SAFETY: the rows belong to this value alone.
unsafe impl Send for VectorFile {}
