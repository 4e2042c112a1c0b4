//! SOP2, SOP1, SOPC and SOPK.
//!
//! A row sees its operands as 64-bit values and may read and write the wave; the executor fetches operands as their
//! widths in the table say and writes the result.

use super::{Flow, Handler, Instruction, rows};
use crate::isa::operand::{self, ConstantType, Scalar};
use crate::isa::{Decoded, Field, Format};
use crate::wave::Wave;

/// The meaning of a scalar instruction.
pub(crate) trait ScalarLane {
    /// Registers of the result; 0 when the row writes none.
    const RESULT: u32;
    fn run(wave: &mut Wave, a: u64, b: u64) -> u64;
}

/// One row.
#[derive(Clone, Copy)]
pub(crate) struct ScalarRow {
    pub mnemonic: &'static str,
    run: Handler,
    result: u32,
}

impl ScalarRow {
    pub fn new<O: ScalarLane>(mnemonic: &'static str) -> Self {
        Self { mnemonic, run: run::<O>, result: O::RESULT }
    }
}

/// How a scalar operand becomes the type in which a row states it, and back.
pub(crate) trait ScalarValue {
    const REGISTERS: u32;
    fn of(bits: u64) -> Self;
    fn bits(self) -> u64;
}

macro_rules! scalar_value {
    ($($type:ty, $registers:literal, |$bits:ident| $of:expr, |$value:ident| $to:expr;)*) => {
        $(impl ScalarValue for $type {
            const REGISTERS: u32 = $registers;
            #[inline(always)]
            fn of($bits: u64) -> Self { $of }
            #[inline(always)]
            fn bits(self) -> u64 { let $value = self; $to }
        })*
    };
}

scalar_value! {
    (), 0, |_bits| (), |_value| 0;
    u32, 1, |bits| bits as u32, |value| value.into();
    i32, 1, |bits| bits as i32, |value| u64::from(value as u32);
    u64, 2, |bits| bits, |value| value;
    i64, 2, |bits| bits as i64, |value| value as u64;
}

/// Makes a [`ScalarRow`]: `scalar_row!("s_add_u32"(w, a: u32, b: u32) -> u32 { ... })`; `-> scc` for a comparison.
macro_rules! scalar_row {
    (@impl $name:literal $w:ident, [$($a:ident: $A:ty)?] [$($b:ident: $B:ty)?] $R:ty, $body:block) => {{
        struct Op;
        impl $crate::execute::scalar::ScalarLane for Op {
            const RESULT: u32 = <$R as $crate::execute::scalar::ScalarValue>::REGISTERS;
            #[inline(always)]
            #[allow(unused_variables)]
            fn run($w: &mut $crate::wave::Wave, a: u64, b: u64) -> u64 {
                use $crate::execute::scalar::ScalarValue;
                $(let $a = <$A>::of(a);)?
                $(let $b = <$B>::of(b);)?
                let result: $R = $body;
                result.bits()
            }
        }
        $crate::execute::scalar::ScalarRow::new::<Op>($name)
    }};
    ($name:literal ($w:ident) -> $R:ty $body:block) => { $crate::execute::scalar::scalar_row!(@impl $name $w, [] [] $R, $body) };
    ($name:literal ($w:ident, $a:ident: $A:ty) -> $R:ty $body:block) => {
        $crate::execute::scalar::scalar_row!(@impl $name $w, [$a: $A] [] $R, $body)
    };
    ($name:literal ($w:ident, $a:ident: $A:ty, $b:ident: $B:ty) -> $R:ty $body:block) => {
        $crate::execute::scalar::scalar_row!(@impl $name $w, [$a: $A] [$b: $B] $R, $body)
    };
}
pub(crate) use scalar_row;

/// In [`Instruction::from`]: a register number.
const REGISTER: u8 = 0;
/// In [`Instruction::from`]: the value itself.
const CONSTANT: u8 = 1;
/// In [`Instruction::from`]: an operand code that has to be asked for.
const ASKED: u8 = 2;

