//! What the lanes of a warp do together (PTX ISA, "Parallel Synchronization and Communication Instructions", and `shfl.sync`),
//! simulated warp by warp: `warp.shfl.down`, `warp.vote.ballot`, `warp.redux.add.s32` ...
//!
//! The first operand is which group of its warp a thread belongs to (0 or 1): the lanes of one group execute the
//! instruction together, with their own lanes as membermask. The last warp of a block may be short. The value follows;
//! then, for shuffles, the lane operand and the clamp operand.

use crate::values::sign_extend;

/// Threads of a warp.
const WARP_SIZE: usize = 32;

/// One lane of a group: its number and its operands behind the group.
pub struct Lane {
    number: usize,
    operands: Vec<u64>,
}

/// The result of one lane from all lanes of its group, which is in order; nothing where the manual leaves it open.
pub type Oracle = Box<dyn Fn(&[Lane], &Lane) -> Option<u64>>;

/// Applies the oracle to every thread of the blocks that the columns are the threads of.
pub fn run(oracle: &Oracle, columns: &[&Vec<u64>], block: usize) -> Vec<Option<u64>> {
    let count = columns.first().map_or(0, |column| column.len());
    let mut results = vec![None; count];
    for first in (0..count).step_by(block) {
        let end = (first + block).min(count);
        for warp in (first..end).step_by(WARP_SIZE) {
            let threads = warp..(warp + WARP_SIZE).min(end);
            for group in [0, 1] {
                let members: Vec<Lane> = threads
                    .clone()
                    .filter(|&thread| columns[0][thread] == group)
                    .map(|thread| Lane {
                        number: thread - warp,
                        operands: columns[1..].iter().map(|column| column[thread]).collect(),
                    })
                    .collect();
                for lane in &members {
                    results[warp + lane.number] = oracle(&members, lane);
                }
            }
        }
    }
    results
}

/// The oracle for an instruction, without its `.sync`.
pub fn find(instruction: &str) -> Option<Oracle> {
    let parts: Vec<&str> = instruction.split('.').collect();
    Some(match parts[..] {
        ["shfl", mode] => shuffle(mode, false)?,
        ["shfl", mode, "p"] => shuffle(mode, true)?,
        ["vote", "all"] => Box::new(|group, _| Some(u64::from(group.iter().all(holds)))),
        ["vote", "any"] => Box::new(|group, _| Some(u64::from(group.iter().any(holds)))),
        ["vote", "uni"] => {
            Box::new(|group, _| Some(u64::from(group.iter().all(holds) || !group.iter().any(holds))))
        }
        ["vote", "ballot"] => Box::new(|group, _| Some(mask(group, holds))),
        ["members"] => Box::new(|group, _| Some(mask(group, |_| true))),
        ["match", "any"] => {
            Box::new(|group, own| Some(mask(group, |lane| lane.operands[0] == own.operands[0])))
        }
        ["match", "all"] => Box::new(|group, _| {
            let same = group.iter().all(|lane| lane.operands[0] == group[0].operands[0]);
            Some(if same { mask(group, |_| true) } else { 0 })
        }),
        ["match", "all", "p"] => Box::new(|group, _| {
            Some(u64::from(group.iter().all(|lane| lane.operands[0] == group[0].operands[0])))
        }),
        // The neighbour's value where the neighbour is of the group, else the own.
        ["exchange"] => Box::new(|group, own| {
            let other = group.iter().find(|lane| lane.number == own.number ^ 1).unwrap_or(own);
            Some(other.operands[0])
        }),
        ["redux", operation, ty] => reduction(operation, ty == "s32")?,
        _ => return None,
    })
}

fn holds(lane: &Lane) -> bool {
    lane.operands[0] & 1 == 1
}

fn mask(group: &[Lane], which: impl Fn(&Lane) -> bool) -> u64 {
    group.iter().filter(|lane| which(lane)).fold(0, |mask, lane| mask | 1 << lane.number)
}

/// The manual's pseudocode of `shfl`: the value, or the predicate that the source lane is in range.
fn shuffle(mode: &str, predicate: bool) -> Option<Oracle> {
    let mode = mode.to_string();
    if !["up", "down", "bfly", "idx"].contains(&&*mode) {
        return None;
    }
    Some(Box::new(move |group, own| {
        let lane = own.number as i64;
        let (b, c) = ((own.operands[1] & 31) as i64, own.operands[2] as i64);
        let (clamp, segment) = (c & 31, c >> 8 & 31);
        let least = lane & segment;
        let greatest = least | clamp & !segment;
        let (source, in_range) = match &*mode {
            "up" => (lane - b, lane - b >= greatest),
            "down" => (lane + b, lane + b <= greatest),
            "bfly" => (lane ^ b, lane ^ b <= greatest),
            _ => (least | b & !segment, least | b & !segment <= greatest),
        };
        if predicate {
            return Some(u64::from(in_range));
        }
        let source = if in_range { source } else { lane };
        // A lane outside of the group gives nothing that could be relied on.
        group.iter().find(|other| other.number as i64 == source).map(|other| other.operands[0])
    }))
}

fn reduction(operation: &str, signed: bool) -> Option<Oracle> {
    let combine: fn(i64, i64) -> i64 = match operation {
        "add" => |a, b| a.wrapping_add(b),
        "min" => i64::min,
        "max" => i64::max,
        "and" => |a, b| a & b,
        "or" => |a, b| a | b,
        "xor" => |a, b| a ^ b,
        _ => return None,
    };
    Some(Box::new(move |group, _| {
        let value = |lane: &Lane| {
            let bits = lane.operands[0] & 0xffff_ffff;
            if signed { sign_extend(bits, 4) } else { bits as i64 }
        };
        group.iter().map(value).reduce(combine).map(|result| result as u64 & 0xffff_ffff)
    }))
}
