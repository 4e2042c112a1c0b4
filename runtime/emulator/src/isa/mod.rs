//! The gfx90a instruction set as data: what the bits are called, never what they do.
//!
//! `encodings.txt` holds one line per (format, opcode), made from LLVM's disassembler by `tests/encodings.rs`;
//! `table` reads it, `decode` finds the line for given bits, `operand` knows the operand codes, and `disassemble`
//! prints what was found as LLVM prints it.

pub mod decode;
pub mod disassemble;
pub mod operand;
pub mod table;

pub use decode::{Decoded, decode};
pub use disassemble::disassemble;
pub use table::{Encoding, Field, Format, Operand};
