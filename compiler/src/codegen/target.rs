//! The gfx90a target machine: optimises an LLVM module and emits its object or assembly.
//!
//! Before: a verified module, device library linked in. After `optimise`: the same module, ready for code generation,
//! with the marks attached that the optimiser would lose (`atomics_metadata`, `saturating_conversions`).

use super::atomics_metadata::Atomics;
use super::{
    anchor_private_pointers, atomics_metadata, bit_selects, branch_conditions, half_products, llvm_ext,
    masked_selects, optimiser, pack_floats, saturating_conversions, shared_addresses, wide_addresses,
};
use inkwell::OptimizationLevel;
use inkwell::context::Context;
use inkwell::module::{FlagBehavior, Module};
use inkwell::passes::PassBuilderOptions;
use inkwell::targets::{
    CodeModel, FileType, InitializationConfig, RelocMode, Target as LlvmTarget, TargetMachine,
    TargetMachineOptions, TargetTriple,
};
use std::ffi::CStr;
use std::sync::Once;

/// The only processor this version generates code for.
pub const PROCESSOR: &str = "gfx90a";
const TRIPLE: &str = "amdgcn-amd-amdhsa";
/// Code object version times 100, as LLVM's module flag wants it. ROCm 5 to 7 load version 5.
const CODE_OBJECT_VERSION: u64 = 500;

/// Vectorisers are off: lanes are vectors already, and LLVM takes a pair of floats to be free to put together, which
/// costs a `v_mov_b32` each (`pack_floats` counts them). A pipeline called `default<O3>` overrides `PassBuilderOptions`.
const LLVM_OPTIONS: &[&CStr] =
    &[c"-vectorize-slp=false", c"-vectorize-loops=false", c"-interleave-loops=false"];

/// A failure of code generation that is no fault of the input.
#[derive(Debug, thiserror::Error)]
pub enum CodegenError {
    /// LLVM refused something.
    #[error("LLVM: {0}")]
    Llvm(String),
    /// The generated module does not verify.
    #[error("the generated LLVM IR is invalid: {0}")]
    Invalid(String),
    /// A file of the device library or a tool is missing or failed.
    #[error("{0}")]
    Tool(String),
    /// Reading or writing a temporary file failed.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    /// The metadata that LLVM wrote into an object is not as it should be.
    #[error("the AMDGPU metadata: {0}")]
    Metadata(String),
    /// The Wavefold note could not be encoded.
    #[error("{0}")]
    Note(#[from] wavefold_formats::note::NoteError),
}

/// How hard to optimise: the 0 to 3 of `-O`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Optimisation(pub u8);

/// A target machine for gfx90a, xnack and sramecc left open so that the code runs in either mode.
pub struct Target {
    machine: TargetMachine,
    optimisation: Optimisation,
}

impl Target {
    /// Makes the machine; the LLVM target is registered on first use.
    pub fn new(optimisation: Optimisation) -> Result<Self, CodegenError> {
        Self::with_features(optimisation, "")
    }

    /// A machine for code whose accesses stay as the program says: narrow ones are not joined to a wide one that is not
    /// aligned.
    pub fn keeping_accesses(optimisation: Optimisation) -> Result<Self, CodegenError> {
        Self::with_features(optimisation, "-unaligned-access-mode")
    }

    fn with_features(optimisation: Optimisation, features: &str) -> Result<Self, CodegenError> {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            llvm_ext::set_options(LLVM_OPTIONS);
            LlvmTarget::initialize_amd_gpu(&InitializationConfig::default());
        });
        let triple = TargetTriple::create(TRIPLE);
        let target = LlvmTarget::from_triple(&triple).map_err(|e| CodegenError::Llvm(e.to_string()))?;
        let level = match optimisation.0 {
            // Without any optimisation every register would live in scratch: `-O0` still allocates registers.
            0 | 1 => OptimizationLevel::Less,
            // The code generator's highest level runs GVN twice more and gives the same code.
            _ => OptimizationLevel::Default,
        };
        let options = TargetMachineOptions::new()
            .set_cpu(PROCESSOR)
            .set_features(features)
            .set_level(level)
            .set_reloc_mode(RelocMode::PIC)
            .set_code_model(CodeModel::Default);
        let machine = target
            .create_target_machine_from_options(&triple, options)
            .ok_or_else(|| CodegenError::Llvm(format!("no target machine for {PROCESSOR}")))?;
        Ok(Self { machine, optimisation })
    }

    /// Gives a fresh module the target's triple, data layout and code object version.
    pub fn prepare<'ctx>(&self, context: &'ctx Context, module: &Module<'ctx>) {
        module.set_triple(&self.machine.get_triple());
        module.set_data_layout(&self.machine.get_target_data().get_data_layout());
        let version = context.i32_type().const_int(CODE_OBJECT_VERSION, false);
        module.add_basic_value_flag("amdhsa_code_object_version", FlagBehavior::Error, version);
    }

    /// Runs LLVM's pipeline for the level, then the passes that must come after it.
    pub fn optimise(&self, module: &Module<'_>, atomics: Atomics) -> Result<(), CodegenError> {
        if self.optimisation.0 >= 2 {
            self.run_passes(module, "function(sroa)")?;
            anchor_private_pointers::run(module);
        }
        self.run_passes(module, &optimiser::pipeline(self.optimisation.0))?;
        saturating_conversions::run(module);
        half_products::run(module);
        if self.optimisation.0 >= 2 {
            wide_addresses::run(module);
            pack_floats::run(module);
            bit_selects::run(module);
            masked_selects::run(module);
            shared_addresses::run(module);
            branch_conditions::run(module);
        }
        atomics_metadata::run(module, atomics);
        Ok(())
    }

    fn run_passes(&self, module: &Module<'_>, pipeline: &str) -> Result<(), CodegenError> {
        module
            .run_passes(pipeline, &self.machine, PassBuilderOptions::create())
            .map_err(|e| CodegenError::Llvm(e.to_string()))
    }

    /// Emits a relocatable object.
    pub fn emit_object(&self, module: &Module<'_>) -> Result<Vec<u8>, CodegenError> {
        self.emit(module, FileType::Object)
    }

    /// Emits assembly text.
    pub fn emit_assembly(&self, module: &Module<'_>) -> Result<Vec<u8>, CodegenError> {
        self.emit(module, FileType::Assembly)
    }

    fn emit(&self, module: &Module<'_>, kind: FileType) -> Result<Vec<u8>, CodegenError> {
        let buffer = self
            .machine
            .write_to_memory_buffer(module, kind)
            .map_err(|e| CodegenError::Llvm(e.to_string()))?;
        Ok(buffer.as_slice().to_vec())
    }
}

/// Checks a module against LLVM's verifier: a complaint is a defect of `lower`.
pub fn verify(module: &Module<'_>) -> Result<(), CodegenError> {
    module.verify().map_err(|e| CodegenError::Invalid(e.to_string()))
}
