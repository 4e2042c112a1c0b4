//! Our disassembly against LLVM's for every encoding, with random bits in every field.
//!
//! For each line of the table a number of instructions is drawn: some with every free bit random, others with operands
//! that a compiler could choose, because LLVM refuses most of the former. What LLVM prints, ours must be, for the bits
//! that LLVM encodes what it printed into: some bits of most instructions mean nothing.

mod support;

use std::collections::BTreeMap;

use support::llvm::{Understood, understand};
use support::random::SplitMix;
use wavefold_emulator::isa::table::encodings;
use wavefold_emulator::isa::{Encoding, Field, Format, decode, disassemble};

/// Instructions drawn for each encoding.
const DRAWS: usize = 48;

/// The bits that say which encoding it is, and which bits those are.
fn frame(format: Format, opcode: u32) -> (u64, u64) {
    use Format as F;
    let op = u64::from(opcode);
    let high =
        |bits: u64, width: u32| (bits << (32 - width), (u64::from(u32::MAX) << (32 - width)) & 0xffff_ffff);
    let ((prefix, prefix_mask), (shift, width)) = match format {
        F::Sop2 => (high(2, 2), (23, 7)),
        F::Sopk => (high(0xb, 4), (23, 5)),
        F::Sop1 => (high(0x17d, 9), (8, 8)),
        F::Sopc => (high(0x17e, 9), (16, 7)),
        F::Sopp => (high(0x17f, 9), (16, 7)),
        F::Smem => (high(0x30, 6), (18, 8)),
        F::Vop1 => (high(0x3f, 7), (9, 8)),
        F::Vop2 => (high(0, 1), (25, 6)),
        F::Vopc => (high(0x3e, 7), (17, 8)),
        F::Vop1Sdwa => ((0x3f << 25 | 249, 0x7f << 25 | 511), (9, 8)),
        F::Vop2Sdwa => ((249, 1 << 31 | 511), (25, 6)),
        F::VopcSdwa => ((0x3e << 25 | 249, 0x7f << 25 | 511), (17, 8)),
        F::Vop1Dpp => ((0x3f << 25 | 250, 0x7f << 25 | 511), (9, 8)),
        F::Vop2Dpp => ((250, 1 << 31 | 511), (25, 6)),
        F::Vop3 => (high(0x34, 6), (16, 10)),
        F::Vop3p => (high(0x1a7, 9), (16, 7)),
        F::Ds => (high(0x36, 6), (17, 8)),
        F::Flat => ((0x37 << 26, 0x3f << 26 | 3 << 14), (18, 7)),
        F::Scratch => ((0x37 << 26 | 1 << 14, 0x3f << 26 | 3 << 14), (18, 7)),
        F::Global => ((0x37 << 26 | 2 << 14, 0x3f << 26 | 3 << 14), (18, 7)),
        F::Mubuf => (high(0x38, 6), (18, 7)),
        F::Mtbuf => (high(0x3a, 6), (15, 4)),
        F::Mimg => (high(0x3c, 6), (18, 7)),
    };
    (prefix | op << shift, prefix_mask | ((1 << width) - 1) << shift)
}

/// An operand code as a compiler would choose it: registers at even numbers, constants, the special ones.
fn plausible(random: &mut SplitMix, vector: bool) -> u64 {
    match random.below(if vector { 8 } else { 4 }) {
        0 => random.below(51) * 2,
        1 => 128 + random.below(65 + 16),
        2 => 240 + random.below(9),
        3 => [106, 124, 126, 251, 252, 253, 235, 237][random.below(8) as usize],
        _ => 256 + random.below(128) * 2,
    }
}

/// How much of an instruction is left to chance.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Every bit.
    Wild,
    /// Every bit of the fields, in which registers are even and reserved bits zero.
    Plausible,
    /// Operands alone; modifiers are zero.
    Plain,
}

