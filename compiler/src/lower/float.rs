//! Floating point in `.f32` and `.f64` (PTX ISA 9.7.3).
//!
//! `.ftz` costs nothing when the function's mode flushes; in a group of functions that mixes it is made explicit here.
//! Without a rounding modifier `add`, `sub` and `mul` may be contracted; with `.rn` they may not. The other roundings
//! go through `float_rounding`.

use super::float_rounding::{self, Operation};
use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use crate::codegen::emitter::Value;
use inkwell::FloatPredicate;
use inkwell::values::{FastMathFlags, FloatValue, InstructionOpcode};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{Opcode, Precision, Rounding, ScalarType, TestProperty};

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// Error bounds in units in the last place that LLVM may use for a division or a square root.
const RECIPROCAL_ULP: f64 = 1.0;
const DIVISION_ULP: f64 = 2.5;
const SQUARE_ROOT_ULP: f64 = 3.0;

/// Lowers an instruction of the chapter.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let ty = ins.ty();
    if ins.form.types.iter().any(|t| !matches!(t, ScalarType::F32 | ScalarType::F64)) {
        return Err(ins.unsupported());
    }
    match ins.form.opcode {
        Opcode::Testp => return testp(cx, ins),
        Opcode::Copysign => {
            let (sign, magnitude) = (cx.read_float(ins, 1, ty)?, cx.read_float(ins, 2, ty)?);
            let value = overloaded(cx, "llvm.copysign", &[magnitude, sign]);
            return cx.write(ins, 0, ty, value);
        }
        Opcode::Neg | Opcode::Abs => {
            let a = cx.read_float(ins, 1, ty)?;
            let value = match ins.form.opcode {
                Opcode::Neg => cx.emit.fneg(a),
                _ => overloaded(cx, "llvm.fabs", &[a]),
            };
            let value = if flushed_result_matters(cx, ins) { canonicalize(cx, ins, value) } else { value };
            return cx.write(ins, 0, ty, value);
        }
        _ => {}
    }
    let operands = match ins.form.opcode {
        Opcode::Fma | Opcode::Mad => 3,
        Opcode::Add | Opcode::Sub | Opcode::Mul | Opcode::Div | Opcode::Min | Opcode::Max => 2,
        _ => 1,
    };
    if matches!(ins.form.opcode, Opcode::Min | Opcode::Max) && ins.operands.len() == 4 {
        return super::float_directed::extreme_of_three(cx, ins);
    }
    if ins.operands.len() != operands + 1 {
        return Err(ins.unsupported());
    }
    let mut inputs = Vec::with_capacity(operands);
    for index in 1..=operands {
        inputs.push(cx.read_float(ins, index, ty)?);
    }
    let value = match explicit_flush(cx, ins) {
        true if matches!(ins.form.opcode, Opcode::Add | Opcode::Sub | Opcode::Mul) && is_nearest(ins) => {
            flushing_sum_or_product(cx, ins.form.opcode, &inputs)
        }
        true => {
            let flushed: Vec<_> = inputs.iter().map(|&input| flush(cx, input)).collect();
            flush(cx, compute(cx, ins, &flushed)?)
        }
        false => compute(cx, ins, &inputs)?,
    };
    let value = if ins.form.modifiers.sat { saturate(cx, value) } else { value };
    cx.write(ins, 0, ty, value)
}

fn is_nearest(ins: &Ins<'_>) -> bool {
    matches!(ins.form.modifiers.rounding, None | Some(Rounding::NearestEven))
}

