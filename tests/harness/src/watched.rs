//! What else the emulator tells of a run: the timeline, the watchdog's report, and that a deterministic run repeats.

use crate::process::{self, Finished};
use crate::toolkit;
use anyhow::{Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(120);

/// Builds `tests/checks/watched/<name>.cu`.
fn build(name: &str, folder: &Path) -> Result<PathBuf> {
    let program = folder.join(name);
    let mut command = Command::new(toolkit::file("bin/nvcc")?);
    let source = toolkit::tests("checks").join("watched").join(name).with_extension("cu");
    command.arg("-O2").arg(source).arg("-o").arg(&program);
    let finished = process::run(&mut command, LIMIT)?;
    ensure!(finished.success(), "{command:?}: {}\n{}", finished.outcome(), finished.printed());
    Ok(program)
}

fn run(options: &[&str], program: &Path) -> Result<Finished> {
    let mut command = Command::new(toolkit::file("bin/wavefold")?);
    process::run(command.arg("run").args(options).arg("--").arg(program), LIMIT)
}

/// A kernel, copies and API calls are in the timeline, each on a named track.
pub fn timeline() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let program = build("one_kernel", folder.path())?;
    let file = folder.path().join("trace.json");
    let finished = run(&["--trace", &file.display().to_string()], &program)?;
    ensure!(finished.success(), "{}\n{}", finished.outcome(), finished.printed());
    let trace: serde_json::Value = serde_json::from_slice(&std::fs::read(&file)?)?;
    let events = trace["traceEvents"].as_array().cloned().unwrap_or_default();
    let of = |category: &str| events.iter().filter(|event| event["cat"] == category).collect::<Vec<_>>();
    let kernels: Vec<_> = of("kernel").into_iter().filter(|event| event["name"] == "_Z5scalePi").collect();
    ensure!(kernels.len() == 3, "three launches expected, found {kernels:?}");
    ensure!(kernels[0]["args"]["grid"][0] == 256, "{:?}", kernels[0]);
    ensure!(!of("api").is_empty() && !of("copy").is_empty(), "API calls and copies expected");
    let ends = |event: &serde_json::Value| {
        event["ts"].as_f64().zip(event["dur"].as_f64()).map(|(at, long)| at + long)
    };
    for pair in kernels.windows(2) {
        ensure!(pair[1]["ts"].as_f64() >= ends(pair[0]), "launches of one stream overlap: {pair:?}");
    }
    let named: Vec<_> =
        events.iter().filter(|event| event["name"] == "thread_name").map(|event| &event["tid"]).collect();
    ensure!(kernels.iter().all(|event| named.contains(&&event["tid"])), "a track without a name");
    Ok(())
}

/// A kernel that waits for what never comes is stopped, with CUDA's own error and a report of who waits where.
pub fn watchdog() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let program = build("waits_for_ever", folder.path())?;
    let finished = run(&["--emulator", "watchdog=1"], &program)?;
    ensure!(finished.stdout.trim() == "cudaErrorLaunchTimeout", "{}", finished.printed());
    for words in ["no wavefront has ended", "work-group (1, 0, 0), wavefront 0", "_Z4waitPVi+0x"] {
        ensure!(finished.stderr.contains(words), "`{words}` expected\n{}", finished.printed());
    }
    Ok(())
}

/// The order of atomics and the clock are the same each time.
pub fn deterministic() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let program = build("order_of_arrival", folder.path())?;
    let runs = [0, 1, 2].map(|_| run(&["--emulator", "order=deterministic,threads=4"], &program));
    let mut outputs = Vec::new();
    for finished in runs {
        let finished = finished?;
        ensure!(finished.success() && !finished.stdout.is_empty(), "{}", finished.printed());
        outputs.push(finished.stdout);
    }
    ensure!(outputs.iter().all(|output| *output == outputs[0]), "runs differ: {outputs:?}");
    Ok(())
}
