//! Regenerates the table of encodings from LLVM's disassembler and compares it with the one in the source tree.
//!
//! Takes `llvm-mc-22` from `PATH` (or `WAVEFOLD_LLVM_MC`). Every opcode of every format is disassembled with a known
//! register in each field, so that the text says which field an operand comes from and how many registers it spans.
//! `BLESS=1` writes what LLVM says to `src/isa/encodings.txt`.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use support::llvm::disassemble;

/// One attempt at one opcode: the bytes, and what each register number in the text stands for.
struct Probe {
    format: &'static str,
    opcode: u32,
    words: Vec<u32>,
}

/// Formats, how many opcodes to try, and the words to try in turn for one opcode.
fn probes() -> Vec<Probe> {
    let mut probes = Vec::new();
    let mut add = |format, opcode, words: &[u64]| {
        for &word in words {
            probes.push(Probe { format, opcode, words: vec![word as u32, (word >> 32) as u32] });
        }
    };
    for op in 0..128u64 {
        let o = op as u32;
        // From 96 on it is another format's prefix.
        if op < 96 {
            add("SOP2", o, &[2 << 30 | op << 23 | 4 << 16 | 6 << 8 | 8]);
        }
        add("SOPC", o, &[0x17e << 23 | op << 16 | 6 << 8 | 8]);
        add("SOPP", o, &[0x17f << 23 | op << 16 | 1, 0x17f << 23 | op << 16]);
    }
    for op in 0..29u64 {
        add("SOPK", op as u32, &[0xb << 28 | op << 23 | 4 << 16 | 1, 0xb << 28 | op << 23 | 1 | 0x55 << 32]);
    }
    for op in 0..256u64 {
        let o = op as u32;
        add("SOP1", o, &[0x17d << 23 | 4 << 16 | op << 8 | 8]);
        // Both offsets off first: with an immediate offset the cache instructions do not decode.
        add(
            "SMEM",
            o,
            &[0x30 << 26 | op << 18 | 1 << 17 | 16 << 6 | 4 | 0x20 << 32, 0x30 << 26 | op << 18 | 16 << 6],
        );
        let vop1 = 0x3f << 25 | 2 << 17 | op << 9;
        let vopc = 0x3e << 25 | op << 17 | 4 << 9;
        add("VOP1", o, &[vop1 | 262, 0x3f << 25 | op << 9]);
        add("VOPC", o, &[vopc | 262]);
        add("VOP1_SDWA", o, &[vop1 | 249 | (6 | 6 << 8 | 6 << 16) << 32]);
        add("VOPC_SDWA", o, &[vopc | 249 | (6 | 6 << 16 | 6 << 24) << 32]);
        // quad_perm is what most take; the 64-bit ones only take row_newbcast.
        for control in [1, 0x151] {
            add("VOP1_DPP", o, &[vop1 | 250 | (6 | control << 8 | 0xff << 24) << 32]);
        }
        // Fields that an instruction does not use must be zero, so leave out more and more of them.
        for fields in
            [0x0806_0402u64, 0x0800_0402, 0x0006_0402, 0x0000_0402, 0x0800_0002, 2, 0x0400, 0x0800_0000, 0]
        {
            let ds = 0x36 << 26 | op << 17 | fields << 32;
            add("DS", o, &[ds | 0x0201, ds, ds | 0x0201 | 1 << 16, ds | 1 << 16]);
        }
        if op < 62 {
            let vop2 = op << 25 | 2 << 17 | 4 << 9;
            add("VOP2", o, &[vop2 | 262 | 0x4249_0000 << 32]);
            add("VOP2_SDWA", o, &[vop2 | 249 | (6 | 6 << 8 | 6 << 16 | 6 << 24) << 32]);
            for control in [1, 0x151] {
                add("VOP2_DPP", o, &[vop2 | 250 | (6 | control << 8 | 0xff << 24) << 32]);
            }
        }
        if op < 128 {
            let flat = |segment: u64, saddr: u64, glc: u64| {
                0x37 << 26 | op << 18 | glc << 16 | segment << 14 | (8 << 24 | saddr << 16 | 4 << 8 | 2) << 32
            };
            add("FLAT", o, &[flat(0, 0, 1), flat(0, 0, 0)]);
            add("SCRATCH", o, &[flat(1, 0x7f, 1), flat(1, 0x7f, 0)]);
            add("GLOBAL", o, &[flat(2, 0x7f, 1), flat(2, 0x7f, 0)]);
            let mubuf = 0x38 << 26 | op << 18 | (3 << 24 | 2 << 16 | 4 << 8 | 2) << 32;
            add("MUBUF", o, &[mubuf | 1 << 12, mubuf | 1 << 16, 0x38 << 26 | op << 18]);
            let mimg = 0x3c << 26 | op << 18 | 0xf << 8 | 1 << 12 | (2 << 16 | 4 << 8 | 2 | 8 << 21) << 32;
            add("MIMG", o, &[mimg]);
            // Even registers everywhere; opcodes 64 and up are matrix ones, with AGPRs where the field allows.
            let vop3p = 0x1a7 << 23 | op << 16 | 8 | (2 | 4 << 9 | 6 << 18) << 32;
            let v = 256 | 256 << 9 | 256 << 18;
            add(
                "VOP3P",
                o,
                &[vop3p | 1 << 14 | (v | 3 << 27) << 32, vop3p | v << 32, vop3p | (v | 1 << 27) << 32],
            );
        }
        if op < 16 {
            let mtbuf = 0x3a << 26 | op << 15 | 0x4a << 19 | 1 << 12 | (3 << 24 | 2 << 16 | 4 << 8 | 2) << 32;
            add("MTBUF", o, &[mtbuf]);
        }
    }
    // From 896 on it is VOP3P.
    for op in 0..896u64 {
        let o = op as u32;
        let vop3 = 0x34 << 26 | op << 16 | 8;
        // s[0:1] is the second result of the forms that have one; scalar second or third operands where a lane number or mask is due.
        let sources = |a: u64, b: u64, c: u64| (a | b << 9 | c << 18) << 32;
        let (v, s) = (sources(258, 260, 262), sources(258, 260, 6));
        let (lane, write) = (sources(258, 4, 262), sources(2, 4, 262));
        for word in [s, v, lane, write] {
            add("VOP3", o, &[vop3 | word]);
        }
        add("VOP3", o, &[0x34 << 26 | op << 16]);
    }
    probes
}

