//! What stands between functions: `.version`, `.target`, variables, `.file`, `.section`, `.alias`.

use super::{PResult, Parser};
use crate::diagnostic::Diagnostic;
use crate::lexer::TokenKind;
use crate::module::*;
use crate::span::Span;

/// The `.version`s that are known: from 1.0 on the grammar is the same.
const NEWEST_VERSION: Version = Version { major: 9, minor: 5 };
const OLDEST_VERSION: Version = Version { major: 1, minor: 0 };

/// The architectures that `.target` may name.
const ARCHITECTURES: &[u32] = &[
    10, 11, 12, 13, 20, 21, 30, 32, 35, 37, 50, 52, 53, 60, 61, 62, 70, 72, 75, 80, 82, 86, 87, 88, 89, 90,
    100, 101, 103, 107, 110, 120, 121,
];

impl<'s> Parser<'s> {
    /// Everything up to the end of the text.
    pub(super) fn module_scope(&mut self) {
        while self.token.kind != TokenKind::End && !self.too_many_errors() {
            let before = self.token.span.start;
            if let Err(diagnostic) = self.module_item() {
                self.report(*diagnostic);
                self.recover(before);
            }
        }
        if !self.has_version && self.diagnostics.is_empty() {
            self.report(Diagnostic::error(Span::default(), "the module has no `.version`"));
        } else if !self.has_target && self.diagnostics.is_empty() {
            self.report(Diagnostic::error(Span::default(), "the module has no `.target`"));
        }
    }

    /// After an error at module scope: behind the next `;` or the end of a body, or before the next directive that
    /// starts a line. Always gets further than `before`.
    fn recover(&mut self, before: u32) {
        let mut depth = 0;
        loop {
            match self.token.kind {
                TokenKind::End => return,
                TokenKind::Unterminated => return self.advance(),
                TokenKind::DotWord
                    if depth == 0
                        && self.token.span.start > before
                        && matches!(
                            self.text(),
                            ".visible"
                                | ".weak"
                                | ".extern"
                                | ".entry"
                                | ".func"
                                | ".global"
                                | ".const"
                                | ".version"
                        ) =>
                {
                    return;
                }
                _ if self.token.is(b'{') => depth += 1,
                _ if self.token.is(b'}') && depth > 0 => {
                    depth -= 1;
                    if depth == 0 {
                        self.advance();
                        while self.token.is(b'}') || self.token.is(b';') {
                            self.advance();
                        }
                        return;
                    }
                }
                _ if self.token.is(b';') && depth == 0 => return self.advance(),
                _ => {}
            }
            self.advance();
        }
    }

    fn module_item(&mut self) -> PResult<()> {
        if self.eat(b';') {
            return Ok(());
        }
        if self.token.is(b'}') {
            return Err(self.error_here("this `}` closes nothing"));
        }
        if self.token.kind != TokenKind::DotWord {
            if self.token.kind == TokenKind::Word && self.has_version {
                return Err(self.unexpected("a directive (an instruction stands only in a function)"));
            }
            return Err(self.unexpected("a directive such as `.version`"));
        }
        let directive = self.text();
        let span = self.token.span;
        if !self.has_version && directive != ".version" {
            self.has_version = true;
            self.report(Diagnostic::error(span, "the module must begin with `.version`"));
        }
        match directive {
            ".version" => self.version(),
            ".target" => self.target(),
            ".address_size" => self.address_size(),
            ".file" => self.file_directive(),
            ".section" => self.section(),
            ".loc" => self.loc_directive().map(drop),
            ".pragma" => {
                self.advance();
                for text in self.string_list()? {
                    let name = self.intern(text);
                    self.module.pragmas.push(name);
                }
                Ok(())
            }
            ".alias" => self.alias(),
            ".reg" => Err(self.error_here(
                "a register is declared within a function; module-scope `.reg` is not supported",
            )),
            _ => {
                if !self.has_target {
                    self.has_target = true;
                    self.report(Diagnostic::error(span, "`.target` must stand before the first declaration"));
                }
                self.declaration_or_function()
            }
        }
    }

    fn version(&mut self) -> PResult<()> {
        let directive = self.token.span;
        self.advance();
        let span = self.token.span;
        let text = self.text();
        let parsed =
            text.split_once('.').and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
        let Some((major, minor)) = parsed else {
            return Err(self.unexpected("a version such as `8.4`"));
        };
        self.advance();
        if self.has_version {
            return Err(Box::new(Diagnostic::error(directive.to(span), "a module has one `.version`")));
        }
        self.has_version = true;
        let version = Version { major, minor };
        self.module.version = version;
        if version > NEWEST_VERSION || version < OLDEST_VERSION {
            let message = format!("unsupported .version {major}.{minor}");
            let newest = format!("the newest known is {}.{}", NEWEST_VERSION.major, NEWEST_VERSION.minor);
            return Err(Box::new(Diagnostic::error(span, message).with_label(newest)));
        }
        Ok(())
    }

