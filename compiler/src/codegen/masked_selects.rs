//! Applies a constant to an integer or leaves it, with the constant in the instruction instead of in a register.
//!
//! The optimiser writes `c ? x & k : x` as `x & (c ? k : -1)`. gfx90a's select of two constants takes no literal, so each
//! constant beyond the inline ones is kept in a vector register, for the whole of a loop. `v_and_b32` takes a literal, and a
//! select of two registers follows. Runs after the optimiser.

use super::llvm_ext;
use super::operands;
use inkwell::builder::Builder;
use inkwell::module::Module;
use inkwell::values::{InstructionOpcode, InstructionValue, IntValue};

const POSITIONED: &str = "the builder is positioned and the operands' types agree";
/// What gfx90a encodes within an instruction.
const INLINE: std::ops::RangeInclusive<i64> = -16..=64;

/// Rewrites every such operation of the module.
pub fn run(module: &Module<'_>) {
    let builder = module.get_context().create_builder();
    for opcode in
        [InstructionOpcode::And, InstructionOpcode::Or, InstructionOpcode::Xor, InstructionOpcode::Add]
    {
        for operation in operands::instructions(module, opcode) {
            let Some(choice) = recognise(operation) else { continue };
            builder.position_before(&operation);
            let applied = apply(&builder, opcode, choice.value, choice.constant);
            let (yes, no) = if choice.when_true { (applied, choice.value) } else { (choice.value, applied) };
            let made = builder.build_select(choice.condition, yes, no, "").expect(POSITIONED);
            llvm_ext::replace_uses(operation, made);
            operation.erase_from_basic_block();
        }
    }
}

/// `value op constant` where the condition is `when_true`, else `value`.
struct Choice<'ctx> {
    condition: IntValue<'ctx>,
    when_true: bool,
    value: IntValue<'ctx>,
    constant: IntValue<'ctx>,
}

fn recognise(operation: InstructionValue<'_>) -> Option<Choice<'_>> {
    [(0, 1), (1, 0)].into_iter().find_map(|(chosen, other)| {
        let value = operands::int(operation, other)?;
        let select = operands::int(operation, chosen)?.as_instruction()?;
        let is_own = select.get_opcode() == InstructionOpcode::Select && operands::users(select).count() == 1;
        if !is_own || value.is_const() || value.get_type().get_bit_width() != 32 {
            return None;
        }
        let condition = operands::int(select, 0)?;
        let (yes, no) = (operands::int(select, 1)?, operands::int(select, 2)?);
        let neutral = if operation.get_opcode() == InstructionOpcode::And { -1 } else { 0 };
        let is_neutral = |it: IntValue<'_>| it.get_sign_extended_constant() == Some(neutral);
        let is_literal =
            |it: IntValue<'_>| it.get_sign_extended_constant().is_some_and(|bits| !INLINE.contains(&bits));
        match (is_neutral(yes), is_neutral(no)) {
            (false, true) if is_literal(yes) => {
                Some(Choice { condition, when_true: true, value, constant: yes })
            }
            (true, false) if is_literal(no) => {
                Some(Choice { condition, when_true: false, value, constant: no })
            }
            _ => None,
        }
    })
}

fn apply<'ctx>(
    builder: &Builder<'ctx>,
    opcode: InstructionOpcode,
    value: IntValue<'ctx>,
    constant: IntValue<'ctx>,
) -> IntValue<'ctx> {
    match opcode {
        InstructionOpcode::And => builder.build_and(value, constant, ""),
        InstructionOpcode::Or => builder.build_or(value, constant, ""),
        InstructionOpcode::Xor => builder.build_xor(value, constant, ""),
        _ => builder.build_int_add(value, constant, ""),
    }
    .expect(POSITIONED)
}
