//! DS: the local data share of a work-group, and moves between lanes that use its wiring.
//!
//! The waves of a work-group run on one host thread, so LDS atomics are plain reads and writes. Past the end of the
//! allocation a read gives zero and a write is dropped.

use super::access::{Access, load_rows, load_two_rows, store_rows};
use super::atomic::Atomic;
use super::flat::for_each_level;
use super::level::{AVX2, AVX512, CHUNK, PLAIN, current};
use super::transfer::Lanes;
use super::vector::{row_offset, source};
use super::{Attachments, Flow, Handler, Instruction};
use crate::isa::{Decoded, Field};
use crate::observe::{Place, Space};
use crate::wave::registers::Row;
use crate::wave::{Wave, base};

/// In [`Instruction::flags`]: an atomic that returns the old value.
const RETURNS: u16 = 1;
/// In [`Instruction::flags`]: 64-bit operands.
const WIDE: u16 = 2;
/// In [`Instruction::flags`]: the sub-dword value is sign-extended.
const SIGNED: u16 = 4;
/// In [`Instruction::flags`]: a load keeps the high half, or a store takes the low one.
const LOW: u16 = 8;
/// In [`Instruction::flags`]: a load writes, or a store takes, the high half.
const HIGH: u16 = 16;
/// In [`Instruction::flags`]: the LDS address of a lane is M0 plus four times its number.
const BY_LANE: u16 = 32;

/// How the fields of [`Instruction`] are used here: `source[0]` offset, `source[1]` address rows, `source[2]` first
/// data rows, `from[0]` bytes a lane moves or the atomic's code, `prepare` two 8-bit offsets in units of the size.
#[inline(always)]
unsafe fn address(wave: &Wave, instruction: &Instruction, lane: usize) -> u32 {
    if instruction.flags & BY_LANE != 0 {
        return (wave.m0() & 0xffff).wrapping_add(instruction.source[0] as u32).wrapping_add(lane as u32 * 4);
    }
    // SAFETY: source 1 is the address row.
    unsafe { (*source(wave, instruction, 1).add(lane)).wrapping_add(instruction.source[0] as u32) }
}

/// The host address of `bytes` bytes at `offset`, `None` past the end.
#[inline(always)]
fn inside(wave: &Wave, offset: u32, bytes: u32) -> Option<*mut u8> {
    (u64::from(offset) + u64::from(bytes) <= wave.lds_size.into())
        .then(|| wave.lds.wrapping_add(offset as usize))
}

#[inline(always)]
fn target(wave: &Wave, instruction: &Instruction) -> *mut u32 {
    wave.bases[(instruction.target_base & 3) as usize].wrapping_add(instruction.target as usize).cast()
}

/// The address to which the offsets in the address row are to be added, where all active lanes' accesses of `bytes`
/// bytes (plus the immediate offset) lie inside the LDS; there must be an active lane.
#[inline(always)]
unsafe fn all_inside<L: Access>(
    wave: &Wave,
    instruction: &Instruction,
    bytes: u32,
    exec: u64,
) -> Option<*mut u8> {
    if instruction.flags & BY_LANE != 0 {
        return None;
    }
    let offset = instruction.source[0] as u32;
    let limit = wave.lds_size.checked_sub(offset.checked_add(bytes)?)?;
    // SAFETY: source 1 is the address row.
    let inside = unsafe { L::all_within(source(wave, instruction, 1), exec, limit) };
    inside.then(|| wave.lds.wrapping_add(offset as usize))
}

