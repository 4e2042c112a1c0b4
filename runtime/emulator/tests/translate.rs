//! Random programs of vector instructions, translated and interpreted: every register and mask must agree.
//!
//! A program computes in floating point or in integers. In the former NaNs agree as a class, since which of two payloads
//! the host keeps depends on the order of operands, and no instruction looks at their bits.

mod support;

use std::fmt::Write as _;

use support::kernel::{Code, Launch, Memory, argument, compile, launch};
use wavefold_emulator::dispatch::enable_translation;

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    fn below(&mut self, limit: usize) -> usize {
        self.next() as usize % limit
    }

    fn of<'a>(&mut self, names: &[&'a str]) -> &'a str {
        names[self.below(names.len())]
    }
}

/// Vector registers that programs compute with, from v1 on.
const ROWS: usize = 15;
/// Programs, and instructions of each.
const PROGRAMS: usize = 160;
const LENGTH: usize = 40;

/// Values with which anything may go wrong.
const SPECIAL: [u32; 20] = [
    0,
    1,
    2,
    31,
    32,
    0xff_ffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x3f80_0000,
    0xbf80_0000,
    0x7f80_0000,
    0xff80_0000,
    0x7fc0_0000,
    0x7f80_0001,
    0x0040_0000,
    0x8000_0001,
    0x4f00_0000,
    0x4f80_0000,
    0xcf00_0000,
];

const ONE_FLOAT: [&str; 12] = [
    "v_rcp_f32",
    "v_rsq_f32",
    "v_sqrt_f32",
    "v_rndne_f32",
    "v_floor_f32",
    "v_ceil_f32",
    "v_trunc_f32",
    "v_fract_f32",
    "v_cvt_i32_f32",
    "v_cvt_u32_f32",
    "v_mov_b32",
    "v_rcp_iflag_f32",
];
const ONE_INTEGER: [&str; 4] = ["v_not_b32", "v_cvt_f32_i32", "v_cvt_f32_u32", "v_mov_b32"];
const TWO_FLOAT: [&str; 6] =
    ["v_add_f32", "v_sub_f32", "v_subrev_f32", "v_mul_f32", "v_min_f32", "v_max_f32"];
const TWO_INTEGER: [&str; 19] = [
    "v_mul_hi_u32",
    "v_mul_hi_i32",
    "v_and_b32",
    "v_or_b32",
    "v_xor_b32",
    "v_xnor_b32",
    "v_lshlrev_b32",
    "v_lshrrev_b32",
    "v_ashrrev_i32",
    "v_add_u32",
    "v_sub_u32",
    "v_subrev_u32",
    "v_mul_lo_u32",
    "v_mul_u32_u24",
    "v_mul_i32_i24",
    "v_min_i32",
    "v_max_i32",
    "v_min_u32",
    "v_max_u32",
];
const THREE_INTEGER: [&str; 13] = [
    "v_and_or_b32",
    "v_or3_b32",
    "v_bfi_b32",
    "v_lshl_add_u32",
    "v_lshl_or_b32",
    "v_add_lshl_u32",
    "v_xad_u32",
    "v_add3_u32",
    "v_bfe_u32",
    "v_bfe_i32",
    "v_alignbit_b32",
    "v_mad_u32_u24",
    "v_mad_i32_i24",
];
const PACKED: [&str; 4] = ["v_pk_add_f32", "v_pk_mul_f32", "v_pk_fma_f32", "v_pk_mov_b32"];
const FLOAT_TESTS: [&str; 14] =
    ["lt", "eq", "le", "gt", "lg", "ge", "o", "u", "nge", "nlg", "ngt", "nle", "neq", "nlt"];
const INTEGER_TESTS: [&str; 6] = ["lt", "eq", "le", "gt", "ne", "ge"];
const CARRIES: [&str; 6] =
    ["v_add_co_u32", "v_addc_co_u32", "v_sub_co_u32", "v_subrev_co_u32", "v_subb_co_u32", "v_subbrev_co_u32"];
