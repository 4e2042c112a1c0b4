//! The names of GPU architectures that nvcc's options take.
//!
//! Whatever is asked for, each source becomes one PTX for `compute_70` and one image for gfx90a: that is what the
//! device reports itself to be. So names are only checked, and any number of them, repeated or not, is accepted.

use crate::failure::{Failure, Result};

/// Compute capabilities that a CUDA 12 program may name.
const KNOWN: &[&str] = &[
    "35", "37", "50", "52", "53", "60", "61", "62", "70", "72", "75", "80", "86", "87", "89", "90", "90a",
    "100", "100a", "100f", "101", "101a", "103", "103a", "110", "120", "120a", "121",
];

/// Checks one name: `sm_80`, `compute_70`, `lto_80`, `gfx90a`, `native`, `all`, `all-major`.
pub fn check(name: &str) -> Result<()> {
    let number = ["sm_", "compute_", "lto_"].iter().find_map(|prefix| name.strip_prefix(prefix));
    match number {
        Some(number) if KNOWN.contains(&number) => Ok(()),
        None if matches!(name, "gfx90a" | "native" | "all" | "all-major") => Ok(()),
        _ => Err(Failure::input(format!("'{name}' is no architecture of CUDA"))
            .note("any of sm_35 to sm_121 is accepted, and gfx90a; the code is always for gfx90a")),
    }
}

/// Checks the value of `-gencode`: `arch=compute_80,code=[compute_80,sm_80]`, with or without the brackets.
pub fn check_generate(value: &str) -> Result<()> {
    let bad = || {
        Failure::input(format!("'{value}' is no value for option '-gencode'"))
            .note("it looks like arch=compute_80,code=sm_80 or arch=compute_80,code=[compute_80,sm_80]")
    };
    let value = value.trim_matches('"');
    let (arch, code) =
        value.strip_prefix("arch=").and_then(|rest| rest.split_once(",code=")).ok_or_else(bad)?;
    check(arch)?;
    let list = code.trim_matches(['[', ']', '"', '\\']);
    if list.is_empty() {
        return Err(bad());
    }
    list.split(',').try_for_each(check)
}

/// Names for `--list-gpu-arch` (`compute`) or `--list-gpu-code` (`sm`).
pub fn list(prefix: &str) -> String {
    KNOWN.iter().map(|number| format!("{prefix}_{number}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_generate_is_taken() {
        for good in [
            "arch=compute_80,code=sm_80",
            "arch=compute_80,code=[compute_80,sm_80]",
            "\"arch=compute_90a,code=[sm_90a]\"",
            "arch=compute_70,code=\"sm_70,compute_70\"",
        ] {
            assert!(check_generate(good).is_ok(), "{good}");
        }
        for bad in ["compute_80", "arch=compute_80", "arch=compute_80,code=", "arch=compute_1,code=sm_80"] {
            assert!(check_generate(bad).is_err(), "{bad}");
        }
    }
}
