//! What the environment says: which device, where the toolkit is, what to report.
//!
//! Read once, at first use; a program that changes its environment later is not heard, as with CUDA's own variables.

use core::fmt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Which HSA runtime `WAVEFOLD_DEVICE` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceChoice {
    /// A usable AMD GPU if there is one, else the emulator.
    Auto,
    /// A GPU or nothing.
    Gpu,
    /// The emulator or nothing.
    Emulator,
}

/// The settings of this process.
#[derive(Clone, Debug)]
pub struct Config {
    /// `WAVEFOLD_DEVICE`, or the text that is none of its values.
    pub device: Result<DeviceChoice, String>,
    /// `WAVEFOLD_DEBUG` holds `api`: failed and missing calls are named on stderr.
    pub debug_api: bool,
    /// `WAVEFOLD_DEBUG` holds `calls`: every call is named on stderr.
    pub debug_calls: bool,
    /// The toolkit's root, from where this library lies, else from `WAVEFOLD_HOME`.
    pub toolkit: Option<PathBuf>,
    /// Where compiled PTX is kept; `None` when `WAVEFOLD_CACHE` is `off` or empty.
    pub cache: Option<PathBuf>,
    /// What the cache may hold at most, in bytes: `WAVEFOLD_CACHE_SIZE`, else 1 GiB.
    pub cache_bytes: u64,
}

/// The settings of this process.
pub fn config() -> &'static Config {
    static CONFIG: OnceLock<Config> = OnceLock::new();
    CONFIG.get_or_init(|| {
        let debug = std::env::var("WAVEFOLD_DEBUG").unwrap_or_default();
        let has = |word: &str| debug.split(',').any(|part| part.trim() == word || part.trim() == "all");
        Config {
            device: match std::env::var("WAVEFOLD_DEVICE").unwrap_or_default().as_str() {
                "" | "auto" => Ok(DeviceChoice::Auto),
                "gpu" => Ok(DeviceChoice::Gpu),
                "emulator" => Ok(DeviceChoice::Emulator),
                other => Err(other.to_owned()),
            },
            debug_api: has("api"),
            debug_calls: has("calls"),
            toolkit: toolkit_root(),
            cache: cache_folder(),
            cache_bytes: cache_bytes(),
        }
    })
}

/// Writes a line to stderr under `WAVEFOLD_DEBUG=api`.
pub fn debug_api(message: fmt::Arguments<'_>) {
    if config().debug_api {
        eprintln!("wavefold: {message}");
    }
}

/// `<root>` such that `<root>/lib64` holds this library, else `WAVEFOLD_HOME`, else `WAVEFOLD_TOOLKIT`.
fn toolkit_root() -> Option<PathBuf> {
    let of_library = own_file().and_then(|file| {
        let folder = file.parent()?;
        // A test binary or a static link is not in a toolkit: only its shape says so.
        let root = folder.parent()?;
        (folder.ends_with("lib64") && root.join("bin").is_dir()).then(|| root.to_path_buf())
    });
    let of_variable =
        |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    of_library.or_else(|| of_variable("WAVEFOLD_HOME")).or_else(|| of_variable("WAVEFOLD_TOOLKIT"))
}

/// The file this code was loaded from, links resolved.
fn own_file() -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    // SAFETY: an all-zero Dl_info is valid (null pointers).
    let mut info: libc::Dl_info = unsafe { core::mem::zeroed() };
    let anchor: fn() -> Option<PathBuf> = own_file;
    // SAFETY: the address is one of our own functions', the out pointer is valid.
    let found = unsafe { libc::dladdr(anchor as *const libc::c_void, &mut info) };
    if found == 0 || info.dli_fname.is_null() {
        return None;
    }
    // SAFETY: dladdr gives a zero-terminated path that lives as long as the object is loaded.
    let name = unsafe { core::ffi::CStr::from_ptr(info.dli_fname) };
    std::fs::canonicalize(Path::new(std::ffi::OsStr::from_bytes(name.to_bytes()))).ok()
}

/// Like CUDA's own `CUDA_CACHE_MAXSIZE`, a number of bytes; what is no number is as good as none.
fn cache_bytes() -> u64 {
    let text = std::env::var("WAVEFOLD_CACHE_SIZE").unwrap_or_default();
    text.trim().parse().unwrap_or(1 << 30)
}

fn cache_folder() -> Option<PathBuf> {
    match std::env::var_os("WAVEFOLD_CACHE") {
        Some(value) if value.is_empty() || value == "off" => None,
        Some(value) => Some(PathBuf::from(value)),
        None => {
            let base = std::env::var_os("XDG_CACHE_HOME")
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
                .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache")))?;
            Some(base.join("wavefold"))
        }
    }
}
