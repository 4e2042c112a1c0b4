//! What stands around a vector operation: SDWA, DPP, abs, neg, op_sel, omod, clamp.
//!
//! `Modifiers::of` reads them from the bits when code is decoded, `None` for an instruction that has none.
//! [`prepare`] puts sources with modifiers (and plain scalars) into the wave's temporary rows; [`finish`] takes an
//! unblended result from there to the destination.

use super::Instruction;
use super::access::Access;
use super::level::{CHUNK, Level};
use super::value::{F16, Kind};
use crate::isa::operand::Scalar;
use crate::isa::{Decoded, Field, Format};
use crate::wave::registers::Row;
use crate::wave::{RESULT, Wave, base};

/// In [`Instruction::prepare`]: everything in [`Modifiers`] applies. Below: 0 nothing, up to 127 broadcast the
/// scalar register one less, from 128 on broadcast the pair that starts at twice the rest.
pub(crate) const FULL: u8 = 255;

/// Where a source comes from before its modifiers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RawSource {
    Row {
        from: u8,
        offset: u64,
    },
    Scalar(u32),
    /// `vccz`, `execz`, `scc`.
    Asked(Scalar),
}

/// A part of a dword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Byte(u8),
    Word(u8),
    Whole,
}

impl Part {
    fn sdwa(code: u32) -> Self {
        match code {
            0..=3 => Part::Byte(code as u8),
            4 | 5 => Part::Word(code as u8 - 4),
            _ => Part::Whole,
        }
    }

    fn shift(self) -> u32 {
        match self {
            Part::Byte(index) => 8 * u32::from(index),
            Part::Word(index) => 16 * u32::from(index),
            Part::Whole => 0,
        }
    }

    fn mask(self) -> u32 {
        match self {
            Part::Byte(_) => 0xff,
            Part::Word(_) => 0xffff,
            Part::Whole => u32::MAX,
        }
    }

    fn sign(self) -> u32 {
        match self {
            Part::Byte(_) => 0x80,
            Part::Word(_) => 0x8000,
            Part::Whole => 0,
        }
    }
}

/// What becomes of the rest of a register of which a part is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unused {
    Zero,
    Sign,
    Keep,
}

/// A DPP control: where each lane reads, and which may write.
#[derive(Clone, Debug)]
struct Dpp {
    /// Source lane, where there is one.
    lanes: [u32; 64],
    /// Lanes that have a source.
    sourced: u64,
    /// Rows and banks that are switched on.
    enabled: u64,
    /// A lane without a source reads zero instead of staying as it is.
    zero: bool,
}

impl Dpp {
    fn of(decoded: &Decoded) -> Option<Self> {
        let control = decoded.bits(48, 40);
        let (mut lanes, mut sourced) = ([0; 64], 0);
        for lane in 0..64u32 {
            let (row, within) = (lane & !15, lane & 15);
            let amount = control & 15;
            let source = match control {
                0..=0xff => Some(lane & !3 | control >> (2 * (lane & 3)) & 3),
                0x101..=0x10f => (within + amount < 16).then(|| lane + amount),
                0x111..=0x11f => (within >= amount).then(|| lane - amount),
                0x121..=0x12f => Some(row | (within + 16 - amount) & 15),
                0x130 => (lane < 63).then(|| lane + 1),
                0x134 => Some((lane + 1) & 63),
                0x138 => lane.checked_sub(1),
                0x13c => Some((lane + 63) & 63),
                0x140 => Some(row | (15 - within)),
                0x141 => Some(lane & !7 | (7 - (lane & 7))),
                0x142 => row.checked_sub(1),
                0x143 => (lane >= 32).then_some(31),
                0x150..=0x15f => Some(row | amount),
                _ => return None,
            };
            lanes[lane as usize] = source.unwrap_or(0);
            sourced |= u64::from(source.is_some()) << lane;
        }
        let (rows, banks) = (decoded.bits(63, 60), decoded.bits(59, 56));
        let enabled = (0..64u32)
            .filter(|lane| rows >> (lane >> 4) & 1 != 0 && banks >> (lane >> 2 & 3) & 1 != 0)
            .fold(0, |mask, lane| mask | 1u64 << lane);
        Some(Self { lanes, sourced, enabled, zero: decoded.bits(51, 51) == 1 })
    }
}

