//! `set` and `setp` (PTX ISA, "Comparison and Selection Instructions").
//!
//! The result of `setp` counts as bit 0 for `p` and bit 1 for `q`; `setp_p` is `p` alone. With `.and`, `.or` or `.xor` the third operand is the predicate.

use super::Oracle;
use super::float::flush;
use crate::values::{Type, mask, sign_extend};
use std::cmp::Ordering;

pub fn find(name: &str, modifiers: &[&str]) -> Option<Oracle> {
    let (comparison, rest) = modifiers.split_first()?;
    let comparison = comparison.to_string();
    let boolean =
        rest.iter().find(|word| matches!(**word, "and" | "or" | "xor")).map(|word| word.to_string());
    let ftz = rest.contains(&"ftz");
    let source = *rest.last()?;
    let (element, pair) = source.strip_suffix("x2").map_or((source, false), |element| (element, true));
    let from = Type::parse(&element.replace('b', "u").replace("uf", "bf"))?;
    let combine = move |result: bool, operands: &[u64]| match (&boolean, operands.get(2)) {
        (Some(operation), Some(&c)) => match operation.as_str() {
            "and" => result & (c != 0),
            "or" => result | (c != 0),
            _ => result ^ (c != 0),
        },
        _ => result,
    };
    holds(&comparison, None)?;
    let one = move |a: u64, b: u64| {
        let clean = |bits: u64| if ftz { flush(from, bits) } else { bits };
        let (a, b) = (a & mask(from.size()), b & mask(from.size()));
        let order = match from {
            Type::Unsigned(_) => Some(a.cmp(&b)),
            Type::Signed(bytes) => Some(sign_extend(a, bytes).cmp(&sign_extend(b, bytes))),
            _ => from.to_f64(clean(a)).partial_cmp(&from.to_f64(clean(b))),
        };
        holds(&comparison, order) == Some(true)
    };
    if name == "setp_p" {
        return Some(Box::new(move |o| Some(u64::from(combine(one(o[0], o[1]), o)))));
    }
    if name == "setp" {
        return Some(Box::new(move |o| {
            let low = one(o[0], o[1]);
            let high = if pair { one(o[0] >> 16, o[1] >> 16) } else { !low };
            Some(u64::from(combine(low, o)) | u64::from(combine(high, o)) << 1)
        }));
    }
    let to = *rest.get(rest.len().checked_sub(2)?)?;
    let to = Type::parse(to.strip_suffix("x2").unwrap_or(to))?;
    let yes = if to.is_float() { to.from_f64(1.0) } else { mask(to.size()) };
    Some(Box::new(move |o| {
        let low = if combine(one(o[0], o[1]), o) { yes } else { 0 };
        let high = if pair && combine(one(o[0] >> 16, o[1] >> 16), o) { yes } else { 0 };
        Some(low | high << 16)
    }))
}

/// Whether a comparison holds for an order, `None` for NaN.
fn holds(comparison: &str, order: Option<Ordering>) -> Option<bool> {
    use Ordering::{Equal, Greater, Less};
    Some(match comparison {
        "eq" => order == Some(Equal),
        "ne" => matches!(order, Some(Less | Greater)),
        "lt" | "lo" => order == Some(Less),
        "le" | "ls" => matches!(order, Some(Less | Equal)),
        "gt" | "hi" => order == Some(Greater),
        "ge" | "hs" => matches!(order, Some(Greater | Equal)),
        "equ" => matches!(order, None | Some(Equal)),
        "neu" => order != Some(Equal),
        "ltu" => matches!(order, None | Some(Less)),
        "leu" => order != Some(Greater),
        "gtu" => matches!(order, None | Some(Greater)),
        "geu" => order != Some(Less),
        "num" => order.is_some(),
        "nan" => order.is_none(),
        _ => return None,
    })
}
