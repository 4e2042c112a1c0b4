//! Words that a row allows each and `ptxas` refuses together.
//!
//! Takes a decoded form; gives what is wrong with it, once for each distinct spelling of a module.

use super::{Form, Opcode, ScalarType, StateSpace};

/// What is wrong with the words of a form, if anything.
pub(crate) fn conflict(form: &Form) -> Option<String> {
    let text = &form.text;
    cache_words(form)
        .or_else(|| saturation(form))
        .or_else(|| barrier_order(form))
        .map(|why| format!("`{text}`: {why}"))
}

/// Hints about caches are for memory that is cached, and one about the first level is enough.
fn cache_words(form: &Form) -> Option<String> {
    if !matches!(form.opcode, Opcode::Ld | Opcode::St | Opcode::Atom | Opcode::Red) {
        return None;
    }
    let modifiers = &form.modifiers;
    let hint = modifiers.others.iter().map(|word| word.as_str()).find(|word| word.contains("::"));
    let space = modifiers.space?;
    if space != StateSpace::Global {
        let hint = hint.or(modifiers.cache_hint.then_some("L2::cache_hint"));
        if let Some(hint) = hint {
            return Some(format!(".{hint} is for .global or generic addresses, not for .{space}"));
        }
        if modifiers.volatile && space == StateSpace::Const {
            return Some("constant memory is never .volatile".to_owned());
        }
        return None;
    }
    match (hint, modifiers.cache) {
        (Some(hint), Some(cache)) if hint.starts_with("L1::") => {
            Some(format!(".{cache} and .{hint} exclude one another"))
        }
        _ => None,
    }
}

/// A conversion between integers saturates only where a value may not fit.
fn saturation(form: &Form) -> Option<String> {
    let (to, from) = (form.ty(), form.source_type());
    let integers = |ty: ScalarType| ty.is_integer() && ty.kind() != super::TypeKind::Bits;
    if form.opcode != Opcode::Cvt || !form.modifiers.sat || !integers(to) || !integers(from) {
        return None;
    }
    let fits = match (to.is_signed(), from.is_signed()) {
        (true, false) => to.bits() > from.bits(),
        (false, true) => false,
        _ => to.bits() >= from.bits(),
    };
    fits.then(|| format!("every .{from} is a .{to}: there is nothing to saturate"))
}

/// `mbarrier` names the order and the scope together or neither.
fn barrier_order(form: &Form) -> Option<String> {
    let is_barrier = matches!(
        form.opcode,
        Opcode::MbarrierArrive
            | Opcode::MbarrierArriveDrop
            | Opcode::MbarrierExpectTx
            | Opcode::MbarrierCompleteTx
            | Opcode::MbarrierTestWait
            | Opcode::MbarrierTryWait
    );
    match (form.modifiers.semantics, form.modifiers.scope) {
        (Some(order), None) if is_barrier => Some(format!(".{order} needs a scope")),
        (None, Some(scope)) if is_barrier => Some(format!(".{scope} needs an order")),
        _ => None,
    }
}