#[inline(always)]
unsafe fn read_dwords<L: Access>(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let exec = wave.exec();
    let bytes = u32::from(instruction.from[0]);
    let target = target(wave, instruction);
    // SAFETY: bounds are checked against the LDS; the operands have their rows.
    unsafe {
        if exec == 0 {
            return Flow::Next;
        }
        if let Some(start) = all_inside::<L>(wave, instruction, bytes, exec) {
            let rows = source(wave, instruction, 1);
            match bytes {
                4 => load_rows::<L, 1>(start, rows, exec, target),
                8 => load_rows::<L, 2>(start, rows, exec, target),
                // LDS has slack past its end.
                12 => load_rows::<L, 3>(start, rows, exec, target),
                _ => load_rows::<L, 4>(start, rows, exec, target),
            }
            return Flow::Next;
        }
        let dwords = bytes as usize / 4;
        for lane in Lanes(exec) {
            let offset = address(wave, instruction, lane);
            match inside(wave, offset, bytes) {
                Some(from) => {
                    for dword in 0..dwords {
                        *target.add(dword * 64 + lane) = from.cast::<u32>().add(dword).read_unaligned();
                    }
                }
                None => {
                    for dword in 0..dwords {
                        *target.add(dword * 64 + lane) = 0;
                    }
                }
            }
        }
    }
    Flow::Next
}

#[inline(always)]
unsafe fn write_dwords<L: Access>(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let exec = wave.exec();
    let bytes = u32::from(instruction.from[0]);
    // SAFETY: as for reading.
    unsafe {
        if exec == 0 {
            return Flow::Next;
        }
        let data = data(wave, instruction);
        if bytes != 12
            && let Some(start) = all_inside::<L>(wave, instruction, bytes, exec)
        {
            let rows = source(wave, instruction, 1);
            match bytes {
                4 => store_rows::<L, 1>(start, rows, exec, data),
                8 => store_rows::<L, 2>(start, rows, exec, data),
                _ => store_rows::<L, 4>(start, rows, exec, data),
            }
            return Flow::Next;
        }
        for lane in Lanes(exec) {
            if let Some(to) = inside(wave, address(wave, instruction, lane), bytes) {
                for dword in 0..bytes as usize / 4 {
                    to.cast::<u32>().add(dword).write_unaligned(*data.add(dword * 64 + lane));
                }
            }
        }
    }
    Flow::Next
}

for_each_level!(leveled_read, read_dwords);
for_each_level!(leveled_write, write_dwords);

/// The first data operand's rows.
#[inline(always)]
unsafe fn data(wave: &Wave, instruction: &Instruction) -> *const u32 {
    // SAFETY: source 2 is resolved to rows.
    unsafe { source(wave, instruction, 2) }
}

/// The second data operand's rows.
#[inline(always)]
fn second_data(wave: &Wave, instruction: &Instruction) -> *const u32 {
    let row = row_offset((instruction.bits >> 48) as u32 & 0xff);
    wave.bases[(instruction.from[2] & 3) as usize].wrapping_add(row as usize) as *const u32
}

unsafe fn read_small(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let bytes = u32::from(instruction.from[0]);
    let target = target(wave, instruction);
    // SAFETY: as for dwords.
    unsafe {
        for lane in Lanes(wave.exec()) {
            let raw = match inside(wave, address(wave, instruction, lane), bytes) {
                Some(from) if bytes == 1 => u32::from(*from),
                Some(from) => u32::from(from.cast::<u16>().read_unaligned()),
                None => 0,
            };
            let value = match (bytes, instruction.flags & SIGNED != 0) {
                (1, true) => raw as u8 as i8 as u32,
                (2, true) => raw as u16 as i16 as u32,
                _ => raw,
            };
            let at = target.add(lane);
            *at = if instruction.flags & HIGH != 0 {
                *at & 0xffff | value << 16
            } else if instruction.flags & LOW != 0 {
                *at & 0xffff_0000 | value & 0xffff
            } else {
                value
            };
        }
    }
    Flow::Next
}

unsafe fn write_small(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let bytes = u32::from(instruction.from[0]);
    let shift = if instruction.flags & HIGH != 0 { 16 } else { 0 };
    // SAFETY: as for dwords.
    unsafe {
        let data = data(wave, instruction);
        for lane in Lanes(wave.exec()) {
            if let Some(to) = inside(wave, address(wave, instruction, lane), bytes) {
                let value = *data.add(lane) >> shift;
                if bytes == 1 {
                    *to = value as u8;
                } else {
                    to.cast::<u16>().write_unaligned(value as u16);
                }
            }
        }
    }
    Flow::Next
}

