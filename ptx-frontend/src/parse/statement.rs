//! What stands in a body: labels, directives, scopes, instructions.

use super::function::Name;
use super::{PResult, Parser, shortened};
use crate::access::is_terminator;
use crate::diagnostic::Diagnostic;
use crate::isa::Opcode;
use crate::isa::matcher::{OpcodeError, nearest};
use crate::lexer::TokenKind;
use crate::module::*;
use crate::span::Span;

/// Instructions of PTX ISA 9.3 and 9.4 that are known by name only.
const WITHOUT_ROWS: &[&str] = &["fabric", "spcompress", "spdecompress"];

impl<'s> Parser<'s> {
    /// One statement; `head` is the function's name, for the message when its end is missing.
    pub(super) fn statement(&mut self, head: Span) -> PResult<()> {
        match self.token.kind {
            TokenKind::Word => {
                if self.lexer.peek_byte() == b':'
                    && !self.source[self.token.span.end as usize..].starts_with("::")
                {
                    return self.labelled();
                }
                self.instruction(None, self.token.span.start)
            }
            TokenKind::DotWord => self.body_directive(),
            TokenKind::End => {
                let name = self.slice(head);
                let open = self.scope_start();
                let message = format!("the file ends within `{name}`: a `}}` is missing");
                Err(Box::new(Diagnostic::error(open, message).with_label("this `{` is not closed")))
            }
            _ if self.token.is(b'@') => self.guarded(),
            _ if self.token.is(b'{') => {
                self.open_scope();
                self.advance();
                Ok(())
            }
            _ if self.token.is(b'}') => {
                self.close_scope();
                self.advance();
                Ok(())
            }
            _ if self.token.is(b';') => {
                self.advance();
                Ok(())
            }
            _ => {
                let error = self.unexpected("an instruction");
                self.advance();
                Err(error)
            }
        }
    }

    /// `name:`, or `name: .branchtargets ...;` and its kin.
    fn labelled(&mut self) -> PResult<()> {
        let (text, span) = (self.text(), self.token.span);
        self.advance();
        self.advance();
        match self.text() {
            ".branchtargets" => self.branch_targets(text, span),
            ".callprototype" => self.call_prototype(text, span),
            ".calltargets" => self.call_targets(text, span),
            _ => self.define_label(text, span),
        }
    }

    fn branch_targets(&mut self, text: &'s str, span: Span) -> PResult<()> {
        self.advance();
        let mut blocks = Vec::new();
        loop {
            let (label, at) = self.expect_word("a label")?;
            // The number of the label until the function ends.
            blocks.push(BlockId(self.label(label, at)));
            if !self.eat(b',') {
                break;
            }
        }
        let id = BranchTargetsId(self.state.function.branch_targets.len() as u32);
        self.enter_name(text, Name::BranchTargets(id), span)?;
        let name = self.unique_name(text);
        self.state.function.branch_targets.push(BranchTargets { name, blocks, span });
        self.expect_semicolon()
    }

    fn body_directive(&mut self) -> PResult<()> {
        match self.text() {
            ".reg" => self.registers(),
            ".local" | ".shared" | ".param" | ".global" | ".const" | ".tex" => {
                self.variables(Linkage::Internal, true)
            }
            ".extern" => {
                self.advance();
                self.variables(Linkage::Extern, true)
            }
            ".loc" => {
                let location = self.loc_directive()?;
                let instruction = self.state.function.instructions.len() as u32;
                let locations = &mut self.state.function.locations;
                match locations.last_mut() {
                    Some(last) if last.instruction == instruction => last.location = location,
                    _ => locations.push(LocationMark { instruction, location }),
                }
                Ok(())
            }
            ".pragma" => {
                self.advance();
                self.pragma()
            }
            ".file" => self.file_directive(),
            ".section" => self.section(),
            ".branchtargets" | ".callprototype" | ".calltargets" => {
                Err(self.error_here("this directive needs a label before it: `name: .branchtargets ...`"))
            }
            ".entry" | ".func" | ".visible" | ".weak" => {
                let open = self.scope_start();
                let error = Diagnostic::error(open, "this `{` is not closed before the next function begins");
                // Leaves the body, so that the next function is read as one.
                while self.scope_depth() > 1 {
                    self.close_scope();
                }
                Err(Box::new(error))
            }
            _ => Err(self.unexpected("an instruction or a directive such as `.reg`")),
        }
    }

