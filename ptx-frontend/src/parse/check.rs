//! Operands against the row: number, kind, type, size, state space.
//!
//! Takes the operands of one instruction and the rows of its spelling; gives the row that they fit, or what is wrong with
//! them under the row that they fit best. The rules are `ptxas`'s: sizes agree, `.b` types agree with every type of their
//! size, signed with unsigned, and where a row says so (`ld`, `st`, `cvt`) a register may be wider.

use super::{PResult, Parser, shortened};
use crate::diagnostic::Diagnostic;
use crate::isa::{Access, Form, Opcode, OperandSpec, OperandType, ScalarType, StateSpace, TypeKind};
use crate::module::*;
use crate::span::Span;

impl<'s> Parser<'s> {
    /// Which row of the spelling the operands from `first` on fit.
    #[inline]
    pub(super) fn check_operands(&self, spelling: u32, first: u32, opcode_span: Span) -> PResult<usize> {
        let operands = &self.state.function.operands[first as usize..];
        let candidates = self.opcodes.candidates(spelling);
        for (index, candidate) in candidates.iter().enumerate() {
            let (fewest, most) = candidate.counts;
            let form = &candidate.decoded.form;
            if (fewest..=most).contains(&operands.len())
                && candidate.missing.is_none()
                && form.operands.iter().zip(operands).all(|(spec, operand)| self.fits(form, spec, operand))
            {
                return Ok(index);
            }
        }
        Err(self.operand_error(spelling, first, opcode_span))
    }

    #[cold]
    fn operand_error(&self, spelling: u32, first: u32, opcode_span: Span) -> Box<Diagnostic> {
        let function = &self.state.function;
        let operands = &function.operands[first as usize..];
        let spans = &function.operand_spans[first as usize..];
        let candidates = self.opcodes.candidates(spelling);
        let counted = candidates.iter().find(|candidate| {
            candidate.missing.is_none() && (candidate.counts.0..=candidate.counts.1).contains(&operands.len())
        });
        let Some(candidate) = counted else {
            let available = candidates.iter().filter(|candidate| candidate.missing.is_none());
            let fewest = available.clone().map(|candidate| candidate.counts.0).min().unwrap_or(0);
            let most = available.map(|candidate| candidate.counts.1).max().unwrap_or(0);
            let form = &candidates[0].decoded.form;
            let expected = match (fewest, most) {
                (0, 0) => "no operand".to_owned(),
                (1, 1) => "1 operand".to_owned(),
                (a, b) if a == b => format!("{a} operands"),
                (a, b) if a + 1 == b => format!("{a} or {b} operands"),
                (a, b) => format!("{a} to {b} operands"),
            };
            let message = format!("`{}` takes {expected}, {} given", form.text, operands.len());
            let syntax = candidates[0].decoded.row.operand_syntax();
            let span = spans.get(most).copied().unwrap_or(opcode_span);
            let diagnostic = Diagnostic::error(span, message);
            let names: Vec<&str> = form.operands.iter().map(|spec| spec.name).collect();
            return Box::new(match names.is_empty() || syntax.is_empty() {
                true => diagnostic,
                false => diagnostic.with_label(format!("expected {}", names.join(", "))),
            });
        };
        let form = &candidate.decoded.form;
        for ((spec, operand), &span) in form.operands.iter().zip(operands).zip(spans) {
            if self.fits(form, spec, operand) {
                continue;
            }
            let expected = self.address_mismatch(form, spec, operand).unwrap_or_else(|| expectation(spec));
            if let Operand::Block(slot) = operand
                && spec.ty != OperandType::Targets
                && self.state.labels[slot.index()].block.is_none()
            {
                return self.undeclared(self.slice(span), span);
            }
            let found = self.describe(operand, span);
            let message = format!("operand {}: expected {expected}, found {found}", spec.name);
            return Box::new(Diagnostic::error(span, message).with_label(format!("expected {expected}")));
        }
        Box::new(Diagnostic::error(opcode_span, format!("the operands do not fit `{}`", form.text)))
    }

