//! Counts by launch: what a watched dispatch executed and how it used memory.
//!
//! `launches=FILE` writes them at the end as JSON, one object a launch. Bytes are those that active lanes ask for; lines
//! are the distinct aligned runs of 64 and of 128 bytes that one instruction touches, summed over instructions. An LDS
//! access is done for 32 lanes at a time with a dword each, 16 with two and 8 with four, over 32 banks of a dword; each
//! further dword in the same bank costs a cycle, which is counted as a conflict. Lanes that read the same dword share it,
//! lanes of an atomic do not.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::check::kernel_name;
use crate::dispatch::DispatchRequest;
use crate::observe::{Class, Kind, Observed, Place, Space};

/// Banks of the LDS.
const BANKS: u64 = 32;
/// Bytes of LDS of a compute unit.
const LDS_SIZE: u32 = 64 << 10;
/// Waves that a SIMD holds at most, and SIMDs of a compute unit.
const WAVES_PER_SIMD: u32 = 8;
const SIMDS: u32 = 4;
/// Vector registers of a SIMD for each lane.
const VECTOR_REGISTERS: u32 = 512;

/// Accesses of one memory.
#[derive(Clone, Copy, Default)]
struct Traffic {
    loads: u64,
    stores: u64,
    atomics: u64,
    bytes_read: u64,
    bytes_written: u64,
    lines_64: u64,
    lines_128: u64,
    conflicts: u64,
}

impl Traffic {
    fn json(&self, has_lines: bool, has_banks: bool) -> Value {
        let mut value = json!({
            "loads": self.loads, "stores": self.stores, "atomics": self.atomics,
            "bytes_read": self.bytes_read, "bytes_written": self.bytes_written,
        });
        if has_lines {
            value["lines_64"] = self.lines_64.into();
            value["lines_128"] = self.lines_128.into();
        }
        if has_banks {
            value["bank_conflict_cycles"] = self.conflicts.into();
        }
        value
    }
}

/// The counts of a launch under way.
pub(crate) struct Launch {
    description: Value,
    classes: HashMap<&'static str, u64>,
    instructions: u64,
    vector_instructions: u64,
    lanes: u64,
    workgroups: u64,
    waves: u64,
    global: Traffic,
    scalar: Traffic,
    lds: Traffic,
    scratch: Traffic,
    lines: Vec<u64>,
}

static LAUNCHES: Mutex<Vec<Value>> = Mutex::new(Vec::new());

impl Launch {
    /// A dispatch that is about to begin.
    pub fn new(request: &DispatchRequest<'_>) -> Self {
        let descriptor = &request.descriptor;
        let items: u32 = request.workgroup_size.iter().map(|size| u32::from(*size)).product();
        let waves = items.div_ceil(64).max(1);
        let unified = descriptor.vgpr_count();
        let vectors = descriptor.accum_offset().min(unified);
        Self {
            description: json!({
                "kernel": kernel_name(request),
                "grid": request.grid_size, "workgroup": request.workgroup_size,
                "lds_bytes": request.group_segment_size, "scratch_bytes": request.private_segment_size,
                "vgprs": vectors, "agprs": unified - vectors,
                "sgprs": ((descriptor.rsrc1 >> 6 & 15) / 2 + 1) * 16,
                "waves_per_workgroup": waves,
                "waves_per_simd": waves_per_simd(unified, waves, request.group_segment_size),
                "waves_per_simd_limit": WAVES_PER_SIMD,
            }),
            classes: HashMap::new(),
            instructions: 0,
            vector_instructions: 0,
            lanes: 0,
            workgroups: 0,
            waves: 0,
            global: Traffic::default(),
            scalar: Traffic::default(),
            lds: Traffic::default(),
            scratch: Traffic::default(),
            lines: Vec::new(),
        }
    }

    /// A work-group begins.
    pub fn group(&mut self, waves: usize) {
        self.workgroups += 1;
        self.waves += waves as u64;
    }

    /// An instruction is about to run for these lanes.
    pub fn count(&mut self, what: &Observed, exec: u64, places: &[Place]) {
        self.instructions += 1;
        let name =
            Class::NAMES.iter().find(|(class, _)| *class == what.class).map_or("other", |(_, name)| name);
        *self.classes.entry(name).or_insert(0) += 1;
        if matches!(
            what.class,
            Class::Vector | Class::Matrix | Class::Global | Class::Flat | Class::Scratch | Class::Lds
        ) {
            self.vector_instructions += 1;
            self.lanes += u64::from(exec.count_ones());
        }
        let Some(memory) = what.memory else { return };
        for space in [Space::Global, Space::Lds, Space::Scratch] {
            let here = || places.iter().filter(move |place| place.space == space);
            if here().next().is_none() {
                continue;
            }
            let traffic = match space {
                Space::Global if what.class == Class::ScalarMemory => &mut self.scalar,
                Space::Global => &mut self.global,
                Space::Lds => &mut self.lds,
                Space::Scratch => &mut self.scratch,
            };
            let bytes = here().map(|place| u64::from(place.bytes)).sum::<u64>();
            match memory.kind {
                Kind::Load => traffic.loads += 1,
                Kind::Store => traffic.stores += 1,
                Kind::Atomic => traffic.atomics += 1,
            }
            if memory.kind != Kind::Store {
                traffic.bytes_read += bytes;
            }
            if memory.kind != Kind::Load {
                traffic.bytes_written += bytes;
            }
            match space {
                Space::Global => {
                    traffic.lines_64 += lines(&mut self.lines, here(), 64);
                    traffic.lines_128 += lines(&mut self.lines, here(), 128);
                }
                Space::Lds => {
                    let all: Vec<Place> = here().copied().collect();
                    traffic.conflicts += conflicts(&all, memory.kind == Kind::Atomic);
                }
                Space::Scratch => {}
            }
        }
    }

