//! Moving dwords between memory and rows with the host's vector instructions.
//!
//! Most accesses of real kernels follow one of two patterns within 16 lanes: all lanes the same dword, or one dword
//! after the other. Both are one load; everything else is a gather. Callers have checked that the bytes of all active
//! lanes are there; inactive lanes are never touched.

use std::arch::x86_64::*;

use super::level::{Avx2, Avx512, CHUNK, Level, Plain};
use super::transfer::Lanes;

/// What a host instruction set does for loads and stores, 16 lanes or a row at a time.
pub(crate) trait Access: Level {
    /// Loads the dwords at `start + offsets[lane]` (below 2^31) of the lanes in `mask`, of which there is one, for each
    /// start into the target with the same index.
    ///
    /// # Safety
    /// The dwords must be mapped, all arrays have 16 elements, and the host must have the instruction set.
    unsafe fn load<const N: usize>(
        starts: [*const u8; N],
        offsets: *const u32,
        mask: u16,
        targets: [*mut u32; N],
    );

    /// Stores the lanes in `mask`, of which there is one, in lane order.
    ///
    /// # Safety
    /// As for loading, and the dwords must be writable.
    unsafe fn store(start: *mut u8, offsets: *const u32, mask: u16, source: *const u32);

    /// The least and the greatest of the active lanes, of which there is one.
    ///
    /// # Safety
    /// `row` must have 64 elements, and the host must have the instruction set.
    unsafe fn range(row: *const u32, exec: u64) -> (u32, u32);

    /// Whether all active lanes are at most `limit`.
    ///
    /// # Safety
    /// `row` must have 64 elements, and the host must have the instruction set.
    unsafe fn all_within(row: *const u32, exec: u64, limit: u32) -> bool;

    /// Whether all active lanes hold `value`.
    ///
    /// # Safety
    /// `row` must have 64 elements, and the host must have the instruction set.
    unsafe fn all_equal(row: *const u32, exec: u64, value: u32) -> bool;

    /// `D` dwords (2 to 4) from each of 16 places, `offsets` (below 2^31) after `start`, as rows.
    ///
    /// # Safety
    /// The bytes must be mapped (16 each where `D` is 3), and the host must have the instruction set.
    #[inline(always)]
    unsafe fn load_wide<const D: usize>(start: *const u8, offsets: &[u32; CHUNK]) -> [[u32; CHUNK]; 4] {
        let mut rows = [[0u32; CHUNK]; 4];
        // SAFETY: the caller's word; SSE2 is part of x86-64.
        unsafe {
            for lane in (0..CHUNK).step_by(4) {
                let four = |index: usize| {
                    let from = start.add(offsets[lane + index] as usize);
                    if D == 2 {
                        _mm_castsi128_ps(_mm_loadl_epi64(from.cast()))
                    } else {
                        _mm_loadu_ps(from.cast())
                    }
                };
                let (mut a, mut b, mut c, mut d) = (four(0), four(1), four(2), four(3));
                _MM_TRANSPOSE4_PS(&mut a, &mut b, &mut c, &mut d);
                for (row, value) in [a, b, c, d].into_iter().enumerate().take(D) {
                    _mm_storeu_ps(rows[row].as_mut_ptr().add(lane).cast(), value);
                }
            }
        }
        rows
    }

    /// The elements of `row` at the indices in `lanes`, of which the lower six bits count.
    ///
    /// # Safety
    /// `row` must have 64 elements, and the host must have the instruction set.
    unsafe fn permute(row: *const u32, lanes: &[u32; 64]) -> [u32; 64];
}

/// The first active lane's element.
#[inline(always)]
unsafe fn first_of(offsets: *const u32, mask: u16) -> (u32, u32) {
    let lane = mask.trailing_zeros();
    // SAFETY: the mask has a lane, and 16 elements are there.
    (lane, unsafe { *offsets.add(lane as usize & 15) })
}

/// A host vector as an array.
#[inline(always)]
fn row_of(vector: __m512i) -> [u32; CHUNK] {
    // SAFETY: both are 64 plain bytes.
    unsafe { std::mem::transmute(vector) }
}

#[inline(always)]
unsafe fn store_lane_by_lane(start: *mut u8, offsets: *const u32, mask: u16, source: *const u32) {
    for lane in Lanes(mask.into()) {
        // SAFETY: the caller's word.
        unsafe {
            start.add(*offsets.add(lane) as usize).cast::<u32>().write_unaligned(*source.add(lane));
        }
    }
}

