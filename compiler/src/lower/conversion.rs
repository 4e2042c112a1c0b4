//! `cvt` (PTX ISA 9.7.9.21).
//!
//! Float to integer rounds first and then converts with saturation; NaN gives 0, but the top bit alone when the source is
//! f64 or the result has 64 bits. LLVM's saturating intrinsics fold constants rightly; after the optimiser
//! `saturating_conversions` turns those that gfx90a does in one instruction into that.

use super::float::{canonicalize, flush, flush_input, overloaded, saturate};
use super::float_rounding::converted;
use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use crate::codegen::emitter::Value;
use inkwell::values::{FloatValue, IntValue};
use inkwell::{FloatPredicate, IntPredicate};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{Rounding, ScalarType};

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// Lowers `cvt`.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let (to, from) = (ins.ty(), ins.form.source_type());
    if super::conversion_scaled::takes(ins) {
        return super::conversion_scaled::lower(cx, ins);
    }
    if super::conversion_narrow::takes(ins) {
        return super::conversion_narrow::lower(cx, ins);
    }
    match (is_float(to), is_float(from)) {
        (false, false) if to.is_integer() && from.is_integer() => integer_to_integer(cx, ins, to, from),
        (true, false) if from.is_integer() => integer_to_float(cx, ins, to, from),
        (false, true) if to.is_integer() => float_to_integer(cx, ins, to, from),
        (true, true) => float_to_float(cx, ins, to, from),
        (false, true) if matches!(to, ScalarType::F16x2 | ScalarType::BF16x2) && from == ScalarType::F32 => {
            pack(cx, ins, to)
        }
        _ => Err(ins.unsupported()),
    }
}

fn is_float(ty: ScalarType) -> bool {
    matches!(ty, ScalarType::F16 | ScalarType::BF16 | ScalarType::F32 | ScalarType::F64)
}

fn integer_to_integer(cx: &mut Cx<'_, '_>, ins: &Ins<'_>, to: ScalarType, from: ScalarType) -> Lowered {
    if let Some(pointer) = cx.read_narrow_pointer(ins) {
        return cx.write(ins, 0, to, pointer);
    }
    let value = cx.read_int(ins, 1, from)?;
    if ins.form.modifiers.sat {
        // Wide enough for every value of both types with its sign.
        let wide = from.bits().max(to.bits()) + 1;
        let value = extend(cx, value, from.is_signed(), wide);
        return cx.write(ins, 0, to, clamp(cx, value, to.bits(), to.is_signed()));
    }
    cx.write(ins, 0, to, extend(cx, value, from.is_signed(), to.bits()))
}

fn extend<'ctx>(cx: &Cx<'_, 'ctx>, value: IntValue<'ctx>, signed: bool, bits: u32) -> IntValue<'ctx> {
    if signed { cx.emit.sext_or_trunc(value, bits) } else { cx.emit.zext_or_trunc(value, bits) }
}

/// A wide signed value clamped to the range of an integer type, and cut to its width.
pub fn clamp<'ctx>(cx: &Cx<'_, 'ctx>, value: IntValue<'ctx>, bits: u32, signed: bool) -> IntValue<'ctx> {
    let (e, wide) = (&cx.emit, value.get_type());
    let width = wide.get_bit_width();
    let magnitude = if signed { bits - 1 } else { bits };
    let largest = e.lshr(wide.const_all_ones(), wide.const_int(u64::from(width - magnitude), false));
    let smallest = if signed { e.not(largest) } else { wide.const_zero() };
    let above = e.select_int(e.icmp(IntPredicate::SGT, value, smallest), value, smallest);
    let within = e.select_int(e.icmp(IntPredicate::SLT, above, largest), above, largest);
    e.zext_or_trunc(within, bits)
}

fn integer_to_float(cx: &mut Cx<'_, '_>, ins: &Ins<'_>, to: ScalarType, from: ScalarType) -> Lowered {
    let value = cx.read_int(ins, 1, from)?;
    let rounding = ins.form.modifiers.rounding.unwrap_or(Rounding::NearestEven);
    let exact = from.bits() < mantissa_bits(to);
    let result = if rounding == Rounding::NearestEven || exact {
        match to {
            ScalarType::BF16 => return Err(ins.unsupported()),
            _ => cx.emit.int_to_float(value, from.is_signed(), to.bits()),
        }
    } else if to == ScalarType::F32 && from.bits() <= 32 {
        let wide = extend(cx, value, from.is_signed(), 32);
        let mnemonic = if from.is_signed() { "v_cvt_f32_i32" } else { "v_cvt_f32_u32" };
        converted(cx, mnemonic, rounding, cx.llvm_type(to), wide.into())
            .ok_or_else(|| ins.unsupported())?
            .into_float_value()
    } else {
        return Err(ins.unsupported_because("this rounding exists for 32-bit sources only"));
    };
    let result = if ins.form.modifiers.sat { saturate(cx, result) } else { result };
    cx.write(ins, 0, to, result)
}

fn mantissa_bits(ty: ScalarType) -> u32 {
    match ty {
        ScalarType::F64 => 54,
        ScalarType::F32 => 25,
        ScalarType::F16 => 12,
        _ => 9,
    }
}

