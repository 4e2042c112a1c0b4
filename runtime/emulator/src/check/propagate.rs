//! How undefined bits go through an instruction that accesses no memory; for `init`.
//!
//! Takes the shadow of the registers and the values they hold; leaves the shadow as it is after the instruction, and
//! says whether SCC is undefined then.

use super::initialised::{State, constant, value};
use crate::execute::ds::swizzle_source;
use crate::execute::modifiers::lane_sources;
use crate::execute::transfer::Lanes;
use crate::isa::Format;
use crate::isa::operand::EXEC;
use crate::observe::{Class, File, Observed, Registers, Role};
use crate::wave::Wave;

/// A source in one lane: what it holds and which of its bits are undefined.
#[derive(Clone, Copy, Default)]
struct Bits {
    value: u64,
    undefined: u64,
}

impl Bits {
    fn known_zeros(self) -> u64 {
        !self.value & !self.undefined
    }

    fn known_ones(self) -> u64 {
        self.value & !self.undefined
    }
}

/// Carries the bits over.
pub(crate) fn run(state: &mut State, wave: &Wave, what: &Observed) -> bool {
    let Some(decoded) = what.decoded else { return false };
    let mnemonic = what.mnemonic();
    if mnemonic.starts_with("s_movrel") || matches!(what.class, Class::Matrix | Class::Wait | Class::Barrier)
    {
        define_all(state, what);
        return false;
    }
    if matches!(
        decoded.encoding.format,
        Format::Sop2 | Format::Sop1 | Format::Sopc | Format::Sopk | Format::Sopp
    ) {
        return scalar(state, wave, what);
    }
    match mnemonic {
        "v_readfirstlane_b32" | "v_readlane_b32" => {
            let lane = if mnemonic == "v_readlane_b32" {
                (lane_operand(wave, what) & 63) as usize
            } else {
                wave.exec().trailing_zeros() as usize & 63
            };
            let bits = source_bits(state, what, 0, 0, lane);
            if let Some(target) = what.writes.first() {
                state.set_scalar(target.first.into(), bits);
            }
        }
        "v_writelane_b32" => {
            let lane = (lane_operand(wave, what) & 63) as usize;
            let bits = source_bits(state, what, 0, 0, 0);
            write(state, what.writes.first(), 0, lane, bits);
        }
        "v_swap_b32" => {
            for lane in Lanes(wave.exec()) {
                let (a, b) = (source_bits(state, what, 0, 0, lane), source_bits(state, what, 1, 0, lane));
                write(state, what.writes.first(), 0, lane, a);
                write(state, what.writes.get(1), 0, lane, b);
            }
        }
        "ds_swizzle_b32" | "ds_bpermute_b32" | "ds_permute_b32" => move_lanes(state, wave, what),
        _ => vector(state, wave, what),
    }
    false
}

fn define_all(state: &mut State, what: &Observed) {
    for registers in &what.writes {
        for index in 0..usize::from(registers.count) {
            for lane in 0..64 {
                write(state, Some(registers), index, lane, 0);
            }
        }
    }
}

fn write(state: &mut State, target: Option<&Registers>, index: usize, lane: usize, bits: u32) {
    let Some(target) = target else { return };
    if index < usize::from(target.count) {
        state.write(*target, index, lane, bits);
    }
}

/// The registers of source `place`.
fn source(what: &Observed, place: u8) -> Option<Registers> {
    what.reads.iter().find(|(_, role)| *role == Role::Source(place)).map(|(registers, _)| *registers)
}

fn source_bits(state: &State, what: &Observed, place: u8, index: usize, lane: usize) -> u32 {
    source(what, place).map_or(0, |registers| state.bits(registers, index, lane))
}

/// The lane that `v_readlane` and `v_writelane` name.
fn lane_operand(wave: &Wave, what: &Observed) -> u32 {
    match source(what, 1) {
        Some(registers) => value(wave, registers, 0, 0),
        None => constant(what, 1).unwrap_or(0),
    }
}

