//! A program with planted bugs, run under the emulator's checks: each line that says `// finding: CHECK: WHAT` must be
//! reported there, and nothing else.
//!
//! `.cu` files are built by our nvcc with line tables, `.s` files assembled with LLVM's and run as the emulator's tests are,
//! by a child of the test binary. Both run under `wavefold run --check`, whose JSON report and exit code are looked at.

use crate::{header, process, toolkit, wave_test};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// `wavefold run`'s exit code when something was found.
const FOUND: i32 = 99;
/// A program ends within this time.
const LIMIT: Duration = Duration::from_secs(120);

/// The header of a `.cu` file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    /// The checks, separated by commas.
    check: String,
    /// More flags for nvcc.
    #[serde(default)]
    flags: Vec<String>,
}

/// What the JSON report says of one finding.
#[derive(Deserialize, Debug)]
struct Finding {
    check: String,
    what: String,
    location: Location,
    other: Option<Other>,
}

#[derive(Deserialize, Debug)]
struct Other {
    location: Location,
}

#[derive(Deserialize, Debug)]
struct Location {
    instruction: String,
    source: Vec<Source>,
}

#[derive(Deserialize, Debug)]
struct Source {
    file: String,
    line: usize,
}

#[derive(Deserialize)]
struct Report {
    findings: Vec<Finding>,
}

/// Runs one file's test.
pub fn run(path: &Path) -> Result<()> {
    let text = std::fs::read_to_string(path)?;
    let folder = tempfile::tempdir()?;
    let report = folder.path().join("report.json");
    let mut command = Command::new(toolkit::file("bin/wavefold")?);
    command.arg("run").arg("--check-report").arg(&report);
    if path.extension().is_some_and(|extension| extension == "s") {
        let header = wave_test::read_header(path)?;
        if !header.counts.is_empty() {
            return counts(path, &header.counts, folder.path());
        }
        let check = header.check.context("the header names no check")?;
        command.args(["--check", &check, "--"]).arg(std::env::current_exe()?);
        command.env(crate::child::VARIABLE, path);
    } else {
        let header: Header = header::parse(&text)?;
        let program = build(path, &header.flags, folder.path())?;
        command.args(["--check", &header.check, "--"]).arg(program);
    }
    let finished = process::run(&mut command, LIMIT)?;
    let found: Report = serde_json::from_slice(&std::fs::read(&report).with_context(|| finished.printed())?)?;
    let wanted = wanted(&text);
    let code = finished.status.and_then(|status| status.code());
    let code_wanted = if wanted.is_empty() { 0 } else { FOUND };
    ensure!(
        code == Some(code_wanted),
        "exit code {code_wanted} expected: {}\n{}",
        finished.outcome(),
        finished.printed()
    );
    compare(path, &wanted, &found.findings).with_context(|| finished.printed())
}

/// Runs an `.s` file for the counts of its launch: JSON pointers and what must stand there.
fn counts(path: &Path, wanted: &BTreeMap<String, u64>, folder: &Path) -> Result<()> {
    let file = folder.join("counts.json");
    let mut command = Command::new(toolkit::file("bin/wavefold")?);
    command.args(["run", "--stats"]).arg(&file).arg("--").arg(std::env::current_exe()?);
    command.env(crate::child::VARIABLE, path);
    let finished = process::run(&mut command, LIMIT)?;
    ensure!(finished.success(), "{}\n{}", finished.outcome(), finished.printed());
    let counts: serde_json::Value = serde_json::from_slice(&std::fs::read(&file)?)?;
    let launch = &counts["launches"][0];
    for (pointer, wanted) in wanted {
        let found = launch.pointer(pointer).and_then(serde_json::Value::as_u64);
        ensure!(found == Some(*wanted), "{pointer}: {wanted} expected, found {found:?}\n{launch:#}");
    }
    Ok(())
}

fn build(path: &Path, flags: &[String], folder: &Path) -> Result<PathBuf> {
    let program = folder.join("program");
    let mut command = Command::new(toolkit::file("bin/nvcc")?);
    command.args(["-O2", "-lineinfo"]).args(flags).arg(path).arg("-o").arg(&program);
    let finished = process::run(&mut command, LIMIT)?;
    ensure!(finished.success(), "{command:?}: {}\n{}", finished.outcome(), finished.printed());
    Ok(program)
}

/// Stands for a line of clang's headers: what is inlined from there has no other.
const IN_A_HEADER: usize = 0;

/// Line, check and words of every `// finding:` and `// finding in a header:`.
fn wanted(text: &str) -> Vec<(usize, String)> {
    let lines = text.lines().enumerate();
    lines
        .filter_map(|(index, line)| {
            if let Some((_, finding)) = line.split_once("// finding in a header: ") {
                return Some((IN_A_HEADER, finding.trim().to_owned()));
            }
            let (_, finding) = line.split_once("// finding: ")?;
            Some((index + 1, finding.trim().to_owned()))
        })
        .collect()
}

fn compare(path: &Path, wanted: &[(usize, String)], found: &[Finding]) -> Result<()> {
    let file = path.file_name().context("a file has a name")?;
    // Of a race either access may be the one that comes second.
    let is_at = |finding: &Finding, line: usize| {
        let other = finding.other.as_ref().map(|other| &other.location.source);
        let mut places = finding.location.source.iter().chain(other.into_iter().flatten());
        places.any(|place| match line {
            IN_A_HEADER => place.file.contains("__clang_cuda"),
            _ => place.line == line && Path::new(&place.file).file_name() == Some(file),
        })
    };
    let says = |finding: &Finding, words: &str| {
        let Some((check, what)) = words.split_once(": ") else { return false };
        finding.check == check && finding.what.contains(what)
    };
    for (line, words) in wanted {
        ensure!(
            found.iter().any(|finding| is_at(finding, *line) && says(finding, words)),
            "line {line}: not found: {words}\nfound: {found:#?}"
        );
    }
    for finding in found {
        ensure!(
            wanted.iter().any(|(line, words)| is_at(finding, *line) && says(finding, words)),
            "found, but not planted: {}: {} at {}, {:?}",
            finding.check,
            finding.what,
            finding.location.instruction,
            finding.location.source
        );
    }
    Ok(())
}
