//! The same C, compiled by clang for gfx90a and for the host, over random and special inputs.
//!
//! The two compilations share the front end and nothing of what executes; results are compared bit for bit, NaNs as
//! a class.

mod support;

use std::fmt::Write as _;

use support::kernel::{Code, Launch, Memory, argument, compile, compile_host, launch};

/// Inputs for each kind of operand, the special ones first.
const COUNT: usize = 4096;

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}

const SPECIAL_FLOATS: [u32; 24] = [
    0,
    0x8000_0000,
    1,
    0x8000_0001,
    0x007f_ffff,
    0x0080_0000,
    0x3f80_0000,
    0xbf80_0000,
    0x3f00_0000,
    0x4000_0000,
    0x7f7f_ffff,
    0xff7f_ffff,
    0x7f80_0000,
    0xff80_0000,
    0x7fc0_0000,
    0xffc0_0000,
    0x4b00_0000,
    0x4f00_0000,
    0xcf00_0000,
    0x5f00_0000,
    0x3f7f_ffff,
    0x3f80_0001,
    0x0000_1234,
    0x7e80_0000,
];
const SPECIAL_WORDS: [u64; 16] = [
    0,
    1,
    2,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    0xffff_ffff_ffff_ffff,
    0x1_0000_0000,
];

/// Bits for operand `which` of kind `kind`.
fn inputs(kind: &str, which: usize) -> Vec<u64> {
    let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ (which as u64 + 1) << 20);
    (0..COUNT)
        .map(|index| {
            let pick = index / [1, 24, 576][which];
            match kind {
                "float" if index < 24 * 24 => SPECIAL_FLOATS[pick % 24].into(),
                "double" if index < 24 * 24 => {
                    f64::from(f32::from_bits(SPECIAL_FLOATS[pick % 24])).to_bits() ^ u64::from(index % 7 == 3)
                }
                // Magnitudes near each other, so that sums and products stay finite.
                "float" if index % 2 == 0 => {
                    (random.next() as u32 & 0x807f_ffff | (110 + random.next() as u32 % 40) << 23).into()
                }
                "double" if index % 2 == 0 => {
                    random.next() & 0x800f_ffff_ffff_ffff | (990 + random.next() % 70) << 52
                }
                "float" => random.next() & 0xffff_ffff,
                "double" => random.next(),
                _ if index < 256 => SPECIAL_WORDS[[index % 16, index / 16 % 16, index * 7 % 16][which]],
                _ => random.next() >> (random.next() % 64),
            }
        })
        .collect()
}

