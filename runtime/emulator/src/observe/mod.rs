//! Watching a dispatch: a loop that shows every instruction to the checks and the statistics before it runs.
//!
//! `effects` says what an instruction reads and writes, `place` where its lanes access memory; the checks (`check`) and
//! the counts by launch (`statistics`) are told both. A watched dispatch has decoded pages of its own, with one entry an
//! instruction, and runs on one host thread in one order, so that what is found is found again.

mod effects;
mod place;

pub(crate) use effects::{Class, Counters, File, Kind, Observed, Registers, Role, Unit};
pub(crate) use place::{Place, Space};

use std::time::Duration;

use crate::check::{Checker, Checks, GroupState, WaveState};
use crate::dispatch::DispatchRequest;
use crate::execute::{Flow, Instruction, special};
use crate::statistics::launch::Launch;
use crate::wave::Wave;

/// Instructions a wave runs before the next wave of its work-group gets a turn; few, so that waves interleave.
const QUANTUM: u32 = 2_000;

/// What is watched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observation {
    /// The checks that are on.
    pub checks: Checks,
    /// Counts by launch.
    pub launches: bool,
    /// The agent that runs the dispatch.
    pub agent: u32,
}

impl Observation {
    /// Whether anything is watched at all.
    pub fn is_on(&self) -> bool {
        self.launches || self.checks != Checks::default()
    }
}

/// Who watches one dispatch.
pub(crate) struct Observer {
    checker: Checker,
    launch: Option<Launch>,
    places: Vec<Place>,
}

/// What is remembered of a work-group.
pub(crate) struct WatchedGroup {
    pub state: GroupState,
    pub waves: Vec<WaveState>,
}

impl Observer {
    /// Watches a dispatch that is about to begin.
    pub fn new(request: &DispatchRequest<'_>, what: &Observation) -> Self {
        Self {
            checker: Checker::new(request, what.checks),
            launch: what.launches.then(|| Launch::new(request)),
            places: Vec::new(),
        }
    }

    /// A work-group is about to begin.
    pub fn group(&mut self, request: &DispatchRequest<'_>, index: u64, waves: usize) -> Box<WatchedGroup> {
        if let Some(launch) = &mut self.launch {
            launch.group(waves);
        }
        Box::new(WatchedGroup { state: self.checker.group(request, index), waves: Vec::with_capacity(waves) })
    }

    /// A wave has its first registers; waves begin in the order of their numbers.
    pub fn wave_begins(&mut self, group: &mut WatchedGroup, wave: &mut Wave) {
        group.waves.push(self.checker.wave(&group.state, wave));
    }

    fn before(&mut self, group: &mut WatchedGroup, wave: &mut Wave, what: &Observed, how: &Instruction) {
        self.places.clear();
        place::locate(wave, what, how, &mut self.places);
        if let Some(launch) = &mut self.launch {
            launch.count(what, wave.exec(), &self.places);
        }
        self.checker.before(group, wave, what, &self.places);
    }

    /// All live waves have met at a barrier.
    pub fn barrier(&mut self, group: &mut WatchedGroup) {
        self.checker.barrier(group);
    }

    /// The dispatch is over.
    pub fn end(self, elapsed: Duration) {
        if let Some(launch) = self.launch {
            launch.end(elapsed);
        }
    }
}

/// Runs a wave until something other than the next instruction is due, as the loop for dispatches that nobody watches.
pub(crate) fn interpret(
    wave: &mut Wave,
    request: &DispatchRequest<'_>,
    observer: &mut Observer,
    group: &mut WatchedGroup,
) -> Flow {
    for _ in 0..QUANTUM {
        let at = wave.ip;
        let observed = wave.code.observed(at);
        // SAFETY: `at` points at an entry of a page, and pages live as long as the dispatch's program.
        let (instruction, observed) = unsafe { (&*at, observed.map(|observed| &*observed)) };
        wave.executed += 1;
        if let Some(observed) = observed {
            observer.before(group, wave, observed, instruction);
        }
        let flow = if wave.index_mode != 0 {
            special::run_indexed(wave, instruction)
        } else {
            // SAFETY: as for the loop that nobody watches.
            unsafe { (instruction.run)(wave, instruction) }
        };
        match flow {
            Flow::Next => wave.ip = at.wrapping_add(1),
            Flow::Jump => {}
            Flow::Message => {
                if let Some(tell) = request.on_message {
                    tell(wave.message, wave.m0());
                }
                wave.ip = at.wrapping_add(1);
            }
            _ => {
                wave.last = at;
                wave.ip = at.wrapping_add(1);
                return flow;
            }
        }
    }
    Flow::Yield
}
