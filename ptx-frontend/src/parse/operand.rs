//! Operands: registers, constants, symbols, addresses, vectors (PTX ISA 6).

use super::function::Name;
use super::{PResult, Parser};
use crate::diagnostic::Diagnostic;
use crate::isa::matcher::nearest;
use crate::isa::{Component, SpecialRegister};
use crate::lexer::TokenKind;
use crate::module::*;
use crate::span::Span;

/// How deep braces may nest in an operand.
const DEPTH: u32 = 4;

/// For so many complaints a similar name is looked for.
const SUGGESTIONS: usize = 20;

/// Most elements of a vector operand.
const MOST_ELEMENTS: usize = 1024;

impl<'s> Parser<'s> {
    /// One operand with its place.
    #[inline]
    pub(super) fn operand(&mut self) -> PResult<(Operand, Span)> {
        self.nested_operand(0)
    }

    /// The usual operands, entered at once: a register, a short decimal number, `[register]`, `[register+number]`, each
    /// with nothing else behind it. False if the next operand is none of them; nothing was taken then.
    #[inline]
    pub(super) fn usual_operand(&mut self) -> bool {
        let span = self.token.span;
        match self.token.kind {
            TokenKind::Word => {
                if !matches!(self.lexer.peek_byte(), b',' | b';') {
                    return false;
                }
                let text = self.text();
                let Some((range, number)) = self.numbered_register(text) else { return false };
                let range = &self.state.function.registers[range as usize];
                if range.vector != 1 || self.state.plain_digits {
                    return false;
                }
                let register = RegisterId(range.first.0 + number);
                self.advance();
                self.push_operand(Operand::Register(register), span);
                true
            }
            TokenKind::Number => {
                let Some(value) = short_number(self.text()) else { return false };
                if !matches!(self.lexer.peek_byte(), b',' | b';') {
                    return false;
                }
                self.advance();
                self.push_operand(Operand::Immediate(Immediate::Integer(value)), span);
                true
            }
            TokenKind::Punctuation(bracket) if bracket == u16::from(b'[') => self.usual_address(span),
            _ => false,
        }
    }

    /// `[register]` or `[register+number]`; goes back to the bracket if it is something else.
    #[inline]
    fn usual_address(&mut self, start: Span) -> bool {
        let found = self.try_usual_address(start);
        if !found {
            self.lexer.seek(start.start);
            self.token = self.lexer.next();
        }
        found
    }

    fn try_usual_address(&mut self, start: Span) -> bool {
        self.token = self.lexer.next();
        if self.token.kind != TokenKind::Word || self.state.plain_digits {
            return false;
        }
        let text = self.text();
        let Some((range, number)) = self.numbered_register(text) else { return false };
        let range = &self.state.function.registers[range as usize];
        let register = RegisterId(range.first.0 + number);
        if range.vector != 1 {
            return false;
        }
        self.token = self.lexer.next();
        let mut offset = 0;
        if self.token.is(b'+') {
            self.token = self.lexer.next();
            let Some(value) = short_number(self.text()) else { return false };
            offset = value as i64;
            self.token = self.lexer.next();
        }
        if !self.token.is(b']') || !matches!(self.lexer.peek_byte(), b',' | b';') {
            return false;
        }
        let span = start.to(self.token.span);
        self.advance();
        let base = AddressBase::Register(register);
        self.push_operand(Operand::Address { base, offset }, span);
        true
    }

    fn nested_operand(&mut self, depth: u32) -> PResult<(Operand, Span)> {
        let start = self.token.span;
        let operand = match self.token.kind {
            TokenKind::Word => self.word_operand(depth)?,
            TokenKind::Number => self.number_operand()?,
            _ if self.token.is(b'[') => self.address_operand(depth)?,
            _ if self.token.is(b'{') => self.vector_operand(depth)?,
            _ if self.token.is(b'!') => self.negated_operand()?,
            _ if self.token.is(b'-') => self.negative_operand()?,
            _ if self.token.is(b'+') || self.token.is(b'~') || self.token.is(b'(') => {
                Operand::Immediate(self.constant()?.value)
            }
            _ => return Err(self.unexpected("an operand")),
        };
        Ok((operand, start.to(self.previous)))
    }

