//! Where the toolkit is, and where it finds the tools that it does not contain (clang, a host linker).
//!
//! The root is `$WAVEFOLD_HOME`, else the folder above the one that the running executable's real path is in. Paths of
//! outside tools are recorded in `<root>/toolkit.json` when the toolkit is built; an environment variable overrides
//! them and `PATH` is the last resort.

use crate::failure::{Failure, Result};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The CUDA version that the toolkit stands for.
pub const CUDA_VERSION: &str = "12.4.131";
/// Major, minor and build of [`CUDA_VERSION`], as `__CUDACC_VER_MAJOR__` and so on give them.
pub const CUDA_VERSION_PARTS: [&str; 3] = ["12", "4", "131"];
/// The compute capability that the device reports and every source is compiled for.
pub const COMPUTE_CAPABILITY: u32 = 70;

/// `toolkit.json`: what was found when the toolkit was built.
#[derive(Debug, Default, Deserialize)]
struct Recorded {
    clang: Option<PathBuf>,
    lld: Option<PathBuf>,
}

/// A toolkit's root and what was recorded in it.
#[derive(Debug)]
pub struct Toolkit {
    root: PathBuf,
    recorded: Recorded,
}

impl Toolkit {
    /// Finds the toolkit that the running executable belongs to.
    pub fn locate() -> Result<Toolkit> {
        let root = match std::env::var_os("WAVEFOLD_HOME") {
            Some(home) if !home.is_empty() => PathBuf::from(home),
            _ => {
                let own = std::env::current_exe()
                    .and_then(|path| path.canonicalize())
                    .map_err(|e| Failure::input(format!("cannot find the path of this executable: {e}")))?;
                match own.parent().and_then(Path::parent) {
                    Some(root) => root.to_path_buf(),
                    None => return Err(Failure::input(format!("'{}' is not in a toolkit", own.display()))),
                }
            }
        };
        let recorded = match std::fs::read_to_string(root.join("toolkit.json")) {
            Ok(text) => serde_json::from_str(&text).map_err(|e| {
                Failure::input(format!("'{}' is damaged: {e}", root.join("toolkit.json").display()))
            })?,
            Err(_) => Recorded::default(),
        };
        Ok(Toolkit { root, recorded })
    }

    /// The toolkit's root folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Our CUDA headers.
    pub fn include(&self) -> PathBuf {
        self.root.join("include")
    }

    /// Our libraries.
    pub fn lib(&self) -> PathBuf {
        self.root.join("lib64")
    }

    /// A tool of the toolkit itself, as `ptxas`; an error when the toolkit lacks it.
    pub fn own_tool(&self, name: &str) -> Result<PathBuf> {
        let path = self.root.join("bin").join(name);
        if path.is_file() {
            return Ok(path);
        }
        Err(Failure::input(format!("the toolkit in '{}' has no bin/{name}", self.root.display()))
            .note("it is incomplete: build it again with `cargo xtask toolkit`, or set WAVEFOLD_HOME"))
    }

    /// clang 22, which compiles both passes of a CUDA source.
    pub fn clang(&self) -> Result<PathBuf> {
        let candidates = ["clang-22", "/usr/lib/llvm-22/bin/clang"];
        find("WAVEFOLD_CLANG", self.recorded.clang.as_deref(), &candidates).ok_or_else(|| {
            Failure::input("clang 22 was not found")
                .note("install it (Debian: apt-get install clang-22), or name it in WAVEFOLD_CLANG")
        })
    }

    /// LLVM's linker, which `ptxas` uses for code objects.
    pub fn lld(&self) -> Result<PathBuf> {
        let candidates = ["ld.lld-22", "/usr/lib/llvm-22/bin/ld.lld"];
        find("WAVEFOLD_LLD", self.recorded.lld.as_deref(), &candidates).ok_or_else(|| {
            Failure::input("ld.lld 22 was not found")
                .note("install it (Debian: apt-get install lld-22), or name it in WAVEFOLD_LLD")
        })
    }
}

/// An executable by environment variable, recorded path, or name in `PATH`, in this order.
fn find(variable: &str, recorded: Option<&Path>, candidates: &[&str]) -> Option<PathBuf> {
    let named = std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(path) = named {
        return resolve(&path);
    }
    recorded.and_then(resolve).or_else(|| candidates.iter().find_map(|name| resolve(Path::new(name))))
}

/// The file that a program name means: itself when it has a slash, else the first of that name in `PATH`.
pub fn resolve(program: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return program.is_file().then(|| program.to_path_buf());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file())
}
