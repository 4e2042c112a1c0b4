//! The rule on rows: what the compiler lowers is executed by a test, and arithmetic is swept.
//!
//! Takes `ptxas --list-instructions`, which lowers an example of each form to say which are live, and the same of every
//! `.ptx` test, which says the forms it uses; gives what has no test. A test that is skipped counts for nothing.

use crate::{discover, ptx_test, toolkit};
use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The chapters whose every combination of types needs a sweep.
const SWEPT: [&str; 7] = ["integer", "float", "half", "compare", "logic", "conversion", "video"];
/// Rows of operands that a sweep has at least.
const SWEEP: usize = 10_000;
/// Rows with a type that no test uses, with why.
const WITHOUT_TEST: [(&str, &str); 5] = [
    // Addresses of 32 bits: a module of `.address_size 64` has none.
    ("cvta{", "u32"),
    ("cvta.to{", "u32"),
    ("stacksave{", "u32"),
    ("stackrestore{", "u32"),
    ("alloca{", "u32"),
];
/// Rows whose tests do not have every combination of types yet; they are told at each run.
const PARTLY_TESTED: [&str; 2] = [
    "mma.sync.aligned.m16n8k32.row.col.kind::",
    "clusterlaunchcontrol.try_cancel.async[.shared::cta].mbarrier::complete_tx::bytes.multicast",
];

/// A live row: its chapter, and the words that its places take, a set for each place; the combinations of its types.
#[derive(Default)]
struct Row {
    chapter: String,
    types: BTreeSet<String>,
    words: BTreeSet<(usize, String)>,
}

/// What is used of a row.
#[derive(Default)]
struct Use {
    types: BTreeSet<String>,
    swept: BTreeSet<String>,
    words: BTreeSet<(usize, String)>,
}

/// What was found.
pub struct Coverage {
    /// Breaches of the rule, a line each.
    pub untested: Vec<String>,
    /// Combinations that are known to be without a test: told, not forbidden.
    pub partly: Vec<String>,
    /// Words of live rows that no test uses: told, not forbidden.
    pub unused_words: Vec<String>,
}

/// Compares what is live with what the tests use.
///
/// # Errors
/// When the toolkit's `ptxas` cannot be run or a test does not parse.
pub fn coverage() -> Result<Coverage> {
    let live = live()?;
    let used = used()?;
    let mut found = Coverage { untested: Vec::new(), partly: Vec::new(), unused_words: Vec::new() };
    let none = Use::default();
    for (syntax, row) in &live {
        let uses = used.get(syntax).unwrap_or(&none);
        let exempt =
            |types: &str| WITHOUT_TEST.iter().any(|(row, only)| syntax.starts_with(row) && types == *only);
        for types in row.types.iter().filter(|types| !exempt(types)) {
            let shown = if types.is_empty() { String::new() } else { format!(" of .{types}") };
            if !uses.types.contains(types) && PARTLY_TESTED.iter().any(|row| syntax.starts_with(row)) {
                found.partly.push(format!("{}: no test of `{syntax}`{shown}", row.chapter));
            } else if !uses.types.contains(types) {
                found.untested.push(format!("{}: no test of `{syntax}`{shown}", row.chapter));
            } else if SWEPT.contains(&&*row.chapter) && !uses.swept.contains(types) {
                found.untested.push(format!("{}: no sweep of `{syntax}`{shown}", row.chapter));
            }
        }
        for (_, word) in row.words.difference(&uses.words).filter(|(_, word)| !word.is_empty()) {
            found.unused_words.push(format!("{}: `.{word}` of `{syntax}`", row.chapter));
        }
    }
    Ok(found)
}

fn words(text: &str) -> impl Iterator<Item = (usize, String)> + '_ {
    text.split('|').map(String::from).enumerate()
}

fn live() -> Result<BTreeMap<String, Row>> {
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for line in list(&[])?.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let ["live", chapter, syntax, _, types, by_place, ..] = fields[..] else { continue };
        let row = rows.entry(syntax.to_string()).or_default();
        row.chapter = chapter.to_string();
        row.types.insert(types.to_string());
        row.words.extend(words(by_place));
    }
    ensure!(rows.len() > 400, "ptxas lists {} live rows only", rows.len());
    Ok(rows)
}

fn used() -> Result<BTreeMap<String, Use>> {
    let folder = toolkit::tests("ptx");
    let mut sweeps = BTreeMap::new();
    for path in discover::files(&folder, &["ptx"])? {
        let header = ptx_test::read_header(&path).with_context(|| path.display().to_string())?;
        if header.skip.is_none() {
            sweeps.insert(path, header.random.is_some_and(|rows| rows >= SWEEP));
        }
    }
    let paths: Vec<&PathBuf> = sweeps.keys().collect();
    let mut rows: BTreeMap<String, Use> = BTreeMap::new();
    for some in paths.chunks(500) {
        for line in list(some)?.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let [path, syntax, _, types, by_place] = fields[..] else { continue };
            let row = rows.entry(syntax.to_string()).or_default();
            row.types.insert(types.to_string());
            row.words.extend(words(by_place));
            if sweeps.get(Path::new(path)) == Some(&true) {
                row.swept.insert(types.to_string());
            }
        }
    }
    Ok(rows)
}

fn list(files: &[&PathBuf]) -> Result<String> {
    let output = Command::new(toolkit::file("bin/ptxas")?).arg("--list-instructions").args(files).output()?;
    ensure!(output.status.success(), "ptxas: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}
