//! The emulator's options, from the environment variable `WAVEFOLD_EMULATOR`.
//!
//! `key=value` pairs separated by commas: `gpus=N` (1 to 16), `cus=N` (1 to 304), `memory=SIZE` (of each GPU; a
//! number with `KiB`, `MiB`, `GiB` or `TiB`), `threads=N` (host threads that execute work-groups), `stats=FILE`
//! (where the totals go at the end; `1` for the standard error), `jit=off` (interpret everything),
//! `check=memory+race+init+wait+sync` (what to check),
//! `check-report=FILE` (where findings go as JSON), `launches=FILE` (counts by launch as JSON), `trace=FILE` (a timeline
//! for Perfetto), `order=free|deterministic` (deterministic: one host thread and a clock of its own, so that a run repeats
//! to the bit), `watchdog=SECONDS` (stop a launch in which no wavefront has ended for so long; 0: never). What is not said
//! has an MI210's figure.

use std::num::NonZero;
use std::time::Duration;

use crate::check::Checks;
use crate::dispatch::WorkGroupOrder;

/// What the user may choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Number of GPU agents.
    pub gpus: u32,
    /// Compute units of each.
    pub compute_units: u32,
    /// Bytes of device memory of each.
    pub memory: u64,
    /// Host threads that execute work-groups.
    pub threads: u32,
    /// Where the statistics are written at the end.
    pub statistics: Option<String>,
    /// Whether runs of vector instructions are translated to host code.
    pub translate: bool,
    /// The checks that are on.
    pub checks: Checks,
    /// Where their findings are written as JSON.
    pub check_report: Option<String>,
    /// Where the counts by launch are written at the end.
    pub launches: Option<String>,
    /// Where the timeline is written at the end.
    pub trace: Option<String>,
    /// Order of the work-groups.
    pub order: WorkGroupOrder,
    /// How long a launch may go on without a wavefront that ends.
    pub watchdog: Option<Duration>,
}

impl Default for Options {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get).min(256);
        Options {
            gpus: 1,
            compute_units: 104,
            memory: 64 << 30,
            threads: threads as u32,
            statistics: None,
            translate: true,
            checks: Checks::default(),
            check_report: None,
            launches: None,
            trace: None,
            order: WorkGroupOrder::Free,
            watchdog: None,
        }
    }
}

/// Reads the value of `WAVEFOLD_EMULATOR`; the error is a sentence for the user.
pub fn parse(text: &str) -> Result<Options, String> {
    let mut options = Options::default();
    for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
        let (key, value) =
            item.split_once('=').ok_or_else(|| format!("expected key=value, found `{item}`"))?;
        match key.trim() {
            "gpus" => options.gpus = number(key, value, 1, 16)?,
            "cus" => options.compute_units = number(key, value, 1, 304)?,
            "threads" => options.threads = number(key, value, 1, 1024)?,
            "memory" => options.memory = size(value)?,
            "stats" if matches!(value, "" | "0") => options.statistics = None,
            "stats" => options.statistics = Some(value.to_owned()),
            "jit" => {
                options.translate = match value.trim() {
                    "on" => true,
                    "off" => false,
                    _ => return Err(format!("jit: expected on or off, found `{value}`")),
                }
            }
            "check" => options.checks = checks(value)?,
            "check-report" => options.check_report = Some(value.to_owned()),
            "launches" => options.launches = Some(value.to_owned()),
            "trace" => options.trace = Some(value.to_owned()),
            "order" => {
                options.order = match value.trim() {
                    "free" => WorkGroupOrder::Free,
                    "deterministic" => WorkGroupOrder::Deterministic,
                    _ => return Err(format!("order: expected free or deterministic, found `{value}`")),
                }
            }
            "watchdog" => {
                let seconds = number(key, value, 0, 1_000_000)?;
                options.watchdog = (seconds > 0).then(|| Duration::from_secs(seconds.into()));
            }
            other => return Err(format!("unknown option `{other}` (known: {KNOWN})")),
        }
    }
    Ok(options)
}

/// The keys, for the message.
const KNOWN: &str =
    "gpus, cus, memory, threads, stats, jit, check, check-report, launches, trace, order, watchdog";

fn checks(value: &str) -> Result<Checks, String> {
    let mut checks = Checks::default();
    for name in value.split('+').filter(|name| !name.is_empty()) {
        let on = checks
            .by_name(name)
            .ok_or_else(|| format!("check: expected some of memory+race+init+wait+sync, found `{name}`"))?;
        *on = true;
    }
    Ok(checks)
}

fn number(key: &str, value: &str, least: u32, most: u32) -> Result<u32, String> {
    let number: Option<u32> = value.trim().parse().ok();
    number
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| format!("{key}: expected a number from {least} to {most}, found `{value}`"))
}

fn size(value: &str) -> Result<u64, String> {
    let text = value.trim();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match &text[digits.len()..] {
        "" => Some(0),
        "KiB" | "K" => Some(10),
        "MiB" | "M" => Some(20),
        "GiB" | "G" => Some(30),
        "TiB" | "T" => Some(40),
        _ => None,
    };
    let bytes = shift.and_then(|shift| digits.trim().parse::<u64>().ok()?.checked_mul(1 << shift));
    match bytes {
        // 47 bits are all the addresses an x86-64 process has.
        Some(bytes) if (16 << 20..=64 << 40).contains(&bytes) => Ok(bytes & !4095),
        _ => Err(format!("memory: expected a size from 16MiB to 64TiB such as 64GiB, found `{value}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_key() {
        let options = parse("gpus=2, cus=8,memory=512MiB,threads=3,stats=/tmp/x").expect("valid");
        assert_eq!((options.gpus, options.compute_units, options.threads), (2, 8, 3));
        assert_eq!(options.memory, 512 << 20);
        assert_eq!(options.statistics.as_deref(), Some("/tmp/x"));
        assert_eq!(parse("").expect("valid"), Options::default());
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for (text, complaint) in [
            ("gpus", "expected key=value, found `gpus`"),
            ("gpus=0", "gpus: expected a number from 1 to 16, found `0`"),
            ("cus=many", "cus: expected a number from 1 to 304, found `many`"),
            ("memory=1PiB", "memory: expected a size from 16MiB to 64TiB such as 64GiB, found `1PiB`"),
            (
                "memory=99999999999TiB",
                "memory: expected a size from 16MiB to 64TiB such as 64GiB, found `99999999999TiB`",
            ),
            ("jit=maybe", "jit: expected on or off, found `maybe`"),
            (
                "speed=9",
                "unknown option `speed` (known: gpus, cus, memory, threads, stats, jit, check, check-report, launches, trace, order, watchdog)",
            ),
            ("check=memory+speed", "check: expected some of memory+race+init+wait+sync, found `speed`"),
        ] {
            assert_eq!(parse(text).expect_err(text), complaint);
        }
    }
}
