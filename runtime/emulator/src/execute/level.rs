//! The host's vector instruction sets, one of which is chosen when the first code is decoded.
//!
//! A body that works on 16 lanes at a time is compiled once for each; what the compiler does not make of plain loops
//! stands here.

use std::arch::x86_64::*;
use std::sync::OnceLock;

use super::{Flow, Handler, Instruction, vector};
use crate::wave::Wave;

/// Lanes that a body works on at a time.
pub(crate) const CHUNK: usize = 16;

/// A host instruction set.
pub(crate) trait Level {
    /// Whether it multiplies and adds with one rounding.
    const FUSES: bool = true;
    /// Writes `new` to the lanes in `mask`.
    ///
    /// # Safety
    /// `target` must be valid for 16 dwords, and the host must have the instruction set.
    unsafe fn blend(target: *mut u32, new: &[u32; CHUNK], mask: u16);
    /// The sign bits.
    ///
    /// # Safety
    /// The host must have the instruction set.
    unsafe fn signs(values: &[u32; CHUNK]) -> u16;
}

/// Any x86-64.
pub(crate) struct Plain;
/// AVX2 with FMA.
pub(crate) struct Avx2;
/// AVX-512 F, BW, DQ and VL.
pub(crate) struct Avx512;

/// Index of each set among the handlers of a row.
pub(crate) const PLAIN: usize = 0;
pub(crate) const AVX2: usize = 1;
pub(crate) const AVX512: usize = 2;

/// The best the host has; `WAVEFOLD_EMULATOR_SIMD=plain|avx2` asks for less.
pub(crate) fn current() -> usize {
    static LEVEL: OnceLock<usize> = OnceLock::new();
    *LEVEL.get_or_init(|| {
        let wanted = match std::env::var("WAVEFOLD_EMULATOR_SIMD").as_deref() {
            Ok("plain") => PLAIN,
            Ok("avx2") => AVX2,
            _ => AVX512,
        };
        let avx2 = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
            && is_x86_feature_detected!("f16c")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt");
        let avx512 = avx2
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512cd");
        wanted.min(if avx512 {
            AVX512
        } else if avx2 {
            AVX2
        } else {
            PLAIN
        })
    })
}

impl Level for Plain {
    const FUSES: bool = false;

    #[inline(always)]
    unsafe fn blend(target: *mut u32, new: &[u32; CHUNK], mask: u16) {
        for (lane, &new) in new.iter().enumerate() {
            let keep = u32::from(mask >> lane & 1).wrapping_sub(1);
            // SAFETY: 16 dwords are valid.
            unsafe {
                let at = target.add(lane);
                *at = *at & keep | new & !keep;
            }
        }
    }

    #[inline(always)]
    unsafe fn signs(values: &[u32; CHUNK]) -> u16 {
        let mut mask = 0;
        for part in 0..4 {
            // SAFETY: SSE2 is part of x86-64, and four dwords are there.
            let signs = unsafe { _mm_movemask_ps(_mm_loadu_ps(values.as_ptr().add(part * 4).cast())) };
            mask |= (signs as u16) << (part * 4);
        }
        mask
    }
}

impl Level for Avx2 {
    #[inline(always)]
    unsafe fn blend(target: *mut u32, new: &[u32; CHUNK], mask: u16) {
        // SAFETY: 16 dwords are valid, and the host has AVX2.
        unsafe {
            let bits = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
            for part in 0..2 {
                let wanted = _mm256_set1_epi32(i32::from(mask >> (part * 8)));
                let select = _mm256_cmpeq_epi32(_mm256_and_si256(wanted, bits), bits);
                let at = target.add(part * 8).cast::<__m256i>();
                let new = _mm256_loadu_si256(new.as_ptr().add(part * 8).cast());
                _mm256_storeu_si256(at, _mm256_blendv_epi8(_mm256_loadu_si256(at), new, select));
            }
        }
    }

    #[inline(always)]
    unsafe fn signs(values: &[u32; CHUNK]) -> u16 {
        // SAFETY: the host has AVX2, and 16 dwords are there.
        unsafe {
            let low = _mm256_movemask_ps(_mm256_loadu_ps(values.as_ptr().cast()));
            let high = _mm256_movemask_ps(_mm256_loadu_ps(values.as_ptr().add(8).cast()));
            low as u16 | (high as u16) << 8
        }
    }
}

impl Level for Avx512 {
    #[inline(always)]
    unsafe fn blend(target: *mut u32, new: &[u32; CHUNK], mask: u16) {
        // SAFETY: 16 dwords are valid, and the host has AVX-512. The whole vector is stored, because a masked store
        // does not forward to the loads of the next instruction.
        unsafe {
            let new = _mm512_loadu_si512(new.as_ptr().cast());
            let old = _mm512_loadu_si512(target.cast());
            _mm512_storeu_si512(target.cast(), _mm512_mask_mov_epi32(old, mask, new));
        }
    }

    #[inline(always)]
    unsafe fn signs(values: &[u32; CHUNK]) -> u16 {
        // SAFETY: the host has AVX-512, and 16 dwords are there.
        unsafe { _mm512_movepi32_mask(_mm512_loadu_si512(values.as_ptr().cast())) }
    }
}

unsafe fn plain(wave: &mut Wave, instruction: &Instruction) -> Flow {
    // SAFETY: the handler's contract.
    unsafe { vector::with_modifiers::<Plain>(wave, instruction) }
}

#[target_feature(enable = "avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt")]
unsafe fn avx2(wave: &mut Wave, instruction: &Instruction) -> Flow {
    // SAFETY: the handler's contract.
    unsafe { vector::with_modifiers::<Avx2>(wave, instruction) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt")]
unsafe fn avx512(wave: &mut Wave, instruction: &Instruction) -> Flow {
    // SAFETY: the handler's contract.
    unsafe { vector::with_modifiers::<Avx512>(wave, instruction) }
}

/// [`vector::with_modifiers`] for the host.
pub(crate) fn with_modifiers() -> Handler {
    match current() {
        AVX512 => avx512,
        AVX2 => avx2,
        PLAIN.. => plain,
    }
}