/// Everything that stands around one operation.
#[derive(Clone)]
pub(crate) struct Modifiers {
    /// The operation alone, on prepared sources.
    pub plain: Instruction,
    /// Sources before anything applies.
    pub raw: [RawSource; 3],
    kinds: [Kind; 3],
    result: Kind,
    absolute: [bool; 3],
    negate: [bool; 3],
    /// For packed kinds: negates the high half, and which half each half reads.
    negate_high: [bool; 3],
    low_from_high: [bool; 3],
    high_from_low: [bool; 3],
    part: [Part; 3],
    sign_extend: [bool; 3],
    dpp: Option<Dpp>,
    output_multiplier: u32,
    clamp: bool,
    target_part: Part,
    unused: Unused,
}

/// Operations that leave the upper half of a 16-bit destination alone; the others zero it.
const KEEPS_UPPER_HALF: [&str; 9] = [
    "v_mad_f16",
    "v_mad_u16",
    "v_mad_i16",
    "v_fma_f16",
    "v_div_fixup_f16",
    "v_fma_mixlo_f16",
    "v_fma_mixhi_f16",
    "v_mad_mixlo_f16",
    "v_mad_mixhi_f16",
];

fn is_vop3(decoded: &Decoded) -> bool {
    decoded.encoding.format == Format::Vop3
}

/// VOP3B, where a second scalar result takes the place of abs and op_sel.
fn has_second_result(decoded: &Decoded) -> bool {
    decoded.encoding.operand(Field::SdstB).is_some()
}

/// Whether the clamp bit is set.
pub(crate) fn clamps(decoded: &Decoded) -> bool {
    match decoded.encoding.format {
        Format::Vop3 => decoded.bits(15, 15) == 1,
        Format::Vop3p => decoded.bits(15, 15) == 1,
        Format::Vop1Sdwa | Format::Vop2Sdwa => decoded.bits(45, 45) == 1,
        _ => false,
    }
}

impl Modifiers {
    /// No modifiers at all.
    pub fn none(kinds: [Kind; 3], result: Kind) -> Self {
        Self {
            plain: Instruction::outside(),
            raw: [RawSource::Scalar(0); 3],
            kinds,
            result,
            absolute: [false; 3],
            negate: [false; 3],
            negate_high: [false; 3],
            low_from_high: [false; 3],
            high_from_low: [false; 3],
            part: [Part::Whole; 3],
            sign_extend: [false; 3],
            dpp: None,
            output_multiplier: 0,
            clamp: false,
            target_part: Part::Whole,
            unused: Unused::Zero,
        }
    }

