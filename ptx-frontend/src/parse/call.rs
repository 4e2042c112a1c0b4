//! Calls, prototypes and lists of callees (PTX ISA 7.1, 9.7.12.5).
//!
//! Gives a call's operands in one order: the return list, the callee, the argument list, and the prototype or target
//! list if there is one. Lists are vectors of operands and may be empty.

use super::function::Name;
use super::{PResult, Parser};
use crate::diagnostic::Diagnostic;
use crate::lexer::TokenKind;
use crate::module::*;
use crate::span::Span;

impl<'s> Parser<'s> {
    /// `(ret), callee, (a, b), prototype`: each list may be missing.
    pub(super) fn call_operands(&mut self) -> PResult<()> {
        let start = self.token.span;
        let mut returns = ElementRange { start: 0, count: 0 };
        let mut span = Span::new(start.start, start.start);
        if self.token.is(b'(') {
            (returns, span) = self.argument_list()?;
            self.expect(b',')?;
        }
        self.push_operand(Operand::Vector(returns), span);
        let (callee, callee_span) = self.operand()?;
        match callee {
            Operand::Symbol { symbol: Symbol::Function(_), offset: 0 } | Operand::Register(_) => {}
            Operand::Block(_) => return Err(self.undeclared(self.slice(callee_span), callee_span)),
            _ => {
                let message = format!("`{}` is not a function", self.slice(callee_span));
                let label = "expected a function or a register that holds its address";
                return Err(Box::new(Diagnostic::error(callee_span, message).with_label(label)));
            }
        }
        self.push_operand(callee, callee_span);
        let mut arguments = ElementRange { start: 0, count: 0 };
        let mut arguments_span = Span::new(callee_span.end, callee_span.end);
        let mut more = self.eat(b',');
        if more && self.token.is(b'(') {
            (arguments, arguments_span) = self.argument_list()?;
            more = self.eat(b',');
        }
        self.push_operand(Operand::Vector(arguments), arguments_span);
        if let Operand::Symbol { symbol: Symbol::Function(id), .. } = callee {
            let function = &self.module.functions[id.index()];
            self.check_arguments(&function.returns, returns, span, "return parameters")?;
            self.check_arguments(&function.parameters, arguments, arguments_span, "parameters")?;
        }
        if !more {
            if matches!(callee, Operand::Register(_)) {
                let message = "an indirect call names its prototype or its targets";
                let label = "expected `, prototype` behind the arguments";
                return Err(Box::new(Diagnostic::error(callee_span, message).with_label(label)));
            }
            return Ok(());
        }
        let (list, list_span) = self.operand()?;
        let Operand::Prototype(id) = list else {
            let message = format!("`{}` is not a prototype or list of targets", self.slice(list_span));
            return Err(Box::new(Diagnostic::error(list_span, message)));
        };
        let prototype = &self.state.function.prototypes[id.index()];
        self.check_arguments(&prototype.returns, returns, span, "return parameters")?;
        self.check_arguments(&prototype.parameters, arguments, arguments_span, "parameters")?;
        self.push_operand(list, list_span);
        Ok(())
    }

    /// As many arguments as parameters; an open array at the end takes any number.
    fn check_arguments(
        &self,
        parameters: &[Parameter],
        list: ElementRange,
        span: Span,
        what: &str,
    ) -> PResult<()> {
        let given = list.count as usize;
        let variadic = parameters.last().is_some_and(|parameter| parameter.ty.dimensions.first() == Some(&0));
        if given == parameters.len() || (variadic && given + 1 >= parameters.len()) {
            return Ok(());
        }
        let message = format!("the callee has {} {what}, but {given} are given", parameters.len());
        Err(Box::new(Diagnostic::error(span, message)))
    }

    /// `(a, b)`; a call without its list is `()`.
    fn argument_list(&mut self) -> PResult<(ElementRange, Span)> {
        let start = self.token.span;
        self.expect(b'(')?;
        let mut parts = Vec::new();
        while !self.eat(b')') {
            let (operand, span) = self.operand()?;
            match operand {
                Operand::Register(_) | Operand::Immediate(_) | Operand::Sink | Operand::Symbol { .. } => {}
                _ => return Err(Box::new(Diagnostic::error(span, "this cannot be the argument of a call"))),
            }
            parts.push(operand);
            if !self.eat(b',') {
                self.expect(b')')?;
                break;
            }
        }
        let range =
            if parts.is_empty() { ElementRange { start: 0, count: 0 } } else { self.push_elements(&parts) };
        Ok((range, start.to(self.previous)))
    }

    /// `name: .callprototype (.param .b32 _) _ (.param .b64 _) .noreturn;`
    pub(super) fn call_prototype(&mut self, text: &'s str, span: Span) -> PResult<()> {
        self.advance();
        let returns = if self.token.is(b'(') { self.prototype_parameters()? } else { Vec::new() };
        self.expect_word("`_`")?;
        let parameters = if self.token.is(b'(') { self.prototype_parameters()? } else { Vec::new() };
        let mut no_return = false;
        while self.token.kind == TokenKind::DotWord {
            match self.text() {
                ".noreturn" => {
                    self.advance();
                    no_return = true;
                }
                ".abi_preserve" | ".abi_preserve_control" => {
                    return Err(self.error_here("register preservation is not supported on a prototype"));
                }
                _ => return Err(self.unexpected("`;`")),
            }
        }
        self.expect_semicolon()?;
        self.enter_prototype(text, span, |name| Prototype {
            name,
            returns,
            parameters,
            targets: Vec::new(),
            is_targets: false,
            no_return,
            span,
        })
    }

    /// `name: .calltargets f, g;`
    pub(super) fn call_targets(&mut self, text: &'s str, span: Span) -> PResult<()> {
        self.advance();
        let mut targets = Vec::new();
        loop {
            let (name, at) = self.expect_word("a function")?;
            match self.globals.get(name) {
                Some(Symbol::Function(id)) => targets.push(id),
                _ => return Err(Box::new(Diagnostic::error(at, format!("`{name}` is not a function")))),
            }
            if !self.eat(b',') {
                break;
            }
        }
        self.expect_semicolon()?;
        let first = &self.module.functions[targets[0].index()];
        let (returns, parameters) = (first.returns.clone(), first.parameters.clone());
        self.enter_prototype(text, span, |name| Prototype {
            name,
            returns,
            parameters,
            targets,
            is_targets: true,
            no_return: false,
            span,
        })
    }

    fn enter_prototype(
        &mut self,
        text: &'s str,
        span: Span,
        make: impl FnOnce(NameId) -> Prototype,
    ) -> PResult<()> {
        let id = PrototypeId(self.state.function.prototypes.len() as u32);
        self.enter_name(text, Name::Prototype(id), span)?;
        let name = self.unique_name(text);
        self.state.function.prototypes.push(make(name));
        Ok(())
    }

    fn prototype_parameters(&mut self) -> PResult<Vec<Parameter>> {
        self.expect(b'(')?;
        let mut parameters = Vec::new();
        while !self.eat(b')') {
            parameters.push(self.parameter()?.1);
            if !self.eat(b',') {
                self.expect(b')')?;
                break;
            }
        }
        Ok(parameters)
    }
}
