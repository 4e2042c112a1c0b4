//! Test: which encodings have an executor.

use super::{Attachments, build, sopp};
use crate::isa::table::{Encoding, Field, Format, encodings};

/// Words of an encoding with plausible registers in every field.
fn words(encoding: &Encoding) -> (u32, u32) {
    let op = u64::from(encoding.opcode);
    let has = |field| encoding.operand(field).is_some();
    let sources = |a: u64, b: u64, c: u64| (a | b << 9 | c << 18) << 32;
    let vop1 = 0x3f << 25 | 2 << 17 | op << 9;
    let vop2 = op << 25 | 2 << 17 | 4 << 9;
    let vopc = 0x3e << 25 | op << 17 | 4 << 9;
    let flat = |segment: u64, saddr: u64| 0x37 << 26 | op << 18 | segment << 14 | (saddr << 16) << 32;
    let word: u64 = match encoding.format {
        Format::Sop2 => 2 << 30 | op << 23 | 4 << 16 | 6 << 8 | 8,
        Format::Sopk => 0xb << 28 | op << 23 | 4 << 16 | 1,
        Format::Sop1 => 0x17d << 23 | 4 << 16 | op << 8 | 8,
        Format::Sopc => 0x17e << 23 | op << 16 | 6 << 8 | 8,
        Format::Sopp => 0x17f << 23 | op << 16,
        Format::Smem => 0x30 << 26 | op << 18 | 1 << 17 | 16 << 6 | 4,
        Format::Vop1 => vop1 | 262,
        Format::Vop2 => vop2 | 262,
        Format::Vopc => vopc | 262,
        Format::Vop1Sdwa => vop1 | 249 | (6 | 6 << 8 | 6 << 16) << 32,
        Format::Vop2Sdwa => vop2 | 249 | (6 | 6 << 8 | 6 << 16 | 6 << 24) << 32,
        Format::VopcSdwa => vopc | 249 | (6 | 6 << 16 | 6 << 24) << 32,
        Format::Vop1Dpp => vop1 | 250 | (6 | 0x151 << 8 | 0xff << 24) << 32,
        Format::Vop2Dpp => vop2 | 250 | (6 | 0x151 << 8 | 0xff << 24) << 32,
        Format::Vop3 => {
            let lane = matches!(encoding.mnemonic, "v_readlane_b32" | "v_writelane_b32");
            let mask = has(Field::Src2) && encoding.operand(Field::Vdst).is_some() && has(Field::SdstB);
            let scalar_third =
                mask && encoding.mnemonic.contains("_co_") || encoding.mnemonic.contains("cndmask");
            let first = if encoding.mnemonic == "v_writelane_b32" { 2 } else { 258 };
            0x34 << 26
                | op << 16
                | 8
                | sources(first, if lane { 4 } else { 260 }, if scalar_third { 6 } else { 262 })
        }
        Format::Vop3p => 0x1a7 << 23 | op << 16 | 8 | 1 << 14 | sources(258, 260, 262) | 3 << 59,
        Format::Ds => 0x36 << 26 | op << 17 | u64::from(encoding.gds) << 16 | 0x0806_0402 << 32,
        Format::Flat => flat(0, 0),
        Format::Scratch => flat(1, 0x7f),
        Format::Global => flat(2, 0x7f),
        Format::Mubuf => 0x38 << 26 | op << 18 | 1 << 12 | (3 << 24 | 2 << 16 | 4 << 8 | 2) << 32,
        Format::Mtbuf => {
            0x3a << 26 | op << 15 | 0x4a << 19 | 1 << 12 | (3 << 24 | 2 << 16 | 4 << 8 | 2) << 32
        }
        Format::Mimg => 0x3c << 26 | op << 18,
    };
    (word as u32, (word >> 32) as u32)
}

#[test]
fn all_but_the_named_execute() {
    let mut missing = Vec::new();
    for encoding in encodings() {
        let (first, second) = words(encoding);
        let built = build(0x1000, first, Some(second), &mut Attachments::default());
        let lacks = [sopp::unimplemented as super::Handler, sopp::illegal]
            .iter()
            .any(|handler| std::ptr::fn_addr_eq(built.run, *handler));
        if lacks {
            missing.push(format!("{:?} {}", encoding.format, encoding.mnemonic));
        }
    }
    let known: Vec<&str> = include_str!("unimplemented.txt").lines().collect();
    if std::env::var_os("BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/execute/unimplemented.txt");
        std::fs::write(path, missing.join("\n") + "\n").expect("writing the list");
    } else {
        assert_eq!(missing, known);
    }
}
