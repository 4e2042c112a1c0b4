//! `init`: values that nobody wrote and that reach a store, an address or a branch.
//!
//! Every bit of a register has a shadow bit that says that it is undefined. Moves, shifts and bitwise operations carry
//! the bits with them, lane by lane; a sum or product is undefined from the lowest undefined bit up; of anything else an
//! undefined bit makes the whole result undefined (`propagate`). LDS and scratch have shadow bytes. Global memory has
//! none: fresh device memory is filled with a pattern, and a dword that still holds it was never written, by whomever.
//!
//! Copying what is undefined is no finding; storing it to global memory is, and using it as an address, for a branch, for
//! EXEC, or as an operand of an atomic. Results of matrix instructions and of relative register moves count as defined.

use super::propagate;
use super::report::Finding;
use crate::execute::transfer::Lanes;
use crate::isa::operand::{EXEC, VCC};
use crate::isa::{Field, Format};
use crate::memory;
use crate::memory::pool::FRESH;
use crate::observe::{Class, File, Kind, Observed, Place, Registers, Role, Space};
use crate::wave::{Wave, base};

/// Rows of the unified register file that instructions can name.
const ROWS: usize = 512 + 32;

/// The undefined bits of a wave's registers and scratch.
pub(crate) struct State {
    vectors: Vec<[u32; 64]>,
    accumulators: usize,
    scalars: [u32; 160],
    scc: bool,
    /// By lane, one after the other.
    scratch: Vec<u8>,
    lane_scratch: usize,
}

/// The undefined bits of a work-group's LDS.
#[derive(Default)]
pub(crate) struct Lds(Vec<u8>);

impl Lds {
    /// Nothing has been written.
    pub fn new(size: u32) -> Self {
        Self(vec![0xff; size as usize])
    }
}

impl State {
    /// A wave with its first registers: so many SGPRs and v0.
    pub fn new(wave: &Wave, scalars: usize, accumulators: usize) -> Self {
        let lane_scratch = wave.scratch.lane_size as usize;
        let mut state = Self {
            vectors: vec![[u32::MAX; 64]; ROWS],
            accumulators,
            scalars: [u32::MAX; 160],
            scc: true,
            scratch: vec![0xff; lane_scratch * 64],
            lane_scratch,
        };
        state.vectors[0] = [0; 64];
        state.scalars[..scalars.min(102)].fill(0);
        // FLAT_SCRATCH, XNACK_MASK, the trap handler's registers and EXEC.
        state.scalars[102..VCC as usize].fill(0);
        state.scalars[108..124].fill(0);
        state.scalars[EXEC as usize..].fill(0);
        state
    }

    fn row(&mut self, file: File, number: usize) -> &mut [u32; 64] {
        let first = if file == File::Accumulator { self.accumulators } else { 0 };
        &mut self.vectors[(first + number).min(ROWS - 1)]
    }

    /// The undefined bits of a register in a lane.
    pub fn bits(&self, registers: Registers, index: usize, lane: usize) -> u32 {
        let number = usize::from(registers.first) + index;
        match registers.file {
            File::Scalar => self.scalars[number.min(159)],
            file => {
                let first = if file == File::Accumulator { self.accumulators } else { 0 };
                self.vectors[(first + number).min(ROWS - 1)][lane]
            }
        }
    }

    /// Sets the undefined bits of a register in a lane.
    pub fn write(&mut self, registers: Registers, index: usize, lane: usize, bits: u32) {
        self.set(registers, index, lane, bits);
    }

    fn set(&mut self, registers: Registers, index: usize, lane: usize, bits: u32) {
        let number = usize::from(registers.first) + index;
        match registers.file {
            File::Scalar => self.scalars[number.min(159)] = bits,
            file => self.row(file, number)[lane] = bits,
        }
    }

    fn define(&mut self, registers: Registers) {
        for index in 0..usize::from(registers.count) {
            for lane in 0..64 {
                self.set(registers, index, lane, 0);
            }
        }
    }

    /// SCC is undefined.
    pub fn scc(&self) -> bool {
        self.scc
    }

    /// Sets the undefined bits of a scalar register.
    pub fn set_scalar(&mut self, number: usize, bits: u32) {
        self.scalars[number.min(159)] = bits;
    }
}

/// An instruction is about to run: looks at what it uses and carries the bits to what it writes.
pub(crate) fn step(
    state: &mut State,
    lds: &mut Lds,
    wave: &Wave,
    what: &Observed,
    places: &[Place],
) -> Option<Finding> {
    let mut finding = misuse(state, wave, what, places);
    match what.memory {
        Some(memory) => access(state, lds, wave, what, memory.kind, places),
        None => {
            let scc = propagate::run(state, wave, what);
            if what.writes_scc {
                state.scc = scc;
            }
            let mask = [0, 1].map(|word| u64::from(std::mem::take(&mut state.scalars[EXEC as usize + word])));
            if mask != [0, 0] {
                let lanes = mask[0] | mask[1] << 32;
                finding =
                    finding.or(self::finding("a branch depends on an undefined value", lanes, None, None));
            }
        }
    }
    finding
}