    /// The dispatch is over.
    pub fn end(self, elapsed: Duration) {
        let mut value = self.description;
        let classes: serde_json::Map<String, Value> = Class::NAMES
            .iter()
            .map(|(_, name)| ((*name).to_owned(), self.classes.get(name).copied().unwrap_or(0).into()))
            .collect();
        value["nanoseconds"] = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX).into();
        value["workgroups"] = self.workgroups.into();
        value["waves"] = self.waves.into();
        value["instructions"] = self.instructions.into();
        value["instructions_by_class"] = classes.into();
        value["vector_instructions"] = self.vector_instructions.into();
        value["active_lanes"] = self.lanes.into();
        value["barriers"] = self.classes.get("barrier").copied().unwrap_or(0).into();
        value["global"] = self.global.json(true, false);
        value["scalar"] = self.scalar.json(true, false);
        value["lds"] = self.lds.json(false, true);
        value["scratch"] = self.scratch.json(false, false);
        LAUNCHES.lock().unwrap_or_else(PoisonError::into_inner).push(value);
    }
}

/// Writes all launches so far.
pub(crate) fn write(file: &str) {
    let launches = LAUNCHES.lock().unwrap_or_else(PoisonError::into_inner);
    let whole = json!({ "version": 1, "launches": *launches });
    if let Err(error) = std::fs::write(file, format!("{whole:#}\n")) {
        eprintln!("wavefold emulator: cannot write the counts to {file}: {error}");
    }
}

/// Waves that fit on a SIMD at a time, by registers and by LDS.
fn waves_per_simd(registers: u32, waves: u32, lds: u32) -> u32 {
    let by_registers = VECTOR_REGISTERS / registers.max(1);
    let groups_by_lds = LDS_SIZE.checked_div(lds).unwrap_or(u32::MAX);
    let by_lds = groups_by_lds.saturating_mul(waves).div_ceil(SIMDS);
    by_registers.min(by_lds).min(WAVES_PER_SIMD)
}

/// Distinct lines of `size` bytes.
fn lines<'a>(scratch: &mut Vec<u64>, places: impl Iterator<Item = &'a Place>, size: u64) -> u64 {
    scratch.clear();
    for place in places {
        let last = (place.address + u64::from(place.bytes).max(1) - 1) / size;
        scratch.extend(place.address / size..=last);
    }
    scratch.sort_unstable();
    scratch.dedup();
    scratch.len() as u64
}

/// Cycles that an LDS access takes beyond one for each group of lanes.
fn conflicts(places: &[Place], atomic: bool) -> u64 {
    let widest = places.iter().map(|place| u64::from(place.bytes)).max().unwrap_or(4);
    let at_once = match widest {
        0..=4 => 32,
        5..=8 => 16,
        _ => 8,
    };
    let mut cycles = 0;
    // The two places of a lane (`ds_read2`) are two accesses, one after the other.
    let lanes_of = |place: &Place| place.lane / at_once;
    for half in split_accesses(places) {
        for group in 0..64 / at_once {
            let mut banks: [Vec<u64>; BANKS as usize] = Default::default();
            for place in half.iter().filter(|place| lanes_of(place) == group) {
                for dword in place.address / 4..=(place.address + u64::from(place.bytes) - 1) / 4 {
                    let bank = &mut banks[(dword % BANKS) as usize];
                    if atomic || !bank.contains(&dword) {
                        bank.push(dword);
                    }
                }
            }
            let most = banks.iter().map(Vec::len).max().unwrap_or(0) as u64;
            cycles += most.saturating_sub(1);
        }
    }
    cycles
}

/// The first places of all lanes, and the second ones where lanes have two.
fn split_accesses(places: &[Place]) -> Vec<Vec<Place>> {
    let mut halves: Vec<Vec<Place>> = Vec::new();
    for (index, place) in places.iter().enumerate() {
        let second = index > 0 && places[index - 1].lane == place.lane;
        let half = usize::from(second);
        if halves.len() <= half {
            halves.push(Vec::new());
        }
        halves[half].push(*place);
    }
    halves
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(lane: u8, address: u64, bytes: u8) -> Place {
        Place { lane, space: Space::Lds, bytes, address }
    }

    #[test]
    fn consecutive_dwords_do_not_conflict() {
        let places: Vec<Place> = (0..64).map(|lane| place(lane, u64::from(lane) * 4, 4)).collect();
        assert_eq!(conflicts(&places, false), 0);
    }

    #[test]
    fn a_stride_of_two_dwords_costs_a_cycle_for_each_half() {
        let places: Vec<Place> = (0..64).map(|lane| place(lane, u64::from(lane) * 8, 4)).collect();
        assert_eq!(conflicts(&places, false), 2);
    }

    #[test]
    fn lanes_share_what_they_read_but_not_what_they_count_in() {
        let places: Vec<Place> = (0..64).map(|lane| place(lane, 0, 4)).collect();
        assert_eq!(conflicts(&places, false), 0);
        assert_eq!(conflicts(&places, true), 62);
    }

    #[test]
    fn lines_are_counted_once() {
        let places: Vec<Place> = (0..64).map(|lane| place(lane, 32 + u64::from(lane) * 4, 4)).collect();
        let mut scratch = Vec::new();
        assert_eq!(lines(&mut scratch, places.iter(), 64), 5);
        assert_eq!(lines(&mut scratch, places.iter(), 128), 3);
    }

    #[test]
    fn occupancy_is_the_least_of_registers_and_lds() {
        assert_eq!(waves_per_simd(32, 4, 0), 8);
        assert_eq!(waves_per_simd(128, 4, 0), 4);
        assert_eq!(waves_per_simd(32, 4, 32 << 10), 2);
    }
}
