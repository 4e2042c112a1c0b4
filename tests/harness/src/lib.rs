//! Wavefold's wavefold-harness crate.
