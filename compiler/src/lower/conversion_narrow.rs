//! The conversions of `cvt` and `cvt.pack` that gfx90a has no instruction for (PTX ISA 9.7.9.21, 9.7.9.22): bf16 and tf32,
//! the formats of 8 bits and less, `.relu`, `.satfinite`, and the roundings that the hardware lacks.
//!
//! All of them round in integer arithmetic from f32 or f64, which hold the source exactly.

use super::conversion::clamp;
use super::float::saturate;
use super::function::{FunctionLowering, Lowered};
use super::half::{element_of, float_type, read_parts, relu};
use super::instruction::Ins;
use super::soft_float::{Format, Manner, from_integer, narrow};
use crate::codegen::emitter::Value;
use inkwell::IntPredicate;
use inkwell::values::{FloatValue, IntValue};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{Rounding, ScalarType};

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// Whether a `cvt` is of this chapter.
pub fn takes(ins: &Ins<'_>) -> bool {
    use ScalarType as T;
    let (to, from, modifiers) = (ins.ty(), ins.form.source_type(), &ins.form.modifiers);
    let directed = !matches!(modifiers.rounding, None | Some(Rounding::NearestEven));
    let integral = matches!(
        modifiers.rounding,
        Some(
            Rounding::IntegerNearestEven
                | Rounding::IntegerZero
                | Rounding::IntegerMinusInfinity
                | Rounding::IntegerPlusInfinity
        )
    );
    if modifiers.satfinite || modifiers.relu || is_small(to) || is_small(from) || to == T::TF32 {
        return true;
    }
    if integral || to == from {
        return false;
    }
    match (to, from) {
        (T::F16x2 | T::BF16x2, T::F32) => directed,
        (T::BF16, T::F32) => directed,
        (T::BF16, _) | (T::F16, T::BF16) => true,
        (T::F16, T::F64) => true,
        (T::F16, _) if from.is_integer() => directed,
        (T::F32 | T::F64, _) if from.is_integer() => directed && from.bits() == 64,
        _ => false,
    }
}

fn is_small(ty: ScalarType) -> bool {
    use ScalarType as T;
    matches!(ty, T::E4M3x2 | T::E5M2x2 | T::E2M3x2 | T::E3M2x2 | T::E2M1x2)
}

/// Lowers a `cvt` that [`takes`] takes.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    use ScalarType as T;
    let (to, from, modifiers) = (ins.ty(), ins.form.source_type(), &ins.form.modifiers);
    let rounding = modifiers.rounding.unwrap_or(Rounding::NearestEven);
    if is_small(from) {
        return widen(cx, ins, to, from);
    }
    let format = Format::of(to).ok_or_else(|| ins.unsupported())?;
    let manner = Manner { rounding, finite: modifiers.satfinite };
    if from.is_integer() {
        let value = cx.read_int(ins, 1, from)?;
        let bits = from_integer(cx, value, from.is_signed(), format, manner);
        let target = float_type(cx, to);
        let bits = cx.emit.zext_or_trunc(bits, to.bits());
        let value = cx.emit.bitcast(bits.into(), target.into()).into_float_value();
        let value = if modifiers.sat { saturate(cx, value) } else { value };
        return cx.write(ins, 0, to, value);
    }
    let packs = matches!(to, T::F16x2 | T::BF16x2) || is_small(to);
    let sources = match (packs, from) {
        // The second operand goes to the lower part.
        (true, T::F32) => vec![cx.read_float(ins, 2, from)?, cx.read_float(ins, 1, from)?],
        (true, T::F16x2 | T::BF16x2) => read_parts(cx, ins, 1, from)?,
        (false, T::F32 | T::F64 | T::F16 | T::BF16) => vec![cx.read_float(ins, 1, from)?],
        _ => return Err(ins.unsupported()),
    };
    let e = &cx.emit;
    let mut word = e.int(64, 0);
    // Numbers of six bits lie in bytes.
    let pitch = if format.bits() == 6 { 8 } else { format.bits() };
    for (index, &source) in (0u32..).zip(&sources) {
        let value = exact(cx, ins, source);
        let bits = e.zext_or_trunc(narrow(cx, value, format, manner, modifiers.relu), 64);
        word = e.or(word, e.shl(bits, e.int(64, u64::from(index * pitch))));
    }
    if to == T::TF32 {
        // In a register its digits are the upper ones of an f32.
        const MISSING: u64 = 13;
        word = e.shl(word, e.int(64, MISSING));
    }
    let result = e.zext_or_trunc(word, to.bits());
    if to == T::BF16 || to == T::F16 {
        let value = e.bitcast(result.into(), float_type(cx, to).into()).into_float_value();
        let value = if modifiers.sat { saturate(cx, value) } else { value };
        return cx.write(ins, 0, to, value);
    }
    cx.write(ins, 0, to, result)
}

