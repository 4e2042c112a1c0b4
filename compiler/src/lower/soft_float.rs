//! Rounding to any binary floating-point format in integer arithmetic: what gfx90a has no instruction for.
//!
//! Takes a sign, a significand and its exponent, or the bits of an f32 or f64; gives the bits of the target format in the
//! low end of an integer. Exact in every rounding mode; nothing depends on the mode register.

use super::function::FunctionLowering;
use inkwell::IntPredicate;
use inkwell::values::{FloatValue, IntValue};
use ptx_frontend::isa::{Rounding, ScalarType};

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// A binary floating-point format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// Bits of the exponent.
    pub exponent: u32,
    /// Bits of the fraction.
    pub fraction: u32,
    /// What is added to the exponent.
    pub bias: u32,
    /// The largest finite number's bits.
    pub largest: u64,
    /// The NaN that PTX gives; the largest number where the format has none.
    pub nan: u64,
}

impl Format {
    /// The format of one element of a type.
    pub fn of(ty: ScalarType) -> Option<Format> {
        use ScalarType as T;
        let make = |exponent, fraction, bias, largest, nan| Format { exponent, fraction, bias, largest, nan };
        Some(match ty {
            T::F16 | T::F16x2 => make(5, 10, 15, 0x7BFF, 0x7FFF),
            T::BF16 | T::BF16x2 => make(8, 7, 127, 0x7F7F, 0x7FFF),
            T::TF32 => make(8, 10, 127, 0x3_FBFF, 0x3_FFFF),
            T::F32 => make(8, 23, 127, 0x7F7F_FFFF, 0x7FFF_FFFF),
            T::F64 => make(11, 52, 1023, 0x7FEF_FFFF_FFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF),
            T::E4M3 | T::E4M3x2 => make(4, 3, 7, 0x7E, 0x7F),
            T::E5M2 | T::E5M2x2 => make(5, 2, 15, 0x7B, 0x7F),
            T::E2M3 | T::E2M3x2 => make(2, 3, 1, 0x1F, 0x1F),
            T::E3M2 | T::E3M2x2 => make(3, 2, 3, 0x1F, 0x1F),
            T::E2M1 | T::E2M1x2 => make(2, 1, 1, 0x7, 0x7),
            _ => return None,
        })
    }

    /// Bits of one number with its sign.
    pub fn bits(self) -> u32 {
        1 + self.exponent + self.fraction
    }
}

/// How to round, and what to do about what is too large.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// The direction.
    pub rounding: Rounding,
    /// Whether what is too large becomes the largest finite number.
    pub finite: bool,
}

/// A number before rounding: `significand * 2^(exponent - point)`, with the units at bit `point`.
pub struct Number<'ctx> {
    /// Whether it is negative.
    pub negative: IntValue<'ctx>,
    /// Its digits, with at least one bit of room above `point`.
    pub significand: IntValue<'ctx>,
    /// Where the units are.
    pub point: u32,
    /// Its exponent, an `i32`.
    pub exponent: IntValue<'ctx>,
}

/// The magnitude rounded to the format, as an integer of the significand's width, without its sign.
pub fn round<'ctx>(
    cx: &Cx<'_, 'ctx>,
    number: &Number<'ctx>,
    format: Format,
    manner: Manner,
) -> IntValue<'ctx> {
    let e = &cx.emit;
    let wide = number.significand.get_type();
    let bits = wide.get_bit_width();
    let least = e.word(1u32.wrapping_sub(format.bias));
    let word = e.int_type(32);
    let larger =
        e.intrinsic("llvm.smax", &[word.into()], &[number.exponent.into(), least.into()]).into_int_value();
    // What lies below the least exponent is shifted out further; from some point on everything is.
    let deficit = e.sub(larger, number.exponent);
    let shift = e.add(deficit, e.word(number.point - format.fraction));
    let most = e.word((number.point + 2).min(bits - 1));
    let shift = e.intrinsic("llvm.umin", &[word.into()], &[shift.into(), most.into()]).into_int_value();
    let shift = e.zext_or_trunc(shift, bits);
    let one = wide.const_int(1, false);
    let zero = wide.const_zero();
    let kept = e.lshr(number.significand, shift);
    let rest = e.and(number.significand, e.sub(e.shl(one, shift), one));
    let half = e.shl(one, e.sub(shift, one));
    let inexact = e.icmp(IntPredicate::NE, rest, zero);
    let up = match manner.rounding {
        Rounding::Zero => e.bool(false),
        Rounding::MinusInfinity => e.and(inexact, number.negative),
        Rounding::PlusInfinity => e.and(inexact, e.not(number.negative)),
        Rounding::NearestAway => e.icmp(IntPredicate::UGE, rest, half),
        _ => {
            let odd = e.zext_or_trunc(kept, 1);
            let above = e.icmp(IntPredicate::UGT, rest, half);
            e.or(above, e.and(e.icmp(IntPredicate::EQ, rest, half), odd))
        }
    };
    let kept = e.add(kept, e.zext_or_trunc(up, bits));
    let field =
        e.shl(e.zext_or_trunc(e.sub(larger, least), bits), wide.const_int(u64::from(format.fraction), false));
    let rounded = e.add(kept, field);
    let largest = wide.const_int(format.largest, false);
    let over = e.icmp(IntPredicate::UGT, rounded, largest);
    e.select_int(over, overflow(cx, number.negative, largest, format, manner), rounded)
}

