//! Computes `base + sign_extended_index * size` of device memory in one instruction.
//!
//! CUDA indexes arrays by signed 32-bit integers, and LLVM spends five instructions on such an address (sign, 64-bit
//! shift, copy, add, add with carry) where gfx90a has `v_mad_i64_i32`. Runs after the optimiser, which would turn a
//! multiplication back into a shift. An index that may be the same for the whole wavefront is left alone, because its
//! load can be scalar; one that is not, but looks so, costs speed and nothing else.

use super::operands;
use inkwell::builder::Builder;
use inkwell::context::ContextRef;
use inkwell::module::Module;
use inkwell::types::AnyTypeEnum;
use inkwell::values::{
    AsValueRef, BasicValue, BasicValueEnum, InstructionOpcode, InstructionValue, IntValue, PointerValue,
};
use std::collections::HashSet;

/// The largest factor that is an inline constant of the instruction, so that it needs no register.
const LARGEST_FACTOR: u64 = 64;
/// How many instructions are looked at to find where an index comes from.
const SEARCH_LIMIT: usize = 64;

/// Rewrites every address of the module that has the form.
pub fn run(module: &Module<'_>) {
    let context = module.get_context();
    let builder = context.create_builder();
    for instruction in operands::instructions(module, InstructionOpcode::GetElementPtr) {
        if let Some(address) = recognise(instruction) {
            rewrite(&context, &builder, instruction, &address);
        }
    }
}

/// An address in parts.
struct Address<'ctx> {
    base: PointerValue<'ctx>,
    index: IntValue<'ctx>,
    factor: u64,
}

fn recognise(instruction: InstructionValue<'_>) -> Option<Address<'_>> {
    if instruction.get_num_operands() != 2 {
        return None;
    }
    let base = operands::pointer(instruction, 0)?;
    if base.get_type().get_address_space() != super::emitter::space::global() {
        return None;
    }
    let element = operands::step(instruction)?;
    let (wide, scale) = scaled(operands::int(instruction, 1)?);
    let wide = wide.as_instruction()?;
    if wide.get_opcode() != InstructionOpcode::SExt {
        return None;
    }
    let index = operands::int(wide, 0)?;
    let factor = element.checked_mul(scale)?;
    let fits = index.get_type().get_bit_width() == 32 && (1..=LARGEST_FACTOR).contains(&factor);
    (fits && differs_between_lanes(index)).then_some(Address { base, index, factor })
}

/// `value * constant` or `value << constant` in its parts.
fn scaled(value: IntValue<'_>) -> (IntValue<'_>, u64) {
    let parts = || {
        let instruction = value.as_instruction()?;
        let constant = operands::int(instruction, 1)?.get_zero_extended_constant()?;
        let inner = operands::int(instruction, 0)?;
        match instruction.get_opcode() {
            InstructionOpcode::Shl if constant < 8 => Some((inner, 1 << constant)),
            InstructionOpcode::Mul => Some((inner, constant)),
            _ => None,
        }
    };
    parts().unwrap_or((value, 1))
}

/// Whether a value comes from something that each lane has its own of.
fn differs_between_lanes(value: IntValue<'_>) -> bool {
    let mut seen = HashSet::new();
    let mut work: Vec<InstructionValue<'_>> = value.as_instruction().into_iter().collect();
    while let Some(instruction) = work.pop() {
        if seen.len() > SEARCH_LIMIT || !seen.insert(instruction.as_value_ref()) {
            continue;
        }
        match instruction.get_opcode() {
            InstructionOpcode::FPToSI | InstructionOpcode::FPToUI | InstructionOpcode::AtomicRMW => {
                return true;
            }
            InstructionOpcode::Call if is_lane_source(instruction) => return true,
            _ => {}
        }
        for index in 0..instruction.get_num_operands() {
            work.extend(operands::value(instruction, index).and_then(|value| value.as_instruction_value()));
        }
    }
    false
}

fn is_lane_source(call: InstructionValue<'_>) -> bool {
    let callee = call.get_num_operands().checked_sub(1).and_then(|last| operands::pointer(call, last));
    let Some(callee) = callee else { return false };
    let name = callee.get_name().to_string_lossy();
    ["workitem.id", "mbcnt", "update.dpp", "ds.swizzle", "ds.bpermute"].iter().any(|part| name.contains(part))
}

/// Whether a pointer is certainly the same for the whole wavefront: a kernel parameter, or a fixed distance from one.
fn is_parameter(pointer: PointerValue<'_>) -> bool {
    let Some(instruction) = pointer.as_instruction() else {
        // A constant, or the kernel's own argument in constant memory.
        return pointer.get_type().get_address_space() == super::emitter::space::constant()
            || super::llvm_ext::is_constant(pointer.into());
    };
    let Some(base) = operands::pointer(instruction, 0) else { return false };
    match instruction.get_opcode() {
        InstructionOpcode::Load => {
            base.get_type().get_address_space() == super::emitter::space::constant() && is_parameter(base)
        }
        InstructionOpcode::GetElementPtr => {
            (1..instruction.get_num_operands())
                .all(|index| operands::int(instruction, index).is_some_and(|value| value.is_const()))
                && is_parameter(base)
        }
        _ => false,
    }
}

fn rewrite<'ctx>(
    context: &ContextRef<'ctx>,
    builder: &Builder<'ctx>,
    instruction: InstructionValue<'ctx>,
    address: &Address<'ctx>,
) {
    const POSITIONED: &str = "the builder is positioned and the operands' types agree";
    builder.position_before(&instruction);
    let wide = context.i64_type();
    let base = builder.build_ptr_to_int(address.base, wide, "").expect(POSITIONED);
    let pair = context.struct_type(&[wide.into(), wide.into()], false);
    let ty = inkwell::types::BasicType::fn_type(&pair, &[context.i32_type().into(), wide.into()], false);
    let register = if is_parameter(address.base) { 's' } else { 'v' };
    let assembly = context.create_inline_asm(
        ty,
        format!("v_mad_i64_i32 $0, $1, $2, {}, $3", address.factor),
        format!("=&v,=s,v,{register}"),
        false,
        false,
        None,
        false,
    );
    let site = builder
        .build_indirect_call(ty, assembly, &[address.index.into(), base.into()], "")
        .expect(POSITIONED);
    let inkwell::values::ValueKind::Basic(BasicValueEnum::StructValue(both)) = site.try_as_basic_value()
    else {
        unreachable!("the assembly gives a pair");
    };
    let sum = builder.build_extract_value(both, 0, "").expect(POSITIONED).into_int_value();
    let AnyTypeEnum::PointerType(target) = instruction.get_type() else {
        unreachable!("a GEP with scalar operands gives a pointer");
    };
    let pointer = builder.build_int_to_ptr(sum, target, "").expect(POSITIONED);
    let made = pointer.as_instruction().expect("the sum is no constant");
    instruction.replace_all_uses_with(&made);
    instruction.erase_from_basic_block();
}
