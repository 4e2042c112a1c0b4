//! Special registers: `%tid`, `%laneid`, `%clock` and the rest.

use super::function::FunctionLowering;
use super::instruction::Ins;
use super::kernel::{self, WARP_SHIFT, WARP_SIZE};
use crate::codegen::emitter::Value;
use inkwell::values::{InstructionOpcode, IntValue};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{Component, SpecialRegister};

/// The value of a special register.
pub fn read<'ctx>(
    cx: &FunctionLowering<'_, 'ctx>,
    ins: &Ins<'_>,
    register: SpecialRegister,
    component: Option<Component>,
) -> Result<Value<'ctx>, Diagnostic> {
    use SpecialRegister as S;
    let e = &cx.emit;
    let axis = component.map_or(0, Component::index);
    let by_axis = |value: &dyn Fn(u64) -> IntValue<'ctx>, beyond: u32| {
        if axis < 3 { value(axis as u64) } else { e.word(beyond) }
    };
    let lane = || warp_lane(cx);
    let one_shifted = || e.shl(e.word(1), lane());
    let value = match register {
        S::Tid => by_axis(&|axis| cx.thread[axis as usize], 0),
        S::Ntid => by_axis(&|axis| kernel::block_size(cx, axis), 1),
        S::CtaId => by_axis(
            &|axis| {
                let name = [
                    "llvm.amdgcn.workgroup.id.x",
                    "llvm.amdgcn.workgroup.id.y",
                    "llvm.amdgcn.workgroup.id.z",
                ];
                e.intrinsic(name[axis as usize], &[], &[]).into_int_value()
            },
            0,
        ),
        S::NCtaId => by_axis(&|axis| kernel::grid_size(cx, axis), 1),
        S::LaneId => lane(),
        S::WarpId => e.lshr(kernel::flat_thread(cx), e.word(WARP_SHIFT as u32)),
        S::NWarpId => {
            let [x, y, z] = [0, 1, 2].map(|axis| kernel::block_size(cx, axis));
            let threads = e.mul(e.mul(x, y), z);
            e.lshr(e.add(threads, e.word(WARP_SIZE - 1)), e.word(WARP_SHIFT as u32))
        }
        S::LaneMaskEq => one_shifted(),
        S::LaneMaskLt => e.sub(one_shifted(), e.word(1)),
        S::LaneMaskLe => e.or(e.sub(one_shifted(), e.word(1)), one_shifted()),
        S::LaneMaskGt => e.not(e.or(e.sub(one_shifted(), e.word(1)), one_shifted())),
        S::LaneMaskGe => e.not(e.sub(one_shifted(), e.word(1))),
        S::Clock64 => clock(cx),
        S::Clock => e.zext_or_trunc(clock(cx), 32),
        S::ClockHi => e.zext_or_trunc(e.lshr(clock(cx), e.int(64, 32)), 32),
        S::GlobalTimer => global_timer(cx),
        S::GlobalTimerLo => e.zext_or_trunc(global_timer(cx), 32),
        S::GlobalTimerHi => e.zext_or_trunc(e.lshr(global_timer(cx), e.int(64, 32)), 32),
        // What cooperative groups read: the address of a cooperative launch's workspace in two halves, 0 in any other.
        S::EnvReg(1) => e.zext_or_trunc(e.lshr(kernel::grid_workspace(cx), e.int(64, 32)), 32),
        S::EnvReg(2) => e.zext_or_trunc(kernel::grid_workspace(cx), 32),
        S::DynamicSmemSize => kernel::dynamic_shared_size(cx),
        other => {
            let message = format!("the special register `{}` is not supported", other.name());
            return Err(Diagnostic::error(ins.span, message));
        }
    };
    Ok(value.into())
}

/// `%laneid`: the lane within the warp.
pub fn warp_lane<'ctx>(cx: &FunctionLowering<'_, 'ctx>) -> IntValue<'ctx> {
    cx.emit.and(cx.lane, cx.emit.word(WARP_SIZE - 1))
}

fn clock<'ctx>(cx: &FunctionLowering<'_, 'ctx>) -> IntValue<'ctx> {
    cx.emit.intrinsic("llvm.readcyclecounter", &[], &[]).into_int_value()
}

/// Nanoseconds: the 100 MHz counter times ten.
fn global_timer<'ctx>(cx: &FunctionLowering<'_, 'ctx>) -> IntValue<'ctx> {
    let ticks = cx.emit.intrinsic("llvm.readsteadycounter", &[], &[]).into_int_value();
    cx.emit.binary(InstructionOpcode::Mul, ticks, cx.emit.int(64, 10))
}
