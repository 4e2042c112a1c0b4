//! `sync`: a warp instruction whose arriving lanes are not its membermask less the exited lanes.
//!
//! The compiler leaves marks (`ptxas --check-marks`): section `.wavefold.sync` holds, for each, the address of an `s_nop`
//! before the instruction (8 bytes) and a text that ends with a zero: the instruction's name, a space, and the
//! membermask, a number or a register. A lane that the membermask names and that is off may have exited; it has not if
//! it comes to another mark or to a barrier of the block later, and then the first mark is reported.

use std::collections::HashMap;

use goblin::elf::Elf;

use super::report::Finding;
use crate::loader::registry;
use crate::observe::{Class, Observed};
use crate::wave::{Wave, base};

/// Lanes of a warp.
const WARP_SIZE: usize = 32;

/// Where a mark finds its membermask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mask {
    Constant(u32),
    Scalar(u32),
    Vector(u32),
}

/// A mark.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mark {
    name: String,
    mask: Mask,
}

/// The marks of everything that is loaded, by address.
pub(crate) struct Check {
    marks: HashMap<u64, Vec<Mark>>,
}

/// Lanes that a warp instruction waited for in vain.
#[derive(Clone, Debug)]
struct Missing {
    pc: u64,
    name: String,
    membermask: u32,
    arrived: u32,
    missing: u32,
}

/// What is remembered of the two warps of a wave.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    missing: [Vec<Missing>; 2],
}

/// What was found, and at which address.
pub(crate) struct Found {
    pub pc: u64,
    pub finding: Finding,
}

impl Check {
    /// Reads the marks.
    pub fn new() -> Self {
        let mut marks: HashMap<u64, Vec<Mark>> = HashMap::new();
        for loaded in registry::all_loaded() {
            for (address, mark) in section(&loaded.source.bytes).unwrap_or_default() {
                marks.entry(address.wrapping_add(loaded.placement.delta)).or_default().push(mark);
            }
        }
        Self { marks }
    }

    /// An instruction is about to run.
    pub fn before(&self, state: &mut State, wave: &Wave, what: &Observed) -> Vec<Found> {
        let mut found = Vec::new();
        if what.class == Class::Barrier {
            self.arrive(state, wave, &mut found);
        }
        let Some(marks) = self.marks.get(&what.pc) else { return found };
        self.arrive(state, wave, &mut found);
        for mark in marks {
            for warp in 0..2 {
                meet(state, wave, what.pc, mark, warp, &mut found);
            }
        }
        found
    }

    /// Lanes that come here have not exited.
    fn arrive(&self, state: &mut State, wave: &Wave, found: &mut Vec<Found>) {
        for warp in 0..2 {
            let here = warp_mask(wave, warp);
            state.missing[warp].retain(|missing| {
                let late = missing.missing & here;
                if late == 0 {
                    return true;
                }
                found.push(Found { pc: missing.pc, finding: report(missing, late, warp) });
                false
            });
        }
    }
}

fn warp_mask(wave: &Wave, warp: usize) -> u32 {
    (wave.exec() >> (warp * WARP_SIZE)) as u32
}

/// The lanes of a warp come to a mark: those with the same membermask belong together.
fn meet(state: &mut State, wave: &Wave, pc: u64, mark: &Mark, warp: usize, found: &mut Vec<Found>) {
    let here = warp_mask(wave, warp);
    let mut left = here;
    while left != 0 {
        let lane = left.trailing_zeros() as usize;
        let membermask = mask(wave, mark.mask, warp * WARP_SIZE + lane);
        let together = (0..WARP_SIZE)
            .filter(|lane| left >> lane & 1 != 0)
            .filter(|lane| mask(wave, mark.mask, warp * WARP_SIZE + lane) == membermask)
            .fold(0u32, |lanes, lane| lanes | 1 << lane);
        left &= !together;
        let intruders = together & !membermask;
        if intruders != 0 {
            found.push(Found {
                pc,
                finding: Finding {
                    check: "sync",
                    what: format!("{}: lanes arrive that its membermask does not name", mark.name),
                    lane: Some(intruders.trailing_zeros() + (warp * WARP_SIZE) as u32),
                    lanes: u64::from(intruders) << (warp * WARP_SIZE),
                    address: None,
                    memory: Some(format!("membermask {membermask:#010x}, arriving {together:#010x}")),
                    other: None,
                },
            });
        }
        let missing = membermask & !together;
        let list = &mut state.missing[warp];
        match list.iter_mut().find(|old| old.pc == pc) {
            Some(old) => old.missing |= missing,
            None if missing != 0 => {
                list.push(Missing { pc, name: mark.name.clone(), membermask, arrived: together, missing });
            }
            None => {}
        }
    }
}

