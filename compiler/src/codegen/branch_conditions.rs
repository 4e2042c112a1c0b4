//! Turns branches around whose condition would otherwise be negated anew for every branch.
//!
//! `or (and a, b), c` skips a piece of code; the code runs under `not`, which LLVM distributes over the parts down to
//! values that are no compares: a lane mask that is the same for the whole loop is inverted at each use. Here the branch is
//! turned around, compares are inverted in place, and such a mask is inverted once, where it was made.

use super::operands;
use inkwell::builder::Builder;
use inkwell::module::Module;
use inkwell::values::{AsValueRef, BasicValue, InstructionOpcode, InstructionValue, IntValue};
use inkwell::{FloatPredicate, IntPredicate};
use std::collections::HashMap;

const POSITIONED: &str = "the builder is positioned and the operands' types agree";

/// Turns every such branch of the module around.
pub fn run(module: &Module<'_>) {
    let builder = module.get_context().create_builder();
    let loop_hints = module.get_context().get_kind_id("llvm.loop");
    let mut inverted = HashMap::new();
    for function in module.get_functions() {
        for block in function.get_basic_block_iter() {
            let Some(branch) = block.get_terminator() else { continue };
            let is_choice = branch.get_opcode() == InstructionOpcode::Br && branch.get_num_operands() == 3;
            if !is_choice || branch.get_metadata(loop_hints).is_some() {
                continue;
            }
            let Some(condition) = operands::int(branch, 0) else { continue };
            let is_skip = condition.as_instruction().is_some_and(|it| {
                it.get_opcode() == InstructionOpcode::Or && it.get_parent() == Some(block) && is_used_once(it)
            });
            if !is_skip || !pays(condition, branch) {
                continue;
            }
            let mut state = State { builder: &builder, inverted: &mut inverted };
            builder.position_before(&branch);
            let opposite = state.invert(condition, branch);
            // The operands of a branch are the condition, the way for false and the way for true.
            let way = |index| branch.get_operand(index).and_then(|operand| operand.block());
            let no = way(1).expect("a branch has two ways");
            let yes = way(2).expect("a branch has two ways");
            builder.position_before(&branch);
            let made = builder.build_conditional_branch(opposite, no, yes).expect(POSITIONED);
            made.set_debug_location(branch.get_debug_location());
            branch.erase_from_basic_block();
        }
    }
}

fn is_used_once(instruction: InstructionValue<'_>) -> bool {
    instruction.get_first_use().is_some_and(|it| it.get_next_use().is_none())
}

/// An operation whose negation is its own with the parts negated, made for this branch alone.
fn is_inner(instruction: InstructionValue<'_>, branch: InstructionValue<'_>) -> bool {
    matches!(instruction.get_opcode(), InstructionOpcode::Or | InstructionOpcode::And)
        && instruction.get_parent() == branch.get_parent()
        && is_used_once(instruction)
}

/// A compare of numbers that nothing else uses.
fn is_compare(instruction: InstructionValue<'_>) -> bool {
    let numbers = match instruction.get_opcode() {
        InstructionOpcode::ICmp => operands::int(instruction, 0).is_some(),
        InstructionOpcode::FCmp => operands::float(instruction, 0).is_some(),
        _ => false,
    };
    numbers && is_used_once(instruction)
}

/// Whether all parts can be negated for nothing in the block of the branch, and some part is a mask from before.
fn pays(condition: IntValue<'_>, branch: InstructionValue<'_>) -> bool {
    let mut masks = 0;
    let mut work = vec![condition];
    while let Some(value) = work.pop() {
        let Some(instruction) = value.as_instruction() else { return false };
        if is_inner(instruction, branch) {
            work.extend((0..2).filter_map(|index| operands::int(instruction, index)));
        } else if !is_compare(instruction) {
            if instruction.get_parent() == branch.get_parent() {
                return false;
            }
            masks += 1;
        }
    }
    masks > 0
}

