//! `mma.m8n8k4` of halves (PTX ISA 9.7.14.5.1): four products of 8x4 by 4x8 at once, each in a pair of quads, lanes `4i..` and
//! `16 + 4i..`. Its layout is its own; an element is fetched from the lane that the layout names.

use super::float::overloaded;
use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use super::matrix::{accumulators, fragment, write_results};
use super::special::warp_lane;
use super::warp::read_lane;
use crate::codegen::emitter::Value;
use inkwell::values::{FloatValue, IntValue};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{Layout, ScalarType};

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// Depth of the product.
const K: u32 = 4;
/// Elements of C and D in a lane.
const OUTPUTS: u32 = 8;

/// Lowers `mma.m8n8k4` of halves.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let [d_ty, _, _, c_ty] = ins.form.types[..] else { return Err(ins.unsupported()) };
    let [a_layout, b_layout] = ins.form.modifiers.layouts[..] else { return Err(ins.unsupported()) };
    let (a, b) = (four_halves(cx, ins, 1)?, four_halves(cx, ins, 2)?);
    let c = accumulators(cx, ins, c_ty)?;
    if c.len() != OUTPUTS as usize {
        return Err(ins.unsupported());
    }
    // Where C is, by its own type, and where D is agree only if the types do: C moves to D's places.
    let c = if c_ty == d_ty { c } else { moved(cx, &c, c_ty, d_ty) };
    let e = &cx.emit;
    let mut results = Vec::new();
    for (output, start) in (0..OUTPUTS).zip(c) {
        let (row, column) = place(cx, d_ty, output);
        let mut sum = start.into_float_value();
        for k in 0..K {
            let k = e.word(k);
            // By rows, A keeps a row in a lane and B a row; by columns, a column.
            let left = match a_layout {
                Layout::Row => element(cx, a, row, row, k),
                Layout::Col => element(cx, a, k, row, row),
            };
            let right = match b_layout {
                Layout::Row => element(cx, b, k, column, column),
                Layout::Col => element(cx, b, column, column, k),
            };
            sum = overloaded(cx, "llvm.fma", &[left, right, sum]);
        }
        results.push(Value::from(sum));
    }
    write_results(cx, ins, d_ty, &results)
}

/// The two registers of a fragment as one integer.
fn four_halves<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, index: usize) -> Result<IntValue<'ctx>, Diagnostic> {
    let [low, high] = fragment(cx, ins, index)?[..] else { return Err(ins.unsupported_operand(index)) };
    let word = |register| -> Result<IntValue<'ctx>, Diagnostic> {
        let word = cx.read_operand(ins, register, ScalarType::B32)?.into_int_value();
        Ok(cx.emit.zext_or_trunc(word, 64))
    };
    Ok(cx.emit.or(word(low)?, cx.emit.shl(word(high)?, cx.emit.int(64, 32))))
}

/// The lane of the own pair of quads that is number `quad` (its low two bits count) of the quad that holds rows or columns
/// from 4 on if `half` is 4 or more.
fn source<'ctx>(cx: &Cx<'_, 'ctx>, quad: IntValue<'ctx>, half: IntValue<'ctx>) -> IntValue<'ctx> {
    let e = &cx.emit;
    let pair = e.and(warp_lane(cx), e.word(12));
    let upper = e.shl(e.and(half, e.word(4)), e.word(2));
    e.or(e.or(pair, e.and(quad, e.word(3))), upper)
}

/// An element of a fragment of another lane, as f32.
fn element<'ctx>(
    cx: &Cx<'_, 'ctx>,
    fragment: IntValue<'ctx>,
    quad: IntValue<'ctx>,
    half: IntValue<'ctx>,
    index: IntValue<'ctx>,
) -> FloatValue<'ctx> {
    let e = &cx.emit;
    let whole = read_lane(cx, fragment, source(cx, quad, half));
    let shift = e.shl(e.and(index, e.word(3)), e.word(4));
    let bits = e.zext_or_trunc(e.lshr(whole, e.zext_or_trunc(shift, 64)), 16);
    e.float_resize(e.bits_float(bits), e.float_type(32))
}

/// Row and column of an element of C or D in this lane.
fn place<'ctx>(cx: &Cx<'_, 'ctx>, ty: ScalarType, output: u32) -> (IntValue<'ctx>, IntValue<'ctx>) {
    let (e, lane) = (&cx.emit, warp_lane(cx));
    let upper = e.lshr(e.and(lane, e.word(16)), e.word(2));
    if ty == ScalarType::F16 {
        return (e.or(e.and(lane, e.word(3)), upper), e.word(output));
    }
    let row = e.or(e.or(e.and(lane, e.word(1)), e.word(output & 2)), upper);
    let column = e.or(e.and(lane, e.word(2)), e.word(output & 4 | output & 1));
    (row, column)
}

/// The elements of C at the places of a D of the other type.
fn moved<'ctx>(cx: &Cx<'_, 'ctx>, c: &[Value<'ctx>], from: ScalarType, to: ScalarType) -> Vec<Value<'ctx>> {
    let e = &cx.emit;
    (0..OUTPUTS)
        .map(|output| {
            let (row, column) = place(cx, to, output);
            let mut found = e.word(0);
            for (index, value) in (0..OUTPUTS).zip(c) {
                let bits = e.float_bits(value.into_float_value(), 32);
                // Of the lane that holds this element, and only if it is the one.
                let (lane, matches) = if from == ScalarType::F16 {
                    (row, e.icmp(inkwell::IntPredicate::EQ, column, e.word(index)))
                } else {
                    let quad = e.or(e.and(row, e.word(1)), e.and(column, e.word(2)));
                    let own = e.or(e.and(row, e.word(2)), e.and(column, e.word(5)));
                    (quad, e.icmp(inkwell::IntPredicate::EQ, own, e.word(index)))
                };
                let fetched = read_lane(cx, bits, source(cx, lane, row));
                found = e.select_int(matches, fetched, found);
            }
            e.bits_float(found).into()
        })
        .collect()
}
