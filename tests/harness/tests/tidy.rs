//! The house's rules on files (size, header comment, nothing of somebody's machine) and on what has a test.

use anyhow::{Result, bail};
use libtest_mimic::Trial;
use std::path::Path;
use std::process::ExitCode;
use wavefold_harness::{discover, rows, tidy, toolkit};

fn main() -> ExitCode {
    discover::main(Ok(vec![
        rule("no file past its size", |path, text| tidy::too_long(path, text).into_iter().collect()),
        rule("a header comment in every file", |path, text| {
            tidy::without_header(path, text).into_iter().collect()
        }),
        rule("no machine's paths and no registry's hosts", tidy::not_portable),
        discover::trial("a test for every row of the emulator".to_string(), None, || {
            let untested = tidy::untested_rows(&toolkit::repository())?;
            if untested.is_empty() { Ok(()) } else { bail!("{}", untested.join("\n")) }
        }),
        discover::trial("a test for every row of PTX that is lowered".to_string(), None, || {
            let found = rows::coverage()?;
            println!(
                "words of live rows that no test uses: {} (WAVEFOLD_UNUSED_WORDS=1 lists them)",
                found.unused_words.len()
            );
            if std::env::var_os("WAVEFOLD_UNUSED_WORDS").is_some() {
                found.unused_words.iter().for_each(|line| println!("  {line}"));
            }
            if found.untested.is_empty() { Ok(()) } else { bail!("{}", found.untested.join("\n")) }
        }),
    ]))
}

fn rule(name: &str, judge: fn(&Path, &str) -> Vec<String>) -> Trial {
    discover::trial(name.to_string(), None, move || every_file(judge))
}

fn every_file(judge: fn(&Path, &str) -> Vec<String>) -> Result<()> {
    let root = toolkit::repository();
    let mut complaints = Vec::new();
    for file in tidy::tracked(&root)? {
        // Files that are not text have no lines to judge.
        if let Ok(text) = std::fs::read_to_string(root.join(&file)) {
            complaints.extend(judge(&file, &text));
        }
    }
    if !complaints.is_empty() {
        bail!("{}", complaints.join("\n"));
    }
    Ok(())
}
