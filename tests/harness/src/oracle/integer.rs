//! Integer and logic instructions (PTX ISA, "Integer Arithmetic Instructions" and "Logic and Shift Instructions").

use super::Oracle;
use crate::values::{Type, mask, sign_extend};

/// An integer type: bytes, and whether it is signed.
#[derive(Clone, Copy)]
struct Int {
    bytes: usize,
    signed: bool,
}

impl Int {
    fn parse(name: &str) -> Option<Int> {
        match Type::parse(name)? {
            Type::Unsigned(bytes) => Some(Int { bytes, signed: false }),
            Type::Signed(bytes) => Some(Int { bytes, signed: true }),
            _ => None,
        }
    }

    fn bits(self) -> u32 {
        8 * self.bytes as u32
    }

    fn value(self, bits: u64) -> i128 {
        if self.signed { sign_extend(bits, self.bytes) as i128 } else { (bits & mask(self.bytes)) as i128 }
    }

    fn wrap(self, value: i128) -> u64 {
        value as u64 & mask(self.bytes)
    }

    fn clamp(self, value: i128) -> u64 {
        let (low, high) = match self.signed {
            true => (-(1i128 << (self.bits() - 1)), (1i128 << (self.bits() - 1)) - 1),
            false => (0, (1i128 << self.bits()) - 1),
        };
        self.wrap(value.clamp(low, high))
    }
}

pub fn find(name: &str, modifiers: &[&str]) -> Option<Oracle> {
    if modifiers == ["pred"] {
        return predicate(name);
    }
    let (last, before) = modifiers.split_last()?;
    let ty = Int::parse(last)?;
    let value = move |bits: u64| ty.value(bits);
    let first = before.first().copied();
    Some(match (name, first) {
        ("add", None) => Box::new(move |o| Some(ty.wrap(value(o[0]) + value(o[1])))),
        ("add", Some("sat")) => Box::new(move |o| Some(ty.clamp(value(o[0]) + value(o[1])))),
        ("sub", None) => Box::new(move |o| Some(ty.wrap(value(o[0]) - value(o[1])))),
        ("sub", Some("sat")) => Box::new(move |o| Some(ty.clamp(value(o[0]) - value(o[1])))),
        ("mul" | "mad", Some(part)) => product(ty, part.to_string(), before.contains(&"sat")),
        ("mul24" | "mad24", Some(part)) => product24(ty, part.to_string(), before.contains(&"sat")),
        ("div", None) => Box::new(move |o| quotient(ty, o).map(|(quotient, _)| quotient)),
        ("rem", None) => Box::new(move |o| quotient(ty, o).map(|(_, rest)| rest)),
        ("min", Some("relu")) => Box::new(move |o| Some(ty.wrap(value(o[0]).min(value(o[1])).max(0)))),
        ("max", Some("relu")) => Box::new(move |o| Some(ty.wrap(value(o[0]).max(value(o[1])).max(0)))),
        ("min", None) => Box::new(move |o| Some(ty.wrap(value(o[0]).min(value(o[1]))))),
        ("max", None) => Box::new(move |o| Some(ty.wrap(value(o[0]).max(value(o[1]))))),
        ("abs", None) => Box::new(move |o| Some(ty.wrap(value(o[0]).abs()))),
        ("neg", None) => Box::new(move |o| Some(ty.wrap(-value(o[0])))),
        ("sad", None) => Box::new(move |o| Some(ty.wrap((value(o[0]) - value(o[1])).abs() + value(o[2])))),
        ("and", None) => Box::new(move |o| Some(o[0] & o[1])),
        ("or", None) => Box::new(move |o| Some(o[0] | o[1])),
        ("xor", None) => Box::new(move |o| Some(o[0] ^ o[1])),
        ("not", None) => Box::new(move |o| Some(!o[0] & mask(ty.bytes))),
        ("cnot", None) => Box::new(move |o| Some(u64::from(o[0] == 0))),
        ("shl", None) => Box::new(move |o| {
            Some(if amount(o[1]) < ty.bits() { (o[0] << amount(o[1])) & mask(ty.bytes) } else { 0 })
        }),
        ("shr", None) => Box::new(move |o| Some(ty.wrap(value(o[0]) >> amount(o[1]).min(127)))),
        ("popc", None) => Box::new(move |o| Some(o[0].count_ones() as u64)),
        ("clz", None) => Box::new(move |o| Some((o[0].leading_zeros() + ty.bits() - 64) as u64)),
        ("brev", None) => Box::new(move |o| Some(o[0].reverse_bits() >> (64 - ty.bits()))),
        ("bfind", which) => bit_found(ty, which == Some("shiftamt")),
        ("bfe", None) => Box::new(move |o| Some(extract(ty, o))),
        ("bfi", None) => Box::new(move |o| Some(insert(ty, o))),
        ("prmt", None) => Box::new(|o| Some(permute(o))),
        ("lop3", Some(table)) => {
            let table = u64::from_str_radix(table.strip_prefix("0x")?, 16).ok()?;
            Box::new(move |o| Some(lookup(table, o)))
        }
        ("shf", Some(side)) => funnel(side == "l", before.get(1) == Some(&"wrap")),
        _ => return None,
    })
}

