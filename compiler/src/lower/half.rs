//! Half precision: `.f16`, `.f16x2`, `.bf16`, `.bf16x2` (PTX ISA 9.7.4).
//!
//! gfx90a computes f16 natively and has no bf16 arithmetic: LLVM widens that to f32 and rounds back, which is exact for
//! one operation because f32 has more than twice the bits.

use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use crate::codegen::emitter::Value;
use inkwell::FloatPredicate;
use inkwell::values::{FloatValue, InstructionOpcode};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{Opcode, Rounding, ScalarType};

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// Lowers an instruction of the chapter.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let (element, count) = match ins.ty() {
        ScalarType::F16x2 => (ScalarType::F16, 2),
        ScalarType::BF16x2 => (ScalarType::BF16, 2),
        scalar => (scalar, 1),
    };
    if !matches!(ins.form.modifiers.rounding, None | Some(Rounding::NearestEven)) || ins.form.types.len() > 1
    {
        return Err(ins.unsupported());
    }
    let mut inputs = Vec::new();
    for index in 1..ins.operands.len() {
        inputs.push(parts(cx, ins, index, element, count)?);
    }
    let mut results = Vec::new();
    for part in 0..count {
        let operands: Vec<FloatValue<'_>> = inputs.iter().map(|parts| flush(cx, ins, parts[part])).collect();
        let value = compute(cx, ins, &operands)?;
        results.push(finish(cx, ins, value));
    }
    match results[..] {
        [single] => cx.write(ins, 0, ins.ty(), single),
        _ => {
            let values: Vec<Value<'_>> = results.iter().map(|&value| value.into()).collect();
            let packed = cx.emit.bitcast(cx.emit.vector(&values), cx.emit.int_type(32).into());
            cx.write(ins, 0, ins.ty(), packed)
        }
    }
}

fn parts<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    index: usize,
    element: ScalarType,
    count: usize,
) -> Result<Vec<FloatValue<'ctx>>, Diagnostic> {
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

fn compute<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    inputs: &[FloatValue<'ctx>],
) -> Result<FloatValue<'ctx>, Diagnostic> {
    let contract = ins.form.modifiers.rounding.is_none();
    let intrinsic = |name: &str| super::float::overloaded(cx, name, inputs);
    let wanted = match ins.form.opcode {
        Opcode::Fma | Opcode::Mad => 3,
        Opcode::Neg | Opcode::Abs | Opcode::Ex2 | Opcode::Tanh => 1,
        _ => 2,
    };
    if inputs.len() != wanted {
        return Err(ins.unsupported());
    }
    Ok(match ins.form.opcode {
        Opcode::Add => cx.emit.float_binary(InstructionOpcode::FAdd, inputs[0], inputs[1], contract),
        Opcode::Sub => cx.emit.float_binary(InstructionOpcode::FSub, inputs[0], inputs[1], contract),
        Opcode::Mul => cx.emit.float_binary(InstructionOpcode::FMul, inputs[0], inputs[1], contract),
        Opcode::Fma => intrinsic("llvm.fma"),
        Opcode::Neg => cx.emit.fneg(inputs[0]),
        Opcode::Abs => intrinsic("llvm.fabs"),
        Opcode::Min if ins.form.modifiers.nan => intrinsic("llvm.minimum"),
        Opcode::Max if ins.form.modifiers.nan => intrinsic("llvm.maximum"),
        Opcode::Min if !ins.form.modifiers.xorsign_abs => intrinsic("llvm.minnum"),
        Opcode::Max if !ins.form.modifiers.xorsign_abs => intrinsic("llvm.maxnum"),
        Opcode::Ex2 => intrinsic("llvm.exp2"),
        _ => return Err(ins.unsupported()),
    })
}

/// `.ftz` of f16: denormals become zeros of their sign. The mode register keeps them, so it is always explicit.
fn flush<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, value: FloatValue<'ctx>) -> FloatValue<'ctx> {
    const SMALLEST_NORMAL: f64 = 1.0 / 16384.0;
    if !ins.form.modifiers.ftz || !matches!(ins.ty(), ScalarType::F16 | ScalarType::F16x2) {
        return value;
    }
    let ty = value.get_type();
    let magnitude = super::float::overloaded(cx, "llvm.fabs", &[value]);
    let tiny = cx.emit.fcmp(FloatPredicate::OLT, magnitude, ty.const_float(SMALLEST_NORMAL));
    let zero = super::float::overloaded(cx, "llvm.copysign", &[ty.const_zero(), value]);
    cx.emit.select(tiny, zero, value).into_float_value()
}

fn finish<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, value: FloatValue<'ctx>) -> FloatValue<'ctx> {
    let value = flush(cx, ins, value);
    if ins.form.modifiers.sat {
        super::float::saturate(cx, value)
    } else if ins.form.modifiers.relu {
        super::float::overloaded(cx, "llvm.maxnum", &[value, value.get_type().const_zero()])
    } else {
        value
    }
}
