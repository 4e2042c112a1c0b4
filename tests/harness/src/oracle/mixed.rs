//! `add`, `sub` and `fma` of f32 with operands of a half type, and the pairs of f32 (PTX ISA, "Mixed Precision Floating Point
//! Instructions", "Floating Point Instructions" with `.f32x2`).

use super::Oracle;
use super::rounding::{self, Mode};
use crate::values::Type;

/// Takes the name and the modifiers that end in `f32.f16` or `f32.bf16`: all but the last operand are halves.
pub fn find(name: &str, modifiers: &[&str]) -> Option<Oracle> {
    let [flags @ .., "f32", half] = modifiers else { return None };
    let half = Type::parse(half).filter(|ty| matches!(ty, Type::F16 | Type::Bf16))?;
    let (mut mode, mut sat) = (Mode::Nearest, false);
    for flag in flags {
        match *flag {
            "sat" => sat = true,
            other => mode = Mode::parse(other)?,
        }
    }
    let name = name.to_string();
    Some(Box::new(move |o| {
        let c = Type::F32.to_f64(*o.last()?);
        let exact = match name.as_str() {
            "add" => rounding::add_odd(half.to_f64(o[0]), c, mode),
            "sub" => rounding::add_odd(half.to_f64(o[0]), -c, mode),
            "fma" => rounding::add_odd(half.to_f64(o[0]) * half.to_f64(o[1]), c, mode),
            _ => return None,
        };
        let bits = rounding::round(Type::F32, exact, mode);
        let value = Type::F32.to_f64(bits);
        Some(match sat {
            true if value > 0.0 => Type::F32.from_f64(value.min(1.0)),
            true => 0,
            false => bits,
        })
    }))
}