    /// Whether an operand is what the row wants.
    #[inline]
    fn fits(&self, form: &Form, spec: &OperandSpec, operand: &Operand) -> bool {
        match (spec.access, operand) {
            (Access::Read | Access::Write, Operand::Register(register)) => match spec.ty {
                OperandType::Scalar(ty) => register_fits(ty, spec.wider, self.state.register_type(*register)),
                OperandType::Predicate => self.state.register_type(*register) == ScalarType::Pred,
                _ => self.rare_fit(form, spec, operand),
            },
            (Access::Read, Operand::Immediate(value)) => match spec.ty {
                OperandType::Scalar(ty) => immediate_fits(ty, *value),
                OperandType::Predicate | OperandType::Constant => matches!(value, Immediate::Integer(_)),
                _ => self.rare_fit(form, spec, operand),
            },
            (Access::Address, _) => self.address_fits(form, spec, operand),
            (Access::Control, Operand::Block(_)) => spec.ty == OperandType::Label,
            (Access::Control, Operand::BranchTargets(_)) => {
                spec.ty == OperandType::Targets && form.opcode == Opcode::BrxIdx
            }
            (Access::Control, Operand::Prototype(_)) => {
                spec.ty == OperandType::Targets && form.opcode == Opcode::Call
            }
            (Access::Control, Operand::Vector(_)) => spec.ty == OperandType::List,
            (Access::Control, Operand::Symbol { .. } | Operand::Register(_)) => {
                spec.ty == OperandType::Callee
            }
            _ => self.rare_fit(form, spec, operand),
        }
    }

    /// Vectors, pairs, sinks, symbols, parts, special registers.
    fn rare_fit(&self, form: &Form, spec: &OperandSpec, operand: &Operand) -> bool {
        let write = spec.access == Access::Write;
        match (operand, spec.ty) {
            (Operand::Vector(range), OperandType::Vector { element, count }) => {
                let mut parts = self.state.function.elements_of(*range);
                if spec.second.is_some()
                    && parts.len() == usize::from(count) + 1
                    && self.is_predicate(parts.last())
                {
                    parts = &parts[..parts.len() - 1];
                }
                (count == 0 || parts.len() == usize::from(count))
                    && parts.iter().all(|part| self.element_fits(part, element, spec))
            }
            // One element, or as many as one likes, may go without braces.
            (Operand::Register(register), OperandType::Vector { element, count: 0 | 1 }) => {
                register_fits(element, spec.wider, self.state.register_type(*register))
            }
            (Operand::Vector(range), OperandType::Scalar(ty)) if spec.packable => {
                range.count > 1 && self.packs(*range, ty, spec)
            }
            (Operand::Pair(first, second), ty) => {
                let fits = |register: &Option<RegisterId>, ty| {
                    register
                        .is_none_or(|register| register_fits(ty, false, self.state.register_type(register)))
                };
                let own = match ty {
                    OperandType::Scalar(ty) => ty,
                    OperandType::Predicate => ScalarType::Pred,
                    _ => return false,
                };
                spec.second.is_some_and(|other| fits(first, own) && fits(second, other))
            }
            (Operand::Negated(register), OperandType::Predicate) => {
                spec.negatable && self.state.register_type(*register) == ScalarType::Pred
            }
            (Operand::Sink, _) => write && form.effects.writes,
            (Operand::Symbol { .. }, OperandType::Scalar(ty)) => {
                let wants = matches!(form.opcode, Opcode::Mov | Opcode::Cvta);
                !write && wants && matches!(ty.bits(), 32 | 64) && !ty.is_float()
            }
            (Operand::Special { register, component }, OperandType::Scalar(ty)) => {
                let wants = matches!(form.opcode, Opcode::Mov | Opcode::Cvt);
                let same =
                    register.ty().bits() == ty.bits() || (ty.bits() == 32 && register.ty().bits() == 64);
                let wide = ty.bits() == 64 && register.ty() == ScalarType::U32 && !register.has_components();
                !write
                    && wants
                    && (same || wide)
                    && !ty.is_float()
                    && component.is_some() == register.has_components()
            }
            (Operand::Special { register, component: None }, OperandType::Vector { element, .. }) => {
                !write && form.opcode == Opcode::Mov && register.has_components() && element.bits() == 32
            }
            (Operand::Special { register, .. }, OperandType::Predicate) => {
                !write && form.opcode == Opcode::Mov && register.ty() == ScalarType::Pred
            }
            (Operand::Part { register, part, .. }, OperandType::Part(ty)) => {
                let _ = part;
                register_fits(ty, false, self.state.register_type(*register))
            }
            (Operand::Register(register), OperandType::Part(ty)) => {
                register_fits(ty, false, self.state.register_type(*register))
            }
            (Operand::Immediate(value), OperandType::Part(ty)) => !write && immediate_fits(ty, *value),
            _ => false,
        }
    }

