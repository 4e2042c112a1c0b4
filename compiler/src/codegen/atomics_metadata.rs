//! Marks atomics so that gfx90a's own instructions are selected instead of compare-and-swap loops.
//!
//! Runs after the optimiser, which drops the marks when it merges two `atomicrmw`, and before code generation, where
//! AtomicExpand reads them. The marks promise that the memory is coarse-grained (the runtime allocates so; not where the
//! caller says otherwise) and that a float add may flush denormals (PTX says that `atom.global.add.f32` does).

use inkwell::module::Module;
use inkwell::values::InstructionOpcode;

/// What memory atomics may be used on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Atomics {
    /// Memory of the device, as the runtime allocates all of it.
    #[default]
    Coarse,
    /// Fine-grained memory too, which the host and other devices reach while a kernel runs: what gfx90a cannot do there
    /// in one instruction becomes a loop.
    Fine,
}

/// Attaches the marks to every `atomicrmw` of the module.
pub fn run(module: &Module<'_>, atomics: Atomics) {
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
            let promised = match atomics {
                Atomics::Coarse => &[fine_grained, remote, denormal][..],
                Atomics::Fine => &[denormal],
            };
            for &kind in promised {
                instruction.set_metadata(empty, kind).expect("atomicrmw takes metadata");
            }
        }
    }
}
