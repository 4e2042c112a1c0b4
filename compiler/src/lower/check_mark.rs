//! Marks for the emulator's `sync` check (`--check-marks`).
//!
//! Before a warp instruction that names its members stands an `s_nop` of its own, and section `.wavefold.sync`, which is
//! not loaded, says for each of them: its address (8 bytes), then the instruction and its membermask as a text that ends
//! with a zero (`shfl.sync.down.b32 -1`, `vote.sync.all.pred v3`). Without the option there is nothing of this, because
//! even a mark without an instruction would keep LLVM from moving others across it.

use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use crate::codegen::emitter::Value;
use inkwell::module::Module;
use ptx_frontend::module::Operand;

/// Says that a module was compiled with marks, even if it has no instruction to mark: an entry of address zero.
pub fn mark_module(module: &Module<'_>) {
    module.set_inline_assembly(
        "\t.section .wavefold.sync,\"\",@progbits\n\t.quad 0\n\t.asciz \"module 0\"\n\t.text\n",
    );
}

/// Marks a `.sync` instruction, whose last operand is its membermask.
pub fn mark(cx: &mut FunctionLowering<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let is_sync = ins.form.text.split('.').any(|part| part == "sync");
    let Some(last) = ins.operands.len().checked_sub(1).filter(|_| is_sync && cx.module.facts.check_marks)
    else {
        return Ok(());
    };
    let (mask, constraints, operands): (String, _, Vec<Value<'_>>) = match ins.operands[last] {
        Operand::Immediate(mask) => (format!("{}", mask.bits() as u32 as i32), "", Vec::new()),
        _ => ("$0".into(), "v", vec![cx.read_bits(ins, last, 32)?.into()]),
    };
    let text = format!(
        "1:\n\ts_nop 0\n\t.pushsection .wavefold.sync,\"\",@progbits\n\t.quad 1b\n\t.asciz \"{} {mask}\"\n\t.popsection",
        ins.form.text
    );
    cx.emit.effect(&text, constraints, &operands);
    Ok(())
}
