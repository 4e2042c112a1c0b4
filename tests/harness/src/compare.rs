//! Judging a result against an expectation.
//!
//! Integers compare exactly. Floating-point numbers compare exactly but for NaN, which compares as a class, unless the
//! test asks for bits or grants a tolerance.

use crate::values::{Element, Type};
use anyhow::{Context, Result, bail};

/// How far a floating-point result may be from what is expected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tolerance {
    /// Equal, NaN as a class.
    Exact,
    /// Equal bit by bit, NaNs too.
    Bits,
    /// At most this many steps between representable numbers.
    Ulp(u64),
    /// At most this absolute difference.
    Absolute(f64),
    /// At most this difference relative to the expectation.
    Relative(f64),
}

impl Tolerance {
    /// Reads `2 ulp`, `abs 1e-6`, `abs 2^-21.4`, `rel 1e-6`.
    pub fn parse(text: &str) -> Result<Tolerance> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let number = |word: &str| -> Result<f64> {
            let parsed = match word.strip_prefix("2^") {
                Some(power) => power.parse::<f64>().map(f64::exp2),
                None => word.parse(),
            };
            parsed.with_context(|| format!("`{word}` is not a number"))
        };
        Ok(match words[..] {
            [count, "ulp"] => Tolerance::Ulp(count.parse().context("the number of ulp")?),
            ["abs", limit] => Tolerance::Absolute(number(limit)?),
            ["rel", limit] => Tolerance::Relative(number(limit)?),
            _ => bail!("`{text}` is not a tolerance: expected `N ulp`, `abs X` or `rel X`"),
        })
    }

    /// Whether `got` is as good as `want`.
    pub fn accepts(self, ty: Type, want: u64, got: u64) -> bool {
        if want == got {
            return true;
        }
        if !ty.is_float() || self == Tolerance::Bits {
            return false;
        }
        let (w, g) = (ty.to_f64(want), ty.to_f64(got));
        if w.is_nan() || g.is_nan() {
            return w.is_nan() && g.is_nan();
        }
        match self {
            Tolerance::Exact | Tolerance::Bits => false,
            Tolerance::Ulp(limit) => ordered(ty, want).abs_diff(ordered(ty, got)) <= limit,
            Tolerance::Absolute(limit) => (w - g).abs() <= limit,
            Tolerance::Relative(limit) => (w - g).abs() <= limit * w.abs(),
        }
    }
}

/// Maps the bits of a floating-point number to integers in the numbers' order, both zeros to 0.
fn ordered(ty: Type, bits: u64) -> i64 {
    let sign = 1u64 << (8 * ty.size() - 1);
    if bits & sign != 0 { -((bits & (sign - 1)) as i64) } else { bits as i64 }
}

/// Compares `got` with `want`, element by element. `what` names the buffer, `describe` adds to a mismatch what led to
/// it (the operands, say). An error shows the first mismatches and their number.
pub fn check(
    what: &str,
    want: &[Element],
    got: &[u64],
    tolerance: Tolerance,
    describe: impl Fn(usize) -> String,
) -> Result<()> {
    const SHOWN: usize = 8;
    let mut shown = String::new();
    let mut wrong = 0;
    for (index, (element, &bits)) in want.iter().zip(got).enumerate() {
        let Some(expected) = element.bits else { continue };
        if tolerance.accepts(element.ty, expected, bits) {
            continue;
        }
        wrong += 1;
        if wrong <= SHOWN {
            let (e, g) = (element.ty.show(expected), element.ty.show(bits));
            shown.push_str(&format!("\n  {what}[{index}]: expected {e}, got {g}{}", describe(index)));
        }
    }
    if wrong > 0 {
        bail!("{wrong} of {} elements of `{what}` are wrong{shown}", want.len());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_is_a_class_and_ulps_count_across_zero() {
        let f = Type::F32;
        assert!(Tolerance::Exact.accepts(f, 0x7fc0_0000, 0xffff_ffff));
        assert!(!Tolerance::Bits.accepts(f, 0x7fc0_0000, 0x7fff_ffff));
        assert!(!Tolerance::Exact.accepts(f, 0, 0x8000_0000));
        assert!(Tolerance::Ulp(2).accepts(f, 1, 0x8000_0001));
        assert!(!Tolerance::Ulp(1).accepts(f, 1, 0x8000_0001));
    }
}
