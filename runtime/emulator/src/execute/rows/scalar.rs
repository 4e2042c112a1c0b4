//! Scalar arithmetic, logic, comparisons, bit fields, moves and jumps through registers.
//!
//! SCC is written as the manual says: carry or overflow for additions, "result is not zero" for logic and shifts.

use super::super::scalar::{ScalarRow, scalar_row as row};
use crate::wave::Wave;

fn nonzero<T: PartialEq + Default>(wave: &mut Wave, value: T) -> T {
    wave.scc = u32::from(value != T::default());
    value
}

fn add_carry(wave: &mut Wave, a: u32, b: u32, carry: u32) -> u32 {
    let sum = u64::from(a) + u64::from(b) + u64::from(carry);
    wave.scc = (sum >> 32) as u32;
    sum as u32
}

fn subtract_borrow(wave: &mut Wave, a: u32, b: u32, borrow: u32) -> u32 {
    wave.scc = u32::from(u64::from(a) < u64::from(b) + u64::from(borrow));
    a.wrapping_sub(b).wrapping_sub(borrow)
}

fn bit_field(value: u64, bits: u32, control: u32) -> (u64, u32) {
    let (offset, width) = (control & (bits - 1), control >> 16 & 0x7f);
    let value = if bits == 32 { value & 0xffff_ffff } else { value };
    let shifted = value >> offset;
    // A field that runs past the top is as wide as there are bits.
    (if width >= 64 { shifted } else { shifted & ((1 << width) - 1) }, width.min(bits))
}

fn sign_extend(value: u64, width: u32) -> i64 {
    if width == 0 { 0 } else { (value << (64 - width)) as i64 >> (64 - width) }
}

/// Bits from the top that are equal to the sign bit, -1 when all are.
fn sign_bits(value: i64, width: u32) -> i32 {
    let aligned = value << (64 - width);
    let magnitude = if aligned < 0 { !aligned } else { aligned };
    let leading = magnitude.leading_zeros();
    if leading >= width { -1 } else { leading as i32 }
}

fn first_or_none(count: u32, width: u32) -> i32 {
    if count >= width { -1 } else { count as i32 }
}

fn whole_quads(value: u64) -> u64 {
    (0..16).fold(0, |mask, quad| mask | if value >> (quad * 4) & 15 != 0 { 15 << (quad * 4) } else { 0 })
}

fn quad_mask(value: u64) -> u64 {
    (0..16).fold(0, |mask, quad| mask | u64::from(value >> (quad * 4) & 15 != 0) << quad)
}

/// Doubles every bit.
fn replicate(value: u32) -> u64 {
    (0..32).fold(0, |result, bit| result | (u64::from(value >> bit & 1) * 3) << (2 * bit))
}

macro_rules! save_exec {
    ($name:literal, |$s:ident, $exec:ident| $new:expr) => {
        row!($name (w, a: u64) -> u64 {
            let ($s, $exec) = (a, w.exec());
            let new: u64 = $new;
            w.set_exec(new);
            w.scc = u32::from(new != 0);
            $exec
        })
    };
}

macro_rules! write_exec {
    ($name:literal, |$s:ident, $exec:ident| $new:expr) => {
        row!($name (w, a: u64) -> u64 {
            let ($s, $exec) = (a, w.exec());
            let new: u64 = $new;
            w.set_exec(new);
            w.scc = u32::from(new != 0);
            new
        })
    };
}

fn shift_add(wave: &mut Wave, a: u32, b: u32, shift: u32) -> u32 {
    let sum = (u64::from(a) << shift) + u64::from(b);
    wave.scc = u32::from(sum > u64::from(u32::MAX));
    sum as u32
}

