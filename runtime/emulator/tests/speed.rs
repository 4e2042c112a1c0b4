//! Speed of the emulator, for `cargo xtask bench emulator`.
//!
//! Figures are per core: instructions over the processor time of the thread that ran them, so that other programs on
//! the machine do not count, and the best of several runs, since they disturb caches and clocks all the same. The
//! columns are processes of their own: each host instruction set, with and without translation to host code. A launch
//! and the gain of a second core can only be measured by the clock, and want a machine without other work.

// Of what the HSA tests share, only launching is used here.
#[allow(dead_code)]
#[path = "hsa"]
mod hsa {
    pub mod api;
    pub mod kernel;
}
mod support;

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::kernel::{Code, Launch, Memory, argument, compile, launch};
use wavefold_emulator::dispatch::enable_translation;

/// The columns: a name, `WAVEFOLD_EMULATOR_SIMD`, and whether code is translated.
const WAYS: [(&str, &str, bool); 5] = [
    ("AVX-512", "avx512", true),
    ("interpreted", "avx512", false),
    ("AVX2", "avx2", true),
    ("interpreted", "avx2", false),
    ("plain", "plain", false),
];
/// Tells a child which way it is to measure.
const TRANSLATED: &str = "WAVEFOLD_SPEED_TRANSLATED";
/// What a child's lines with figures begin with.
const MARK: &str = "figure\t";

/// Seconds on one of the system's clocks.
fn seconds(clock: libc::clockid_t) -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is writable.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// Seconds of processor time of this thread.
fn processor_time() -> f64 {
    seconds(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// The least processor time of `run`, which gives the instructions executed, and these; for at least a third of a
/// second and five runs.
fn best(mut run: impl FnMut() -> u64) -> (f64, u64) {
    // Once for the translation, the caches, and the pages of memory.
    let mut instructions = run();
    let (mut best, mut spent, mut runs) = (f64::MAX, 0.0, 0);
    while runs < 5 || spent < 0.33 {
        let start = processor_time();
        instructions = run();
        let time = processor_time() - start;
        best = best.min(time);
        spent += time;
        runs += 1;
    }
    (best, instructions)
}

fn show(row: &str, figure: f64, unit: &str, instructions: u64) {
    println!("{MARK}{row}\t{figure:.2}\t{unit}\t{instructions}");
}

/// A kernel to launch, again and again.
struct Case<'a> {
    code: &'a Code,
    memory: &'a Memory,
    kernel: &'a str,
    blocks: u32,
    block: u16,
    arguments: Vec<u8>,
}

impl Case<'_> {
    fn run(&self, threads: usize) -> u64 {
        let what = Launch {
            kernel: self.kernel,
            grid: [self.blocks * u32::from(self.block), 1, 1],
            workgroup: [self.block, 1, 1],
            arguments: self.arguments.clone(),
            dynamic_lds: 0,
            threads,
        };
        launch(self.memory, self.code, &what).expect("no fault").wave_instructions
    }

    /// Millions of wave-instructions a second.
    fn rate(&self, row: &str) {
        if !wanted(row) {
            return;
        }
        let (time, instructions) = best(|| self.run(1));
        show(row, instructions as f64 / time / 1e6, "M/s", instructions);
    }
}

/// A loop of seven vector instructions and three scalar ones, 16384 times.
fn alu_loop(name: &str, before: &str) -> String {
    format!(
        ".text\n.globl {name}\n.p2align 8\n.type {name},@function\n{name}:\n {before}\n s_movk_i32 s0, 0x4000\nloop_{name}:\n\
         v_fma_f32 v1, v2, v3, v1\n v_add_u32 v4, v5, v4\n v_fma_f32 v6, v2, v3, v6\n v_mul_f32 v7, v2, v3\n\
         v_add_u32 v8, v5, v8\n v_fma_f32 v9, v2, v3, v9\n v_mul_f32 v10, v2, v3\n s_add_u32 s0, s0, -1\n\
         s_cmp_lg_u32 s0, 0\n s_cbranch_scc1 loop_{name}\n s_endpgm\n\
         .rodata\n.p2align 6\n.amdhsa_kernel {name}\n .amdhsa_next_free_vgpr 64\n .amdhsa_next_free_sgpr 16\n\
         .amdhsa_accum_offset 16\n.end_amdhsa_kernel\n"
    )
}

