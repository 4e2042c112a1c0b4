//! What is said about a wrong program, and the one renderer of it.
//!
//! Takes messages with a [`Span`]; gives `file:line:col: error: message`, the source line, a caret under the span
//! with its label, and notes. Used by the front end and, for what it cannot lower, by the compiler.

use std::fmt;

use crate::span::{Span, position};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The module is refused.
    Error,
    /// The module is taken, but somebody should know.
    Warning,
}

/// One complaint about one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, with the user's own names.
    pub message: String,
    /// Where.
    pub span: Span,
    /// A few words beside the caret; may be empty.
    pub label: String,
    /// What helps, one line each.
    pub notes: Vec<String>,
}

impl Diagnostic {
    /// An error at `span`.
    pub fn error(span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            span,
            label: String::new(),
            notes: Vec::new(),
        }
    }

    /// A warning at `span`.
    pub fn warning(span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(span, message) }
    }

    /// The same with words beside the caret.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same with one more note.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// The whole text of the complaint, ending in a newline.
    pub fn render(&self, file_name: &str, source: &str) -> String {
        let at = position(source, self.span.start);
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let mut out = format!("{file_name}:{}:{}: {word}: {}\n", at.line, at.column, self.message);
        out.push_str(&self.excerpt(source));
        for note in &self.notes {
            out.push_str(&format!("  = note: {note}\n"));
        }
        out
    }

    /// The source line and the caret line. Long lines are cut around the span, control characters shown as spaces.
    fn excerpt(&self, source: &str) -> String {
        const WIDTH: usize = 160;
        let at = position(source, self.span.start);
        let Some(line) = source.split('\n').nth(at.line as usize - 1) else { return String::new() };
        let characters: Vec<char> =
            line.trim_end().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let column = at.column as usize - 1;
        let cut = if characters.len() > WIDTH { column.saturating_sub(WIDTH / 2) } else { 0 };
        let shown: String = characters.iter().skip(cut).take(WIDTH).collect();
        let covered = self.span.text(source).split('\n').next().unwrap_or("").trim_end().chars().count();
        let carets = covered.clamp(1, WIDTH.saturating_sub(column - cut).max(1));
        let number = at.line.to_string();
        let margin = " ".repeat(number.len());
        let label = if self.label.is_empty() { String::new() } else { format!(" {}", self.label) };
        format!("{number} | {shown}\n{margin} | {}{}{label}\n", " ".repeat(column - cut), "^".repeat(carets))
    }
}

/// Everything that one phase had to say about one file, in order of position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics {
    /// The file's name as the user gave it.
    pub file_name: String,
    /// The complaints.
    pub list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Whether an error is among them.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// All of them rendered, one after the other, then how many were left out if they are very many.
    pub fn render(&self, source: &str) -> String {
        const SHOWN: usize = 50;
        let mut out: String = self
            .list
            .iter()
            .take(SHOWN)
            .map(|diagnostic| diagnostic.render(&self.file_name, source))
            .collect();
        if self.list.len() > SHOWN {
            out.push_str(&format!(
                "{}: error: {} more errors not shown\n",
                self.file_name,
                self.list.len() - SHOWN
            ));
        }
        out
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diagnostic in &self.list {
            writeln!(f, "{}: error: {}", self.file_name, diagnostic.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}
