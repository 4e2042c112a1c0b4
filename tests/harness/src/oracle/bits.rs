//! Integer instructions that the manual describes by loops over bits or parts: `fns`, `clmad`, `dp2a`, `dp4a`, `bmsk`, `szext`.

use super::Oracle;

pub fn find(name: &str, modifiers: &[&str]) -> Option<Oracle> {
    let has = |word: &str| modifiers.contains(&word);
    let last = *modifiers.last()?;
    Some(match name {
        "fns" => Box::new(|o| Some(nth_set(o[0] as u32, o[1] as u32, o[2] as u32 as i32))),
        "clmad" => {
            let shift = if has("hi") { 64 } else { 0 };
            Box::new(move |o| {
                let product = (0..64).fold(0u128, |sum, bit| {
                    if o[1] >> bit & 1 == 1 { sum ^ (u128::from(o[0]) << bit) } else { sum }
                });
                Some((product >> shift) as u64 ^ o[2])
            })
        }
        "dp4a" | "dp2a" => {
            let [.., a_type, b_type] = modifiers else { return None };
            let (a_signed, b_signed) = (*a_type == "s32", *b_type == "s32");
            let parts = if name == "dp4a" { 4 } else { 2 };
            let skipped = if has("hi") { 2 } else { 0 };
            Box::new(move |o| {
                let sum = (0..parts).fold(o[2] as i64, |sum, part| {
                    let a = part_of(o[0], part, 32 / parts, a_signed);
                    sum + a * part_of(o[1], part + skipped, 8, b_signed)
                });
                Some(sum as u64 & 0xffff_ffff)
            })
        }
        "bmsk" => {
            let wrap = has("wrap");
            Box::new(move |o| {
                let limit = |x: u64| if wrap { x & 31 } else { x & 0xffff_ffff };
                let (first, count) = (limit(o[0]).min(64), limit(o[1]).min(32));
                Some((((1u128 << count) - 1) << first) as u64 & 0xffff_ffff)
            })
        }
        "szext" => {
            let (wrap, signed) = (has("wrap"), last == "s32");
            Box::new(move |o| {
                let count = if wrap { o[1] & 31 } else { (o[1] & 0xffff_ffff).min(32) };
                let kept = o[0] & ((1u64 << count) - 1);
                let negative = signed && count > 0 && kept >> (count - 1) & 1 == 1;
                Some(if negative { kept | !((1u64 << count) - 1) } else { kept } & 0xffff_ffff)
            })
        }
        _ => return None,
    })
}

fn part_of(word: u64, part: u32, bits: u32, signed: bool) -> i64 {
    let value = (word >> (part * bits) & ((1 << bits) - 1)) as i64;
    if signed && value >> (bits - 1) == 1 { value - (1 << bits) } else { value }
}

/// The manual's loop for `fns`.
fn nth_set(mask: u32, base: u32, offset: i32) -> u64 {
    let missing = u64::from(u32::MAX);
    let is_set = |position: i64| (0..32).contains(&position) && mask >> position & 1 == 1;
    let mut position = i64::from(base);
    if offset == 0 {
        return if is_set(position) { position as u64 } else { missing };
    }
    let mut left = i64::from(offset).abs() - 1;
    while (0..32).contains(&position) {
        if is_set(position) {
            if left == 0 {
                return position as u64;
            }
            left -= 1;
        }
        position += i64::from(offset.signum());
    }
    missing
}