fn fetch(state: &State, wave: &Wave, what: &Observed, place: u8, lane: usize) -> Bits {
    match source(what, place) {
        Some(registers) => {
            let half = |index: usize| {
                if index < usize::from(registers.count) {
                    (value(wave, registers, index, lane), state.bits(registers, index, lane))
                } else {
                    (0, 0)
                }
            };
            let ((low, low_bits), (high, high_bits)) = (half(0), half(1));
            Bits {
                value: u64::from(low) | u64::from(high) << 32,
                undefined: u64::from(low_bits) | u64::from(high_bits) << 32,
            }
        }
        None => Bits { value: constant(what, place).unwrap_or(0).into(), undefined: 0 },
    }
}

fn move_lanes(state: &mut State, wave: &Wave, what: &Observed) {
    let Some(decoded) = what.decoded else { return };
    let data = source(what, 0);
    let address = what.reads.iter().find(|(_, role)| *role == Role::Address).map(|(registers, _)| *registers);
    let exec = wave.exec();
    let to = |lane: usize| {
        let offset = decoded.bits(15, 0);
        address.map_or(0, |rows| (value(wave, rows, 0, lane).wrapping_add(offset) >> 2 & 63) as usize)
    };
    let mut moved = [0u32; 64];
    for lane in Lanes(exec) {
        let bits = |from: usize| {
            data.map_or(0, |data| if exec >> from & 1 != 0 { state.bits(data, 0, from) } else { 0 })
        };
        match what.mnemonic() {
            "ds_swizzle_b32" => moved[lane] = bits(swizzle_source(decoded.bits(15, 0) as usize, lane) & 63),
            "ds_bpermute_b32" => moved[lane] = bits(to(lane)),
            _ => moved[to(lane)] = bits(lane),
        }
    }
    for lane in Lanes(exec) {
        write(state, what.writes.first(), 0, lane, moved[lane]);
    }
}

/// A vector instruction, lane by lane.
fn vector(state: &mut State, wave: &Wave, what: &Observed) {
    let Some(decoded) = what.decoded else { return };
    let exec = wave.exec();
    let is_compare = decoded.encoding.base_mnemonic().starts_with("v_cmp");
    let lanes = lane_sources(&decoded);
    let wide = what.writes.first().is_some_and(|target| target.file != File::Scalar && target.count > 1);
    let mut masks = [0u64; 2];
    let mut results = [[0u32; 64]; 4];
    let mut kept = 0u64;
    for lane in Lanes(exec) {
        let mut sources = [0, 1, 2, 3].map(|place| fetch(state, wave, what, place, lane));
        if let Some(sources_of) = &lanes {
            let from = sources_of.lanes[lane] as usize;
            if sources_of.enabled >> lane & 1 == 0 {
                kept |= 1 << lane;
                continue;
            }
            if from < 64 && exec >> from & 1 != 0 {
                sources[0] = fetch(state, wave, what, 0, from);
            } else if sources_of.zero {
                sources[0] = Bits::default();
            } else {
                kept |= 1 << lane;
                continue;
            }
        }
        let old = what.reads.iter().find(|(_, role)| *role == Role::Kept).map(|(registers, _)| *registers);
        let undefined = combine(what, &sources, wide, lane);
        if is_compare {
            if undefined != 0 {
                masks[0] |= 1 << lane;
            }
            continue;
        }
        // Accumulating instructions read the old destination as an operand; others keep a part of it.
        let mut undefined = undefined;
        if let Some(old) = old {
            let old_bits = u64::from(state.bits(old, 0, lane));
            if accumulates(what.mnemonic()) && old_bits != 0 {
                undefined |= u64::MAX;
            } else if lanes.is_none() {
                undefined |= old_bits;
            }
        }
        results[0][lane] = undefined as u32;
        results[1][lane] = (undefined >> 32) as u32;
        if undefined != 0 {
            masks[1] |= 1 << lane;
            if what.writes.first().is_some_and(|target| target.count > 2) {
                results[2][lane] = u32::MAX;
                results[3][lane] = u32::MAX;
            }
        }
    }
    if is_compare {
        set_mask(state, what.writes.first(), masks[0]);
        return;
    }
    for lane in Lanes(exec & !kept) {
        for (index, row) in results.iter().enumerate() {
            write(state, what.writes.first(), index, lane, row[lane]);
        }
    }
    // A carry or a flag of the division's.
    set_mask(state, what.writes.get(1), masks[1]);
}

fn set_mask(state: &mut State, target: Option<&Registers>, mask: u64) {
    if let Some(target) = target.filter(|target| target.file == File::Scalar) {
        let number = usize::from(target.first);
        state.set_scalar(number, mask as u32);
        if target.count > 1 {
            state.set_scalar(number + 1, (mask >> 32) as u32);
        }
    }
}

