//! Integers, logic, bit fields, and moves between registers. `/clamp` rows are the saturating forms.

use super::super::vector::{VectorRow, row};

#[inline(always)]
fn signed24(value: u32) -> i64 {
    i64::from((value << 8) as i32 >> 8)
}

#[inline(always)]
fn unsigned24(value: u32) -> u64 {
    (value & 0xff_ffff).into()
}

#[inline(always)]
fn add_carry(a: u32, b: u32, carry: bool) -> (u32, bool) {
    let sum = u64::from(a) + u64::from(b) + u64::from(carry);
    (sum as u32, sum >> 32 != 0)
}

#[inline(always)]
fn subtract_borrow(a: u32, b: u32, borrow: bool) -> (u32, bool) {
    let subtrahend = u64::from(b) + u64::from(borrow);
    (a.wrapping_sub(b).wrapping_sub(borrow.into()), u64::from(a) < subtrahend)
}

#[inline(always)]
fn saturating_add_carry(a: u32, b: u32, carry: bool) -> (u32, bool) {
    let (sum, carry) = add_carry(a, b, carry);
    (if carry { u32::MAX } else { sum }, carry)
}

#[inline(always)]
fn saturating_subtract_borrow(a: u32, b: u32, borrow: bool) -> (u32, bool) {
    let (difference, borrow) = subtract_borrow(a, b, borrow);
    (if borrow { 0 } else { difference }, borrow)
}

#[inline(always)]
fn bytes(value: u32) -> [u32; 4] {
    [value & 0xff, value >> 8 & 0xff, value >> 16 & 0xff, value >> 24]
}

#[inline(always)]
fn sum_of_differences(a: u32, b: u32) -> u32 {
    let (a, b) = (bytes(a), bytes(b));
    a[0].abs_diff(b[0]) + a[1].abs_diff(b[1]) + a[2].abs_diff(b[2]) + a[3].abs_diff(b[3])
}

/// As above, leaving out the bytes in which the reference is zero.
#[inline(always)]
fn masked_sum_of_differences(a: u32, reference: u32) -> u32 {
    let (a, b) = (bytes(a), bytes(reference));
    let mut sum = 0;
    for at in 0..4 {
        sum += if b[at] == 0 { 0 } else { a[at].abs_diff(b[at]) };
    }
    sum
}

/// Four sums over a sliding window, packed in 16 bits each and added to `c`.
#[inline(always)]
fn four_sums(a: u64, b: u32, c: u64, sum: impl Fn(u32, u32) -> u32) -> u64 {
    let mut result = 0;
    for at in 0..4u32 {
        let sum = sum((a >> (8 * at)) as u32, b).wrapping_add((c >> (16 * at)) as u32 & 0xffff);
        result |= u64::from(sum & 0xffff) << (16 * at);
    }
    result
}

/// One byte of `v_perm`: of the eight bytes, or a sign, or a constant.
#[inline(always)]
fn permuted(data: u64, selector: u32) -> u32 {
    let plain = (data >> (8 * (selector & 7))) as u32 & 0xff;
    let sign_at = 15 + 16 * (selector.wrapping_sub(8) & 3);
    let sign = if data >> sign_at & 1 != 0 { 0xff } else { 0 };
    if selector < 8 {
        plain
    } else if selector < 12 {
        sign
    } else if selector == 12 {
        0
    } else {
        0xff
    }
}

#[inline(always)]
fn permute(a: u32, b: u32, selectors: u32) -> u32 {
    let data = u64::from(a) << 32 | u64::from(b);
    let s = bytes(selectors);
    permuted(data, s[0]) | permuted(data, s[1]) << 8 | permuted(data, s[2]) << 16 | permuted(data, s[3]) << 24
}

#[inline(always)]
fn median<T: Ord + Copy>(a: T, b: T, c: T) -> T {
    a.min(b).max(a.max(b).min(c))
}

#[inline(always)]
fn bit_field(value: u32, offset: u32, width: u32) -> u32 {
    value >> (offset & 31) & ((1 << (width & 31)) - 1)
}

#[inline(always)]
fn signed_bit_field(value: u32, offset: u32, width: u32) -> u32 {
    let width = width & 31;
    // A field that runs past the top takes copies of the sign from above.
    let shifted = (value as i32 >> (offset & 31)) as u32;
    if width == 0 { 0 } else { ((shifted << (32 - width)) as i32 >> (32 - width)) as u32 }
}

