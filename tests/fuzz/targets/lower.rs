//! The compiler on valid modules made from the rows that are lowered: to LLVM IR, some of them to a code object.
//!
//! A refusal with its place is an answer; a panic, invalid LLVM IR or a failure of LLVM is a find.
#![no_main]

use wavefold_compiler::{CompileError, Emit, MappingChoice, Options, compile};

/// One input of so many goes all the way to a code object.
const SAMPLE: u32 = 32;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let source = wavefold_fuzz::kernels::module(data);
    let sum =
        data.iter().fold(data.len() as u32, |sum, &byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let whole = sum % SAMPLE == 0;
    let options = Options {
        optimisation: if sum / SAMPLE % 4 == 0 { 0 } else { 3 },
        mapping: [MappingChoice::Auto, MappingChoice::Fold, MappingChoice::Split][sum as usize % 3],
        emit: if whole { Emit::Object } else { Emit::LlvmIr },
        ..Options::default()
    };
    match compile(source.as_bytes(), "input.ptx", &options) {
        Ok(_) => {}
        Err(CompileError::Rejected(text)) => {
            assert!(text.starts_with("input.ptx:"), "{text}");
            // The module is valid: only what cannot be compiled for the GPU may be refused.
            let valid = ptx_frontend::parse(&source, "input.ptx").is_ok();
            assert!(valid, "the front end refuses a valid module:\n{text}\n{source}");
        }
        Err(CompileError::Codegen(error)) => panic!("{error}\n{source}"),
    }
});
