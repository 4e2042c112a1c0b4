//! Host code for one run: registers, constants, masks, and the loop over chunks of lanes.
//!
//! The code works through the 64 lanes a host vector at a time. Within a chunk each guest row lives in a host
//! register from its first use to the end; rows that were written go back to the wave's register file there. Since no
//! operation sees another lane, inactive lanes are computed like the others and only kept from being written back.
//!
//! Calling convention (System V): `rdi` v0, `rsi` a0, `rdx` the scalar registers, `rcx` EXEC. While the loop runs,
//! `rdi` and `rsi` move by a chunk, `rcx` is shifted so that its low bits are the chunk's, `r8` points at the chunk's
//! part of a mask at scalar register 0, and each mask written collects in a register of its own.

use iced_x86::{Code, Encoder, IcedError, Instruction, MemoryOperand, Register};

use super::plan::{Input, Operation, RowName, Source};
use super::table::{Op, Shift};

/// The host's vector instruction set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    /// AVX2 and FMA: 8 lanes, 16 registers, masks as vectors.
    Avx2,
    /// AVX-512: 16 lanes, 32 registers, mask registers.
    Avx512,
}

impl Set {
    /// Lanes of a host vector.
    pub fn lanes(self) -> usize {
        match self {
            Set::Avx2 => 8,
            Set::Avx512 => 16,
        }
    }

    fn registers(self) -> usize {
        match self {
            Set::Avx2 => 16,
            Set::Avx512 => 32,
        }
    }
}

/// A host vector register by its number.
pub(super) type Vector = usize;

/// A mask of a chunk's lanes: a mask register's number, or a vector of all ones or zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mask(usize);

/// What a host register holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    Row(RowName),
    Scalar(u8),
    Constant(u32),
    /// AVX2: the mask in a pair of scalar registers.
    Mask(u8),
    /// Something that only the current operation uses.
    Temporary,
}

#[derive(Clone, Copy)]
struct Slot {
    held: Held,
    /// Differs from what it is kept in.
    dirty: bool,
}

/// Masks that one run may use.
pub(super) const MASKS: usize = 5;
/// Where the masks that are written collect.
const COLLECTORS: [Register; MASKS] =
    [Register::R10, Register::R11, Register::RBX, Register::RBP, Register::R12];
/// AVX-512: lanes that are off, in a run for part of EXEC.
const OFF: Register = Register::K1;
/// AVX-512: a mask for the current operation only.
const SPARE: usize = 7;
/// AVX2: lanes that are off, in a run for part of EXEC.
const OFF_VECTOR: usize = 15;
/// AVX2: one bit a lane.
const LANE_BITS: [u32; 8] = [1, 2, 4, 8, 16, 32, 64, 128];

/// Emits one run.
pub(super) struct Emitter<'a> {
    pub set: Set,
    /// Whether some lanes are off.
    partial: bool,
    /// Whether MODE flushes 32-bit denormals.
    pub flushes: bool,
    operations: &'a [Operation],
    position: usize,
    slots: [Option<Slot>; 32],
    pinned: u32,
    /// The masks of the run, by their first scalar register, and what is known of each in the current chunk.
    masks: Vec<(u8, bool, bool)>,
    body: Vec<(Instruction, Option<usize>)>,
    pool: Vec<u32>,
    /// Set when something could not be expressed; the run then stays with the interpreter.
    failed: bool,
}

/// Host code and where in it the function begins.
pub(super) struct Function {
    pub bytes: Vec<u8>,
    pub entry: usize,
}

impl<'a> Emitter<'a> {
    /// An emitter for `operations`, whose masks are `masks`.
    pub fn new(set: Set, partial: bool, flushes: bool, operations: &'a [Operation], masks: &[u8]) -> Self {
        Self {
            set,
            partial,
            flushes,
            operations,
            position: 0,
            slots: [None; 32],
            pinned: 0,
            masks: masks.iter().map(|mask| (*mask, false, false)).collect(),
            body: Vec::new(),
            pool: if set == Set::Avx2 { LANE_BITS.to_vec() } else { Vec::new() },
            failed: false,
        }
    }

