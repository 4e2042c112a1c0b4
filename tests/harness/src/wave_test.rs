//! An emulator test: gfx90a assembly, its tables of one element per work-item, what it must store.
//!
//! The file is assembled by LLVM with `tests/emulator/wave.inc` and run through HSA's C ABI. docs/testing.md has the
//! keys of the header. Expectations come from the ISA manual, which the header must cite.

use crate::compare::{self, Tolerance};
use crate::hsa::Hsa;
use crate::values::{self, Element};
use crate::{header, process, toolkit};
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const POISON: u8 = 0xcd;
/// A test's kernel ends within this time, or does not end.
const LIMIT: Duration = Duration::from_secs(20);

/// The header.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Where the expectation comes from; a test of the emulator's checks has none.
    #[serde(default)]
    manual: String,
    /// The checks to run, of a test of the emulator's checks.
    pub check: Option<String>,
    /// What the emulator must count of the launch, by JSON pointer.
    #[serde(default)]
    pub counts: std::collections::BTreeMap<String, u64>,
    #[serde(default, rename = "in")]
    inputs: Vec<String>,
    #[serde(default, rename = "out")]
    outputs: Vec<String>,
    memory: Option<String>,
    memory_after: Option<String>,
    #[serde(default = "one")]
    groups: u32,
    #[serde(default = "wavefront")]
    group: u16,
    tolerance: Option<String>,
    #[serde(default)]
    bits: bool,
    /// The kernel must stop the queue with an error.
    #[serde(default)]
    fault: bool,
    /// Why the test cannot run yet.
    pub skip: Option<String>,
}

fn one() -> u32 {
    1
}

fn wavefront() -> u16 {
    64
}

/// Reads the header alone.
pub fn read_header(path: &Path) -> Result<Header> {
    header::parse(&std::fs::read_to_string(path)?)
}

/// Runs the test in this process.
pub fn run(path: &Path) -> Result<()> {
    let header = read_header(path)?;
    ensure!(
        header.check.is_some() || !header.counts.is_empty() || !header.manual.is_empty(),
        "`manual` must say where the expectation comes from"
    );
    let tolerance = match (&header.tolerance, header.bits) {
        (Some(text), _) => Tolerance::parse(text)?,
        (None, true) => Tolerance::Bits,
        (None, false) => Tolerance::Exact,
    };
    let items = header.groups as usize * header.group as usize;
    let inputs = tables("in", &header.inputs, items)?;
    let outputs = tables("out", &header.outputs, items)?;
    let memory = values::parse(header.memory.as_deref().unwrap_or("u32 0x0"))?;
    let memory_after = header.memory_after.as_deref().map(values::parse).transpose()?;

    let code = assemble(path, header.check.is_some())?;
    let hsa = Hsa::open(&toolkit::libhsa()?)?;
    let kernel = hsa.load(&code, "test")?;
    let input = hsa.allocate(&inputs.iter().flat_map(|t| values::bytes(t)).collect::<Vec<u8>>())?;
    let output_size: usize = outputs.iter().map(|t| values::byte_len(t)).sum();
    let output = hsa.allocate(&vec![POISON; output_size])?;
    let shared = hsa.allocate(&values::bytes(&memory))?;
    let mut arguments = Vec::new();
    for address in [input.as_ptr(), output.as_ptr(), shared.as_ptr()] {
        arguments.extend_from_slice(&(address as u64).to_le_bytes());
    }
    arguments.extend_from_slice(&(header.group as u32).to_le_bytes());
    arguments.extend_from_slice(&(items as u32).to_le_bytes());
    let kernarg = hsa.allocate(&arguments)?;

    let ran = hsa.run(&kernel, header.groups, header.group, kernarg, LIMIT);
    if header.fault {
        return match ran {
            Ok(()) => bail!("the kernel ended well; a fault was expected"),
            Err(error) if error.to_string().contains("the queue stopped") => Ok(()),
            Err(error) => Err(error),
        };
    }
    ran?;
    let mut at = 0;
    for (index, table) in outputs.iter().enumerate() {
        let got = values::read(&output[at..], table);
        at += values::byte_len(table);
        compare::check(&format!("out[{index}]"), table, &got, tolerance, |_| String::new())?;
    }
    if let Some(want) = memory_after {
        ensure!(values::byte_len(&want) <= shared.len(), "`memory_after` is longer than `memory`");
        compare::check("memory", &want, &values::read(shared, &want), tolerance, |_| String::new())?;
    }
    Ok(())
}

fn tables(key: &str, lists: &[String], items: usize) -> Result<Vec<Vec<Element>>> {
    let mut out = Vec::new();
    for (index, list) in lists.iter().enumerate() {
        let table = values::parse(list).with_context(|| format!("{key}[{index}]"))?;
        ensure!(table.len() == items, "{key}[{index}] has {} elements for {items} work-items", table.len());
        let dwords = table.iter().all(|e| matches!(e.ty.size(), 4 | 8));
        ensure!(dwords, "{key}[{index}]: elements are 4 or 8 bytes wide");
        out.push(table);
    }
    Ok(out)
}

/// Assembles and links to a code object, if asked for with the file's own lines as line table.
fn assemble(path: &Path, lines: bool) -> Result<Vec<u8>> {
    let folder = tempfile::tempdir()?;
    let (object, linked) = (folder.path().join("test.o"), folder.path().join("test.hsaco"));
    let mut assembler = Command::new(toolkit::llvm("llvm-mc"));
    assembler.args(["-triple=amdgcn-amd-amdhsa", "-mcpu=gfx90a", "-filetype=obj", "-I"]);
    assembler.arg(toolkit::tests("emulator")).arg("-o").arg(&object).arg(path);
    if lines {
        assembler.arg("-g");
    }
    let mut linker = Command::new(toolkit::llvm("ld.lld"));
    linker.args(["-shared", "-o"]).arg(&linked).arg(&object);
    for command in [&mut assembler, &mut linker] {
        let finished = process::run(command, LIMIT)?;
        ensure!(finished.success(), "{command:?}: {}\n{}", finished.outcome(), finished.printed());
    }
    Ok(std::fs::read(linked)?)
}
