//! How a failed command ends: what failed, why, and the exit status.

use std::process::ExitCode;

/// A child that ended with a status of its own; the command ends with the same.
#[derive(Debug)]
pub struct ChildFailed {
    /// What was run, as the user would name it.
    pub what: String,
    /// The child's exit status, 1 where a signal ended it.
    pub code: u8,
}

impl std::fmt::Display for ChildFailed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} failed with status {}", self.what, self.code)
    }
}

impl std::error::Error for ChildFailed {}

/// Prints the chain of causes and gives the exit status that belongs to it.
pub fn failure(error: &anyhow::Error) -> ExitCode {
    eprintln!("xtask: error: {error:#}");
    match error.downcast_ref::<ChildFailed>() {
        Some(child) => ExitCode::from(child.code),
        None => ExitCode::FAILURE,
    }
}
