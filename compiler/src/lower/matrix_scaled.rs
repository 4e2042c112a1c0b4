//! Block scaling of `mma` (PTX ISA 9.7.14.3): each run of elements along k has a scale for a row of A and for a column of B.
//!
//! Which lane holds a scale: for row `m` of A lane `4 (m % 8) + 2 thread-id + m / 8`, for column `n` of B lane `4 n + thread-id`;
//! the byte-id says in which byte the first run's scale is, those of the others follow. Sums are kept in f64, in which
//! the products of a run are exact, and rounded once at the end.

use super::conversion_narrow::decode_one;
use super::float::overloaded;
use super::function::FunctionLowering;
use super::instruction::Ins;
use super::matrix::fragment;
use super::matrix_layout::Output;
use super::special::warp_lane;
use super::warp::read_lane;
use inkwell::IntPredicate;
use inkwell::values::{FloatValue, InstructionOpcode, IntValue};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::ScalarType;

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// The scales of one matrix: the register, its byte and its thread.
#[derive(Clone, Copy)]
struct Selected<'ctx> {
    data: IntValue<'ctx>,
    byte: IntValue<'ctx>,
    thread: IntValue<'ctx>,
}

/// The scales of an instruction.
pub struct Scales<'ctx> {
    /// Runs along k.
    pub runs: u32,
    ty: ScalarType,
    a: Selected<'ctx>,
    b: Selected<'ctx>,
}

/// The scales, if the instruction has any: its last four operands.
pub fn read<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>) -> Result<Option<Scales<'ctx>>, Diagnostic> {
    let modifiers = &ins.form.modifiers;
    if !modifiers.has("block_scale") {
        return Ok(None);
    }
    let runs = match () {
        () if modifiers.has("scale_vec::4X") => 4,
        () if modifiers.has("scale_vec::2X") || modifiers.has("kind::mxf4") => 2,
        () => 1,
    };
    let first = ins.operands.len().checked_sub(4).ok_or_else(|| ins.unsupported())?;
    let select = |at: usize| -> Result<Selected<'ctx>, Diagnostic> {
        let data = cx.read_bits(ins, at, 32)?;
        let [byte, thread] = fragment(cx, ins, at + 1)?[..] else {
            return Err(ins.unsupported_operand(at + 1));
        };
        let word = |operand| -> Result<IntValue<'ctx>, Diagnostic> {
            let value = cx.read_operand(ins, operand, ScalarType::U16)?.into_int_value();
            Ok(cx.emit.zext_or_trunc(value, 32))
        };
        Ok(Selected { data, byte: word(byte)?, thread: word(thread)? })
    };
    let ty = ins.form.types.get(4).copied().ok_or_else(|| ins.unsupported())?;
    Ok(Some(Scales { runs, ty, a: select(first)?, b: select(first + 2)? }))
}

impl<'ctx> Scales<'ctx> {
    /// The product of the two scales of an output's row and column for a run.
    pub fn factor(&self, cx: &Cx<'_, 'ctx>, output: Output, run: u32) -> FloatValue<'ctx> {
        let e = &cx.emit;
        let own = warp_lane(cx);
        let thread = e.shl(self.a.thread, e.word(1));
        let of_a = e.add(e.add(e.and(own, e.word(28)), thread), e.word(output.upper));
        let column = e.shl(e.and(own, e.word(3)), e.word(3));
        let of_b = e.add(e.add(column, e.word(4 * output.column)), self.b.thread);
        let a = self.value(cx, self.a, of_a, run);
        let b = self.value(cx, self.b, of_b, run);
        e.float_binary(InstructionOpcode::FMul, a, b, false)
    }

    fn value(
        &self,
        cx: &Cx<'_, 'ctx>,
        selected: Selected<'ctx>,
        lane: IntValue<'ctx>,
        run: u32,
    ) -> FloatValue<'ctx> {
        const BIAS: u64 = 1023 - 127;
        const FRACTION: u64 = 52;
        const NAN: u64 = 0xFF;
        let e = &cx.emit;
        let data = read_lane(cx, selected.data, lane);
        let shift = e.shl(e.add(selected.byte, e.word(run)), e.word(3));
        let bits = e.and(e.lshr(data, shift), e.word(0xFF));
        let wide = e.float_type(64);
        if self.ty != ScalarType::UE8M0 {
            // Without a sign it is an e4m3.
            let number = e.zext_or_trunc(e.and(bits, e.word(0x7F)), 16);
            return e.float_resize(decode_one(cx, number, ScalarType::E4M3), wide);
        }
        let bits = e.zext_or_trunc(bits, 64);
        let power = e.bits_float(e.shl(e.add(bits, e.int(64, BIAS)), e.int(64, FRACTION)));
        let is_nan = e.icmp(IntPredicate::EQ, bits, e.int(64, NAN));
        e.select(is_nan, wide.const_float(f64::NAN), power).into_float_value()
    }
}

/// A sum and a product more, in f64.
pub fn add_product<'ctx>(
    cx: &Cx<'_, 'ctx>,
    a: FloatValue<'ctx>,
    b: FloatValue<'ctx>,
    sum: FloatValue<'ctx>,
) -> FloatValue<'ctx> {
    let wide = |value| cx.emit.float_resize(value, cx.emit.float_type(64));
    overloaded(cx, "llvm.fma", &[wide(a), wide(b), sum])
}
