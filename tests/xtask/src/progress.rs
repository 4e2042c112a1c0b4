//! Steps that take long: a line that moves on a terminal, plain lines elsewhere, and a child's output only when it is
//! wanted.

use crate::report::ChildFailed;
use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Read};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Runs a step's command with its output held back; a failure prints all of it.
///
/// # Errors
/// When the command cannot be started or ends with another status than 0 (`ChildFailed`).
pub fn run(what: &str, command: &mut Command) -> Result<()> {
    let started = Instant::now();
    let bar = spinner(what);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("cannot start {:?}", command.get_program()))?;
    let mut stderr = child.stderr.take().expect("stderr is piped");
    let mut stdout = child.stdout.take().expect("stdout is piped");
    let other = std::thread::spawn(move || {
        let mut text = Vec::new();
        stderr.read_to_end(&mut text).map(|_| text)
    });
    let mut text = Vec::new();
    stdout.read_to_end(&mut text)?;
    text.extend(other.join().expect("the reading thread does not panic")?);
    let status = child.wait()?;
    bar.finish_and_clear();
    if status.success() {
        eprintln!("   {what} ({:.1} s)", started.elapsed().as_secs_f64());
        return Ok(());
    }
    eprintln!("{}", String::from_utf8_lossy(&text));
    Err(ChildFailed { what: what.to_owned(), code: exit_code(status) }.into())
}

/// Runs a command whose output is for the user.
///
/// # Errors
/// As [`run`].
pub fn show(what: &str, command: &mut Command) -> Result<()> {
    eprintln!("   {what}");
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot start {:?}", command.get_program()))?;
    if status.success() {
        Ok(())
    } else {
        Err(ChildFailed { what: what.to_owned(), code: exit_code(status) }.into())
    }
}

/// Says what comes next, where a step has no single command.
pub fn note(what: &str) {
    eprintln!("   {what}");
}

fn exit_code(status: std::process::ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).filter(|code| *code != 0).unwrap_or(1)
}

fn spinner(what: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        eprintln!("   {what} ...");
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} [{elapsed}]") {
        bar.set_style(style);
    }
    bar.set_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}
