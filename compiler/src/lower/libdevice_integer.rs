//! libdevice's functions of integers, conversions, and arithmetic with a rounding in its name.
//!
//! The names are regular: `{source}2{target}_{rounding}` converts, `{f|d}{operation}_{rounding}` computes.

use super::float_rounding::{self, Operation};
use super::instruction::Ins;
use super::libdevice::Arguments;
use super::soft_float::{Format, Manner, from_integer};
use crate::codegen::emitter::Value;
use inkwell::FloatPredicate;
use inkwell::values::{FloatValue, InstructionOpcode, IntValue};
use ptx_frontend::Span;
use ptx_frontend::isa::{Rounding, ScalarType};

type Args<'a, 'f, 'ctx> = Arguments<'a, 'f, 'ctx>;

/// Lowers a call; `None` if the function is not of these.
pub fn call<'ctx>(arguments: &Args<'_, '_, 'ctx>, name: &str) -> Option<Value<'ctx>> {
    if name == "rcp64h" {
        let form = ptx_frontend::isa::decode("rcp.approx.ftz.f64");
        let ins = Ins { form: form.first()?, operands: &[], spans: &[], span: Span::default() };
        return super::float::compute(arguments.cx, &ins, &[arguments.float(0)?]).ok().map(Value::from);
    }
    bits(arguments, name).or_else(|| arithmetic(arguments, name)).or_else(|| {
        let (name, rounding) = name.rsplit_once('_')?;
        let rounding = match rounding {
            "rn" => Rounding::NearestEven,
            "rz" => Rounding::Zero,
            "rd" => Rounding::MinusInfinity,
            "ru" => Rounding::PlusInfinity,
            _ => return None,
        };
        rounded(arguments, name, rounding).or_else(|| converted(arguments, name, rounding))
    })
}

/// Reinterpreted bits.
fn bits<'ctx>(arguments: &Args<'_, '_, 'ctx>, name: &str) -> Option<Value<'ctx>> {
    let e = &arguments.cx.emit;
    Some(match name {
        "float_as_int" | "float_as_uint" | "int_as_float" | "uint_as_float" | "double_as_longlong"
        | "longlong_as_double" => arguments.int(0)?.into(),
        "byte_perm" => {
            let (a, b, selector) = (arguments.int(0)?, arguments.int(1)?, arguments.int(2)?);
            super::data_movement::permute(arguments.cx, a, b, selector)
        }
        "double2hiint" => e.zext_or_trunc(e.lshr(arguments.int(0)?, e.int(64, 32)), 32).into(),
        "double2loint" => e.zext_or_trunc(arguments.int(0)?, 32).into(),
        "hiloint2double" => {
            let (high, low) =
                (e.zext_or_trunc(arguments.int(0)?, 64), e.zext_or_trunc(arguments.int(1)?, 64));
            e.or(e.shl(high, e.int(64, 32)), low).into()
        }
        "half2float" => {
            let half = e.zext_or_trunc(arguments.int(0)?, 16);
            e.float_resize(e.bits_float(half), e.float_type(32)).into()
        }
        "float2half_rn" => {
            let half = e.float_resize(arguments.float(0)?, e.float_type(16));
            e.float_bits(half, 16).into()
        }
        _ => return None,
    })
}

