//! 32-bit floating point.
//!
//! The host computes with MXCSR set from MODE, so plain operations round and flush as they should; what the manual
//! says about flushing regardless of MODE (`v_mad`, the transcendentals) is written out.

use super::super::value::F16;
use super::super::value::Mix;
use super::super::vector::{VectorRow, row};

/// Zero of the same sign for a denormal.
#[inline(always)]
fn flush(value: f32) -> f32 {
    let bits = value.to_bits();
    f32::from_bits(if bits & 0x7f80_0000 == 0 { bits & 1 << 31 } else { bits })
}

/// Multiply and add with two roundings, denormals flushed throughout.
#[inline(always)]
fn mad(a: f32, b: f32, c: f32) -> f32 {
    flush(flush(flush(a) * flush(b)) + flush(c))
}

/// A product in which zero wins over everything.
#[inline(always)]
fn legacy_product(a: f32, b: f32) -> f32 {
    if a == 0.0 || b == 0.0 { 0.0 } else { a * b }
}

/// The lesser; the other where one is NaN; -0 below +0.
#[inline(always)]
pub(super) fn minimum(a: f32, b: f32) -> f32 {
    let equal = f32::from_bits(a.to_bits() | b.to_bits());
    let ordered = if a < b {
        a
    } else if b < a {
        b
    } else {
        equal
    };
    if a.is_nan() {
        quiet_unless(b, a)
    } else if b.is_nan() {
        a
    } else {
        ordered
    }
}

/// The greater; the other where one is NaN; +0 above -0.
#[inline(always)]
pub(super) fn maximum(a: f32, b: f32) -> f32 {
    let equal = f32::from_bits(a.to_bits() & b.to_bits());
    let ordered = if a > b {
        a
    } else if b > a {
        b
    } else {
        equal
    };
    if a.is_nan() {
        quiet_unless(b, a)
    } else if b.is_nan() {
        a
    } else {
        ordered
    }
}

#[inline(always)]
fn quiet_unless(other: f32, nan: f32) -> f32 {
    if other.is_nan() { f32::from_bits(nan.to_bits() | 0x0040_0000) } else { other }
}

/// The middle one; with a NaN among them, the least.
#[inline(always)]
pub(super) fn median(a: f32, b: f32, c: f32) -> f32 {
    if a.is_nan() || b.is_nan() || c.is_nan() {
        return minimum(minimum(a, b), c);
    }
    maximum(minimum(a, b), minimum(maximum(a, b), c))
}

/// 2 to the `value`, by its Taylor series in double precision around the nearest integer.
#[inline(always)]
pub(super) fn exp2(value: f32) -> f32 {
    let clamped = value.clamp(-200.0, 200.0);
    let whole = clamped.round_ties_even();
    let x = (f64::from(clamped) - f64::from(whole)) * std::f64::consts::LN_2;
    let mut sum = 1.0 / 3_628_800.0;
    for term in [362_880.0, 40_320.0, 5_040.0, 720.0, 120.0, 24.0, 6.0, 2.0, 1.0, 1.0] {
        sum = sum * x + 1.0 / term;
    }
    let scale = f64::from_bits(((whole as i32 + 1023) as u64) << 52);
    let result = flush((sum * scale) as f32);
    if value.is_nan() { value } else { result }
}

/// The logarithm to base 2, by the series of the inverse hyperbolic tangent in double precision.
#[inline(always)]
pub(super) fn log2(value: f32) -> f32 {
    let value = flush(value);
    let bits = f64::from(value).to_bits();
    // Centre the significand on 1: between the square roots of a half and of two.
    let shifted = bits.wrapping_sub(0x3fe6_a09e_667f_3bcd);
    let exponent = (shifted as i64 >> 52) as i32;
    let significand = f64::from_bits(bits.wrapping_sub((exponent as i64 as u64) << 52));
    let t = (significand - 1.0) / (significand + 1.0);
    let square = t * t;
    let mut sum = 1.0 / 17.0;
    for term in [15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0] {
        sum = sum * square + 1.0 / term;
    }
    let result = (f64::from(exponent) + 2.0 * std::f64::consts::LOG2_E * t * sum) as f32;
    if value.is_nan() || value == f32::INFINITY {
        value
    } else if value == 0.0 {
        f32::NEG_INFINITY
    } else if value < 0.0 {
        f32::NAN
    } else {
        result
    }
}