/// What is said of an undefined value that goes to memory.
pub(super) const STORED: &str = "an undefined value is stored";

fn finding(what: &str, lanes: u64, address: Option<u64>, registers: Option<String>) -> Option<Finding> {
    let lane = (lanes != 0).then(|| lanes.trailing_zeros());
    Some(Finding {
        check: "init",
        what: what.to_owned(),
        lane,
        lanes,
        address,
        memory: registers,
        other: None,
    })
}

/// What an instruction does with undefined bits that it must not; they then count as defined, lest one mistake be
/// reported again and again.
fn misuse(state: &mut State, wave: &Wave, what: &Observed, places: &[Place]) -> Option<Finding> {
    if what.class == Class::Branch {
        if what.reads_scc && state.scc {
            state.scc = false;
            return finding("a branch depends on an undefined value", 0, None, Some("scc".into()));
        }
        for (registers, role) in &what.reads {
            let defined_ones = (0..2).any(|word| {
                let number = usize::from(registers.first) + word;
                wave.sgprs[number.min(159)] & !state.scalars[number.min(159)] != 0
            });
            let undefined =
                (0..usize::from(registers.count)).any(|word| state.bits(*registers, word, 0) != 0);
            if undefined && !(*role == Role::Condition && defined_ones) {
                state.define(*registers);
                return finding("a branch depends on an undefined value", 0, None, Some(registers.name(0)));
            }
        }
    }
    let memory = what.memory?;
    let exec = if what.class == Class::ScalarMemory { 1 } else { wave.exec() };
    for (registers, role) in &what.reads {
        if *role == Role::Address {
            let lanes = undefined_lanes(state, *registers, exec, u32::MAX);
            if lanes != 0 {
                state.define(*registers);
                return finding("an address is undefined", lanes, None, Some(registers.name(0)));
            }
        }
    }
    if memory.kind == Kind::Load || !places.iter().any(|place| place.space == Space::Global) {
        return None;
    }
    let narrow = places.first().map_or(4, |place| place.bytes);
    let high = what.decoded.is_some_and(|decoded| decoded.encoding.mnemonic.ends_with("_d16_hi"));
    let mask = match (narrow, high) {
        (1, false) => 0xff,
        (2, false) => 0xffff,
        (1, true) => 0xff_0000,
        (2, true) => 0xffff_0000,
        _ => u32::MAX,
    };
    for (registers, role) in &what.reads {
        if *role == Role::Data {
            let lanes = undefined_lanes(state, *registers, exec, mask);
            if lanes != 0 {
                state.define(*registers);
                let place = places.iter().find(|place| lanes >> place.lane & 1 != 0);
                let address = place.map(|place| place.address);
                return finding(STORED, lanes, address, Some(registers.name(0)));
            }
        }
    }
    if memory.kind == Kind::Atomic {
        let fresh =
            |place: &&Place| place.space == Space::Global && is_fresh(place.address, place.bytes.into());
        if let Some(place) = places.iter().find(fresh) {
            let lanes = 1 << place.lane;
            return finding("an atomic changes memory that nobody wrote", lanes, Some(place.address), None);
        }
    }
    None
}

fn undefined_lanes(state: &State, registers: Registers, exec: u64, mask: u32) -> u64 {
    let undefined = |lane: &usize| {
        (0..usize::from(registers.count)).any(|index| state.bits(registers, index, *lane) & mask != 0)
    };
    Lanes(exec).filter(undefined).fold(0, |lanes, lane| lanes | 1 << lane)
}

/// Whether a dword that these bytes touch holds what fresh memory holds.
fn is_fresh(address: u64, bytes: u64) -> bool {
    (address / 4..=(address + bytes - 1) / 4).any(|dword| fresh_dword(dword * 4))
}

fn fresh_dword(address: u64) -> bool {
    match memory::map().lookup(address) {
        // SAFETY: the region holds the four bytes.
        Some(region) if region.contains(address, 4) => unsafe {
            (address as *const u32).read_volatile() == FRESH
        },
        _ => false,
    }
}

