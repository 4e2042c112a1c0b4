//! `cargo xtask bench compile`: clang's time from CUDA to PTX beside ours from PTX to a code object (writes
//! `docs/compile-time.md`).
//!
//! Takes GROMACS's largest modules, the nonbonded kernels. Each compiler runs on two cores, one after the other and several
//! times; the median counts. Processor time stands beside the wall's, because it says more on a machine that is busy.

use super::{made_at, tree, unit};
use crate::{install, packages, progress, toolkit, workspace};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// The units that are measured.
const UNITS: [&str; 4] = ["F_noprune", "F_prune", "VF_noprune", "VF_prune"];
/// How often each is compiled.
const RUNS: usize = 3;
/// Clock ticks a second in `/proc/self/stat`, on every Linux of x86-64.
const TICKS: f64 = 100.0;

/// Seconds of one compilation.
#[derive(Clone, Copy)]
struct Seconds {
    wall: f64,
    processor: f64,
}

/// Measures and writes the report.
///
/// # Errors
/// When something cannot be built or a unit does not compile.
pub fn run() -> Result<()> {
    packages::ensure(packages::TEST)?;
    // A toolkit that is named is measured as it is.
    let toolkit = match std::env::var_os("WAVEFOLD_TOOLKIT") {
        Some(named) => PathBuf::from(named),
        None => toolkit::build()?,
    };
    let folder = install::folder(&workspace::target().join("gromacs"))?;
    let tree = tree::prepare(&folder, super::VERSION)?;
    let output = install::folder(&folder.join("compile-time"))?;
    let mut text = format!(
        "# Compile time\n\nMade by `cargo xtask bench compile` {}, on two cores; load average before: {}. GROMACS {}'s nonbonded \
         modules, median of {RUNS} runs in seconds: wall clock, and in brackets processor time. The mark is that a code object takes \
         no longer than clang-22 took to make the PTX.\n\n\
         | module | kernels | PTX, MB | clang-22: CUDA to PTX | ptxas: PTX to code object |\n|---|---|---|---|---|\n",
        made_at(),
        load_average(),
        super::VERSION
    );
    let mut phases = String::new();
    for name in UNITS {
        let source = PathBuf::from(format!("src/gromacs/nbnxm/cuda/nbnxm_cuda_kernel_{name}.cu"));
        let ptx = output.join(format!("{name}.ptx"));
        progress::note(&format!("compiling {name} {RUNS} times"));
        let (clang, _) = measure(|| on_two_cores(&unit::to_ptx(&toolkit, &tree, &source, &ptx)))?;
        let mut ptxas = Command::new(toolkit.join("bin/ptxas"));
        ptxas
            .args(["--split-compile", "2", "--time", "-o"])
            .arg(output.join(format!("{name}.hsaco")))
            .arg(&ptx);
        let (ours, said) = measure(|| on_two_cores(&ptxas))?;
        let made = fs::read_to_string(&ptx)?;
        text += &format!(
            "| `{name}` | {} | {:.1} | {} | {} |\n",
            made.lines().filter(|line| line.contains(".entry ")).count(),
            made.len() as f64 / 1e6,
            show(clang),
            show(ours)
        );
        phases += &format!("- `{name}`: {}\n", said.trim().trim_start_matches("ptxas time: "));
    }
    text += &format!(
        "\nWhat `ptxas` spent its time on (`--time`, wall clock added up over both threads):\n\n{phases}"
    );
    let path = workspace::root().join("docs/compile-time.md");
    install::text(&text, &path)?;
    println!("{}", path.display());
    Ok(())
}

/// The same command, held to two cores.
fn on_two_cores(command: &Command) -> Command {
    let mut held = Command::new("taskset");
    held.args(["-c", "0,1"]).arg(command.get_program()).args(command.get_args());
    held
}

/// The median of several runs, and what the last one said.
fn measure(make: impl Fn() -> Command) -> Result<(Seconds, String)> {
    let mut runs = Vec::new();
    let mut said = String::new();
    for _ in 0..RUNS {
        let mut command = make();
        let (start, before) = (Instant::now(), processor_seconds()?);
        let output = command.output().with_context(|| format!("cannot start {:?}", command.get_program()))?;
        let wall = start.elapsed().as_secs_f64();
        said = String::from_utf8_lossy(&output.stderr).into_owned();
        if !output.status.success() {
            bail!("{command:?}: {}\n{said}", output.status);
        }
        runs.push(Seconds { wall, processor: processor_seconds()? - before });
    }
    let median = |key: fn(&Seconds) -> f64| {
        let mut values: Vec<f64> = runs.iter().map(key).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Ok((Seconds { wall: median(|run| run.wall), processor: median(|run| run.processor) }, said))
}

/// Processor time of all children that have ended: `cutime` and `cstime`.
fn processor_seconds() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let behind_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<f64> = behind_name.split_whitespace().skip(13).take(2).flat_map(str::parse).collect();
    Ok(fields.iter().sum::<f64>() / TICKS)
}

fn load_average() -> String {
    let text = fs::read_to_string(Path::new("/proc/loadavg")).unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

fn show(seconds: Seconds) -> String {
    format!("{:.2} ({:.2})", seconds.wall, seconds.processor)
}
