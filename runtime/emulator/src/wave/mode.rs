//! MODE and the host's MXCSR.
//!
//! The host's vector unit can round and flush as MODE asks, so 32-bit operations run with MXCSR set from MODE's
//! 32-bit half. The 64- and 16-bit half may differ; operations of those widths then switch for their own length.

/// MXCSR with all exceptions masked, rounding to nearest, nothing flushed.
const MXCSR_DEFAULT: u32 = 0x1f80;

/// The two MXCSR values of a wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HostModes {
    /// For 32-bit floating point, and between instructions.
    pub single: u32,
    /// For 64- and 16-bit floating point.
    pub double: u32,
}

impl HostModes {
    /// From MODE: rounding in 1:0 and 3:2, denormals in 5:4 and 7:6, the 32-bit half first.
    pub fn from_mode(mode: u32) -> Self {
        let host = |round: u32, denormals: u32| {
            // Nearest, up, down, zero against nearest, down, up, zero.
            let round = [0, 2, 1, 3][(round & 3) as usize] << 13;
            let inputs = u32::from(denormals & 1 == 0) << 6;
            let outputs = u32::from(denormals & 2 == 0) << 15;
            MXCSR_DEFAULT | round | inputs | outputs
        };
        Self { single: host(mode, mode >> 4), double: host(mode >> 2, mode >> 6) }
    }

    /// Whether the two halves ask for different things.
    #[inline(always)]
    pub fn differ(self) -> bool {
        self.single != self.double
    }
}

/// Loads MXCSR.
#[inline(always)]
pub(crate) fn set_mxcsr(value: u32) {
    // SAFETY: only rounding and flushing change, all exceptions stay masked; executors are reached through function
    // pointers, so no floating-point operation of ours moves across, and `run_wave` restores the default.
    unsafe { std::arch::asm!("ldmxcsr [{}]", in(reg) &value, options(nostack, readonly)) }
}

/// Loads MXCSR with what Rust code expects.
#[inline(always)]
pub(crate) fn restore_mxcsr() {
    set_mxcsr(MXCSR_DEFAULT);
}