fn report(missing: &Missing, late: u32, warp: usize) -> Finding {
    Finding {
        check: "sync",
        what: format!("{}: lanes that its membermask names did not arrive", missing.name),
        lane: Some(late.trailing_zeros() + (warp * WARP_SIZE) as u32),
        lanes: u64::from(late) << (warp * WARP_SIZE),
        address: None,
        memory: Some(format!(
            "membermask {:#010x}, arriving {:#010x}; the missing lanes had not exited",
            missing.membermask, missing.arrived
        )),
        other: None,
    }
}

fn mask(wave: &Wave, mask: Mask, lane: usize) -> u32 {
    match mask {
        Mask::Constant(value) => value,
        Mask::Scalar(register) => wave.sgprs[register as usize & 127],
        // SAFETY: the register number was checked to be one of the 256 that can be named.
        Mask::Vector(register) => unsafe {
            *wave.bases[base::VGPR as usize].cast::<u32>().add(register as usize * 64 + lane)
        },
    }
}

/// Whether the code object that holds this address was compiled with marks.
pub(crate) fn is_marked(address: u64) -> bool {
    registry::loaded_at(address).is_some_and(|loaded| section(&loaded.source.bytes).is_some())
}

/// The marks in a code object's file, by the file's own addresses.
fn section(bytes: &[u8]) -> Option<Vec<(u64, Mark)>> {
    let elf = Elf::parse(bytes).ok()?;
    let header = elf
        .section_headers
        .iter()
        .find(|header| elf.shdr_strtab.get_at(header.sh_name) == Some(".wavefold.sync"))?;
    parse(bytes.get(header.file_range()?)?)
}

fn parse(mut bytes: &[u8]) -> Option<Vec<(u64, Mark)>> {
    let mut marks = Vec::new();
    while let Some((address, rest)) = bytes.split_first_chunk::<8>() {
        let end = rest.iter().position(|byte| *byte == 0)?;
        let text = std::str::from_utf8(&rest[..end]).ok()?;
        let (name, operand) = text.rsplit_once(' ')?;
        let number = |digits: &str| digits.parse::<u32>().ok().filter(|number| *number < 256);
        let mask = match operand.split_at_checked(1)? {
            ("v", digits) => Mask::Vector(number(digits)?),
            ("s", digits) => Mask::Scalar(number(digits)?),
            _ => Mask::Constant(operand.parse::<i64>().ok()? as u32),
        };
        marks.push((u64::from_le_bytes(*address), Mark { name: name.to_owned(), mask }));
        bytes = &rest[end + 1..];
    }
    Some(marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read() {
        let bytes = b"\x10\0\0\0\0\0\0\0shfl.sync -1\0\x20\0\0\0\0\0\0\0vote.sync v7\0";
        let marks = parse(bytes).expect("well formed");
        assert_eq!(marks[0], (16, Mark { name: "shfl.sync".into(), mask: Mask::Constant(u32::MAX) }));
        assert_eq!(marks[1], (32, Mark { name: "vote.sync".into(), mask: Mask::Vector(7) }));
        assert_eq!(parse(b"\x10\0\0\0\0\0\0\0shfl.sync v999\0"), None);
        assert_eq!(parse(b"\x10\0\0\0\0\0\0\0cut off"), None);
    }
}
