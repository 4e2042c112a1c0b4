//! Matrix instructions: D = A * B + C on blocks that are spread over the lanes and registers of a wave.
//!
//! With N the size of a block, lane `l` holds column (of B, C, D) or row (of A) `l % N`. The lanes' groups `l / N` are
//! the blocks where each lane holds all of K, and parts of K where there is one block. Rows of D go by registers and,
//! in between, by lane groups, four at a time (one at a time for doubles). EXEC does not matter.

use super::level::{AVX2, AVX512, PLAIN, current};
use super::value::F16;
use super::vector::row_offset;
use super::{Attachments, Flow, Handler, Instruction};
use crate::isa::operand::{ConstantType, Scalar, VGPR, scalar};
use crate::isa::{Decoded, Field};
use crate::wave::{Wave, base};

/// What the elements of A and B are.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Input {
    Single,
    Half,
    Byte,
    Brain,
    Double,
}

/// An accumulator.
trait Element: Copy + Default {
    fn multiply_add(a: Self, b: Self, c: Self) -> Self;
    fn read(input: Input, register: *const u32, lane: usize, index: usize) -> Self;
    fn load(register: *const u32, lane: usize) -> Self;
    fn store(self, register: *mut u32, lane: usize);
    fn negate(self) -> Self;
    const REGISTERS: usize;
}

/// The 16 bits at `index` of a lane's packed operand.
#[inline(always)]
fn half_at(register: *const u32, lane: usize, index: usize) -> u16 {
    // SAFETY: packed operands span `index / 2 + 1` rows.
    (unsafe { *register.add(index / 2 * 64 + lane) } >> (16 * (index % 2))) as u16
}

impl Element for f32 {
    const REGISTERS: usize = 1;
    #[inline(always)]
    fn multiply_add(a: f32, b: f32, c: f32) -> f32 {
        a.mul_add(b, c)
    }
    #[inline(always)]
    fn read(input: Input, register: *const u32, lane: usize, index: usize) -> f32 {
        match input {
            Input::Half => F16(half_at(register, lane, index)).to_f32(),
            Input::Brain => f32::from_bits(u32::from(half_at(register, lane, index)) << 16),
            _ => Self::load(register, lane),
        }
    }
    #[inline(always)]
    fn load(register: *const u32, lane: usize) -> f32 {
        // SAFETY: a row.
        f32::from_bits(unsafe { *register.add(lane) })
    }
    #[inline(always)]
    fn store(self, register: *mut u32, lane: usize) {
        // SAFETY: a row.
        unsafe { *register.add(lane) = self.to_bits() }
    }
    #[inline(always)]
    fn negate(self) -> f32 {
        -self
    }
}

impl Element for i32 {
    const REGISTERS: usize = 1;
    #[inline(always)]
    fn multiply_add(a: i32, b: i32, c: i32) -> i32 {
        a.wrapping_mul(b).wrapping_add(c)
    }
    #[inline(always)]
    fn read(_: Input, register: *const u32, lane: usize, index: usize) -> i32 {
        // SAFETY: a row.
        i32::from((unsafe { *register.add(lane) } >> (8 * index)) as i8)
    }
    #[inline(always)]
    fn load(register: *const u32, lane: usize) -> i32 {
        // SAFETY: a row.
        unsafe { *register.add(lane) as i32 }
    }
    #[inline(always)]
    fn store(self, register: *mut u32, lane: usize) {
        // SAFETY: a row.
        unsafe { *register.add(lane) = self as u32 }
    }
    #[inline(always)]
    fn negate(self) -> i32 {
        self
    }
}

impl Element for f64 {
    const REGISTERS: usize = 2;
    #[inline(always)]
    fn multiply_add(a: f64, b: f64, c: f64) -> f64 {
        a.mul_add(b, c)
    }
    #[inline(always)]
    fn read(_: Input, register: *const u32, lane: usize, _: usize) -> f64 {
        Self::load(register, lane)
    }
    #[inline(always)]
    fn load(register: *const u32, lane: usize) -> f64 {
        // SAFETY: two rows.
        let (low, high) = unsafe { (*register.add(lane), *register.add(64 + lane)) };
        f64::from_bits(u64::from(low) | u64::from(high) << 32)
    }
    #[inline(always)]
    fn store(self, register: *mut u32, lane: usize) {
        let bits = self.to_bits();
        // SAFETY: two rows.
        unsafe {
            *register.add(lane) = bits as u32;
            *register.add(64 + lane) = (bits >> 32) as u32;
        }
    }
    #[inline(always)]
    fn negate(self) -> f64 {
        -self
    }
}

/// Elements of A, or of B, in all lanes of the largest instruction.
const ELEMENTS: usize = 256;

/// In [`Instruction::flags`]: C is the constant in `source[2]`.
const CONSTANT: u16 = 1;

/// The lane that holds row or column `at` of `block` in part `part` of K.
#[inline(always)]
fn lane_of(n: usize, blocks: usize, double: bool, block: usize, at: usize, part: usize) -> usize {
    if double && n == 4 {
        return 16 * part + 4 * block + at;
    }
    n * if blocks > 1 { block } else { part } + at
}

