//! Calls of libdevice's `__nv_*` functions, which clang leaves open in PTX: OCML has most of them, single operations are
//! the rest. What is in no table is an error that names the function.

use super::function::FunctionLowering;
use super::instruction::Ins;
use super::libdevice_integer as integer;
use crate::codegen::emitter::{Value, space};
use inkwell::FloatPredicate;
use inkwell::values::{FloatValue, InstructionOpcode, IntValue};
use ptx_frontend::Diagnostic;
use ptx_frontend::module::Function;

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// Functions of floats alone, by their name without `f`: OCML's name.
const LIBRARY: [(&str, &str); 54] = [
    ("acos", "acos"),
    ("acosh", "acosh"),
    ("asin", "asin"),
    ("asinh", "asinh"),
    ("atan", "atan"),
    ("atan2", "atan2"),
    ("atanh", "atanh"),
    ("cbrt", "cbrt"),
    ("cos", "cos"),
    ("cosh", "cosh"),
    ("cospi", "cospi"),
    ("cyl_bessel_i0", "i0"),
    ("cyl_bessel_i1", "i1"),
    ("erf", "erf"),
    ("erfc", "erfc"),
    ("erfcinv", "erfcinv"),
    ("erfcx", "erfcx"),
    ("erfinv", "erfinv"),
    ("exp", "exp"),
    ("exp10", "exp10"),
    ("exp2", "exp2"),
    ("expm1", "expm1"),
    ("fdim", "fdim"),
    ("fmod", "fmod"),
    ("hypot", "hypot"),
    ("j0", "j0"),
    ("j1", "j1"),
    ("lgamma", "lgamma"),
    ("log", "log"),
    ("log10", "log10"),
    ("log1p", "log1p"),
    ("log2", "log2"),
    ("logb", "logb"),
    ("nextafter", "nextafter"),
    ("norm3d", "len3"),
    ("norm4d", "len4"),
    ("normcdf", "ncdf"),
    ("normcdfinv", "ncdfinv"),
    ("pow", "pow"),
    ("rcbrt", "rcbrt"),
    ("remainder", "remainder"),
    ("rhypot", "rhypot"),
    ("rnorm3d", "rlen3"),
    ("rnorm4d", "rlen4"),
    ("rsqrt", "rsqrt"),
    ("sin", "sin"),
    ("sinh", "sinh"),
    ("sinpi", "sinpi"),
    ("tan", "tan"),
    ("tanh", "tanh"),
    ("tgamma", "tgamma"),
    ("y0", "y0"),
    ("y1", "y1"),
    ("round", "round"),
];

/// Functions that are one LLVM intrinsic.
const INTRINSICS: [(&str, &str); 11] = [
    ("ceil", "llvm.ceil"),
    ("copysign", "llvm.copysign"),
    ("fabs", "llvm.fabs"),
    ("floor", "llvm.floor"),
    ("fma", "llvm.fma"),
    ("fmax", "llvm.maxnum"),
    ("fmin", "llvm.minnum"),
    ("nearbyint", "llvm.roundeven"),
    ("rint", "llvm.roundeven"),
    ("sqrt", "llvm.sqrt"),
    ("trunc", "llvm.trunc"),
];

/// Functions of a float and an integer.
const WITH_INTEGER: [(&str, &str); 3] = [("ldexp", "ldexp"), ("scalbn", "ldexp"), ("powi", "pown")];

/// The arguments of a call, as the function means them.
pub struct Arguments<'a, 'f, 'ctx> {
    pub(super) cx: &'a Cx<'f, 'ctx>,
    values: &'a [Value<'ctx>],
}

impl<'ctx> Arguments<'_, '_, 'ctx> {
    /// Argument `index` as an integer.
    pub fn int(&self, index: usize) -> Option<IntValue<'ctx>> {
        match self.values.get(index)? {
            Value::IntValue(value) => Some(*value),
            _ => None,
        }
    }

    /// Argument `index` as the float of its bits.
    pub fn float(&self, index: usize) -> Option<FloatValue<'ctx>> {
        let value = self.int(index)?;
        matches!(value.get_type().get_bit_width(), 32 | 64).then(|| self.cx.emit.bits_float(value))
    }

    fn floats(&self) -> Option<Vec<FloatValue<'ctx>>> {
        (0..self.values.len()).map(|index| self.float(index)).collect()
    }
}

