//! Each test in a process of its own.
//!
//! A test that drives a C ABI can crash or hang in the library under test; in its own process it fails alone. The test
//! binary starts itself again with an environment variable naming the file, and that process runs just this test.

use crate::process;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

/// The environment variable that names the file.
pub const VARIABLE: &str = "WAVEFOLD_TEST_CHILD";

/// In a child process: runs `test` on the file it was started for and says how it went. In the parent: nothing.
pub fn serve(test: impl Fn(&Path) -> Result<()>) -> Option<ExitCode> {
    let path = PathBuf::from(std::env::var_os(VARIABLE)?);
    Some(match test(&path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    })
}

/// Runs the test for `path` in a child process with these environment variables besides the inherited ones.
pub fn run(path: &Path, variables: &[(String, String)], limit: Duration) -> Result<()> {
    let program = std::env::current_exe().context("the path of this test binary")?;
    let mut command = Command::new(program);
    command.env(VARIABLE, path).envs(variables.iter().cloned());
    let finished = process::run(&mut command, limit)?;
    if !finished.success() {
        bail!("{}\n{}", finished.outcome(), finished.printed());
    }
    Ok(())
}
