//! The conversions of `cvt` that have scales, exponents alone, fixed point or random bits (PTX ISA 9.7.9.22): `.ue8m0x2`,
//! `.s2f6x2`, `.scaled::n2::ue8m0`, `.rs`. gfx90a has none of them; all are integer arithmetic or exact f64.

use super::conversion_narrow::decode_one;
use super::function::{FunctionLowering, Lowered};
use super::half::read_parts;
use super::instruction::Ins;
use super::memory;
use super::soft_float::{Format, Manner, Random, narrow, narrow_randomly};
use inkwell::values::{FloatValue, InstructionOpcode, IntValue};
use inkwell::{FloatPredicate, IntPredicate};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{Rounding, ScalarType};

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// The word that says that a scale follows.
const SCALED: &str = "scaled::n2::ue8m0";
/// Bias and NaN of `.ue8m0`, which has an exponent and nothing else.
const EXPONENT_BIAS: u32 = 127;
const EXPONENT_NAN: u32 = 0xFF;

/// Whether a `cvt` is of this chapter.
pub fn takes(ins: &Ins<'_>) -> bool {
    use ScalarType as T;
    let special = |ty| matches!(ty, T::UE8M0x2 | T::S2F6x2);
    special(ins.ty())
        || special(ins.form.source_type())
        || ins.form.modifiers.has(SCALED)
        || ins.form.modifiers.rounding == Some(Rounding::Stochastic)
}

/// Lowers a `cvt` that [`takes`] takes.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    use ScalarType as T;
    match (ins.ty(), ins.form.source_type()) {
        _ if ins.form.modifiers.rounding == Some(Rounding::Stochastic) => randomly(cx, ins),
        (T::UE8M0x2, _) => to_exponents(cx, ins),
        (T::BF16x2, T::UE8M0x2) => from_exponents(cx, ins),
        (T::S2F6x2, _) => to_fixed(cx, ins),
        (T::BF16x2, _) => widen(cx, ins),
        _ => Err(ins.unsupported()),
    }
}

/// The two sources, the one of the lower part first, as f32: operands 2 and 1, or the halves of operand 1.
fn sources<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>) -> Result<[FloatValue<'ctx>; 2], Diagnostic> {
    match ins.form.source_type() {
        ScalarType::F32 => {
            Ok([cx.read_float(ins, 2, ScalarType::F32)?, cx.read_float(ins, 1, ScalarType::F32)?])
        }
        from => {
            let parts = read_parts(cx, ins, 1, from)?;
            let single = |index: usize| cx.emit.float_resize(parts[index], cx.emit.float_type(32));
            Ok([single(0), single(1)])
        }
    }
}

/// Puts two results side by side and writes them.
fn write_pair<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, parts: &[IntValue<'ctx>], pitch: u32) -> Lowered {
    let e = &cx.emit;
    let mut word = e.word(0);
    for (index, &part) in (0u32..).zip(parts) {
        word = e.or(word, e.shl(e.zext_or_trunc(part, 32), e.word(index * pitch)));
    }
    let bits = ins.ty().bits();
    let ty = if bits == 16 { ScalarType::B16 } else { ScalarType::B32 };
    cx.write(ins, 0, ty, e.zext_or_trunc(word, bits))
}

/// The power of two at or above a magnitude, or at or below it; signs do not count.
fn to_exponents(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    const FRACTION: u32 = 23;
    const INFINITY: u32 = 0x7F80_0000;
    /// 2^-127, the least that there is.
    const LEAST: u32 = 0x0040_0000;
    let up = ins.form.modifiers.rounding == Some(Rounding::PlusInfinity);
    let most = if ins.form.modifiers.satfinite { EXPONENT_NAN - 1 } else { EXPONENT_NAN };
    let e = &cx.emit;
    let mut parts = Vec::new();
    for source in sources(cx, ins)? {
        let magnitude = e.and(e.float_bits(source, 32), e.word(0x7FFF_FFFF));
        let field = e.lshr(magnitude, e.word(FRACTION));
        let fraction = e.and(magnitude, e.word((1 << FRACTION) - 1));
        // A denormal above the least power of two is nearer to the next one.
        let bound = e.select_int(e.icmp(IntPredicate::EQ, field, e.word(0)), e.word(LEAST), e.word(0));
        let beyond = e.icmp(IntPredicate::UGT, fraction, bound);
        let exponent = if up { e.add(field, e.zext_or_trunc(beyond, 32)) } else { field };
        let over = e.icmp(IntPredicate::UGT, exponent, e.word(EXPONENT_NAN - 1));
        let exponent = e.select_int(over, e.word(most), exponent);
        let is_nan = e.icmp(IntPredicate::UGT, magnitude, e.word(INFINITY));
        parts.push(e.select_int(is_nan, e.word(EXPONENT_NAN), exponent));
    }
    write_pair(cx, ins, &parts, 8)
}