/// Logic on predicates, which are 0 or 1.
fn predicate(name: &str) -> Option<Oracle> {
    Some(match name {
        "and" => Box::new(|o| Some(o[0] & o[1])),
        "or" => Box::new(|o| Some(o[0] | o[1])),
        "xor" => Box::new(|o| Some(o[0] ^ o[1])),
        "not" => Box::new(|o| Some(o[0] ^ 1)),
        _ => return None,
    })
}

/// A shift amount: the low 32 bits of the operand.
fn amount(bits: u64) -> u32 {
    bits as u32
}

/// `mul` and, with a third operand, `mad`.
fn product(ty: Int, part: String, saturates: bool) -> Oracle {
    let wide = Int { bytes: if part == "wide" { 2 * ty.bytes } else { ty.bytes }, signed: ty.signed };
    Box::new(move |o| {
        // 64-bit unsigned products fill i128 beyond its sign: wrapped, and shifted as unsigned.
        let product = ty.value(o[0]).wrapping_mul(ty.value(o[1]));
        let part = match part.as_str() {
            "hi" if ty.signed => product >> ty.bits(),
            "hi" => ((product as u128) >> ty.bits()) as i128,
            _ => product,
        };
        let sum = part.wrapping_add(o.get(2).map_or(0, |&c| wide.value(c)));
        Some(if saturates { wide.clamp(sum) } else { wide.wrap(sum) })
    })
}

/// The product of the low 24 bits: its low 32 bits, or bits 47 to 16.
fn product24(ty: Int, part: String, saturates: bool) -> Oracle {
    Box::new(move |o| {
        let low = |bits: u64| match ty.signed {
            true => (((bits as i64) << 40) >> 40) as i128,
            false => (bits & 0xff_ffff) as i128,
        };
        let product = low(o[0]) * low(o[1]);
        let part = if part == "hi" { product >> 16 } else { product };
        let sum = part + o.get(2).map_or(0, |&c| ty.value(c));
        Some(if saturates { ty.clamp(sum) } else { ty.wrap(sum) })
    })
}

/// Quotient towards zero and remainder; a zero divisor leaves both open.
fn quotient(ty: Int, o: &[u64]) -> Option<(u64, u64)> {
    let (a, b) = (ty.value(o[0]), ty.value(o[1]));
    // The least number by -1 overflows: the manual does not say what comes out.
    if b == 0 || (ty.signed && b == -1 && a == -(1i128 << (ty.bits() - 1))) {
        return None;
    }
    Some((ty.wrap(a / b), ty.wrap(a % b)))
}

/// The highest bit that differs from the sign, or 0xffffffff; with `.shiftamt` counted from the top.
fn bit_found(ty: Int, shift_amount: bool) -> Oracle {
    Box::new(move |o| {
        let value = ty.value(o[0]);
        let bits = ty.wrap(if value < 0 { !value } else { value });
        Some(match bits {
            0 => 0xffff_ffff,
            _ if shift_amount => (bits.leading_zeros() + ty.bits() - 64) as u64,
            _ => 63 - bits.leading_zeros() as u64,
        })
    })
}

/// The manual's loop for `bfe`, bit by bit.
fn extract(ty: Int, o: &[u64]) -> u64 {
    let top = ty.bits() as usize - 1;
    let (position, length) = ((o[1] & 0xff) as usize, (o[2] & 0xff) as usize);
    let sign = if !ty.signed || length == 0 { 0 } else { (o[0] >> (position + length - 1).min(top)) & 1 };
    (0..=top).fold(0, |result, i| {
        let bit = if i < length && position + i <= top { (o[0] >> (position + i)) & 1 } else { sign };
        result | bit << i
    })
}

/// The manual's loop for `bfi a, b, position, length`.
fn insert(ty: Int, o: &[u64]) -> u64 {
    let top = ty.bits() as usize - 1;
    let (position, length) = ((o[2] & 0xff) as usize, (o[3] & 0xff) as usize);
    let mut result = o[1];
    for i in 0..length {
        if position + i <= top {
            result = result & !(1 << (position + i)) | ((o[0] >> i) & 1) << (position + i);
        }
    }
    result
}

/// `prmt.b32` in its default mode: each selector nibble picks a byte, or with its top bit that byte's sign.
fn permute(o: &[u64]) -> u64 {
    let bytes = o[0] & 0xffff_ffff | o[1] << 32;
    (0..4).fold(0, |result, i| {
        let selector = o[2] >> (4 * i);
        let byte = (bytes >> (8 * (selector & 7))) & 0xff;
        let byte = if selector & 8 == 0 { byte } else { 0xff * (byte >> 7) };
        result | byte << (8 * i)
    })
}

/// `lop3.b32`: bit i of the table is the result for a, b, c being bits 2, 1, 0 of i.
fn lookup(table: u64, o: &[u64]) -> u64 {
    (0..32).fold(0, |result, bit| {
        let index = (o[0] >> bit & 1) << 2 | (o[1] >> bit & 1) << 1 | o[2] >> bit & 1;
        result | (table >> index & 1) << bit
    })
}

/// `shf.l` and `shf.r`: the 64 bits b:a shifted by c, wrapped or clamped at 32.
fn funnel(left: bool, wrap: bool) -> Oracle {
    Box::new(move |o| {
        let both = (o[1] << 32 | o[0] & 0xffff_ffff) as u128;
        let count = if wrap { o[2] as u32 & 31 } else { (o[2] as u32).min(32) };
        let shifted = if left { both << count >> 32 } else { both >> count };
        Some(shifted as u64 & 0xffff_ffff)
    })
}
