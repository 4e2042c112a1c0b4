//! Numbers and constant expressions (PTX ISA 4.5).
//!
//! Takes tokens; gives the 64 bits of an integer, or a float. Integers are computed in 64 bits, unsigned if an operand
//! is (C's rules, as PTX says); decimal floats in f64.

use super::{PResult, Parser};
use crate::diagnostic::Diagnostic;
use crate::lexer::{TokenKind, pair};
use crate::module::Immediate;
use crate::span::Span;

/// How deep parentheses and unary operators may nest.
const DEPTH: u32 = 64;

/// A constant with what its arithmetic needs to know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Constant {
    pub value: Immediate,
    unsigned: bool,
}

impl Constant {
    fn integer(bits: u64, unsigned: bool) -> Self {
        Self { value: Immediate::Integer(bits), unsigned }
    }

    fn float(value: f64) -> Self {
        Self { value: Immediate::F64(value.to_bits()), unsigned: false }
    }

    fn as_f64(self) -> f64 {
        match self.value {
            Immediate::Integer(bits) if self.unsigned => bits as f64,
            Immediate::Integer(bits) => bits as i64 as f64,
            Immediate::F32(bits) => f64::from(f32::from_bits(bits)),
            Immediate::F64(bits) => f64::from_bits(bits),
        }
    }

    fn is_integer(self) -> bool {
        matches!(self.value, Immediate::Integer(_))
    }
}

/// The value of a number token, or what is wrong with it.
pub(super) fn number(text: &str) -> Result<Constant, String> {
    let bytes = text.as_bytes();
    if bytes[0] == b'0' && bytes.len() > 1 {
        match bytes[1] {
            b'x' | b'X' => return integer(&text[2..], 16, text),
            b'b' | b'B' => return integer(&text[2..], 2, text),
            b'f' | b'F' => {
                return float_bits(&text[2..], 8)
                    .map(|bits| Constant { value: Immediate::F32(bits as u32), unsigned: false });
            }
            b'd' | b'D' => {
                return float_bits(&text[2..], 16)
                    .map(|bits| Constant { value: Immediate::F64(bits), unsigned: false });
            }
            _ => {}
        }
    }
    if bytes.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E')) {
        let value: f64 = text.parse().map_err(|_| format!("`{text}` is not a number"))?;
        return Ok(Constant::float(value));
    }
    match text {
        _ if bytes[0] == b'0' && bytes.len() > 1 && bytes[1] != b'U' => integer(&text[1..], 8, text),
        _ => integer(text, 10, text),
    }
}

fn integer(digits: &str, radix: u32, text: &str) -> Result<Constant, String> {
    let (digits, unsigned) = match digits.strip_suffix(['U', 'u']) {
        Some(digits) => (digits, true),
        None => (digits, false),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| (byte as char).is_digit(radix)) {
        return Err(format!("`{text}` is not a number"));
    }
    let bits =
        u64::from_str_radix(digits, radix).map_err(|_| format!("`{text}` does not fit into 64 bits"))?;
    Ok(Constant::integer(bits, unsigned || bits > i64::MAX as u64))
}

fn float_bits(digits: &str, length: usize) -> Result<u64, String> {
    if digits.len() != length || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let kind = if length == 8 { "an f32 is written 0f" } else { "an f64 is written 0d" };
        return Err(format!("{kind} and {length} hexadecimal digits"));
    }
    u64::from_str_radix(digits, 16).map_err(|_| "not a number".to_owned())
}

impl<'s> Parser<'s> {
    /// A constant expression whose value is an integer; with its place.
    pub(super) fn integer_constant(&mut self) -> PResult<(u64, Span)> {
        let start = self.token.span;
        let value = self.constant()?;
        let span = start.to(self.previous);
        match value.value {
            Immediate::Integer(bits) => Ok((bits, span)),
            _ => Err(Box::new(
                Diagnostic::error(span, "an integer is needed here").with_label("not an integer"),
            )),
        }
    }

