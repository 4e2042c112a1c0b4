//! `cp.async` (PTX ISA 9.7.9.25) as a plain copy, and the cache hints of chapter 9.7.9 that mean nothing here.
//!
//! A copy that is done at once satisfies every rule about when it must be done: commit and wait groups order nothing more.

use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use super::mbarrier;
use crate::codegen::emitter::{Access, Value};
use inkwell::IntPredicate;
use inkwell::types::BasicTypeEnum;
use ptx_frontend::isa::{Opcode, OperandType, ScalarType};
use ptx_frontend::module::Operand;

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// Lowers an instruction of the chapter.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    match ins.form.opcode {
        Opcode::CpAsync => copy(cx, ins),
        // With every copy done, a group is complete as soon as it is made.
        Opcode::CpAsyncCommitGroup | Opcode::CpAsyncWaitGroup | Opcode::CpAsyncWaitAll => Ok(()),
        Opcode::CpAsyncMbarrierArrive if ins.form.modifiers.has("noinc") => mbarrier::arrive_one(cx, ins),
        // The pending count rises by one and falls by one.
        Opcode::CpAsyncMbarrierArrive => Ok(()),
        Opcode::Discard => Ok(()),
        // A policy is an opaque value that only hints take.
        Opcode::CreatepolicyFractional | Opcode::CreatepolicyRange | Opcode::CreatepolicyCvt => {
            cx.write(ins, 0, ScalarType::B64, cx.emit.int(64, 0))
        }
        _ => Err(ins.unsupported()),
    }
}

/// Copies 4, 8 or 16 bytes; bytes past the source's size, or all of them if it is to be ignored, become zero.
fn copy(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let Operand::Immediate(size) = ins.operand(2)? else { return Err(ins.unsupported_operand(2)) };
    let bytes = match size.bits() {
        4 => 4u32,
        8 => 8,
        16 => 16,
        _ => return Err(ins.unsupported_operand(2)),
    };
    let target = cx.address(ins, 0, ins.form.modifiers.space)?;
    let source = cx.address(ins, 1, ins.form.modifiers.source_space)?;
    let e = &cx.emit;
    let access = Access { alignment: bytes, ..Access::default() };
    let word: BasicTypeEnum<'_> = e.int_type(32).into();
    let whole: BasicTypeEnum<'_> = match bytes {
        4 => word,
        _ => e.int_type(32).vec_type(bytes / 4).into(),
    };
    // Operand 3 is the source's size, the predicate that says to ignore it, or a cache policy.
    let limit = match (ins.operands.get(3), ins.form.operands.get(3).map(|spec| spec.ty)) {
        (None, _) | (_, Some(OperandType::Scalar(ScalarType::B64))) => None,
        (Some(_), Some(OperandType::Predicate | OperandType::Scalar(ScalarType::Pred))) => {
            let ignored = cx.read_condition(ins, 3)?;
            Some(e.select_int(ignored, e.word(0), e.word(bytes)))
        }
        (Some(_), _) => Some(cx.read_bits(ins, 3, 32)?),
    };
    let Some(limit) = limit else {
        let value = e.load(whole, source, access);
        e.store(target, value, access);
        return Ok(());
    };
    // Bytes that are not asked for may lie outside of the allocation: each word is read only if it has a wanted byte.
    for index in 0..bytes / 4 {
        let first = index * 4;
        let wanted = e.icmp(IntPredicate::UGT, limit, e.word(first));
        let slot = cx.temporary(word);
        e.store_slot(slot, e.word(0).into());
        let (read, done) = (e.new_block("copy"), e.new_block("copied"));
        e.branch(wanted, read, done);
        e.position_at_end(read);
        let from = e.pointer_offset(source, e.int(64, u64::from(first)));
        let part = Access { alignment: 4, ..Access::default() };
        let value = e.load(word, from, part).into_int_value();
        let left = e.sub(limit, e.word(first));
        let partial = e.icmp(IntPredicate::ULT, left, e.word(4));
        let kept = e.and(left, e.word(3));
        let mask = e.sub(e.shl(e.word(1), e.shl(kept, e.word(3))), e.word(1));
        let value = e.select_int(partial, e.and(value, mask), value);
        e.store_slot(slot, value.into());
        e.jump(done);
        e.position_at_end(done);
        let value: Value<'_> = e.load_slot(word, slot);
        let to = e.pointer_offset(target, e.int(64, u64::from(first)));
        e.store(to, value, part);
    }
    Ok(())
}
