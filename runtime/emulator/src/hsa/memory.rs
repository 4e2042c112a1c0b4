//! Specification 2.7, copies: `hsa_memory_copy`, and AMD's synchronous fill.

use super::abi::{Outcome, hsa_functions};
use super::status::Status;
use crate::memory::{self, RegionFlags};

/// Refuses a range that begins in device memory and ends outside its allocation: on hardware it would fault. Of host
/// memory only a part may be known to us (locked, say), so nothing can be said of a range that leaves it.
pub fn check_overrun(address: usize, size: usize) -> Outcome {
    match memory::map().lookup(address as u64) {
        Some(region)
            if !region.flags.contains(RegionFlags::HOST) && !region.contains(address as u64, size as u64) =>
        {
            Err(Status::ERROR_INVALID_ARGUMENT)
        }
        _ => Ok(()),
    }
}

/// Copies bytes that may overlap.
///
/// The addresses are the user's promise; what can be checked has been by `check_overrun`.
pub fn copy(target: usize, source: usize, size: usize) {
    // SAFETY: the C caller promises that both ranges are accessible.
    unsafe { std::ptr::copy(source as *const u8, target as *mut u8, size) };
}

hsa_functions! {
    fn hsa_memory_copy(target: usize, source: usize, size: usize) {
        if target == 0 || source == 0 {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        check_overrun(target, size)?;
        check_overrun(source, size)?;
        copy(target, source, size);
        Ok(())
    }

    fn hsa_amd_memory_fill(address: usize, value: u32, count: usize) {
        let bytes = count.checked_mul(4).ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        if address == 0 || !address.is_multiple_of(4) {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        if count == 0 {
            return Ok(());
        }
        let region = memory::map().lookup(address as u64).ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        if !region.contains(address as u64, bytes as u64) {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        // SAFETY: the whole range is device memory, as was just checked, and aligned.
        let words = unsafe { std::slice::from_raw_parts_mut(address as *mut u32, count) };
        words.fill(value);
        Ok(())
    }
}
