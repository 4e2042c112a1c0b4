//! Comparison and selection (PTX ISA 9.7.6, 9.7.7).

use super::float::flush_input;
use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use inkwell::values::IntValue;
use inkwell::{FloatPredicate, IntPredicate};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{BooleanOp, Comparison, Opcode, ScalarType};
use ptx_frontend::module::Operand;

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// Lowers an instruction of the chapter.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    match ins.form.opcode {
        Opcode::Setp => {
            let result = compare(cx, ins, ins.ty(), 1)?;
            let (p, q) = (combine(cx, ins, result, 3)?, cx.emit.not(result));
            match ins.operand(0)? {
                Operand::Pair(first, second) => {
                    if let Some(register) = first {
                        cx.write_register(register, ScalarType::Pred, p.into());
                    }
                    if let Some(register) = second {
                        let q = combine(cx, ins, q, 3)?;
                        cx.write_register(register, ScalarType::Pred, q.into());
                    }
                    Ok(())
                }
                _ => cx.write(ins, 0, ScalarType::Pred, p),
            }
        }
        Opcode::Set => {
            let result = compare(cx, ins, ins.form.source_type(), 1)?;
            let result = combine(cx, ins, result, 3)?;
            let (ty, e) = (ins.ty(), &cx.emit);
            match ty {
                ScalarType::F32 => cx.write(ins, 0, ty, e.select(result, e.float(32, 1.0), e.float(32, 0.0))),
                ScalarType::F16 => cx.write(ins, 0, ty, e.select(result, e.float(16, 1.0), e.float(16, 0.0))),
                ty if ty.is_integer() => {
                    let all = e.int_type(ty.bits()).const_all_ones();
                    cx.write(ins, 0, ty, e.select(result, all, all.get_type().const_zero()))
                }
                _ => Err(ins.unsupported()),
            }
        }
        Opcode::Selp => {
            let ty = ins.ty();
            let condition = cx.read_condition(ins, 3)?;
            if let Some((a, b)) = cx.read_pointers(ins) {
                return cx.write(ins, 0, ty, cx.emit.select(condition, a, b));
            }
            let (a, b) = (cx.read(ins, 1, ty)?, cx.read(ins, 2, ty)?);
            cx.write(ins, 0, ty, cx.emit.select(condition, a, b))
        }
        Opcode::Slct => {
            let (ty, selector) = (ins.ty(), ins.form.source_type());
            let (a, b) = (cx.read(ins, 1, ty)?, cx.read(ins, 2, ty)?);
            let condition = if selector == ScalarType::F32 {
                let c = flush_input(cx, ins, cx.read_float(ins, 3, selector)?);
                cx.emit.fcmp(FloatPredicate::OGE, c, cx.emit.float(32, 0.0))
            } else {
                cx.emit.icmp(IntPredicate::SGE, cx.read_int(ins, 3, selector)?, cx.emit.word(0))
            };
            cx.write(ins, 0, ty, cx.emit.select(condition, a, b))
        }
        _ => Err(ins.unsupported()),
    }
}

/// The comparison of operands `first` and `first + 1`.
fn compare<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    ty: ScalarType,
    first: usize,
) -> Result<IntValue<'ctx>, Diagnostic> {
    let comparison = ins.form.modifiers.comparison.ok_or_else(|| ins.unsupported())?;
    match ty {
        ScalarType::F16x2 | ScalarType::BF16x2 => Err(ins.unsupported()),
        _ if ty.is_float() => {
            let a = flush_input(cx, ins, cx.read_float(ins, first, ty)?);
            let b = flush_input(cx, ins, cx.read_float(ins, first + 1, ty)?);
            Ok(cx.emit.fcmp(float_predicate(comparison), a, b))
        }
        _ => {
            let (a, b) = (cx.read_int(ins, first, ty)?, cx.read_int(ins, first + 1, ty)?);
            let predicate = int_predicate(comparison, ty.is_signed()).ok_or_else(|| ins.unsupported())?;
            Ok(cx.emit.icmp(predicate, a, b))
        }
    }
}

/// The boolean operation with the predicate operand, if the instruction has one.
pub fn combine<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    result: IntValue<'ctx>,
    index: usize,
) -> Result<IntValue<'ctx>, Diagnostic> {
    let Some(operation) = ins.form.modifiers.boolean else { return Ok(result) };
    let c = cx.read_condition(ins, index)?;
    Ok(match operation {
        BooleanOp::And => cx.emit.and(result, c),
        BooleanOp::Or => cx.emit.or(result, c),
        BooleanOp::Xor => cx.emit.xor(result, c),
        BooleanOp::Popc => return Err(ins.unsupported()),
    })
}

fn int_predicate(comparison: Comparison, signed: bool) -> Option<IntPredicate> {
    use Comparison as C;
    use IntPredicate as P;
    Some(match (comparison, signed) {
        (C::Eq, _) => P::EQ,
        (C::Ne, _) => P::NE,
        (C::Lt, true) => P::SLT,
        (C::Le, true) => P::SLE,
        (C::Gt, true) => P::SGT,
        (C::Ge, true) => P::SGE,
        (C::Lt | C::Lo, _) => P::ULT,
        (C::Le | C::Ls, _) => P::ULE,
        (C::Gt | C::Hi, _) => P::UGT,
        (C::Ge | C::Hs, _) => P::UGE,
        _ => return None,
    })
}

/// `eq`, `ne`, `lt` to `ge` are false if an operand is NaN; the forms with `u` are true then.
pub fn float_predicate(comparison: Comparison) -> FloatPredicate {
    use Comparison as C;
    use FloatPredicate as P;
    match comparison {
        C::Eq => P::OEQ,
        C::Ne => P::ONE,
        C::Lt | C::Lo => P::OLT,
        C::Le | C::Ls => P::OLE,
        C::Gt | C::Hi => P::OGT,
        C::Ge | C::Hs => P::OGE,
        C::Equ => P::UEQ,
        C::Neu => P::UNE,
        C::Ltu => P::ULT,
        C::Leu => P::ULE,
        C::Gtu => P::UGT,
        C::Geu => P::UGE,
        C::Num => P::ORD,
        C::Nan => P::UNO,
    }
}