fn accumulates(mnemonic: &str) -> bool {
    ["v_mac_", "v_fmac_", "v_pk_fmac", "v_dot"].iter().any(|prefix| mnemonic.starts_with(prefix))
}

/// Everything from the lowest undefined bit up.
fn carry(undefined: u64) -> u64 {
    if undefined == 0 { 0 } else { u64::MAX << undefined.trailing_zeros() }
}

fn any(undefined: u64) -> u64 {
    if undefined == 0 { 0 } else { u64::MAX }
}

/// The undefined bits of a result from those of the sources.
fn combine(what: &Observed, sources: &[Bits; 4], wide: bool, lane: usize) -> u64 {
    let [a, b, c, _] = *sources;
    let format = what.decoded.map(|decoded| decoded.encoding.format);
    let all = a.undefined | b.undefined | c.undefined;
    if matches!(format, Some(Format::Vop1Sdwa | Format::Vop2Sdwa | Format::VopcSdwa)) {
        return part_of_sources(what, a, b);
    }
    let width = if wide { 64 } else { 32 };
    let limit = |bits: u64| if wide { bits } else { bits & 0xffff_ffff };
    let amount = |bits: Bits| (bits.value & (width - 1)) as u32;
    let shift_known = |bits: Bits| bits.undefined & (width - 1) == 0;
    limit(match what.mnemonic() {
        "v_mov_b32" | "v_not_b32" | "v_accvgpr_read_b32" | "v_accvgpr_write_b32" | "v_accvgpr_mov_b32" => {
            a.undefined
        }
        "v_and_b32" => all & !a.known_zeros() & !b.known_zeros(),
        "v_or_b32" => all & !a.known_ones() & !b.known_ones(),
        "v_or3_b32" => all & !a.known_ones() & !b.known_ones() & !c.known_ones(),
        "v_and_or_b32" => {
            let and = (a.undefined | b.undefined) & !a.known_zeros() & !b.known_zeros();
            (and | c.undefined) & !c.known_ones()
        }
        "v_xor_b32" | "v_xnor_b32" | "v_xad_u32" => all,
        "v_lshlrev_b32" | "v_lshlrev_b64" if shift_known(a) => b.undefined << amount(a),
        "v_lshrrev_b32" | "v_lshrrev_b64" if shift_known(a) => limit(b.undefined) >> amount(a),
        "v_ashrrev_i32" if shift_known(a) => (b.undefined as u32 as i32 >> amount(a)) as u32 as u64,
        "v_ashrrev_i64" if shift_known(a) => (b.undefined as i64 >> amount(a)) as u64,
        "v_lshl_or_b32" if shift_known(b) => {
            (limit(a.undefined << amount(b)) | c.undefined) & !c.known_ones()
        }
        "v_lshl_add_u32" if shift_known(b) => carry(limit(a.undefined << amount(b)) | c.undefined),
        "v_bfi_b32" => a.undefined | a.value & b.undefined | !a.value & c.undefined,
        "v_bfe_u32" | "v_bfe_i32" if b.undefined & 31 == 0 && c.undefined & 31 == 0 => {
            let field = a.undefined >> (b.value & 31) & ((1 << (c.value & 31)) - 1);
            let top = (c.value & 31).saturating_sub(1);
            if what.mnemonic() == "v_bfe_i32" && field >> top & 1 != 0 {
                field | u64::MAX << top
            } else {
                field
            }
        }
        "v_alignbit_b32" if c.undefined & 31 == 0 => {
            (a.undefined << 32 | b.undefined & 0xffff_ffff) >> (c.value & 31)
        }
        "v_alignbyte_b32" if c.undefined & 3 == 0 => {
            (a.undefined << 32 | b.undefined & 0xffff_ffff) >> (8 * (c.value & 3))
        }
        "v_perm_b32" if c.undefined as u32 == 0 => {
            let bytes = a.undefined << 32 | b.undefined & 0xffff_ffff;
            (0..4).fold(0, |bits, index| {
                let selector = c.value >> (8 * index) & 0xff;
                if selector < 8 { bits | (bytes >> (8 * selector) & 0xff) << (8 * index) } else { bits }
            })
        }
        "v_cndmask_b32" => {
            if c.undefined >> lane & 1 != 0 {
                a.undefined | b.undefined | (a.value ^ b.value)
            } else if c.value >> lane & 1 != 0 {
                b.undefined
            } else {
                a.undefined
            }
        }
        "v_cvt_f32_ubyte0" => any(a.undefined & 0xff),
        "v_cvt_f32_ubyte1" => any(a.undefined & 0xff00),
        "v_cvt_f32_ubyte2" => any(a.undefined & 0xff_0000),
        "v_cvt_f32_ubyte3" => any(a.undefined & 0xff00_0000),
        "v_add_u32" | "v_sub_u32" | "v_subrev_u32" | "v_add3_u32" | "v_add_lshl_u32" | "v_add_co_u32"
        | "v_sub_co_u32" | "v_subrev_co_u32" | "v_mul_lo_u32" | "v_mad_u64_u32" | "v_mad_i64_i32" => {
            carry(all)
        }
        "v_addc_co_u32" | "v_subb_co_u32" | "v_subbrev_co_u32" => {
            carry(a.undefined | b.undefined | c.undefined >> lane & 1)
        }
        "v_mul_u32_u24" | "v_mul_i32_i24" => carry((a.undefined | b.undefined) & 0xff_ffff),
        "v_mad_u32_u24" | "v_mad_i32_i24" => carry((a.undefined | b.undefined) & 0xff_ffff | c.undefined),
        name if name.starts_with("v_cmp_eq") || name.starts_with("v_cmp_ne_") => {
            let differ = (a.value ^ b.value) & !a.undefined & !b.undefined;
            let bits = if name.ends_with("64") { u64::MAX } else { 0xffff_ffff };
            if differ & bits != 0 && !name.contains("_f") {
                0
            } else {
                any((a.undefined | b.undefined) & bits)
            }
        }
        name if is_half(name) => any(all & 0xffff),
        name if name.starts_with("v_div_fmas") => any(all | sources[3].undefined >> lane & 1),
        _ => any(all),
    })
}

