//! A module printed and parsed again is the same module.

mod common;

use std::path::PathBuf;

/// PTX that clang-22 made of the CUDA beside it, and hand-written modules after the manual.
#[test]
fn modules_survive_printing() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/modules");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the folder of modules") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "ptx") {
            let source = std::fs::read_to_string(&path).expect("a text file");
            common::round_trip(&source, &path.display().to_string());
            count += 1;
        }
    }
    assert!(count > 0, "no modules");
}

/// Every PTX file of the folder that `WAVEFOLD_PTX_CORPUS` names, if it is set.
#[test]
fn a_corpus_survives_printing() {
    let Ok(folder) = std::env::var("WAVEFOLD_PTX_CORPUS") else { return };
    for entry in std::fs::read_dir(folder).expect("the folder of the corpus") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "ptx") {
            let source = std::fs::read_to_string(&path).expect("a text file");
            common::round_trip(&source, &path.display().to_string());
        }
    }
}
