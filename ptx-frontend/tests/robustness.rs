//! No input makes the front end panic, hang or allocate without bound. `PROPTEST_CASES` sets how many are tried.

mod common;

use proptest::prelude::*;

const FEATURES: &str = include_str!("modules/features.ptx");

/// Words that a random module is made of.
const WORDS: &[&str] = &[
    ".version",
    "8.0",
    ".target",
    "sm_70",
    ".address_size",
    "64",
    ".visible",
    ".entry",
    ".func",
    ".extern",
    "kernel",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    ",",
    ";",
    ":",
    "=",
    "+",
    "-",
    "|",
    "!",
    "@",
    "%p1",
    "%r1",
    "%r",
    "%rd1",
    "%tid.x",
    ".param",
    ".reg",
    ".b32",
    ".pred",
    ".v4",
    ".align",
    "8",
    "0",
    "-1",
    "0x10",
    "0f3F800000",
    "1.5",
    "add.s32",
    "ld.global.v2.b32",
    "bra",
    "L",
    "call",
    "setp.lt.f32",
    "ret",
    "exit",
    ".global",
    ".shared",
    ".branchtargets",
    "brx.idx",
    ".callprototype",
    "_",
    ".loc",
    ".file",
    "\"s\"",
    ".pragma",
    ".section",
    ".alias",
    "generic",
    "/*",
    "*/",
    "//",
    "\n",
    "#",
    "WARP_SZ",
    ".maxntid",
    "4294967295",
    "18446744073709551615",
    "%r<4000000000>",
    ".b8 x[99999999999]",
];

/// Parses; if that succeeds, the module also survives printing.
fn check(source: &str) {
    if let Err(errors) = ptx_frontend::parse(source, "random.ptx") {
        assert!(!errors.list.is_empty());
        let rendered = errors.render(source);
        assert!(rendered.starts_with("random.ptx:"), "{rendered}");
    } else {
        common::round_trip(source, "random.ptx");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = ptx_frontend::parse_bytes(&bytes, "random.ptx").map_err(|errors| errors.render(&String::from_utf8_lossy(&bytes)));
    }

    #[test]
    fn random_text_does_not_panic(text in "\\PC{0,200}") {
        check(&text);
    }

    #[test]
    fn random_tokens_do_not_panic(words in prop::collection::vec(prop::sample::select(WORDS), 0..120)) {
        check(&format!(".version 8.0\n.target sm_70\n{}", words.join(" ")));
    }

    #[test]
    fn random_tokens_in_a_body_do_not_panic(words in prop::collection::vec(prop::sample::select(WORDS), 0..60)) {
        let body = words.join(" ");
        check(&format!(
            ".version 8.0\n.target sm_70\n.entry k()\n{{ .reg .b32 %r<4>; .reg .pred %p<4>; .reg .b64 %rd<4>;\n{body}\nret; }}\n"
        ));
    }

    #[test]
    fn a_changed_module_does_not_panic(
        at in 0..FEATURES.len(), length in 0usize..40, other in 0..FEATURES.len(), new in "\\PC{0,8}"
    ) {
        // Cuts something out, puts something else or a piece from elsewhere in.
        let slice = |from: usize, to: usize| String::from_utf8_lossy(&FEATURES.as_bytes()[from.min(FEATURES.len())..to.min(FEATURES.len())]).into_owned();
        check(&(slice(0, at) + &new + &slice(at + length, FEATURES.len())));
        check(&(slice(0, at) + &slice(other, other + length) + &slice(at, FEATURES.len())));
    }

    #[test]
    fn a_truncated_module_does_not_panic(at in 0..FEATURES.len()) {
        if FEATURES.is_char_boundary(at) {
            check(&FEATURES[..at]);
        }
    }
}

/// Deep nesting of every kind ends in a complaint, not in a full stack.
#[test]
fn deep_nesting_is_refused() {
    let depth = 100_000;
    for (open, close) in [("(", ")"), ("-", ""), ("1 ? ", " : 2"), ("1 + (", ")"), ("~", "")] {
        let expression = format!("{}1{}", open.repeat(depth), close.repeat(depth));
        check(&format!(".version 8.0\n.target sm_70\n.global .b32 x = {expression};\n"));
    }
    check(&format!(
        ".version 8.0\n.target sm_70\n.global .b32 x[4] = {}1{};\n",
        "{".repeat(depth),
        "}".repeat(depth)
    ));
    let body = |text: String| format!(".version 8.0\n.target sm_70\n.entry k()\n{{\n{text}\n}}\n");
    check(&body("{".repeat(depth) + &"}".repeat(depth)));
    check(&body(format!("mov.b32 {}", "[".repeat(depth))));
    check(&body(format!("mov.b32 {}", "{".repeat(depth))));
    check(&body(format!("add{}", ".s32".repeat(depth))));
}

/// Sizes that would be terabytes are refused or cost nothing.
#[test]
fn large_numbers_allocate_nothing() {
    let head = ".version 8.0\n.target sm_70\n";
    check(&format!("{head}.global .b8 x[999999999999999];\n"));
    check(&format!("{head}.global .b8 x[999999999999][99999999999999];\n"));
    check(&format!("{head}.global .b8 x[2][999999999999] = {{{{1}}, {{2}}}};\n"));
    check(&format!("{head}.entry k()\n{{ .reg .b32 %r<4294967295>; }}\n"));
    check(&format!("{head}.entry k()\n{{ .reg .v4 .b32 %r<4000000>; }}\n"));
}
