//! Builds the toolkit: a folder shaped like a CUDA toolkit, complete by itself and free to be moved.
//!
//! Executables and static libraries come from cargo; the shared libraries are then linked by their packages' own
//! means, because a Rust cdylib can carry neither a version node nor a soname. Files are replaced by renaming, so
//! that a program which still runs on the old toolkit keeps it.

use crate::{install, packages, progress, workspace};
use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The version of the CUDA toolkit that this one takes the place of.
const CUDA_VERSION: &str = "12.4.131";

/// The names under which `bin/wavefold` is known; it acts by the name it is called by.
const DRIVER_NAMES: &[&str] = &["nvcc", "fatbinary", "nvlink", "cuobjdump"];

/// Builds `target/toolkit` and returns its path.
///
/// # Errors
/// When a package is missing, or a build step fails.
pub fn build() -> Result<PathBuf> {
    packages::ensure(packages::TOOLKIT)?;
    let mut cargo = workspace::cargo();
    cargo.args(["build", "--release"]);
    for package in ["wavefold-compiler", "wavefold-driver", "wavefold-emulator", "wavefold-library"] {
        cargo.args(["--package", package]);
    }
    progress::run("compiling the toolkit", &mut cargo)?;

    let root = workspace::toolkit();
    let release = workspace::target().join("release");
    install_executables(&root, &release)?;
    link_emulator(&root, &release)?;
    link_runtime(&root, &release)?;
    install_data(&root)?;
    Ok(root)
}

fn install_executables(root: &Path, release: &Path) -> Result<()> {
    for name in ["ptxas", "wavefold"] {
        install::file(&release.join(name), &root.join("bin").join(name))?;
    }
    for name in DRIVER_NAMES {
        install::link("wavefold", &root.join("bin").join(name))?;
    }
    Ok(())
}

fn link_emulator(root: &Path, release: &Path) -> Result<()> {
    let source = workspace::root().join("runtime/emulator");
    let folder = install::folder(&root.join("lib64/emulator"))?;
    let mut link = Command::new(source.join("link.sh"));
    link.arg(release.join("libwavefold_emulator.a")).arg(folder.join("libhsa-runtime64.so.1"));
    progress::run("linking libhsa-runtime64.so.1", &mut link)?;

    let mut shim = Command::new("cc");
    shim.args(["-shared", "-fPIC", "-O2", "-o"]).arg(folder.join("libwavefold-kfd.so"));
    shim.arg(source.join("preload/kfd.c")).arg("-ldl");
    progress::run("linking libwavefold-kfd.so", &mut shim)
}

fn link_runtime(root: &Path, release: &Path) -> Result<()> {
    let folder = install::folder(&root.join("lib64"))?;
    let mut link = Command::new(release.join("wavefold-link-runtime"));
    link.arg("--archive").arg(release.join("libwavefold_library.a")).arg("--output").arg(folder);
    progress::run("linking libwavefold.so.1 and CUDA's libraries over it", &mut link)
}

fn install_data(root: &Path) -> Result<()> {
    install::tree(&workspace::root().join("runtime/include"), &root.join("include"))?;
    install::tree(&workspace::root().join("compiler/driver/cmake"), &root.join("lib/cmake/wavefold"))?;
    install::folder(&root.join("nvvm/libdevice"))?;
    let version = format!(
        "{{\n  \"cuda\": {{ \"name\": \"CUDA SDK\", \"version\": \"{CUDA_VERSION}\" }},\n  \
         \"wavefold\": {{ \"name\": \"Wavefold\", \"version\": \"{}\" }}\n}}\n",
        env!("CARGO_PKG_VERSION")
    );
    install::text(&version, &root.join("version.json"))?;
    install::text(&tools(), &root.join("toolkit.json"))
}

/// What the driver is told of this machine: where its tools were when the toolkit was built.
fn tools() -> String {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found =
        |name: &str| std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    let lines: Vec<String> = [("clang", "clang-22"), ("lld", "ld.lld-22")]
        .iter()
        .filter_map(|(key, name)| {
            found(name).map(|file| format!("  \"{key}\": {:?}", file.display().to_string()))
        })
        .collect();
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}
