//! Integer arithmetic (PTX ISA 9.7.1) and carry chains (9.7.2).

use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use crate::codegen::emitter::Value;
use crate::passes::recover_pointers::RegisterKind;
use inkwell::IntPredicate;
use inkwell::values::{InstructionOpcode, IntValue};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{MulHalf, Opcode, ScalarType, TypeKind};
use ptx_frontend::module::Operand;

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// Lowers an instruction of the chapter.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    if ins.ty().kind() == TypeKind::Packed {
        return Err(ins.unsupported());
    }
    match ins.form.opcode {
        Opcode::Add | Opcode::Sub => add_sub(cx, ins),
        Opcode::Addc | Opcode::Subc => add_sub_carry(cx, ins),
        Opcode::Mul => {
            let product = multiply(cx, ins)?;
            cx.write(ins, 0, wide_type(ins), product)
        }
        Opcode::Mad => mad(cx, ins),
        Opcode::Madc => madc(cx, ins),
        Opcode::Mul24 | Opcode::Mad24 => mul24(cx, ins),
        Opcode::Sad => {
            let (a, b, c) = three(cx, ins)?;
            let larger = cx.emit.icmp(less_than(ins), b, a);
            let difference = cx.emit.select_int(larger, cx.emit.sub(a, b), cx.emit.sub(b, a));
            cx.write(ins, 0, ins.ty(), cx.emit.add(c, difference))
        }
        Opcode::Div => divide(cx, ins, InstructionOpcode::SDiv, InstructionOpcode::UDiv),
        Opcode::Rem => divide(cx, ins, InstructionOpcode::SRem, InstructionOpcode::URem),
        Opcode::Abs => {
            let a = cx.read_int(ins, 1, ins.ty())?;
            let wraps = cx.emit.bool(false);
            let value = cx.emit.intrinsic("llvm.abs", &[a.get_type().into()], &[a.into(), wraps.into()]);
            cx.write(ins, 0, ins.ty(), value)
        }
        Opcode::Neg => {
            let a = cx.read_int(ins, 1, ins.ty())?;
            cx.write(ins, 0, ins.ty(), cx.emit.sub(a.get_type().const_zero(), a))
        }
        Opcode::Min | Opcode::Max => min_max(cx, ins),
        Opcode::Popc => count(cx, ins, "llvm.ctpop", false),
        Opcode::Clz => count(cx, ins, "llvm.ctlz", true),
        Opcode::Bfind => bfind(cx, ins),
        Opcode::Brev => {
            let a = cx.read_int(ins, 1, ins.ty())?;
            let value = cx.emit.intrinsic("llvm.bitreverse", &[a.get_type().into()], &[a.into()]);
            cx.write(ins, 0, ins.ty(), value)
        }
        Opcode::Bfe => bfe(cx, ins),
        Opcode::Bfi => bfi(cx, ins),
        Opcode::Bmsk => bmsk(cx, ins),
        Opcode::Szext => szext(cx, ins),
        Opcode::Dp4a => dot_product(cx, ins, 4),
        Opcode::Dp2a => dot_product(cx, ins, 2),
        _ => Err(ins.unsupported()),
    }
}

fn three<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
) -> Result<(IntValue<'ctx>, IntValue<'ctx>, IntValue<'ctx>), Diagnostic> {
    let ty = ins.ty();
    Ok((cx.read_int(ins, 1, ty)?, cx.read_int(ins, 2, ty)?, cx.read_int(ins, 3, ty)?))
}

fn less_than(ins: &Ins<'_>) -> IntPredicate {
    if ins.ty().is_signed() { IntPredicate::SLT } else { IntPredicate::ULT }
}

/// The type of the destination of `mul` and `mad`: twice as wide for `.wide`.
fn wide_type(ins: &Ins<'_>) -> ScalarType {
    if ins.form.modifiers.half != Some(MulHalf::Wide) {
        return ins.ty();
    }
    match ins.ty() {
        ScalarType::U16 => ScalarType::U32,
        ScalarType::S16 => ScalarType::S32,
        ScalarType::U32 => ScalarType::U64,
        _ => ScalarType::S64,
    }
}

/// The register's pointer if the destination was recovered as one and operand `index` is a pointer too.
fn pointer_operand<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, index: usize) -> Option<Value<'ctx>> {
    let is_pointer = |operand: Option<&Operand>| match operand {
        Some(Operand::Register(register)) => matches!(cx.kind(*register), RegisterKind::Pointer(_)),
        _ => false,
    };
    if !is_pointer(ins.operands.first()) {
        return None;
    }
    match ins.operands.get(index) {
        Some(operand @ Operand::Register(register)) if is_pointer(Some(operand)) => {
            let slot = cx.slot(*register);
            Some(cx.emit.load_slot(slot.ty, slot.pointer))
        }
        Some(Operand::Symbol { symbol, offset }) => {
            let pointer = cx.address_of(*symbol);
            Some(cx.emit.offset(pointer, cx.emit.int(64, offset.cast_unsigned())).into())
        }
        _ => None,
    }
}

