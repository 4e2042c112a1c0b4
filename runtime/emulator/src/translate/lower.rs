//! From an operation to host instructions.
//!
//! Each kind does in host instructions what its row in `execute/rows` does in Rust, special values included; NaN
//! payloads are the host's in both.

use super::host::{Emitter, Mask, Set, Vector};
use super::plan::{Comparison, Input, Kind, Operation, Part, Source, WideShift};
use super::table::{Op, Shift};

const SIGN: u32 = 1 << 31;
const EXPONENT: u32 = 0x7f80_0000;
const ONE: u32 = 0x3f80_0000;
const HALF: u32 = 0x3f00_0000;
/// The largest single below one.
const BELOW_ONE: u32 = 0x3f7f_ffff;
/// 2^31 as a single.
const TWO_TO_31: u32 = 0x4f00_0000;
const ALL: u32 = u32::MAX;

/// Whether `operation` can be lowered for `set`.
pub(super) fn is_lowered(operation: &Operation, set: Set) -> bool {
    let unsigned = matches!(operation.kind, Kind::UnsignedToFloat | Kind::FloatToUnsigned);
    set == Set::Avx512 || !unsigned
}

/// Emits one operation.
pub(super) fn lower(e: &mut Emitter<'_>, operation: &Operation) {
    // All results are computed before the first is defined: a part may read what another one writes.
    let mut results = Vec::with_capacity(2);
    let wide = match operation.kind {
        Kind::MultiplyAddWide { signed } => Some(multiply_add_wide(e, operation, signed)),
        Kind::ShiftWide(shift) => Some(shift_wide(e, operation, shift)),
        _ => None,
    };
    if let Some(pair) = wide {
        results.extend(operation.parts.iter().map(|part| part.target).zip(pair));
    }
    for (at, part) in operation.parts.iter().enumerate().filter(|_| wide.is_none()) {
        let rest = &operation.parts[at + 1..];
        if let Some(vector) = part_result(e, operation, part, rest) {
            results.push((part.target, vector));
        }
    }
    for (target, vector) in results {
        if let Some(target) = target {
            e.define(target, vector);
        }
    }
    e.next();
}

/// The sign bit apart, for what can take a negated operand as it is.
fn unsigned_input(input: Input) -> (Input, bool) {
    match input.source {
        Source::Constant(_) => (input, false),
        _ => (Input { negate: false, ..input }, input.negate),
    }
}

