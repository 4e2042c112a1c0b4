//! Votes, matches and the like (PTX ISA 9.7.13.8 to 9.7.13.12), each half of the wavefront for itself.
//!
//! A ballot of the wavefront is cut into its two words; what a warp learns is its own word. The words are taken by
//! `extractelement`, which keeps the arithmetic on scalar registers.

use super::float::overloaded;
use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use super::special::warp_lane;
use crate::codegen::emitter::Value;
use inkwell::IntPredicate;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{InstructionOpcode, IntValue};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{AtomicOp, Opcode, ScalarType, VoteMode};
use ptx_frontend::module::Operand;

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// Lanes 32 to 63: the second warp of a wavefront.
const UPPER_HALF: u64 = 0xFFFF_FFFF_0000_0000;
/// A membermask of all 32 lanes.
const ALL_LANES: u64 = 0xFFFF_FFFF;

/// Lowers an instruction of the chapter.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    super::check_mark::mark(cx, ins)?;
    match ins.form.opcode {
        Opcode::ShflSync | Opcode::Shfl => super::warp_shuffle::lower(cx, ins),
        Opcode::VoteSync | Opcode::Vote => vote(cx, ins),
        Opcode::Activemask => {
            let active = own_word(cx, ballot(cx, cx.emit.bool(true)));
            cx.write(ins, 0, ScalarType::B32, active)
        }
        Opcode::MatchAny => match_any(cx, ins),
        Opcode::MatchAll => match_all(cx, ins),
        Opcode::ReduxSync => redux(cx, ins),
        Opcode::ElectSync => elect(cx, ins),
        _ => Err(ins.unsupported()),
    }
}

/// A constant mask of lanes as a truth value for each lane, at no cost on the vector unit.
pub fn lane_mask<'ctx>(cx: &Cx<'_, 'ctx>, mask: u64) -> IntValue<'ctx> {
    let mask = cx.emit.int(64, mask);
    cx.emit
        .intrinsic("llvm.amdgcn.inverse.ballot", &[mask.get_type().into()], &[mask.into()])
        .into_int_value()
}

/// The wavefront's mask of the lanes where the condition holds; lanes that are off count as zero.
fn ballot<'ctx>(cx: &Cx<'_, 'ctx>, condition: IntValue<'ctx>) -> IntValue<'ctx> {
    let wide = cx.emit.int_type(64);
    cx.emit.intrinsic("llvm.amdgcn.ballot", &[wide.into()], &[condition.into()]).into_int_value()
}

/// The two words of a wavefront's mask: lower and upper warp.
fn words<'ctx>(cx: &Cx<'_, 'ctx>, mask: IntValue<'ctx>) -> [IntValue<'ctx>; 2] {
    let pair: BasicTypeEnum<'ctx> = cx.emit.int_type(32).vec_type(2).into();
    let words = cx.emit.bitcast(mask.into(), pair);
    [0, 1].map(|index| cx.emit.extract(words, index).into_int_value())
}

/// The word of the lane's own warp.
fn own_word<'ctx>(cx: &Cx<'_, 'ctx>, mask: IntValue<'ctx>) -> IntValue<'ctx> {
    let [low, high] = words(cx, mask);
    cx.emit.select_int(lane_mask(cx, UPPER_HALF), high, low)
}

/// Whether the condition holds in any lane of the lane's own warp.
fn any<'ctx>(cx: &Cx<'_, 'ctx>, condition: IntValue<'ctx>) -> IntValue<'ctx> {
    let e = &cx.emit;
    let [low, high] = words(cx, ballot(cx, condition));
    // Each word becomes all ones or zero by itself: a scalar compare and select, and nothing to put together.
    let ones = cx.scalar_ones();
    let whole = |word| -> Value<'ctx> {
        let holds = e.icmp(IntPredicate::NE, word, e.word(0));
        e.select_int(holds, ones, e.word(0)).into()
    };
    let pair = e.vector(&[whole(low), whole(high)]);
    let mask = e.bitcast(pair, e.int_type(64).into()).into_int_value();
    e.intrinsic("llvm.amdgcn.inverse.ballot", &[mask.get_type().into()], &[mask.into()]).into_int_value()
}

fn all<'ctx>(cx: &Cx<'_, 'ctx>, condition: IntValue<'ctx>, member: IntValue<'ctx>) -> IntValue<'ctx> {
    let fails = cx.emit.and(cx.emit.not(condition), member);
    cx.emit.not(any(cx, fails))
}