fn add_sub(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let (ty, subtract) = (ins.ty(), ins.form.opcode == Opcode::Sub);
    if ins.form.modifiers.carry_out {
        let (a, b) = (cx.read_int(ins, 1, ty)?, cx.read_int(ins, 2, ty)?);
        let name = if subtract { "llvm.usub.with.overflow" } else { "llvm.uadd.with.overflow" };
        let pair = cx.emit.intrinsic(name, &[a.get_type().into()], &[a.into(), b.into()]);
        cx.write_carry(cx.emit.extract(pair, 1).into_int_value());
        return cx.write(ins, 0, ty, cx.emit.extract(pair, 0));
    }
    if ins.form.modifiers.sat {
        let (a, b) = (cx.read_int(ins, 1, ty)?, cx.read_int(ins, 2, ty)?);
        let name = match (subtract, ty.is_signed()) {
            (false, true) => "llvm.sadd.sat",
            (true, true) => "llvm.ssub.sat",
            (false, false) => "llvm.uadd.sat",
            (true, false) => "llvm.usub.sat",
        };
        let value = cx.emit.intrinsic(name, &[a.get_type().into()], &[a.into(), b.into()]);
        return cx.write(ins, 0, ty, value);
    }
    // An addition of a recovered pointer and an integer stays a pointer.
    for (base, other) in if subtract { &[(1, 2)][..] } else { &[(1, 2), (2, 1)][..] } {
        if let Some(Value::PointerValue(pointer)) = pointer_operand(cx, ins, *base)
            && pointer_operand(cx, ins, *other).is_none()
        {
            let mut offset = cx.read_int(ins, *other, ty)?;
            if subtract {
                offset = cx.emit.sub(offset.get_type().const_zero(), offset);
            }
            return cx.write(ins, 0, ty, cx.emit.pointer_offset(pointer, offset));
        }
    }
    let (a, b) = (cx.read_int(ins, 1, ty)?, cx.read_int(ins, 2, ty)?);
    cx.write(ins, 0, ty, if subtract { cx.emit.sub(a, b) } else { cx.emit.add(a, b) })
}

fn add_sub_carry(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let ty = ins.ty();
    let (a, b) = (cx.read_int(ins, 1, ty)?, cx.read_int(ins, 2, ty)?);
    let name =
        if ins.form.opcode == Opcode::Subc { "llvm.usub.with.overflow" } else { "llvm.uadd.with.overflow" };
    let (value, carry) = chain(cx, name, a, b);
    if ins.form.modifiers.carry_out {
        cx.write_carry(carry);
    }
    cx.write(ins, 0, ty, value)
}

/// `a op b op carry`, with the carry out of both steps.
fn chain<'ctx>(
    cx: &Cx<'_, 'ctx>,
    name: &str,
    a: IntValue<'ctx>,
    b: IntValue<'ctx>,
) -> (IntValue<'ctx>, IntValue<'ctx>) {
    let e = &cx.emit;
    let carry = e.zext_or_trunc(cx.read_carry(), a.get_type().get_bit_width());
    let ty = a.get_type().into();
    let first = e.intrinsic(name, &[ty], &[a.into(), b.into()]);
    let second = e.intrinsic(name, &[ty], &[e.extract(first, 0), carry.into()]);
    let out = e.or(e.extract(first, 1).into_int_value(), e.extract(second, 1).into_int_value());
    (e.extract(second, 0).into_int_value(), out)
}

/// The product that `mul` and `mad` start from.
fn multiply<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>) -> Result<IntValue<'ctx>, Diagnostic> {
    let ty = ins.ty();
    let (a, b) = (cx.read_int(ins, 1, ty)?, cx.read_int(ins, 2, ty)?);
    let (e, bits) = (&cx.emit, ty.bits());
    let widen = |v| if ty.is_signed() { e.sext_or_trunc(v, 2 * bits) } else { e.zext_or_trunc(v, 2 * bits) };
    Ok(match ins.form.modifiers.half {
        Some(MulHalf::Wide) if ty.is_signed() => e.mul_nsw(widen(a), widen(b)),
        Some(MulHalf::Wide) => e.mul_nuw(widen(a), widen(b)),
        Some(MulHalf::Hi) => {
            let product = e.mul(widen(a), widen(b));
            e.zext_or_trunc(e.lshr(product, e.int(2 * bits, u64::from(bits))), bits)
        }
        _ => e.mul(a, b),
    })
}