/// Byte offsets of the two places of a `2` or `2st64` instruction.
#[inline(always)]
fn two_offsets(instruction: &Instruction) -> [u32; 2] {
    let unit = u32::from(instruction.mask);
    [u32::from(instruction.prepare[0]) * unit, u32::from(instruction.prepare[1]) * unit]
}

/// The host addresses of a lane's two places.
#[inline(always)]
unsafe fn two_places(
    wave: &Wave,
    instruction: &Instruction,
    lane: usize,
    bytes: u32,
) -> [Option<*mut u8>; 2] {
    // SAFETY: as for `address`.
    let start = unsafe { address(wave, instruction, lane) };
    let stride = if instruction.flags & STRIDE_64 != 0 { 64 } else { 1 };
    two_offsets(instruction).map(|offset| inside(wave, start.wrapping_add(offset * stride), bytes))
}

/// In [`Instruction::flags`]: the two offsets count 64 elements each.
const STRIDE_64: u16 = 64;

#[inline(always)]
unsafe fn read_two<L: Access>(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let bytes = u32::from(instruction.from[0]);
    let dwords = bytes as usize / 4;
    let target = target(wave, instruction);
    let stride = if instruction.flags & STRIDE_64 != 0 { 64 } else { 1 };
    let offsets = two_offsets(instruction).map(|offset| (offset * stride) as usize);
    // SAFETY: as for dwords.
    unsafe {
        let exec = wave.exec();
        let end = offsets[0].max(offsets[1]) as u32 + bytes;
        if exec != 0
            && let Some(start) = all_inside::<L>(wave, instruction, end, exec)
        {
            let rows = source(wave, instruction, 1);
            let start = start.cast_const();
            if dwords == 1 {
                let starts = offsets.map(|offset| start.add(offset));
                load_two_rows::<L>(starts, rows, exec, target);
            } else {
                // The target may be the address row.
                let rows = rows.cast::<[u32; 64]>().read();
                for (half, offset) in offsets.into_iter().enumerate() {
                    let target = target.add(half * dwords * 64);
                    load_rows::<L, 2>(start.add(offset), rows.as_ptr(), exec, target);
                }
            }
            return Flow::Next;
        }
        for lane in Lanes(wave.exec()) {
            let places = two_places(wave, instruction, lane, bytes);
            for (half, place) in places.into_iter().enumerate() {
                for dword in 0..dwords {
                    let value = place.map_or(0, |from| from.cast::<u32>().add(dword).read_unaligned());
                    *target.add((half * dwords + dword) * 64 + lane) = value;
                }
            }
        }
    }
    Flow::Next
}

#[inline(always)]
unsafe fn write_two<L: Access>(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let bytes = u32::from(instruction.from[0]);
    // SAFETY: as for dwords.
    unsafe {
        let data = [data(wave, instruction), second_data(wave, instruction)];
        let stride = if instruction.flags & STRIDE_64 != 0 { 64 } else { 1 };
        let offsets = two_offsets(instruction).map(|offset| (offset * stride) as usize);
        let exec = wave.exec();
        let end = offsets[0].max(offsets[1]) as u32 + bytes;
        if exec != 0
            && let Some(start) = all_inside::<L>(wave, instruction, end, exec)
        {
            let rows = source(wave, instruction, 1);
            for (offset, data) in offsets.into_iter().zip(data) {
                let start = start.add(offset);
                if bytes == 4 {
                    store_rows::<L, 1>(start, rows, exec, data);
                } else {
                    store_rows::<L, 2>(start, rows, exec, data);
                }
            }
            return Flow::Next;
        }
        for lane in Lanes(exec) {
            let places = two_places(wave, instruction, lane, bytes);
            for (place, data) in places.into_iter().zip(data) {
                let Some(to) = place else { continue };
                for dword in 0..bytes as usize / 4 {
                    to.cast::<u32>().add(dword).write_unaligned(*data.add(dword * 64 + lane));
                }
            }
        }
    }
    Flow::Next
}

for_each_level!(leveled_read_two, read_two);
for_each_level!(leveled_write_two, write_two);

