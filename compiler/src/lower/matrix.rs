//! Matrix operations of a warp (PTX ISA 9.7.14): `mma`, `wmma`, `ldmatrix`, `stmatrix`, `movmatrix`.
//!
//! Each lane computes its own elements of D: it fetches the rows of A and columns of B that it lacks from the lanes that hold
//! them (`ds_bpermute`) and sums along k, floats in f32 (or f64) by fused multiply-add, integers exactly.

use super::float::overloaded;
use super::float_rounding::{self, Operation};
use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use super::matrix_layout::{self as layout, Output, Size};
use super::matrix_scaled::{self, Scales};
use super::special::warp_lane;
use super::warp::read_lane;
use super::{conversion, conversion_narrow};
use crate::codegen::emitter::Value;
use inkwell::values::{FloatValue, IntValue};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{BooleanOp, Opcode, Rounding, ScalarType, Shape};
use ptx_frontend::module::Operand;
use std::collections::HashMap;

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// Lowers an instruction of the chapter.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    match ins.form.opcode {
        Opcode::Mma | Opcode::WmmaMma => multiply(cx, ins),
        Opcode::WmmaLoad | Opcode::WmmaStore | Opcode::Ldmatrix | Opcode::Stmatrix | Opcode::MovMatrix => {
            super::matrix_memory::lower(cx, ins)
        }
        _ => Err(ins.unsupported()),
    }
}

/// The registers of a fragment.
pub fn fragment(cx: &Cx<'_, '_>, ins: &Ins<'_>, index: usize) -> Result<Vec<Operand>, Diagnostic> {
    Ok(match ins.operand(index)? {
        Operand::Vector(range) => cx.function.elements_of(range).to_vec(),
        single => vec![single],
    })
}

/// The types of D, A, B and C.
fn types(ins: &Ins<'_>) -> Option<[ScalarType; 4]> {
    match ins.form.types[..] {
        // A fifth is that of the scales.
        [d, a, b, c] | [d, a, b, c, _] => Some([d, a, b, c]),
        [d, c] => Some([d, ScalarType::F16, ScalarType::F16, c]),
        _ => None,
    }
}

/// What one operation of `mma` works on.
struct Job<'ctx> {
    size: Size,
    /// Elements a register along k.
    width: u32,
    types: [ScalarType; 4],
    /// Whether every element takes a byte, whatever its type.
    in_bytes: bool,
    scales: Option<Scales<'ctx>>,
    a: Vec<IntValue<'ctx>>,
    b: Vec<IntValue<'ctx>>,
    /// Registers already fetched from other lanes, by fragment, register, lane among four, and column.
    fetched: HashMap<(bool, u32, u32, u32), IntValue<'ctx>>,
}

fn multiply(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    use ScalarType as T;
    let types = types(ins).ok_or_else(|| ins.unsupported())?;
    let shape = ins.form.modifiers.shape.ok_or_else(|| ins.unsupported())?;
    let [d_ty, a_ty, b_ty, c_ty] = types;
    let mut size = Size::of(shape).ok_or_else(|| ins.unsupported())?;
    // With these kinds, numbers of four and six bits take a byte each.
    let in_bytes = ins.form.modifiers.has("kind::f8f6f4") || ins.form.modifiers.has("kind::mxf8f6f4");
    let scales = matrix_scaled::read(cx, ins)?;
    if shape == Shape::M8n8k4 && a_ty == T::F16 {
        return super::matrix_quad::lower(cx, ins);
    }
    let known = |ty| {
        matches!(
            ty,
            T::F16
                | T::BF16
                | T::TF32
                | T::F64
                | T::E4M3
                | T::E5M2
                | T::E3M2
                | T::E2M3
                | T::E2M1
                | T::U8
                | T::S8
                | T::U4
                | T::S4
                | T::B1
        )
    };
    if !known(a_ty) || !known(b_ty) || (ins.form.modifiers.satfinite && d_ty.is_float()) {
        return Err(ins.unsupported());
    }
    let mut width = if in_bytes { 4 } else { layout::per_register(a_ty) };
    if a_ty == T::B1 {
        // Whole words are the elements.
        (size.k, width) = (size.k / width, 1);
    }
    let bits = if a_ty == T::F64 { 64 } else { 32 };
    let read_all = |index| -> Result<Vec<IntValue<'_>>, Diagnostic> {
        let registers = fragment(cx, ins, index)?;
        let ty = if bits == 64 { T::B64 } else { T::B32 };
        registers.iter().map(|&r| Ok(cx.read_operand(ins, r, ty)?.into_int_value())).collect()
    };
    let (a, b) = (read_all(1)?, read_all(2)?);
    let c = accumulators(cx, ins, c_ty)?;
    let outputs = layout::outputs(size);
    let enough = a.len() >= layout::registers_of_a(size, width) as usize
        && b.len() >= layout::registers_of_b(size, width) as usize;
    if !enough || c.len() != outputs.len() {
        return Err(ins.unsupported());
    }
    let mut job = Job { size, width, types, in_bytes, scales, a, b, fetched: HashMap::new() };
    let mut results = Vec::new();
    for (output, start) in outputs.iter().zip(c) {
        results.push(sum(cx, ins, &mut job, *output, start)?);
    }
    write_results(cx, ins, d_ty, &results)
}

