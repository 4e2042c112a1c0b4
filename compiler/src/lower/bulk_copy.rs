//! Asynchronous stores and copies in bulk (PTX ISA 9.7.9.12, 9.7.9.25.4, 9.7.13.16), done at once by the thread that asks.
//!
//! What is done at once satisfies every rule about when it must be done: bulk groups are complete as soon as they are made,
//! and an `mbarrier` hears of the bytes behind the writes. A block is a cluster of its own (`cluster`), so the shared
//! memory of the cluster is the block's, and no block can be cancelled: each is launched.

use super::atomic::read_modify_write;
use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use super::mbarrier;
use super::memory::{self, sync_scope};
use crate::codegen::emitter::{Access, Value};
use crate::codegen::llvm_ext::SyncScope;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{IntValue, PointerValue};
use inkwell::{AtomicOrdering, IntPredicate};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{Opcode, ScalarType, StateSpace, TypeKind};

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// Bytes that a bulk copy moves at a time; sizes and addresses are multiples.
const CHUNK: u32 = 16;

/// Lowers an instruction of the chapter.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    match ins.form.opcode {
        Opcode::CpAsyncBulk => copy(cx, ins),
        Opcode::CpReduceAsyncBulk => reduce(cx, ins),
        Opcode::CpAsyncBulkPrefetch | Opcode::CpAsyncBulkCommitGroup | Opcode::CpAsyncBulkWaitGroup => Ok(()),
        Opcode::StAsync => store(cx, ins),
        Opcode::RedAsync => reduce_one(cx, ins),
        Opcode::StBulk => clear(cx, ins),
        Opcode::ClusterlaunchcontrolTryCancel => {
            let response = cx.address(ins, 0, ins.form.modifiers.space)?;
            let none = cx.emit.int_type(128).const_zero();
            cx.emit.store(response, none.into(), Access { alignment: CHUNK, ..Access::default() });
            mbarrier::complete_bytes(cx, ins, 1, cx.emit.word(CHUNK))
        }
        Opcode::ClusterlaunchcontrolQueryCancelIsCanceled => {
            let response = cx.read_bits(ins, 1, 128)?;
            let cancelled = cx.emit.icmp(IntPredicate::NE, response, response.get_type().const_zero());
            cx.write(ins, 0, ScalarType::Pred, cancelled)
        }
        // Of a response that cancelled nothing the numbers have no meaning; they are its words.
        Opcode::ClusterlaunchcontrolQueryCancelGetFirstCtaid => {
            let response = cx.read_bits(ins, 1, 128)?;
            let word =
                |index: u64| cx.emit.zext_or_trunc(cx.emit.lshr(response, cx.emit.int(128, 32 * index)), 32);
            for (index, target) in (0..).zip(memory::elements(cx, ins.operand(0)?)) {
                cx.write_operand(ins, target, ScalarType::B32, word(index).into())?;
            }
            Ok(())
        }
        _ => Err(ins.unsupported()),
    }
}

/// Where the operand of a name stands, if the instruction has it.
fn index_of(ins: &Ins<'_>, name: &str) -> Option<usize> {
    let index = ins.form.operands.iter().position(|spec| spec.name == name)?;
    (index < ins.operands.len()).then_some(index)
}

/// Runs `body` for every offset below `end`, from `start` in steps.
fn each<'ctx>(
    cx: &Cx<'_, 'ctx>,
    start: IntValue<'ctx>,
    end: IntValue<'ctx>,
    step: u32,
    body: impl FnOnce(IntValue<'ctx>),
) {
    let e = &cx.emit;
    let word: BasicTypeEnum<'ctx> = e.int_type(32).into();
    let slot = cx.temporary(word);
    e.store_slot(slot, start.into());
    let [test, turn, done] = ["bulk", "chunk", "bulk_done"].map(|name| e.new_block(name));
    e.jump(test);
    e.position_at_end(test);
    let at = e.load_slot(word, slot).into_int_value();
    e.branch(e.icmp(IntPredicate::ULT, at, end), turn, done);
    e.position_at_end(turn);
    body(at);
    e.store_slot(slot, e.add(at, e.word(step)).into());
    e.jump(test);
    e.position_at_end(done);
}

/// The pointer that lies `offset` bytes further on.
fn at<'ctx>(cx: &Cx<'_, 'ctx>, base: PointerValue<'ctx>, offset: IntValue<'ctx>) -> PointerValue<'ctx> {
    cx.emit.pointer_offset(base, cx.emit.zext_or_trunc(offset, 64))
}