/// `ds_wrxchg2`: writes both places, returns what they held.
unsafe fn exchange_two(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let bytes = u32::from(instruction.from[0]);
    let dwords = bytes as usize / 4;
    let target = target(wave, instruction);
    // SAFETY: as for dwords.
    unsafe {
        let data = [data(wave, instruction), second_data(wave, instruction)];
        for lane in Lanes(wave.exec()) {
            let places = two_places(wave, instruction, lane, bytes);
            let mut old = [0; 4];
            for (half, (place, data)) in places.into_iter().zip(data).enumerate() {
                let Some(to) = place else { continue };
                for dword in 0..dwords {
                    let at = to.cast::<u32>().add(dword);
                    old[half * dwords + dword] = at.read_unaligned();
                    at.write_unaligned(*data.add(dword * 64 + lane));
                }
            }
            for (index, old) in old.into_iter().enumerate().take(2 * dwords) {
                *target.add(index * 64 + lane) = old;
            }
        }
    }
    Flow::Next
}

unsafe fn atomic(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let operation = Atomic::from_code(instruction.from[0]);
    let wide = instruction.flags & WIDE != 0;
    let target = target(wave, instruction);
    // SAFETY: as for dwords.
    unsafe {
        let (first, second) = (data(wave, instruction), second_data(wave, instruction));
        for lane in Lanes(wave.exec()) {
            let operand = |rows: *const u32| {
                let low = u64::from(*rows.add(lane));
                if wide { low | u64::from(*rows.add(64 + lane)) << 32 } else { low }
            };
            // cmpst has its operands the other way round than the global compare-and-swap.
            let (a, b) = match operation {
                Atomic::CompareSwap | Atomic::CompareSwapFloat => (operand(second), operand(first)),
                _ => (operand(first), operand(second)),
            };
            let place = inside(wave, address(wave, instruction, lane), if wide { 8 } else { 4 });
            let old = match (place, wide) {
                (Some(at), true) => {
                    let at = at.cast::<u64>();
                    let old = at.read_unaligned();
                    at.write_unaligned(operation.apply(true, old, a, b));
                    old
                }
                (Some(at), false) => {
                    let at = at.cast::<u32>();
                    let old = u64::from(at.read_unaligned());
                    at.write_unaligned(operation.apply(false, old, a, b) as u32);
                    old
                }
                (None, _) => 0,
            };
            if instruction.flags & RETURNS != 0 {
                *target.add(lane) = old as u32;
                if wide {
                    *target.add(64 + lane) = (old >> 32) as u32;
                }
            }
        }
    }
    Flow::Next
}

/// Reads each active lane's value from the lane that `from` names; lanes that are off give zero.
#[inline(always)]
unsafe fn exchange_lanes<L: Access>(wave: &mut Wave, target: *mut u32, data: *const u32, from: &[u32; 64]) {
    let exec = wave.exec();
    // SAFETY: both are rows.
    unsafe {
        if exec == u64::MAX {
            let values = L::permute(data, from);
            target.cast::<[u32; 64]>().write_unaligned(values);
            return;
        }
        let mut active = data.cast::<[u32; 64]>().read();
        for (lane, value) in active.iter_mut().enumerate() {
            *value &= ((exec >> lane & 1) as u32).wrapping_neg();
        }
        let values = L::permute(active.as_ptr(), from);
        for chunk in 0..64 / CHUNK {
            let at = chunk * CHUNK;
            let new = values.as_ptr().add(at).cast::<[u32; CHUNK]>();
            L::blend(target.add(at), &*new, (exec >> at) as u16);
        }
    }
}

#[inline(always)]
unsafe fn swizzle<L: Access>(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let target = target(wave, instruction);
    // SAFETY: the address row is the data here; source 0 is the table of lanes that decoding made.
    unsafe {
        let data = source(wave, instruction, 1);
        let lanes = &*(instruction.source[0] as *const [u32; 64]);
        exchange_lanes::<L>(wave, target, data, lanes);
    }
    Flow::Next
}