fn part_result(e: &mut Emitter<'_>, operation: &Operation, part: &Part, rest: &[Part]) -> Option<Vector> {
    let kind = operation.kind;
    if kind == Kind::FloatFma {
        return Some(multiply_add(e, part, rest));
    }
    let shift_amount = match (kind, part.inputs.first(), part.inputs.get(1)) {
        (Kind::ShiftLeft | Kind::ShiftRight | Kind::ShiftRightSigned, Some(input), _)
        | (Kind::ShiftAdd | Kind::ShiftOr, _, Some(input)) => constant_of(input),
        (Kind::AddShift | Kind::AlignBit, ..) => constant_of(&part.inputs[2]),
        _ => None,
    };
    if let Kind::BitField { signed } = kind
        && let (Some(offset), Some(width)) = (constant_of(&part.inputs[1]), constant_of(&part.inputs[2]))
    {
        let value = e.input(part.inputs[0]);
        return Some(constant_bit_field(e, value, offset & 31, width & 31, signed));
    }
    let inputs: Vec<Vector> = part.inputs.iter().map(|input| e.input(*input)).collect();
    let input = |at: usize| inputs.get(at).copied().unwrap_or(0);
    let (a, b, c) = (input(0), input(1), input(2));
    Some(match kind {
        Kind::Move => a,
        Kind::Not => {
            let all = e.constant(ALL);
            e.two(Op::Xor, a, all)
        }
        Kind::And => e.two(Op::And, a, b),
        Kind::Or => e.two(Op::Or, a, b),
        Kind::Xor => e.two(Op::Xor, a, b),
        Kind::Xnor => {
            let all = e.constant(ALL);
            let different = e.two(Op::Xor, a, b);
            e.two(Op::Xor, different, all)
        }
        Kind::AndOr => {
            let both = e.two(Op::And, a, b);
            e.two(Op::Or, both, c)
        }
        Kind::Or3 => {
            let either = e.two(Op::Or, a, b);
            e.two(Op::Or, either, c)
        }
        Kind::BitSelect => {
            let (on, off) = (e.two(Op::And, a, b), e.two(Op::AndNot, a, c));
            e.two(Op::Or, on, off)
        }
        Kind::ShiftLeft => shifted(e, (Op::ShiftLeft, Shift::Left), b, a, shift_amount),
        Kind::ShiftRight => shifted(e, (Op::ShiftRight, Shift::Right), b, a, shift_amount),
        Kind::ShiftRightSigned => shifted(e, (Op::ShiftRightSigned, Shift::RightSigned), b, a, shift_amount),
        Kind::ShiftAdd => {
            let moved = shifted(e, (Op::ShiftLeft, Shift::Left), a, b, shift_amount);
            e.two(Op::Add, moved, c)
        }
        Kind::ShiftOr => {
            let moved = shifted(e, (Op::ShiftLeft, Shift::Left), a, b, shift_amount);
            e.two(Op::Or, moved, c)
        }
        Kind::AddShift => {
            let sum = e.two(Op::Add, a, b);
            shifted(e, (Op::ShiftLeft, Shift::Left), sum, c, shift_amount)
        }
        Kind::XorAdd => {
            let different = e.two(Op::Xor, a, b);
            e.two(Op::Add, different, c)
        }
        Kind::Add3 => {
            let sum = e.two(Op::Add, a, b);
            e.two(Op::Add, sum, c)
        }
        Kind::Add => e.two(Op::Add, a, b),
        Kind::Subtract => e.two(Op::Subtract, a, b),
        Kind::MultiplyLow => e.two(Op::MultiplyLow, a, b),
        Kind::Multiply24 { signed, adds } => {
            let (a, b) = (low_24(e, a, signed), low_24(e, b, signed));
            let product = e.two(Op::MultiplyLow, a, b);
            if adds { e.two(Op::Add, product, c) } else { product }
        }
        Kind::MinimumSigned => e.two(Op::MinimumSigned, a, b),
        Kind::MaximumSigned => e.two(Op::MaximumSigned, a, b),
        Kind::MinimumUnsigned => e.two(Op::MinimumUnsigned, a, b),
        Kind::MaximumUnsigned => e.two(Op::MaximumUnsigned, a, b),
        Kind::BitField { signed } => bit_field(e, a, b, c, signed),
        Kind::AlignBit => align_bit(e, a, b, c, shift_amount),
        Kind::Select => {
            let mask = e.mask(operation.mask_in?);
            e.select(mask, a, b)
        }
        Kind::AddCarry { carry_in } => add_carry(e, operation, a, b, carry_in)?,
        Kind::SubtractBorrow { borrow_in } => subtract_borrow(e, operation, a, b, borrow_in)?,
        Kind::Compare(comparison) => {
            compare(e, comparison, a, b, operation.mask_out);
            return None;
        }
        Kind::FloatAdd => e.two(Op::FloatAdd, a, b),
        Kind::FloatSubtract => e.two(Op::FloatSubtract, a, b),
        Kind::FloatMultiply => e.two(Op::FloatMultiply, a, b),
        Kind::FloatFma | Kind::MultiplyAddWide { .. } | Kind::ShiftWide(_) => return None,
        Kind::MultiplyHigh { signed } => {
            let (even, odd) = products(e, a, b, signed);
            let even = e.shift(Shift::RightWide, even, 32);
            let [high] = e.interleave([(even, odd)]);
            high
        }
        Kind::FloatMinimum => extreme(e, a, b, false),
        Kind::FloatMaximum => extreme(e, a, b, true),
        Kind::Reciprocal => {
            let (one, value) = (e.constant(ONE), flushed(e, a));
            let quotient = e.two(Op::FloatDivide, one, value);
            flushed(e, quotient)
        }
        Kind::ReciprocalSquareRoot => reciprocal_square_root(e, a),
        Kind::SquareRoot => {
            let value = flushed(e, a);
            e.one(Op::FloatSquareRoot, value)
        }
        Kind::Round(mode) => e.one_immediate(Op::FloatRound, a, mode),
        Kind::Fraction => {
            let floor = e.one_immediate(Op::FloatRound, a, 1);
            let fraction = e.two(Op::FloatSubtract, a, floor);
            let most = e.constant(BELOW_ONE);
            // With the fraction second, a NaN stays.
            e.two(Op::FloatMinimum, most, fraction)
        }
        Kind::SignedToFloat => e.one(Op::SignedToFloat, a),
        Kind::UnsignedToFloat => e.one(Op::UnsignedToFloat, a),
        Kind::FloatToSigned => {
            // What does not fit gives the least integer; too large ones get the greatest, NaNs zero.
            let truncated = e.one(Op::FloatToSigned, a);
            let limit = e.constant(TWO_TO_31);
            let large = e.compare(Op::FloatCompare, a, limit, 0x1d, None);
            let large = e.widen(large);
            let saturated = e.two(Op::Xor, truncated, large);
            let number = e.compare(Op::FloatCompare, a, a, 7, None);
            let number = e.widen(number);
            e.two(Op::And, saturated, number)
        }
        Kind::FloatToUnsigned => {
            // With zero second, a NaN becomes zero.
            let zero = e.constant(0);
            let positive = e.two(Op::FloatMaximum, a, zero);
            e.one(Op::FloatToUnsigned, positive)
        }
    })
}

