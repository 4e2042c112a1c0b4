//! Which instructions are translated, and what they are in terms of rows, scalars and constants.
//!
//! An [`Operation`] computes lane by lane and touches nothing but vector registers and scalar masks: it cannot fault,
//! jump, wait, or see another lane. Everything else (memory, SDWA, DPP, clamped results, doubles and halves) is left
//! to the interpreter, and [`operation`] says `None` to it.

use crate::isa::operand::{self, ConstantType, Scalar, VCC};
use crate::isa::{Decoded, Field, Format};

/// A vector register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RowName {
    /// Whether it is an accumulator.
    pub accumulator: bool,
    pub index: u16,
}

/// What an operation reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Row(RowName),
    /// A scalar register, the same in all lanes.
    Scalar(u8),
    Constant(u32),
}

/// A source with its sign changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Input {
    pub source: Source,
    pub absolute: bool,
    pub negate: bool,
}

/// How values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    /// With the predicate of the host's `vcmpps`.
    Single(u8),
    /// With the predicate of the host's `vpcmpd`.
    Signed(u8),
    /// With the predicate of the host's `vpcmpud`.
    Unsigned(u8),
}

/// How a pair of dwords is shifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WideShift {
    Left,
    Right,
    RightSigned,
}

/// What is computed, in one lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Move,
    Not,
    And,
    Or,
    Xor,
    Xnor,
    AndOr,
    Or3,
    BitSelect,
    /// Second source shifted by the first.
    ShiftLeft,
    ShiftRight,
    ShiftRightSigned,
    /// First shifted by the second, plus the third.
    ShiftAdd,
    /// First shifted by the second, or the third.
    ShiftOr,
    /// First plus second, shifted by the third.
    AddShift,
    XorAdd,
    Add3,
    Add,
    Subtract,
    MultiplyLow,
    Multiply24 {
        signed: bool,
        adds: bool,
    },
    MinimumSigned,
    MaximumSigned,
    MinimumUnsigned,
    MaximumUnsigned,
    BitField {
        signed: bool,
    },
    AlignBit,
    /// The upper half of the product.
    MultiplyHigh {
        signed: bool,
    },
    /// The product of two dwords plus a pair of them, and whether that overflows.
    MultiplyAddWide {
        signed: bool,
    },
    /// A pair of dwords shifted by a constant.
    ShiftWide(WideShift),
    Select,
    AddCarry {
        carry_in: bool,
    },
    SubtractBorrow {
        borrow_in: bool,
    },
    Compare(Comparison),
    FloatAdd,
    FloatSubtract,
    FloatMultiply,
    FloatFma,
    FloatMinimum,
    FloatMaximum,
    Reciprocal,
    ReciprocalSquareRoot,
    SquareRoot,
    /// With the host's rounding immediate.
    Round(u8),
    Fraction,
    SignedToFloat,
    UnsignedToFloat,
    FloatToSigned,
    FloatToUnsigned,
}

/// One instruction, ready to be lowered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Operation {
    pub kind: Kind,
    /// For each result row, what it is computed from.
    pub parts: Vec<Part>,
    pub mask_in: Option<u8>,
    pub mask_out: Option<u8>,
}

/// One result row of an operation, and its sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// `None` where only a mask is written.
    pub target: Option<RowName>,
    pub inputs: Vec<Input>,
}

/// A line of the table: what a mnemonic computes, how many sources it has, whether the first two are swapped.
struct Line {
    kind: Kind,
    arity: usize,
    swapped: bool,
}

fn comparison(name: &str) -> Option<Comparison> {
    let (predicate, kind) = name.strip_prefix("v_cmp_")?.rsplit_once('_')?;
    let integer = |predicate: &str| {
        Some(match predicate {
            "eq" => 0,
            "lt" => 1,
            "le" => 2,
            "ne" => 4,
            "ge" => 5,
            "gt" => 6,
            _ => return None,
        })
    };
    Some(match kind {
        "f32" => Comparison::Single(match predicate {
            "lt" => 0x11,
            "eq" => 0x00,
            "le" => 0x12,
            "gt" => 0x1e,
            "lg" => 0x0c,
            "ge" => 0x1d,
            "o" => 0x07,
            "u" => 0x03,
            "nge" => 0x19,
            "nlg" => 0x08,
            "ngt" => 0x1a,
            "nle" => 0x16,
            "neq" => 0x04,
            "nlt" => 0x15,
            _ => return None,
        }),
        "i32" => Comparison::Signed(integer(predicate)?),
        "u32" => Comparison::Unsigned(integer(predicate)?),
        _ => return None,
    })
}

