//! Specification 2.4.3: signal groups.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::abi::{Agent, In, Out, Outcome, Signal, SignalGroup, hsa_functions};
use super::status::Status;
use super::{device, signal};
use crate::queue::signal::{Awaited, Condition, SignalRef, wait_any};

struct Groups {
    next: u64,
    members: Option<HashMap<u64, Vec<SignalRef>>>,
}

static GROUPS: Mutex<Groups> = Mutex::new(Groups { next: 1, members: None });

fn with<T>(action: impl FnOnce(&mut u64, &mut HashMap<u64, Vec<SignalRef>>) -> T) -> T {
    let mut groups = GROUPS.lock().unwrap_or_else(PoisonError::into_inner);
    let Groups { next, members } = &mut *groups;
    action(next, members.get_or_insert_default())
}

fn wait(
    group: SignalGroup,
    conditions: In<u32>,
    references: In<i64>,
    signal: Out<Signal>,
    value: Out<i64>,
) -> Outcome {
    let members = with(|_, groups| groups.get(&group.handle).cloned());
    let members = members.ok_or(Status::ERROR_INVALID_SIGNAL_GROUP)?;
    if signal.is_null() || value.is_null() {
        return Err(Status::ERROR_INVALID_ARGUMENT);
    }
    let conditions = conditions.many(members.len())?;
    let references = references.many(members.len())?;
    let awaited: Vec<Awaited> = members
        .iter()
        .zip(conditions)
        .zip(references)
        .map(|((signal, condition), reference)| {
            let condition = Condition::from_raw(condition).ok_or(Status::ERROR_INVALID_ARGUMENT)?;
            Ok((*signal, condition, reference))
        })
        .collect::<Result<_, Status>>()?;
    let (index, seen) = wait_any(&awaited, None, || false).ok_or(Status::ERROR)?;
    signal.put(Signal { handle: awaited[index].0.handle() })?;
    value.put(seen)
}

hsa_functions! {
    fn hsa_signal_group_create(
        count: u32,
        signals: In<Signal>,
        consumers: u32,
        agents: In<Agent>,
        group: Out<SignalGroup>,
    ) {
        if count == 0 || group.is_null() {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        let members = signal::all(signals, count)?;
        device::agent_mask(&agents.many(consumers as usize)?)?;
        let handle = with(|next, groups| {
            let handle = *next;
            *next += 1;
            groups.insert(handle, members);
            handle
        });
        group.put(SignalGroup { handle })
    }

    fn hsa_signal_group_destroy(group: SignalGroup) {
        let removed = with(|_, groups| groups.remove(&group.handle));
        removed.map(|_| ()).ok_or(Status::ERROR_INVALID_SIGNAL_GROUP)
    }

    fn hsa_signal_group_wait_any_scacquire(
        group: SignalGroup,
        conditions: In<u32>,
        references: In<i64>,
        _wait_state: u32,
        signal: Out<Signal>,
        value: Out<i64>,
    ) {
        wait(group, conditions, references, signal, value)
    }

    fn hsa_signal_group_wait_any_relaxed(
        group: SignalGroup,
        conditions: In<u32>,
        references: In<i64>,
        _wait_state: u32,
        signal: Out<Signal>,
        value: Out<i64>,
    ) {
        wait(group, conditions, references, signal, value)
    }
}
