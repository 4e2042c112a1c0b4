//! Instructions as LLVM's disassembler writes them.
//!
//! The mnemonic and the order of operands come from the table; this file knows how registers, constants and modifiers
//! are spelled. `tests/disassembly.rs` compares with `llvm-objdump` on compiled code.

use std::fmt::Write as _;

use super::decode::Decoded;
use super::operand::{ConstantType, Scalar, VGPR, scalar};
use super::table::{Field, Format, Operand};

/// The text of an instruction.
#[must_use]
pub fn disassemble(decoded: &Decoded) -> String {
    let encoding = decoded.encoding;
    let mut text = encoding.mnemonic.to_owned();
    let mut separator = " ";
    let returns = decoded.bits(16, 16) == 1;
    let flat = matches!(encoding.format, Format::Flat | Format::Scratch | Format::Global);
    for (index, operand) in encoding.operands.iter().enumerate() {
        if encoding.returns_with_glc && operand.field == Field::Vdst && !returns && flat {
            continue;
        }
        let words = operand_text(decoded, operand, index);
        if !words.is_empty() {
            text.push_str(separator);
            text.push_str(&words);
            separator = ", ";
        }
    }
    modifiers(decoded, &mut text);
    text
}

/// `v3`, `s[4:7]`, and the registers with names.
fn register(kind: char, first: u32, count: u8) -> String {
    if count > 1 {
        format!("{kind}[{first}:{}]", first + u32::from(count) - 1)
    } else {
        format!("{kind}{first}")
    }
}

fn scalar_register(first: u32, count: u8) -> String {
    let named = |name: &str| match (count, first % 2) {
        (1, 0) => format!("{name}_lo"),
        (1, _) => format!("{name}_hi"),
        _ => name.to_owned(),
    };
    match first {
        102 | 103 => named("flat_scratch"),
        104 | 105 => named("xnack_mask"),
        106 | 107 => named("vcc"),
        108..=123 => register_named("ttmp", first - 108, count),
        124 => "m0".into(),
        126 | 127 => named("exec"),
        _ => register('s', first, count),
    }
}

fn register_named(name: &str, first: u32, count: u8) -> String {
    if count > 1 {
        format!("{name}[{first}:{}]", first + u32::from(count) - 1)
    } else {
        format!("{name}{first}")
    }
}

/// A source given by an operand code.
fn source(code: u32, count: u8, literal: u32, wanted: ConstantType) -> String {
    const FLOATS: [&str; 9] =
        ["0.5", "-0.5", "1.0", "-1.0", "2.0", "-2.0", "4.0", "-4.0", "0.15915494309189532"];
    match code {
        VGPR.. => register('v', code - VGPR, count),
        128..=192 => (code - 128).to_string(),
        193..=208 => format!("-{}", code - 192),
        235 => "src_shared_base".into(),
        236 => "src_shared_limit".into(),
        237 => "src_private_base".into(),
        238 => "src_private_limit".into(),
        239 => "src_pops_exiting_wave_id".into(),
        248 if wanted == ConstantType::Half => "0.15915494".into(),
        248 if wanted == ConstantType::Single => "0.15915494".into(),
        240..=248 => FLOATS[code as usize - 240].into(),
        251 => "src_vccz".into(),
        252 => "src_execz".into(),
        253 => "src_scc".into(),
        254 => "src_lds_direct".into(),
        // A literal that need not have been one is marked, so that assembling it again gives the same bits.
        255 if count < 2 && is_inline(literal) => format!("lit({literal:#x})"),
        255 => format!("{literal:#x}"),
        _ => match scalar(code, literal, wanted) {
            Scalar::Register(first) => scalar_register(first, count),
            _ => format!("<{code}>"),
        },
    }
}

/// Whether an operand code stands for this 32-bit constant.
fn is_inline(literal: u32) -> bool {
    const SINGLES: [u32; 9] = [
        0x3f00_0000,
        0xbf00_0000,
        0x3f80_0000,
        0xbf80_0000,
        0x4000_0000,
        0xc000_0000,
        0x4080_0000,
        0xc080_0000,
        0x3e22_f983,
    ];
    (-16..=64).contains(&(literal as i32)) || SINGLES.contains(&literal)
}