const KERNELS: &str = "
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
    }
    typedef float rows16 __attribute__((ext_vector_type(16)));
    // A wave a tile of 32 x 32, four steps of two along k at a time; B transposed.
    __attribute__((reqd_work_group_size(64, 1, 1)))
    kernel void mfma_gemm(global const float *a, global const float *b, global float *c, int n) {
        int t = lane_id(), g = __builtin_amdgcn_workgroup_id_x(), part = t / 32;
        int row = g / (n / 32) * 32, column = g % (n / 32) * 32;
        global const float4 *pa = (global const float4 *)(a + (row + t % 32) * n + part * 4);
        global const float4 *pb = (global const float4 *)(b + (column + t % 32) * n + part * 4);
        rows16 sum = 0;
        for (int k = 0; k < n / 4; k += 2) {
            float4 left = pa[k], right = pb[k];
            sum = __builtin_amdgcn_mfma_f32_32x32x2f32(left.x, right.x, sum, 0, 0, 0);
            sum = __builtin_amdgcn_mfma_f32_32x32x2f32(left.y, right.y, sum, 0, 0, 0);
            sum = __builtin_amdgcn_mfma_f32_32x32x2f32(left.z, right.z, sum, 0, 0, 0);
            sum = __builtin_amdgcn_mfma_f32_32x32x2f32(left.w, right.w, sum, 0, 0, 0);
        }
        for (int i = 0; i < 16; i++) c[(row + i % 4 + i / 4 * 8 + part * 4) * n + column + t % 32] = sum[i];
    }";

/// Loads of consecutive dwords: 64 a wave, 16 at a time.
fn load_kernel() -> String {
    let mut body = String::from(" s_movk_i32 s0, 0x1000\n v_lshlrev_b32 v1, 2, v0\nloop_loads:\n");
    for index in 0..16 {
        body += &format!(" global_load_dword v{}, v1, s[4:5] offset:{}\n", 16 + index, index * 256);
    }
    format!(
        ".text\n.globl loads\n.p2align 8\n.type loads,@function\nloads:\n s_load_dwordx2 s[4:5], s[0:1], 0x0\n{body}\
         s_add_u32 s0, s0, -1\n s_cmp_lg_u32 s0, 0\n s_cbranch_scc1 loop_loads\n s_endpgm\n\
         .rodata\n.p2align 6\n.amdhsa_kernel loads\n .amdhsa_next_free_vgpr 32\n .amdhsa_next_free_sgpr 16\n\
         .amdhsa_accum_offset 32\n .amdhsa_user_sgpr_kernarg_segment_ptr 1\n.end_amdhsa_kernel\n"
    )
}

/// Whether a row is wanted: all are, unless `WAVEFOLD_SPEED_ROWS` holds a part of some names.
fn wanted(row: &str) -> bool {
    std::env::var("WAVEFOLD_SPEED_ROWS").map_or(true, |part| row.contains(&part))
}

