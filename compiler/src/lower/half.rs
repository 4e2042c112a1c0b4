//! Half precision: `.f16`, `.f16x2`, `.bf16`, `.bf16x2` (PTX ISA 9.7.4), and sums of halves with f32 (9.7.5).
//!
//! gfx90a computes f16 natively and has no bf16 arithmetic: LLVM widens that to f32 and rounds back, which is exact for
//! one sum or product because f32 has more than twice the bits. A fused multiply-add of bf16 goes through f64.

use super::float::{overloaded, saturate};
use super::float_rounding::{self, Operation};
use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use super::soft_float::{self, Format, Manner};
use crate::codegen::emitter::Value;
use inkwell::types::{BasicTypeEnum, FloatType};
use inkwell::values::{FloatValue, InstructionOpcode};
use inkwell::{FloatPredicate, IntPredicate};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{Opcode, Rounding, ScalarType};

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// Lowers an instruction of the chapter.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    if ins.form.types.len() > 1 {
        return mixed(cx, ins);
    }
    let (element, count) = element_of(ins.ty());
    if !matches!(ins.form.modifiers.rounding, None | Some(Rounding::NearestEven)) || ins.form.modifiers.oob {
        return Err(ins.unsupported());
    }
    let mut inputs = Vec::new();
    for index in 1..ins.operands.len() {
        inputs.push(read_parts(cx, ins, index, ins.ty())?);
    }
    let mut results = Vec::new();
    for part in 0..count {
        let operands: Vec<FloatValue<'_>> = inputs.iter().map(|parts| flush(cx, ins, parts[part])).collect();
        let value = compute(cx, ins, element, &operands)?;
        results.push(finish(cx, ins, value));
    }
    write_parts(cx, ins, &results)
}

/// The type of one part of a half type, and the number of parts.
pub fn element_of(ty: ScalarType) -> (ScalarType, usize) {
    match ty {
        ScalarType::F16x2 => (ScalarType::F16, 2),
        ScalarType::BF16x2 => (ScalarType::BF16, 2),
        scalar => (scalar, 1),
    }
}

/// The parts of an operand of a half type, lowest first.
pub fn read_parts<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    index: usize,
    ty: ScalarType,
) -> Result<Vec<FloatValue<'ctx>>, Diagnostic> {
    let (element, count) = element_of(ty);
    if count == 1 {
        return Ok(vec![cx.read_float(ins, index, element)?]);
    }
    let word = cx.read_bits(ins, index, 32)?;
    let e = &cx.emit;
    let ty = cx.llvm_type(element);
    let low = e.zext_or_trunc(word, 16);
    let high = e.zext_or_trunc(e.lshr(word, e.word(16)), 16);
    Ok([low, high].map(|half| e.bitcast(half.into(), ty).into_float_value()).to_vec())
}

/// Writes one value, or two as a packed pair.
pub fn write_parts<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, results: &[FloatValue<'ctx>]) -> Lowered {
    if let [single] = results {
        return cx.write(ins, 0, ins.ty(), *single);
    }
    let values: Vec<Value<'_>> = results.iter().map(|&value| value.into()).collect();
    let packed = cx.emit.bitcast(cx.emit.vector(&values), cx.emit.int_type(32).into());
    cx.write(ins, 0, ins.ty(), packed)
}

/// The LLVM type of a floating-point type.
pub fn float_type<'ctx>(cx: &Cx<'_, 'ctx>, ty: ScalarType) -> FloatType<'ctx> {
    match cx.llvm_type(ty) {
        BasicTypeEnum::FloatType(ty) => ty,
        _ => cx.emit.float_type(32),
    }
}

fn compute<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    element: ScalarType,
    inputs: &[FloatValue<'ctx>],
) -> Result<FloatValue<'ctx>, Diagnostic> {
    let modifiers = &ins.form.modifiers;
    let brain = element == ScalarType::BF16;
    // Only f16 has the fused instruction that contraction gives.
    let contract = modifiers.rounding.is_none() && !brain;
    let binary = |opcode| cx.emit.float_binary(opcode, inputs[0], inputs[1], contract);
    let wanted = match ins.form.opcode {
        Opcode::Fma => 3,
        Opcode::Neg | Opcode::Abs | Opcode::Ex2 | Opcode::Tanh => 1,
        _ => 2,
    };
    if inputs.len() != wanted {
        return Err(ins.unsupported());
    }
    Ok(match ins.form.opcode {
        Opcode::Add => binary(InstructionOpcode::FAdd),
        Opcode::Sub => binary(InstructionOpcode::FSub),
        Opcode::Mul => binary(InstructionOpcode::FMul),
        Opcode::Fma if brain => fused(cx, inputs),
        Opcode::Fma => overloaded(cx, "llvm.fma", inputs),
        Opcode::Neg => cx.emit.fneg(inputs[0]),
        Opcode::Abs => overloaded(cx, "llvm.fabs", inputs),
        Opcode::Min | Opcode::Max => min_max(cx, ins, inputs),
        Opcode::Ex2 if !brain => overloaded(cx, "llvm.exp2", inputs),
        Opcode::Ex2 => through_single(cx, inputs[0], |x| overloaded(cx, "llvm.exp2", &[x])),
        Opcode::Tanh => through_single(cx, inputs[0], |x| {
            cx.library("__ocml_tanh_f32", &[x.into()], x.get_type().into()).into_float_value()
        }),
        _ => return Err(ins.unsupported()),
    })
}

