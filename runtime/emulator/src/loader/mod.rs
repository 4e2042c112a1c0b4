//! Code objects: `elf` reads one, `metadata` reads its note, `load` places and relocates it in device memory,
//! `lines` knows the source lines of its instructions, and `registry` keeps executables, their symbols, and which address belongs to whom.
//!
//! Accepted are gfx90a code objects of versions 3 to 6. Everything in a code object is taken for hostile: a wrong
//! one is a status, whatever its bytes are.

pub mod elf;
pub mod lines;
pub mod load;
pub mod metadata;
pub mod registry;