/// The value of scalar source `index`.
#[inline(always)]
pub(crate) fn read(wave: &Wave, instruction: &Instruction, index: usize) -> u64 {
    let source = instruction.source[index];
    match instruction.from[index] {
        REGISTER => wave.sgpr64(source as u32),
        CONSTANT => source,
        _ => match source {
            251 => u64::from(wave.vcc() == 0),
            252 => u64::from(wave.exec() == 0),
            _ => u64::from(wave.scc),
        },
    }
}

/// Resolves source `index` from an operand code; `None` for a code without a meaning.
pub(crate) fn resolve(
    instruction: &mut Instruction,
    index: usize,
    code: u32,
    literal: u32,
    registers: u8,
) -> Option<()> {
    let wanted = if registers == 2 { ConstantType::Integer64 } else { ConstantType::Single };
    let (from, source) = match operand::scalar(code, literal, wanted) {
        Scalar::Register(register) => (REGISTER, register.into()),
        Scalar::Constant(value) => (CONSTANT, value),
        Scalar::Invalid => return None,
        _ => (ASKED, code.into()),
    };
    (instruction.from[index], instruction.source[index]) = (from, source);
    Some(())
}

unsafe fn run<O: ScalarLane>(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let a = read(wave, instruction, 0);
    let b = read(wave, instruction, 1);
    let result = O::run(wave, a, b);
    match O::RESULT {
        0 => {}
        1 => wave.sgprs[(instruction.target & 127) as usize] = result as u32,
        _ => wave.set_sgpr64(instruction.target & 127, result),
    }
    Flow::Next
}

/// Resolves the operands of a scalar instruction that has a row.
pub(crate) fn build(pc: u64, decoded: &Decoded) -> Option<Instruction> {
    let encoding = decoded.encoding;
    // s_cmpk_* compares as s_cmp_* does, and its immediate is extended as its type says.
    let compare = encoding.mnemonic.strip_prefix("s_cmpk_").map(|rest| format!("s_cmp_{rest}"));
    let row = rows::scalar(compare.as_deref().unwrap_or(encoding.mnemonic))?;
    let mut instruction = Instruction::new(row.run, decoded);
    instruction.from = [CONSTANT; 3];
    if encoding.format == Format::Sopk {
        let immediate = decoded.simm16();
        let unsigned = encoding.mnemonic.ends_with("_u32");
        let value = if unsigned { u64::from(immediate as u16) } else { u64::from(immediate as u32) };
        instruction.target = decoded.field(Field::Sdst);
        // s_movk has nothing but its immediate; the others also read what they write.
        if encoding.mnemonic == "s_movk_i32" {
            instruction.source[0] = value;
        } else {
            resolve(&mut instruction, 0, decoded.field(Field::Sdst), 0, 1)?;
            instruction.source[1] = value;
        }
        return Some(instruction);
    }
    if let Some(target) = encoding.operand(Field::Sdst) {
        if target.registers != 0 && row.result != 0 && u32::from(target.registers) != row.result {
            return None;
        }
        instruction.target = decoded.field(Field::Sdst);
        // Read by the few that change their destination (s_bitset, s_cmov); a second source overrides it.
        resolve(&mut instruction, 1, decoded.field(Field::Sdst), 0, target.registers)?;
    }
    let mut index = 0;
    for operand in &encoding.operands {
        if matches!(operand.field, Field::Ssrc0 | Field::Ssrc1) {
            resolve(
                &mut instruction,
                index,
                decoded.field(operand.field),
                decoded.literal(),
                operand.registers,
            )?;
            index += 1;
        }
    }
    if index == 0 && encoding.mnemonic == "s_getpc_b64" {
        instruction.source[0] = pc + 4;
        instruction.from[0] = CONSTANT;
    }
    Some(instruction)
}
