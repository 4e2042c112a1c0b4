//! VOP3P: two operations a lane.

use super::super::value::{F16, Pair, PairF16, PairF32};
use super::super::vector::{VectorRow, row};
use super::half::{fma, two};
use super::single::{maximum, minimum};

#[inline(always)]
fn unsigned(a: Pair, b: Pair, operation: impl Fn(u16, u16) -> u16) -> Pair {
    Pair(operation(a.0, b.0), operation(a.1, b.1))
}

#[inline(always)]
fn signed(a: Pair, b: Pair, operation: impl Fn(i16, i16) -> i16) -> Pair {
    let each = |a: u16, b: u16| operation(a as i16, b as i16) as u16;
    Pair(each(a.0, b.0), each(a.1, b.1))
}

#[inline(always)]
fn halves(a: PairF16, b: PairF16, operation: impl Fn(f32, f32) -> f32) -> PairF16 {
    PairF16(two(a.0, b.0, &operation), two(a.1, b.1, &operation))
}

#[inline(always)]
fn dot_halves(a: PairF16, b: PairF16, c: f32) -> f32 {
    let product = |a: F16, b: F16| f64::from(a.to_f32()) * f64::from(b.to_f32());
    (product(a.0, b.0) + product(a.1, b.1) + f64::from(c)) as f32
}

#[inline(always)]
fn multiply_add(a: Pair, b: Pair, c: Pair) -> Pair {
    Pair(a.0.wrapping_mul(b.0).wrapping_add(c.0), a.1.wrapping_mul(b.1).wrapping_add(c.1))
}

pub(super) fn rows() -> Vec<VectorRow> {
    vec![
        row!("v_pk_mad_i16"(a: Pair, b: Pair, c: Pair) -> Pair { multiply_add(a, b, c) }),
        row!("v_pk_mad_u16"(a: Pair, b: Pair, c: Pair) -> Pair { multiply_add(a, b, c) }),
        row!("v_pk_mul_lo_u16"(a: Pair, b: Pair) -> Pair { unsigned(a, b, u16::wrapping_mul) }),
        row!("v_pk_add_i16"(a: Pair, b: Pair) -> Pair { signed(a, b, i16::wrapping_add) }),
        row!("v_pk_add_i16/clamp"(a: Pair, b: Pair) -> Pair { signed(a, b, i16::saturating_add) }),
        row!("v_pk_sub_i16"(a: Pair, b: Pair) -> Pair { signed(a, b, i16::wrapping_sub) }),
        row!("v_pk_sub_i16/clamp"(a: Pair, b: Pair) -> Pair { signed(a, b, i16::saturating_sub) }),
        row!("v_pk_add_u16"(a: Pair, b: Pair) -> Pair { unsigned(a, b, u16::wrapping_add) }),
        row!("v_pk_add_u16/clamp"(a: Pair, b: Pair) -> Pair { unsigned(a, b, u16::saturating_add) }),
        row!("v_pk_sub_u16"(a: Pair, b: Pair) -> Pair { unsigned(a, b, u16::wrapping_sub) }),
        row!("v_pk_sub_u16/clamp"(a: Pair, b: Pair) -> Pair { unsigned(a, b, u16::saturating_sub) }),
        row!("v_pk_lshlrev_b16"(a: Pair, b: Pair) -> Pair { unsigned(a, b, |a, b| b << (a & 15)) }),
        row!("v_pk_lshrrev_b16"(a: Pair, b: Pair) -> Pair { unsigned(a, b, |a, b| b >> (a & 15)) }),
        row!("v_pk_ashrrev_i16"(a: Pair, b: Pair) -> Pair { signed(a, b, |a, b| b >> (a & 15)) }),
        row!("v_pk_max_i16"(a: Pair, b: Pair) -> Pair { signed(a, b, Ord::max) }),
        row!("v_pk_min_i16"(a: Pair, b: Pair) -> Pair { signed(a, b, Ord::min) }),
        row!("v_pk_max_u16"(a: Pair, b: Pair) -> Pair { unsigned(a, b, Ord::max) }),
        row!("v_pk_min_u16"(a: Pair, b: Pair) -> Pair { unsigned(a, b, Ord::min) }),
        row!("v_pk_fma_f16"(a: PairF16, b: PairF16, c: PairF16) -> PairF16 {
            PairF16(fma(a.0, b.0, c.0), fma(a.1, b.1, c.1))
        }),
        row!("v_pk_add_f16"(a: PairF16, b: PairF16) -> PairF16 { halves(a, b, |a, b| a + b) }),
        row!("v_pk_mul_f16"(a: PairF16, b: PairF16) -> PairF16 { halves(a, b, |a, b| a * b) }),
        row!(flushes "v_pk_min_f16"(a: PairF16, b: PairF16) -> PairF16 { halves(a, b, minimum) }),
        row!(flushes "v_pk_max_f16"(a: PairF16, b: PairF16) -> PairF16 { halves(a, b, maximum) }),
        row!(fused "v_pk_fma_f32"(a: PairF32, b: PairF32, c: PairF32; fma) -> PairF32 {
            PairF32(fma(a.0, b.0, c.0), fma(a.1, b.1, c.1))
        }),
        row!("v_pk_mul_f32"(a: PairF32, b: PairF32) -> PairF32 { PairF32(a.0 * b.0, a.1 * b.1) }),
        row!("v_pk_add_f32"(a: PairF32, b: PairF32) -> PairF32 { PairF32(a.0 + b.0, a.1 + b.1) }),
        row!("v_pk_mov_b32"(a: PairF32, b: PairF32) -> PairF32 { PairF32(a.0, b.0) }),
        row!("v_dot2_f32_f16"(a: PairF16, b: PairF16, c: f32) -> f32 { dot_halves(a, b, c) }),
        row!("v_dot2c_f32_f16"(a: PairF16, b: PairF16, c: f32) -> f32 { dot_halves(a, b, c) }),
    ]
}
