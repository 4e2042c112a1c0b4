//! Rewrites `llvm.fptosi.sat`/`fptoui.sat` to the plain conversion where gfx90a's instruction saturates by itself.
//!
//! `lower` writes the saturating intrinsic, which LLVM folds rightly for constants; its expansion, though, is eleven
//! instructions for what `v_cvt_i32_f32` does in one (out of range saturates, NaN gives 0, as PTX wants). So this runs
//! after the optimiser: whatever could be folded has been, and the plain conversion, frozen, selects to that one.

use super::llvm_ext;
use inkwell::module::Module;
use inkwell::values::{BasicValue, BasicValueEnum, InstructionOpcode, InstructionValue};

/// The intrinsics that one instruction implements, and whether they are signed.
const SATURATING: [(&str, bool); 4] = [
    ("llvm.fptosi.sat.i32.f32", true),
    ("llvm.fptoui.sat.i32.f32", false),
    ("llvm.fptosi.sat.i32.f64", true),
    ("llvm.fptoui.sat.i32.f64", false),
];

/// Rewrites every call of the module.
pub fn run(module: &Module<'_>) {
    let context = module.get_context();
    let builder = context.create_builder();
    let calls: Vec<InstructionValue<'_>> = module
        .get_functions()
        .flat_map(|function| function.get_basic_block_iter())
        .flat_map(|block| block.get_instructions())
        .filter(|instruction| instruction.get_opcode() == InstructionOpcode::Call)
        .collect();
    for call in calls {
        let Some(signed) = signedness(call) else { continue };
        let Some(source) = call.get_operand(0).and_then(|operand| operand.value()) else { continue };
        if llvm_ext::is_constant(source) {
            continue;
        }
        builder.position_before(&call);
        let (source, word) = (source.into_float_value(), context.i32_type());
        let plain = if signed {
            builder.build_float_to_signed_int(source, word, "")
        } else {
            builder.build_float_to_unsigned_int(source, word, "")
        }
        .expect("the builder is positioned");
        let frozen = llvm_ext::build_freeze(&builder, plain.into());
        call.replace_all_uses_with(&frozen.as_instruction_value().expect("freeze is an instruction"));
        call.erase_from_basic_block();
    }
}

/// Whether the call is of one of the intrinsics, and then whether it converts to a signed integer.
fn signedness(call: InstructionValue<'_>) -> Option<bool> {
    let callee = call.get_operand(call.get_num_operands().checked_sub(1)?)?.value()?;
    let BasicValueEnum::PointerValue(callee) = callee else { return None };
    let name = callee.get_name().to_str().ok()?;
    SATURATING.iter().find(|(intrinsic, _)| *intrinsic == name).map(|(_, signed)| *signed)
}