/// Block and row of what lane group `group` of D's register `register` holds.
#[inline(always)]
fn place(n: usize, double: bool, register: usize, group: usize) -> (usize, usize) {
    match (n, double) {
        (32, _) => (register / 16, 8 * (register / 4 % 4) + 4 * group + register % 4),
        (16, false) => (register / 4, 4 * group + register % 4),
        (16, true) => (0, 4 * register + group),
        (_, false) => (group, register),
        (_, true) => (group % 4, group / 4),
    }
}

/// The product of singles without patterns, with A and B read where they lie: each row of D is summed in registers.
///
/// # Safety
/// The rows of A, B, C and D must be there, and D's be none of A's and B's.
#[inline(always)]
unsafe fn multiply_in_place<T: Element, const N: usize, const K: usize>(
    [a_rows, b_rows, c_rows]: [*const u32; 3],
    target: *mut u32,
    blocks: usize,
    constant: bool,
) {
    for register in 0..N * N * blocks / 64 {
        for group in 0..64 / N {
            let (block, i) = place(N, false, register, group);
            let offset = register * 64 + group * N;
            // SAFETY: the caller's word.
            let (c_row, d_row) = unsafe { (c_rows.add(offset), target.add(offset)) };
            let mut sums: [T; N] = if constant {
                [T::load(c_rows, 0); N]
            } else {
                std::array::from_fn(|column| T::load(c_row, column))
            };
            for step in 0..K {
                let left = T::load(a_rows, lane_of(N, blocks, false, block, i, step));
                let right = lane_of(N, blocks, false, block, 0, step);
                for (column, sum) in sums.iter_mut().enumerate() {
                    *sum = T::multiply_add(left, T::load(b_rows, right + column), *sum);
                }
            }
            for (column, sum) in sums.into_iter().enumerate() {
                sum.store(d_row, column);
            }
        }
    }
}

#[inline(always)]
unsafe fn multiply<T: Element, const N: usize>(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let double = T::REGISTERS == 2;
    let [k, per_lane, blocks] = instruction.prepare.map(usize::from);
    let input = [Input::Single, Input::Half, Input::Byte, Input::Brain, Input::Double]
        [usize::from(instruction.mask % 5)];
    let rows = |index: usize| {
        let start = wave.bases[(instruction.from[index] & 3) as usize];
        start.wrapping_add(instruction.source[index] as usize) as *const u32
    };
    let (a_rows, b_rows, c_rows) = (rows(0), rows(1), rows(2));
    let target = wave.bases[(instruction.target_base & 3) as usize].wrapping_add(instruction.target as usize);
    let target = target.cast::<u32>();
    let bits = instruction.bits;
    let (broadcast, which) = ((bits >> 8 & 7) as usize, (bits >> 11 & 15) as usize);
    let pattern = (bits >> 61 & 7) as usize;

    // Singles without patterns are read where they lie, unless D is written over them.
    let span = target as usize..target as usize + N * N * blocks * 4;
    let overlaps = span.contains(&(a_rows as usize)) || span.contains(&(b_rows as usize));
    let direct = input == Input::Single && broadcast == 0 && pattern == 0 && !overlaps;
    if direct {
        let constant = instruction.flags & CONSTANT != 0;
        // SAFETY: A, B, C and D have the rows of the instruction.
        unsafe {
            match k {
                1 => multiply_in_place::<T, N, 1>([a_rows, b_rows, c_rows], target, blocks, constant),
                2 => multiply_in_place::<T, N, 2>([a_rows, b_rows, c_rows], target, blocks, constant),
                _ => multiply_in_place::<T, N, 4>([a_rows, b_rows, c_rows], target, blocks, constant),
            }
        }
        return Flow::Next;
    }
    let (mut a, mut b) = ([T::default(); ELEMENTS], [T::default(); ELEMENTS]);
    for block in 0..blocks {
        let group = 1 << broadcast;
        let a_block = if broadcast > 0 { (block / group * group + which) % blocks } else { block };
        for step in 0..k {
            let (part, index) = (step / per_lane, step % per_lane);
            for at in 0..N {
                let a_lane = lane_of(N, blocks, double, a_block, at, part);
                let b_lane = lane_of(N, blocks, double, block, at, part);
                // For doubles the pattern bits negate instead.
                let b_lane = match pattern {
                    _ if double => b_lane,
                    0 => b_lane,
                    1 => b_lane & 31,
                    2 => b_lane | 32,
                    3 => (b_lane + 16) & 63,
                    quarter => b_lane & 15 | (quarter - 4) << 4,
                };
                let (mut left, mut right) =
                    (T::read(input, a_rows, a_lane, index), T::read(input, b_rows, b_lane, index));
                if double && pattern & 1 != 0 {
                    left = left.negate();
                }
                if double && pattern & 2 != 0 {
                    right = right.negate();
                }
                a[(block * N + at) * k + step] = left;
                b[(block * k + step) * N + at] = right;
            }
        }
    }
    let registers = N * N * blocks / 64;
    for register in 0..registers {
        let offset = register * T::REGISTERS * 64;
        // SAFETY: C and D span all registers of the result.
        let (c_row, d_row) = unsafe { (c_rows.add(offset), target.add(offset)) };
        for group in 0..64 / N {
            let (block, i) = place(N, double, register, group);
            let mut sums = [T::default(); N];
            for (column, sum) in sums.iter_mut().enumerate() {
                *sum = if instruction.flags & CONSTANT != 0 {
                    // The constant's two rows follow each other wherever they are used.
                    T::load(c_rows, 0)
                } else {
                    T::load(c_row, group * N + column)
                };
                if double && pattern & 4 != 0 {
                    *sum = sum.negate();
                }
            }
            for step in 0..k {
                let left = a[(block * N + i) * k + step];
                let right = &b[(block * k + step) * N..][..N];
                for column in 0..N {
                    sums[column] = T::multiply_add(left, right[column], sums[column]);
                }
            }
            for (column, sum) in sums.into_iter().enumerate() {
                sum.store(d_row, group * N + column);
            }
        }
    }
    Flow::Next
}

