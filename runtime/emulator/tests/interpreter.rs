//! Whole kernels on the interpreter, without HSA.

mod support;

use support::kernel::{Code, Launch, Memory, argument, compile, launch};

#[test]
fn saxpy() {
    let bytes = compile(
        "kernel void saxpy(global float *y, global const float *x, float a, int n) {
            int i = thread_id();
            if (i < n) y[i] = a * x[i] + y[i];
        }",
        &[],
    );
    let memory = Memory::default();
    let code = Code::load(&memory, &bytes);
    let n = 1000usize;
    let x: Vec<f32> = (0..n).map(|i| i as f32).collect();
    let y: Vec<f32> = (0..n).map(|i| 0.5 * i as f32).collect();
    let (px, py) = (memory.put(&x), memory.put(&y));
    let mut arguments = Vec::new();
    argument(&mut arguments, py);
    argument(&mut arguments, px);
    argument(&mut arguments, 3.0f32);
    argument(&mut arguments, n as i32);
    let statistics = launch(
        &memory,
        &code,
        &Launch {
            kernel: "saxpy",
            grid: [1024, 1, 1],
            workgroup: [128, 1, 1],
            arguments,
            dynamic_lds: 0,
            threads: 2,
        },
    )
    .expect("no fault");
    assert_eq!((statistics.workgroups, statistics.waves), (8, 16));
    let got = memory.get::<f32>(py, n);
    for (i, got) in got.into_iter().enumerate() {
        assert_eq!(got, 3.5 * i as f32, "element {i}");
    }
}

/// Runs `kernel` of `source` with one output buffer of `outputs` dwords and the inputs given.
fn run(
    source: &str,
    options: &[&str],
    kernel: &str,
    grid: u32,
    block: u16,
    outputs: usize,
    inputs: &[&[u32]],
) -> Vec<u32> {
    let memory = Memory::default();
    let code = Code::load(&memory, &compile(source, options));
    let out = memory.put(&vec![0u32; outputs]);
    let mut arguments = Vec::new();
    argument(&mut arguments, out);
    for input in inputs {
        argument(&mut arguments, memory.put(input));
    }
    let what = Launch {
        kernel,
        grid: [grid, 1, 1],
        workgroup: [block, 1, 1],
        arguments,
        dynamic_lds: 0,
        threads: 2,
    };
    launch(&memory, &code, &what).unwrap_or_else(|fault| panic!("{kernel}: {fault}"));
    memory.get(out, outputs)
}

#[test]
fn lds_reduction_with_barriers() {
    let source = "
        kernel void sum(global uint *out, global const uint *in) {
            local uint part[256];
            int l = lane_id();
            part[l] = in[thread_id()];
            barrier_all();
            for (int s = 128; s > 0; s >>= 1) {
                if (l < s) part[l] += part[l + s];
                barrier_all();
            }
            if (l == 0) out[__builtin_amdgcn_workgroup_id_x()] = part[0];
        }";
    let input: Vec<u32> = (0..2048).map(|i| i * 7 + 1).collect();
    for options in [&["-O3"][..], &["-O0"]] {
        let got = run(source, options, "sum", 2048, 256, 8, &[&input]);
        let want: Vec<u32> = input.chunks(256).map(|part| part.iter().sum()).collect();
        assert_eq!(got, want);
    }
}