/// Pairs of scalar registers for masks.
const MASKS: [&str; 4] = ["vcc", "s[20:21]", "s[22:23]", "s[24:25]"];

fn row(random: &mut Random) -> String {
    format!("v{}", 1 + random.below(ROWS))
}

/// A pair of rows that begins at an even one.
fn pair(random: &mut Random) -> String {
    let first = 2 + 2 * random.below(ROWS / 2 - 1);
    format!("v[{first}:{}]", first + 1)
}

/// Sources of which at most one is scalar, perhaps with changed signs.
fn sources(random: &mut Random, count: usize, signs: bool) -> String {
    let scalar = if random.below(3) == 0 { random.below(count) } else { count };
    let mut out = String::new();
    for index in 0..count {
        let plain = if index == scalar {
            let names = ["s12", "s13", "s20", "s24", "vcc_lo", "exec_lo"];
            random.of(&names).to_owned()
        } else if random.below(5) == 0 {
            random.of(&["0", "1", "-1", "17", "64", "1.0", "-4.0", "0.5"]).to_owned()
        } else {
            row(random)
        };
        let changed =
            match if signs && !plain.starts_with(['0', '1', '-', '6']) { random.below(6) } else { 9 } {
                0 => format!("-{plain}"),
                1 => format!("|{plain}|"),
                2 => format!("-|{plain}|"),
                _ => plain,
            };
        write!(out, ", {changed}").expect("writing to a string");
    }
    out
}

/// What kinds of instruction a floating-point program has, and an integer one.
const FLOAT_KINDS: [usize; 9] = [0, 2, 3, 7, 8, 9, 10, 12, 12];
const INTEGER_KINDS: [usize; 9] = [1, 4, 5, 6, 6, 11, 12, 13, 14];

fn instruction(random: &mut Random, float: bool) -> String {
    let to = row(random);
    let kind = if float { FLOAT_KINDS[random.below(9)] } else { INTEGER_KINDS[random.below(9)] };
    match kind {
        0 => format!("{}_e64 {to}{}", random.of(&ONE_FLOAT), sources(random, 1, false)),
        1 => format!("{}_e64 {to}{}", random.of(&ONE_INTEGER), sources(random, 1, false)),
        2 | 3 => format!("{}_e64 {to}{}", random.of(&TWO_FLOAT), sources(random, 2, true)),
        4 | 5 => {
            // Some of these have one encoding only.
            let name = random.of(&TWO_INTEGER);
            let suffix =
                if name.starts_with("v_mul_lo") || name.starts_with("v_mul_hi") { "" } else { "_e64" };
            format!("{name}{suffix} {to}{}", sources(random, 2, false))
        }
        6 => format!("{} {to}{}", random.of(&THREE_INTEGER), sources(random, 3, false)),
        7 => format!("v_fma_f32 {to}{}", sources(random, 3, true)),
        8 => format!("v_fmac_f32_e64 {to}{}", sources(random, 2, true)),
        9 => {
            let name = random.of(&PACKED);
            let (a, b, c) = (pair(random), pair(random), pair(random));
            let select = |random: &mut Random, count: usize| {
                let bits: Vec<&str> = (0..count).map(|_| random.of(&["0", "1"])).collect();
                bits.join(",")
            };
            let to = pair(random);
            match name {
                "v_pk_mov_b32" => format!("{name} {to}, {a}, {b} op_sel:[{}]", select(random, 2)),
                "v_pk_fma_f32" => format!(
                    "{name} {to}, {a}, {b}, {c} op_sel:[{}] op_sel_hi:[{}] neg_lo:[{}] neg_hi:[{}]",
                    select(random, 3),
                    select(random, 3),
                    select(random, 3),
                    select(random, 3)
                ),
                _ => format!(
                    "{name} {to}, {a}, {b} op_sel:[{}] op_sel_hi:[{}] neg_lo:[{}] neg_hi:[{}]",
                    select(random, 2),
                    select(random, 2),
                    select(random, 2),
                    select(random, 2)
                ),
            }
        }
        10 => {
            let name = format!("v_cmp_{}_f32_e64", random.of(&FLOAT_TESTS));
            format!("{name} {}{}", random.of(&MASKS), sources(random, 2, true))
        }
        11 => {
            let name = format!("v_cmp_{}_{}_e64", random.of(&INTEGER_TESTS), random.of(&["i32", "u32"]));
            format!("{name} {}{}", random.of(&MASKS), sources(random, 2, false))
        }
        12 => {
            let (a, b) = (row(random), row(random));
            format!("v_cndmask_b32_e64 {to}, {a}, {b}, {}", random.of(&MASKS))
        }
        14 => {
            let (to, from) = (pair(random), pair(random));
            if random.below(2) == 0 {
                let name = random.of(&["v_lshlrev_b64", "v_lshrrev_b64", "v_ashrrev_i64"]);
                return format!("{name} {to}, {}, {from}", random.below(64));
            }
            let name = random.of(&["v_mad_u64_u32", "v_mad_i64_i32"]);
            let mask = random.of(&MASKS);
            let addend = if random.below(4) == 0 { "-3".to_owned() } else { from };
            format!("{name} {to}, {mask}{}, {addend}", sources(random, 2, false))
        }
        _ => {
            let name = random.of(&CARRIES);
            let carry = if name.contains("addc") || name.contains("subb_") || name.contains("subbrev") {
                format!(", {}", random.of(&MASKS))
            } else {
                String::new()
            };
            let (a, b) = (row(random), row(random));
            format!("{name}_e64 {to}, {}, {a}, {b}{carry}", random.of(&MASKS))
        }
    }
}

