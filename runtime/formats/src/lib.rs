//! The file formats that Wavefold's compiler and runtime share, and nothing else.
//!
//! - [`note`]: what the compiler writes into a code object beside LLVM's own metadata;
//! - [`fat_binary`]: NVIDIA's container for the images of one module, with our own kind of entry;
//! - [`texture`]: the descriptor of a texture or surface in device memory;
//! - [`code_object`]: reads a gfx90a ELF: kernels, registers, LDS, scratch, and our note;
//! - [`host_object`]: what the host's half of a program says of its managed variables.
//!
//! Every reader takes bytes that may be hostile: it returns an error and never panics, never reads outside its
//! input, and allocates no more than the input can justify.

pub mod code_object;
pub mod fat_binary;
pub mod host_object;
pub mod note;
pub mod texture;

pub use code_object::CodeObject;
pub use fat_binary::{EntryKind, FatBinary, FatBinaryBuilder};
pub use note::{KernelNote, ModuleNote, ParameterNote, VariableNote, VariableSpace, WarpMapping};
