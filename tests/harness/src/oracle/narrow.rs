//! `cvt` with `.relu`, `.satfinite`, to pairs, to tf32 and to and from the formats of 8 bits (PTX ISA, "cvt", "Alternate
//! Floating-Point Data Formats"), and `cvt.pack`. Numbers are scaled to integers in f64 and rounded there.

use super::Oracle;
use super::float::flush;
use crate::values::Type;

/// A floating-point format: bits of exponent and fraction, bias, the largest number, what stands for NaN.
#[derive(Clone, Copy)]
pub struct Format {
    exponent: u32,
    pub fraction: u32,
    pub bias: i32,
    pub largest: f64,
    infinite: bool,
    nan: Option<u64>,
    /// Zero bits below it in a register.
    below: u32,
}

impl Format {
    pub fn named(name: &str) -> Option<Format> {
        let make = |exponent, fraction, bias, largest, infinite, nan| Format {
            exponent,
            fraction,
            bias,
            largest,
            infinite,
            nan,
            below: 0,
        };
        let bf16 = (2.0 - 2f64.powi(-7)) * 2f64.powi(127);
        let tf32 = (2.0 - 2f64.powi(-10)) * 2f64.powi(127);
        Some(match name {
            "f16" => make(5, 10, 15, 65504.0, true, Some(0x7fff)),
            "bf16" => make(8, 7, 127, bf16, true, Some(0x7fff)),
            "tf32" => Format { below: 13, ..make(8, 10, 127, tf32, true, Some(0x3_ffff)) },
            "e4m3" => make(4, 3, 7, 448.0, false, Some(0x7f)),
            "e5m2" => make(5, 2, 15, 57344.0, true, Some(0x7f)),
            "e2m3" => make(2, 3, 1, 7.5, false, None),
            "e3m2" => make(3, 2, 3, 28.0, false, None),
            "e2m1" => make(2, 1, 1, 6.0, false, None),
            _ => return None,
        })
    }

    /// Bits that one number of a pair takes: those of six bits lie in bytes.
    pub fn pitch(self) -> u32 {
        match 1 + self.exponent + self.fraction {
            6 => 8,
            bits => bits,
        }
    }

    /// The bits of a number that the format holds.
    pub fn encode(self, value: f64) -> u64 {
        let sign = u64::from(value.is_sign_negative()) << (self.exponent + self.fraction);
        let magnitude = value.abs();
        let bits = if magnitude.is_infinite() {
            ((1 << self.exponent) - 1) << self.fraction
        } else if magnitude == 0.0 {
            0
        } else {
            let power = floor_log2(magnitude).max(1 - self.bias);
            let digits = (magnitude / 2f64.powi(power) * 2f64.powi(self.fraction as i32)) as u64;
            // Without its leading digit it is a denormal, whose exponent field is 0.
            digits + (((power - 1 + self.bias) as u64) << self.fraction)
        };
        (sign | bits) << self.below
    }

    /// The number that some bits stand for.
    pub fn decode(self, bits: u64) -> f64 {
        let magnitude = bits & ((1 << (self.exponent + self.fraction)) - 1);
        let sign = if bits >> (self.exponent + self.fraction) & 1 == 1 { -1.0 } else { 1.0 };
        let field = (magnitude >> self.fraction) as i32;
        let digits = (magnitude & ((1 << self.fraction) - 1)) as f64 * 2f64.powi(-(self.fraction as i32));
        let top = (1 << self.exponent) - 1;
        if self.infinite && field == top {
            return if digits == 0.0 { sign * f64::INFINITY } else { f64::NAN };
        }
        if !self.infinite && self.nan == Some(magnitude) {
            return f64::NAN;
        }
        match field {
            0 => sign * digits * 2f64.powi(1 - self.bias),
            _ => sign * (1.0 + digits) * 2f64.powi(field - self.bias),
        }
    }
}

/// The exponent of a number.
pub fn floor_log2(value: f64) -> i32 {
    let field = (value.to_bits() >> 52 & 0x7ff) as i32;
    if field == 0 { -1022 } else { field - 1023 }
}

#[derive(Clone, Copy)]
/// How to round and what to do at the ends.
pub struct Manner {
    pub mode: char,
    pub relu: bool,
    pub finite: bool,
    pub sat: bool,
}