/// The value rounded to an integral one.
fn round<'ctx>(cx: &Cx<'_, 'ctx>, value: FloatValue<'ctx>, rounding: Option<Rounding>) -> FloatValue<'ctx> {
    let name = match rounding {
        Some(Rounding::IntegerNearestEven) => "llvm.roundeven",
        Some(Rounding::IntegerZero) => "llvm.trunc",
        Some(Rounding::IntegerMinusInfinity) => "llvm.floor",
        Some(Rounding::IntegerPlusInfinity) => "llvm.ceil",
        _ => return value,
    };
    overloaded(cx, name, &[value])
}

fn float_to_integer(cx: &mut Cx<'_, '_>, ins: &Ins<'_>, to: ScalarType, from: ScalarType) -> Lowered {
    let source = flush_input(cx, ins, cx.read_float(ins, 1, from)?);
    // Half types are converted as f32, which holds every value of theirs.
    let source = match from {
        ScalarType::F16 | ScalarType::BF16 => cx.emit.float_resize(source, cx.emit.float_type(32)),
        _ => source,
    };
    let value = match ins.form.modifiers.rounding {
        // The conversion itself truncates.
        Some(Rounding::IntegerZero) => source,
        rounding => round(cx, source, rounding),
    };
    let bits = to.bits().max(32);
    let name = if to.is_signed() || to.bits() < 32 { "llvm.fptosi.sat" } else { "llvm.fptoui.sat" };
    let target = cx.emit.int_type(bits);
    let result =
        cx.emit.intrinsic(name, &[target.into(), value.get_type().into()], &[value.into()]).into_int_value();
    let result = if to.bits() < 32 { clamp(cx, result, to.bits(), to.is_signed()) } else { result };
    let result = if from == ScalarType::F64 || to.bits() == 64 {
        let nan = cx.emit.fcmp(FloatPredicate::UNO, source, source);
        let top = cx.emit.int(to.bits(), 1 << (to.bits() - 1));
        cx.emit.select_int(nan, top, result)
    } else {
        result
    };
    cx.write(ins, 0, to, result)
}

fn float_to_float(cx: &mut Cx<'_, '_>, ins: &Ins<'_>, to: ScalarType, from: ScalarType) -> Lowered {
    let value = cx.read_float(ins, 1, from)?;
    // Whether conversions between f32 and f64 look at the denormal mode is not documented, so `.ftz` is explicit there.
    let explicit = ins.form.modifiers.ftz && to.bits().max(from.bits()) == 64;
    let value = if explicit { flush(cx, value) } else { flush_input(cx, ins, value) };
    let result = resize(cx, ins, value, to, from)?;
    let result = if explicit { flush(cx, result) } else { result };
    let result = if ins.form.modifiers.sat { saturate(cx, result) } else { result };
    cx.write(ins, 0, to, result)
}

fn resize<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    value: FloatValue<'ctx>,
    to: ScalarType,
    from: ScalarType,
) -> Result<FloatValue<'ctx>, Diagnostic> {
    let rounding = ins.form.modifiers.rounding;
    if to == from {
        let integral = round(cx, value, rounding);
        // Without an integral rounding it is a move that flushes; an integral value is no denormal.
        let moves = rounding.is_none_or(|rounding| rounding == Rounding::NearestEven);
        return Ok(if moves && ins.form.modifiers.ftz && !ins.form.modifiers.sat && to == ScalarType::F32 {
            canonicalize(cx, ins, integral)
        } else {
            integral
        });
    }
    let target = match cx.llvm_type(to) {
        inkwell::types::BasicTypeEnum::FloatType(ty) => ty,
        _ => return Err(ins.unsupported()),
    };
    if to.bits() > from.bits() || matches!(rounding, None | Some(Rounding::NearestEven)) {
        let result = cx.emit.float_resize(value, target);
        return Ok(if to == ScalarType::F32 { flush_input(cx, ins, result) } else { result });
    }
    let mnemonic = match (to, from) {
        (ScalarType::F32, ScalarType::F64) => "v_cvt_f32_f64",
        (ScalarType::F16, ScalarType::F32) => "v_cvt_f16_f32",
        _ => return Err(ins.unsupported()),
    };
    let rounding = rounding.unwrap_or(Rounding::NearestEven);
    let result: Value<'ctx> =
        converted(cx, mnemonic, rounding, target.into(), value.into()).ok_or_else(|| ins.unsupported())?;
    Ok(result.into_float_value())
}

/// Two f32 to a packed pair: the first operand goes to the upper half.
fn pack(cx: &mut Cx<'_, '_>, ins: &Ins<'_>, to: ScalarType) -> Lowered {
    let element = if to == ScalarType::F16x2 { ScalarType::F16 } else { ScalarType::BF16 };
    let mut halves = Vec::new();
    for index in [2, 1] {
        let value = cx.read_float(ins, index, ScalarType::F32)?;
        let value = resize(cx, ins, value, element, ScalarType::F32)?;
        halves.push(Value::from(value));
    }
    let packed = cx.emit.bitcast(cx.emit.vector(&halves), cx.emit.int_type(32).into());
    cx.write(ins, 0, to, packed)
}
