//! `atom` and `red` (PTX ISA 9.7.13.5, 9.7.13.6).
//!
//! One LLVM `atomicrmw` or `cmpxchg` each; whether the old value is used decides between gfx90a's forms with and without
//! a result. `codegen::atomics_metadata` later adds the marks without which most of them would become loops.

use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use super::memory::sync_scope;
use crate::codegen::llvm_ext::{ReadModifyWrite, SyncScope};
use inkwell::AtomicOrdering;
use ptx_frontend::isa::{AtomicOp, Opcode, ScalarType, Semantics, TypeKind};

/// Lowers `atom` and `red`.
pub fn lower(cx: &mut FunctionLowering<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let modifiers = &ins.form.modifiers;
    let ty = ins.ty();
    if modifiers.vector.is_some() || ty.bits() > 64 || ty.bits() < 16 {
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
    let old = if operation == AtomicOp::Cas {
        let compare = cx.read_int(ins, first + 1, ty)?;
        let value = cx.read_int(ins, first + 2, ty)?;
        cx.emit.compare_exchange(pointer, compare.into(), value.into(), ordering, scope)
    } else {
        let code = read_modify_write(operation, ty).ok_or_else(|| ins.unsupported())?;
        let value = match ty.kind() {
            TypeKind::Float => cx.read(ins, first + 1, ty)?,
            TypeKind::Packed => {
                let half = match ty {
                    ScalarType::F16x2 => cx.module.context.f16_type(),
                    ScalarType::BF16x2 => cx.module.context.bf16_type(),
                    _ => return Err(ins.unsupported()),
                };
                let bits = cx.read_bits(ins, first + 1, 32)?;
                cx.emit.bitcast(bits.into(), half.vec_type(2).into())
            }
            _ => cx.read_int(ins, first + 1, ty)?.into(),
        };
        cx.emit.read_modify_write(code, pointer, value, ordering, scope)
    };
    if first == 1 { cx.write(ins, 0, ty, old) } else { Ok(()) }
}

fn read_modify_write(operation: AtomicOp, ty: ScalarType) -> Option<ReadModifyWrite> {
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