#[inline(always)]
fn reciprocal(value: f32) -> f32 {
    flush(1.0 / flush(value))
}

#[inline(always)]
fn square_root(value: f32) -> f32 {
    flush(value).sqrt()
}

/// One over the square root, within a little more than half a unit in the last place: what the root and the quotient
/// lost in rounding is found exactly and put back.
#[inline(always)]
fn reciprocal_square_root(value: f32, fma: impl Fn(f32, f32, f32) -> f32) -> f32 {
    let value = flush(value);
    let root = value.sqrt();
    let quotient = 1.0 / root;
    let root_error = fma(-root, root, value);
    let quotient_error = fma(-root, quotient, 1.0);
    let half = root_error * quotient * 0.5;
    let correction = fma(-half, quotient, quotient_error);
    let corrected = fma(quotient, correction, quotient);
    // Of zero and of infinity there is nothing to correct.
    if corrected.is_nan() { quotient } else { corrected }
}

/// Turns into radians within one turn; beyond 256 turns the hardware gives up.
#[inline(always)]
pub(super) fn turns(value: f32) -> Option<f64> {
    let value = f64::from(flush(value));
    (value.abs() <= 256.0).then(|| (value - value.floor()) * std::f64::consts::TAU)
}

#[inline(always)]
fn sine(value: f32) -> f32 {
    if value.is_nan() || value.is_infinite() {
        return f32::NAN;
    }
    match turns(value) {
        // Whole turns keep the sign of zero.
        Some(0.0) if value == 0.0 => value,
        Some(angle) => flush(angle.sin() as f32),
        None => 0.0,
    }
}

#[inline(always)]
fn cosine(value: f32) -> f32 {
    if value.is_nan() || value.is_infinite() {
        return f32::NAN;
    }
    turns(value).map_or(1.0, |angle| angle.cos() as f32)
}

/// `value` times two to the `exponent`, rounded once.
#[inline(always)]
pub(super) fn scale(value: f32, exponent: i32) -> f32 {
    let exponent = exponent.clamp(-400, 400);
    (f64::from(value) * f64::from_bits(((exponent + 1023) as u64) << 52)) as f32
}

/// The biased exponent.
#[inline(always)]
fn exponent(value: f32) -> i32 {
    (value.to_bits() >> 23 & 0xff) as i32
}

#[inline(always)]
fn is_denormal(value: f64) -> bool {
    value.abs() < f64::from(f32::MIN_POSITIVE)
}

/// What a division's operand is scaled to, and whether its quotient must be scaled back.
#[inline(always)]
fn division_scale(value: f32, denominator: f32, numerator: f32) -> (f32, bool) {
    let same_denominator = value.to_bits() == denominator.to_bits();
    let same_numerator = value.to_bits() == numerator.to_bits();
    let inverse_denormal = is_denormal(1.0 / f64::from(denominator));
    let quotient_denormal = is_denormal(f64::from(numerator) / f64::from(denominator));
    let up = scale(value, 64);
    let difference = exponent(numerator) - exponent(denominator);
    if numerator == 0.0 || denominator == 0.0 {
        (f32::NAN, false)
    } else if difference >= 96 {
        (if same_denominator { up } else { value }, true)
    } else if exponent(denominator) == 0 {
        (up, false)
    } else if inverse_denormal && quotient_denormal {
        // The manual scales the denominator up here, which would overflow; only down gives the right quotient.
        (if same_denominator { scale(value, -64) } else { value }, true)
    } else if inverse_denormal {
        (scale(value, -64), false)
    } else if quotient_denormal {
        (if same_numerator { up } else { value }, true)
    } else if exponent(numerator) <= 23 {
        (up, false)
    } else {
        (value, false)
    }
}

/// A sum of doubles rounded to odd, so that a second rounding to less precision is the only one that counts.
#[inline(always)]
pub(crate) fn add_to_odd(a: f64, b: f64) -> f64 {
    let sum = a + b;
    let rest = sum - a;
    let error = (a - (sum - rest)) + (b - rest);
    let bits = sum.to_bits();
    let odd = if bits & 1 == 1 {
        bits
    } else if (error > 0.0) == (sum > 0.0) {
        bits | 1
    } else {
        bits.wrapping_sub(1)
    };
    if error == 0.0 || !sum.is_finite() || error.is_nan() { sum } else { f64::from_bits(odd) }
}