struct State<'a, 'ctx> {
    builder: &'a Builder<'ctx>,
    /// Masks that were negated before.
    inverted: &'a mut HashMap<usize, IntValue<'ctx>>,
}

impl<'ctx> State<'_, 'ctx> {
    fn invert(&mut self, value: IntValue<'ctx>, branch: InstructionValue<'ctx>) -> IntValue<'ctx> {
        let instruction = value.as_instruction().expect("constants were refused");
        if is_inner(instruction, branch) {
            let part = |index| operands::int(instruction, index).expect("logic has two operands");
            let (a, b) = (self.invert(part(0), branch), self.invert(part(1), branch));
            self.builder.position_before(&branch);
            return match instruction.get_opcode() {
                InstructionOpcode::Or => self.builder.build_and(a, b, ""),
                _ => self.builder.build_or(a, b, ""),
            }
            .expect(POSITIONED);
        }
        if is_compare(instruction) {
            return self.opposite(instruction);
        }
        let key = value.as_value_ref() as usize;
        if let Some(&known) = self.inverted.get(&key) {
            return known;
        }
        let block = instruction.get_parent().expect("the instruction is in a block");
        let behind =
            std::iter::successors(instruction.get_next_instruction(), |it| it.get_next_instruction())
                .find(|it| it.get_opcode() != InstructionOpcode::Phi)
                .or(block.get_terminator());
        self.builder.position_before(&behind.expect("a block ends in a terminator"));
        let negated = self.builder.build_not(value, "").expect(POSITIONED);
        self.inverted.insert(key, negated);
        negated
    }

    /// A compare's opposite, in its place.
    fn opposite(&self, compare: InstructionValue<'ctx>) -> IntValue<'ctx> {
        self.builder.position_before(&compare);
        if let (Some(predicate), Some(a), Some(b)) =
            (compare.get_icmp_predicate(), operands::int(compare, 0), operands::int(compare, 1))
        {
            return self
                .builder
                .build_int_compare(opposite_of_integers(predicate), a, b, "")
                .expect(POSITIONED);
        }
        let predicate = compare.get_fcmp_predicate().expect("a compare has a predicate");
        let operand = |index| operands::float(compare, index);
        match (operand(0), operand(1)) {
            (Some(a), Some(b)) => {
                let made = self.builder.build_float_compare(opposite_of_floats(predicate), a, b, "");
                let made = made.expect(POSITIONED);
                if let (Some(made), Ok(flags)) = (made.as_instruction_value(), compare.get_fast_math_flags())
                {
                    // A folded compare has no flags.
                    let _ = made.set_fast_math_flags(flags);
                }
                made
            }
            _ => unreachable!("the condition of a branch is a scalar"),
        }
    }
}

fn opposite_of_integers(predicate: IntPredicate) -> IntPredicate {
    use IntPredicate as P;
    match predicate {
        P::EQ => P::NE,
        P::NE => P::EQ,
        P::UGT => P::ULE,
        P::UGE => P::ULT,
        P::ULT => P::UGE,
        P::ULE => P::UGT,
        P::SGT => P::SLE,
        P::SGE => P::SLT,
        P::SLT => P::SGE,
        P::SLE => P::SGT,
    }
}

fn opposite_of_floats(predicate: FloatPredicate) -> FloatPredicate {
    use FloatPredicate as P;
    match predicate {
        P::OEQ => P::UNE,
        P::UNE => P::OEQ,
        P::ONE => P::UEQ,
        P::UEQ => P::ONE,
        P::OGT => P::ULE,
        P::ULE => P::OGT,
        P::OGE => P::ULT,
        P::ULT => P::OGE,
        P::OLT => P::UGE,
        P::UGE => P::OLT,
        P::OLE => P::UGT,
        P::UGT => P::OLE,
        P::ORD => P::UNO,
        P::UNO => P::ORD,
        P::PredicateTrue => P::PredicateFalse,
        P::PredicateFalse => P::PredicateTrue,
    }
}
