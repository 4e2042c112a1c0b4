//! Operands of random sweeps: the values at which instructions go wrong, then random bits.

use crate::values::{Type, mask};
use anyhow::{Context, Result};

/// How one operand is drawn: `u32`, `f32`, or `f32 in -100..100` for numbers of a range alone.
#[derive(Clone, Debug)]
pub struct Kind {
    /// The operand's type.
    pub ty: Type,
    range: Option<(f64, f64)>,
}

impl Kind {
    /// Reads what follows `random` in a header.
    pub fn parse(text: &str) -> Result<Kind> {
        let (ty, range) = match text.split_once(" in ") {
            None => (text, None),
            Some((ty, range)) => {
                let (low, high) = range.split_once("..").context("a range is `low..high`")?;
                (ty, Some((low.trim().parse::<f64>()?, high.trim().parse::<f64>()?)))
            }
        };
        let ty = Type::parse(ty.trim()).with_context(|| format!("`{ty}` is not a type"))?;
        Ok(Kind { ty, range })
    }

    fn special(&self) -> Vec<u64> {
        if self.range.is_some() { Vec::new() } else { specials(self.ty) }
    }

    fn draw(&self, random: &mut SplitMix) -> u64 {
        let bits = random.next();
        if let Some((low, high)) = self.range {
            let unit = (bits >> 11) as f64 / (1u64 << 53) as f64;
            return self.ty.from_f64(low + unit * (high - low));
        }
        // Small magnitudes are as interesting as large ones: a random right shift spreads them evenly.
        match self.ty {
            Type::Unsigned(n) | Type::Signed(n) => {
                let width = 8 * n as u32;
                let shifted = (bits & mask(n)) >> (random.next() as u32 % width);
                if random.next() & 1 == 0 { shifted } else { shifted.wrapping_neg() & mask(n) }
            }
            _ => bits & mask(self.ty.size()),
        }
    }
}

/// One column per operand, `count` rows: all combinations of special values if they fit half of the rows (else a random
/// choice of them), random values in the rest. The same seed gives the same rows.
pub fn columns(kinds: &[Kind], count: usize, seed: u64) -> Vec<Vec<u64>> {
    let mut random = SplitMix(seed);
    let special: Vec<Vec<u64>> = kinds.iter().map(Kind::special).collect();
    let combinations: usize = special.iter().map(|list| list.len().max(1)).product();
    let mut columns = vec![Vec::with_capacity(count); kinds.len()];
    for row in 0..count {
        let mut pick = if combinations <= count / 2 { row } else { random.next() as usize % combinations };
        let is_special = if combinations <= count / 2 { row < combinations } else { row < count / 2 };
        for (column, (kind, special)) in columns.iter_mut().zip(kinds.iter().zip(&special)) {
            if is_special && !special.is_empty() {
                column.push(special[pick % special.len()]);
                pick /= special.len();
            } else {
                column.push(kind.draw(&mut random));
            }
        }
    }
    columns
}

fn specials(ty: Type) -> Vec<u64> {
    let bits = 8 * ty.size() as u32;
    let all = mask(ty.size());
    let sign = 1u64 << (bits - 1);
    let mut out = match ty {
        Type::Unsigned(_) | Type::Signed(_) => {
            let mut out = vec![0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 127, 128, 255];
            out.extend([all, all - 1, sign, sign - 1, sign + 1, 0x5555_5555_5555_5555 & all]);
            out.extend([
                0x8000 & all,
                0x7fff & all,
                0xffff & all,
                all >> (bits / 2),
                all << (bits / 2) & all,
            ]);
            out
        }
        _ => {
            let (exponent, fraction) = float_fields(ty);
            let infinity = ((1u64 << exponent) - 1) << fraction;
            let mut out = vec![0, 1, (1 << fraction) - 1, 1 << fraction, infinity - 1, infinity];
            out.extend([
                infinity | 1 << (fraction - 1),
                infinity | 0x15,
                ty.from_f64(1.0) + 1,
                ty.from_f64(1.0) - 1,
            ]);
            out.extend(
                [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 100.0, 255.5, 256.0, 32767.5, 65504.0].map(|x| ty.from_f64(x)),
            );
            out.extend([-31.0, -1.0, 31.0, 32.0, 63.0].map(|power: f64| ty.from_f64(power.exp2())));
            let negative: Vec<u64> = out.iter().map(|bits| bits | sign).collect();
            out.extend(negative);
            out
        }
    };
    out.sort_unstable();
    out.dedup();
    out
}

/// Bits of exponent and of fraction.
fn float_fields(ty: Type) -> (u32, u32) {
    match ty {
        Type::F16 => (5, 10),
        Type::Bf16 => (8, 7),
        Type::F32 => (8, 23),
        _ => (11, 52),
    }
}

/// The generator SplitMix64 (Steele, Lea and Flood 2014).
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_pairs_come_first_and_seeds_repeat() {
        let kinds = [Kind::parse("u32").expect("a kind"), Kind::parse("f32").expect("a kind")];
        let columns = super::columns(&kinds, 10_240, 7);
        assert_eq!((columns.len(), columns[0].len()), (2, 10_240));
        assert_eq!((columns[0][0], columns[1][0]), (0, 0));
        assert_eq!(columns, super::columns(&kinds, 10_240, 7));
    }
}
