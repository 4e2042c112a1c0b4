//! How a tool of the toolkit ends when it cannot do what was asked.
//!
//! Exit codes are the house's: 1 for wrong or unsupported input, a child's own code when a child failed (it has
//! already said why), 101 for a bug of ours, which only a panic gives.

use std::fmt;

/// A reason to stop, and the exit code to stop with.
#[derive(Debug)]
pub struct Failure {
    /// What to print after `<tool>: error: `; `None` when a child has already printed its own message.
    pub message: Option<String>,
    /// Lines to print after `<tool>: note: `.
    pub notes: Vec<String>,
    /// The process's exit code.
    pub code: i32,
}

/// What every step of a tool returns.
pub type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// The input or the command line is wrong, or asks for what is not supported.
    pub fn input(message: impl Into<String>) -> Failure {
        Failure { message: Some(message.into()), notes: Vec::new(), code: 1 }
    }

    /// A child ended with `code` after saying why itself.
    pub fn child(code: i32) -> Failure {
        Failure { message: None, notes: Vec::new(), code }
    }

    /// Adds a line of help.
    pub fn note(mut self, note: impl Into<String>) -> Failure {
        self.notes.push(note.into());
        self
    }

    /// Prints the failure to stderr as tool `tool` would, and gives the exit code.
    pub fn report(&self, tool: &str) -> i32 {
        if let Some(message) = &self.message {
            eprintln!("{tool}: error: {message}");
        }
        for note in &self.notes {
            eprintln!("{tool}: note: {note}");
        }
        self.code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message.as_deref().unwrap_or("a child process failed"))
    }
}

/// An I/O error as a short phrase, without Rust's `(os error N)`.
pub fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.rfind(" (os error") {
        Some(end) => text[..end].to_string(),
        None => text,
    }
}
