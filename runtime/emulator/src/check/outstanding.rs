//! The memory operations that a wave has begun and not yet waited for.
//!
//! Vector memory operations finish in order, LDS ones too; scalar loads, messages and flat accesses finish in any
//! order. A wait for `n` then shows that an operation is done if it is done however the others were ordered. (MI200 ISA,
//! 4.4, Manually Inserted Wait States; the same rules as LLVM's `SIInsertWaitcnts`.)

use crate::observe::{Counters, Observed, Registers};

/// One operation under way.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub pc: u64,
    /// What it will write.
    pub writes: Vec<Registers>,
    /// The lanes it was begun for.
    pub lanes: u64,
    /// When it was begun, on the wave's own clock.
    pub clock: u32,
    /// The counters that have still to show that it is done.
    pub counters: Counters,
}

/// All of a wave's operations under way, the oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outstanding {
    operations: Vec<Operation>,
}

impl Outstanding {
    /// Those that have not been waited for.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Notes that an instruction has been begun.
    pub fn begin(&mut self, what: &Observed, lanes: u64, clock: u32) {
        if what.counters.vector || what.counters.lds {
            // More than this many are not under way at once: the counters have six bits at most.
            if self.operations.len() >= 256 {
                self.operations.remove(0);
            }
            let (pc, writes, counters) = (what.pc, what.writes.clone(), what.counters);
            self.operations.push(Operation { pc, writes, lanes, clock, counters });
        }
    }

    /// `s_waitcnt` with these counts.
    pub fn wait(&mut self, vector: usize, lds: usize) {
        self.settle(vector, |counters| &mut counters.vector);
        self.settle(lds, |counters| &mut counters.lds);
        self.operations.retain(|operation| operation.counters.vector || operation.counters.lds);
    }

    fn settle(&mut self, left: usize, counter: impl Fn(&mut Counters) -> &mut bool) {
        let mut counted = 0;
        let mut unordered = 0;
        for operation in &mut self.operations {
            if *counter(&mut operation.counters) {
                counted += 1;
                unordered += usize::from(operation.counters.unordered);
            }
        }
        let done = counted - left.min(counted);
        // At worst those without an order have finished first.
        let mut in_order = if left == 0 { counted } else { done.saturating_sub(unordered) };
        for operation in &mut self.operations {
            let is_unordered = operation.counters.unordered;
            let flag = counter(&mut operation.counters);
            if !*flag || is_unordered && left != 0 {
                continue;
            }
            if in_order == 0 {
                break;
            }
            in_order -= 1;
            *flag = false;
        }
    }

    /// The last moment of which everything is done that these counters know of.
    pub fn done_until(&self, now: u32, known: impl Fn(&Counters) -> bool) -> u32 {
        let pending = self.operations.iter().filter(|operation| known(&operation.counters));
        pending.map(|operation| operation.clock - 1).min().unwrap_or(now).min(now)
    }
}

/// The counts that an `s_waitcnt` names: vmcnt and lgkmcnt.
pub(crate) fn wait_counts(bits: u64) -> (usize, usize) {
    let bits = bits as usize;
    (bits & 15 | bits >> 10 & 0x30, bits >> 8 & 15)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::File;

    fn operation(register: u16, counters: Counters) -> Observed {
        let mut what = Observed::nothing(0);
        what.writes.push(Registers { file: File::Vector, first: register, count: 1 });
        what.counters = counters;
        what
    }

    fn left(outstanding: &Outstanding) -> Vec<u16> {
        outstanding.operations().iter().map(|operation| operation.writes[0].first).collect()
    }

    const VECTOR: Counters = Counters { vector: true, lds: false, unordered: false };
    const LDS: Counters = Counters { vector: false, lds: true, unordered: false };
    const SCALAR: Counters = Counters { vector: false, lds: true, unordered: true };
    const FLAT: Counters = Counters { vector: true, lds: true, unordered: true };

    #[test]
    fn operations_of_one_kind_finish_in_order() {
        let mut outstanding = Outstanding::default();
        for register in 0..3 {
            outstanding.begin(&operation(register, VECTOR), u64::MAX, 1);
        }
        outstanding.wait(1, 15);
        assert_eq!(left(&outstanding), [2]);
    }

    #[test]
    fn a_scalar_load_is_done_only_at_zero() {
        let mut outstanding = Outstanding::default();
        outstanding.begin(&operation(0, SCALAR), 1, 1);
        outstanding.begin(&operation(1, LDS), u64::MAX, 2);
        outstanding.begin(&operation(2, LDS), u64::MAX, 3);
        // One is left: it may be either of the LDS reads' or the scalar load's, so the first read alone is not known.
        outstanding.wait(63, 1);
        assert_eq!(left(&outstanding), [0, 2]);
        outstanding.wait(63, 0);
        assert!(outstanding.operations().is_empty());
    }

    #[test]
    fn a_flat_load_needs_both_counters() {
        let mut outstanding = Outstanding::default();
        outstanding.begin(&operation(0, FLAT), u64::MAX, 1);
        outstanding.wait(0, 15);
        assert_eq!(left(&outstanding), [0]);
        outstanding.wait(63, 0);
        assert!(left(&outstanding).is_empty());
    }
}