    fn is_predicate(&self, part: Option<&Operand>) -> bool {
        matches!(part, Some(Operand::Register(register))
            if self.state.register_type(*register) == ScalarType::Pred)
    }

    fn element_fits(&self, part: &Operand, element: ScalarType, spec: &OperandSpec) -> bool {
        match part {
            Operand::Register(register) => {
                register_fits(element, spec.wider, self.state.register_type(*register))
            }
            Operand::Immediate(value) => spec.access == Access::Read && immediate_fits(element, *value),
            Operand::Sink => true,
            _ => false,
        }
    }

    /// Whether the elements fill the type exactly, in equal parts.
    fn packs(&self, range: ElementRange, ty: ScalarType, spec: &OperandSpec) -> bool {
        let each = ty.bits() / range.count;
        let element = match each {
            8 => ScalarType::B8,
            16 => ScalarType::B16,
            32 => ScalarType::B32,
            64 => ScalarType::B64,
            _ => return false,
        };
        each * range.count == ty.bits()
            && self
                .state
                .function
                .elements_of(range)
                .iter()
                .all(|part| self.element_fits(part, element, spec))
    }

    /// The usual address, a register and an offset, at once; the others by [`Self::address_mismatch`].
    #[inline]
    fn address_fits(&self, form: &Form, spec: &OperandSpec, operand: &Operand) -> bool {
        if let Operand::Address { base: AddressBase::Register(register), .. } = operand
            && self.state.register_type(*register) == ScalarType::B64
            && !spec.name.contains(',')
        {
            return true;
        }
        self.address_mismatch(form, spec, operand).is_none()
    }

    /// Whether an operand is an address of the instruction's state space, with as many parts as the row has.
    fn address_mismatch(&self, form: &Form, spec: &OperandSpec, operand: &Operand) -> Option<String> {
        if spec.access != Access::Address {
            return None;
        }
        let (base, indexed) = match operand {
            Operand::Address { base, .. } => (*base, false),
            Operand::Indexed(range) => match self.state.function.elements_of(*range).first() {
                Some(Operand::Address { base, .. }) => (*base, true),
                _ => return Some("an address".to_owned()),
            },
            _ => return Some("an address in brackets".to_owned()),
        };
        if indexed != spec.name.contains(',') {
            return Some(format!("[{}]", spec.name));
        }
        match base {
            AddressBase::Register(register) => {
                let ty = self.state.register_type(register);
                let integer = ty.is_integer() && matches!(ty.bits(), 32 | 64);
                (!integer).then(|| "an address in a 64-bit (or 32-bit) integer register".to_owned())
            }
            AddressBase::Symbol(symbol) => {
                // Of a copy between spaces only the row knows which space is whose.
                let space = form.modifiers.space?;
                if form.modifiers.source_space.is_some()
                    || form.operands.iter().filter(|o| o.access == Access::Address).count() > 1
                {
                    return None;
                }
                let own = self.symbol_space(symbol)?;
                // The window of a cluster holds the block's own shared memory.
                let window =
                    if space == StateSpace::SharedCluster { StateSpace::Shared } else { space.base() };
                (own != window && window != StateSpace::Tex).then(|| format!("an address in .{space}"))
            }
            AddressBase::Absolute => None,
        }
    }

