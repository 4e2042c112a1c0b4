//! Speed of the interpreter, for `cargo test --release --test speed -- --ignored --nocapture`.
//!
//! Each case prints wave-instructions per second on one host thread.

mod support;

use support::kernel::{Code, Launch, Memory, argument, compile, launch};

/// Seconds of processor time of this thread, which other processes do not disturb as they do the clock.
fn processor_time() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is writable.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn measure(
    name: &str,
    code: &Code,
    memory: &Memory,
    kernel: &str,
    blocks: u32,
    block: u16,
    arguments: Vec<u8>,
) {
    let mut best = f64::MAX;
    let mut instructions = 0;
    for _ in 0..3 {
        let what = Launch {
            kernel,
            grid: [blocks * u32::from(block), 1, 1],
            workgroup: [block, 1, 1],
            arguments: arguments.clone(),
            dynamic_lds: 0,
            threads: 1,
        };
        let start = processor_time();
        instructions = launch(memory, code, &what).expect("no fault").wave_instructions;
        best = best.min(processor_time() - start);
    }
    println!(
        "{name:24} {:8.1} M wave-instructions/s  ({instructions} in {:.3} ms)",
        instructions as f64 / best / 1e6,
        best * 1e3
    );
}

#[test]
#[ignore = "a measurement"]
fn speed() {
    let loops = |name: &str, mask: &str| {
        format!(
            ".text\n.globl {name}\n.p2align 8\n.type {name},@function\n{name}:\n {mask}\n s_movk_i32 s0, 0x4000\nloop_{name}:\n\
             v_fma_f32 v1, v2, v3, v1\n v_add_u32 v4, v5, v4\n v_fma_f32 v6, v2, v3, v6\n v_mul_f32 v7, v2, v3\n\
             v_add_u32 v8, v5, v8\n v_fma_f32 v9, v2, v3, v9\n v_mul_f32 v10, v2, v3\n s_add_u32 s0, s0, -1\n\
             s_cmp_lg_u32 s0, 0\n s_cbranch_scc1 loop_{name}\n s_endpgm\n\
             .rodata\n.p2align 6\n.amdhsa_kernel {name}\n .amdhsa_next_free_vgpr 16\n .amdhsa_next_free_sgpr 16\n\
             .amdhsa_accum_offset 16\n.end_amdhsa_kernel\n"
        )
    };
    let matrix = loops("matrix", "").replace(
        "v_fma_f32 v1, v2, v3, v1\n v_add_u32 v4, v5, v4\n v_fma_f32 v6, v2, v3, v6\n v_mul_f32 v7, v2, v3\n",
        "v_mfma_f32_32x32x2f32 a[0:15], v2, v3, a[0:15]\n v_mfma_f32_32x32x2f32 a[16:31], v2, v3, a[16:31]\n",
    );
    let matrix = matrix.replace("next_free_vgpr 16", "next_free_vgpr 64");
    let empty = loops("empty", "s_endpgm");
    let source = matrix
        + &empty
        + &loops("full", "")
        + &loops("half", "s_mov_b64 exec, 0x55555555\n s_mov_b32 exec_hi, 0x55555555");
    let memory = Memory::default();
    let code = Code::load(&memory, &compile(&source, &[]));
    measure("loop with 2 MFMA of 8", &code, &memory, "matrix", 4, 64, Vec::new());
    let start = processor_time();
    for _ in 0..1000 {
        let (grid, workgroup) = ([64, 1, 1], [64, 1, 1]);
        let what =
            Launch { kernel: "empty", grid, workgroup, arguments: Vec::new(), dynamic_lds: 0, threads: 1 };
        launch(&memory, &code, &what).expect("no fault");
    }
    println!("empty kernel, with the test's own allocations: {:.2} us", (processor_time() - start) * 1e3);
    measure("ALU loop, full EXEC", &code, &memory, "full", 64, 64, Vec::new());
    measure("ALU loop, half EXEC", &code, &memory, "half", 64, 64, Vec::new());

    let source = "
        kernel void poly(global float *y, global const float *x, int n) {
            int i = thread_id(); float v = x[i], s = 0;
            for (int k = 0; k < n; k++) s = s * v + (float)k * 0.25f;
            y[i] = s;
        }
        kernel void collatz(global int *y, int n) {
            int i = thread_id(); uint v = i + 1; int steps = 0;
            while (v != 1 && steps < n) { v = (v & 1) ? 3 * v + 1 : v >> 1; steps++; }
            y[i] = steps;
        }
        kernel void copy(global int *y, global const int *x, int n) {
            int i = thread_id();
            #pragma unroll 8
            for (int k = 0; k < n; k++) y[i + k * 65536] = x[i + k * 65536] + k;
        }
        #define T 16
        __attribute__((reqd_work_group_size(256, 1, 1)))
        kernel void sgemm(global const float *a, global const float *b, global float *c, int n) {
            local float ta[T][T], tb[T][T];
            int t = lane_id(), x = t % T, y = t / T, g = __builtin_amdgcn_workgroup_id_x();
            int row = g / (n / T) * T + y, column = g % (n / T) * T + x;
            float sum = 0;
            for (int k = 0; k < n; k += T) {
                ta[y][x] = a[row * n + k + x]; tb[y][x] = b[(k + y) * n + column];
                barrier_all();
                for (int i = 0; i < T; i++) sum += ta[y][i] * tb[i][x];
                barrier_all();
            }
            c[row * n + column] = sum;
        }";
    let code = Code::load(&memory, &compile(source, &[]));
    let x = memory.put(&vec![0.5f32; 1 << 20]);
    let y = memory.put(&vec![0f32; 1 << 20]);
    let arguments = |values: &[u64], n: i32| {
        let mut out = Vec::new();
        values.iter().for_each(|value| argument(&mut out, *value));
        argument(&mut out, n);
        out
    };
    measure("polynomial", &code, &memory, "poly", 256, 256, arguments(&[y, x], 500));
    measure("Collatz", &code, &memory, "collatz", 64, 256, arguments(&[y], 1000));
    measure("copy", &code, &memory, "copy", 256, 256, arguments(&[y, x], 16));
    measure("SGEMM 256^3 tiled", &code, &memory, "sgemm", 256, 256, arguments(&[x, x, y], 256));
}
