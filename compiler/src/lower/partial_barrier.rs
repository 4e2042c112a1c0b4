//! Barriers of a part of the block: `bar.sync` with a thread count, and `bar.arrive` (PTX ISA 9.7.13.1).
//!
//! gfx90a has one hardware barrier, which all wavefronts of the block meet. Here each of PTX's 16 barriers is a word of LDS:
//! its low half counts the threads that have arrived, its high half the times that it has completed. Who completes it adds
//! what brings the count back to zero and the other half forward, in one step; the others wait for the high half to change.
//! Only for the split mapping, where a waiting warp holds up nobody else. The words are cleared when a kernel begins.

use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use super::{kernel, sync};
use crate::codegen::emitter::{Access, space};
use crate::codegen::llvm_ext::{ReadModifyWrite, SyncScope};
use crate::passes::analyse_fold::is_partial_barrier;
use inkwell::values::{IntValue, PointerValue};
use inkwell::{AtomicOrdering, IntPredicate};
use ptx_frontend::isa::Opcode;
use ptx_frontend::module::{FunctionKind, Operand};
use wavefold_formats::note::WarpMapping;

/// PTX's barriers of a block.
const BARRIERS: u32 = 16;
/// Where the half begins that counts completions.
const COMPLETIONS_AT: u32 = 16;

/// Where the body of a kernel begins: clears the barriers if any function that may run uses them.
pub fn begin(cx: &FunctionLowering<'_, '_>) {
    let source = cx.module.source;
    let is_used = || {
        cx.module.facts.reachable(cx.id).into_iter().any(|id| {
            let function = &source.functions[id.index()];
            function.instructions.iter().any(|instruction| is_partial_barrier(source, function, instruction))
        })
    };
    if cx.function.kind != FunctionKind::Kernel || cx.mapping != WarpMapping::Split || !is_used() {
        return;
    }
    let e = &cx.emit;
    let (clear, cleared) = (e.new_block("clear_barriers"), e.new_block("barriers_cleared"));
    e.branch(e.icmp(IntPredicate::EQ, kernel::flat_thread(cx), e.word(0)), clear, cleared);
    e.position_at_end(clear);
    for number in 0..BARRIERS {
        e.store(word(cx, e.word(number)), e.word(0).into(), access());
    }
    e.jump(cleared);
    e.position_at_end(cleared);
    sync::block_barrier(cx);
}

/// Whether some `bar.arrive` of the module may be for the barrier of operand 0, which then has to be counted here.
pub fn is_arrived_at(cx: &FunctionLowering<'_, '_>, ins: &Ins<'_>) -> bool {
    let number = |operands: &[Operand]| match operands.first() {
        Some(Operand::Immediate(value)) => Some(value.bits()),
        _ => None,
    };
    let source = cx.module.source;
    source.functions.iter().any(|function| {
        function.instructions.iter().any(|instruction| {
            source.form(instruction.form).opcode == Opcode::BarArrive
                && match (number(function.operands_of(instruction)), number(ins.operands)) {
                    (Some(a), Some(b)) => a == b,
                    _ => true,
                }
        })
    })
}

/// `bar.sync` or `bar.arrive`, of as many threads as operand 1 says, or of the whole block.
pub fn lower(cx: &FunctionLowering<'_, '_>, ins: &Ins<'_>) -> Lowered {
    if cx.mapping != WarpMapping::Split {
        return Err(
            ins.unsupported_because("a barrier of a part of the block where two warps share a wavefront")
        );
    }
    let number = cx.read_bits(ins, 0, 32)?;
    let count = if ins.operands.len() > 1 {
        cx.read_bits(ins, 1, 32)?
    } else {
        let [x, y, z] = [0, 1, 2].map(|axis| kernel::block_size(cx, axis));
        cx.emit.mul(cx.emit.mul(x, y), z)
    };
    let e = &cx.emit;
    // The last warp of a block may lack threads; it still counts as a whole warp.
    let partial = e.word(kernel::WARP_SIZE - 1);
    let count = e.and(e.add(count, partial), e.not(partial));
    let word = word(cx, e.and(number, e.word(BARRIERS - 1)));
    e.fence(AtomicOrdering::Release, SyncScope::Workgroup);
    let before = completions(cx, word);
    let active = e.intrinsic("llvm.amdgcn.ballot", &[e.int_type(64).into()], &[e.bool(true).into()]);
    arrive(cx, word, count, active.into_int_value(), arrivals(cx, ins, active.into_int_value()));
    if ins.form.opcode == Opcode::BarArrive {
        return Ok(());
    }
    let (wait, turn, passed) = (e.new_block("wait"), e.new_block("turn"), e.new_block("passed"));
    e.jump(wait);
    e.position_at_end(wait);
    e.branch(e.icmp(IntPredicate::EQ, completions(cx, word), before), turn, passed);
    e.position_at_end(turn);
    e.intrinsic_void("llvm.amdgcn.s.sleep", &[], &[e.word(1).into()]);
    e.jump(wait);
    e.position_at_end(passed);
    e.intrinsic_void("llvm.amdgcn.wave.barrier", &[], &[]);
    e.fence(AtomicOrdering::Acquire, SyncScope::Workgroup);
    Ok(())
}