/// The lane that `lane` reads under a `ds_swizzle` pattern.
pub(crate) fn swizzle_source(pattern: usize, lane: usize) -> usize {
    match pattern {
        0..0x8000 => {
            let (and, or, xor) = (pattern & 31, pattern >> 5 & 31, pattern >> 10 & 31);
            lane & 32 | ((lane & and | or) ^ xor) & 31
        }
        0x8000..0xc000 => lane & !3 | pattern >> (2 * (lane & 3)) & 3,
        0xe000.. => {
            // The steps of a fast Fourier transform: the lane's low bits reversed, those in the mask kept.
            let mask = pattern & 31;
            let reversed = (lane as u8 & 31).reverse_bits() as usize >> 3;
            lane & 32 | reversed >> mask.count_ones() | lane & mask
        }
        _ => {
            let (mask, amount) = (pattern & 31, pattern >> 5 & 31);
            let turned = if pattern >> 10 & 1 != 0 { lane.wrapping_sub(amount) } else { lane + amount };
            lane & 32 | (lane & mask | turned & !mask) & 31
        }
    }
}

#[inline(always)]
unsafe fn bpermute<L: Access>(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let target = target(wave, instruction);
    let offset = instruction.source[0] as u32;
    // SAFETY: the operands have their rows.
    unsafe {
        let (rows, data) = (source(wave, instruction, 1), data(wave, instruction));
        let mut lanes = rows.cast::<[u32; 64]>().read();
        for lane in &mut lanes {
            *lane = lane.wrapping_add(offset) >> 2;
        }
        exchange_lanes::<L>(wave, target, data, &lanes);
    }
    Flow::Next
}

for_each_level!(leveled_swizzle, swizzle);
for_each_level!(leveled_bpermute, bpermute);

unsafe fn permute(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let target = target(wave, instruction);
    let exec = wave.exec();
    // SAFETY: the operands have their rows.
    unsafe {
        let (rows, data) = (source(wave, instruction, 1), data(wave, instruction));
        let mut values = [0; 64];
        for lane in Lanes(exec) {
            let to = (*rows.add(lane)).wrapping_add(instruction.source[0] as u32) >> 2 & 63;
            values[to as usize] = *data.add(lane);
        }
        for lane in Lanes(exec) {
            *target.add(lane) = values[lane];
        }
    }
    Flow::Next
}

/// `ds_append` and `ds_consume`: one counter in LDS at M0's upper half, moved by the number of active lanes.
unsafe fn count(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let exec = wave.exec();
    let active = exec.count_ones();
    let offset = (wave.m0() >> 16).wrapping_add(instruction.source[0] as u32);
    let target = target(wave, instruction);
    // SAFETY: bounds are checked; the target is a row.
    unsafe {
        let old = match inside(wave, offset, 4) {
            Some(at) => {
                let at = at.cast::<u32>();
                let old = at.read_unaligned();
                let moved = if instruction.from[0] != 0 {
                    old.wrapping_sub(active)
                } else {
                    old.wrapping_add(active)
                };
                at.write_unaligned(moved);
                old
            }
            None => 0,
        };
        for lane in Lanes(exec) {
            *target.add(lane) = old;
        }
    }
    Flow::Next
}

unsafe fn nothing(_: &mut Wave, _: &Instruction) -> Flow {
    Flow::Next
}

