//! Where things are: the repository, the toolkit under test, LLVM's tools.

use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

/// The root of the repository that this harness was built from.
pub fn repository() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().and_then(Path::parent).expect("tests/harness is two folders down").to_path_buf()
}

/// The folder `tests/<name>`.
pub fn tests(name: &str) -> PathBuf {
    repository().join("tests").join(name)
}

/// The toolkit under test: `WAVEFOLD_TOOLKIT`, else `target/toolkit`.
pub fn root() -> PathBuf {
    match std::env::var_os("WAVEFOLD_TOOLKIT") {
        Some(path) => PathBuf::from(path),
        None => repository().join("target").join("toolkit"),
    }
}

/// A file of the toolkit, which must be there.
pub fn file(relative: &str) -> Result<PathBuf> {
    let path = root().join(relative);
    if !path.exists() {
        bail!("{} is missing: build the toolkit first (`cargo xtask toolkit`)", path.display());
    }
    Ok(path)
}

/// A program of LLVM 22, as Debian names it; `<NAME>` in the environment (`LLVM_MC`, `LD_LLD`) overrides.
pub fn llvm(name: &str) -> PathBuf {
    let variable = name.to_uppercase().replace(['-', '.'], "_");
    match std::env::var_os(variable) {
        Some(path) => PathBuf::from(path),
        None => PathBuf::from(format!("{name}-22")),
    }
}

/// The library to test as libcuda: `WAVEFOLD_TEST_LIBCUDA` (NVIDIA's own, say), else the toolkit's.
/// The flag tells whether it is another's.
pub fn libcuda() -> Result<(PathBuf, bool)> {
    match std::env::var_os("WAVEFOLD_TEST_LIBCUDA") {
        Some(path) => Ok((PathBuf::from(path), true)),
        None => Ok((file("lib64/libcuda.so.1")?, false)),
    }
}

/// The library to test as HSA runtime: `WAVEFOLD_TEST_LIBHSA` (AMD's own, say), else the toolkit's emulator.
pub fn libhsa() -> Result<PathBuf> {
    match std::env::var_os("WAVEFOLD_TEST_LIBHSA") {
        Some(path) => Ok(PathBuf::from(path)),
        None => file("lib64/emulator/libhsa-runtime64.so.1"),
    }
}