/// Whether an operation looks at the lower halves of its sources alone, when no modifier says otherwise.
fn is_half(name: &str) -> bool {
    !name.starts_with("v_pk")
        && !name.contains("32")
        && !name.contains("pk")
        && !name.contains("mix")
        && (name.ends_with("f16") || name.ends_with("u16") || name.ends_with("i16") || name.ends_with("b16"))
        && !name.starts_with("v_mad")
        && !name.starts_with("v_fma")
}

/// SDWA: bytes and words of sources.
fn part_of_sources(what: &Observed, a: Bits, b: Bits) -> u64 {
    let Some(decoded) = what.decoded else { return 0 };
    let part = |bits: Bits, selector: u32| match selector {
        0..=3 => bits.undefined >> (8 * selector) & 0xff,
        4 | 5 => bits.undefined >> (16 * (selector - 4)) & 0xffff,
        _ => bits.undefined & 0xffff_ffff,
    };
    let (a, b) = (part(a, decoded.bits(50, 48)), part(b, decoded.bits(58, 56)));
    let result = match what.mnemonic() {
        "v_mov_b32" | "v_or_b32" | "v_xor_b32" | "v_and_b32" => a | b,
        "v_add_u32" | "v_sub_u32" => carry(a | b),
        _ => any(a | b),
    };
    match decoded.encoding.format {
        Format::VopcSdwa => result,
        _ => match decoded.bits(42, 40) {
            selector @ 0..=3 => (result & 0xff) << (8 * selector),
            selector @ (4 | 5) => (result & 0xffff) << (16 * (selector - 4)),
            _ => result & 0xffff_ffff,
        },
    }
}

