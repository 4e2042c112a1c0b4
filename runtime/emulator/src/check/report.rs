//! What the checks found: each thing once a place, as text on the standard error and as JSON in a file.
//!
//! The file is rewritten whenever something new is found, so that it is complete however the process ends. Several
//! processes may share one: what is in it stays.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::hsa::runtime;
use crate::loader::lines::SourcePlace;
use crate::loader::registry;
use crate::memory;
use crate::observe::Observed;

/// Findings reported at most; more are counted.
const MOST: usize = 1000;

/// Where an instruction was, and who ran it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Location {
    /// Its address.
    pub pc: u64,
    /// The function it lies in.
    pub function: Option<String>,
    /// How far in.
    pub offset: u64,
    /// As LLVM writes it.
    pub instruction: String,
    /// Where it comes from, if the code object has line tables: the innermost place first, then where it was inlined.
    pub source: Vec<SourcePlace>,
    /// Work-group id.
    pub workgroup: [u32; 3],
    /// Wavefront within the work-group.
    pub wavefront: u32,
}

impl Location {
    /// The instruction at `pc`, run by this wavefront.
    pub fn at(pc: u64, workgroup: [u32; 3], wavefront: u32) -> Self {
        let (function, offset) = registry::symbol_at(pc).unzip();
        Self {
            pc,
            function,
            offset: offset.unwrap_or(0),
            instruction: instruction(pc),
            source: registry::source_at(pc),
            workgroup,
            wavefront,
        }
    }

    fn place(&self) -> String {
        let [x, y, z] = self.workgroup;
        let mut text = String::new();
        for (index, source) in self.source.iter().enumerate() {
            _ = write!(text, "{}{source}", if index == 0 { "" } else { ", inlined at " });
        }
        if !text.is_empty() {
            text.push_str(": ");
        }
        match &self.function {
            Some(function) => _ = write!(text, "{function}+{:#x}", self.offset),
            None => _ = write!(text, "pc {:#x}", self.pc),
        }
        _ = write!(text, ": {}; work-group ({x}, {y}, {z}), wavefront {}", self.instruction, self.wavefront);
        text
    }
}

/// One thing found.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Finding {
    /// The check that found it.
    pub check: &'static str,
    /// What is wrong, in a few words that are the same wherever it happens.
    pub what: String,
    /// The first lane concerned.
    pub lane: Option<u32>,
    /// All lanes of the wavefront concerned, a bit each.
    pub lanes: u64,
    /// The address, or the offset in LDS or scratch.
    pub address: Option<u64>,
    /// What lies there.
    pub memory: Option<String>,
    /// The other access of a race.
    pub other: Option<Other>,
}

/// The other access of a race.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Other {
    /// What it did.
    pub what: String,
    /// Where it was.
    pub location: Location,
}

#[derive(Serialize)]
struct Entry {
    #[serde(flatten)]
    finding: Finding,
    kernel: String,
    location: Location,
    times: u64,
}

#[derive(Default)]
struct Report {
    entries: Vec<Entry>,
    /// By check, what and pc.
    known: HashMap<(&'static str, String, u64), usize>,
    /// What other processes had found.
    others: Vec<serde_json::Value>,
}

static REPORT: Mutex<Option<Report>> = Mutex::new(None);

/// Whether the same thing has been reported at this address, which is then counted once more.
pub(crate) fn seen(check: &'static str, what: &str, pc: u64) -> bool {
    let mut report = REPORT.lock().unwrap_or_else(PoisonError::into_inner);
    let report = report.get_or_insert_default();
    match report.known.get(&(check, what.to_owned(), pc)) {
        Some(&index) => {
            if let Some(entry) = report.entries.get_mut(index) {
                entry.times += 1;
            }
            true
        }
        None => false,
    }
}

/// Whether Wavefold's own device functions do what only looks wrong: `printf` copies its block of arguments word by word,
/// gaps included, and the heap reads and writes its tables by relaxed atomics, which are plain instructions here.
fn is_harmless(location: &Location, finding: &Finding) -> bool {
    let function = location.function.as_deref().unwrap_or("");
    match finding.check {
        "init" => finding.what == super::initialised::STORED && function == "__wavefold_vprintf",
        "race" => matches!(function, "__wavefold_malloc" | "__wavefold_aligned_malloc" | "__wavefold_free"),
        _ => false,
    }
}

/// Reports a finding, unless it is known.
pub(crate) fn add(kernel: &str, location: Location, finding: Finding) {
    if seen(finding.check, &finding.what, location.pc) || is_harmless(&location, &finding) {
        return;
    }
    let mut report = REPORT.lock().unwrap_or_else(PoisonError::into_inner);
    let report = report.get_or_insert_default();
    report.known.insert((finding.check, finding.what.clone(), location.pc), report.entries.len());
    if report.entries.len() >= MOST {
        return;
    }
    eprintln!("{}", text(kernel, &location, &finding));
    report.entries.push(Entry { finding, kernel: kernel.to_owned(), location, times: 1 });
    if let Some(file) = &runtime::options().check_report {
        report.write(file);
    }
}

/// Writes the file without a finding, or as other processes have left it.
pub(crate) fn begin(file: &str) {
    let mut report = REPORT.lock().unwrap_or_else(PoisonError::into_inner);
    let report = report.get_or_insert_default();
    let before = std::fs::read(file).ok().and_then(|text| serde_json::from_slice(&text).ok());
    if let Some(serde_json::Value::Object(mut before)) = before
        && let Some(serde_json::Value::Array(findings)) = before.remove("findings")
    {
        report.others = findings;
    }
    report.write(file);
}

impl Report {
    fn write(&self, file: &str) {
        let mine = self.entries.iter().filter_map(|entry| serde_json::to_value(entry).ok());
        let findings: Vec<serde_json::Value> = self.others.iter().cloned().chain(mine).collect();
        let whole = serde_json::json!({ "version": 1, "findings": findings });
        if let Err(error) = std::fs::write(file, format!("{whole:#}\n")) {
            eprintln!("wavefold emulator: cannot write the report to {file}: {error}");
        }
    }
}

/// The instruction at an address, as LLVM writes it.
fn instruction(pc: u64) -> String {
    let word = |at: u64| {
        let region = memory::map().lookup(at)?;
        // SAFETY: the region holds the four bytes, and the code of a running dispatch stays mapped.
        region.contains(at, 4).then(|| unsafe { (at as *const u32).read_unaligned() })
    };
    match word(pc) {
        Some(first) => Observed::new(pc, first, word(pc + 4)).text(),
        None => "no code".into(),
    }
}

fn text(kernel: &str, location: &Location, finding: &Finding) -> String {
    let mut text = format!("wavefold check: {}: {}", finding.check, finding.what);
    _ = write!(text, "\n  in kernel {kernel}, {}", location.place());
    if let Some(lane) = finding.lane {
        _ = write!(text, ", lane {lane}");
        if finding.lanes.count_ones() > 1 {
            _ = write!(text, " and {} more (lanes {:#018x})", finding.lanes.count_ones() - 1, finding.lanes);
        }
    }
    if let Some(address) = finding.address {
        _ = write!(text, "\n  address {address:#x}");
        if let Some(memory) = &finding.memory {
            _ = write!(text, ": {memory}");
        }
    } else if let Some(memory) = &finding.memory {
        _ = write!(text, "\n  {memory}");
    }
    if let Some(other) = &finding.other {
        _ = write!(text, "\n  against {} by {}", other.what, other.location.place());
    }
    text
}
