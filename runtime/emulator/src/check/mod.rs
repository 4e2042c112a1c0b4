//! What hardware cannot tell: checks of a watched dispatch.
//!
//! Each check is a file: `memory` (accesses outside what was allocated), `race` (accesses that nothing orders),
//! `initialised` (values that nobody wrote), `wait` (registers used before their `s_waitcnt`), `sync` (warp instructions
//! that not all lanes reach). `outstanding` knows what has not been waited for, `report` writes what is found.

mod initialised;
mod memory;
mod outstanding;
mod polling;
mod propagate;
mod race;
pub(crate) mod report;
mod sync;
mod wait;

use crate::dispatch::{DispatchRequest, KernelDescriptor};
use crate::loader::registry;
use crate::observe::{Class, Observed, Place, WatchedGroup};
use crate::wave::Wave;
use outstanding::Outstanding;
use report::{Finding, Location};

/// Which checks are on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    /// Bounds, lifetime and alignment of accesses.
    pub memory: bool,
    /// Data races.
    pub race: bool,
    /// Use of what was never written.
    pub init: bool,
    /// Use of registers before their `s_waitcnt`.
    pub wait: bool,
    /// Warp instructions that not all their lanes reach.
    pub sync: bool,
}

impl Checks {
    /// The check with this name.
    pub fn by_name(&mut self, name: &str) -> Option<&mut bool> {
        Some(match name {
            "memory" => &mut self.memory,
            "race" => &mut self.race,
            "init" => &mut self.init,
            "wait" => &mut self.wait,
            "sync" => &mut self.sync,
            _ => return None,
        })
    }
}

/// All checks of one dispatch.
pub(crate) struct Checker {
    checks: Checks,
    kernel: String,
    memory: memory::Check,
    race: race::Check,
    sync: Option<sync::Check>,
    /// SGPRs that a wave begins with, and where its accumulation registers are.
    first_scalars: usize,
    accumulators: usize,
}

/// What the checks remember of a work-group.
pub(crate) struct GroupState {
    index: u64,
    lds: race::Lds,
    undefined_lds: initialised::Lds,
}

/// What the checks remember of a wave.
pub(crate) struct WaveState {
    outstanding: Outstanding,
    race: race::State,
    sync: sync::State,
    undefined: Option<Box<initialised::State>>,
}

impl Checker {
    pub fn new(request: &DispatchRequest<'_>, checks: Checks) -> Self {
        Self {
            checks,
            kernel: kernel_name(request),
            memory: memory::Check::new(request),
            race: race::Check::default(),
            sync: checks.sync.then(sync::Check::new),
            first_scalars: first_scalars(&request.descriptor),
            accumulators: request.descriptor.accum_offset().min(256) as usize,
        }
    }

    /// A work-group is about to begin.
    pub fn group(&mut self, request: &DispatchRequest<'_>, index: u64) -> GroupState {
        let lds = if self.checks.race { request.group_segment_size } else { 0 };
        let undefined = if self.checks.init { request.group_segment_size } else { 0 };
        GroupState { index, lds: race::Check::lds(lds), undefined_lds: initialised::Lds::new(undefined) }
    }

    /// A wave is about to begin.
    pub fn wave(&mut self, group: &GroupState, wave: &mut Wave) -> WaveState {
        let number = group.index as u32 * race::GROUP_WAVES + wave.number;
        WaveState {
            outstanding: Outstanding::default(),
            race: self.race.wave(number),
            sync: sync::State::default(),
            undefined: self
                .checks
                .init
                .then(|| Box::new(initialised::State::new(wave, self.first_scalars, self.accumulators))),
        }
    }

    /// An instruction is about to run.
    pub fn before(&mut self, group: &mut WatchedGroup, wave: &mut Wave, what: &Observed, places: &[Place]) {
        let Some(state) = group.waves.get_mut(wave.number as usize) else { return };
        if self.checks.memory && what.memory.is_some() {
            for finding in self.memory.access(wave, what, places) {
                self.report(wave, what.pc, finding);
            }
        }
        if self.checks.wait
            && let Some(finding) = wait::check(&state.outstanding, wave, what)
        {
            self.report(wave, what.pc, finding);
        }
        if let Some(undefined) = &mut state.undefined
            && let Some(finding) =
                initialised::step(undefined, &mut group.state.undefined_lds, wave, what, places)
        {
            self.report(wave, what.pc, finding);
        }
        if let Some(sync) = &self.sync {
            for found in sync.before(&mut state.sync, wave, what) {
                self.report(wave, found.pc, found.finding);
            }
        }
        if self.checks.race {
            let lds = &mut group.state.lds;
            let own = (&mut state.race, &state.outstanding, lds, group.state.index);
            for finding in self.race.access(own, wave, what, places) {
                self.report(wave, what.pc, finding);
            }
            race::Check::invalidate(&mut state.race, what);
        }
        if self.checks.race || self.checks.wait {
            if what.class == Class::Wait {
                let (vector, lds) = outstanding::wait_counts(what.decoded.map_or(0, |decoded| decoded.bits));
                state.outstanding.wait(vector, lds);
            }
            state.outstanding.begin(what, wave.exec(), state.race.clock.max(1));
        }
    }

    /// All live waves have met at a barrier.
    pub fn barrier(&mut self, group: &mut WatchedGroup) {
        if self.checks.race {
            self.race.barrier(group.waves.iter_mut().map(|wave| (&mut wave.race, &wave.outstanding)));
        }
    }

    fn report(&self, wave: &Wave, pc: u64, finding: Finding) {
        if !report::seen(finding.check, &finding.what, pc) {
            report::add(&self.kernel, Location::at(pc, wave.workgroup, wave.number), finding);
        }
    }
}

/// How many SGPRs are filled before a wave's first instruction.
fn first_scalars(descriptor: &KernelDescriptor) -> usize {
    let system = (descriptor.rsrc2 >> 7 & 15).count_ones() + (descriptor.rsrc2 & 1);
    (descriptor.user_sgpr_count() + system) as usize
}

/// The kernel's symbol, or its descriptor's address.
pub(crate) fn kernel_name(request: &DispatchRequest<'_>) -> String {
    registry::symbol_at(request.descriptor_address).map_or_else(
        || format!("{:#x}", request.descriptor_address),
        |(name, _)| name.trim_end_matches(".kd").to_owned(),
    )
}