#[test]
fn atomics_of_global_memory_and_lds() {
    let source = "
        kernel void count(global uint *out, global const uint *in) {
            local uint bins[16]; local float total; local ulong wide;
            int l = lane_id();
            if (l < 16) bins[l] = 0;
            if (l == 0) { total = 0; wide = 0; }
            barrier_all();
            uint v = in[thread_id()];
            __opencl_atomic_fetch_add((local atomic_uint *)&bins[v & 15], 1, memory_order_relaxed, memory_scope_work_group);
            __builtin_amdgcn_ds_faddf(&total, 1.0f, 0, 0, 0);
            __opencl_atomic_fetch_max((local atomic_uint *)&wide, v, memory_order_relaxed, memory_scope_work_group);
            barrier_all();
            if (l < 16) __opencl_atomic_fetch_add((global atomic_uint *)&out[l], bins[l], memory_order_relaxed, memory_scope_device);
            if (l == 16) out[16 + __builtin_amdgcn_workgroup_id_x()] = (uint)total;
            __opencl_atomic_fetch_min((global atomic_int *)&out[24], (int)v - 5000, memory_order_relaxed, memory_scope_device);
            __opencl_atomic_fetch_xor((global atomic_uint *)&out[25], v, memory_order_relaxed, memory_scope_device);
            uint old = __opencl_atomic_fetch_add((global atomic_uint *)&out[26], 3, memory_order_relaxed, memory_scope_device);
            __opencl_atomic_fetch_max((global atomic_uint *)&out[27], old, memory_order_relaxed, memory_scope_device);
            uint expected = 0;
            __opencl_atomic_compare_exchange_strong((global atomic_uint *)&out[28], &expected, 77, memory_order_relaxed, memory_order_relaxed, memory_scope_device);
        }";
    let input: Vec<u32> = (0..2048u32).map(|i| i.wrapping_mul(2_654_435_761) >> 20).collect();
    let got = run(source, &[], "count", 2048, 256, 32, &[&input]);
    for (bin, got) in got.iter().enumerate().take(16) {
        assert_eq!(*got, input.iter().filter(|v| **v as usize & 15 == bin).count() as u32);
    }
    assert_eq!(got[16..24], [256; 8]);
    assert_eq!(got[24] as i32, input.iter().map(|v| *v as i32 - 5000).min().expect("some").min(0));
    assert_eq!(got[25], input.iter().fold(0, |a, b| a ^ b));
    assert_eq!((got[26], got[27], got[28]), (3 * 2048, 3 * 2047, 77));
}

