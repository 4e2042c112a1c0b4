//! Exact intermediate results in f64 and their rounding in PTX's four modes.
//!
//! A sum, product or quotient of narrower numbers is carried as an f64 rounded to odd: 53 bits are enough for a second
//! rounding to 24 bits or less to be that of the exact value, in every mode.

use crate::values::Type;

/// PTX's rounding modifiers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// `.rn`: nearest, ties to even.
    Nearest,
    /// `.rz`: towards zero.
    Zero,
    /// `.rm`: towards minus infinity.
    Down,
    /// `.rp`: towards plus infinity.
    Up,
}

impl Mode {
    pub fn parse(modifier: &str) -> Option<Mode> {
        Some(match modifier {
            "rn" => Mode::Nearest,
            "rz" => Mode::Zero,
            "rm" => Mode::Down,
            "rp" => Mode::Up,
            _ => return None,
        })
    }
}

/// a + b, rounded to odd. Exact operands must not overflow f64. The mode decides the sign of an exact zero.
pub fn add_odd(a: f64, b: f64, mode: Mode) -> f64 {
    let sum = a + b;
    if sum == 0.0 && a.is_sign_positive() != b.is_sign_positive() {
        return if mode == Mode::Down { -0.0 } else { 0.0 };
    }
    if !sum.is_finite() {
        return sum;
    }
    let b_part = sum - a;
    to_odd(sum, (a - (sum - b_part)) + (b - b_part))
}

/// a / b for operands of at most 24 bits, rounded to odd.
pub fn div_odd(a: f64, b: f64) -> f64 {
    let quotient = a / b;
    if !quotient.is_finite() || quotient == 0.0 || b.is_infinite() {
        return quotient;
    }
    let rest = (-quotient).mul_add(b, a);
    to_odd(quotient, if b > 0.0 { rest } else { -rest })
}

/// The square root of a number of at most 24 bits, rounded to odd.
pub fn sqrt_odd(a: f64) -> f64 {
    let root = a.sqrt();
    if !root.is_finite() || root == 0.0 { root } else { to_odd(root, (-root).mul_add(root, a)) }
}

/// `value + rest` rounded to odd, where `value` is the nearest f64 and `rest` has the sign of what it lacks.
fn to_odd(value: f64, rest: f64) -> f64 {
    if rest == 0.0 || value.to_bits() & 1 == 1 {
        value
    } else if rest > 0.0 {
        value.next_up()
    } else {
        value.next_down()
    }
}

/// The bits of `value`, exact or rounded to odd, in the floating-point type `ty`.
pub fn round(ty: Type, value: f64, mode: Mode) -> u64 {
    let nearest = ty.from_f64(value);
    if mode == Mode::Nearest || !value.is_finite() || ty == Type::F64 {
        return nearest;
    }
    let got = ty.to_f64(nearest);
    let sign = 1u64 << (8 * ty.size() - 1);
    let toward_zero =
        mode == Mode::Zero || (mode == Mode::Down && value > 0.0) || (mode == Mode::Up && value < 0.0);
    // Bits of one sign are ordered by magnitude, infinity after the largest number.
    if toward_zero && got.abs() > value.abs() {
        nearest - 1
    } else if !toward_zero && got.abs() < value.abs() {
        (nearest + 1) | if value < 0.0 { sign } else { 0 }
    } else {
        nearest
    }
}

/// An f64 result of nearest rounding moved to another mode, given the sign of what it lacks. `None` where nearest
/// rounding has already lost the way (overflow).
pub fn adjust_f64(value: f64, rest: f64, mode: Mode) -> Option<f64> {
    if mode == Mode::Nearest || rest == 0.0 || value.is_nan() {
        return Some(value);
    }
    if value.is_infinite() {
        return None;
    }
    let down = mode == Mode::Down || (mode == Mode::Zero && value > 0.0);
    let up = mode == Mode::Up || (mode == Mode::Zero && value < 0.0);
    Some(if down && rest < 0.0 {
        value.next_down()
    } else if up && rest > 0.0 {
        value.next_up()
    } else {
        value
    })
}
