//! The compiler from end to end, one step a line.
//!
//! Takes the bytes of one PTX file, or of several that are linked first; gives the bytes of what was asked for, or all complaints about the input, or a failure
//! of our own. A module is cut into parts that are compiled side by side, an LLVM context each, and linked into one code
//! object. Nothing here touches the file system, except that the linker needs a temporary folder.

use crate::code_object::{merge_metadata, note};
use crate::codegen::{Atomics, CodegenError, Optimisation, Target, device_library, fatal, link_elf, target};
use crate::lower::{self, ModuleLowering};
use crate::parallel::{self, Threads};
use crate::passes::split_module::{self, Part};
use crate::passes::{Facts, MappingChoice};
use crate::phases::{Phase, Phases};
use crate::sources::Sources;
use inkwell::context::Context;
use inkwell::module::Module as LlvmModule;
use ptx_frontend::{Diagnostic, Module};

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
#[derive(Debug, Clone)]
pub struct Options {
    /// The number of `-O`.
    pub optimisation: u8,
    /// How warps are to lie in wavefronts.
    pub mapping: MappingChoice,
    /// What memory atomics may be used on.
    pub atomics: Atomics,
    /// What to produce.
    pub emit: Emit,
    /// How many threads to compile on. The output does not depend on it.
    pub threads: Threads,
    /// Whether PTX without `.loc` gets a line table of its own lines. With `.loc`, the code object always has one.
    pub line_info: bool,
    /// Mark warp instructions, and keep accesses as they are, for the emulator's checks.
    pub check_marks: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            optimisation: 3,
            mapping: MappingChoice::Auto,
            atomics: Atomics::default(),
            emit: Emit::Object,
            threads: Threads::Processors,
            line_info: false,
            check_marks: false,
        }
    }
}

/// What came out.
#[derive(Debug)]
pub struct Compiled {
    /// The bytes asked for.
    pub bytes: Vec<u8>,
    /// Rendered warnings and remarks, for `-v`.
    pub remarks: Vec<String>,
    /// What took how long.
    pub phases: Phases,
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

/// One PTX file.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// What the complaints call it.
    pub file_name: &'a str,
}

/// Compiles one PTX module. `file_name` is what the complaints call it.
pub fn compile(bytes: &[u8], file_name: &str, options: &Options) -> Result<Compiled, CompileError> {
    compile_linked(&[Input { bytes, file_name }], options)
}

