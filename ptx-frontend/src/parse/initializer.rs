//! Initial values of variables (PTX ISA 5.4.5).
//!
//! Takes the text behind `=` and the variable's type; gives leading bytes and the addresses to fill in.

use super::{PResult, Parser};
use crate::diagnostic::Diagnostic;
use crate::isa::ScalarType;
use crate::lexer::TokenKind;
use crate::module::*;
use crate::span::Span;

/// An initial value may not be longer than this, so that a small text does not allocate without bound.
const MOST_BYTES: u64 = 1 << 31;

/// Where the next element goes.
struct Cursor<'a> {
    out: Initializer,
    scalar: ScalarType,
    /// Bytes of one element of each nesting: the array's inner dimensions, then the vector, then the scalar.
    strides: &'a [u64],
}

impl<'s> Parser<'s> {
    pub(super) fn initializer(
        &mut self,
        scalar: ScalarType,
        vector: u8,
        dimensions: &mut [u64],
    ) -> PResult<Initializer> {
        let mut strides = vec![u64::from(scalar.bytes())];
        if vector > 1 {
            strides.push(strides[0] * u64::from(vector));
        }
        for &dimension in dimensions.iter().skip(1).rev() {
            let inner = strides[strides.len() - 1];
            strides.push(inner.saturating_mul(dimension).min(MOST_BYTES));
        }
        if dimensions.is_empty() && vector == 1 {
            strides.clear();
        }
        strides.reverse();
        let mut cursor = Cursor { out: Initializer::default(), scalar, strides: &strides };
        let end = self.initializer_part(&mut cursor, 0, 0)?;
        if let Some(first) = dimensions.first_mut()
            && *first == 0
        {
            *first = end.div_ceil(strides[0].max(1));
        }
        let mut out = cursor.out;
        while out.bytes.last() == Some(&0) {
            out.bytes.pop();
        }
        Ok(out)
    }

    /// One element or a list in braces at `offset`; gives where it ends. `level` counts braces.
    fn initializer_part(&mut self, cursor: &mut Cursor<'_>, offset: u64, level: usize) -> PResult<u64> {
        if !self.token.is(b'{') {
            return self.initializer_element(cursor, offset);
        }
        // `{5}` for a scalar is allowed, as in C.
        let stride = cursor.strides.get(level).copied().unwrap_or(u64::from(cursor.scalar.bytes()));
        if level > cursor.strides.len() {
            return Err(self.error_here("these braces are nested deeper than the variable's type"));
        }
        self.advance();
        let mut at = offset;
        while !self.eat(b'}') {
            let nested = self.token.is(b'{');
            let end = self.initializer_part(cursor, at, level + 1)?;
            at = if nested { at + stride.max(end - at) } else { end };
            if at > MOST_BYTES {
                return Err(self.error_here("this initial value is too long"));
            }
            if !self.eat(b',') {
                self.expect(b'}')?;
                break;
            }
        }
        Ok(at)
    }

    fn initializer_element(&mut self, cursor: &mut Cursor<'_>, offset: u64) -> PResult<u64> {
        let size = cursor.scalar.bytes() as usize;
        if self.token.kind == TokenKind::Word && self.text() != "WARP_SZ" {
            self.address_element(cursor, offset, None)?;
            return Ok(offset + size as u64);
        }
        let start = self.token.span;
        let value = self.constant()?;
        let span = start.to(self.previous);
        if self.token.is(b'(')
            && let Immediate::Integer(mask) = value.value
        {
            self.advance();
            self.address_element(cursor, offset, Some(mask))?;
            self.expect(b')')?;
            return Ok(offset + size as u64);
        }
        let bits: u128 = match (cursor.scalar, value.value) {
            (ScalarType::F32, Immediate::F64(bits)) => u128::from((f64::from_bits(bits) as f32).to_bits()),
            (ScalarType::F64, Immediate::F32(bits)) => u128::from(f64::from(f32::from_bits(bits)).to_bits()),
            (ScalarType::F64, Immediate::Integer(bits)) => u128::from((bits as i64 as f64).to_bits()),
            (ScalarType::F32, Immediate::Integer(bits)) => u128::from((bits as i64 as f32).to_bits()),
            (ty, Immediate::F32(_)) if !matches!(ty, ScalarType::F32 | ScalarType::B32) => {
                return Err(misplaced_float(ty, span));
            }
            (ty, Immediate::F64(_)) if !matches!(ty, ScalarType::F64 | ScalarType::B64) => {
                return Err(misplaced_float(ty, span));
            }
            (_, Immediate::Integer(bits)) if cursor.scalar.is_signed() => bits as i64 as i128 as u128,
            (_, other) => u128::from(other.bits()),
        };
        cursor.put(offset, &bits.to_le_bytes()[..size]);
        Ok(offset + size as u64)
    }