#[test]
fn moves_between_lanes() {
    let source = "
        kernel void lanes(global uint *out, global const uint *in) {
            int l = lane_id(); uint v = in[l];
            out[l] = __builtin_amdgcn_ds_bpermute(((l * 5 + 3) & 63) * 4, v);
            out[64 + l] = __builtin_amdgcn_ds_permute(((l * 5 + 3) & 63) * 4, v);
            out[128 + l] = __builtin_amdgcn_ds_swizzle(v, 0x041f);
            out[192 + l] = __builtin_amdgcn_update_dpp(99, v, 0x111, 0xf, 0xf, 0);
            out[256 + l] = __builtin_amdgcn_update_dpp(99, v, 0x103, 0xf, 0xf, 1);
            out[320 + l] = __builtin_amdgcn_update_dpp(99, v, 0x1b, 0x5, 0xf, 0);
            out[384 + l] = __builtin_amdgcn_update_dpp(99, v, 0x142, 0xa, 0xf, 0);
            out[448 + l] = __builtin_amdgcn_update_dpp(99, v, 0x143, 0xc, 0xf, 0);
            out[512 + l] = __builtin_amdgcn_readlane(v, 17) + __builtin_amdgcn_readfirstlane(v);
            out[576 + l] = __builtin_amdgcn_mbcnt_hi(0xffff0000, __builtin_amdgcn_mbcnt_lo(0x0f0f0f0f, 0));
            ulong m = __builtin_amdgcn_uicmp(v, 1000u, 36);
            out[640 + l] = l & 1 ? (uint)m : (uint)(m >> 32);
            uint w = v;
            if (l & 2) w = __builtin_amdgcn_ds_bpermute((l ^ 1) * 4, v) + 1;
            out[704 + l] = w;
            out[768 + l] = __builtin_amdgcn_update_dpp(99, v, 0x140, 0xf, 0xf, 0);
            out[832 + l] = __builtin_amdgcn_update_dpp(99, v, 0x141, 0xf, 0xe, 0);
            out[896 + l] = __builtin_amdgcn_update_dpp(99, v, 0x125, 0xf, 0xf, 0);
            out[960 + l] = __builtin_amdgcn_update_dpp(99, v, 0x155, 0xf, 0xf, 0);
        }";
    let v: Vec<u32> = (0..64).map(|i| i * i * 3 + 7).collect();
    let got = run(source, &[], "lanes", 64, 64, 1024, &[&v]);
    for l in 0..64usize {
        let row = l & !15;
        assert_eq!(got[l], v[(l * 5 + 3) & 63], "bpermute {l}");
        let from = (0..64).find(|from| (from * 5 + 3) & 63 == l).expect("a permutation");
        assert_eq!(got[64 + l], v[from], "permute {l}");
        assert_eq!(got[128 + l], v[l ^ 1], "swizzle {l}");
        assert_eq!(got[192 + l], if l % 16 >= 1 { v[l - 1] } else { 99 }, "row_shr:1 {l}");
        assert_eq!(got[256 + l], if l % 16 < 13 { v[l + 3] } else { 0 }, "row_shl:3 bound_ctrl {l}");
        assert_eq!(got[320 + l], if row / 16 % 2 == 0 { v[l ^ 3] } else { 99 }, "quad_perm {l}");
        assert_eq!(got[384 + l], if row / 16 % 2 == 1 { v[row - 1] } else { 99 }, "row_bcast:15 {l}");
        assert_eq!(got[448 + l], if l >= 32 { v[31] } else { 99 }, "row_bcast:31 {l}");
        assert_eq!(got[512 + l], v[17] + v[0], "readlane {l}");
        let below = |mask: u64| (mask & ((1u64 << l) - 1)).count_ones();
        assert_eq!(got[576 + l], below(0xffff_0000_0f0f_0f0f), "mbcnt {l}");
        let mask = v.iter().enumerate().fold(0u64, |m, (i, v)| m | u64::from(*v < 1000) << i);
        assert_eq!(got[640 + l], if l & 1 == 1 { mask as u32 } else { (mask >> 32) as u32 }, "uicmp {l}");
        assert_eq!(got[704 + l], if l & 2 != 0 { v[l ^ 1] + 1 } else { v[l] }, "bpermute under a mask {l}");
        assert_eq!(got[768 + l], v[row + 15 - l % 16], "row_mirror {l}");
        assert_eq!(
            got[832 + l],
            if l % 16 >= 4 { v[l & !7 | (7 - l % 8)] } else { 99 },
            "row_half_mirror {l}"
        );
        assert_eq!(got[896 + l], v[row | ((l % 16 + 16 - 5) % 16)], "row_ror:5 {l}");
        assert_eq!(got[960 + l], v[row + 5], "row_newbcast:5 {l}");
    }
}