    /// The modifiers of an instruction; `clamp` as the caller wants it applied to a floating-point result.
    pub fn of(decoded: &Decoded, kinds: [Kind; 3], result: Kind, clamp: bool) -> Option<Self> {
        let mut found = Self { clamp, ..Self::none(kinds, result) };
        let bit = |at: u32| decoded.bits(at, at) == 1;
        match decoded.encoding.format {
            Format::Vop3 => found.read_vop3(decoded),
            Format::Vop3p => {
                let mixed = kinds.contains(&Kind::Mixed);
                for index in 0..3u32 {
                    let at = index as usize;
                    let high_bit = if index == 2 { bit(14) } else { bit(59 + index) };
                    found.negate[at] = bit(61 + index);
                    found.negate_high[at] = bit(8 + index);
                    found.low_from_high[at] = bit(11 + index);
                    found.high_from_low[at] = !high_bit;
                    if mixed {
                        // For mix, neg_hi is abs, and op_sel_hi says that the source is a half.
                        found.absolute[at] = found.negate_high[at];
                        found.high_from_low[at] = high_bit;
                    }
                }
                if mixed && result == Kind::Half {
                    let high = decoded.encoding.mnemonic.contains("mixhi");
                    (found.target_part, found.unused) = (Part::Word(high.into()), Unused::Keep);
                }
            }
            Format::Vop1Sdwa | Format::Vop2Sdwa | Format::VopcSdwa => {
                for (index, low) in [(0, 48), (1, 56)] {
                    found.part[index] = Part::sdwa(decoded.bits(low + 2, low));
                    found.sign_extend[index] = bit(low + 3);
                    found.negate[index] = bit(low + 4);
                    found.absolute[index] = bit(low + 5);
                }
                if decoded.encoding.format != Format::VopcSdwa {
                    found.target_part = Part::sdwa(decoded.bits(42, 40));
                    found.unused = [Unused::Zero, Unused::Sign, Unused::Keep, Unused::Keep]
                        [decoded.bits(44, 43) as usize];
                    found.output_multiplier = decoded.bits(47, 46);
                }
            }
            Format::Vop1Dpp | Format::Vop2Dpp => {
                found.dpp = Dpp::of(decoded);
                (found.negate[0], found.absolute[0]) = (bit(52), bit(53));
                (found.negate[1], found.absolute[1]) = (bit(54), bit(55));
            }
            _ => return None,
        }
        let any = found.finishes() || (0..3).any(|index| found.touches(index));
        any.then_some(found)
    }

    fn read_vop3(&mut self, decoded: &Decoded) {
        let bit = |at: u32| decoded.bits(at, at) == 1;
        let sixteen = |kind: Kind| matches!(kind, Kind::Half | Kind::Int16);
        let second = has_second_result(decoded);
        for index in 0..3u32 {
            let at = index as usize;
            self.negate[at] = bit(61 + index);
            self.absolute[at] = !second && bit(8 + index);
            if !second && bit(11 + index) && sixteen(self.kinds[at]) {
                self.part[at] = Part::Word(1);
            }
        }
        self.output_multiplier = decoded.bits(60, 59);
        if sixteen(self.result) && is_vop3(decoded) {
            let name = decoded.encoding.base_mnemonic();
            if bit(14) {
                (self.target_part, self.unused) = (Part::Word(1), Unused::Keep);
            } else if KEEPS_UPPER_HALF.contains(&name) {
                (self.target_part, self.unused) = (Part::Word(0), Unused::Keep);
            }
        }
    }

    /// Whether source `index` is anything but its plain register.
    pub fn touches(&self, index: usize) -> bool {
        let kind = self.kinds[index];
        if kind == Kind::None {
            return false;
        }
        let packed = matches!(kind, Kind::PackedInt16 | Kind::PackedHalf | Kind::PackedSingle);
        self.absolute[index]
            || self.negate[index]
            || self.part[index] != Part::Whole
            || (self.dpp.is_some() && index == 0)
            || kind == Kind::Mixed
            || packed && (self.negate_high[index] || self.low_from_high[index] || self.high_from_low[index])
    }

    /// Whether the result needs anything before it is written.
    pub fn finishes(&self) -> bool {
        self.clamp || self.output_multiplier != 0 || self.target_part != Part::Whole
    }
}

/// Prepares the sources and returns the lanes that may write: EXEC, less what DPP holds back.
///
/// # Safety
/// As for a handler; the instruction must be a vector one.
#[inline(always)]
pub(crate) unsafe fn prepare<L: Access>(wave: &mut Wave, instruction: &Instruction) -> u64 {
    let mut exec = wave.exec();
    for index in 0..3 {
        let how = instruction.prepare[index];
        let target = wave.temporary(index * 2).cast::<Row>();
        // SAFETY: each source has two temporary rows; only FULL needs `extra`, which decoding set for it.
        unsafe {
            match how {
                0 => {}
                1..=127 => *target = Row([wave.sgprs[usize::from(how - 1)]; 64]),
                FULL => prepare_fully::<L>(wave, &*instruction.extra, index, target, &mut exec),
                _ => {
                    let value = wave.sgpr64(u32::from(how - 128) * 2);
                    *target = Row([value as u32; 64]);
                    *target.add(1) = Row([(value >> 32) as u32; 64]);
                }
            }
        }
    }
    exec
}