    /// A constant; the usual one, a short decimal number with nothing behind it, goes fast.
    #[inline]
    fn number_operand(&mut self) -> PResult<Operand> {
        let ends = matches!(self.lexer.peek_byte(), b',' | b';' | b']' | b'}');
        if ends {
            return Ok(Operand::Immediate(self.plain_number()?));
        }
        Ok(Operand::Immediate(self.constant()?.value))
    }

    /// The register of a name, if it is one (not one of a vector register).
    #[inline]
    pub(super) fn register(&mut self, text: &str) -> Option<RegisterId> {
        let (range, number) = self.register_range(text)?;
        let range = &self.state.function.registers[range as usize];
        (range.vector == 1).then_some(RegisterId(range.first.0 + number))
    }

    /// The declaration that a name belongs to, and its number there.
    #[inline]
    fn register_range(&mut self, text: &str) -> Option<(u32, u32)> {
        if !self.state.plain_digits
            && let Some(found) = self.numbered_register(text)
        {
            return Some(found);
        }
        match self.state.names.get(text) {
            Some(Name::Register(range)) => Some((range, 0)),
            _ if self.state.plain_digits => self.numbered_register(text),
            _ => None,
        }
    }

    /// `%r12` as number 12 of the range `%r`.
    #[inline]
    fn numbered_register(&mut self, text: &str) -> Option<(u32, u32)> {
        let bytes = text.as_bytes();
        let mut split = bytes.len();
        let mut number: u32 = 0;
        let mut factor: u32 = 1;
        while split > 0 && bytes[split - 1].is_ascii_digit() && bytes.len() - split < 9 {
            split -= 1;
            number += u32::from(bytes[split] - b'0') * factor;
            factor *= 10;
        }
        if split == bytes.len() {
            return None;
        }
        if self.state.prefix_digits {
            return self.numbered_register_of_any_prefix(text, split);
        }
        if bytes[split] == b'0' && bytes.len() - split > 1 {
            return None;
        }
        let range = self.state.numbered_range(&text[..split])?;
        (number < self.state.function.registers[range as usize].count).then_some((range, number))
    }

    /// The same where a prefix may itself end in digits: the shortest number that has a declaration wins.
    #[cold]
    fn numbered_register_of_any_prefix(&mut self, text: &str, split: usize) -> Option<(u32, u32)> {
        for at in (split..text.len()).rev() {
            let digits = &text[at..];
            if digits.len() > 1 && digits.starts_with('0') {
                continue;
            }
            if let Some(range) = self.state.numbered_range(&text[..at]) {
                let number = digits.parse().ok()?;
                return (number < self.state.function.registers[range as usize].count)
                    .then_some((range, number));
            }
        }
        None
    }

    /// A name: whatever it stands for, with what follows it.
    #[inline]
    fn word_operand(&mut self, depth: u32) -> PResult<Operand> {
        let (text, span) = (self.text(), self.token.span);
        self.advance();
        if let Some((range, number)) = self.register_range(text) {
            let range = &self.state.function.registers[range as usize];
            let first = range.first.0 + number * u32::from(range.vector);
            if range.vector == 1 {
                let register = RegisterId(first);
                // Most registers are followed by a comma, a bracket or a semicolon.
                return match self.token.kind {
                    TokenKind::DotWord => self.part(register, false),
                    TokenKind::Punctuation(bar) if bar == u16::from(b'|') => self.pair(Some(register)),
                    TokenKind::Punctuation(sign) if depth == 0 && matches!(sign as u8, b'+' | b'-') => {
                        let message = "a register with an offset stands only in an address";
                        Err(self.error_here(message))
                    }
                    _ => Ok(Operand::Register(register)),
                };
            }
            return self.vector_register(first, u32::from(range.vector));
        }
        if text == "_" {
            return if self.token.is(b'|') { self.pair(None) } else { Ok(Operand::Sink) };
        }
        if text.starts_with('%')
            && let Some(register) = SpecialRegister::from_name(text)
        {
            return self.special(register, span);
        }
        if text == "WARP_SZ" {
            return Ok(Operand::Immediate(Immediate::Integer(32)));
        }
        let symbol = match self.state.names.get(text) {
            Some(Name::Symbol(symbol)) => symbol,
            Some(Name::Label(slot)) => return Ok(Operand::Block(BlockId(slot))),
            Some(Name::BranchTargets(id)) => return Ok(Operand::BranchTargets(id)),
            Some(Name::Prototype(id)) => return Ok(Operand::Prototype(id)),
            Some(Name::Register(_)) | None => match self.globals.get(text) {
                Some(symbol) => symbol,
                // A name that nothing declares may be a label further down: not if it looks like a register.
                None if !text.starts_with('%')
                    && matches!(self.token.kind, TokenKind::Punctuation(c) if c == u16::from(b';')) =>
                {
                    return Ok(Operand::Block(BlockId(self.label(text, span))));
                }
                None => return Err(self.undeclared(text, span)),
            },
        };
        if self.token.is(b'[') {
            return self.subscript(symbol);
        }
        let offset = self.offset()?;
        Ok(Operand::Symbol { symbol, offset })
    }

