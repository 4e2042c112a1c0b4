//! libdevice's SIMD functions: two numbers of 16 bits or four of 8 in a word (`__nv_vaddss2`, `__nv_vcmpgtu4`).
//!
//! The names are regular: `v`, the operation, how it is signed or saturated, the number of parts. Each part is computed in
//! 32 bits, where nothing overflows.

use super::conversion::clamp;
use super::libdevice::Arguments;
use crate::codegen::emitter::Value;
use inkwell::IntPredicate;
use inkwell::values::IntValue;

/// Lowers a call; `None` if the function is not of these.
pub fn call<'ctx>(arguments: &Arguments<'_, '_, 'ctx>, name: &str) -> Option<Value<'ctx>> {
    let (name, parts) = match name.strip_prefix('v')? {
        name if name.ends_with('2') => (name.strip_suffix('2')?, 2),
        name => (name.strip_suffix('4')?, 4),
    };
    let bits = 32 / parts;
    let cx = arguments.cx;
    let e = &cx.emit;
    let (a, b) = (arguments.int(0)?, arguments.int(1));
    let operation = Operation::parse(name, b.is_some())?;
    let part = |word: IntValue<'ctx>, index: u32| {
        let cut = e.zext_or_trunc(e.lshr(word, e.word(index * bits)), bits);
        if operation.signed { e.sext_or_trunc(cut, 32) } else { e.zext_or_trunc(cut, 32) }
    };
    let mut word = e.word(0);
    for index in 0..parts {
        let (x, y) = (part(a, index), b.map_or(e.word(0), |b| part(b, index)));
        let value = operation.compute(arguments, x, y, bits);
        if operation.sums {
            word = e.add(word, value);
            continue;
        }
        let mask = e.word(u32::MAX >> (32 - bits));
        word = e.or(word, e.shl(e.and(value, mask), e.word(index * bits)));
    }
    Some(word.into())
}

/// What is done to each part.
#[derive(Clone, Copy)]
enum Kind {
    Add,
    Sub,
    Abs,
    Neg,
    Difference,
    RoundedMean,
    Mean,
    Min,
    Max,
    /// All bits or none.
    Compare(IntPredicate),
    /// 1 or 0.
    Set(IntPredicate),
}

#[derive(Clone, Copy)]
struct Operation {
    kind: Kind,
    signed: bool,
    saturates: bool,
    /// Whether the parts' results are added up.
    sums: bool,
}

impl Operation {
    /// From the name between `v` and the number of parts.
    fn parse(name: &str, has_two: bool) -> Option<Operation> {
        let (base, signed, saturates) = match name {
            _ if name.ends_with("ss") && name.len() > 4 => (name.strip_suffix("ss")?, true, true),
            _ if name.ends_with("us") && name.len() > 4 => (name.strip_suffix("us")?, false, true),
            "abs" | "neg" => (name, true, false),
            "add" | "sub" | "cmpeq" | "cmpne" | "seteq" | "setne" => (name, false, false),
            _ if name.ends_with('s') => (name.strip_suffix('s')?, true, false),
            _ => (name.strip_suffix('u')?, false, false),
        };
        let kind = match base {
            "add" => Kind::Add,
            "sub" => Kind::Sub,
            "abs" => Kind::Abs,
            "neg" => Kind::Neg,
            "absdiff" | "sad" => Kind::Difference,
            "avg" => Kind::RoundedMean,
            "hadd" => Kind::Mean,
            "min" => Kind::Min,
            "max" => Kind::Max,
            _ => match base.strip_prefix("cmp") {
                Some(comparison) => Kind::Compare(predicate(comparison, signed)?),
                None => Kind::Set(predicate(base.strip_prefix("set")?, signed)?),
            },
        };
        let takes_one = matches!(kind, Kind::Abs | Kind::Neg);
        (takes_one != has_two).then_some(Operation { kind, signed, saturates, sums: base == "sad" })
    }

    fn compute<'ctx>(
        self,
        arguments: &Arguments<'_, '_, 'ctx>,
        x: IntValue<'ctx>,
        y: IntValue<'ctx>,
        bits: u32,
    ) -> IntValue<'ctx> {
        let cx = arguments.cx;
        let e = &cx.emit;
        let zero = e.word(0);
        let absolute = |value: IntValue<'ctx>| {
            let negative = e.icmp(IntPredicate::SLT, value, zero);
            e.select_int(negative, e.sub(zero, value), value)
        };
        let less = || e.icmp(IntPredicate::SLT, x, y);
        let value = match self.kind {
            Kind::Add => e.add(x, y),
            Kind::Sub => e.sub(x, y),
            Kind::Abs => absolute(x),
            Kind::Neg => e.sub(zero, x),
            Kind::Difference => absolute(e.sub(x, y)),
            Kind::RoundedMean => {
                let sum = e.add(x, y);
                let up = e.icmp(IntPredicate::SGE, sum, zero);
                e.ashr(e.add(sum, e.zext_or_trunc(up, 32)), e.word(1))
            }
            Kind::Mean => e.ashr(e.add(x, y), e.word(1)),
            Kind::Min => e.select_int(less(), x, y),
            Kind::Max => e.select_int(less(), y, x),
            Kind::Compare(predicate) => e.sext_or_trunc(e.icmp(predicate, x, y), 32),
            Kind::Set(predicate) => e.zext_or_trunc(e.icmp(predicate, x, y), 32),
        };
        if self.saturates { e.zext_or_trunc(clamp(cx, value, bits, self.signed), 32) } else { value }
    }
}

/// The comparison of parts that have been widened by their sign.
fn predicate(word: &str, signed: bool) -> Option<IntPredicate> {
    Some(match (word, signed) {
        ("eq", _) => IntPredicate::EQ,
        ("ne", _) => IntPredicate::NE,
        ("lt", true) => IntPredicate::SLT,
        ("le", true) => IntPredicate::SLE,
        ("gt", true) => IntPredicate::SGT,
        ("ge", true) => IntPredicate::SGE,
        ("lt", false) => IntPredicate::ULT,
        ("le", false) => IntPredicate::ULE,
        ("gt", false) => IntPredicate::UGT,
        ("ge", false) => IntPredicate::UGE,
        _ => return None,
    })
}
