//! The test harness: what the test binaries of `tests/harness/tests/` share.
//!
//! A test is a file. Its header (`//!` lines in TOML) says how to run it and what must come out; docs/testing.md
//! describes the formats. Nothing here links a crate of the product: the harness meets Wavefold only through its
//! command lines and C ABIs, so the same binaries also run against NVIDIA's driver or AMD's HSA runtime.
//!
//! - [`header`], [`values`]: reading a test file.
//! - [`compare`]: judging what came out.
//! - [`discover`], [`child`], [`process`]: one named test per file, each in its own process, with a time limit.
//! - [`ptx_test`] over [`cuda`], [`wave_test`] over [`hsa`]: the two formats with a header.
//! - [`diagnostics`], [`programs`]: wrong inputs, and whole programs that check themselves.
//! - [`random`], [`oracle`]: operands and host results for random sweeps.
//! - [`tidy`], [`rows`]: the house's rules, on files and on what has a test.

pub mod check_test;
pub mod child;
pub mod compare;
pub mod cuda;
pub mod cuda_textures;
pub mod diagnostics;
pub mod discover;
pub mod header;
pub mod hsa;
pub mod oracle;
pub mod process;
pub mod programs;
pub mod ptx_test;
pub mod random;
pub mod rows;
pub mod tidy;
pub mod toolkit;
pub mod values;
pub mod watched;
pub mod wave_test;
