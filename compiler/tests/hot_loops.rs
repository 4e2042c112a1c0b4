//! What the passes behind the optimiser must reach on gfx90a code. The same inputs run in `tests/ptx/optimisation`, where
//! their results are compared.

mod common;

use common::{kernel, text};
use wavefold_compiler::Emit;

fn executed(name: &str) -> String {
    let path = format!("{}/../tests/ptx/optimisation/{name}.ptx", env!("CARGO_MANIFEST_DIR"));
    let ptx = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    text(&ptx, Emit::Assembly)
}

/// How many instructions begin with a mnemonic.
fn count(code: &str, mnemonic: &str) -> usize {
    code.lines().filter(|line| line.trim_start().starts_with(mnemonic)).count()
}

#[test]
fn neighbours_are_packed_without_moves() {
    let code = executed("packed_pairs");
    assert_eq!(count(&code, "v_pk_add_f32"), 1, "{code}");
    assert_eq!(count(&code, "v_pk_fma_f32"), 1, "{code}");
    // Negation is a modifier.
    assert!(code.contains("neg_lo:[1,0,0] neg_hi:[1,0,0]"), "{code}");
    assert_eq!(count(&code, "v_mov_b32") + count(&code, "v_xor_b32"), 0, "{code}");
}

#[test]
fn what_would_have_to_be_moved_is_not_packed() {
    // Each sum needs values that are loaded apart.
    let body = "ld.global.f32 %f1, [%rd0]; ld.global.f32 %f2, [%rd0+64]; ld.global.f32 %f3, [%rd0+128];\n\
                ld.global.f32 %f4, [%rd0+192]; add.f32 %f5, %f1, %f2; add.f32 %f6, %f3, %f4;\n\
                st.global.f32 [%rd0], %f5; st.global.f32 [%rd0+256], %f6;";
    assert_eq!(count(&text(&kernel(body), Emit::Assembly), "v_pk_"), 0);
}

#[test]
fn a_product_is_fused_rather_than_packed() {
    let body = "ld.global.v4.f32 {%f1, %f2, %f3, %f4}, [%rd0]; mul.f32 %f5, %f1, %f3; mul.f32 %f6, %f2, %f3;\n\
                add.f32 %f7, %f5, %f4; sub.f32 %f8, %f6, %f1; st.global.v2.f32 [%rd0], {%f7, %f8};";
    let code = text(&kernel(body), Emit::Assembly);
    assert_eq!(count(&code, "v_mul_f32") + count(&code, "v_pk_mul_f32"), 0, "{code}");
}

#[test]
fn a_bit_chooses_a_float_without_a_compare() {
    let body = "mul.wide.u32 %rd1, %r1, 4; add.s64 %rd2, %rd0, %rd1; ld.global.u32 %r5, [%rd2];\n\
                and.b32 %r6, %r5, 256; setp.ne.s32 %p2, %r6, 0; selp.f32 %f4, 0f40490FDB, 0f00000000, %p2;\n\
                cvt.rn.f32.u32 %f2, %r1; add.f32 %f5, %f2, %f4; st.global.f32 [%rd2], %f5;";
    let code = text(&kernel(body), Emit::Assembly);
    assert_eq!(count(&code, "v_bfe_i32"), 1, "{code}");
    assert_eq!(count(&code, "v_cndmask"), 0, "{code}");
}

/// A loop over eight array elements, reached by a pointer that walks.
fn walk(body: &str) -> String {
    kernel(&format!(
        ".local .align 4 .b8 array[32];\nmov.u64 %rd1, array;\nmov.u64 %rd2, %rd1;\nmov.u32 %r2, 0;\nmov.f32 %f1, 0f00000000;\n\
         clear:\nst.local.f32 [%rd2], %f1;\nadd.s64 %rd2, %rd2, 4;\nadd.u32 %r2, %r2, 1;\nsetp.ne.s32 %p1, %r2, 8;\n@%p1 bra clear;\n\
         mov.u32 %r3, 0;\nouter:\nmov.u64 %rd3, %rd1;\nmov.u32 %r2, 0;\nmul.wide.u32 %rd4, %r3, 32;\nadd.s64 %rd5, %rd0, %rd4;\n\
         inner:\nld.global.f32 %f2, [%rd5];\n{body}\nadd.s64 %rd5, %rd5, 4;\nadd.u32 %r2, %r2, 1;\n\
         setp.ne.s32 %p2, %r2, 8;\n@%p2 bra inner;\nadd.u32 %r3, %r3, 1;\nsetp.lt.u32 %p3, %r3, %r0;\n@%p3 bra outer;\n\
         ld.local.f32 %f5, [%rd1];\nld.local.f32 %f6, [%rd1+28];\nadd.f32 %f7, %f5, %f6;\nst.global.f32 [%rd0], %f7;"
    ))
}

