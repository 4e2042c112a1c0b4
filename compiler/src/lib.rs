//! Wavefold's wavefold-compiler crate.
