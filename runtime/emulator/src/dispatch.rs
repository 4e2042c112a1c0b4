//! What the queue hands to the interpreter and what it gets back.
//!
//! A [`DispatchRequest`] is one kernel dispatch packet with everything it points at already resolved: the parsed
//! kernel descriptor, the grid, the segments, and the address space. [`run`] executes it to the end and returns the
//! statistics, or the first [`Fault`]. Device addresses are host virtual addresses, so nothing is translated; the
//! address space only says which of them belong to the device.

use std::fmt;
use std::time::Duration;

pub use crate::observe::Observation;

/// First address of the LDS window that flat instructions see (`src_shared_base`).
///
/// Both windows are 4 GiB long, aligned to their size, and lie outside what a user process can map.
/// `amd_queue_t.group_segment_aperture_base_hi` must hold the upper half of it.
pub const SHARED_APERTURE_BASE: u64 = 2 << 48;
/// First address of the scratch window that flat instructions see (`src_private_base`).
pub const PRIVATE_APERTURE_BASE: u64 = 1 << 48;
/// Length of either window in bytes.
pub const APERTURE_SIZE: u64 = 1 << 32;

/// A run of device-accessible host memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// First byte.
    pub base: u64,
    /// Length in bytes.
    pub size: u64,
    /// Whether device code may write to it.
    pub writable: bool,
}

/// The device's view of memory: which host addresses it may touch.
///
/// Asked from many host threads at once, and only when a wave leaves the regions it touched last. A region that was
/// handed out stays valid for the length of the dispatch: freeing memory that a running kernel uses is the
/// program's error, and the implementation keeps the pages mapped until the dispatch has ended.
pub trait AddressSpace: Sync {
    /// The region that holds `address`, if any.
    fn lookup(&self, address: u64) -> Option<Region>;
}

/// The 64 bytes that a `<kernel>.kd` symbol names, as the code object holds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KernelDescriptor {
    /// Bytes of statically allocated LDS.
    pub group_segment_size: u32,
    /// Bytes of scratch a work-item needs.
    pub private_segment_size: u32,
    /// Bytes of kernel arguments, zero when not known.
    pub kernarg_size: u32,
    /// Address of the first instruction, relative to the descriptor.
    pub entry_offset: i64,
    /// `compute_pgm_rsrc1`.
    pub rsrc1: u32,
    /// `compute_pgm_rsrc2`.
    pub rsrc2: u32,
    /// `compute_pgm_rsrc3`.
    pub rsrc3: u32,
    /// `kernel_code_properties`.
    pub properties: u16,
    /// `kernarg_preload`: length in 6:0, offset in 15:7, both in dwords.
    pub kernarg_preload: u16,
}

impl KernelDescriptor {
    /// Size of the structure in a code object.
    pub const SIZE: usize = 64;

    /// Reads the structure from its bytes in a code object.
    #[must_use]
    pub fn parse(bytes: &[u8; Self::SIZE]) -> Self {
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let half = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        Self {
            group_segment_size: word(0),
            private_segment_size: word(4),
            kernarg_size: word(8),
            entry_offset: (u64::from(word(16)) | u64::from(word(20)) << 32) as i64,
            rsrc3: word(44),
            rsrc1: word(48),
            rsrc2: word(52),
            properties: half(56),
            kernarg_preload: half(58),
        }
    }

    /// VGPRs a lane is given, of the unified file.
    #[must_use]
    pub fn vgpr_count(&self) -> u32 {
        ((self.rsrc1 & 0x3f) + 1) * 8
    }

    /// Index of `a0` in the unified register file.
    #[must_use]
    pub fn accum_offset(&self) -> u32 {
        ((self.rsrc3 & 0x3f) + 1) * 4
    }

    /// How many SGPRs are filled before the work-group ids.
    #[must_use]
    pub fn user_sgpr_count(&self) -> u32 {
        self.rsrc2 >> 1 & 0x1f
    }
}

/// The order in which work-groups begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WorkGroupOrder {
    /// x fastest, then y, then z, spread over the host threads as they come free.
    #[default]
    Free,
    /// The same order on one host thread, one wave at a time, so that a run repeats to the bit.
    Deterministic,
}

