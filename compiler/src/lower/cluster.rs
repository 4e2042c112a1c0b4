//! Clusters of blocks (PTX ISA 9.7.9.23, 9.7.13): gfx90a has none, so each block is a cluster of its own, rank 0 of one.
//!
//! Also the fences between proxies: there is one way to memory only, so they are fences of that.

use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use super::sync;
use crate::codegen::emitter::Value;
use crate::codegen::llvm_ext::SyncScope;
use inkwell::AtomicOrdering;
use ptx_frontend::isa::{Opcode, ScalarType, Semantics};
use ptx_frontend::module::Operand;

/// Lowers an instruction of the chapter.
pub fn lower(cx: &mut FunctionLowering<'_, '_>, ins: &Ins<'_>) -> Lowered {
    match ins.form.opcode {
        // The address of the same variable in the only block there is.
        Opcode::Mapa => {
            let ty = if ins.ty().bits() == 64 { ScalarType::B64 } else { ScalarType::B32 };
            let value: Value<'_> = match ins.operand(1)? {
                Operand::Symbol { symbol, offset } => {
                    let pointer = cx.address_of(symbol);
                    cx.emit.pointer_offset(pointer, cx.emit.int(64, offset.cast_unsigned())).into()
                }
                _ => cx.read_bits(ins, 1, ty.bits())?.into(),
            };
            cx.write(ins, 0, ty, value)
        }
        Opcode::Getctarank => cx.write(ins, 0, ScalarType::B32, cx.emit.word(0)),
        Opcode::FenceMbarrierInit => {
            cx.emit.fence(AtomicOrdering::Release, SyncScope::Workgroup);
            Ok(())
        }
        Opcode::MembarProxy
        | Opcode::FenceProxy
        | Opcode::FenceProxyAsync
        | Opcode::FenceProxyTensormap
        | Opcode::FenceAcquireRestrict => {
            cx.emit.fence(AtomicOrdering::SequentiallyConsistent, SyncScope::System);
            Ok(())
        }
        // Every block has a barrier to itself: all its threads meet where they wait. Arriving only publishes what they wrote.
        Opcode::BarrierClusterArrive => {
            if ins.form.modifiers.semantics != Some(Semantics::Relaxed) {
                cx.emit.fence(AtomicOrdering::Release, SyncScope::Workgroup);
            }
            Ok(())
        }
        Opcode::BarrierClusterWait => {
            sync::block_barrier(cx);
            Ok(())
        }
        // No kernel starts before those that it depends on have ended, so there is nothing to wait for.
        Opcode::GriddepcontrolLaunchDependents | Opcode::GriddepcontrolWait => Ok(()),
        // Events of a profiler, and how registers are shared between warps: nothing that a program can see.
        Opcode::Pmevent | Opcode::Setmaxnreg => Ok(()),
        _ => Err(ins.unsupported()),
    }
}