unsafe fn plain<T: Element, const N: usize>(wave: &mut Wave, instruction: &Instruction) -> Flow {
    // SAFETY: the handler's contract.
    unsafe { multiply::<T, N>(wave, instruction) }
}

#[target_feature(enable = "avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt")]
unsafe fn avx2<T: Element, const N: usize>(wave: &mut Wave, instruction: &Instruction) -> Flow {
    // SAFETY: the handler's contract.
    unsafe { multiply::<T, N>(wave, instruction) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt")]
unsafe fn avx512<T: Element, const N: usize>(wave: &mut Wave, instruction: &Instruction) -> Flow {
    // SAFETY: the handler's contract.
    unsafe { multiply::<T, N>(wave, instruction) }
}

fn handler<T: Element, const N: usize>() -> Handler {
    match current() {
        AVX512 => avx512::<T, N>,
        AVX2 => avx2::<T, N>,
        PLAIN.. => plain::<T, N>,
    }
}

/// Resolves a matrix instruction.
pub(crate) fn build(decoded: &Decoded, attachments: &mut Attachments) -> Option<Instruction> {
    // v_mfma_<result>_<n>x<n>x<k><input>
    let name = decoded.encoding.mnemonic.strip_prefix("v_mfma_")?;
    let (result, shape) = name.split_once('_')?;
    let mut parts = shape.splitn(3, 'x');
    let n: usize = parts.next()?.parse().ok()?;
    let tail = parts.nth(1)?;
    let digits = tail.find(|c: char| !c.is_ascii_digit())?;
    let k: u8 = tail[..digits].parse().ok()?;
    let (input, per_lane) = match &tail[digits..] {
        "f32" => (Input::Single, 1),
        "f16" => (Input::Half, 4),
        "i8" => (Input::Byte, 4),
        "bf16" => (Input::Brain, 2),
        "bf16_1k" => (Input::Brain, 4),
        "f64" => (Input::Double, 1),
        _ => return None,
    };
    let groups = 64 / n as u8;
    let blocks = match (result, n) {
        ("f64", 4) => 4,
        _ if k == per_lane => groups,
        _ => 1,
    };
    let run: Handler = match (result, n) {
        ("f32", 32) => handler::<f32, 32>(),
        ("f32", 16) => handler::<f32, 16>(),
        ("f32", 4) => handler::<f32, 4>(),
        ("i32", 32) => handler::<i32, 32>(),
        ("i32", 16) => handler::<i32, 16>(),
        ("i32", 4) => handler::<i32, 4>(),
        ("f64", 16) => handler::<f64, 16>(),
        ("f64", 4) => handler::<f64, 4>(),
        _ => return None,
    };
    let mut instruction = Instruction::new(run, decoded);
    instruction.prepare = [k, per_lane, blocks];
    instruction.mask = input as u8;
    let file = |accumulator: bool| if accumulator { base::ACCUMULATOR } else { base::VGPR };
    for (index, (field, bit)) in [(Field::Src0, 59), (Field::Src1, 60)].into_iter().enumerate() {
        let code = decoded.field(field);
        // Constants are not allowed for A and B.
        instruction.source[index] = row_offset(code.checked_sub(VGPR)?).into();
        instruction.from[index] = file(decoded.bits(bit, bit) == 1);
    }
    let accumulator = file(decoded.bits(15, 15) == 1);
    let code = decoded.field(Field::Src2);
    if let Some(register) = code.checked_sub(VGPR) {
        (instruction.from[2], instruction.source[2]) = (accumulator, row_offset(register).into());
    } else {
        let wanted = if result == "f64" { ConstantType::Double } else { ConstantType::Single };
        let Scalar::Constant(value) = scalar(code, 0, wanted) else { return None };
        (instruction.from[2], instruction.source[2]) = (base::ABSOLUTE, attachments.splat(value));
        instruction.flags = CONSTANT;
    }
    instruction.target = row_offset(decoded.field(Field::Vdst));
    instruction.target_base = accumulator;
    Some(instruction)
}
