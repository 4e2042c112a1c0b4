//! The list of lowered forms: every row is in it, and what is not lowered is refused by its name.

use std::collections::BTreeSet;
use wavefold_compiler::coverage::{self, Outcome};

#[test]
fn every_row_is_tried_and_refused_by_name_or_lowered() {
    let entries = coverage::list().expect("what is lowered verifies");
    let tried: BTreeSet<&str> = entries.iter().map(|entry| entry.row.syntax).collect();
    for row in ptx_frontend::isa::all_rows() {
        assert!(tried.contains(row.syntax), "no example of `{}`", row.syntax);
    }
    for entry in &entries {
        match &entry.outcome {
            Outcome::Live => {}
            Outcome::Refused(reason) => {
                assert!(reason.contains(&*entry.form.text), "{}: {reason}", entry.instruction);
            }
            // `[.Vec].LdTypes` spells accesses of 256 bits besides, which few spaces have.
            Outcome::Invalid(reason) => {
                let known = reason.contains("at most 128") || entry.form.conflict().is_some();
                assert!(known, "{}: {reason}", entry.instruction);
            }
        }
    }
    let live = entries.iter().filter(|entry| entry.outcome == Outcome::Live).count();
    assert!(live > 2000, "only {live} spellings are lowered");
}
