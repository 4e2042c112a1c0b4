//! Barriers of a part of the block: `bar.sync` and `bar.red` with a thread count, and `bar.arrive` (PTX ISA 9.7.13.1).
//!
//! gfx90a has one hardware barrier, which all wavefronts of the block meet. Here each of PTX's 16 barriers is a word of LDS:
//! its low half holds who has arrived, its high half the times that it has completed. Who completes it clears the low half
//! and moves the other forward, in one step; the others wait for the high half to change. Only for the split mapping,
//! where a waiting warp holds up nobody else. The words are cleared when a kernel begins.
//!
//! The low half counts threads. Of a barrier that the whole block meets without a count while others only arrive at it, it
//! has one bit for each warp instead: then warps that have left can stand for themselves (`barrier_exits`).

use super::barrier_exits as exits;
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

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// PTX's barriers of a block.
const BARRIERS: u32 = 16;
/// Where the half begins that counts completions.
const COMPLETIONS_AT: u32 = 16;
/// The half below.
const ARRIVED: u32 = (1 << COMPLETIONS_AT) - 1;

/// The arrays of LDS: the barriers, what `bar.red` adds up at each, and who has yet to read that.
const WORDS: &str = "wavefold.barriers";
const SUMS: &str = "wavefold.barrier_sums";
const READERS: &str = "wavefold.barrier_readers";

/// Where the body of a kernel begins: clears the barriers if any function that may run uses them.
pub fn begin(cx: &Cx<'_, '_>) {
    let source = cx.module.source;
    let (mut is_used, mut reduces) = (false, false);
    if cx.function.kind != FunctionKind::Kernel || cx.mapping != WarpMapping::Split {
        return;
    }
    for id in cx.module.facts.reachable(cx.id) {
        let function = &source.functions[id.index()];
        for instruction in &function.instructions {
            if is_partial_barrier(source, function, instruction) {
                is_used = true;
                reduces |= source.form(instruction.form).opcode == Opcode::BarRed;
            }
        }
    }
    if !is_used {
        return;
    }
    let e = &cx.emit;
    // Every thread that is here clears all of them: it is the same value, and any of the threads may be missing.
    for number in 0..BARRIERS {
        e.store(place(cx, WORDS, e.word(number)), e.word(0).into(), access());
        if reduces {
            e.store(place(cx, SUMS, e.word(number)), e.word(0).into(), access());
            e.store(place(cx, READERS, e.word(number)), e.word(0).into(), access());
        }
    }
    exits::begin(cx);
    sync::block_barrier(cx);
}

/// Whether some `bar.arrive` of the module may be for the barrier of operand `index`, which then has to be counted here.
pub fn is_arrived_at(cx: &Cx<'_, '_>, ins: &Ins<'_>, index: usize) -> bool {
    exits::is_mixed(cx, ins.operands.get(index).copied())
}

/// `bar.sync`, `bar.red` or `bar.arrive`, of as many threads as the operand says, or of the whole block.
pub fn lower(cx: &Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    if cx.mapping != WarpMapping::Split {
        return Err(
            ins.unsupported_because("a barrier of a part of the block where two warps share a wavefront")
        );
    }
    let reduces = ins.form.opcode == Opcode::BarRed;
    let first = usize::from(reduces);
    let number = cx.read_bits(ins, first, 32)?;
    let is_counted = ins.operands.len() > 1 + 2 * first;
    let e = &cx.emit;
    let number = e.and(number, e.word(BARRIERS - 1));
    // Only a reduction has the other two.
    let names = if reduces { [WORDS, SUMS, READERS] } else { [WORDS; 3] };
    let [word, sum, readers] = names.map(|name| place(cx, name, number));
    let active = e.intrinsic("llvm.amdgcn.ballot", &[e.int_type(64).into()], &[e.bool(true).into()]);
    let active = active.into_int_value();
    let by_warp = exits::is_mixed(cx, ins.operands.get(first).copied());
    let needs = if is_counted {
        let count = cx.read_bits(ins, first + 1, 32)?;
        // The last warp of a block may lack threads; it still counts as a whole warp.
        Needs::Threads(whole_warps(cx, count))
    } else if by_warp {
        Needs::Block
    } else {
        let [x, y, z] = [0, 1, 2].map(|axis| kernel::block_size(cx, axis));
        Needs::Threads(whole_warps(cx, e.mul(e.mul(x, y), z)))
    };
    let arrivals = arrivals(cx, ins, active);
    let barrier = Barrier { word, by_warp, needs, readers: reduces.then_some(readers) };
    if reduces {
        let holds = sync::counted_predicate(cx, ins)?;
        // What the last reduction gave must have been read by all it was for.
        spin(cx, &|| {
            let left = e.load(e.int_type(32).into(), readers, access()).into_int_value();
            e.icmp(IntPredicate::NE, left, e.word(0))
        });
        let (ordering, scope) = (AtomicOrdering::Monotonic, SyncScope::Workgroup);
        e.read_modify_write(ReadModifyWrite::Add, sum, e.zext_or_trunc(holds, 32).into(), ordering, scope);
    }
    e.fence(AtomicOrdering::Release, SyncScope::Workgroup);
    let before = completions(cx, word);
    barrier.arrive(cx, active, arrivals);
    if ins.form.opcode == Opcode::BarArrive {
        return Ok(());
    }
    spin(cx, &|| {
        if matches!(barrier.needs, Needs::Block) {
            barrier.complete(cx);
        }
        e.icmp(IntPredicate::EQ, completions(cx, word), before)
    });
    e.intrinsic_void("llvm.amdgcn.wave.barrier", &[], &[]);
    e.fence(AtomicOrdering::Acquire, SyncScope::Workgroup);
    if reduces {
        let total = e.load(e.int_type(32).into(), sum, access()).into_int_value();
        has_read(cx, active, sum, readers, arrivals);
        return sync::write_reduction(cx, ins, total);
    }
    Ok(())
}

