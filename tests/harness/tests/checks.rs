//! `tests/checks/<check>/`: programs with a planted bug each, which the emulator's checks must find at its line; and the
//! programs of `tests/cuda`, in which they must find nothing.

use anyhow::{Result, ensure};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use wavefold_harness::{check_test, child, discover, programs, toolkit, watched, wave_test};

/// Programs whose subject is what the checks find, and why.
const NOT_CLEAN: [(&str, &str); 5] = [
    ("device_fault", "its kernels fault"),
    ("device_recursion", "its last kernel overflows the stack"),
    ("fault_line", "its kernel faults"),
    ("texture_mipmaps", "`init` takes a sample for undefined; why is not known yet"),
    ("texture_sampling", "as texture_mipmaps"),
];

fn main() -> ExitCode {
    if let Some(code) = child::serve(wave_test::run) {
        return code;
    }
    discover::main(trials())
}

fn trials() -> Result<Vec<libtest_mimic::Trial>> {
    let folder = toolkit::tests("checks");
    let mut trials = Vec::new();
    for path in discover::files(&folder, &["s", "cu"])? {
        if path.parent() == Some(&folder.join("watched")) {
            continue;
        }
        let name = discover::name(&folder, &path);
        trials.push(discover::trial(name, None, move || check_test::run(&path)));
    }
    for program in programs::list(&toolkit::tests("cuda"), "cu")? {
        let program = Arc::new(program);
        let skip = program.header.skip.clone();
        let excused = NOT_CLEAN.iter().any(|(name, _)| *name == program.name);
        if !excused && program.is_plain() {
            let name = format!("clean/{}", program.name);
            trials.push(discover::trial(name, skip, move || clean(&program)));
        }
    }
    trials.push(discover::trial("watched/timeline".into(), None, watched::timeline));
    trials.push(discover::trial("watched/watchdog".into(), None, watched::watchdog));
    trials.push(discover::trial("watched/deterministic".into(), None, watched::deterministic));
    Ok(trials)
}

/// Builds a program of `tests/cuda` with marks and runs it under all checks.
fn clean(program: &programs::Program) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let report = folder.path().join("report.json");
    let finished = program.run_checked(&report)?;
    let text = std::fs::read_to_string(&report).unwrap_or_default();
    ensure!(Path::new(&report).exists(), "no report: {}\n{}", finished.outcome(), finished.printed());
    let nothing: serde_json::Value = serde_json::from_str(&text)?;
    let count = nothing["findings"].as_array().map_or(0, Vec::len);
    ensure!(count == 0, "{count} findings in a program without a bug\n{}", finished.printed());
    Ok(())
}