/// Whether the lane is named by the membermask operand; always true if that is the constant of all lanes or absent.
fn member<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, index: usize) -> Result<IntValue<'ctx>, Diagnostic> {
    match ins.operands.get(index) {
        None => Ok(cx.emit.bool(true)),
        Some(Operand::Immediate(mask)) if mask.bits() & ALL_LANES == ALL_LANES => Ok(cx.emit.bool(true)),
        Some(_) => {
            let mask = cx.read_bits(ins, index, 32)?;
            let bit = cx.emit.lshr(mask, warp_lane(cx));
            Ok(cx.emit.zext_or_trunc(bit, 1))
        }
    }
}

fn vote(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let condition = cx.read_condition(ins, 1)?;
    let member = member(cx, ins, 2)?;
    let value = match ins.form.modifiers.vote {
        Some(VoteMode::Ballot) => {
            let mask = ballot(cx, cx.emit.and(condition, member));
            return cx.write(ins, 0, ScalarType::B32, own_word(cx, mask));
        }
        Some(VoteMode::Any) => any(cx, cx.emit.and(condition, member)),
        Some(VoteMode::All) => all(cx, condition, member),
        Some(VoteMode::Uni) => {
            let (holds, fails) = (all(cx, condition, member), all(cx, cx.emit.not(condition), member));
            cx.emit.or(holds, fails)
        }
        None => return Err(ins.unsupported()),
    };
    cx.write(ins, 0, ScalarType::Pred, value)
}

/// The value of the first active lane of the wavefront, as a scalar.
fn first_lane<'ctx>(cx: &Cx<'_, 'ctx>, value: IntValue<'ctx>) -> IntValue<'ctx> {
    let e = &cx.emit;
    let ty: BasicTypeEnum<'ctx> = value.get_type().into();
    e.intrinsic("llvm.amdgcn.readfirstlane", &[ty], &[value.into()]).into_int_value()
}

/// Each turn serves the lanes that hold the first remaining lane's value; both warps may be served at once, and each
/// takes its own word of the mask.
fn match_any(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let value = cx.read_int(ins, 1, ins.ty())?;
    let member = member(cx, ins, 2)?;
    let e = &cx.emit;
    let result = cx.temporary(e.int_type(32).into());
    let (head, hit, next, done) =
        (e.new_block("match"), e.new_block("hit"), e.new_block("next"), e.new_block("matched"));
    e.store_slot(result, e.word(0).into());
    e.branch(member, head, done);
    e.position_at_end(head);
    let first = first_lane(cx, value);
    let same = e.icmp(IntPredicate::EQ, value, first);
    let mask = own_word(cx, ballot(cx, same));
    e.branch(same, hit, next);
    e.position_at_end(hit);
    e.store_slot(result, mask.into());
    e.jump(done);
    e.position_at_end(next);
    e.jump(head);
    e.position_at_end(done);
    let mask = e.load_slot(e.int_type(32).into(), result);
    cx.write(ins, 0, ScalarType::B32, mask)
}

/// All members of a warp hold the value of its first one.
fn match_all(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let value = cx.read_int(ins, 1, ins.ty())?;
    let member = member(cx, ins, 2)?;
    let e = &cx.emit;
    let members = own_word(cx, ballot(cx, member));
    let lowest =
        e.intrinsic("llvm.cttz", &[members.get_type().into()], &[members.into(), e.bool(false).into()]);
    let first = read_lane(cx, value, lowest.into_int_value());
    let same = e.icmp(IntPredicate::EQ, value, first);
    let holds = all(cx, same, member);
    let mask = e.select_int(holds, members, e.word(0));
    if let Operand::Pair(_, Some(register)) = ins.operand(0)? {
        cx.write_register(register, ScalarType::Pred, holds.into());
    }
    cx.write(ins, 0, ScalarType::B32, mask)
}

/// The value of a lane of the own warp.
pub fn read_lane<'ctx>(cx: &Cx<'_, 'ctx>, value: IntValue<'ctx>, lane: IntValue<'ctx>) -> IntValue<'ctx> {
    let e = &cx.emit;
    let half = e.and(cx.lane, e.word(32));
    let address = e.shl(e.or(half, e.and(lane, e.word(31))), e.word(2));
    let read = |word: IntValue<'ctx>| {
        e.intrinsic("llvm.amdgcn.ds.bpermute", &[], &[address.into(), word.into()]).into_int_value()
    };
    if value.get_type().get_bit_width() <= 32 {
        return read(value);
    }
    let high = read(e.zext_or_trunc(e.lshr(value, e.int(64, 32)), 32));
    let low = read(e.zext_or_trunc(value, 32));
    e.or(e.zext_or_trunc(low, 64), e.shl(e.zext_or_trunc(high, 64), e.int(64, 32)))
}

