//! What a code object says besides its code: our note, and the resources that LLVM counted.

pub mod merge_metadata;
pub mod note;
pub mod usage;
