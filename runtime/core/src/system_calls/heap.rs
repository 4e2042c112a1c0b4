//! Making the device heap: its memory, and the header that `compiler/device/heap.c` works on.
//!
//! The heap is one allocation of the context's: header, a bit for each chunk in use, a state for each chunk, a bit for each
//! block of each chunk (which a chunk's first user clears), then the chunks.

use std::sync::Arc;

use crate::context::Context;
use crate::copy;
use crate::error::{Error, Result};
use crate::memory;

/// Bytes of a chunk; chunks start at multiples of it.
pub const CHUNK: u64 = 16 << 10;
/// Words of the blocks' bits for a chunk.
const BLOCK_WORDS: u64 = 16;
/// Bytes of the header, with room to spare.
const HEADER: u64 = 256;

/// Allocates a heap of `size` bytes, a multiple of [`CHUNK`]; gives the address of its header.
pub fn create(context: &Arc<Context>, size: u64) -> Result<usize> {
    let chunks = size / CHUNK;
    let words = chunks.div_ceil(64);
    let (claims, states) = (HEADER, HEADER + words * 8);
    let blocks = states + chunks * 8;
    let first = blocks + chunks * BLOCK_WORDS * 8;
    // The pool's granule need not be a chunk's size.
    let total = first.checked_add(CHUNK).and_then(|bytes| bytes.checked_add(size));
    let total = total.and_then(|bytes| usize::try_from(bytes).ok()).ok_or(Error::MEMORY_ALLOCATION)?;
    let base = memory::allocate(context, total)? as u64;
    let mut image = vec![0_u64; (blocks / 8) as usize];
    image[..5].copy_from_slice(&[
        chunks,
        (base + first).next_multiple_of(CHUNK),
        base + claims,
        base + states,
        base + blocks,
    ]);
    if !chunks.is_multiple_of(64) {
        // Chunks that the last word has too many are taken.
        image[((claims / 8) + words - 1) as usize] = u64::MAX << (chunks % 64);
    }
    let bytes: Vec<u8> = image.iter().flat_map(|word| word.to_le_bytes()).collect();
    copy::write_device(context, base as usize, &bytes)?;
    Ok(base as usize)
}