#[inline(always)]
fn low16(value: u32) -> i32 {
    i32::from(value as i16)
}

#[inline(always)]
fn high16(value: u32) -> i32 {
    value as i32 >> 16
}

#[inline(always)]
fn dot2_signed(a: u32, b: u32) -> i64 {
    i64::from(low16(a)) * i64::from(low16(b)) + i64::from(high16(a)) * i64::from(high16(b))
}

#[inline(always)]
fn dot2_unsigned(a: u32, b: u32) -> u64 {
    u64::from(a & 0xffff) * u64::from(b & 0xffff) + u64::from(a >> 16) * u64::from(b >> 16)
}

#[inline(always)]
fn dot4_signed(a: u32, b: u32) -> i64 {
    let part = |shift: u32| i64::from((a >> shift) as i8) * i64::from((b >> shift) as i8);
    part(0) + part(8) + part(16) + part(24)
}

#[inline(always)]
fn dot4_unsigned(a: u32, b: u32) -> u64 {
    let part = |shift: u32| u64::from((a >> shift) as u8) * u64::from((b >> shift) as u8);
    part(0) + part(8) + part(16) + part(24)
}

#[inline(always)]
fn dot8_signed(a: u32, b: u32) -> i64 {
    let nibble = |value: u32, at: u32| i64::from((value << (28 - 4 * at)) as i32 >> 28);
    let mut sum = 0;
    for at in 0..8 {
        sum += nibble(a, at) * nibble(b, at);
    }
    sum
}

#[inline(always)]
fn dot8_unsigned(a: u32, b: u32) -> u64 {
    let mut sum = 0;
    for at in 0..8 {
        sum += u64::from(a >> (4 * at) & 15) * u64::from(b >> (4 * at) & 15);
    }
    sum
}

#[inline(always)]
fn clamp_signed(value: i64) -> i32 {
    value.clamp(i32::MIN.into(), i32::MAX.into()) as i32
}

#[inline(always)]
fn clamp_unsigned(value: u64) -> u32 {
    value.min(u32::MAX.into()) as u32
}

