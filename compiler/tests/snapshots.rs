//! LLVM IR as lowered, before the optimiser, for three small inputs; `cargo insta review` shows what changed.

mod common;

use common::{input, text};
use wavefold_compiler::Emit;

/// Without the note's bytes, which depend on nothing that the snapshot is about, and without attribute groups' numbers.
fn lowered(name: &str) -> String {
    let ir = text(&input(name), Emit::LlvmIr);
    let keep = |line: &&str| {
        !["@wavefold.note", "@llvm.used", "target datalayout", "declare ", "; Function Attrs"]
            .iter()
            .any(|start| line.starts_with(start))
    };
    ir.lines().filter(keep).collect::<Vec<_>>().join("\n")
}

#[test]
fn axpy() {
    insta::assert_snapshot!(lowered("axpy"));
}

#[test]
fn block_sum() {
    insta::assert_snapshot!(lowered("block_sum"));
}

#[test]
fn library() {
    insta::assert_snapshot!(lowered("library"));
}
