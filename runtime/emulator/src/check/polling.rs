//! Loads that wait for another wave.
//!
//! LDS has no bit that tells a volatile access from a plain one. But a load that a loop repeats at one address, without
//! any store in the loop, is volatile: the compiler would have moved a plain one out. Such a load waits for somebody's
//! store and so is synchronisation.

use std::collections::HashMap;

use crate::memory;
use crate::observe::{Class, Kind, Observed, Registers, Role};

/// Dwords of code looked at behind the load.
const REACH: u64 = 256;

/// What is known of each load's address.
#[derive(Default)]
pub(crate) struct Polling {
    known: HashMap<u64, bool>,
}

impl Polling {
    /// Whether the load at `pc` polls.
    pub fn is(&mut self, pc: u64) -> bool {
        *self.known.entry(pc).or_insert_with(|| polls(pc))
    }
}

fn decode(pc: u64) -> Option<Observed> {
    let word = |at: u64| {
        let region = memory::map().lookup(at)?;
        // SAFETY: the region holds the four bytes, and the code of a running dispatch stays mapped.
        region.contains(at, 4).then(|| unsafe { (at as *const u32).read_unaligned() })
    };
    let observed = Observed::new(pc, word(pc)?, word(pc + 4));
    observed.decoded.is_some().then_some(observed)
}

/// The address of the next instruction.
fn next(what: &Observed) -> u64 {
    what.pc + what.decoded.map_or(4, |decoded| u64::from(decoded.words) * 4)
}

fn polls(pc: u64) -> bool {
    let Some(load) = decode(pc) else { return false };
    let address: Vec<Registers> = load
        .reads
        .iter()
        .filter(|(_, role)| *role == Role::Address)
        .map(|(registers, _)| *registers)
        .collect();
    // The innermost loop around the load ends with the first branch back to before it.
    let mut at = pc;
    while at < pc + REACH * 4 {
        let Some(what) = decode(at) else { return false };
        let is_end = what.mnemonic().starts_with("s_endpgm") || what.mnemonic().starts_with("s_setpc");
        if is_end {
            return false;
        }
        if let Some(target) = branch_target(&what)
            && target <= pc
            && pc - target < REACH * 4
        {
            return is_quiet(target, at, &address);
        }
        at = next(&what);
    }
    false
}

fn branch_target(what: &Observed) -> Option<u64> {
    let is_branch =
        matches!(what.mnemonic(), name if name.starts_with("s_branch") || name.starts_with("s_cbranch_"));
    let distance = i64::from(what.decoded?.simm16()) * 4;
    is_branch.then(|| (what.pc + 4).wrapping_add_signed(distance))
}

/// Whether the loop stores nothing and leaves the address as it is.
fn is_quiet(first: u64, last: u64, address: &[Registers]) -> bool {
    let mut at = first;
    while at <= last {
        let Some(what) = decode(at) else { return false };
        let stores = what.memory.is_some_and(|memory| memory.kind != Kind::Load);
        let leaves = what.class == Class::Barrier || what.mnemonic().contains("swappc");
        // A constant may be written again and again.
        let constant = what.mnemonic() == "v_mov_b32" && what.reads.is_empty();
        let moves = !constant
            && what.writes.iter().any(|written| address.iter().any(|register| register.overlaps(*written)));
        if stores || leaves || moves {
            return false;
        }
        at = next(&what);
    }
    true
}