fn constant_of(input: &Input) -> Option<u8> {
    match input.source {
        Source::Constant(value) if !input.negate && !input.absolute => Some(value as u8),
        _ => None,
    }
}

/// `value` shifted by the lower five bits of `amount`.
fn shifted(
    e: &mut Emitter<'_>,
    (by_lane, by_constant): (Op, Shift),
    value: Vector,
    amount: Vector,
    constant: Option<u8>,
) -> Vector {
    if let Some(amount) = constant {
        return e.shift(by_constant, value, amount & 31);
    }
    let mask = e.constant(31);
    let amount = e.two(Op::And, amount, mask);
    e.two(by_lane, value, amount)
}

fn align_bit(e: &mut Emitter<'_>, high: Vector, low: Vector, amount: Vector, constant: Option<u8>) -> Vector {
    if let Some(amount) = constant {
        let amount = amount & 31;
        if amount == 0 {
            return low;
        }
        let lower = e.shift(Shift::Right, low, amount);
        let upper = e.shift(Shift::Left, high, 32 - amount);
        return e.two(Op::Or, lower, upper);
    }
    let (mask, width) = (e.constant(31), e.constant(32));
    let amount = e.two(Op::And, amount, mask);
    // By 32, the host's shift gives zero.
    let rest = e.two(Op::Subtract, width, amount);
    let lower = e.two(Op::ShiftRight, low, amount);
    let upper = e.two(Op::ShiftLeft, high, rest);
    e.two(Op::Or, lower, upper)
}

fn constant_bit_field(e: &mut Emitter<'_>, value: Vector, offset: u8, width: u8, signed: bool) -> Vector {
    if width == 0 {
        return e.constant(0);
    }
    // A field that runs past the top ends there: zeros, or copies of the top bit, come in.
    let top = 32u8.saturating_sub(offset + width);
    let right = if signed { Shift::RightSigned } else { Shift::Right };
    let raised = if top == 0 { value } else { e.shift(Shift::Left, value, top) };
    if signed || offset + width <= 32 {
        return e.shift(right, raised, top + offset);
    }
    e.shift(right, value, offset)
}