/// The operation itself, flushing left to the mode or to the caller.
pub fn compute<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    inputs: &[FloatValue<'ctx>],
) -> Result<FloatValue<'ctx>, Diagnostic> {
    let modifiers = &ins.form.modifiers;
    let contract = modifiers.rounding.is_none();
    let simple = |opcode| cx.emit.float_binary(opcode, inputs[0], inputs[1], contract);
    if !is_nearest(ins) {
        let (operation, inputs) = match ins.form.opcode {
            Opcode::Add => (Operation::Add, inputs.to_vec()),
            Opcode::Sub => (Operation::Add, vec![inputs[0], cx.emit.fneg(inputs[1])]),
            Opcode::Mul => (Operation::Multiply, inputs.to_vec()),
            Opcode::Fma | Opcode::Mad => (Operation::FusedMultiplyAdd, inputs.to_vec()),
            _ => return rounded_through_double(cx, ins, inputs),
        };
        let rounding = modifiers.rounding.unwrap_or(Rounding::NearestEven);
        return float_rounding::rounded(cx, operation, rounding, &inputs).ok_or_else(|| ins.unsupported());
    }
    Ok(match ins.form.opcode {
        Opcode::Add => simple(InstructionOpcode::FAdd),
        Opcode::Sub => simple(InstructionOpcode::FSub),
        Opcode::Mul => simple(InstructionOpcode::FMul),
        Opcode::Fma | Opcode::Mad => overloaded(cx, "llvm.fma", inputs),
        Opcode::Div => divide(cx, ins, inputs[0], inputs[1]),
        Opcode::Rcp => reciprocal(cx, ins, inputs[0]),
        Opcode::Sqrt => square_root(cx, ins, inputs[0]),
        Opcode::Rsqrt => reciprocal_root(cx, ins, inputs[0]),
        Opcode::Sin => sine(cx, "llvm.amdgcn.sin", inputs[0]),
        Opcode::Cos => sine(cx, "llvm.amdgcn.cos", inputs[0]),
        Opcode::Lg2 => hardware_or_scaled(cx, ins, "llvm.amdgcn.log", "llvm.log2", inputs[0]),
        Opcode::Ex2 => hardware_or_scaled(cx, ins, "llvm.amdgcn.exp2", "llvm.exp2", inputs[0]),
        Opcode::Tanh => {
            cx.library("__ocml_tanh_f32", &[inputs[0].into()], inputs[0].get_type().into()).into_float_value()
        }
        Opcode::Min | Opcode::Max => min_max(cx, ins, inputs),
        _ => return Err(ins.unsupported()),
    })
}

/// `div`, `rcp` and `sqrt` of f32 in a directed rounding: the f64 result, rounded once more. That is exact, because a
/// quotient or root of 24-bit numbers is either an f32 or further from one than f64's own error.
fn rounded_through_double<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    inputs: &[FloatValue<'ctx>],
) -> Result<FloatValue<'ctx>, Diagnostic> {
    let (single, double) = (cx.emit.float_type(32), cx.emit.float_type(64));
    if is_double(inputs[0]) {
        return super::float_directed::compute(cx, ins, inputs);
    }
    // The conversion to f64 does not heed the mode's flushing of f32.
    let ftz = ins.form.modifiers.ftz;
    let flushed = |input| if ftz { flush(cx, input) } else { input };
    let wide: Vec<FloatValue<'ctx>> =
        inputs.iter().map(|&input| cx.emit.float_resize(flushed(input), double)).collect();
    let result = match ins.form.opcode {
        Opcode::Div => cx.emit.float_binary(InstructionOpcode::FDiv, wide[0], wide[1], false),
        Opcode::Rcp => cx.emit.float_binary(InstructionOpcode::FDiv, double.const_float(1.0), wide[0], false),
        Opcode::Sqrt => overloaded(cx, "llvm.sqrt", &wide),
        _ => return Err(ins.unsupported()),
    };
    let rounding = ins.form.modifiers.rounding.unwrap_or(Rounding::NearestEven);
    let narrow = float_rounding::converted(cx, "v_cvt_f32_f64", rounding, single.into(), result.into());
    let narrow = narrow.ok_or_else(|| ins.unsupported())?.into_float_value();
    Ok(if ftz { flush(cx, narrow) } else { narrow })
}

/// An intrinsic overloaded on the type of its first operand.
pub fn overloaded<'ctx>(cx: &Cx<'_, 'ctx>, name: &str, inputs: &[FloatValue<'ctx>]) -> FloatValue<'ctx> {
    let arguments: Vec<Value<'ctx>> = inputs.iter().map(|&input| input.into()).collect();
    cx.emit.intrinsic(name, &[inputs[0].get_type().into()], &arguments).into_float_value()
}

fn is_double(value: FloatValue<'_>) -> bool {
    value.get_type().get_bit_width() == 64
}

