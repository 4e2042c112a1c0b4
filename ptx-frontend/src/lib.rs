//! Wavefold's ptx-frontend crate.
