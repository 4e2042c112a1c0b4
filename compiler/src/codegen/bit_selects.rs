//! Chooses between zero and a constant by one bit of an integer in two instructions instead of three.
//!
//! `bit set ? c : 0.0` is a test, a compare and a select. The bit spread over the word (`v_bfe_i32`) and masked with the
//! constant's own bits gives the same. Runs after the optimiser, which turns it back into a select.

use super::llvm_ext;
use super::operands;
use inkwell::IntPredicate;
use inkwell::module::Module;
use inkwell::values::{FloatValue, InstructionOpcode, InstructionValue, IntValue};

const POSITIONED: &str = "the builder is positioned and the operands' types agree";

/// Rewrites every such select of the module.
pub fn run(module: &Module<'_>) {
    let context = module.get_context();
    let builder = context.create_builder();
    let word = context.i32_type();
    for select in operands::instructions(module, InstructionOpcode::Select) {
        let Some(choice) = recognise(select) else { continue };
        builder.position_before(&select);
        let top = word.const_int(u64::from(31 - choice.bit), false);
        let moved = match choice.bit {
            31 => choice.word,
            _ => builder.build_left_shift(choice.word, top, "").expect(POSITIONED),
        };
        let all = word.const_int(31, false);
        let spread = builder.build_right_shift(moved, all, true, "").expect(POSITIONED);
        let constant = builder.build_bit_cast(choice.value, word, "").expect(POSITIONED).into_int_value();
        let bits = builder.build_and(spread, constant, "").expect(POSITIONED);
        let value = builder.build_bit_cast(bits, context.f32_type(), "").expect(POSITIONED);
        llvm_ext::replace_uses(select, value);
        select.erase_from_basic_block();
    }
}

/// `value` where bit `bit` of `word` is set, else zero.
struct Choice<'ctx> {
    word: IntValue<'ctx>,
    bit: u32,
    value: FloatValue<'ctx>,
}

fn recognise(select: InstructionValue<'_>) -> Option<Choice<'_>> {
    let yes_is_set = sides(select)?;
    let value = operands::float(select, if yes_is_set { 1 } else { 2 })?;
    let condition = operands::int(select, 0)?.as_instruction()?;
    // Another use would need the compare all the same.
    let is_spare = operands::users(condition).all(|user| sides(user) == sides(select));
    if condition.get_opcode() != InstructionOpcode::ICmp || !is_spare {
        return None;
    }
    let (left, right) = (operands::int(condition, 0)?, operands::int(condition, 1)?);
    if left.get_type().get_bit_width() != 32 {
        return None;
    }
    let (word, bit, set) = match (condition.get_icmp_predicate()?, right.get_sign_extended_constant()?) {
        (IntPredicate::SLT, 0) => (left, 31, true),
        (IntPredicate::SGT, -1) => (left, 31, false),
        (predicate @ (IntPredicate::EQ | IntPredicate::NE), 0) => {
            let mask = left.as_instruction().filter(|it| it.get_opcode() == InstructionOpcode::And)?;
            let bits = operands::int(mask, 1)?.get_zero_extended_constant()?;
            let bits =
                u32::try_from(bits & u64::from(u32::MAX)).ok().filter(|bits| bits.is_power_of_two())?;
            (operands::int(mask, 0)?, bits.trailing_zeros(), predicate == IntPredicate::NE)
        }
        _ => return None,
    };
    (set == yes_is_set).then_some(Choice { word, bit, value })
}

/// Whether a select gives a constant for true and zero for false, or the other way round.
fn sides(select: InstructionValue<'_>) -> Option<bool> {
    let bits = |index| operands::f32_bits(operands::float(select, index)?);
    match (select.get_opcode(), bits(1)?, bits(2)?) {
        (InstructionOpcode::Select, 1.., 0) => Some(true),
        (InstructionOpcode::Select, 0, 1..) => Some(false),
        _ => None,
    }
}
