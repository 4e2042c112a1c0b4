//! `mbarrier` in software (PTX ISA 9.7.13.15): the object is one 64-bit word of shared memory, changed by compare and swap.
//!
//! From its low end: 20 bits of arrivals still pending, 20 bits of arrivals expected a phase, 22 bits of outstanding
//! transaction bytes (two's complement), and in bit 62 the phase, which flips when both counts have come to zero. The state
//! that an arrival gives is the word before it, so it names the phase that was current then.

use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use crate::codegen::emitter::{Access, space};
use crate::codegen::llvm_ext::SyncScope;
use inkwell::values::{IntValue, PointerValue};
use inkwell::{AtomicOrdering, IntPredicate};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{Opcode, ScalarType, Semantics, StateSpace};
use ptx_frontend::module::Operand;

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

const COUNT_BITS: u32 = 20;
const COUNT_MASK: u64 = (1 << COUNT_BITS) - 1;
const BYTES_AT: u32 = 2 * COUNT_BITS;
const BYTES_BITS: u32 = 22;
const PHASE_AT: u32 = 62;

/// What an operation changes: each an integer of 64 bits.
struct Change<'ctx> {
    /// Arrivals.
    arrivals: IntValue<'ctx>,
    /// Arrivals no longer expected from the next phase on.
    dropped: IntValue<'ctx>,
    /// Transaction bytes added, negative for completed ones.
    bytes: IntValue<'ctx>,
}

/// Lowers an instruction of the chapter.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    match ins.form.opcode {
        Opcode::MbarrierInit => {
            let pointer = object(cx, ins, 0)?;
            let count = cx.read_bits(ins, 1, 32)?;
            let e = &cx.emit;
            let count = e.and(e.zext_or_trunc(count, 64), e.int(64, COUNT_MASK));
            let word = e.or(count, e.shl(count, e.int(64, u64::from(COUNT_BITS))));
            e.store(pointer, word.into(), ordered());
            Ok(())
        }
        Opcode::MbarrierInval => {
            let pointer = object(cx, ins, 0)?;
            cx.emit.store(pointer, cx.emit.int(64, 0).into(), ordered());
            Ok(())
        }
        Opcode::MbarrierArrive | Opcode::MbarrierArriveDrop => arrive(cx, ins),
        Opcode::MbarrierExpectTx | Opcode::MbarrierCompleteTx => {
            let pointer = object(cx, ins, 0)?;
            let bytes = cx.emit.zext_or_trunc(cx.read_bits(ins, 1, 32)?, 64);
            let none = cx.emit.int(64, 0);
            let completes = ins.form.opcode == Opcode::MbarrierCompleteTx;
            let bytes = if completes { cx.emit.sub(none, bytes) } else { bytes };
            change(cx, pointer, &Change { arrivals: none, dropped: none, bytes });
            Ok(())
        }
        Opcode::MbarrierTestWait | Opcode::MbarrierTryWait => test(cx, ins),
        Opcode::MbarrierPendingCount => {
            let state = cx.read_bits(ins, 1, 64)?;
            let pending = cx.emit.and(state, cx.emit.int(64, COUNT_MASK));
            cx.write(ins, 0, ScalarType::U32, cx.emit.zext_or_trunc(pending, 32))
        }
        _ => Err(ins.unsupported()),
    }
}

/// One arrival at the object of operand 0, for `cp.async.mbarrier.arrive.noinc`.
pub fn arrive_one(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let pointer = object(cx, ins, 0)?;
    let none = cx.emit.int(64, 0);
    cx.emit.fence(AtomicOrdering::Release, SyncScope::Workgroup);
    change(cx, pointer, &Change { arrivals: cx.emit.int(64, 1), dropped: none, bytes: none });
    Ok(())
}

/// So many bytes have arrived at the object of operand `index`, written before.
pub fn complete_bytes<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    index: usize,
    bytes: IntValue<'ctx>,
) -> Lowered {
    // With a state space it is a shared address, without one a generic one.
    let state_space = ins.form.modifiers.space.map(|_| StateSpace::Shared);
    let pointer = cx.address(ins, index, state_space)?;
    let pointer = cx
        .emit
        .space_cast_any(pointer, space::shared())
        .try_into()
        .map_err(|()| ins.unsupported_operand(index))?;
    let none = cx.emit.int(64, 0);
    cx.emit.fence(AtomicOrdering::Release, SyncScope::Workgroup);
    let bytes = cx.emit.sub(none, cx.emit.zext_or_trunc(bytes, 64));
    change(cx, pointer, &Change { arrivals: none, dropped: none, bytes });
    Ok(())
}

fn ordered() -> Access {
    Access {
        alignment: 8,
        atomic: Some((AtomicOrdering::Monotonic, SyncScope::Workgroup)),
        ..Access::default()
    }
}