/// The elements of C, in f32, f64 or as integers.
pub fn accumulators<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    ty: ScalarType,
) -> Result<Vec<Value<'ctx>>, Diagnostic> {
    let e = &cx.emit;
    let mut values = Vec::new();
    for register in fragment(cx, ins, 3)? {
        match ty {
            ScalarType::F16 => {
                let word = cx.read_operand(ins, register, ScalarType::B32)?.into_int_value();
                for shift in [0, 16] {
                    let half = e.bits_float(e.zext_or_trunc(e.lshr(word, e.word(shift)), 16));
                    values.push(e.float_resize(half, e.float_type(32)).into());
                }
            }
            ScalarType::F32 | ScalarType::F64 => values.push(cx.read_operand(ins, register, ty)?),
            _ => values.push(cx.read_operand(ins, register, ScalarType::B32)?),
        }
    }
    Ok(values)
}

/// Writes the elements of D.
pub fn write_results<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    ty: ScalarType,
    results: &[Value<'ctx>],
) -> Lowered {
    let registers = fragment(cx, ins, 0)?;
    if ty != ScalarType::F16 {
        for (&register, &value) in registers.iter().zip(results) {
            let ty = if ty.is_float() { ty } else { ScalarType::B32 };
            cx.write_operand(ins, register, ty, value)?;
        }
        return Ok(());
    }
    let e = &cx.emit;
    for (&register, pair) in registers.iter().zip(results.chunks(2)) {
        let halves: Vec<Value<'ctx>> = pair
            .iter()
            .map(|value| e.float_resize(value.into_float_value(), e.float_type(16)).into())
            .collect();
        let packed = e.bitcast(e.vector(&halves), e.int_type(32).into());
        cx.write_operand(ins, register, ScalarType::B32, packed)?;
    }
    Ok(())
}

/// One element of D.
fn sum<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    job: &mut Job<'ctx>,
    output: Output,
    start: Value<'ctx>,
) -> Result<Value<'ctx>, Diagnostic> {
    let e = &cx.emit;
    if job.scales.is_some() {
        return scaled_sum(cx, job, output, start);
    }
    let [_, a_ty, b_ty, _] = job.types;
    let saturates = ins.form.modifiers.satfinite;
    let mut total = match start {
        Value::IntValue(word) if saturates => e.sext_or_trunc(word, 64).into(),
        other => other,
    };
    for k in 0..job.size.k {
        let (a, b, element) = factors(cx, job, output, k);
        total = match total {
            Value::FloatValue(so_far) => {
                let factors = [float(cx, job, a, a_ty, element), float(cx, job, b, b_ty, element), so_far];
                match ins.form.modifiers.rounding {
                    None | Some(Rounding::NearestEven) => overloaded(cx, "llvm.fma", &factors),
                    Some(rounding) => {
                        float_rounding::rounded(cx, Operation::FusedMultiplyAdd, rounding, &factors)
                            .ok_or_else(|| ins.unsupported())?
                    }
                }
                .into()
            }
            Value::IntValue(so_far) => {
                let bits = so_far.get_type().get_bit_width();
                let product = match a_ty {
                    ScalarType::B1 => count_bits(cx, ins, a, b),
                    _ => e.mul(integer(cx, a, a_ty, element), integer(cx, b, b_ty, element)),
                };
                e.add(so_far, e.sext_or_trunc(product, bits)).into()
            }
            _ => return Err(ins.unsupported()),
        };
    }
    Ok(match total {
        Value::IntValue(wide) if saturates => conversion::clamp(cx, wide, 32, true).into(),
        other => other,
    })
}