fn operand_text(decoded: &Decoded, operand: &Operand, index: usize) -> String {
    let encoding = decoded.encoding;
    let count = operand.registers;
    let code = decoded.field(operand.field);
    let accumulator = |bit: u32| if decoded.bits(bit, bit) == 1 { 'a' } else { 'v' };
    match operand.field {
        Field::Sdst | Field::SdstB | Field::Sdata | Field::Sbase | Field::Srsrc | Field::Ssamp => {
            if count == 0 { code.to_string() } else { scalar_register(code, count) }
        }
        Field::Vcc if index < 2 => scalar_register(code, 2),
        Field::Vcc => "vcc".into(),
        Field::Ssrc0 | Field::Ssrc1 | Field::Soffset => {
            let wanted = if count == 2 { ConstantType::Integer64 } else { ConstantType::Single };
            source(code, count, decoded.literal(), wanted)
        }
        Field::Simm16 => immediate(decoded),
        Field::Imm => index_mode(code),
        Field::Offset => scalar_offset(decoded),
        Field::Vdst => match encoding.format {
            Format::Vop3p if encoding.mnemonic.starts_with("v_mfma") => {
                register(accumulator(15), code, count)
            }
            _ if matches!(encoding.mnemonic, "v_accvgpr_write_b32" | "v_accvgpr_mov_b32") => {
                register('a', code, count)
            }
            Format::Ds => register(accumulator(25), code, count),
            Format::Flat | Format::Scratch | Format::Global => register(accumulator(55), code, count),
            _ => register('v', code, count),
        },
        Field::Data0 | Field::Data1 => {
            let bit = if encoding.format == Format::Ds { 25 } else { 55 };
            register(accumulator(bit), code, count)
        }
        Field::Vdata => register(accumulator(55), code, count),
        Field::Addr => {
            let scalar_base = encoding.format == Format::Global && decoded.field(Field::Saddr) != 0x7f;
            let count = if scalar_base { 1 } else { count };
            if encoding.format == Format::Scratch && decoded.field(Field::Saddr) != 0x7f {
                return "off".into();
            }
            register('v', code, count)
        }
        Field::Saddr => match (encoding.format, decoded.field(Field::Saddr)) {
            (Format::Global, 0x7f) | (Format::Scratch, 0x7f) => "off".into(),
            (Format::Global, base) => scalar_register(base, 2),
            (Format::Scratch, base) => scalar_register(base, 1),
            // MUBUF with neither offset nor index; the address operand says so already.
            _ => String::new(),
        },
        Field::Vaddr => match (decoded.bits(12, 12), decoded.bits(13, 13)) {
            (0, 0) => "off".into(),
            (1, 1) => register('v', code, 2),
            _ => register('v', code, 1),
        },
        Field::Src0 | Field::Src1 | Field::Src2 | Field::Vsrc1 | Field::Literal => {
            vector_source(decoded, operand, code)
        }
    }
}

/// The kind of constant that a vector source takes, from the mnemonic's last type.
fn constant_type(decoded: &Decoded, count: u8) -> ConstantType {
    let name = decoded.encoding.base_mnemonic();
    match count {
        2 if name.contains("f64") => ConstantType::Double,
        2 => ConstantType::Integer64,
        _ if name.ends_with("f16") || name.ends_with("16") && !name.contains("32") => ConstantType::Half,
        _ => ConstantType::Single,
    }
}

