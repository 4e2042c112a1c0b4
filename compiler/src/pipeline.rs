//! The compiler from end to end, one step a line.
//!
//! Takes the bytes of a PTX file; gives the bytes of what was asked for, or all complaints about the input, or a failure
//! of our own. Nothing here touches the file system, except that the linker needs a temporary folder.

use crate::code_object::note;
use crate::codegen::{CodegenError, Optimisation, Target, device_library, fatal, link_elf, target};
use crate::lower::{self, ModuleLowering};
use crate::passes::{Facts, MappingChoice};
use inkwell::context::Context;
use inkwell::module::Module as LlvmModule;
use ptx_frontend::{Diagnostic, Diagnostics, Module};

/// What to produce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Emit {
    /// The linked code object.
    #[default]
    Object,
    /// LLVM IR as lowered.
    LlvmIr,
    /// LLVM IR as optimised.
    OptimisedLlvmIr,
    /// gfx90a assembly.
    Assembly,
}

/// How to compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The number of `-O`.
    pub optimisation: u8,
    /// How warps are to lie in wavefronts.
    pub mapping: MappingChoice,
    /// What to produce.
    pub emit: Emit,
}

impl Default for Options {
    fn default() -> Self {
        Self { optimisation: 3, mapping: MappingChoice::Auto, emit: Emit::Object }
    }
}

/// What came out.
#[derive(Debug)]
pub struct Compiled {
    /// The bytes asked for.
    pub bytes: Vec<u8>,
    /// Rendered warnings and remarks, for `-v`.
    pub remarks: Vec<String>,
}

/// Why nothing came out.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// The input is wrong or uses what is not supported; the text is rendered and ends in a newline.
    #[error("{0}")]
    Rejected(String),
    /// A failure that is not the input's.
    #[error(transparent)]
    Codegen(#[from] CodegenError),
}

/// Compiles one PTX module. `file_name` is what the complaints call it.
pub fn compile(input: &[u8], file_name: &str, options: &Options) -> Result<Compiled, CompileError> {
    fatal::install();
    let source = parse(input, file_name)?;
    let facts = Facts::gather(&source, options.mapping);
    let context = Context::create();
    fatal::watch(&context);
    let target = Target::new(Optimisation(options.optimisation))?;
    let module = lower_module(&context, &target, &source, &facts, input)?;
    note::attach(&context, &module, &source, &facts)?;
    target::verify(&module)?;
    if options.emit == Emit::LlvmIr {
        return Ok(finished(module.print_to_string().to_bytes().to_vec(), &source, &facts, input));
    }
    link_device_library(&context, &module, &source, &facts)?;
    target.optimise(&module)?;
    target::verify(&module)?;
    let bytes = match options.emit {
        Emit::OptimisedLlvmIr => module.print_to_string().to_bytes().to_vec(),
        Emit::Assembly => target.emit_assembly(&module)?,
        Emit::LlvmIr | Emit::Object => link_elf::link(&[target.emit_object(&module)?])?,
    };
    Ok(finished(bytes, &source, &facts, input))
}

fn parse(input: &[u8], file_name: &str) -> Result<Module, CompileError> {
    ptx_frontend::parse_bytes(input, file_name)
        .map_err(|diagnostics| CompileError::Rejected(diagnostics.render(&String::from_utf8_lossy(input))))
}

fn lower_module<'ctx>(
    context: &'ctx Context,
    target: &Target,
    source: &Module,
    facts: &Facts,
    input: &[u8],
) -> Result<LlvmModule<'ctx>, CompileError> {
    ModuleLowering::run(context, target, source, facts).map_err(|mut list| {
        list.sort_by_key(|diagnostic| diagnostic.span);
        list.dedup();
        let diagnostics = Diagnostics { file_name: source.file_name.clone(), list };
        CompileError::Rejected(diagnostics.render(&String::from_utf8_lossy(input)))
    })
}

/// OCML's variants for flushed denormals are right only if every function flushes.
fn link_device_library<'ctx>(
    context: &'ctx Context,
    module: &LlvmModule<'ctx>,
    source: &Module,
    facts: &Facts,
) -> Result<(), CodegenError> {
    let flushes = source
        .functions
        .iter()
        .enumerate()
        .filter(|(_, function)| function.has_body)
        .all(|(index, _)| facts.flushes_at(index));
    device_library::link(context, module, flushes, &lower::mode_attributes(flushes))
}

fn finished(bytes: Vec<u8>, source: &Module, facts: &Facts, input: &[u8]) -> Compiled {
    let text = String::from_utf8_lossy(input);
    let render = |remark: &Diagnostic| remark.render(&source.file_name, &text);
    let remarks = facts.split_reasons.iter().flatten().map(render).collect();
    Compiled { bytes, remarks }
}