/// Two words, of which the second may not belong to the instruction.
fn draw(encoding: &Encoding, random: &mut SplitMix, manner: Manner) -> Vec<u32> {
    let (fixed, mask) = frame(encoding.format, u32::from(encoding.opcode));
    let free =
        if manner == Manner::Wild { random.next() } else { plausible_fields(encoding, random, manner) };
    let mut bits = free & !mask | fixed;
    let has = |field| encoding.operand(field).is_some();
    // Where LLVM prints, or crashes on, what is no instruction: scalar destinations that are no register, OP_SEL
    // on a promoted short encoding, constants in place of registers, GDS with accumulators.
    match encoding.format {
        Format::Vop3 if has(Field::Sdst) => bits &= !0x7880,
        Format::Vop3 if encoding.mnemonic.ends_with("_e64") || encoding.mnemonic.contains("_legacy_") => {
            bits &= !0x7800
        }
        Format::Vop1 if has(Field::Sdst) => bits &= !(1 << 24),
        Format::Vop1 if encoding.mnemonic == "v_accvgpr_mov_b32" => bits |= 256,
        Format::Vop3p if encoding.mnemonic.starts_with("v_mfma") => {
            bits |= 256 << 32 | 256 << 41;
            if bits >> 57 & 1 == 0 {
                bits |= 1 << 58;
            }
        }
        Format::Vop3p if encoding.mnemonic.starts_with("v_accvgpr") => bits |= 256 << 32,
        Format::Flat => bits &= !(1 << 12),
        Format::Mimg => bits &= !(1 << 40),
        Format::Mubuf | Format::Mtbuf if bits >> 56 == 255 => bits &= !(1 << 56),
        Format::Ds if bits >> 16 & 1 == 1 => bits &= !(1 << 25),
        _ => {}
    }
    vec![bits as u32, (bits >> 32) as u32]
}

fn plausible_fields(encoding: &Encoding, random: &mut SplitMix, manner: Manner) -> u64 {
    use Format as F;
    let mut free = if manner == Manner::Plain { 0 } else { random.next() };
    let mut set = |low: u32, width: u32, value: u64| {
        let field = ((1u64 << width) - 1) << low;
        free = free & !field | value << low & field;
    };
    if encoding.operands.is_empty() && manner == Manner::Plain {
        return 0;
    }
    match encoding.format {
        F::Sop2 | F::Sopc | F::Sop1 => {
            set(0, 8, plausible(random, false));
            set(8, 8, plausible(random, false));
            set(16, 7, random.below(50) * 2);
        }
        F::Sopk => set(16, 7, random.below(50) * 2),
        F::Smem => {
            set(0, 6, random.below(12) * 2);
            set(6, 7, random.below(25) * 4);
            set(13, 1, 0);
            set(14, 1, random.below(2));
            set(15, 1, 0);
            set(53, 4, 0);
            set(57, 7, random.below(100));
        }
        F::Vop1 | F::Vop2 | F::Vopc => {
            set(9, 8, random.below(128) * 2);
            set(0, 9, plausible(random, true));
            set(17, 8, random.below(128) * 2);
        }
        F::Vop1Sdwa | F::Vop2Sdwa | F::VopcSdwa => {
            set(9, 8, random.below(128) * 2);
            set(17, 8, random.below(128) * 2);
            set(32, 8, random.below(128) * 2);
            if encoding.format == F::VopcSdwa {
                set(40, 8, random.below(2) * (0x80 | (random.below(50) * 2)));
            } else {
                set(40, 3, random.below(7));
                set(43, 2, random.below(3));
            }
            set(48, 3, random.below(7));
            set(56, 3, random.below(7));
            // Scalar sources, which the top bit of each half says.
            set(54, 2, 0);
            set(62, 2, 0);
            let second = encoding.operand(Field::Vsrc1).is_some();
            if !second {
                set(56, 8, 0);
            }
            if random.below(4) == 0 {
                set(32, 8, random.below(50) * 2);
                set(54, 2, 2);
            } else if second && random.below(4) == 0 {
                set(9, 8, random.below(50) * 2);
                set(62, 2, 2);
            }
        }
        F::Vop1Dpp | F::Vop2Dpp => {
            set(9, 8, random.below(128) * 2);
            set(17, 8, random.below(128) * 2);
            set(32, 8, random.below(128) * 2);
            let controls =
                [0x1b, 0x101, 0x113, 0x12f, 0x130, 0x138, 0x140, 0x141, 0x142, 0x143, 0x150, 0x15f];
            set(40, 9, controls[random.below(12) as usize]);
            set(49, 2, 0);
        }
        F::Vop3 | F::Vop3p => {
            set(0, 8, random.below(128) * 2);
            for low in [32, 41, 50] {
                set(low, 9, plausible(random, true));
            }
            if random.below(2) == 0 {
                set(8, 8, 0);
                set(59, 5, 0);
            }
            if random.below(4) == 0 {
                set(8, 8, random.below(50) * 2);
            }
        }
        F::Ds => {
            set(16, 1, u64::from(encoding.gds));
            for (low, field) in [(32, Field::Addr), (40, Field::Data0), (48, Field::Data1), (56, Field::Vdst)]
            {
                let used = encoding.operand(field).is_some();
                set(low, 8, if used { random.below(128) * 2 } else { 0 });
            }
        }
        F::Flat | F::Global | F::Scratch => {
            set(32, 8, random.below(128) * 2);
            set(40, 8, random.below(128) * 2);
            match encoding.format {
                F::Flat => set(12, 1, 0),
                _ if random.below(2) == 0 => set(48, 7, 0x7f),
                _ => set(48, 7, random.below(50) * 2),
            }
            if encoding.format == F::Flat {
                set(48, 7, 0);
            }
            set(56, 8, random.below(128) * 2);
        }
        F::Mubuf | F::Mtbuf | F::Mimg => {
            set(32, 8, random.below(128) * 2);
            set(40, 8, random.below(128) * 2);
            set(48, 5, random.below(24));
            if encoding.mnemonic.contains("_lds_") {
                set(16, 1, 1);
            }
            if !encoding.operands.is_empty() {
                set(56, 8, plausible(random, false));
            }
        }
        F::Sopp => set(0, 16, 0),
    }
    free
}

