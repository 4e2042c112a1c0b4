//! Wavefold's wavefold-hsa crate.
