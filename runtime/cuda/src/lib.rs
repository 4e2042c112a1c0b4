//! Wavefold's wavefold-cuda crate.
