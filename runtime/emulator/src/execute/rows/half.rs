//! 16-bit floating point.
//!
//! Halves are computed in single precision and rounded: 24 bits hold twice 11 and two more, so that one operation
//! rounds as if once. A fused multiply-add goes through a double that is rounded to odd.

use super::super::value::{F16, PairF16};
use super::super::vector::{VectorRow, row};
use super::single::{add_to_odd, exp2, log2, maximum, median, minimum, turns};

#[inline(always)]
pub(super) fn fma(a: F16, b: F16, c: F16) -> F16 {
    let product = f64::from(a.to_f32()) * f64::from(b.to_f32());
    F16::from_f64(add_to_odd(product, c.to_f32().into()))
}

/// Multiply and add with two roundings.
#[inline(always)]
fn mad(a: F16, b: F16, c: F16) -> F16 {
    let product = F16::from_f32(a.to_f32() * b.to_f32());
    F16::from_f32(product.to_f32() + c.to_f32())
}

#[inline(always)]
pub(super) fn one(a: F16, operation: impl Fn(f32) -> f32) -> F16 {
    F16::from_f32(operation(a.to_f32()))
}

#[inline(always)]
pub(super) fn two(a: F16, b: F16, operation: impl Fn(f32, f32) -> f32) -> F16 {
    F16::from_f32(operation(a.to_f32(), b.to_f32()))
}

#[inline(always)]
fn three(a: F16, b: F16, c: F16, operation: impl Fn(f32, f32, f32) -> f32) -> F16 {
    F16::from_f32(operation(a.to_f32(), b.to_f32(), c.to_f32()))
}

#[inline(always)]
fn fixup(quotient: F16, denominator: F16, numerator: F16) -> F16 {
    let sign = (denominator.0 ^ numerator.0) & 0x8000;
    let magnitude = |value: F16| value.0 & 0x7fff;
    let (n, d) = (magnitude(numerator), magnitude(denominator));
    if n > 0x7c00 {
        F16(numerator.0 | 0x200)
    } else if d > 0x7c00 {
        F16(denominator.0 | 0x200)
    } else if n == 0 && d == 0 || n == 0x7c00 && d == 0x7c00 {
        F16(0xfe00)
    } else if d == 0 || n == 0x7c00 {
        F16(sign | 0x7c00)
    } else if d == 0x7c00 || n == 0 {
        F16(sign)
    } else {
        F16(sign | magnitude(quotient))
    }
}

#[inline(always)]
fn fraction(value: F16) -> F16 {
    let x = value.to_f32();
    let result = F16::from_f32(x - x.floor());
    if result.0 == 0x3c00 { F16(0x3bff) } else { result }
}

#[inline(always)]
fn significand(value: F16) -> F16 {
    let x = value.to_f32();
    if x == 0.0 || !x.is_finite() {
        return value;
    }
    // Every half is a normal single.
    F16::from_f32(f32::from_bits(x.to_bits() & 0x807f_ffff | 0x3f00_0000))
}

#[inline(always)]
fn significand_exponent(value: F16) -> i16 {
    let x = value.to_f32();
    if x == 0.0 || !x.is_finite() { 0 } else { (x.to_bits() >> 23 & 0xff) as i16 - 126 }
}

#[inline(always)]
fn angle(value: F16, operation: impl Fn(f64) -> f64) -> F16 {
    let x = value.to_f32();
    if !x.is_finite() {
        return F16(0x7e00);
    }
    F16::from_f64(turns(x).map_or(0.0, operation))
}

#[inline(always)]
fn scale(value: F16, exponent: i16) -> F16 {
    let exponent = i32::from(exponent).clamp(-60, 60);
    F16::from_f64(f64::from(value.to_f32()) * f64::from_bits(((exponent + 1023) as u64) << 52))
}

