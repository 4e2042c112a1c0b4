//! PTX text to a typed, resolved, checked module. No LLVM, no GPU, no file system.
//!
//! [`parse`] is the door: it lexes, parses and resolves in one pass over the text (`parse/`), matching each distinct
//! opcode once against the rows of the instruction set (`isa/`), then checks the structure (`validate`). What comes
//! out is a [`module::Module`], or every complaint with its place (`diagnostic`). `print` writes a module as PTX, `link`
//! makes one of several.

mod access;
pub mod diagnostic;
pub mod isa;
mod lexer;
pub mod link;
pub mod module;
pub mod names;
mod parse;
pub mod print;
pub mod span;
mod validate;

pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use module::Module;
pub use span::Span;

/// Parses a whole PTX module. `file_name` is what the diagnostics call it.
///
/// # Errors
/// Every complaint about the text, in order of position. A module with one wrong kernel is an error.
pub fn parse(source: &str, file_name: &str) -> Result<Module, Diagnostics> {
    if source.len() >= u32::MAX as usize {
        return Err(refused(file_name, "a module of 4 GiB or more is not supported".to_owned()));
    }
    parse::parse(source, file_name)
}

/// The same for bytes that may not be text, as read from a file. A NUL at the end, as run-time loaders give it, is
/// left out.
///
/// # Errors
/// As [`parse`]; and if the bytes are not text.
pub fn parse_bytes(bytes: &[u8], file_name: &str) -> Result<Module, Diagnostics> {
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(source) => parse(source, file_name),
        Err(error) => {
            let at = error.valid_up_to();
            let line = bytes[..at].iter().filter(|&&byte| byte == b'\n').count() + 1;
            let message =
                format!("this is not PTX: byte 0x{:02x} at offset {at} (line {line}) is not text", bytes[at]);
            Err(refused(file_name, message))
        }
    }
}

/// A complaint about the whole file.
fn refused(file_name: &str, message: String) -> Diagnostics {
    Diagnostics { file_name: file_name.to_owned(), list: vec![Diagnostic::error(Span::default(), message)] }
}
