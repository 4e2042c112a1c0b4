//! What the emulator's tests share.
#![allow(dead_code)]

pub mod llvm;
