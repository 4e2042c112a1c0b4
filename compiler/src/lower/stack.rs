//! The stack as a program may handle it (PTX ISA 9.7.17): `alloca`, `stacksave`, `stackrestore`, on LLVM's own.

use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use crate::codegen::emitter::{Value, space};
use ptx_frontend::isa::{Opcode, ScalarType};
use ptx_frontend::module::Operand;

/// What `alloca` aligns to without a third operand, in bytes.
const DEFAULT_ALIGNMENT: u32 = 8;

/// Lowers an instruction of the chapter. Addresses are those of `.local` memory.
pub fn lower(cx: &mut FunctionLowering<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let e = &cx.emit;
    let pointer_type = e.pointer_type(space::private());
    let unsigned = if ins.ty().bits() == 64 { ScalarType::U64 } else { ScalarType::U32 };
    match ins.form.opcode {
        Opcode::Alloca => {
            let bytes = e.zext_or_trunc(cx.read_int(ins, 1, unsigned)?, 32);
            let alignment = match ins.operands.get(2) {
                Some(Operand::Immediate(value)) => u32::try_from(value.bits())
                    .ok()
                    .filter(|bytes| bytes.is_power_of_two())
                    .ok_or_else(|| ins.unsupported_operand(2))?,
                _ => DEFAULT_ALIGNMENT,
            };
            let pointer = e.alloca_bytes(bytes, alignment);
            cx.write(ins, 0, unsigned, e.pointer_to_int(pointer, 32))
        }
        Opcode::Stacksave => {
            let top = e.intrinsic("llvm.stacksave", &[pointer_type.into()], &[]);
            cx.write(ins, 0, unsigned, e.pointer_to_int(top.into_pointer_value(), 32))
        }
        Opcode::Stackrestore => {
            let top = e.zext_or_trunc(cx.read_int(ins, 0, unsigned)?, 32);
            let top = e.int_to_pointer(top, pointer_type);
            e.intrinsic_void("llvm.stackrestore", &[pointer_type.into()], &[Value::from(top)]);
            Ok(())
        }
        _ => Err(ins.unsupported()),
    }
}