fn arithmetic() -> Vec<VectorRow> {
    vec![
        row!("v_add_u32"(a: u32, b: u32) -> u32 { a.wrapping_add(b) }),
        row!("v_add_u32/clamp"(a: u32, b: u32) -> u32 { a.saturating_add(b) }),
        row!("v_sub_u32"(a: u32, b: u32) -> u32 { a.wrapping_sub(b) }),
        row!("v_sub_u32/clamp"(a: u32, b: u32) -> u32 { a.saturating_sub(b) }),
        row!("v_subrev_u32"(a: u32, b: u32) -> u32 { b.wrapping_sub(a) }),
        row!("v_subrev_u32/clamp"(a: u32, b: u32) -> u32 { b.saturating_sub(a) }),
        row!("v_add_i32"(a: i32, b: i32) -> i32 { a.wrapping_add(b) }),
        row!("v_add_i32/clamp"(a: i32, b: i32) -> i32 { a.saturating_add(b) }),
        row!("v_sub_i32"(a: i32, b: i32) -> i32 { a.wrapping_sub(b) }),
        row!("v_sub_i32/clamp"(a: i32, b: i32) -> i32 { a.saturating_sub(b) }),
        row!("v_add_co_u32"(a: u32, b: u32) -> u32, mask { add_carry(a, b, false) }),
        row!("v_add_co_u32/clamp"(a: u32, b: u32) -> u32, mask { saturating_add_carry(a, b, false) }),
        row!("v_sub_co_u32"(a: u32, b: u32) -> u32, mask { subtract_borrow(a, b, false) }),
        row!("v_sub_co_u32/clamp"(a: u32, b: u32) -> u32, mask { saturating_subtract_borrow(a, b, false) }),
        row!("v_subrev_co_u32"(a: u32, b: u32) -> u32, mask { subtract_borrow(b, a, false) }),
        row!("v_subrev_co_u32/clamp"(a: u32, b: u32) -> u32, mask { saturating_subtract_borrow(b, a, false) }),
        row!("v_addc_co_u32"(a: u32, b: u32; carry c) -> u32, mask { add_carry(a, b, c) }),
        row!("v_addc_co_u32/clamp"(a: u32, b: u32; carry c) -> u32, mask { saturating_add_carry(a, b, c) }),
        row!("v_subb_co_u32"(a: u32, b: u32; carry c) -> u32, mask { subtract_borrow(a, b, c) }),
        row!("v_subb_co_u32/clamp"(a: u32, b: u32; carry c) -> u32, mask { saturating_subtract_borrow(a, b, c) }),
        row!("v_subbrev_co_u32"(a: u32, b: u32; carry c) -> u32, mask { subtract_borrow(b, a, c) }),
        row!("v_subbrev_co_u32/clamp"(a: u32, b: u32; carry c) -> u32, mask { saturating_subtract_borrow(b, a, c) }),
        row!("v_add3_u32"(a: u32, b: u32, c: u32) -> u32 { a.wrapping_add(b).wrapping_add(c) }),
        row!("v_lshl_add_u32"(a: u32, b: u32, c: u32) -> u32 { (a << (b & 31)).wrapping_add(c) }),
        row!("v_add_lshl_u32"(a: u32, b: u32, c: u32) -> u32 { a.wrapping_add(b) << (c & 31) }),
        row!("v_xad_u32"(a: u32, b: u32, c: u32) -> u32 { (a ^ b).wrapping_add(c) }),
        row!("v_mul_lo_u32"(a: u32, b: u32) -> u32 { a.wrapping_mul(b) }),
        row!("v_mul_hi_u32"(a: u32, b: u32) -> u32 { ((u64::from(a) * u64::from(b)) >> 32) as u32 }),
        row!("v_mul_hi_i32"(a: i32, b: i32) -> i32 { ((i64::from(a) * i64::from(b)) >> 32) as i32 }),
        row!("v_mul_i32_i24"(a: u32, b: u32) -> u32 { (signed24(a) * signed24(b)) as u32 }),
        row!("v_mul_hi_i32_i24"(a: u32, b: u32) -> u32 { ((signed24(a) * signed24(b)) >> 32) as u32 }),
        row!("v_mul_u32_u24"(a: u32, b: u32) -> u32 { (unsigned24(a) * unsigned24(b)) as u32 }),
        row!("v_mul_hi_u32_u24"(a: u32, b: u32) -> u32 { ((unsigned24(a) * unsigned24(b)) >> 32) as u32 }),
        row!("v_mad_i32_i24"(a: u32, b: u32, c: u32) -> u32 { ((signed24(a) * signed24(b)) as u32).wrapping_add(c) }),
        row!("v_mad_i32_i24/clamp"(a: u32, b: u32, c: i32) -> i32 {
            clamp_signed(signed24(a) * signed24(b) + i64::from(c))
        }),
        row!("v_mad_u32_u24"(a: u32, b: u32, c: u32) -> u32 {
            ((unsigned24(a) * unsigned24(b)) as u32).wrapping_add(c)
        }),
        row!("v_mad_u32_u24/clamp"(a: u32, b: u32, c: u32) -> u32 {
            clamp_unsigned(unsigned24(a) * unsigned24(b) + u64::from(c))
        }),
        row!("v_mad_u32_u16"(a: u16, b: u16, c: u32) -> u32 { (u32::from(a) * u32::from(b)).wrapping_add(c) }),
        row!("v_mad_i32_i16"(a: i16, b: i16, c: i32) -> i32 { (i32::from(a) * i32::from(b)).wrapping_add(c) }),
        row!("v_mad_u64_u32"(a: u32, b: u32, c: u64) -> u64, mask {
            let sum = (u64::from(a) * u64::from(b)).wrapping_add(c);
            (sum, sum < c)
        }),
        row!("v_mad_i64_i32"(a: i32, b: i32, c: i64) -> i64, mask {
            // Spelled out, because the compiler makes a vector of this and not of `overflowing_add`.
            let product = i64::from(a) * i64::from(b);
            let sum = product.wrapping_add(c);
            (sum, (product ^ sum) & (c ^ sum) < 0)
        }),
        row!("v_min_i32"(a: i32, b: i32) -> i32 { a.min(b) }),
        row!("v_max_i32"(a: i32, b: i32) -> i32 { a.max(b) }),
        row!("v_min_u32"(a: u32, b: u32) -> u32 { a.min(b) }),
        row!("v_max_u32"(a: u32, b: u32) -> u32 { a.max(b) }),
        row!("v_min3_i32"(a: i32, b: i32, c: i32) -> i32 { a.min(b).min(c) }),
        row!("v_max3_i32"(a: i32, b: i32, c: i32) -> i32 { a.max(b).max(c) }),
        row!("v_med3_i32"(a: i32, b: i32, c: i32) -> i32 { median(a, b, c) }),
        row!("v_min3_u32"(a: u32, b: u32, c: u32) -> u32 { a.min(b).min(c) }),
        row!("v_max3_u32"(a: u32, b: u32, c: u32) -> u32 { a.max(b).max(c) }),
        row!("v_med3_u32"(a: u32, b: u32, c: u32) -> u32 { median(a, b, c) }),
        row!("v_sad_u8"(a: u32, b: u32, c: u32) -> u32 { sum_of_differences(a, b).wrapping_add(c) }),
        row!("v_sad_hi_u8"(a: u32, b: u32, c: u32) -> u32 { (sum_of_differences(a, b) << 16).wrapping_add(c) }),
        row!("v_sad_u16"(a: u32, b: u32, c: u32) -> u32 {
            let low = (a & 0xffff).abs_diff(b & 0xffff);
            low.wrapping_add((a >> 16).abs_diff(b >> 16)).wrapping_add(c)
        }),
        row!("v_sad_u32"(a: u32, b: u32, c: u32) -> u32 { a.abs_diff(b).wrapping_add(c) }),
        row!("v_msad_u8"(a: u32, b: u32, c: u32) -> u32 { masked_sum_of_differences(a, b).wrapping_add(c) }),
        row!("v_qsad_pk_u16_u8"(a: u64, b: u32, c: u64) -> u64 { four_sums(a, b, c, sum_of_differences) }),
        row!("v_mqsad_pk_u16_u8"(a: u64, b: u32, c: u64) -> u64 { four_sums(a, b, c, masked_sum_of_differences) }),
        row!("v_lerp_u8"(a: u32, b: u32, c: u32) -> u32 {
            let (a, b, c) = (bytes(a), bytes(b), bytes(c));
            let mut result = 0;
            for at in 0..4 {
                result |= ((a[at] + b[at] + (c[at] & 1)) >> 1) << (8 * at);
            }
            result
        }),
        row!("v_dot2_i32_i16"(a: u32, b: u32, c: i32) -> i32 { dot2_signed(a, b).wrapping_add(c.into()) as i32 }),
        row!("v_dot2_i32_i16/clamp"(a: u32, b: u32, c: i32) -> i32 { clamp_signed(dot2_signed(a, b) + i64::from(c)) }),
        row!("v_dot2c_i32_i16"(a: u32, b: u32, c: i32) -> i32 { dot2_signed(a, b).wrapping_add(c.into()) as i32 }),
        row!("v_dot2_u32_u16"(a: u32, b: u32, c: u32) -> u32 { dot2_unsigned(a, b).wrapping_add(c.into()) as u32 }),
        row!("v_dot2_u32_u16/clamp"(a: u32, b: u32, c: u32) -> u32 {
            clamp_unsigned(dot2_unsigned(a, b) + u64::from(c))
        }),
        row!("v_dot4_i32_i8"(a: u32, b: u32, c: i32) -> i32 { dot4_signed(a, b).wrapping_add(c.into()) as i32 }),
        row!("v_dot4_i32_i8/clamp"(a: u32, b: u32, c: i32) -> i32 { clamp_signed(dot4_signed(a, b) + i64::from(c)) }),
        row!("v_dot4c_i32_i8"(a: u32, b: u32, c: i32) -> i32 { dot4_signed(a, b).wrapping_add(c.into()) as i32 }),
        row!("v_dot4_u32_u8"(a: u32, b: u32, c: u32) -> u32 { dot4_unsigned(a, b).wrapping_add(c.into()) as u32 }),
        row!("v_dot4_u32_u8/clamp"(a: u32, b: u32, c: u32) -> u32 {
            clamp_unsigned(dot4_unsigned(a, b) + u64::from(c))
        }),
        row!("v_dot8_i32_i4"(a: u32, b: u32, c: i32) -> i32 { dot8_signed(a, b).wrapping_add(c.into()) as i32 }),
        row!("v_dot8_i32_i4/clamp"(a: u32, b: u32, c: i32) -> i32 { clamp_signed(dot8_signed(a, b) + i64::from(c)) }),
        row!("v_dot8c_i32_i4"(a: u32, b: u32, c: i32) -> i32 { dot8_signed(a, b).wrapping_add(c.into()) as i32 }),
        row!("v_dot8_u32_u4"(a: u32, b: u32, c: u32) -> u32 { dot8_unsigned(a, b).wrapping_add(c.into()) as u32 }),
        row!("v_dot8_u32_u4/clamp"(a: u32, b: u32, c: u32) -> u32 {
            clamp_unsigned(dot8_unsigned(a, b) + u64::from(c))
        }),
    ]
}

