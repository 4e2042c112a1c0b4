//! What instructions do.
//!
//! A row (`rows/`) gives the meaning of one mnemonic, for one lane where it is a vector instruction. An executor, a
//! file for each family of encodings, applies EXEC, operands and modifiers around it. [`build`] joins the two when
//! code is decoded: the result is an [`Instruction`], a function pointer with its operands resolved as far as can
//! be, and running it is one indirect call.

pub(crate) mod access;
pub(crate) mod atomic;
#[cfg(test)]
mod coverage;
pub(crate) mod ds;
pub(crate) mod flat;
pub(crate) mod level;
pub(crate) mod mfma;
pub(crate) mod modifiers;
pub(crate) mod mubuf;
pub(crate) mod rows;
pub(crate) mod scalar;
pub(crate) mod smem;
pub(crate) mod sopp;
pub(crate) mod special;
pub(crate) mod transfer;
pub(crate) mod value;
pub(crate) mod vector;

use crate::dispatch::FaultKind;
use crate::isa::{self, Decoded};
use crate::translate::Run;
use crate::wave::Wave;
use crate::wave::registers::Row;

/// What becomes of the wave after an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Flow {
    /// It goes on with the next instruction.
    Next = 0,
    /// It goes on at [`Wave::ip`].
    Jump,
    /// It waits at a barrier.
    Barrier,
    /// It has ended.
    End,
    /// It gives way to others.
    Yield,
    /// It sent a message, see [`Wave::message`].
    Message,
    /// It cannot go on, see [`Wave::fault`].
    Fault,
}

/// Runs one instruction.
///
/// # Safety
/// The instruction must have been built for the wave's kind of device, and the wave's pointers must be valid.
pub(crate) type Handler = unsafe fn(&mut Wave, &Instruction) -> Flow;

/// One decoded instruction, a cache line long.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Instruction {
    /// What it does.
    pub run: Handler,
    /// Its words, for what is not resolved here.
    pub bits: u64,
    /// Sources: byte offsets from a base, scalar register numbers, or constants, as `from` says.
    pub source: [u64; 3],
    /// What the sources count from; scalar executors and vector ones have their own codes.
    pub from: [u8; 3],
    /// Length in dwords.
    pub words: u8,
    /// Destination: byte offset, or scalar register number.
    pub target: u32,
    /// What `target` counts from.
    pub target_base: u8,
    /// For each source, how to prepare it before the operation; all zero for none.
    pub prepare: [u8; 3],
    /// Scalar register of a mask operand or of an implicit one, by executor.
    pub mask: u8,
    /// Whether the result goes through `modifiers::finish`.
    pub finish: bool,
    /// Executor's own.
    pub flags: u16,
    /// Executor's own: modifiers or a table.
    pub extra: *const Modifiers,
}

pub(crate) use modifiers::Modifiers;

/// What instructions of a page point at.
#[derive(Default)]
pub(crate) struct Attachments {
    // Boxed, because instructions point at them while the list grows.
    #[allow(clippy::vec_box)]
    modifiers: Vec<Box<Modifiers>>,
    constants: Vec<(u32, Box<[Row; 2]>)>,
    // Boxed for the same reason.
    #[allow(clippy::vec_box)]
    rows: Vec<Box<Row>>,
}

impl Attachments {
    /// Keeps `modifiers` at a stable address.
    pub fn keep(&mut self, modifiers: Modifiers) -> *const Modifiers {
        self.modifiers.push(Box::new(modifiers));
        self.modifiers.last().map_or(std::ptr::null(), |kept| &raw const **kept)
    }

    /// The address of a copy of `row`.
    pub fn row(&mut self, row: Row) -> u64 {
        self.rows.push(Box::new(row));
        self.rows.last().map_or(0, |kept| &raw const **kept as u64)
    }

    /// A row pair that holds `low` and `high` in every lane.
    pub fn splat(&mut self, value: u64) -> u64 {
        let (low, high) = (value as u32, (value >> 32) as u32);
        if let Some((_, rows)) =
            self.constants.iter().find(|(_, rows)| rows[0].0[0] == low && rows[1].0[0] == high)
        {
            return rows.as_ptr() as u64;
        }
        self.constants.push((low, Box::new([Row([low; 64]), Row([high; 64])])));
        self.constants.last().map_or(0, |(_, rows)| rows.as_ptr() as u64)
    }
}

impl Instruction {
    /// An instruction that runs `run`, with everything else still zero.
    pub fn new(run: Handler, decoded: &Decoded) -> Self {
        Self { bits: decoded.bits, words: decoded.words, ..Self::bare(run) }
    }

    const fn bare(run: Handler) -> Self {
        Self {
            run,
            bits: 0,
            source: [0; 3],
            from: [0; 3],
            words: 1,
            target: 0,
            target_base: 0,
            prepare: [0; 3],
            mask: 0,
            finish: false,
            flags: 0,
            extra: std::ptr::null(),
        }
    }

    /// The entry of a dword outside device memory.
    pub fn outside() -> Self {
        Self::bare(sopp::outside)
    }

    /// The entry past the end of a page, where code goes on at `pc`.
    pub fn next_page(pc: u64) -> Self {
        Self { words: 0, source: [pc, 0, 0], ..Self::bare(sopp::next_page) }
    }

    /// The entry of a run of instructions that begins with `first`.
    pub fn run(run: Handler, what: *const Run, first: &Instruction) -> Self {
        Self { bits: first.bits, words: first.words, source: [what as u64, 0, 0], ..Self::bare(run) }
    }

    /// What [`Instruction::run`] attached.
    pub fn attached_run(&self) -> *const Run {
        self.source[0] as *const Run
    }

    /// Undefined bits.
    fn illegal(first: u32) -> Self {
        Self { bits: first.into(), ..Self::bare(sopp::illegal) }
    }

    /// A defined instruction that cannot be executed.
    pub fn unimplemented(decoded: &Decoded) -> Self {
        Self::new(sopp::unimplemented, decoded)
    }
}

/// Decodes the words at `pc` and resolves their operands.
pub(crate) fn build(pc: u64, first: u32, second: Option<u32>, attachments: &mut Attachments) -> Instruction {
    use isa::Format as F;
    let Some(decoded) = isa::decode(first, second) else { return Instruction::illegal(first) };
    let built = match decoded.encoding.format {
        F::Sop2 | F::Sopk | F::Sop1 | F::Sopc => {
            special::build(&decoded, attachments).or_else(|| scalar::build(pc, &decoded))
        }
        F::Sopp => sopp::build(pc, &decoded),
        F::Smem => smem::build(&decoded),
        F::Ds => ds::build(&decoded, attachments),
        F::Flat | F::Scratch | F::Global => flat::build(&decoded),
        F::Mubuf | F::Mtbuf => mubuf::build(&decoded),
        F::Mimg => None,
        _ => special::build(&decoded, attachments).or_else(|| vector::build(&decoded, attachments)),
    };
    built.unwrap_or_else(|| Instruction::unimplemented(&decoded))
}

/// Ends the instruction with a fault.
#[cold]
pub(crate) fn fault(wave: &mut Wave, kind: FaultKind, lane: Option<u32>, address: Option<u64>) -> Flow {
    wave.set_fault(kind, lane, address);
    Flow::Fault
}
