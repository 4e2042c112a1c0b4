//! Several numbers in one register: `.u16x2`, `.s16x2`, `.u8x4`, `.s8x4`, `.f32x2` (PTX ISA 9.7.1, 9.7.3), and the two
//! integer instructions that take a loop over the bits, `fns` and `clmad`.

use super::float_rounding::{self, Operation};
use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use crate::codegen::emitter::Value;
use inkwell::IntPredicate;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{FloatValue, InstructionOpcode};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{MulHalf, Opcode, Rounding, ScalarType};

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// Whether the instruction is of this chapter.
pub fn takes(ins: &Ins<'_>) -> bool {
    use ScalarType as T;
    matches!(ins.form.opcode, Opcode::Fns | Opcode::Clmad)
        || matches!(ins.ty(), T::U16x2 | T::S16x2 | T::U8x4 | T::S8x4 | T::F32x2)
}

/// Lowers an instruction of the chapter.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    match ins.form.opcode {
        Opcode::Fns => find_nth_set(cx, ins),
        Opcode::Clmad => carryless(cx, ins),
        _ if ins.ty() == ScalarType::F32x2 => pair_of_singles(cx, ins),
        _ => integers(cx, ins),
    }
}

fn integers(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let (bits, signed) = match ins.ty() {
        ScalarType::U16x2 => (16, false),
        ScalarType::S16x2 => (16, true),
        ScalarType::U8x4 => (8, false),
        _ => (8, true),
    };
    let e = &cx.emit;
    let vector: BasicTypeEnum<'_> = e.int_type(bits).vec_type(32 / bits).into();
    let modifiers = &ins.form.modifiers;
    let name = match (ins.form.opcode, modifiers.sat, signed) {
        (Opcode::Add, true, true) => "llvm.sadd.sat",
        (Opcode::Add, true, false) => "llvm.uadd.sat",
        (Opcode::Sub, true, true) => "llvm.ssub.sat",
        (Opcode::Sub, true, false) => "llvm.usub.sat",
        (Opcode::Min, _, true) => "llvm.smin",
        (Opcode::Min, _, false) => "llvm.umin",
        (Opcode::Max, _, true) => "llvm.smax",
        (Opcode::Max, _, false) => "llvm.umax",
        (Opcode::Add | Opcode::Sub | Opcode::Neg, false, _) => "",
        _ => return Err(ins.unsupported()),
    };
    let operand = |index| -> Result<Value<'_>, Diagnostic> {
        Ok(e.bitcast(cx.read_bits(ins, index, 32)?.into(), vector))
    };
    let (a, b) = if ins.form.opcode == Opcode::Neg {
        (e.bitcast(e.word(0).into(), vector), operand(1)?)
    } else {
        (operand(1)?, operand(2)?)
    };
    let mut parts = Vec::new();
    for index in 0..32 / bits {
        let (a, b) = (e.extract(a, index).into_int_value(), e.extract(b, index).into_int_value());
        let mut value = match ins.form.opcode {
            _ if !name.is_empty() => {
                e.intrinsic(name, &[a.get_type().into()], &[a.into(), b.into()]).into_int_value()
            }
            Opcode::Add => e.add(a, b),
            _ => e.sub(a, b),
        };
        if modifiers.relu {
            let zero = value.get_type().const_zero();
            let positive = e.icmp(IntPredicate::SGT, value, zero);
            value = e.select_int(positive, value, zero);
        }
        parts.push(Value::from(value));
    }
    cx.write(ins, 0, ScalarType::B32, e.bitcast(e.vector(&parts), e.int_type(32).into()))
}

