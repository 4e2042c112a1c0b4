//! The emulator's loader on any bytes: parsed, described, placed in device memory and relocated, or refused.
#![no_main]

use std::sync::Once;
use wavefold_emulator::loader::{elf, lines, load, metadata};
use wavefold_emulator::memory::pool;

/// Device memory that the fuzzed loader may use.
const CAPACITY: u64 = 1 << 30;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    static START: Once = Once::new();
    START.call_once(|| pool::set_capacities(vec![CAPACITY; 2]));
    let Ok(object) = elf::parse(data) else { return };
    let _ = metadata::parse(data);
    let _ = lines::places(data, object.span.start);
    let _ = load::place(&object, data, 1, |name| (name.len() % 2 == 0).then_some(0x1000));
});