/// The object, which lies in shared memory even where its address is generic.
fn object<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, index: usize) -> Result<PointerValue<'ctx>, Diagnostic> {
    let pointer = cx.address(ins, index, ins.form.modifiers.space)?;
    cx.emit.space_cast_any(pointer, space::shared()).try_into().map_err(|()| ins.unsupported_operand(index))
}

fn arrive(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let pointer = object(cx, ins, 1)?;
    let e = &cx.emit;
    let operand = match ins.operands.get(2) {
        Some(_) => Some(e.zext_or_trunc(cx.read_bits(ins, 2, 32)?, 64)),
        None => None,
    };
    let (none, one) = (e.int(64, 0), e.int(64, 1));
    let expects = ins.form.modifiers.has("expect_tx");
    let (arrivals, bytes) =
        if expects { (one, operand.unwrap_or(none)) } else { (operand.unwrap_or(one), none) };
    let dropped = if ins.form.opcode == Opcode::MbarrierArriveDrop { arrivals } else { none };
    if ins.form.modifiers.semantics != Some(Semantics::Relaxed) {
        e.fence(AtomicOrdering::Release, SyncScope::Workgroup);
    }
    let before = change(cx, pointer, &Change { arrivals, dropped, bytes });
    if matches!(ins.operand(0)?, Operand::Sink) {
        return Ok(());
    }
    cx.write(ins, 0, ScalarType::B64, before)
}

/// Applies a change; gives the word before it. Completed transactions and arrivals that bring both counts to zero start
/// the next phase, whose pending count is what is expected then.
fn change<'ctx>(cx: &Cx<'_, 'ctx>, pointer: PointerValue<'ctx>, change: &Change<'ctx>) -> IntValue<'ctx> {
    let e = &cx.emit;
    let wide = e.int_type(64);
    let slot = cx.temporary(wide.into());
    let (turn, done) = (e.new_block("mbarrier"), e.new_block("changed"));
    e.store_slot(slot, e.load(wide.into(), pointer, ordered()));
    e.jump(turn);
    e.position_at_end(turn);
    let old = e.load_slot(wide.into(), slot).into_int_value();
    let constant = |value: u64| e.int(64, value);
    let count_mask = constant(COUNT_MASK);
    let bytes_mask = constant((1 << BYTES_BITS) - 1);
    let pending = e.and(e.sub(e.and(old, count_mask), change.arrivals), count_mask);
    let expected = e.and(e.lshr(old, constant(u64::from(COUNT_BITS))), count_mask);
    let expected = e.and(e.sub(expected, change.dropped), count_mask);
    let bytes = e.and(e.lshr(old, constant(u64::from(BYTES_AT))), bytes_mask);
    let bytes = e.and(e.add(bytes, change.bytes), bytes_mask);
    let phase = e.lshr(old, constant(u64::from(PHASE_AT)));
    let complete = e.icmp(IntPredicate::EQ, e.or(pending, bytes), constant(0));
    let pending = e.select_int(complete, expected, pending);
    let phase = e.and(e.xor(phase, e.zext_or_trunc(complete, 64)), constant(1));
    let new = e.or(
        e.or(pending, e.shl(expected, constant(u64::from(COUNT_BITS)))),
        e.or(e.shl(bytes, constant(u64::from(BYTES_AT))), e.shl(phase, constant(u64::from(PHASE_AT)))),
    );
    let seen = e
        .compare_exchange(
            pointer,
            old.into(),
            new.into(),
            AtomicOrdering::AcquireRelease,
            SyncScope::Workgroup,
        )
        .into_int_value();
    e.store_slot(slot, seen.into());
    let same = e.icmp(IntPredicate::EQ, seen, old);
    e.branch(same, done, turn);
    e.position_at_end(done);
    e.load_slot(wide.into(), slot).into_int_value()
}

/// Whether the phase of a state, or of a parity, is over. `try_wait` may come back early, so it waits a moment at most.
fn test(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    const SLEEP: u32 = 1;
    let pointer = object(cx, ins, 1)?;
    let e = &cx.emit;
    let named = if ins.form.modifiers.has("parity") {
        e.zext_or_trunc(cx.read_bits(ins, 2, 32)?, 64)
    } else {
        e.lshr(cx.read_bits(ins, 2, 64)?, e.int(64, u64::from(PHASE_AT)))
    };
    if ins.form.opcode == Opcode::MbarrierTryWait {
        e.intrinsic_void("llvm.amdgcn.s.sleep", &[], &[e.word(SLEEP).into()]);
    }
    let word = e.load(e.int_type(64).into(), pointer, ordered()).into_int_value();
    if ins.form.modifiers.semantics != Some(Semantics::Relaxed) {
        e.fence(AtomicOrdering::Acquire, SyncScope::Workgroup);
    }
    let phase = e.lshr(word, e.int(64, u64::from(PHASE_AT)));
    let differs = e.and(e.xor(phase, named), e.int(64, 1));
    cx.write(ins, 0, ScalarType::Pred, e.zext_or_trunc(differs, 1))
}
