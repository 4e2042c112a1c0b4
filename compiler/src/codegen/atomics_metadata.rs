//! Marks atomics so that gfx90a's own instructions are selected instead of compare-and-swap loops.
//!
//! Runs after the optimiser, which drops the marks when it merges two `atomicrmw`, and before code generation, where
//! AtomicExpand reads them. The marks promise that the memory is coarse-grained (the runtime allocates so) and that a
//! float add may flush denormals (PTX says that `atom.global.add.f32` does).

use inkwell::module::Module;
use inkwell::values::InstructionOpcode;

/// Attaches the marks to every `atomicrmw` of the module.
pub fn run(module: &Module<'_>) {
    let context = module.get_context();
    let fine_grained = context.get_kind_id("amdgpu.no.fine.grained.memory");
    let remote = context.get_kind_id("amdgpu.no.remote.memory");
    let denormal = context.get_kind_id("amdgpu.ignore.denormal.mode");
    let empty = context.metadata_node(&[]);
    let instructions = module
        .get_functions()
        .flat_map(|function| function.get_basic_block_iter())
        .flat_map(|block| block.get_instructions());
    for instruction in instructions {
        if instruction.get_opcode() == InstructionOpcode::AtomicRMW {
            for kind in [fine_grained, remote, denormal] {
                instruction.set_metadata(empty, kind).expect("atomicrmw takes metadata");
            }
        }
    }
}