    /// `.loc 1 20 5, function_name $L__info0, inlined_at 1 30 2`
    pub(super) fn loc_directive(&mut self) -> PResult<SourceLocation> {
        self.advance();
        let file = self.small_constant()?;
        let line = self.small_constant()?;
        let column = self.small_constant()?;
        let mut inlined = None;
        if self.token.is(b',') {
            self.advance();
            let (word, span) = self.expect_word("`function_name`")?;
            if word != "function_name" {
                return Err(Box::new(Diagnostic::error(span, "expected `function_name`")));
            }
            let (label, _) = self.expect_word("a label of .debug_str")?;
            let function = self.intern(label);
            let mut offset = 0;
            if self.eat(b'+') {
                offset = self.integer_constant()?.0;
            }
            self.expect(b',')?;
            let (word, span) = self.expect_word("`inlined_at`")?;
            if word != "inlined_at" {
                return Err(Box::new(Diagnostic::error(span, "expected `inlined_at`")));
            }
            let file = self.small_constant()?;
            let line = self.small_constant()?;
            let column = self.small_constant()?;
            inlined = Some(InlinedAt { function, offset, file, line, column });
        }
        Ok(SourceLocation { file, line, column, inlined })
    }

    /// `@p ...` or `@!p ...`
    fn guarded(&mut self) -> PResult<()> {
        let start = self.token.span.start;
        self.advance();
        let negated = self.eat(b'!');
        let (text, span) = self.expect_word("a predicate register")?;
        let register = match self.register(text) {
            Some(register) => register,
            None => return Err(self.undeclared(text, span)),
        };
        if self.state.register_type(register) != crate::isa::ScalarType::Pred {
            let message = format!("the guard `{text}` is not a .pred register");
            return Err(Box::new(Diagnostic::error(span, message).with_label("expected .pred")));
        }
        if self.token.kind != TokenKind::Word {
            return Err(self.unexpected("an instruction"));
        }
        self.instruction(Some(Guard { register, negated }), start)
    }

    /// An instruction; the token is the start of its opcode.
    fn instruction(&mut self, guard: Option<Guard>, start: u32) -> PResult<()> {
        let opcode_start = self.token.span.start;
        self.lexer.seek(self.token.span.end);
        let opcode_end = self.lexer.opcode();
        let opcode_span = Span::new(opcode_start, opcode_end);
        let text = self.slice(opcode_span);
        self.previous = opcode_span;
        self.token = self.lexer.next();
        let spelling = match self.opcodes.find(text, &self.module) {
            Ok(spelling) => spelling,
            Err(error) => return Err(self.opcode_error(text, opcode_span, error)),
        };
        let first = &self.opcodes.candidates(spelling)[0];
        if let Some(missing) = &first.missing
            && self.opcodes.candidates(spelling).iter().all(|candidate| candidate.missing.is_some())
        {
            return Err(Box::new(Diagnostic::error(opcode_span, missing.clone())));
        }
        let opcode = first.decoded.form.opcode;
        let first_operand = self.state.function.operands.len() as u32;
        self.state.subscript_is_address = opcode != Opcode::Mov;
        if opcode == Opcode::Call {
            self.call_operands()?;
        } else if !self.token.is(b';') {
            loop {
                if !self.usual_operand() {
                    let (operand, span) = self.operand()?;
                    self.push_operand(operand, span);
                }
                if !self.eat(b',') {
                    break;
                }
            }
        }
        let end = self.previous.end;
        self.expect_semicolon()?;
        let count = self.state.function.operands.len() as u32 - first_operand;
        let span = Span::new(start, end);
        let Ok(operand_count) = u8::try_from(count) else {
            self.drop_operands(first_operand);
            return Err(Box::new(Diagnostic::error(
                span,
                "an instruction with so many operands does not exist",
            )));
        };
        let candidate = match self.check_operands(spelling, first_operand, opcode_span) {
            Ok(candidate) => candidate,
            Err(error) => {
                self.drop_operands(first_operand);
                self.report(*error);
                return Ok(());
            }
        };
        let form = self.opcodes.form_id(spelling, candidate);
        self.state.function.instructions.push(Instruction {
            form,
            guard,
            first_operand,
            operand_count,
            span,
        });
        if is_terminator(opcode) {
            self.close_block();
        }
        Ok(())
    }

