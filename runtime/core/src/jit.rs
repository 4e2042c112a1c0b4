//! Compiling PTX at run time: the toolkit's own `ptxas` as a child process, its results kept on disk.
//!
//! The cache is keyed by the text, the options and the compiler's file (size and time of change). An entry is written to
//! a temporary name and renamed, so readers of other processes see whole files only.

use std::hash::Hasher;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::config::config;
use crate::error::{Error, Result};

/// What the compiler said, and how it is asked.
#[derive(Default, Debug)]
pub struct Log {
    /// Further options.
    pub options: Vec<String>,
    /// Its messages on failure.
    pub errors: String,
    /// Its messages on success.
    pub information: String,
}

/// The environment variables that change what the compiler makes.
const COMPILER_VARIABLES: [&str; 2] = ["WAVEFOLD_WARP_MAPPING", "WAVEFOLD_ATOMICS"];

/// The code object for PTX text.
pub fn compile(text: &[u8], log: Option<&mut Log>) -> Result<Vec<u8>> {
    let mut unread = Log::default();
    let log = log.unwrap_or(&mut unread);
    let compiler = config()
        .toolkit
        .as_ref()
        .map(|root| root.join("bin/ptxas"))
        .filter(|path| path.is_file())
        .ok_or_else(|| {
            Error::JIT_COMPILER_NOT_FOUND.because("no toolkit with bin/ptxas (set WAVEFOLD_HOME)")
        })?;
    let entry = cache_entry(&compiler, text, &log.options);
    if let Some(entry) = &entry
        && let Ok(code) = std::fs::read(entry)
        && code.starts_with(b"\x7fELF")
    {
        return Ok(code);
    }
    let code = run(&compiler, text, log)?;
    if let Some(entry) = &entry
        && let Err(reason) = store(entry, &code)
    {
        crate::config::debug_api(format_args!("{} was not cached: {reason}", entry.display()));
    }
    Ok(code)
}

fn run(compiler: &Path, text: &[u8], log: &mut Log) -> Result<Vec<u8>> {
    let system = |e: std::io::Error| Error::OPERATING_SYSTEM.because(e);
    let folder = TemporaryFolder::create().map_err(system)?;
    let (input, output) = (folder.0.join("module.ptx"), folder.0.join("module.hsaco"));
    std::fs::write(&input, text).map_err(system)?;
    let result = Command::new(compiler)
        .args(&log.options)
        .arg("-o")
        .arg(&output)
        .arg(&input)
        .stdin(Stdio::null())
        .output()
        .map_err(|e| Error::JIT_COMPILER_NOT_FOUND.because(format_args!("{}: {e}", compiler.display())))?;
    let mut messages = String::from_utf8_lossy(&result.stdout).into_owned();
    messages.push_str(&String::from_utf8_lossy(&result.stderr));
    // The temporary path means nothing to whoever reads the log.
    let messages = messages.replace(&format!("{}/", folder.0.display()), "");
    if result.status.success() {
        log.information.push_str(&messages);
        return std::fs::read(&output).map_err(system);
    }
    crate::config::debug_api(format_args!("ptxas: {}", messages.trim_end()));
    log.errors.push_str(&messages);
    Err(match result.status.code() {
        Some(1) => Error::INVALID_PTX,
        _ => Error::UNKNOWN.because(format_args!("the compiler ended with {}", result.status)),
    })
}

fn cache_entry(compiler: &Path, text: &[u8], options: &[String]) -> Option<PathBuf> {
    let folder = config().cache.as_ref()?;
    let about = std::fs::metadata(compiler).ok()?;
    let changed = about.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    // Two hashes of different seeds: 128 bits keep accidental collisions out of reach.
    let digest = |seed: u8| {
        // DefaultHasher::new has fixed keys, so its result is the same in every process of this build.
        #[allow(deprecated, reason = "the algorithm must not depend on the process")]
        let mut hasher = std::hash::SipHasher::new_with_keys(u64::from(seed), 0x7761_7665_666f_6c64);
        hasher.write_u64(about.len());
        hasher.write_u128(changed.as_nanos());
        for option in options {
            hasher.write(option.as_bytes());
            hasher.write_u8(0);
        }
        for variable in COMPILER_VARIABLES {
            let value = std::env::var_os(variable).unwrap_or_default();
            hasher.write(value.as_encoded_bytes());
            hasher.write_u8(0);
        }
        hasher.write(text);
        hasher.finish()
    };
    Some(folder.join("ptx").join(format!("{:016x}{:016x}.hsaco", digest(1), digest(2))))
}

fn store(entry: &Path, code: &[u8]) -> std::io::Result<()> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let folder = entry.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let temporary = folder.join(format!(".{}-{number}", std::process::id()));
    let written = std::fs::File::create(&temporary)
        .and_then(|mut file| file.write_all(code))
        .and_then(|()| std::fs::rename(&temporary, entry));
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

/// A private folder that goes away with its owner.
struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    fn create() -> std::io::Result<TemporaryFolder> {
        use std::os::unix::fs::DirBuilderExt;
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("wavefold-jit-{}-{number}", std::process::id());
            let path = std::env::temp_dir().join(name);
            match std::fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(TemporaryFolder(path)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
