//! Computes an address in LDS once that is a sum of two registers and used in other blocks.
//!
//! LLVM takes `register + register + constant` for an address that `ds_*` can use, and moves the sum into every block that
//! uses it; gfx90a adds a constant only. An empty piece of assembly behind the sum keeps it where it is. Runs after the
//! optimiser, which has moved the sum out of the loop.

use super::emitter::space;
use super::operands;
use inkwell::module::Module;
use inkwell::types::AnyTypeEnum;
use inkwell::values::{BasicValueEnum, InstructionOpcode, InstructionValue, ValueKind};

const POSITIONED: &str = "the builder is positioned and the operands' types agree";

/// Keeps every such address of the module in place.
pub fn run(module: &Module<'_>) {
    let context = module.get_context();
    let builder = context.create_builder();
    for address in operands::instructions(module, InstructionOpcode::GetElementPtr) {
        let AnyTypeEnum::PointerType(ty) = address.get_type() else { continue };
        if ty.get_address_space() != space::shared() || !is_sum_of_two(address) || !is_used_elsewhere(address)
        {
            continue;
        }
        let next = address.get_next_instruction().expect("a block ends in a terminator");
        builder.position_before(&next);
        let signature = ty.fn_type(&[ty.into()], false);
        let nothing =
            context.create_inline_asm(signature, String::new(), "=v,0".into(), false, false, None, false);
        let pointer = operands::pointer_result(address);
        let site = builder.build_indirect_call(signature, nothing, &[pointer.into()], "").expect(POSITIONED);
        let ValueKind::Basic(BasicValueEnum::PointerValue(kept)) = site.try_as_basic_value() else {
            unreachable!("the assembly gives a pointer");
        };
        let kept = kept.as_instruction().expect("a call is an instruction");
        address.replace_all_uses_with(&kept);
        assert!(kept.set_operand(0, pointer), "the assembly has an operand");
    }
}

/// Whether an address is `base + a + b` with two values that vary.
fn is_sum_of_two(address: InstructionValue<'_>) -> bool {
    let varies = |gep: InstructionValue<'_>| {
        gep.get_num_operands() == 2 && operands::int(gep, 1).is_some_and(|index| !index.is_const())
    };
    let base = operands::pointer(address, 0).and_then(|base| base.as_instruction());
    varies(address)
        && base.is_some_and(|base| base.get_opcode() == InstructionOpcode::GetElementPtr && varies(base))
}

/// Whether an address, or a fixed distance from it, is used outside its block.
fn is_used_elsewhere(address: InstructionValue<'_>) -> bool {
    let block = address.get_parent();
    let mut work = vec![address];
    while let Some(instruction) = work.pop() {
        for found in operands::users(instruction) {
            if found.get_parent() != block {
                return true;
            }
            let is_distance = found.get_opcode() == InstructionOpcode::GetElementPtr
                && operands::int(found, 1).is_some_and(|index| index.is_const());
            if is_distance {
                work.push(found);
            }
        }
    }
    false
}
