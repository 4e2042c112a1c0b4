//! `cargo xtask codegen`: what the hot loops cost, counted on the instructions that came out (writes `docs/codegen.md`).
//!
//! A cluster pair of the nonbonded kernels is the stretch from one `v_rsq_f32` to the next: the loops over i clusters are
//! unrolled and each copy takes exactly one reciprocal square root. The figures are those of the median stretch.

use crate::{gromacs, install, packages, progress, toolkit, workspace};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Counts, and writes the report.
///
/// # Errors
/// When something cannot be built or disassembled.
pub fn run() -> Result<()> {
    packages::ensure(packages::TOOLKIT)?;
    let toolkit = toolkit::build()?;
    let folder = install::folder(&workspace::target().join("codegen"))?;
    let mut text = format!(
        "# The code that comes out\n\nMade by `cargo xtask codegen` {}. An instruction is counted once for each cluster \
         pair (8 x 8 atoms, two warps, one wavefront). The mark is what GROMACS's own HIP kernel needs when clang 22 compiles it \
         with the same split into two halves: 60 instructions, 39 of them VALU, 3 DS, 3 VMEM, 60 VGPRs for the tabulated Ewald \
         kernel that computes forces alone.\n\n\
         | kernel | instructions | VALU | SALU | DS | VMEM | waits | branches |\n|---|---|---|---|---|---|---|---|\n",
        gromacs::made_at()
    );
    for object in objects(&toolkit, &folder)? {
        let listing = disassemble(&object)?;
        for (kernel, instructions) in kernels(&listing) {
            if let Some(count) = median_pair(&instructions) {
                text += &format!("| `{kernel}` | {} |\n", count.map(|figure| figure.to_string()).join(" | "));
            }
        }
    }
    let path = workspace::root().join("docs/codegen.md");
    install::text(&text, &path)?;
    println!("{}", path.display());
    Ok(())
}

/// Our own nonbonded kernels, and GROMACS's where `cargo xtask gromacs-ptx` has compiled them.
fn objects(toolkit: &Path, folder: &Path) -> Result<Vec<PathBuf>> {
    let own = folder.join("nonbonded.cubin");
    let mut nvcc = Command::new(toolkit.join("bin/nvcc"));
    nvcc.args(["-cubin", "-O3", "-std=c++17", "--use_fast_math", "-o"]).arg(&own);
    nvcc.arg(workspace::root().join("kernels/nonbonded/nonbonded_gpu.cu"));
    progress::run("compiling kernels/nonbonded", &mut nvcc)?;
    let gromacs =
        workspace::target().join("gromacs/ptx/src.gromacs.nbnxm.cuda.nbnxm_cuda_kernel_F_noprune.cu.ptx");
    let mut objects = vec![own];
    if gromacs.exists() {
        let object = folder.join("gromacs.cubin");
        let mut ptxas = Command::new(toolkit.join("bin/ptxas"));
        ptxas.arg("-o").arg(&object).arg(gromacs);
        progress::run("compiling GROMACS's nonbonded kernels", &mut ptxas)?;
        objects.push(object);
    }
    Ok(objects)
}

fn disassemble(object: &Path) -> Result<String> {
    let mut objdump = Command::new("llvm-objdump-22");
    let output =
        objdump.args(["-d", "--mcpu=gfx90a", "--demangle", "--no-show-raw-insn"]).arg(object).output();
    let output = output.context("cannot start llvm-objdump-22")?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The functions of a listing with their mnemonics.
fn kernels(listing: &str) -> Vec<(String, Vec<&str>)> {
    let mut kernels: Vec<(String, Vec<&str>)> = Vec::new();
    for line in listing.lines() {
        if let Some((_, name)) = line.strip_suffix(">:").and_then(|line| line.split_once(" <")) {
            kernels.push((without_parameters(name).to_owned(), Vec::new()));
        } else if let (Some((_, instructions)), Some(code)) = (kernels.last_mut(), line.strip_prefix('\t')) {
            instructions.extend(code.split_whitespace().next());
        }
    }
    kernels
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

/// Instructions, VALU, SALU, DS, VMEM, waits and branches of the median stretch.
fn median_pair(instructions: &[&str]) -> Option<[usize; 7]> {
    let roots: Vec<usize> = instructions
        .iter()
        .enumerate()
        .filter(|(_, name)| name.starts_with("v_rsq_f32"))
        .map(|(index, _)| index)
        .collect();
    let mut pairs: Vec<&[&str]> = roots.windows(2).map(|ends| &instructions[ends[0]..ends[1]]).collect();
    pairs.sort_by_key(|pair| pair.len());
    let pair = pairs.get(pairs.len() / 2)?;
    let count = |wanted: fn(&str) -> bool| pair.iter().filter(|name| wanted(name)).count();
    let is_branch = |name: &str| name.starts_with("s_cbranch") || name.starts_with("s_branch");
    let waits = count(|name| name.starts_with("s_waitcnt") || name.starts_with("s_nop"));
    let branches = pair.iter().filter(|name| is_branch(name)).count();
    let scalar = count(|name| name.starts_with("s_")) - waits - branches;
    let memory = count(|name| ["global_", "buffer_", "flat_"].iter().any(|prefix| name.starts_with(prefix)));
    Some([
        pair.len(),
        count(|name| name.starts_with("v_")),
        scalar,
        count(|name| name.starts_with("ds_")),
        memory,
        waits,
        branches,
    ])
}
