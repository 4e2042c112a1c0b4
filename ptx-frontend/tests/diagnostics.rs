//! Wrong programs: each complaint stands on its line, and what is rendered is readable.

use std::path::{Path, PathBuf};

use ptx_frontend::span::position;

/// The wrong programs that the whole toolchain's tests use too.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/diagnostics/ptx")
}

/// `line: message` of each complaint that the file wants: from its `.expect` neighbour, or its comments.
fn wanted(path: &Path, source: &str) -> Vec<String> {
    let mut neighbour = path.as_os_str().to_owned();
    neighbour.push(".expect");
    if let Ok(text) = std::fs::read_to_string(neighbour) {
        let line = |line: &str| {
            let (place, message) = line.split_once(": error: ")?;
            Some(format!("{}: {message}", place.split(':').next()?))
        };
        return text.lines().filter_map(line).collect();
    }
    let comment = |(number, line): (usize, &str)| {
        line.split_once("// error: ").map(|(_, message)| format!("{}: {message}", number + 1))
    };
    source.lines().enumerate().filter_map(comment).collect()
}

#[test]
fn wrong_programs_are_refused_where_they_are_wrong() {
    let mut count = 0;
    for entry in std::fs::read_dir(folder()).expect("the folder of wrong programs") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "ptx") {
            continue;
        }
        let bytes = std::fs::read(&path).expect("a file");
        let source = String::from_utf8_lossy(&bytes);
        let errors =
            ptx_frontend::parse_bytes(&bytes, "x.ptx").expect_err(&format!("{} is wrong", path.display()));
        let said: Vec<String> = errors
            .list
            .iter()
            .map(|error| format!("{}: {}", position(&source, error.span.start).line, error.message))
            .collect();
        assert_eq!(said, wanted(&path, &source), "{}", path.display());
        count += 1;
    }
    assert!(count > 40, "only {count} programs");
}

/// The whole text of some complaints: the line, the caret, the label, the note.
#[test]
fn complaints_are_rendered_with_their_line() {
    let names = [
        "unknown_instruction",
        "bad_modifier",
        "operand_type",
        "missing_brace",
        "address_size_32",
        "vectors",
    ];
    for name in names {
        let source = std::fs::read_to_string(folder().join(format!("{name}.ptx"))).expect("a text file");
        let source: String = source
            .lines()
            .map(|line| line.split(" // error").next().unwrap_or("").to_owned() + "\n")
            .collect();
        let errors = ptx_frontend::parse(&source, &format!("{name}.ptx")).expect_err("the program is wrong");
        insta::assert_snapshot!(name, errors.render(&source));
    }
}

#[test]
fn binary_files_are_no_ptx() {
    let errors =
        ptx_frontend::parse_bytes(b"\x7fELF\x02\x01\x01\0\xff\xfe", "a.cubin").expect_err("not text");
    insta::assert_snapshot!("binary", errors.render(""));
    let errors = ptx_frontend::parse_bytes(b"\x01\x02\x03\n\x04", "b.bin").expect_err("not PTX");
    assert!(errors.render("\u{1}\u{2}\u{3}\n\u{4}").contains("found the byte 0x01"));
}

/// A text of 100,000 wrong lines ends soon and says when it stops counting.
#[test]
fn a_flood_of_errors_ends() {
    let mut source = String::from(".version 8.0\n.target sm_70\n.address_size 64\n.visible .entry k()\n{\n");
    source.push_str(&"\tfrob.b32 %r1, %r2;\n".repeat(100_000));
    source.push_str("}\n");
    let errors = ptx_frontend::parse(&source, "flood.ptx").expect_err("the program is wrong");
    assert!(errors.list.len() <= 200);
    assert!(errors.render(&source).contains("more errors not shown"));
}