    /// The state space that a symbol's address is in.
    fn symbol_space(&self, symbol: Symbol) -> Option<StateSpace> {
        Some(match symbol {
            Symbol::Variable(id) => self.module.variables[id.index()].space,
            Symbol::Local(id) => self.state.function.variables[id.index()].space,
            Symbol::Parameter(_) | Symbol::Return(_) => StateSpace::Param,
            Symbol::Function(_) => return None,
        })
    }

    /// What an operand is, for "found ...".
    fn describe(&self, operand: &Operand, span: Span) -> String {
        let text = shortened(self.slice(span));
        match operand {
            Operand::Register(register) => {
                let ty = self.state.register_type(*register);
                format!("the .{ty} register `{text}`")
            }
            Operand::Immediate(Immediate::Integer(_)) => format!("the integer `{text}`"),
            Operand::Immediate(_) => format!("the float `{text}`"),
            Operand::Vector(range) => format!("a vector of {}", range.count),
            Operand::Special { .. } => format!("the special register `{text}`"),
            Operand::Address { base: AddressBase::Symbol(symbol), .. } => match self.symbol_space(*symbol) {
                Some(space) => format!("`{text}` in .{space}"),
                None => format!("`{text}`"),
            },
            _ => format!("`{text}`"),
        }
    }
}

/// What a row wants, for "expected ...".
fn expectation(spec: &OperandSpec) -> String {
    let register = if spec.access == Access::Write { " register" } else { "" };
    match spec.ty {
        OperandType::Scalar(ty) if spec.access == Access::Write => format!("a .{ty} register"),
        OperandType::Scalar(ty) => format!(".{ty}"),
        OperandType::Part(ty) => format!(".{ty}{register}"),
        OperandType::Vector { element, count: 0 } => format!("a vector of .{element}"),
        OperandType::Vector { element, count } => format!("a vector of {count} .{element}"),
        OperandType::Predicate if spec.access == Access::Write => "a .pred register".to_owned(),
        OperandType::Predicate => ".pred".to_owned(),
        OperandType::Constant => "an integer constant".to_owned(),
        OperandType::Label => "a label".to_owned(),
        OperandType::Callee => "a function".to_owned(),
        OperandType::List => "a list".to_owned(),
        OperandType::Targets => "a list of targets".to_owned(),
        OperandType::None => "something else".to_owned(),
    }
}

/// Whether a register of type `have` can hold an operand of type `ty`.
#[inline]
fn register_fits(ty: ScalarType, wider: bool, have: ScalarType) -> bool {
    if have == ty {
        return true;
    }
    if have == ScalarType::Pred || ty == ScalarType::Pred {
        return false;
    }
    let (bits, have_bits) = (ty.bits(), have.bits());
    if have_bits < bits || (have_bits > bits && !wider) {
        return false;
    }
    use TypeKind::*;
    match (ty.kind(), have.kind()) {
        (Bits, _) | (_, Bits) => true,
        (Packed, Float | Packed) => have_bits == bits,
        (Signed | Unsigned, Signed | Unsigned) => true,
        (Float, Float) => have_bits == bits,
        (Packed, Signed | Unsigned) => have_bits == bits,
        _ => false,
    }
}

/// Whether a constant can be an operand of type `ty`.
#[inline]
fn immediate_fits(ty: ScalarType, value: Immediate) -> bool {
    match value {
        Immediate::Integer(_) => !ty.is_float() && ty != ScalarType::F32x2,
        Immediate::F32(_) => matches!(ty, ScalarType::F32 | ScalarType::F64 | ScalarType::B32),
        Immediate::F64(_) => matches!(ty, ScalarType::F32 | ScalarType::F64 | ScalarType::B64),
    }
}
