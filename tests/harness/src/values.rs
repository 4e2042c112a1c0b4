//! Typed lists of values as test headers write them.
//!
//! ```text
//! list    = segment (";" segment)*          segments are laid out one after the other, without padding
//! segment = type item ("," item)*           type: u8 u16 u32 u64 s8 s16 s32 s64 f16 bf16 f32 f64
//! item    = atom ["x" count]                `7 x 64`: 64 times; `(1, 2) x 32`: the group, 32 times
//! atom    = literal | "_" | range | "(" item ("," item)* ")"
//! range   = first ".." end ["by" step]      end excluded; "..=": included; integers only
//! literal = decimal | 0x bits | inf | -inf | nan
//! ```
//! `_` is an element nobody may rely on: zero as an input, anything as an expectation. A hexadecimal literal of a
//! floating-point type is its bits.

use anyhow::{Context, Result, bail, ensure};
use half::{bf16, f16};

/// The type of one element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Unsigned integer of this many bytes.
    Unsigned(usize),
    /// Two's complement integer of this many bytes.
    Signed(usize),
    /// IEEE binary16.
    F16,
    /// bfloat16.
    Bf16,
    /// IEEE binary32.
    F32,
    /// IEEE binary64.
    F64,
}

impl Type {
    /// Reads a type by the name that PTX gives it (without the dot).
    pub fn parse(name: &str) -> Option<Type> {
        Some(match name {
            "u8" | "b8" => Type::Unsigned(1),
            "u16" | "b16" => Type::Unsigned(2),
            "u32" | "b32" => Type::Unsigned(4),
            "u64" | "b64" => Type::Unsigned(8),
            "s8" => Type::Signed(1),
            "s16" => Type::Signed(2),
            "s32" => Type::Signed(4),
            "s64" => Type::Signed(8),
            "f16" => Type::F16,
            "bf16" => Type::Bf16,
            "f32" => Type::F32,
            "f64" => Type::F64,
            _ => return None,
        })
    }

    /// Size of an element in bytes.
    pub fn size(self) -> usize {
        match self {
            Type::Unsigned(n) | Type::Signed(n) => n,
            Type::F16 | Type::Bf16 => 2,
            Type::F32 => 4,
            Type::F64 => 8,
        }
    }

    /// Whether elements are floating-point numbers.
    pub fn is_float(self) -> bool {
        !matches!(self, Type::Unsigned(_) | Type::Signed(_))
    }

    /// The element with these bits as an f64 (integers too, rounded).
    pub fn to_f64(self, bits: u64) -> f64 {
        match self {
            Type::Unsigned(_) => bits as f64,
            Type::Signed(n) => sign_extend(bits, n) as f64,
            Type::F16 => f16::from_bits(bits as u16).to_f64(),
            Type::Bf16 => bf16::from_bits(bits as u16).to_f64(),
            Type::F32 => f32::from_bits(bits as u32) as f64,
            Type::F64 => f64::from_bits(bits),
        }
    }

    /// The bits of `value` rounded to this floating-point type; integer types truncate towards zero.
    pub fn from_f64(self, value: f64) -> u64 {
        match self {
            Type::Unsigned(_) => value as u64,
            Type::Signed(n) => (value as i64 as u64) & mask(n),
            Type::F16 => f16::from_f32(odd_f32(value)).to_bits() as u64,
            Type::Bf16 => bf16::from_f32(odd_f32(value)).to_bits() as u64,
            Type::F32 => (value as f32).to_bits() as u64,
            Type::F64 => value.to_bits(),
        }
    }

    /// One element as a person reads it, with its bits for floating-point types.
    pub fn show(self, bits: u64) -> String {
        match self {
            Type::Unsigned(n) => format!("{bits:#0width$x}", width = 2 * n + 2),
            Type::Signed(n) => format!("{}", sign_extend(bits, n)),
            _ => format!("{:?} ({bits:#0width$x})", self.to_f64(bits), width = 2 * self.size() + 2),
        }
    }

