//! Wavefold's wavefold-driver crate.