/// How many must arrive.
#[derive(Clone, Copy)]
enum Needs<'ctx> {
    /// So many threads.
    Threads(IntValue<'ctx>),
    /// All warps that have not left.
    Block,
}

/// A barrier as one instruction sees it.
struct Barrier<'ctx> {
    word: PointerValue<'ctx>,
    /// Whether the low half has a bit for each warp instead of a count.
    by_warp: bool,
    needs: Needs<'ctx>,
    /// The word that says how many arrivals have yet to read the sum, and one more.
    readers: Option<PointerValue<'ctx>>,
}

impl<'ctx> Barrier<'ctx> {
    /// One lane adds the arrivals, and completes the barrier if nobody else is missing.
    fn arrive(&self, cx: &Cx<'_, 'ctx>, active: IntValue<'ctx>, arrivals: IntValue<'ctx>) {
        let e = &cx.emit;
        by_one_lane(cx, active, || {
            let (operation, value) = match self.by_warp {
                true => (ReadModifyWrite::Or, exits::bit_of_warp(cx)),
                false => (ReadModifyWrite::Add, arrivals),
            };
            let (ordering, scope) = (AtomicOrdering::AcquireRelease, SyncScope::Workgroup);
            e.read_modify_write(operation, self.word, value.into(), ordering, scope);
            self.complete(cx);
        });
        // Nobody of the warp waits before its one lane has arrived.
        e.intrinsic_void("llvm.amdgcn.wave.barrier", &[], &[]);
    }

    /// Completes the barrier if all it needs have arrived, and nobody else does so first.
    fn complete(&self, cx: &Cx<'_, 'ctx>) {
        let e = &cx.emit;
        let [turn, enough, done] = ["complete", "enough", "complete_or_not"].map(|name| e.new_block(name));
        e.jump(turn);
        e.position_at_end(turn);
        let old = e.load(e.int_type(32).into(), self.word, access()).into_int_value();
        let arrived = e.and(old, e.word(ARRIVED));
        let threads = match self.by_warp {
            true => {
                let warps = e.intrinsic("llvm.ctpop", &[e.int_type(32).into()], &[arrived.into()]);
                e.shl(warps.into_int_value(), e.word(kernel::WARP_SHIFT as u32))
            }
            false => arrived,
        };
        let all = match self.needs {
            Needs::Threads(count) => e.icmp(IntPredicate::UGE, threads, count),
            Needs::Block => exits::all_are_here(cx, arrived),
        };
        // A barrier that nobody has arrived at has just been completed.
        let all = e.and(all, e.icmp(IntPredicate::NE, arrived, e.word(0)));
        e.branch(all, enough, done);
        e.position_at_end(enough);
        if let Some(readers) = self.readers {
            e.store(readers, e.add(threads, e.word(1)).into(), access());
        }
        let new = e.add(e.sub(old, arrived), e.word(1 << COMPLETIONS_AT));
        let (ordering, scope) = (AtomicOrdering::AcquireRelease, SyncScope::Workgroup);
        let seen = e.compare_exchange(self.word, old.into(), new.into(), ordering, scope).into_int_value();
        e.branch(e.icmp(IntPredicate::EQ, seen, old), done, turn);
        e.position_at_end(done);
    }
}

/// Waits while a condition holds.
fn spin<'ctx>(cx: &Cx<'_, 'ctx>, waits: &dyn Fn() -> IntValue<'ctx>) {
    let e = &cx.emit;
    let [wait, turn, passed] = ["wait", "turn", "passed"].map(|name| e.new_block(name));
    e.jump(wait);
    e.position_at_end(wait);
    let condition = waits();
    e.branch(condition, turn, passed);
    e.position_at_end(turn);
    e.intrinsic_void("llvm.amdgcn.s.sleep", &[], &[e.word(1).into()]);
    e.jump(wait);
    e.position_at_end(passed);
}