    fn vector(&self, number: Vector) -> Register {
        match self.set {
            Set::Avx2 => Register::YMM0 + number as u32,
            Set::Avx512 => Register::ZMM0 + number as u32,
        }
    }

    fn put(&mut self, instruction: Result<Instruction, IcedError>) {
        match instruction {
            Ok(instruction) => self.body.push((instruction, None)),
            Err(_) => self.failed = true,
        }
    }

    /// Emits an instruction whose memory operand is the constant at `index` of the pool.
    fn put_with_constant(&mut self, instruction: Result<Instruction, IcedError>, index: usize) {
        match instruction {
            Ok(instruction) => self.body.push((instruction, Some(index))),
            Err(_) => self.failed = true,
        }
    }

    /// `result = op(a, b)`.
    pub fn two(&mut self, op: Op, a: Vector, b: Vector) -> Vector {
        let result = self.temporary();
        let code = op.code(self.set);
        self.put(Instruction::with3(code, self.vector(result), self.vector(a), self.vector(b)));
        result
    }

    /// `result = op(a)`.
    pub fn one(&mut self, op: Op, a: Vector) -> Vector {
        let result = self.temporary();
        self.put(Instruction::with2(op.code(self.set), self.vector(result), self.vector(a)));
        result
    }

    /// `result = op(a, immediate)`.
    pub fn one_immediate(&mut self, op: Op, a: Vector, immediate: u8) -> Vector {
        let result = self.temporary();
        let code = op.code(self.set);
        self.put(Instruction::with3(code, self.vector(result), self.vector(a), u32::from(immediate)));
        result
    }

    /// `a` shifted by a constant.
    pub fn shift(&mut self, shift: Shift, a: Vector, amount: u8) -> Vector {
        let result = self.temporary();
        let code = shift.code(self.set);
        self.put(Instruction::with3(code, self.vector(result), self.vector(a), u32::from(amount)));
        result
    }

    /// `accumulator = op(a, b, accumulator)`, in place.
    pub fn accumulate(&mut self, op: Op, accumulator: Vector, a: Vector, b: Vector) {
        let code = op.code(self.set);
        self.put(Instruction::with3(code, self.vector(accumulator), self.vector(a), self.vector(b)));
    }

    /// A copy that may be changed.
    pub fn copy(&mut self, a: Vector) -> Vector {
        self.one(Op::Move, a)
    }

    /// A mask by a comparison with a predicate.
    pub fn compare(&mut self, op: Op, a: Vector, b: Vector, predicate: u8, into: Option<u8>) -> Mask {
        let (mask, register) = self.new_mask(into);
        let code = op.code(self.set);
        self.put(Instruction::with4(code, register, self.vector(a), self.vector(b), u32::from(predicate)));
        mask
    }

    /// AVX2: a mask by an operation that gives all ones or zeros.
    pub fn compare_plain(&mut self, op: Op, a: Vector, b: Vector, into: Option<u8>) -> Mask {
        let (mask, register) = self.new_mask(into);
        self.put(Instruction::with3(op.code(self.set), register, self.vector(a), self.vector(b)));
        mask
    }

    /// A mask as a vector of all ones or zeros.
    pub fn widen(&mut self, mask: Mask) -> Vector {
        match self.set {
            Set::Avx2 => mask.0,
            Set::Avx512 => {
                let result = self.temporary();
                let register = self.mask_register(mask);
                self.put(Instruction::with2(Code::EVEX_Vpmovm2d_zmm_kr, self.vector(result), register));
                result
            }
        }
    }

    /// `mask ? b : a`.
    pub fn select(&mut self, mask: Mask, a: Vector, b: Vector) -> Vector {
        let result = self.temporary();
        let (to, a, b) = (self.vector(result), self.vector(a), self.vector(b));
        let register = self.mask_register(mask);
        match self.set {
            Set::Avx2 => {
                self.put(Instruction::with4(Code::VEX_Vblendvps_ymm_ymm_ymmm256_ymm, to, a, b, register));
            }
            Set::Avx512 => {
                let blend = Instruction::with3(Code::EVEX_Vpblendmd_zmm_k1z_zmm_zmmm512b32, to, a, b);
                self.put(blend.map(|mut blend| {
                    blend.set_op_mask(register);
                    blend
                }));
            }
        }
        result
    }

