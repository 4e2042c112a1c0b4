//! Wavefold's wavefold-cudart crate.