    /// `array[2]`: the element's address for `mov`, the element itself for other instructions.
    fn subscript(&mut self, symbol: Symbol) -> PResult<Operand> {
        self.advance();
        let (index, span) = self.integer_constant()?;
        self.expect(b']')?;
        let ty = match symbol {
            Symbol::Variable(id) => Some(&self.module.variables[id.index()].ty),
            Symbol::Local(id) => Some(&self.state.function.variables[id.index()].ty),
            Symbol::Parameter(id) => Some(&self.state.function.parameters[id.index()].ty),
            Symbol::Return(id) => Some(&self.state.function.returns[id.index()].ty),
            Symbol::Function(_) => None,
        };
        let element = ty.map(|ty| {
            let inner = ty.dimensions.iter().skip(1).try_fold(1u64, |product, &n| product.checked_mul(n));
            inner.and_then(|inner| inner.checked_mul(u64::from(ty.scalar.bytes()) * u64::from(ty.vector)))
        });
        let offset = element.flatten().and_then(|size| i64::try_from(size.checked_mul(index)?).ok());
        let Some(offset) = offset else {
            return Err(Box::new(Diagnostic::error(span, "this subscript is out of the address space")));
        };
        Ok(match self.state.subscript_is_address {
            true => Operand::Address { base: AddressBase::Symbol(symbol), offset },
            false => Operand::Symbol { symbol, offset },
        })
    }

    /// `+8` or `-8` or nothing.
    fn offset(&mut self) -> PResult<i64> {
        if !(self.token.is(b'+') || self.token.is(b'-')) {
            return Ok(0);
        }
        let negative = self.token.is(b'-');
        self.advance();
        let (value, _) = self.integer_constant()?;
        Ok(if negative { (value as i64).wrapping_neg() } else { value as i64 })
    }

    /// `d|p` behind the first register.
    fn pair(&mut self, first: Option<RegisterId>) -> PResult<Operand> {
        self.advance();
        let (text, span) = self.expect_word("a predicate register or `_`")?;
        if text == "_" {
            return Ok(Operand::Pair(first, None));
        }
        match self.register(text) {
            Some(second) => Ok(Operand::Pair(first, Some(second))),
            None => Err(self.undeclared(text, span)),
        }
    }

    /// `!p`
    fn negated_operand(&mut self) -> PResult<Operand> {
        self.advance();
        if self.token.kind == TokenKind::Number {
            let (value, _) = self.integer_constant()?;
            return Ok(Operand::Immediate(Immediate::Integer(u64::from(value == 0))));
        }
        let (text, span) = self.expect_word("a predicate register")?;
        match self.register(text) {
            Some(register) => Ok(Operand::Negated(register)),
            None => Err(self.undeclared(text, span)),
        }
    }