    fn literal(self, text: &str) -> Result<u64> {
        let bytes = self.size();
        if let Some(hex) = text.strip_prefix("0x") {
            let bits = u64::from_str_radix(&hex.replace('_', ""), 16)
                .with_context(|| format!("`{text}` is not a hexadecimal number"))?;
            ensure!(bits & !mask(bytes) == 0, "`{text}` does not fit {bytes} bytes");
            return Ok(bits);
        }
        if !self.is_float() {
            let value: i128 = text.parse().with_context(|| format!("`{text}` is not an integer"))?;
            let (low, high) = (-(1i128 << (8 * bytes - 1)), 1i128 << (8 * bytes));
            ensure!(value >= low && value < high, "`{text}` does not fit {bytes} bytes");
            return Ok(value as u64 & mask(bytes));
        }
        // Straight to f32 where that is the type: by way of f64 the value would be rounded twice.
        if self == Type::F32 {
            let value: f32 = text.parse().with_context(|| format!("`{text}` is not a number"))?;
            return Ok(value.to_bits() as u64);
        }
        let value: f64 = text.parse().with_context(|| format!("`{text}` is not a number"))?;
        Ok(self.from_f64(value))
    }
}

/// All ones in the low `bytes` bytes.
pub fn mask(bytes: usize) -> u64 {
    if bytes >= 8 { u64::MAX } else { (1 << (8 * bytes)) - 1 }
}

/// The low `bytes` bytes of `bits` as a signed number.
pub fn sign_extend(bits: u64, bytes: usize) -> i64 {
    let shift = 64 - 8 * bytes as u32;
    ((bits << shift) as i64) >> shift
}

/// `value` rounded to odd, so that rounding once more to 16 bits gives what rounding once would have.
fn odd_f32(value: f64) -> f32 {
    let nearest = value as f32;
    if nearest as f64 == value || !nearest.is_finite() || nearest.to_bits() & 1 == 1 {
        nearest
    } else if (nearest as f64) < value {
        nearest.next_up()
    } else {
        nearest.next_down()
    }
}

/// One element: its type, and its bits unless it is `_`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Element {
    /// What the bits mean.
    pub ty: Type,
    /// The bits, or nothing for `_`.
    pub bits: Option<u64>,
}

/// Reads a whole list.
pub fn parse(text: &str) -> Result<Vec<Element>> {
    let mut out = Vec::new();
    for segment in text.split(';') {
        let segment = segment.trim();
        let (name, items) = segment.split_once(char::is_whitespace).unwrap_or((segment, ""));
        let ty = Type::parse(name).with_context(|| format!("`{name}` is not a type, in `{text}`"))?;
        if items.trim().is_empty() {
            continue;
        }
        let mut reader = Reader { ty, rest: items };
        out.extend(reader.items().with_context(|| format!("in `{segment}`"))?);
        ensure!(reader.rest.trim().is_empty(), "left over: `{}`", reader.rest);
    }
    Ok(out)
}

/// The elements in memory, little-endian, one after the other; `_` is zero.
pub fn bytes(elements: &[Element]) -> Vec<u8> {
    let mut out = Vec::new();
    for element in elements {
        out.extend_from_slice(&element.bits.unwrap_or(0).to_le_bytes()[..element.ty.size()]);
    }
    out
}

/// Total size of the elements in bytes.
pub fn byte_len(elements: &[Element]) -> usize {
    elements.iter().map(|e| e.ty.size()).sum()
}

/// Splits memory into elements typed as `like`.
pub fn read(memory: &[u8], like: &[Element]) -> Vec<u64> {
    let mut at = 0;
    let mut out = Vec::new();
    for element in like {
        let mut raw = [0; 8];
        let size = element.ty.size();
        raw[..size].copy_from_slice(&memory[at..at + size]);
        at += size;
        out.push(u64::from_le_bytes(raw));
    }
    out
}