    /// A constant expression whose value fits into 32 bits.
    pub(super) fn small_constant(&mut self) -> PResult<u32> {
        let (value, span) = self.integer_constant()?;
        u32::try_from(value)
            .map_err(|_| Box::new(Diagnostic::error(span, "this number must fit into 32 bits")))
    }

    /// The count in `%r<100>`: an expression without comparisons, since `>` ends it.
    pub(super) fn register_count(&mut self) -> PResult<u32> {
        const SUMS: u8 = 8;
        let start = self.token.span;
        let value = self.binary(SUMS, 0)?.value;
        u32::try_from(value.bits()).ok().filter(|_| matches!(value, Immediate::Integer(_))).ok_or_else(|| {
            Box::new(Diagnostic::error(
                start.to(self.previous),
                "the number of registers must be an integer of 32 bits",
            ))
        })
    }

    /// The number token alone, where no operator follows.
    pub(super) fn plain_number(&mut self) -> PResult<Immediate> {
        let token = self.token;
        self.advance();
        match number(token.span.text(self.source)) {
            Ok(constant) => Ok(constant.value),
            Err(message) => Err(Box::new(Diagnostic::error(token.span, message))),
        }
    }

    /// A constant expression.
    pub(super) fn constant(&mut self) -> PResult<Constant> {
        self.conditional(0)
    }

    fn conditional(&mut self, depth: u32) -> PResult<Constant> {
        let condition = self.binary(0, depth)?;
        if !self.token.is(b'?') {
            return Ok(condition);
        }
        if depth > DEPTH {
            return Err(self.error_here("this expression is nested too deeply"));
        }
        self.advance();
        let yes = self.conditional(depth + 1)?;
        self.expect(b':')?;
        let no = self.conditional(depth + 1)?;
        Ok(if condition.value.bits() != 0 { yes } else { no })
    }

    fn binary(&mut self, level: u8, depth: u32) -> PResult<Constant> {
        let mut left = self.unary(depth)?;
        loop {
            let TokenKind::Punctuation(operator) = self.token.kind else { return Ok(left) };
            let Some(binding) = binding(operator) else { return Ok(left) };
            if binding < level {
                return Ok(left);
            }
            let span = self.token.span;
            self.advance();
            let right = self.binary(binding + 1, depth)?;
            left =
                apply(operator, left, right).map_err(|message| Box::new(Diagnostic::error(span, message)))?;
        }
    }

    fn unary(&mut self, depth: u32) -> PResult<Constant> {
        if depth > DEPTH {
            return Err(self.error_here("this expression is nested too deeply"));
        }
        let token = self.token;
        match token.kind {
            TokenKind::Number => {
                self.advance();
                number(token.span.text(self.source))
                    .map_err(|message| Box::new(Diagnostic::error(token.span, message)))
            }
            TokenKind::Word if token.span.text(self.source) == "WARP_SZ" => {
                self.advance();
                Ok(Constant::integer(32, false))
            }
            TokenKind::Punctuation(operator) => match operator as u8 {
                b'-' | b'+' | b'~' | b'!' if operator < 256 => {
                    self.advance();
                    let value = self.unary(depth + 1)?;
                    negate(operator as u8, value).ok_or_else(|| {
                        Box::new(Diagnostic::error(token.span, "this operator needs an integer"))
                    })
                }
                b'(' if operator < 256 => {
                    self.advance();
                    if self.token.kind == TokenKind::DotWord {
                        let unsigned = match self.text() {
                            ".s64" => false,
                            ".u64" => true,
                            _ => return Err(self.error_here("a cast is to .s64 or .u64")),
                        };
                        self.advance();
                        self.expect(b')')?;
                        let value = self.unary(depth + 1)?;
                        return Ok(Constant { unsigned, ..value });
                    }
                    let value = self.conditional(depth + 1)?;
                    self.expect(b')')?;
                    Ok(value)
                }
                _ => Err(self.unexpected("a number")),
            },
            _ => Err(self.unexpected("a number")),
        }
    }
}

