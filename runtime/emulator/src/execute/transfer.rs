//! Moving data between vector registers and memory, lane by lane.
//!
//! The addressing modes (global, flat, scratch, buffer) differ in how they find a lane's bytes; what is moved, and
//! what becomes of it in the register, is the same and stands here.

use std::arch::x86_64::*;

use crate::dispatch::FaultKind;
use crate::wave::Wave;
use crate::wave::memory::{Aperture, aperture, load, store};

/// Which half of a register a 16-bit access uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Half {
    /// The whole register.
    Whole,
    /// The low half; a load keeps the other.
    Low,
    /// The high half; a load keeps the other.
    High,
}

/// What one lane moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// 1, 2, 4, 8, 12 or 16.
    pub bytes: u8,
    pub signed: bool,
    pub half: Half,
}

impl Shape {
    /// By the end of a mnemonic: `ubyte_d16_hi`, `dwordx3`.
    pub fn named(tail: &str) -> Option<Self> {
        let (name, half) = match tail.strip_suffix("_d16_hi") {
            Some(name) => (name, Half::High),
            None => match tail.strip_suffix("_d16") {
                Some(name) => (name, Half::Low),
                None => (tail, Half::Whole),
            },
        };
        let (bytes, signed) = match name {
            "ubyte" | "byte" => (1, false),
            "sbyte" => (1, true),
            "ushort" | "short" => (2, false),
            "sshort" => (2, true),
            "dword" => (4, false),
            "dwordx2" => (8, false),
            "dwordx3" => (12, false),
            "dwordx4" => (16, false),
            _ => return None,
        };
        Some(Self { bytes, signed, half })
    }

    /// To be kept in an instruction.
    pub fn code(self) -> u8 {
        self.bytes | u8::from(self.signed) << 5 | (self.half as u8) << 6
    }

    /// What [`Shape::code`] gave.
    pub fn from_code(code: u8) -> Self {
        let half = [Half::Whole, Half::Low, Half::High, Half::Whole][usize::from(code >> 6)];
        Self { bytes: code & 31, signed: code >> 5 & 1 != 0, half }
    }

    /// What a register that held `old` holds after a load of `raw`, for less than a dword.
    #[inline(always)]
    fn widen(self, raw: u32, old: u32) -> u32 {
        let value = match (self.bytes, self.signed) {
            (1, true) => raw as u8 as i8 as u32,
            (1, false) => raw & 0xff,
            (_, true) => raw as u16 as i16 as u32,
            _ => raw & 0xffff,
        };
        match self.half {
            Half::Whole => value,
            Half::Low => old & 0xffff_0000 | value & 0xffff,
            Half::High => old & 0xffff | value << 16,
        }
    }
}

/// The lanes of a mask.
pub(crate) struct Lanes(pub u64);

impl Iterator for Lanes {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let lane = self.0.trailing_zeros() as usize;
        self.0 &= self.0 - 1;
        Some(lane)
    }
}

/// Whether every active lane's bytes may be accessed; else the first lane that may not.
#[inline(always)]
pub(crate) fn check(
    wave: &mut Wave,
    addresses: &[u64; 64],
    exec: u64,
    bytes: u8,
    write: bool,
) -> Result<(), (u32, u64)> {
    let (mut low, mut high) = (u64::MAX, 0);
    if exec == u64::MAX {
        for &address in addresses {
            low = low.min(address);
            high = high.max(address);
        }
    } else {
        for lane in Lanes(exec) {
            low = low.min(addresses[lane]);
            high = high.max(addresses[lane]);
        }
    }
    if low > high {
        return Ok(());
    }
    if wave.memory.covers(low, (high - low).saturating_add(bytes.into()), write) {
        return Ok(());
    }
    for lane in Lanes(exec) {
        if !wave.memory.covers(addresses[lane], bytes.into(), write) {
            return Err((lane as u32, addresses[lane]));
        }
    }
    Ok(())
}

/// The fault of a failed [`check`].
#[cold]
pub(crate) fn out_of_bounds(wave: &mut Wave, (lane, address): (u32, u64), write: bool) -> super::Flow {
    let kind = if write { FaultKind::WriteOutOfBounds } else { FaultKind::ReadOutOfBounds };
    super::fault(wave, kind, Some(lane), Some(address))
}