fn bit_field(e: &mut Emitter<'_>, value: Vector, offset: Vector, width: Vector, signed: bool) -> Vector {
    let five_bits = e.constant(31);
    let offset = e.two(Op::And, offset, five_bits);
    let width = e.two(Op::And, width, five_bits);
    let lowered = e.two(if signed { Op::ShiftRightSigned } else { Op::ShiftRight }, value, offset);
    let one = e.constant(1);
    let above = e.two(Op::ShiftLeft, one, width);
    let mask = e.two(Op::Subtract, above, one);
    let field = e.two(Op::And, lowered, mask);
    if !signed {
        return field;
    }
    // The field's top bit, which for no bits at all is none: flipping it and taking it away extends it.
    let top = e.shift(Shift::Right, above, 1);
    let flipped = e.two(Op::Xor, field, top);
    e.two(Op::Subtract, flipped, top)
}

fn low_24(e: &mut Emitter<'_>, value: Vector, signed: bool) -> Vector {
    if signed {
        let raised = e.shift(Shift::Left, value, 8);
        return e.shift(Shift::RightSigned, raised, 8);
    }
    let mask = e.constant(0xff_ffff);
    e.two(Op::And, value, mask)
}

/// Zeros of the same sign for denormals.
fn flushed(e: &mut Emitter<'_>, value: Vector) -> Vector {
    let (exponent, sign) = (e.constant(EXPONENT), e.constant(SIGN));
    let bits = e.two(Op::And, value, exponent);
    let zero = e.two(Op::And, value, sign);
    let nothing = e.constant(0);
    let tiny = match e.set {
        Set::Avx2 => e.compare_plain(Op::Equal, bits, nothing, None),
        Set::Avx512 => e.compare(Op::CompareUnsigned, bits, nothing, 0, None),
    };
    e.select(tiny, value, zero)
}

/// `v_min_f32` and `v_max_f32`.
fn extreme(e: &mut Emitter<'_>, a: Vector, b: Vector, maximum: bool) -> Vector {
    let (a, b) = if e.flushes { (flushed(e, a), flushed(e, b)) } else { (a, b) };
    // The host's gives b where either is NaN or both are zero.
    let raw = e.two(if maximum { Op::FloatMaximum } else { Op::FloatMinimum }, a, b);
    let equal = e.compare(Op::FloatCompare, a, b, 0, None);
    let signed = e.two(if maximum { Op::And } else { Op::Or }, a, b);
    let ordered = e.select(equal, raw, signed);
    let is_nan = e.compare(Op::FloatCompare, b, b, 3, None);
    // Times one: a quiet NaN where both are NaN.
    let one = e.constant(ONE);
    let other = e.two(Op::FloatMultiply, a, one);
    e.select(is_nan, ordered, other)
}

fn multiply_add(e: &mut Emitter<'_>, part: &Part, rest: &[Part]) -> Vector {
    let (a, negative_a) = unsigned_input(part.inputs[0]);
    let (b, negative_b) = unsigned_input(part.inputs[1]);
    let (c, negative_c) = unsigned_input(part.inputs[2]);
    let (left, right, addend) = (e.input(a), e.input(b), e.input(c));
    // Where the sum takes the addend's place, its register is the sum's.
    let needed_later = rest.iter().any(|part| part.inputs.iter().any(|input| input.source == c.source));
    let taken = match (c.source, part.target) {
        (Source::Row(row), Some(target)) if row == target && !c.absolute && !needed_later => e.take(row),
        _ => None,
    };
    let sum = taken.unwrap_or_else(|| e.copy(addend));
    let op = match (negative_a != negative_b, negative_c) {
        (false, false) => Op::MultiplyAdd,
        (false, true) => Op::MultiplySubtract,
        (true, false) => Op::NegativeMultiplyAdd,
        (true, true) => Op::NegativeMultiplySubtract,
    };
    e.accumulate(op, sum, left, right);
    sum
}

/// The 64-bit products of the even lanes, and of the odd ones.
fn products(e: &mut Emitter<'_>, a: Vector, b: Vector, signed: bool) -> (Vector, Vector) {
    let op = if signed { Op::MultiplySignedWide } else { Op::MultiplyUnsignedWide };
    let even = e.two(op, a, b);
    let (a, b) = (e.shift(Shift::RightWide, a, 32), e.shift(Shift::RightWide, b, 32));
    (even, e.two(op, a, b))
}