/// Whether f32 denormals are flushed around this instruction, by the mode or explicitly.
fn flushes(cx: &Cx<'_, '_>, ins: &Ins<'_>) -> bool {
    ins.form.modifiers.ftz || cx.flushes
}

/// Whether the instruction says `.ftz` where the mode does not.
pub fn explicit_flush(cx: &Cx<'_, '_>, ins: &Ins<'_>) -> bool {
    ins.form.modifiers.ftz && !cx.flushes && ins.form.types.contains(&ScalarType::F32)
}

/// An f32 with denormals replaced by zeros of their sign, whatever the mode: `v_mad_f32` always flushes.
pub fn flush<'ctx>(cx: &Cx<'_, 'ctx>, value: FloatValue<'ctx>) -> FloatValue<'ctx> {
    if value.get_type().get_bit_width() != 32 {
        return value;
    }
    overloaded(cx, "llvm.amdgcn.fmad.ftz", &[value, cx.emit.float(32, 1.0), cx.emit.float(32, -0.0)])
}

/// An f64 with denormals replaced by zeros of their sign.
fn flush_double<'ctx>(cx: &Cx<'_, 'ctx>, value: FloatValue<'ctx>) -> FloatValue<'ctx> {
    let e = &cx.emit;
    let magnitude = overloaded(cx, "llvm.fabs", &[value]);
    let tiny = e.fcmp(FloatPredicate::OLT, magnitude, e.float(64, f64::MIN_POSITIVE));
    let zero = overloaded(cx, "llvm.copysign", &[e.float(64, 0.0), value]);
    e.select(tiny, zero, value).into_float_value()
}

/// An input of the instruction, flushed if that has to be explicit.
pub fn flush_input<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, value: FloatValue<'ctx>) -> FloatValue<'ctx> {
    if explicit_flush(cx, ins) { flush(cx, value) } else { value }
}

/// `neg.ftz` and `abs.ftz` only change the sign bit unless somebody could see a denormal that should be gone.
fn flushed_result_matters(cx: &Cx<'_, '_>, ins: &Ins<'_>) -> bool {
    if !ins.form.modifiers.ftz || ins.ty() != ScalarType::F32 {
        return false;
    }
    match ins.operands.first() {
        Some(ptx_frontend::module::Operand::Register(register)) => cx.bits_are_seen(*register),
        _ => true,
    }
}

/// The value with denormals flushed as the instruction's mode wants it.
pub fn canonicalize<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, value: FloatValue<'ctx>) -> FloatValue<'ctx> {
    if explicit_flush(cx, ins) { flush(cx, value) } else { overloaded(cx, "llvm.canonicalize", &[value]) }
}

/// One `v_mad_f32`, which flushes inputs and result and, with a factor of one or a zero summand, rounds once.
fn flushing_sum_or_product<'ctx>(
    cx: &Cx<'_, 'ctx>,
    opcode: Opcode,
    inputs: &[FloatValue<'ctx>],
) -> FloatValue<'ctx> {
    let one = cx.emit.float(32, 1.0);
    let terms = match opcode {
        Opcode::Add => [inputs[0], one, inputs[1]],
        Opcode::Sub => [inputs[0], one, cx.emit.fneg(inputs[1])],
        _ => [inputs[0], inputs[1], cx.emit.float(32, -0.0)],
    };
    overloaded(cx, "llvm.amdgcn.fmad.ftz", &terms)
}

/// Clamps to 0..1, NaN to 0.
pub fn saturate<'ctx>(cx: &Cx<'_, 'ctx>, value: FloatValue<'ctx>) -> FloatValue<'ctx> {
    let ty = value.get_type();
    let above = overloaded(cx, "llvm.maxnum", &[value, ty.const_zero()]);
    overloaded(cx, "llvm.minnum", &[above, ty.const_float(1.0)])
}

fn divide<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    a: FloatValue<'ctx>,
    b: FloatValue<'ctx>,
) -> FloatValue<'ctx> {
    match ins.form.modifiers.precision {
        Some(Precision::Approximate) => divide_by_flush(cx, a, b, flushes(cx, ins)),
        Some(_) => cx.emit.inexact(cx.emit.float_binary(InstructionOpcode::FDiv, a, b, false), DIVISION_ULP),
        None => cx.emit.float_binary(InstructionOpcode::FDiv, a, b, false),
    }
}