    /// Enters an operand; labels are remembered for the end of the function.
    #[inline]
    pub(super) fn push_operand(&mut self, operand: Operand, span: Span) {
        if let Operand::Block(_) = operand {
            self.state.label_operands.push(self.state.function.operands.len() as u32);
        }
        self.state.function.operands.push(operand);
        self.state.function.operand_spans.push(span);
    }

    /// Forgets the operands of a wrong instruction.
    fn drop_operands(&mut self, first: u32) {
        self.state.function.operands.truncate(first as usize);
        self.state.function.operand_spans.truncate(first as usize);
        self.state.label_operands.retain(|&at| at < first);
    }

    fn opcode_error(&self, text: &str, span: Span, error: OpcodeError) -> Box<Diagnostic> {
        let text = shortened(text);
        Box::new(match error {
            OpcodeError::Unknown { nearest } => {
                let base = text.split('.').next().unwrap_or("").to_owned();
                let span = Span::new(span.start, span.start + base.len() as u32);
                if WITHOUT_ROWS.contains(&base.as_str()) {
                    let message =
                        format!("`{base}` is not supported: it needs hardware that the target lacks");
                    return Box::new(Diagnostic::error(span, message));
                }
                let diagnostic = Diagnostic::error(span, format!("unknown instruction `{base}`"));
                match nearest {
                    Some(nearest) => diagnostic.with_label(format!("did you mean `{nearest}`?")),
                    None => diagnostic.with_label("no instruction is called so"),
                }
            }
            OpcodeError::Incomplete { expected } => {
                let at = Span::new(span.end.saturating_sub(1), span.end);
                Diagnostic::error(at, format!("`{text}` is not complete")).with_label(one_of(&expected))
            }
            OpcodeError::Word { index, expected } => {
                let word_span = nth_word(self.slice(span), index, span);
                let word = self.slice(word_span);
                let message = format!("`{}` does not fit into `{text}`", shortened(word));
                let label = match nearest(word, expected.iter().map(String::as_str)) {
                    Some(nearest) if word.len() > 3 => format!("did you mean `{nearest}`?"),
                    _ => one_of(&expected),
                };
                Diagnostic::error(word_span, message).with_label(label)
            }
        })
    }
}

/// The span of the dotted word `index` (0 is the mnemonic), its dot included.
fn nth_word(text: &str, index: usize, span: Span) -> Span {
    let mut start = 0;
    for (at, word) in text.split('.').enumerate() {
        let end = start + word.len();
        if at == index {
            let dot = start.saturating_sub(1) as u32;
            return Span::new(span.start + dot, span.start + end as u32);
        }
        start = end + 1;
    }
    span
}

/// `expected one of .a, .b`; the empty word is the end of the opcode.
fn one_of(expected: &[String]) -> String {
    const SHOWN: usize = 16;
    let mut words: Vec<&str> =
        expected.iter().map(|word| if word.is_empty() { "the operands" } else { word.as_str() }).collect();
    words.sort_unstable();
    words.dedup();
    let more = if words.len() > SHOWN { " ..." } else { "" };
    words.truncate(SHOWN);
    match words.as_slice() {
        [] => "no word fits here".to_owned(),
        [one] => format!("expected {one}"),
        _ => format!("expected one of {}{more}", words.join(", ")),
    }
}