/// Lowers a call of a function that the module only declares.
pub fn call<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    name: &str,
    callee: &Function,
    values: &[Value<'ctx>],
) -> Result<Option<Value<'ctx>>, Diagnostic> {
    let refuse = |what: &str| Err(Diagnostic::error(ins.span, format!("the function `{name}` {what}")));
    if let Some(result) = super::system_calls::call(cx, ins, callee, values) {
        return result;
    }
    let Some(short) = name.strip_prefix("__nv_") else { return refuse("is not defined in this module") };
    let arguments = Arguments { cx, values };
    let result = length(&arguments, short)
        .or_else(|| by_float_tables(&arguments, short))
        .or_else(|| with_results_in_memory(&arguments, short))
        .or_else(|| fast(&arguments, short))
        .or_else(|| predicate(&arguments, short))
        .or_else(|| integer::call(&arguments, short))
        .or_else(|| super::libdevice_simd::call(&arguments, short));
    match result {
        Some(result) => Ok(if callee.returns.is_empty() { None } else { Some(result) }),
        None => refuse("of libdevice is not supported"),
    }
}

/// The name without the `f` of single precision, if the first argument is that.
fn base<'n>(arguments: &Arguments<'_, '_, '_>, name: &'n str) -> Option<(&'n str, &'static str)> {
    match arguments.int(0)?.get_type().get_bit_width() {
        32 => Some((name.strip_suffix('f')?, "f32")),
        64 => Some((name, "f64")),
        _ => None,
    }
}

fn by_float_tables<'ctx>(arguments: &Arguments<'_, '_, 'ctx>, name: &str) -> Option<Value<'ctx>> {
    let cx = arguments.cx;
    let (base, width) = base(arguments, name)?;
    let find =
        |table: &[(&str, &'static str)]| table.iter().find(|(known, _)| *known == base).map(|(_, to)| *to);
    if name == "rsqrtf" {
        return Some(super::float::reciprocal_root_approximate(cx, arguments.float(0)?).into());
    }
    if let Some(intrinsic) = find(&INTRINSICS) {
        return Some(super::float::overloaded(cx, intrinsic, &arguments.floats()?).into());
    }
    if let Some(library) = find(&LIBRARY) {
        let floats: Vec<Value<'ctx>> = arguments.floats()?.into_iter().map(Value::from).collect();
        let ty = floats.first()?.get_type();
        return Some(cx.library(&format!("__ocml_{library}_{width}"), &floats, ty));
    }
    let library = find(&WITH_INTEGER)?;
    let value = arguments.float(0)?;
    let exponent = arguments.int(1)?;
    Some(cx.library(
        &format!("__ocml_{library}_{width}"),
        &[value.into(), exponent.into()],
        value.get_type().into(),
    ))
}

/// `norm`, `rnorm`: the length of a vector in memory and its reciprocal, component by component, without undue overflow.
/// And `nan`, whose text says nothing that a NaN of ours could keep.
fn length<'ctx>(arguments: &Arguments<'_, '_, 'ctx>, name: &str) -> Option<Value<'ctx>> {
    let cx = arguments.cx;
    let e = &cx.emit;
    let (name, bits) = match name.strip_suffix('f') {
        Some(single) => (single, 32),
        None => (name, 64),
    };
    let float = e.float_type(bits);
    match name {
        "nan" => return Some(float.const_float(f64::NAN).into()),
        "norm" | "rnorm" => {}
        _ => return None,
    }
    let (count, address) = (arguments.int(0)?, arguments.int(1)?);
    let bytes = u64::from(bits / 8);
    let (index, sum) = (cx.temporary(e.int_type(64).into()), cx.temporary(float.into()));
    let count = e.sext_or_trunc(count, 64);
    e.store_slot(index, e.int(64, 0).into());
    e.store_slot(sum, float.const_zero().into());
    let [test, turn, done] = ["norm", "component", "length"].map(|name| e.new_block(name));
    e.jump(test);
    e.position_at_end(test);
    let at = e.load_slot(e.int_type(64).into(), index).into_int_value();
    e.branch(e.icmp(inkwell::IntPredicate::SLT, at, count), turn, done);
    e.position_at_end(turn);
    let place = e.add(address, e.mul(at, e.int(64, bytes)));
    let component = e.load_slot(float.into(), e.int_to_pointer(place, e.pointer_type(space::flat())));
    let so_far = e.load_slot(float.into(), sum);
    let hypot = format!("__ocml_hypot_f{bits}");
    e.store_slot(sum, cx.library(&hypot, &[so_far, component], float.into()));
    e.store_slot(index, e.add(at, e.int(64, 1)).into());
    e.jump(test);
    e.position_at_end(done);
    let length = e.load_slot(float.into(), sum).into_float_value();
    let one = float.const_float(1.0);
    Some(match name {
        "rnorm" => e.float_binary(InstructionOpcode::FDiv, one, length, false).into(),
        _ => length.into(),
    })
}