    /// Even lanes of `even`, odd lanes of `odd`, for each of `pairs`; uses the mask of the current operation.
    pub fn interleave<const N: usize>(&mut self, pairs: [(Vector, Vector); N]) -> [Vector; N] {
        if self.set == Set::Avx512 {
            let spare = Register::K0 + SPARE as u32;
            self.put(Instruction::with2(Code::Mov_r32_imm32, Register::EAX, 0xaaaau32));
            self.put(Instruction::with2(Code::VEX_Kmovw_kr_r32, spare, Register::EAX));
        }
        pairs.map(|(even, odd)| match self.set {
            Set::Avx512 => self.select(Mask(SPARE), even, odd),
            Set::Avx2 => {
                let result = self.temporary();
                let code = Code::VEX_Vpblendd_ymm_ymm_ymmm256_imm8;
                let (to, even, odd) = (self.vector(result), self.vector(even), self.vector(odd));
                self.put(Instruction::with4(code, to, even, odd, 0xaau32));
                result
            }
        })
    }

    fn mask_register(&self, mask: Mask) -> Register {
        match self.set {
            Set::Avx2 => self.vector(mask.0),
            Set::Avx512 => Register::K0 + mask.0 as u32,
        }
    }

    /// A place for a mask: for good as `into`, or for the current operation (AVX-512 has one such).
    fn new_mask(&mut self, into: Option<u8>) -> (Mask, Register) {
        let mask = match (self.set, into) {
            (Set::Avx512, None) => Mask(SPARE),
            (Set::Avx512, Some(register)) => {
                let at = self.mask_index(register);
                (self.masks[at].1, self.masks[at].2) = (true, true);
                Mask(2 + at)
            }
            (Set::Avx2, None) => Mask(self.temporary()),
            (Set::Avx2, Some(register)) => {
                let at = self.mask_index(register);
                (self.masks[at].1, self.masks[at].2) = (true, true);
                let slot = self.temporary();
                self.drop_held(Held::Mask(register));
                self.slots[slot] = Some(Slot { held: Held::Mask(register), dirty: true });
                Mask(slot)
            }
        };
        (mask, self.mask_register(mask))
    }

    fn mask_index(&self, register: u8) -> usize {
        self.masks.iter().position(|mask| mask.0 == register).expect("planning lists every mask of a run")
    }

    /// The chunk's part of the mask in a pair of scalar registers.
    pub fn mask(&mut self, register: u8) -> Mask {
        let at = self.mask_index(register);
        let memory = MemoryOperand::with_base_displ(Register::R8, i64::from(register) * 4);
        match self.set {
            Set::Avx512 => {
                if !self.masks[at].1 {
                    self.masks[at].1 = true;
                    let to = Register::K2 + at as u32;
                    self.put(Instruction::with2(Code::VEX_Kmovw_kr_km16, to, memory));
                }
                Mask(2 + at)
            }
            Set::Avx2 => {
                if let Some(slot) = self.find(Held::Mask(register)) {
                    self.pinned |= 1 << slot;
                    return Mask(slot);
                }
                let slot = self.temporary();
                self.slots[slot] = Some(Slot { held: Held::Mask(register), dirty: false });
                let to = self.vector(slot);
                self.put(Instruction::with2(Code::VEX_Vpbroadcastb_ymm_xmmm8, to, memory));
                self.spread_bits(to);
                Mask(slot)
            }
        }
    }

    /// AVX2: turns a byte in all bytes of `register` into a mask of lanes.
    fn spread_bits(&mut self, register: Register) {
        let bits = MemoryOperand::with_base_displ(Register::RIP, 0);
        for code in [Code::VEX_Vpand_ymm_ymm_ymmm256, Code::VEX_Vpcmpeqd_ymm_ymm_ymmm256] {
            self.put_with_constant(Instruction::with3(code, register, register, bits), 0);
        }
    }

