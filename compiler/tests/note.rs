//! What the code object says of itself: the note, the symbols, and that the same input gives the same bytes.

mod common;

use common::{build, input, kernel};
use wavefold_compiler::Emit;
use wavefold_formats::CodeObject;
use wavefold_formats::note::{ParameterNote, VariableSpace, WarpMapping};

#[test]
fn parameters_bounds_and_mapping_are_in_the_note() {
    let object = CodeObject::parse(&build(&input("axpy"), Emit::Object)).expect("a code object");
    let note = object.note.as_ref().expect("a note");
    assert_eq!((note.target.as_str(), note.ptx_version, note.ptx_target), ("gfx90a", 80, 70));
    let axpy = &note.kernels[0];
    assert_eq!(axpy.name, "axpy");
    let expected = [(0, 4), (4, 4), (8, 8), (16, 8)].map(|(offset, size)| ParameterNote { offset, size });
    assert_eq!(axpy.parameters, expected);
    assert_eq!((axpy.parameter_bytes, axpy.max_threads, axpy.mapping), (24, 256, WarpMapping::Fold));
    let kernel = object.kernel("axpy").expect("metadata");
    assert_eq!((kernel.kernarg_size, kernel.private_size, kernel.group_size), (280, 0, 0));
    assert_eq!(kernel.max_workgroup_size, 256);
}

#[test]
fn visible_variables_are_in_the_note() {
    let object = CodeObject::parse(&build(&input("block_sum"), Emit::Object)).expect("a code object");
    let variables: Vec<_> =
        object.note.expect("a note").variables.into_iter().map(|v| (v.name, v.size, v.space)).collect();
    let expected = [
        ("scale".to_owned(), 4, VariableSpace::Constant),
        ("total".to_owned(), 4, VariableSpace::Global),
        ("where".to_owned(), 8, VariableSpace::Global),
    ];
    assert_eq!(variables, expected);
}

#[test]
fn a_split_kernel_says_so_and_takes_half_the_threads() {
    let ptx = kernel("setp.lt.u32 %p1, %r1, 40; @!%p1 bra $skip; bar.sync 0; $skip: bar.sync 0;");
    let object = CodeObject::parse(&build(&ptx, Emit::Object)).expect("a code object");
    let note = &object.note.as_ref().expect("a note").kernels[0];
    assert_eq!((note.mapping, note.max_threads), (WarpMapping::Split, 512));
    assert_eq!(object.kernel("kernel").expect("metadata").max_workgroup_size, 1024);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for name in ["axpy", "block_sum", "library"] {
        assert_eq!(build(&input(name), Emit::Object), build(&input(name), Emit::Object), "{name}");
    }
}
