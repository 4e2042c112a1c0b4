//! The questions asked of a PTX module before it is lowered. Each pass takes the module and gives facts; none changes it.

pub mod analyse_fold;
pub mod control_flow;
pub mod find_bit_readers;
pub mod find_spin_loops;
pub mod find_uniformity;
pub mod find_unwritten;
pub mod frame_places;
pub mod infer_denormal_mode;
pub mod recover_pointers;
pub mod split_module;
pub mod trace_calls;

use ptx_frontend::Diagnostic;
use ptx_frontend::isa::Opcode;
use ptx_frontend::module::{FunctionId, FunctionKind, Module, RegisterId};
use recover_pointers::RegisterKind;
use trace_calls::Calls;
use wavefold_formats::note::WarpMapping;

/// Which mapping the user asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MappingChoice {
    /// Fold what is proved foldable, split the rest.
    #[default]
    Auto,
    /// Fold, on the user's word.
    Fold,
    /// Split.
    Split,
}

/// Everything that lowering wants to know of a module beforehand, by function number.
#[derive(Debug)]
pub struct Facts {
    /// What each register of each function holds.
    pub registers: Vec<Vec<RegisterKind>>,
    seen_bits: Vec<Vec<bool>>,
    mappings: Vec<WarpMapping>,
    flushes: Vec<bool>,
    calls: Calls,
    /// Mark warp instructions for the emulator's checks.
    pub check_marks: bool,
    /// Why a kernel is split, for `-v`.
    pub split_reasons: Vec<Option<Diagnostic>>,
}

impl Facts {
    /// Runs every pass.
    pub fn gather(module: &Module, choice: MappingChoice) -> Self {
        let calls = trace_calls::run(module);
        let registers =
            module.functions.iter().map(|function| recover_pointers::run(module, function)).collect();
        let split_reasons = analyse_fold::run(module, &calls);
        let mut mappings = vec![WarpMapping::Fold; module.functions.len()];
        for (index, mapping) in mappings.iter_mut().enumerate() {
            let split = match choice {
                MappingChoice::Fold => false,
                MappingChoice::Split => true,
                MappingChoice::Auto => {
                    let group = calls.group(index);
                    split_reasons
                        .iter()
                        .enumerate()
                        .any(|(other, reason)| reason.is_some() && calls.group(other) == group)
                }
            };
            if split {
                *mapping = WarpMapping::Split;
            }
        }
        let seen_bits =
            module.functions.iter().map(|function| find_bit_readers::run(module, function)).collect();
        let flushes = infer_denormal_mode::run(module, &calls);
        Self { registers, seen_bits, mappings, flushes, calls, check_marks: false, split_reasons }
    }

    /// Whether somebody looks at the bits of a register.
    pub fn bits_are_seen(&self, function: FunctionId, register: RegisterId) -> bool {
        self.seen_bits[function.index()][register.index()]
    }

    /// How warps lie in wavefronts while the function runs.
    pub fn mapping(&self, function: FunctionId) -> WarpMapping {
        self.mappings[function.index()]
    }

    /// The functions whose address is taken, by an instruction or by a variable's initial value.
    pub fn addressed_functions(&self) -> &[FunctionId] {
        &self.calls.addressed
    }

    /// Whether a function calls through registers.
    pub fn calls_through_registers(&self, function: usize) -> bool {
        self.calls.indirect[function]
    }

    /// Whether a function mentions the address of a function.
    pub fn takes_addresses(&self, function: usize) -> bool {
        self.calls.takers[function]
    }

    /// Every function that may run when `function` is called, itself included.
    pub fn reachable(&self, function: FunctionId) -> Vec<FunctionId> {
        self.calls.reachable(function)
    }

    /// Whether a device function, or one that it calls by name, may end its thread. One whose address is taken may not.
    pub fn may_exit(&self, module: &Module, function: FunctionId) -> bool {
        let of_device = |id: &FunctionId| module.functions[id.index()].kind == FunctionKind::Device;
        let ends = |id: FunctionId| {
            let instructions = &module.functions[id.index()].instructions;
            instructions.iter().any(|instruction| module.form(instruction.form).opcode == Opcode::Exit)
        };
        let is_addressed = |id: &FunctionId| self.calls.addressed.contains(id);
        of_device(&function)
            && !is_addressed(&function)
            && self.reachable(function).into_iter().any(|id| of_device(&id) && !is_addressed(&id) && ends(id))
    }

    /// The same as [`Facts::flushes`], by index.
    pub fn flushes_at(&self, function: usize) -> bool {
        self.flushes[function]
    }

    /// Whether the mode register flushes f32 denormals while the function runs.
    pub fn flushes(&self, function: FunctionId) -> bool {
        self.flushes[function.index()]
    }
}
