//! MUBUF: buffer loads, stores and atomics; what the compiler uses for scratch.
//!
//! A buffer descriptor of four SGPRs gives base, stride, size and swizzle. Scratch is a swizzled buffer whose index
//! is the lane: dword `k` of a lane is 256 bytes after dword `k - 1`.

use super::atomic::{Atomic, host_atomic};
use super::transfer::{Lanes, Shape, load_lanes, out_of_bounds, store_lanes};
use super::vector::{row_offset, source};
use super::{Flow, Handler, Instruction, scalar};
use crate::isa::{Decoded, Field, Format};
use crate::observe::{Kind, Place, Space};
use crate::wave::{Wave, base};

const OFFSET_ENABLE: u16 = 1;
const INDEX_ENABLE: u16 = 2;
const RETURNS: u16 = 4;

/// A buffer descriptor, and the part of the address that all lanes share.
struct Buffer {
    start: u64,
    stride: u64,
    records: u64,
    swizzled: bool,
    index_stride: u64,
    add_lane: bool,
}

/// Bytes of a swizzle element.
const ELEMENT: u64 = 4;

impl Buffer {
    fn read(wave: &Wave, instruction: &Instruction) -> Self {
        let first = usize::from(instruction.mask);
        let word = |index: usize| wave.sgprs[first + index];
        let start = u64::from(word(0)) | u64::from(word(1) & 0xffff) << 32;
        Self {
            start: start.wrapping_add(scalar::read(wave, instruction, 0) & 0xffff_ffff),
            stride: u64::from(word(1) >> 16 & 0x3fff),
            records: word(2).into(),
            swizzled: word(1) >> 31 != 0,
            index_stride: 8 << (word(3) >> 21 & 3),
            add_lane: word(3) >> 23 & 1 != 0,
        }
    }

    /// Where byte `offset` of element `index` is; `None` past the buffer's end.
    #[inline(always)]
    fn locate(&self, index: u64, offset: u64, bytes: u64) -> Option<u64> {
        let inside = if self.stride == 0 { offset + bytes <= self.records } else { index < self.records };
        if !inside {
            return None;
        }
        Some(self.start.wrapping_add(if self.swizzled {
            let (high, low) = (index / self.index_stride, index % self.index_stride);
            (high * self.stride + (offset & !(ELEMENT - 1))) * self.index_stride
                + low * ELEMENT
                + offset % ELEMENT
        } else {
            index * self.stride + offset
        }))
    }
}

/// Index and offset of a lane's access.
#[inline(always)]
unsafe fn place(wave: &Wave, instruction: &Instruction, buffer: &Buffer, lane: usize) -> (u64, u64) {
    // SAFETY: source 1 is the address operand, of as many rows as the flags say.
    unsafe {
        let rows = source(wave, instruction, 1);
        let mut index = if buffer.add_lane { lane as u64 } else { 0 };
        let mut offset_row = rows;
        if instruction.flags & INDEX_ENABLE != 0 {
            index += u64::from(*rows.add(lane));
            offset_row = rows.add(64);
        }
        let immediate = instruction.bits & 0xfff;
        if instruction.flags & OFFSET_ENABLE != 0 {
            (index, u64::from((*offset_row.add(lane)).wrapping_add(immediate as u32)))
        } else {
            (index, immediate)
        }
    }
}

