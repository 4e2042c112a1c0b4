//! What fits no executor: moves between lanes and scalar registers, jumps through registers, hardware registers,
//! register indexing.

use super::sopp::jump;
use super::transfer::Lanes;
use super::vector::row_offset;
use super::{Attachments, Flow, Handler, Instruction, mfma, scalar};
use crate::isa::operand::{ConstantType, EXEC, Scalar, VGPR, scalar as constant};
use crate::isa::{Decoded, Field};
use crate::wave::{Wave, base, mode};

/// The row of vector source `index`, a VGPR.
fn row(wave: &Wave, instruction: &Instruction, index: usize) -> *mut u32 {
    wave.bases[base::VGPR as usize].wrapping_add(instruction.source[index] as usize).cast()
}

fn target(wave: &Wave, instruction: &Instruction) -> *mut u32 {
    wave.bases[base::VGPR as usize].wrapping_add(instruction.target as usize).cast()
}

unsafe fn v_readfirstlane(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let lane = wave.exec().trailing_zeros() as usize & 63;
    // SAFETY: the source is a row.
    wave.sgprs[instruction.target as usize & 127] = unsafe { *row(wave, instruction, 0).add(lane) };
    Flow::Next
}

unsafe fn v_readlane(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let lane = scalar::read(wave, instruction, 1) as usize & 63;
    // SAFETY: the source is a row.
    wave.sgprs[instruction.target as usize & 127] = unsafe { *row(wave, instruction, 0).add(lane) };
    Flow::Next
}

unsafe fn v_writelane(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let value = scalar::read(wave, instruction, 0) as u32;
    let lane = scalar::read(wave, instruction, 1) as usize & 63;
    // SAFETY: the target is a row.
    unsafe { *target(wave, instruction).add(lane) = value };
    Flow::Next
}

unsafe fn v_swap(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let (a, b) = (target(wave, instruction), row(wave, instruction, 0));
    // SAFETY: both are rows.
    unsafe {
        for lane in Lanes(wave.exec()) {
            std::ptr::swap(a.add(lane), b.add(lane));
        }
    }
    Flow::Next
}

/// `v_mqsad_u32_u8`: four masked sums of differences over a sliding window, each in a register of its own.
unsafe fn v_mqsad_u32(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let (window, reference, start) =
        (row(wave, instruction, 0), row(wave, instruction, 1), row(wave, instruction, 2));
    let target = target(wave, instruction);
    for lane in Lanes(wave.exec()) {
        // SAFETY: all operands are VGPRs with as many rows as they span.
        unsafe {
            let bytes = u64::from(*window.add(lane)) | u64::from(*window.add(64 + lane)) << 32;
            let reference = *reference.add(lane);
            let mut sums = [0u32; 4];
            for (index, sum) in sums.iter_mut().enumerate() {
                *sum = *start.add(index * 64 + lane);
                for byte in 0..4 {
                    let (a, b) =
                        (bytes >> (8 * (index + byte)) & 0xff, u64::from(reference >> (8 * byte) & 0xff));
                    *sum = sum.wrapping_add(if b == 0 { 0 } else { a.abs_diff(b) as u32 });
                }
            }
            for (index, sum) in sums.into_iter().enumerate() {
                *target.add(index * 64 + lane) = sum;
            }
        }
    }
    Flow::Next
}

unsafe fn nothing(_: &mut Wave, _: &Instruction) -> Flow {
    Flow::Next
}

unsafe fn s_setpc(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let pc = scalar::read(wave, instruction, 0);
    jump(wave, pc)
}

unsafe fn s_swappc(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let pc = scalar::read(wave, instruction, 0);
    let back = wave.code.address_of(instruction) + 4;
    wave.set_sgpr64(instruction.target & 127, back);
    jump(wave, pc)
}

unsafe fn s_call(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let back = wave.code.address_of(instruction) + 4;
    wave.set_sgpr64(instruction.target & 127, back);
    jump(wave, back.wrapping_add_signed(i64::from(instruction.bits as u16 as i16) * 4))
}

/// What a hardware register shows.
fn hardware_register(wave: &Wave, id: u32) -> u32 {
    match id {
        // MODE.
        1 => wave.mode,
        // STATUS: SCC, and the wave is valid; EXECZ and VCCZ.
        2 => {
            wave.scc
                | u32::from(wave.exec() == 0) << 9
                | u32::from(wave.vcc() == 0) << 10
                | u32::from(wave.state != crate::wave::WaveState::Ended) << 16
        }
        // HW_ID.
        4 => wave.hardware_id,
        // LDS_ALLOC: the size in 128-dword blocks stands in 20:12.
        6 => wave.lds_size.div_ceil(512) << 12,
        // SH_MEM_BASES: the upper halves' upper halves of both apertures.
        15 => {
            let private = (crate::dispatch::PRIVATE_APERTURE_BASE >> 48) as u32;
            let shared = (crate::dispatch::SHARED_APERTURE_BASE >> 48) as u32;
            private | shared << 16
        }
        // TRAPSTS and the rest hold nothing that a kernel could have put there.
        _ => 0,
    }
}

