//! `race`: two accesses of the same bytes by different waves, at least one a write, that nothing orders.
//!
//! Happens-before by vector clocks, last accesses by dword (FastTrack). A wave's clock counts its memory instructions.
//! What orders waves: a barrier of the work-group; and an atomic, or a load with glc, that sees what another wave's atomic
//! or store has written. Either passes on what its wave had *finished*: an access that was not waited for is not
//! ordered by what follows it. (Within a work-group global accesses need no wait: its waves share the first cache.)
//! What is learnt through memory holds for plain loads once the first cache has been invalidated (`buffer_wbinvl1`),
//! for everything else at once.
//!
//! Atomics and loads with glc are synchronisation, never part of a race with each other or with the store that they
//! see; so are loads of LDS words that an atomic has accessed, and those that poll (see `polling`). A plain load and an
//! atomic do not race either: a compare-and-swap loop begins so. Nor do two stores of the same value, in whole dwords. Of a dword the last write and two reads are remembered,
//! which can hide a race and cannot invent one. The end of a dispatch orders everything; queues are not compared.

use std::collections::HashMap;
use std::sync::Arc;

use super::initialised;
use super::outstanding::Outstanding;
use super::polling::Polling;
use super::report::{self, Finding, Location, Other};
use crate::observe::{Kind, Observed, Place, Role, Space};
use crate::wave::Wave;

/// What is known to have happened: for each wave of the dispatch, up to which moments of its clock.
type Clocks = HashMap<u32, Moment>;

/// Waves of a work-group at most: numbers of different work-groups lie so far apart.
pub(crate) const GROUP_WAVES: u32 = 16;

/// Moments on a wave's clock.
#[derive(Clone, Copy, Default)]
struct Moment {
    /// Its LDS accesses until then are done.
    lds: u32,
    /// Its other accesses until then are done for everybody.
    far: u32,
    /// The same for its own work-group.
    near: u32,
}

impl Moment {
    fn join(&mut self, other: Moment) {
        self.lds = self.lds.max(other.lds);
        self.far = self.far.max(other.far);
        self.near = self.near.max(other.near);
    }

    fn knows(&self, other: &Moment) -> bool {
        self.lds >= other.lds && self.far >= other.far && self.near >= other.near
    }

    /// What has finished by now.
    fn of(outstanding: &Outstanding, now: u32) -> Self {
        Self {
            lds: outstanding.done_until(now, |counters| counters.lds),
            far: outstanding.done_until(now, |counters| counters.vector),
            near: now,
        }
    }
}

/// Whether two waves are of one work-group.
fn same_group(a: u32, b: u32) -> bool {
    (a - 1) / GROUP_WAVES == (b - 1) / GROUP_WAVES
}

/// Dwords of a page of shadow memory.
const PAGE: u64 = 256;

/// Who accessed a dword.
#[derive(Clone, Copy, Default)]
struct Access {
    /// Number of the wave in the dispatch plus one; zero for nobody.
    wave: u32,
    clock: u32,
    /// What the wave had finished then.
    finished: Moment,
    /// What the wave knew of others then, by index.
    knowledge: u32,
    /// The instruction, by index.
    site: u32,
    lane: u8,
    /// The bytes, a bit each.
    bytes: u8,
    atomic: bool,
    /// The wave that has seen this write by a load that synchronises.
    seen: u32,
}

/// The last accesses of a dword.
#[derive(Clone, Copy, Default)]
struct Cell {
    write: Access,
    reads: [Access; 2],
    /// An atomic has accessed it.
    synchronises: bool,
}

/// What a wave knows.
#[derive(Clone, Default)]
pub(crate) struct State {
    /// Its number in the dispatch, plus one.
    wave: u32,
    pub clock: u32,
    /// Holds for plain loads.
    visible: Arc<Clocks>,
    /// Holds for everything else.
    acquired: Arc<Clocks>,
    /// Index of `acquired` in the list of what waves knew.
    knowledge: u32,
}

/// A work-group's LDS.
#[derive(Default)]
pub(crate) struct Lds {
    cells: Vec<Cell>,
}

struct Site {
    pc: u64,
    workgroup: [u32; 3],
    wavefront: u32,
}

/// The races of one dispatch.
#[derive(Default)]
pub(crate) struct Check {
    pages: HashMap<u64, Box<[Cell; PAGE as usize]>>,
    /// What atomics have left at each dword of global memory, and at each of LDS (by group above bit 32).
    published: HashMap<(bool, u64), Arc<Clocks>>,
    known: Vec<Arc<Clocks>>,
    sites: Vec<Site>,
    site_of: HashMap<(u64, u32), u32>,
    polling: Polling,
}

/// The instruction at hand.
struct Current<'a> {
    what: &'a Observed,
    kind: Kind,
    synchronises: bool,
    polls: bool,
    site: u32,
    finished: Moment,
}

