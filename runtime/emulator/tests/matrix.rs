//! The matrix instructions against matrix products in double precision.
//!
//! Lane layouts are typed from AMD's matrix instruction calculator; inputs are small integers, so that every format
//! holds them and every sum is exact.

mod support;

use support::kernel::{Code, Launch, Memory, argument, compile, launch};

struct Matrix {
    name: &'static str,
    n: usize,
    k: usize,
    blocks: usize,
    /// C types of A and B, of C and D, and how A and B are made from small integers.
    operand: &'static str,
    result: &'static str,
    per_lane: usize,
}

const fn matrix(
    name: &'static str,
    n: usize,
    k: usize,
    blocks: usize,
    (operand, per_lane): (&'static str, usize),
    result: &'static str,
) -> Matrix {
    Matrix { name, n, k, blocks, operand, result, per_lane }
}

const F32: (&str, usize) = ("float", 1);
const F16: (&str, usize) = ("half4", 4);
const I8: (&str, usize) = ("int", 4);
const BF16: (&str, usize) = ("short2", 2);
const BF16_1K: (&str, usize) = ("short4", 4);
const F64: (&str, usize) = ("double", 1);

const MATRICES: [Matrix; 27] = [
    matrix("f32_32x32x1f32", 32, 1, 2, F32, "float32"),
    matrix("f32_16x16x1f32", 16, 1, 4, F32, "float16"),
    matrix("f32_4x4x1f32", 4, 1, 16, F32, "float4"),
    matrix("f32_32x32x2f32", 32, 2, 1, F32, "float16"),
    matrix("f32_16x16x4f32", 16, 4, 1, F32, "float4"),
    matrix("f32_32x32x4f16", 32, 4, 2, F16, "float32"),
    matrix("f32_16x16x4f16", 16, 4, 4, F16, "float16"),
    matrix("f32_4x4x4f16", 4, 4, 16, F16, "float4"),
    matrix("f32_32x32x8f16", 32, 8, 1, F16, "float16"),
    matrix("f32_16x16x16f16", 16, 16, 1, F16, "float4"),
    matrix("i32_32x32x4i8", 32, 4, 2, I8, "int32"),
    matrix("i32_16x16x4i8", 16, 4, 4, I8, "int16"),
    matrix("i32_4x4x4i8", 4, 4, 16, I8, "int4"),
    matrix("i32_32x32x8i8", 32, 8, 1, I8, "int16"),
    matrix("i32_16x16x16i8", 16, 16, 1, I8, "int4"),
    matrix("f32_32x32x2bf16", 32, 2, 2, BF16, "float32"),
    matrix("f32_16x16x2bf16", 16, 2, 4, BF16, "float16"),
    matrix("f32_4x4x2bf16", 4, 2, 16, BF16, "float4"),
    matrix("f32_32x32x4bf16", 32, 4, 1, BF16, "float16"),
    matrix("f32_16x16x8bf16", 16, 8, 1, BF16, "float4"),
    matrix("f32_32x32x4bf16_1k", 32, 4, 2, BF16_1K, "float32"),
    matrix("f32_16x16x4bf16_1k", 16, 4, 4, BF16_1K, "float16"),
    matrix("f32_4x4x4bf16_1k", 4, 4, 16, BF16_1K, "float4"),
    matrix("f32_32x32x8bf16_1k", 32, 8, 1, BF16_1K, "float16"),
    matrix("f32_16x16x16bf16_1k", 16, 16, 1, BF16_1K, "float4"),
    matrix("f64_16x16x4f64", 16, 4, 1, F64, "double4"),
    matrix("f64_4x4x4f64", 4, 4, 4, F64, "double"),
];

fn small(seed: usize) -> i32 {
    (seed.wrapping_mul(2_654_435_761) >> 7) as i32 % 9 - 4
}

/// A small integer in the format of A and B.
fn encode(matrix: &Matrix, value: i32) -> Vec<u8> {
    match matrix.operand {
        "float" => (value as f32).to_le_bytes().to_vec(),
        "double" => f64::from(value).to_le_bytes().to_vec(),
        "int" => vec![value as i8 as u8],
        // Halves of whole numbers up to four: sign, exponent, two bits of fraction.
        "half4" => {
            let bits = (value as f32).to_bits();
            let half = if value == 0 {
                0
            } else {
                (bits >> 16 & 0x8000) | ((bits >> 13 & 0x3ffff) - (112 << 10)) & 0x7fff
            };
            (half as u16).to_le_bytes().to_vec()
        }
        _ => (((value as f32).to_bits() >> 16) as u16).to_le_bytes().to_vec(),
    }
}

#[test]
fn products() {
    let mut source = String::from(
        "typedef float float32 __attribute__((ext_vector_type(32)));
         typedef int int32 __attribute__((ext_vector_type(32)));\n",
    );
    for matrix in &MATRICES {
        let Matrix { name, operand, result, .. } = matrix;
        source += &format!(
            "kernel void m_{name}(global {result} *d, global const {operand} *a, global const {operand} *b, \
             global const {result} *c) {{ int l = lane_id(); \
             d[l] = __builtin_amdgcn_mfma_{name}(a[l], b[l], c[l], 0, 0, 0); }}\n"
        );
    }
    let memory = Memory::default();
    let code = Code::load(&memory, &compile(&source, &[]));
    for matrix in &MATRICES {
        let &Matrix { name, n, k, blocks, per_lane, result, .. } = matrix;
        let double = result.starts_with("double");
        let (mut a, mut b) = (Vec::new(), Vec::new());
        let element = |which: usize, block: usize, at: usize, step: usize| {
            small(which * 1_000_003 + block * 10_007 + at * 101 + step)
        };
        for lane in 0..64 {
            for index in 0..per_lane {
                let (block, at, step) = if double && n == 4 {
                    (lane / 4 % 4, lane % 4, lane / 16)
                } else if blocks > 1 {
                    (lane / n, lane % n, index)
                } else {
                    (0, lane % n, lane / n * per_lane + index)
                };
                a.extend(encode(matrix, element(1, block, at, step)));
                b.extend(encode(matrix, element(2, block, at, step)));
            }
        }
        let registers = n * n * blocks / 64;
        let c: Vec<i32> = (0..64 * registers).map(|index| small(index + 77)).collect();
        let c_bytes: Vec<u8> = c
            .iter()
            .flat_map(|&value| match result {
                _ if double => f64::from(value).to_le_bytes().to_vec(),
                _ if result.starts_with("int") => value.to_le_bytes().to_vec(),
                _ => (value as f32).to_le_bytes().to_vec(),
            })
            .collect();
        let d = memory.allocate(c_bytes.len(), 256);
        let mut arguments = Vec::new();
        for pointer in [d, memory.put(&a), memory.put(&b), memory.put(&c_bytes)] {
            argument(&mut arguments, pointer);
        }
        let kernel = format!("m_{name}");
        let what = Launch {
            kernel: &kernel,
            grid: [64, 1, 1],
            workgroup: [64, 1, 1],
            arguments,
            dynamic_lds: 0,
            threads: 1,
        };
        launch(&memory, &code, &what).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        for lane in 0..64 {
            for register in 0..registers {
                let (block, i, j) = match (n, double) {
                    (32, _) => {
                        (register / 16, 8 * (register / 4 % 4) + 4 * (lane / 32) + register % 4, lane % 32)
                    }
                    (16, false) => (register / 4, 4 * (lane / 16) + register % 4, lane % 16),
                    (16, true) => (0, 4 * register + lane / 16, lane % 16),
                    (_, false) => (lane / 4, register, lane % 4),
                    (_, true) => (lane / 4 % 4, lane / 16, lane % 4),
                };
                let expected =
                    (0..k).map(|step| element(1, block, i, step) * element(2, block, j, step)).sum::<i32>()
                        + c[lane * registers + register];
                let at = lane * registers + register;
                let got = match result {
                    _ if double => memory.get::<f64>(d + 8 * at as u64, 1)[0],
                    _ if result.starts_with("int") => memory.get::<i32>(d + 4 * at as u64, 1)[0].into(),
                    _ => memory.get::<f32>(d + 4 * at as u64, 1)[0].into(),
                };
                assert_eq!(got, f64::from(expected), "{name}: lane {lane}, register {register}");
            }
        }
    }
}
