//! The instruction set as data: one row for each form in the manual's own syntax, by chapter.
//!
//! Takes the dotted text of an opcode (`fma.rn.ftz.f32`); gives a decoded [`Form`], made once for each distinct
//! spelling of a module. From the rows come the matcher, the roles and types of the operands, the printer and the
//! texts of "expected one of". Whether a back end can lower a row is not known here.

pub mod example;
pub mod modifiers;
pub mod opcode;
pub mod row;
pub mod special;
pub mod types;

pub(crate) mod conflicts;
pub(crate) mod matcher;
mod words;

mod async_copy;
mod atomic;
mod compare;
mod control;
mod conversion;
mod data_movement;
mod float;
mod half;
mod integer;
mod logic;
mod matrix;
mod misc;
mod sync;
mod tensor;
mod texture;
mod video;
mod warp;

pub use modifiers::*;
pub use opcode::Opcode;
pub use special::{Component, SpecialRegister};
pub use types::{ScalarType, StateSpace, TypeKind};

/// What an instruction does besides computing its destination. Stated in every row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Reads memory (or a clock, or another thread's state).
    pub reads: bool,
    /// Writes memory or has another effect that may not be dropped or repeated.
    pub writes: bool,
    /// Its meaning depends on which threads execute it together.
    pub convergent: bool,
    /// May leave the straight line: a branch, a call, a return, a trap.
    pub control: bool,
}

impl Effects {
    /// No effect but its destination.
    pub const PURE: Effects = Effects { reads: false, writes: false, convergent: false, control: false };

    /// Whether an instruction whose destination is unused can go.
    pub const fn is_pure(self) -> bool {
        !self.reads && !self.writes && !self.convergent && !self.control
    }
}

/// How an instruction uses an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It writes it: a register, a vector of registers or the sink.
    Write,
    /// It reads it.
    Read,
    /// It goes to memory at this address.
    Address,
    /// A label, a function, a list of parameters.
    Control,
}

/// What values an operand may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperandType {
    /// One value of a type.
    Scalar(ScalarType),
    /// `count` values of a type in braces; a count of 0 stands for any number.
    Vector {
        /// Type of an element.
        element: ScalarType,
        /// Number of elements, 0 for any.
        count: u8,
    },
    /// A predicate.
    Predicate,
    /// An integer that must be constant.
    Constant,
    /// A register or a part of one (`.b0`, `.h1`): the video instructions.
    Part(ScalarType),
    /// A label.
    Label,
    /// A function, or a register that holds its address.
    Callee,
    /// A list of operands: the returns and arguments of a call.
    List,
    /// The list of `brx.idx`, or the prototype or targets of a call.
    Targets,
    /// An address: it has no value type.
    None,
}

/// One operand of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperandSpec {
    /// Its name in the manual: `d`, `a`, `b`.
    pub name: &'static str,
    /// How it is used.
    pub access: Access,
    /// What it holds.
    pub ty: OperandType,
    /// Whether it may be left out.
    pub optional: bool,
    /// Whether `d|p` may stand there: the type of the second destination.
    pub second: Option<ScalarType>,
    /// Whether `!p` may stand there.
    pub negatable: bool,
    /// Whether a register may be wider than the type.
    pub wider: bool,
    /// Whether a vector that fills the type may stand there, as in `mov.b64 {a, b}, d`.
    pub packable: bool,
}

/// A decoded opcode: what `fma.rn.ftz.f32` means. One for each distinct spelling in a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// The instruction.
    pub opcode: Opcode,
    /// The dotted types in their order: `cvt.rn.f32.s32` has `F32`, `S32`.
    pub types: Vec<ScalarType>,
    /// The other dotted words.
    pub modifiers: Modifiers,
    /// What it does besides computing.
    pub effects: Effects,
    /// The operands it takes.
    pub operands: Vec<OperandSpec>,
    /// The spelling: `fma.rn.ftz.f32`.
    pub text: Box<str>,
    /// The row that it is a form of.
    pub row: &'static row::Row,
}

impl Form {
    /// The first dotted type: the type of the instruction. Rows without types (`bra`, `bar.sync`) give `.pred`,
    /// which no lowering of such an instruction asks for.
    pub fn ty(&self) -> ScalarType {
        self.types.first().copied().unwrap_or(ScalarType::Pred)
    }

    /// The second dotted type, or the first if there is one only: the source type of `cvt`, `set`, `slct`.
    pub fn source_type(&self) -> ScalarType {
        self.types.get(1).copied().unwrap_or_else(|| self.ty())
    }

    /// What `ptxas` has against its words together, if anything: rows state what each may be, not every combination.
    pub fn conflict(&self) -> Option<String> {
        conflicts::conflict(self)
    }

    /// Its words by the places of the row, the mnemonic aside; an optional word that is left out is empty:
    /// `add.sat.f32` of `add[.Rnd][.ftz][.sat].f32` gives `["", "", "sat", "f32"]`.
    pub fn words(&self) -> Vec<String> {
        matcher::words(self.row, &self.text)
    }
}

/// Every form that a dotted opcode spells; empty if none. Several differ in their operands only.
pub fn decode(text: &str) -> Vec<Form> {
    matcher::decode(text).map_or(Vec::new(), |found| found.into_iter().map(|decoded| decoded.form).collect())
}

/// The rows of all chapters.
pub fn all_rows() -> impl Iterator<Item = &'static row::Row> {
    chapters().into_iter().flat_map(|(_, rows)| rows)
}

/// The rows by chapter: the chapter's name, which is that of its file, and its rows.
pub fn chapters() -> [(&'static str, &'static [row::Row]); 17] {
    [
        ("integer", integer::ROWS),
        ("float", float::ROWS),
        ("half", half::ROWS),
        ("compare", compare::ROWS),
        ("logic", logic::ROWS),
        ("data_movement", data_movement::ROWS),
        ("conversion", conversion::ROWS),
        ("control", control::ROWS),
        ("sync", sync::ROWS),
        ("atomic", atomic::ROWS),
        ("warp", warp::ROWS),
        ("texture", texture::ROWS),
        ("matrix", matrix::ROWS),
        ("tensor", tensor::ROWS),
        ("video", video::ROWS),
        ("misc", misc::ROWS),
        ("async_copy", async_copy::ROWS),
    ]
}
