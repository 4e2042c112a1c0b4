//! The video instructions (PTX ISA 9.7.18): scalar ones on bytes, halves and words, and SIMD ones on two or four parts.
//!
//! Everything is computed in 128 bits, where no intermediate result overflows; LLVM narrows that again.

use super::conversion::clamp;
use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use inkwell::IntPredicate;
use inkwell::values::IntValue;
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{AtomicOp, Clamp, Comparison, Opcode, ScalarType};
use ptx_frontend::module::{Operand, Part};

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// The part that an operand names: whether bytes (or halves), and the digits, leftmost first.
type Selector = Option<(bool, Vec<u8>)>;

/// Width of the intermediate results.
const WIDE: u32 = 128;

/// What an instruction does to two numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operation {
    Add,
    Sub,
    Average,
    Difference,
    Min,
    Max,
    ShiftLeft,
    ShiftRight,
    Compare,
}

/// Lowers an instruction of the chapter.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    use Opcode as O;
    use Operation as P;
    let (operation, parts) = match ins.form.opcode {
        O::Vmad => return multiply_add(cx, ins),
        O::Vadd => (P::Add, 1),
        O::Vsub => (P::Sub, 1),
        O::Vabsdiff => (P::Difference, 1),
        O::Vmin => (P::Min, 1),
        O::Vmax => (P::Max, 1),
        O::Vshl => (P::ShiftLeft, 1),
        O::Vshr => (P::ShiftRight, 1),
        O::Vset => (P::Compare, 1),
        O::Vadd2 => (P::Add, 2),
        O::Vsub2 => (P::Sub, 2),
        O::Vavrg2 => (P::Average, 2),
        O::Vabsdiff2 => (P::Difference, 2),
        O::Vmin2 => (P::Min, 2),
        O::Vmax2 => (P::Max, 2),
        O::Vset2 => (P::Compare, 2),
        O::Vadd4 => (P::Add, 4),
        O::Vsub4 => (P::Sub, 4),
        O::Vavrg4 => (P::Average, 4),
        O::Vabsdiff4 => (P::Difference, 4),
        O::Vmin4 => (P::Min, 4),
        O::Vmax4 => (P::Max, 4),
        O::Vset4 => (P::Compare, 4),
        _ => return Err(ins.unsupported()),
    };
    if parts == 1 { scalar(cx, ins, operation) } else { simd(cx, ins, operation, parts) }
}

/// The types of the destination and the two sources; comparisons name the sources only.
fn types(ins: &Ins<'_>, operation: Operation) -> [bool; 3] {
    let signed = |index: usize| ins.form.types.get(index).is_some_and(|ty| ty.is_signed());
    if operation == Operation::Compare {
        [false, signed(0), signed(1)]
    } else {
        [signed(0), signed(1), signed(2)]
    }
}

/// An operand's register value, its selector if it has one, and whether it stands negated.
fn read<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    index: usize,
) -> Result<(IntValue<'ctx>, Selector, bool), Diagnostic> {
    match ins.operand(index)? {
        Operand::Part { register, part, negated } => {
            let raw = cx.read_raw(ins, Operand::Register(register), 32)?;
            let word = cx.resize(raw, cx.emit.int_type(32).into()).into_int_value();
            let selector = match part {
                Part::All => None,
                Part::Select { bytes, count, digits } => {
                    Some((bytes, digits[..usize::from(count).min(4)].to_vec()))
                }
            };
            Ok((word, selector, negated))
        }
        _ => Ok((cx.read_bits(ins, index, 32)?, None, false)),
    }
}

/// Bits `offset..offset + width` with their sign, wide.
fn field<'ctx>(
    cx: &Cx<'_, 'ctx>,
    word: IntValue<'ctx>,
    offset: u32,
    width: u32,
    signed: bool,
) -> IntValue<'ctx> {
    let e = &cx.emit;
    let bits = word.get_type().get_bit_width();
    let cut = e.zext_or_trunc(e.lshr(word, e.int(bits, u64::from(offset))), width);
    if signed { e.sext_or_trunc(cut, WIDE) } else { e.zext_or_trunc(cut, WIDE) }
}

/// Where a scalar selector's part lies: offset and width.
fn place(selector: Option<&(bool, Vec<u8>)>) -> (u32, u32) {
    match selector {
        None => (0, 32),
        Some((bytes, digits)) => {
            let width = if *bytes { 8 } else { 16 };
            let digit = u32::from(digits.first().copied().unwrap_or(0));
            ((digit * width).min(32 - width), width)
        }
    }
}

fn source<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    index: usize,
    signed: bool,
) -> Result<IntValue<'ctx>, Diagnostic> {
    let (word, selector, negated) = read(cx, ins, index)?;
    if negated {
        return Err(ins.unsupported_operand(index));
    }
    let (offset, width) = place(selector.as_ref());
    Ok(field(cx, word, offset, width, signed))
}