#[inline(always)]
unsafe fn prepare_fully<L: Access>(
    wave: &mut Wave,
    modifiers: &Modifiers,
    index: usize,
    target: *mut Row,
    exec: &mut u64,
) {
    let kind = modifiers.kinds[index];
    let rows = kind.rows();
    // SAFETY: raw sources are rows of the wave or constants; the target has two rows.
    unsafe {
        match modifiers.raw[index] {
            RawSource::Row { from, offset } => {
                let start = wave.bases[(from & 3) as usize].wrapping_add(offset as usize).cast::<Row>();
                for row in 0..rows {
                    *target.add(row) = *start.add(row);
                }
            }
            RawSource::Scalar(register) => {
                let value = wave.sgpr64(register);
                *target = Row([value as u32; 64]);
                *target.add(1) = Row([(value >> 32) as u32; 64]);
            }
            RawSource::Asked(what) => {
                let value = match what {
                    Scalar::Vccz => u32::from(wave.vcc() == 0),
                    Scalar::Execz => u32::from(wave.exec() == 0),
                    _ => wave.scc,
                };
                *target = Row([value; 64]);
                *target.add(1) = Row::ZERO;
            }
        }
        if index == 0
            && let Some(dpp) = &modifiers.dpp
        {
            let active = *exec;
            let mut there = dpp.sourced;
            if active != u64::MAX {
                let on: [u32; 64] = std::array::from_fn(|lane| ((active >> lane & 1) as u32).wrapping_neg());
                let from = L::permute(on.as_ptr(), &dpp.lanes);
                for chunk in 0..64 / CHUNK {
                    let signs = L::signs(&*from.as_ptr().add(chunk * CHUNK).cast());
                    there &= u64::from(signs) << (chunk * CHUNK) | !(0xffff << (chunk * CHUNK));
                }
            }
            for row in 0..rows {
                let row = &mut (*target.add(row)).0;
                *row = L::permute(row.as_ptr(), &dpp.lanes);
                if there != u64::MAX {
                    for (lane, value) in row.iter_mut().enumerate() {
                        *value &= ((there >> lane & 1) as u32).wrapping_neg();
                    }
                }
            }
            *exec &= dpp.enabled & if dpp.zero { u64::MAX } else { there };
        }
        let low = &mut (*target).0;
        let part = modifiers.part[index];
        if part != Part::Whole {
            let (shift, mask) = (part.shift(), part.mask());
            let sign = if modifiers.sign_extend[index] { part.sign() } else { 0 };
            for lane in low.iter_mut() {
                *lane = ((*lane >> shift & mask) ^ sign).wrapping_sub(sign);
            }
        }
        let (absolute, negate) = (modifiers.absolute[index], modifiers.negate[index]);
        let sign = |on: bool, bits: u32| if on { bits } else { 0 };
        match kind {
            Kind::Half | Kind::Int16 => change_sign(low, sign(absolute, 0x8000), sign(negate, 0x8000)),
            Kind::Single | Kind::Int32 => change_sign(low, sign(absolute, 1 << 31), sign(negate, 1 << 31)),
            Kind::Double | Kind::Int64 => {
                change_sign(&mut (*target.add(1)).0, sign(absolute, 1 << 31), sign(negate, 1 << 31));
            }
            Kind::PackedHalf | Kind::PackedInt16 => {
                let low_shift = if modifiers.low_from_high[index] { 16 } else { 0 };
                let high_shift = if modifiers.high_from_low[index] { 0 } else { 16 };
                let flip = sign(negate, 0x8000) | sign(modifiers.negate_high[index], 1 << 31);
                for lane in low.iter_mut() {
                    *lane = (*lane >> low_shift & 0xffff | (*lane >> high_shift) << 16) ^ flip;
                }
            }
            Kind::PackedSingle => {
                let (first, second) = (*target, *target.add(1));
                *target = if modifiers.low_from_high[index] { second } else { first };
                *target.add(1) = if modifiers.high_from_low[index] { first } else { second };
                change_sign(&mut (*target).0, 0, sign(negate, 1 << 31));
                change_sign(&mut (*target.add(1)).0, 0, sign(modifiers.negate_high[index], 1 << 31));
            }
            Kind::Mixed => {
                if modifiers.high_from_low[index] {
                    let shift = if modifiers.low_from_high[index] { 16 } else { 0 };
                    for lane in low.iter_mut() {
                        *lane = F16((*lane >> shift) as u16).to_f32().to_bits();
                    }
                }
                change_sign(low, sign(absolute, 1 << 31), sign(negate, 1 << 31));
            }
            Kind::None => {}
        }
    }
}