    /// `-5`; or `-%r1` or `-%r1.b0` of the video instructions.
    fn negative_operand(&mut self) -> PResult<Operand> {
        let next = self.lexer.peek_byte();
        if next != b'%' && !next.is_ascii_alphabetic() {
            return Ok(Operand::Immediate(self.constant()?.value));
        }
        self.advance();
        let (text, span) = self.expect_word("a register")?;
        let Some(register) = self.register(text) else { return Err(self.undeclared(text, span)) };
        if self.token.kind == TokenKind::DotWord {
            return self.part(register, true);
        }
        Ok(Operand::Part { register, part: Part::All, negated: true })
    }

    /// `.b0`, `.h10` behind a register.
    fn part(&mut self, register: RegisterId, negated: bool) -> PResult<Operand> {
        let text = self.text();
        let bytes = text.as_bytes();
        let limit = match bytes.get(1) {
            Some(b'b') => 7,
            Some(b'h') => 3,
            _ => 0,
        };
        let count = bytes.len() - 2;
        let digits_fit = bytes[2..].iter().all(|&byte| byte.is_ascii_digit() && byte - b'0' <= limit);
        if limit == 0 || !digits_fit || !matches!(count, 1..=4) {
            let message = format!("`{text}` is not a part of a register");
            let diagnostic = Diagnostic::error(self.token.span, message);
            return Err(Box::new(
                diagnostic.with_label("expected .b0 to .b3 or .h0, .h1 (video instructions)"),
            ));
        }
        let mut digits = [0; 4];
        for (digit, byte) in digits.iter_mut().zip(&bytes[2..]) {
            *digit = byte - b'0';
        }
        self.advance();
        let part = Part::Select { bytes: limit == 7, count: count as u8, digits };
        Ok(Operand::Part { register, part, negated })
    }

    /// `%v.x`, or all of `%v`.
    fn vector_register(&mut self, first: u32, vector: u32) -> PResult<Operand> {
        if self.token.kind == TokenKind::DotWord {
            let component = Component::from_word(&self.text()[1..]).filter(|c| (c.index() as u32) < vector);
            let Some(component) = component else {
                return Err(self.unexpected("a component such as `.x`"));
            };
            self.advance();
            return Ok(Operand::Register(RegisterId(first + component.index() as u32)));
        }
        let start = self.state.function.elements.len() as u32;
        let registers = (first..first + vector).map(|id| Operand::Register(RegisterId(id)));
        self.state.function.elements.extend(registers);
        Ok(Operand::Vector(ElementRange { start, count: vector }))
    }

    /// `%tid.x`, `%laneid`.
    fn special(&mut self, register: SpecialRegister, span: Span) -> PResult<Operand> {
        let mut component = None;
        if self.token.kind == TokenKind::DotWord {
            component = Component::from_word(&self.text()[1..]).filter(|_| register.has_components());
            if component.is_none() {
                let name = register.name();
                let message = format!("`{name}` has no component `{}`", self.text());
                return Err(self.error_here(message));
            }
            self.advance();
        }
        let (version, target) = register.introduced();
        let have = self.module.version.major * 10 + self.module.version.minor.min(9);
        if have < version || self.module.target.architecture < u32::from(target) {
            let message = format!(
                "`{}` needs .version {}.{} and .target sm_{target} or higher",
                register.name(),
                version / 10,
                version % 10
            );
            return Err(Box::new(Diagnostic::error(span, message)));
        }
        Ok(Operand::Special { register, component })
    }

    /// `[...]`
    fn address_operand(&mut self, depth: u32) -> PResult<Operand> {
        if depth > 0 {
            return Err(self.error_here("an address cannot stand within another operand"));
        }
        self.advance();
        let (base, span) = self.nested_operand(depth + 1)?;
        let address = self.as_address(base, span)?;
        if self.eat(b']') {
            if self.text() == ".unified" {
                return Err(self.error_here("the `.unified` mark of an address is not supported"));
            }
            return Ok(address);
        }
        let mut parts = vec![address];
        while self.eat(b',') {
            parts.push(self.nested_operand(depth + 1)?.0);
        }
        self.expect(b']')?;
        Ok(Operand::Indexed(self.push_elements(&parts)))
    }