/// How many threads arrive: the warp, or where a warp need not come together, the threads that are here. All that a last
/// warp has are the whole warp.
fn arrivals<'ctx>(cx: &FunctionLowering<'_, 'ctx>, ins: &Ins<'_>, active: IntValue<'ctx>) -> IntValue<'ctx> {
    let e = &cx.emit;
    let warp = e.word(kernel::WARP_SIZE);
    if ins.form.text.starts_with("bar.") || ins.form.modifiers.has("aligned") {
        return warp;
    }
    let [x, y, z] = [0, 1, 2].map(|axis| kernel::block_size(cx, axis));
    let before = e.and(kernel::flat_thread(cx), e.not(e.word(kernel::WARP_SIZE - 1)));
    let left = e.sub(e.mul(e.mul(x, y), z), before);
    let present = e.select_int(e.icmp(IntPredicate::ULT, left, warp), left, warp);
    let here = e.intrinsic("llvm.ctpop", &[e.int_type(64).into()], &[active.into()]);
    let here = e.zext_or_trunc(here.into_int_value(), 32);
    e.select_int(e.icmp(IntPredicate::EQ, here, present), warp, here)
}

/// One lane adds the arrivals, and completes the barrier if nobody else is missing.
fn arrive<'ctx>(
    cx: &FunctionLowering<'_, 'ctx>,
    word: PointerValue<'ctx>,
    count: IntValue<'ctx>,
    active: IntValue<'ctx>,
    arrivals: IntValue<'ctx>,
) {
    let e = &cx.emit;
    let first = e.intrinsic("llvm.cttz", &[e.int_type(64).into()], &[active.into(), e.bool(true).into()]);
    let first = e.zext_or_trunc(first.into_int_value(), 32);
    let [add, complete, arrived] = ["arrive", "complete", "arrived"].map(|name| e.new_block(name));
    e.branch(e.icmp(IntPredicate::EQ, cx.lane, first), add, arrived);
    e.position_at_end(add);
    let step = |value: IntValue<'ctx>| {
        let (ordering, scope) = (AtomicOrdering::AcquireRelease, SyncScope::Workgroup);
        e.read_modify_write(ReadModifyWrite::Add, word, value.into(), ordering, scope).into_int_value()
    };
    let old = step(arrivals);
    let threads = e.and(e.add(old, arrivals), e.word((1 << COMPLETIONS_AT) - 1));
    e.branch(e.icmp(IntPredicate::UGE, threads, count), complete, arrived);
    e.position_at_end(complete);
    step(e.sub(e.word(1 << COMPLETIONS_AT), threads));
    e.jump(arrived);
    e.position_at_end(arrived);
    // Nobody of the warp waits before its one lane has arrived.
    e.intrinsic_void("llvm.amdgcn.wave.barrier", &[], &[]);
}

/// How often a barrier has completed.
fn completions<'ctx>(cx: &FunctionLowering<'_, 'ctx>, word: PointerValue<'ctx>) -> IntValue<'ctx> {
    let value = cx.emit.load(cx.emit.int_type(32).into(), word, access()).into_int_value();
    cx.emit.lshr(value, cx.emit.word(COMPLETIONS_AT))
}

fn access() -> Access {
    Access {
        alignment: 4,
        atomic: Some((AtomicOrdering::Monotonic, SyncScope::Workgroup)),
        ..Access::default()
    }
}

/// The word of barrier `number`.
fn word<'ctx>(cx: &FunctionLowering<'_, 'ctx>, number: IntValue<'ctx>) -> PointerValue<'ctx> {
    const NAME: &str = "wavefold.barriers";
    let module = &cx.module.llvm;
    let words = module.get_global(NAME).unwrap_or_else(|| {
        let ty = cx.module.context.i32_type().array_type(BARRIERS);
        let global = module.add_global(ty, Some(space::shared()), NAME);
        global.set_linkage(inkwell::module::Linkage::Internal);
        global.set_initializer(&ty.get_poison());
        global.set_alignment(4);
        global
    });
    let bytes = cx.emit.shl(number, cx.emit.word(2));
    cx.emit.offset(words.as_pointer_value(), bytes)
}
