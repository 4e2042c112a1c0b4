//! GROMACS's unpacked and configured source tree.

use super::debian_source;
use crate::{install, progress};
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Macros of `config.h` that a CUDA build sets otherwise than a CPU build.
const CUDA_MACROS: &[(&str, &str)] =
    &[("GMX_GPU", "1"), ("GMX_GPU_CUDA", "1"), ("GMX_GPU_NB_CLUSTER_SIZE", "8")];

/// A configured tree.
pub struct Tree {
    source: PathBuf,
    build: PathBuf,
    /// Holds the `config.h` of a CUDA build; comes before the build folder's own.
    cuda: PathBuf,
}

/// Fetches, unpacks and configures, as far as that is not done yet.
///
/// # Errors
/// When a step fails.
pub fn prepare(folder: &Path, version: &str) -> Result<Tree> {
    let archive = format!("gromacs_{version}.orig.tar.gz");
    debian_source::fetch("gromacs", &format!("{version}-2"), &archive, folder)?;
    let tree = Tree {
        source: folder.join(format!("gromacs-{version}")),
        build: folder.join("build"),
        cuda: folder.join("cuda"),
    };
    if !tree.source.join("CMakeLists.txt").exists() {
        let mut tar = Command::new("tar");
        tar.arg("xzf").arg(folder.join(archive)).current_dir(folder);
        progress::run("unpacking GROMACS", &mut tar)?;
    }
    let configured = tree.build.join("src/include/config.h");
    if !configured.exists() {
        let mut cmake = Command::new("cmake");
        cmake.arg("-S").arg(&tree.source).arg("-B").arg(&tree.build);
        cmake.args(["-DGMX_GPU=OFF", "-DGMX_FFT_LIBRARY=fftpack", "-DGMX_HWLOC=OFF", "-DGMX_SIMD=SSE4.1"]);
        cmake.args(["-DGMX_BUILD_OWN_FFTW=OFF", "-DGMX_EXTERNAL_BLAS=OFF", "-DGMX_EXTERNAL_LAPACK=OFF"]);
        progress::run("configuring GROMACS", &mut cmake)?;
    }
    install::text(&with_cuda(&fs::read_to_string(configured)?)?, &tree.cuda.join("config.h"))?;
    // Made by the build, which is not run; it only marks what a shared library exports.
    let export = "#define LIBGROMACS_EXPORT\n#define LIBGROMACS_NO_EXPORT\n";
    install::text(export, &tree.cuda.join("gromacs/libgromacs_export.h"))?;
    Ok(tree)
}

impl Tree {
    /// Every unit that a CUDA build compiles with nvcc: all `.cu`, and the `.cpp` that the CMake files name for CUDA.
    /// Paths are relative to the tree.
    ///
    /// # Errors
    /// When the tree cannot be read or holds none.
    pub fn cuda_units(&self) -> Result<Vec<PathBuf>> {
        let mut units = BTreeSet::new();
        collect(&self.source.join("src"), &mut units)?;
        let units: Vec<PathBuf> = units
            .into_iter()
            .filter_map(|path| path.strip_prefix(&self.source).map(Path::to_owned).ok())
            .collect();
        if units.is_empty() {
            bail!("no CUDA unit below {}", self.source.display());
        }
        Ok(units)
    }

    /// The full path of a unit.
    pub fn path(&self, unit: &Path) -> PathBuf {
        self.source.join(unit)
    }

    /// The folders that a unit's headers are looked for in, in order.
    pub fn include_folders(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.cuda.clone(), self.build.join("src/include"), self.build.join("src")];
        folders.push(self.build.join("api/legacy/include"));
        let below = [
            "src",
            "src/include",
            "src/gromacs/math/include",
            "src/gromacs/topology/include",
            "src/gromacs/utility/include",
            "api/legacy/include",
            "src/testutils/include",
            "src/external",
            "src/external/thread_mpi/include",
            "src/external/googletest/googletest/include",
            "src/external/googletest/googlemock/include",
            "src/external/clFFT/src/include",
        ];
        folders.extend(below.iter().map(|folder| self.source.join(folder)));
        folders
    }
}

fn with_cuda(config: &str) -> Result<String> {
    let mut text = String::with_capacity(config.len());
    let mut changed = 0;
    for line in config.lines() {
        let name = line.strip_prefix("#define ").and_then(|rest| rest.split_whitespace().next());
        match CUDA_MACROS.iter().find(|(macro_name, _)| name == Some(macro_name)) {
            Some((macro_name, value)) => {
                text += &format!("#define {macro_name} {value}\n");
                changed += 1;
            }
            None => text = text + line + "\n",
        }
    }
    if changed != CUDA_MACROS.len() {
        bail!("config.h has {changed} of the {} macros that choose CUDA", CUDA_MACROS.len());
    }
    Ok(text)
}

fn collect(folder: &Path, units: &mut BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            collect(&path, units)?;
        } else if path.extension().is_some_and(|extension| extension == "cu") {
            units.insert(path);
        } else if path.file_name().is_some_and(|name| name == "CMakeLists.txt") {
            let text = fs::read_to_string(&path)?;
            units.extend(named_for_cuda(&text).map(|name| folder.join(name)).filter(|unit| unit.exists()));
        }
    }
    Ok(())
}

/// The `.cpp` files in the lists headed `CUDA_SOURCES` and `GPU_CPP_SOURCE_FILES` of a CMake file.
fn named_for_cuda(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.split([' ', '\n', '\t', '(']).filter(|word| !word.is_empty()).filter_map(move |word| {
        let name = word.trim_end_matches(')');
        match name {
            "CUDA_SOURCES" | "GPU_CPP_SOURCE_FILES" => inside = true,
            _ if !name.contains('.') => inside = false,
            _ => {}
        }
        let found = (inside && name.ends_with(".cpp")).then_some(name);
        inside &= !word.ends_with(')');
        found
    })
}
