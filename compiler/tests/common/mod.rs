//! What the tests of the compiler share: the inputs, and compiling them.

use wavefold_compiler::{CompileError, Emit, MappingChoice, Options, compile};

#[allow(dead_code, reason = "not every test file reads inputs")]
/// The text of `tests/inputs/<name>.ptx`.
pub fn input(name: &str) -> String {
    let path = format!("{}/tests/inputs/{name}.ptx", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Compiles PTX text to the given kind of output.
pub fn build(ptx: &str, emit: Emit) -> Vec<u8> {
    let options = Options { emit, ..Options::default() };
    compile(ptx.as_bytes(), "test.ptx", &options).unwrap_or_else(|error| panic!("{error}")).bytes
}

/// Compiles PTX text to text.
#[allow(dead_code, reason = "not every test file looks at text")]
pub fn text(ptx: &str, emit: Emit) -> String {
    String::from_utf8(build(ptx, emit)).expect("text")
}

/// The complaint about PTX text that does not compile.
#[allow(dead_code, reason = "not every test file provokes complaints")]
pub fn complaint(ptx: &str) -> String {
    match compile(ptx.as_bytes(), "test.ptx", &Options::default()) {
        Err(CompileError::Rejected(text)) => text,
        Err(error) => panic!("not a complaint about the input: {error}"),
        Ok(_) => panic!("it compiles"),
    }
}

/// A kernel with the given body; registers of all kinds are declared.
#[allow(dead_code, reason = "not every test file writes its own kernels")]
pub fn kernel(body: &str) -> String {
    format!(
        ".version 8.0\n.target sm_80\n.address_size 64\n.extern .shared .align 4 .b8 dynamic[];\n\
         .visible .entry kernel(.param .u64 p_out, .param .u32 p_n)\n{{\n.reg .pred %p<8>;\n.reg .b16 %h<8>;\n\
         .reg .b32 %r<16>;\n.reg .b64 %rd<16>;\n.reg .f32 %f<16>;\n.reg .f64 %fd<8>;\n\
         ld.param.u64 %rd0, [p_out];\nld.param.u32 %r0, [p_n];\nmov.u32 %r1, %tid.x;\n{body}\nret;\n}}\n"
    )
}

/// Compiles with a mapping of the caller's choice and gives the remarks.
#[allow(dead_code, reason = "not every test file chooses")]
pub fn remarks(ptx: &str, mapping: MappingChoice) -> Vec<String> {
    let options = Options { mapping, ..Options::default() };
    compile(ptx.as_bytes(), "test.ptx", &options).unwrap_or_else(|error| panic!("{error}")).remarks
}
