//! How many blocks of a kernel fit a compute unit at a time.
//!
//! A gfx90a compute unit has four SIMDs, each with up to eight wavefronts and 512 vector registers a lane (allocated in
//! eights), and 64 KiB of LDS (allocated in 512 bytes). A work-group's wavefronts are spread over the SIMDs.

use wavefold_formats::note::WarpMapping;

use crate::device::{
    MAX_BLOCKS_PER_MULTIPROCESSOR, MAX_THREADS_PER_BLOCK, SHARED_MEMORY, WARP_SIZE, WAVEFRONT_SIZE,
};
use crate::launch::shared_bytes;
use crate::module::Kernel;

const SIMDS: u32 = 4;
const WAVEFRONTS_PER_SIMD: u32 = 8;
const VECTOR_REGISTERS: u32 = 512;
const VECTOR_REGISTER_GRANULE: u32 = 8;
const LDS_GRANULE: u32 = 512;

/// What limits a kernel on a compute unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// Vector registers of a lane.
    pub registers: u32,
    /// Bytes of LDS of a work-group.
    pub shared: u32,
    /// Wavefronts of a work-group.
    pub wavefronts: u32,
}

/// Blocks that fit at a time.
pub fn blocks(needs: Needs) -> u32 {
    let registers = needs.registers.max(1).next_multiple_of(VECTOR_REGISTER_GRANULE);
    let per_simd = (VECTOR_REGISTERS / registers).min(WAVEFRONTS_PER_SIMD);
    let by_wavefronts = per_simd * SIMDS / needs.wavefronts.max(1);
    let by_shared = match needs.shared.next_multiple_of(LDS_GRANULE) {
        0 => MAX_BLOCKS_PER_MULTIPROCESSOR,
        shared => SHARED_MEMORY / shared,
    };
    by_wavefronts.min(by_shared).min(MAX_BLOCKS_PER_MULTIPROCESSOR)
}

/// Wavefronts of a block of `threads`.
fn wavefronts(kernel: &Kernel, threads: u32) -> u32 {
    match kernel.mapping() {
        WarpMapping::Fold => threads.div_ceil(WAVEFRONT_SIZE),
        WarpMapping::Split => threads.div_ceil(WARP_SIZE),
    }
}

/// Blocks of `threads` threads of a kernel that fit a compute unit; 0 when the kernel cannot run so at all.
pub fn active_blocks(kernel: &Kernel, threads: u32, dynamic_shared: usize) -> u32 {
    if threads == 0 || threads > kernel.max_threads() {
        return 0;
    }
    let Some(shared) = shared_bytes(kernel, dynamic_shared) else { return 0 };
    let registers = kernel.metadata.vgprs;
    blocks(Needs { registers, shared, wavefronts: wavefronts(kernel, threads) })
}

/// The block size that keeps most threads resident, and the grid that fills the device with it. `dynamic_shared` gives
/// the shared memory for a block size; `limit` is 0 for none.
pub fn best_block(
    kernel: &Kernel,
    compute_units: u32,
    dynamic_shared: impl Fn(u32) -> usize,
    limit: u32,
) -> (u32, u32) {
    let ceiling = kernel.max_threads().min(if limit == 0 { MAX_THREADS_PER_BLOCK } else { limit });
    let mut best = (0, 0, 0);
    let step = WARP_SIZE;
    let mut threads = ceiling.next_multiple_of(step);
    while threads > 0 {
        let size = threads.min(ceiling);
        let blocks = active_blocks(kernel, size, dynamic_shared(size));
        if blocks * size > best.2 {
            best = (size, blocks, blocks * size);
        }
        threads -= step;
    }
    (best.1 * compute_units, best.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_lds_and_slots_limit() {
        let needs = |registers, shared, wavefronts| Needs { registers, shared, wavefronts };
        assert_eq!(blocks(needs(64, 0, 4)), 8);
        assert_eq!(blocks(needs(65, 0, 4)), 7);
        assert_eq!(blocks(needs(128, 0, 4)), 4);
        assert_eq!(blocks(needs(512, 0, 1)), 4);
        assert_eq!(blocks(needs(32, 65536, 1)), 1);
        assert_eq!(blocks(needs(32, 33000, 1)), 1);
        assert_eq!(blocks(needs(32, 32768, 1)), 2);
        assert_eq!(blocks(needs(16, 0, 1)), 32);
        assert_eq!(blocks(needs(512, 0, 8)), 0);
    }
}