fn divide_by_flush<'ctx>(
    cx: &Cx<'_, 'ctx>,
    a: FloatValue<'ctx>,
    b: FloatValue<'ctx>,
    flushes: bool,
) -> FloatValue<'ctx> {
    if flushes {
        let reciprocal = overloaded(cx, "llvm.amdgcn.rcp", &[b]);
        return cx.emit.float_binary(InstructionOpcode::FMul, a, reciprocal, false);
    }
    cx.emit.inexact(cx.emit.float_binary(InstructionOpcode::FDiv, a, b, false), DIVISION_ULP)
}

/// `a / b` as `div.approx`, in the function's own mode.
pub fn divide_approximate<'ctx>(
    cx: &Cx<'_, 'ctx>,
    a: FloatValue<'ctx>,
    b: FloatValue<'ctx>,
) -> FloatValue<'ctx> {
    divide_by_flush(cx, a, b, cx.flushes)
}

/// Two to the power, as `ex2.approx`, in the function's own mode.
pub fn exp2_approximate<'ctx>(cx: &Cx<'_, 'ctx>, a: FloatValue<'ctx>) -> FloatValue<'ctx> {
    by_flush(cx, "llvm.amdgcn.exp2", "llvm.exp2", a, cx.flushes)
}

/// The binary logarithm, as `lg2.approx`, in the function's own mode.
pub fn log2_approximate<'ctx>(cx: &Cx<'_, 'ctx>, a: FloatValue<'ctx>) -> FloatValue<'ctx> {
    by_flush(cx, "llvm.amdgcn.log", "llvm.log2", a, cx.flushes)
}

fn reciprocal<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, a: FloatValue<'ctx>) -> FloatValue<'ctx> {
    let one = a.get_type().const_float(1.0);
    let quotient = || cx.emit.float_binary(InstructionOpcode::FDiv, one, a, false);
    match ins.form.modifiers.precision {
        // Of f64 there is `rcp.approx.ftz` alone; the mode never flushes f64.
        Some(_) if is_double(a) => {
            flush_double(cx, overloaded(cx, "llvm.amdgcn.rcp", &[flush_double(cx, a)]))
        }
        Some(_) if flushes(cx, ins) => overloaded(cx, "llvm.amdgcn.rcp", &[a]),
        Some(_) => cx.emit.inexact(quotient(), RECIPROCAL_ULP),
        None => quotient(),
    }
}

fn square_root<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, a: FloatValue<'ctx>) -> FloatValue<'ctx> {
    match ins.form.modifiers.precision {
        Some(_) if flushes(cx, ins) => overloaded(cx, "llvm.amdgcn.sqrt", &[a]),
        Some(_) => cx.emit.inexact(overloaded(cx, "llvm.sqrt", &[a]), SQUARE_ROOT_ULP),
        None => overloaded(cx, "llvm.sqrt", &[a]),
    }
}

fn reciprocal_root<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, a: FloatValue<'ctx>) -> FloatValue<'ctx> {
    if is_double(a) {
        if ins.form.modifiers.ftz {
            return overloaded(cx, "llvm.amdgcn.rsq", &[flush_double(cx, a)]);
        }
        return cx.library("__ocml_rsqrt_f64", &[a.into()], a.get_type().into()).into_float_value();
    }
    reciprocal_root_by_flush(cx, a, flushes(cx, ins))
}

/// An f32 reciprocal square root within one unit, in the function's own mode.
pub fn reciprocal_root_approximate<'ctx>(cx: &Cx<'_, 'ctx>, a: FloatValue<'ctx>) -> FloatValue<'ctx> {
    reciprocal_root_by_flush(cx, a, cx.flushes)
}

