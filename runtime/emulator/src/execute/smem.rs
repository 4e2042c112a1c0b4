//! SMEM: scalar loads and stores, scalar atomics, time, cache control.

use super::{Flow, Handler, Instruction, fault};
use crate::dispatch::FaultKind;
use crate::isa::{Decoded, Field};
use crate::observe::{Kind, Place, Space};
use crate::wave::Wave;
use crate::wave::memory::{load, store};

/// In [`Instruction::flags`]: the address is a buffer descriptor's base.
const BUFFER: u16 = 1;
/// In [`Instruction::flags`]: a register holds (part of) the offset.
const OFFSET_REGISTER: u16 = 2;

/// The address without its lowest bits, and the bytes that may follow it in a buffer.
fn address(wave: &Wave, instruction: &Instruction) -> (u64, u64) {
    let (address, room) = whole_address(wave, instruction);
    (address & !3, room)
}

/// The address with the bits that the hardware drops.
fn whole_address(wave: &Wave, instruction: &Instruction) -> (u64, u64) {
    let mut offset = instruction.source[1] as i64;
    if instruction.flags & OFFSET_REGISTER != 0 {
        offset += i64::from(wave.sgprs[instruction.source[2] as usize & 127]);
    }
    let sbase = instruction.source[0] as u32;
    if instruction.flags & BUFFER != 0 {
        let base = wave.sgpr64(sbase) & 0xffff_ffff_ffff;
        let stride = u64::from(wave.sgprs[sbase as usize + 1] >> 16 & 0x3fff);
        let records = u64::from(wave.sgprs[sbase as usize + 2]) * stride.max(1);
        let offset = offset as u64;
        return (base.wrapping_add(offset), records.saturating_sub(offset));
    }
    (wave.sgpr64(sbase).wrapping_add_signed(offset), u64::MAX)
}

unsafe fn load_dwords(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let count = usize::from(instruction.mask);
    let (address, room) = address(wave, instruction);
    let target = (instruction.target & 127) as usize;
    if room < count as u64 * 4 {
        // Past the end of a buffer reads zero.
        for index in 0..count {
            wave.sgprs[target + index] = 0;
        }
        return Flow::Next;
    }
    if !wave.memory.covers(address, count as u64 * 4, false) {
        return fault(wave, FaultKind::ReadOutOfBounds, None, Some(address));
    }
    for index in 0..count {
        // SAFETY: just checked.
        wave.sgprs[target + index] = unsafe { load(address + index as u64 * 4) };
    }
    Flow::Next
}

unsafe fn store_dwords(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let count = usize::from(instruction.mask);
    let (address, room) = address(wave, instruction);
    if room < count as u64 * 4 {
        return Flow::Next;
    }
    if !wave.memory.covers(address, count as u64 * 4, true) {
        return fault(wave, FaultKind::WriteOutOfBounds, None, Some(address));
    }
    let from = (instruction.target & 127) as usize;
    for index in 0..count {
        // SAFETY: just checked.
        unsafe { store(address + index as u64 * 4, wave.sgprs[from + index]) };
    }
    Flow::Next
}

/// Nanoseconds as the 100 MHz counter would count them for `realtime`, else as they are.
fn now(wave: &mut Wave, realtime: bool) -> u64 {
    if wave.own_time {
        // Time goes on with each look at it; a wave that waits for an hour to pass must come to an end.
        wave.time += 1_000;
        let nanoseconds = wave.executed + wave.time;
        return if realtime { nanoseconds / 10 } else { nanoseconds };
    }
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is writable.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    let nanoseconds = time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64;
    if realtime { nanoseconds / 10 } else { nanoseconds }
}

unsafe fn s_memtime(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let now = now(wave, false);
    wave.set_sgpr64(instruction.target & 127, now);
    Flow::Next
}

unsafe fn s_memrealtime(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let now = now(wave, true);
    wave.set_sgpr64(instruction.target & 127, now);
    Flow::Next
}

