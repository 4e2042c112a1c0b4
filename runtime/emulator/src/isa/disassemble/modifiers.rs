//! What follows the operands: flags, offsets, selections of parts and lanes.

use std::fmt::Write as _;

use crate::isa::decode::Decoded;
use crate::isa::table::{Field, Format};

fn list(name: &str, values: impl Iterator<Item = u32>) -> String {
    let values: Vec<String> = values.map(|value| value.to_string()).collect();
    format!(" {name}:[{}]", values.join(","))
}

fn output_multiplier(text: &mut String, code: u32) {
    text.push_str(["", " mul:2", " mul:4", " div:2"][code as usize & 3]);
}

pub(super) fn modifiers(decoded: &Decoded, text: &mut String) {
    let encoding = decoded.encoding;
    let bit = |at: u32| decoded.bits(at, at) == 1;
    let mut flag = |on: bool, name: &str| {
        if on && !name.is_empty() {
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
                let sources = (encoding.operands.len() as u32).saturating_sub(1);
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
            let sources = (encoding.operands.len() as u32).saturating_sub(1);
            let high = |at: u32| if at == 2 { decoded.bits(14, 14) } else { decoded.bits(59 + at, 59 + at) };
            let mixed = encoding.mnemonic.contains("_mix");
            let each = |low: u32| (0..sources).map(move |at| decoded.bits(low + at, low + at));
            let mut add = |name: &str, values: Vec<u32>, usual: u32| {
                if values.iter().any(|value| *value != usual) {
                    flag(true, list(name, values.into_iter()).trim_start());
                }
            };
            add("op_sel", each(11).collect(), 0);
            add("op_sel_hi", (0..sources).map(high).collect(), u32::from(!mixed));
            if !mixed {
                add("neg_lo", each(61).collect(), 0);
                add("neg_hi", each(8).collect(), 0);
            }
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
        Format::Mimg => {
            let parts = decoded.bits(11, 8);
            flag(parts != 0, &format!("dmask:{parts:#x}"));
            let named = [
                (12, "unorm"),
                (13, "glc"),
                (25, "slc"),
                (7, "scc"),
                (15, "a16"),
                (17, "lwe"),
                (14, "da"),
                (63, "d16"),
            ];
            for (at, name) in named {
                flag(bit(at), name);
            }
        }
        Format::Mtbuf => {
            flag(true, &buffer_format(decoded.bits(22, 19), decoded.bits(25, 23)));
            flag(bit(13), "idxen");
            flag(bit(12), "offen");
            let offset = decoded.bits(11, 0);
            flag(offset != 0, &format!("offset:{offset}"));
            flag(bit(14), "glc");
            flag(bit(54), "slc");
            flag(bit(53), "scc");
        }
        Format::Mubuf => {
            if encoding.operands.is_empty() {
                return;
            }
            flag(bit(13), "idxen");
            flag(bit(12), "offen");
            let offset = decoded.bits(11, 0);
            flag(offset != 0, &format!("offset:{offset}"));
            let only_lds = encoding.mnemonic == "buffer_store_lds_dword";
            flag(only_lds, "lds");
            flag(bit(14), "glc");
            flag(bit(17), "slc");
            flag(bit(15), "scc");
            flag(bit(16) && !only_lds, "lds");
        }
        _ => {}
    }
}

/// The data and number format of a typed buffer access; the default of each is left out.
fn buffer_format(data: u32, number: u32) -> String {
    const DATA: [&str; 16] = [
        "INVALID",
        "8",
        "16",
        "8_8",
        "32",
        "16_16",
        "10_11_11",
        "11_11_10",
        "10_10_10_2",
        "2_10_10_10",
        "8_8_8_8",
        "32_32",
        "16_16_16_16",
        "32_32_32",
        "32_32_32_32",
        "RESERVED_15",
    ];
    const NUMBER: [&str; 8] = ["UNORM", "SNORM", "USCALED", "SSCALED", "UINT", "SINT", "RESERVED_6", "FLOAT"];
    let (data_name, number_name) = (DATA[data as usize], NUMBER[number as usize]);
    match (data, number) {
        (1, 0) => String::new(),
        (1, _) => format!("format:[BUF_NUM_FORMAT_{number_name}]"),
        (_, 0) => format!("format:[BUF_DATA_FORMAT_{data_name}]"),
        _ => format!("format:[BUF_DATA_FORMAT_{data_name},BUF_NUM_FORMAT_{number_name}]"),
    }
}

fn swizzle(pattern: u32) -> String {
    if pattern >> 13 == 7 {
        return format!("offset:swizzle(FFT,{})", pattern & 31);
    }
    if pattern >> 13 == 6 {
        let (direction, count) = (pattern >> 10 & 1, pattern >> 5 & 31);
        return format!("offset:swizzle(ROTATE,{direction},{count})");
    }
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
                    (1, 0, 0) => 'p',
                    (1, 0, _) => 'i',
                    // Whatever the lane's own bit is.
                    (_, or, xor) => char::from(b'0' + (or ^ xor) as u8),
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
