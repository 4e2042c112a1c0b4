//! The names of CUDA's functions, read from our own headers.
//!
//! The headers hold one declaration a line, by rule; a function's name is the word before the first parenthesis of an
//! `extern` line. A `#define name name_suffix` to another function's name adds that name.

use std::collections::BTreeSet;

const RUNTIME_HEADER: &str = include_str!("../../include/cuda_runtime_api.h");
const DRIVER_HEADER: &str = include_str!("../../include/cuda.h");

/// Names of the runtime API: of the header, and what compiled programs call without a header.
pub fn runtime() -> BTreeSet<String> {
    let mut names = declared(RUNTIME_HEADER, "cuda");
    names.extend(crate::runtime_exports().map(|export| export.name.to_owned()));
    names
}

/// Names of the driver API.
pub fn driver() -> BTreeSet<String> {
    let mut names = declared(DRIVER_HEADER, "cu");
    names.extend(crate::driver_exports().map(|export| export.name.to_owned()));
    names
}

/// The functions that a header declares, and those that its macros rename them to.
pub fn declared(header: &str, prefix: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for line in header.lines() {
        if line.starts_with("extern ")
            && let Some((before, _)) = line.split_once('(')
            && let Some(name) = before.rsplit([' ', '*']).next()
            && name.trim_start_matches('_').starts_with(prefix)
        {
            names.insert(name.to_owned());
        }
    }
    for line in header.lines() {
        let mut words = line.split_whitespace();
        if let (Some("#define"), Some(from), Some(to), None) =
            (words.next(), words.next(), words.next(), words.next())
            && from.starts_with(prefix)
            && to.strip_prefix(from).is_some_and(|suffix| suffix.starts_with('_'))
            && names.contains(from)
        {
            names.insert(to.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_and_renamings_are_found() {
        let header = "#define cudaA cudaA_v2\n#define cudaB cudaB_ptsz\n#define cudaVersion 12\n\
                      extern cudaError_t CUDARTAPI cudaA_v2(int *x);\nextern const char *CUDARTAPI cudaB(void);\n";
        let names: Vec<String> = declared(header, "cuda").into_iter().collect();
        assert_eq!(names, ["cudaA_v2", "cudaB", "cudaB_ptsz"]);
    }

    #[test]
    fn every_function_with_a_header_is_declared_there() {
        for (header, prefix, exports) in [
            (RUNTIME_HEADER, "cuda", crate::runtime_exports().map(|e| e.name).collect::<Vec<_>>()),
            (DRIVER_HEADER, "cu", crate::driver_exports().map(|e| e.name).collect()),
        ] {
            let declared = declared(header, prefix);
            let missing: Vec<_> = exports
                .into_iter()
                .filter(|name| !name.starts_with("__cuda"))
                .filter(|name| {
                    // Programs reach the per-thread forms by a macro or by looking them up; the first form of a
                    // function with a second is for old binaries.
                    let base = name.trim_end_matches("_ptsz").trim_end_matches("_ptds");
                    !declared.contains(base) && !declared.contains(&format!("{base}_v2"))
                })
                .collect();
            assert!(missing.is_empty(), "exported but in no header: {missing:?}");
        }
    }
}