/// Register, first bit and width from a `hwreg` immediate.
fn hardware_field(instruction: &Instruction) -> (u32, u32, u32) {
    let immediate = instruction.bits as u32 & 0xffff;
    let (offset, size) = (immediate >> 6 & 31, (immediate >> 11 & 31) + 1);
    (immediate & 63, offset, u32::MAX >> (32 - size))
}

unsafe fn s_getreg(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let (register, offset, mask) = hardware_field(instruction);
    wave.sgprs[instruction.target as usize & 127] = hardware_register(wave, register) >> offset & mask;
    Flow::Next
}

fn set_register(wave: &mut Wave, instruction: &Instruction, value: u32) -> Flow {
    let (register, offset, mask) = hardware_field(instruction);
    if register == 1 {
        wave.mode = wave.mode & !(mask << offset) | (value & mask) << offset;
        wave.mxcsr = mode::HostModes::from_mode(wave.mode);
        mode::set_mxcsr(wave.mxcsr.single);
    }
    Flow::Next
}

unsafe fn s_setreg(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let value = wave.sgprs[instruction.target as usize & 127];
    set_register(wave, instruction, value)
}

unsafe fn s_setreg_imm32(wave: &mut Wave, instruction: &Instruction) -> Flow {
    set_register(wave, instruction, (instruction.bits >> 32) as u32)
}

/// Scalar relative moves: the register number is M0's distance further.
unsafe fn s_movrel(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let (wide, to) = (instruction.flags & 1 != 0, instruction.flags & 2 != 0);
    let distance = wave.m0() & 127;
    let (mut from, mut target) = (instruction.source[0] as u32, instruction.target);
    if to {
        target += distance
    } else {
        from += distance
    }
    let (from, target) = (from.min(126), target.min(126));
    if wide {
        wave.set_sgpr64(target, wave.sgpr64(from));
    } else {
        wave.sgprs[target as usize] = wave.sgprs[from as usize];
    }
    Flow::Next
}

/// `s_set_gpr_idx_on`: which operands are indexed goes to M0 15:12, by how much to M0 7:0.
unsafe fn s_set_gpr_idx_on(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let index = scalar::read(wave, instruction, 0) as u32 & 0xff;
    let operands = (instruction.bits >> 8) as u32 & 15;
    let m0 = &mut wave.sgprs[crate::isa::operand::M0 as usize];
    *m0 = *m0 & 0xffff_0f00 | index | operands << 12;
    indexed(wave, instruction)
}

unsafe fn s_set_gpr_idx_idx(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let index = scalar::read(wave, instruction, 0) as u32 & 0xff;
    let m0 = &mut wave.sgprs[crate::isa::operand::M0 as usize];
    *m0 = *m0 & 0xffff_ff00 | index;
    Flow::Next
}

unsafe fn s_set_gpr_idx_off(wave: &mut Wave, _: &Instruction) -> Flow {
    wave.index_mode = 0;
    Flow::Next
}

unsafe fn s_set_gpr_idx_mode(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let operands = instruction.bits as u32 & 15;
    let m0 = &mut wave.sgprs[crate::isa::operand::M0 as usize];
    *m0 = *m0 & 0xffff_0fff | operands << 12;
    indexed(wave, instruction)
}

/// The handler of `s_set_gpr_idx_off` and `s_set_gpr_idx_mode`.
pub(crate) fn gpr_index_off_or_mode(decoded: &Decoded) -> Handler {
    if decoded.encoding.mnemonic.ends_with("off") { s_set_gpr_idx_off } else { s_set_gpr_idx_mode }
}

/// Runs the instructions up to `s_set_gpr_idx_off` with their VGPR operands moved by M0.
///
/// A vector instruction is run from a copy with other row offsets; the rest runs as it is. Anything but the next
/// instruction (a barrier, a fault) ends the stretch early; the compiler emits none of that inside one.
fn indexed(wave: &mut Wave, from: &Instruction) -> Flow {
    wave.index_mode = 1;
    if wave.stepwise {
        return Flow::Next;
    }
    let mut at = (&raw const *from).wrapping_add(1);
    while wave.index_mode != 0 {
        wave.executed += 1;
        // SAFETY: a page ends with an entry that leaves it, so `at` stays inside.
        at = match run_indexed(wave, unsafe { &*at }) {
            Flow::Next => at.wrapping_add(1),
            Flow::Jump => wave.ip,
            other => return other,
        };
    }
    wave.ip = at;
    Flow::Jump
}