#[inline(always)]
fn change_sign(row: &mut [u32; 64], clear: u32, flip: u32) {
    if clear | flip != 0 {
        for lane in row.iter_mut() {
            *lane = *lane & !clear ^ flip;
        }
    }
}

/// Applies omod, clamp and the destination part to the result in the temporary rows, and writes the lanes in `mask`.
///
/// # Safety
/// As for a handler; the instruction's `finish` must be set.
#[inline(always)]
pub(crate) unsafe fn finish<L: Level>(wave: &mut Wave, instruction: &Instruction, mask: u64) {
    // SAFETY: `finish` is set only together with `extra`.
    let modifiers = unsafe { &*instruction.extra };
    let result = wave.temporary(RESULT).cast::<Row>();
    let target = wave.bases[(instruction.target_base & 3) as usize]
        .wrapping_add(instruction.target as usize)
        .cast::<Row>();
    let rows = modifiers.result.rows();
    // SAFETY: result and target have as many rows as the result type says.
    unsafe {
        if modifiers.clamp || modifiers.output_multiplier != 0 {
            scale_and_clamp(&mut *result, &mut *result.add(1), modifiers, wave.mode >> 8 & 1 != 0);
        }
        let part = modifiers.target_part;
        if part != Part::Whole {
            let (shift, bits) = (part.shift(), part.mask());
            let (new, old) = (&mut (*result).0, &(*target).0);
            for lane in 0..64 {
                let value = new[lane] & bits;
                let rest = match modifiers.unused {
                    Unused::Zero => 0,
                    Unused::Keep => old[lane] & !(bits << shift),
                    Unused::Sign if value & part.sign() != 0 => {
                        u32::MAX.checked_shl(shift + bits.count_ones()).unwrap_or(0)
                    }
                    Unused::Sign => 0,
                };
                new[lane] = value << shift | rest;
            }
        }
        for row in 0..rows {
            for chunk in 0..64 / CHUNK {
                let first = chunk * CHUNK;
                let new = result.add(row).cast::<u32>().add(first).cast::<[u32; CHUNK]>();
                let at = target.add(row).cast::<u32>().add(first);
                match (mask >> first) as u16 {
                    0 => {}
                    u16::MAX => at.cast::<[u32; CHUNK]>().write_unaligned(*new),
                    some => L::blend(at, &*new, some),
                }
            }
        }
    }
}

/// An f64 within 0 to 1, by its bits: the host's own mode is that of f32 here, and may flush.
#[inline(always)]
fn clamp_double(bits: u64, nan_to_zero: bool) -> u64 {
    const INFINITY: u64 = 0x7ff0_0000_0000_0000;
    const SIGN: u64 = 1 << 63;
    if bits & !SIGN > INFINITY {
        return if nan_to_zero { 0 } else { bits };
    }
    if bits & SIGN != 0 { 0 } else { bits.min(1f64.to_bits()) }
}