/// Which field a register belongs to, by the number that the probe put there.
fn field(format: &str, opcode: u32, kind: char, number: u32) -> &'static str {
    match (format, kind, number) {
        ("SOP2" | "SOP1" | "SOPK", 's', 4) => "sdst",
        ("SOP2" | "SOP1" | "SOPC", 's', 8) => "ssrc0",
        ("SOP2" | "SOPC", 's', 6) => "ssrc1",
        ("SMEM", 's', 16) => "sdata",
        ("SMEM", 's', 8) => "sbase",
        ("VOP3", 's', 8) if opcode < 256 || opcode == 649 => "sdst",
        ("VOP3", 's', 0) => "sdst_b",
        ("VOP3" | "VOP3P", 'v' | 'a', 8) => "vdst",
        ("VOP3" | "VOP3P", 'v' | 's' | 'a', 2) => "src0",
        ("VOP3" | "VOP3P", 'v' | 's' | 'a', 4) => "src1",
        ("VOP3" | "VOP3P", 'v' | 's' | 'a', 6) => "src2",
        ("VOP1", 's', 2) => "sdst",
        (_, 'v' | 'a', 2) if format.starts_with("VOP") => "vdst",
        (_, 'v' | 'a', 6) if format.starts_with("VOP") => "src0",
        (_, 'v', 4) if format.starts_with("VOP") => "vsrc1",
        ("DS" | "FLAT" | "SCRATCH" | "GLOBAL", 'v', 8) => "vdst",
        ("DS" | "FLAT" | "SCRATCH" | "GLOBAL", 'v', 2) => "addr",
        ("DS" | "FLAT" | "SCRATCH" | "GLOBAL", 'v', 4) => "data0",
        ("DS", 'v', 6) => "data1",
        ("MUBUF" | "MTBUF" | "MIMG", 'v', 4) => "vdata",
        ("MUBUF" | "MTBUF" | "MIMG", 'v', 2) => "vaddr",
        ("MUBUF" | "MTBUF" | "MIMG", 's', 8) => "srsrc",
        ("MUBUF" | "MTBUF", 's', 3) => "soffset",
        ("MIMG", 's', 32) => "ssamp",
        _ => "",
    }
}