/// A kernel that loads the rows, sets scalars, runs `LENGTH` random instructions under a random EXEC, and stores all.
fn program(random: &mut Random, name: &str, float: bool, denormals: u32) -> String {
    let mut text = format!(
        ".text\n.globl {name}\n.p2align 8\n.type {name},@function\n{name}:\n s_load_dwordx4 s[4:7], s[0:1], 0x0\n\
         s_waitcnt lgkmcnt(0)\n v_lshlrev_b32 v30, 2, v0\n"
    );
    let mut put = |line: String| writeln!(text, " {line}").expect("writing to a string");
    for index in 0..ROWS {
        put(format!("global_load_dword v{}, v30, s[4:5] offset:{}", index + 1, index * 256));
    }
    for register in [12, 13, 20, 21, 22, 23, 24, 25, 106, 107] {
        let value =
            if random.below(2) == 0 { SPECIAL[random.below(SPECIAL.len())] } else { random.next() as u32 };
        let register = match register {
            106 => "vcc_lo".to_owned(),
            107 => "vcc_hi".to_owned(),
            register => format!("s{register}"),
        };
        put(format!("s_mov_b32 {register}, {value:#x}"));
    }
    let (low, high) = match random.below(4) {
        0 | 1 => (u32::MAX, u32::MAX),
        2 => (random.next() as u32, random.next() as u32),
        _ => (0xffff_0000, random.next() as u32 & 0xff),
    };
    put("s_waitcnt vmcnt(0)".into());
    put(format!("s_mov_b32 exec_lo, {low:#x}"));
    put(format!("s_mov_b32 exec_hi, {high:#x}"));
    for _ in 0..LENGTH {
        let line = instruction(random, float);
        put(line);
    }
    put("s_mov_b64 exec, -1".into());
    for index in 0..ROWS {
        put(format!("global_store_dword v30, v{}, s[6:7] offset:{}", index + 1, index * 256));
    }
    for (index, register) in
        ["vcc_lo", "vcc_hi", "s20", "s21", "s22", "s23", "s24", "s25"].into_iter().enumerate()
    {
        put(format!("v_mov_b32 v{}, {register}", index + 1));
    }
    put("v_add_co_u32_e64 v30, s[2:3], 0x40, v30".replace("0x40", "64"));
    put(format!("s_add_u32 s6, s6, {}", ROWS * 256 - 64));
    put("s_addc_u32 s7, s7, 0".into());
    for index in 0..8 {
        put(format!("global_store_dword v30, v{}, s[6:7] offset:{}", index + 1, index * 4));
    }
    put("s_endpgm".into());
    write!(
        text,
        ".rodata\n.p2align 6\n.amdhsa_kernel {name}\n .amdhsa_next_free_vgpr 32\n .amdhsa_next_free_sgpr 32\n\
         .amdhsa_accum_offset 32\n .amdhsa_user_sgpr_kernarg_segment_ptr 1\n\
         .amdhsa_float_denorm_mode_32 {denormals}\n.end_amdhsa_kernel\n"
    )
    .expect("writing to a string");
    text
}

