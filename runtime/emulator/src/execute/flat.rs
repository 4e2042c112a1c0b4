//! FLAT, GLOBAL and SCRATCH: loads, stores and atomics by address.
//!
//! A global address is a 64-bit VGPR pair, or an SGPR pair plus a 32-bit VGPR offset. A flat one may also fall into
//! the LDS or the scratch window. The usual case (all lanes on, consecutive addresses) is one copy.

use super::access::{Access, load_rows, store_rows};
use super::atomic::{Atomic, host_atomic};
use super::level::{AVX2, AVX512, PLAIN, current};
use super::transfer::{
    Lanes, Shape, check, flat_location, gather, load_flat_lanes, load_lanes, out_of_bounds, scatter,
    store_flat_lanes, store_lanes,
};
use super::vector::{row_offset, source};
use super::{Flow, Handler, Instruction};
use crate::dispatch::PRIVATE_APERTURE_BASE;
use crate::isa::{Decoded, Field, Format};
use crate::observe::{Kind, Place, Space};
use crate::wave::memory::{Aperture, aperture};
use crate::wave::{Wave, base};

/// In [`Instruction::flags`]: an SGPR pair is the base, and the VGPR a 32-bit offset.
const SCALAR_BASE: u16 = 1;
/// In [`Instruction::flags`]: the address may fall into any memory.
const FLAT: u16 = 2;
/// In [`Instruction::flags`]: the address is an offset into scratch.
const SCRATCH: u16 = 4;
/// In [`Instruction::flags`]: a scratch access without a VGPR.
const NO_VECTOR: u16 = 8;
/// In [`Instruction::flags`]: an atomic that returns the old value.
const RETURNS: u16 = 16;

/// Each lane's address; those of inactive lanes mean nothing.
#[inline(always)]
unsafe fn addresses(wave: &Wave, instruction: &Instruction, out: &mut [u64; 64]) {
    let offset = instruction.source[0];
    // SAFETY: source 1 is the address operand, of two rows where no scalar base stands.
    unsafe {
        let low = source(wave, instruction, 1);
        if instruction.flags & SCALAR_BASE != 0 {
            let start = wave.sgpr64(instruction.mask.into()).wrapping_add(offset);
            for (lane, out) in out.iter_mut().enumerate() {
                *out = start.wrapping_add((*low.add(lane)).into());
            }
        } else if instruction.flags & SCRATCH != 0 {
            let scalar = if instruction.mask < 127 { wave.sgprs[usize::from(instruction.mask)] } else { 0 };
            for (lane, out) in out.iter_mut().enumerate() {
                let vector = if instruction.flags & NO_VECTOR != 0 { 0 } else { *low.add(lane) };
                let offset = (offset as u32).wrapping_add(scalar).wrapping_add(vector);
                *out = PRIVATE_APERTURE_BASE | u64::from(offset);
            }
        } else {
            let high = low.add(64);
            for (lane, out) in out.iter_mut().enumerate() {
                let address = u64::from(*low.add(lane)) | u64::from(*high.add(lane)) << 32;
                *out = address.wrapping_add(offset);
            }
        }
    }
}

/// The first lane's address where each lane's is `step` past the one before.
#[inline(always)]
unsafe fn consecutive(wave: &Wave, instruction: &Instruction, step: u32) -> Option<u64> {
    // SAFETY: as for `addresses`.
    unsafe {
        let low = source(wave, instruction, 1);
        let first = *low;
        let mut odd = 0;
        for lane in 0..64u32 {
            odd |= first.wrapping_add(lane * step) ^ *low.add(lane as usize);
        }
        if odd != 0 || first.checked_add(63 * step).is_none() {
            return None;
        }
        let start = if instruction.flags & SCALAR_BASE != 0 {
            wave.sgpr64(instruction.mask.into())
        } else {
            let high = low.add(64);
            let upper = *high;
            let mut odd = 0;
            for lane in 0..64 {
                odd |= upper ^ *high.add(lane);
            }
            if odd != 0 {
                return None;
            }
            u64::from(upper) << 32
        };
        Some(start.wrapping_add(first.into()).wrapping_add(instruction.source[0]))
    }
}