#[inline(always)]
fn scale_and_clamp(low: &mut Row, high: &mut Row, modifiers: &Modifiers, nan_to_zero: bool) {
    let factor = [1.0f32, 2.0, 4.0, 0.5][modifiers.output_multiplier as usize & 3];
    let single = |value: f32| {
        let value = if factor == 1.0 { value } else { value * factor };
        match modifiers.clamp {
            false => value,
            true if value.is_nan() => {
                if nan_to_zero {
                    0.0
                } else {
                    value
                }
            }
            true if value > 0.0 => value.min(1.0),
            true => 0.0,
        }
    };
    match modifiers.result {
        Kind::Single | Kind::PackedSingle | Kind::Mixed => {
            for lane in &mut low.0 {
                *lane = single(f32::from_bits(*lane)).to_bits();
            }
            if modifiers.result == Kind::PackedSingle {
                for lane in &mut high.0 {
                    *lane = single(f32::from_bits(*lane)).to_bits();
                }
            }
        }
        Kind::Half => {
            for lane in &mut low.0 {
                *lane = F16::from_f32(single(F16(*lane as u16).to_f32())).0.into();
            }
        }
        Kind::PackedHalf => {
            for lane in &mut low.0 {
                let halves = [*lane as u16, (*lane >> 16) as u16]
                    .map(|half| F16::from_f32(single(F16(half).to_f32())).0);
                *lane = u32::from(halves[0]) | u32::from(halves[1]) << 16;
            }
        }
        Kind::Double => {
            for (low, high) in low.0.iter_mut().zip(&mut high.0) {
                let bits = u64::from(*low) | u64::from(*high) << 32;
                let scaled = (f64::from_bits(bits) * f64::from(factor)).to_bits();
                let bits = if factor == 1.0 { bits } else { scaled };
                let bits = if modifiers.clamp { clamp_double(bits, nan_to_zero) } else { bits };
                (*low, *high) = (bits as u32, (bits >> 32) as u32);
            }
        }
        _ => {}
    }
}

impl Modifiers {
    /// Moves the VGPR sources in `sources` (a bit each) and, with bit 3, the destination by `distance` bytes, for
    /// register indexing.
    pub fn move_registers(&mut self, sources: u32, distance: u32) {
        for index in (0..3).filter(|index| sources >> index & 1 != 0) {
            if let RawSource::Row { from: base::VGPR, offset } = &mut self.raw[index] {
                *offset += u64::from(distance);
            }
        }
        self.plain.move_registers(sources, distance);
    }
}

impl Instruction {
    /// As for [`Modifiers::move_registers`].
    pub fn move_registers(&mut self, sources: u32, distance: u32) {
        for index in (0..3).filter(|index| sources >> index & 1 != 0) {
            if self.from[index] == base::VGPR {
                self.source[index] += u64::from(distance);
            }
        }
        if sources >> 3 & 1 != 0 && self.target_base == base::VGPR {
            self.target += distance;
        }
    }
}

/// What a DPP instruction reads, lane by lane.
pub(crate) struct LaneSources {
    /// The lane that each lane reads; 64 for none.
    pub lanes: [u32; 64],
    /// The lanes that may write.
    pub enabled: u64,
    /// A lane without a source reads zero instead of staying as it is.
    pub zero: bool,
}

/// Where the lanes of a DPP instruction read; `None` for any other.
pub(crate) fn lane_sources(decoded: &Decoded) -> Option<LaneSources> {
    if !matches!(decoded.encoding.format, Format::Vop1Dpp | Format::Vop2Dpp) {
        return None;
    }
    let dpp = Dpp::of(decoded)?;
    let lanes = std::array::from_fn(|lane| if dpp.sourced >> lane & 1 != 0 { dpp.lanes[lane] } else { 64 });
    Some(LaneSources { lanes, enabled: dpp.enabled, zero: dpp.zero })
}
