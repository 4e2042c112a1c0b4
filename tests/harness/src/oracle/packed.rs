//! Instructions on several numbers of one register: each by the oracle of one number (PTX ISA, "Packed ... types").

use super::Oracle;
use crate::values::{Type, mask};

/// Takes the name and the modifiers, the last of which is a packed type such as `f16x2`.
pub fn find(name: &str, modifiers: &[&str]) -> Option<Oracle> {
    let (last, before) = modifiers.split_last()?;
    let (element, count) = last.split_once('x')?;
    let (ty, count) = (Type::parse(element)?, count.parse::<u32>().ok()?);
    let bits = 8 * ty.size() as u32;
    let relu = before.contains(&"relu");
    let words: Vec<&str> = before.iter().copied().filter(|word| *word != "relu").chain([element]).collect();
    let one = super::find(&format!("{name}.{}", words.join(".")))?;
    let all = mask(ty.size());
    Some(Box::new(move |o| {
        let mut result = 0;
        for part in 0..count {
            let operands: Vec<u64> = o.iter().map(|word| word >> (part * bits) & all).collect();
            let mut value = one(&operands)? & all;
            if ty.is_float() && ty.to_f64(value).is_nan() {
                // Which NaN comes out is not compared bit by bit.
                return None;
            }
            let negative = value >> (bits - 1) == 1;
            if relu && negative {
                value = 0;
            }
            result |= value << (part * bits);
        }
        Some(result)
    }))
}
