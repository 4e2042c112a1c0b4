//! Decides for each group of functions whether the mode register flushes f32 denormals.
//!
//! If every f32 operation of the group says `.ftz`, the mode does it for free. If none does, denormals are kept. In a
//! mixed group denormals are kept and lowering flushes where an instruction says so.

use super::trace_calls::Calls;
use ptx_frontend::isa::{Form, Opcode, ScalarType};
use ptx_frontend::module::Module;

/// For each function, whether its mode flushes.
pub fn run(module: &Module, calls: &Calls) -> Vec<bool> {
    let count = module.functions.len();
    let (mut flushing, mut keeping) = (vec![false; count], vec![false; count]);
    for (index, function) in module.functions.iter().enumerate() {
        let group = calls.group(index);
        for instruction in &function.instructions {
            let form = module.form(instruction.form);
            if depends_on_mode(form) {
                let side = if form.modifiers.ftz { &mut flushing } else { &mut keeping };
                side[group] = true;
            }
        }
    }
    (0..count).map(|index| calls.group(index)).map(|group| flushing[group] && !keeping[group]).collect()
}

/// Whether the instruction computes in f32, so that the mode changes what it gives.
fn depends_on_mode(form: &Form) -> bool {
    use Opcode as O;
    // bf16 is computed in f32, whose denormals are its own.
    let single = [ScalarType::F32, ScalarType::BF16, ScalarType::BF16x2];
    if !form.types.iter().any(|ty| single.contains(ty)) {
        return false;
    }
    match form.opcode {
        O::Add
        | O::Sub
        | O::Mul
        | O::Mad
        | O::Fma
        | O::Div
        | O::Rcp
        | O::Sqrt
        | O::Rsqrt
        | O::Sin
        | O::Cos
        | O::Lg2
        | O::Ex2
        | O::Tanh
        | O::Min
        | O::Max
        | O::Set
        | O::Setp
        | O::Slct
        | O::Mma
        | O::WmmaMma => true,
        // Between integers and f32 there are no denormals; sign operations without `.ftz` copy bits.
        O::Cvt => form.types.iter().all(|ty| ty.is_float()),
        O::Abs | O::Neg => form.modifiers.ftz,
        _ => false,
    }
}
