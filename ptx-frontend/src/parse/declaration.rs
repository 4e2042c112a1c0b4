//! Variables, parameters and registers (PTX ISA 5.4, 11.2).

use super::function::Name;
use super::{PResult, Parser};
use crate::diagnostic::Diagnostic;
use crate::isa::{ScalarType, StateSpace};
use crate::lexer::TokenKind;
use crate::module::*;
use crate::span::Span;

/// Registers of one function; more are refused so that nothing allocates without bound.
const MOST_REGISTERS: u32 = 1 << 22;

/// The bytes of an initial value, or the fields of an opaque one.
type InitialValue = (Option<Initializer>, Vec<(NameId, NameId)>);

/// What stands before the name of a variable or parameter.
struct Head {
    scalar: ScalarType,
    vector: u8,
    alignment: Option<u32>,
    managed: bool,
    unified: Option<(u64, u64)>,
    pointer: Option<PointerAttribute>,
}

impl<'s> Parser<'s> {
    /// A variable list at module or function scope; the state space is the next token.
    pub(super) fn variables(&mut self, linkage: Linkage, in_function: bool) -> PResult<()> {
        let space = match self.text() {
            ".global" => StateSpace::Global,
            ".const" => StateSpace::Const,
            ".shared" => StateSpace::Shared,
            ".local" => StateSpace::Local,
            ".param" if in_function => StateSpace::Param,
            ".tex" => StateSpace::Tex,
            _ => return Err(self.unexpected("a state space, `.entry` or `.func`")),
        };
        self.advance();
        let mut bank = None;
        if space == StateSpace::Const && self.eat(b'[') {
            bank = Some(self.small_constant()?);
            self.expect(b']')?;
        }
        let head = self.declaration_head()?;
        loop {
            let (name, span) = self.expect_word("the name of a variable")?;
            let mut dimensions = self.dimensions()?;
            let (initializer, opaque) =
                if self.eat(b'=') { self.initial_value(&head, &mut dimensions)? } else { (None, Vec::new()) };
            let ty = VariableType { scalar: head.scalar, vector: head.vector, dimensions };
            let size = self.size_of(&ty, span)?;
            let open = ty.dimensions.first() == Some(&0);
            if open && linkage != Linkage::Extern && space != StateSpace::Param {
                let message = format!("the size of `{name}` is not known");
                let note = "only an `.extern` array, or one with an initial value, may leave it open";
                return Err(Box::new(Diagnostic::error(span, message).with_note(note)));
            }
            if let Some(initializer) = &initializer {
                if matches!(space, StateSpace::Shared | StateSpace::Local | StateSpace::Param) {
                    let message =
                        format!("`{name}` cannot have an initial value: only .global and .const can");
                    return Err(Box::new(Diagnostic::error(span, message)));
                }
                if initializer.bytes.len() as u64 > size {
                    let message = format!("the initial value of `{name}` is longer than its {size} bytes");
                    return Err(Box::new(Diagnostic::error(span, message)));
                }
            }
            let alignment = head.alignment.unwrap_or(ty.scalar.bytes() * u32::from(ty.vector));
            let variable = Variable {
                name: NameId(0),
                space,
                ty,
                alignment,
                size,
                linkage,
                initializer,
                managed: head.managed,
                unified: head.unified,
                bank,
                opaque,
                span,
            };
            if in_function {
                self.enter_local(name, variable)?;
            } else {
                self.enter_variable(name, variable)?;
            }
            if !self.eat(b',') {
                return self.expect_semicolon();
            }
        }
    }

    fn enter_variable(&mut self, name: &'s str, mut variable: Variable) -> PResult<()> {
        variable.name = self.intern(name);
        if let Some(Symbol::Variable(id)) = self.globals.get(name) {
            let known = &mut self.module.variables[id.index()];
            let fits = known.space == variable.space
                && known.ty.scalar.bits() == variable.ty.scalar.bits()
                && (known.size == variable.size || known.size == 0 || variable.size == 0);
            let declares = |linkage| matches!(linkage, Linkage::Extern | Linkage::Common);
            if !fits || !(declares(known.linkage) || declares(variable.linkage)) {
                return Err(self.duplicate(name, variable.span));
            }
            if declares(known.linkage) && !(declares(variable.linkage) && known.size >= variable.size) {
                *known = variable;
            }
            return Ok(());
        }
        if self.globals.get(name).is_some() {
            return Err(self.duplicate(name, variable.span));
        }
        let id = VariableId(self.module.variables.len() as u32);
        self.module.variables.push(variable);
        self.globals.insert(name, Symbol::Variable(id));
        Ok(())
    }

