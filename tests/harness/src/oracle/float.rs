//! Floating-point instructions (PTX ISA, "Floating Point Instructions" and the half-precision ones).

use super::Oracle;
use super::rounding::{self, Mode};
use crate::values::Type;

/// What the modifiers of an instruction say.
#[derive(Clone, Copy)]
struct Form {
    ty: Type,
    mode: Mode,
    ftz: bool,
    sat: bool,
    nan: bool,
    xorsign: bool,
    abs: bool,
    relu: bool,
}

impl Form {
    fn parse(modifiers: &[&str]) -> Option<Form> {
        let (last, before) = modifiers.split_last()?;
        let ty = Type::parse(last).filter(|ty| ty.is_float())?;
        let mut form = Form {
            ty,
            mode: Mode::Nearest,
            ftz: false,
            sat: false,
            nan: false,
            xorsign: false,
            abs: false,
            relu: false,
        };
        for modifier in before {
            match *modifier {
                "ftz" => form.ftz = true,
                "sat" => form.sat = true,
                "NaN" => form.nan = true,
                "xorsign" => form.xorsign = true,
                "relu" => form.relu = true,
                "abs" => form.abs = true,
                "approx" | "full" => {}
                other => form.mode = Mode::parse(other)?,
            }
        }
        Some(form)
    }

    fn input(self, bits: u64) -> f64 {
        self.ty.to_f64(if self.ftz { flush(self.ty, bits) } else { bits })
    }

    fn output(self, bits: u64) -> u64 {
        let bits = if self.ftz { flush(self.ty, bits) } else { bits };
        if self.relu && self.ty.to_f64(bits) <= 0.0 {
            return 0;
        }
        if !self.sat {
            return bits;
        }
        let value = self.ty.to_f64(bits);
        if value > 0.0 { self.ty.from_f64(value.min(1.0)) } else { 0 }
    }
}

/// A subnormal number becomes the zero of its sign.
pub fn flush(ty: Type, bits: u64) -> u64 {
    let (sign, exponent) = match ty {
        Type::F16 => (1 << 15, 0x7c00),
        Type::Bf16 => (1 << 15, 0x7f80),
        Type::F32 => (1 << 31, 0x7f80_0000),
        _ => (1 << 63, 0x7ff0_0000_0000_0000),
    };
    if bits & exponent == 0 { bits & sign } else { bits }
}

pub fn find(name: &str, modifiers: &[&str]) -> Option<Oracle> {
    let form = Form::parse(modifiers)?;
    let narrow = move |f: fn(&[f64]) -> f64| -> Oracle {
        Box::new(move |o| {
            let inputs: Vec<f64> = o.iter().map(|&bits| form.input(bits)).collect();
            form.finish(f(&inputs))
        })
    };
    let sum = move |addends: fn(&[f64]) -> (f64, f64)| -> Oracle {
        Box::new(move |o| {
            let inputs: Vec<f64> = o.iter().map(|&bits| form.input(bits)).collect();
            let (a, b) = addends(&inputs);
            form.finish(rounding::add_odd(a, b, form.mode))
        })
    };
    let double = form.ty == Type::F64;
    Some(match name {
        "rcp" if double && modifiers.contains(&"approx") => narrow(|x| 1.0 / x[0]),
        "fma" | "mad" if double => f64_product_sum(form),
        "add" | "sub" | "mul" | "div" | "rcp" | "sqrt" if double => f64_arithmetic(name, form)?,
        "add" => sum(|x| (x[0], x[1])),
        "sub" => sum(|x| (x[0], -x[1])),
        "mul" => narrow(|x| x[0] * x[1]),
        "fma" | "mad" => sum(|x| (x[0] * x[1], x[2])),
        "div" => narrow(|x| rounding::div_odd(x[0], x[1])),
        "rcp" => narrow(|x| rounding::div_odd(1.0, x[0])),
        "sqrt" => narrow(|x| rounding::sqrt_odd(x[0])),
        "rsqrt" => narrow(|x| 1.0 / x[0].sqrt()),
        "sin" => narrow(|x| x[0].sin()),
        "cos" => narrow(|x| x[0].cos()),
        "ex2" => narrow(|x| x[0].exp2()),
        "lg2" => narrow(|x| x[0].log2()),
        "tanh" => narrow(|x| x[0].tanh()),
        "min" => extreme(form, false),
        "max" => extreme(form, true),
        "abs" => Box::new(move |o| {
            let sign = 1u64 << (8 * form.ty.size() - 1);
            Some(form.output(form.ty_flush(o[0]) & !sign))
        }),
        "neg" => Box::new(move |o| {
            let sign = 1u64 << (8 * form.ty.size() - 1);
            Some(form.output(form.ty_flush(o[0]) ^ sign))
        }),
        "copysign" => Box::new(move |o| {
            let sign = 1u64 << (8 * form.ty.size() - 1);
            Some(o[0] & sign | o[1] & !sign)
        }),
        _ => return None,
    })
}

