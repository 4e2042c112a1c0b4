//! The parser: text to a resolved module in one pass.
//!
//! Takes the source; gives a module in which every name is resolved and every instruction matched against its row and
//! its operands checked, or complaints. PTX declares before use, labels apart: those are resolved when their function
//! ends. After an error the parser goes on behind the next `;` or brace, so that one run shows all errors.
//!
//! `table` names with scopes · `literal` numbers and constant expressions · `module_scope` directives between functions ·
//! `declaration` variables, parameters and registers · `initializer` · `function` heads and bodies · `statement` labels,
//! directives and instructions · `operand` · `call` · `opcode` the cache of decoded opcodes · `check` operands against rows.

mod call;
mod check;
mod declaration;
mod function;
mod initializer;
mod literal;
mod module_scope;
mod opcode;
mod operand;
mod statement;
mod table;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lexer::{Lexer, Token, TokenKind};
use crate::module::*;
use crate::names::Names;
use crate::span::Span;
use crate::validate::validate;

use function::FunctionState;
use opcode::OpcodeCache;
use table::Table;

/// What a step of the parser gives: its result, or one complaint after which the statement is skipped.
type PResult<T> = Result<T, Box<Diagnostic>>;

/// After so many complaints the parser stops.
const MOST_ERRORS: usize = 200;

/// The state of a parse.
pub(crate) struct Parser<'s> {
    source: &'s str,
    lexer: Lexer<'s>,
    /// The token that is next.
    token: Token,
    /// The place of the token before it.
    previous: Span,
    module: Module,
    /// Module variables and functions by name.
    globals: Table<'s, Symbol>,
    opcodes: OpcodeCache,
    /// The function whose body is being read.
    state: FunctionState<'s>,
    /// By name: the function that met it last, and how often.
    name_uses: Vec<(u32, u32)>,
    /// Counts functions from 1.
    function_number: u32,
    diagnostics: Vec<Diagnostic>,
    has_version: bool,
    has_target: bool,
    /// Names of `.alias` directives: checked when all functions are known.
    aliases: Vec<(Span, Span, Span)>,
}

/// Parses, resolves and validates.
pub(crate) fn parse(source: &str, file_name: &str) -> Result<Module, Diagnostics> {
    let mut parser = Parser::new(source, file_name);
    parser.module_scope();
    parser.finish()
}

impl<'s> Parser<'s> {
    fn new(source: &'s str, file_name: &str) -> Self {
        let mut lexer = Lexer::new(source);
        let token = lexer.next();
        let module = Module {
            file_name: file_name.to_owned(),
            version: Version { major: 0, minor: 0 },
            target: Target { architecture: 0, suffix: None, options: Vec::new() },
            address_size: 64,
            variables: Vec::new(),
            functions: Vec::new(),
            aliases: Vec::new(),
            forms: Vec::new(),
            files: Vec::new(),
            sections: Vec::new(),
            pragmas: Vec::new(),
            names: Names::default(),
        };
        Self {
            source,
            lexer,
            token,
            previous: Span::default(),
            module,
            globals: Table::new(),
            opcodes: OpcodeCache::default(),
            state: FunctionState::new(),
            name_uses: Vec::new(),
            function_number: 0,
            diagnostics: Vec::new(),
            has_version: false,
            has_target: false,
            aliases: Vec::new(),
        }
    }

    fn finish(mut self) -> Result<Module, Diagnostics> {
        self.resolve_aliases();
        self.module.forms = self.opcodes.into_forms();
        // The structure is looked at only if every part of it is there.
        if self.diagnostics.is_empty() {
            self.diagnostics = validate(&self.module);
        }
        if self.diagnostics.is_empty() {
            return Ok(self.module);
        }
        self.diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
        Err(Diagnostics { file_name: self.module.file_name, list: self.diagnostics })
    }

    /// Takes the next token.
    #[inline]
    fn advance(&mut self) {
        self.previous = self.token.span;
        self.token = self.lexer.next();
    }

