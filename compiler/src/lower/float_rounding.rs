//! Arithmetic and conversions with `.rz`, `.rm`, `.rp`: one block of assembly that sets the rounding mode around one
//! instruction. Nothing else can drift in between, which LLVM does not promise for a mode set by an intrinsic.

use super::function::FunctionLowering;
use crate::codegen::emitter::Value;
use inkwell::types::BasicTypeEnum;
use inkwell::values::FloatValue;
use ptx_frontend::isa::Rounding;

/// An arithmetic instruction that rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Sum of two.
    Add,
    /// Product of two.
    Multiply,
    /// Product of two and sum with a third, rounded once.
    FusedMultiplyAdd,
}

/// The value of both rounding fields of the mode register (f32, and f64 with f16), or `None` for nearest even.
fn mode(rounding: Rounding) -> Option<u32> {
    let field = match rounding {
        Rounding::PlusInfinity => 1,
        Rounding::MinusInfinity => 2,
        Rounding::Zero => 3,
        _ => return None,
    };
    Some(field | field << 2)
}

/// The operation in the given rounding; `None` if there is no such instruction.
pub fn rounded<'ctx>(
    cx: &FunctionLowering<'_, 'ctx>,
    operation: Operation,
    rounding: Rounding,
    inputs: &[FloatValue<'ctx>],
) -> Option<FloatValue<'ctx>> {
    let double = inputs.first()?.get_type().get_bit_width() == 64;
    let mnemonic = match (operation, double) {
        (Operation::Add, false) => "v_add_f32",
        (Operation::Add, true) => "v_add_f64",
        (Operation::Multiply, false) => "v_mul_f32",
        (Operation::Multiply, true) => "v_mul_f64",
        (Operation::FusedMultiplyAdd, false) => "v_fma_f32",
        (Operation::FusedMultiplyAdd, true) => "v_fma_f64",
    };
    let arguments: Vec<Value<'ctx>> = inputs.iter().map(|&input| input.into()).collect();
    let result = inputs[0].get_type().into();
    Some(instruction(cx, mnemonic, mode(rounding)?, result, &arguments).into_float_value())
}

/// A conversion by one instruction in the given rounding.
pub fn converted<'ctx>(
    cx: &FunctionLowering<'_, 'ctx>,
    mnemonic: &str,
    rounding: Rounding,
    result: BasicTypeEnum<'ctx>,
    input: Value<'ctx>,
) -> Option<Value<'ctx>> {
    Some(instruction(cx, mnemonic, mode(rounding)?, result, &[input]))
}

fn instruction<'ctx>(
    cx: &FunctionLowering<'_, 'ctx>,
    mnemonic: &str,
    mode: u32,
    result: BasicTypeEnum<'ctx>,
    arguments: &[Value<'ctx>],
) -> Value<'ctx> {
    let inputs: String = (1..=arguments.len()).map(|index| format!(", ${index}")).collect();
    let set = |mode: u32| format!("s_setreg_imm32_b32 hwreg(HW_REG_MODE, 0, 4), {mode}");
    // The waits are the hazards of s_setreg, which LLVM does not look for inside assembly.
    let text =
        format!("{}\n\ts_nop 1\n\t{mnemonic} $0{inputs}\n\ts_nop 0\n\t{}\n\ts_nop 1", set(mode), set(0));
    let constraints = format!("=v{}", ",v".repeat(arguments.len()));
    cx.emit.assembly(&text, &constraints, result, arguments)
}