    /// The register that holds a source, with its sign changed as asked.
    pub fn input(&mut self, input: Input) -> Vector {
        let plain = match input.source {
            Source::Row(row) => self.held(Held::Row(row)),
            Source::Scalar(register) => self.held(Held::Scalar(register)),
            Source::Constant(mut value) => {
                value = if input.absolute { value & 0x7fff_ffff } else { value };
                value ^= u32::from(input.negate) << 31;
                return self.constant(value);
            }
        };
        let absolute = if input.absolute {
            let mask = self.constant(0x7fff_ffff);
            self.two(Op::And, plain, mask)
        } else {
            plain
        };
        if input.negate {
            let sign = self.constant(1 << 31);
            return self.two(Op::Xor, absolute, sign);
        }
        absolute
    }

    /// A register with `value` in all lanes.
    pub fn constant(&mut self, value: u32) -> Vector {
        self.held(Held::Constant(value))
    }

    fn find(&self, held: Held) -> Option<usize> {
        self.slots.iter().position(|slot| slot.is_some_and(|slot| slot.held == held))
    }

    fn drop_held(&mut self, held: Held) {
        if let Some(slot) = self.find(held) {
            self.slots[slot] = None;
        }
    }

    /// The register that holds something, which is loaded where it is in none.
    fn held(&mut self, held: Held) -> Vector {
        if let Some(slot) = self.find(held) {
            self.pinned |= 1 << slot;
            return slot;
        }
        let slot = self.temporary();
        self.slots[slot] = Some(Slot { held, dirty: false });
        let to = self.vector(slot);
        match held {
            Held::Row(row) => {
                self.put(Instruction::with2(Op::Load.code(self.set), to, row_memory(row)));
            }
            Held::Scalar(register) => {
                let memory = MemoryOperand::with_base_displ(Register::RDX, i64::from(register) * 4);
                self.put(Instruction::with2(Op::Broadcast.code(self.set), to, memory));
            }
            Held::Constant(0) => {
                let code = Op::Xor.code(self.set);
                self.put(Instruction::with3(code, to, to, to));
            }
            Held::Constant(value) => {
                let index = self.pool.iter().position(|known| *known == value).unwrap_or_else(|| {
                    self.pool.push(value);
                    self.pool.len() - 1
                });
                let memory = MemoryOperand::with_base_displ(Register::RIP, 0);
                self.put_with_constant(Instruction::with2(Op::Broadcast.code(self.set), to, memory), index);
            }
            Held::Mask(_) | Held::Temporary => {}
        }
        slot
    }

    /// How many operations from now `held` is read again.
    fn next_use(&self, held: Held) -> usize {
        let reads = |operation: &Operation| match held {
            Held::Row(row) => operation.inputs().any(|input| input.source == Source::Row(row)),
            Held::Scalar(register) => {
                operation.inputs().any(|input| input.source == Source::Scalar(register))
            }
            Held::Constant(value) => operation.inputs().any(|input| input.source == Source::Constant(value)),
            Held::Mask(register) => operation.mask_in == Some(register),
            Held::Temporary => true,
        };
        let rest = self.operations.get(self.position + 1..).unwrap_or_default();
        rest.iter().position(reads).unwrap_or(usize::MAX)
    }

    /// A free register, held until the current operation ends.
    fn temporary(&mut self) -> Vector {
        let count = self.set.registers() - usize::from(self.set == Set::Avx2 && self.partial);
        let free = (0..count).find(|slot| self.slots[*slot].is_none() && self.pinned >> slot & 1 == 0);
        let slot = free.unwrap_or_else(|| {
            let candidates = (0..count).filter(|slot| {
                let kept = self.slots[*slot].is_some_and(|slot| {
                    slot.held == Held::Temporary || matches!(slot.held, Held::Mask(_)) && slot.dirty
                });
                self.pinned >> slot & 1 == 0 && !kept
            });
            let distance = |slot: &usize| self.slots[*slot].map_or(0, |slot| self.next_use(slot.held));
            let Some(victim) = candidates.max_by_key(distance) else {
                // A run this tight is left to the interpreter.
                self.failed = true;
                return 0;
            };
            self.write_back(victim);
            victim
        });
        self.slots[slot] = Some(Slot { held: Held::Temporary, dirty: false });
        self.pinned |= 1 << slot;
        slot
    }

