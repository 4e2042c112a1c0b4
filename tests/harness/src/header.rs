//! The header of a test file: its leading `//!` lines, read as one TOML document.
//!
//! The lines must be the first of the file; the first line without the mark ends the header. A line that is prose is
//! written as a TOML comment (`//! # why this test exists`).

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;

/// Returns the TOML text of the header, one line of the file a line, so that TOML's line numbers are the file's.
pub fn text(source: &str) -> String {
    let mut out = String::new();
    for line in source.lines() {
        match line.strip_prefix("//!") {
            Some(rest) => {
                out.push_str(rest.strip_prefix(' ').unwrap_or(rest));
                out.push('\n');
            }
            None => break,
        }
    }
    out
}

/// Reads the header of `source` as a `T`. An unknown key is an error, if `T` denies unknown fields.
pub fn parse<T: DeserializeOwned>(source: &str) -> Result<T> {
    toml::from_str(&text(source))
        .context("the header (the leading `//!` lines) is not what this kind of test takes")
}
