//! The video instructions, after the pseudocode of the PTX ISA, "Video Instructions".
//!
//! The name carries the selectors behind an underscore: `vadd_h0_b1_b2.s32.u32.u32.sat` for `d.h0, a.b1, b.b2`. The SIMD
//! ones use the default selectors.

use super::Oracle;

#[derive(Clone, Copy)]
struct Selector {
    offset: u32,
    bits: u32,
}

impl Selector {
    const ALL: Selector = Selector { offset: 0, bits: 32 };

    fn parse(text: &str) -> Option<Selector> {
        let bits = match text.get(..1)? {
            "w" => return Some(Selector::ALL),
            "b" => 8,
            "h" => 16,
            _ => return None,
        };
        Some(Selector { offset: bits * text.get(1..)?.parse::<u32>().ok()?, bits })
    }

    fn extract(self, word: u64, signed: bool) -> i128 {
        let value = i128::from(word >> self.offset & ((1 << self.bits) - 1));
        if signed && value >> (self.bits - 1) == 1 { value - (1 << self.bits) } else { value }
    }
}

fn clamp(value: i128, bits: u32, signed: bool) -> i128 {
    if signed {
        value.clamp(-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
    } else {
        value.clamp(0, (1 << bits) - 1)
    }
}

fn operate(name: &str, words: &[String], a: i128, b: i128) -> Option<i128> {
    let has = |word: &str| words.iter().any(|other| other == word);
    Some(match name {
        "vadd" => a + b,
        "vsub" => a - b,
        "vavrg" => {
            let sum = a + b;
            if sum >= 0 { (sum + 1) >> 1 } else { sum >> 1 }
        }
        "vabsdiff" => (a - b).abs(),
        "vmin" => a.min(b),
        "vmax" => a.max(b),
        "vshl" | "vshr" => {
            let count = if has("wrap") { b & 31 } else { b.min(32) };
            if name == "vshl" { a << count } else { a >> count }
        }
        "vset" => i128::from(match words.iter().find(|word| word.len() == 2)?.as_str() {
            "eq" => a == b,
            "ne" => a != b,
            "lt" => a < b,
            "le" => a <= b,
            "gt" => a > b,
            _ => a >= b,
        }),
        _ => return None,
    })
}

pub fn find(name: &str, modifiers: &[&str]) -> Option<Oracle> {
    let mut selectors = name.split('_');
    let name = selectors.next()?.to_string();
    let selectors: Vec<Selector> = selectors.map(Selector::parse).collect::<Option<_>>()?;
    let at = move |index: usize| selectors.get(index).copied().unwrap_or(Selector::ALL);
    let types = modifiers.iter().take_while(|word| matches!(**word, "u32" | "s32")).count();
    let signed: Vec<bool> = modifiers[..types].iter().map(|word| *word == "s32").collect();
    let words: Vec<String> = modifiers[types..].iter().map(|word| word.to_string()).collect();
    let has = |word: &str| words.iter().any(|other| other == word);
    let (saturates, po) = (has("sat"), has("po"));
    let second = ["add", "min", "max"].into_iter().find(|word| has(word));
    let scale = if has("shr7") {
        7
    } else if has("shr15") {
        15
    } else {
        0
    };
    if name == "vmad" {
        let [_, a_signed, b_signed] = signed[..] else { return None };
        let final_sign = a_signed || b_signed;
        return Some(Box::new(move |o| {
            let product = at(1).extract(o[0], a_signed) * at(2).extract(o[1], b_signed);
            let sum = (product + Selector::ALL.extract(o[2], final_sign) + i128::from(po)) >> scale;
            let sum = if saturates { clamp(sum, 32, final_sign) } else { sum };
            Some(sum as u64 & 0xffff_ffff)
        }));
    }
    let [d_signed, a_signed, b_signed] = match signed[..] {
        [a, b] => [false, a, b],
        [d, a, b] => [d, a, b],
        _ => return None,
    };
    let parts = match name.chars().last()? {
        '2' => 2,
        '4' => 4,
        _ => 1,
    };
    if parts == 1 {
        operate(&name, &words, 0, 0)?;
        return Some(Box::new(move |o| {
            let (a, b) = (at(1).extract(o[0], a_signed), at(2).extract(o[1], b_signed));
            let mut value = operate(&name, &words, a, b)?;
            let to = at(0);
            if saturates {
                value = clamp(value, to.bits, d_signed);
            }
            let c = o.get(2).copied().unwrap_or(0);
            if let Some(second) = second {
                let (value, c) =
                    (Selector::ALL.extract(value as u64, d_signed), Selector::ALL.extract(c, d_signed));
                let both = match second {
                    "add" => value + c,
                    "min" => value.min(c),
                    _ => value.max(c),
                };
                return Some(both as u64 & 0xffff_ffff);
            }
            let mask = ((1u64 << to.bits) - 1) << to.offset;
            Some((c & !mask | (value as u64) << to.offset & mask) & 0xffff_ffff)
        }));
    }
    let base = name[..name.len() - 1].to_string();
    operate(&base, &words, 0, 0)?;
    Some(Box::new(move |o| {
        let bits = 32 / parts;
        let mut result = if second.is_some() { o[2] } else { 0 };
        for part in 0..parts {
            let selector = Selector { offset: part * bits, bits };
            let (a, b) = (selector.extract(o[0], a_signed), selector.extract(o[1], b_signed));
            let mut value = operate(&base, &words, a, b)?;
            if saturates {
                value = clamp(value, bits, d_signed);
            }
            if second.is_some() {
                result = result.wrapping_add(value as u64);
            } else {
                result |= (value as u64 & ((1 << bits) - 1)) << selector.offset;
            }
        }
        Some(result & 0xffff_ffff)
    }))
}