    /// Makes `vector`, a temporary, what `row` holds from now on.
    pub fn define(&mut self, row: RowName, vector: Vector) {
        // A source passed through unchanged stays what it is; the row gets a register of its own.
        let vector = match self.slots[vector] {
            Some(Slot { held: Held::Temporary, .. }) => vector,
            _ => self.copy(vector),
        };
        self.drop_held(Held::Row(row));
        self.slots[vector] = Some(Slot { held: Held::Row(row), dirty: true });
    }

    /// The register of a row whose value is about to be replaced, as a temporary; `None` where it is in none.
    pub fn take(&mut self, row: RowName) -> Option<Vector> {
        let slot = self.find(Held::Row(row))?;
        self.slots[slot] = Some(Slot { held: Held::Temporary, dirty: false });
        self.pinned |= 1 << slot;
        Some(slot)
    }

    /// Frees what only the operation that just ended used.
    pub fn next(&mut self) {
        for slot in &mut self.slots {
            if slot.is_some_and(|slot| slot.held == Held::Temporary) {
                *slot = None;
            }
        }
        self.pinned = 0;
        self.position += 1;
    }

    /// Stores a row that was written, without the lanes that are off.
    fn write_back(&mut self, slot: Vector) {
        let Some(Slot { held: Held::Row(row), dirty: true }) = self.slots[slot] else {
            self.slots[slot] = None;
            return;
        };
        let register = self.vector(slot);
        let memory = row_memory(row);
        if self.partial {
            match self.set {
                Set::Avx2 => {
                    let code = Code::VEX_Vblendvps_ymm_ymm_ymmm256_ymm;
                    let off = self.vector(OFF_VECTOR);
                    self.put(Instruction::with4(code, register, register, memory, off));
                }
                Set::Avx512 => {
                    let code = Code::EVEX_Vpblendmd_zmm_k1z_zmm_zmmm512b32;
                    self.put(Instruction::with3(code, register, register, memory).map(|mut blend| {
                        blend.set_op_mask(OFF);
                        blend
                    }));
                }
            }
        }
        self.put(Instruction::with2(Op::Store.code(self.set), memory, register));
        self.slots[slot] = None;
    }

    /// Stores what was written and collects the masks, at the end of a chunk.
    fn finish_chunk(&mut self) {
        for (at, collector) in COLLECTORS.into_iter().enumerate().take(self.masks.len()) {
            let (register, _, written) = self.masks[at];
            if !written {
                continue;
            }
            match self.set {
                Set::Avx512 => {
                    let from = Register::K2 + at as u32;
                    self.put(Instruction::with2(Code::VEX_Kmovw_r32_kr, Register::EAX, from));
                }
                Set::Avx2 => {
                    let Some(slot) = self.find(Held::Mask(register)) else { continue };
                    let from = self.vector(slot);
                    self.put(Instruction::with2(Code::VEX_Vmovmskps_r32_ymm, Register::EAX, from));
                }
            }
            if self.partial {
                self.put(Instruction::with2(Code::And_r32_rm32, Register::EAX, Register::ECX));
            }
            let shift = 64 - self.set.lanes() as u32;
            self.put(Instruction::with2(Code::Shl_rm64_imm8, Register::RAX, shift));
            self.put(Instruction::with2(Code::Or_r64_rm64, collector, Register::RAX));
        }
        for slot in 0..self.slots.len() {
            self.write_back(slot);
        }
    }