    /// The text of the token.
    #[inline]
    fn text(&self) -> &'s str {
        self.slice(self.token.span)
    }

    /// The text of a span of this source.
    #[inline]
    fn slice(&self, span: Span) -> &'s str {
        span.text(self.source)
    }

    /// Takes the character if it is next.
    #[inline]
    fn eat(&mut self, byte: u8) -> bool {
        let found = self.token.is(byte);
        if found {
            self.advance();
        }
        found
    }

    /// Takes the character or complains.
    fn expect(&mut self, byte: u8) -> PResult<()> {
        if self.eat(byte) { Ok(()) } else { Err(self.unexpected(&format!("`{}`", byte as char))) }
    }

    /// Takes a `;`; a missing one is complained about behind the statement, where it belongs.
    #[inline]
    fn expect_semicolon(&mut self) -> PResult<()> {
        if self.eat(b';') { Ok(()) } else { Err(self.missing_semicolon()) }
    }

    #[cold]
    fn missing_semicolon(&self) -> Box<Diagnostic> {
        let next = self.token.span;
        let same_line = !self.source[self.previous.end as usize..next.start as usize].contains('\n');
        if same_line && self.token.kind != TokenKind::End {
            return self.unexpected("`;`");
        }
        let end = self.previous.end;
        let span = Span::new(end.saturating_sub(1), end);
        Box::new(Diagnostic::error(span, "missing `;`").with_label("a `;` should follow"))
    }

    /// Takes a name or complains.
    fn expect_word(&mut self, what: &str) -> PResult<(&'s str, Span)> {
        if self.token.kind != TokenKind::Word {
            return Err(self.unexpected(what));
        }
        let found = (self.text(), self.token.span);
        self.advance();
        Ok(found)
    }

    /// Takes a string or complains; gives it without its quotes.
    fn expect_string(&mut self) -> PResult<&'s str> {
        if self.token.kind != TokenKind::String {
            return Err(self.unexpected("a string in double quotes"));
        }
        let text = self.text();
        self.advance();
        Ok(&text[1..text.len() - 1])
    }

    /// A complaint at the next token.
    fn error_here(&self, message: impl Into<String>) -> Box<Diagnostic> {
        Box::new(Diagnostic::error(self.token.span, message))
    }

    /// `expected X, found Y` at the next token.
    fn unexpected(&self, expected: &str) -> Box<Diagnostic> {
        let span = self.token.span;
        let message = match self.token.kind {
            TokenKind::End => format!("expected {expected}, but the file ends here"),
            TokenKind::Unknown => match self.text().chars().next() {
                Some(c) if !c.is_control() => format!("expected {expected}, found the character `{c}`"),
                other => {
                    format!("expected {expected}, found the byte 0x{:02x}", other.map_or(0, |c| c as u32))
                }
            },
            TokenKind::Unterminated if self.text().starts_with('"') => "this string does not end".to_owned(),
            TokenKind::Unterminated => "this comment does not end".to_owned(),
            _ => format!("expected {expected}, found `{}`", shortened(self.text())),
        };
        Box::new(Diagnostic::error(span, message).with_label(format!("expected {expected}")))
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MOST_ERRORS {
            self.diagnostics.push(diagnostic);
        }
    }

    fn too_many_errors(&self) -> bool {
        self.diagnostics.len() >= MOST_ERRORS
    }

    /// Goes behind the next `;`, or to the next brace or the end; called after an error in a statement.
    fn skip_statement(&mut self) {
        loop {
            match self.token.kind {
                TokenKind::End | TokenKind::Unterminated => return,
                _ if self.token.is(b';') => return self.advance(),
                _ if self.token.is(b'{') || self.token.is(b'}') => return,
                _ => self.advance(),
            }
        }
    }

    /// Enters a name of the source into the module.
    fn intern(&mut self, name: &str) -> NameId {
        self.module.names.intern(name)
    }
}

/// A token's text for a message: long ones are cut, control characters left out.
fn shortened(text: &str) -> String {
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
    if short.len() < text.len() {
        short.push_str("...");
    }
    short
}