/// One element of D where runs along k have scales.
fn scaled_sum<'ctx>(
    cx: &Cx<'_, 'ctx>,
    job: &mut Job<'ctx>,
    output: Output,
    start: Value<'ctx>,
) -> Result<Value<'ctx>, Diagnostic> {
    let e = &cx.emit;
    let (single, wide) = (e.float_type(32), e.float_type(64));
    let [_, a_ty, b_ty, _] = job.types;
    let mut total = e.float_resize(start.into_float_value(), wide);
    let runs = job.scales.as_ref().map_or(1, |scales| scales.runs);
    let length = job.size.k / runs;
    for run in 0..runs {
        let mut sum = wide.const_zero();
        for k in run * length..(run + 1) * length {
            let (a, b, element) = factors(cx, job, output, k);
            let (a, b) = (float(cx, job, a, a_ty, element), float(cx, job, b, b_ty, element));
            sum = matrix_scaled::add_product(cx, a, b, sum);
        }
        if let Some(scales) = &job.scales {
            total = matrix_scaled::add_product(cx, sum, scales.factor(cx, output, run), total);
        }
    }
    Ok(e.float_resize(total, single).into())
}

/// The registers with element `k` of an output's row of A and column of B, and where it is in them.
fn factors<'ctx>(
    cx: &Cx<'_, 'ctx>,
    job: &mut Job<'ctx>,
    output: Output,
    k: u32,
) -> (IntValue<'ctx>, IntValue<'ctx>, u32) {
    let place = layout::along_k(k, job.width);
    let register = layout::register_of_a(job.size, job.width, output.row_block, output.upper, place.register);
    let a = fetch(cx, job, true, register, place.lane, 0);
    let register = layout::register_of_b(job.size, job.width, output.column_block, place.register);
    let b = fetch(cx, job, false, register, place.lane, output.column);
    (a, b, place.element)
}

/// A register of A from the lane of the same row, or of B from the lane of an output's column.
fn fetch<'ctx>(
    cx: &Cx<'_, 'ctx>,
    job: &mut Job<'ctx>,
    of_a: bool,
    register: u32,
    lane: u32,
    column: u32,
) -> IntValue<'ctx> {
    let key = (of_a, register, lane, column);
    if let Some(&known) = job.fetched.get(&key) {
        return known;
    }
    let e = &cx.emit;
    let own = warp_lane(cx);
    let (source, value) = if of_a {
        (e.or(e.and(own, e.word(28)), e.word(lane)), job.a[register as usize])
    } else {
        let pair = e.shl(e.and(own, e.word(3)), e.word(3));
        (e.or(pair, e.word(column << 2 | lane)), job.b[register as usize])
    };
    let fetched = read_lane(cx, value, source);
    job.fetched.insert(key, fetched);
    fetched
}

/// Element `index` of a register as f32 or f64.
fn float<'ctx>(
    cx: &Cx<'_, 'ctx>,
    job: &Job<'ctx>,
    register: IntValue<'ctx>,
    ty: ScalarType,
    index: u32,
) -> FloatValue<'ctx> {
    let e = &cx.emit;
    let single = e.float_type(32);
    let part = |width: u32| e.zext_or_trunc(e.lshr(register, e.word(index * width)), 16);
    match ty {
        ScalarType::F64 => e.bits_float(register),
        // The lower digits of a tf32 register do not count.
        ScalarType::TF32 => e.bits_float(e.and(register, e.word(0xFFFF_E000))),
        ScalarType::BF16 => e.bits_float(e.shl(e.zext_or_trunc(part(16), 32), e.word(16))),
        ScalarType::F16 => e.float_resize(e.bits_float(part(16)), single),
        // Four bits in a byte stand in its middle, those of six bits at its lower end.
        ScalarType::E2M1 if job.in_bytes => {
            let number = e.lshr(part(8), e.int(16, 2));
            e.float_resize(conversion_narrow::decode_one(cx, number, ty), single)
        }
        ScalarType::E2M1 => e.float_resize(conversion_narrow::decode_one(cx, part(4), ty), single),
        _ => e.float_resize(conversion_narrow::decode_one(cx, part(8), ty), single),
    }
}

/// Element `index` of a register as a 32-bit integer.
fn integer<'ctx>(cx: &Cx<'_, 'ctx>, register: IntValue<'ctx>, ty: ScalarType, index: u32) -> IntValue<'ctx> {
    let e = &cx.emit;
    let cut = e.zext_or_trunc(e.lshr(register, e.word(index * ty.bits())), ty.bits());
    if ty.is_signed() { e.sext_or_trunc(cut, 32) } else { e.zext_or_trunc(cut, 32) }
}

/// The bits set in both words, or in one of them.
fn count_bits<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    a: IntValue<'ctx>,
    b: IntValue<'ctx>,
) -> IntValue<'ctx> {
    let e = &cx.emit;
    let both = if ins.form.modifiers.boolean == Some(BooleanOp::And) || ins.form.modifiers.has("and") {
        e.and(a, b)
    } else {
        e.xor(a, b)
    };
    e.intrinsic("llvm.ctpop", &[both.get_type().into()], &[both.into()]).into_int_value()
}