    /// What stands first in brackets as an address, with its offset.
    #[inline]
    fn as_address(&mut self, base: Operand, span: Span) -> PResult<Operand> {
        Ok(match base {
            Operand::Register(register) => {
                let offset = self.offset()?;
                Operand::Address { base: AddressBase::Register(register), offset }
            }
            Operand::Symbol { symbol, offset } => {
                Operand::Address { base: AddressBase::Symbol(symbol), offset }
            }
            Operand::Immediate(Immediate::Integer(value)) => {
                Operand::Address { base: AddressBase::Absolute, offset: value as i64 }
            }
            _ => {
                let text = self.slice(span);
                let message = format!("`{}` is not an address", super::shortened(text));
                let label = "expected a register, a variable or a number";
                return Err(Box::new(Diagnostic::error(span, message).with_label(label)));
            }
        })
    }

    /// `{a, b}`
    fn vector_operand(&mut self, depth: u32) -> PResult<Operand> {
        if depth >= DEPTH {
            return Err(self.error_here("braces are nested too deeply"));
        }
        self.advance();
        let mut parts = Vec::new();
        while !self.eat(b'}') {
            if parts.len() >= MOST_ELEMENTS {
                return Err(self.error_here("this vector has too many elements"));
            }
            parts.push(self.nested_operand(depth + 1)?.0);
            if !self.eat(b',') {
                self.expect(b'}')?;
                break;
            }
        }
        // `{a, b}|p` of texture reads: the predicate is the last element.
        if self.eat(b'|') {
            let (text, span) = self.expect_word("a predicate register")?;
            let Some(register) = self.register(text) else { return Err(self.undeclared(text, span)) };
            if self.state.register_type(register) != crate::isa::ScalarType::Pred {
                return Err(Box::new(Diagnostic::error(span, "expected a .pred register behind `|`")));
            }
            parts.push(Operand::Register(register));
        }
        Ok(Operand::Vector(self.push_elements(&parts)))
    }

    pub(super) fn push_elements(&mut self, parts: &[Operand]) -> ElementRange {
        let start = self.state.function.elements.len() as u32;
        self.state.function.elements.extend_from_slice(parts);
        ElementRange { start, count: parts.len() as u32 }
    }

    /// `name` stands for nothing here; the nearest name that does is suggested.
    pub(super) fn undeclared(&self, text: &str, span: Span) -> Box<Diagnostic> {
        let text = super::shortened(text);
        let state = &self.state;
        if let Some((name, count)) = self.numbered_past_the_end(&text) {
            let message = format!("`{text}` is not declared");
            let label = format!("`{name}<{count}>` ends at `{name}{}`", i64::from(count) - 1);
            return Box::new(Diagnostic::error(span, message).with_label(label));
        }
        let what = if text.starts_with('%') { "register" } else { "name" };
        let diagnostic = Diagnostic::error(span, format!("the {what} `{text}` is not declared"));
        let known = state.names.names().chain(self.globals.names());
        // Many errors have one cause: after some, no names are compared any more.
        let suggestion = if self.diagnostics.len() < SUGGESTIONS { nearest(&text, known) } else { None };
        Box::new(match suggestion {
            Some(name) if name != text => diagnostic.with_label(format!("did you mean `{name}`?")),
            _ => diagnostic.with_label("not declared"),
        })
    }

    /// `%r12` of a range that ends earlier: its prefix and count.
    fn numbered_past_the_end(&self, text: &str) -> Option<(&str, u32)> {
        let prefix = text.trim_end_matches(|c: char| c.is_ascii_digit());
        if prefix.len() == text.len() {
            return None;
        }
        let range = &self.state.function.registers[self.state.numbered.get(prefix)? as usize];
        Some((self.module.names.get(range.name), range.count))
    }
}

/// The value of a decimal number of few digits without a leading zero.
#[inline]
fn short_number(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.len() > 9 || (bytes[0] == b'0' && bytes.len() > 1) {
        return None;
    }
    let mut value = 0;
    for &byte in bytes {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + u64::from(byte - b'0');
    }
    Some(value)
}