    /// The whole function, once all operations have been emitted.
    pub fn finish(mut self) -> Option<Function> {
        self.finish_chunk();
        let body = std::mem::take(&mut self.body);
        let lanes = self.set.lanes();
        let written: Vec<usize> = (0..self.masks.len()).filter(|at| self.masks[*at].2).collect();
        let saved: Vec<Register> = written.iter().filter(|at| **at >= 2).map(|at| COLLECTORS[*at]).collect();

        for register in &saved {
            self.put(Instruction::with1(Code::Push_r64, *register));
        }
        self.put(Instruction::with2(Code::Mov_r64_rm64, Register::R8, Register::RDX));
        self.put(Instruction::with2(Code::Mov_r32_imm32, Register::R9D, (64 / lanes) as u32));
        let head = self.body.len();
        for at in &written {
            self.put(Instruction::with2(Code::Shr_rm64_imm8, COLLECTORS[*at], lanes as u32));
        }
        let mut skip = None;
        if self.partial {
            let (code, register) = match self.set {
                Set::Avx2 => (Code::Test_rm8_r8, Register::CL),
                Set::Avx512 => (Code::Test_rm16_r16, Register::CX),
            };
            self.put(Instruction::with2(code, register, register));
            skip = Some(self.body.len());
            self.put(Instruction::with_branch(Code::Je_rel32_64, 0));
            self.put(Instruction::with2(Code::Mov_r32_rm32, Register::EAX, Register::ECX));
            self.put(Instruction::with1(Code::Not_rm32, Register::EAX));
            match self.set {
                Set::Avx512 => self.put(Instruction::with2(Code::VEX_Kmovw_kr_r32, OFF, Register::EAX)),
                Set::Avx2 => {
                    let (narrow, off) = (Register::XMM15, self.vector(OFF_VECTOR));
                    self.put(Instruction::with2(Code::VEX_Vmovd_xmm_rm32, narrow, Register::EAX));
                    self.put(Instruction::with2(Code::VEX_Vpbroadcastb_ymm_xmmm8, off, narrow));
                    self.spread_bits(off);
                }
            }
        }
        self.body.extend(body);
        let tail = self.body.len();
        if self.partial {
            self.put(Instruction::with2(Code::Shr_rm64_imm8, Register::RCX, lanes as u32));
        }
        for (register, step) in
            [(Register::RDI, lanes * 4), (Register::RSI, lanes * 4), (Register::R8, lanes / 8)]
        {
            self.put(Instruction::with2(Code::Add_rm64_imm8, register, step as i32));
        }
        self.put(Instruction::with1(Code::Dec_rm32, Register::R9D));
        let back = self.body.len();
        self.put(Instruction::with_branch(Code::Jne_rel32_64, 0));
        for at in &written {
            let memory = MemoryOperand::with_base_displ(Register::RDX, i64::from(self.masks[*at].0) * 4);
            self.put(Instruction::with2(Code::Mov_rm64_r64, memory, COLLECTORS[*at]));
        }
        for register in saved.iter().rev() {
            self.put(Instruction::with1(Code::Pop_r64, *register));
        }
        self.put(Ok(Instruction::with(Code::VEX_Vzeroupper)));
        self.put(Ok(Instruction::with(Code::Retnq)));
        if self.failed { None } else { self.encode(&[(skip, tail), (Some(back), head)]).ok() }
    }

    /// Constants, then code; each branch of `branches` goes from one instruction to another.
    fn encode(self, branches: &[(Option<usize>, usize)]) -> Result<Function, IcedError> {
        /// Where the code is taken to lie: anywhere, since it only refers to itself.
        const START: u64 = 1 << 32;
        let entry = (self.pool.len() * 4).next_multiple_of(64);
        let mut places = Vec::with_capacity(self.body.len());
        let mut code = Vec::new();
        // Twice: the second time the places of all instructions are known, and lengths do not depend on them.
        for _ in 0..2 {
            let known = std::mem::take(&mut places);
            let mut encoder = Encoder::new(64);
            let mut at = START + entry as u64;
            for (index, (instruction, constant)) in self.body.iter().enumerate() {
                let mut instruction = *instruction;
                if let Some(constant) = constant {
                    instruction.set_memory_displacement64(START + *constant as u64 * 4);
                }
                let branch = branches.iter().find(|(from, _)| *from == Some(index));
                if let Some((_, to)) = branch {
                    instruction.set_near_branch64(known.get(*to).copied().unwrap_or(at));
                }
                places.push(at);
                at += encoder.encode(&instruction, at)? as u64;
            }
            code = encoder.take_buffer();
        }
        let mut bytes: Vec<u8> = self.pool.iter().flat_map(|value| value.to_le_bytes()).collect();
        bytes.resize(entry, 0);
        bytes.extend(code);
        Ok(Function { bytes, entry })
    }
}

/// Where a row's part of the current chunk lies.
fn row_memory(row: RowName) -> MemoryOperand {
    let base = if row.accumulator { Register::RSI } else { Register::RDI };
    MemoryOperand::with_base_displ(base, i64::from(row.index) * 256)
}