#[test]
fn scratch_through_every_path() {
    let source = "
        __attribute__((noinline)) uint through(uint *p, int i) { return p[i & 31] + *p; }
        kernel void scratch(global uint *out, global const uint *in) {
            uint a[32]; uchar b[64];
            int l = lane_id();
            for (int i = 0; i < 32; i++) { a[(i * 7 + l) & 31] = in[l] + i; b[(i * 5 + l) & 63] = (uchar)(i + l); }
            uint sum = 0;
            for (int i = 0; i < 32; i++) sum = sum * 31 + a[i] + b[(i * 5 + l) & 63];
            local uint shared[64];
            shared[l] = sum;
            barrier_all();
            uint *p = l & 1 ? a : (uint *)shared;
            out[l] = sum;
            out[64 + l] = through(p, l);
            ushort *h = (ushort *)a; h[l & 31] = 7; 
            out[128 + l] = a[(l & 31) >> 1];
            ulong *w = (ulong *)a; w[l & 7] = 0x1122334455667788ul;
            out[192 + l] = a[2 * (l & 7)] + a[2 * (l & 7) + 1];
        }";
    let input: Vec<u32> = (0..64).map(|i| i * 1001).collect();
    let mut sums = Vec::new();
    for options in [&["-O3", "-fno-strict-aliasing"][..], &["-O0", "-fno-strict-aliasing"]] {
        let got = run(source, options, "scratch", 64, 64, 256, &[&input]);
        for l in 0..64usize {
            let (mut a, mut b) = ([0u32; 32], [0u8; 64]);
            for i in 0..32 {
                a[(i * 7 + l) & 31] = input[l] + i as u32;
                b[(i * 5 + l) & 63] = (i + l) as u8;
            }
            let sum = (0..32).fold(0u32, |sum, i| {
                sum.wrapping_mul(31).wrapping_add(a[i]).wrapping_add(b[(i * 5 + l) & 63].into())
            });
            assert_eq!(got[l], sum, "lane {l}");
            if l & 1 == 1 {
                assert_eq!(got[64 + l], a[l & 31] + a[0], "lane {l}");
            }
            let half = (l & 31) >> 1;
            let shift = 16 * (l as u32 & 1);
            assert_eq!(got[128 + l], a[half] & !(0xffff << shift) | 7 << shift, "lane {l}");
            assert_eq!(got[192 + l], 0x1122_3344u32.wrapping_add(0x5566_7788), "lane {l}");
        }
        sums.push(got[..128].to_vec());
    }
    for l in (0..64).step_by(2) {
        let expected = sums[0][l & 31].wrapping_add(sums[0][0]);
        assert_eq!(sums[0][64 + l], expected, "lane {l}");
    }
    assert_eq!(sums[0], sums[1]);
}

#[test]
fn three_dimensions_and_partial_groups() {
    let source = "
        kernel void ids(global uint *out) {
            uint x = __builtin_amdgcn_workgroup_id_x() * 5 + __builtin_amdgcn_workitem_id_x();
            uint y = __builtin_amdgcn_workgroup_id_y() * 3 + __builtin_amdgcn_workitem_id_y();
            uint z = __builtin_amdgcn_workgroup_id_z() * 2 + __builtin_amdgcn_workitem_id_z();
            out[(z * 8 + y) * 12 + x] += 1 + x + 100 * y + 10000 * z;
        }";
    let memory = Memory::default();
    let code = Code::load(&memory, &compile(source, &[]));
    let out = memory.put(&[0u32; 12 * 8 * 3]);
    let mut arguments = Vec::new();
    argument(&mut arguments, out);
    let what = Launch {
        kernel: "ids",
        grid: [12, 8, 3],
        workgroup: [5, 3, 2],
        arguments,
        dynamic_lds: 0,
        threads: 2,
    };
    let statistics = launch(&memory, &code, &what).expect("no fault");
    assert_eq!(statistics.workgroups, 3 * 3 * 2);
    let got = memory.get::<u32>(out, 12 * 8 * 3);
    for (index, got) in got.into_iter().enumerate() {
        let index = index as u32;
        assert_eq!(got, 1 + index % 12 + 100 * (index / 12 % 8) + 10000 * (index / 96));
    }
}

#[test]
fn work_groups_wait_for_one_another() {
    // The first work-group waits for the last; each thread must keep both under way.
    let source = "
        kernel void wait(global uint *out) {
            uint g = __builtin_amdgcn_workgroup_id_x();
            if (lane_id() == 0) {
                if (g == 0) while (__opencl_atomic_load((global atomic_uint *)out, memory_order_relaxed, memory_scope_device) != 63) ;
                else __opencl_atomic_fetch_add((global atomic_uint *)out, 1, memory_order_relaxed, memory_scope_device);
                if (g == 0) out[1] = 5;
            }
        }";
    let got = run(source, &[], "wait", 64 * 64, 64, 2, &[]);
    assert_eq!(got, [63, 5]);
}

