//! Which kernels are folded and which are split, with the place that decided.

mod common;

use common::{kernel, remarks};
use wavefold_compiler::MappingChoice;

#[track_caller]
fn folds(body: &str) {
    let remarks = remarks(&kernel(body), MappingChoice::Auto);
    assert!(remarks.is_empty(), "{remarks:?}");
}

#[track_caller]
fn splits(body: &str, at: &str, why: &str) {
    let remarks = remarks(&kernel(body), MappingChoice::Auto);
    let remark = remarks.first().expect("a reason to split");
    assert!(remark.contains(why) && remark.contains(at), "{remark}");
}

const BARRIER: &str = "not every thread of the block reaches this barrier";
const PART: &str = "this barrier is for a part of the block";
const WAITS: &str = "this loop waits for another thread";

#[test]
fn straight_barriers_fold() {
    folds("bar.sync 0; bar.sync 1;");
}

#[test]
fn an_early_exit_before_a_barrier_folds() {
    folds("setp.ge.u32 %p1, %r1, %r0; @%p1 bra $out; bar.sync 0; st.global.u32 [%rd0], %r1; $out:");
    folds("setp.ge.u32 %p1, %r1, %r0; @%p1 ret; bar.sync 0; bar.sync 0;");
}

#[test]
fn a_divergent_arm_before_a_barrier_folds() {
    folds("setp.ge.u32 %p1, %r1, %r0; @%p1 bra $join; st.global.u32 [%rd0], %r1; $join: bar.sync 0;");
}

#[test]
fn a_loop_that_the_whole_block_counts_alike_folds() {
    folds(
        "mov.u32 %r2, 0; $loop: bar.sync 0; add.u32 %r2, %r2, 1; setp.lt.u32 %p1, %r2, %r0; @%p1 bra $loop; bar.sync 0;",
    );
    folds(
        "mov.u32 %r2, 128; $loop: setp.ge.u32 %p1, %r1, %r2; @%p1 bra $skip; st.global.u32 [%rd0], %r1;\n\
         $skip: bar.sync 0; shr.u32 %r2, %r2, 1; setp.ne.u32 %p2, %r2, 0; @%p2 bra $loop;",
    );
}

/// Code compiled for debugging keeps its counters in its frame.
#[test]
fn a_count_in_local_memory_is_as_uniform_as_what_is_stored() {
    let counted = |start: &str| {
        format!(
            ".local .align 4 .b8 frame[8]; mov.u64 %rd1, frame; st.local.u32 [%rd1], {start}; st.local.u32 [%rd1+4], %r1;\n\
             $loop: bar.sync 0; ld.local.u32 %r2, [%rd1]; add.u32 %r2, %r2, 1; st.local.u32 [%rd1], %r2;\n\
             ld.local.u32 %r3, [%rd1]; setp.lt.u32 %p1, %r3, %r0; @%p1 bra $loop; bar.sync 0;"
        )
    };
    folds(&counted("0"));
    splits(&counted("%r1"), "bar.sync", BARRIER);
    // Stored under a branch that threads take differently.
    let body = ".local .align 4 .b8 frame[8]; st.local.u32 [frame], 5; setp.lt.u32 %p1, %r1, 9; @%p1 bra $join;\n\
                st.local.u32 [frame], 6; $join: ld.local.u32 %r2, [frame]; setp.eq.u32 %p2, %r2, 5; @%p2 bra $out;\n\
                bar.sync 0; $out: bar.sync 0;";
    splits(body, "bar.sync", BARRIER);
    // Its address is known elsewhere.
    let body = ".local .align 4 .b8 frame[8]; mov.u64 %rd1, frame; st.global.u64 [%rd0], %rd1; st.local.u32 [%rd1], 5;\n\
                ld.local.u32 %r2, [%rd1]; setp.eq.u32 %p2, %r2, 5; @%p2 bra $out; bar.sync 0; $out: bar.sync 0;";
    splits(body, "bar.sync", BARRIER);
}

#[test]
fn a_barrier_under_a_thread_number_splits() {
    splits("setp.lt.u32 %p1, %r1, 32; @!%p1 bra $skip; bar.sync 0; $skip: bar.sync 0;", "bar.sync", BARRIER);
}

#[test]
fn a_loop_that_each_thread_counts_for_itself_splits() {
    let body = "mov.u32 %r2, 0; $loop: bar.sync 0; add.u32 %r2, %r2, 1; setp.lt.u32 %p1, %r2, %r1;\n\
                @%p1 bra $loop; bar.sync 0;";
    splits(body, "bar.sync", BARRIER);
}