#[inline(always)]
fn division_fmas(a: f32, b: f32, c: f32, scaled: bool) -> f32 {
    let factor =
        if exponent(c) > 127 { 18_446_744_073_709_551_616.0 } else { 1.0 / 18_446_744_073_709_551_616.0 };
    let plain = a.mul_add(b, c);
    let exact = add_to_odd(f64::from(a) * f64::from(b), f64::from(c));
    if scaled { (exact * factor) as f32 } else { plain }
}

#[inline(always)]
fn division_fixup(quotient: f32, denominator: f32, numerator: f32) -> f32 {
    let sign = (denominator.to_bits() ^ numerator.to_bits()) & 1 << 31;
    let signed = |bits: u32| f32::from_bits(bits | sign);
    let quiet = |value: f32| f32::from_bits(value.to_bits() | 0x0040_0000);
    let invalid =
        denominator == 0.0 && numerator == 0.0 || denominator.is_infinite() && numerator.is_infinite();
    if numerator.is_nan() {
        quiet(numerator)
    } else if denominator.is_nan() {
        quiet(denominator)
    } else if invalid {
        f32::from_bits(0xffc0_0000)
    } else if denominator == 0.0 || numerator.is_infinite() {
        signed(0x7f80_0000)
    } else if denominator.is_infinite()
        || numerator == 0.0
        || exponent(numerator) - exponent(denominator) < -150
    {
        signed(0)
    } else if quotient.is_nan() {
        // Neither operand was one: the approximation overflowed.
        signed(0x7f80_0000)
    } else {
        signed(quotient.to_bits() & 0x7fff_ffff)
    }
}

#[inline(always)]
fn fraction(value: f32) -> f32 {
    let result = value - value.floor();
    if result >= 1.0 { f32::from_bits(0x3f7f_ffff) } else { result }
}

#[inline(always)]
fn significand(value: f32) -> f32 {
    let normal = if exponent(value) == 0 { value * 16_777_216.0 } else { value };
    let halved = f32::from_bits(normal.to_bits() & 0x807f_ffff | 0x3f00_0000);
    if value == 0.0 || !value.is_finite() { value } else { halved }
}

#[inline(always)]
fn significand_exponent(value: f32) -> i32 {
    let small = exponent(value) == 0;
    let normal = if small { value * 16_777_216.0 } else { value };
    let result = exponent(normal) - 126 - if small { 24 } else { 0 };
    if value == 0.0 || !value.is_finite() { 0 } else { result }
}

/// Which face of a cube a direction points at, and its coordinates there.
struct Cube {
    face: f32,
    s: f32,
    t: f32,
    major: f32,
}

#[inline(always)]
fn cube(x: f32, y: f32, z: f32) -> Cube {
    if z.abs() >= x.abs() && z.abs() >= y.abs() {
        let negative = z < 0.0;
        Cube {
            face: if negative { 5.0 } else { 4.0 },
            s: if negative { -x } else { x },
            t: -y,
            major: 2.0 * z,
        }
    } else if y.abs() >= x.abs() {
        let negative = y < 0.0;
        Cube {
            face: if negative { 3.0 } else { 2.0 },
            s: x,
            t: if negative { -z } else { z },
            major: 2.0 * y,
        }
    } else {
        let negative = x < 0.0;
        Cube {
            face: if negative { 1.0 } else { 0.0 },
            s: if negative { z } else { -z },
            t: -y,
            major: 2.0 * x,
        }
    }
}

