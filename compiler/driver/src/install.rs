//! Puts a finished file where the user wants it, whole or not at all.
//!
//! Takes a file of ours in the scratch folder. Afterwards the target is the whole new file, or what it was before.

use crate::failure::{Failure, Result, reason};
use std::io::Write;
use std::path::Path;

/// Copies `finished` to `target` through a temporary file beside the target and a rename.
pub fn install(finished: &Path, target: &Path) -> Result<()> {
    let failed =
        |e: &std::io::Error| Failure::input(format!("cannot write '{}': {}", target.display(), reason(e)));
    let bytes = std::fs::read(finished).map_err(|e| failed(&e))?;
    let executable = is_executable(finished);
    write(target, &bytes, executable).map_err(|e| failed(&e))
}

/// Writes `bytes` to `target` as [`install`] does.
pub fn install_bytes(bytes: &[u8], target: &Path) -> Result<()> {
    write(target, bytes, false)
        .map_err(|e| Failure::input(format!("cannot write '{}': {}", target.display(), reason(&e))))
}

fn write(target: &Path, bytes: &[u8], executable: bool) -> std::io::Result<()> {
    if target == Path::new("-") {
        return std::io::stdout().lock().write_all(bytes);
    }
    // A device or pipe (/dev/null, /dev/stdout) is written to, not replaced.
    if let Ok(found) = std::fs::metadata(target)
        && !found.is_file()
    {
        if found.is_dir() {
            return Err(std::io::Error::from_raw_os_error(libc::EISDIR));
        }
        return std::fs::OpenOptions::new().write(true).open(target)?.write_all(bytes);
    }
    let folder = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut file = tempfile::Builder::new().prefix(".wavefold-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    set_mode(file.as_file(), executable)?;
    file.persist(target).map_err(|e| e.error)?;
    Ok(())
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o100 != 0)
}

/// Temporary files are private; a compiler's outputs have the modes that the umask leaves.
fn set_mode(file: &std::fs::File, executable: bool) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    // SAFETY: umask only exchanges the process's mask; no other thread of ours creates files at this moment that
    // would be harmed by the two calls.
    let mask = unsafe {
        let mask = libc::umask(0o022);
        libc::umask(mask);
        mask
    };
    let mode = (if executable { 0o777 } else { 0o666 }) & !mask;
    file.set_permissions(std::fs::Permissions::from_mode(mode))
}
