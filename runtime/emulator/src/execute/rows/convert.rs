//! Conversions. To integer: towards zero unless the mnemonic says otherwise, saturating, NaN to zero.

use super::super::value::F16;
use super::super::vector::{VectorRow, row};

/// To a half, towards zero.
#[inline(always)]
fn half_toward_zero(value: f32) -> u32 {
    let bits = value.to_bits();
    let sign = bits >> 16 & 0x8000;
    let magnitude = bits & 0x7fff_ffff;
    let tiny = (f32::from_bits(magnitude) * 16_777_216.0) as u32;
    let normal = (magnitude.wrapping_sub(112 << 23)) >> 13;
    sign | if magnitude > 0x7f80_0000 {
        0x7e00 | magnitude >> 13 & 0x1ff
    } else if magnitude == 0x7f80_0000 {
        0x7c00
    } else if magnitude >= 0x4780_0000 {
        0x7bff
    } else if magnitude < 0x3880_0000 {
        tiny
    } else {
        normal
    }
}

/// To a signed fraction of 16 bits.
#[inline(always)]
fn signed_norm(value: f32) -> i16 {
    let value = if value.is_nan() { 0.0 } else { value };
    (value.clamp(-1.0, 1.0) * 32767.0).round_ties_even() as i16
}

/// To an unsigned fraction of 16 bits.
#[inline(always)]
fn unsigned_norm(value: f32) -> u16 {
    let value = if value.is_nan() { 0.0 } else { value };
    (value.clamp(0.0, 1.0) * 65535.0).round_ties_even() as u16
}

#[inline(always)]
fn pack(low: u16, high: u16) -> u32 {
    u32::from(low) | u32::from(high) << 16
}

/// Puts an eight-bit value into byte `index` of `rest`.
#[inline(always)]
fn insert_byte(value: u32, index: u32, rest: u32) -> u32 {
    let shift = 8 * (index & 3);
    rest & !(0xff << shift) | value << shift
}

#[inline(always)]
fn saturate_u8(value: u32) -> u32 {
    (value as u16 as i16).clamp(0, 255) as u32
}

pub(super) fn rows() -> Vec<VectorRow> {
    vec![
        row!("v_cvt_i32_f64"(a: f64) -> i32 { a as i32 }),
        row!("v_cvt_f64_i32"(a: i32) -> f64 { a.into() }),
        row!("v_cvt_f32_i32"(a: i32) -> f32 { a as f32 }),
        row!("v_cvt_f32_u32"(a: u32) -> f32 { a as f32 }),
        row!("v_cvt_u32_f32"(a: f32) -> u32 { a as u32 }),
        row!("v_cvt_i32_f32"(a: f32) -> i32 { a as i32 }),
        row!("v_cvt_f16_f32"(a: f32) -> F16 { F16::from_f32(a) }),
        row!("v_cvt_f32_f16"(a: F16) -> f32 { a.to_f32() }),
        row!("v_cvt_rpi_i32_f32"(a: f32) -> i32 { (f64::from(a) + 0.5).floor() as i32 }),
        row!("v_cvt_flr_i32_f32"(a: f32) -> i32 { a.floor() as i32 }),
        row!("v_cvt_off_f32_i4"(a: u32) -> f32 { ((a << 28) as i32 >> 28) as f32 / 16.0 }),
        row!("v_cvt_f32_f64"(a: f64) -> f32 { a as f32 }),
        row!("v_cvt_f64_f32"(a: f32) -> f64 { a.into() }),
        row!("v_cvt_f32_ubyte0"(a: u32) -> f32 { (a & 0xff) as f32 }),
        row!("v_cvt_f32_ubyte1"(a: u32) -> f32 { (a >> 8 & 0xff) as f32 }),
        row!("v_cvt_f32_ubyte2"(a: u32) -> f32 { (a >> 16 & 0xff) as f32 }),
        row!("v_cvt_f32_ubyte3"(a: u32) -> f32 { (a >> 24) as f32 }),
        row!("v_cvt_u32_f64"(a: f64) -> u32 { a as u32 }),
        row!("v_cvt_f64_u32"(a: u32) -> f64 { a.into() }),
        row!("v_cvt_f16_u16"(a: u16) -> F16 { F16::from_f32(a.into()) }),
        row!("v_cvt_f16_i16"(a: i16) -> F16 { F16::from_f32(a.into()) }),
        row!("v_cvt_u16_f16"(a: F16) -> u16 { a.to_f32() as u16 }),
        row!("v_cvt_i16_f16"(a: F16) -> i16 { a.to_f32() as i16 }),
        row!("v_cvt_norm_i16_f16"(a: F16) -> i16 { signed_norm(a.to_f32()) }),
        row!("v_cvt_norm_u16_f16"(a: F16) -> u16 { unsigned_norm(a.to_f32()) }),
        row!("v_cvt_pk_u8_f32"(a: f32, b: u32, c: u32) -> u32 { insert_byte((a as u8).into(), b, c) }),
        row!("v_cvt_pkaccum_u8_f32"(a: f32, b: u32, c: u32) -> u32 { insert_byte((a as u8).into(), b, c) }),
        row!("v_cvt_pknorm_i16_f32"(a: f32, b: f32) -> u32 { pack(signed_norm(a) as u16, signed_norm(b) as u16) }),
        row!("v_cvt_pknorm_u16_f32"(a: f32, b: f32) -> u32 { pack(unsigned_norm(a), unsigned_norm(b)) }),
        row!("v_cvt_pknorm_i16_f16"(a: F16, b: F16) -> u32 {
            pack(signed_norm(a.to_f32()) as u16, signed_norm(b.to_f32()) as u16)
        }),
        row!("v_cvt_pknorm_u16_f16"(a: F16, b: F16) -> u32 {
            pack(unsigned_norm(a.to_f32()), unsigned_norm(b.to_f32()))
        }),
        row!("v_cvt_pkrtz_f16_f32"(a: f32, b: f32) -> u32 { half_toward_zero(a) | half_toward_zero(b) << 16 }),
        row!("v_cvt_pk_u16_u32"(a: u32, b: u32) -> u32 { pack(a.min(0xffff) as u16, b.min(0xffff) as u16) }),
        row!("v_cvt_pk_i16_i32"(a: i32, b: i32) -> u32 {
            pack(a.clamp(-32768, 32767) as u16, b.clamp(-32768, 32767) as u16)
        }),
        row!("v_sat_pk_u8_i16"(a: u32) -> u32 { saturate_u8(a) | saturate_u8(a >> 16) << 8 }),
    ]
}
