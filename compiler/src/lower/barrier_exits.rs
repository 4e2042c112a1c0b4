//! Warps that have left, for barriers that the whole block meets by software.
//!
//! A barrier without a thread count waits for every thread that has not exited. The hardware barrier knows who has; a
//! barrier that is counted in LDS (because others only arrive at it) is told here: one word of LDS has a bit for each
//! warp whose threads have all ended.

use super::function::FunctionLowering;
use super::kernel;
use super::partial_barrier::{access, by_one_lane, comes_as_warp, constant, place, threads_of_warp};
use crate::codegen::llvm_ext::{ReadModifyWrite, SyncScope};
use inkwell::values::IntValue;
use inkwell::{AtomicOrdering, IntPredicate};
use ptx_frontend::isa::Opcode;
use ptx_frontend::module::{FunctionKind, Operand};
use wavefold_formats::note::WarpMapping;

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// The array of LDS that counts each warp's ended threads, and the one whose first word has the warps that are gone.
const ENDED: &str = "wavefold.ended_threads";
const GONE: &str = "wavefold.gone_warps";

/// Whether the barrier of a number is both arrived at (`bar.arrive`) and met by the whole block without a count. A number that
/// is not constant may be any.
pub fn is_mixed(cx: &Cx<'_, '_>, number: Option<Operand>) -> bool {
    // Under the folded mapping nothing arrives without waiting.
    if cx.mapping == WarpMapping::Fold {
        return false;
    }
    let source = cx.module.source;
    // Numbers arrived at, met, and of all barriers; `None` for one that is not known.
    let (mut arrived, mut met, mut unknown) = (Vec::new(), Vec::new(), false);
    for function in &source.functions {
        for instruction in &function.instructions {
            let form = source.form(instruction.form);
            let operands = function.operands_of(instruction);
            let number = match (form.opcode, operands) {
                (Opcode::BarArrive, [number, ..]) => {
                    // Parts of a warp arrive by themselves: a bit for the warp would say too much.
                    if !comes_as_warp(&form.text) {
                        return false;
                    }
                    arrived.push(constant(Some(*number)));
                    number
                }
                (Opcode::BarSync, [number]) | (Opcode::BarRed, [_, number, _]) => {
                    met.push(constant(Some(*number)));
                    number
                }
                (Opcode::BarSync, [number, _]) | (Opcode::BarRed, [_, number, _, _]) => number,
                _ => continue,
            };
            unknown |= constant(Some(*number)).is_none();
        }
    }
    if arrived.is_empty() || met.is_empty() {
        return false;
    }
    let both = |number: &Option<u64>| arrived.contains(number) && met.contains(number);
    match constant(number) {
        _ if unknown => true,
        Some(number) => both(&Some(number)),
        None => false,
    }
}

fn is_used(cx: &Cx<'_, '_>) -> bool {
    if cx.function.kind != FunctionKind::Kernel || cx.mapping != WarpMapping::Split {
        return false;
    }
    let source = cx.module.source;
    cx.module.facts.reachable(cx.id).into_iter().any(|id| {
        let function = &source.functions[id.index()];
        function.instructions.iter().any(|instruction| {
            let at = match source.form(instruction.form).opcode {
                Opcode::BarSync | Opcode::BarArrive => 0,
                Opcode::BarRed => 1,
                _ => return false,
            };
            is_mixed(cx, function.operands_of(instruction).get(at).copied())
        })
    })
}

/// Where the body of a kernel begins: nobody has left. A block barrier follows.
pub fn begin(cx: &Cx<'_, '_>) {
    if is_used(cx) {
        let e = &cx.emit;
        e.store(place(cx, GONE, e.word(0)), e.word(0).into(), access());
        e.store(place(cx, ENDED, warp(cx)), e.word(0).into(), access());
    }
}

/// Where threads of a kernel end: the last of a warp says that the warp is gone.
pub fn leave(cx: &Cx<'_, '_>) {
    if !is_used(cx) {
        return;
    }
    let e = &cx.emit;
    let active = e.intrinsic("llvm.amdgcn.ballot", &[e.int_type(64).into()], &[e.bool(true).into()]);
    let active = active.into_int_value();
    let (ordering, scope) = (AtomicOrdering::AcquireRelease, SyncScope::Workgroup);
    by_one_lane(cx, active, || {
        let here = e.intrinsic("llvm.ctpop", &[e.int_type(64).into()], &[active.into()]);
        let here = e.zext_or_trunc(here.into_int_value(), 32);
        let ended = place(cx, ENDED, warp(cx));
        let old = e.read_modify_write(ReadModifyWrite::Add, ended, here.into(), ordering, scope);
        let all = e.icmp(IntPredicate::UGE, e.add(old.into_int_value(), here), threads_of_warp(cx));
        let bit = e.select_int(all, bit_of_warp(cx), e.word(0));
        e.read_modify_write(ReadModifyWrite::Or, place(cx, GONE, e.word(0)), bit.into(), ordering, scope);
    });
}

/// Whether every warp of the block has arrived, by its bit, or is gone.
pub fn all_are_here<'ctx>(cx: &Cx<'_, 'ctx>, arrived: IntValue<'ctx>) -> IntValue<'ctx> {
    let e = &cx.emit;
    let gone = e.load(e.int_type(32).into(), place(cx, GONE, e.word(0)), access()).into_int_value();
    let [x, y, z] = [0, 1, 2].map(|axis| kernel::block_size(cx, axis));
    let threads = e.mul(e.mul(x, y), z);
    let warps = e.lshr(e.add(threads, e.word(kernel::WARP_SIZE - 1)), e.word(kernel::WARP_SHIFT as u32));
    let everybody = e.sub(e.shl(e.word(1), warps), e.word(1));
    e.icmp(IntPredicate::EQ, e.and(e.or(arrived, gone), everybody), everybody)
}

/// The bit of this warp; a split kernel has at most 16.
pub fn bit_of_warp<'ctx>(cx: &Cx<'_, 'ctx>) -> IntValue<'ctx> {
    cx.emit.shl(cx.emit.word(1), warp(cx))
}

fn warp<'ctx>(cx: &Cx<'_, 'ctx>) -> IntValue<'ctx> {
    cx.emit.lshr(kernel::flat_thread(cx), cx.emit.word(kernel::WARP_SHIFT as u32))
}