/// Checks PTX files without compiling them: syntax and types, not whether everything is defined or supported.
pub fn check(inputs: &[Input<'_>]) -> Result<(), CompileError> {
    Sources::new(inputs).parse().map(drop)
}

/// Compiles PTX modules that declare each other's symbols into one code object.
pub fn compile_linked(inputs: &[Input<'_>], options: &Options) -> Result<Compiled, CompileError> {
    fatal::install();
    let phases = Phases::default();
    let sources = Sources::new(inputs);
    let source = phases.time(Phase::Parse, || sources.link())?;
    let mut facts = phases.time(Phase::Analyse, || Facts::gather(&source, options.mapping));
    facts.check_marks = options.check_marks;
    let parts = match options.emit {
        Emit::Object => phases.time(Phase::Analyse, || split_module::run(&source, &facts)),
        // Text is for reading: it comes in one piece.
        Emit::LlvmIr | Emit::OptimisedLlvmIr | Emit::Assembly => vec![Part::whole(&source)],
    };
    let job = Job { source: &source, facts: &facts, sources: &sources, options, phases: &phases };
    let outputs = job.generate_all(&parts)?;
    let bytes = match options.emit {
        Emit::Object => phases.time(Phase::Link, || link(&source, outputs))?,
        Emit::LlvmIr | Emit::OptimisedLlvmIr | Emit::Assembly => outputs.concat(),
    };
    let remarks = facts.split_reasons.iter().flatten().map(|remark| sources.render(remark)).collect();
    Ok(Compiled { bytes, remarks, phases })
}

fn link(source: &Module, mut objects: Vec<Vec<u8>>) -> Result<Vec<u8>, CodegenError> {
    let kernels: Vec<&str> = source.kernels().map(|kernel| source.name(kernel.name)).collect();
    merge_metadata::run(&mut objects, &kernels)?;
    link_elf::link(&objects)
}

/// What every part of a module is compiled from.
struct Job<'a> {
    source: &'a Module,
    facts: &'a Facts,
    sources: &'a Sources<'a>,
    options: &'a Options,
    phases: &'a Phases,
}

/// Why a part gave nothing.
enum PartError {
    /// What cannot be lowered.
    Lowering(Vec<Diagnostic>),
    /// A failure of our own.
    Codegen(CodegenError),
}

impl From<CodegenError> for PartError {
    fn from(error: CodegenError) -> Self {
        PartError::Codegen(error)
    }
}

impl Job<'_> {
    /// All parts, the largest first; what came out in the parts' order.
    fn generate_all(&self, parts: &[Part]) -> Result<Vec<Vec<u8>>, CompileError> {
        let mut queue: Vec<usize> = (0..parts.len()).collect();
        queue.sort_by_key(|&part| std::cmp::Reverse(parts[part].size));
        let results = parallel::run(&self.options.threads, &queue, |part| self.generate(&parts[part]));
        let mut outputs = Vec::new();
        let mut complaints = Vec::new();
        for result in results {
            match result {
                Ok(output) => outputs.push(output),
                Err(PartError::Lowering(list)) => complaints.extend(list),
                Err(PartError::Codegen(error)) => return Err(error.into()),
            }
        }
        if complaints.is_empty() { Ok(outputs) } else { Err(self.rejected(complaints)) }
    }

    /// One part from our module to what was asked for; for a code object, to a relocatable object.
    fn generate(&self, part: &Part) -> Result<Vec<u8>, PartError> {
        let (phases, emit) = (self.phases, self.options.emit);
        let context = Context::create();
        fatal::watch(&context);
        let level = Optimisation(self.options.optimisation);
        let target =
            if self.options.check_marks { Target::keeping_accesses(level)? } else { Target::new(level)? };
        // Line tables name one PTX file; linked modules have the lines that they bring.
        let own_lines = self.sources.single().filter(|_| self.options.line_info);
        let lower = || ModuleLowering::run(&context, &target, self.source, self.facts, part, own_lines);
        let module = phases.time(Phase::Lower, lower).map_err(PartError::Lowering)?;
        if part.is_first {
            note::attach(&context, &module, self.source, self.facts)?;
        }
        if self.options.check_marks {
            lower::check_mark::mark_module(&module);
        }
        phases.time(Phase::Verify, || target::verify(&module))?;
        if emit == Emit::LlvmIr {
            return Ok(text_of(&module));
        }
        phases.time(Phase::LinkLibrary, || self.link_device_library(&context, &module))?;
        phases.time(Phase::Optimise, || target.optimise(&module, self.options.atomics))?;
        if cfg!(debug_assertions) {
            target::verify(&module)?;
        }
        Ok(match emit {
            Emit::OptimisedLlvmIr => text_of(&module),
            Emit::Assembly => target.emit_assembly(&module)?,
            Emit::LlvmIr | Emit::Object => phases.time(Phase::Emit, || target.emit_object(&module))?,
        })
    }

    /// OCML's variants for flushed denormals are right only if every function flushes.
    fn link_device_library<'ctx>(
        &self,
        context: &'ctx Context,
        module: &LlvmModule<'ctx>,
    ) -> Result<(), CodegenError> {
        let flushes = self
            .source
            .functions
            .iter()
            .enumerate()
            .filter(|(_, function)| function.has_body)
            .all(|(index, _)| self.facts.flushes_at(index));
        device_library::link(context, module, flushes, &lower::mode_attributes(flushes))
    }

    /// The complaints of lowering, in order of position, each once though several parts may have it.
    fn rejected(&self, mut list: Vec<Diagnostic>) -> CompileError {
        list.sort_by_key(|diagnostic| diagnostic.span);
        list.dedup();
        self.sources.rejected(list)
    }
}

fn text_of(module: &LlvmModule<'_>) -> Vec<u8> {
    module.print_to_string().to_bytes().to_vec()
}