#[test]
fn faults_are_located() {
    use wavefold_emulator::dispatch::FaultKind;
    let source = "
        kernel void stray(global uint *out) { if (lane_id() == 37) out[1 << 28] = 1; }
        kernel void trap(global uint *out) { if (lane_id() == 3) __builtin_trap(); out[0] = 1; }";
    let memory = Memory::default();
    let code = Code::load(&memory, &compile(source, &[]));
    let out = memory.put(&[0u32; 16]);
    let mut arguments = Vec::new();
    argument(&mut arguments, out);
    let mut what = Launch {
        kernel: "stray",
        grid: [256, 1, 1],
        workgroup: [128, 1, 1],
        arguments,
        dynamic_lds: 0,
        threads: 1,
    };
    let fault = launch(&memory, &code, &what).expect_err("out of bounds");
    assert_eq!(fault.kind, FaultKind::WriteOutOfBounds);
    assert_eq!((fault.lane, fault.address), (Some(37), Some(out + (4 << 28))));
    assert!(fault.instruction.contains("store_dword"), "{fault}");
    what.kernel = "trap";
    let fault = launch(&memory, &code, &what).expect_err("a trap");
    assert_eq!(fault.kind, FaultKind::Trap(2));
}

#[test]
fn halves() {
    let source = "
        kernel void halves(global uint *out, global const uint *in) {
            int l = lane_id();
            half2 a = as_half2(in[l]), b = as_half2(in[64 + l]);
            half x = a.x, y = b.y;
            out[l] = as_uint(a + b); out[64 + l] = as_uint(a * b); 
            out[128 + l] = as_uint(__builtin_elementwise_fma(a, b, a));
            out[192 + l] = as_ushort((half)(x - y));
            out[256 + l] = as_uint((float)x * (float)y + 1.0f);
            out[320 + l] = as_ushort((half)((float)x * 0.3f));
            out[384 + l] = x < y;
        }";
    let input: Vec<u32> = (0..128u32)
        .map(|i| {
            let one = |i: u32| {
                let value = ((i * 37 % 101) as f32 - 50.0) / 8.0;
                let bits = value.to_bits();
                if value == 0.0 {
                    0
                } else {
                    bits >> 16 & 0x8000 | (((bits & 0x7fff_ffff) >> 13) - (112 << 10))
                }
            };
            one(i) | one(i * 3 + 1) << 16
        })
        .collect();
    let got = run(source, &["-ffp-contract=off"], "halves", 64, 64, 448, &[&input]);
    let single = |half: u32| {
        let half = half & 0xffff;
        let magnitude = half & 0x7fff;
        let value = if magnitude < 0x400 {
            magnitude as f32 / 16_777_216.0
        } else {
            f32::from_bits((magnitude << 13) + (112 << 23))
        };
        if half & 0x8000 != 0 { -value } else { value }
    };
    for l in 0..64 {
        let (a, b) = (input[l], input[64 + l]);
        let (ax, ay, bx, by) = (single(a), single(a >> 16), single(b), single(b >> 16));
        // All values are small multiples of an eighth: sums are exact, products need at most 12 bits or one rounding.
        assert_eq!(single(got[l]), ax + bx);
        assert_eq!(single(got[l] >> 16), ay + by);
        let near = |half: u32, exact: f32| (single(half) - exact).abs() <= exact.abs() / 2048.0;
        assert!(near(got[64 + l], ax * bx) && near(got[64 + l] >> 16, ay * by));
        assert!(near(got[128 + l], ax * bx + ax) && near(got[128 + l] >> 16, ay * by + ay));
        assert_eq!(single(got[192 + l]), ax - by);
        assert_eq!(f32::from_bits(got[256 + l]), ax * by + 1.0);
        assert!(near(got[320 + l], ax * 0.3));
        assert_eq!(got[384 + l], u32::from(ax < by));
    }
}