/// Powers of two as bf16, which has all of them, the least as a denormal.
fn from_exponents(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    const FRACTION: u32 = 7;
    const LEAST: u32 = 0x0040;
    const NAN: u32 = 0x7FFF;
    let e = &cx.emit;
    let packed = e.zext_or_trunc(cx.read_bits(ins, 1, 16)?, 32);
    let parts = [0, 8].map(|at| {
        let exponent = byte(cx, packed, at);
        let bits = e.shl(exponent, e.word(FRACTION));
        let bits = e.select_int(e.icmp(IntPredicate::EQ, exponent, e.word(0)), e.word(LEAST), bits);
        e.select_int(e.icmp(IntPredicate::EQ, exponent, e.word(EXPONENT_NAN)), e.word(NAN), bits)
    });
    write_pair(cx, ins, &parts, 16)
}

fn byte<'ctx>(cx: &Cx<'_, 'ctx>, packed: IntValue<'ctx>, at: u32) -> IntValue<'ctx> {
    cx.emit.and(cx.emit.lshr(packed, cx.emit.word(at)), cx.emit.word(0xFF))
}

/// A value times 2 to the power of a scale (or its negative), in f64, where that is exact; NaN for the scale's NaN.
fn scaled<'ctx>(
    cx: &Cx<'_, 'ctx>,
    value: FloatValue<'ctx>,
    scale: Option<IntValue<'ctx>>,
    divides: bool,
) -> FloatValue<'ctx> {
    let e = &cx.emit;
    let wide = e.float_type(64);
    let value = e.float_resize(value, wide);
    let Some(scale) = scale else { return value };
    let bias = e.word(EXPONENT_BIAS);
    let power = if divides { e.sub(bias, scale) } else { e.sub(scale, bias) };
    let product =
        e.intrinsic("llvm.ldexp", &[wide.into(), e.int_type(32).into()], &[value.into(), power.into()]);
    let is_nan = e.icmp(IntPredicate::EQ, scale, e.word(EXPONENT_NAN));
    e.select(is_nan, wide.const_float(f64::NAN), product.into_float_value()).into_float_value()
}

/// The scale of the lower and the upper part, if the instruction has one: its last operand.
fn scales<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>) -> Result<[Option<IntValue<'ctx>>; 2], Diagnostic> {
    if !ins.form.modifiers.has(SCALED) {
        return Ok([None, None]);
    }
    let packed = cx.emit.zext_or_trunc(cx.read_bits(ins, ins.operands.len() - 1, 16)?, 32);
    Ok([Some(byte(cx, packed, 0)), Some(byte(cx, packed, 8))])
}

/// Fixed point: an 8-bit two's complement number of 64ths. NaN becomes the largest.
fn to_fixed(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    const UNITS: f64 = 64.0;
    let scales = scales(cx, ins)?;
    let e = &cx.emit;
    let mut parts = Vec::new();
    for (source, scale) in sources(cx, ins)?.into_iter().zip(scales) {
        let value = scaled(cx, source, scale, true);
        let units = e.float_binary(InstructionOpcode::FMul, value, e.float(64, UNITS), false);
        let whole = super::float::overloaded(cx, "llvm.roundeven", &[units]);
        let least = if ins.form.modifiers.relu { 0.0 } else { -128.0 };
        let whole = super::float::overloaded(cx, "llvm.maxnum", &[whole, e.float(64, least)]);
        let whole = super::float::overloaded(cx, "llvm.minnum", &[whole, e.float(64, 127.0)]);
        let word = e.int_type(32);
        let integer = e
            .intrinsic("llvm.fptosi.sat", &[word.into(), e.float_type(64).into()], &[whole.into()])
            .into_int_value();
        let is_nan = e.fcmp(FloatPredicate::UNO, units, units);
        parts.push(e.and(e.select_int(is_nan, e.word(0x7F), integer), e.word(0xFF)));
    }
    write_pair(cx, ins, &parts, 8)
}

