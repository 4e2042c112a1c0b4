//! Puts files into the toolkit: beside the target first, then renamed over it.

use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Makes a folder with all its parents, and returns its path.
///
/// # Errors
/// When it cannot be made.
pub fn folder(path: &Path) -> Result<PathBuf> {
    fs::create_dir_all(path).with_context(|| format!("cannot make {}", path.display()))?;
    Ok(path.to_owned())
}

/// Copies one file.
///
/// # Errors
/// When it cannot be read or written.
pub fn file(from: &Path, to: &Path) -> Result<()> {
    replace(to, |temporary| fs::copy(from, temporary).map(drop))
        .with_context(|| format!("cannot install {}", from.display()))
}

/// Writes one file.
///
/// # Errors
/// When it cannot be written.
pub fn text(content: &str, to: &Path) -> Result<()> {
    replace(to, |temporary| fs::write(temporary, content))
}

/// Makes a symbolic link to a file of the same folder.
///
/// # Errors
/// When it cannot be made.
pub fn link(to_name: &str, at: &Path) -> Result<()> {
    replace(at, |temporary| std::os::unix::fs::symlink(to_name, temporary))
}

/// Copies all of a folder, and removes from the target what the source has no more.
///
/// # Errors
/// When something cannot be read, written or removed.
pub fn tree(from: &Path, to: &Path) -> Result<()> {
    folder(to)?;
    let mut kept = BTreeSet::<OsString>::new();
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            tree(&entry.path(), &target)?;
        } else {
            file(&entry.path(), &target)?;
        }
        kept.insert(entry.file_name());
    }
    for entry in fs::read_dir(to)? {
        let entry = entry?;
        if kept.contains(&entry.file_name()) {
            continue;
        }
        let path = entry.path();
        if entry.file_type()?.is_dir() { fs::remove_dir_all(path)? } else { fs::remove_file(path)? }
    }
    Ok(())
}

fn replace(target: &Path, write: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<()> {
    let parent = folder(target.parent().expect("a file has a folder"))?;
    let name = target.file_name().expect("a file has a name").to_string_lossy();
    let temporary = parent.join(format!(".{name}.{}", std::process::id()));
    let result = write(&temporary).and_then(|()| fs::rename(&temporary, target));
    if result.is_err() {
        // Nothing half-written stays; that the removal fails too adds nothing to the report.
        let _ = fs::remove_file(&temporary);
    }
    result.with_context(|| format!("cannot write {}", target.display()))
}
