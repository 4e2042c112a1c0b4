//! Comparisons: a bit for each lane. `v_cmpx_*` is the same row, and writes EXEC too.

use super::super::value::F16;
use super::super::vector::{VectorRow, row};

/// The class bits of `v_cmp_class`, low to high: signalling NaN, quiet NaN, then -infinity, -normal, -denormal, -0,
/// +0, +denormal, +normal, +infinity.
#[inline(always)]
fn class(negative: bool, exponent_full: bool, exponent_zero: bool, fraction_zero: bool, quiet: bool) -> u32 {
    let kind = if exponent_full {
        if !fraction_zero {
            return if quiet { 2 } else { 1 };
        }
        0
    } else if exponent_zero {
        if fraction_zero { 3 } else { 2 }
    } else {
        1
    };
    if negative { 4 << kind } else { 512 >> kind }
}

#[inline(always)]
fn class32(value: f32) -> u32 {
    let bits = value.to_bits();
    let exponent = bits >> 23 & 0xff;
    class(bits >> 31 != 0, exponent == 0xff, exponent == 0, bits << 9 == 0, bits >> 22 & 1 != 0)
}

#[inline(always)]
fn class64(value: f64) -> u32 {
    let bits = value.to_bits();
    let exponent = bits >> 52 & 0x7ff;
    class(bits >> 63 != 0, exponent == 0x7ff, exponent == 0, bits << 12 == 0, bits >> 51 & 1 != 0)
}

#[inline(always)]
fn class16(value: F16) -> u32 {
    let exponent = value.0 >> 10 & 31;
    class(value.0 >> 15 != 0, exponent == 31, exponent == 0, value.0 << 6 == 0, value.0 >> 9 & 1 != 0)
}

macro_rules! float_comparisons {
    ($rows:ident, $type:ty, $($suffix:literal: |$a:ident, $b:ident| $test:expr,)*; $convert:expr) => {
        $($rows.push(row!($suffix(a: $type, b: $type) -> mask {
            let ($a, $b) = ($convert(a), $convert(b));
            $test
        }));)*
    };
}

macro_rules! integer_comparisons {
    ($rows:ident, $type:ty, $f:literal, $lt:literal, $eq:literal, $le:literal, $gt:literal, $ne:literal, $ge:literal,
        $t:literal) => {
        $rows.extend([
            row!($f(a: $type, b: $type) -> mask { false }),
            row!($lt(a: $type, b: $type) -> mask { a < b }),
            row!($eq(a: $type, b: $type) -> mask { a == b }),
            row!($le(a: $type, b: $type) -> mask { a <= b }),
            row!($gt(a: $type, b: $type) -> mask { a > b }),
            row!($ne(a: $type, b: $type) -> mask { a != b }),
            row!($ge(a: $type, b: $type) -> mask { a >= b }),
            row!($t(a: $type, b: $type) -> mask { true }),
        ]);
    };
}

