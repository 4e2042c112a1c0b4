//! Wavefold's wavefold-emulator crate.
