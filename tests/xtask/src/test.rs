//! `cargo xtask test`: every test of the workspace against a freshly built toolkit.

use crate::{lint, packages, progress, toolkit, workspace};
use anyhow::Result;

/// Runs all tests, or those whose name contains `filter`.
///
/// # Errors
/// When something cannot be built, the sources are not clean, or a test fails.
pub fn run(filter: Option<&str>) -> Result<()> {
    packages::ensure(packages::TEST)?;
    if filter.is_none() {
        lint::run()?;
    }
    let toolkit = toolkit::build()?;
    let mut cargo = workspace::cargo();
    cargo.args(["test", "--release", "--workspace", "--no-fail-fast"]).args(filter);
    cargo.env("WAVEFOLD_TOOLKIT", &toolkit);
    progress::show("cargo test", &mut cargo)
}
