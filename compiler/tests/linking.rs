//! Several PTX modules in one compilation: symbols that one declares and another defines become one.

mod common;

use wavefold_compiler::{CompileError, Input, Options, check, compile_linked};
use wavefold_formats::CodeObject;

const HEAD: &str = ".version 8.0\n.target sm_70\n.address_size 64\n";

fn link(bodies: &[(&str, &str)]) -> Result<CodeObject, String> {
    let texts: Vec<(String, String)> =
        bodies.iter().map(|(name, body)| ((*name).to_owned(), format!("{HEAD}{body}"))).collect();
    let inputs: Vec<Input<'_>> =
        texts.iter().map(|(file_name, text)| Input { bytes: text.as_bytes(), file_name }).collect();
    match compile_linked(&inputs, &Options::default()) {
        Ok(compiled) => Ok(CodeObject::parse(&compiled.bytes).expect("a code object")),
        Err(CompileError::Rejected(text)) => Err(text),
        Err(error) => panic!("{error}"),
    }
}

fn kernel(name: &str, body: &str) -> String {
    format!(".visible .entry {name}()\n{{\n.reg .b32 %r<4>;\n{body}\nret;\n}}\n")
}

#[test]
fn kernels_of_all_modules_come_out_and_declarations_are_resolved() {
    let a = format!(
        ".extern .func other();\n.extern .global .u32 there;\n.global .u32 own;\n{}",
        kernel("a", "call other;\nst.global.u32 [there], 1;\nst.global.u32 [own], 1;")
    );
    let b = format!(
        ".visible .global .u32 there;\n.global .u32 own;\n.visible .func other()\n{{\nst.global.u32 [own], 2;\nret;\n}}\n{}",
        kernel("b", "call other;")
    );
    for modules in [[("a.ptx", a.as_str()), ("b.ptx", &b)], [("b.ptx", b.as_str()), ("a.ptx", &a)]] {
        let object = link(&modules).unwrap_or_else(|text| panic!("{text}"));
        let mut names: Vec<&str> = object.kernels.iter().map(|kernel| kernel.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["a", "b"]);
        let note = object.note.expect("a note");
        let variables: Vec<&str> = note.variables.iter().map(|variable| variable.name.as_str()).collect();
        assert_eq!(variables, ["there"]);
    }
}

#[test]
fn weak_and_common_symbols_give_way() {
    let weak = ".weak .global .u32 w = 1;\n.weak .func f()\n{\nret;\n}\n.common .global .b8 c[4];\n";
    let strong = ".visible .global .u32 w = 2;\n.visible .func f()\n{\nret;\n}\n.common .global .b8 c[64];\n";
    let object = link(&[("weak.ptx", weak), ("again.ptx", weak), ("strong.ptx", strong)]);
    let note = object.unwrap_or_else(|text| panic!("{text}")).note.expect("a note");
    let mut sizes: Vec<(&str, u64)> =
        note.variables.iter().map(|variable| (variable.name.as_str(), variable.size)).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [("c", 64), ("w", 4)]);
}

#[test]
fn complaints_name_the_file_that_they_are_about() {
    let two = kernel("twice", "");
    let text = link(&[("first.ptx", &two), ("second.ptx", &two)]).expect_err("twice the same kernel");
    assert!(text.starts_with("second.ptx:4:"), "{text}");
    assert!(text.contains("`twice` is defined in a module that is linked before this one"), "{text}");

    let absent = format!(".extern .func absent();\n{}", kernel("calls", "call absent;"));
    let text = link(&[("first.ptx", &two), ("second.ptx", &absent)]).expect_err("nobody defines it");
    assert!(text.starts_with("second.ptx:8:") && text.contains("`absent`"), "{text}");

    let text = link(&[("first.ptx", &two), ("second.ptx", "nonsense")]).expect_err("not PTX");
    assert!(text.starts_with("second.ptx:4:1: error: ") && text.contains("4 | nonsense"), "{text}");

    let declared = ".extern .func (.param .b64 r) other(.param .b32 a);\n";
    let defined = ".visible .func other()\n{\nret;\n}\n";
    let text = link(&[("a.ptx", declared), ("b.ptx", defined)]).expect_err("another shape");
    assert!(text.starts_with("b.ptx:") && text.contains("`other` is declared otherwise"), "{text}");
}

#[test]
fn what_needs_others_can_be_checked_alone() {
    let text = format!("{HEAD}.extern .func absent();\n{}", kernel("calls", "call absent;"));
    let input = Input { bytes: text.as_bytes(), file_name: "test.ptx" };
    check(&[input]).expect("valid PTX");
    assert!(check(&[Input { bytes: b"nonsense", file_name: "test.ptx" }]).is_err());
}
