//! Placing a code object in an agent's memory: allocation, copy, relocation.
//!
//! Before: a checked `CodeObject` and the addresses of the variables that the user has defined. After: the segments
//! lie in one executable allocation of the agent, relocated; `delta` added to a file address gives the address.

use std::ops::Range;

use super::elf::CodeObject;
use crate::hsa::status::Status;
use crate::memory::RegionFlags;
use crate::memory::pool::{self, PoolId, PoolKind};

/// Segments in device memory; freed when dropped.
#[derive(Debug)]
pub struct Placement {
    /// The first address.
    pub base: u64,
    /// The size in bytes.
    pub size: u64,
    /// What to add to the file's own addresses (with wrapping).
    pub delta: u64,
}

impl Drop for Placement {
    fn drop(&mut self) {
        // The allocation is ours alone; a failure would mean that the user has freed it behind our back.
        let _ = pool::free(self.base as usize);
    }
}

/// Places a code object for the agent with this index.
///
/// # Errors
/// Out of resources, a relocation that leads outside (an invalid code object), or an undefined variable.
pub fn place(
    object: &CodeObject,
    bytes: &[u8],
    agent: u32,
    defined: impl Fn(&str) -> Option<u64>,
) -> Result<Placement, Status> {
    let size = object.span.end - object.span.start;
    let pool = PoolId { agent, kind: PoolKind::DeviceCoarse };
    let base = pool::allocate(pool, size as usize, RegionFlags::EXECUTE)?;
    let placement =
        Placement { base: base as u64, size, delta: (base as u64).wrapping_sub(object.span.start) };
    // SAFETY: the fresh allocation is `size` bytes long, zeroed, and known to nobody else yet.
    let memory = unsafe { std::slice::from_raw_parts_mut(base as *mut u8, size as usize) };
    for segment in &object.segments {
        let source = bytes.get(segment.file.clone()).ok_or(Status::ERROR_INVALID_CODE_OBJECT)?;
        let target = range(object, segment.address, source.len() as u64)?;
        memory[target].copy_from_slice(source);
    }
    for relocation in &object.relocations {
        let symbol = match relocation.symbol {
            None => 0,
            Some(index) => {
                let symbol = &object.symbols[index];
                match (symbol.is_defined, defined(&symbol.name)) {
                    (true, _) => symbol.address.wrapping_add(placement.delta),
                    (false, Some(address)) => address,
                    (false, None) if symbol.is_weak => 0,
                    (false, None) => return Err(Status::ERROR_VARIABLE_UNDEFINED),
                }
            }
        };
        let value = symbol.wrapping_add_signed(relocation.addend);
        let place = relocation.address.wrapping_add(placement.delta);
        let mut store = |value: u64, width: u64| -> Result<(), Status> {
            let target = range(object, relocation.address, width)?;
            memory[target].copy_from_slice(&value.to_le_bytes()[..width as usize]);
            Ok(())
        };
        match relocation.kind {
            0 => {}
            1 | 6 => store(value, 4)?,
            2 => store(value >> 32, 4)?,
            3 => store(value, 8)?,
            4 | 10 => store(value.wrapping_sub(place), 4)?,
            5 => store(value.wrapping_sub(place), 8)?,
            11 => store(value.wrapping_sub(place) >> 32, 4)?,
            13 => store(placement.delta.wrapping_add_signed(relocation.addend), 8)?,
            _ => return Err(Status::ERROR_INVALID_CODE_OBJECT),
        }
    }
    Ok(placement)
}

/// The bytes of the placement that a file address and a length mean.
fn range(object: &CodeObject, address: u64, length: u64) -> Result<Range<usize>, Status> {
    let end = address.checked_add(length).ok_or(Status::ERROR_INVALID_CODE_OBJECT)?;
    if address < object.span.start || end > object.span.end {
        return Err(Status::ERROR_INVALID_CODE_OBJECT);
    }
    Ok((address - object.span.start) as usize..(end - object.span.start) as usize)
}