// With a NaN "less or greater" is not "not equal", and "not less" is not "greater or equal".
#[allow(clippy::neg_cmp_op_on_partial_ord, clippy::double_comparisons)]
pub(super) fn rows() -> Vec<VectorRow> {
    let mut rows = Vec::new();
    float_comparisons!(rows, f32,
        "v_cmp_f_f32": |_a, _b| false,
        "v_cmp_lt_f32": |a, b| a < b,
        "v_cmp_eq_f32": |a, b| a == b,
        "v_cmp_le_f32": |a, b| a <= b,
        "v_cmp_gt_f32": |a, b| a > b,
        "v_cmp_lg_f32": |a, b| a < b || a > b,
        "v_cmp_ge_f32": |a, b| a >= b,
        "v_cmp_o_f32": |a, b| !a.is_nan() && !b.is_nan(),
        "v_cmp_u_f32": |a, b| a.is_nan() || b.is_nan(),
        "v_cmp_nge_f32": |a, b| !(a >= b),
        "v_cmp_nlg_f32": |a, b| !(a < b || a > b),
        "v_cmp_ngt_f32": |a, b| !(a > b),
        "v_cmp_nle_f32": |a, b| !(a <= b),
        "v_cmp_neq_f32": |a, b| a != b,
        "v_cmp_nlt_f32": |a, b| !(a < b),
        "v_cmp_tru_f32": |_a, _b| true,
        ; std::convert::identity::<f32>);
    float_comparisons!(rows, f64,
        "v_cmp_f_f64": |_a, _b| false,
        "v_cmp_lt_f64": |a, b| a < b,
        "v_cmp_eq_f64": |a, b| a == b,
        "v_cmp_le_f64": |a, b| a <= b,
        "v_cmp_gt_f64": |a, b| a > b,
        "v_cmp_lg_f64": |a, b| a < b || a > b,
        "v_cmp_ge_f64": |a, b| a >= b,
        "v_cmp_o_f64": |a, b| !a.is_nan() && !b.is_nan(),
        "v_cmp_u_f64": |a, b| a.is_nan() || b.is_nan(),
        "v_cmp_nge_f64": |a, b| !(a >= b),
        "v_cmp_nlg_f64": |a, b| !(a < b || a > b),
        "v_cmp_ngt_f64": |a, b| !(a > b),
        "v_cmp_nle_f64": |a, b| !(a <= b),
        "v_cmp_neq_f64": |a, b| a != b,
        "v_cmp_nlt_f64": |a, b| !(a < b),
        "v_cmp_tru_f64": |_a, _b| true,
        ; std::convert::identity::<f64>);
    float_comparisons!(rows, F16,
        "v_cmp_f_f16": |_a, _b| false,
        "v_cmp_lt_f16": |a, b| a < b,
        "v_cmp_eq_f16": |a, b| a == b,
        "v_cmp_le_f16": |a, b| a <= b,
        "v_cmp_gt_f16": |a, b| a > b,
        "v_cmp_lg_f16": |a, b| a < b || a > b,
        "v_cmp_ge_f16": |a, b| a >= b,
        "v_cmp_o_f16": |a, b| !a.is_nan() && !b.is_nan(),
        "v_cmp_u_f16": |a, b| a.is_nan() || b.is_nan(),
        "v_cmp_nge_f16": |a, b| !(a >= b),
        "v_cmp_nlg_f16": |a, b| !(a < b || a > b),
        "v_cmp_ngt_f16": |a, b| !(a > b),
        "v_cmp_nle_f16": |a, b| !(a <= b),
        "v_cmp_neq_f16": |a, b| a != b,
        "v_cmp_nlt_f16": |a, b| !(a < b),
        "v_cmp_tru_f16": |_a, _b| true,
        ; F16::to_f32);
    integer_comparisons!(
        rows,
        i32,
        "v_cmp_f_i32",
        "v_cmp_lt_i32",
        "v_cmp_eq_i32",
        "v_cmp_le_i32",
        "v_cmp_gt_i32",
        "v_cmp_ne_i32",
        "v_cmp_ge_i32",
        "v_cmp_t_i32"
    );
    integer_comparisons!(
        rows,
        u32,
        "v_cmp_f_u32",
        "v_cmp_lt_u32",
        "v_cmp_eq_u32",
        "v_cmp_le_u32",
        "v_cmp_gt_u32",
        "v_cmp_ne_u32",
        "v_cmp_ge_u32",
        "v_cmp_t_u32"
    );
    integer_comparisons!(
        rows,
        i64,
        "v_cmp_f_i64",
        "v_cmp_lt_i64",
        "v_cmp_eq_i64",
        "v_cmp_le_i64",
        "v_cmp_gt_i64",
        "v_cmp_ne_i64",
        "v_cmp_ge_i64",
        "v_cmp_t_i64"
    );
    integer_comparisons!(
        rows,
        u64,
        "v_cmp_f_u64",
        "v_cmp_lt_u64",
        "v_cmp_eq_u64",
        "v_cmp_le_u64",
        "v_cmp_gt_u64",
        "v_cmp_ne_u64",
        "v_cmp_ge_u64",
        "v_cmp_t_u64"
    );
    integer_comparisons!(
        rows,
        i16,
        "v_cmp_f_i16",
        "v_cmp_lt_i16",
        "v_cmp_eq_i16",
        "v_cmp_le_i16",
        "v_cmp_gt_i16",
        "v_cmp_ne_i16",
        "v_cmp_ge_i16",
        "v_cmp_t_i16"
    );
    integer_comparisons!(
        rows,
        u16,
        "v_cmp_f_u16",
        "v_cmp_lt_u16",
        "v_cmp_eq_u16",
        "v_cmp_le_u16",
        "v_cmp_gt_u16",
        "v_cmp_ne_u16",
        "v_cmp_ge_u16",
        "v_cmp_t_u16"
    );
    rows.extend([
        row!("v_cmp_class_f32"(a: f32, b: u32) -> mask { class32(a) & b != 0 }),
        row!("v_cmp_class_f64"(a: f64, b: u32) -> mask { class64(a) & b != 0 }),
        row!("v_cmp_class_f16"(a: F16, b: u32) -> mask { class16(a) & b != 0 }),
    ]);
    rows
}
