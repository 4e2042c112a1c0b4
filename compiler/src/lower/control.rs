//! Control flow (PTX ISA 9.7.12) and what ends or delays a thread (9.7.19).

use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use ptx_frontend::isa::Opcode;
use ptx_frontend::module::{FunctionKind, Operand};

/// Lowers an instruction of the chapter; guards are handled outside.
pub fn lower(cx: &mut FunctionLowering<'_, '_>, ins: &Ins<'_>) -> Lowered {
    match ins.form.opcode {
        Opcode::Bra => match ins.operand(0)? {
            Operand::Block(target) => {
                cx.emit.jump(cx.target(target));
                Ok(())
            }
            _ => Err(ins.unsupported_operand(0)),
        },
        Opcode::BrxIdx => indexed_branch(cx, ins),
        Opcode::Call => super::calls::lower(cx, ins),
        Opcode::Ret => {
            cx.leave();
            Ok(())
        }
        Opcode::Exit if cx.function.kind == FunctionKind::Kernel || cx.module.exits(cx.id) => {
            cx.exit();
            Ok(())
        }
        Opcode::Exit => Err(ins.unsupported_because("it stands in a function whose address is taken")),
        Opcode::Trap => {
            cx.emit.intrinsic_void("llvm.trap", &[], &[]);
            cx.emit.unreachable();
            Ok(())
        }
        Opcode::Brkpt => {
            cx.emit.intrinsic_void("llvm.debugtrap", &[], &[]);
            Ok(())
        }
        Opcode::Nanosleep => {
            // The duration is at most a hint; the wave steps back for some hundred clocks.
            const SLEEP: u32 = 8;
            cx.emit.intrinsic_void("llvm.amdgcn.s.sleep", &[], &[cx.emit.word(SLEEP).into()]);
            Ok(())
        }
        _ => Err(ins.unsupported()),
    }
}

/// A jump by a table; an index beyond it is undefined in PTX.
fn indexed_branch(cx: &mut FunctionLowering<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let index = cx.read_bits(ins, 0, 32)?;
    let Operand::BranchTargets(list) = ins.operand(1)? else { return Err(ins.unsupported_operand(1)) };
    let targets = &cx.function.branch_targets[list.index()].blocks;
    let cases: Vec<_> =
        (0u32..).zip(targets).map(|(i, &target)| (cx.emit.word(i), cx.target(target))).collect();
    let beyond = cx.emit.new_block("beyond_the_table");
    cx.emit.switch(index, beyond, &cases);
    cx.emit.position_at_end(beyond);
    cx.emit.unreachable();
    Ok(())
}