fn wide<'ctx>(cx: &Cx<'_, 'ctx>, value: u64) -> IntValue<'ctx> {
    cx.emit.int(WIDE, value)
}

fn larger<'ctx>(cx: &Cx<'_, 'ctx>, a: IntValue<'ctx>, b: IntValue<'ctx>, greatest: bool) -> IntValue<'ctx> {
    let first = cx.emit.icmp(if greatest { IntPredicate::SGT } else { IntPredicate::SLT }, a, b);
    cx.emit.select_int(first, a, b)
}

fn compute<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    operation: Operation,
    a: IntValue<'ctx>,
    b: IntValue<'ctx>,
) -> Result<IntValue<'ctx>, Diagnostic> {
    let e = &cx.emit;
    Ok(match operation {
        Operation::Add => e.add(a, b),
        Operation::Sub => e.sub(a, b),
        Operation::Average => {
            // Halves round away from zero.
            let sum = e.add(a, b);
            let positive = e.icmp(IntPredicate::SGE, sum, wide(cx, 0));
            e.ashr(e.add(sum, e.zext_or_trunc(positive, WIDE)), wide(cx, 1))
        }
        Operation::Difference => {
            let difference = e.sub(a, b);
            larger(cx, difference, e.sub(wide(cx, 0), difference), true)
        }
        Operation::Min => larger(cx, a, b, false),
        Operation::Max => larger(cx, a, b, true),
        Operation::ShiftLeft | Operation::ShiftRight => {
            let count = if ins.form.modifiers.clamp == Some(Clamp::Wrap) {
                e.and(b, wide(cx, 31))
            } else {
                larger(cx, b, wide(cx, 32), false)
            };
            if operation == Operation::ShiftLeft { e.shl(a, count) } else { e.ashr(a, count) }
        }
        Operation::Compare => {
            let predicate = match ins.form.modifiers.comparison {
                Some(Comparison::Eq) => IntPredicate::EQ,
                Some(Comparison::Ne) => IntPredicate::NE,
                Some(Comparison::Lt) => IntPredicate::SLT,
                Some(Comparison::Le) => IntPredicate::SLE,
                Some(Comparison::Gt) => IntPredicate::SGT,
                Some(Comparison::Ge) => IntPredicate::SGE,
                _ => return Err(ins.unsupported()),
            };
            e.zext_or_trunc(e.icmp(predicate, a, b), WIDE)
        }
    })
}

/// The destination's register and selector.
fn destination(ins: &Ins<'_>) -> Result<(Operand, Selector), Diagnostic> {
    Ok(match ins.operand(0)? {
        Operand::Part { register, part: Part::Select { bytes, count, digits }, .. } => {
            (Operand::Register(register), Some((bytes, digits[..usize::from(count).min(4)].to_vec())))
        }
        Operand::Part { register, .. } => (Operand::Register(register), None),
        other => (other, None),
    })
}

fn scalar(cx: &mut Cx<'_, '_>, ins: &Ins<'_>, operation: Operation) -> Lowered {
    let [to_signed, a_signed, b_signed] = types(ins, operation);
    let (a, b) = (source(cx, ins, 1, a_signed)?, source(cx, ins, 2, b_signed)?);
    let e = &cx.emit;
    let mut value = compute(cx, ins, operation, a, b)?;
    let (target, selector) = destination(ins)?;
    let (offset, width) = place(selector.as_ref());
    if ins.form.modifiers.sat {
        let clamped = clamp(cx, value, width, to_signed);
        value = if to_signed { e.sext_or_trunc(clamped, WIDE) } else { e.zext_or_trunc(clamped, WIDE) };
    }
    let c = if ins.operands.len() > 3 { cx.read_bits(ins, 3, 32)? } else { e.word(0) };
    let result = match ins.form.modifiers.atomic {
        Some(second) => {
            // The second operation sees 32-bit numbers of the destination's type.
            let cut = field(cx, e.zext_or_trunc(value, 32), 0, 32, to_signed);
            let c = field(cx, c, 0, 32, to_signed);
            let both = match second {
                AtomicOp::Add => e.add(cut, c),
                AtomicOp::Min => larger(cx, cut, c, false),
                AtomicOp::Max => larger(cx, cut, c, true),
                _ => return Err(ins.unsupported()),
            };
            e.zext_or_trunc(both, 32)
        }
        None if width == 32 => e.zext_or_trunc(value, 32),
        None => {
            let ones = e.word(((1u64 << width) - 1) as u32);
            let mask = e.shl(ones, e.word(offset));
            let placed = e.shl(e.and(e.zext_or_trunc(value, 32), ones), e.word(offset));
            e.or(e.and(c, e.not(mask)), placed)
        }
    };
    cx.write_operand(ins, target, ScalarType::B32, result.into())
}