    fn enter_local(&mut self, name: &'s str, mut variable: Variable) -> PResult<()> {
        let id = LocalId(self.state.function.variables.len() as u32);
        self.enter_name(name, Name::Symbol(Symbol::Local(id)), variable.span)?;
        variable.name = self.unique_name(name);
        self.state.function.variables.push(variable);
        Ok(())
    }

    /// `name` is declared twice.
    pub(super) fn duplicate(&self, name: &str, span: Span) -> Box<Diagnostic> {
        let message = format!("`{name}` is already declared in this scope");
        Box::new(Diagnostic::error(span, message).with_label("second declaration"))
    }

    /// `.reg .b32 %r<100>, x;`
    pub(super) fn registers(&mut self) -> PResult<()> {
        self.advance();
        let mut vector = 1;
        if let ".v2" | ".v4" = self.text() {
            vector = if self.text() == ".v2" { 2 } else { 4 };
            self.advance();
        }
        let ty = self.scalar_type()?;
        if matches!(ty, ScalarType::TexRef | ScalarType::SamplerRef | ScalarType::SurfRef) {
            return Err(Box::new(Diagnostic::error(self.previous, format!("a register cannot be .{ty}"))));
        }
        loop {
            let (name, span) = self.expect_word("the name of a register")?;
            let mut count = 1;
            let numbered = self.eat(b'<');
            if numbered {
                count = self.register_count()?;
                self.expect(b'>')?;
            }
            self.declare_register(name, span, ty, vector, count, numbered)?;
            if !self.eat(b',') {
                return self.expect_semicolon();
            }
        }
    }

    /// Enters registers and gives the number of the first.
    pub(super) fn declare_register(
        &mut self,
        name: &'s str,
        span: Span,
        ty: ScalarType,
        vector: u8,
        count: u32,
        numbered: bool,
    ) -> PResult<RegisterId> {
        let first = self.state.next_register;
        let total = count.checked_mul(u32::from(vector)).and_then(|total| total.checked_add(first));
        let Some(next) = total.filter(|&next| next <= MOST_REGISTERS) else {
            let message = format!("a function with more than {MOST_REGISTERS} registers is not supported");
            return Err(Box::new(Diagnostic::error(span, message)));
        };
        let index = self.state.function.registers.len() as u32;
        if numbered {
            self.enter_numbered(name, index, span)?;
        } else {
            self.enter_name(name, Name::Register(index), span)?;
        }
        self.state.next_register = next;
        self.state.register_types.resize(next as usize, ty);
        let name = self.unique_name(name);
        let first = RegisterId(first);
        self.state.function.registers.push(RegisterRange { first, count, name, numbered, ty, vector, span });
        Ok(first)
    }

    /// One parameter of a function or prototype.
    pub(super) fn parameter(&mut self) -> PResult<(&'s str, Parameter, bool)> {
        let in_register = match self.text() {
            ".param" => false,
            ".reg" => true,
            _ => return Err(self.unexpected("`.param` or `.reg`")),
        };
        self.advance();
        let head = self.declaration_head()?;
        let (name, span) = self.expect_word("the name of a parameter")?;
        let dimensions = self.dimensions()?;
        let ty = VariableType { scalar: head.scalar, vector: head.vector, dimensions };
        let size = self.size_of(&ty, span)?;
        if head.scalar == ScalarType::Pred && !in_register {
            return Err(Box::new(Diagnostic::error(span, "a parameter cannot be .pred")));
        }
        let alignment = head.alignment.unwrap_or(ty.scalar.bytes() * u32::from(ty.vector));
        let id = self.intern(name);
        let pointer = head.pointer;
        let parameter = Parameter { name: id, ty, alignment, size, register: None, pointer, span };
        Ok((name, parameter, in_register))
    }