impl Check {
    /// A wave begins. `number` is its own in the dispatch.
    pub fn wave(&mut self, number: u32) -> State {
        if self.known.is_empty() {
            self.known.push(Arc::default());
        }
        State { wave: number + 1, ..State::default() }
    }

    /// The LDS of a work-group that begins.
    pub fn lds(size: u32) -> Lds {
        Lds { cells: vec![Cell::default(); size.div_ceil(4) as usize] }
    }

    /// All waves of a work-group meet: each learns what the others had finished.
    pub fn barrier<'a>(&mut self, waves: impl Iterator<Item = (&'a mut State, &'a Outstanding)>) {
        let waves: Vec<_> = waves.collect();
        let mut all = Clocks::new();
        for (state, outstanding) in &waves {
            join(&mut all, &state.acquired);
            raise(&mut all, state.wave, Moment::of(outstanding, state.clock));
        }
        let all = Arc::new(all);
        self.known.push(all.clone());
        for (state, _) in waves {
            state.visible = all.clone();
            state.acquired = all.clone();
            state.knowledge = self.known.len() as u32 - 1;
        }
    }

    /// An instruction that touches no memory may still invalidate the cache.
    pub fn invalidate(state: &mut State, what: &Observed) {
        if matches!(what.mnemonic(), "buffer_wbinvl1" | "buffer_wbinvl1_vol" | "buffer_invl2") {
            state.visible = state.acquired.clone();
        }
    }

    /// An instruction is about to access these places.
    pub fn access(
        &mut self,
        (state, outstanding, lds, group): (&mut State, &Outstanding, &mut Lds, u64),
        wave: &Wave,
        what: &Observed,
        places: &[Place],
    ) -> Vec<Finding> {
        let Some(memory) = what.memory else { return Vec::new() };
        state.clock += 1;
        let site = self.site(what.pc, wave, state.wave);
        let finished = Moment::of(outstanding, state.clock - 1);
        let in_lds = memory.kind == Kind::Load && places.iter().any(|place| place.space == Space::Lds);
        let polls = in_lds && self.polling.is(what.pc);
        let current =
            Current { what, kind: memory.kind, synchronises: memory.coherent, polls, site, finished };
        let mut findings: Vec<Finding> = Vec::new();
        for place in places {
            if place.space == Space::Scratch || place.bytes == 0 {
                continue;
            }
            let (first, last) = (place.address >> 2, (place.address + u64::from(place.bytes) - 1) >> 2);
            for dword in first..=last {
                let conflict = self.dword(state, lds, group, &current, place, dword);
                let Some((other, own)) = conflict else { continue };
                if own == "write" && memory.kind == Kind::Store && stores_same(wave, what, place, dword) {
                    continue;
                }
                findings.extend(self.finding(&current, place, other, own, &mut findings.len()));
            }
        }
        findings.truncate(1);
        findings
    }

    fn site(&mut self, pc: u64, wave: &Wave, number: u32) -> u32 {
        *self.site_of.entry((pc, number)).or_insert_with(|| {
            self.sites.push(Site { pc, workgroup: wave.workgroup, wavefront: wave.number });
            self.sites.len() as u32 - 1
        })
    }

    /// Enters one lane's access of one dword; gives the access that it races with.
    fn dword(
        &mut self,
        state: &mut State,
        lds: &mut Lds,
        group: u64,
        current: &Current<'_>,
        place: &Place,
        dword: u64,
    ) -> Option<(Access, &'static str)> {
        let is_lds = place.space == Space::Lds;
        let key = (is_lds, if is_lds { group << 32 | dword } else { dword });
        let cell = if is_lds {
            lds.cells.get_mut(dword as usize)?
        } else {
            let page = self.pages.entry(dword / PAGE);
            let page = page.or_insert_with(|| Box::new([Cell::default(); PAGE as usize]));
            &mut page[(dword % PAGE) as usize]
        };
        let begin = place.address.max(dword * 4) - dword * 4;
        let end = (place.address + u64::from(place.bytes)).min(dword * 4 + 4) - dword * 4;
        let bytes = ((1u32 << end) - (1u32 << begin)) as u8;
        let atomic = current.kind == Kind::Atomic;
        let reads_coherently = current.kind == Kind::Load
            && (current.synchronises || is_lds && (cell.synchronises || current.polls));
        let access = Access {
            wave: state.wave,
            clock: state.clock,
            finished: current.finished,
            knowledge: state.knowledge,
            site: current.site,
            lane: place.lane,
            bytes,
            atomic,
            seen: 0,
        };
        cell.synchronises |= atomic;

        // What the other side's synchronisation passes on.
        if atomic || reads_coherently {
            if let Some(published) = self.published.get(&key) {
                acquire(&mut self.known, state, published);
            }
            let write = cell.write;
            if reads_coherently && write.wave != 0 && write.wave != state.wave && !write.atomic {
                let mut learnt = Clocks::clone(&self.known[write.knowledge as usize]);
                raise(&mut learnt, write.wave, write.finished);
                acquire(&mut self.known, state, &learnt);
                cell.write.seen = state.wave;
            }
        }
        if atomic {
            let mut published = Clocks::clone(&state.acquired);
            // What the others of the work-group have done for this wave it passes on to everybody.
            for (wave, moment) in &mut published {
                if same_group(*wave, state.wave) {
                    moment.far = moment.far.max(moment.near);
                }
            }
            if let Some(old) = self.published.get(&key) {
                join(&mut published, old);
            }
            raise(&mut published, state.wave, current.finished);
            self.published.insert(key, Arc::new(published));
        }

        let plain_load = current.kind == Kind::Load && !reads_coherently && !is_lds;
        let known = if plain_load { &state.visible } else { &state.acquired };
        let unordered = |other: &Access| {
            other.wave != 0
                && other.wave != state.wave
                && other.seen != state.wave
                && other.bytes & bytes != 0
                && known.get(&other.wave).is_none_or(|moment| {
                    let known = match (is_lds, same_group(other.wave, state.wave)) {
                        (true, _) => moment.lds,
                        (false, true) => moment.near,
                        (false, false) => moment.far,
                    };
                    known < other.clock
                })
        };
        let mut conflict = None;
        let write = cell.write;
        let forgiven = (write.atomic && current.kind != Kind::Store) || reads_coherently;
        if unordered(&write) && !forgiven {
            conflict = Some((write, "write"));
        }
        match current.kind {
            Kind::Load => {
                // A coherent load races with nothing, so a later write need not know of it.
                if !reads_coherently {
                    let own = cell.reads.iter().position(|read| read.wave == state.wave || read.wave == 0);
                    let ordered = || cell.reads.iter().position(|read| !unordered(read));
                    let slot = own.or_else(ordered).unwrap_or(state.clock as usize & 1);
                    cell.reads[slot] = access;
                }
            }
            Kind::Store | Kind::Atomic => {
                if conflict.is_none() && !atomic {
                    conflict =
                        cell.reads.iter().copied().find(|read| unordered(read)).map(|read| (read, "read"));
                }
                cell.write = access;
                if bytes == 15 {
                    cell.reads = Default::default();
                }
            }
        }
        conflict
    }

    fn finding(
        &self,
        current: &Current<'_>,
        place: &Place,
        other: Access,
        did: &str,
        found: &mut usize,
    ) -> Option<Finding> {
        if *found > 0 {
            return None;
        }
        let site = &self.sites[other.site as usize];
        let memory = if place.space == Space::Lds { "LDS" } else { "global memory" };
        let did = if other.atomic { "atomic" } else { did };
        let what = format!("{} and {did} of {memory} that nothing orders", current.kind.verb());
        // A pair is one finding, whichever comes second.
        let pair = format!("{did} and {} of {memory} that nothing orders", current.kind.verb());
        if report::seen("race", &what, current.what.pc) || report::seen("race", &pair, site.pc) {
            return None;
        }
        Some(Finding {
            check: "race",
            what,
            lane: Some(place.lane.into()),
            lanes: 1 << place.lane,
            address: Some(place.address),
            memory: crate::memory::pool::describe(place.address as usize, 1)
                .filter(|_| place.space == Space::Global),
            other: Some(Other {
                what: format!("{did} by lane {}", other.lane),
                location: Location::at(site.pc, site.workgroup, site.wavefront),
            }),
        })
    }
}