#[test]
fn every_encoding_with_random_operands() {
    let mut random = SplitMix(77);
    let mut drawn = Vec::new();
    for encoding in encodings() {
        for at in 0..DRAWS {
            // LLVM's printer crashes on SDWA fields that no assembler writes.
            let sdwa = matches!(encoding.format, Format::Vop1Sdwa | Format::Vop2Sdwa | Format::VopcSdwa);
            let manner = match at % 3 {
                0 if !sdwa => Manner::Wild,
                1 => Manner::Plain,
                _ => Manner::Plausible,
            };
            drawn.push((encoding, draw(encoding, &mut random, manner)));
        }
    }
    let theirs = understand(&drawn.iter().map(|(_, words)| words.clone()).collect::<Vec<_>>());
    let mut compared: BTreeMap<(usize, u16), usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for ((encoding, words), theirs) in drawn.iter().zip(&theirs) {
        let Some(Understood { text, words: understood }) = theirs else { continue };
        let text = text.replace('\t', " ");
        // LLVM took the second word for an instruction, or remarks that the first is none.
        if text.split(' ').next() != Some(encoding.mnemonic) || text.contains("/*") {
            continue;
        }
        // LLVM may drop bits that mean nothing to it; its own words then say what it printed.
        let ours = [words, understood].map(|words| {
            let decoded = decode(words[0], words.get(1).copied());
            let decoded = decoded.filter(|found| std::ptr::eq(found.encoding, *encoding));
            decoded.map_or_else(|| "undefined".into(), |found| disassemble(&found))
        });
        *compared.entry((encoding.format as usize, encoding.opcode)).or_default() += 1;
        if !ours.contains(&text) {
            wrong.push(format!("{:08x} {:08x} {:60} | {text}", words[0], words[1], ours[0]));
        }
    }
    let never: Vec<&str> = encodings()
        .iter()
        .filter(|encoding| !compared.contains_key(&(encoding.format as usize, encoding.opcode)))
        .map(|encoding| encoding.mnemonic)
        .collect();
    let total: usize = compared.values().sum();
    let show = if std::env::var_os("ALL").is_some() { wrong.len() } else { wrong.len().min(40) };
    assert!(
        wrong.is_empty() && never.is_empty(),
        "{} of {total} differ (bits, ours | LLVM):\n{}\nnever compared: {never:?}",
        wrong.len(),
        wrong[..show].join("\n")
    );
}