fn mad(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let ty = wide_type(ins);
    let product = multiply(cx, ins)?;
    if !ins.form.modifiers.carry_out
        && !ins.form.modifiers.sat
        && let Some(Value::PointerValue(pointer)) = pointer_operand(cx, ins, 3)
    {
        return cx.write(ins, 0, ty, cx.emit.pointer_offset(pointer, product));
    }
    let c = cx.read_int(ins, 3, ty)?;
    if ins.form.modifiers.sat {
        let value = cx.emit.intrinsic("llvm.sadd.sat", &[c.get_type().into()], &[product.into(), c.into()]);
        return cx.write(ins, 0, ty, value);
    }
    if ins.form.modifiers.carry_out {
        let pair =
            cx.emit.intrinsic("llvm.uadd.with.overflow", &[c.get_type().into()], &[product.into(), c.into()]);
        cx.write_carry(cx.emit.extract(pair, 1).into_int_value());
        return cx.write(ins, 0, ty, cx.emit.extract(pair, 0));
    }
    cx.write(ins, 0, ty, cx.emit.add(product, c))
}

fn madc(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let product = multiply(cx, ins)?;
    let c = cx.read_int(ins, 3, ins.ty())?;
    let (value, carry) = chain(cx, "llvm.uadd.with.overflow", product, c);
    if ins.form.modifiers.carry_out {
        cx.write_carry(carry);
    }
    cx.write(ins, 0, ins.ty(), value)
}

/// Products of the low 24 bits: bits 0 to 31 or 16 to 47 of the 48-bit product.
fn mul24(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let ty = ins.ty();
    let e = &cx.emit;
    let (a, b) = (cx.read_int(ins, 1, ty)?, cx.read_int(ins, 2, ty)?);
    let low24 = |v| {
        let eight = e.word(8);
        let up = e.shl(v, eight);
        if ty.is_signed() {
            e.sext_or_trunc(e.ashr(up, eight), 64)
        } else {
            e.zext_or_trunc(e.lshr(up, eight), 64)
        }
    };
    let product = e.mul(low24(a), low24(b));
    let shift = if ins.form.modifiers.half == Some(MulHalf::Hi) { 16 } else { 0 };
    let product = e.zext_or_trunc(e.lshr(product, e.int(64, shift)), 32);
    if ins.form.opcode == Opcode::Mul24 {
        return cx.write(ins, 0, ty, product);
    }
    let c = cx.read_int(ins, 3, ty)?;
    if ins.form.modifiers.sat {
        let value = e.intrinsic("llvm.sadd.sat", &[c.get_type().into()], &[product.into(), c.into()]);
        return cx.write(ins, 0, ty, value);
    }
    cx.write(ins, 0, ty, e.add(product, c))
}

/// Division and remainder. PTX leaves division by zero open, LLVM makes it undefined: the divisor is replaced by one
/// that gives what NVIDIA's hardware gives (all ones, and the dividend as remainder), and so is `MIN / -1`.
fn divide(
    cx: &mut Cx<'_, '_>,
    ins: &Ins<'_>,
    signed: InstructionOpcode,
    unsigned: InstructionOpcode,
) -> Lowered {
    let ty = ins.ty();
    let (a, b) = (cx.read_int(ins, 1, ty)?, cx.read_int(ins, 2, ty)?);
    let e = &cx.emit;
    let quotient = ins.form.opcode == Opcode::Div;
    let (zero, one, ones) =
        (b.get_type().const_zero(), b.get_type().const_int(1, false), b.get_type().const_all_ones());
    let by_zero = e.icmp(IntPredicate::EQ, b, zero);
    let mut safe = e.select_int(by_zero, one, b);
    let mut overflow = None;
    if ty.is_signed() {
        let minus_one = e.icmp(IntPredicate::EQ, b, ones);
        safe = e.select_int(minus_one, one, safe);
        overflow = Some(minus_one);
    }
    let opcode = if ty.is_signed() { signed } else { unsigned };
    let mut value = e.binary(opcode, a, safe);
    if let Some(minus_one) = overflow {
        let special = if quotient { e.sub(zero, a) } else { zero };
        value = e.select_int(minus_one, special, value);
    }
    value = e.select_int(by_zero, if quotient { ones } else { a }, value);
    cx.write(ins, 0, ty, value)
}

