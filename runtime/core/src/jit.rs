//! Compiling PTX at run time: the toolkit's own `ptxas` as a child process, its results kept on disk.
//!
//! A compilation is looked up in the cache by everything that its output depends on, before a process is started.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::cache;
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

/// One PTX text.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// What messages call it.
    pub name: &'a str,
    /// The text, without a zero at its end.
    pub text: &'a [u8],
}

/// The environment variables that change what the compiler makes.
const ENVIRONMENT: [&str; 3] = ["WAVEFOLD_WARP_MAPPING", "WAVEFOLD_DEVICE_LIBS", "WAVEFOLD_ATOMICS"];

/// The code object for PTX text.
pub fn compile(text: &[u8], log: Option<&mut Log>) -> Result<Vec<u8>> {
    let mut unread = Log::default();
    compile_linked(&[Input { name: "module.ptx", text }], log.unwrap_or(&mut unread))
}

/// One code object for PTX texts that declare each other's symbols.
pub fn compile_linked(inputs: &[Input<'_>], log: &mut Log) -> Result<Vec<u8>> {
    let compiler = find_compiler()?;
    let cached = cache::open().and_then(|cache| Some((cache, key(&compiler, inputs, &log.options)?)));
    if let Some((cache, key)) = &cached
        && let Some(entry) = cache.find(key)
    {
        log.information.push_str(&entry.messages);
        return Ok(entry.code);
    }
    let said = log.information.len();
    let code = run(&compiler, inputs, &[], log)?.ok_or(Error::UNKNOWN)?;
    if let Some((cache, key)) = &cached {
        let messages = log.information[said..].to_owned();
        let entry = cache::Entry { code, messages };
        cache.store(key, &entry);
        return Ok(entry.code);
    }
    Ok(code)
}

/// Whether a text is PTX at all; its complaints go to the log.
pub fn check(input: Input<'_>, log: &mut Log) -> Result<()> {
    run(&find_compiler()?, &[input], &["--check-only"], log).map(drop)
}

fn find_compiler() -> Result<PathBuf> {
    let root = config().toolkit.as_ref();
    root.map(|root| root.join("bin/ptxas"))
        .filter(|path| path.is_file())
        .ok_or_else(|| Error::JIT_COMPILER_NOT_FOUND.because("no toolkit with bin/ptxas (set WAVEFOLD_HOME)"))
}

/// Runs the compiler; gives what it wrote, if it wrote anything.
fn run(compiler: &Path, inputs: &[Input<'_>], options: &[&str], log: &mut Log) -> Result<Option<Vec<u8>>> {
    let system = |e: std::io::Error| Error::OPERATING_SYSTEM.because(e);
    let folder = TemporaryFolder::create().map_err(system)?;
    let output = folder.0.join("module.hsaco");
    let mut command = Command::new(compiler);
    command.args(&log.options).args(options).arg("-o").arg(&output).stdin(Stdio::null());
    for (index, input) in inputs.iter().enumerate() {
        // A folder each, so that messages can name the files as the program does.
        let place = folder.0.join(index.to_string());
        std::fs::create_dir(&place).map_err(system)?;
        let path = place.join(file_name(input.name));
        std::fs::write(&path, input.text).map_err(system)?;
        command.arg(path);
    }
    let result = command
        .output()
        .map_err(|e| Error::JIT_COMPILER_NOT_FOUND.because(format_args!("{}: {e}", compiler.display())))?;
    let mut messages = String::from_utf8_lossy(&result.stdout).into_owned();
    messages.push_str(&String::from_utf8_lossy(&result.stderr));
    // The temporary path means nothing to whoever reads the log.
    for index in 0..inputs.len() {
        messages = messages.replace(&format!("{}/{index}/", folder.0.display()), "");
    }
    if result.status.success() {
        log.information.push_str(&messages);
        return match std::fs::read(&output) {
            Ok(code) => Ok(Some(code)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(system(error)),
        };
    }
    crate::config::debug_api(format_args!("ptxas: {}", messages.trim_end()));
    log.errors.push_str(&messages);
    Err(match result.status.code() {
        Some(1) => Error::INVALID_PTX,
        _ => Error::UNKNOWN.because(format_args!("the compiler ended with {}", result.status)),
    })
}

/// The last part of a name, with nothing in it that a file's name cannot hold.
fn file_name(name: &str) -> &str {
    let last = name.rsplit('/').next().unwrap_or_default();
    if matches!(last, "" | "." | "..") || last.len() > 200 || last.contains('\0') {
        "module.ptx"
    } else {
        last
    }
}

/// Everything that the output depends on: the compiler's file, the options, the environment, the texts with their names.
fn key(compiler: &Path, inputs: &[Input<'_>], options: &[String]) -> Option<cache::Key> {
    use std::os::unix::fs::MetadataExt;
    let about = std::fs::metadata(compiler).ok()?;
    let mut key = cache::Key::new();
    for number in [about.len(), about.ino(), about.mtime() as u64, about.mtime_nsec() as u64] {
        key.add(&number.to_le_bytes());
    }
    for name in ENVIRONMENT {
        key.add(std::env::var_os(name).unwrap_or_default().as_encoded_bytes());
    }
    key.add(&(options.len() as u64).to_le_bytes());
    options.iter().for_each(|option| key.add(option.as_bytes()));
    for input in inputs {
        key.add(file_name(input.name).as_bytes());
        key.add(input.text);
    }
    Some(key)
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
