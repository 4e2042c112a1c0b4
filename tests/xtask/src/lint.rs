//! `cargo xtask lint`: the sources are formatted, clippy and rustdoc have nothing to say.

use crate::{packages, progress, workspace};
use anyhow::Result;

/// Checks the whole workspace.
///
/// # Errors
/// When a tool has something to say; its words are printed.
pub fn run() -> Result<()> {
    packages::ensure(packages::TOOLKIT)?;
    let mut format = workspace::cargo();
    format.args(["fmt", "--all", "--check"]);
    progress::run("rustfmt", &mut format)?;

    let mut clippy = workspace::cargo();
    clippy.args(["clippy", "--release", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    progress::run("clippy", &mut clippy)?;

    let mut rustdoc = workspace::cargo();
    rustdoc.args(["doc", "--release", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
    progress::run("rustdoc", &mut rustdoc)
}
