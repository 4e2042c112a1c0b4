//! Reads the operands of LLVM instructions: the questions that every pass over a finished module asks.

use inkwell::basic_block::BasicBlock;
use inkwell::module::Module;
use inkwell::values::{
    AnyValueEnum, BasicValue, BasicValueEnum, BasicValueUse, FloatValue, InstructionOpcode, InstructionValue,
    IntValue, PointerValue,
};

/// All instructions of a module, collected so that they may be changed.
pub fn instructions<'ctx>(module: &Module<'ctx>, opcode: InstructionOpcode) -> Vec<InstructionValue<'ctx>> {
    module
        .get_functions()
        .flat_map(|function| function.get_basic_block_iter())
        .flat_map(BasicBlock::get_instructions)
        .filter(|instruction| instruction.get_opcode() == opcode)
        .collect()
}

/// Operand `index`, if it is a value.
pub fn value(instruction: InstructionValue<'_>, index: u32) -> Option<BasicValueEnum<'_>> {
    instruction.get_operand(index)?.value()
}

/// Operand `index`, if it is an integer.
pub fn int(instruction: InstructionValue<'_>, index: u32) -> Option<IntValue<'_>> {
    match value(instruction, index)? {
        BasicValueEnum::IntValue(value) => Some(value),
        _ => None,
    }
}

/// Operand `index`, if it is a float.
pub fn float(instruction: InstructionValue<'_>, index: u32) -> Option<FloatValue<'_>> {
    match value(instruction, index)? {
        BasicValueEnum::FloatValue(value) => Some(value),
        _ => None,
    }
}

/// Operand `index`, if it is a pointer.
pub fn pointer(instruction: InstructionValue<'_>, index: u32) -> Option<PointerValue<'_>> {
    match value(instruction, index)? {
        BasicValueEnum::PointerValue(value) => Some(value),
        _ => None,
    }
}

/// Bytes that one step of a GEP with one index moves by, if its type is an integer or a float, or an array of such.
pub fn step(gep: InstructionValue<'_>) -> Option<u64> {
    use inkwell::types::BasicTypeEnum as T;
    let scalar = |bits: u32| u64::from(bits / 8);
    match gep.get_gep_source_element_type().ok()? {
        T::IntType(ty) => Some(scalar(ty.get_bit_width())),
        T::FloatType(ty) => Some(scalar(ty.get_bit_width())),
        T::ArrayType(ty) => match ty.get_element_type() {
            T::IntType(element) => Some(u64::from(ty.len()) * scalar(element.get_bit_width())),
            _ => None,
        },
        _ => None,
    }
    .filter(|&size| size > 0)
}

/// The result of an instruction that gives a pointer.
pub fn pointer_result(instruction: InstructionValue<'_>) -> PointerValue<'_> {
    PointerValue::try_from(instruction).expect("the instruction gives a pointer")
}

/// The bits of a constant of 32 bits.
pub fn f32_bits(value: FloatValue<'_>) -> Option<u32> {
    if value.get_type().get_bit_width() != 32 || !value.is_const() || value.is_undef() {
        return None;
    }
    // Every f32 is an f64, but a NaN's payload need not survive: such constants are left alone.
    let (wide, inexact) = value.get_constant()?;
    #[allow(clippy::cast_possible_truncation, reason = "the value was an f32")]
    (!inexact && !wide.is_nan()).then_some((wide as f32).to_bits())
}

/// The instructions that use a result, each as often as it does.
pub fn users(instruction: InstructionValue<'_>) -> impl Iterator<Item = InstructionValue<'_>> {
    std::iter::successors(instruction.get_first_use(), |it| it.get_next_use()).filter_map(user)
}

fn user(it: BasicValueUse<'_>) -> Option<InstructionValue<'_>> {
    match it.get_user() {
        AnyValueEnum::ArrayValue(value) => value.as_instruction_value(),
        AnyValueEnum::IntValue(value) => value.as_instruction_value(),
        AnyValueEnum::FloatValue(value) => value.as_instruction_value(),
        AnyValueEnum::PhiValue(value) => Some(value.as_instruction()),
        AnyValueEnum::PointerValue(value) => value.as_instruction_value(),
        AnyValueEnum::StructValue(value) => value.as_instruction_value(),
        AnyValueEnum::VectorValue(value) => value.as_instruction_value(),
        AnyValueEnum::InstructionValue(value) => Some(value),
        _ => None,
    }
}
