//! What the device has done since the process began: for the user's table, and for `stats=FILE` at the end; `launch` has the counts by launch.

pub(crate) mod launch;

use std::sync::atomic::{AtomicU64, Ordering};

use crate::dispatch::DispatchStatistics;

/// The C structure that `wavefold_emulator_statistics` fills.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Kernel dispatches begun.
    pub dispatches: u64,
    /// Work-groups completed.
    pub workgroups: u64,
    /// Wavefronts completed.
    pub wavefronts: u64,
    /// Instructions executed, one for each wavefront that executed it.
    pub wave_instructions: u64,
    /// Nanoseconds during which dispatches ran, summed over the queues.
    pub busy_nanoseconds: u64,
}

static DISPATCHES: AtomicU64 = AtomicU64::new(0);
static WORKGROUPS: AtomicU64 = AtomicU64::new(0);
static WAVEFRONTS: AtomicU64 = AtomicU64::new(0);
static WAVE_INSTRUCTIONS: AtomicU64 = AtomicU64::new(0);
static BUSY: AtomicU64 = AtomicU64::new(0);

/// Counts a dispatch that ran for so many nanoseconds; a faulting one has no counts of its own.
pub fn record(nanoseconds: u64, dispatch: Option<&DispatchStatistics>) {
    DISPATCHES.fetch_add(1, Ordering::Relaxed);
    BUSY.fetch_add(nanoseconds, Ordering::Relaxed);
    if let Some(dispatch) = dispatch {
        WORKGROUPS.fetch_add(dispatch.workgroups, Ordering::Relaxed);
        WAVEFRONTS.fetch_add(dispatch.waves, Ordering::Relaxed);
        WAVE_INSTRUCTIONS.fetch_add(dispatch.wave_instructions, Ordering::Relaxed);
    }
}

/// The counts so far.
pub fn current() -> Statistics {
    Statistics {
        dispatches: DISPATCHES.load(Ordering::Relaxed),
        workgroups: WORKGROUPS.load(Ordering::Relaxed),
        wavefronts: WAVEFRONTS.load(Ordering::Relaxed),
        wave_instructions: WAVE_INSTRUCTIONS.load(Ordering::Relaxed),
        busy_nanoseconds: BUSY.load(Ordering::Relaxed),
    }
}

/// The counts as one line of JSON.
pub fn to_json(statistics: &Statistics) -> String {
    let Statistics { dispatches, workgroups, wavefronts, wave_instructions, busy_nanoseconds } = statistics;
    format!(
        "{{\"dispatches\":{dispatches},\"workgroups\":{workgroups},\"wavefronts\":{wavefronts},\
         \"wave_instructions\":{wave_instructions},\"busy_nanoseconds\":{busy_nanoseconds}}}"
    )
}

/// Writes the counts where the user asked for them: `1` or `-` is the standard error, anything else a file.
pub fn write(target: &str) {
    let line = to_json(&current());
    if matches!(target, "1" | "-") {
        eprintln!("wavefold emulator: {line}");
    } else if let Err(error) = std::fs::write(target, line + "\n") {
        eprintln!("wavefold emulator: cannot write the statistics to {target}: {error}");
    }
}