/// Resolves a DS instruction; the GDS and GWS ones have no executor.
pub(crate) fn build(decoded: &Decoded, attachments: &mut Attachments) -> Option<Instruction> {
    let encoding = decoded.encoding;
    if decoded.bits(16, 16) == 1 {
        return None;
    }
    let name = encoding.mnemonic.strip_prefix("ds_")?;
    let mut instruction = Instruction::new(nothing, decoded);
    let file = if decoded.bits(25, 25) == 1 { base::ACCUMULATOR } else { base::VGPR };
    instruction.target = row_offset(decoded.field(Field::Vdst));
    instruction.target_base = file;
    (instruction.from[1], instruction.source[1]) =
        (base::VGPR, row_offset(decoded.field(Field::Addr)).into());
    (instruction.from[2], instruction.source[2]) = (file, row_offset(decoded.field(Field::Data0)).into());
    if encoding.two_offsets {
        instruction.prepare = [decoded.bits(7, 0) as u8, decoded.bits(15, 8) as u8, 0];
    } else {
        instruction.source[0] = decoded.bits(15, 0).into();
    }
    let bytes: u8 = match name.rsplit('_').next()? {
        "b64" => 8,
        "b96" => 12,
        "b128" => 16,
        _ => 4,
    };
    let two = |instruction: &mut Instruction| {
        instruction.from[0] = bytes;
        instruction.mask = bytes;
        if name.contains("st64") {
            instruction.flags |= STRIDE_64;
        }
    };
    let run: Handler = match name {
        "nop" => nothing,
        "swizzle_b32" => {
            let pattern = decoded.bits(15, 0) as usize;
            let lanes = std::array::from_fn(|lane| swizzle_source(pattern, lane) as u32);
            instruction.source[0] = attachments.row(Row(lanes));
            leveled_swizzle::handler()
        }
        "permute_b32" => permute,
        "bpermute_b32" => leveled_bpermute::handler(),
        "append" | "consume" => {
            instruction.from[0] = u8::from(name == "consume");
            count
        }
        "read_addtid_b32" | "write_addtid_b32" => {
            instruction.flags |= BY_LANE;
            instruction.from[0] = 4;
            if name.starts_with("read") { leveled_read::handler() } else { leveled_write::handler() }
        }
        _ if name.starts_with("read2") => {
            two(&mut instruction);
            leveled_read_two::handler()
        }
        _ if name.starts_with("write2") => {
            two(&mut instruction);
            leveled_write_two::handler()
        }
        _ if name.starts_with("wrxchg2") => {
            two(&mut instruction);
            exchange_two
        }
        "read_b32" | "read_b64" | "read_b96" | "read_b128" => {
            instruction.from[0] = bytes;
            leveled_read::handler()
        }
        "write_b32" | "write_b64" | "write_b96" | "write_b128" => {
            instruction.from[0] = bytes;
            leveled_write::handler()
        }
        _ if name.starts_with("read_") || name.starts_with("write_") => {
            let kind = name.split('_').nth(1)?;
            instruction.from[0] = if kind.ends_with("16") { 2 } else { 1 };
            if kind.starts_with('i') {
                instruction.flags |= SIGNED;
            }
            if name.ends_with("_d16_hi") {
                instruction.flags |= HIGH;
            } else if name.ends_with("_d16") {
                instruction.flags |= LOW;
            }
            if name.starts_with("read") { read_small } else { write_small }
        }
        _ if name.starts_with("gws") => return None,
        _ => {
            let (operation, kind) = name.rsplit_once('_')?;
            let (operation, returns) = match operation.strip_suffix("_rtn") {
                Some(operation) => (operation, true),
                None => (operation, false),
            };
            instruction.from[0] = Atomic::named_ds(operation, kind)?.code();
            instruction.flags =
                if returns { RETURNS } else { 0 } | if kind.ends_with("64") { WIDE } else { 0 };
            atomic
        }
    };
    instruction.run = run;
    Some(instruction)
}

/// Where each active lane's bytes are, for who watches.
pub(crate) fn locate(wave: &Wave, instruction: &Instruction, mnemonic: &str, places: &mut Vec<Place>) {
    let mut push = |lane: usize, bytes: u8, offset: u32| {
        places.push(Place { lane: lane as u8, space: Space::Lds, bytes, address: offset.into() });
    };
    if matches!(mnemonic, "ds_append" | "ds_consume") {
        return push(0, 4, (wave.m0() >> 16).wrapping_add(instruction.source[0] as u32));
    }
    let tail = mnemonic.trim_start_matches("ds_");
    let two = ["read2", "write2", "wrxchg2"].iter().any(|name| tail.starts_with(name));
    let bytes = match tail.starts_with("read") || tail.starts_with("write") || two {
        true => instruction.from[0],
        false if instruction.flags & WIDE != 0 => 8,
        false => 4,
    };
    for lane in Lanes(wave.exec()) {
        // SAFETY: the instruction was built for this format.
        let start = unsafe { address(wave, instruction, lane) };
        if two {
            let stride = if instruction.flags & STRIDE_64 != 0 { 64 } else { 1 };
            for offset in two_offsets(instruction) {
                push(lane, bytes, start.wrapping_add(offset * stride));
            }
        } else {
            push(lane, bytes, start);
        }
    }
}