/// The parts of a SIMD source: the selector's digits, leftmost first, pick from both sources; without one `a` and `b`
/// give their own parts.
fn simd_source<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    words: [IntValue<'ctx>; 2],
    (index, selector): (usize, Option<&Vec<u8>>),
    parts: u32,
    signed: bool,
) -> Result<Vec<IntValue<'ctx>>, Diagnostic> {
    let width = 32 / parts;
    let own = if index == 1 { 0 } else { parts };
    (0..parts)
        .map(|part| {
            let digit = match selector {
                None => own + part,
                Some(digits) => {
                    let from_left = digits.len().checked_sub(1 + part as usize);
                    let digit = from_left.and_then(|at| digits.get(at)).copied();
                    u32::from(digit.ok_or_else(|| ins.unsupported_operand(index))?)
                }
            };
            let word = words[usize::from(digit >= parts)];
            Ok(field(cx, word, digit % parts * width, width, signed))
        })
        .collect()
}

fn simd(cx: &mut Cx<'_, '_>, ins: &Ins<'_>, operation: Operation, parts: u32) -> Lowered {
    let [to_signed, a_signed, b_signed] = types(ins, operation);
    let (a_word, a_selector, _) = read(cx, ins, 1)?;
    let (b_word, b_selector, _) = read(cx, ins, 2)?;
    let words = [a_word, b_word];
    let digits = |selector: &Selector| selector.as_ref().map(|(_, digits)| digits.clone());
    let (a_digits, b_digits) = (digits(&a_selector), digits(&b_selector));
    let a = simd_source(cx, ins, words, (1, a_digits.as_ref()), parts, a_signed)?;
    let b = simd_source(cx, ins, words, (2, b_digits.as_ref()), parts, b_signed)?;
    let c = cx.read_bits(ins, 3, 32)?;
    let (target, mask) = destination(ins)?;
    let chosen = |part: u32| {
        mask.as_ref().is_none_or(|(_, digits)| digits.iter().any(|&digit| u32::from(digit) == part))
    };
    let (e, width) = (&cx.emit, 32 / parts);
    let accumulate = ins.form.modifiers.atomic == Some(AtomicOp::Add);
    let mut result = if accumulate { c } else { e.word(0) };
    for part in 0..parts {
        let offset = part * width;
        let mut value = compute(cx, ins, operation, a[part as usize], b[part as usize])?;
        if ins.form.modifiers.sat {
            value = e.zext_or_trunc(clamp(cx, value, width, to_signed), WIDE);
        }
        if accumulate {
            if chosen(part) {
                result = e.add(result, e.zext_or_trunc(value, 32));
            }
            continue;
        }
        let ones = e.word(((1u64 << width) - 1) as u32);
        let bits = if chosen(part) {
            e.and(e.zext_or_trunc(value, 32), ones)
        } else {
            e.and(e.lshr(c, e.word(offset)), ones)
        };
        result = e.or(result, e.shl(bits, e.word(offset)));
    }
    cx.write_operand(ins, target, ScalarType::B32, result.into())
}

/// `vmad`: the product plus the third operand, shifted right and perhaps saturated.
fn multiply_add(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let signed = |index: usize| ins.form.types.get(index).is_some_and(|ty| ty.is_signed());
    let mut factors = Vec::new();
    let mut negative = false;
    for (index, is_signed) in [(1, signed(1)), (2, signed(2))] {
        let (word, selector, negated) = read(cx, ins, index)?;
        let (offset, width) = place(selector.as_ref());
        factors.push(field(cx, word, offset, width, is_signed));
        negative ^= negated;
    }
    let (c_word, _, c_negated) = read(cx, ins, 3)?;
    let result_signed = signed(1) || signed(2) || negative || c_negated;
    let e = &cx.emit;
    let mut value = e.mul(factors[0], factors[1]);
    let mut c = field(cx, c_word, 0, 32, result_signed);
    if negative {
        value = e.sub(wide(cx, 0), value);
    }
    if c_negated {
        c = e.sub(wide(cx, 0), c);
    }
    value = e.add(value, c);
    if ins.form.modifiers.has("po") {
        value = e.add(value, wide(cx, 1));
    }
    for (word, count) in [("shr7", 7), ("shr15", 15)] {
        if ins.form.modifiers.has(word) {
            value = e.ashr(value, wide(cx, count));
        }
    }
    let value =
        if ins.form.modifiers.sat { clamp(cx, value, 32, result_signed) } else { e.zext_or_trunc(value, 32) };
    cx.write(ins, 0, ScalarType::B32, value)
}