/// Two small numbers as bf16, times their scales.
fn widen(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    use ScalarType as T;
    let from = ins.form.source_type();
    let (bits, pitch) = if from == T::E2M1x2 { (8, 4) } else { (16, 8) };
    let packed = cx.read_bits(ins, 1, bits)?;
    let format = Format::of(T::BF16).expect("bf16 has a format");
    let modifiers = &ins.form.modifiers;
    let manner = Manner { rounding: Rounding::NearestEven, finite: modifiers.satfinite };
    let scales = scales(cx, ins)?;
    let e = &cx.emit;
    let packed = e.zext_or_trunc(packed, 16);
    let mut parts = Vec::new();
    for (index, scale) in (0u64..).zip(scales) {
        let number = e.lshr(packed, e.int(16, index * pitch));
        let value = if from == T::S2F6x2 {
            let units = e.sext_or_trunc(e.zext_or_trunc(number, 8), 32);
            let units = e.int_to_float(units, true, 32);
            e.float_binary(InstructionOpcode::FMul, units, e.float(32, 1.0 / 64.0), false)
        } else {
            e.float_resize(decode_one(cx, number, from), e.float_type(32))
        };
        let value = scaled(cx, value, scale, false);
        // One whose scale is absent is still f32's: both are converted as f64.
        parts.push(e.zext_or_trunc(narrow(cx, value, format, manner, modifiers.relu), 32));
    }
    write_pair(cx, ins, &parts, 16)
}

/// `.rs`: away from zero where the cut-off digits and the random bits together carry. Of four sources two share 16 bits, the
/// first of them reads these in reverse.
fn randomly(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    use ScalarType as T;
    let element = match ins.ty() {
        T::E4M3x4 => T::E4M3,
        T::E5M2x4 => T::E5M2,
        T::E2M3x4 => T::E2M3,
        T::E3M2x4 => T::E3M2,
        pair @ (T::F16x2 | T::BF16x2) => pair,
        _ => return Err(ins.unsupported()),
    };
    let format = Format::of(element).ok_or_else(|| ins.unsupported())?;
    let is_pair = element == ins.ty();
    let last = ins.operands.len() - 1;
    let random = cx.read_bits(ins, last, 32)?;
    let mut values = Vec::new();
    if is_pair {
        values.extend(sources(cx, ins)?);
    } else {
        for operand in memory::elements(cx, ins.operand(1)?).into_iter().rev() {
            values.push(cx.read_operand(ins, operand, T::F32)?.into_float_value());
        }
    }
    let e = &cx.emit;
    let modifiers = &ins.form.modifiers;
    let manner = Manner { rounding: Rounding::Stochastic, finite: modifiers.satfinite };
    let mut parts = Vec::new();
    for (index, value) in (0u32..).zip(values) {
        let half = if is_pair { index } else { index / 2 };
        let bits = if element == T::F16x2 { 13 } else { 16 };
        let drawn = e.and(e.lshr(random, e.word(16 * half)), e.word((1 << bits) - 1));
        let drawn = if is_pair || index % 2 == 0 {
            drawn
        } else {
            let word = e.int_type(32);
            let reversed = e.intrinsic("llvm.bitreverse", &[word.into()], &[drawn.into()]);
            e.lshr(reversed.into_int_value(), e.word(16))
        };
        let random = Random { bits: drawn, count: bits };
        parts.push(narrow_randomly(cx, value, format, manner, modifiers.relu, &random));
    }
    write_pair(cx, ins, &parts, if is_pair { 16 } else { 8 })
}
