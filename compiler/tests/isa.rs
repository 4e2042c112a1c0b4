//! Sparse checks of the gfx90a code: what must be in it and what must not, never how it is arranged.

mod common;

use common::{input, kernel, text};
use std::path::Path;
use std::process::Command;
use wavefold_compiler::{Atomics, Emit, Options, compile};

fn assembly(ptx: &str) -> String {
    text(ptx, Emit::Assembly)
}

#[track_caller]
fn has(code: &str, instruction: &str) {
    assert!(code.contains(instruction), "no `{instruction}` in\n{code}");
}

#[track_caller]
fn lacks(code: &str, instructions: &[&str]) {
    let is_directive = |line: &&str| line.trim_start().starts_with(['.', ';']);
    for instruction in instructions {
        let line = code.lines().filter(|line| !is_directive(line)).find(|line| line.contains(instruction));
        assert_eq!(line, None, "`{instruction}` is not wanted");
    }
}

#[test]
fn global_memory_is_reached_by_global_instructions() {
    let code = assembly(&input("axpy"));
    has(&code, "global_load_dword");
    has(&code, "v_mad_i64_i32");
    has(&code, ".amdhsa_code_object_version 5");
    lacks(&code, &["flat_load", "flat_store", "buffer_", "s_swappc"]);
}

#[test]
fn constant_shuffles_need_no_address_and_float_atomics_no_loop() {
    let code = assembly(&input("block_sum"));
    has(&code, "quad_perm:[1,0,3,2]");
    has(&code, "swizzle(ROTATE,0,8)");
    has(&code, "global_atomic_add_f32");
    has(&code, "ds_max_u32");
    lacks(&code, &["ds_bpermute", "cmpswap", "glc", "flat_"]);
    // The wait before the barrier is what the release fence is for.
    let wait = code.find("s_barrier").and_then(|at| code[..at].rfind("lgkmcnt(0)"));
    assert!(wait.is_some(), "no wait before the barrier");
}

#[test]
fn library_and_device_functions_are_inlined() {
    let code = assembly(&input("library"));
    lacks(&code, &["s_swappc", "scratch_", "__ocml"]);
    // One function keeps denormals, the other flushes: the mode keeps them.
    has(&code, ".amdhsa_float_denorm_mode_32 3");
}

#[test]
fn a_flushing_kernel_gets_the_flushing_mode() {
    let code =
        assembly(&kernel("ld.global.f32 %f1, [%rd0]; add.ftz.f32 %f2, %f1, %f1; st.global.f32 [%rd0], %f2;"));
    has(&code, ".amdhsa_float_denorm_mode_32 0");
    has(&code, ".amdhsa_ieee_mode 0");
}

#[test]
fn conversions_that_saturate_are_one_instruction() {
    let code =
        assembly(&kernel("ld.global.f32 %f1, [%rd0]; cvt.rzi.s32.f32 %r2, %f1; st.global.u32 [%rd0], %r2;"));
    has(&code, "v_cvt_i32_f32");
    lacks(&code, &["v_cmp", "v_cndmask"]);
}

#[test]
fn a_product_rounded_to_half_keeps_the_sign_of_zero() {
    let body = "ld.global.f32 %f1, [%rd0]; mul.f32 %f2, %f1, 0f3F4CCCCD; cvt.rn.f16.f32 %h1, %f2; st.global.u16 [%rd0], %h1;";
    let code = assembly(&kernel(body));
    has(&code, "v_cvt_f16_f32");
    lacks(&code, &["v_fma_mix"]);
}

#[test]
fn integer_atomics_are_one_instruction_each() {
    for (operation, instruction) in [
        ("max.s32", "global_atomic_smax"),
        ("min.u32", "global_atomic_umin"),
        ("and.b32", "global_atomic_and"),
        ("inc.u32", "global_atomic_inc"),
        ("add.f64", "global_atomic_add_f64"),
    ] {
        let value = if operation.ends_with("f64") { "%fd1" } else { "%r1" };
        let code = assembly(&kernel(&format!("red.global.{operation} [%rd0], {value};")));
        has(&code, instruction);
        lacks(&code, &["cmpswap", "glc"]);
    }
}