fn line(name: &str) -> Option<Line> {
    if let Some(comparison) = comparison(name) {
        return Some(Line { kind: Kind::Compare(comparison), arity: 2, swapped: false });
    }
    let (kind, arity, swapped) = match name {
        "v_mov_b32" | "v_accvgpr_read_b32" | "v_accvgpr_write_b32" | "v_accvgpr_mov_b32" => {
            (Kind::Move, 1, false)
        }
        "v_pk_mov_b32" => (Kind::Move, 2, false),
        "v_not_b32" => (Kind::Not, 1, false),
        "v_and_b32" => (Kind::And, 2, false),
        "v_or_b32" => (Kind::Or, 2, false),
        "v_xor_b32" => (Kind::Xor, 2, false),
        "v_xnor_b32" => (Kind::Xnor, 2, false),
        "v_and_or_b32" => (Kind::AndOr, 3, false),
        "v_or3_b32" => (Kind::Or3, 3, false),
        "v_bfi_b32" => (Kind::BitSelect, 3, false),
        "v_lshlrev_b32" => (Kind::ShiftLeft, 2, false),
        "v_lshrrev_b32" => (Kind::ShiftRight, 2, false),
        "v_ashrrev_i32" => (Kind::ShiftRightSigned, 2, false),
        "v_lshl_add_u32" => (Kind::ShiftAdd, 3, false),
        "v_lshl_or_b32" => (Kind::ShiftOr, 3, false),
        "v_add_lshl_u32" => (Kind::AddShift, 3, false),
        "v_xad_u32" => (Kind::XorAdd, 3, false),
        "v_add3_u32" => (Kind::Add3, 3, false),
        "v_add_u32" | "v_add_i32" => (Kind::Add, 2, false),
        "v_sub_u32" | "v_sub_i32" => (Kind::Subtract, 2, false),
        "v_subrev_u32" => (Kind::Subtract, 2, true),
        "v_mul_lo_u32" => (Kind::MultiplyLow, 2, false),
        "v_mul_u32_u24" => (Kind::Multiply24 { signed: false, adds: false }, 2, false),
        "v_mul_i32_i24" => (Kind::Multiply24 { signed: true, adds: false }, 2, false),
        "v_mad_u32_u24" => (Kind::Multiply24 { signed: false, adds: true }, 3, false),
        "v_mad_i32_i24" => (Kind::Multiply24 { signed: true, adds: true }, 3, false),
        "v_min_i32" => (Kind::MinimumSigned, 2, false),
        "v_max_i32" => (Kind::MaximumSigned, 2, false),
        "v_min_u32" => (Kind::MinimumUnsigned, 2, false),
        "v_max_u32" => (Kind::MaximumUnsigned, 2, false),
        "v_bfe_u32" => (Kind::BitField { signed: false }, 3, false),
        "v_bfe_i32" => (Kind::BitField { signed: true }, 3, false),
        "v_alignbit_b32" => (Kind::AlignBit, 3, false),
        "v_mul_hi_u32" => (Kind::MultiplyHigh { signed: false }, 2, false),
        "v_mul_hi_i32" => (Kind::MultiplyHigh { signed: true }, 2, false),
        "v_mad_u64_u32" => (Kind::MultiplyAddWide { signed: false }, 3, false),
        "v_mad_i64_i32" => (Kind::MultiplyAddWide { signed: true }, 3, false),
        "v_lshlrev_b64" => (Kind::ShiftWide(WideShift::Left), 2, false),
        "v_lshrrev_b64" => (Kind::ShiftWide(WideShift::Right), 2, false),
        "v_ashrrev_i64" => (Kind::ShiftWide(WideShift::RightSigned), 2, false),
        "v_cndmask_b32" => (Kind::Select, 2, false),
        "v_add_co_u32" => (Kind::AddCarry { carry_in: false }, 2, false),
        "v_addc_co_u32" => (Kind::AddCarry { carry_in: true }, 2, false),
        "v_sub_co_u32" => (Kind::SubtractBorrow { borrow_in: false }, 2, false),
        "v_subrev_co_u32" => (Kind::SubtractBorrow { borrow_in: false }, 2, true),
        "v_subb_co_u32" => (Kind::SubtractBorrow { borrow_in: true }, 2, false),
        "v_subbrev_co_u32" => (Kind::SubtractBorrow { borrow_in: true }, 2, true),
        "v_add_f32" | "v_pk_add_f32" => (Kind::FloatAdd, 2, false),
        "v_sub_f32" => (Kind::FloatSubtract, 2, false),
        "v_subrev_f32" => (Kind::FloatSubtract, 2, true),
        "v_mul_f32" | "v_pk_mul_f32" => (Kind::FloatMultiply, 2, false),
        "v_fma_f32" | "v_fmac_f32" | "v_pk_fma_f32" => (Kind::FloatFma, 3, false),
        "v_min_f32" => (Kind::FloatMinimum, 2, false),
        "v_max_f32" => (Kind::FloatMaximum, 2, false),
        "v_rcp_f32" | "v_rcp_iflag_f32" => (Kind::Reciprocal, 1, false),
        "v_rsq_f32" => (Kind::ReciprocalSquareRoot, 1, false),
        "v_sqrt_f32" => (Kind::SquareRoot, 1, false),
        "v_rndne_f32" => (Kind::Round(0), 1, false),
        "v_floor_f32" => (Kind::Round(1), 1, false),
        "v_ceil_f32" => (Kind::Round(2), 1, false),
        "v_trunc_f32" => (Kind::Round(3), 1, false),
        "v_fract_f32" => (Kind::Fraction, 1, false),
        "v_cvt_f32_i32" => (Kind::SignedToFloat, 1, false),
        "v_cvt_f32_u32" => (Kind::UnsignedToFloat, 1, false),
        "v_cvt_i32_f32" => (Kind::FloatToSigned, 1, false),
        "v_cvt_u32_f32" => (Kind::FloatToUnsigned, 1, false),
        _ => return None,
    };
    Some(Line { kind, arity, swapped })
}

