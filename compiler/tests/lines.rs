//! Line tables of code objects, read by LLVM's own reader.

mod common;

use std::process::Command;
use wavefold_compiler::{Options, compile};

/// What `llvm-dwarfdump` and its kin print of a code object; `None` where LLVM's tools are not installed.
fn tool(name: &str, arguments: &[&str], code_object: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("module.hsaco");
    std::fs::write(&path, code_object).expect("a temporary file");
    let prefix = option_env!("LLVM_SYS_221_PREFIX").unwrap_or("/usr/lib/llvm-22");
    let output = Command::new(format!("{prefix}/bin/{name}")).args(arguments).arg(path).output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).expect("text"))
}

fn line_table(code_object: &[u8]) -> Option<String> {
    tool("llvm-dwarfdump", &["--debug-line"], code_object)
}

/// The numbers in the column `Line` of the table.
fn lines(table: &str) -> Vec<u32> {
    let rows = table.lines().filter(|row| row.starts_with("0x"));
    let mut lines: Vec<u32> = rows.filter_map(|row| row.split_whitespace().nth(1)?.parse().ok()).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

const WITH_LOCATIONS: &str = "\
.version 8.0
.target sm_80
.address_size 64
.visible .entry scale(.param .u64 p)
{
    .reg .b64 %rd<3>;
    .reg .b32 %r<4>;
    .reg .f32 %f<4>;
    .loc 1 100 0
    ld.param.u64 %rd0, [p];
    mov.u32 %r0, %tid.x;
    mul.wide.u32 %rd1, %r0, 4;
    add.s64 %rd2, %rd0, %rd1;
    .loc 2 7 5, function_name $text+3, inlined_at 1 101 9
    ld.global.f32 %f0, [%rd2];
    .loc 1 102 3
    st.global.f32 [%rd2+4096], %f0;
    .loc 1 103 1
    ret;
}
.file 1 \"/source/scale.cu\"
.file 2 \"/source/scale.h\"
.section .debug_str
{
$text:
.b8 97,98,0
.b8 114,101,97,100,95,105,116,0
}
";

#[test]
fn locations_of_the_ptx_reach_the_line_table() {
    let bytes =
        compile(WITH_LOCATIONS.as_bytes(), "scale.ptx", &Options::default()).expect("it compiles").bytes;
    let Some(table) = line_table(&bytes) else { return };
    assert!(table.contains("/source/scale.cu") && table.contains("scale.h"), "{table}");
    for line in [7, 100, 102] {
        assert!(lines(&table).contains(&line), "line {line}: {table}");
    }
    let information = tool("llvm-dwarfdump", &["--debug-info"], &bytes).expect("LLVM's tools are there");
    for part in ["DW_TAG_inlined_subroutine", "\"read_it\"", "DW_AT_call_line\t(101)"] {
        assert!(information.contains(part), "{part}: {information}");
    }
}

#[test]
fn without_locations_the_lines_are_the_ptx_s_own_where_asked_for() {
    let ptx = common::input("axpy");
    let store = ptx.lines().position(|line| line.contains("st.global")).expect("it stores") + 1;
    let options = Options { line_info: true, ..Options::default() };
    let bytes = compile(ptx.as_bytes(), "axpy.ptx", &options).expect("it compiles").bytes;
    let Some(table) = line_table(&bytes) else { return };
    assert!(table.contains("axpy.ptx"), "{table}");
    assert!(lines(&table).contains(&u32::try_from(store).expect("few lines")), "line {store}: {table}");
    let plain = compile(ptx.as_bytes(), "axpy.ptx", &Options::default()).expect("it compiles").bytes;
    assert_eq!(lines(&line_table(&plain).expect("as before")), []);
}