/// `v[4:7]` as (`v`, 4, 4).
fn register(text: &str) -> Option<(char, u32, u32)> {
    let kind = text.chars().next().filter(|c| matches!(c, 's' | 'v' | 'a'))?;
    let rest = &text[1..];
    if let Some(range) = rest.strip_prefix('[').and_then(|r| r.strip_suffix(']')) {
        let (first, last) = range.split_once(':')?;
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        return Some((kind, first, last - first + 1));
    }
    Some((kind, rest.parse().ok()?, 1))
}

/// One line of the table from one line of disassembly.
fn line(probe: &Probe, text: &str) -> String {
    let mut text = text.to_owned();
    while let (Some(start), Some(end)) = (text.find("/*"), text.find("*/")) {
        text.replace_range(start..end + 2, "");
    }
    let (mnemonic, rest) = text.split_once([' ', '\t']).unwrap_or((&text, ""));
    let mut out = format!("{} {} {mnemonic}", probe.format, probe.opcode);
    if probe.format == "SOPP" {
        if !rest.is_empty() {
            out.push_str(" simm16");
        }
        return out;
    }
    let mut more = true;
    let mut token_of_immediate = false;
    for token in rest.split_whitespace() {
        let last = !token.ends_with(',');
        let token = token.trim_end_matches(',');
        if more {
            let operand = match register(token) {
                Some((kind, number, width)) => {
                    let name = field(probe.format, probe.opcode, kind, number);
                    assert!(!name.is_empty(), "{} {}: {text}: operand {token}", probe.format, probe.opcode);
                    let class = if kind == 'a' && name != "vdst" { "a" } else { "" };
                    format!(" {name}:{width}{class}")
                }
                None if matches!(probe.format, "SOPK" | "SOPC") => {
                    if std::mem::replace(&mut token_of_immediate, true) {
                        String::new()
                    } else if probe.format == "SOPC" {
                        " imm".into()
                    } else {
                        " simm16".into()
                    }
                }
                None if probe.format == "SMEM" => {
                    (if token == "0x20" { " offset" } else { " sdata:0" }).into()
                }
                None if token == "0x42490000" => " literal".into(),
                None if token.contains(':') => String::new(),
                None => format!(" {token}"),
            };
            out.push_str(&operand);
            more = !last || (token_of_immediate && probe.format == "SOPK" && !rest.ends_with(token));
        } else if matches!(token, "gds" | "offset0:1" | "lds") {
            write!(out, " +{}", token.trim_end_matches(":1")).expect("writing to a string");
        } else if token == "glc" && !matches!(probe.format, "SMEM") && mnemonic.contains("atomic") {
            out.push_str(" +glc");
        }
    }
    out
}

#[test]
fn table_is_what_llvm_says() {
    let probes = probes();
    let texts = disassemble(&probes.iter().map(|p| p.words.clone()).collect::<Vec<_>>());
    let mut lines: BTreeMap<(usize, u32), String> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    for (probe, text) in probes.iter().zip(&texts) {
        if !order.contains(&probe.format) {
            order.push(probe.format);
        }
        let Some(text) = text else { continue };
        if text.contains("Invalid register") || text.contains("only supports row_newbcast") {
            continue;
        }
        let key = (order.iter().position(|f| *f == probe.format).expect("just added"), probe.opcode);
        lines.entry(key).or_insert_with(|| line(probe, text));
    }
    let mut table = lines.into_values().collect::<Vec<_>>().join("\n");
    table.push('\n');
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/isa/encodings.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &table).expect("writing the table");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    for (ours, theirs) in kept.lines().zip(table.lines()) {
        assert_eq!(ours, theirs, "the table (left) differs from LLVM (right)");
    }
    assert_eq!(kept.lines().count(), table.lines().count());
}
