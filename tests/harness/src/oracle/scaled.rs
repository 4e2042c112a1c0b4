//! `cvt` with scales (`.scaled::n2::ue8m0`), to and from `.ue8m0x2` and `.s2f6x2`, and with random bits (`.rs`): PTX ISA, "cvt",
//! "Semantics". Numbers are scaled by powers of two in f64, where that is exact, and rounded there.

use super::Oracle;
use super::narrow::{Format, Manner, convert, floor_log2};

const SCALED: &str = "scaled::n2::ue8m0";

fn half(word: u64, index: usize) -> u64 {
    word >> (16 * index) & 0xffff
}

fn bf16(bits: u64) -> f64 {
    f64::from(f32::from_bits((bits as u32) << 16))
}

fn single(bits: u64) -> f64 {
    f64::from(f32::from_bits(bits as u32))
}

/// The value of an exponent alone.
fn exponent(bits: u64) -> f64 {
    if bits & 0xff == 0xff { f64::NAN } else { 2f64.powi((bits & 0xff) as i32 - 127) }
}

/// The power of two not below, or not above, a magnitude.
fn to_exponent(value: f64, up: bool, finite: bool) -> u64 {
    let magnitude = value.abs();
    if magnitude.is_nan() {
        return 0xff;
    }
    let fits = |code: &u64| match up {
        true => exponent(*code) >= magnitude,
        false => exponent(*code) <= magnitude,
    };
    let code = match (magnitude.is_infinite(), up) {
        (true, _) => None,
        (_, true) => (0..255).find(fits),
        (_, false) => Some((0..255).rev().find(fits).unwrap_or(0)),
    };
    code.unwrap_or(if finite { 254 } else { 255 })
}

/// 64ths in eight bits.
fn to_fixed(value: f64, relu: bool) -> u64 {
    if value.is_nan() {
        return 0x7f;
    }
    let least = if relu { 0.0 } else { -128.0 };
    ((value * 64.0).round_ties_even().clamp(least, 127.0) as i64 & 0xff) as u64
}

/// Rounded away from zero if the part that is cut off and the random fraction make one.
fn randomly(value: f64, format: Format, manner: Manner, random: f64) -> u64 {
    if value.is_nan() || value.is_infinite() || (manner.relu && value <= 0.0) {
        return convert(value, format, manner);
    }
    let power = floor_log2(value.abs()).max(1 - format.bias) - format.fraction as i32;
    let units = value.abs() / 2f64.powi(power);
    let away = units.fract() + random >= 1.0;
    let rounded = (units.trunc() + if away { 1.0 } else { 0.0 }) * 2f64.powi(power);
    let most = if manner.finite { format.largest } else { f64::INFINITY };
    let rounded = if rounded > format.largest { most } else { rounded };
    format.encode(rounded.copysign(value))
}

/// Takes the modifiers after `cvt`, if they ask for something of this file.
pub fn find(modifiers: &[&str]) -> Option<Oracle> {
    let [flags @ .., to, from] = modifiers else { return None };
    let has = |word: &str| flags.contains(&word);
    let (relu, finite, up) = (has("relu"), has("satfinite"), has("rp"));
    let manner = Manner { mode: 'n', relu, finite, sat: false };
    let scale = has(SCALED);
    if has("rs") {
        return stochastic(to, manner);
    }
    let from_single = *from == "f32";
    // The sources of the lower and the upper part: two operands, the first above, or the halves of one.
    let sources = move |o: &[u64]| match from_single {
        true => [single(o[1]), single(o[0])],
        false => [bf16(half(o[0], 0)), bf16(half(o[0], 1))],
    };
    let factor = move |o: &[u64], index: usize| match (scale, o.last()) {
        (true, Some(packed)) => exponent(packed >> (8 * index)),
        _ => 1.0,
    };
    match (*to, *from) {
        ("ue8m0x2", _) => Some(Box::new(move |o| {
            let [low, high] = sources(o).map(|value| to_exponent(value, up, finite));
            Some(high << 8 | low)
        })),
        ("bf16x2", "ue8m0x2") => Some(Box::new(|o| {
            let part = |bits: u64| match bits & 0xff {
                0xff => 0x7fff,
                code => (exponent(code) as f32).to_bits() as u64 >> 16,
            };
            Some(part(o[0] >> 8) << 16 | part(o[0]))
        })),
        ("s2f6x2", _) => Some(Box::new(move |o| {
            let [low, high] = sources(o);
            Some(to_fixed(high / factor(o, 1), relu) << 8 | to_fixed(low / factor(o, 0), relu))
        })),
        ("bf16x2", "s2f6x2") => Some(Box::new(move |o| {
            let part = |index: usize| {
                let units = f64::from((o[0] >> (8 * index)) as u8 as i8);
                Some(convert(units / 64.0 * factor(o, index), Format::named("bf16")?, manner))
            };
            Some(part(1)? << 16 | part(0)?)
        })),
        ("bf16x2", _) if scale => {
            let source = Format::named(from.strip_suffix("x2")?)?;
            Some(Box::new(move |o| {
                let part = |index: usize| {
                    let number = source.decode(o[0] >> (index as u32 * source.pitch()));
                    Some(convert(number * factor(o, index), Format::named("bf16")?, manner))
                };
                Some(part(1)? << 16 | part(0)?)
            }))
        }
        _ => None,
    }
}

fn stochastic(to: &str, manner: Manner) -> Option<Oracle> {
    if let Some(name) = to.strip_suffix("x2") {
        let format = Format::named(name)?;
        let bits = if name == "f16" { 13 } else { 16 };
        return Some(Box::new(move |o| {
            let part = |value: u64, index: usize| {
                let random = half(o[2], index) & ((1 << bits) - 1);
                randomly(single(value), format, manner, random as f64 / f64::from(1u32 << bits))
            };
            Some(part(o[0], 1) << 16 | part(o[1], 0))
        }));
    }
    let format = Format::named(to.strip_suffix("x4")?)?;
    Some(Box::new(move |o| {
        let mut word = 0;
        for index in 0..4 {
            // The last source goes to the lowest byte; each second one reads its 16 bits from the other end.
            let bits = half(o[4], index / 2) as u16;
            let bits = if index % 2 == 1 { bits.reverse_bits() } else { bits };
            let random = f64::from(bits) / 65536.0;
            word |= randomly(single(o[3 - index]), format, manner, random) << (8 * index);
        }
        Some(word)
    }))
}
