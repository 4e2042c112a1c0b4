//! Wavefold's wavefold-core crate.