/// What a number beyond the largest one becomes.
fn overflow<'ctx>(
    cx: &Cx<'_, 'ctx>,
    negative: IntValue<'ctx>,
    largest: IntValue<'ctx>,
    format: Format,
    manner: Manner,
) -> IntValue<'ctx> {
    let e = &cx.emit;
    if manner.finite {
        return largest;
    }
    let infinity = largest.get_type().const_int(format.largest + 1, false);
    match manner.rounding {
        Rounding::Zero => largest,
        Rounding::MinusInfinity => e.select_int(negative, infinity, largest),
        Rounding::PlusInfinity => e.select_int(negative, largest, infinity),
        _ => infinity,
    }
}

/// The bits of an f32 or f64 in a narrower format, sign included, as an integer of the source's width. NaN becomes the
/// format's own, without a sign; `relu` makes what is not positive +0.
pub fn narrow<'ctx>(
    cx: &Cx<'_, 'ctx>,
    value: FloatValue<'ctx>,
    format: Format,
    manner: Manner,
    relu: bool,
) -> IntValue<'ctx> {
    convert(cx, value, format, manner, relu, |number| round(cx, number, format, manner))
}

/// Random bits for one number: so many, in the low end of an `i32`.
pub struct Random<'ctx> {
    /// The bits.
    pub bits: IntValue<'ctx>,
    /// How many.
    pub count: u32,
}

/// The same with random bits: away from zero if what is cut off and the random bits, as fractions, make one or more.
pub fn narrow_randomly<'ctx>(
    cx: &Cx<'_, 'ctx>,
    value: FloatValue<'ctx>,
    format: Format,
    manner: Manner,
    relu: bool,
    random: &Random<'ctx>,
) -> IntValue<'ctx> {
    /// Everything below that is too small for any of the random bits.
    const MOST: u32 = 47;
    let e = &cx.emit;
    convert(cx, value, format, manner, relu, |number| {
        let least = e.word(1u32.wrapping_sub(format.bias));
        let word = e.int_type(32);
        let larger = e
            .intrinsic("llvm.smax", &[word.into()], &[number.exponent.into(), least.into()])
            .into_int_value();
        let shift = e.add(e.sub(larger, number.exponent), e.word(number.point - format.fraction));
        let most = e.word(MOST);
        let shift = e.intrinsic("llvm.umin", &[word.into()], &[shift.into(), most.into()]).into_int_value();
        // The significand of an f32 and a shift of at most 47 fit in 64 bits; the random bits go to the top of what is cut off.
        let shift = e.zext_or_trunc(shift, 64);
        let significand = e.zext_or_trunc(number.significand, 64);
        let drawn = e.zext_or_trunc(random.bits, 64);
        let drawn = e.shl(drawn, e.sub(shift, e.int(64, u64::from(random.count))));
        let kept = e.lshr(e.add(significand, drawn), shift);
        let field = e.shl(e.zext_or_trunc(e.sub(larger, least), 64), e.int(64, u64::from(format.fraction)));
        let rounded = e.add(kept, field);
        let largest = e.int(64, format.largest);
        let over = e.icmp(IntPredicate::UGT, rounded, largest);
        let beyond = if manner.finite { largest } else { e.int(64, format.largest + 1) };
        e.zext_or_trunc(e.select_int(over, beyond, rounded), 32)
    })
}