fn vector_source(decoded: &Decoded, operand: &Operand, code: u32) -> String {
    let encoding = decoded.encoding;
    let name = encoding.mnemonic;
    let index = match operand.field {
        Field::Src0 => 0,
        Field::Src2 => 2,
        _ => 1,
    };
    let bit = |at: u32| decoded.bits(at, at) == 1;
    let matrix = name.starts_with("v_mfma");
    let accumulator = match encoding.format {
        Format::Vop3p if matrix && index == 2 => bit(15),
        Format::Vop3p if matrix => bit(59 + index),
        _ => matches!(name, "v_accvgpr_read_b32" | "v_accvgpr_mov_b32"),
    };
    let mut text = if accumulator && code >= VGPR {
        register('a', code - VGPR, operand.registers)
    } else {
        source(code, operand.registers, decoded.literal(), constant_type(decoded, operand.registers))
    };
    let second = encoding.operand(Field::SdstB).is_some();
    let (negate, absolute, extend) = match encoding.format {
        Format::Vop3 => (bit(61 + index), !second && bit(8 + index), false),
        Format::Vop1Sdwa | Format::Vop2Sdwa | Format::VopcSdwa => {
            let low = if index == 0 { 48 } else { 56 };
            (bit(low + 4), bit(low + 5), bit(low + 3))
        }
        Format::Vop1Dpp | Format::Vop2Dpp => (bit(52 + 2 * index), bit(53 + 2 * index), false),
        _ => (false, false, false),
    };
    if absolute {
        text = format!("|{text}|");
    }
    if extend {
        text = format!("sext({text})");
    }
    if negate {
        let number = text.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        text = if number { format!("neg({text})") } else { format!("-{text}") };
    }
    text
}

fn index_mode(bits: u32) -> String {
    let names = ["SRC0", "SRC1", "SRC2", "DST"];
    let on: Vec<&str> = (0..4).filter(|bit| bits >> bit & 1 != 0).map(|bit| names[bit]).collect();
    format!("gpr_idx({})", on.join(","))
}

fn scalar_offset(decoded: &Decoded) -> String {
    let (immediate, register) = (decoded.bits(17, 17) == 1, decoded.bits(14, 14) == 1);
    let offset = (decoded.bits(52, 32) << 11) as i32 >> 11;
    let number = if offset < 0 { format!("-{:#x}", -offset) } else { format!("{offset:#x}") };
    match (immediate, register) {
        (true, false) => number,
        (true, true) => format!("{} offset:{number}", scalar_register(decoded.bits(63, 57), 1)),
        (false, true) => scalar_register(decoded.bits(63, 57), 1),
        (false, false) => scalar_register(decoded.bits(38, 32), 1),
    }
}

fn hardware_register(bits: u32) -> String {
    const NAMES: [&str; 8] = ["0", "MODE", "STATUS", "TRAPSTS", "HW_ID", "GPR_ALLOC", "LDS_ALLOC", "IB_STS"];
    let (id, offset, size) = (bits & 63, bits >> 6 & 31, (bits >> 11 & 31) + 1);
    let name = match NAMES.get(id as usize) {
        Some(&"0") | None if id == 15 => "HW_REG_SH_MEM_BASES".to_owned(),
        Some(&"0") | None => id.to_string(),
        Some(name) => format!("HW_REG_{name}"),
    };
    if offset == 0 && size == 32 {
        format!("hwreg({name})")
    } else {
        format!("hwreg({name}, {offset}, {size})")
    }
}

fn wait_counts(bits: u32) -> String {
    let (vector, export, lds) = (bits & 15 | bits >> 10 & 0x30, bits >> 4 & 7, bits >> 8 & 15);
    let mut parts = Vec::new();
    // A counter at its maximum waits for nothing; all named when none would be.
    let none = vector == 63 && export == 7 && lds == 15;
    if vector != 63 || none {
        parts.push(format!("vmcnt({vector})"));
    }
    if export != 7 || none {
        parts.push(format!("expcnt({export})"));
    }
    if lds != 15 || none {
        parts.push(format!("lgkmcnt({lds})"));
    }
    parts.join(" ")
}

fn immediate(decoded: &Decoded) -> String {
    let bits = decoded.bits(15, 0);
    match decoded.encoding.mnemonic {
        "s_waitcnt" => wait_counts(bits),
        "s_getreg_b32" | "s_setreg_b32" => hardware_register(bits),
        "s_setreg_imm32_b32" => format!("{}, {:#x}", hardware_register(bits), decoded.literal()),
        "s_set_gpr_idx_mode" => index_mode(bits),
        "s_sendmsg" | "s_sendmsghalt" => match bits {
            1 => "sendmsg(MSG_INTERRUPT)".into(),
            _ => format!("sendmsg({}, {}, {})", bits & 15, bits >> 4 & 7, bits >> 8 & 3),
        },
        "s_endpgm" if bits == 0 => String::new(),
        _ if decoded.encoding.format == Format::Sopk && !decoded.encoding.mnemonic.contains("call") => {
            format!("{bits:#x}")
        }
        _ => bits.to_string(),
    }
}