    /// `.attribute(.managed) .align 8 .v2 .b32 .ptr .global .align 4`
    fn declaration_head(&mut self) -> PResult<Head> {
        let mut alignment = None;
        let mut managed = false;
        let mut unified = None;
        let mut vector = 1;
        loop {
            match self.text() {
                ".align" => {
                    self.advance();
                    alignment = Some(self.alignment()?);
                }
                ".attribute" => {
                    let (is_managed, numbers) = self.attribute()?;
                    managed |= is_managed;
                    unified = numbers.or(unified);
                }
                ".v2" | ".v4" | ".v8" => {
                    vector = self.text().as_bytes()[2] - b'0';
                    self.advance();
                }
                _ => break,
            }
        }
        let scalar = self.scalar_type()?;
        let mut pointer = None;
        if self.text() == ".ptr" {
            self.advance();
            let mut attribute = PointerAttribute { space: None, alignment: 4 };
            while self.token.kind == TokenKind::DotWord {
                if self.text() == ".align" {
                    self.advance();
                    attribute.alignment = self.alignment()?;
                    break;
                }
                attribute.space = Some(match self.text() {
                    ".const" => StateSpace::Const,
                    ".global" => StateSpace::Global,
                    ".local" => StateSpace::Local,
                    ".shared" => StateSpace::Shared,
                    _ => return Err(self.unexpected("`.const`, `.global`, `.local`, `.shared` or `.align`")),
                });
                self.advance();
            }
            pointer = Some(attribute);
        }
        if self.text() == ".align" {
            self.advance();
            alignment = Some(self.alignment()?);
        }
        Ok(Head { scalar, vector, alignment, managed, unified, pointer })
    }

    /// `.attribute(.managed, .unified(1, 2))`
    pub(super) fn attribute(&mut self) -> PResult<(bool, Option<(u64, u64)>)> {
        self.advance();
        self.expect(b'(')?;
        let mut managed = false;
        let mut unified = None;
        loop {
            match self.text() {
                ".managed" => {
                    self.advance();
                    managed = true;
                }
                ".unified" => {
                    self.advance();
                    self.expect(b'(')?;
                    let (high, _) = self.integer_constant()?;
                    self.expect(b',')?;
                    let (low, _) = self.integer_constant()?;
                    self.expect(b')')?;
                    unified = Some((high, low));
                }
                _ => return Err(self.unexpected("`.managed` or `.unified`")),
            }
            if !self.eat(b',') {
                self.expect(b')')?;
                return Ok((managed, unified));
            }
        }
    }

    fn alignment(&mut self) -> PResult<u32> {
        let (value, span) = self.integer_constant()?;
        u32::try_from(value)
            .ok()
            .filter(|value| value.is_power_of_two())
            .ok_or_else(|| Box::new(Diagnostic::error(span, "an alignment is a power of two")))
    }

    fn scalar_type(&mut self) -> PResult<ScalarType> {
        let ty = (self.token.kind == TokenKind::DotWord)
            .then(|| ScalarType::from_word(&self.text()[1..]))
            .flatten();
        let Some(ty) = ty else { return Err(self.unexpected("a type such as `.b32`")) };
        self.advance();
        Ok(ty)
    }

    /// `[4][2]`, `[]`
    fn dimensions(&mut self) -> PResult<Vec<u64>> {
        let mut dimensions = Vec::new();
        while self.token.is(b'[') {
            self.advance();
            if self.eat(b']') {
                if !dimensions.is_empty() {
                    return Err(Box::new(Diagnostic::error(
                        self.previous,
                        "only the first dimension may be open",
                    )));
                }
                dimensions.push(0);
                continue;
            }
            let (value, span) = self.integer_constant()?;
            if value > i64::MAX as u64 {
                return Err(Box::new(Diagnostic::error(span, "a dimension cannot be negative")));
            }
            dimensions.push(value);
            self.expect(b']')?;
        }
        Ok(dimensions)
    }

    /// Size in bytes; an open array counts 0.
    fn size_of(&self, ty: &VariableType, span: Span) -> PResult<u64> {
        let element = u64::from(ty.scalar.bytes()) * u64::from(ty.vector);
        ty.dimensions
            .iter()
            .try_fold(element, |size, &dimension| size.checked_mul(dimension))
            .filter(|&size| size <= i64::MAX as u64)
            .ok_or_else(|| Box::new(Diagnostic::error(span, "this is larger than the address space")))
    }

    /// The initial value behind `=`; closes an open first dimension.
    fn initial_value(&mut self, head: &Head, dimensions: &mut [u64]) -> PResult<InitialValue> {
        if matches!(head.scalar, ScalarType::TexRef | ScalarType::SamplerRef | ScalarType::SurfRef) {
            return Ok((None, self.opaque_initializer()?));
        }
        Ok((Some(self.initializer(head.scalar, head.vector, dimensions)?), Vec::new()))
    }
}
