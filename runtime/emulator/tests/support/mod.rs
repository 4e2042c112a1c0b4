//! What the emulator's tests share.
#![allow(dead_code)]

pub mod kernel;
pub mod llvm;
pub mod random;
