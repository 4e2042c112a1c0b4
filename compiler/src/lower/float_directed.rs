//! What f64 has no instruction for: `div`, `rcp` and `sqrt` in a directed rounding (PTX ISA 9.7.3); and `min` and `max` of
//! three f32.
//!
//! The result of numbers scaled to about 1 is computed to nearest, the sign of its error by one fused multiply-add, and both
//! together are rounded as an integer significand: exact at either end of the range too.

use super::float::overloaded;
use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use super::soft_float::{self, Format, Manner, Number};
use crate::codegen::emitter::Value;
use inkwell::values::{FloatValue, InstructionOpcode, IntValue};
use inkwell::{FloatPredicate, IntPredicate};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{Opcode, Rounding, ScalarType};

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// A number as a significand of 0.5 to 1 and an exponent.
struct Scaled<'ctx> {
    significand: FloatValue<'ctx>,
    exponent: IntValue<'ctx>,
}

fn scale<'ctx>(cx: &Cx<'_, 'ctx>, value: FloatValue<'ctx>) -> Scaled<'ctx> {
    let (e, ty) = (&cx.emit, value.get_type());
    let word = e.int_type(32);
    let significand = e.intrinsic("llvm.amdgcn.frexp.mant", &[ty.into()], &[value.into()]);
    let exponent = e.intrinsic("llvm.amdgcn.frexp.exp", &[word.into(), ty.into()], &[value.into()]);
    Scaled { significand: significand.into_float_value(), exponent: exponent.into_int_value() }
}

/// `div`, `rcp` or `sqrt` of f64, rounded as the instruction says.
pub fn compute<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    inputs: &[FloatValue<'ctx>],
) -> Result<FloatValue<'ctx>, Diagnostic> {
    let e = &cx.emit;
    let one = e.float(64, 1.0);
    let rounding = ins.form.modifiers.rounding.unwrap_or(Rounding::NearestEven);
    let divide = |a, b| e.float_binary(InstructionOpcode::FDiv, a, b, false);
    // Zeros, infinities and NaN need no rounding: the ordinary operation gives their result.
    let (plain, near, error, exponent) = match (ins.form.opcode, inputs) {
        (Opcode::Div | Opcode::Rcp, _) => {
            let (a, b) = match *inputs {
                [a, b] => (a, b),
                [b] => (one, b),
                _ => return Err(ins.unsupported()),
            };
            let (x, y) = (scale(cx, a), scale(cx, b));
            let near = divide(x.significand, y.significand);
            let rest = overloaded(cx, "llvm.fma", &[e.fneg(near), y.significand, x.significand]);
            // The sign of the rest is that of the error times the divisor's.
            let sign = overloaded(cx, "llvm.copysign", &[one, y.significand]);
            let error = e.float_binary(InstructionOpcode::FMul, rest, sign, false);
            (divide(a, b), near, error, e.sub(x.exponent, y.exponent))
        }
        (Opcode::Sqrt, &[a]) => {
            let x = scale(cx, a);
            // An even exponent halves.
            let odd = e.and(x.exponent, e.word(1));
            let is_odd = e.icmp(IntPredicate::NE, odd, e.word(0));
            let twice = e.float_binary(InstructionOpcode::FMul, x.significand, e.float(64, 2.0), false);
            let significand = e.select(is_odd, twice, x.significand).into_float_value();
            let near = overloaded(cx, "llvm.sqrt", &[significand]);
            let error = overloaded(cx, "llvm.fma", &[e.fneg(near), near, significand]);
            let exponent = e.ashr(e.sub(x.exponent, odd), e.word(1));
            (overloaded(cx, "llvm.sqrt", &[a]), near, error, exponent)
        }
        _ => return Err(ins.unsupported()),
    };
    let rounded = round(cx, near, error, exponent, rounding);
    let mut ordinary = e.bool(true);
    for &input in inputs {
        const FINITE_NOT_ZERO: u32 = 0x108 | 0x90;
        let mask = e.word(FINITE_NOT_ZERO);
        let class = e.intrinsic("llvm.is.fpclass", &[input.get_type().into()], &[input.into(), mask.into()]);
        ordinary = e.and(ordinary, class.into_int_value());
    }
    if ins.form.opcode == Opcode::Sqrt {
        let positive = e.fcmp(FloatPredicate::OGT, inputs[0], e.float(64, 0.0));
        ordinary = e.and(ordinary, positive);
    }
    Ok(e.select(ordinary, rounded, plain).into_float_value())
}

/// `near + error`, where the error counts by its sign alone, times a power of two.
fn round<'ctx>(
    cx: &Cx<'_, 'ctx>,
    near: FloatValue<'ctx>,
    error: FloatValue<'ctx>,
    exponent: IntValue<'ctx>,
    rounding: Rounding,
) -> FloatValue<'ctx> {
    const FRACTION: u32 = 52;
    const EXTRA: u32 = 9;
    let e = &cx.emit;
    let bits = e.float_bits(near, 64);
    let negative = e.icmp(IntPredicate::SLT, bits, e.int(64, 0));
    let field = e.and(e.lshr(bits, e.int(64, u64::from(FRACTION))), e.int(64, 0x7FF));
    let fraction = e.and(bits, e.int(64, (1 << FRACTION) - 1));
    let digits = e.or(fraction, e.int(64, 1 << FRACTION));
    let digits = e.shl(digits, e.int(64, u64::from(EXTRA)));
    // An error of the sign of the number makes it larger.
    let zero = e.float(64, 0.0);
    let above = e.fcmp(FloatPredicate::OGT, error, zero);
    let below = e.fcmp(FloatPredicate::OLT, error, zero);
    let step = |condition| e.zext_or_trunc(condition, 64);
    let change = e.sub(step(above), step(below));
    let change = e.select_int(negative, e.sub(e.int(64, 0), change), change);
    let own = e.sub(e.zext_or_trunc(field, 32), e.word(1023));
    let number = Number {
        negative,
        significand: e.add(digits, change),
        point: FRACTION + EXTRA,
        exponent: e.add(own, exponent),
    };
    let format = Format::of(ScalarType::F64).expect("f64 has a format");
    let magnitude = soft_float::round(cx, &number, format, Manner { rounding, finite: false });
    let sign = e.shl(e.zext_or_trunc(negative, 64), e.int(64, 63));
    e.bits_float(e.or(magnitude, sign))
}

/// `min` and `max` of three f32, of their magnitudes with `.abs`.
pub fn extreme_of_three(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let modifiers = &ins.form.modifiers;
    let name = match (ins.form.opcode == Opcode::Min, modifiers.nan) {
        (true, false) => "llvm.minnum",
        (false, false) => "llvm.maxnum",
        (true, true) => "llvm.minimum",
        (false, true) => "llvm.maximum",
    };
    let mut values = Vec::new();
    for index in 1..=3 {
        let mut value = cx.read_float(ins, index, ScalarType::F32)?;
        if modifiers.ftz {
            value = super::float::flush(cx, value);
        }
        if modifiers.abs {
            value = overloaded(cx, "llvm.fabs", &[value]);
        }
        values.push(value);
    }
    let first = overloaded(cx, name, &values[..2]);
    let value: Value<'_> = overloaded(cx, name, &[first, values[2]]).into();
    cx.write(ins, 0, ScalarType::F32, value)
}