fn same(a: u32, b: u32, float: bool) -> bool {
    let is_nan = |bits: u32| f32::from_bits(bits).is_nan();
    a == b || float && is_nan(a) && is_nan(b)
}

#[test]
fn random_programs_agree() {
    let memory = Memory::default();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let sources: Vec<String> = (0..PROGRAMS)
        .map(|index| {
            program(&mut random, &format!("p{index}"), index % 2 == 0, if index % 3 == 0 { 0 } else { 3 })
        })
        .collect();
    let binary = compile(&sources.concat(), &[]);
    let rows: Vec<u32> = (0..ROWS * 64)
        .map(|index| match index % 3 {
            0 => SPECIAL[random.below(SPECIAL.len())],
            1 => random.next() as u32,
            _ => (random.next() as f32 / 1e6 - 50.0).to_bits(),
        })
        .collect();
    let input = memory.put(&rows);
    let size = ROWS * 64 + 128;
    // Pages remember whether they are translated, so each way has its own copy of the code.
    let results: Vec<Vec<Vec<u32>>> = [false, true]
        .into_iter()
        .map(|translated| {
            enable_translation(translated);
            let code = Code::load(&memory, &binary);
            let run = |index: usize| {
                let output = memory.put(&vec![0u32; size]);
                let mut arguments = Vec::new();
                argument(&mut arguments, input);
                argument(&mut arguments, output);
                let what = Launch {
                    kernel: &format!("p{index}"),
                    grid: [64, 1, 1],
                    workgroup: [64, 1, 1],
                    arguments,
                    dynamic_lds: 0,
                    threads: 1,
                };
                launch(&memory, &code, &what).expect("no fault");
                memory.get::<u32>(output, size)
            };
            // Often enough to be translated: each page is entered from several programs.
            for _ in 0..if translated { 40 } else { 0 } {
                (0..PROGRAMS).for_each(|index| drop(run(index)));
            }
            (0..PROGRAMS).map(run).collect()
        })
        .collect();
    for index in 0..PROGRAMS {
        let (expected, found) = (&results[0][index], &results[1][index]);
        for at in 0..size {
            assert!(
                same(expected[at], found[at], index % 2 == 0),
                "program {index}, v{} of lane {}: interpreted {:#010x}, translated {:#010x}\n{}",
                at / 64 + 1,
                at % 64,
                expected[at],
                found[at],
                sources[index]
            );
        }
    }
}

/// The same on the smaller of the two instruction sets that are translated for, in a process of its own.
#[test]
fn random_programs_agree_on_avx2() {
    let status = std::process::Command::new(std::env::current_exe().expect("a test knows its executable"))
        .args(["--exact", "random_programs_agree"])
        .env("WAVEFOLD_EMULATOR_SIMD", "avx2")
        .status()
        .expect("the test's own executable runs");
    assert!(status.success());
}