impl Form {
    /// Rounds an exact (or odd) result. With `.ftz` the manual leaves open whether a result is subnormal before or
    /// after its rounding: one that rounds up to the least normal number is not judged.
    fn finish(self, exact: f64) -> Option<u64> {
        let rounded = rounding::round(self.ty, exact, self.mode);
        let least = self.least_normal();
        let at_the_edge = exact.abs() < least && self.ty.to_f64(rounded).abs() == least;
        if self.ftz && at_the_edge { None } else { Some(self.output(rounded)) }
    }

    fn least_normal(self) -> f64 {
        match self.ty {
            Type::F16 => 2f64.powi(-14),
            Type::F64 => f64::MIN_POSITIVE,
            _ => 2f64.powi(-126),
        }
    }

    fn ty_flush(self, bits: u64) -> u64 {
        if self.ftz { flush(self.ty, bits) } else { bits }
    }
}

/// `min` and `max`: one NaN gives the other operand (with `.NaN`, a NaN); -0 is less than +0.
fn extreme(form: Form, greatest: bool) -> Oracle {
    let two = extreme_of_two(form, greatest);
    Box::new(move |o| match *o {
        [a, b, c] => two(&[two(&[a, b])?, c]),
        _ => two(o),
    })
}

fn extreme_of_two(form: Form, greatest: bool) -> Oracle {
    Box::new(move |o| {
        let (mut a, mut b) = (form.input(o[0]), form.input(o[1]));
        let negative = form.xorsign && a.is_sign_negative() != b.is_sign_negative();
        if form.abs {
            (a, b) = (a.abs(), b.abs());
        }
        let nan = form.ty.from_f64(f64::NAN);
        let pick_first = if a.is_nan() || b.is_nan() {
            if form.nan || (a.is_nan() && b.is_nan()) {
                return Some(nan);
            }
            b.is_nan()
        } else if a == b {
            a.is_sign_positive() == greatest
        } else {
            (a > b) == greatest
        };
        let picked = if pick_first { a } else { b };
        Some(form.output(form.ty.from_f64(if negative { -picked } else { picked })))
    })
}

/// f64 arithmetic: the host's own, moved to the other modes by the sign of the rounding error.
fn f64_arithmetic(name: &str, form: Form) -> Option<Oracle> {
    let nearest: fn(&[f64]) -> (f64, f64) = match name {
        "add" => |x| (x[0] + x[1], sum_rest(x[0], x[1])),
        "sub" => |x| (x[0] - x[1], sum_rest(x[0], -x[1])),
        "mul" => |x| (x[0] * x[1], x[0].mul_add(x[1], -(x[0] * x[1]))),
        "div" => |x| {
            let quotient = x[0] / x[1];
            (quotient, (-quotient).mul_add(x[1], x[0]) * x[1].signum())
        },
        "rcp" => |x| {
            let quotient = 1.0 / x[0];
            (quotient, (-quotient).mul_add(x[0], 1.0) * x[0].signum())
        },
        "sqrt" => |x| (x[0].sqrt(), (-x[0].sqrt()).mul_add(x[0].sqrt(), x[0])),
        _ => return None,
    };
    Some(Box::new(move |o| {
        let inputs: Vec<f64> = o.iter().map(|&bits| form.input(bits)).collect();
        let (value, rest) = nearest(&inputs);
        if form.mode == Mode::Nearest {
            return Some(form.output(value.to_bits()));
        }
        // Outside this range the rounding error itself is rounded, and says nothing.
        let safe = rest.is_finite() && value.abs() > 1e-200 && value.abs() < 1e200;
        if !safe || inputs.iter().any(|x| x.abs() < 1e-200 || x.abs() > 1e200) {
            return None;
        }
        rounding::adjust_f64(value, rest, form.mode).map(|value| form.output(value.to_bits()))
    }))
}

/// `fma` of f64: to nearest the host's own. In the other modes the exact value is the sum of an f64 and a rest, by the
/// error-free sums and products of Boldo and Melquiond (2008); where those are not exact nothing is judged.
fn f64_product_sum(form: Form) -> Oracle {
    Box::new(move |o| {
        let [a, b, c] = [form.input(o[0]), form.input(o[1]), form.input(o[2])];
        let nearest = a.mul_add(b, c);
        if form.mode == Mode::Nearest || nearest.is_nan() {
            return Some(form.output(nearest.to_bits()));
        }
        let safe = |x: f64| x == 0.0 || (1e-100..1e100).contains(&x.abs());
        if ![a, b, c].into_iter().all(safe) || nearest == 0.0 {
            return None;
        }
        let product = a * b;
        let product_rest = a.mul_add(b, -product);
        let (low, low_rest) = (c + product_rest, sum_rest(c, product_rest));
        let (high, high_rest) = (product + low, sum_rest(product, low));
        // What is behind `high`: exact but for its own rounding, which to odd keeps the sign and whether it is zero.
        let behind = rounding::add_odd(high_rest, low_rest, Mode::Nearest);
        let (value, rest) = (high + behind, sum_rest(high, behind));
        rounding::adjust_f64(value, rest, form.mode).map(|value| form.output(value.to_bits()))
    })
}

fn sum_rest(a: f64, b: f64) -> f64 {
    let sum = a + b;
    let b_part = sum - a;
    (a - (sum - b_part)) + (b - b_part)
}
