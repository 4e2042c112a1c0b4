//! `tests/emulator/<encoding>/*.s`: gfx90a assembly through HSA's C ABI, compared with tables from the ISA manual.
//!
//! `WAVEFOLD_TEST_LIBHSA=/path/to/libhsa-runtime64.so.1` runs the same tests on AMD's runtime and a gfx90a.

use anyhow::Result;
use std::process::ExitCode;
use std::time::Duration;
use wavefold_harness::{child, discover, toolkit, wave_test};

fn main() -> ExitCode {
    if let Some(code) = child::serve(wave_test::run) {
        return code;
    }
    discover::main(trials())
}

fn trials() -> Result<Vec<libtest_mimic::Trial>> {
    let folder = toolkit::tests("emulator");
    let mut trials = Vec::new();
    for path in discover::files(&folder, &["s"])? {
        let name = discover::name(&folder, &path);
        let skip = wave_test::read_header(&path).ok().and_then(|header| header.skip);
        trials.push(discover::trial(name, skip, move || child::run(&path, &[], Duration::from_secs(60))));
    }
    Ok(trials)
}