pub(super) fn rows() -> Vec<VectorRow> {
    vec![
        row!("v_add_f32"(a: f32, b: f32) -> f32 { a + b }),
        row!("v_sub_f32"(a: f32, b: f32) -> f32 { a - b }),
        row!("v_subrev_f32"(a: f32, b: f32) -> f32 { b - a }),
        row!("v_mul_f32"(a: f32, b: f32) -> f32 { a * b }),
        row!("v_mul_legacy_f32"(a: f32, b: f32) -> f32 { legacy_product(a, b) }),
        row!("v_mac_f32"(a: f32, b: f32, c: f32) -> f32 { mad(a, b, c) }),
        row!("v_mad_f32"(a: f32, b: f32, c: f32) -> f32 { mad(a, b, c) }),
        row!("v_madmk_f32"(a: f32, b: f32, c: f32) -> f32 { mad(a, b, c) }),
        row!("v_madak_f32"(a: f32, b: f32, c: f32) -> f32 { mad(a, b, c) }),
        row!("v_mad_legacy_f32"(a: f32, b: f32, c: f32) -> f32 {
            flush(flush(legacy_product(flush(a), flush(b))) + flush(c))
        }),
        row!(fused "v_fmac_f32"(a: f32, b: f32, c: f32; fma) -> f32 { fma(a, b, c) }),
        row!(fused "v_fma_f32"(a: f32, b: f32, c: f32; fma) -> f32 { fma(a, b, c) }),
        row!("v_fma_mix_f32"(a: Mix, b: Mix, c: Mix) -> f32 { a.0.mul_add(b.0, c.0) }),
        row!("v_fma_mixlo_f16"(a: Mix, b: Mix, c: Mix) -> F16 { F16::from_f32(a.0.mul_add(b.0, c.0)) }),
        row!("v_fma_mixhi_f16"(a: Mix, b: Mix, c: Mix) -> F16 { F16::from_f32(a.0.mul_add(b.0, c.0)) }),
        row!(flushes "v_min_f32"(a: f32, b: f32) -> f32 { minimum(a, b) }),
        row!(flushes "v_max_f32"(a: f32, b: f32) -> f32 { maximum(a, b) }),
        row!(flushes "v_min3_f32"(a: f32, b: f32, c: f32) -> f32 { minimum(minimum(a, b), c) }),
        row!(flushes "v_max3_f32"(a: f32, b: f32, c: f32) -> f32 { maximum(maximum(a, b), c) }),
        row!(flushes "v_med3_f32"(a: f32, b: f32, c: f32) -> f32 { median(a, b, c) }),
        row!("v_fract_f32"(a: f32) -> f32 { fraction(a) }),
        row!("v_trunc_f32"(a: f32) -> f32 { a.trunc() }),
        row!("v_ceil_f32"(a: f32) -> f32 { a.ceil() }),
        row!("v_rndne_f32"(a: f32) -> f32 { a.round_ties_even() }),
        row!("v_floor_f32"(a: f32) -> f32 { a.floor() }),
        row!("v_exp_f32"(a: f32) -> f32 { exp2(a) }),
        row!("v_log_f32"(a: f32) -> f32 { log2(a) }),
        row!("v_exp_legacy_f32"(a: f32) -> f32 { exp2(a) }),
        row!("v_log_legacy_f32"(a: f32) -> f32 { log2(a) }),
        row!("v_rcp_f32"(a: f32) -> f32 { reciprocal(a) }),
        row!("v_rcp_iflag_f32"(a: f32) -> f32 { reciprocal(a) }),
        row!(fused "v_rsq_f32"(a: f32; fma) -> f32 { reciprocal_square_root(a, fma) }),
        row!("v_sqrt_f32"(a: f32) -> f32 { square_root(a) }),
        row!("v_sin_f32"(a: f32) -> f32 { sine(a) }),
        row!("v_cos_f32"(a: f32) -> f32 { cosine(a) }),
        row!("v_frexp_mant_f32"(a: f32) -> f32 { significand(a) }),
        row!("v_frexp_exp_i32_f32"(a: f32) -> i32 { significand_exponent(a) }),
        row!("v_ldexp_f32"(a: f32, b: i32) -> f32 { scale(a, b) }),
        row!("v_div_scale_f32"(a: f32, b: f32, c: f32) -> f32, mask { division_scale(a, b, c) }),
        row!("v_div_fmas_f32"(a: f32, b: f32, c: f32; carry scaled) -> f32 { division_fmas(a, b, c, scaled) }),
        row!("v_div_fixup_f32"(a: f32, b: f32, c: f32) -> f32 { division_fixup(a, b, c) }),
        row!("v_cubeid_f32"(a: f32, b: f32, c: f32) -> f32 { cube(a, b, c).face }),
        row!("v_cubesc_f32"(a: f32, b: f32, c: f32) -> f32 { cube(a, b, c).s }),
        row!("v_cubetc_f32"(a: f32, b: f32, c: f32) -> f32 { cube(a, b, c).t }),
        row!("v_cubema_f32"(a: f32, b: f32, c: f32) -> f32 { cube(a, b, c).major }),
    ]
}
