//! The state of one wavefront and what its instructions do to it from outside the executors.
//!
//! `Wave` is what every executor works on; `registers` is the storage of the vector registers; `memory` checks and
//! performs accesses; `code` holds decoded code; `mode` keeps the host's floating-point state in step with MODE.

pub(crate) mod code;
pub(crate) mod memory;
pub(crate) mod mode;
pub(crate) mod registers;

use crate::dispatch::FaultKind;
use crate::execute::Instruction;
use crate::isa::operand::{EXEC, M0, VCC};
use registers::{Row, VectorFile};

/// Lanes of a wavefront.
pub(crate) const WAVEFRONT_SIZE: usize = 64;

/// Rows that hold prepared sources (two for each of three) and an unblended result (four).
pub(crate) const TEMPORARIES: usize = 12;
/// First temporary row of a result.
pub(crate) const RESULT: usize = 6;

/// Which storage a vector operand's offset counts from.
pub(crate) mod base {
    /// v0.
    pub const VGPR: u8 = 0;
    /// a0.
    pub const ACCUMULATOR: u8 = 1;
    /// The wave's temporary rows.
    pub const TEMPORARY: u8 = 2;
    /// Address zero: the offset is a host address.
    pub const ABSOLUTE: u8 = 3;
}

/// Why a wave gave its host thread back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaveState {
    /// It can go on.
    Ready,
    /// It waits for the others of its work-group.
    Barrier,
    /// It executed `s_endpgm`.
    Ended,
}

/// What stopped a wave for good.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WaveFault {
    pub kind: FaultKind,
    pub lane: Option<u32>,
    pub address: Option<u64>,
}

/// One wavefront.
///
/// Executors reach everything through raw pointers and unchecked indices; what makes that sound is that decoding
/// bounds every register number and that `bases` point at storage with room for the largest of them.
#[repr(C, align(64))]
pub(crate) struct Wave {
    /// Where the wave goes on after a jump, and where it stands while it does not run.
    pub ip: *const Instruction,
    /// The instruction that made the wave stop.
    pub last: *const Instruction,
    /// What vector operands count from; see [`base`].
    pub bases: [*mut u8; 4],
    /// SCC, 0 or 1.
    pub scc: u32,
    /// Bits of MODE as `s_getreg` shows them.
    pub mode: u32,
    /// Which sources [`crate::execute::vop`] found masked off by DPP in the current instruction.
    pub dpp_mask: u64,
    /// Scalar registers by operand code: SGPRs, FLAT_SCRATCH, XNACK_MASK, VCC, TTMP, M0, EXEC; then room for a
    /// tuple that runs off the end.
    pub sgprs: [u32; 160],
    /// Prepared sources and unblended results.
    pub temporaries: [Row; TEMPORARIES],
    /// The unified vector register file.
    pub vectors: VectorFile,
    /// Start of the LDS of the work-group.
    pub lds: *mut u8,
    /// Its size in bytes.
    pub lds_size: u32,
    /// Cached knowledge about memory.
    pub memory: memory::MemoryView,
    /// Where the decoded code is.
    pub code: code::CodeView,
    /// What scratch accesses through the private aperture need.
    pub scratch: memory::Scratch,
    /// MXCSR while 32-bit operations run, and while 64 and 16-bit ones run.
    pub mxcsr: mode::HostModes,
    /// How the wave stands.
    pub state: WaveState,
    /// Set with [`crate::execute::Flow::Fault`].
    pub fault: Option<WaveFault>,
    /// Set with [`crate::execute::Flow::Message`].
    pub message: u32,
    /// Instructions executed so far.
    pub executed: u64,
    /// VGPR indexing mode: bit 0 SRC0, 1 SRC1, 2 SRC2, 3 DST; zero when off.
    pub index_mode: u32,
    /// Every instruction returns to the loop, those of an indexed stretch too: the wave is watched.
    pub stepwise: bool,
    /// Clocks show the wave's own time, so that a run repeats.
    pub own_time: bool,
    /// Nanoseconds of its own time so far.
    pub time: u64,
    /// What `s_getreg HW_ID` shows.
    pub hardware_id: u32,
    /// Wavefront within the work-group.
    pub number: u32,
    /// Work-group id.
    pub workgroup: [u32; 3],
}

impl Wave {
    /// EXEC.
    #[inline(always)]
    pub fn exec(&self) -> u64 {
        self.sgpr64(EXEC)
    }

    /// Writes EXEC.
    #[inline(always)]
    pub fn set_exec(&mut self, value: u64) {
        self.set_sgpr64(EXEC, value);
    }

    /// VCC.
    #[inline(always)]
    pub fn vcc(&self) -> u64 {
        self.sgpr64(VCC)
    }

    /// M0.
    #[inline(always)]
    pub fn m0(&self) -> u32 {
        self.sgprs[M0 as usize]
    }

    /// A pair of scalar registers.
    #[inline(always)]
    pub fn sgpr64(&self, index: u32) -> u64 {
        debug_assert!(index < 159);
        // SAFETY: register numbers come from seven-bit fields and the array has 160 entries.
        unsafe { self.sgprs.as_ptr().add(index as usize).cast::<u64>().read_unaligned() }
    }

    /// Writes a pair of scalar registers.
    #[inline(always)]
    pub fn set_sgpr64(&mut self, index: u32, value: u64) {
        debug_assert!(index < 159);
        // SAFETY: as for reading.
        unsafe { self.sgprs.as_mut_ptr().add(index as usize).cast::<u64>().write_unaligned(value) }
    }

    /// The address of temporary row `index`.
    #[inline(always)]
    pub fn temporary(&mut self, index: usize) -> *mut u32 {
        debug_assert!(index < TEMPORARIES);
        // SAFETY: `bases[TEMPORARY]` points at `temporaries`.
        unsafe { self.bases[base::TEMPORARY as usize].add(index * size_of::<Row>()).cast() }
    }

    /// Records a fault; the caller returns [`crate::execute::Flow::Fault`].
    #[cold]
    pub fn set_fault(&mut self, kind: FaultKind, lane: Option<u32>, address: Option<u64>) {
        self.fault = Some(WaveFault { kind, lane, address });
    }
}
