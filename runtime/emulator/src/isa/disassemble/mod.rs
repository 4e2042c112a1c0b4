//! Instructions as LLVM's disassembler writes them.
//!
//! The mnemonic and the order of operands come from the table; this file knows how registers, constants and modifiers
//! are spelled. `tests/disassembly.rs` compares with LLVM on compiled code, `tests/disassembly_random.rs` on every encoding
//! with random operands.

mod immediate;
mod modifiers;

use immediate::{immediate, index_mode, number, scalar_offset};
use modifiers::modifiers;

use super::decode::Decoded;
use super::operand::{ConstantType, LITERAL, Scalar, VGPR, scalar};
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
        // What goes to LDS has no destination register.
        if operand.field == Field::Vdst && flat && decoded.bits(13, 13) == 1
            || operand.field == Field::Vdata && encoding.format == Format::Mubuf && decoded.bits(16, 16) == 1
        {
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

/// Groups of scalar registers begin at a multiple of 2 or 4; lower bits are not looked at.
fn scalar_register(first: u32, count: u8) -> String {
    let first = match count {
        _ if first >= 124 => first,
        0 | 1 => first,
        2 => first & !1,
        _ => first & !3,
    };
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
        125 => "null".into(),
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
        230 => "src_flat_scratch_base_lo".into(),
        231 => "src_flat_scratch_base_hi".into(),
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
        // As LLVM spells what only later devices have.
        125 => "null".into(),
        // A literal that need not have been one is marked, so that assembling it again gives the same bits.
        255 if wanted == ConstantType::Half && literal > 0xffff => format!("lit({literal:#x})"),
        255 if count < 2 && wanted != ConstantType::Double && is_inline(literal) => {
            format!("lit({literal:#x})")
        }
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
            if count == 0 { number(code) } else { scalar_register(code, count) }
        }
        Field::Vcc if index < 2 => scalar_register(code, 2),
        Field::Vcc => "vcc".into(),
        Field::Ssrc0 | Field::Ssrc1 | Field::Soffset => {
            let wanted = if count == 2 { ConstantType::Integer64 } else { ConstantType::Single };
            source(code, count, decoded.literal(), wanted)
        }
        Field::Simm16 => immediate(decoded),
        Field::Imm if decoded.bits(15, 12) != 0 => format!("{:#x}", decoded.bits(15, 8)),
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
        Field::Vdata if encoding.format == Format::Mimg => {
            let parts = decoded.bits(11, 8).count_ones().max(1) as u8;
            let dwords = if decoded.bits(63, 63) == 1 { parts.div_ceil(2) } else { parts };
            register(accumulator(16), code, dwords)
        }
        Field::Vaddr if encoding.format == Format::Mimg => register('v', code, 1),
        Field::Vdata => register(accumulator(55), code, count),
        Field::Addr => {
            if encoding.gds {
                return register(accumulator(25), code, count);
            }
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
        Field::Literal => format!("{:#x}", decoded.literal()),
        Field::Src0 | Field::Src1 | Field::Src2 | Field::Vsrc1 => vector_source(decoded, operand, code),
    }
}

/// The kind of constant that a vector source takes, from the mnemonic's last type.
fn constant_type(decoded: &Decoded, count: u8) -> ConstantType {
    let name = decoded.encoding.base_mnemonic();
    match count {
        _ if name.starts_with("v_pk_") => ConstantType::Single,
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
    let base = encoding.base_mnemonic();
    let short_integer = ["i16", "u16", "b16"].iter().any(|last| base.ends_with(last))
        && encoding.format != Format::Vop3p
        && !matches!(base, "v_sat_pk_u8_i16" | "v_sad_u16")
        && (!base.contains("32") || base.starts_with("v_mad_") && index < 2);
    let mut text = if accumulator && code >= VGPR {
        register('a', code - VGPR, operand.registers)
    } else if short_integer && (code == LITERAL || (240..=248).contains(&code)) {
        // There are no fractions of integers: the bits of the half.
        match scalar(code, decoded.literal(), ConstantType::Half) {
            Scalar::Constant(bits) => format!("{:#x}", bits & 0xffff),
            _ => String::new(),
        }
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
        Format::Vop3p if name.contains("_mix") => (bit(61 + index), bit(8 + index), false),
        _ => (false, false, false),
    };
    let signless = match encoding.base_mnemonic() {
        "v_ldexp_f16" | "v_ldexp_f32" | "v_ldexp_f64" => index == 1,
        "v_cvt_pk_u8_f32" | "v_cvt_pkaccum_u8_f32" => index > 0,
        "v_pk_fmac_f16" => encoding.format == Format::Vop2Sdwa,
        "v_trig_preop_f64" => index == 1,
        name => name.starts_with("v_dot") && name.contains("_i32_") && encoding.format != Format::Vop3p,
    };
    let (negate, absolute) = (negate && !signless, absolute && !signless);
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