fn reciprocal_root_by_flush<'ctx>(cx: &Cx<'_, 'ctx>, a: FloatValue<'ctx>, flushes: bool) -> FloatValue<'ctx> {
    if flushes {
        return overloaded(cx, "llvm.amdgcn.rsq", &[a]);
    }
    // The hardware takes denormals for zero: scale them up by an even power of two.
    let e = &cx.emit;
    let tiny = e.fcmp(
        FloatPredicate::OLT,
        overloaded(cx, "llvm.fabs", &[a]),
        e.float(32, f64::from(f32::MIN_POSITIVE)),
    );
    let up = e.select(tiny, e.float(32, f64::from(1u32 << 24)), e.float(32, 1.0)).into_float_value();
    let down = e.select(tiny, e.float(32, f64::from(1u32 << 12)), e.float(32, 1.0)).into_float_value();
    let scaled = e.float_binary(InstructionOpcode::FMul, a, up, false);
    let root = overloaded(cx, "llvm.amdgcn.rsq", &[scaled]);
    e.float_binary(InstructionOpcode::FMul, root, down, false)
}

/// The hardware takes revolutions, and only one of them.
pub fn sine<'ctx>(cx: &Cx<'_, 'ctx>, name: &str, a: FloatValue<'ctx>) -> FloatValue<'ctx> {
    let inverse = cx.emit.float(32, std::f64::consts::FRAC_1_PI / 2.0);
    let turns = cx.emit.float_binary(InstructionOpcode::FMul, a, inverse, false);
    overloaded(cx, name, &[overloaded(cx, "llvm.amdgcn.fract", &[turns])])
}

/// The bare instruction if denormals are flushed anyway, else LLVM's scaled form of it.
fn hardware_or_scaled<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    hardware: &str,
    scaled: &str,
    a: FloatValue<'ctx>,
) -> FloatValue<'ctx> {
    by_flush(cx, hardware, scaled, a, flushes(cx, ins))
}

fn by_flush<'ctx>(
    cx: &Cx<'_, 'ctx>,
    hardware: &str,
    scaled: &str,
    a: FloatValue<'ctx>,
    flushes: bool,
) -> FloatValue<'ctx> {
    if flushes {
        return overloaded(cx, hardware, &[a]);
    }
    let value = overloaded(cx, scaled, &[a]);
    cx.emit.allow(value, FastMathFlags::ApproxFunc);
    value
}

fn min_max<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, inputs: &[FloatValue<'ctx>]) -> FloatValue<'ctx> {
    let modifiers = &ins.form.modifiers;
    let name = match (ins.form.opcode == Opcode::Min, modifiers.nan) {
        (true, false) => "llvm.minnum",
        (false, false) => "llvm.maxnum",
        (true, true) => "llvm.minimum",
        (false, true) => "llvm.maximum",
    };
    if !modifiers.xorsign_abs {
        return overloaded(cx, name, inputs);
    }
    let e = &cx.emit;
    let magnitude = overloaded(
        cx,
        name,
        &[overloaded(cx, "llvm.fabs", &inputs[..1]), overloaded(cx, "llvm.fabs", &inputs[1..2])],
    );
    let sign = e.xor(e.float_bits(inputs[0], 32), e.float_bits(inputs[1], 32));
    overloaded(cx, "llvm.copysign", &[magnitude, e.bits_float(sign)])
}

/// The classes of `llvm.is.fpclass` that a property stands for.
fn testp(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    const NAN: u32 = 0x3;
    const INFINITE: u32 = 0x204;
    const NORMAL: u32 = 0x108;
    const SUBNORMAL: u32 = 0x90;
    const ZERO: u32 = 0x60;
    let mask = match ins.form.modifiers.test {
        Some(TestProperty::Finite) => NORMAL | SUBNORMAL | ZERO,
        Some(TestProperty::Infinite) => INFINITE,
        Some(TestProperty::Number) => NORMAL | SUBNORMAL | ZERO | INFINITE,
        Some(TestProperty::NotANumber) => NAN,
        // The manual counts zeros among the normal numbers.
        Some(TestProperty::Normal) => NORMAL | ZERO,
        Some(TestProperty::Subnormal) => SUBNORMAL,
        None => return Err(ins.unsupported()),
    };
    let a = cx.read_float(ins, 1, ins.ty())?;
    let value =
        cx.emit.intrinsic("llvm.is.fpclass", &[a.get_type().into()], &[a.into(), cx.emit.word(mask).into()]);
    cx.write(ins, 0, ScalarType::Pred, value)
}
