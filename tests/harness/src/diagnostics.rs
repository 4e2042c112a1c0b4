//! Wrong inputs and their exact complaints.
//!
//! A wrong `.ptx` file goes to `ptxas`, a wrong `.cu` file to `nvcc -c`. It carries each complaint on the line that it
//! concerns: `// error: message`, or `// error 7: message` to fix the column too, and `// warning: message` likewise.
//! A header `//! options = ["-v"]` adds options to the command.
//! A file that cannot carry comments (cut short, binary) has a neighbour `<file>.expect` with its complaints as
//! `line: error: message` lines (or `line:column: error: message`). The compiler must say exactly these, in this order,
//! end with exit code 1 if one is an error, and then leave no output.

use crate::discover::bless;
use crate::{header, process, toolkit};
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The optional header.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    #[serde(default)]
    options: Vec<String>,
}

/// One complaint.
#[derive(Debug, PartialEq, Clone)]
struct Complaint {
    line: usize,
    column: Option<usize>,
    severity: String,
    message: String,
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.line)?;
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        write!(f, ": {}: {}", self.severity, self.message)
    }
}

/// Runs the test in this process.
pub fn run(path: &Path) -> Result<()> {
    let source = std::fs::read(path)?;
    let neighbour = neighbour(path);
    let wanted = match std::fs::read_to_string(&neighbour) {
        Ok(text) => {
            text.lines().filter(|l| !l.trim().is_empty()).map(|l| line(l, 0)).collect::<Result<Vec<_>>>()?
        }
        Err(_) => inline(&String::from_utf8_lossy(&source))?,
    };
    let temporary = tempfile::tempdir()?;
    let output = temporary.path().join("output");
    let mut command = if path.extension().is_some_and(|e| e == "cu") {
        let mut command = Command::new(toolkit::file("bin/nvcc")?);
        command.arg("-c");
        command
    } else {
        Command::new(toolkit::file("bin/ptxas")?)
    };
    let header: Header = header::parse(&String::from_utf8_lossy(&source))?;
    command.args(&header.options).arg("-o").arg(&output).arg(path);
    let finished = process::run(&mut command, Duration::from_secs(60))?;
    let report = || format!("{command:?}: {}\n{}", finished.outcome(), finished.printed());

    let prefix = format!("{}:", path.display());
    let said: Vec<&str> = finished.stderr.lines().filter_map(|l| l.strip_prefix(&prefix)).collect();
    let mut got = said.iter().map(|l| line(l, 1)).collect::<Result<Vec<_>>>().with_context(report)?;
    got.retain(|complaint| complaint.severity != "note");
    if !agree(&wanted, &got) {
        if bless() && neighbour.exists() {
            let text: Vec<String> = got.iter().map(Complaint::to_string).collect();
            std::fs::write(&neighbour, text.join("\n") + "\n")?;
            return Ok(());
        }
        bail!("expected\n{}but\n{}", shown(&wanted), report());
    }
    let wrong = wanted.iter().any(|c| c.severity == "error");
    let code = finished.status.and_then(|status| status.code());
    ensure!(code == Some(i32::from(wrong)), "exit code {} expected\n{}", i32::from(wrong), report());
    ensure!(output.exists() != wrong, "output written: {}\n{}", output.exists(), report());
    ensure!(!wanted.is_empty(), "the test expects no complaint\n{}", report());
    let left = std::fs::read_dir(temporary.path())?.count();
    ensure!(left == usize::from(!wrong), "{left} files left beside the output\n{}", report());
    Ok(())
}

/// `<file>.expect` beside the file.
fn neighbour(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(".expect");
    PathBuf::from(name)
}

/// The complaints written into the source.
fn inline(source: &str) -> Result<Vec<Complaint>> {
    let mut out = Vec::new();
    for (index, text) in source.lines().enumerate() {
        for (at, _) in text.match_indices("// ") {
            let comment = &text[at + 3..];
            let Some((head, _)) = comment.split_once(": ") else { continue };
            if !matches!(head.split_whitespace().next(), Some("error" | "warning")) {
                continue;
            }
            let message = comment[head.len() + 2..].trim_end().to_string();
            let mut words = head.split_whitespace();
            let severity = words.next().unwrap_or_default().to_string();
            let column = words.next().map(str::parse).transpose().context("the column of a complaint")?;
            out.push(Complaint { line: index + 1, column, severity, message });
            break;
        }
    }
    Ok(out)
}

/// Reads `line[:column]: severity: message`; `columns` says how many columns must be there at least.
fn line(text: &str, columns: usize) -> Result<Complaint> {
    let (place, rest) = text.split_once(": ").with_context(|| format!("no place in `{text}`"))?;
    let (severity, message) = rest.split_once(": ").with_context(|| format!("no severity in `{text}`"))?;
    let numbers = place
        .split(':')
        .map(|n| n.parse::<usize>().with_context(|| format!("`{place}` is not line:column")))
        .collect::<Result<Vec<_>>>()?;
    ensure!(numbers.len() > columns, "`{place}` is not line:column");
    Ok(Complaint {
        line: numbers[0],
        column: numbers.get(1).copied(),
        severity: severity.to_string(),
        message: message.trim_end().to_string(),
    })
}

fn agree(wanted: &[Complaint], got: &[Complaint]) -> bool {
    wanted.len() == got.len()
        && wanted.iter().zip(got).all(|(want, got)| {
            let column = want.column.is_none() || want.column == got.column;
            column && (want.line, &want.severity, &want.message) == (got.line, &got.severity, &got.message)
        })
}

fn shown(complaints: &[Complaint]) -> String {
    complaints.iter().map(|c| format!("  {c}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_complaints() {
        let found =
            inline("a\nadd.s32 x; // error 5: operand a: expected s32\n// errors: none\n").expect("readable");
        assert_eq!(found, [line("2:5: error: operand a: expected s32", 1).expect("readable")]);
    }
}