/// How tightly a binary operator binds, as in C.
fn binding(operator: u16) -> Option<u8> {
    const LEVELS: [(&[u8], u8); 8] =
        [(b"|", 2), (b"^", 3), (b"&", 4), (b"<>", 6), (b"+-", 8), (b"*/%", 9), (b"", 0), (b"", 0)];
    if operator < 256 {
        return LEVELS.iter().find(|(set, _)| set.contains(&(operator as u8))).map(|(_, level)| *level);
    }
    Some(match operator {
        o if o == pair(b"||") => 0,
        o if o == pair(b"&&") => 1,
        o if o == pair(b"==") || o == pair(b"!=") => 5,
        o if o == pair(b"<=") || o == pair(b">=") => 6,
        _ => 7,
    })
}

fn negate(operator: u8, value: Constant) -> Option<Constant> {
    let replaced = |immediate| Some(Constant { value: immediate, ..value });
    match (operator, value.value) {
        (b'+', _) => Some(value),
        (b'-', Immediate::Integer(bits)) => replaced(Immediate::Integer(bits.wrapping_neg())),
        (b'-', Immediate::F32(bits)) => replaced(Immediate::F32(bits ^ 1 << 31)),
        (b'-', Immediate::F64(bits)) => replaced(Immediate::F64(bits ^ 1 << 63)),
        (b'~', Immediate::Integer(bits)) => replaced(Immediate::Integer(!bits)),
        (b'!', Immediate::Integer(bits)) => replaced(Immediate::Integer(u64::from(bits == 0))),
        _ => None,
    }
}

fn apply(operator: u16, left: Constant, right: Constant) -> Result<Constant, &'static str> {
    let first = (operator >> 8) as u8;
    if !(left.is_integer() && right.is_integer()) {
        let (a, b) = (left.as_f64(), right.as_f64());
        return match operator as u8 {
            b'+' if first == 0 => Ok(Constant::float(a + b)),
            b'-' if first == 0 => Ok(Constant::float(a - b)),
            b'*' if first == 0 => Ok(Constant::float(a * b)),
            b'/' if first == 0 => Ok(Constant::float(a / b)),
            _ => Err("this operator needs integers"),
        };
    }
    let unsigned = left.unsigned || right.unsigned;
    let (a, b) = (left.value.bits(), right.value.bits());
    let (sa, sb) = (a as i64, b as i64);
    let less = if unsigned { a < b } else { sa < sb };
    let flag = |truth: bool| Ok(Constant::integer(u64::from(truth), false));
    let bits = match operator {
        o if o == pair(b"<<") => a.checked_shl(b.min(64) as u32).unwrap_or(0),
        o if o == pair(b">>") && left.unsigned => a.checked_shr(b.min(64) as u32).unwrap_or(0),
        o if o == pair(b">>") => (sa >> b.min(63)) as u64,
        o if o == pair(b"&&") => return flag(a != 0 && b != 0),
        o if o == pair(b"||") => return flag(a != 0 || b != 0),
        o if o == pair(b"==") => return flag(a == b),
        o if o == pair(b"!=") => return flag(a != b),
        o if o == pair(b"<=") => return flag(less || a == b),
        o if o == pair(b">=") => return flag(!less),
        _ => match operator as u8 {
            b'+' => a.wrapping_add(b),
            b'-' => a.wrapping_sub(b),
            b'*' => a.wrapping_mul(b),
            b'/' | b'%' if b == 0 => return Err("division by zero"),
            b'/' if unsigned => a / b,
            b'/' => sa.wrapping_div(sb) as u64,
            b'%' if unsigned => a % b,
            b'%' => sa.wrapping_rem(sb) as u64,
            b'&' => a & b,
            b'|' => a | b,
            b'^' => a ^ b,
            b'<' => return flag(less),
            _ => return flag(!less && a != b),
        },
    };
    Ok(Constant::integer(bits, unsigned))
}