/// Takes a float apart, has its magnitude rounded and sees to signs, infinities and NaN.
fn convert<'ctx>(
    cx: &Cx<'_, 'ctx>,
    value: FloatValue<'ctx>,
    format: Format,
    manner: Manner,
    relu: bool,
    round: impl FnOnce(&Number<'ctx>) -> IntValue<'ctx>,
) -> IntValue<'ctx> {
    let e = &cx.emit;
    let bits = value.get_type().get_bit_width();
    let (point, bias) = if bits == 64 { (52, 1023) } else { (23, 127) };
    let raw = e.float_bits(value, bits);
    let wide = raw.get_type();
    let at = |shift: u32| wide.const_int(u64::from(shift), false);
    let zero = wide.const_zero();
    let sign_bit = e.shl(wide.const_int(1, false), at(bits - 1));
    let magnitude = e.and(raw, e.not(sign_bit));
    let negative = e.icmp(IntPredicate::SLT, raw, zero);
    let infinity = e.sub(sign_bit, e.shl(wide.const_int(1, false), at(point)));
    let is_nan = e.icmp(IntPredicate::UGT, magnitude, infinity);
    let is_infinite = e.icmp(IntPredicate::EQ, magnitude, infinity);
    let field = e.lshr(magnitude, at(point));
    let normal = e.icmp(IntPredicate::NE, field, zero);
    let fraction = e.and(magnitude, wide.const_int((1u64 << point) - 1, false));
    let significand = e.or(fraction, e.shl(e.zext_or_trunc(normal, bits), at(point)));
    let field = e.select_int(normal, field, wide.const_int(1, false));
    let exponent = e.sub(e.zext_or_trunc(field, 32), e.word(bias));
    let rounded = round(&Number { negative, significand, point, exponent });
    let infinite = wide.const_int(if manner.finite { format.largest } else { format.largest + 1 }, false);
    let rounded = e.select_int(is_infinite, infinite, rounded);
    let signed = if relu {
        e.select_int(negative, zero, rounded)
    } else {
        let sign = e.shl(e.zext_or_trunc(negative, bits), at(format.bits() - 1));
        e.or(rounded, sign)
    };
    e.select_int(is_nan, wide.const_int(format.nan, false), signed)
}

/// An integer in a floating-point format of 16 or more bits, as an integer of 64 bits.
pub fn from_integer<'ctx>(
    cx: &Cx<'_, 'ctx>,
    value: IntValue<'ctx>,
    signed: bool,
    format: Format,
    manner: Manner,
) -> IntValue<'ctx> {
    /// The units after normalising, with room for the carry.
    const POINT: u32 = 62;
    let e = &cx.emit;
    let wide = if signed { e.sext_or_trunc(value, 64) } else { e.zext_or_trunc(value, 64) };
    let zero = e.int(64, 0);
    let negative = if signed { e.icmp(IntPredicate::SLT, wide, zero) } else { e.bool(false) };
    let magnitude = e.select_int(negative, e.sub(zero, wide), wide);
    let none = e.icmp(IntPredicate::EQ, magnitude, zero);
    let ty = magnitude.get_type();
    let zeros =
        e.intrinsic("llvm.ctlz", &[ty.into()], &[magnitude.into(), e.bool(false).into()]).into_int_value();
    let zeros = e.select_int(none, zero, zeros);
    let normalised = e.shl(magnitude, zeros);
    let lost = e.and(normalised, e.int(64, 1));
    let significand = e.or(e.lshr(normalised, e.int(64, 1)), lost);
    let exponent = e.sub(e.word(63), e.zext_or_trunc(zeros, 32));
    let rounded = round(cx, &Number { negative, significand, point: POINT, exponent }, format, manner);
    let sign = e.shl(e.zext_or_trunc(negative, 64), e.int(64, u64::from(format.bits() - 1)));
    e.select_int(none, zero, e.or(rounded, sign))
}

/// `a * b + c` of halves of any kind, given as f64 in which the product is exact: rounded to odd, so that a second
/// rounding to a half gives the exactly rounded result.
pub fn fused_to_odd<'ctx>(
    cx: &Cx<'_, 'ctx>,
    a: FloatValue<'ctx>,
    b: FloatValue<'ctx>,
    c: FloatValue<'ctx>,
) -> FloatValue<'ctx> {
    use inkwell::values::InstructionOpcode as I;
    let e = &cx.emit;
    let product = e.float_binary(I::FMul, a, b, false);
    let sum = e.float_binary(I::FAdd, product, c, false);
    // The error of the sum (Knuth's two-sum).
    let part = e.float_binary(I::FSub, sum, product, false);
    let rest = e.float_binary(I::FSub, product, e.float_binary(I::FSub, sum, part, false), false);
    let error = e.float_binary(I::FAdd, rest, e.float_binary(I::FSub, c, part, false), false);
    let zero = e.float(64, 0.0);
    let inexact = e.fcmp(inkwell::FloatPredicate::ONE, error, zero);
    let bits = e.float_bits(sum, 64);
    let odd = e.zext_or_trunc(bits, 1);
    let same = e.icmp(IntPredicate::SGE, e.xor(bits, e.float_bits(error, 64)), e.int(64, 0));
    // Towards the error: away from zero if it has the sum's sign.
    let step = e.select_int(same, e.int(64, 1), e.int(64, u64::MAX));
    let moved = e.add(bits, step);
    let adjust = e.and(inexact, e.not(odd));
    e.bits_float(e.select_int(adjust, moved, bits))
}