/// Loads `D` dwords a lane, for all lanes, into the rows at `target`; four lanes at a time, turned from lanes of
/// dwords to rows of lanes in the host's registers.
///
/// # Safety
/// `4 * D` bytes at every lane's place must be mapped (16 where `D` is 3), and `target` must have the rows.
#[inline(always)]
pub(crate) unsafe fn gather<const D: usize>(place: impl Fn(usize) -> *const u8, target: *mut u32) {
    // SAFETY: the caller's word; SSE2 is part of x86-64.
    unsafe {
        if D == 1 {
            for lane in 0..64 {
                *target.add(lane) = place(lane).cast::<u32>().read_unaligned();
            }
            return;
        }
        for lane in (0..64).step_by(4) {
            let row = |index: usize| target.add(index * 64 + lane).cast::<f32>();
            if D == 2 {
                let two = |lane: usize| {
                    let first = _mm_castsi128_pd(_mm_loadl_epi64(place(lane).cast()));
                    _mm_castpd_ps(_mm_loadh_pd(first, place(lane + 1).cast()))
                };
                let (low, high) = (two(lane), two(lane + 2));
                _mm_storeu_ps(row(0), _mm_shuffle_ps::<0x88>(low, high));
                _mm_storeu_ps(row(1), _mm_shuffle_ps::<0xdd>(low, high));
            } else {
                let four = |lane: usize| _mm_loadu_ps(place(lane).cast());
                let (mut a, mut b, mut c, mut d) =
                    (four(lane), four(lane + 1), four(lane + 2), four(lane + 3));
                _MM_TRANSPOSE4_PS(&mut a, &mut b, &mut c, &mut d);
                _mm_storeu_ps(row(0), a);
                _mm_storeu_ps(row(1), b);
                _mm_storeu_ps(row(2), c);
                if D == 4 {
                    _mm_storeu_ps(row(3), d);
                }
            }
        }
    }
}

/// Stores `D` dwords (1, 2 or 4) a lane, for all lanes, in lane order, from the rows at `source`.
///
/// # Safety
/// `4 * D` bytes at every lane's place must be mapped and writable, and `source` must have the rows.
#[inline(always)]
pub(crate) unsafe fn scatter<const D: usize>(place: impl Fn(usize) -> *mut u8, source: *const u32) {
    // SAFETY: the caller's word; SSE2 is part of x86-64.
    unsafe {
        if D == 1 {
            for lane in 0..64 {
                place(lane).cast::<u32>().write_unaligned(*source.add(lane));
            }
            return;
        }
        for lane in (0..64).step_by(4) {
            let row = |index: usize| _mm_loadu_ps(source.add(index * 64 + lane).cast());
            if D == 2 {
                let (low, high) = (_mm_unpacklo_ps(row(0), row(1)), _mm_unpackhi_ps(row(0), row(1)));
                for (pair, lane) in [(low, lane), (high, lane + 2)] {
                    _mm_storel_pd(place(lane).cast(), _mm_castps_pd(pair));
                    _mm_storeh_pd(place(lane + 1).cast(), _mm_castps_pd(pair));
                }
            } else {
                let (mut a, mut b, mut c, mut d) = (row(0), row(1), row(2), row(3));
                _MM_TRANSPOSE4_PS(&mut a, &mut b, &mut c, &mut d);
                for (index, four) in [a, b, c, d].into_iter().enumerate() {
                    _mm_storeu_ps(place(lane + index).cast(), four);
                }
            }
        }
    }
}

/// Loads every active lane from its checked address into the rows at `target`.
///
/// # Safety
/// All bytes must be mapped, and `target` must have the rows.
#[inline(always)]
pub(crate) unsafe fn load_lanes(shape: Shape, addresses: &[u64; 64], exec: u64, target: *mut u32) {
    // SAFETY: the caller's word.
    unsafe {
        match shape.bytes {
            1 => {
                for lane in Lanes(exec) {
                    let at = target.add(lane);
                    *at = shape.widen(load::<u8>(addresses[lane]).into(), *at);
                }
            }
            2 => {
                for lane in Lanes(exec) {
                    let at = target.add(lane);
                    *at = shape.widen(load::<u16>(addresses[lane]).into(), *at);
                }
            }
            4 if exec == u64::MAX => {
                gather::<1>(|lane| addresses[lane] as *const u8, target);
            }
            8 if exec == u64::MAX => gather::<2>(|lane| addresses[lane] as *const u8, target),
            16 if exec == u64::MAX => gather::<4>(|lane| addresses[lane] as *const u8, target),
            4 => {
                for lane in Lanes(exec) {
                    *target.add(lane) = load(addresses[lane]);
                }
            }
            bytes => {
                for lane in Lanes(exec) {
                    for dword in 0..usize::from(bytes) / 4 {
                        *target.add(dword * 64 + lane) = load(addresses[lane] + dword as u64 * 4);
                    }
                }
            }
        }
    }
}