/// On fine-grained memory gfx90a's float and most of its integer atomics may be lost: there they are loops.
#[test]
fn atomics_on_fine_grained_memory_are_what_works_there() {
    let fine = |operation: &str, value: &str| {
        let ptx = kernel(&format!("red.global.{operation} [%rd0], {value};"));
        let options = Options { emit: Emit::Assembly, atomics: Atomics::Fine, ..Options::default() };
        let compiled =
            compile(ptx.as_bytes(), "test.ptx", &options).unwrap_or_else(|error| panic!("{error}"));
        String::from_utf8(compiled.bytes).expect("text")
    };
    for (operation, value, lost) in [
        ("add.f32", "%f1", "global_atomic_add_f32"),
        ("add.f64", "%fd1", "global_atomic_add_f64"),
        ("max.s32", "%r1", "global_atomic_smax"),
        ("and.b32", "%r1", "global_atomic_and"),
    ] {
        let code = fine(operation, value);
        has(&code, "global_atomic_cmpswap");
        lacks(&code, &[lost]);
    }
    has(&fine("add.u32", "%r1"), "global_atomic_add");
    lacks(&fine("add.u32", "%r1"), &["cmpswap"]);
}

#[test]
fn a_split_kernel_of_two_warps_keeps_its_barrier() {
    let body = "mov.u32 %r2, %laneid; setp.lt.u32 %p1, %r2, 5; @%p1 bar.sync 0; st.global.u32 [%rd0], %r2; bar.sync 0;";
    let code = assembly(&kernel(body).replace("\n{\n", " .maxntid 64\n{\n"));
    has(&code, "s_barrier");
}

/// The program that the project is measured by: compiled by clang from its CUDA source with our headers.
#[test]
fn the_nonbonded_kernel_is_free_of_everything_slow() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let clang = std::env::var("CLANG").unwrap_or_else(|_| "clang-22".into());
    let ptx = Command::new(clang)
        .args([
            "-x",
            "cuda",
            "--cuda-device-only",
            "--cuda-gpu-arch=sm_70",
            "-nocudainc",
            "-nocudalib",
            "-S",
            "-O3",
        ])
        .args(["-Xclang", "-target-sdk-version=12.4", "--cuda-feature=+ptx84", "-std=c++17"])
        .args(["-D__NVCC__", "-D__CUDACC__", "-D__CUDACC_VER_MAJOR__=12", "-D__CUDACC_VER_MINOR__=4"])
        .args(["-include", "cuda_runtime.h", "-fgpu-flush-denormals-to-zero", "-fgpu-approx-transcendentals"])
        .args([
            "-mllvm",
            "-nvptx-prec-divf32=0",
            "-mllvm",
            "-nvptx-prec-sqrtf32=0",
            "-ffp-contract=fast",
            "-o",
            "-",
        ])
        .arg("-isystem")
        .arg(root.join("runtime/include"))
        .arg(root.join("kernels/nonbonded/nonbonded_gpu.cu"))
        .output()
        .expect("clang starts");
    assert!(ptx.status.success(), "{}", String::from_utf8_lossy(&ptx.stderr));
    let code = assembly(&String::from_utf8(ptx.stdout).expect("text"));
    lacks(
        &code,
        &[
            "cmpswap",
            "flat_load",
            "flat_store",
            "flat_atomic",
            "s_swappc",
            "ds_bpermute",
            "scratch_",
            "buffer_load",
            "buffer_store",
        ],
    );
    has(&code, "global_atomic_add_f32");
    for line in code.lines().filter(|line| line.contains(".amdhsa_private_segment_fixed_size")) {
        assert!(line.trim_end().ends_with(" 0"), "scratch: {line}");
    }
}