fn overloaded<'ctx>(arguments: &Args<'_, '_, 'ctx>, name: &str, values: &[IntValue<'ctx>]) -> IntValue<'ctx> {
    let values: Vec<Value<'ctx>> = values.iter().map(|&value| value.into()).collect();
    arguments.cx.emit.intrinsic(name, &[values[0].get_type()], &values).into_int_value()
}

/// Integer functions.
fn arithmetic<'ctx>(arguments: &Args<'_, '_, 'ctx>, name: &str) -> Option<Value<'ctx>> {
    let e = &arguments.cx.emit;
    let two = |name: &str| Some(overloaded(arguments, name, &[arguments.int(0)?, arguments.int(1)?]));
    let counted = |name: &str| {
        let value = overloaded(arguments, name, &[arguments.int(0)?]);
        Some(e.zext_or_trunc(value, 32))
    };
    let with_flag = |name: &str| {
        let a = arguments.int(0)?;
        let value = e.intrinsic(name, &[a.get_type().into()], &[a.into(), e.bool(false).into()]);
        Some(value.into_int_value())
    };
    let high = |signed: bool| {
        let (a, b) = (arguments.int(0)?, arguments.int(1)?);
        let bits = a.get_type().get_bit_width();
        let widen = |v| if signed { e.sext_or_trunc(v, 2 * bits) } else { e.zext_or_trunc(v, 2 * bits) };
        let product = e.mul(widen(a), widen(b));
        Some(e.zext_or_trunc(e.lshr(product, e.int(2 * bits, u64::from(bits))), bits))
    };
    let low24 = |index: usize, signed: bool| {
        let up = e.shl(arguments.int(index)?, e.word(8));
        Some(if signed { e.ashr(up, e.word(8)) } else { e.lshr(up, e.word(8)) })
    };
    // The mean of two, computed one bit wider, rounded down or up.
    let mean = |signed: bool, round: u64| {
        let widen = |v| if signed { e.sext_or_trunc(v, 64) } else { e.zext_or_trunc(v, 64) };
        let sum = e.add(widen(arguments.int(0)?), widen(arguments.int(1)?));
        Some(e.zext_or_trunc(e.ashr(e.add(sum, e.int(64, round)), e.int(64, 1)), 32))
    };
    let result = match name {
        "abs" | "llabs" => with_flag("llvm.abs")?,
        "brev" | "brevll" => overloaded(arguments, "llvm.bitreverse", &[arguments.int(0)?]),
        "clz" | "clzll" => e.zext_or_trunc(with_flag("llvm.ctlz")?, 32),
        "popc" | "popcll" => counted("llvm.ctpop")?,
        "ffs" | "ffsll" => {
            let a = arguments.int(0)?;
            let position = e.zext_or_trunc(with_flag("llvm.cttz")?, 32);
            let none = e.icmp(inkwell::IntPredicate::EQ, a, a.get_type().const_zero());
            e.select_int(none, e.word(0), e.add(position, e.word(1)))
        }
        "min" | "llmin" => two("llvm.smin")?,
        "max" | "llmax" => two("llvm.smax")?,
        "umin" | "ullmin" => two("llvm.umin")?,
        "umax" | "ullmax" => two("llvm.umax")?,
        "mulhi" | "mul64hi" => high(true)?,
        "umulhi" | "umul64hi" => high(false)?,
        "mul24" => e.mul(low24(0, true)?, low24(1, true)?),
        "umul24" => e.mul(low24(0, false)?, low24(1, false)?),
        "hadd" => mean(true, 0)?,
        "rhadd" => mean(true, 1)?,
        "uhadd" => mean(false, 0)?,
        "urhadd" => mean(false, 1)?,
        "sad" | "usad" => {
            let (a, b) = (arguments.int(0)?, arguments.int(1)?);
            let (most, least) =
                if name == "sad" { ("llvm.smax", "llvm.smin") } else { ("llvm.umax", "llvm.umin") };
            let distance = e.sub(overloaded(arguments, most, &[a, b]), overloaded(arguments, least, &[a, b]));
            e.add(distance, arguments.int(2)?)
        }
        "llrint" | "llrintf" => return to_integer(arguments, Some("llvm.roundeven"), 64, true),
        "llround" | "llroundf" => return to_integer(arguments, Some("llvm.round"), 64, true),
        _ => return None,
    };
    Some(result.into())
}

/// `fadd_rz`, `dmul_rn`, `fmaf_ru` and so on.
fn rounded<'ctx>(arguments: &Args<'_, '_, 'ctx>, name: &str, rounding: Rounding) -> Option<Value<'ctx>> {
    let cx = arguments.cx;
    let e = &cx.emit;
    let operation = match name {
        "fmaf" | "fma" | "fmaf_ieee" => "fma",
        _ => name.strip_prefix(['f', 'd'])?,
    };
    let a = arguments.float(0)?;
    let one = a.get_type().const_float(1.0);
    let nearest = rounding == Rounding::NearestEven;
    let plain = |opcode, a, b| e.float_binary(opcode, a, b, false);
    let with_mode =
        |operation, inputs: &[FloatValue<'ctx>]| float_rounding::rounded(cx, operation, rounding, inputs);
    let value = match operation {
        "add" if nearest => plain(InstructionOpcode::FAdd, a, arguments.float(1)?),
        "add" => with_mode(Operation::Add, &[a, arguments.float(1)?])?,
        "sub" if nearest => plain(InstructionOpcode::FSub, a, arguments.float(1)?),
        "sub" => with_mode(Operation::Add, &[a, e.fneg(arguments.float(1)?)])?,
        "mul" if nearest => plain(InstructionOpcode::FMul, a, arguments.float(1)?),
        "mul" => with_mode(Operation::Multiply, &[a, arguments.float(1)?])?,
        "fma" => {
            let inputs = [a, arguments.float(1)?, arguments.float(2)?];
            if nearest {
                super::float::overloaded(cx, "llvm.fma", &inputs)
            } else {
                with_mode(Operation::FusedMultiplyAdd, &inputs)?
            }
        }
        "div" if nearest => plain(InstructionOpcode::FDiv, a, arguments.float(1)?),
        "rcp" if nearest => plain(InstructionOpcode::FDiv, one, a),
        "sqrt" if nearest => super::float::overloaded(cx, "llvm.sqrt", &[a]),
        "rsqrt" if nearest => {
            let root = super::float::overloaded(cx, "llvm.sqrt", &[a]);
            plain(InstructionOpcode::FDiv, one, root)
        }
        "div" => by_instruction(arguments, "div", rounding, &[a, arguments.float(1)?])?,
        "rcp" | "sqrt" => by_instruction(arguments, operation, rounding, &[a])?,
        _ => return None,
    };
    Some(value.into())
}

