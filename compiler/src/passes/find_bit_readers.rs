//! Finds the registers whose f32 denormals somebody could see.
//!
//! `neg.ftz` and `abs.ftz` flush denormals in PTX, and are free on gfx90a only as sign modifiers, which do not. If every
//! reader of the result is flushing f32 arithmetic, the difference cannot be seen; a store or a move could show it.

use super::recover_pointers::registers_of;
use ptx_frontend::isa::{Access, Opcode, ScalarType};
use ptx_frontend::module::{Function, Module};

/// For each register, whether its bits are seen.
pub fn run(module: &Module, function: &Function) -> Vec<bool> {
    let mut seen = vec![false; function.register_count()];
    for instruction in &function.instructions {
        let form = module.form(instruction.form);
        let flushes =
            form.modifiers.ftz && form.ty() == ScalarType::F32 && !matches!(form.opcode, Opcode::Slct);
        for (index, operand) in function.operands_of(instruction).iter().enumerate() {
            let writes = form.operands.get(index).is_some_and(|spec| spec.access == Access::Write);
            if !writes && !flushes {
                for register in registers_of(function, operand) {
                    seen[register.index()] = true;
                }
            }
        }
    }
    seen
}