/// Runs `action` in the first of the active lanes.
pub fn by_one_lane<'ctx>(cx: &Cx<'_, 'ctx>, active: IntValue<'ctx>, action: impl FnOnce()) {
    let e = &cx.emit;
    let first = e.intrinsic("llvm.cttz", &[e.int_type(64).into()], &[active.into(), e.bool(true).into()]);
    let first = e.zext_or_trunc(first.into_int_value(), 32);
    let [one, all] = ["one_lane", "all_lanes"].map(|name| e.new_block(name));
    e.branch(e.icmp(IntPredicate::EQ, cx.lane, first), one, all);
    e.position_at_end(one);
    action();
    e.jump(all);
    e.position_at_end(all);
}

/// One lane says that the warp has read a sum; the last reader clears it for the next reduction.
fn has_read<'ctx>(
    cx: &Cx<'_, 'ctx>,
    active: IntValue<'ctx>,
    sum: PointerValue<'ctx>,
    readers: PointerValue<'ctx>,
    arrivals: IntValue<'ctx>,
) {
    let e = &cx.emit;
    e.fence(AtomicOrdering::Release, SyncScope::Workgroup);
    by_one_lane(cx, active, || {
        let (ordering, scope) = (AtomicOrdering::AcquireRelease, SyncScope::Workgroup);
        let less = e.sub(e.word(0), arrivals);
        let old = e.read_modify_write(ReadModifyWrite::Add, readers, less.into(), ordering, scope);
        let left = e.sub(old.into_int_value(), arrivals);
        let [last, others] = ["last_reader", "read"].map(|name| e.new_block(name));
        e.branch(e.icmp(IntPredicate::EQ, left, e.word(1)), last, others);
        e.position_at_end(last);
        e.store(sum, e.word(0).into(), access());
        e.fence(AtomicOrdering::Release, SyncScope::Workgroup);
        e.store(readers, e.word(0).into(), access());
        e.jump(others);
        e.position_at_end(others);
    });
}

/// How many threads arrive: the warp, or where a warp need not come together, the threads that are here. All that a last
/// warp has are the whole warp.
fn arrivals<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, active: IntValue<'ctx>) -> IntValue<'ctx> {
    let e = &cx.emit;
    let warp = e.word(kernel::WARP_SIZE);
    if comes_as_warp(&ins.form.text) {
        return warp;
    }
    let present = threads_of_warp(cx);
    let here = e.intrinsic("llvm.ctpop", &[e.int_type(64).into()], &[active.into()]);
    let here = e.zext_or_trunc(here.into_int_value(), 32);
    e.select_int(e.icmp(IntPredicate::EQ, here, present), warp, here)
}

/// Whether the threads of a warp come to a barrier together: `bar`, and `.aligned` ones.
pub fn comes_as_warp(spelling: &str) -> bool {
    spelling.starts_with("bar.") || spelling.split('.').any(|word| word == "aligned")
}

/// The threads that this warp had at the start: 32 but in the last one.
pub fn threads_of_warp<'ctx>(cx: &Cx<'_, 'ctx>) -> IntValue<'ctx> {
    let e = &cx.emit;
    let warp = e.word(kernel::WARP_SIZE);
    let [x, y, z] = [0, 1, 2].map(|axis| kernel::block_size(cx, axis));
    let before = e.and(kernel::flat_thread(cx), e.not(e.word(kernel::WARP_SIZE - 1)));
    let left = e.sub(e.mul(e.mul(x, y), z), before);
    e.select_int(e.icmp(IntPredicate::ULT, left, warp), left, warp)
}

fn whole_warps<'ctx>(cx: &Cx<'_, 'ctx>, threads: IntValue<'ctx>) -> IntValue<'ctx> {
    let partial = cx.emit.word(kernel::WARP_SIZE - 1);
    cx.emit.and(cx.emit.add(threads, partial), cx.emit.not(partial))
}

/// How often a barrier has completed.
fn completions<'ctx>(cx: &Cx<'_, 'ctx>, word: PointerValue<'ctx>) -> IntValue<'ctx> {
    let value = cx.emit.load(cx.emit.int_type(32).into(), word, access()).into_int_value();
    cx.emit.lshr(value, cx.emit.word(COMPLETIONS_AT))
}

/// How the words are read and written.
pub fn access() -> Access {
    Access {
        alignment: 4,
        atomic: Some((AtomicOrdering::Monotonic, SyncScope::Workgroup)),
        ..Access::default()
    }
}

/// Word `number` of an array of LDS.
pub fn place<'ctx>(cx: &Cx<'_, 'ctx>, name: &str, number: IntValue<'ctx>) -> PointerValue<'ctx> {
    let module = &cx.module.llvm;
    let words = module.get_global(name).unwrap_or_else(|| {
        let ty = cx.module.context.i32_type().array_type(BARRIERS);
        let global = module.add_global(ty, Some(space::shared()), name);
        global.set_linkage(inkwell::module::Linkage::Internal);
        global.set_initializer(&ty.get_poison());
        global.set_alignment(4);
        global
    });
    let bytes = cx.emit.shl(number, cx.emit.word(2));
    cx.emit.offset(words.as_pointer_value(), bytes)
}

/// The number of a barrier, where it is a constant.
pub fn constant(operand: Option<Operand>) -> Option<u64> {
    match operand {
        Some(Operand::Immediate(value)) => Some(value.bits()),
        _ => None,
    }
}