/// Stores every active lane from the rows at `source` to its checked address.
///
/// # Safety
/// All bytes must be mapped and writable, and `source` must have the rows.
#[inline(always)]
pub(crate) unsafe fn store_lanes(shape: Shape, addresses: &[u64; 64], exec: u64, source: *const u32) {
    let shift = if shape.half == Half::High { 16 } else { 0 };
    // SAFETY: the caller's word.
    unsafe {
        match shape.bytes {
            1 => {
                for lane in Lanes(exec) {
                    store(addresses[lane], (*source.add(lane) >> shift) as u8);
                }
            }
            2 => {
                for lane in Lanes(exec) {
                    store(addresses[lane], (*source.add(lane) >> shift) as u16);
                }
            }
            4 => {
                for lane in Lanes(exec) {
                    store(addresses[lane], *source.add(lane));
                }
            }
            bytes => {
                for lane in Lanes(exec) {
                    for dword in 0..usize::from(bytes) / 4 {
                        store(addresses[lane] + dword as u64 * 4, *source.add(dword * 64 + lane));
                    }
                }
            }
        }
    }
}

/// Where the `part`th byte of a lane's access is, in whichever memory a flat address means.
///
/// `Ok(None)` for LDS past its end, which reads zero and drops writes.
fn flat_byte(wave: &mut Wave, lane: usize, address: u64, write: bool) -> Result<Option<u64>, (u32, u64)> {
    match aperture(address) {
        Aperture::Global => {
            if wave.memory.covers(address, 1, write) {
                Ok(Some(address))
            } else {
                Err((lane as u32, address))
            }
        }
        Aperture::Shared => {
            let offset = address as u32;
            Ok((offset < wave.lds_size).then(|| wave.lds as u64 + u64::from(offset)))
        }
        Aperture::Private => {
            let offset = address as u32;
            if offset >= wave.scratch.lane_size {
                return Err((lane as u32, address));
            }
            Ok(Some(wave.scratch.swizzle(lane, offset)))
        }
    }
}

/// Where four or eight aligned bytes of a flat access are, if they lie together.
pub(crate) fn flat_location(
    wave: &mut Wave,
    lane: usize,
    address: u64,
    bytes: u8,
) -> Result<Option<u64>, (u32, u64)> {
    let first = flat_byte(wave, lane, address, true)?;
    let last = flat_byte(wave, lane, address + u64::from(bytes) - 1, true)?;
    match (first, last) {
        (Some(first), Some(last)) if last - first == u64::from(bytes) - 1 => Ok(Some(first)),
        // Scattered scratch: an atomic that wide has nowhere to go.
        (Some(_), Some(_)) => Err((lane as u32, address)),
        _ => Ok(None),
    }
}

/// Loads lanes whose flat addresses may mean any memory.
pub(crate) fn load_flat_lanes(
    wave: &mut Wave,
    shape: Shape,
    addresses: &[u64; 64],
    exec: u64,
    target: *mut u32,
) -> Result<(), (u32, u64)> {
    for lane in Lanes(exec) {
        let mut bytes = [0u8; 16];
        for part in 0..usize::from(shape.bytes) {
            if let Some(at) = flat_byte(wave, lane, addresses[lane] + part as u64, false)? {
                // SAFETY: `flat_byte` found the byte in memory of ours.
                bytes[part] = unsafe { load(at) };
            }
        }
        let words: [u32; 4] = std::array::from_fn(|dword| {
            u32::from_le_bytes([
                bytes[dword * 4],
                bytes[dword * 4 + 1],
                bytes[dword * 4 + 2],
                bytes[dword * 4 + 3],
            ])
        });
        // SAFETY: the target has the rows of the shape.
        unsafe {
            if shape.bytes < 4 {
                let at = target.add(lane);
                *at = shape.widen(words[0], *at);
            } else {
                for (dword, word) in words.into_iter().enumerate().take(usize::from(shape.bytes) / 4) {
                    *target.add(dword * 64 + lane) = word;
                }
            }
        }
    }
    Ok(())
}

/// Stores lanes whose flat addresses may mean any memory.
pub(crate) fn store_flat_lanes(
    wave: &mut Wave,
    shape: Shape,
    addresses: &[u64; 64],
    exec: u64,
    source: *const u32,
) -> Result<(), (u32, u64)> {
    let shift = if shape.half == Half::High { 16 } else { 0 };
    for lane in Lanes(exec) {
        for part in 0..usize::from(shape.bytes) {
            // SAFETY: the source has the rows of the shape.
            let word = unsafe { *source.add(part / 4 * 64 + lane) } >> shift;
            if let Some(at) = flat_byte(wave, lane, addresses[lane] + part as u64, true)? {
                // SAFETY: `flat_byte` found the byte in memory of ours.
                unsafe { store(at, (word >> (part % 4 * 8)) as u8) };
            }
        }
    }
    Ok(())
}