/// Fills the addresses of `bytes` bytes at `part` bytes into each lane's access; returns the lanes inside the buffer.
#[inline(always)]
unsafe fn locate_lanes(
    wave: &mut Wave,
    instruction: &Instruction,
    buffer: &Buffer,
    (part, bytes): (u64, u64),
    exec: u64,
    write: bool,
    at: &mut [u64; 64],
) -> Result<u64, (u32, u64)> {
    let mut inside = 0;
    let (mut low, mut high) = (u64::MAX, 0u64);
    for lane in Lanes(exec) {
        // SAFETY: as for `place`.
        let (index, offset) = unsafe { place(wave, instruction, buffer, lane) };
        if let Some(address) = buffer.locate(index, offset + part, bytes) {
            at[lane] = address;
            inside |= 1 << lane;
            low = low.min(address);
            high = high.max(address);
        }
    }
    let span = high.wrapping_sub(low).wrapping_add(bytes);
    if inside == 0 || in_scratch(wave, low, span) || wave.memory.covers(low, span, write) {
        return Ok(inside);
    }
    for lane in Lanes(inside) {
        if !in_scratch(wave, at[lane], bytes) && !wave.memory.covers(at[lane], bytes, write) {
            return Err((lane as u32, at[lane]));
        }
    }
    Ok(inside)
}

#[inline(always)]
fn in_scratch(wave: &Wave, address: u64, size: u64) -> bool {
    let scratch = wave.scratch;
    address >= scratch.base && address.saturating_add(size) <= scratch.base + scratch.size()
}

const DWORD: Shape = Shape { bytes: 4, signed: false, half: super::transfer::Half::Whole };
const BYTE: Shape = Shape { bytes: 1, signed: false, half: super::transfer::Half::Whole };

/// The one address from which all lanes' dwords follow each other, for scratch at a constant offset.
#[inline(always)]
fn scratch_row(wave: &Wave, instruction: &Instruction, buffer: &Buffer, bytes: u64) -> Option<u64> {
    let offset = instruction.bits & 0xfff;
    let plain = instruction.flags & (OFFSET_ENABLE | INDEX_ENABLE) == 0
        && buffer.swizzled
        && buffer.add_lane
        && buffer.index_stride == 64
        && buffer.stride == 0
        && offset.is_multiple_of(4)
        && bytes.is_multiple_of(4)
        && offset + bytes <= buffer.records;
    let first = buffer.start.wrapping_add(offset * 64);
    (plain && in_scratch(wave, first, bytes * 64)).then_some(first)
}

/// Whether each dword of the lanes' accesses stays in one piece.
unsafe fn whole_dwords(
    wave: &Wave,
    instruction: &Instruction,
    buffer: &Buffer,
    bytes: u64,
    exec: u64,
) -> bool {
    let within = bytes.min(4);
    !buffer.swizzled
        || Lanes(exec).all(|lane| {
            // SAFETY: as for `place`.
            let (_, offset) = unsafe { place(wave, instruction, buffer, lane) };
            offset % ELEMENT + within <= ELEMENT
        })
}

unsafe fn load(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let exec = wave.exec();
    let shape = Shape::from_code(instruction.from[2]);
    let bytes = u64::from(shape.bytes);
    let target = wave.bases[(instruction.target_base & 3) as usize].wrapping_add(instruction.target as usize);
    let target = target.cast::<u32>();
    let buffer = Buffer::read(wave, instruction);
    // SAFETY: addresses are checked before use; the operands have their rows.
    unsafe {
        if let Some(first) = scratch_row(wave, instruction, &buffer, bytes) {
            for dword in 0..bytes as usize / 4 {
                let row = (first as *const u32).add(dword * 64);
                let target = target.add(dword * 64);
                if exec == u64::MAX {
                    target.copy_from_nonoverlapping(row, 64);
                } else {
                    for lane in Lanes(exec) {
                        *target.add(lane) = *row.add(lane);
                    }
                }
            }
            return Flow::Next;
        }
        let mut at = [0; 64];
        if whole_dwords(wave, instruction, &buffer, bytes, exec) {
            let step = bytes.min(4);
            for part in (0..bytes).step_by(4) {
                let found = locate_lanes(wave, instruction, &buffer, (part, step), exec, false, &mut at);
                let inside = match found {
                    Ok(inside) => inside,
                    Err(place) => return out_of_bounds(wave, place, false),
                };
                let row = target.add(part as usize / 4 * 64);
                for lane in Lanes(exec & !inside) {
                    at[lane] = (&raw const ZERO) as u64;
                }
                load_lanes(if bytes < 4 { shape } else { DWORD }, &at, exec, row);
            }
            return Flow::Next;
        }
        // Dwords that straddle a swizzle element are put together byte by byte.
        let mut words = [[0u32; 64]; 4];
        let mut byte = [0u32; 64];
        for part in 0..bytes {
            match locate_lanes(wave, instruction, &buffer, (part, 1), exec, false, &mut at) {
                Ok(inside) => {
                    byte.fill(0);
                    load_lanes(BYTE, &at, inside, byte.as_mut_ptr());
                    for (word, byte) in words[part as usize / 4].iter_mut().zip(&byte) {
                        *word |= byte << (part % 4 * 8);
                    }
                }
                Err(place) => return out_of_bounds(wave, place, false),
            }
        }
        for (dword, words) in words.iter().enumerate().take(bytes.div_ceil(4) as usize) {
            let at: [u64; 64] = std::array::from_fn(|lane| (&raw const words[lane]) as u64);
            load_lanes(if bytes < 4 { shape } else { DWORD }, &at, exec, target.add(dword * 64));
        }
    }
    Flow::Next
}

