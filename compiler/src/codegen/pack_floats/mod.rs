//! Pairs up f32 operations for gfx90a's packed instructions (`v_pk_fma_f32`, `v_pk_mul_f32`, `v_pk_add_f32`).
//!
//! A packed instruction works on two neighbouring registers, and its modifiers choose and negate either half of an operand
//! for nothing. So a pair of operations is packed where its operands lie in pairs already (elements of one load, results of
//! another pack, twice the same value) or can be computed into one, and where the moves that it needs are fewer than the
//! instructions it saves. LLVM's SLP vectoriser takes every such move to be free, which is why it is off.
//! Runs on the optimised module. Every lane computes what it computed before, in the same rounding.

mod floats;
mod rewrite;
mod schedule;
mod search;

use inkwell::module::Module;

/// Packs what pays in every function of the module.
pub fn run(module: &Module<'_>) {
    for function in module.get_functions() {
        let floats = floats::Floats::of(function);
        let packs = search::run(&floats);
        if !packs.is_empty() {
            let plan = schedule::run(&floats, packs);
            rewrite::run(module, &floats, &plan);
        }
    }
}
