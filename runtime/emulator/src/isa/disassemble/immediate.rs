//! Immediates: numbers, hardware registers, wait counts, messages, and the offsets of scalar memory instructions.

use super::{is_inline, scalar_register};
use crate::isa::decode::Decoded;
use crate::isa::table::Format;

/// As LLVM writes a number that may be an inline constant.
pub(super) fn number(value: u32) -> String {
    if is_inline(value) { (value as i32).to_string() } else { format!("{value:#x}") }
}

pub(super) fn index_mode(bits: u32) -> String {
    let names = ["SRC0", "SRC1", "SRC2", "DST"];
    let on: Vec<&str> = (0..4).filter(|bit| bits >> bit & 1 != 0).map(|bit| names[bit]).collect();
    format!("gpr_idx({})", on.join(","))
}

pub(super) fn scalar_offset(decoded: &Decoded) -> String {
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
    const TRAP_NAMES: [&str; 4] = ["TBA_LO", "TBA_HI", "TMA_LO", "TMA_HI"];
    let (id, offset, size) = (bits & 63, bits >> 6 & 31, (bits >> 11 & 31) + 1);
    let name = match NAMES.get(id as usize) {
        Some(&"0") | None if id == 15 => "HW_REG_SH_MEM_BASES".to_owned(),
        None if (16..20).contains(&id) => format!("HW_REG_{}", TRAP_NAMES[id as usize - 16]),
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

pub(super) fn immediate(decoded: &Decoded) -> String {
    let bits = decoded.bits(15, 0);
    match decoded.encoding.mnemonic {
        "s_waitcnt" => wait_counts(bits),
        "s_getreg_b32" | "s_setreg_b32" => hardware_register(bits),
        "s_setreg_imm32_b32" => format!("{}, {}", hardware_register(bits), number(decoded.literal())),
        "s_set_gpr_idx_mode" if bits < 16 => index_mode(bits),
        "s_sendmsg" | "s_sendmsghalt" => message(bits),
        "s_endpgm" if bits == 0 => String::new(),
        "s_endpgm" => bits.to_string(),

        name if name.contains("branch") || name.contains("call") => bits.to_string(),
        _ if decoded.encoding.format == Format::Sopk => format!("{bits:#x}"),
        _ => number(bits),
    }
}

/// The argument of `s_sendmsg`; a number where it is no message of gfx90a.
fn message(bits: u32) -> String {
    const GEOMETRY: [&str; 4] = ["GS_OP_NOP", "GS_OP_CUT", "GS_OP_EMIT", "GS_OP_EMIT_CUT"];
    const SYSTEM: [&str; 5] =
        ["", "SYSMSG_OP_ECC_ERR_INTERRUPT", "SYSMSG_OP_REG_RD", "", "SYSMSG_OP_TTRACE_PC"];
    let (id, operation, stream) = (bits & 15, bits >> 4 & 7, bits >> 8 & 3);
    let name = match id {
        1 => "MSG_INTERRUPT",
        2 => "MSG_GS",
        3 => "MSG_GS_DONE",
        4 => "MSG_SAVEWAVE",
        5 => "MSG_STALL_WAVE_GEN",
        6 => "MSG_HALT_WAVES",
        7 => "MSG_ORDERED_PS_DONE",
        8 => "MSG_EARLY_PRIM_DEALLOC",
        9 => "MSG_GS_ALLOC_REQ",
        10 => "MSG_GET_DOORBELL",
        15 => "MSG_SYSMSG",
        _ => "",
    };
    match id {
        1 | 4..=10 if operation == 0 && stream == 0 => format!("sendmsg({name})"),
        3 if operation == 0 && stream == 0 => format!("sendmsg({name}, GS_OP_NOP)"),
        2 | 3 if (1..4).contains(&operation) => {
            format!("sendmsg({name}, {}, {stream})", GEOMETRY[operation as usize])
        }
        15 if matches!(operation, 1 | 2 | 4) && stream == 0 => {
            format!("sendmsg({name}, {})", SYSTEM[operation as usize])
        }
        _ if bits & !0x37f != 0 => bits.to_string(),
        _ => format!("sendmsg({id}, {operation}, {stream})"),
    }
}