/// What the instruction of PTX with that rounding gives.
fn by_instruction<'ctx>(
    arguments: &Args<'_, '_, 'ctx>,
    operation: &str,
    rounding: Rounding,
    inputs: &[FloatValue<'ctx>],
) -> Option<FloatValue<'ctx>> {
    let cx = arguments.cx;
    let ty = if inputs[0].get_type().get_bit_width() == 64 { "f64" } else { "f32" };
    let ftz = if ty == "f32" && cx.flushes { ".ftz" } else { "" };
    let form = ptx_frontend::isa::decode(&format!("{operation}.{}{ftz}.{ty}", rounding.as_str()));
    let ins = Ins { form: form.first()?, operands: &[], spans: &[], span: Span::default() };
    super::float::compute(cx, &ins, inputs).ok()
}

/// `float2int_rz`, `ull2double_rn` and so on.
fn converted<'ctx>(arguments: &Args<'_, '_, 'ctx>, name: &str, rounding: Rounding) -> Option<Value<'ctx>> {
    let cx = arguments.cx;
    let e = &cx.emit;
    let (source, target) = name.split_once('2')?;
    let integer = |name: &str| match name {
        "int" => Some((32, true)),
        "uint" => Some((32, false)),
        "ll" => Some((64, true)),
        "ull" => Some((64, false)),
        _ => None,
    };
    let float = |name: &str| match name {
        "float" => Some(32),
        "double" => Some(64),
        _ => None,
    };
    let nearest = rounding == Rounding::NearestEven;
    if let (Some(_), Some((bits, signed))) = (float(source), integer(target)) {
        let integral = match rounding {
            Rounding::NearestEven => Some("llvm.roundeven"),
            Rounding::MinusInfinity => Some("llvm.floor"),
            Rounding::PlusInfinity => Some("llvm.ceil"),
            _ => None,
        };
        return to_integer(arguments, integral, bits, signed);
    }
    if let (Some((bits, signed)), Some(width)) = (integer(source), float(target)) {
        let value = arguments.int(0)?;
        if nearest || bits < width {
            return Some(e.int_to_float(value, signed, width).into());
        }
        let mnemonic = if signed { "v_cvt_f32_i32" } else { "v_cvt_f32_u32" };
        let to = e.float_type(32).into();
        if bits == 32 {
            return float_rounding::converted(cx, mnemonic, rounding, to, value.into());
        }
        let ty = if width == 64 { ScalarType::F64 } else { ScalarType::F32 };
        let format = Format::of(ty)?;
        let rounded = from_integer(cx, value, signed, format, Manner { rounding, finite: false });
        return Some(e.bits_float(e.zext_or_trunc(rounded, width)).into());
    }
    if (source, target) == ("double", "float") {
        let value = arguments.float(0)?;
        let to = e.float_type(32);
        return if nearest {
            Some(e.float_resize(value, to).into())
        } else {
            float_rounding::converted(cx, "v_cvt_f32_f64", rounding, to.into(), value.into())
        };
    }
    None
}

/// A float rounded to an integral value, then converted with saturation; NaN as `cvt` gives it.
fn to_integer<'ctx>(
    arguments: &Args<'_, '_, 'ctx>,
    integral: Option<&str>,
    bits: u32,
    signed: bool,
) -> Option<Value<'ctx>> {
    let cx = arguments.cx;
    let e = &cx.emit;
    let source = arguments.float(0)?;
    let value = integral.map_or(source, |name| super::float::overloaded(cx, name, &[source]));
    let name = if signed { "llvm.fptosi.sat" } else { "llvm.fptoui.sat" };
    let overloads = [e.int_type(bits).into(), value.get_type().into()];
    let result = e.intrinsic(name, &overloads, &[value.into()]).into_int_value();
    if bits == 32 && source.get_type().get_bit_width() == 32 {
        return Some(result.into());
    }
    let nan = e.fcmp(FloatPredicate::UNO, source, source);
    Some(e.select_int(nan, e.int(bits, 1 << (bits - 1)), result).into())
}