/// Whether a lane's store leaves a dword as it is.
fn stores_same(wave: &Wave, what: &Observed, place: &Place, dword: u64) -> bool {
    let data = what.reads.iter().find(|(_, role)| *role == Role::Data).map(|(registers, _)| *registers);
    let whole = place.address.is_multiple_of(4) && place.bytes.is_multiple_of(4);
    let Some(data) = data.filter(|_| whole) else { return false };
    let new = initialised::value(wave, data, (dword - place.address / 4) as usize, place.lane.into());
    let at = dword * 4;
    let held = match place.space {
        Space::Lds if at + 4 <= wave.lds_size.into() => wave.lds as u64 + at,
        Space::Global if crate::memory::map().lookup(at).is_some_and(|region| region.contains(at, 4)) => at,
        _ => return false,
    };
    // SAFETY: inside the LDS or a region, as was just checked.
    new == unsafe { (held as *const u32).read_volatile() }
}

fn raise(clocks: &mut Clocks, wave: u32, moment: Moment) {
    clocks.entry(wave).or_default().join(moment);
}

fn join(clocks: &mut Clocks, other: &Clocks) {
    for (&wave, &moment) in other {
        raise(clocks, wave, moment);
    }
}

fn acquire(known: &mut Vec<Arc<Clocks>>, state: &mut State, learnt: &Clocks) {
    let news =
        |(wave, moment): (&u32, &Moment)| state.acquired.get(wave).is_none_or(|known| !known.knows(moment));
    if learnt.iter().any(news) {
        join(Arc::make_mut(&mut state.acquired), learnt);
        known.push(state.acquired.clone());
        state.knowledge = known.len() as u32 - 1;
    }
}