pub(super) fn rows() -> Vec<VectorRow> {
    vec![
        row!("v_add_f16"(a: F16, b: F16) -> F16 { two(a, b, |a, b| a + b) }),
        row!("v_sub_f16"(a: F16, b: F16) -> F16 { two(a, b, |a, b| a - b) }),
        row!("v_subrev_f16"(a: F16, b: F16) -> F16 { two(a, b, |a, b| b - a) }),
        row!("v_mul_f16"(a: F16, b: F16) -> F16 { two(a, b, |a, b| a * b) }),
        row!("v_mac_f16"(a: F16, b: F16, c: F16) -> F16 { mad(a, b, c) }),
        row!("v_mad_f16"(a: F16, b: F16, c: F16) -> F16 { mad(a, b, c) }),
        row!("v_mad_legacy_f16"(a: F16, b: F16, c: F16) -> F16 { mad(a, b, c) }),
        row!("v_madmk_f16"(a: F16, b: F16, c: F16) -> F16 { mad(a, b, c) }),
        row!("v_madak_f16"(a: F16, b: F16, c: F16) -> F16 { mad(a, b, c) }),
        row!("v_fma_f16"(a: F16, b: F16, c: F16) -> F16 { fma(a, b, c) }),
        row!("v_fma_legacy_f16"(a: F16, b: F16, c: F16) -> F16 { fma(a, b, c) }),
        row!(flushes "v_min_f16"(a: F16, b: F16) -> F16 { two(a, b, minimum) }),
        row!(flushes "v_max_f16"(a: F16, b: F16) -> F16 { two(a, b, maximum) }),
        row!(flushes "v_min3_f16"(a: F16, b: F16, c: F16) -> F16 { three(a, b, c, |a, b, c| minimum(minimum(a, b), c)) }),
        row!(flushes "v_max3_f16"(a: F16, b: F16, c: F16) -> F16 { three(a, b, c, |a, b, c| maximum(maximum(a, b), c)) }),
        row!(flushes "v_med3_f16"(a: F16, b: F16, c: F16) -> F16 { three(a, b, c, median) }),
        row!("v_rcp_f16"(a: F16) -> F16 { one(a, |a| 1.0 / a) }),
        row!("v_sqrt_f16"(a: F16) -> F16 { one(a, f32::sqrt) }),
        row!("v_rsq_f16"(a: F16) -> F16 { F16::from_f64(1.0 / f64::from(a.to_f32()).sqrt()) }),
        row!("v_log_f16"(a: F16) -> F16 { one(a, log2) }),
        row!("v_exp_f16"(a: F16) -> F16 { one(a, exp2) }),
        row!("v_frexp_mant_f16"(a: F16) -> F16 { significand(a) }),
        row!("v_frexp_exp_i16_f16"(a: F16) -> i16 { significand_exponent(a) }),
        row!("v_floor_f16"(a: F16) -> F16 { one(a, f32::floor) }),
        row!("v_ceil_f16"(a: F16) -> F16 { one(a, f32::ceil) }),
        row!("v_trunc_f16"(a: F16) -> F16 { one(a, f32::trunc) }),
        row!("v_rndne_f16"(a: F16) -> F16 { one(a, f32::round_ties_even) }),
        row!("v_fract_f16"(a: F16) -> F16 { fraction(a) }),
        row!("v_sin_f16"(a: F16) -> F16 { angle(a, f64::sin) }),
        row!("v_cos_f16"(a: F16) -> F16 { angle(a, f64::cos) }),
        row!("v_ldexp_f16"(a: F16, b: i16) -> F16 { scale(a, b) }),
        row!("v_div_fixup_f16"(a: F16, b: F16, c: F16) -> F16 { fixup(a, b, c) }),
        row!("v_div_fixup_legacy_f16"(a: F16, b: F16, c: F16) -> F16 { fixup(a, b, c) }),
        row!("v_pack_b32_f16"(a: F16, b: F16) -> u32 { u32::from(a.0) | u32::from(b.0) << 16 }),
        row!("v_pk_fmac_f16"(a: PairF16, b: PairF16, c: PairF16) -> PairF16 {
            PairF16(fma(a.0, b.0, c.0), fma(a.1, b.1, c.1))
        }),
    ]
}