/// What reads past a buffer's end find.
static ZERO: u32 = 0;

unsafe fn store(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let exec = wave.exec();
    let shape = Shape::from_code(instruction.from[2]);
    let bytes = u64::from(shape.bytes);
    let buffer = Buffer::read(wave, instruction);
    // SAFETY: addresses are checked before use; the operands have their rows.
    unsafe {
        let data = source(wave, &Instruction { from: [0, 0, instruction.target_base], ..*instruction }, 2);
        if let Some(first) = scratch_row(wave, instruction, &buffer, bytes) {
            for dword in 0..bytes as usize / 4 {
                let row = (first as *mut u32).add(dword * 64);
                let data = data.add(dword * 64);
                if exec == u64::MAX {
                    data.copy_to_nonoverlapping(row, 64);
                } else {
                    for lane in Lanes(exec) {
                        *row.add(lane) = *data.add(lane);
                    }
                }
            }
            return Flow::Next;
        }
        let mut at = [0; 64];
        let whole = whole_dwords(wave, instruction, &buffer, bytes, exec);
        let step = if whole { bytes.min(4) } else { 1 };
        for part in (0..bytes).step_by(step as usize) {
            let found = locate_lanes(wave, instruction, &buffer, (part, step), exec, true, &mut at);
            let inside = match found {
                Ok(inside) => inside,
                Err(place) => return out_of_bounds(wave, place, true),
            };
            let row = data.add(part as usize / 4 * 64);
            if whole {
                store_lanes(if bytes < 4 { shape } else { DWORD }, &at, inside, row);
            } else {
                let high = if shape.half == super::transfer::Half::High { 16 } else { 0 };
                for lane in Lanes(inside) {
                    let byte = *row.add(lane) >> (high + part % 4 * 8);
                    crate::wave::memory::store(at[lane], byte as u8);
                }
            }
        }
    }
    Flow::Next
}

unsafe fn atomic(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let exec = wave.exec();
    let operation = Atomic::from_code(instruction.from[2]);
    let wide = instruction.prepare[0] != 0;
    let bytes = if wide { 8 } else { 4 };
    let buffer = Buffer::read(wave, instruction);
    let data = wave.bases[(instruction.target_base & 3) as usize].wrapping_add(instruction.target as usize);
    let data = data.cast::<u32>();
    let mut at = [0; 64];
    // SAFETY: addresses are checked before use; the operands have their rows.
    unsafe {
        let inside = match locate_lanes(wave, instruction, &buffer, (0, bytes), exec, true, &mut at) {
            Ok(inside) => inside,
            Err(place) => return out_of_bounds(wave, place, true),
        };
        for lane in Lanes(exec) {
            let word = |index: usize| u64::from(*data.add(index * 64 + lane));
            let compare = operation == Atomic::CompareSwap;
            let (a, b) = match wide {
                false => (word(0), if compare { word(1) } else { 0 }),
                true => (word(0) | word(1) << 32, if compare { word(2) | word(3) << 32 } else { 0 }),
            };
            let old = if inside >> lane & 1 != 0 { host_atomic(operation, wide, at[lane], a, b) } else { 0 };
            if instruction.flags & RETURNS != 0 {
                *data.add(lane) = old as u32;
                if wide {
                    *data.add(64 + lane) = (old >> 32) as u32;
                }
            }
        }
    }
    Flow::Next
}