#[test]
fn an_array_that_a_pointer_walks_through_lives_in_registers() {
    let code = text(
        &walk(
            "ld.local.f32 %f3, [%rd3]; fma.rn.f32 %f4, %f2, %f2, %f3; st.local.f32 [%rd3], %f4; add.s64 %rd3, %rd3, 4;",
        ),
        Emit::Assembly,
    );
    assert_eq!(count(&code, "buffer_") + count(&code, "scratch_"), 0, "{code}");
    assert!(code.contains(".amdhsa_private_segment_fixed_size 0"), "{code}");
}

#[test]
fn a_loop_is_not_copied_for_vectors_of_one_lane() {
    // LLVM would interleave it: a lane is an element of a vector already.
    let body = "mov.u32 %r2, 0;\nagain:\nmul.wide.u32 %rd1, %r2, 4;\nadd.s64 %rd2, %rd0, %rd1;\nmul.lo.u32 %r3, %r2, %r1;\n\
                st.global.u32 [%rd2], %r3;\nadd.u32 %r2, %r2, 1;\nsetp.lt.u32 %p1, %r2, %r1;\n@%p1 bra again;";
    assert_eq!(count(&text(&kernel(body), Emit::Assembly), "global_store_dword"), 1);
}

#[test]
fn a_mask_is_negated_once_and_not_for_every_branch() {
    let piece = |n: usize| {
        format!(
            "ld.shared.f32 %f1, [dynamic+{offset}]; setp.geu.f32 %p2, %f1, %f9; setp.eq.s32 %p3, %r2, {n}; and.pred %p4, %p3, %p1;\n\
             or.pred %p5, %p4, %p2; @%p5 bra next{n}; atom.shared.add.u32 %r5, [dynamic+{offset}], %r1;\nnext{n}:\n",
            offset = 64 + 4 * n
        )
    };
    let pieces: String = (0..4).map(piece).collect();
    let body = format!(
        "mov.u32 %r2, 0; setp.gt.u32 %p1, %r1, 7; cvt.rn.f32.u32 %f9, %r1;\nagain:\n{pieces}\
         add.u32 %r2, %r2, 1; setp.lt.u32 %p6, %r2, %r0; @%p6 bra again;"
    );
    let code = text(&kernel(&body), Emit::Assembly);
    let negations = code.lines().filter(|line| line.contains("s_xor_b64") && line.ends_with(", -1")).count();
    assert!(negations <= 1, "{negations} negations in\n{code}");
}

#[test]
fn a_literal_is_in_the_instruction_and_not_in_a_register() {
    let code = executed("masks_by_choice");
    assert!(code.contains("v_and_b32_e32") && code.contains("0xfffeffff"), "{code}");
    let kept = code.lines().filter(|line| line.contains("v_mov_b32") && line.contains("0x")).count();
    assert_eq!(kept, 0, "{code}");
}

#[test]
fn a_vote_costs_four_scalar_instructions() {
    let body = "setp.gt.u32 %p1, %r1, %r0; vote.sync.any.pred %p2, %p1, -1; selp.u32 %r2, %r1, 7, %p2;\n\
                st.global.u32 [%rd0], %r2;";
    let code = text(&kernel(body), Emit::Assembly);
    assert_eq!(count(&code, "s_cselect_b32"), 2, "{code}");
    assert_eq!(count(&code, "s_or_b64") + count(&code, "v_readfirstlane"), 0, "{code}");
}