/// What a child does: all figures of one way.
#[test]
#[ignore = "part of the measurement `speed`"]
fn figures() {
    let Ok(translated) = std::env::var(TRANSLATED) else { return };
    enable_translation(translated == "1");
    let memory = Memory::default();
    let half = "s_mov_b64 exec, 0x55555555\n s_mov_b32 exec_hi, 0x55555555";
    let source = alu_loop("full", "") + &alu_loop("half", half) + &load_kernel();
    let assembled = Code::load(&memory, &compile(&source, &[]));
    let compiled = Code::load(&memory, &compile(KERNELS, &[]));
    let x = memory.put(&vec![0.5f32; 1 << 20]);
    let y = memory.put(&vec![0f32; 1 << 20]);
    let arguments = |pointers: &[u64], n: i32| {
        let mut out = Vec::new();
        pointers.iter().for_each(|pointer| argument(&mut out, *pointer));
        argument(&mut out, n);
        out
    };
    let case = |kernel, blocks, block, arguments| {
        let code = if matches!(kernel, "full" | "half" | "loads") { &assembled } else { &compiled };
        Case { code, memory: &memory, kernel, blocks, block, arguments }
    };
    case("full", 64, 64, Vec::new()).rate("ALU loop, full EXEC");
    case("half", 64, 64, Vec::new()).rate("ALU loop, half of EXEC");
    case("poly", 256, 256, arguments(&[y, x], 500)).rate("polynomial");
    case("collatz", 64, 256, arguments(&[y], 1000)).rate("Collatz");
    case("sgemm", 256, 256, arguments(&[x, x, y], 256)).rate("SGEMM 256^3, tiled");
    case("copy", 256, 256, arguments(&[y, x], 16)).rate("copy");

    if wanted("GEMM 256^3 by MFMA") {
        let (time, instructions) = best(|| case("mfma_gemm", 64, 64, arguments(&[x, x, y], 256)).run(1));
        show("GEMM 256^3 by MFMA", 256f64.powi(3) / time / 1e9, "GFMA/s", instructions);
    }
    if wanted("coalesced global load") {
        let (time, instructions) = best(|| case("loads", 16, 64, arguments(&[x], 0)).run(1));
        show("coalesced global load", time * 1e9 / (16.0 * 4096.0 * 16.0), "ns", instructions);
    }
    if !wanted("two cores over one") {
        return;
    }

    let poly = case("poly", 256, 256, arguments(&[y, x], 500));
    let least = |threads: usize, clock: libc::clockid_t| {
        let runs = (0..30).map(|_| {
            let start = seconds(clock);
            poly.run(threads);
            seconds(clock) - start
        });
        runs.fold(f64::MAX, f64::min)
    };
    let clock = libc::CLOCK_MONOTONIC;
    show("two cores over one", least(1, clock) / least(2, clock), "x", poly.run(2));
    // What two cores would give if both were there all the time: work-groups are handed out one by one.
    let clock = libc::CLOCK_PROCESS_CPUTIME_ID;
    show("by processor time", 2.0 * least(1, clock) / least(2, clock), "x", poly.run(2));
    null_launch();
}

/// From the doorbell to the completion signal, by the clock.
fn null_launch() {
    use hsa::api::{SUCCESS, api, signal};
    use hsa::kernel::{Dispatch, Executable, TestQueue, assemble, source};
    let executable = Executable::load(&assemble(&source("nothing", ""), 5));
    let queue = TestQueue::new(64);
    let kernarg = hsa::api::Memory::of_gpu(4096);
    let dispatch = Dispatch::linear(executable.kernel_object("nothing"), kernarg.address(), 64, 64);
    let mut least = Duration::MAX;
    for _ in 0..5000 {
        let completion = signal(1);
        let start = Instant::now();
        queue.submit(dispatch.packet(completion));
        while (api().hsa_signal_wait_scacquire)(completion, 2, 1, 10_000_000, 1) > 0 {}
        least = least.min(start.elapsed());
        assert_eq!((api().hsa_signal_destroy)(completion), SUCCESS);
    }
    show("null launch", least.as_secs_f64() * 1e6, "us", 1);
}

/// The program of `kernels/nonbonded`, built by the toolkit; `None` where there is no toolkit.
fn build_nonbonded(folder: &Path) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let toolkit = std::env::var_os("WAVEFOLD_TOOLKIT").map_or(root.join("target/toolkit"), PathBuf::from);
    let nvcc = toolkit.join("bin/nvcc");
    if !nvcc.exists() {
        return None;
    }
    let built = Command::new("make")
        .arg("-C")
        .arg(root.join("kernels/nonbonded"))
        .arg(format!("NVCC={}", nvcc.display()))
        .arg(format!("OUT={}", folder.display()))
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    built.then(|| folder.join("nonbonded"))
}

