//! What a compilation spends its time on, for `ptxas --time`: each phase's time, added up over all threads.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// A phase of a compilation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Text to module.
    Parse,
    /// The passes over the module, and the cut into parts.
    Analyse,
    /// Module to LLVM IR.
    Lower,
    /// LLVM's verifier.
    Verify,
    /// Reading and linking OCML and OCKL.
    LinkLibrary,
    /// LLVM's optimiser and our passes behind it.
    Optimise,
    /// LLVM's code generator.
    Emit,
    /// Merging the parts' metadata, and `ld.lld`.
    Link,
}

const NAMES: [&str; 8] = ["parse", "analyse", "lower", "verify", "library", "optimise", "emit", "link"];

/// The time spent in each phase, in microseconds.
#[derive(Debug, Default)]
pub struct Phases([AtomicU64; NAMES.len()]);

impl Phases {
    /// Does `work` and adds its time to a phase.
    pub fn time<T>(&self, phase: Phase, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.0[phase as usize].fetch_add(micros, Ordering::Relaxed);
        result
    }
}

impl fmt::Display for Phases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, micros)) in NAMES.iter().zip(&self.0).enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{name} {:.3} s", micros.load(Ordering::Relaxed) as f64 / 1e6)?;
        }
        Ok(())
    }
}