/// `v_mad_u64_u32` and `v_mad_i64_i32`: the low and the high row.
fn multiply_add_wide(e: &mut Emitter<'_>, operation: &Operation, signed: bool) -> [Vector; 2] {
    let (low_part, high_part) = (&operation.parts[0], &operation.parts[1]);
    let (a, b) = (e.input(low_part.inputs[0]), e.input(low_part.inputs[1]));
    let (low, high) = (e.input(low_part.inputs[2]), e.input(high_part.inputs[2]));
    let (even, odd) = products(e, a, b, signed);
    // The addend's pairs as the host has them: even lanes and odd lanes apart.
    let (raised, lowered) = (e.shift(Shift::LeftWide, high, 32), e.shift(Shift::RightWide, low, 32));
    let [even_addend, odd_addend] = e.interleave([(low, raised), (lowered, high)]);
    let (even_sum, odd_sum) = (e.two(Op::AddWide, even, even_addend), e.two(Op::AddWide, odd, odd_addend));
    let (raised, lowered) = (e.shift(Shift::LeftWide, odd_sum, 32), e.shift(Shift::RightWide, even_sum, 32));
    let [sum_low, sum_high] = e.interleave([(even_sum, raised), (lowered, odd_sum)]);
    if signed {
        // The sum's sign is neither the product's nor the addend's.
        let lowered = e.shift(Shift::RightWide, even, 32);
        let [product_high] = e.interleave([(lowered, odd)]);
        let (left, right) = (e.two(Op::Xor, product_high, sum_high), e.two(Op::Xor, high, sum_high));
        let both = e.two(Op::And, left, right);
        sign_mask(e, both, operation.mask_out);
    } else {
        // The sum is below the addend.
        let less = below(e, sum_high, high, None);
        let less = e.widen(less);
        let equal = compare(e, Comparison::Unsigned(0), sum_high, high, None);
        let equal = e.widen(equal);
        let less_low = below(e, sum_low, low, None);
        let less_low = e.widen(less_low);
        let both = e.two(Op::And, equal, less_low);
        let either = e.two(Op::Or, less, both);
        sign_mask(e, either, operation.mask_out);
    }
    [sum_low, sum_high]
}

/// A pair shifted by a constant.
fn shift_wide(e: &mut Emitter<'_>, operation: &Operation, shift: WideShift) -> [Vector; 2] {
    let amount = constant_of(&operation.parts[0].inputs[0]).unwrap_or(0) & 63;
    let low = e.input(operation.parts[0].inputs[1]);
    let high = e.input(operation.parts[1].inputs[1]);
    let top = if shift == WideShift::RightSigned { Shift::RightSigned } else { Shift::Right };
    match (shift, amount) {
        (_, 0) => [low, high],
        (WideShift::Left, 32..) => {
            let moved = e.shift(Shift::Left, low, amount - 32);
            [e.constant(0), moved]
        }
        (WideShift::Left, _) => {
            let (moved, crossing) =
                (e.shift(Shift::Left, high, amount), e.shift(Shift::Right, low, 32 - amount));
            [e.shift(Shift::Left, low, amount), e.two(Op::Or, moved, crossing)]
        }
        (_, 32..) => {
            let moved = e.shift(top, high, amount - 32);
            let rest = if top == Shift::RightSigned { e.shift(top, high, 31) } else { e.constant(0) };
            [moved, rest]
        }
        _ => {
            let (moved, crossing) =
                (e.shift(Shift::Right, low, amount), e.shift(Shift::Left, high, 32 - amount));
            [e.two(Op::Or, moved, crossing), e.shift(top, high, amount)]
        }
    }
}

/// As the row does it: the root, its inverse, and what both lost in rounding.
fn reciprocal_square_root(e: &mut Emitter<'_>, value: Vector) -> Vector {
    let value = flushed(e, value);
    let (one, half) = (e.constant(ONE), e.constant(HALF));
    let root = e.one(Op::FloatSquareRoot, value);
    let quotient = e.two(Op::FloatDivide, one, root);
    let root_error = e.copy(value);
    e.accumulate(Op::NegativeMultiplyAdd, root_error, root, root);
    let correction = e.copy(one);
    e.accumulate(Op::NegativeMultiplyAdd, correction, root, quotient);
    let scaled = e.two(Op::FloatMultiply, root_error, quotient);
    let scaled = e.two(Op::FloatMultiply, scaled, half);
    e.accumulate(Op::NegativeMultiplyAdd, correction, scaled, quotient);
    let corrected = e.copy(quotient);
    e.accumulate(Op::MultiplyAdd, corrected, quotient, correction);
    let is_nan = e.compare(Op::FloatCompare, corrected, corrected, 3, None);
    e.select(is_nan, corrected, quotient)
}