/// Whether an instruction does nothing that a run of operations could notice.
pub(super) fn is_nothing(decoded: &Decoded) -> bool {
    matches!(decoded.encoding.mnemonic, "s_nop" | "s_waitcnt")
}

/// The row `distance` rows after the one that `code` names.
fn row(code: u32, distance: u32, accumulator: bool) -> Option<RowName> {
    let index = code.checked_sub(operand::VGPR)? + distance;
    (index < 256).then_some(RowName { accumulator, index: index as u16 })
}

/// The operation that an instruction is, where it is one.
pub(super) fn operation(decoded: &Decoded) -> Option<Operation> {
    let encoding = decoded.encoding;
    let format = encoding.format;
    if !matches!(format, Format::Vop1 | Format::Vop2 | Format::Vopc | Format::Vop3 | Format::Vop3p) {
        return None;
    }
    let name = encoding.base_mnemonic();
    let Line { kind, arity, swapped } = line(name)?;
    let packed = format == Format::Vop3p && name.starts_with("v_pk_");
    if name.starts_with("v_pk_") != packed || format == Format::Vop3p && !packed && !name.contains("accvgpr")
    {
        return None;
    }
    let bit = |at: u32| decoded.bits(at, at) == 1;
    let second_result = encoding.operand(Field::SdstB).is_some();
    // Clamp, and omod.
    if format == Format::Vop3 && (bit(15) || !second_result && decoded.bits(60, 59) != 0) || packed && bit(15)
    {
        return None;
    }
    if format == Format::Vop3p && !packed && decoded.bits(63, 61) != 0 {
        return None;
    }

    let has_mask_in = matches!(
        kind,
        Kind::Select | Kind::AddCarry { carry_in: true } | Kind::SubtractBorrow { borrow_in: true }
    );
    let has_mask_out = matches!(
        kind,
        Kind::Compare(_) | Kind::AddCarry { .. } | Kind::SubtractBorrow { .. } | Kind::MultiplyAddWide { .. }
    );
    // The source that is a pair where the result is one.
    let wide_source = match kind {
        Kind::MultiplyAddWide { .. } => Some(2),
        Kind::ShiftWide(_) => Some(1),
        _ => None,
    };
    let pairs = packed || wide_source.is_some();
    let mut codes = Vec::with_capacity(4);
    let mut mask_out = VCC;
    for (at, operand) in encoding.operands.iter().enumerate() {
        match operand.field {
            Field::Vdst => {}
            Field::Sdst | Field::SdstB => mask_out = decoded.field(operand.field),
            Field::Vcc if at == 0 || at == 1 && has_mask_out => mask_out = decoded.field(Field::Vcc),
            Field::Vcc => codes.push(VCC),
            field => codes.push(decoded.field(field)),
        }
    }
    let mut mask_in = VCC;
    if has_mask_in && codes.len() == arity + 1 {
        mask_in = codes.pop()?;
    }
    let target = encoding.operand(Field::Vdst).map(|_| operand::VGPR + decoded.field(Field::Vdst));
    if codes.len() + 1 == arity {
        codes.push(target?);
    }
    // Pairs that begin at an odd register, or EXEC as a mask, are rare enough to be left alone.
    let is_mask = |code: u32| code < 124 && code.is_multiple_of(2);
    if codes.len() != arity || has_mask_in && !is_mask(mask_in) || has_mask_out && !is_mask(mask_out) {
        return None;
    }

    let accumulates = |names: [&str; 2]| names.contains(&name);
    let accumulator_source = accumulates(["v_accvgpr_read_b32", "v_accvgpr_mov_b32"]);
    let accumulator_target = accumulates(["v_accvgpr_write_b32", "v_accvgpr_mov_b32"]);
    let mut parts = Vec::with_capacity(2);
    for half in 0..if pairs { 2 } else { 1 } {
        let mut inputs = Vec::with_capacity(3);
        for (index, &code) in codes.iter().enumerate() {
            let at = index as u32;
            // Which row of a pair: op_sel for the low result, op_sel_hi for the high one.
            let high_select = if index == 2 { bit(14) } else { bit(59 + at) };
            // A packed move takes the low result's selection of each source.
            let low = half == 0 || kind == Kind::Move;
            let distance = match half {
                _ if wide_source == Some(index) => half,
                _ if !packed => 0,
                _ if low => u32::from(bit(11 + at)),
                _ => u32::from(high_select),
            };
            let source = if code >= operand::VGPR {
                Source::Row(row(code, distance, accumulator_source)?)
            } else {
                let wide = wide_source == Some(index);
                let wanted = if wide { ConstantType::Integer64 } else { ConstantType::Single };
                match operand::scalar(code, decoded.literal(), wanted) {
                    Scalar::Constant(value) => Source::Constant((value >> (32 * distance)) as u32),
                    Scalar::Register(register) if register + distance < 128 => {
                        Source::Scalar((register + distance) as u8)
                    }
                    _ => return None,
                }
            };
            let (absolute, negate) = match format {
                Format::Vop3 => (!second_result && bit(8 + at), bit(61 + at)),
                Format::Vop3p if packed => (false, if low { bit(61 + at) } else { bit(8 + at) }),
                _ => (false, false),
            };
            if wide_source.is_some() && (absolute || negate) {
                return None;
            }
            inputs.push(Input { source, absolute, negate });
        }
        if name == "v_pk_mov_b32" {
            // The low result is the first source, the high one the second.
            inputs = vec![inputs[half as usize]];
        }
        if swapped {
            inputs.swap(0, 1);
        }
        let target = match target {
            Some(code) => Some(row(code, half, accumulator_target)?),
            None => None,
        };
        parts.push(Part { target, inputs });
    }
    let by_constant = |part: &Part| matches!(part.inputs[0].source, Source::Constant(amount) if amount < 64);
    if matches!(kind, Kind::ShiftWide(_)) && !parts.iter().all(by_constant) {
        return None;
    }
    Some(Operation {
        kind,
        parts,
        mask_in: has_mask_in.then_some(mask_in as u8),
        mask_out: has_mask_out.then_some(mask_out as u8),
    })
}

impl Operation {
    /// Whether it depends on whether MODE flushes 32-bit denormals other than through the host's own mode.
    pub fn asks_for_flushing(&self) -> bool {
        matches!(self.kind, Kind::FloatMinimum | Kind::FloatMaximum)
    }

    /// All that it reads.
    pub fn inputs(&self) -> impl Iterator<Item = &Input> {
        self.parts.iter().flat_map(|part| &part.inputs)
    }
}