/// Every member reads every other one: a rotating sum over the warp, members only.
fn redux(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let ty = ins.ty();
    if ty == ScalarType::F32 {
        return redux_float(cx, ins);
    }
    if ty.is_float() || ty.bits() != 32 {
        return Err(ins.unsupported());
    }
    let value = cx.read_int(ins, 1, ty)?;
    let member = member(cx, ins, 2)?;
    let operation = ins.form.modifiers.atomic.ok_or_else(|| ins.unsupported())?;
    let e = &cx.emit;
    let (identity, combine): (u32, Combine<'_>) = match (operation, ty.is_signed()) {
        (AtomicOp::Add, _) => (0, Combine::Opcode(InstructionOpcode::Add)),
        (AtomicOp::And, _) => (u32::MAX, Combine::Opcode(InstructionOpcode::And)),
        (AtomicOp::Or, _) => (0, Combine::Opcode(InstructionOpcode::Or)),
        (AtomicOp::Xor, _) => (0, Combine::Opcode(InstructionOpcode::Xor)),
        (AtomicOp::Min, true) => (i32::MAX.cast_unsigned(), Combine::Intrinsic("llvm.smin")),
        (AtomicOp::Max, true) => (i32::MIN.cast_unsigned(), Combine::Intrinsic("llvm.smax")),
        (AtomicOp::Min, false) => (u32::MAX, Combine::Intrinsic("llvm.umin")),
        (AtomicOp::Max, false) => (0, Combine::Intrinsic("llvm.umax")),
        _ => return Err(ins.unsupported()),
    };
    let members = own_word(cx, ballot(cx, member));
    let mut total = e.word(identity);
    for lane in 0..32u32 {
        let lane_value = read_lane(cx, value, e.word(lane));
        let bit = e.and(e.lshr(members, e.word(lane)), e.word(1));
        let present = e.icmp(IntPredicate::NE, bit, e.word(0));
        let operand = e.select_int(present, lane_value, e.word(identity));
        total = match combine {
            Combine::Opcode(opcode) => e.binary(opcode, total, operand),
            Combine::Intrinsic(name) => e
                .intrinsic(name, &[operand.get_type().into()], &[total.into(), operand.into()])
                .into_int_value(),
        };
    }
    cx.write(ins, 0, ty, total)
}

/// The least or greatest f32 of the members: NaN counts only with `.NaN`, or if there is nothing else.
fn redux_float(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let modifiers = &ins.form.modifiers;
    let name = match (modifiers.atomic, modifiers.nan) {
        (Some(AtomicOp::Min), false) => "llvm.minnum",
        (Some(AtomicOp::Max), false) => "llvm.maxnum",
        (Some(AtomicOp::Min), true) => "llvm.minimum",
        (Some(AtomicOp::Max), true) => "llvm.maximum",
        _ => return Err(ins.unsupported()),
    };
    let mut value = cx.read_float(ins, 1, ScalarType::F32)?;
    if modifiers.abs {
        value = overloaded(cx, "llvm.fabs", &[value]);
    }
    let member = member(cx, ins, 2)?;
    let members = own_word(cx, ballot(cx, member));
    let e = &cx.emit;
    let bits = e.float_bits(value, 32);
    // A member is one of those it looks at: starting with its own value changes nothing.
    let mut total = value;
    for lane in 0..32u32 {
        let other = e.bits_float(read_lane(cx, bits, e.word(lane)));
        let present = e.zext_or_trunc(e.lshr(members, e.word(lane)), 1);
        let both = overloaded(cx, name, &[total, other]);
        total = e.select(present, both, total).into_float_value();
    }
    cx.write(ins, 0, ScalarType::F32, total)
}

#[derive(Clone, Copy)]
enum Combine<'n> {
    Opcode(InstructionOpcode),
    Intrinsic(&'n str),
}

/// The lowest member is elected.
fn elect(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let member = member(cx, ins, 1)?;
    let e = &cx.emit;
    let members = own_word(cx, ballot(cx, member));
    let lowest = e
        .intrinsic("llvm.cttz", &[members.get_type().into()], &[members.into(), e.bool(false).into()])
        .into_int_value();
    let elected = e.icmp(IntPredicate::EQ, lowest, warp_lane(cx));
    if let Operand::Pair(register, predicate) = ins.operand(0)? {
        if let Some(register) = register {
            cx.write_register(register, ScalarType::B32, Value::from(lowest));
        }
        if let Some(predicate) = predicate {
            cx.write_register(predicate, ScalarType::Pred, elected.into());
        }
        return Ok(());
    }
    Err(ins.unsupported_operand(0))
}
