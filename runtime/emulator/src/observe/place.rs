//! Where the active lanes of a memory instruction access memory, before it runs.

use super::effects::{Observed, Unit};
use crate::execute::{Instruction, ds, flat, mubuf, smem};
use crate::wave::Wave;

/// The memories that can be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Space {
    /// Everything with an address.
    Global,
    /// The address is an offset in the work-group's LDS.
    Lds,
    /// The address is an offset in the lane's scratch.
    Scratch,
}

/// The bytes that one lane accesses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub lane: u8,
    pub space: Space,
    pub bytes: u8,
    pub address: u64,
}

/// The places of `instruction`, appended to `places`; nothing for what accesses no memory.
///
/// A lane with two addresses (`ds_read2`) has two places; a scalar access is one place, of lane 0.
pub(crate) fn locate(wave: &Wave, observed: &Observed, instruction: &Instruction, places: &mut Vec<Place>) {
    let Some(memory) = observed.memory else { return };
    match memory.unit {
        Unit::Flat => flat::locate(wave, instruction, memory.kind, places),
        Unit::Buffer => mubuf::locate(wave, instruction, memory.kind, places),
        Unit::Lds => ds::locate(wave, instruction, observed.mnemonic(), places),
        Unit::Scalar => smem::locate(wave, instruction, memory.kind, places),
    }
}