fn min_max(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let ty = ins.ty();
    let (a, b) = (cx.read_int(ins, 1, ty)?, cx.read_int(ins, 2, ty)?);
    let name = match (ins.form.opcode == Opcode::Min, ty.is_signed()) {
        (true, true) => "llvm.smin",
        (true, false) => "llvm.umin",
        (false, true) => "llvm.smax",
        (false, false) => "llvm.umax",
    };
    let mut value = cx.emit.intrinsic(name, &[a.get_type().into()], &[a.into(), b.into()]);
    if ins.form.modifiers.relu {
        let zero = a.get_type().const_zero();
        value = cx.emit.intrinsic("llvm.smax", &[a.get_type().into()], &[value, zero.into()]);
    }
    cx.write(ins, 0, ty, value)
}

fn count(cx: &mut Cx<'_, '_>, ins: &Ins<'_>, name: &str, has_flag: bool) -> Lowered {
    let a = cx.read_int(ins, 1, ins.ty())?;
    let defined_at_zero = cx.emit.bool(false);
    let mut arguments = vec![a.into()];
    if has_flag {
        arguments.push(defined_at_zero.into());
    }
    let value = cx.emit.intrinsic(name, &[a.get_type().into()], &arguments).into_int_value();
    cx.write(ins, 0, ScalarType::U32, cx.emit.zext_or_trunc(value, 32))
}

/// Position of the highest bit that is not a sign bit, or all ones; `.shiftamt` gives the distance from the top.
fn bfind(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let (ty, e) = (ins.ty(), &cx.emit);
    let mut a = cx.read_int(ins, 1, ty)?;
    let top = e.int(ty.bits(), u64::from(ty.bits() - 1));
    if ty.is_signed() {
        a = e.xor(a, e.ashr(a, top));
    }
    let none = e.icmp(IntPredicate::EQ, a, a.get_type().const_zero());
    let zeros =
        e.intrinsic("llvm.ctlz", &[a.get_type().into()], &[a.into(), e.bool(false).into()]).into_int_value();
    let position = if ins.form.modifiers.shift_amount { zeros } else { e.sub(top, zeros) };
    let position = e.zext_or_trunc(position, 32);
    cx.write(ins, 0, ScalarType::U32, e.select_int(none, e.word(u32::MAX), position))
}

/// Extracts a field; positions and lengths are the low 8 bits, and what lies beyond the top is zero or the sign.
fn bfe(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let (ty, bits) = (ins.ty(), ins.ty().bits());
    let a = cx.read_int(ins, 1, ty)?;
    let (position, length) = (byte_operand(cx, ins, 2)?, byte_operand(cx, ins, 3)?);
    let e = &cx.emit;
    let constant = |v: IntValue<'_>| v.get_zero_extended_constant();
    if let (Some(p), Some(l), 32) = (constant(position), constant(length), bits)
        && p < 32
        && l > 0
        && p + l <= 32
    {
        let name = if ty.is_signed() { "llvm.amdgcn.sbfe" } else { "llvm.amdgcn.ubfe" };
        let value = if l == 32 {
            a.into()
        } else {
            e.intrinsic(name, &[a.get_type().into()], &[a.into(), position.into(), length.into()])
        };
        return cx.write(ins, 0, ty, value);
    }
    let size = e.word(bits);
    // Signed: the field's own top bit, or the value's if the field passes it, fills the rest.
    let value = if ty.is_signed() {
        let end = e.add(position, length);
        let over = e.icmp(IntPredicate::UGE, end, size);
        let capped_end = e.select_int(over, size, end);
        let start =
            e.intrinsic("llvm.umin", &[size.get_type().into()], &[position.into(), e.word(bits - 1).into()]);
        let width = e.intrinsic("llvm.usub.sat", &[size.get_type().into()], &[capped_end.into(), start]);
        // With an empty field the shift below would be the whole width, so it is done in two steps.
        let up = e.sub(
            size,
            e.intrinsic("llvm.umax", &[size.get_type().into()], &[width, e.word(1).into()]).into_int_value(),
        );
        let moved = e.ashr(a, e.zext_or_trunc(start.into_int_value(), bits));
        let up = e.zext_or_trunc(up, bits);
        let field = e.ashr(e.shl(moved, up), up);
        let empty = e.icmp(IntPredicate::EQ, length, e.word(0));
        e.select_int(empty, a.get_type().const_zero(), field)
    } else {
        let moved = shift_or_zero(cx, a, position, false);
        let mask = low_bits(cx, length, bits);
        e.and(moved, mask)
    };
    cx.write(ins, 0, ty, value)
}

