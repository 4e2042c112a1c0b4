//! Barriers and fences (PTX ISA 9.7.13).
//!
//! The only place that builds `s_barrier`, always between its two fences: without the release fence LLVM leaves out the
//! wait for outstanding writes, and another wavefront reads old memory.

use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use super::partial_barrier;
use crate::codegen::emitter::{Access, space};
use crate::codegen::llvm_ext::{ReadModifyWrite, SyncScope};
use inkwell::values::{IntValue, PointerValue};
use inkwell::{AtomicOrdering, IntPredicate};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{BooleanOp, Opcode, ScalarType, Scope, Semantics};
use ptx_frontend::module::Operand;

/// Lowers an instruction of the chapter.
pub fn lower(cx: &mut FunctionLowering<'_, '_>, ins: &Ins<'_>) -> Lowered {
    match ins.form.opcode {
        Opcode::BarSync => {
            // Without a thread count every thread of the block takes part, so one hardware barrier serves all numbers.
            let is_partial = ins.operands.len() > 1 && !counts_whole_block(cx, ins, 1);
            if is_partial || partial_barrier::is_arrived_at(cx, ins, 0) {
                return partial_barrier::lower(cx, ins);
            }
            block_barrier(cx);
            Ok(())
        }
        Opcode::BarArrive => partial_barrier::lower(cx, ins),
        Opcode::BarRed => reduce(cx, ins),
        Opcode::BarWarpSync => {
            super::check_mark::mark(cx, ins)?;
            cx.emit.fence(AtomicOrdering::Release, SyncScope::Wavefront);
            cx.emit.intrinsic_void("llvm.amdgcn.wave.barrier", &[], &[]);
            cx.emit.fence(AtomicOrdering::Acquire, SyncScope::Wavefront);
            Ok(())
        }
        Opcode::Membar | Opcode::Fence => {
            let scope = match ins.form.modifiers.scope {
                Some(Scope::Cta) => SyncScope::Workgroup,
                Some(Scope::Cluster | Scope::Gpu) => SyncScope::Agent,
                Some(Scope::Sys) | None => SyncScope::System,
            };
            let ordering = match ins.form.modifiers.semantics {
                Some(Semantics::AcqRel) => AtomicOrdering::AcquireRelease,
                Some(Semantics::Acquire) => AtomicOrdering::Acquire,
                Some(Semantics::Release) => AtomicOrdering::Release,
                _ => AtomicOrdering::SequentiallyConsistent,
            };
            cx.emit.fence(ordering, scope);
            Ok(())
        }
        _ => Err(ins.unsupported_because("a barrier of a part of the block")),
    }
}

/// Whether operand `index` is the number of threads of the block, known from `.reqntid`.
fn counts_whole_block(cx: &FunctionLowering<'_, '_>, ins: &Ins<'_>, index: usize) -> bool {
    let Some(Operand::Immediate(count)) = ins.operands.get(index) else { return false };
    let required = cx.function.directives.required_threads;
    required.is_some_and(|[x, y, z]| u64::from(x) * u64::from(y) * u64::from(z) == count.bits())
}

/// All threads of the block meet, and see what the others wrote before.
pub fn block_barrier(cx: &FunctionLowering<'_, '_>) {
    cx.emit.fence(AtomicOrdering::Release, SyncScope::Workgroup);
    cx.emit.intrinsic_void("llvm.amdgcn.s.barrier", &[], &[]);
    cx.emit.fence(AtomicOrdering::Acquire, SyncScope::Workgroup);
}

/// `bar.red`: the block counts, in one word of LDS, the threads whose predicate holds (for `.and`: does not hold).
fn reduce(cx: &mut FunctionLowering<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let is_partial = ins.operands.len() > 3 && !counts_whole_block(cx, ins, 2);
    if is_partial || partial_barrier::is_arrived_at(cx, ins, 1) {
        return partial_barrier::lower(cx, ins);
    }
    let predicate = counted_predicate(cx, ins)?;
    let counter = counter(cx);
    let access = Access { alignment: 4, ..Access::default() };
    // Every thread that is here clears the counter: any of the threads may have exited.
    cx.emit.store(counter, cx.emit.word(0).into(), access);
    block_barrier(cx);
    let one = cx.emit.zext_or_trunc(predicate, 32);
    cx.emit.read_modify_write(
        ReadModifyWrite::Add,
        counter,
        one.into(),
        AtomicOrdering::Monotonic,
        SyncScope::Workgroup,
    );
    block_barrier(cx);
    let count: IntValue<'_> = cx.emit.load(cx.emit.int_type(32).into(), counter, access).into_int_value();
    // The next reduction clears the counter, which must wait until everybody has read it.
    block_barrier(cx);
    write_reduction(cx, ins, count)
}

/// `.popc` is no boolean operation: it gives the count itself.
fn operation(ins: &Ins<'_>) -> BooleanOp {
    ins.form.modifiers.boolean.unwrap_or(BooleanOp::Popc)
}

/// What a thread of `bar.red` adds: whether its predicate holds, for `.and` whether it does not.
pub fn counted_predicate<'ctx>(
    cx: &FunctionLowering<'_, 'ctx>,
    ins: &Ins<'_>,
) -> Result<IntValue<'ctx>, Diagnostic> {
    let predicate = cx.read_condition(ins, ins.operands.len() - 1)?;
    Ok(if operation(ins) == BooleanOp::And { cx.emit.not(predicate) } else { predicate })
}

/// Writes the result of `bar.red` from the sum of what the threads added.
pub fn write_reduction<'ctx>(
    cx: &FunctionLowering<'_, 'ctx>,
    ins: &Ins<'_>,
    count: IntValue<'ctx>,
) -> Lowered {
    let zero = cx.emit.word(0);
    match operation(ins) {
        BooleanOp::Popc => cx.write(ins, 0, ScalarType::U32, count),
        BooleanOp::And => cx.write(ins, 0, ScalarType::Pred, cx.emit.icmp(IntPredicate::EQ, count, zero)),
        BooleanOp::Or => cx.write(ins, 0, ScalarType::Pred, cx.emit.icmp(IntPredicate::NE, count, zero)),
        BooleanOp::Xor => Err(ins.unsupported()),
    }
}

/// The word of LDS that `bar.red` counts in, one for the module.
fn counter<'ctx>(cx: &FunctionLowering<'_, 'ctx>) -> PointerValue<'ctx> {
    const NAME: &str = "wavefold.reduction_counter";
    let module = &cx.module.llvm;
    if let Some(global) = module.get_global(NAME) {
        return global.as_pointer_value();
    }
    let word = cx.module.context.i32_type();
    let global = module.add_global(word, Some(space::shared()), NAME);
    global.set_linkage(inkwell::module::Linkage::Internal);
    global.set_initializer(&word.get_poison());
    global.set_alignment(4);
    global.as_pointer_value()
}
