//! Keeps the sign of zero in products that are rounded to f16.
//!
//! LLVM 22 selects `v_fma_mixlo_f16 a, b, 0` for an f32 product rounded to f16, and adding that zero turns -0 into +0.
//! An empty piece of assembly between the two keeps them apart: `v_mul_f32`, then `v_cvt_f16_f32`. Runs after the
//! optimiser, when it is known which roundings are of products.

use inkwell::basic_block::BasicBlock;
use inkwell::module::Module;
use inkwell::values::{BasicValueEnum, InstructionOpcode, InstructionValue, ValueKind};

/// Puts the assembly between every product and its rounding.
pub fn run(module: &Module<'_>) {
    let context = module.get_context();
    let builder = context.create_builder();
    let single = context.f32_type();
    let half = context.f16_type();
    let roundings: Vec<InstructionValue<'_>> = module
        .get_functions()
        .flat_map(|function| function.get_basic_block_iter())
        .flat_map(BasicBlock::get_instructions)
        .filter(|instruction| instruction.get_opcode() == InstructionOpcode::FPTrunc)
        .collect();
    for rounding in roundings {
        let Some(BasicValueEnum::FloatValue(product)) =
            rounding.get_operand(0).and_then(|operand| operand.value())
        else {
            continue;
        };
        let is_product =
            product.as_instruction().is_some_and(|made| made.get_opcode() == InstructionOpcode::FMul);
        if !is_product || product.get_type() != single || rounding.get_type() != half.into() {
            continue;
        }
        builder.position_before(&rounding);
        let ty = single.fn_type(&[single.into()], false);
        let fence = context.create_inline_asm(ty, String::new(), "=v,0".into(), false, false, None, false);
        let site = builder
            .build_indirect_call(ty, fence, &[product.into()], "")
            .expect("the builder is positioned and the operand's type agrees");
        if let ValueKind::Basic(kept) = site.try_as_basic_value() {
            rounding.set_operand(0, kept);
        }
    }
}
