//! The table of CUDA's functions: what is correct, partial and absent, as Markdown.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

use wavefold_core::boundary::Export;

use crate::names;

/// The whole of docs/api-coverage.md.
pub fn markdown() -> String {
    let mut page = String::from(
        "# Coverage of CUDA's APIs\n\n\
         Made from the headers and the code by `wavefold-link-runtime --coverage`; a test compares it.\n\n\
         *correct*: does what CUDA 12.4's documentation says, within the limits of docs/; *partial*: with the \
         difference named; *absent*: can be linked and called, returns `cudaErrorNotSupported` \
         (`CUDA_ERROR_NOT_SUPPORTED`) and names itself once under `WAVEFOLD_DEBUG=api`.\n",
    );
    chapter(&mut page, "Runtime API (libcudart)", &names::runtime(), crate::runtime_exports().collect());
    chapter(&mut page, "Driver API (libcuda)", &names::driver(), crate::driver_exports().collect());
    page
}

fn chapter(page: &mut String, title: &str, names: &BTreeSet<String>, exports: Vec<&'static Export>) {
    let known: HashMap<&str, &Export> = exports.into_iter().map(|export| (export.name, export)).collect();
    let partial = known.values().filter(|export| export.partial.is_some()).count();
    let (total, present) = (names.len(), known.len());
    let _ = write!(
        page,
        "\n## {title}\n\n{} correct, {partial} partial, {} absent, of {total}.\n\n| function | state | note |\n|---|---|---|\n",
        present - partial,
        total - present,
    );
    for name in names {
        let (state, note) = match known.get(name.as_str()) {
            None => ("absent", ""),
            Some(Export { partial: Some(note), .. }) => ("partial", *note),
            Some(_) => ("correct", ""),
        };
        let _ = writeln!(page, "| `{name}` | {state} | {note} |");
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn the_page_in_docs_is_up_to_date() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api-coverage.md");
        let fresh = super::markdown();
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &fresh).expect("docs can be written");
        }
        let page = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(page == fresh, "docs/api-coverage.md is stale: run this test with BLESS=1");
    }
}