    /// `symbol+8`, `generic(symbol)+8`; with `mask` the byte that it selects.
    fn address_element(&mut self, cursor: &mut Cursor<'_>, offset: u64, mask: Option<u64>) -> PResult<()> {
        let (mut name, mut span) = self.expect_word("the name of a variable or function")?;
        let generic = name == "generic" && self.token.is(b'(');
        if generic {
            self.advance();
            (name, span) = self.expect_word("the name of a variable")?;
        }
        let Some(symbol) = self.globals.get(name) else {
            return Err(self.undeclared(name, span));
        };
        let mut addend = 0;
        if generic {
            addend += self.addend()?;
            self.expect(b')')?;
        }
        addend += self.addend()?;
        let scalar = cursor.scalar;
        let (size, shift) = match mask {
            None if scalar.is_integer() && matches!(scalar.bits(), 32 | 64) => (scalar.bytes() as u8, 0),
            None => {
                let message = format!("an address does not fit into a .{scalar}");
                return Err(Box::new(Diagnostic::error(span, message)));
            }
            Some(mask) => match (0..8u8).find(|byte| mask == 0xFFu64 << (byte * 8)) {
                Some(byte) if scalar.bits() == 8 => (1, byte * 8),
                _ => {
                    let message =
                        "a mask of an address selects one byte (0xFF, 0xFF00 ...) for an 8-bit element";
                    return Err(Box::new(Diagnostic::error(span, message)));
                }
            },
        };
        cursor.out.relocations.push(Relocation { offset, size, symbol, addend, generic, shift });
        Ok(())
    }

    /// `+8`, `-8`, or nothing.
    fn addend(&mut self) -> PResult<i64> {
        if !(self.token.is(b'+') || self.token.is(b'-')) {
            return Ok(0);
        }
        let negative = self.token.is(b'-');
        self.advance();
        let (value, _) = self.integer_constant()?;
        Ok(if negative { (value as i64).wrapping_neg() } else { value as i64 })
    }

    /// `{ addr_mode_0 = clamp_to_border, filter_mode = nearest }`
    pub(super) fn opaque_initializer(&mut self) -> PResult<Vec<(NameId, NameId)>> {
        self.expect(b'{')?;
        let mut fields = Vec::new();
        while !self.eat(b'}') {
            let (field, _) = self.expect_word("a field such as `filter_mode`")?;
            self.expect(b'=')?;
            let value = self.text();
            if !matches!(self.token.kind, TokenKind::Word | TokenKind::Number) {
                return Err(self.unexpected("the value of the field"));
            }
            self.advance();
            fields.push((self.intern(field), self.intern(value)));
            if !self.eat(b',') {
                self.expect(b'}')?;
                break;
            }
        }
        Ok(fields)
    }
}

fn misplaced_float(ty: ScalarType, span: Span) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(span, format!("a float of this size cannot be the initial value of a .{ty}")))
}

impl Cursor<'_> {
    fn put(&mut self, offset: u64, bytes: &[u8]) {
        if bytes.iter().all(|&byte| byte == 0) {
            return;
        }
        let end = offset as usize + bytes.len();
        if self.out.bytes.len() < end {
            self.out.bytes.resize(end, 0);
        }
        self.out.bytes[offset as usize..end].copy_from_slice(bytes);
    }
}