/// The bits of a number in a format; NaN is the format's own, or its largest number.
pub fn convert(value: f64, format: Format, manner: Manner) -> u64 {
    if value.is_nan() {
        return if manner.sat {
            0
        } else {
            format.nan.map_or(format.encode(format.largest), |nan| nan << format.below)
        };
    }
    if (manner.relu || manner.sat) && value <= 0.0 {
        return 0;
    }
    let value = if manner.sat { value.min(1.0) } else { value };
    if value.is_infinite() {
        return format.encode(if manner.finite { format.largest.copysign(value) } else { value });
    }
    let power = floor_log2(value.abs()).max(1 - format.bias) - format.fraction as i32;
    // In two steps, each of which is exact.
    let scaled = value * 2f64.powi(-power / 2) * 2f64.powi(-power - -power / 2);
    let whole = match manner.mode {
        'z' => scaled.trunc(),
        'm' => scaled.floor(),
        'p' => scaled.ceil(),
        'a' => scaled.round(),
        _ => scaled.round_ties_even(),
    };
    let rounded = (whole.abs() * 2f64.powi(power)).copysign(value);
    if rounded.abs() <= format.largest {
        return format.encode(rounded);
    }
    let away = match manner.mode {
        'z' => false,
        'm' => value < 0.0,
        'p' => value > 0.0,
        _ => true,
    };
    let beyond = if manner.finite || !away { format.largest } else { f64::INFINITY };
    format.encode(beyond.copysign(value))
}

/// Takes the modifiers after `cvt`, if they ask for something of this file.
pub fn find(modifiers: &[&str]) -> Option<Oracle> {
    if let ["pack", "sat", rest @ ..] = modifiers {
        return pack(rest);
    }
    let [flags @ .., to, from] = modifiers else { return None };
    let mut manner = Manner { mode: 'n', relu: false, finite: false, sat: false };
    let mut ftz = false;
    for flag in flags {
        match *flag {
            "relu" => manner.relu = true,
            "satfinite" => manner.finite = true,
            "sat" => manner.sat = true,
            "ftz" => ftz = true,
            "rn" | "rz" | "rm" | "rp" => manner.mode = flag.chars().nth(1)?,
            "rna" => manner.mode = 'a',
            _ => return None,
        }
    }
    let plain = !manner.relu && !manner.finite && !to.contains('x') && !from.contains('x') && *to != "tf32";
    if plain {
        return None;
    }
    if let (Some(source), Some(target)) = (from.strip_suffix("x2"), to.strip_suffix("x2")) {
        let (source, target) = (Format::named(source)?, Format::named(target)?);
        return Some(Box::new(move |o| {
            let mut result = 0;
            for half in 0..2 {
                let number = source.decode(o[0] >> (half * source.pitch()));
                if number.is_nan() && target.pitch() == 16 {
                    // Which NaN comes out is not compared bit by bit.
                    return None;
                }
                result |= convert(number, target, manner) << (half * target.pitch());
            }
            Some(result)
        }));
    }
    let source = Type::parse(from).filter(|ty| ty.is_float())?;
    let input = move |bits: u64| source.to_f64(if ftz { flush(source, bits) } else { bits });
    if let Some(target) = to.strip_suffix("x2") {
        let target = Format::named(target)?;
        let any_nan = !manner.relu && !manner.finite && target.pitch() == 16;
        return Some(Box::new(move |o| {
            if any_nan && (input(o[0]).is_nan() || input(o[1]).is_nan()) {
                return None;
            }
            let (high, low) = (convert(input(o[0]), target, manner), convert(input(o[1]), target, manner));
            Some(high << target.pitch() | low)
        }));
    }
    let target = Format::named(to)?;
    Some(Box::new(move |o| Some(convert(input(o[0]), target, manner))))
}

/// `cvt.pack.sat`: the clamped numbers side by side, with the third operand above them.
fn pack(modifiers: &[&str]) -> Option<Oracle> {
    let name = modifiers.first()?;
    let bits: u32 = name[1..].parse().ok()?;
    let (low, high) = match name.starts_with('s') {
        true => (-(1i64 << (bits - 1)), (1i64 << (bits - 1)) - 1),
        false => (0, (1i64 << bits) - 1),
    };
    let part =
        move |bits_of: u64| (i64::from(bits_of as u32 as i32).clamp(low, high) as u64) & ((1 << bits) - 1);
    Some(Box::new(move |o| {
        let above = o.get(2).map_or(0, |c| c << (2 * bits));
        Some((above | part(o[0]) << bits | part(o[1])) & 0xffff_ffff)
    }))
}
