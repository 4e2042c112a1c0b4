//! One translation unit: CUDA to PTX to a code object, with the time of each step.

use super::tree::Tree;
use crate::install;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Instant, SystemTime};

/// What became of a unit.
pub struct UnitResult {
    /// Its path in the source tree.
    pub name: String,
    /// `.entry` directives of its PTX.
    pub entries: usize,
    /// The kernels of the code object.
    pub kernels: Vec<Kernel>,
    /// Seconds from CUDA to PTX.
    pub ptx_seconds: f64,
    /// Seconds from PTX to the code object.
    pub code_seconds: f64,
    /// The first lines of what went wrong.
    pub failure: Option<String>,
}

/// What `ptxas -v` says of one kernel.
pub struct Kernel {
    /// Vector registers of a lane, accumulation registers included.
    pub vgprs: u32,
    /// Scalar registers of a wavefront.
    pub sgprs: u32,
    /// Bytes of scratch a lane.
    pub scratch: u32,
    /// Whether two warps share a wavefront.
    pub folded: bool,
}

impl UnitResult {
    /// Whether it compiled and no kernel is missing.
    pub fn succeeded(&self) -> bool {
        self.failure.is_none()
    }
}

/// Compiles one unit, or reads the result of an earlier run of the same toolkit.
///
/// # Errors
/// When a tool cannot be started; a unit that fails to compile is a result.
pub fn compile(toolkit: &Path, tree: &Tree, unit: &Path, output: &Path) -> Result<UnitResult> {
    let stem = unit.to_string_lossy().replace('/', ".");
    let ptx = output.join(format!("{stem}.ptx"));
    let log = output.join(format!("{stem}.log"));
    let name = unit.display().to_string();
    let nvcc = toolkit.join("bin/nvcc");
    let ptxas = toolkit.join("bin/ptxas");
    if is_newer(&log, &[&nvcc, &ptxas, &toolkit.join("include/cuda_runtime.h")])
        && let Some(result) = parse(&name, &fs::read_to_string(&ptx)?, &fs::read_to_string(&log)?)
    {
        return Ok(result);
    }

    let mut command = to_ptx(toolkit, tree, unit, &ptx);
    let (made, ptx_seconds) = timed(&mut command)?;
    if !made.status.success() {
        return Ok(failed(name, ptx_seconds, 0.0, &made));
    }
    let mut command = Command::new(&ptxas);
    command.args(["-v", "-o"]).arg(output.join(format!("{stem}.hsaco"))).arg(&ptx);
    let (made, code_seconds) = timed(&mut command)?;
    if !made.status.success() {
        return Ok(failed(name, ptx_seconds, code_seconds, &made));
    }
    let text = format!("seconds {ptx_seconds} {code_seconds}\n{}", String::from_utf8_lossy(&made.stderr));
    install::text(&text, &log)?;
    parse(&name, &fs::read_to_string(&ptx)?, &text).context("ptxas -v cannot be understood")
}

/// The command that compiles a unit to PTX.
pub fn to_ptx(toolkit: &Path, tree: &Tree, unit: &Path, ptx: &Path) -> Command {
    let mut command = Command::new(toolkit.join("bin/nvcc"));
    command
        .args([
            "-ptx",
            "-x",
            "cu",
            "-O3",
            "-std=c++17",
            "-use_fast_math",
            "-DNDEBUG",
            "-DHAVE_CONFIG_H",
            "-w",
            "-o",
        ])
        .arg(ptx);
    for folder in tree.include_folders() {
        command.arg("-I").arg(folder);
    }
    command.arg(tree.path(unit));
    command
}

fn timed(command: &mut Command) -> Result<(Output, f64)> {
    let started = Instant::now();
    let output = command.output().with_context(|| format!("cannot start {:?}", command.get_program()))?;
    Ok((output, started.elapsed().as_secs_f64()))
}

fn failed(name: String, ptx_seconds: f64, code_seconds: f64, output: &Output) -> UnitResult {
    let text = String::from_utf8_lossy(&output.stderr);
    let failure = text.lines().take(3).collect::<Vec<_>>().join("\n");
    UnitResult { name, entries: 0, kernels: Vec::new(), ptx_seconds, code_seconds, failure: Some(failure) }
}

fn is_newer(file: &Path, than: &[&Path]) -> bool {
    let time =
        |path: &Path| fs::metadata(path).and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    than.iter().all(|other| time(other) < time(file))
}

fn parse(name: &str, ptx: &str, log: &str) -> Option<UnitResult> {
    let mut lines = log.lines();
    let mut seconds = lines.next()?.strip_prefix("seconds ")?.split(' ');
    let ptx_seconds = seconds.next()?.parse().ok()?;
    let code_seconds = seconds.next()?.parse().ok()?;
    let kernels: Vec<Kernel> =
        lines.filter(|line| line.starts_with("ptxas info")).map(kernel).collect::<Option<_>>()?;
    let entries = ptx.lines().filter(|line| line.contains(".entry ")).count();
    let missing = (entries != kernels.len()).then(|| format!("{entries} entries, {} kernels", kernels.len()));
    Some(UnitResult { name: name.to_owned(), entries, kernels, ptx_seconds, code_seconds, failure: missing })
}

fn kernel(line: &str) -> Option<Kernel> {
    let before = |unit: &str| line.split(unit).next()?.split([' ', '(']).next_back()?.parse().ok();
    Some(Kernel {
        vgprs: before(" VGPRs")?,
        sgprs: before(" SGPRs")?,
        scratch: before(" bytes scratch")?,
        folded: line.contains("; fold"),
    })
}