/// The least address of the active lanes and each one's distance from it, where all are global, within 2 GiB, and
/// may be accessed; `None` sends the access the long way.
#[inline(always)]
unsafe fn near<L: Access>(
    wave: &mut Wave,
    instruction: &Instruction,
    exec: u64,
    bytes: u8,
    write: bool,
) -> Option<(u64, [u32; 64])> {
    if exec == 0 || bytes < 4 || instruction.flags & SCRATCH != 0 {
        return None;
    }
    // SAFETY: as for `addresses`; a row without a scalar base is followed by the upper halves.
    unsafe {
        let rows = source(wave, instruction, 1);
        let start = if instruction.flags & SCALAR_BASE != 0 {
            wave.sgpr64(instruction.mask.into())
        } else {
            let upper = *rows.add(64 + exec.trailing_zeros() as usize % 64);
            if !L::all_equal(rows.add(64), exec, upper) {
                return None;
            }
            u64::from(upper) << 32
        };
        let start = start.wrapping_add(instruction.source[0]);
        let (low, high) = L::range(rows, exec);
        let (first, distance) = (start.wrapping_add(low.into()), high - low);
        let global = instruction.flags & FLAT == 0
            || aperture(first) == Aperture::Global
                && aperture(first.wrapping_add(distance.into())) == Aperture::Global;
        if !global
            || distance >= 1 << 31
            || !wave.memory.covers(first, u64::from(distance) + u64::from(bytes), write)
        {
            return None;
        }
        let mut offsets = rows.cast::<[u32; 64]>().read();
        for offset in &mut offsets {
            *offset = offset.wrapping_sub(low);
        }
        Some((first, offsets))
    }
}

#[inline(always)]
fn all_global(addresses: &[u64; 64], exec: u64) -> bool {
    Lanes(exec).all(|lane| aperture(addresses[lane]) == Aperture::Global)
}

#[inline(always)]
unsafe fn load<L: Access>(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let exec = wave.exec();
    let shape = Shape::from_code(instruction.from[0]);
    let target = wave.bases[(instruction.target_base & 3) as usize].wrapping_add(instruction.target as usize);
    let target = target.cast::<u32>();
    // SAFETY: addresses are checked before they are used; the operands have their rows.
    unsafe {
        if exec == u64::MAX && shape.bytes >= 4 && instruction.flags & SCRATCH == 0 {
            let dwords = usize::from(shape.bytes) / 4;
            if let Some(first) = consecutive(wave, instruction, shape.bytes.into())
                && (instruction.flags & FLAT == 0 || aperture(first) == Aperture::Global)
                && wave.memory.covers(first, 64 * u64::from(shape.bytes), false)
            {
                let place = |lane: usize| (first as *const u8).add(lane * dwords * 4);
                match dwords {
                    1 => target.copy_from_nonoverlapping(first as *const u32, 64),
                    2 => gather::<2>(place, target),
                    4 => gather::<4>(place, target),
                    _ => {
                        for lane in 0..64 {
                            for dword in 0..dwords {
                                let from = place(lane).cast::<u32>().add(dword);
                                *target.add(dword * 64 + lane) = from.read_unaligned();
                            }
                        }
                    }
                }
                return Flow::Next;
            }
        }
        if let Some((start, offsets)) = near::<L>(wave, instruction, exec, shape.bytes, false) {
            let start = start as *const u8;
            match shape.bytes {
                4 => load_rows::<L, 1>(start, offsets.as_ptr(), exec, target),
                8 => load_rows::<L, 2>(start, offsets.as_ptr(), exec, target),
                16 => load_rows::<L, 4>(start, offsets.as_ptr(), exec, target),
                _ => {
                    for dword in 0..3 {
                        let target = target.add(dword * 64);
                        load_rows::<L, 1>(start.add(dword * 4), offsets.as_ptr(), exec, target);
                    }
                }
            }
            return Flow::Next;
        }
        let mut at = [0; 64];
        addresses(wave, instruction, &mut at);
        if instruction.flags & (FLAT | SCRATCH) != 0 && !all_global(&at, exec) {
            return match load_flat_lanes(wave, shape, &at, exec, target) {
                Ok(()) => Flow::Next,
                Err(place) => out_of_bounds(wave, place, false),
            };
        }
        if let Err(place) = check(wave, &at, exec, shape.bytes, false) {
            return out_of_bounds(wave, place, false);
        }
        load_lanes(shape, &at, exec, target);
    }
    Flow::Next
}