#[test]
fn a_value_written_under_a_divergent_branch_is_divergent() {
    let body = "mov.u32 %r2, 1; setp.lt.u32 %p1, %r1, 7; @%p1 bra $join; mov.u32 %r2, 2;\n\
                $join: bar.sync 0; setp.eq.u32 %p2, %r2, 1; @%p2 bra $end; bar.sync 0; $end: bar.sync 0;";
    splits(body, "bar.sync", BARRIER);
}

#[test]
fn whether_a_shuffle_is_in_range_is_each_lanes_own() {
    let body = "shfl.sync.up.b32 %r2|%p1, %r0, 1, 0, -1; @%p1 bra $skip; bar.sync 0; $skip: bar.sync 0;";
    splits(body, "bar.sync", BARRIER);
}

#[test]
fn a_barrier_of_a_part_of_the_block_splits() {
    splits("bar.sync 1, 64;", "bar.sync 1, 64", PART);
    splits("bar.arrive 1, 64;", "bar.arrive 1, 64", PART);
    let whole = kernel("bar.sync 1, 64;").replace("p_n)", "p_n) .reqntid 64, 1, 1");
    assert!(remarks(&whole, MappingChoice::Auto).is_empty());
}

#[test]
fn a_guarded_barrier_splits() {
    splits("setp.lt.u32 %p1, %r1, 32; @%p1 bar.sync 0;", "@%p1", "has a guard");
}

#[test]
fn waiting_on_memory_splits() {
    let body = "$spin: ld.volatile.global.u32 %r2, [%rd0]; setp.eq.u32 %p1, %r2, 0; @%p1 bra $spin;";
    splits(body, "@%p1 bra $spin", WAITS);
    let body = "$spin: atom.global.cas.b32 %r2, [%rd0], 0, 1; setp.ne.u32 %p1, %r2, 0; @%p1 bra $spin;";
    splits(body, "@%p1 bra $spin", WAITS);
}

#[test]
fn waiting_within_another_loop_splits() {
    let body = "mov.u32 %r3, 0; $spin: ld.volatile.global.u32 %r2, [%rd0]; setp.eq.u32 %p1, %r2, 0; @%p1 bra $spin;\n\
                add.u32 %r3, %r3, 1; setp.lt.u32 %p2, %r3, %r0; @%p2 bra $spin;";
    splits(body, "@%p1 bra $spin", WAITS);
    let body = "mov.u32 %r3, 0; $outer: add.u32 %r3, %r3, 1;\n\
                $spin: ld.volatile.global.u32 %r2, [%rd0]; setp.eq.u32 %p1, %r2, 0; @%p1 bra $spin;\n\
                setp.lt.u32 %p2, %r3, %r0; @%p2 bra $outer;";
    splits(body, "@%p1 bra $spin", WAITS);
}

#[test]
fn waiting_through_memory_splits() {
    // As code for debugging has it: the atomic's result and what it is compared with lie in the frame.
    let frame = ".local .align 4 .b8 frame[16]; mov.b64 %rd1, frame; cvta.local.u64 %rd2, %rd1;";
    let body = format!(
        "{frame} $spin: st.u32 [%rd2+4], 0; ld.u32 %r2, [%rd2+4]; atom.global.cas.b32 %r3, [%rd0], %r2, 1;\n\
         setp.eq.u32 %p1, %r3, %r2; @%p1 bra $same; st.u32 [%rd2+4], %r3;\n\
         $same: ld.u32 %r4, [%rd2+4]; setp.ne.u32 %p2, %r4, 0; @%p2 bra $spin;"
    );
    splits(&body, "@%p2 bra $spin", WAITS);
    // Through shared memory, and through a pointer that is anybody's.
    let body = "$spin: ld.volatile.global.u32 %r2, [%rd0]; st.shared.u32 [dynamic], %r2; ld.shared.u32 %r3, [dynamic];\n\
                setp.eq.u32 %p1, %r3, 0; @%p1 bra $spin;";
    splits(body, "@%p1 bra $spin", WAITS);
    let body = "mov.b64 %rd3, dynamic; cvta.shared.u64 %rd3, %rd3;\n\
                $spin: ld.volatile.global.u32 %r2, [%rd0]; st.shared.u32 [dynamic], %r2; ld.u32 %r3, [%rd3];\n\
                setp.eq.u32 %p1, %r3, 0; @%p1 bra $spin;";
    splits(body, "@%p1 bra $spin", WAITS);
    // What an awaited index selects is awaited.
    let body = "$spin: ld.volatile.global.u32 %r2, [%rd0]; cvt.u64.u32 %rd1, %r2; add.u64 %rd1, %rd0, %rd1;\n\
                ld.global.u32 %r3, [%rd1]; setp.eq.u32 %p1, %r3, 0; @%p1 bra $spin;";
    splits(body, "@%p1 bra $spin", WAITS);
}