    fn target(&mut self) -> PResult<()> {
        self.advance();
        self.has_target = true;
        loop {
            let (text, span) = self.expect_word("an architecture such as `sm_70`")?;
            if let Some(number) = text.strip_prefix("sm_").or_else(|| text.strip_prefix("compute_")) {
                let digits = number.trim_end_matches(['a', 'f']);
                let architecture = digits.parse().ok().filter(|number| ARCHITECTURES.contains(number));
                let suffix = &number[digits.len()..];
                match architecture {
                    Some(architecture) if suffix.len() <= 1 => {
                        self.module.target.architecture = architecture;
                        self.module.target.suffix = suffix.chars().next();
                    }
                    _ => {
                        let diagnostic = Diagnostic::error(span, format!("unsupported .target `{text}`"));
                        return Err(Box::new(diagnostic.with_label("not an architecture")));
                    }
                }
            } else if matches!(
                text,
                "texmode_unified" | "texmode_independent" | "texmode_raw" | "debug" | "map_f64_to_f32"
            ) {
                self.module.target.options.push(text.to_owned());
            } else {
                let diagnostic = Diagnostic::error(span, format!("unsupported .target option `{text}`"));
                return Err(Box::new(diagnostic.with_label(
                    "expected sm_NN, texmode_unified, texmode_independent, texmode_raw, debug or map_f64_to_f32",
                )));
            }
            if !self.eat(b',') {
                return Ok(());
            }
        }
    }

    fn address_size(&mut self) -> PResult<()> {
        self.advance();
        let (size, span) = self.integer_constant()?;
        match size {
            64 => Ok(()),
            32 => Err(Box::new(
                Diagnostic::error(span, "`.address_size 32` is not supported")
                    .with_label("only 64-bit addresses are")
                    .with_note("compile for a 64-bit address size (`nvcc -m64`)"),
            )),
            _ => Err(Box::new(Diagnostic::error(span, "`.address_size` is 32 or 64"))),
        }
    }

    pub(super) fn file_directive(&mut self) -> PResult<()> {
        self.advance();
        let number = self.small_constant()?;
        let name = self.expect_string()?.to_owned();
        let mut stamp = None;
        if self.eat(b',') {
            let (time, _) = self.integer_constant()?;
            self.expect(b',')?;
            let (size, _) = self.integer_constant()?;
            stamp = Some((time, size));
        }
        self.module.files.push(SourceFile { number, name, stamp });
        Ok(())
    }

    /// `.section name { ... }`: kept as text, which may hold labels, `.b8` lists and braces in no other nesting.
    pub(super) fn section(&mut self) -> PResult<()> {
        self.advance();
        let name = match self.token.kind {
            TokenKind::DotWord | TokenKind::Word => self.text(),
            _ => return Err(self.unexpected("the name of a section")),
        };
        let name_span = self.token.span;
        self.advance();
        if !self.token.is(b'{') {
            return Err(self.unexpected("`{`"));
        }
        let start = self.token.span.end;
        while !self.token.is(b'}') {
            if matches!(self.token.kind, TokenKind::End | TokenKind::Unterminated) {
                let message = format!("the section `{name}` does not end: its `}}` is missing");
                return Err(Box::new(Diagnostic::error(name_span, message)));
            }
            self.advance();
        }
        let text = self.source[start as usize..self.token.span.start as usize].trim().to_owned();
        self.advance();
        let name = self.intern(name);
        self.module.sections.push(Section { name, text });
        Ok(())
    }

    fn alias(&mut self) -> PResult<()> {
        let start = self.token.span;
        self.advance();
        let (_, alias) = self.expect_word("the name of a declared function")?;
        self.expect(b',')?;
        let (_, aliasee) = self.expect_word("the name of a function")?;
        self.expect_semicolon()?;
        self.aliases.push((start.to(aliasee), alias, aliasee));
        Ok(())
    }

    /// At the end: both names of each `.alias` are functions, the second with a body.
    pub(super) fn resolve_aliases(&mut self) {
        for (span, alias, aliasee) in std::mem::take(&mut self.aliases) {
            let mut ids = [FunctionId(0); 2];
            let mut known = true;
            for (at, name) in [alias, aliasee].into_iter().enumerate() {
                let text = self.slice(name);
                match self.globals.get(text) {
                    Some(Symbol::Function(id)) => ids[at] = id,
                    _ => {
                        known = false;
                        self.report(Diagnostic::error(name, format!("`{text}` is not a function")));
                    }
                }
            }
            if !known {
                continue;
            }
            let [alias_id, aliasee_id] = ids;
            if self.module.functions[alias_id.index()].has_body {
                self.report(Diagnostic::error(alias, "an alias is declared, not defined"));
            } else if !self.module.functions[aliasee_id.index()].has_body {
                self.report(Diagnostic::error(
                    aliasee,
                    "the function of an alias must have a body in this module",
                ));
            }
            self.module.aliases.push(Alias { alias: alias_id, aliasee: aliasee_id, span });
        }
    }

    /// `"a", "b";`
    pub(super) fn string_list(&mut self) -> PResult<Vec<&'s str>> {
        let mut texts = vec![self.expect_string()?];
        while self.eat(b',') {
            texts.push(self.expect_string()?);
        }
        self.expect_semicolon()?;
        Ok(texts)
    }
}