/// The lanes where `a` is below `b`, unsigned.
fn below(e: &mut Emitter<'_>, a: Vector, b: Vector, into: Option<u8>) -> Mask {
    compare(e, Comparison::Unsigned(1), a, b, into)
}

fn add_carry(
    e: &mut Emitter<'_>,
    operation: &Operation,
    a: Vector,
    b: Vector,
    carry_in: bool,
) -> Option<Vector> {
    let sum = e.two(Op::Add, a, b);
    if !carry_in {
        below(e, sum, a, operation.mask_out);
        return Some(sum);
    }
    let carry = e.mask(operation.mask_in?);
    // All ones are minus one: taking them away adds the carry.
    let ones = e.widen(carry);
    let total = e.two(Op::Subtract, sum, ones);
    // A carry comes of the first sum, or of adding one to all ones: then the total is not above the sum of the two.
    let first = below(e, sum, a, None);
    let first = e.widen(first);
    let second = below(e, total, sum, None);
    let second = e.widen(second);
    let either = e.two(Op::Or, first, second);
    sign_mask(e, either, operation.mask_out);
    Some(total)
}

fn subtract_borrow(
    e: &mut Emitter<'_>,
    operation: &Operation,
    a: Vector,
    b: Vector,
    borrow_in: bool,
) -> Option<Vector> {
    let difference = e.two(Op::Subtract, a, b);
    if !borrow_in {
        below(e, a, b, operation.mask_out);
        return Some(difference);
    }
    let borrow = e.mask(operation.mask_in?);
    let ones = e.widen(borrow);
    let total = e.two(Op::Add, difference, ones);
    let first = below(e, a, b, None);
    let first = e.widen(first);
    let second = below(e, difference, total, None);
    let second = e.widen(second);
    let either = e.two(Op::Or, first, second);
    sign_mask(e, either, operation.mask_out);
    Some(total)
}

/// A vector of all ones or zeros as a mask.
fn sign_mask(e: &mut Emitter<'_>, ones: Vector, into: Option<u8>) -> Mask {
    let zero = e.constant(0);
    compare(e, Comparison::Signed(1), ones, zero, into)
}

fn compare(e: &mut Emitter<'_>, comparison: Comparison, a: Vector, b: Vector, into: Option<u8>) -> Mask {
    let (signed, predicate) = match comparison {
        Comparison::Single(predicate) => return e.compare(Op::FloatCompare, a, b, predicate, into),
        Comparison::Signed(predicate) => (true, predicate),
        Comparison::Unsigned(predicate) => (false, predicate),
    };
    if e.set == Set::Avx512 {
        let op = if signed { Op::CompareSigned } else { Op::CompareUnsigned };
        return e.compare(op, a, b, predicate, into);
    }
    // AVX2 compares signed numbers, for equal and for greater.
    let (a, b) = if signed || matches!(predicate, 0 | 4) {
        (a, b)
    } else {
        let sign = e.constant(SIGN);
        (e.two(Op::Xor, a, sign), e.two(Op::Xor, b, sign))
    };
    let inverted = matches!(predicate, 2 | 4 | 5);
    let place = if inverted { None } else { into };
    let mask = match predicate {
        0 | 4 => e.compare_plain(Op::Equal, a, b, place),
        // Less, and its opposite.
        1 | 5 => e.compare_plain(Op::Greater, b, a, place),
        _ => e.compare_plain(Op::Greater, a, b, place),
    };
    if !inverted {
        return mask;
    }
    let ones = e.widen(mask);
    let zero = e.constant(0);
    e.compare_plain(Op::Equal, ones, zero, into)
}
