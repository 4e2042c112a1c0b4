//! The entry of a function: who this thread is, where the parameters are, which lanes stay.
//!
//! Kernels take one `byref` argument in constant memory with CUDA's own layout, so that parameters are scalar loads and
//! the layout is ours, structs included. Device functions take values and keep them in scratch slots, because PTX lets a
//! body take a parameter's address. In the split mapping, lanes 32 to 63 leave at once.

use super::function::{FunctionLowering, Lowered};
use crate::codegen::emitter::{Access, Value, space};
use inkwell::IntPredicate;
use inkwell::basic_block::BasicBlock;
use inkwell::values::IntValue;
use ptx_frontend::module::FunctionKind;
use wavefold_formats::note::WarpMapping;

/// Lanes of a CUDA warp.
pub const WARP_SIZE: u32 = 32;
/// Log2 of AMD's wavefront size.
const WAVEFRONT_SHIFT: u64 = 6;
/// Log2 of CUDA's warp size.
pub const WARP_SHIFT: u64 = 5;

/// Offset of `hidden_block_count_x` in the implicit arguments (code object version 5); y and z follow.
const BLOCK_COUNT: u64 = 0;
/// Offset of `hidden_group_size_x`, 16 bits; y and z follow. In both mappings it holds CUDA's block size.
const GROUP_SIZE: u64 = 12;
/// Offset of `hidden_multigrid_sync_arg`, where our runtime puts the workspace of a cooperative launch.
const GRID_WORKSPACE: u64 = 88;
/// Offset of `hidden_dynamic_lds_size`.
const DYNAMIC_LDS_SIZE: u64 = 120;

/// Computes the lane and, in the split mapping, `%tid` in the entry block.
pub fn read_identity(cx: &mut FunctionLowering<'_, '_>) {
    let all = cx.emit.word(u32::MAX);
    let low = cx.emit.intrinsic("llvm.amdgcn.mbcnt.lo", &[], &[all.into(), cx.emit.word(0).into()]);
    let lane = cx.emit.intrinsic("llvm.amdgcn.mbcnt.hi", &[], &[all.into(), low]);
    cx.lane = lane.into_int_value();
    let id = |name: &str| cx.emit.intrinsic(name, &[], &[]).into_int_value();
    cx.thread = match cx.mapping {
        WarpMapping::Fold => {
            ["llvm.amdgcn.workitem.id.x", "llvm.amdgcn.workitem.id.y", "llvm.amdgcn.workitem.id.z"].map(id)
        }
        WarpMapping::Split => {
            let flat = split_thread(cx, id("llvm.amdgcn.workitem.id.x"));
            let [x, y, _] = [0, 1, 2].map(|axis| block_size(cx, axis));
            let divide = |a, b| cx.emit.binary(inkwell::values::InstructionOpcode::UDiv, a, b);
            let remainder = |a, b| cx.emit.binary(inkwell::values::InstructionOpcode::URem, a, b);
            let rows = divide(flat, x);
            [remainder(flat, x), remainder(rows, y), divide(rows, y)]
        }
    };
}

/// CUDA's flat thread number from a split kernel's flat work-item number.
fn split_thread<'ctx>(cx: &FunctionLowering<'_, 'ctx>, item: IntValue<'ctx>) -> IntValue<'ctx> {
    let wavefront = cx.emit.lshr(item, cx.emit.word(WAVEFRONT_SHIFT as u32));
    let warp = cx.emit.shl(wavefront, cx.emit.word(WARP_SHIFT as u32));
    cx.emit.or(warp, cx.emit.and(item, cx.emit.word(WARP_SIZE - 1)))
}

/// `%tid` as one number, x fastest: CUDA's order of threads in warps.
pub fn flat_thread<'ctx>(cx: &FunctionLowering<'_, 'ctx>) -> IntValue<'ctx> {
    let [x, y, z] = cx.thread;
    let row = cx.emit.add(y, cx.emit.mul(z, block_size(cx, 1)));
    cx.emit.add(x, cx.emit.mul(row, block_size(cx, 0)))
}

