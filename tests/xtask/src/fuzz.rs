//! `cargo xtask fuzz [TARGET]`: the fuzzers of tests/fuzz, built by cargo fuzz with the nightly compiler.
//!
//! What an input taught is kept under target/fuzz/corpus, so that a run goes on where the last one ended; what fails is
//! kept under target/fuzz/artifacts and makes the command fail.

use crate::{packages, progress, workspace};
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A fuzzer: its name, the longest input in bytes, the seconds after which an input counts as a hang, and how its
/// corpus starts.
struct Target {
    name: &'static str,
    longest: u32,
    hang: u32,
    seeds: Seeds,
}

/// What a corpus starts from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seeds {
    /// Nothing: the fuzzer finds its way.
    None,
    /// The repository's PTX.
    Ptx,
    /// Bytes of all lengths, which the target takes for choices.
    Choices,
    /// A code object of the toolkit's `ptxas`.
    CodeObject,
}

/// Every fuzzer; each is also a `[[bin]]` of tests/fuzz/Cargo.toml.
const TARGETS: &[Target] = &[
    Target { name: "parse_bytes", longest: 4096, hang: 10, seeds: Seeds::Ptx },
    Target { name: "parse_tokens", longest: 512, hang: 60, seeds: Seeds::Choices },
    Target { name: "lower", longest: 1024, hang: 120, seeds: Seeds::Choices },
    Target { name: "load_object", longest: 65536, hang: 10, seeds: Seeds::CodeObject },
    Target { name: "decode", longest: 256, hang: 10, seeds: Seeds::None },
];

/// How long to run.
#[derive(Clone, Copy)]
pub enum Length {
    /// So many inputs.
    Runs(u64),
    /// So many minutes.
    Minutes(u64),
}

/// Runs one fuzzer, or all one after the other.
///
/// # Errors
/// When cargo fuzz or the nightly compiler is missing, something does not build, or an input fails.
pub fn run(name: Option<&str>, length: Length) -> Result<()> {
    packages::ensure(packages::TOOLKIT)?;
    let chosen: Vec<&Target> = TARGETS
        .iter()
        .filter(|target| name.is_none_or(|name| name == target.name) && exists(target))
        .collect();
    if chosen.is_empty() {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        bail!("there is no such fuzzer: they are {}", names.join(", "));
    }
    let home = workspace::target().join("fuzz");
    build(&home)?;
    let mut failed = Vec::new();
    for target in chosen {
        if fuzz(&home, target, length).is_err() {
            failed.push(target.name);
        }
    }
    if !failed.is_empty() {
        bail!("found something: {} (see {})", failed.join(", "), home.join("artifacts").display());
    }
    Ok(())
}

fn exists(target: &Target) -> bool {
    workspace::root().join(format!("tests/fuzz/targets/{}.rs", target.name)).is_file()
}

fn build(home: &Path) -> Result<()> {
    let mut rustup = Command::new("rustup");
    // The cargo that runs this command names its own toolchain; cargo fuzz needs the nightly one.
    for variable in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN"] {
        rustup.env_remove(variable);
    }
    rustup.current_dir(workspace::root()).args(["run", "nightly", "cargo", "fuzz", "build"]);
    rustup.args(["--fuzz-dir", "tests/fuzz", "--sanitizer", "none", "--target-dir"]).arg(home.join("build"));
    progress::run("cargo fuzz build (needs `cargo install cargo-fuzz` and a nightly toolchain)", &mut rustup)
}

fn fuzz(home: &Path, target: &Target, length: Length) -> Result<()> {
    let (corpus, artifacts) =
        (home.join("corpus").join(target.name), home.join("artifacts").join(target.name));
    std::fs::create_dir_all(&corpus)?;
    std::fs::create_dir_all(&artifacts)?;
    seed(target, &corpus)?;
    let mut fuzzer = Command::new(home.join("build/x86_64-unknown-linux-gnu/release").join(target.name));
    fuzzer.arg(&corpus).arg(format!("-artifact_prefix={}/", artifacts.display()));
    fuzzer.arg(match length {
        Length::Runs(runs) => format!("-runs={runs}"),
        Length::Minutes(minutes) => format!("-max_total_time={}", 60 * minutes),
    });
    fuzzer.arg(format!("-max_len={}", target.longest)).arg(format!("-timeout={}", target.hang));
    fuzzer.args(["-rss_limit_mb=4096", "-print_final_stats=1", "-report_slow_units=60"]);
    if target.seeds == Seeds::Choices {
        fuzzer.arg("-len_control=0");
    }
    progress::show(target.name, &mut fuzzer)
}

/// Puts the first inputs into an empty corpus.
fn seed(target: &Target, corpus: &Path) -> Result<()> {
    if std::fs::read_dir(corpus)?.next().is_some() {
        return Ok(());
    }
    match target.seeds {
        Seeds::None => {}
        Seeds::Ptx => {
            for folder in ["ptx-frontend/tests/modules", "tests/diagnostics/ptx", "tests/ptx/control"] {
                for file in files(&workspace::root().join(folder))? {
                    let name = file.file_name().unwrap_or_default().to_os_string();
                    std::fs::copy(&file, corpus.join(name))?;
                }
            }
        }
        Seeds::Choices => {
            // A multiplicative generator: any bytes do.
            let mut state = 0x9e37_79b9_7f4a_7c15u64;
            for (number, length) in [16, 40, 80, 160, 320, 480].iter().cycle().take(120).enumerate() {
                let bytes: Vec<u8> = (0..*length)
                    .map(|_| {
                        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                        (state >> 56) as u8
                    })
                    .collect();
                std::fs::write(corpus.join(format!("seed{number}")), bytes)?;
            }
        }
        Seeds::CodeObject => {
            let ptxas = workspace::toolkit().join("bin/ptxas");
            let source = workspace::root().join("tests/ptx/warp/ballot.ptx");
            let mut compile = Command::new(ptxas);
            compile.arg("-o").arg(corpus.join("ballot.o")).arg(source);
            progress::run("a code object to start from (needs the toolkit)", &mut compile)?;
        }
    }
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path());
    Ok(entries.filter(|path| path.extension().is_some_and(|extension| extension == "ptx")).collect())
}
