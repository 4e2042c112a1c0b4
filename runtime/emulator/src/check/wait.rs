//! `wait`: a register read or overwritten before the `s_waitcnt` for the load that writes it.
//!
//! The emulator performs a load at once, so such a program is right here and wrong on hardware, now and then.

use super::outstanding::{Operation, Outstanding};
use super::report::{Finding, Location, Other};
use crate::observe::{Class, File, Observed, Registers, Role};
use crate::wave::Wave;

/// The first register of `what` that an operation under way will write.
pub(crate) fn check(outstanding: &Outstanding, wave: &Wave, what: &Observed) -> Option<Finding> {
    if outstanding.operations().is_empty() || what.class == Class::Wait {
        return None;
    }
    let lanes = if crosses_lanes(what) { u64::MAX } else { wave.exec() };
    for operation in outstanding.operations() {
        let concerned =
            |registers: &Registers| registers.file == File::Scalar || operation.lanes & lanes != 0;
        for (registers, role) in &what.reads {
            // A load that keeps half a register queues behind the load of the other half.
            if *role == Role::Kept && queues_behind(operation, what) {
                continue;
            }
            if let Some(name) = overlap(operation, registers).filter(|_| concerned(registers)) {
                return Some(finding(wave, operation, what, &format!("{name} read")));
            }
        }
        if queues_behind(operation, what) {
            continue;
        }
        for registers in &what.writes {
            if let Some(name) = overlap(operation, registers).filter(|_| concerned(registers)) {
                return Some(finding(wave, operation, what, &format!("{name} overwritten")));
            }
        }
    }
    None
}

/// Whether the results of both come in order.
fn queues_behind(operation: &Operation, what: &Observed) -> bool {
    operation.counters == what.counters && !what.counters.unordered
}

fn crosses_lanes(what: &Observed) -> bool {
    ["v_read", "v_writelane", "ds_"].iter().any(|prefix| what.mnemonic().starts_with(prefix))
        || what.decoded.is_some_and(|decoded| decoded.encoding.mnemonic.ends_with("_dpp"))
}

/// The name of a register that is in both.
fn overlap(operation: &Operation, registers: &Registers) -> Option<String> {
    operation.writes.iter().filter(|written| written.file == registers.file).find_map(|written| {
        let first = written.first.max(registers.first);
        let end =
            (written.first + u16::from(written.count)).min(registers.first + u16::from(registers.count));
        (first < end).then(|| registers.name(first - registers.first))
    })
}

fn finding(wave: &Wave, operation: &Operation, what: &Observed, done: &str) -> Finding {
    let counter = match (operation.counters.vector, operation.counters.lds) {
        (true, true) => "vmcnt and lgkmcnt",
        (true, false) => "vmcnt",
        _ => "lgkmcnt",
    };
    Finding {
        check: "wait",
        what: format!("{done} before its s_waitcnt {counter}"),
        lane: None,
        lanes: if what.class == Class::Scalar { 0 } else { wave.exec() },
        address: None,
        memory: None,
        other: Some(Other {
            what: "the operation under way".into(),
            location: Location::at(operation.pc, wave.workgroup, wave.number),
        }),
    }
}
