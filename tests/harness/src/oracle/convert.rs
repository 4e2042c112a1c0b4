//! `cvt` between the scalar types (PTX ISA, "Data Movement and Conversion Instructions: cvt").

use super::Oracle;
use super::float::flush;
use super::rounding::{self, Mode};
use crate::values::{Type, mask};

/// Takes the modifiers after `cvt`: `[rounding] [ftz] [sat] to from`.
pub fn find(modifiers: &[&str]) -> Option<Oracle> {
    let [flags @ .., to, from] = modifiers else { return None };
    let (to, from) = (Type::parse(to)?, Type::parse(from)?);
    let (mut mode, mut whole, mut ftz, mut sat) = (Mode::Nearest, false, false, false);
    for flag in flags {
        match *flag {
            "ftz" => ftz = true,
            "sat" => sat = true,
            "rni" | "rzi" | "rmi" | "rpi" => {
                whole = true;
                mode = Mode::parse(&flag[..2])?;
            }
            other => mode = Mode::parse(other)?,
        }
    }
    // `.ftz` is about f32 alone.
    let input = move |bits: u64| if ftz && from == Type::F32 { flush(from, bits) } else { bits };
    Some(match (from.is_float(), to.is_float()) {
        (true, false) => Box::new(move |o| Some(to_integer(to, from, from.to_f64(input(o[0])), mode))),
        (true, true) => Box::new(move |o| {
            let value = from.to_f64(input(o[0]));
            let value = if whole { to_whole(value, mode) } else { value };
            let rounded = rounding::round(to, value, mode);
            let rounded = if ftz && to == Type::F32 { flush(to, rounded) } else { rounded };
            Some(if sat { saturate(to, rounded) } else { rounded })
        }),
        (false, true) => Box::new(move |o| {
            let rounded = integer_to_float(to, integer(from, o[0]), mode);
            Some(if sat { saturate(to, rounded) } else { rounded })
        }),
        (false, false) => Box::new(move |o| {
            let value = integer(from, o[0]);
            let value = if sat { clamp(to, value) } else { value };
            Some(value as u64 & mask(to.size()))
        }),
    })
}

fn integer(ty: Type, bits: u64) -> i128 {
    match ty {
        Type::Signed(bytes) => crate::values::sign_extend(bits, bytes) as i128,
        _ => (bits & mask(ty.size())) as i128,
    }
}

fn clamp(ty: Type, value: i128) -> i128 {
    let bits = 8 * ty.size() as u32;
    match ty {
        Type::Signed(_) => value.clamp(-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
        _ => value.clamp(0, (1 << bits) - 1),
    }
}

fn to_whole(value: f64, mode: Mode) -> f64 {
    match mode {
        Mode::Nearest => value.round_ties_even(),
        Mode::Zero => value.trunc(),
        Mode::Down => value.floor(),
        Mode::Up => value.ceil(),
    }
}

/// Always saturating. NaN gives 0, but the top bit alone from f64 and to 64 bits.
fn to_integer(to: Type, from: Type, value: f64, mode: Mode) -> u64 {
    if value.is_nan() {
        let top = 8 * to.size() - 1;
        return if from == Type::F64 || to.size() == 8 { 1 << top } else { 0 };
    }
    // The cast to i128 saturates far outside of every type.
    clamp(to, to_whole(value, mode) as i128) as u64 & mask(to.size())
}

/// The integer rounded once to the float type.
fn integer_to_float(to: Type, value: i128, mode: Mode) -> u64 {
    let nearest = value as f64;
    // The sign of what the f64 lacks tells the other f64 to round to odd with.
    let rest = (value - nearest as i128).signum();
    if to == Type::F64 {
        return rounding::adjust_f64(nearest, rest as f64, mode).unwrap_or(nearest).to_bits();
    }
    let odd = match rest {
        0 => nearest,
        _ if nearest.to_bits() & 1 == 1 => nearest,
        1 => nearest.next_up(),
        _ => nearest.next_down(),
    };
    rounding::round(to, odd, mode)
}

fn saturate(ty: Type, bits: u64) -> u64 {
    let value = ty.to_f64(bits);
    if value > 0.0 { ty.from_f64(value.min(1.0)) } else { 0 }
}
