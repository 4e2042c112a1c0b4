//! `atom` and `red` (PTX ISA 9.7.13.5, 9.7.13.6).
//!
//! One LLVM `atomicrmw` or `cmpxchg` each; whether the old value is used decides between gfx90a's forms with and without
//! a result. `codegen::atomics_metadata` later adds the marks without which most of them would become loops.

use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use super::memory::{elements, sync_scope};
use crate::codegen::emitter::Value;
use crate::codegen::llvm_ext::{ReadModifyWrite, SyncScope};
use inkwell::AtomicOrdering;
use inkwell::values::PointerValue;
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{AtomicOp, Opcode, ScalarType, Semantics, TypeKind};
use ptx_frontend::module::Operand;

/// Lowers `atom` and `red`.
pub fn lower(cx: &mut FunctionLowering<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let modifiers = &ins.form.modifiers;
    let ty = ins.ty();
    if ty.bits() > 64 || ty.bits() < 16 {
        return Err(ins.unsupported());
    }
    let first = usize::from(ins.form.opcode == Opcode::Atom);
    let pointer = cx.address(ins, first, modifiers.space)?;
    let scope = sync_scope(modifiers.scope, SyncScope::Agent, pointer);
    let ordering = match modifiers.semantics {
        None | Some(Semantics::Relaxed) => AtomicOrdering::Monotonic,
        Some(Semantics::Acquire) => AtomicOrdering::Acquire,
        Some(Semantics::Release) => AtomicOrdering::Release,
        Some(Semantics::AcqRel) => AtomicOrdering::AcquireRelease,
        Some(_) => return Err(ins.unsupported()),
    };
    let operation = modifiers.atomic.ok_or_else(|| ins.unsupported())?;
    if modifiers.vector.is_some() {
        return vector(cx, ins, pointer, operation, (ordering, scope));
    }
    let old = if operation == AtomicOp::Cas {
        let compare = cx.read_int(ins, first + 1, ty)?;
        let value = cx.read_int(ins, first + 2, ty)?;
        cx.emit.compare_exchange(pointer, compare.into(), value.into(), ordering, scope)
    } else {
        let code = read_modify_write(operation, ty).ok_or_else(|| ins.unsupported())?;
        let operand = ins.operand(first + 1)?;
        let value = operand_value(cx, ins, operand, ty)?;
        cx.emit.read_modify_write(code, pointer, value, ordering, scope)
    };
    if first == 1 { cx.write(ins, 0, ty, old) } else { Ok(()) }
}

/// A value as the operation on its type wants it.
fn operand_value<'ctx>(
    cx: &FunctionLowering<'_, 'ctx>,
    ins: &Ins<'_>,
    operand: Operand,
    ty: ScalarType,
) -> Result<Value<'ctx>, Diagnostic> {
    let half = match ty {
        ScalarType::F16x2 => cx.module.context.f16_type(),
        ScalarType::BF16x2 => cx.module.context.bf16_type(),
        _ => return cx.read_operand(ins, operand, ty),
    };
    let bits = cx.read_operand(ins, operand, ScalarType::B32)?;
    Ok(cx.emit.bitcast(bits, half.vec_type(2).into()))
}

/// The vector forms: each element atomically, the whole not (PTX ISA 9.7.13.5).
fn vector<'ctx>(
    cx: &FunctionLowering<'_, 'ctx>,
    ins: &Ins<'_>,
    pointer: PointerValue<'ctx>,
    operation: AtomicOp,
    (ordering, scope): (AtomicOrdering, SyncScope),
) -> Lowered {
    let ty = ins.ty();
    let first = usize::from(ins.form.opcode == Opcode::Atom);
    let code = read_modify_write(operation, ty).ok_or_else(|| ins.unsupported())?;
    let sources = elements(cx, ins.operand(first + 1)?);
    let targets = if first == 1 { elements(cx, ins.operand(0)?) } else { Vec::new() };
    for (index, &source) in (0u32..).zip(&sources) {
        let value = operand_value(cx, ins, source, ty)?;
        let place = cx.emit.pointer_offset(pointer, cx.emit.int(64, u64::from(index * ty.bytes())));
        let old = cx.emit.read_modify_write(code, place, value, ordering, scope);
        if let Some(&target) = targets.get(index as usize) {
            cx.write_operand(ins, target, ty, old)?;
        }
    }
    Ok(())
}

/// LLVM's operation for one of PTX on a type.
pub fn read_modify_write(operation: AtomicOp, ty: ScalarType) -> Option<ReadModifyWrite> {
    use ReadModifyWrite as R;
    let floating = matches!(ty.kind(), TypeKind::Float | TypeKind::Packed);
    Some(match (operation, floating, ty.is_signed()) {
        (AtomicOp::Add, true, _) => R::FAdd,
        (AtomicOp::Min, true, _) => R::FMin,
        (AtomicOp::Max, true, _) => R::FMax,
        (AtomicOp::Exch, ..) => R::Exchange,
        (_, true, _) => return None,
        (AtomicOp::Add, ..) => R::Add,
        (AtomicOp::And, ..) => R::And,
        (AtomicOp::Or, ..) => R::Or,
        (AtomicOp::Xor, ..) => R::Xor,
        (AtomicOp::Min, _, true) => R::Min,
        (AtomicOp::Max, _, true) => R::Max,
        (AtomicOp::Min, ..) => R::UMin,
        (AtomicOp::Max, ..) => R::UMax,
        (AtomicOp::Inc, ..) => R::Increment,
        (AtomicOp::Dec, ..) => R::Decrement,
        (AtomicOp::Cas | AtomicOp::CasAsync, ..) => return None,
    })
}
