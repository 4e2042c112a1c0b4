//! Wavefold's wavefold-formats crate.