fn list(name: &str, values: impl Iterator<Item = u32>) -> String {
    let values: Vec<String> = values.map(|value| value.to_string()).collect();
    format!(" {name}:[{}]", values.join(","))
}

fn output_multiplier(text: &mut String, code: u32) {
    text.push_str(["", " mul:2", " mul:4", " div:2"][code as usize & 3]);
}

fn modifiers(decoded: &Decoded, text: &mut String) {
    let encoding = decoded.encoding;
    let bit = |at: u32| decoded.bits(at, at) == 1;
    let mut flag = |on: bool, name: &str| {
        if on {
            text.push(' ');
            text.push_str(name);
        }
    };
    match encoding.format {
        Format::Smem => {
            flag(bit(16), "glc");
        }
        Format::Vop3 => {
            if encoding.operand(Field::SdstB).is_none() && decoded.bits(14, 11) != 0 {
                let sources = encoding.operands.len() as u32 - 1;
                let values = (0..sources).chain([3]).map(|at| decoded.bits(11 + at, 11 + at));
                flag(true, list("op_sel", values).trim_start());
            }
            flag(bit(15), "clamp");
            output_multiplier(text, decoded.bits(60, 59));
        }
        Format::Vop3p if encoding.mnemonic.starts_with("v_mfma") => {
            for (name, value) in [
                ("cbsz", decoded.bits(10, 8)),
                ("abid", decoded.bits(14, 11)),
                ("blgp", decoded.bits(63, 61)),
            ] {
                if value != 0 {
                    flag(true, &format!("{name}:{value}"));
                }
            }
        }
        Format::Vop3p if encoding.mnemonic.starts_with("v_accvgpr") => {}
        Format::Vop3p => {
            let sources = encoding.operands.len() as u32 - 1;
            let high = |at: u32| if at == 2 { decoded.bits(14, 14) } else { decoded.bits(59 + at, 59 + at) };
            let mixed = encoding.mnemonic.contains("_mix");
            let each = |low: u32| (0..sources).map(move |at| decoded.bits(low + at, low + at));
            let mut add = |name: &str, values: Vec<u32>, usual: u32| {
                if values.iter().any(|value| *value != usual) {
                    flag(true, list(name, values.into_iter()).trim_start());
                }
            };
            add("op_sel", each(11).collect(), 0);
            if encoding.mnemonic != "v_pk_mov_b32" {
                add("op_sel_hi", (0..sources).map(high).collect(), u32::from(!mixed));
            }
            add("neg_lo", each(61).collect(), 0);
            add("neg_hi", each(8).collect(), 0);
            flag(bit(15), "clamp");
        }
        Format::Vop1Sdwa | Format::Vop2Sdwa | Format::VopcSdwa => sdwa(decoded, text),
        Format::Vop1Dpp | Format::Vop2Dpp => dpp(decoded, text),
        Format::Ds => {
            let (first, second) = (decoded.bits(7, 0), decoded.bits(15, 8));
            if encoding.two_offsets {
                flag(first != 0, &format!("offset0:{first}"));
                flag(second != 0, &format!("offset1:{second}"));
            } else if encoding.mnemonic == "ds_swizzle_b32" {
                flag(first | second != 0, &swizzle(first | second << 8));
            } else {
                flag(first | second != 0, &format!("offset:{}", first | second << 8));
            }
            flag(bit(16), "gds");
        }
        Format::Flat | Format::Scratch | Format::Global => {
            let signed = (decoded.bits(12, 0) << 19) as i32 >> 19;
            let offset = if encoding.format == Format::Flat { decoded.bits(11, 0) as i32 } else { signed };
            flag(offset != 0, &format!("offset:{offset}"));
            flag(bit(16), "glc");
            flag(bit(17), "slc");
            flag(bit(25), "scc");
            flag(bit(13), "lds");
        }
        Format::Mubuf => {
            if encoding.operands.is_empty() {
                return;
            }
            flag(bit(13), "idxen");
            flag(bit(12), "offen");
            let offset = decoded.bits(11, 0);
            flag(offset != 0, &format!("offset:{offset}"));
            flag(bit(14), "glc");
            flag(bit(17), "slc");
            flag(bit(15), "scc");
            flag(bit(16), "lds");
        }
        _ => {}
    }
}