/// Runs one instruction of an indexed stretch.
pub(crate) fn run_indexed(wave: &mut Wave, entry: &Instruction) -> Flow {
    let original = crate::translate::original(entry);
    let mut instruction = *original;
    let m0 = wave.m0();
    let (distance, operands) = (row_offset(m0 & 0xff), m0 >> 12 & 15);
    // SAFETY: built together with the instruction.
    let mut modifiers = unsafe { instruction.extra.as_ref() }.cloned();
    let vector = is_vector(&instruction);
    if vector {
        instruction.move_registers(operands, distance);
        if let Some(modifiers) = &mut modifiers {
            modifiers.move_registers(operands, distance);
            instruction.extra = modifiers;
        }
    }
    // What is not a vector instruction may ask where it is, and runs in place.
    let run = if vector { &instruction } else { entry };
    // SAFETY: as for the loop that runs waves.
    unsafe { (run.run)(wave, run) }
}

/// Whether the bits are of a VOP format.
fn is_vector(instruction: &Instruction) -> bool {
    let first = instruction.bits as u32;
    instruction.words != 0 && (first >> 31 == 0 || first >> 26 == 0x34)
}

/// Resolves the instructions of this file, and matrix ones.
pub(crate) fn build(decoded: &Decoded, attachments: &mut Attachments) -> Option<Instruction> {
    let encoding = decoded.encoding;
    let name = encoding.base_mnemonic();
    if name.starts_with("v_mfma") {
        return mfma::build(decoded, attachments);
    }
    if name == "v_mqsad_u32_u8" {
        let mut instruction = Instruction::new(v_mqsad_u32, decoded);
        for (index, field) in [Field::Src0, Field::Src1, Field::Src2].into_iter().enumerate() {
            instruction.source[index] = row_offset(decoded.field(field).checked_sub(VGPR)?).into();
        }
        instruction.target = row_offset(decoded.field(Field::Vdst));
        return Some(instruction);
    }
    let run: Handler = match name {
        "v_readfirstlane_b32" => v_readfirstlane,
        "v_readlane_b32" => v_readlane,
        "v_writelane_b32" => v_writelane,
        "v_swap_b32" => v_swap,
        "v_nop" | "v_clrexcp" => nothing,
        "s_setpc_b64" => s_setpc,
        "s_swappc_b64" => s_swappc,
        "s_call_b64" => s_call,
        "s_getreg_b32" => s_getreg,
        "s_setreg_b32" => s_setreg,
        "s_setreg_imm32_b32" => s_setreg_imm32,
        "s_movrels_b32" | "s_movrels_b64" | "s_movreld_b32" | "s_movreld_b64" => s_movrel,
        "s_set_gpr_idx_on" => s_set_gpr_idx_on,
        "s_set_gpr_idx_idx" => s_set_gpr_idx_idx,
        _ => return None,
    };
    let mut instruction = Instruction::new(run, decoded);
    let plain = decoded.encoding.format;
    use crate::isa::Format as F;
    match plain {
        F::Vop1 | F::Vop3 => {
            instruction.target = match encoding.operand(Field::Vdst) {
                Some(_) => row_offset(decoded.field(Field::Vdst)),
                None => decoded.field(Field::Sdst),
            };
            for (index, field) in [Field::Src0, Field::Src1].into_iter().enumerate() {
                if encoding.operand(field).is_none() {
                    continue;
                }
                let code = decoded.field(field);
                if code >= VGPR {
                    instruction.source[index] = row_offset(code - VGPR).into();
                    // Lane numbers and scalar values cannot come from a VGPR, rows must.
                    let row_wanted = index == 0 && name != "v_writelane_b32";
                    if !row_wanted {
                        return None;
                    }
                } else if name == "v_writelane_b32" || index == 1 {
                    scalar::resolve(&mut instruction, index, code, decoded.literal(), 1)?;
                } else if let Scalar::Register(register) =
                    constant(code, decoded.literal(), ConstantType::Single)
                    && register < EXEC + 2
                    && name == "v_readfirstlane_b32"
                {
                    // A scalar source reads as itself.
                    instruction.run = read_scalar;
                    instruction.source[0] = register.into();
                } else {
                    return None;
                }
            }
        }
        F::Vop1Sdwa | F::Vop1Dpp => return None,
        F::Sopk => instruction.target = decoded.field(Field::Sdst),
        F::Sopc | F::Sop1 => {
            if let Some(source) = encoding.operand(Field::Ssrc0) {
                let code = decoded.field(Field::Ssrc0);
                scalar::resolve(&mut instruction, 0, code, decoded.literal(), source.registers)?;
            }
            if encoding.operand(Field::Sdst).is_some() {
                instruction.target = decoded.field(Field::Sdst);
            }
            if name.starts_with("s_movrel") {
                instruction.flags =
                    u16::from(name.ends_with("b64")) | u16::from(name.starts_with("s_movreld")) << 1;
                instruction.source[0] = decoded.field(Field::Ssrc0).into();
            }
        }
        _ => return None,
    }
    Some(instruction)
}

unsafe fn read_scalar(wave: &mut Wave, instruction: &Instruction) -> Flow {
    wave.sgprs[instruction.target as usize & 127] = wave.sgprs[instruction.source[0] as usize & 127];
    Flow::Next
}