fn copy(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let target = cx.address(ins, 0, ins.form.modifiers.space)?;
    let source = cx.address(ins, 1, ins.form.modifiers.source_space)?;
    let size = cx.read_bits(ins, 2, 32)?;
    let e = &cx.emit;
    let [chosen, done] = ["copy", "copied"].map(|name| e.new_block(name));
    // This block is the first of its cluster, the only one that a mask of blocks can name.
    let mask = match index_of(ins, "c") {
        Some(index) if ins.form.modifiers.has("multicast::cluster") => {
            e.and(e.zext_or_trunc(cx.read_bits(ins, index, 16)?, 32), e.word(1))
        }
        _ => e.word(1),
    };
    e.branch(e.icmp(IntPredicate::NE, mask, e.word(0)), chosen, done);
    e.position_at_end(chosen);
    let byte_mask = match (ins.form.modifiers.has("cp_mask"), index_of(ins, "e")) {
        (true, Some(index)) => Some(e.zext_or_trunc(cx.read_bits(ins, index, 16)?, 32)),
        _ => None,
    };
    // Bytes at the ends that may lie outside of the allocation, and whose copies nobody may read.
    let (mut start, mut end) = (e.word(0), size);
    let ignores = ins.form.modifiers.has("ignore_oob");
    if let (true, Some(left), Some(right)) = (ignores, index_of(ins, "f"), index_of(ins, "g")) {
        start = cx.read_bits(ins, left, 32)?;
        end = e.sub(size, cx.read_bits(ins, right, 32)?);
    }
    if ignores || byte_mask.is_some() {
        let byte: BasicTypeEnum<'_> = e.int_type(8).into();
        let access = Access { alignment: 1, ..Access::default() };
        each(cx, start, end, 1, |offset| {
            let [wanted, next] = ["byte", "byte_done"].map(|name| e.new_block(name));
            let bit = byte_mask.map_or(e.word(1), |mask| e.lshr(mask, e.and(offset, e.word(CHUNK - 1))));
            e.branch(e.zext_or_trunc(bit, 1), wanted, next);
            e.position_at_end(wanted);
            e.store(at(cx, target, offset), e.load(byte, at(cx, source, offset), access), access);
            e.jump(next);
            e.position_at_end(next);
        });
    } else {
        let chunk: BasicTypeEnum<'_> = e.int_type(32).vec_type(CHUNK / 4).into();
        let access = Access { alignment: CHUNK, ..Access::default() };
        each(cx, start, end, CHUNK, |offset| {
            e.store(at(cx, target, offset), e.load(chunk, at(cx, source, offset), access), access);
        });
    }
    if let Some(index) = index_of(ins, "mbar") {
        mbarrier::complete_bytes(cx, ins, index, size)?;
    }
    cx.emit.jump(done);
    cx.emit.position_at_end(done);
    Ok(())
}

/// `cp.reduce.async.bulk`: each element atomically, the whole not.
fn reduce(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let target = cx.address(ins, 0, ins.form.modifiers.space)?;
    let source = cx.address(ins, 1, ins.form.modifiers.source_space)?;
    let size = cx.read_bits(ins, 2, 32)?;
    let ty = ins.ty();
    let operation = ins.form.modifiers.atomic.ok_or_else(|| ins.unsupported())?;
    let code = read_modify_write(operation, ty).ok_or_else(|| ins.unsupported())?;
    let element = match ty.kind() {
        TypeKind::Float => cx.llvm_type(ty),
        _ => cx.emit.int_type(ty.bits()).into(),
    };
    let access = Access { alignment: ty.bytes(), ..Access::default() };
    let scope = sync_scope(None, SyncScope::Agent, target);
    each(cx, cx.emit.word(0), size, ty.bytes(), |offset| {
        let value = cx.emit.load(element, at(cx, source, offset), access);
        let place = at(cx, target, offset);
        cx.emit.read_modify_write(code, place, value, AtomicOrdering::Monotonic, scope);
    });
    match index_of(ins, "mbar") {
        Some(index) => mbarrier::complete_bytes(cx, ins, index, size),
        None => Ok(()),
    }
}

/// How far the release of an asynchronous operation on global memory reaches.
fn release<'ctx>(ins: &Ins<'_>, pointer: PointerValue<'ctx>) -> (AtomicOrdering, SyncScope) {
    (AtomicOrdering::Release, sync_scope(ins.form.modifiers.scope, SyncScope::Agent, pointer))
}

fn store(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let ty = ins.ty();
    let barrier = index_of(ins, "mbar");
    let space = if barrier.is_some() { StateSpace::Shared } else { StateSpace::Global };
    let pointer = cx.address(ins, 0, Some(space))?;
    let values = memory::elements(cx, ins.operand(1)?);
    for (index, &value) in (0u32..).zip(&values) {
        let place = at(cx, pointer, cx.emit.word(index * ty.bytes()));
        let value = cx.read_stored(ins, value, ty.bits())?;
        let atomic = barrier.is_none().then(|| release(ins, place));
        cx.emit.store(place, value, Access { alignment: ty.bytes(), atomic, ..Access::default() });
    }
    let bytes = ty.bytes() * u32::try_from(values.len()).unwrap_or(1);
    match barrier {
        Some(index) => mbarrier::complete_bytes(cx, ins, index, cx.emit.word(bytes)),
        None => Ok(()),
    }
}

fn reduce_one(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let barrier = index_of(ins, "mbar");
    let space = if barrier.is_some() { StateSpace::Shared } else { StateSpace::Global };
    let pointer = cx.address(ins, 0, Some(space))?;
    let value: Value<'_> = cx.read_int(ins, 1, ins.ty())?.into();
    let operation = ins.form.modifiers.atomic.ok_or_else(|| ins.unsupported())?;
    let code = read_modify_write(operation, ins.ty()).ok_or_else(|| ins.unsupported())?;
    let (ordering, scope) = match barrier {
        Some(_) => (AtomicOrdering::Monotonic, SyncScope::Workgroup),
        None => release(ins, pointer),
    };
    cx.emit.read_modify_write(code, pointer, value, ordering, scope);
    match barrier {
        Some(index) => mbarrier::complete_bytes(cx, ins, index, cx.emit.word(ins.ty().bytes())),
        None => Ok(()),
    }
}

/// `st.bulk`: shared memory filled with zeros, eight bytes at a time.
fn clear(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Result<(), Diagnostic> {
    const STEP: u32 = 8;
    let pointer = cx.address(ins, 0, ins.form.modifiers.space)?;
    let size = cx.emit.zext_or_trunc(cx.read_bits(ins, 1, 64)?, 32);
    let zero = cx.emit.int(64, 0);
    each(cx, cx.emit.word(0), size, STEP, |offset| {
        let access = Access { alignment: STEP, ..Access::default() };
        cx.emit.store(at(cx, pointer, offset), zero.into(), access);
    });
    Ok(())
}