fn swizzle(pattern: u32) -> String {
    if pattern & 0xff00 == 0x8000 {
        let lanes: Vec<String> = (0..4).map(|lane| (pattern >> (2 * lane) & 3).to_string()).collect();
        return format!("offset:swizzle(QUAD_PERM,{})", lanes.join(","));
    }
    let (and, or, xor) = (pattern & 31, pattern >> 5 & 31, pattern >> 10 & 31);
    match (and, or, xor) {
        _ if pattern & 0x8000 != 0 => format!("offset:{pattern}"),
        (31, 0, xor) if xor.is_power_of_two() => format!("offset:swizzle(SWAP,{xor})"),
        (31, 0, xor) if xor > 0 && (xor + 1).is_power_of_two() => {
            format!("offset:swizzle(REVERSE,{})", xor + 1)
        }
        (and, or, 0) if and != 31 && (32 - and).is_power_of_two() && or < 32 - and => {
            format!("offset:swizzle(BROADCAST,{},{or})", 32 - and)
        }
        _ => {
            let digits: String = (0..5)
                .rev()
                .map(|at| match (and >> at & 1, or >> at & 1, xor >> at & 1) {
                    (0, 0, 0) => '0',
                    (0, _, 0) | (0, 0, _) => '1',
                    (1, 0, 0) => 'p',
                    (1, 0, _) => 'i',
                    _ => '?',
                })
                .collect();
            format!("offset:swizzle(BITMASK_PERM,\"{digits}\")")
        }
    }
}

fn sdwa(decoded: &Decoded, text: &mut String) {
    const PARTS: [&str; 8] = ["BYTE_0", "BYTE_1", "BYTE_2", "BYTE_3", "WORD_0", "WORD_1", "DWORD", "?"];
    const UNUSED: [&str; 4] = ["UNUSED_PAD", "UNUSED_SEXT", "UNUSED_PRESERVE", "?"];
    let part = |high: u32, low: u32| PARTS[decoded.bits(high, low) as usize];
    let encoding = decoded.encoding;
    if encoding.format != Format::VopcSdwa {
        if decoded.bits(45, 45) == 1 {
            text.push_str(" clamp");
        }
        output_multiplier(text, decoded.bits(47, 46));
        let unused = UNUSED[decoded.bits(44, 43) as usize];
        let _ = write!(text, " dst_sel:{} dst_unused:{unused}", part(42, 40));
    }
    let _ = write!(text, " src0_sel:{}", part(50, 48));
    if encoding.operand(Field::Vsrc1).is_some() {
        let _ = write!(text, " src1_sel:{}", part(58, 56));
    }
}

fn dpp(decoded: &Decoded, text: &mut String) {
    let control = decoded.bits(48, 40);
    let name = match control {
        0..=0xff => {
            let lanes: Vec<String> = (0..4).map(|lane| (control >> (2 * lane) & 3).to_string()).collect();
            format!("quad_perm:[{}]", lanes.join(","))
        }
        0x101..=0x10f => format!("row_shl:{}", control & 15),
        0x111..=0x11f => format!("row_shr:{}", control & 15),
        0x121..=0x12f => format!("row_ror:{}", control & 15),
        0x130 => "wave_shl:1".into(),
        0x134 => "wave_rol:1".into(),
        0x138 => "wave_shr:1".into(),
        0x13c => "wave_ror:1".into(),
        0x140 => "row_mirror".into(),
        0x141 => "row_half_mirror".into(),
        0x142 => "row_bcast:15".into(),
        0x143 => "row_bcast:31".into(),
        0x150..=0x15f => format!("row_newbcast:{}", control & 15),
        _ => "/* Invalid dpp_ctrl value */".into(),
    };
    let (rows, banks) = (decoded.bits(63, 60), decoded.bits(59, 56));
    let _ = write!(text, " {name} row_mask:{rows:#x} bank_mask:{banks:#x}");
    if decoded.bits(51, 51) == 1 {
        text.push_str(" bound_ctrl:1");
    }
}