fn short() -> Vec<VectorRow> {
    vec![
        row!("v_add_u16"(a: u16, b: u16) -> u16 { a.wrapping_add(b) }),
        row!("v_add_u16/clamp"(a: u16, b: u16) -> u16 { a.saturating_add(b) }),
        row!("v_sub_u16"(a: u16, b: u16) -> u16 { a.wrapping_sub(b) }),
        row!("v_sub_u16/clamp"(a: u16, b: u16) -> u16 { a.saturating_sub(b) }),
        row!("v_subrev_u16"(a: u16, b: u16) -> u16 { b.wrapping_sub(a) }),
        row!("v_subrev_u16/clamp"(a: u16, b: u16) -> u16 { b.saturating_sub(a) }),
        row!("v_add_i16"(a: i16, b: i16) -> i16 { a.wrapping_add(b) }),
        row!("v_add_i16/clamp"(a: i16, b: i16) -> i16 { a.saturating_add(b) }),
        row!("v_sub_i16"(a: i16, b: i16) -> i16 { a.wrapping_sub(b) }),
        row!("v_sub_i16/clamp"(a: i16, b: i16) -> i16 { a.saturating_sub(b) }),
        row!("v_mul_lo_u16"(a: u16, b: u16) -> u16 { a.wrapping_mul(b) }),
        row!("v_mad_u16"(a: u16, b: u16, c: u16) -> u16 { a.wrapping_mul(b).wrapping_add(c) }),
        row!("v_mad_i16"(a: i16, b: i16, c: i16) -> i16 { a.wrapping_mul(b).wrapping_add(c) }),
        row!("v_mad_legacy_u16"(a: u16, b: u16, c: u16) -> u16 { a.wrapping_mul(b).wrapping_add(c) }),
        row!("v_mad_legacy_i16"(a: i16, b: i16, c: i16) -> i16 { a.wrapping_mul(b).wrapping_add(c) }),
        row!("v_min_u16"(a: u16, b: u16) -> u16 { a.min(b) }),
        row!("v_max_u16"(a: u16, b: u16) -> u16 { a.max(b) }),
        row!("v_min_i16"(a: i16, b: i16) -> i16 { a.min(b) }),
        row!("v_max_i16"(a: i16, b: i16) -> i16 { a.max(b) }),
        row!("v_min3_i16"(a: i16, b: i16, c: i16) -> i16 { a.min(b).min(c) }),
        row!("v_max3_i16"(a: i16, b: i16, c: i16) -> i16 { a.max(b).max(c) }),
        row!("v_med3_i16"(a: i16, b: i16, c: i16) -> i16 { median(a, b, c) }),
        row!("v_min3_u16"(a: u16, b: u16, c: u16) -> u16 { a.min(b).min(c) }),
        row!("v_max3_u16"(a: u16, b: u16, c: u16) -> u16 { a.max(b).max(c) }),
        row!("v_med3_u16"(a: u16, b: u16, c: u16) -> u16 { median(a, b, c) }),
        row!("v_lshlrev_b16"(a: u16, b: u16) -> u16 { b << (a & 15) }),
        row!("v_lshrrev_b16"(a: u16, b: u16) -> u16 { b >> (a & 15) }),
        row!("v_ashrrev_i16"(a: u16, b: i16) -> i16 { b >> (a & 15) }),
    ]
}

