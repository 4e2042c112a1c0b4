//! The generated shim: one assembly file for x86-64 with a jump for each of CUDA's functions.
//!
//! `name: jump through slot i`, where slot i first leads to code that saves the argument registers, asks
//! `wavefold_shim_find` for the name's address, keeps it in the slot and goes there with everything as the caller left
//! it. Two threads that come first at once both find the same address. `wavefold_shim_find` is `wavefold_resolve`
//! itself in the shared shims, and `shim/static.c` in the static one.

use std::collections::BTreeSet;
use std::fmt::Write;

/// Which shim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// For a shared library that depends on libwavefold.
    Shared,
    /// For an archive that opens libwavefold at run time.
    Static,
}

/// The part that every jump shares: entered with the slot's number pushed over the return address.
const FIRST_CALL: &str = "\
    .type wavefold_shim_first, @function
wavefold_shim_first:
    .cfi_startproc
    .cfi_def_cfa_offset 16
    pushq %rdi
    pushq %rsi
    pushq %rdx
    pushq %rcx
    pushq %r8
    pushq %r9
    pushq %rax
    subq $136, %rsp
    .cfi_def_cfa_offset 208
    movups %xmm0, 0(%rsp)
    movups %xmm1, 16(%rsp)
    movups %xmm2, 32(%rsp)
    movups %xmm3, 48(%rsp)
    movups %xmm4, 64(%rsp)
    movups %xmm5, 80(%rsp)
    movups %xmm6, 96(%rsp)
    movups %xmm7, 112(%rsp)
    movq 192(%rsp), %rax
    leaq wavefold_shim_names(%rip), %rdi
    movslq (%rdi,%rax,4), %rax
    addq %rax, %rdi
    call wavefold_shim_find
    movq 192(%rsp), %rcx
    leaq wavefold_shim_slots(%rip), %rdx
    movq %rax, (%rdx,%rcx,8)
    movq %rax, %r11
    movups 0(%rsp), %xmm0
    movups 16(%rsp), %xmm1
    movups 32(%rsp), %xmm2
    movups 48(%rsp), %xmm3
    movups 64(%rsp), %xmm4
    movups 80(%rsp), %xmm5
    movups 96(%rsp), %xmm6
    movups 112(%rsp), %xmm7
    addq $136, %rsp
    popq %rax
    popq %r9
    popq %r8
    popq %rcx
    popq %rdx
    popq %rsi
    popq %rdi
    addq $8, %rsp
    .cfi_def_cfa_offset 8
    jmp *%r11
    .cfi_endproc
    .size wavefold_shim_first, . - wavefold_shim_first
";

/// The assembly text for `names`.
pub fn assembly(names: &BTreeSet<String>, kind: Kind) -> String {
    let mut text = String::from("# Made by wavefold-link-runtime.\n    .text\n");
    match kind {
        Kind::Shared => text.push_str("wavefold_shim_find:\n    jmp wavefold_resolve@PLT\n"),
        Kind::Static => text.push_str("    .hidden wavefold_shim_find\n"),
    }
    text.push_str(FIRST_CALL);
    for (slot, name) in names.iter().enumerate() {
        let _ = write!(
            text,
            "\n    .globl {name}\n    .type {name}, @function\n    .p2align 4\n{name}:\n    .cfi_startproc\n    endbr64\n\
             \x20   movq wavefold_shim_slots+{offset}(%rip), %r11\n    testq %r11, %r11\n    je 1f\n    jmp *%r11\n\
             1:  pushq ${slot}\n    .cfi_adjust_cfa_offset 8\n    jmp wavefold_shim_first\n    .cfi_endproc\n    .size {name}, . - {name}\n",
            offset = slot * 8,
        );
    }
    text.push_str("\n    .section .rodata\n    .p2align 2\nwavefold_shim_names:\n");
    for slot in 0..names.len() {
        let _ = writeln!(text, "    .long wavefold_shim_name_{slot} - wavefold_shim_names");
    }
    for (slot, name) in names.iter().enumerate() {
        let _ = writeln!(text, "wavefold_shim_name_{slot}:\n    .asciz \"{name}\"");
    }
    let _ = write!(
        text,
        "\n    .bss\n    .p2align 3\nwavefold_shim_slots:\n    .zero {}\n    .section .note.GNU-stack,\"\",@progbits\n",
        names.len() * 8
    );
    text
}
