//! `set` and `setp` on halves (PTX ISA 9.7.7): one comparison, or one for each half of a pair.

use super::compare::{combine, float_predicate};
use super::function::{FunctionLowering, Lowered};
use super::half::{element_of, float_type, flush, read_parts, write_parts};
use super::instruction::Ins;
use inkwell::values::{FloatValue, IntValue};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{Opcode, ScalarType};
use ptx_frontend::module::Operand;

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// Whether a comparison is of this chapter: its operands are pairs, or its result a bf16.
pub fn takes(ins: &Ins<'_>) -> bool {
    let packed = |ty| matches!(ty, ScalarType::F16x2 | ScalarType::BF16x2);
    let half = |ty| matches!(ty, ScalarType::F16 | ScalarType::BF16);
    matches!(ins.form.opcode, Opcode::Set | Opcode::Setp)
        && (packed(ins.form.source_type()) || half(ins.form.source_type()))
}

/// Lowers a comparison that [`takes`] takes.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let source = ins.form.source_type();
    let results = compare(cx, ins, source)?;
    match (ins.form.opcode, &results[..]) {
        // A pair gives `p` for the low half and `q` for the high one.
        (Opcode::Setp, &[low, high]) => match ins.operand(0)? {
            Operand::Pair(first, second) => {
                for (register, result) in [(first, low), (second, high)] {
                    if let Some(register) = register {
                        let value = combine(cx, ins, result, 3)?;
                        cx.write_register(register, ScalarType::Pred, value.into());
                    }
                }
                Ok(())
            }
            _ => cx.write(ins, 0, ScalarType::Pred, combine(cx, ins, low, 3)?),
        },
        (Opcode::Setp, &[result]) => {
            let p = combine(cx, ins, result, 3)?;
            if let Operand::Pair(_, Some(register)) = ins.operand(0)? {
                let q = combine(cx, ins, cx.emit.not(result), 3)?;
                cx.write_register(register, ScalarType::Pred, q.into());
            }
            cx.write(ins, 0, ScalarType::Pred, p)
        }
        _ => set(cx, ins, &results),
    }
}

fn compare<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    source: ScalarType,
) -> Result<Vec<IntValue<'ctx>>, Diagnostic> {
    let comparison = ins.form.modifiers.comparison.ok_or_else(|| ins.unsupported())?;
    let (a, b) = (read_parts(cx, ins, 1, source)?, read_parts(cx, ins, 2, source)?);
    Ok(a.into_iter()
        .zip(b)
        .map(|(a, b)| cx.emit.fcmp(float_predicate(comparison), flush(cx, ins, a), flush(cx, ins, b)))
        .collect())
}

fn set<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, results: &[IntValue<'ctx>]) -> Lowered {
    let (ty, e) = (ins.ty(), &cx.emit);
    let mut values: Vec<FloatValue<'ctx>> = Vec::new();
    for &result in results {
        let result = combine(cx, ins, result, 3)?;
        if ty.is_integer() {
            let all = e.int_type(ty.bits()).const_all_ones();
            return cx.write(ins, 0, ty, e.select(result, all, all.get_type().const_zero()));
        }
        let float = float_type(cx, element_of(ty).0);
        values.push(e.select(result, float.const_float(1.0), float.const_zero()).into_float_value());
    }
    write_parts(cx, ins, &values)
}