/// Functions that give a second result through a pointer. OCML takes the address of scratch; the caller's pointer is
/// generic.
fn with_results_in_memory<'ctx>(arguments: &Arguments<'_, '_, 'ctx>, name: &str) -> Option<Value<'ctx>> {
    let cx = arguments.cx;
    let e = &cx.emit;
    if matches!(name, "ilogb" | "ilogbf") {
        let (_, width) = base(arguments, name)?;
        let value = arguments.float(0)?;
        return Some(cx.library(&format!("__ocml_ilogb_{width}"), &[value.into()], e.int_type(32).into()));
    }
    let (base, width) = base(arguments, name)?;
    if !matches!(base, "sincos" | "sincospi" | "frexp" | "modf" | "remquo") {
        return None;
    }
    let value = arguments.float(0)?;
    let float = inkwell::types::BasicTypeEnum::from(value.get_type());
    let second = if matches!(base, "frexp" | "remquo") { e.int_type(32).into() } else { float };
    let slot = cx.temporary(second);
    let store = |index: usize, value: Value<'ctx>| {
        let pointer = e.int_to_pointer(arguments.int(index)?, e.pointer_type(space::flat()));
        e.store_slot(pointer, value);
        Some(())
    };
    let mut inputs = vec![Value::from(value)];
    if base == "remquo" {
        inputs.push(arguments.float(1)?.into());
    }
    inputs.push(slot.into());
    let first = cx.library(&format!("__ocml_{base}_{width}"), &inputs, float);
    let second = e.load_slot(second, slot);
    match base {
        "sincos" | "sincospi" => {
            store(1, first)?;
            store(2, second)?;
        }
        "remquo" => store(2, second)?,
        _ => store(1, second)?,
    }
    Some(first)
}

/// `__nv_fast_*` and the like: the hardware's approximations.
fn fast<'ctx>(arguments: &Arguments<'_, '_, 'ctx>, name: &str) -> Option<Value<'ctx>> {
    const LOG2_E: f64 = std::f64::consts::LOG2_E;
    const LOG2_10: f64 = std::f64::consts::LOG2_10;
    const LN_2: f64 = std::f64::consts::LN_2;
    const LOG10_2: f64 = std::f64::consts::LOG10_2;
    let cx = arguments.cx;
    let e = &cx.emit;
    if name == "saturatef" {
        return Some(super::float::saturate(cx, arguments.float(0)?).into());
    }
    let base = name.strip_prefix("fast_")?.strip_suffix('f')?;
    let a = arguments.float(0)?;
    let times = |x, factor: f64| e.float_binary(InstructionOpcode::FMul, x, e.float(32, factor), false);
    let exp2 = |x| super::float::exp2_approximate(cx, x);
    let log2 = |x| super::float::log2_approximate(cx, x);
    let sine = |name, x| super::float::sine(cx, name, x);
    let result = match base {
        "sin" => sine("llvm.amdgcn.sin", a),
        "cos" => sine("llvm.amdgcn.cos", a),
        "tan" => {
            let (s, c) = (sine("llvm.amdgcn.sin", a), sine("llvm.amdgcn.cos", a));
            super::float::divide_approximate(cx, s, c)
        }
        "exp" => exp2(times(a, LOG2_E)),
        "exp10" => exp2(times(a, LOG2_10)),
        "log" => times(log2(a), LN_2),
        "log2" => log2(a),
        "log10" => times(log2(a), LOG10_2),
        "pow" => {
            let b = arguments.float(1)?;
            exp2(e.float_binary(InstructionOpcode::FMul, log2(a), b, false))
        }
        "fdivide" => super::float::divide_approximate(cx, a, arguments.float(1)?),
        "sincos" => {
            for (index, name) in [(1, "llvm.amdgcn.sin"), (2, "llvm.amdgcn.cos")] {
                let pointer = e.int_to_pointer(arguments.int(index)?, e.pointer_type(space::flat()));
                e.store_slot(pointer, sine(name, a).into());
            }
            a
        }
        _ => return None,
    };
    Some(result.into())
}

/// Questions about a float, answered by 0 or 1.
fn predicate<'ctx>(arguments: &Arguments<'_, '_, 'ctx>, name: &str) -> Option<Value<'ctx>> {
    let cx = arguments.cx;
    let e = &cx.emit;
    let magnitude = |a: FloatValue<'ctx>| super::float::overloaded(cx, "llvm.fabs", &[a]);
    let infinity = |a: FloatValue<'ctx>| a.get_type().const_float(f64::INFINITY);
    let answer = match name {
        "isinff" | "isinfd" => {
            let a = arguments.float(0)?;
            e.fcmp(FloatPredicate::OEQ, magnitude(a), infinity(a))
        }
        "isnanf" | "isnand" => {
            let a = arguments.float(0)?;
            e.fcmp(FloatPredicate::UNO, a, a)
        }
        "finitef" | "isfinited" => {
            let a = arguments.float(0)?;
            e.fcmp(FloatPredicate::OLT, magnitude(a), infinity(a))
        }
        "signbitf" | "signbitd" => {
            let a = arguments.int(0)?;
            e.icmp(inkwell::IntPredicate::SLT, a, a.get_type().const_zero())
        }
        _ => return None,
    };
    Some(e.zext_or_trunc(answer, 32).into())
}