/// The source as f32 or f64, which hold it; `.ftz` makes denormals of f32 zeros first.
fn exact<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, source: FloatValue<'ctx>) -> FloatValue<'ctx> {
    let e = &cx.emit;
    match source.get_type().get_bit_width() {
        16 => e.float_resize(source, e.float_type(64)),
        32 if ins.form.modifiers.ftz => {
            let bits = e.float_bits(source, 32);
            let field = e.and(bits, e.word(0x7F80_0000));
            let tiny = e.icmp(IntPredicate::EQ, field, e.word(0));
            e.bits_float(e.select_int(tiny, e.and(bits, e.word(0x8000_0000)), bits))
        }
        _ => source,
    }
}

/// Two numbers of 8 bits or less as halves: their bits at the place of a half's, times the difference of the biases.
fn widen(cx: &mut Cx<'_, '_>, ins: &Ins<'_>, to: ScalarType, from: ScalarType) -> Lowered {
    let format = Format::of(from).ok_or_else(|| ins.unsupported())?;
    let half = Format::of(ScalarType::F16).expect("f16 has a format");
    if !matches!(to, ScalarType::F16x2 | ScalarType::BF16x2) {
        return Err(ins.unsupported());
    }
    let packed = cx.read_bits(ins, 1, if from == ScalarType::E2M1x2 { 8 } else { 16 })?;
    let width = if from == ScalarType::E2M1x2 { 4 } else { 8 };
    let e = &cx.emit;
    let packed = e.zext_or_trunc(packed, 16);
    let mut halves = Vec::new();
    for index in 0..2u64 {
        let number = e.lshr(packed, e.int(16, index * width));
        let value = decode(cx, number, format, half);
        let value = if ins.form.modifiers.relu { relu(cx, value) } else { value };
        let (element, _) = element_of(to);
        let value = if element == ScalarType::BF16 {
            let single = e.float_resize(value, e.float_type(32));
            e.float_resize(single, float_type(cx, element))
        } else {
            value
        };
        halves.push(Value::from(value));
    }
    cx.write(ins, 0, to, e.bitcast(e.vector(&halves), e.int_type(32).into()))
}

/// One number of 8 bits, in the low end of 16, as a half.
pub fn decode_one<'ctx>(cx: &Cx<'_, 'ctx>, number: IntValue<'ctx>, ty: ScalarType) -> FloatValue<'ctx> {
    let half = Format::of(ScalarType::F16).expect("f16 has a format");
    decode(cx, number, Format::of(ty).unwrap_or(half), half)
}

fn decode<'ctx>(cx: &Cx<'_, 'ctx>, number: IntValue<'ctx>, format: Format, half: Format) -> FloatValue<'ctx> {
    let e = &cx.emit;
    let magnitude_bits = format.exponent + format.fraction;
    let magnitude = e.and(number, e.int(16, (1 << magnitude_bits) - 1));
    let sign = e.and(e.lshr(number, e.int(16, u64::from(magnitude_bits))), e.int(16, 1));
    let sign = e.shl(sign, e.int(16, 15));
    let placed = e.shl(magnitude, e.int(16, u64::from(half.fraction - format.fraction)));
    let placed = e.bits_float(e.or(placed, sign));
    if format.exponent == half.exponent {
        return placed;
    }
    let scale = f64::from(1u32 << (half.bias - format.bias));
    let scaled = e.float_binary(inkwell::values::InstructionOpcode::FMul, placed, e.float(16, scale), false);
    if format.nan == format.largest {
        return scaled;
    }
    let is_nan = e.icmp(IntPredicate::EQ, magnitude, e.int(16, format.nan));
    let nan = e.bits_float(e.int(16, half.nan));
    e.select(is_nan, nan, scaled).into_float_value()
}

/// `cvt.pack`: both operands saturated, the first above the second, and the third above them.
pub fn pack(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    // `.u2` and `.s2` have no type of their own: their word stands among the others.
    let narrow = match ins.ty() {
        ScalarType::S32 => None,
        ty => Some((ty.bits(), ty.is_signed())),
    };
    let (bits, signed) = match narrow {
        Some(known) => known,
        None if ins.form.modifiers.has("u2") => (2, false),
        None if ins.form.modifiers.has("s2") => (2, true),
        None => return Err(ins.unsupported()),
    };
    let part = |index| -> Result<IntValue<'_>, Diagnostic> {
        let value = cx.emit.sext_or_trunc(cx.read_bits(ins, index, 32)?, 64);
        Ok(cx.emit.zext_or_trunc(clamp(cx, value, bits, signed), 32))
    };
    let (a, b) = (part(1)?, part(2)?);
    let e = &cx.emit;
    let mut packed = e.or(e.shl(a, e.word(bits)), b);
    if ins.operands.len() > 3 {
        let c = cx.read_bits(ins, 3, 32)?;
        packed = e.or(packed, e.shl(c, e.word(2 * bits)));
    }
    cx.write(ins, 0, ScalarType::B32, packed)
}