/// Inserts the low bits of `a` into `b` at a position.
fn bfi(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let (ty, bits) = (ins.ty(), ins.ty().bits());
    let (a, b) = (cx.read_int(ins, 1, ty)?, cx.read_int(ins, 2, ty)?);
    let (position, length) = (byte_operand(cx, ins, 3)?, byte_operand(cx, ins, 4)?);
    let mask = shift_or_zero(cx, low_bits(cx, length, bits), position, true);
    let field = shift_or_zero(cx, a, position, true);
    let e = &cx.emit;
    cx.write(ins, 0, ty, e.or(e.and(field, mask), e.and(b, e.not(mask))))
}

fn byte_operand<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, index: usize) -> Result<IntValue<'ctx>, Diagnostic> {
    Ok(cx.emit.and(cx.read_bits(ins, index, 32)?, cx.emit.word(0xff)))
}

/// A shift by a 32-bit count that gives zero from the width on.
pub fn shift_or_zero<'ctx>(
    cx: &Cx<'_, 'ctx>,
    a: IntValue<'ctx>,
    count: IntValue<'ctx>,
    left: bool,
) -> IntValue<'ctx> {
    let e = &cx.emit;
    let bits = a.get_type().get_bit_width();
    let inside = e.icmp(IntPredicate::ULT, count, e.word(bits));
    let safe = e.zext_or_trunc(e.and(count, e.word(bits - 1)), bits);
    let moved = if left { e.shl(a, safe) } else { e.lshr(a, safe) };
    e.select_int(inside, moved, a.get_type().const_zero())
}

/// `length` low one-bits of a word of `bits`.
fn low_bits<'ctx>(cx: &Cx<'_, 'ctx>, length: IntValue<'ctx>, bits: u32) -> IntValue<'ctx> {
    let ones = cx.emit.int_type(bits).const_all_ones();
    cx.emit.not(shift_or_zero(cx, ones, length, true))
}

fn bmsk(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let (mut position, mut length) = (cx.read_bits(ins, 1, 32)?, cx.read_bits(ins, 2, 32)?);
    if ins.form.modifiers.clamp == Some(ptx_frontend::isa::Clamp::Wrap) {
        position = cx.emit.and(position, cx.emit.word(31));
        length = cx.emit.and(length, cx.emit.word(31));
    }
    let value = shift_or_zero(cx, low_bits(cx, length, 32), position, true);
    cx.write(ins, 0, ScalarType::B32, value)
}

/// Extends from bit `b - 1`, by zeros or the sign.
fn szext(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let ty = ins.ty();
    let (a, mut b) = (cx.read_bits(ins, 1, 32)?, cx.read_bits(ins, 2, 32)?);
    if ins.form.modifiers.clamp == Some(ptx_frontend::isa::Clamp::Wrap) {
        b = cx.emit.and(b, cx.emit.word(31));
    }
    let e = &cx.emit;
    let value = if ty.is_signed() {
        let whole = e.icmp(IntPredicate::UGE, b, e.word(32));
        let empty = e.icmp(IntPredicate::EQ, b, e.word(0));
        let up = e.and(e.sub(e.word(32), b), e.word(31));
        let field = e.ashr(e.shl(a, up), up);
        e.select_int(empty, e.word(0), e.select_int(whole, a, field))
    } else {
        e.and(a, low_bits(cx, b, 32))
    };
    cx.write(ins, 0, ty, value)
}

/// `dp4a`: four bytes by four bytes; `dp2a`: two halves by the two low or high bytes. Each side has its own sign.
fn dot_product(cx: &mut Cx<'_, '_>, ins: &Ins<'_>, count: u32) -> Lowered {
    let (a_ty, b_ty) = (ins.ty(), ins.form.source_type());
    let (a, b) = (cx.read_bits(ins, 1, 32)?, cx.read_bits(ins, 2, 32)?);
    let mut sum = cx.read_bits(ins, 3, 32)?;
    let e = &cx.emit;
    let part = |v, offset: u32, width: u32, signed: bool| {
        let moved = e.lshr(v, e.word(offset));
        let cut = e.zext_or_trunc(moved, width);
        if signed { e.sext_or_trunc(cut, 32) } else { e.zext_or_trunc(cut, 32) }
    };
    let a_width = 32 / count;
    let b_base = if count == 2 && ins.form.modifiers.half == Some(MulHalf::Hi) { 16 } else { 0 };
    for index in 0..count {
        let x = part(a, index * a_width, a_width, a_ty.is_signed());
        let y = part(b, b_base + index * 8, 8, b_ty.is_signed());
        sum = e.add(sum, e.mul(x, y));
    }
    cx.write(ins, 0, ScalarType::B32, sum)
}
