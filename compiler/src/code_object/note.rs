//! Puts the Wavefold note into the module, as a constant in the section that becomes an ELF note.
//!
//! Before: the module is lowered. After: `.note.wavefold` will hold a `ModuleNote` with every kernel and variable.

use crate::codegen::CodegenError;
use crate::codegen::emitter::space;
use crate::codegen::target::PROCESSOR;
use crate::lower::{is_managed, is_opaque, kernel_parameters, max_threads, static_shared, system_call_needs};
use crate::passes::Facts;
use inkwell::context::Context;
use inkwell::module::{Linkage as LlvmLinkage, Module as LlvmModule};
use ptx_frontend::isa::StateSpace;
use ptx_frontend::module::{Function, FunctionId, FunctionKind, Linkage, Module};
use wavefold_formats::note::{self, KernelNote, ModuleNote, VariableNote, VariableSpace};
use wavefold_formats::texture::DESCRIPTOR_BYTES;

/// Attaches the note.
pub fn attach<'ctx>(
    context: &'ctx Context,
    llvm: &LlvmModule<'ctx>,
    source: &Module,
    facts: &Facts,
) -> Result<(), CodegenError> {
    let bytes = note::encode_section(&describe(source, facts))?;
    let value = context.const_string(&bytes, false);
    let global = llvm.add_global(value.get_type(), Some(space::constant()), "wavefold.note");
    global.set_initializer(&value);
    global.set_constant(true);
    global.set_linkage(LlvmLinkage::Internal);
    global.set_alignment(4);
    global.set_section(Some(note::SECTION));
    keep(context, llvm, &[global.as_pointer_value()]);
    Ok(())
}

/// `llvm.used`: the optimiser may not drop these.
fn keep<'ctx>(
    context: &'ctx Context,
    llvm: &LlvmModule<'ctx>,
    pointers: &[inkwell::values::PointerValue<'ctx>],
) {
    let flat = context.ptr_type(space::flat());
    let casts: Vec<_> = pointers.iter().map(|pointer| pointer.const_address_space_cast(flat)).collect();
    let list = flat.const_array(&casts);
    let used = llvm.add_global(list.get_type(), None, "llvm.used");
    used.set_linkage(LlvmLinkage::Appending);
    used.set_section(Some("llvm.metadata"));
    used.set_initializer(&list);
}

/// What the note says of a module.
pub fn describe(source: &Module, facts: &Facts) -> ModuleNote {
    let kernels = (0u32..)
        .zip(&source.functions)
        .filter(|(_, function)| function.kind == FunctionKind::Kernel && function.has_body)
        .filter_map(|(index, function)| describe_kernel(source, facts, FunctionId(index), function))
        .collect();
    let variables = source
        .variables
        .iter()
        .filter(|variable| {
            variable.linkage != Linkage::Internal || is_managed(source, variable) || is_opaque(variable)
        })
        .filter_map(|variable| {
            let space = match variable.space.base() {
                StateSpace::Global | StateSpace::Tex => VariableSpace::Global,
                StateSpace::Const => VariableSpace::Constant,
                _ => return None,
            };
            let name = source.name(variable.name).to_owned();
            let managed = is_managed(source, variable);
            let size = if is_opaque(variable) { DESCRIPTOR_BYTES as u64 } else { variable.size };
            Some(VariableNote { name, size, space, managed })
        })
        .collect();
    ModuleNote {
        version: note::VERSION,
        target: PROCESSOR.to_owned(),
        ptx_version: u32::from(source.version.major) * 10 + u32::from(source.version.minor),
        ptx_target: source.target.architecture,
        kernels,
        variables,
    }
}

fn describe_kernel(
    source: &Module,
    facts: &Facts,
    id: FunctionId,
    function: &Function,
) -> Option<KernelNote> {
    let layout = kernel_parameters(function).ok()?;
    let mapping = facts.mapping(id);
    Some(KernelNote {
        name: source.name(function.name).to_owned(),
        parameters: layout.parameters,
        parameter_bytes: layout.bytes,
        mapping,
        max_threads: max_threads(function, mapping),
        required_block: function.directives.required_threads,
        static_shared: static_shared(source, facts, id),
        local_bytes: function
            .variables
            .iter()
            .filter(|variable| variable.space.base() == StateSpace::Local)
            .map(|variable| u32::try_from(variable.size).unwrap_or(u32::MAX))
            .fold(0, u32::saturating_add),
        system_calls: system_call_needs(source, facts, id),
    })
}
