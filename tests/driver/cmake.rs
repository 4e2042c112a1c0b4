//! An ordinary CMake project, `tests/cmake`, configured, built and run with the toolkit in both ways that users have:
//! the toolchain file, and nvcc in `PATH`.
//!
//! Here the toolkit's own nvcc is under test, since CMake needs a toolkit that hangs together.

use crate::Body;
use crate::bench::{Answer, answer, contains, toolkit};
use std::path::{Path, PathBuf};
use std::process::Command;

pub fn tests() -> Vec<(&'static str, Body)> {
    vec![("by_toolchain_file", by_toolchain_file), ("by_path", by_path)]
}

fn by_toolchain_file() -> Result<(), String> {
    let file = toolkit()?.join("lib/cmake/wavefold/wavefold.cmake");
    let mut configure = Command::new("cmake");
    configure.arg(format!("-DCMAKE_TOOLCHAIN_FILE={}", file.display()));
    build_and_run(configure, None)
}

/// As with a CUDA whose libraries are in no standard place, the shared runtime is found by `LD_LIBRARY_PATH`.
fn by_path() -> Result<(), String> {
    let root = toolkit()?;
    let path = std::env::var("PATH").unwrap_or_default();
    let mut configure = Command::new("cmake");
    configure.env("PATH", format!("{}:{path}", root.join("bin").display()));
    build_and_run(configure, Some(root.join("lib64")))
}

fn build_and_run(mut configure: Command, libraries: Option<PathBuf>) -> Result<(), String> {
    let folder = tempfile::Builder::new().prefix("wavefold-test-").tempdir().map_err(|e| e.to_string())?;
    let build = folder.path().join("build");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cmake");
    configure.arg("-S").arg(source).arg("-B").arg(&build).env_remove("WAVEFOLD_HOME");
    let configured = must(configure)?;
    contains("configuration", &configured.stdout, "The CUDA compiler identification is NVIDIA 12.4.131")?;
    contains("configuration", &configured.stdout, "Detecting CUDA compiler ABI info - done")?;
    contains("configuration", &configured.stdout, "CUDA toolkit 12.4.131 in")?;
    let mut make = Command::new("cmake");
    make.arg("--build").arg(&build);
    must(make)?;
    let mut program = Command::new(build.join("program"));
    if let Some(libraries) = libraries {
        program.env("LD_LIBRARY_PATH", libraries);
    }
    let ran = must(program)?;
    contains("the program", &ran.stdout, "51153.0, expected 51153.0")
}

fn must(command: Command) -> Result<Answer, String> {
    let shown = format!("{command:?}");
    let answer =
        answer(command).map_err(|e| format!("{shown}: {e} (the tests need CMake: apt-get install cmake)"))?;
    if answer.code == Some(0) {
        return Ok(answer);
    }
    Err(format!("{shown} ended with {:?}\n{}\n{}", answer.code, answer.stdout, answer.stderr))
}
