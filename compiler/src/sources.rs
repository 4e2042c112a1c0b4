//! The texts of what is compiled, and the complaints about them.
//!
//! Several files are parsed as if they stood one behind the other, so that a span says which file it is of. A single
//! file, the common case, is parsed as it is.

use crate::pipeline::{CompileError, Input};
use ptx_frontend::{Diagnostic, Diagnostics, Module, Span};
use std::borrow::Cow;

/// The input files in their order.
pub struct Sources<'a> {
    files: Vec<File<'a>>,
}

struct File<'a> {
    input: Input<'a>,
    /// Offset of its first byte if all files stood one behind the other.
    base: usize,
}

impl<'a> Sources<'a> {
    /// The files of one compilation.
    pub fn new(inputs: &[Input<'a>]) -> Self {
        let mut base = 0;
        let files = inputs.iter().map(|&input| {
            let file = File { input, base };
            base += input.bytes.len();
            file
        });
        Self { files: files.collect() }
    }

    /// The text, if there is only one.
    pub fn single(&self) -> Option<&'a [u8]> {
        match self.files[..] {
            [ref only] => Some(only.input.bytes),
            _ => None,
        }
    }

    /// Parses every file.
    pub fn parse(&self) -> Result<Vec<Module>, CompileError> {
        let mut modules = Vec::new();
        let mut complaints = String::new();
        for file in &self.files {
            match file.parse() {
                Ok(module) => modules.push(module),
                Err(diagnostics) => complaints += &file.render(diagnostics.list),
            }
        }
        if complaints.is_empty() { Ok(modules) } else { Err(CompileError::Rejected(complaints)) }
    }

    /// Parses every file and makes one module of them.
    pub fn link(&self) -> Result<Module, CompileError> {
        ptx_frontend::link::link(self.parse()?).map_err(|list| self.rejected(list))
    }

    /// One complaint, as it is shown.
    pub fn render(&self, diagnostic: &Diagnostic) -> String {
        self.rejected_text(vec![diagnostic.clone()])
    }

    /// Complaints in the order of the files.
    pub fn rejected(&self, list: Vec<Diagnostic>) -> CompileError {
        CompileError::Rejected(self.rejected_text(list))
    }

    fn rejected_text(&self, list: Vec<Diagnostic>) -> String {
        let mut by_file: Vec<Vec<Diagnostic>> = self.files.iter().map(|_| Vec::new()).collect();
        for diagnostic in list {
            let start = diagnostic.span.start as usize;
            let at = self.files.partition_point(|file| file.base <= start).saturating_sub(1);
            by_file[at].push(diagnostic);
        }
        let files = self.files.iter().zip(by_file).filter(|(_, list)| !list.is_empty());
        files.map(|(file, list)| file.render(list)).collect()
    }
}

impl File<'_> {
    fn parse(&self) -> Result<Module, Diagnostics> {
        let bytes = match self.base {
            base if base > 0 && std::str::from_utf8(self.input.bytes).is_ok() => {
                Cow::Owned([&vec![b' '; base][..], self.input.bytes].concat())
            }
            _ => Cow::Borrowed(self.input.bytes),
        };
        ptx_frontend::parse_bytes(&bytes, self.input.file_name)
    }

    /// Complaints about this file.
    fn render(&self, mut list: Vec<Diagnostic>) -> String {
        let own = |offset: u32| (offset as usize).saturating_sub(self.base) as u32;
        for diagnostic in &mut list {
            diagnostic.span = Span::new(own(diagnostic.span.start), own(diagnostic.span.end));
        }
        let diagnostics = Diagnostics { file_name: self.input.file_name.to_owned(), list };
        diagnostics.render(&String::from_utf8_lossy(self.input.bytes))
    }
}
