//! `cargo xtask codegen`: what the code costs, counted on the instructions that came out (writes `docs/codegen.md`).
//!
//! Three tables: a cluster pair of each nonbonded kernel, other kernels beside GROMACS's own HIP kernels, and for every
//! unit how often the instructions occur that should not (`cargo xtask gromacs-ptx` makes GROMACS's PTX; without it the
//! tables hold our own kernel alone).

mod listing;
mod marks;

use crate::{gromacs, install, packages, progress, toolkit, workspace};
use anyhow::{Context, Result};
use listing::Kernel;
use std::fmt::Write as _;
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
    let units = units(&toolkit, &folder)?;
    let text = format!(
        "# The code that comes out\n\nMade by `cargo xtask codegen` {}.\n\n{}\n{}\n{}",
        gromacs::made_at(),
        pairs(&units),
        beside_hip(&units),
        rarities(&units)
    );
    let path = workspace::root().join("docs/codegen.md");
    install::text(&text, &path)?;
    println!("{}", path.display());
    Ok(())
}

/// A compiled file and the kernels in it.
struct Unit {
    name: String,
    kernels: Vec<Kernel>,
}

/// Our own nonbonded kernels, and GROMACS's units where their PTX is at hand.
fn units(toolkit: &Path, folder: &Path) -> Result<Vec<Unit>> {
    let own = folder.join("nonbonded.cubin");
    let mut nvcc = Command::new(toolkit.join("bin/nvcc"));
    nvcc.args(["-cubin", "-O3", "-std=c++17", "--use_fast_math", "-o"]).arg(&own);
    nvcc.arg(workspace::root().join("kernels/nonbonded/nonbonded_gpu.cu"));
    progress::run("compiling kernels/nonbonded", &mut nvcc)?;
    let mut units = vec![Unit { name: "kernels/nonbonded".into(), kernels: listing::kernels(&own)? }];
    for ptx in gromacs_ptx()? {
        let stem = ptx.file_name().unwrap_or_default().to_string_lossy().replace(".ptx", "");
        let object = folder.join(format!("{stem}.cubin"));
        let mut ptxas = Command::new(toolkit.join("bin/ptxas"));
        ptxas.arg("-o").arg(&object).arg(&ptx);
        progress::run(&format!("compiling {stem}"), &mut ptxas)?;
        let name = stem.trim_start_matches("src.gromacs.").to_owned();
        units.push(Unit { name, kernels: listing::kernels(&object)? });
    }
    Ok(units)
}

/// The PTX of GROMACS's units that hold kernels.
fn gromacs_ptx() -> Result<Vec<PathBuf>> {
    let folder = workspace::target().join("gromacs/ptx");
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "ptx")
            && std::fs::read_to_string(&path)?.contains(".entry ")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn pairs(units: &[Unit]) -> String {
    let mut text = String::from(
        "## A cluster pair\n\n\
         8 x 8 atoms, two warps, one wavefront; the median copy of the unrolled loops. The mark is what GROMACS's own HIP kernel \
         needs when clang 22 compiles it with the same split into two halves: 60 instructions, 39 of them VALU, 3 DS, 3 VMEM, \
         60 VGPRs for the tabulated Ewald kernel that computes forces alone.\n\n\
         | kernel | instructions | VALU | SALU | DS | VMEM | waits | branches | VGPRs |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for kernel in units.iter().flat_map(|unit| &unit.kernels) {
        if let Some(count) = listing::median_pair(kernel).filter(|_| kernel.name.contains("nb")) {
            let figures = [
                count.all,
                count.valu,
                count.salu,
                count.ds,
                count.vmem,
                count.waits,
                count.branches,
                kernel.vgprs,
            ];
            let _ = writeln!(
                text,
                "| `{}` | {} |",
                kernel.name,
                figures.map(|figure| figure.to_string()).join(" | ")
            );
        }
    }
    text
}

fn beside_hip(units: &[Unit]) -> String {
    let mut text = String::from(
        "## Beside GROMACS's HIP kernels\n\n\
         Whole kernels, ours / HIP's: GROMACS 2022.5's CUDA kernels through this compiler, and the HIP kernels of GROMACS 2026.3 \
         through clang 22. The sources are four years apart, so a difference may be the source's. A figure above HIP's is bold.\n\n\
         | kernel | instructions | VALU | VGPRs | scratch bytes |\n|---|---|---|---|---|\n",
    );
    for mark in marks::MARKS {
        let found = units
            .iter()
            .filter(|unit| unit.name.contains(mark.unit))
            .flat_map(|unit| &unit.kernels)
            .find(|kernel| kernel.name == mark.kernel);
        let Some(kernel) = found else { continue };
        let count = listing::count(&kernel.instructions);
        let figure = |ours: usize, hip: usize| {
            if ours > hip { format!("**{ours}** / {hip}") } else { format!("{ours} / {hip}") }
        };
        let valu = mark.valu.map_or_else(|| count.valu.to_string(), |hip| figure(count.valu, hip));
        let _ = writeln!(
            text,
            "| `{}` ({}) | {} | {valu} | {} | {} |",
            kernel.name,
            mark.hip,
            figure(count.all, mark.instructions),
            figure(kernel.vgprs, mark.vgprs),
            figure(kernel.scratch, 0),
        );
    }
    text
}

fn rarities(units: &[Unit]) -> String {
    let mut text = String::from(
        "## What should not occur\n\n\
         By unit: kernels that use scratch, generic accesses (`flat_*`), compare-and-swap loops for atomics, `ds_bpermute`; and of \
         the accesses to device memory those with a scalar base, and the packed f32 instructions, which should.\n\n\
         | unit | kernels | with scratch | `flat_*` | `cmpswap` | `ds_bpermute` | most VGPRs | instructions | `global_*` | scalar base | packed |\n\
         |---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for unit in units {
        let all = || unit.kernels.iter().flat_map(|kernel| &kernel.instructions);
        let named =
            |parts: &[&str]| all().filter(|it| parts.iter().any(|part| it.mnemonic().contains(part))).count();
        let global = || all().filter(|it| it.mnemonic().starts_with("global_"));
        let figures = [
            unit.kernels.len(),
            unit.kernels.iter().filter(|kernel| kernel.scratch > 0).count(),
            all().filter(|it| it.mnemonic().starts_with("flat_")).count(),
            named(&["cmpswap"]),
            named(&["bpermute"]),
            unit.kernels.iter().map(|kernel| kernel.vgprs).max().unwrap_or(0),
            all().count(),
            global().count(),
            global().filter(|it| !it.0.contains(", off")).count(),
            named(&["v_pk_fma_f32", "v_pk_mul_f32", "v_pk_add_f32"]),
        ];
        let _ =
            writeln!(text, "| `{}` | {} |", unit.name, figures.map(|figure| figure.to_string()).join(" | "));
    }
    text
}
