//! `memory`: accesses outside what was allocated, after it was freed, misaligned, or to what is read-only.
//!
//! An allocation is as long as the program asked for, not as the pool rounds it. Inside a loaded code object each
//! module variable is an allocation of its own, as far as the object's symbols name it.

use crate::dispatch::DispatchRequest;
use crate::loader::registry;
use crate::memory::pool;
use crate::observe::{Kind, Observed, Place, Space, Unit};
use crate::wave::Wave;

use super::report::Finding;
use super::sync;

/// What one dispatch may access.
pub(crate) struct Check {
    agent: u32,
    kernarg: (u64, u64),
    /// The allocation found last: its first address, its size, whether it may be written to.
    recent: (u64, u64, bool),
    /// The code was compiled so that every access is as the program says.
    as_written: bool,
}

/// What is wrong with an access.
struct Wrong {
    what: String,
    memory: Option<String>,
}

impl Check {
    pub fn new(request: &DispatchRequest<'_>) -> Self {
        let agent = request.observation.map_or(1, |observation| observation.agent);
        let kernarg = (request.kernarg_address, u64::from(request.descriptor.kernarg_size));
        let as_written = sync::is_marked(request.descriptor_address);
        Self { agent, kernarg, recent: (0, 0, false), as_written }
    }

    /// Checks the places of one instruction; lanes with the same complaint are one finding.
    pub fn access(&mut self, wave: &Wave, what: &Observed, places: &[Place]) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::new();
        let Some(memory) = what.memory else { return findings };
        for place in places {
            let wrong = self.wrong(wave, memory.kind, place).or_else(|| {
                let checked = memory.kind == Kind::Atomic || memory.unit == Unit::Scalar || self.as_written;
                if checked { misaligned(memory.kind, place) } else { None }
            });
            let Some(wrong) = wrong else { continue };
            let bit = 1 << place.lane;
            if let Some(known) = findings.iter_mut().find(|finding| finding.what == wrong.what) {
                known.lanes |= bit;
                continue;
            }
            findings.push(Finding {
                check: "memory",
                what: wrong.what,
                lane: Some(place.lane.into()),
                lanes: bit,
                address: Some(place.address),
                memory: wrong.memory,
                other: None,
            });
        }
        findings
    }

    fn wrong(&mut self, wave: &Wave, kind: Kind, place: &Place) -> Option<Wrong> {
        let bytes = u64::from(place.bytes);
        let end = place.address.checked_add(bytes);
        match place.space {
            Space::Global => self.wrong_global(kind, place),
            Space::Lds => {
                let size = u64::from(wave.lds_size);
                end.is_none_or(|end| end > size).then(|| Wrong {
                    what: format!("{} of {bytes} bytes past the end of the LDS", kind.verb()),
                    memory: Some(format!("the work-group has {size} bytes of LDS")),
                })
            }
            Space::Scratch => {
                let size = u64::from(wave.scratch.lane_size);
                end.is_none_or(|end| end > size).then(|| Wrong {
                    what: format!("{} of {bytes} bytes outside the scratch memory", kind.verb()),
                    memory: Some(format!("a work-item has {size} bytes of scratch memory")),
                })
            }
        }
    }

    fn wrong_global(&mut self, kind: Kind, place: &Place) -> Option<Wrong> {
        let (address, bytes) = (place.address, u64::from(place.bytes));
        let writes = kind != Kind::Load;
        if writes && address.wrapping_sub(self.kernarg.0) < self.kernarg.1 {
            let memory = Some("the kernel's arguments".to_owned());
            return Some(Wrong { what: format!("{} to read-only memory", kind.verb()), memory });
        }
        let (base, size, writable) = self.recent;
        let offset = address.wrapping_sub(base);
        if offset < size && bytes <= size - offset && (writable || !writes) {
            return None;
        }
        let out =
            |memory: Option<String>| Some(Wrong { what: format!("{} out of bounds", kind.verb()), memory });
        let Some(allocation) = pool::find(address as usize) else {
            let freed = pool::describe_freed(address as usize);
            return match freed {
                Some(memory) => {
                    Some(Wrong { what: format!("{} of freed memory", kind.verb()), memory: Some(memory) })
                }
                None => match crate::memory::map().lookup(address) {
                    // Queues and signals are device memory without being allocations.
                    Some(region) if region.contains(address, bytes) => None,
                    _ => out(pool::describe(address as usize, self.agent)),
                },
            };
        };
        let (base, size) = (allocation.base as u64, allocation.size as u64);
        let offset = address - base;
        if bytes > size - offset {
            let past = bytes - (size - offset);
            return out(Some(format!("{past} bytes past the end of an allocation of {size} bytes")));
        }
        if allocation.agents >> self.agent & 1 == 0 {
            return out(pool::describe(address as usize, self.agent));
        }
        if let Some(loaded) = registry::loaded_at(address) {
            return match loaded.variable_at(address) {
                Some(variable) if !variable.writable && writes => Some(Wrong {
                    what: format!("{} to read-only memory", kind.verb()),
                    memory: Some(format!("{}, {} bytes", variable.name, variable.size)),
                }),
                Some(variable) => {
                    self.recent = (variable.address, variable.size, variable.writable);
                    let end = variable.address + variable.size;
                    let past = (address + bytes).saturating_sub(end);
                    if past == 0 {
                        return None;
                    }
                    out(Some(format!(
                        "{past} bytes past the end of variable {} of {} bytes",
                        variable.name, variable.size
                    )))
                }
                // Constants of the compiler's have no symbol; nothing may be written between the variables.
                None if writes => out(Some(loaded.nearest_variable(address))),
                None => None,
            };
        }
        self.recent = (base, size, true);
        None
    }
}

/// Loads and stores are aligned to their size up to a dword, atomics to their size. LLVM joins narrow accesses that
/// follow each other to a wide one at any address, unless it was told not to (`ptxas --check-marks`).
fn misaligned(kind: Kind, place: &Place) -> Option<Wrong> {
    let needed = match kind {
        Kind::Atomic => u64::from(place.bytes),
        _ => u64::from(place.bytes).min(4),
    };
    (needed.is_power_of_two() && !place.address.is_multiple_of(needed)).then(|| Wrong {
        what: format!("misaligned {} of {} bytes", kind.verb(), place.bytes),
        memory: Some(format!("not a multiple of {needed}")),
    })
}
