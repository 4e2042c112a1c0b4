//! Reads code objects through LLVM's tools: the instructions of each kernel, and what its descriptor asks for.

use anyhow::{Context, Result};
use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

/// One line of disassembly: mnemonic and operands.
#[derive(Debug)]
pub struct Instruction(pub String);

impl Instruction {
    /// Its first word.
    pub fn mnemonic(&self) -> &str {
        self.0.split_whitespace().next().unwrap_or("")
    }
}

/// A kernel.
#[derive(Debug)]
pub struct Kernel {
    /// Demangled, without result and parameters.
    pub name: String,
    /// All of it in order, without the padding at its end.
    pub instructions: Vec<Instruction>,
    /// Vector registers.
    pub vgprs: usize,
    /// Bytes of scratch for each work-item.
    pub scratch: usize,
}

/// How many instructions of each kind.
#[derive(Debug, Default)]
pub struct Count {
    pub all: usize,
    pub valu: usize,
    pub salu: usize,
    pub ds: usize,
    pub vmem: usize,
    pub waits: usize,
    pub branches: usize,
}

/// The kernels of a code object.
///
/// # Errors
/// When LLVM's tools cannot be started.
pub fn kernels(object: &Path) -> Result<Vec<Kernel>> {
    let disassemble = |more: &[&str]| {
        output(
            Command::new("llvm-objdump-22")
                .args(["-d", "--mcpu=gfx90a", "--no-show-raw-insn"])
                .args(more)
                .arg(object),
        )
    };
    let resources = resources(&output(Command::new("llvm-readelf-22").arg("--notes").arg(object))?);
    let symbols: Vec<String> = disassemble(&[])?.lines().filter_map(heading).map(str::to_owned).collect();
    let mut kernels: Vec<(String, Kernel)> = Vec::new();
    let listing = disassemble(&["--demangle"])?;
    let mut symbols = symbols.into_iter();
    for line in listing.lines() {
        if let (Some(name), Some(symbol)) = (heading(line), symbols.clone().next()) {
            symbols.next();
            let (vgprs, scratch) = resources.get(&symbol).copied().unwrap_or((0, 0));
            let name = without_parameters(name).to_owned();
            kernels.push((symbol, Kernel { name, instructions: Vec::new(), vgprs, scratch }));
        } else if let (Some((_, kernel)), Some(code)) = (kernels.last_mut(), line.strip_prefix('\t')) {
            let code = code.split("//").next().unwrap_or(code).trim();
            kernel.instructions.push(Instruction(code.to_owned()));
        }
    }
    let kernels = kernels.into_iter().filter(|(symbol, _)| resources.contains_key(symbol));
    Ok(kernels.map(|(_, kernel)| without_padding(kernel)).collect())
}

fn output(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_owned();
    let output = command.output().with_context(|| format!("cannot start {}", program.display()))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The name of the function that a line of disassembly opens.
fn heading(line: &str) -> Option<&str> {
    line.strip_suffix(">:")?.split_once(" <").map(|(_, name)| name)
}

/// A demangled function's name with its template arguments, without its result and its parameters.
fn without_parameters(name: &str) -> &str {
    let mut depth = 0;
    let end = name.find(|c| {
        depth += i32::from(c == '<') - i32::from(c == '>');
        c == '(' && depth == 0
    });
    name[..end.unwrap_or(name.len())].trim_start_matches("void ")
}

/// What is behind the last instruction that ends or branches is padding.
fn without_padding(mut kernel: Kernel) -> Kernel {
    let is_end = |it: &Instruction| it.mnemonic().starts_with("s_endpgm") || is_branch(it.mnemonic());
    let end = kernel.instructions.iter().rposition(is_end).map_or(0, |last| last + 1);
    kernel.instructions.truncate(end);
    kernel
}

/// Vector registers and scratch of each kernel, from the metadata's text.
fn resources(notes: &str) -> HashMap<String, (usize, usize)> {
    let value = |entry: &str, key: &str| {
        let line = entry.lines().find_map(|line| line.trim().strip_prefix(key))?;
        Some(line.trim().trim_matches('\'').to_owned())
    };
    notes
        .split("- .agpr_count:")
        .skip(1)
        .filter_map(|entry| {
            let symbol = value(entry, ".symbol:")?.trim_end_matches(".kd").to_owned();
            let figure = |key| value(entry, key).and_then(|text| text.parse().ok());
            Some((symbol, (figure(".vgpr_count:")?, figure(".private_segment_fixed_size:")?)))
        })
        .collect()
}

fn is_branch(mnemonic: &str) -> bool {
    mnemonic.starts_with("s_cbranch") || mnemonic.starts_with("s_branch")
}

/// Counts a stretch.
pub fn count(stretch: &[Instruction]) -> Count {
    let mut count = Count { all: stretch.len(), ..Count::default() };
    for instruction in stretch {
        let mnemonic = instruction.mnemonic();
        *match mnemonic.split('_').next().unwrap_or("") {
            "v" => &mut count.valu,
            "ds" => &mut count.ds,
            "global" | "buffer" | "flat" | "scratch" => &mut count.vmem,
            _ if mnemonic.starts_with("s_waitcnt") || mnemonic.starts_with("s_nop") => &mut count.waits,
            _ if is_branch(mnemonic) => &mut count.branches,
            _ => &mut count.salu,
        } += 1;
    }
    count
}

/// A cluster pair of the nonbonded kernels is the stretch from one `v_rsq_f32` to the next: the loops over i clusters are
/// unrolled and each copy takes exactly one reciprocal square root. The median stretch is counted.
pub fn median_pair(kernel: &Kernel) -> Option<Count> {
    let instructions = &kernel.instructions;
    let roots: Vec<usize> =
        (0..instructions.len()).filter(|&at| instructions[at].mnemonic().starts_with("v_rsq_f32")).collect();
    let mut pairs: Vec<&[Instruction]> =
        roots.windows(2).map(|ends| &instructions[ends[0]..ends[1]]).collect();
    pairs.sort_by_key(|pair| pair.len());
    pairs.get(pairs.len() / 2).map(|pair| count(pair))
}
