//! 64-bit floating point.

use super::super::vector::{VectorRow, row};

#[inline(always)]
fn minimum(a: f64, b: f64) -> f64 {
    let equal = f64::from_bits(a.to_bits() | b.to_bits());
    let ordered = if a < b {
        a
    } else if b < a {
        b
    } else {
        equal
    };
    if a.is_nan() {
        b
    } else if b.is_nan() {
        a
    } else {
        ordered
    }
}

#[inline(always)]
fn maximum(a: f64, b: f64) -> f64 {
    let equal = f64::from_bits(a.to_bits() & b.to_bits());
    let ordered = if a > b {
        a
    } else if b > a {
        b
    } else {
        equal
    };
    if a.is_nan() {
        b
    } else if b.is_nan() {
        a
    } else {
        ordered
    }
}

/// Two to the `exponent`, which must be that of a normal number.
#[inline(always)]
fn power(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// `value` times two to the `exponent`, rounded once.
#[inline(always)]
fn scale(mut value: f64, exponent: i32) -> f64 {
    let mut exponent = exponent.clamp(-2200, 2200);
    // Downwards in steps that leave 53 bits above the denormals until the last one.
    for _ in 0..2 {
        if exponent > 1023 {
            value *= power(1023);
            exponent -= 1023;
        } else if exponent < -1022 {
            value *= power(-969);
            exponent += 969;
        }
    }
    value * power(exponent.clamp(-1022, 1023))
}

#[inline(always)]
fn exponent(value: f64) -> i32 {
    (value.to_bits() >> 52 & 0x7ff) as i32
}

#[inline(always)]
fn is_denormal(value: f64) -> bool {
    exponent(value) == 0
}

/// See the 32-bit one.
#[inline(always)]
fn division_scale(value: f64, denominator: f64, numerator: f64) -> (f64, bool) {
    let same_denominator = value.to_bits() == denominator.to_bits();
    let same_numerator = value.to_bits() == numerator.to_bits();
    let inverse_denormal = is_denormal(1.0 / denominator);
    let quotient_denormal = is_denormal(numerator / denominator);
    let up = scale(value, 128);
    let difference = exponent(numerator) - exponent(denominator);
    if numerator == 0.0 || denominator == 0.0 {
        (f64::NAN, false)
    } else if difference >= 768 {
        (if same_denominator { up } else { value }, true)
    } else if exponent(denominator) == 0 {
        (up, false)
    } else if inverse_denormal && quotient_denormal {
        // The manual scales the denominator up here, which would overflow; only down gives the right quotient.
        (if same_denominator { scale(value, -128) } else { value }, true)
    } else if inverse_denormal {
        (scale(value, -128), false)
    } else if quotient_denormal {
        (if same_numerator { up } else { value }, true)
    } else if exponent(numerator) <= 53 {
        (up, false)
    } else {
        (value, false)
    }
}

#[inline(always)]
fn division_fmas(a: f64, b: f64, c: f64, scaled: bool) -> f64 {
    let plain = a.mul_add(b, c);
    // What the rounded sum lacks, so that scaling into the denormals rounds only once in effect.
    let missing = a.mul_add(b, c - plain);
    let bits = plain.to_bits();
    let (away, toward) = (bits.wrapping_add(1), bits.wrapping_sub(1));
    let grows = (missing > 0.0) == (plain > 0.0);
    let sticky = if missing == 0.0 || !missing.is_finite() {
        bits
    } else if exponent(plain) == 128 {
        // One bit is lost: only a tie has to be broken by what is missing.
        if bits & 1 == 0 {
            bits
        } else if grows {
            away
        } else {
            toward
        }
    } else if bits & 1 == 1 {
        bits
    } else if grows {
        bits | 1
    } else {
        toward
    };
    let sticky = f64::from_bits(sticky);
    if !scaled {
        plain
    } else if exponent(c) > 1023 {
        plain * power(128)
    } else if exponent(plain) <= 128 {
        sticky * power(-128)
    } else {
        plain * power(-128)
    }
}

#[inline(always)]
fn division_fixup(quotient: f64, denominator: f64, numerator: f64) -> f64 {
    let sign = (denominator.to_bits() ^ numerator.to_bits()) & 1 << 63;
    let signed = |bits: u64| f64::from_bits(bits | sign);
    let quiet = |value: f64| f64::from_bits(value.to_bits() | 1 << 51);
    let invalid =
        denominator == 0.0 && numerator == 0.0 || denominator.is_infinite() && numerator.is_infinite();
    if numerator.is_nan() {
        quiet(numerator)
    } else if denominator.is_nan() {
        quiet(denominator)
    } else if invalid {
        f64::from_bits(0xfff8_0000_0000_0000)
    } else if denominator == 0.0 || numerator.is_infinite() {
        signed(0x7ff0_0000_0000_0000)
    } else if denominator.is_infinite()
        || numerator == 0.0
        || exponent(numerator) - exponent(denominator) < -1075
    {
        signed(0)
    } else if quotient.is_nan() {
        // Neither operand was one: the approximation overflowed.
        signed(0x7ff0_0000_0000_0000)
    } else {
        signed(quotient.to_bits() & (u64::MAX >> 1))
    }
}

#[inline(always)]
fn fraction(value: f64) -> f64 {
    let result = value - value.floor();
    if result >= 1.0 { f64::from_bits(0x3fef_ffff_ffff_ffff) } else { result }
}

/// Two to the 54th, which makes every denormal normal.
const LIFT: f64 = 18_014_398_509_481_984.0;

#[inline(always)]
fn significand(value: f64) -> f64 {
    let normal = if exponent(value) == 0 { value * LIFT } else { value };
    let halved = f64::from_bits(normal.to_bits() & 0x800f_ffff_ffff_ffff | 0x3fe0_0000_0000_0000);
    if value == 0.0 || !value.is_finite() { value } else { halved }
}

#[inline(always)]
fn significand_exponent(value: f64) -> i32 {
    let small = exponent(value) == 0;
    let normal = if small { value * LIFT } else { value };
    let result = exponent(normal) - 1022 - if small { 54 } else { 0 };
    if value == 0.0 || !value.is_finite() { 0 } else { result }
}

/// The binary digits of 2/pi, 24 to a word.
const TWO_OVER_PI: [u32; 54] = [
    0xa2f983, 0x6e4e44, 0x1529fc, 0x2757d1, 0xf534dd, 0xc0db62, 0x95993c, 0x439041, 0xfe5163, 0xabdebb,
    0xc561b7, 0x246e3a, 0x424dd2, 0xe00649, 0x2eea09, 0xd1921c, 0xfe1deb, 0x1cb129, 0xa73ee8, 0x8235f5,
    0x2ebb44, 0x84e99c, 0x7026b4, 0x5f7e41, 0x3991d6, 0x398353, 0x39f49c, 0x845f8b, 0xbdf928, 0x3b1ff8,
    0x97ffde, 0x05980f, 0xef2f11, 0x8b5a0a, 0x6d1f6d, 0x367ecf, 0x27cb09, 0xb74f46, 0x3f669e, 0x5fea2d,
    0x7527ba, 0xc7ebe5, 0xf17b3d, 0x0739f7, 0x8a5292, 0x6bfb5f, 0x8d5d56, 0x000000, 0x000000, 0x000000,
    0x000000, 0x000000, 0x000000, 0x000000,
];

/// 53 digits of 2/pi, as many segments in as `segment` says and as far as the argument's size skips.
#[inline(always)]
fn trigonometric_digits(value: f64, segment: u32) -> f64 {
    let exponent = exponent(value);
    let shift = (segment & 31) as i32 * 53 + (exponent - 1077).max(0);
    let mut digits = 0u64;
    for digit in shift..shift + 53 {
        let word = TWO_OVER_PI.get(digit as usize / 24).copied().unwrap_or(0);
        digits = digits << 1 | u64::from(word >> (23 - digit % 24) & 1);
    }
    scale(digits as f64, -53 - shift + if exponent >= 1968 { 128 } else { 0 })
}

pub(super) fn rows() -> Vec<VectorRow> {
    vec![
        row!("v_add_f64"(a: f64, b: f64) -> f64 { a + b }),
        row!("v_mul_f64"(a: f64, b: f64) -> f64 { a * b }),
        row!("v_fma_f64"(a: f64, b: f64, c: f64) -> f64 { a.mul_add(b, c) }),
        row!("v_fmac_f64"(a: f64, b: f64, c: f64) -> f64 { a.mul_add(b, c) }),
        row!(flushes "v_min_f64"(a: f64, b: f64) -> f64 { minimum(a, b) }),
        row!(flushes "v_max_f64"(a: f64, b: f64) -> f64 { maximum(a, b) }),
        row!("v_fract_f64"(a: f64) -> f64 { fraction(a) }),
        row!("v_trunc_f64"(a: f64) -> f64 { a.trunc() }),
        row!("v_ceil_f64"(a: f64) -> f64 { a.ceil() }),
        row!("v_rndne_f64"(a: f64) -> f64 { a.round_ties_even() }),
        row!("v_floor_f64"(a: f64) -> f64 { a.floor() }),
        row!("v_rcp_f64"(a: f64) -> f64 { 1.0 / a }),
        row!("v_rsq_f64"(a: f64) -> f64 { 1.0 / a.sqrt() }),
        row!("v_sqrt_f64"(a: f64) -> f64 { a.sqrt() }),
        row!("v_frexp_mant_f64"(a: f64) -> f64 { significand(a) }),
        row!("v_frexp_exp_i32_f64"(a: f64) -> i32 { significand_exponent(a) }),
        row!("v_ldexp_f64"(a: f64, b: i32) -> f64 { scale(a, b) }),
        row!("v_div_scale_f64"(a: f64, b: f64, c: f64) -> f64, mask { division_scale(a, b, c) }),
        row!("v_div_fmas_f64"(a: f64, b: f64, c: f64; carry scaled) -> f64 { division_fmas(a, b, c, scaled) }),
        row!("v_div_fixup_f64"(a: f64, b: f64, c: f64) -> f64 { division_fixup(a, b, c) }),
        row!("v_trig_preop_f64"(a: f64, b: u32) -> f64 { trigonometric_digits(a, b) }),
    ]
}
