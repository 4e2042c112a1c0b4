//! Logic and shifts (PTX ISA 9.7.8).

use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use super::integer::shift_or_zero;
use inkwell::IntPredicate;
use inkwell::values::IntValue;
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{BooleanOp, Clamp, Direction, Opcode, ScalarType};
use ptx_frontend::module::Operand;

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// Lowers an instruction of the chapter.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    match ins.form.opcode {
        Opcode::And | Opcode::Or | Opcode::Xor => {
            let (a, b) = (bits(cx, ins, 1)?, bits(cx, ins, 2)?);
            let value = match ins.form.opcode {
                Opcode::And => cx.emit.and(a, b),
                Opcode::Or => cx.emit.or(a, b),
                _ => cx.emit.xor(a, b),
            };
            cx.write(ins, 0, ins.ty(), value)
        }
        Opcode::Not => {
            let a = bits(cx, ins, 1)?;
            cx.write(ins, 0, ins.ty(), cx.emit.not(a))
        }
        Opcode::Cnot => {
            let a = bits(cx, ins, 1)?;
            let zero = cx.emit.icmp(IntPredicate::EQ, a, a.get_type().const_zero());
            cx.write(ins, 0, ins.ty(), cx.emit.zext_or_trunc(zero, ins.ty().bits()))
        }
        Opcode::Lop3 => lop3(cx, ins),
        Opcode::Shf => funnel_shift(cx, ins),
        Opcode::Shl | Opcode::Shr => shift(cx, ins),
        _ => Err(ins.unsupported()),
    }
}

fn bits<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, index: usize) -> Result<IntValue<'ctx>, Diagnostic> {
    if ins.ty() == ScalarType::Pred {
        cx.read_condition(ins, index)
    } else {
        cx.read_int(ins, index, ins.ty())
    }
}

/// Counts from the width on give zero, or the sign for a signed `shr`.
fn shift(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let ty = ins.ty();
    let a = cx.read_int(ins, 1, ty)?;
    let count = cx.read_bits(ins, 2, 32)?;
    let value = if ins.form.opcode == Opcode::Shr && ty.is_signed() {
        let e = &cx.emit;
        let top = e.word(ty.bits() - 1);
        let capped = e.intrinsic("llvm.umin", &[top.get_type().into()], &[count.into(), top.into()]);
        e.ashr(a, e.zext_or_trunc(capped.into_int_value(), ty.bits()))
    } else {
        shift_or_zero(cx, a, count, ins.form.opcode == Opcode::Shl)
    };
    cx.write(ins, 0, ty, value)
}

/// `shf`: 64 bits `b:a` shifted, the high word of a left shift or the low word of a right one.
fn funnel_shift(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let (a, b, count) = (cx.read_bits(ins, 1, 32)?, cx.read_bits(ins, 2, 32)?, cx.read_bits(ins, 3, 32)?);
    let e = &cx.emit;
    let word = a.get_type();
    let left = ins.form.modifiers.direction == Some(Direction::Left);
    let name = if left { "llvm.fshl" } else { "llvm.fshr" };
    let shifted = e.intrinsic(name, &[word.into()], &[b.into(), a.into(), count.into()]).into_int_value();
    let value = if ins.form.modifiers.clamp == Some(Clamp::Clamp) {
        // From 32 on the whole other word is shifted in.
        let over = e.icmp(IntPredicate::UGE, count, e.word(32));
        e.select_int(over, if left { a } else { b }, shifted)
    } else {
        shifted
    };
    cx.write(ins, 0, ScalarType::B32, value)
}

/// Any function of three bits, as a sum of the minterms of its table.
fn lop3(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let (a, b, c) = (cx.read_bits(ins, 1, 32)?, cx.read_bits(ins, 2, 32)?, cx.read_bits(ins, 3, 32)?);
    let Operand::Immediate(table) = ins.operand(4)? else { return Err(ins.unsupported_operand(4)) };
    let e = &cx.emit;
    let mut value = e.word(0);
    for minterm in 0..8u32 {
        if table.bits() >> minterm & 1 == 0 {
            continue;
        }
        let pick = |v, bit: u32| if minterm >> bit & 1 == 1 { v } else { e.not(v) };
        value = e.or(value, e.and(e.and(pick(a, 2), pick(b, 1)), pick(c, 0)));
    }
    if let Some(operation) = ins.form.modifiers.boolean {
        let q = cx.read_condition(ins, 5)?;
        let any = cx.emit.icmp(IntPredicate::NE, value, cx.emit.word(0));
        let p = match operation {
            BooleanOp::Or => cx.emit.or(any, q),
            BooleanOp::And => cx.emit.and(any, q),
            _ => return Err(ins.unsupported()),
        };
        if let Operand::Pair(_, Some(register)) = ins.operand(0)? {
            cx.write_register(register, ScalarType::Pred, p.into());
        }
    }
    cx.write(ins, 0, ScalarType::B32, value)
}