/// Notes the clock ticks that each thread of a process that serves a queue has used so far.
fn note_queue_ticks(process: u32, ticks: &mut HashMap<OsString, u64>) -> Option<()> {
    for thread in std::fs::read_dir(format!("/proc/{process}/task")).ok()?.flatten() {
        let Ok(text) = std::fs::read_to_string(thread.path().join("stat")) else { continue };
        let (name, rest) = text.split_once(") ")?;
        if name.contains("hsa-queue") {
            // Fields 14 and 15 of the whole, user and system time.
            let used = rest.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
            ticks.insert(thread.file_name(), used);
        }
    }
    Some(())
}

/// Runs the nonbonded program one way; the library is the one that these tests were built with.
fn nonbonded(program: &Path, folder: &Path, simd: &str, translated: bool) -> Option<(f64, u64)> {
    let library = hsa::api::library_path();
    let statistics = folder.join("statistics.json");
    let jit = if translated { "on" } else { "off" };
    let mut child = Command::new(program)
        .args(["--replicate", "4", "--repeat", "2"])
        .env("LD_LIBRARY_PATH", library.parent()?)
        .env("WAVEFOLD_DEVICE", "gpu")
        .env("WAVEFOLD_EMULATOR_SIMD", simd)
        .env("WAVEFOLD_EMULATOR", format!("threads=1,jit={jit},stats={}", statistics.display()))
        .stdout(Stdio::null())
        .spawn()
        .ok()?;
    // By thread: a queue's thread ends with its queue, before the program does.
    let mut ticks = HashMap::new();
    let status = loop {
        // A process that has just ended has no threads to read.
        let _ = note_queue_ticks(child.id(), &mut ticks);
        match child.try_wait().ok()? {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    assert!(status.success(), "the nonbonded program failed");
    let text = std::fs::read_to_string(&statistics).ok()?;
    let (_, rest) = text.split_once("\"wave_instructions\":")?;
    let instructions: u64 = rest.split([',', '}']).next()?.parse().ok()?;
    // SAFETY: a query of the system's configuration.
    let time = ticks.values().sum::<u64>() as f64 / unsafe { libc::sysconf(libc::_SC_CLK_TCK) } as f64;
    Some((instructions as f64 / time / 1e6, instructions))
}

#[test]
#[ignore = "a measurement"]
fn speed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = build_nonbonded(folder.path());
    let mut rows: Vec<(String, String, u64, Vec<String>)> = Vec::new();
    for (column, (_, simd, translated)) in WAYS.into_iter().enumerate() {
        let output = Command::new(std::env::current_exe().expect("a test knows its executable"))
            .args(["--ignored", "--exact", "figures", "--nocapture", "--test-threads=1"])
            .env("WAVEFOLD_EMULATOR_SIMD", simd)
            .env(TRANSLATED, if translated { "1" } else { "0" })
            .output()
            .expect("the test's own executable runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
        let mut put = |row: &str, figure: &str, unit: &str, instructions: u64| {
            if !rows.iter().any(|known| known.0 == row) {
                rows.push((row.to_owned(), unit.to_owned(), instructions, Vec::new()));
            }
            if let Some(known) = rows.iter_mut().find(|known| known.0 == row) {
                known.3.resize(column, "-".to_owned());
                known.3.push(figure.to_owned());
            }
        };
        for line in text.lines().filter_map(|line| line.split_once(MARK).map(|(_, line)| line)) {
            if let [row, figure, unit, instructions] = line.split('\t').collect::<Vec<_>>()[..] {
                put(row, figure, unit, instructions.parse().unwrap_or(0));
            }
        }
        let program = program.as_deref().filter(|_| simd != "plain");
        if let Some((rate, instructions)) =
            program.and_then(|program| nonbonded(program, folder.path(), simd, translated))
        {
            put("nonbonded of kernels/", &format!("{rate:.2}"), "M/s", instructions);
        }
    }
    if program.is_none() {
        println!("no toolkit: the nonbonded kernel is not measured");
    }
    print!("{:24} {:>8} {:>12}", "", "unit", "instructions");
    WAYS.iter().for_each(|(name, ..)| print!(" {name:>12}"));
    println!();
    for (row, unit, instructions, figures) in rows {
        print!("{row:24} {unit:>8} {instructions:>12}");
        figures.iter().for_each(|figure| print!(" {figure:>12}"));
        println!();
    }
}