#[inline(always)]
unsafe fn store<L: Access>(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let exec = wave.exec();
    let shape = Shape::from_code(instruction.from[0]);
    // SAFETY: as for loads.
    unsafe {
        let data = source(wave, instruction, 2);
        if exec == u64::MAX && shape.bytes >= 4 && instruction.flags & SCRATCH == 0 {
            let dwords = usize::from(shape.bytes) / 4;
            if let Some(first) = consecutive(wave, instruction, shape.bytes.into())
                && (instruction.flags & FLAT == 0 || aperture(first) == Aperture::Global)
                && wave.memory.covers(first, 64 * u64::from(shape.bytes), true)
            {
                let place = |lane: usize| (first as *mut u8).add(lane * dwords * 4);
                match dwords {
                    1 => data.copy_to_nonoverlapping(first as *mut u32, 64),
                    2 => scatter::<2>(place, data),
                    4 => scatter::<4>(place, data),
                    _ => {
                        for lane in 0..64 {
                            for dword in 0..dwords {
                                let to = place(lane).cast::<u32>().add(dword);
                                to.write_unaligned(*data.add(dword * 64 + lane));
                            }
                        }
                    }
                }
                return Flow::Next;
            }
        }
        if let Some((start, offsets)) = near::<L>(wave, instruction, exec, shape.bytes, true)
            && shape.bytes != 12
        {
            let start = start as *mut u8;
            match shape.bytes {
                4 => store_rows::<L, 1>(start, offsets.as_ptr(), exec, data),
                8 => store_rows::<L, 2>(start, offsets.as_ptr(), exec, data),
                _ => store_rows::<L, 4>(start, offsets.as_ptr(), exec, data),
            }
            return Flow::Next;
        }
        let mut at = [0; 64];
        addresses(wave, instruction, &mut at);
        if instruction.flags & (FLAT | SCRATCH) != 0 && !all_global(&at, exec) {
            return match store_flat_lanes(wave, shape, &at, exec, data) {
                Ok(()) => Flow::Next,
                Err(place) => out_of_bounds(wave, place, true),
            };
        }
        if let Err(place) = check(wave, &at, exec, shape.bytes, true) {
            return out_of_bounds(wave, place, true);
        }
        store_lanes(shape, &at, exec, data);
    }
    Flow::Next
}