pub(super) fn rows() -> Vec<ScalarRow> {
    vec![
        row!("s_add_u32"(w, a: u32, b: u32) -> u32 { add_carry(w, a, b, 0) }),
        row!("s_sub_u32"(w, a: u32, b: u32) -> u32 { subtract_borrow(w, a, b, 0) }),
        row!("s_add_i32"(w, a: i32, b: i32) -> i32 {
            let (sum, overflow) = a.overflowing_add(b);
            w.scc = overflow.into();
            sum
        }),
        row!("s_sub_i32"(w, a: i32, b: i32) -> i32 {
            let (difference, overflow) = a.overflowing_sub(b);
            w.scc = overflow.into();
            difference
        }),
        row!("s_addc_u32"(w, a: u32, b: u32) -> u32 { add_carry(w, a, b, w.scc) }),
        row!("s_subb_u32"(w, a: u32, b: u32) -> u32 { subtract_borrow(w, a, b, w.scc) }),
        row!("s_min_i32"(w, a: i32, b: i32) -> i32 { w.scc = u32::from(a < b); a.min(b) }),
        row!("s_min_u32"(w, a: u32, b: u32) -> u32 { w.scc = u32::from(a < b); a.min(b) }),
        row!("s_max_i32"(w, a: i32, b: i32) -> i32 { w.scc = u32::from(a > b); a.max(b) }),
        row!("s_max_u32"(w, a: u32, b: u32) -> u32 { w.scc = u32::from(a > b); a.max(b) }),
        row!("s_cselect_b32"(w, a: u32, b: u32) -> u32 { if w.scc != 0 { a } else { b } }),
        row!("s_cselect_b64"(w, a: u64, b: u64) -> u64 { if w.scc != 0 { a } else { b } }),
        row!("s_and_b32"(w, a: u32, b: u32) -> u32 { nonzero(w, a & b) }),
        row!("s_and_b64"(w, a: u64, b: u64) -> u64 { nonzero(w, a & b) }),
        row!("s_or_b32"(w, a: u32, b: u32) -> u32 { nonzero(w, a | b) }),
        row!("s_or_b64"(w, a: u64, b: u64) -> u64 { nonzero(w, a | b) }),
        row!("s_xor_b32"(w, a: u32, b: u32) -> u32 { nonzero(w, a ^ b) }),
        row!("s_xor_b64"(w, a: u64, b: u64) -> u64 { nonzero(w, a ^ b) }),
        row!("s_andn2_b32"(w, a: u32, b: u32) -> u32 { nonzero(w, a & !b) }),
        row!("s_andn2_b64"(w, a: u64, b: u64) -> u64 { nonzero(w, a & !b) }),
        row!("s_orn2_b32"(w, a: u32, b: u32) -> u32 { nonzero(w, a | !b) }),
        row!("s_orn2_b64"(w, a: u64, b: u64) -> u64 { nonzero(w, a | !b) }),
        row!("s_nand_b32"(w, a: u32, b: u32) -> u32 { nonzero(w, !(a & b)) }),
        row!("s_nand_b64"(w, a: u64, b: u64) -> u64 { nonzero(w, !(a & b)) }),
        row!("s_nor_b32"(w, a: u32, b: u32) -> u32 { nonzero(w, !(a | b)) }),
        row!("s_nor_b64"(w, a: u64, b: u64) -> u64 { nonzero(w, !(a | b)) }),
        row!("s_xnor_b32"(w, a: u32, b: u32) -> u32 { nonzero(w, !(a ^ b)) }),
        row!("s_xnor_b64"(w, a: u64, b: u64) -> u64 { nonzero(w, !(a ^ b)) }),
        row!("s_lshl_b32"(w, a: u32, b: u32) -> u32 { nonzero(w, a << (b & 31)) }),
        row!("s_lshl_b64"(w, a: u64, b: u32) -> u64 { nonzero(w, a << (b & 63)) }),
        row!("s_lshr_b32"(w, a: u32, b: u32) -> u32 { nonzero(w, a >> (b & 31)) }),
        row!("s_lshr_b64"(w, a: u64, b: u32) -> u64 { nonzero(w, a >> (b & 63)) }),
        row!("s_ashr_i32"(w, a: i32, b: u32) -> i32 { nonzero(w, a >> (b & 31)) }),
        row!("s_ashr_i64"(w, a: i64, b: u32) -> i64 { nonzero(w, a >> (b & 63)) }),
        row!("s_bfm_b32"(w, a: u32, b: u32) -> u32 { ((1u32 << (a & 31)) - 1) << (b & 31) }),
        row!("s_bfm_b64"(w, a: u32, b: u32) -> u64 { ((1u64 << (a & 63)) - 1) << (b & 63) }),
        row!("s_mul_i32"(w, a: u32, b: u32) -> u32 { a.wrapping_mul(b) }),
        row!("s_bfe_u32"(w, a: u32, b: u32) -> u32 { nonzero(w, bit_field(a.into(), 32, b).0 as u32) }),
        row!("s_bfe_i32"(w, a: i32, b: u32) -> i32 {
            // Past the top, the sign is bit 31's.
            let (offset, width) = (b & 31, (b >> 16 & 0x7f).min(32));
            let value = (a >> offset) as u32;
            nonzero(w, sign_extend(value.into(), width.min(32)) as i32)
        }),
        row!("s_bfe_u64"(w, a: u64, b: u32) -> u64 { nonzero(w, bit_field(a, 64, b).0) }),
        row!("s_bfe_i64"(w, a: i64, b: u32) -> i64 {
            let (offset, width) = (b & 63, (b >> 16 & 0x7f).min(64));
            nonzero(w, sign_extend((a >> offset) as u64, width))
        }),
        row!("s_absdiff_i32"(w, a: i32, b: i32) -> u32 { nonzero(w, a.wrapping_sub(b).unsigned_abs()) }),
        row!("s_mul_hi_u32"(w, a: u32, b: u32) -> u32 { ((u64::from(a) * u64::from(b)) >> 32) as u32 }),
        row!("s_mul_hi_i32"(w, a: i32, b: i32) -> u32 { ((i64::from(a) * i64::from(b)) >> 32) as u32 }),
        row!("s_lshl1_add_u32"(w, a: u32, b: u32) -> u32 { shift_add(w, a, b, 1) }),
        row!("s_lshl2_add_u32"(w, a: u32, b: u32) -> u32 { shift_add(w, a, b, 2) }),
        row!("s_lshl3_add_u32"(w, a: u32, b: u32) -> u32 { shift_add(w, a, b, 3) }),
        row!("s_lshl4_add_u32"(w, a: u32, b: u32) -> u32 { shift_add(w, a, b, 4) }),
        row!("s_pack_ll_b32_b16"(w, a: u32, b: u32) -> u32 { a & 0xffff | b << 16 }),
        row!("s_pack_lh_b32_b16"(w, a: u32, b: u32) -> u32 { a & 0xffff | b & 0xffff_0000 }),
        row!("s_pack_hh_b32_b16"(w, a: u32, b: u32) -> u32 { a >> 16 | b & 0xffff_0000 }),
        row!("s_cmp_eq_i32"(w, a: i32, b: i32) -> () { w.scc = u32::from(a == b) }),
        row!("s_cmp_lg_i32"(w, a: i32, b: i32) -> () { w.scc = u32::from(a != b) }),
        row!("s_cmp_gt_i32"(w, a: i32, b: i32) -> () { w.scc = u32::from(a > b) }),
        row!("s_cmp_ge_i32"(w, a: i32, b: i32) -> () { w.scc = u32::from(a >= b) }),
        row!("s_cmp_lt_i32"(w, a: i32, b: i32) -> () { w.scc = u32::from(a < b) }),
        row!("s_cmp_le_i32"(w, a: i32, b: i32) -> () { w.scc = u32::from(a <= b) }),
        row!("s_cmp_eq_u32"(w, a: u32, b: u32) -> () { w.scc = u32::from(a == b) }),
        row!("s_cmp_lg_u32"(w, a: u32, b: u32) -> () { w.scc = u32::from(a != b) }),
        row!("s_cmp_gt_u32"(w, a: u32, b: u32) -> () { w.scc = u32::from(a > b) }),
        row!("s_cmp_ge_u32"(w, a: u32, b: u32) -> () { w.scc = u32::from(a >= b) }),
        row!("s_cmp_lt_u32"(w, a: u32, b: u32) -> () { w.scc = u32::from(a < b) }),
        row!("s_cmp_le_u32"(w, a: u32, b: u32) -> () { w.scc = u32::from(a <= b) }),
        row!("s_cmp_eq_u64"(w, a: u64, b: u64) -> () { w.scc = u32::from(a == b) }),
        row!("s_cmp_lg_u64"(w, a: u64, b: u64) -> () { w.scc = u32::from(a != b) }),
        row!("s_bitcmp0_b32"(w, a: u32, b: u32) -> () { w.scc = a >> (b & 31) & 1 ^ 1 }),
        row!("s_bitcmp1_b32"(w, a: u32, b: u32) -> () { w.scc = a >> (b & 31) & 1 }),
        row!("s_bitcmp0_b64"(w, a: u64, b: u32) -> () { w.scc = (a >> (b & 63) & 1 ^ 1) as u32 }),
        row!("s_bitcmp1_b64"(w, a: u64, b: u32) -> () { w.scc = (a >> (b & 63) & 1) as u32 }),
        row!("s_movk_i32"(w, a: u32) -> u32 { a }),
        row!("s_cmovk_i32"(w, old: u32, b: u32) -> u32 { if w.scc != 0 { b } else { old } }),
        row!("s_addk_i32"(w, a: i32, b: i32) -> i32 {
            let (sum, overflow) = a.overflowing_add(b);
            w.scc = overflow.into();
            sum
        }),
        row!("s_mulk_i32"(w, a: i32, b: i32) -> i32 { a.wrapping_mul(b) }),
        row!("s_mov_b32"(w, a: u32) -> u32 { a }),
        row!("s_mov_b64"(w, a: u64) -> u64 { a }),
        row!("s_cmov_b32"(w, a: u32, old: u32) -> u32 { if w.scc != 0 { a } else { old } }),
        row!("s_cmov_b64"(w, a: u64, old: u64) -> u64 { if w.scc != 0 { a } else { old } }),
        row!("s_not_b32"(w, a: u32) -> u32 { nonzero(w, !a) }),
        row!("s_not_b64"(w, a: u64) -> u64 { nonzero(w, !a) }),
        row!("s_wqm_b32"(w, a: u32) -> u32 { nonzero(w, whole_quads(a.into()) as u32) }),
        row!("s_wqm_b64"(w, a: u64) -> u64 { nonzero(w, whole_quads(a)) }),
        row!("s_brev_b32"(w, a: u32) -> u32 { a.reverse_bits() }),
        row!("s_brev_b64"(w, a: u64) -> u64 { a.reverse_bits() }),
        row!("s_bcnt0_i32_b32"(w, a: u32) -> u32 { nonzero(w, a.count_zeros()) }),
        row!("s_bcnt0_i32_b64"(w, a: u64) -> u32 { nonzero(w, a.count_zeros()) }),
        row!("s_bcnt1_i32_b32"(w, a: u32) -> u32 { nonzero(w, a.count_ones()) }),
        row!("s_bcnt1_i32_b64"(w, a: u64) -> u32 { nonzero(w, a.count_ones()) }),
        row!("s_ff0_i32_b32"(w, a: u32) -> i32 { first_or_none(a.trailing_ones(), 32) }),
        row!("s_ff0_i32_b64"(w, a: u64) -> i32 { first_or_none(a.trailing_ones(), 64) }),
        row!("s_ff1_i32_b32"(w, a: u32) -> i32 { first_or_none(a.trailing_zeros(), 32) }),
        row!("s_ff1_i32_b64"(w, a: u64) -> i32 { first_or_none(a.trailing_zeros(), 64) }),
        row!("s_flbit_i32_b32"(w, a: u32) -> i32 { first_or_none(a.leading_zeros(), 32) }),
        row!("s_flbit_i32_b64"(w, a: u64) -> i32 { first_or_none(a.leading_zeros(), 64) }),
        row!("s_flbit_i32"(w, a: i32) -> i32 { sign_bits(a.into(), 32) }),
        row!("s_flbit_i32_i64"(w, a: i64) -> i32 { sign_bits(a, 64) }),
        row!("s_sext_i32_i8"(w, a: u32) -> i32 { i32::from(a as i8) }),
        row!("s_sext_i32_i16"(w, a: u32) -> i32 { i32::from(a as i16) }),
        row!("s_bitset0_b32"(w, a: u32, old: u32) -> u32 { old & !(1 << (a & 31)) }),
        row!("s_bitset0_b64"(w, a: u32, old: u64) -> u64 { old & !(1 << (a & 63)) }),
        row!("s_bitset1_b32"(w, a: u32, old: u32) -> u32 { old | 1 << (a & 31) }),
        row!("s_bitset1_b64"(w, a: u32, old: u64) -> u64 { old | 1 << (a & 63) }),
        row!("s_getpc_b64"(w, pc: u64) -> u64 { pc }),
        save_exec!("s_and_saveexec_b64", |s, exec| s & exec),
        save_exec!("s_or_saveexec_b64", |s, exec| s | exec),
        save_exec!("s_xor_saveexec_b64", |s, exec| s ^ exec),
        save_exec!("s_andn2_saveexec_b64", |s, exec| s & !exec),
        save_exec!("s_orn2_saveexec_b64", |s, exec| s | !exec),
        save_exec!("s_nand_saveexec_b64", |s, exec| !(s & exec)),
        save_exec!("s_nor_saveexec_b64", |s, exec| !(s | exec)),
        save_exec!("s_xnor_saveexec_b64", |s, exec| !(s ^ exec)),
        save_exec!("s_andn1_saveexec_b64", |s, exec| !s & exec),
        save_exec!("s_orn1_saveexec_b64", |s, exec| !s | exec),
        write_exec!("s_andn1_wrexec_b64", |s, exec| !s & exec),
        write_exec!("s_andn2_wrexec_b64", |s, exec| s & !exec),
        row!("s_quadmask_b32"(w, a: u32) -> u32 { nonzero(w, quad_mask(a.into()) as u32) }),
        row!("s_quadmask_b64"(w, a: u64) -> u64 { nonzero(w, quad_mask(a)) }),
        row!("s_abs_i32"(w, a: i32) -> i32 { nonzero(w, a.wrapping_abs()) }),
        row!("s_bitreplicate_b64_b32"(w, a: u32) -> u64 { replicate(a) }),
    ]
}