#[test]
fn another_place_of_the_frame_does_not_wait() {
    folds(
        ".local .align 4 .b8 frame[16]; mov.b64 %rd1, frame; cvta.local.u64 %rd2, %rd1; st.u32 [%rd2], 0;\n\
         $next: atom.global.exch.b32 %r2, [%rd0], 1; st.u32 [%rd2+4], %r2; ld.u32 %r3, [%rd2]; add.u32 %r3, %r3, 1;\n\
         st.u32 [%rd2], %r3; setp.lt.u32 %p1, %r3, %r0; @%p1 bra $next;",
    );
}

#[test]
fn waiting_through_a_choice_splits() {
    let body = "mov.u32 %r3, 0; $spin: atom.global.exch.b32 %r2, [%rd0], 1; setp.ne.u32 %p1, %r2, 0; @%p1 bra $taken;\n\
                mov.u32 %r3, 1; $taken: setp.eq.u32 %p2, %r3, 0; @%p2 bra $spin;";
    splits(body, "@%p2 bra $spin", WAITS);
    let body = "$spin: ld.acquire.gpu.global.u32 %r2, [%rd0]; setp.ne.u32 %p1, %r2, 0; @%p1 ret; bra $spin;";
    splits(body, "@%p1 ret", WAITS);
}

#[test]
fn waiting_in_a_called_function_splits() {
    let loops = "$spin: call (%r2), look, (%rd0); setp.eq.u32 %p1, %r2, 0; @%p1 bra $spin;";
    let ptx = |load: &str| {
        let function =
            format!(".func (.reg .u32 %a) look(.reg .u64 %b) {{ {load} ret; }}\n.visible .entry kernel(");
        kernel(loops).replace(".visible .entry kernel(", &function)
    };
    let split = remarks(&ptx("ld.volatile.global.u32 %a, [%b];"), MappingChoice::Auto);
    assert!(split.first().expect("a reason to split").contains(WAITS), "{split:?}");
    let folded = remarks(&ptx("ld.global.u32 %a, [%b];"), MappingChoice::Auto);
    assert!(folded.is_empty(), "{folded:?}");
}

#[test]
fn plain_loads_between_fences_wait() {
    let body = "$spin: membar.gl; ld.global.u32 %r2, [%rd0]; setp.eq.u32 %p1, %r2, 0; @%p1 bra $spin;";
    splits(body, "@%p1 bra $spin", WAITS);
}

#[test]
fn a_counter_that_is_given_back_waits() {
    let body = "$spin: atom.global.add.u32 %r2, [%rd0], 1; setp.lt.u32 %p1, %r2, 4; @%p1 bra $in;\n\
                red.global.add.u32 [%rd0], -1; bra $spin; $in:";
    splits(body, "@%p1 bra $in", WAITS);
}

#[test]
fn an_expected_value_from_elsewhere_waits() {
    let body = "mov.u32 %r4, 0; $spin: add.u32 %r4, %r4, 1; atom.global.cas.b32 %r2, [%rd0], %r4, 0;\n\
                setp.ne.u32 %p1, %r2, %r4; @%p1 bra $spin;";
    splits(body, "@%p1 bra $spin", WAITS);
}

#[test]
fn a_retried_exchange_and_a_drawn_ticket_do_not_wait() {
    folds(
        "ld.global.u32 %r2, [%rd0]; $retry: mov.u32 %r3, %r2; add.u32 %r4, %r3, 5;\n\
         atom.global.cas.b32 %r2, [%rd0], %r3, %r4; setp.ne.u32 %p1, %r2, %r3; @%p1 bra $retry;",
    );
    folds("$next: atom.global.add.u32 %r2, [%rd0], 1; setp.lt.u32 %p1, %r2, %r0; @%p1 bra $next;");
}

#[test]
fn the_mapping_can_be_forced() {
    let divergent = kernel("setp.lt.u32 %p1, %r1, 32; @!%p1 bra $skip; bar.sync 0; $skip: bar.sync 0;");
    for mapping in [MappingChoice::Fold, MappingChoice::Split] {
        remarks(&divergent, mapping);
    }
}