/// A fused multiply-add of bf16, rounded once.
fn fused<'ctx>(cx: &Cx<'_, 'ctx>, inputs: &[FloatValue<'ctx>]) -> FloatValue<'ctx> {
    let e = &cx.emit;
    let wide = |x: FloatValue<'ctx>| e.float_resize(x, e.float_type(64));
    let odd = soft_float::fused_to_odd(cx, wide(inputs[0]), wide(inputs[1]), wide(inputs[2]));
    let format = Format::of(ScalarType::BF16).expect("bf16 has a format");
    let manner = Manner { rounding: Rounding::NearestEven, finite: false };
    let bits = e.zext_or_trunc(soft_float::narrow(cx, odd, format, manner, false), 16);
    e.bitcast(bits.into(), inputs[0].get_type().into()).into_float_value()
}

fn through_single<'ctx>(
    cx: &Cx<'_, 'ctx>,
    input: FloatValue<'ctx>,
    function: impl Fn(FloatValue<'ctx>) -> FloatValue<'ctx>,
) -> FloatValue<'ctx> {
    let wide = cx.emit.float_resize(input, cx.emit.float_type(32));
    cx.emit.float_resize(function(wide), input.get_type())
}

/// One NaN gives the other operand, or with `.NaN` a NaN; with `.xorsign.abs` magnitudes under the product's sign.
fn min_max<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, inputs: &[FloatValue<'ctx>]) -> FloatValue<'ctx> {
    let name = match (ins.form.opcode == Opcode::Min, ins.form.modifiers.nan) {
        (true, false) => "llvm.minnum",
        (false, false) => "llvm.maxnum",
        (true, true) => "llvm.minimum",
        (false, true) => "llvm.maximum",
    };
    if !ins.form.modifiers.xorsign_abs {
        return overloaded(cx, name, inputs);
    }
    let e = &cx.emit;
    let magnitudes = [overloaded(cx, "llvm.fabs", &inputs[..1]), overloaded(cx, "llvm.fabs", &inputs[1..2])];
    let magnitude = overloaded(cx, name, &magnitudes);
    let sign = e.xor(e.float_bits(inputs[0], 16), e.float_bits(inputs[1], 16));
    let sign = e.bitcast(sign.into(), inputs[0].get_type().into()).into_float_value();
    overloaded(cx, "llvm.copysign", &[magnitude, sign])
}

/// `.ftz`: denormals become zeros of their sign. The mode register keeps those of f16, so it is always explicit.
pub fn flush<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, value: FloatValue<'ctx>) -> FloatValue<'ctx> {
    if !ins.form.modifiers.ftz {
        return value;
    }
    let exponent = if value.get_type() == cx.module.context.f16_type() { 0x7C00 } else { 0x7F80 };
    let e = &cx.emit;
    let bits = e.float_bits(value, 16);
    let field = e.and(bits, e.int(16, exponent));
    let tiny = e.icmp(IntPredicate::EQ, field, e.int(16, 0));
    let flushed = e.select_int(tiny, e.and(bits, e.int(16, 0x8000)), bits);
    e.bitcast(flushed.into(), value.get_type().into()).into_float_value()
}

fn finish<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, value: FloatValue<'ctx>) -> FloatValue<'ctx> {
    let value = flush(cx, ins, value);
    if ins.form.modifiers.sat {
        saturate(cx, value)
    } else if ins.form.modifiers.relu {
        relu(cx, value)
    } else {
        value
    }
}

/// What is not positive becomes +0; NaN stays NaN.
pub fn relu<'ctx>(cx: &Cx<'_, 'ctx>, value: FloatValue<'ctx>) -> FloatValue<'ctx> {
    let zero = value.get_type().const_zero();
    let clamped = cx.emit.fcmp(FloatPredicate::OLE, value, zero);
    cx.emit.select(clamped, zero, value).into_float_value()
}

/// `add`, `sub` and `fma` that take halves and give f32.
fn mixed(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let (single, narrow) = (ins.ty(), ins.form.source_type());
    if single != ScalarType::F32 || !matches!(narrow, ScalarType::F16 | ScalarType::BF16) {
        return Err(ins.unsupported());
    }
    let e = &cx.emit;
    let widened = |index| -> Result<FloatValue<'_>, Diagnostic> {
        Ok(e.float_resize(cx.read_float(ins, index, narrow)?, e.float_type(32)))
    };
    let (operation, opcode, mut inputs) = match ins.form.opcode {
        Opcode::Add | Opcode::Sub => {
            (Operation::Add, InstructionOpcode::FAdd, vec![widened(1)?, cx.read_float(ins, 2, single)?])
        }
        Opcode::Fma => (
            Operation::FusedMultiplyAdd,
            InstructionOpcode::FMul,
            vec![widened(1)?, widened(2)?, cx.read_float(ins, 3, single)?],
        ),
        _ => return Err(ins.unsupported()),
    };
    if ins.form.opcode == Opcode::Sub {
        inputs[1] = e.fneg(inputs[1]);
    }
    let value = match (ins.form.modifiers.rounding, operation) {
        (None | Some(Rounding::NearestEven), Operation::FusedMultiplyAdd) => {
            overloaded(cx, "llvm.fma", &inputs)
        }
        (None | Some(Rounding::NearestEven), _) => e.float_binary(opcode, inputs[0], inputs[1], false),
        (Some(rounding), _) => {
            float_rounding::rounded(cx, operation, rounding, &inputs).ok_or_else(|| ins.unsupported())?
        }
    };
    let value = if ins.form.modifiers.sat { saturate(cx, value) } else { value };
    cx.write(ins, 0, single, value)
}