unsafe fn nothing(_: &mut Wave, _: &Instruction) -> Flow {
    Flow::Next
}

/// Resolves a MUBUF instruction; the typed ones have no executor.
pub(crate) fn build(decoded: &Decoded) -> Option<Instruction> {
    let encoding = decoded.encoding;
    if encoding.format != Format::Mubuf || decoded.bits(16, 16) == 1 {
        return None;
    }
    let tail = encoding.mnemonic.strip_prefix("buffer_")?;
    if matches!(tail, "wbl2" | "invl2" | "wbinvl1" | "wbinvl1_vol") {
        return Some(Instruction::new(nothing, decoded));
    }
    let (handler, code, wide): (Handler, u8, bool) = if let Some(tail) = tail.strip_prefix("load_") {
        (load, Shape::named(tail)?.code(), false)
    } else if let Some(tail) = tail.strip_prefix("store_") {
        (store, Shape::named(tail)?.code(), false)
    } else {
        let tail = tail.strip_prefix("atomic_")?;
        let wide = tail.ends_with("_x2") || tail.ends_with("f64");
        (atomic, Atomic::named(tail.trim_end_matches("_x2"))?.code(), wide)
    };
    let mut instruction = Instruction::new(handler, decoded);
    scalar::resolve(&mut instruction, 0, decoded.field(Field::Soffset), 0, 1)?;
    (instruction.from[1], instruction.source[1]) =
        (base::VGPR, row_offset(decoded.field(Field::Vaddr)).into());
    instruction.from[2] = code;
    instruction.prepare[0] = wide.into();
    instruction.mask = decoded.field(Field::Srsrc) as u8;
    instruction.target = row_offset(decoded.field(Field::Vdata));
    instruction.source[2] = instruction.target.into();
    instruction.target_base = if decoded.bits(55, 55) == 1 { base::ACCUMULATOR } else { base::VGPR };
    for (bit, flag) in [(12, OFFSET_ENABLE), (13, INDEX_ENABLE), (14, RETURNS)] {
        if decoded.bits(bit, bit) == 1 {
            instruction.flags |= flag;
        }
    }
    Some(instruction)
}

/// Where each active lane's bytes are, for who watches; an access to the wave's scratch by the lane's own offset.
pub(crate) fn locate(wave: &Wave, instruction: &Instruction, kind: Kind, places: &mut Vec<Place>) {
    let bytes = match (kind, instruction.prepare[0] != 0) {
        (Kind::Atomic, true) => 8,
        (Kind::Atomic, false) => 4,
        _ => Shape::from_code(instruction.from[2]).bytes,
    };
    let buffer = Buffer::read(wave, instruction);
    let scratch = wave.scratch;
    let own_scratch = buffer.swizzled
        && buffer.add_lane
        && buffer.index_stride == 64
        && buffer.start.wrapping_sub(scratch.base) <= scratch.size();
    for lane in Lanes(wave.exec()) {
        // SAFETY: the instruction was built for this format.
        let (index, offset) = unsafe { place(wave, instruction, &buffer, lane) };
        let (space, address) = if own_scratch {
            (Space::Scratch, ((buffer.start - scratch.base) / 64 + offset) & 0xffff_ffff)
        } else {
            match buffer.locate(index, offset, bytes.into()) {
                Some(address) => (Space::Global, address),
                // Past the end of a buffer reads give zero and writes are dropped, by definition.
                None => continue,
            }
        };
        places.push(Place { lane: lane as u8, space, bytes, address });
    }
}
