//! Chains of additions with carry (PTX ISA, "Extended-Precision Integer Arithmetic Instructions"), by long arithmetic.
//!
//! `chain.add.1.u32` is word 1 of the sum of the numbers (a, b) and (c, d) of two words each, low words first, as
//! `add.cc`, `addc.cc` and `addc` make it; word 2 is the last carry. `chain.sub` likewise, its word 2 the borrow as
//! `subc` of two zeros gives it. `chain.mad.0` is the low word of `a * b + (c, d)`, word 1 the high one with the carry of
//! word 0, word 2 the last carry; `chain.high` is the same with c taken for zero.

use super::Oracle;
use crate::values::{Type, mask, sign_extend};

pub fn find(modifiers: &[&str]) -> Option<Oracle> {
    let [operation, word, ty] = modifiers else { return None };
    let (bytes, signed) = match Type::parse(ty)? {
        Type::Unsigned(bytes) => (bytes, false),
        Type::Signed(bytes) => (bytes, true),
        _ => return None,
    };
    let bits = 8 * bytes as u32;
    let all = u128::from(mask(bytes));
    let word: u32 = word.parse().ok()?;
    let operation = operation.to_string();
    if !matches!(&*operation, "add" | "sub" | "mad" | "high") {
        return None;
    }
    Some(Box::new(move |o| {
        let value = |index: usize| u128::from(o[index]) & all;
        // Two words and a carry need up to 129 bits: the words are added one by one.
        let product = match signed {
            true => (i128::from(sign_extend(o[0], bytes)) * i128::from(sign_extend(o[1], bytes))) as u128,
            false => value(0) * value(1),
        };
        let words = match &*operation {
            "mad" => [(product & all, value(2)), (product >> bits & all, value(3)), (0, 0)],
            "high" => [(product & all, 0), (product >> bits & all, value(3)), (0, 0)],
            _ => [(value(0), value(2)), (value(1), value(3)), (0, 0)],
        };
        let mut carry = 0;
        let mut result = 0;
        for (left, right) in words.into_iter().take(word as usize + 1) {
            if operation == "sub" {
                result = left.wrapping_sub(right).wrapping_sub(carry) & all;
                carry = u128::from(left < right + carry);
            } else {
                result = (left + right + carry) & all;
                carry = (left + right + carry) >> bits;
            }
        }
        Some(result as u64)
    }))
}