struct Reader<'a> {
    ty: Type,
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn items(&mut self) -> Result<Vec<Element>> {
        let mut out = self.item()?;
        while self.eat(",") {
            out.extend(self.item()?);
        }
        Ok(out)
    }

    fn item(&mut self) -> Result<Vec<Element>> {
        let atom = if self.eat("(") {
            let inner = self.items()?;
            ensure!(self.eat(")"), "expected `)` before `{}`", self.rest);
            inner
        } else {
            self.atom()?
        };
        let mut count = 1;
        if self.eat("x ") {
            let word = self.word();
            count = word.parse().with_context(|| format!("`{word}` is not a count"))?;
        }
        Ok(atom.repeat(count))
    }

    fn atom(&mut self) -> Result<Vec<Element>> {
        let ty = self.ty;
        let word = self.word();
        ensure!(!word.is_empty(), "expected a value before `{}`", self.rest);
        if word == "_" {
            return Ok(vec![Element { ty, bits: None }]);
        }
        if let Some((first, end)) = word.split_once("..") {
            let (end, included) = match end.strip_prefix('=') {
                Some(end) => (end, true),
                None => (end, false),
            };
            let mut step = 1;
            if self.eat("by ") {
                let word = self.word();
                step = word.parse::<i64>().with_context(|| format!("`{word}` is not a step"))?;
            }
            return self.range(first, end, included, step);
        }
        Ok(vec![Element { ty, bits: Some(ty.literal(word)?) }])
    }

    fn range(&self, first: &str, end: &str, included: bool, step: i64) -> Result<Vec<Element>> {
        let number = |text: &str| -> Result<i64> {
            let parsed = match text.strip_prefix("0x") {
                Some(hex) => i64::from_str_radix(hex, 16),
                None => text.parse(),
            };
            parsed.with_context(|| format!("`{text}` does not bound a range"))
        };
        let (mut at, end) = (number(first)?, number(end)?);
        if step == 0 {
            bail!("a range by 0 does not end");
        }
        let mut out = Vec::new();
        while (step > 0 && at < end) || (step < 0 && at > end) || (included && at == end) {
            let bits = if self.ty.is_float() {
                self.ty.from_f64(at as f64)
            } else {
                at as u64 & mask(self.ty.size())
            };
            out.push(Element { ty: self.ty, bits: Some(bits) });
            at += step;
        }
        Ok(out)
    }

    fn eat(&mut self, token: &str) -> bool {
        let trimmed = self.rest.trim_start();
        match trimmed.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> &'a str {
        let trimmed = self.rest.trim_start();
        let end = trimmed.find(|c: char| c.is_whitespace() || ",()".contains(c)).unwrap_or(trimmed.len());
        self.rest = &trimmed[end..];
        &trimmed[..end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(text: &str) -> Vec<Option<u64>> {
        parse(text).expect("a good list").into_iter().map(|e| e.bits).collect()
    }

    #[test]
    fn lists_ranges_and_repeats() {
        assert_eq!(bits("u32 1, 0x10, -1"), [Some(1), Some(16), Some(0xffff_ffff)]);
        assert_eq!(bits("u8 (1, _) x 2, 5 x 2"), [Some(1), None, Some(1), None, Some(5), Some(5)]);
        assert_eq!(bits("s16 3..=0 by -1; u8 7"), [Some(3), Some(2), Some(1), Some(0), Some(7)]);
        assert_eq!(bits("f32 0..2"), [Some(0), Some(0x3f80_0000)]);
        assert_eq!(bytes(&parse("u8 1; u16 0x302").expect("a good list")), [1, 2, 3]);
    }

    #[test]
    fn wrong_lists_are_refused() {
        for text in ["u33 1", "u8 256", "u8 1,", "u32 (1", "u32 1 2", "f32 one", "u32 0..9 by 0"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
