//! `tests/ptx/<chapter>/*.ptx`: one kernel launch each, through the CUDA driver API.
//!
//! `WAVEFOLD_TEST_LIBCUDA=/path/to/libcuda.so.1` runs the same tests on NVIDIA's driver; with `BLESS=1` besides, the
//! tests that pass there are marked `proved`.

use anyhow::Result;
use std::process::ExitCode;
use std::time::Duration;
use wavefold_harness::{child, cuda, discover, ptx_test, toolkit};

fn main() -> ExitCode {
    if let Some(code) = child::serve(ptx_test::run) {
        return code;
    }
    discover::main(trials())
}

fn trials() -> Result<Vec<libtest_mimic::Trial>> {
    let folder = toolkit::tests("ptx");
    let mut trials = Vec::new();
    for path in discover::files(&folder, &["ptx"])? {
        let name = discover::name(&folder, &path);
        let (skip, mapping) = match ptx_test::read_header(&path) {
            Ok(header) => (header.skip, header.mapping),
            // The test itself reports what is wrong with its header.
            Err(_) => (None, None),
        };
        trials.push(discover::trial(name, skip, move || {
            // What is tested is the compiler as it is now, not a result of an earlier run.
            let mut variables = vec![("WAVEFOLD_CACHE".to_string(), "off".to_string())];
            if std::env::var_os("WAVEFOLD_DEVICE").is_none() {
                variables.push(("WAVEFOLD_DEVICE".into(), "emulator".into()));
            }
            if let Some(mapping) = mapping {
                variables.push(("WAVEFOLD_WARP_MAPPING".into(), mapping));
            }
            child::run(&path, &variables, Duration::from_secs(120))?;
            let (library, foreign) = toolkit::libcuda()?;
            if foreign && discover::bless() {
                ptx_test::record_proof(&path, &cuda::Driver::open(&library)?.describe()?)?;
            }
            Ok(())
        }));
    }
    Ok(trials)
}