/// One kernel dispatch.
#[derive(Clone, Copy)]
pub struct DispatchRequest<'a> {
    /// The parsed kernel descriptor.
    pub descriptor: KernelDescriptor,
    /// Where the descriptor lies in device memory (the packet's `kernel_object`).
    pub descriptor_address: u64,
    /// Grid size in work-items; every dimension at least 1.
    pub grid_size: [u32; 3],
    /// Work-group size in work-items; every dimension at least 1, at most 1024 together.
    pub workgroup_size: [u16; 3],
    /// Scratch bytes a work-item gets (the packet's `private_segment_size`).
    pub private_segment_size: u32,
    /// LDS bytes a work-group gets (the packet's `group_segment_size`).
    pub group_segment_size: u32,
    /// Address of the kernel arguments.
    pub kernarg_address: u64,
    /// Address of the dispatch packet (user SGPR `dispatch_ptr`); the packet must stay until the dispatch ends.
    pub packet_address: u64,
    /// Address of the queue's `amd_queue_t` (user SGPR `queue_ptr`).
    pub queue_address: u64,
    /// The packet's index in its queue (user SGPR `dispatch_id`).
    pub dispatch_id: u64,
    /// What device code may touch.
    pub memory: &'a dyn AddressSpace,
    /// Most host threads to use; 0 and 1 both mean the calling one.
    pub host_threads: usize,
    /// Order of the work-groups.
    pub order: WorkGroupOrder,
    /// Without a wavefront that ends for so long, the dispatch is stopped with [`FaultKind::Deadlock`].
    pub watchdog: Option<Duration>,
    /// Compute units the device pretends to have (shown by `HW_ID`).
    pub compute_units: u32,
    /// Told of `s_sendmsg` (the message number in 3:0 and m0), for the host-call interrupt.
    pub on_message: Option<&'a (dyn Fn(u32, u32) + Sync)>,
    /// What is watched of the dispatch, for the checks and the statistics by launch; it then runs on one host thread.
    pub observation: Option<&'a Observation>,
    /// Polled now and then: `true` ends the dispatch with [`FaultKind::Cancelled`].
    pub cancelled: Option<&'a (dyn Fn() -> bool + Sync)>,
}

/// What a finished dispatch did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DispatchStatistics {
    /// Wave-instructions executed, summed over all wavefronts.
    pub wave_instructions: u64,
    /// Wavefronts run.
    pub waves: u64,
    /// Work-groups run.
    pub workgroups: u64,
    /// Host threads that took part.
    pub host_threads: u64,
}

/// Why a dispatch stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A load from outside every region.
    ReadOutOfBounds,
    /// A store or an atomic outside every region, or into one that is read-only.
    WriteOutOfBounds,
    /// The program counter left every region, or is not a multiple of 4.
    BadProgramCounter,
    /// Bits that are no gfx90a instruction.
    IllegalInstruction,
    /// A gfx90a instruction, or a form of one, that the emulator does not execute.
    Unimplemented,
    /// `s_trap` with the given trap number (2: abort).
    Trap(u8),
    /// The request itself cannot be served (sizes beyond the hardware's, a malformed descriptor).
    BadDispatch,
    /// [`DispatchRequest::cancelled`] asked for the end.
    Cancelled,
    /// No wavefront has ended for as long as [`DispatchRequest::watchdog`] allows; the report says where they are.
    Deadlock,
}

/// The first thing that went wrong in a dispatch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What went wrong.
    pub kind: FaultKind,
    /// Address of the instruction.
    pub pc: u64,
    /// The instruction, disassembled, or its bytes, or what is wrong with the request.
    pub instruction: String,
    /// Work-group id.
    pub workgroup: [u32; 3],
    /// Wavefront within the work-group.
    pub wavefront: u32,
    /// The first lane concerned, where one is.
    pub lane: Option<u32>,
    /// The memory address concerned, where one is.
    pub address: Option<u64>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            FaultKind::ReadOutOfBounds => write!(f, "read outside device memory")?,
            FaultKind::WriteOutOfBounds => write!(f, "write outside device memory")?,
            FaultKind::BadProgramCounter => write!(f, "program counter outside device memory")?,
            FaultKind::IllegalInstruction => write!(f, "illegal instruction")?,
            FaultKind::Unimplemented => write!(f, "instruction not implemented by the emulator")?,
            FaultKind::Trap(number) => write!(f, "trap {number}")?,
            FaultKind::BadDispatch => return write!(f, "bad dispatch: {}", self.instruction),
            FaultKind::Cancelled => write!(f, "cancelled")?,
            FaultKind::Deadlock => {
                return write!(
                    f,
                    "no wavefront has ended for as long as the watchdog allows\n{}",
                    self.instruction
                );
            }
        }
        if let Some(address) = self.address {
            write!(f, " at address {address:#x}")?;
        }
        let [x, y, z] = self.workgroup;
        write!(
            f,
            "\n  pc {:#x}: {}\n  work-group ({x}, {y}, {z}), wavefront {}",
            self.pc, self.instruction, self.wavefront
        )?;
        match self.lane {
            Some(lane) => write!(f, ", lane {lane}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Fault {}

/// Runs a dispatch to its end on up to `host_threads` host threads.
///
/// # Errors
/// The first fault that any wavefront met; the others are stopped at their next instruction or soon after.
pub fn run(request: &DispatchRequest<'_>) -> Result<DispatchStatistics, Fault> {
    crate::workgroup::run_grid(request)
}

/// Whether code decoded from now on may be translated to host code; it may unless told otherwise. Either way it does
/// the same.
pub fn enable_translation(on: bool) {
    crate::translate::enable(on);
}
