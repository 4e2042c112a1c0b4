//! Fetches a Debian source package by name and version, whether or not apt's own lists name source packages.

use crate::{install, progress};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Downloads `package=version` into `folder`, unless `wanted`, one of its files, is there already.
///
/// # Errors
/// When apt's sources cannot be read, or the package is not to be had.
pub fn fetch(package: &str, version: &str, wanted: &str, folder: &Path) -> Result<()> {
    if folder.join(wanted).exists() {
        return Ok(());
    }
    let apt = install::folder(&folder.join("apt"))?;
    install::folder(&apt.join("lists/partial"))?;
    install::folder(&apt.join("archives/partial"))?;
    let sources = install::folder(&apt.join("sources"))?;
    if write_sources(&sources)? == 0 {
        bail!("apt has no source of Debian's packages");
    }
    let options = [
        format!("Dir::Etc::SourceList={}", apt.join("none").display()),
        format!("Dir::Etc::SourceParts={}", sources.display()),
        format!("Dir::State::Lists={}", apt.join("lists").display()),
        format!("Dir::Cache={}", apt.display()),
    ];
    let apt_get = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        for option in &options {
            command.args(["-o", option]);
        }
        command.args(arguments).current_dir(folder);
        command
    };
    progress::run("reading the lists of source packages", &mut apt_get(&["update"]))?;
    let name = format!("{package}={version}");
    progress::run(
        &format!("fetching the source of {name}"),
        &mut apt_get(&["source", "--download-only", &name]),
    )
}

/// Writes apt's own sources again, as sources of source packages; returns how many.
fn write_sources(folder: &Path) -> Result<usize> {
    let mut count = 0;
    for entry in
        fs::read_dir("/etc/apt/sources.list.d").context("this is not Debian: there is no /etc/apt")?
    {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "sources") {
            let text = fs::read_to_string(&path)?;
            let text: Vec<&str> = text
                .lines()
                .map(|line| if line.starts_with("Types:") { "Types: deb-src" } else { line })
                .collect();
            install::text(
                &(text.join("\n") + "\n"),
                &folder.join(path.file_name().expect("an entry has a name")),
            )?;
            count += 1;
        }
    }
    if let Ok(text) = fs::read_to_string("/etc/apt/sources.list") {
        let lines: Vec<String> = text
            .lines()
            .filter_map(|line| line.strip_prefix("deb "))
            .map(|line| format!("deb-src {line}\n"))
            .collect();
        if !lines.is_empty() {
            install::text(&lines.concat(), &folder.join("classic.list"))?;
            count += 1;
        }
    }
    Ok(count)
}
