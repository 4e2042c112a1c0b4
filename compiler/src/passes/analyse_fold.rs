//! Decides which functions may run two warps in one wavefront.
//!
//! Stub until the lattice is in.

use super::trace_calls::Calls;
use ptx_frontend::Diagnostic;
use ptx_frontend::module::Module;

/// For each function, why it must be split; `None` if folding is proved right.
pub fn run(module: &Module, _calls: &Calls) -> Vec<Option<Diagnostic>> {
    vec![None; module.functions.len()]
}