/// Loads, stores and atomics.
fn access(state: &mut State, lds: &mut Lds, wave: &Wave, what: &Observed, kind: Kind, places: &[Place]) {
    let accumulator_free = what.writes.first().copied();
    let data: Vec<Registers> =
        what.reads.iter().filter(|(_, role)| *role == Role::Data).map(|(registers, _)| *registers).collect();
    let mnemonic = what.decoded.map_or("", |decoded| decoded.encoding.mnemonic);
    let shift = if mnemonic.ends_with("_d16_hi") { 16 } else { 0 };
    let keeps = mnemonic.contains("_d16");
    let exec = if what.class == Class::ScalarMemory { 1 } else { wave.exec() };
    if let Some(target) = accumulator_free
        && !keeps
        && places.is_empty()
    {
        // Past the end of a buffer or of the LDS: zeros.
        for lane in Lanes(exec) {
            (0..usize::from(target.count)).for_each(|index| state.set(target, index, lane, 0));
        }
    }
    let mut second_of = 64;
    for place in places {
        let lane = usize::from(place.lane);
        let second = second_of == lane;
        second_of = lane;
        let bytes = usize::from(place.bytes);
        if kind != Kind::Load {
            // The second place of a lane takes the second operand.
            let source = data.get(usize::from(second)).or(data.first()).copied();
            let stored: Vec<u8> = (0..bytes)
                .map(|byte| {
                    let bits = source.map_or(0, |source| state.bits(source, (byte + shift / 8) / 4, lane));
                    (bits >> ((byte * 8 + shift) % 32)) as u8
                })
                .collect();
            if let Some(shadow) = shadow(state, lds, place) {
                if kind == Kind::Store {
                    shadow.copy_from_slice(&stored);
                } else {
                    shadow.iter_mut().zip(&stored).for_each(|(shadow, stored)| *shadow |= stored);
                }
            }
            if kind == Kind::Store {
                continue;
            }
        }
        let Some(target) = accumulator_free else { continue };
        let loaded: Vec<u8> = match place.space {
            Space::Global => (0..bytes as u64)
                .map(|byte| if fresh_dword((place.address + byte) & !3) { 0xff } else { 0 })
                .collect(),
            _ => shadow(state, lds, place).map_or_else(|| vec![0; bytes], |shadow| shadow.to_vec()),
        };
        let dwords = bytes.div_ceil(4);
        for index in 0..dwords {
            let mut bits = (0..4)
                .filter_map(|byte| Some(u32::from(*loaded.get(index * 4 + byte)?) << (byte * 8)))
                .fold(0, |bits, byte| bits | byte);
            // A sign that is undefined makes everything above it so.
            if bytes < 4
                && (mnemonic.contains("sbyte") || mnemonic.contains("sshort") || mnemonic.contains("_i"))
            {
                let width = bytes * 8;
                if bits >> (width - 1) & 1 != 0 {
                    bits |= u32::MAX << (width - 1);
                }
            }
            if keeps {
                let old = state.bits(target, index, lane);
                bits =
                    if shift == 16 { old & 0xffff | bits << 16 } else { old & 0xffff_0000 | bits & 0xffff };
            }
            let at = index + if second { dwords } else { 0 };
            if at < usize::from(target.count) {
                state.set(target, at, lane, bits);
            }
        }
    }
}

/// The shadow of a place in LDS or scratch.
fn shadow<'a>(state: &'a mut State, lds: &'a mut Lds, place: &Place) -> Option<&'a mut [u8]> {
    let (start, bytes) = (usize::try_from(place.address).ok()?, usize::from(place.bytes));
    match place.space {
        Space::Global => None,
        Space::Lds => lds.0.get_mut(start..start + bytes),
        Space::Scratch if start + bytes <= state.lane_scratch => {
            let start = start + state.lane_scratch * usize::from(place.lane);
            state.scratch.get_mut(start..start + bytes)
        }
        Space::Scratch => None,
    }
}

/// The value of a register in a lane, as it is.
pub(crate) fn value(wave: &Wave, registers: Registers, index: usize, lane: usize) -> u32 {
    let number = usize::from(registers.first) + index;
    let storage = match registers.file {
        File::Scalar => return wave.sgprs[number.min(159)],
        File::Vector => base::VGPR,
        File::Accumulator => base::ACCUMULATOR,
    };
    // SAFETY: decoding bounds register numbers, and the file has room for the longest tuple past the last.
    unsafe { *wave.bases[storage as usize].cast::<u32>().add(number * 64 + lane) }
}

/// Whether a source operand is a literal or an inline constant, and which.
pub(crate) fn constant(what: &Observed, place: u8) -> Option<u32> {
    use crate::isa::operand::{ConstantType, Scalar, scalar};
    let decoded = what.decoded?;
    let scalar_format =
        matches!(decoded.encoding.format, Format::Sop2 | Format::Sop1 | Format::Sopc | Format::Sopk);
    let field = match (place, scalar_format) {
        (0, true) => Field::Ssrc0,
        (1, true) => Field::Ssrc1,
        (0, false) => Field::Src0,
        (1, false) if decoded.encoding.operand(Field::Vsrc1).is_some() => Field::Vsrc1,
        (1, false) => Field::Src1,
        _ => Field::Src2,
    };
    decoded.encoding.operand(field)?;
    let code = decoded.field(field);
    if code >= 256 {
        return None;
    }
    match scalar(code, decoded.literal(), ConstantType::Single) {
        Scalar::Constant(value) => Some(value as u32),
        _ => None,
    }
}