unsafe fn atomic_lanes(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let exec = wave.exec();
    let operation = Atomic::from_code(instruction.from[0]);
    let wide = instruction.prepare[0] != 0;
    let target = wave.bases[(instruction.target_base & 3) as usize].wrapping_add(instruction.target as usize);
    let target = target.cast::<u32>();
    let size = if wide { 8 } else { 4 };
    // SAFETY: addresses are checked before they are used; the operands have their rows.
    unsafe {
        let data = source(wave, instruction, 2);
        let mut at = [0; 64];
        addresses(wave, instruction, &mut at);
        let flat = instruction.flags & (FLAT | SCRATCH) != 0 && !all_global(&at, exec);
        if !flat && let Err(place) = check(wave, &at, exec, size, true) {
            return out_of_bounds(wave, place, true);
        }
        for lane in Lanes(exec) {
            let word = |index: usize| u64::from(*data.add(index * 64 + lane));
            let (a, b) = match (wide, operation) {
                (false, Atomic::CompareSwap) => (word(0), word(1)),
                (false, _) => (word(0), 0),
                (true, Atomic::CompareSwap) => (word(0) | word(1) << 32, word(2) | word(3) << 32),
                (true, _) => (word(0) | word(1) << 32, 0),
            };
            let old = if flat {
                match flat_location(wave, lane, at[lane], size) {
                    Ok(Some(location)) => host_atomic(operation, wide, location, a, b),
                    Ok(None) => 0,
                    Err(place) => return out_of_bounds(wave, place, true),
                }
            } else {
                host_atomic(operation, wide, at[lane], a, b)
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

/// One function compiled for each host instruction set.
macro_rules! for_each_level {
    ($name:ident, $body:ident) => {
        pub(crate) mod $name {
            use super::*;
            use crate::execute::level::{Avx2, Avx512, Plain};
            pub unsafe fn plain(wave: &mut Wave, instruction: &Instruction) -> Flow {
                // SAFETY: the handler's contract.
                unsafe { $body::<Plain>(wave, instruction) }
            }
            #[target_feature(enable = "avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt")]
            pub unsafe fn avx2(wave: &mut Wave, instruction: &Instruction) -> Flow {
                // SAFETY: the handler's contract.
                unsafe { $body::<Avx2>(wave, instruction) }
            }
            #[target_feature(
                enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt"
            )]
            pub unsafe fn avx512(wave: &mut Wave, instruction: &Instruction) -> Flow {
                // SAFETY: the handler's contract.
                unsafe { $body::<Avx512>(wave, instruction) }
            }
            pub fn handler() -> Handler {
                match current() {
                    AVX512 => avx512,
                    AVX2 => avx2,
                    PLAIN.. => plain,
                }
            }
        }
    };
}
pub(crate) use for_each_level;

for_each_level!(leveled_load, load);
for_each_level!(leveled_store, store);

/// Resolves a FLAT, GLOBAL or SCRATCH instruction.
pub(crate) fn build(decoded: &Decoded) -> Option<Instruction> {
    let encoding = decoded.encoding;
    let (_, tail) = encoding.mnemonic.split_once('_')?;
    // Loading into LDS is not in gfx90a's flat formats.
    if decoded.bits(13, 13) == 1 {
        return None;
    }
    let (handler, code, wide): (Handler, u8, bool) = if let Some(tail) = tail.strip_prefix("load_") {
        (leveled_load::handler(), Shape::named(tail)?.code(), false)
    } else if let Some(tail) = tail.strip_prefix("store_") {
        (leveled_store::handler(), Shape::named(tail)?.code(), false)
    } else {
        let tail = tail.strip_prefix("atomic_")?;
        let wide = tail.ends_with("_x2") || tail.ends_with("f64");
        (atomic_lanes, Atomic::named(tail.trim_end_matches("_x2"))?.code(), wide)
    };
    let mut instruction = Instruction::new(handler, decoded);
    instruction.from[0] = code;
    instruction.prepare[0] = wide.into();
    let accumulator = decoded.bits(55, 55) == 1;
    let register_file = if accumulator { base::ACCUMULATOR } else { base::VGPR };
    instruction.target = row_offset(decoded.field(Field::Vdst));
    instruction.target_base = register_file;
    (instruction.from[1], instruction.source[1]) =
        (base::VGPR, row_offset(decoded.field(Field::Addr)).into());
    (instruction.from[2], instruction.source[2]) =
        (register_file, row_offset(decoded.field(Field::Data0)).into());
    if tail.starts_with("atomic") && decoded.bits(16, 16) == 1 {
        instruction.flags |= RETURNS;
    }
    let scalar = decoded.field(Field::Saddr);
    if encoding.format == Format::Flat {
        instruction.flags |= FLAT;
        instruction.source[0] = decoded.bits(11, 0).into();
    } else {
        let offset = (decoded.bits(12, 0) << 19) as i32 >> 19;
        instruction.source[0] = i64::from(offset) as u64;
    }
    match encoding.format {
        Format::Global if scalar != 0x7f => {
            instruction.flags |= SCALAR_BASE;
            instruction.mask = scalar as u8;
        }
        Format::Scratch => {
            instruction.flags |= SCRATCH;
            instruction.mask = scalar as u8;
            if scalar != 0x7f {
                instruction.flags |= NO_VECTOR;
            }
        }
        _ => {}
    }
    Some(instruction)
}

/// Where each active lane's bytes are, for who watches.
pub(crate) fn locate(wave: &Wave, instruction: &Instruction, kind: Kind, places: &mut Vec<Place>) {
    let bytes = match (kind, instruction.prepare[0] != 0) {
        (Kind::Atomic, true) => 8,
        (Kind::Atomic, false) => 4,
        _ => Shape::from_code(instruction.from[0]).bytes,
    };
    let mut at = [0; 64];
    // SAFETY: the instruction was built for this format.
    unsafe { addresses(wave, instruction, &mut at) };
    for lane in Lanes(wave.exec()) {
        let (space, address) = match aperture(at[lane]) {
            Aperture::Global => (Space::Global, at[lane]),
            Aperture::Shared => (Space::Lds, at[lane] & 0xffff_ffff),
            Aperture::Private => (Space::Scratch, at[lane] & 0xffff_ffff),
        };
        places.push(Place { lane: lane as u8, space, bytes, address });
    }
}