/// A scalar instruction; gives whether SCC is undefined afterwards.
fn scalar(state: &mut State, wave: &Wave, what: &Observed) -> bool {
    let mnemonic = what.mnemonic();
    let [a, b] = [0, 1].map(|place| fetch(state, wave, what, place, 0));
    let old = what.reads.iter().find(|(_, role)| *role == Role::Kept).map(|(registers, _)| *registers);
    let kept = old.map_or(0, |old| u64::from(state.bits(old, 0, 0)) | u64::from(state.bits(old, 1, 0)) << 32);
    let all = a.undefined | b.undefined | kept;
    let wide = mnemonic.ends_with("64");
    let width = if wide { 64 } else { 32 };
    let limit = |bits: u64| if wide { bits } else { bits & 0xffff_ffff };
    let shift_known = b.undefined & (width - 1) == 0;
    let amount = (b.value & (width - 1)) as u32;
    let scc = state.scc();
    let zero_unless = |condition: bool| if condition { u64::MAX } else { 0 };
    let saves = mnemonic.contains("saveexec") || mnemonic.contains("wrexec");
    let operation = mnemonic.trim_start_matches("s_");
    let bits = limit(match operation {
        name if name.starts_with("mov") || name.starts_with("not_b") || name.starts_with("sext") => {
            carry_sign(name, a.undefined)
        }
        name if name.starts_with("brev") => any(all),
        name if name.starts_with("and_b") => all & !a.known_zeros() & !b.known_zeros(),
        name if name.starts_with("or_b") => all & !a.known_ones() & !b.known_ones(),
        name if name.starts_with("andn2_b") => all & !a.known_zeros() & !b.known_ones(),
        name if name.starts_with("orn2_b") => all & !a.known_ones() & !b.known_zeros(),
        name if name.starts_with("xor_b") || name.starts_with("xnor_b") => all,
        name if name.starts_with("lshl_b") && shift_known => a.undefined << amount,
        name if name.starts_with("lshr_b") && shift_known => limit(a.undefined) >> amount,
        name if name.starts_with("cselect") => {
            let both = a.undefined | b.undefined;
            if scc {
                both | (a.value ^ b.value)
            } else if wave.scc != 0 {
                a.undefined
            } else {
                b.undefined
            }
        }
        name if name.starts_with("pack_ll") => a.undefined & 0xffff | (b.undefined & 0xffff) << 16,
        name if name.starts_with("pack_lh") => a.undefined & 0xffff | b.undefined & 0xffff_0000,
        name if name.starts_with("pack_hh") => a.undefined >> 16 & 0xffff | b.undefined & 0xffff_0000,
        name if name.starts_with("addc") || name.starts_with("subb") => carry(all) | zero_unless(scc),
        name if name.starts_with("add") || name.starts_with("sub") || name.starts_with("mul_i32") => {
            carry(all)
        }
        name if name.starts_with("bfe_u") && b.undefined == 0 => {
            let (start, length) = (b.value & (width - 1), b.value >> 16 & 0x7f);
            let mask = if length >= 64 { u64::MAX } else { (1 << length) - 1 };
            a.undefined >> start & mask
        }
        // They read what the hardware holds.
        name if name.starts_with("getpc") || name.starts_with("getreg") || name.starts_with("call") => 0,
        name if name.starts_with("swappc") => 0,
        _ => any(all),
    });
    if saves {
        // The old EXEC is saved, and the new one is made of both.
        for index in 0..2 {
            write(state, what.writes.first(), index, 0, 0);
        }
        let old = wave.sgpr64(EXEC);
        let new = if operation.starts_with("and_") { a.undefined & old } else { a.undefined };
        state.set_scalar(EXEC as usize, new as u32);
        state.set_scalar(EXEC as usize + 1, (new >> 32) as u32);
        return false;
    }
    for target in &what.writes {
        write(state, Some(target), 0, 0, bits as u32);
        write(state, Some(target), 1, 0, (bits >> 32) as u32);
    }
    // Whether a bitwise result is zero is known once one of its bits is.
    let known_one = match operation {
        name if name.starts_with("and_b") => a.known_ones() & b.known_ones() != 0,
        name if name.starts_with("or_b") => a.known_ones() | b.known_ones() != 0,
        name if name.starts_with("andn2_b") => a.known_ones() & b.known_zeros() != 0,
        _ => false,
    };
    limit(bits) != 0 && !known_one || (what.class == Class::Scalar && what.writes.is_empty() && all != 0)
}

fn carry_sign(name: &str, undefined: u64) -> u64 {
    match name {
        "sext_i32_i8" if undefined & 0x80 != 0 => undefined & 0xff | 0xffff_ff00,
        "sext_i32_i8" => undefined & 0xff,
        "sext_i32_i16" if undefined & 0x8000 != 0 => undefined & 0xffff | 0xffff_0000,
        "sext_i32_i16" => undefined & 0xffff,
        _ => undefined,
    }
}