/// Compares `expressions` of a, b and c, each a `kind`, giving a `result`.
fn compare(kind: &str, result: &str, expressions: &[&str]) {
    let mut functions = String::new();
    for (index, expression) in expressions.iter().enumerate() {
        writeln!(
            functions,
            "static inline {result} f{index}({kind} a, {kind} b, {kind} c) {{ return {expression}; }}"
        )
        .expect("writing to a string");
    }
    let mut device = functions.clone();
    let mut host = format!(
        "typedef unsigned char uchar; typedef unsigned short ushort; typedef unsigned int uint;\n\
         typedef unsigned long ulong;\n{functions}"
    );
    for index in 0..expressions.len() {
        writeln!(
            device,
            "kernel void k{index}(global {result} *out, global const {kind} *a, global const {kind} *b, \
             global const {kind} *c) {{ int i = thread_id(); out[i] = f{index}(a[i], b[i], c[i]); }}"
        )
        .expect("writing to a string");
        writeln!(
            host,
            "void k{index}({result} *out, const {kind} *a, const {kind} *b, const {kind} *c, int n) \
             {{ for (int i = 0; i < n; i++) out[i] = f{index}(a[i], b[i], c[i]); }}"
        )
        .expect("writing to a string");
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    // SAFETY: the library is ours.
    let library =
        unsafe { libloading::Library::new(compile_host(&host, folder.path())) }.expect("the host library");
    let memory = Memory::default();
    // Unoptimised code lives in scratch and calls functions, which optimised code does not.
    let codes = ["-O3", "-O0"].map(|level| {
        let options = ["-ffp-contract=off", "-cl-fp32-correctly-rounded-divide-sqrt", level];
        Code::load(&memory, &compile(&device, &options))
    });
    let size = |name: &str| match name {
        "double" | "long" | "ulong" => 8,
        "float" | "int" | "uint" => 4,
        "short" | "ushort" => 2,
        _ => 1,
    };
    let wide = size(kind);
    let operands: Vec<u64> = (0..3)
        .map(|which| {
            let bytes: Vec<u8> =
                inputs(kind, which).iter().flat_map(|bits| bits.to_le_bytes()[..wide].to_vec()).collect();
            memory.put(&bytes)
        })
        .collect();
    let bytes = size(result);
    let mut wrong = 0;
    let cases = expressions.iter().enumerate().flat_map(|case| codes.iter().map(move |code| (case, code)));
    for ((index, expression), code) in cases {
        let (device_out, host_out) = (memory.allocate(COUNT * bytes, 64), memory.allocate(COUNT * bytes, 64));
        let mut arguments = Vec::new();
        argument(&mut arguments, device_out);
        operands.iter().for_each(|operand| argument(&mut arguments, *operand));
        let kernel = format!("k{index}");
        let what = Launch {
            kernel: &kernel,
            grid: [COUNT as u32, 1, 1],
            workgroup: [256, 1, 1],
            arguments,
            dynamic_lds: 0,
            threads: 1,
        };
        launch(&memory, code, &what).unwrap_or_else(|fault| panic!("{expression}: {fault}"));
        type Host = unsafe extern "C" fn(u64, u64, u64, u64, i32);
        // SAFETY: the function has this signature, and the buffers hold COUNT elements.
        unsafe {
            let function: libloading::Symbol<'_, Host> =
                library.get(kernel.as_bytes()).expect("a function of ours");
            function(host_out, operands[0], operands[1], operands[2], COUNT as i32);
        }
        let (ours, theirs) =
            (memory.get::<u8>(device_out, COUNT * bytes), memory.get::<u8>(host_out, COUNT * bytes));
        for at in 0..COUNT {
            let value = |bytes_of: &[u8]| {
                let mut value = [0; 8];
                value[..bytes].copy_from_slice(&bytes_of[at * bytes..][..bytes]);
                u64::from_le_bytes(value)
            };
            let (ours, theirs) = (value(&ours), value(&theirs));
            let nan = |bits: u64| match result {
                "float" => f32::from_bits(bits as u32).is_nan(),
                "double" => f64::from_bits(bits).is_nan(),
                _ => false,
            };
            if ours != theirs && !(nan(ours) && nan(theirs)) {
                let [a, b, c]: [u64; 3] = std::array::from_fn(|which| inputs(kind, which)[at]);
                eprintln!(
                    "{kind} {expression}: a={a:#x} b={b:#x} c={c:#x}: emulator {ours:#x}, host {theirs:#x}"
                );
                wrong += 1;
                if wrong % 3 == 0 {
                    break;
                }
            }
        }
    }
    assert_eq!(wrong, 0, "differences in {kind} -> {result}");
}

#[test]
fn integers_of_32_bits() {
    compare(
        "int",
        "int",
        &[
            "(int)((uint)a + (uint)b)",
            "(int)((uint)a - (uint)b)",
            "(int)((uint)a * (uint)b + (uint)c)",
            "a & b",
            "a | ~b",
            "a ^ b ^ c",
            "a >> (b & 31)",
            "(int)((uint)a << (b & 31))",
            "a < b ? a : b",
            "a > b ? c : a",
            "a == b",
            "a < b",
            "a >= b && b != c",
            "b == 0 || b == -1 ? a : a / b",
            "b == 0 || b == -1 ? a : a % b",
            "(int)(((long)a * b) >> 32)",
            "(signed char)a + (short)b",
            "__builtin_popcount(a) + b % 8",
            "a == 0 ? 99 : __builtin_clz(a)",
            "a == 0 ? 99 : __builtin_ctz(a)",
            "a < 0 ? (int)-(uint)a : a",
            "(a >> 3) & 31",
            "(a << 8) >> 20",
            "(int)(a & 0xffff) * (short)b",
            "((a & 0xffffff) * (b & 0xffff)) + c % 16",
            "a > 0 ? (b > 0 ? 1 : 2) : (c > 0 ? 3 : 4)",
            "__builtin_bitreverse32(a)",
            "__builtin_bswap32(a)",
        ],
    );
    compare(
        "uint",
        "uint",
        &[
            "a + b + c",
            "(a << 4) + b",
            "(a + b) << 3",
            "a >> (b & 31)",
            "b == 0 ? a : a / b",
            "b == 0 ? a : a % b",
            "a < b ? a : b",
            "a > b ? a : b",
            "(uint)(((ulong)a * b) >> 32)",
            "(a >> 8) & 0xff",
            "(a & b) | (~a & c)",
            "a << (b & 31) | c",
            "(a << 7) | (a >> 25)",
            "(a >> (b & 31)) | (c << 1)",
            "a / 10u",
            "a % 1000u",
            "a / 7u",
            "(uint)(uchar)a + (uint)(ushort)b",
            "a > b",
            "a <= b",
            "(a & 0xff) * (b & 0xff)",
            "(a ^ b) + c",
            "(a & b) | c",
            "a | b | c",
        ],
    );
}

#[test]
fn integers_of_64_bits() {
    compare(
        "long",
        "long",
        &[
            "(long)((ulong)a + (ulong)b)",
            "(long)((ulong)a - (ulong)b)",
            "(long)((ulong)a * (ulong)b)",
            "a >> (b & 63)",
            "(long)((ulong)a << (b & 63))",
            "a < b",
            "a == b",
            "a > b ? a : b",
            "b == 0 || b == -1 ? a : a / b",
            "b == 0 || b == -1 ? a : a % b",
            "a & b ^ c",
            "__builtin_popcountl(a)",
            "a == 0 ? 99 : __builtin_clzl(a)",
            "a == 0 ? 99 : __builtin_ctzl(a)",
            "(long)((__int128)a * b >> 64)",
            "(int)a * (long)(int)b + c % 256",
        ],
    );
    compare(
        "ulong",
        "ulong",
        &[
            "a + b",
            "a * b + c",
            "a >> (b & 63)",
            "a << (b & 63)",
            "a < b",
            "a >= b",
            "b == 0 ? a : a / b",
            "b == 0 ? a : a % b",
            "(ulong)(((unsigned __int128)a * b) >> 64)",
            "(ulong)(uint)a * (uint)b + c",
            "a < b ? a : b",
        ],
    );
}

#[test]
fn short_integers() {
    compare(
        "short",
        "short",
        &[
            "a + b",
            "a - b",
            "a * b",
            "a < b ? a : b",
            "a > b ? a : b",
            "a >> (b & 15)",
            "a << (b & 7)",
            "a * b + c",
            "a == b",
            "b == 0 ? a : a / b",
        ],
    );
    compare(
        "ushort",
        "ushort",
        &["a + b", "a * b + c", "a < b ? a : b", "a >> (b & 15)", "b == 0 ? a : a % b", "a > b"],
    );
    compare("uchar", "uchar", &["a + b", "a * b", "a > b ? a : c", "b == 0 ? a : a / b", "a ^ (b << 3)"]);
}

#[test]
fn singles() {
    compare(
        "float",
        "float",
        &[
            "a + b",
            "a - b",
            "a * b",
            "a / b",
            "__builtin_fmaf(a, b, c)",
            "-__builtin_fmaf(-a, b, c)",
            "__builtin_sqrtf(a)",
            "__builtin_floorf(a)",
            "__builtin_ceilf(a)",
            "__builtin_truncf(a)",
            "__builtin_rintf(a)",
            "__builtin_fabsf(a) - b",
            "a < b ? a : b",
            "a > b ? c : a",
            "__builtin_copysignf(a, b)",
            "a * 2.0f",
            "a * 0.5f + 1.0f",
            "-a * b - c",
            "__builtin_fabsf(a) * __builtin_fabsf(b)",
            "1.0f / a",
            "a * b + c",
            "(float)(double)a",
            "(a + b) * 4.0f",
        ],
    );
    compare(
        "float",
        "int",
        &[
            "a < b",
            "a <= b",
            "a == b",
            "a != b",
            "!(a < b)",
            "!(a >= b)",
            "a > b || a != a",
            "__builtin_isnan(a)",
            "__builtin_isinf(a)",
            "__builtin_isnormal(a)",
            "a >= -2147483648.0f && a < 2147483648.0f ? (int)a : 7",
            "a >= 0 && a < 4294967296.0f ? (int)(uint)a : 7",
            "a > -30000 && a < 30000 ? (short)a : 1",
            "__builtin_signbit(a) != 0",
        ],
    );
    compare("float", "double", &["a", "(double)a * b", "(double)a / c"]);
    compare("float", "long", &["a > -9e18f && a < 9e18f ? (long)a : 3"]);
    compare(
        "int",
        "float",
        &["a", "(float)(uint)a", "(float)(uchar)a", "(float)((uint)a >> 24)", "(float)(short)a"],
    );
    compare("long", "float", &["a", "(float)(ulong)a"]);
}

#[test]
fn doubles() {
    compare(
        "double",
        "double",
        &[
            "a + b",
            "a - b",
            "a * b",
            "a / b",
            "__builtin_fma(a, b, c)",
            "__builtin_fma(-a, b, -c)",
            "__builtin_sqrt(a)",
            "__builtin_floor(a)",
            "__builtin_ceil(a)",
            "__builtin_trunc(a)",
            "__builtin_rint(a)",
            "__builtin_fabs(a)",
            "a < b ? a : b",
            "__builtin_copysign(a, b)",
            "a * 2.0",
            "a * 0.5",
            "1.0 / a",
            "a * b + c",
        ],
    );
    compare(
        "double",
        "int",
        &[
            "a < b",
            "a <= b",
            "a == b",
            "!(a < b)",
            "__builtin_isnan(a)",
            "__builtin_isinf(a)",
            "a > -2147483649.0 && a < 2147483648.0 ? (int)a : 5",
            "a >= 0 && a < 4294967296.0 ? (int)(uint)a : 5",
        ],
    );
    compare("double", "float", &["a", "a * b"]);
    compare("double", "long", &["a > -9e18 && a < 9e18 ? (long)a : 5"]);
    compare("double", "ulong", &["a >= 0 && a < 1.8e19 ? (ulong)a : 5"]);
    compare("int", "double", &["a", "(double)(uint)a"]);
    compare("long", "double", &["a", "(double)(ulong)a"]);
}