unsafe fn nothing(_: &mut Wave, _: &Instruction) -> Flow {
    Flow::Next
}

unsafe fn atomic(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let (address, room) = address(wave, instruction);
    let wide = instruction.mask != 0;
    let size = if wide { 8 } else { 4 };
    if room < size {
        return Flow::Next;
    }
    if !wave.memory.covers(address, size, true) {
        return fault(wave, FaultKind::WriteOutOfBounds, None, Some(address));
    }
    let data = (instruction.target & 127) as usize;
    let operation = super::atomic::Atomic::from_code(instruction.from[0]);
    let operand = if wide {
        (wave.sgpr64(data as u32), wave.sgpr64(data as u32 + 2))
    } else {
        (wave.sgprs[data].into(), wave.sgprs[data + 1].into())
    };
    // SAFETY: just checked.
    let old = unsafe { super::atomic::host_atomic(operation, wide, address, operand.0, operand.1) };
    if instruction.bits >> 16 & 1 != 0 {
        if wide {
            wave.set_sgpr64(data as u32, old);
        } else {
            wave.sgprs[data] = old as u32;
        }
    }
    Flow::Next
}

/// Resolves a scalar memory instruction.
pub(crate) fn build(decoded: &Decoded) -> Option<Instruction> {
    let encoding = decoded.encoding;
    let name = encoding.mnemonic;
    let data = encoding.operand(Field::Sdata);
    let mut operation = 0;
    let handler: Handler = match name {
        "s_memtime" => s_memtime,
        "s_memrealtime" => s_memrealtime,
        _ if name.starts_with("s_dcache") || name.starts_with("s_atc") => nothing,
        // Its unit of offset and base is the wave's flat scratch, which nothing emits for gfx90a.
        _ if name.contains("scratch") => return None,
        _ if name.contains("atomic") => {
            let (_, tail) = name.split_once("atomic_")?;
            operation = super::atomic::Atomic::named(tail.trim_end_matches("_x2"))?.code();
            atomic
        }
        _ if name.contains("load") => load_dwords,
        _ if name.contains("store") => store_dwords,
        _ => return None,
    };
    let mut instruction = Instruction::new(handler, decoded);
    instruction.target = decoded.field(Field::Sdata);
    instruction.mask = data.map_or(0, |data| data.registers);
    if name.contains("atomic") {
        instruction.mask = name.ends_with("_x2").into();
        instruction.from[0] = operation;
    }
    instruction.source[0] = decoded.field(Field::Sbase).into();
    if encoding.operand(Field::Sbase).is_some_and(|base| base.registers == 4) {
        instruction.flags |= BUFFER;
    }
    let (immediate, register) = (decoded.bits(17, 17) == 1, decoded.bits(14, 14) == 1);
    if immediate {
        // Sign-extended from 21 bits.
        let offset = i64::from((decoded.bits(52, 32) << 11) as i32 >> 11);
        instruction.source[1] = offset as u64;
        if register {
            instruction.flags |= OFFSET_REGISTER;
            instruction.source[2] = decoded.bits(63, 57).into();
        }
    } else {
        // Without an immediate the register stands in the offset's place, unless soffset_en moves it.
        instruction.flags |= OFFSET_REGISTER;
        instruction.source[2] =
            if register { decoded.bits(63, 57).into() } else { u64::from(decoded.bits(38, 32)) };
    }
    Some(instruction)
}

/// Where the access is, for who watches.
pub(crate) fn locate(wave: &Wave, instruction: &Instruction, kind: Kind, places: &mut Vec<Place>) {
    let bytes = match (kind, instruction.mask) {
        (Kind::Atomic, 0) => 4,
        (Kind::Atomic, _) => 8,
        (_, count) => u64::from(count) * 4,
    };
    let (address, room) = whole_address(wave, instruction);
    if room >= bytes {
        places.push(Place { lane: 0, space: Space::Global, bytes: bytes as u8, address });
    }
}
