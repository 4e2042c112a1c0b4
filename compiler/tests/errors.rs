//! Complaints about what cannot be lowered: all of them, each at its place, and never a panic.

mod common;

use common::{complaint, kernel};

/// A kernel of instructions whose hardware no AMD GPU has.
fn hopper_kernel(body: &str) -> String {
    kernel(body).replace(".version 8.0\n.target sm_80", ".version 8.5\n.target sm_90a")
}

#[test]
fn an_unsupported_instruction_is_named_where_it_stands() {
    let text = complaint(&hopper_kernel("wgmma.fence.sync.aligned;"));
    insta::assert_snapshot!(text);
}

#[test]
fn errors_of_all_functions_come_together_in_order() {
    let two = hopper_kernel(
        "wgmma.fence.sync.aligned;\nwgmma.commit_group.sync.aligned;\nwgmma.wait_group.sync.aligned 0;",
    );
    let text = complaint(&two);
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("test.ptx:")).collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(
        lines[0].contains("wgmma.fence")
            && lines[1].contains("wgmma.commit_group")
            && lines[2].contains("wgmma.wait_group"),
        "{text}"
    );
}

#[test]
fn a_missing_function_is_named() {
    let ptx = ".version 8.0\n.target sm_70\n.address_size 64\n.extern .func elsewhere;\n\
               .visible .entry kernel()\n{\n    call.uni elsewhere;\n    ret;\n}\n";
    let text = complaint(ptx);
    assert!(
        text.starts_with("test.ptx:7:5: error: the function `elsewhere` is not defined in this module"),
        "{text}"
    );
}

#[test]
fn the_address_of_a_managed_variable_is_no_initial_value() {
    let ptx = ".version 8.0\n.target sm_70\n.address_size 64\n\
               .visible .global .attribute(.managed) .align 4 .u32 both;\n\
               .visible .global .align 8 .u64 address = both;\n";
    let text = complaint(ptx);
    assert!(
        text.starts_with("test.ptx:5:")
            && text.contains("the address of a managed variable is not a constant"),
        "{text}"
    );
}

#[test]
fn too_much_shared_memory_is_refused_at_the_kernel() {
    let ptx = ".version 8.0\n.target sm_70\n.address_size 64\n.visible .entry large()\n{\n\
               .shared .align 4 .b8 buffer[70000];\n.reg .b32 %r<2>;\nst.shared.u32 [buffer], %r1;\nret;\n}\n";
    let text = complaint(ptx);
    assert!(text.contains("kernel `large` needs 70000 bytes of shared memory; at most 65536"), "{text}");
}

#[test]
fn odd_but_valid_text_does_not_panic() {
    for text in ["", "\0", "garbage", ".version 8.0\n.target sm_70\n.address_size 64\n"] {
        let _ =
            wavefold_compiler::compile(text.as_bytes(), "test.ptx", &wavefold_compiler::Options::default());
    }
}