impl Access for Plain {
    #[inline(always)]
    unsafe fn load<const N: usize>(
        starts: [*const u8; N],
        offsets: *const u32,
        mask: u16,
        targets: [*mut u32; N],
    ) {
        for lane in Lanes(mask.into()) {
            // SAFETY: the caller's word.
            unsafe {
                let offset = *offsets.add(lane) as usize;
                for (start, target) in starts.into_iter().zip(targets) {
                    *target.add(lane) = start.add(offset).cast::<u32>().read_unaligned();
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn store(start: *mut u8, offsets: *const u32, mask: u16, source: *const u32) {
        // SAFETY: the caller's word.
        unsafe { store_lane_by_lane(start, offsets, mask, source) }
    }

    #[inline(always)]
    unsafe fn range(row: *const u32, exec: u64) -> (u32, u32) {
        let (mut low, mut high) = (u32::MAX, 0);
        for lane in 0..64 {
            // SAFETY: a row.
            let value = unsafe { *row.add(lane) };
            let on = (exec >> lane & 1) as u32;
            low = low.min(value | on.wrapping_sub(1));
            high = high.max(value & on.wrapping_neg());
        }
        (low, high)
    }

    #[inline(always)]
    unsafe fn all_within(row: *const u32, exec: u64, limit: u32) -> bool {
        // SAFETY: a row.
        Lanes(exec).all(|lane| unsafe { *row.add(lane) } <= limit)
    }

    #[inline(always)]
    unsafe fn all_equal(row: *const u32, exec: u64, value: u32) -> bool {
        // SAFETY: a row.
        Lanes(exec).all(|lane| unsafe { *row.add(lane) } == value)
    }

    #[inline(always)]
    unsafe fn permute(row: *const u32, lanes: &[u32; 64]) -> [u32; 64] {
        // SAFETY: a row.
        std::array::from_fn(|lane| unsafe { *row.add(lanes[lane] as usize & 63) })
    }
}

impl Access for Avx2 {
    #[inline(always)]
    unsafe fn load<const N: usize>(
        starts: [*const u8; N],
        offsets: *const u32,
        mask: u16,
        targets: [*mut u32; N],
    ) {
        // SAFETY: the caller's word; masked loads and gathers touch no lane outside the mask.
        unsafe {
            let bits = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
            let steps = _mm256_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28);
            for part in 0..2 {
                let on = mask >> (part * 8) & 0xff;
                if on == 0 {
                    continue;
                }
                let offsets = offsets.add(part * 8);
                let select = _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32(on.into()), bits), bits);
                let (lane, first) = first_of(offsets, on);
                let lanes = _mm256_loadu_si256(offsets.cast());
                let zeroth = first.wrapping_sub(lane * 4);
                let same = _mm256_cmpeq_epi32(lanes, _mm256_set1_epi32(first as i32));
                let row = _mm256_add_epi32(_mm256_set1_epi32(zeroth as i32), steps);
                let same = _mm256_testc_si256(same, select) != 0;
                let in_a_row = _mm256_testc_si256(_mm256_cmpeq_epi32(lanes, row), select) != 0;
                for (start, target) in starts.into_iter().zip(targets) {
                    let target = target.add(part * 8);
                    let old = _mm256_loadu_si256(target.cast());
                    let new = if same {
                        _mm256_set1_epi32(start.add(first as usize).cast::<i32>().read_unaligned())
                    } else if in_a_row {
                        let from = start.wrapping_offset(zeroth as i32 as isize);
                        _mm256_maskload_epi32(from.cast(), select)
                    } else {
                        _mm256_mask_i32gather_epi32::<1>(old, start.cast(), lanes, select)
                    };
                    _mm256_storeu_si256(target.cast(), _mm256_blendv_epi8(old, new, select));
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn store(start: *mut u8, offsets: *const u32, mask: u16, source: *const u32) {
        // SAFETY: the caller's word; a masked store touches no lane outside the mask.
        unsafe {
            let bits = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
            let steps = _mm256_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28);
            for part in 0..2 {
                let on = mask >> (part * 8) & 0xff;
                if on == 0 {
                    continue;
                }
                let (offsets, source) = (offsets.add(part * 8), source.add(part * 8));
                let select = _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32(on.into()), bits), bits);
                let (lane, first) = first_of(offsets, on);
                let lanes = _mm256_loadu_si256(offsets.cast());
                let zeroth = first.wrapping_sub(lane * 4);
                let row = _mm256_add_epi32(_mm256_set1_epi32(zeroth as i32), steps);
                if _mm256_testc_si256(_mm256_cmpeq_epi32(lanes, row), select) != 0 {
                    let to = start.wrapping_offset(zeroth as i32 as isize);
                    _mm256_maskstore_epi32(to.cast(), select, _mm256_loadu_si256(source.cast()));
                } else {
                    store_lane_by_lane(start, offsets, on, source);
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn range(row: *const u32, exec: u64) -> (u32, u32) {
        // SAFETY: the caller's word.
        unsafe {
            let bits = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
            // Lanes that are off count as the first that is on.
            let first = _mm256_set1_epi32(*row.add(exec.trailing_zeros() as usize & 63) as i32);
            let (mut low, mut high) = (first, first);
            for part in 0..8 {
                let on = _mm256_set1_epi32((exec >> (part * 8)) as i32 & 0xff);
                let select = _mm256_cmpeq_epi32(_mm256_and_si256(on, bits), bits);
                let lanes = _mm256_loadu_si256(row.add(part * 8).cast());
                let lanes = _mm256_blendv_epi8(first, lanes, select);
                low = _mm256_min_epu32(low, lanes);
                high = _mm256_max_epu32(high, lanes);
            }
            let (mut lows, mut highs) = ([0u32; 8], [0u32; 8]);
            _mm256_storeu_si256(lows.as_mut_ptr().cast(), low);
            _mm256_storeu_si256(highs.as_mut_ptr().cast(), high);
            (lows.into_iter().fold(u32::MAX, u32::min), highs.into_iter().fold(0, u32::max))
        }
    }

    #[inline(always)]
    unsafe fn all_within(row: *const u32, exec: u64, limit: u32) -> bool {
        // SAFETY: the caller's word.
        unsafe { Self::range(row, exec).1 <= limit || exec == 0 }
    }

    #[inline(always)]
    unsafe fn all_equal(row: *const u32, exec: u64, value: u32) -> bool {
        // SAFETY: the caller's word.
        unsafe {
            let bits = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
            let wanted = _mm256_set1_epi32(value as i32);
            let mut different = _mm256_setzero_si256();
            for part in 0..8 {
                let on = _mm256_set1_epi32((exec >> (part * 8)) as i32 & 0xff);
                let select = _mm256_cmpeq_epi32(_mm256_and_si256(on, bits), bits);
                let lanes = _mm256_loadu_si256(row.add(part * 8).cast());
                let changed = _mm256_and_si256(_mm256_xor_si256(lanes, wanted), select);
                different = _mm256_or_si256(different, changed);
            }
            _mm256_testz_si256(different, different) != 0
        }
    }

    #[inline(always)]
    unsafe fn permute(row: *const u32, lanes: &[u32; 64]) -> [u32; 64] {
        let mut out = [0; 64];
        // SAFETY: the caller's word; indices are cut to the row.
        unsafe {
            for at in (0..64).step_by(8) {
                let index = _mm256_loadu_si256(lanes.as_ptr().add(at).cast());
                let index = _mm256_and_si256(index, _mm256_set1_epi32(63));
                let values = _mm256_i32gather_epi32::<4>(row.cast(), index);
                _mm256_storeu_si256(out.as_mut_ptr().add(at).cast(), values);
            }
        }
        out
    }
}

impl Access for Avx512 {
    #[inline(always)]
    unsafe fn load<const N: usize>(
        starts: [*const u8; N],
        offsets: *const u32,
        mask: u16,
        targets: [*mut u32; N],
    ) {
        // SAFETY: the caller's word; masked loads and gathers touch no lane outside the mask.
        unsafe {
            let steps = _mm512_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60);
            let (lane, first) = first_of(offsets, mask);
            let lanes = _mm512_loadu_si512(offsets.cast());
            let zeroth = first.wrapping_sub(lane * 4);
            let same = _mm512_mask_cmpeq_epi32_mask(mask, lanes, _mm512_set1_epi32(first as i32));
            let row = _mm512_add_epi32(_mm512_set1_epi32(zeroth as i32), steps);
            let in_a_row = _mm512_mask_cmpeq_epi32_mask(mask, lanes, row) == mask;
            for (start, target) in starts.into_iter().zip(targets) {
                let old = _mm512_loadu_si512(target.cast());
                let new = if same == mask {
                    let value = start.add(first as usize).cast::<i32>().read_unaligned();
                    _mm512_mask_set1_epi32(old, mask, value)
                } else if in_a_row {
                    let from = start.wrapping_offset(zeroth as i32 as isize);
                    _mm512_mask_loadu_epi32(old, mask, from.cast())
                } else {
                    _mm512_mask_i32gather_epi32::<1>(old, mask, lanes, start.cast())
                };
                _mm512_storeu_si512(target.cast(), new);
            }
        }
    }

    #[inline(always)]
    unsafe fn store(start: *mut u8, offsets: *const u32, mask: u16, source: *const u32) {
        // SAFETY: the caller's word; a masked store touches no lane outside the mask.
        unsafe {
            let steps = _mm512_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60);
            let (lane, first) = first_of(offsets, mask);
            let lanes = _mm512_loadu_si512(offsets.cast());
            let zeroth = first.wrapping_sub(lane * 4);
            let row = _mm512_add_epi32(_mm512_set1_epi32(zeroth as i32), steps);
            if _mm512_mask_cmpeq_epi32_mask(mask, lanes, row) == mask {
                let to = start.wrapping_offset(zeroth as i32 as isize);
                _mm512_mask_storeu_epi32(to.cast(), mask, _mm512_loadu_si512(source.cast()));
            } else {
                store_lane_by_lane(start, offsets, mask, source);
            }
        }
    }

    #[inline(always)]
    unsafe fn range(row: *const u32, exec: u64) -> (u32, u32) {
        // SAFETY: the caller's word.
        unsafe {
            let (mut low, mut high) = (_mm512_set1_epi32(-1), _mm512_setzero_si512());
            for part in 0..4 {
                let on = (exec >> (part * 16)) as u16;
                let lanes = _mm512_loadu_si512(row.add(part * 16).cast());
                low = _mm512_mask_min_epu32(low, on, low, lanes);
                high = _mm512_mask_max_epu32(high, on, high, lanes);
            }
            (_mm512_reduce_min_epu32(low), _mm512_reduce_max_epu32(high))
        }
    }

    #[inline(always)]
    unsafe fn all_within(row: *const u32, exec: u64, limit: u32) -> bool {
        // SAFETY: the caller's word.
        unsafe {
            let limit = _mm512_set1_epi32(limit as i32);
            let mut above = 0;
            for part in 0..4 {
                let on = (exec >> (part * 16)) as u16;
                let lanes = _mm512_loadu_si512(row.add(part * 16).cast());
                above |= _mm512_mask_cmpgt_epu32_mask(on, lanes, limit);
            }
            above == 0
        }
    }

    #[inline(always)]
    unsafe fn all_equal(row: *const u32, exec: u64, value: u32) -> bool {
        // SAFETY: the caller's word.
        unsafe {
            let wanted = _mm512_set1_epi32(value as i32);
            let mut different = 0;
            for part in 0..4 {
                let on = (exec >> (part * 16)) as u16;
                let lanes = _mm512_loadu_si512(row.add(part * 16).cast());
                different |= _mm512_mask_cmpneq_epi32_mask(on, lanes, wanted);
            }
            different == 0
        }
    }

    #[inline(always)]
    unsafe fn load_wide<const D: usize>(start: *const u8, offsets: &[u32; CHUNK]) -> [[u32; CHUNK]; 4] {
        // SAFETY: the caller's word.
        unsafe {
            if D == 2 {
                let eight = |at: usize| {
                    let offsets = _mm256_loadu_si256(offsets.as_ptr().add(at).cast());
                    _mm512_i32gather_epi64::<1>(offsets, start.cast())
                };
                let (low, high) = (eight(0), eight(8));
                let even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
                let odd = _mm512_add_epi32(even, _mm512_set1_epi32(1));
                let rows = [even, odd].map(|index| _mm512_permutex2var_epi32(low, index, high));
                return [row_of(rows[0]), row_of(rows[1]), [0; CHUNK], [0; CHUNK]];
            }
            // Every fourth place in one vector, so that turning 4 by 4 within 128 bits leaves lanes in order.
            let every_fourth = |first: usize| {
                let part = |index: usize| _mm_loadu_ps(start.add(offsets[first + 4 * index] as usize).cast());
                let vector = _mm512_castps128_ps512(part(0));
                let vector = _mm512_insertf32x4::<1>(vector, part(1));
                let vector = _mm512_insertf32x4::<2>(vector, part(2));
                _mm512_insertf32x4::<3>(vector, part(3))
            };
            let (a, b, c, d) = (every_fourth(0), every_fourth(1), every_fourth(2), every_fourth(3));
            let (ab_low, ab_high) = (_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
            let (cd_low, cd_high) = (_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
            [
                row_of(_mm512_castps_si512(_mm512_shuffle_ps::<0x44>(ab_low, cd_low))),
                row_of(_mm512_castps_si512(_mm512_shuffle_ps::<0xee>(ab_low, cd_low))),
                row_of(_mm512_castps_si512(_mm512_shuffle_ps::<0x44>(ab_high, cd_high))),
                row_of(_mm512_castps_si512(_mm512_shuffle_ps::<0xee>(ab_high, cd_high))),
            ]
        }
    }

    #[inline(always)]
    unsafe fn permute(row: *const u32, lanes: &[u32; 64]) -> [u32; 64] {
        let mut out = [0; 64];
        // SAFETY: the caller's word.
        unsafe {
            let part = |index: usize| _mm512_loadu_si512(row.add(index * 16).cast());
            let (a, b, c, d) = (part(0), part(1), part(2), part(3));
            for at in (0..64).step_by(16) {
                let index = _mm512_loadu_si512(lanes.as_ptr().add(at).cast());
                let upper = _mm512_test_epi32_mask(index, _mm512_set1_epi32(32));
                let low = _mm512_permutex2var_epi32(a, index, b);
                let high = _mm512_permutex2var_epi32(c, index, d);
                let values = _mm512_mask_mov_epi32(low, upper, high);
                _mm512_storeu_si512(out.as_mut_ptr().add(at).cast(), values);
            }
        }
        out
    }
}

/// Loads `D` dwords from `start + offsets[lane]` for every active lane into the rows at `target`.
///
/// # Safety
/// `4 * D` bytes of every active lane must be mapped (16 where `D` is 3), the rows must be there, offsets of active
/// lanes are below 2^31, and the host must have the instruction set. The rows may be the same as those of the offsets.
#[inline(always)]
pub(crate) unsafe fn load_rows<L: Access, const D: usize>(
    start: *const u8,
    offsets: *const u32,
    exec: u64,
    target: *mut u32,
) {
    for chunk in 0..64 / CHUNK {
        let at = chunk * CHUNK;
        let mask = (exec >> at) as u16;
        if mask == 0 {
            continue;
        }
        // SAFETY: the caller's word. A chunk's offsets are read before its targets are written, and no other chunk's
        // lie there.
        unsafe {
            let (offsets, target) = (offsets.add(at), target.add(at));
            if D == 1 {
                L::load([start], offsets, mask, [target]);
                continue;
            }
            // Lanes that are off read where the first one reads, into nothing.
            let first = *offsets.add(mask.trailing_zeros() as usize & 15);
            let mut places = offsets.cast::<[u32; CHUNK]>().read();
            let mut different = 0;
            for (lane, place) in places.iter_mut().enumerate() {
                let keep = u32::from(mask >> lane & 1).wrapping_neg();
                *place = *place & keep | first & !keep;
                different |= *place ^ first;
            }
            let rows = if different == 0 {
                let mut rows = [[0u32; CHUNK]; 4];
                for (dword, row) in rows.iter_mut().enumerate().take(D) {
                    *row = [start.add(first as usize).cast::<u32>().add(dword).read_unaligned(); CHUNK];
                }
                rows
            } else {
                L::load_wide::<D>(start, &places)
            };
            for (row, values) in rows.iter().enumerate().take(D) {
                L::blend(target.add(row * 64), values, mask);
            }
        }
    }
}

/// Loads a dword from each of two places, `offsets[lane]` after either start, for every active lane into two rows.
///
/// # Safety
/// As for [`load_rows`].
#[inline(always)]
pub(crate) unsafe fn load_two_rows<L: Access>(
    starts: [*const u8; 2],
    offsets: *const u32,
    exec: u64,
    target: *mut u32,
) {
    for at in (0..64).step_by(CHUNK) {
        let mask = (exec >> at) as u16;
        if mask != 0 {
            // SAFETY: the caller's word.
            unsafe {
                let target = target.add(at);
                L::load(starts, offsets.add(at), mask, [target, target.add(64)]);
            }
        }
    }
}

/// Stores `D` dwords (1, 2 or 4) to `start + offsets[lane]` for every active lane from the rows at `source`.
///
/// # Safety
/// As for loading, and the bytes must be writable.
#[inline(always)]
pub(crate) unsafe fn store_rows<L: Access, const D: usize>(
    start: *mut u8,
    offsets: *const u32,
    exec: u64,
    source: *const u32,
) {
    // SAFETY: the caller's word.
    unsafe {
        if D == 1 {
            for chunk in 0..64 / CHUNK {
                let (first, mask) = (chunk * CHUNK, (exec >> (chunk * CHUNK)) as u16);
                if mask != 0 {
                    L::store(start, offsets.add(first), mask, source.add(first));
                }
            }
        } else if exec == u64::MAX {
            super::transfer::scatter::<D>(|lane| start.add(*offsets.add(lane) as usize), source);
        } else {
            for lane in Lanes(exec) {
                let to = start.add(*offsets.add(lane) as usize).cast::<u32>();
                for dword in 0..D {
                    to.add(dword).write_unaligned(*source.add(dword * 64 + lane));
                }
            }
        }
    }
}