fn logic() -> Vec<VectorRow> {
    vec![
        row!("v_mov_b32"(a: u32) -> u32 { a }),
        row!("v_accvgpr_read_b32"(a: u32) -> u32 { a }),
        row!("v_accvgpr_write_b32"(a: u32) -> u32 { a }),
        row!("v_accvgpr_mov_b32"(a: u32) -> u32 { a }),
        row!("v_cndmask_b32"(a: u32, b: u32; carry c) -> u32 { if c { b } else { a } }),
        row!("v_not_b32"(a: u32) -> u32 { !a }),
        row!("v_and_b32"(a: u32, b: u32) -> u32 { a & b }),
        row!("v_or_b32"(a: u32, b: u32) -> u32 { a | b }),
        row!("v_xor_b32"(a: u32, b: u32) -> u32 { a ^ b }),
        row!("v_xnor_b32"(a: u32, b: u32) -> u32 { !(a ^ b) }),
        row!("v_and_or_b32"(a: u32, b: u32, c: u32) -> u32 { a & b | c }),
        row!("v_or3_b32"(a: u32, b: u32, c: u32) -> u32 { a | b | c }),
        row!("v_lshl_or_b32"(a: u32, b: u32, c: u32) -> u32 { a << (b & 31) | c }),
        row!("v_lshlrev_b32"(a: u32, b: u32) -> u32 { b << (a & 31) }),
        row!("v_lshrrev_b32"(a: u32, b: u32) -> u32 { b >> (a & 31) }),
        row!("v_ashrrev_i32"(a: u32, b: i32) -> i32 { b >> (a & 31) }),
        row!("v_lshlrev_b64"(a: u32, b: u64) -> u64 { b << (a & 63) }),
        row!("v_lshrrev_b64"(a: u32, b: u64) -> u64 { b >> (a & 63) }),
        row!("v_ashrrev_i64"(a: u32, b: i64) -> i64 { b >> (a & 63) }),
        row!("v_bfrev_b32"(a: u32) -> u32 { a.reverse_bits() }),
        row!("v_ffbh_u32"(a: u32) -> u32 { if a == 0 { u32::MAX } else { a.leading_zeros() } }),
        row!("v_ffbl_b32"(a: u32) -> u32 { if a == 0 { u32::MAX } else { a.trailing_zeros() } }),
        row!("v_ffbh_i32"(a: u32) -> u32 {
            let magnitude = a ^ (a as i32 >> 31) as u32;
            if magnitude == 0 { u32::MAX } else { magnitude.leading_zeros() }
        }),
        row!("v_bcnt_u32_b32"(a: u32, b: u32) -> u32 { a.count_ones().wrapping_add(b) }),
        row!("v_mbcnt_lo_u32_b32"(a: u32, b: u32; lane l) -> u32 {
            let below = if l >= 32 { u32::MAX } else { (1 << l) - 1 };
            (a & below).count_ones().wrapping_add(b)
        }),
        row!("v_mbcnt_hi_u32_b32"(a: u32, b: u32; lane l) -> u32 {
            let below = if l < 32 { 0 } else { (1u32 << (l & 31)) - 1 };
            (a & below).count_ones().wrapping_add(b)
        }),
        row!("v_bfe_u32"(a: u32, b: u32, c: u32) -> u32 { bit_field(a, b, c) }),
        row!("v_bfe_i32"(a: u32, b: u32, c: u32) -> u32 { signed_bit_field(a, b, c) }),
        row!("v_bfi_b32"(a: u32, b: u32, c: u32) -> u32 { a & b | !a & c }),
        row!("v_bfm_b32"(a: u32, b: u32) -> u32 { ((1u32 << (a & 31)) - 1) << (b & 31) }),
        row!("v_alignbit_b32"(a: u32, b: u32, c: u32) -> u32 {
            ((u64::from(a) << 32 | u64::from(b)) >> (c & 31)) as u32
        }),
        row!("v_alignbyte_b32"(a: u32, b: u32, c: u32) -> u32 {
            ((u64::from(a) << 32 | u64::from(b)) >> (8 * (c & 3))) as u32
        }),
        row!("v_perm_b32"(a: u32, b: u32, c: u32) -> u32 { permute(a, b, c) }),
    ]
}

pub(super) fn rows() -> Vec<VectorRow> {
    [arithmetic(), short(), logic()].concat()
}
