//! Whole programs that check themselves: `.cu` files through our nvcc, `.hip` files through AMD's hipcc.

use crate::process::{self, Finished};
use crate::{header, toolkit};
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A build command ends within this time.
const BUILD_LIMIT: Duration = Duration::from_secs(180);

/// The header of a program; docs/testing.md describes the keys.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct Header {
    #[serde(default)]
    flags: Vec<String>,
    /// Further builds of the test, each with these flags too.
    #[serde(default)]
    pub also: Vec<Vec<String>>,
    build: Option<Vec<String>>,
    refused: Option<Vec<String>>,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    exit: i32,
    #[serde(default = "ok")]
    expect: String,
    #[serde(default)]
    stderr: Vec<String>,
    #[serde(default = "minute")]
    timeout: u64,
    /// Why the test cannot run yet.
    pub skip: Option<String>,
}

fn ok() -> String {
    "ok".into()
}

fn minute() -> u64 {
    60
}

/// A program to build and run.
pub struct Program {
    /// The file with the header.
    pub file: PathBuf,
    /// Its name, without the variant.
    pub name: String,
    /// Whether it is a folder with a `main.cu`.
    pub is_folder: bool,
    /// What the header says.
    pub header: Header,
}

/// Reads `<folder>/<name>.<extension>` and `<folder>/<name>/main.<extension>`, sorted by name.
pub fn list(folder: &Path, extension: &str) -> Result<Vec<Program>> {
    let mut out = Vec::new();
    if !folder.exists() {
        return Ok(out);
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let (file, is_folder) = match path.is_dir() {
            true => (path.join(format!("main.{extension}")), true),
            false => (path.clone(), false),
        };
        if !file.is_file() || file.extension().is_none_or(|e| e != extension) {
            continue;
        }
        let source = std::fs::read_to_string(&file)?;
        let header = header::parse(&source).with_context(|| file.display().to_string())?;
        let name = path.file_stem().unwrap_or_default().display().to_string();
        out.push(Program { file, name, is_folder, header });
    }
    out.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(out)
}

impl Program {
    /// Builds the program with nvcc and these flags, and runs it on the emulator (or `WAVEFOLD_DEVICE`).
    pub fn run_cuda(&self, variant: &[String]) -> Result<()> {
        let nvcc = toolkit::file("bin/nvcc")?;
        let temporary = tempfile::tempdir()?;
        let executable = temporary.path().join(&self.name);
        let default = if self.is_folder { "-O2 {dir}/main.cu -o {exe}" } else { "-O2 {file} -o {exe}" };
        let lines = self.header.build.clone().unwrap_or_else(|| vec![default.into()]);
        for (index, line) in lines.iter().enumerate() {
            let mut command = Command::new(&nvcc);
            command.current_dir(temporary.path());
            for word in line.split_whitespace() {
                command.arg(self.expand(word, temporary.path(), &executable));
            }
            command.args(&self.header.flags).args(variant);
            let finished = process::run(&mut command, BUILD_LIMIT)?;
            match &self.header.refused {
                Some(wanted) if index + 1 == lines.len() => {
                    return refused(&command, &finished, wanted, &executable);
                }
                _ => {
                    ensure!(finished.success(), "{command:?}: {}\n{}", finished.outcome(), finished.printed())
                }
            }
        }
        let mut command = Command::new(&executable);
        command.current_dir(temporary.path());
        if std::env::var_os("WAVEFOLD_DEVICE").is_none() {
            command.env("WAVEFOLD_DEVICE", "emulator");
        }
        self.run(&mut command)
    }

    /// Whether one nvcc command line builds it and nothing else is asked for.
    pub fn is_plain(&self) -> bool {
        !self.is_folder && self.header.build.is_none() && self.header.refused.is_none()
    }

    /// Builds a plain program with line tables and marks, and runs it under all of the emulator's checks.
    pub fn run_checked(&self, report: &Path) -> Result<Finished> {
        let temporary = tempfile::tempdir()?;
        let executable = temporary.path().join(&self.name);
        let mut compiler = Command::new(toolkit::file("bin/nvcc")?);
        compiler.args(["-O2", "-lineinfo", "-Xptxas", "--check-marks"]).args(&self.header.flags);
        compiler.arg(&self.file).arg("-o").arg(&executable);
        let finished = process::run(&mut compiler, BUILD_LIMIT)?;
        ensure!(finished.success(), "{compiler:?}: {}\n{}", finished.outcome(), finished.printed());
        let mut command = Command::new(toolkit::file("bin/wavefold")?);
        command.args(["run", "--check=memory,race,init,wait,sync", "--check-report"]).arg(report).arg("--");
        command.arg(&executable).args(&self.header.args).envs(&self.header.env);
        process::run(&mut command, Duration::from_secs(4 * self.header.timeout))
    }

    /// Builds the program with hipcc for gfx90a and runs it over AMD's HIP runtime on the toolkit's emulator.
    pub fn run_hip(&self) -> Result<()> {
        let library = toolkit::libhsa()?;
        let temporary = tempfile::tempdir()?;
        let executable = temporary.path().join(&self.name);
        let mut compiler = Command::new(std::env::var_os("HIPCC").unwrap_or_else(|| "hipcc".into()));
        compiler.args(["-x", "hip", "--offload-arch=gfx90a", "-O2", "-o"]).arg(&executable).arg(&self.file);
        compiler.args(&self.header.flags);
        let finished = process::run(&mut compiler, BUILD_LIMIT)?;
        ensure!(finished.success(), "{compiler:?}: {}\n{}", finished.outcome(), finished.printed());
        let folder = library.parent().context("the HSA library has no folder")?;
        self.run(Command::new(&executable).env("LD_LIBRARY_PATH", folder))
    }

    fn run(&self, command: &mut Command) -> Result<()> {
        let header = &self.header;
        command.args(&header.args).envs(&header.env);
        let finished = process::run(command, Duration::from_secs(header.timeout))?;
        let report = || format!("{command:?}: {}\n{}", finished.outcome(), finished.printed());
        let code = finished.status.and_then(|status| status.code());
        ensure!(code == Some(header.exit), "exit code {} expected\n{}", header.exit, report());
        let last = finished.stdout.lines().last().unwrap_or("");
        ensure!(last == header.expect, "last line `{}` expected\n{}", header.expect, report());
        for text in &header.stderr {
            ensure!(finished.stderr.contains(text), "`{text}` expected on stderr\n{}", report());
        }
        Ok(())
    }

    fn expand(&self, word: &str, out: &Path, executable: &Path) -> String {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        word.replace("{dir}", &folder.display().to_string())
            .replace("{file}", &self.file.display().to_string())
            .replace("{out}", &out.display().to_string())
            .replace("{exe}", &executable.display().to_string())
    }
}

/// The build must fail as a wrong input does, say all of `wanted`, and leave nothing.
fn refused(command: &Command, finished: &Finished, wanted: &[String], executable: &Path) -> Result<()> {
    let report = || format!("{command:?}: {}\n{}", finished.outcome(), finished.printed());
    let code = finished.status.and_then(|status| status.code());
    ensure!(code == Some(1), "exit code 1 expected of a refused build\n{}", report());
    for text in wanted {
        ensure!(finished.stderr.contains(text), "`{text}` expected on stderr\n{}", report());
    }
    if executable.exists() {
        bail!("the refused build left an executable\n{}", report());
    }
    Ok(())
}