/// Ends the entry block; gives the block where the body goes on. In a split kernel only lanes 0 to 31 get there, and of
/// those only threads that CUDA's block has (its size need not be a multiple of the warp's).
pub fn leave_upper_half<'ctx>(cx: &FunctionLowering<'_, 'ctx>) -> BasicBlock<'ctx> {
    if cx.mapping == WarpMapping::Fold || cx.function.kind == FunctionKind::Device {
        return cx.emit.block();
    }
    let mask = cx.emit.int(64, u64::from(u32::MAX));
    let lower = cx.emit.intrinsic("llvm.amdgcn.inverse.ballot", &[mask.get_type().into()], &[mask.into()]);
    let [x, y, z] = [0, 1, 2].map(|axis| block_size(cx, axis));
    let threads = cx.emit.mul(cx.emit.mul(x, y), z);
    let item = cx.emit.intrinsic("llvm.amdgcn.workitem.id.x", &[], &[]).into_int_value();
    let inside = cx.emit.icmp(IntPredicate::ULT, split_thread(cx, item), threads);
    let (body, exit) = (cx.emit.new_block("body"), cx.emit.new_block("upper_half"));
    let stays = cx.emit.and(lower.into_int_value(), inside);
    cx.emit.branch(stays, body, exit);
    cx.emit.position_at_end(exit);
    cx.emit.ret(None);
    cx.emit.position_at_end(body);
    body
}

/// Finds the parameters and return parameters: constant memory for kernels, scratch slots for device functions.
pub fn bind_parameters(cx: &mut FunctionLowering<'_, '_>) -> Lowered {
    if cx.function.kind == FunctionKind::Kernel {
        let layout = super::module::kernel_parameters(cx.function)?;
        let Some(base) = cx.value.get_first_param() else { return Ok(()) };
        for parameter in &layout.parameters {
            let offset = cx.emit.int(64, u64::from(parameter.offset));
            cx.parameters.push(cx.emit.offset(base.into_pointer_value(), offset));
        }
        return Ok(());
    }
    for (parameter, value) in cx.function.parameters.iter().zip(cx.value.get_params()) {
        if let Some(register) = parameter.register {
            cx.write_register(register, parameter.ty.scalar, value);
        }
        let slot = cx.emit.alloca(value.get_type(), parameter.alignment.max(8), "");
        cx.emit.store_slot(slot, value);
        cx.parameters.push(slot);
    }
    for parameter in &cx.function.returns {
        let slot = cx.emit.alloca(cx.module.passed_type(parameter), parameter.alignment.max(8), "");
        cx.returns.push(slot);
    }
    Ok(())
}

/// `%ntid` of an axis.
pub fn block_size<'ctx>(cx: &FunctionLowering<'_, 'ctx>, axis: u64) -> IntValue<'ctx> {
    if cx.function.kind == FunctionKind::Kernel
        && let Some(required) = cx.function.directives.required_threads
    {
        return cx.emit.word(required[axis as usize]);
    }
    let narrow = implicit(cx, GROUP_SIZE + 2 * axis, 16);
    cx.emit.zext_or_trunc(narrow, 32)
}

/// `%nctaid` of an axis.
pub fn grid_size<'ctx>(cx: &FunctionLowering<'_, 'ctx>, axis: u64) -> IntValue<'ctx> {
    implicit(cx, BLOCK_COUNT + 4 * axis, 32)
}

/// `%dynamic_smem_size`.
pub fn dynamic_shared_size<'ctx>(cx: &FunctionLowering<'_, 'ctx>) -> IntValue<'ctx> {
    implicit(cx, DYNAMIC_LDS_SIZE, 32)
}

/// The address of a cooperative launch's workspace, 0 in any other launch.
pub fn grid_workspace<'ctx>(cx: &FunctionLowering<'_, 'ctx>) -> IntValue<'ctx> {
    implicit(cx, GRID_WORKSPACE, 64)
}

fn implicit<'ctx>(cx: &FunctionLowering<'_, 'ctx>, offset: u64, bits: u32) -> IntValue<'ctx> {
    let base = cx.emit.intrinsic("llvm.amdgcn.implicitarg.ptr", &[], &[]);
    debug_assert_eq!(base.get_type(), cx.emit.pointer_type(space::constant()).into());
    let pointer = cx.emit.offset(base.into_pointer_value(), cx.emit.int(64, offset));
    let access = Access { alignment: bits / 8, invariant: true, ..Access::default() };
    let value: Value<'ctx> = cx.emit.load(cx.emit.int_type(bits).into(), pointer, access);
    value.into_int_value()
}
