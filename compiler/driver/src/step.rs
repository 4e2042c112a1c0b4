//! One external command: how it is shown under `-v` and `--dryrun`, and how it is run.
//!
//! What is shown can be pasted into a shell and does the same. Output of a child is passed on when it ends, so that
//! several sources compiled at once do not mix their messages.

use crate::failure::{Failure, Result, reason};
use crate::scratch::{track_child, unblock_signals};
use std::ffi::OsString;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// A program and its arguments.
#[derive(Debug, Clone)]
pub struct Step {
    program: PathBuf,
    arguments: Vec<OsString>,
}

impl Step {
    /// A command without arguments so far.
    pub fn new(program: &Path) -> Step {
        Step { program: program.to_path_buf(), arguments: Vec::new() }
    }

    /// Adds one argument.
    pub fn arg(&mut self, argument: impl Into<OsString>) -> &mut Step {
        self.arguments.push(argument.into());
        self
    }

    /// Adds several arguments.
    pub fn args<I: IntoIterator<Item = S>, S: Into<OsString>>(&mut self, arguments: I) -> &mut Step {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// The command as a line for a POSIX shell.
    pub fn shell_line(&self) -> String {
        let mut line = quoted(&self.program.to_string_lossy());
        for argument in &self.arguments {
            line.push(' ');
            line.push_str(&quoted(&argument.to_string_lossy()));
        }
        line
    }

    /// Runs the command to its end. An error means that it could not be started; a command that failed has its
    /// failure, with its own exit code, beside what it wrote.
    pub fn run(&self) -> Result<Outcome> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        unblock_signals(&mut command);
        let cannot = |e: std::io::Error| {
            Failure::input(format!("cannot run '{}': {}", self.program.display(), reason(&e)))
        };
        let child = command.spawn().map_err(cannot)?;
        let guard = track_child(child.id());
        let output = child.wait_with_output().map_err(cannot)?;
        drop(guard);
        let messages = Messages { stdout: output.stdout, stderr: output.stderr };
        let failure = (!output.status.success()).then(|| self.failure(output.status));
        Ok(Outcome { messages, failure })
    }

    fn failure(&self, status: ExitStatus) -> Failure {
        if let Some(code) = status.code() {
            return Failure::child(code);
        }
        let signal = status.signal().unwrap_or(0);
        Failure {
            message: Some(format!("'{}' was ended by signal {signal}", self.program.display())),
            notes: Vec::new(),
            code: 128 + signal,
        }
    }
}

/// How a command ended.
#[derive(Debug)]
pub struct Outcome {
    /// What it wrote.
    pub messages: Messages,
    /// Why it failed; `None` when it did not.
    pub failure: Option<Failure>,
}

/// What a child wrote.
#[derive(Debug, Default)]
pub struct Messages {
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: Vec<u8>,
}

impl Messages {
    /// Passes both on. A closed pipe is no reason to fail a compilation.
    pub fn print(&self) {
        let _ = std::io::stdout().lock().write_all(&self.stdout);
        let _ = std::io::stderr().lock().write_all(&self.stderr);
    }
}

/// `text` as one word of a POSIX shell.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_string();
    }
    let mut word = String::with_capacity(text.len() + 2);
    word.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\' | '$' | '`') {
            word.push('\\');
        }
        word.push(c);
    }
    word.push('"');
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        for text in [
            "plain-1.o",
            "",
            "two words",
            "a\"b",
            "$HOME",
            "back\\slash",
            "`x`",
            "a'b",
            "code=[sm_80]",
            "a*;|&",
        ] {
            let output = Command::new("sh")
                .args(["-c", &format!("printf %s {}", quoted(text))])
                .output()
                .expect("a POSIX shell exists");
            assert_eq!(String::from_utf8_lossy(&output.stdout), text);
        }
    }
}