/// Two f32 operations side by side; `.ftz` is made explicit, so the mode of the function does not matter to it.
fn pair_of_singles(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let e = &cx.emit;
    let count = if ins.form.opcode == Opcode::Fma { 3 } else { 2 };
    let flush = |value| if ins.form.modifiers.ftz { super::float::flush(cx, value) } else { value };
    let mut words = Vec::new();
    for index in 1..=count {
        words.push(cx.read_bits(ins, index, 64)?);
    }
    let mut result = e.int(64, 0);
    for half in [0u64, 32] {
        let mut inputs: Vec<FloatValue<'_>> = words
            .iter()
            .map(|&word| flush(e.bits_float(e.zext_or_trunc(e.lshr(word, e.int(64, half)), 32))))
            .collect();
        if ins.form.opcode == Opcode::Sub {
            inputs[1] = e.fneg(inputs[1]);
        }
        let (operation, opcode) = match ins.form.opcode {
            Opcode::Add | Opcode::Sub => (Operation::Add, InstructionOpcode::FAdd),
            Opcode::Mul => (Operation::Multiply, InstructionOpcode::FMul),
            Opcode::Fma => (Operation::FusedMultiplyAdd, InstructionOpcode::FMul),
            _ => return Err(ins.unsupported()),
        };
        let value = match ins.form.modifiers.rounding {
            None | Some(Rounding::NearestEven) if count == 3 => {
                super::float::overloaded(cx, "llvm.fma", &inputs)
            }
            None | Some(Rounding::NearestEven) => {
                let contract = ins.form.modifiers.rounding.is_none();
                e.float_binary(opcode, inputs[0], inputs[1], contract)
            }
            Some(rounding) => {
                float_rounding::rounded(cx, operation, rounding, &inputs).ok_or_else(|| ins.unsupported())?
            }
        };
        let bits = e.zext_or_trunc(e.float_bits(flush(value), 32), 64);
        result = e.or(result, e.shl(bits, e.int(64, half)));
    }
    cx.write(ins, 0, ScalarType::B64, result)
}

/// `fns`: the position of the n-th set bit from a base upwards or (n negative) downwards; all ones if there is none.
fn find_nth_set(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let (mask, base) = (cx.read_bits(ins, 1, 32)?, cx.read_bits(ins, 2, 32)?);
    let offset = cx.read_bits(ins, 3, 32)?;
    let e = &cx.emit;
    let word: BasicTypeEnum<'_> = e.int_type(32).into();
    let zero = e.word(0);
    let down = e.icmp(IntPredicate::SLT, offset, zero);
    // Downwards is upwards in the reversed mask.
    let reversed = e.intrinsic("llvm.bitreverse", &[word], &[mask.into()]).into_int_value();
    let digits = e.select_int(down, reversed, mask);
    let start = e.select_int(down, e.sub(e.word(31), base), base);
    let within = e.icmp(IntPredicate::ULT, base, e.word(32));
    let start = e.and(start, e.word(31));
    let from_start = e.and(digits, e.shl(e.word(u32::MAX), start));
    let only_start = e.and(digits, e.shl(e.word(1), start));
    let none = e.icmp(IntPredicate::EQ, offset, zero);
    let mut left = e.select_int(none, only_start, from_start);
    left = e.select_int(within, left, zero);
    let distance = e.select_int(down, e.sub(zero, offset), offset);
    for skipped in 1..32 {
        let more = e.icmp(IntPredicate::UGT, distance, e.word(skipped));
        left = e.select_int(more, e.and(left, e.sub(left, e.word(1))), left);
    }
    let beyond = e.icmp(IntPredicate::UGT, distance, e.word(32));
    let missing = e.or(beyond, e.icmp(IntPredicate::EQ, left, zero));
    let position = e.intrinsic("llvm.cttz", &[word], &[left.into(), e.bool(false).into()]).into_int_value();
    let position = e.select_int(down, e.sub(e.word(31), position), position);
    cx.write(ins, 0, ScalarType::B32, e.select_int(missing, e.word(u32::MAX), position))
}

/// `clmad`: a half of the 128-bit product without carries, xor the third operand.
fn carryless(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    const BITS: u64 = 64;
    let (a, b, c) = (cx.read_bits(ins, 1, 64)?, cx.read_bits(ins, 2, 64)?, cx.read_bits(ins, 3, 64)?);
    let high = ins.form.modifiers.half == Some(MulHalf::Hi);
    let e = &cx.emit;
    let mut sum = c;
    for bit in u64::from(high)..BITS {
        let moved = if high { e.lshr(a, e.int(64, BITS - bit)) } else { e.shl(a, e.int(64, bit)) };
        let chosen = e.zext_or_trunc(e.lshr(b, e.int(64, bit)), 1);
        sum = e.xor(sum, e.select_int(chosen, moved, e.int(64, 0)));
    }
    cx.write(ins, 0, ScalarType::U64, sum)
}
