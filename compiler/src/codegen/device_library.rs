//! Links the functions of OCML, OCKL and our own device library that a module calls, and nothing else of them.
//!
//! Before: a module that declares `__ocml_*`/`__ockl_*`/`__wavefold_*` functions. After: those it uses are defined, internal, and have
//! the same denormal, IEEE and target attributes as the code that calls them; without that LLVM may not inline them and
//! they would run under a mode they were not compiled for.

use super::CodegenError;
use inkwell::attributes::AttributeLoc;
use inkwell::context::Context;
use inkwell::memory_buffer::MemoryBuffer;
use inkwell::module::{Linkage, Module};
use inkwell::values::FunctionValue;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Where distributions put the bitcode of `rocm-device-libs`.
const FOLDERS: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/amdgcn/bitcode",
    "/opt/rocm/amdgcn/bitcode",
    "/usr/lib/amdgcn/bitcode",
    "/usr/share/amdgcn/bitcode",
];

/// Attributes of a library function that would keep it from being inlined into ours.
const TARGET_ATTRIBUTES: [&str; 3] = ["target-cpu", "target-features", "uniform-work-group-size"];

/// Our own device library, compiled from `device/` with this crate: how the names of the functions of a file begin, and
/// the file. System calls stand last: their names have only what all have in common.
const OWN: [(&[&str], &[u8]); 4] = [
    (&["__wavefold_surface_"], include_bytes!(concat!(env!("OUT_DIR"), "/surface.bc"))),
    (
        &["__wavefold_tex_", "__wavefold_tld4_", "__wavefold_fetch_"],
        include_bytes!(concat!(env!("OUT_DIR"), "/texture.bc")),
    ),
    (&[OWN_PREFIX], include_bytes!(concat!(env!("OUT_DIR"), "/output.bc"))),
    (&[OWN_PREFIX], include_bytes!(concat!(env!("OUT_DIR"), "/heap.bc"))),
];
/// How the names of its functions begin.
const OWN_PREFIX: &str = "__wavefold_";
/// What clang inferred of a function by itself, without knowing its callers: LLVM infers it anew for the whole.
const INFERRED: [&str; 18] = [
    "amdgpu-agpr-alloc",
    "amdgpu-no-cluster-id-x",
    "amdgpu-no-cluster-id-y",
    "amdgpu-no-cluster-id-z",
    "amdgpu-no-completion-action",
    "amdgpu-no-default-queue",
    "amdgpu-no-dispatch-id",
    "amdgpu-no-dispatch-ptr",
    "amdgpu-no-flat-scratch-init",
    "amdgpu-no-heap-ptr",
    "amdgpu-no-lds-kernel-id",
    "amdgpu-no-multigrid-sync-arg",
    "amdgpu-no-queue-ptr",
    "amdgpu-no-workgroup-id-x",
    "amdgpu-no-workgroup-id-y",
    "amdgpu-no-workgroup-id-z",
    "amdgpu-no-hostcall-ptr",
    "no-builtins",
];

/// Finds the folder with `ocml.bc`; `WAVEFOLD_DEVICE_LIBS` names another.
pub fn find_folder() -> Result<PathBuf, CodegenError> {
    let named = std::env::var_os("WAVEFOLD_DEVICE_LIBS").map(PathBuf::from);
    named
        .into_iter()
        .chain(FOLDERS.iter().map(PathBuf::from))
        .find(|folder| folder.join("ocml.bc").is_file())
        .ok_or_else(|| CodegenError::Tool("no ocml.bc found (Debian: package rocm-device-libs)".into()))
}

/// Links what `module` needs. `flush_denormals` chooses OCML's variants for code that runs with denormals off;
/// `attributes` is put on every function that comes in.
pub fn link<'ctx>(
    context: &'ctx Context,
    module: &Module<'ctx>,
    flush_denormals: bool,
    attributes: &[(&str, &str)],
) -> Result<(), CodegenError> {
    let wants = |prefix: &str| {
        module.get_functions().any(|f| f.count_basic_blocks() == 0 && name_of(f).starts_with(prefix))
    };
    let (ocml, ockl, system) = (wants("__ocml_"), wants("__ockl_"), wants(OWN_PREFIX));
    if !ocml && !ockl && !system {
        return Ok(());
    }
    let own: HashSet<String> =
        module.get_functions().filter(|f| f.count_basic_blocks() > 0).map(name_of).collect();
    for (prefixes, bitcode) in OWN {
        if prefixes.iter().any(|prefix| wants(prefix)) {
            link_in(module, parse(context, bitcode)?)?;
        }
    }
    if !ocml && !ockl {
        adopt_all(context, module, &own, attributes);
        return Ok(());
    }
    let folder = find_folder()?;
    let mut files = Vec::new();
    if ocml {
        files.push("ocml.bc");
    }
    if ockl {
        files.push("ockl.bc");
    }
    files.extend([
        if flush_denormals { "oclc_daz_opt_on.bc" } else { "oclc_daz_opt_off.bc" },
        "oclc_unsafe_math_off.bc",
        "oclc_finite_only_off.bc",
        "oclc_correctly_rounded_sqrt_on.bc",
        "oclc_wavefrontsize64_on.bc",
        "oclc_isa_version_90a.bc",
        "oclc_abi_version_500.bc",
    ]);
    for file in files {
        link_in(module, read(context, &folder.join(file))?)?;
    }
    adopt_all(context, module, &own, attributes);
    for global in module.get_globals() {
        let name = global.get_name().to_string_lossy();
        if (name.starts_with("__oclc_") || name.starts_with("__ocml")) && !global.is_declaration() {
            global.set_linkage(Linkage::Internal);
            global.set_visibility(inkwell::GlobalVisibility::Default);
        }
    }
    Ok(())
}

fn link_in<'ctx>(module: &Module<'ctx>, library: Module<'ctx>) -> Result<(), CodegenError> {
    library.set_triple(&module.get_triple());
    library.set_data_layout(&module.get_data_layout());
    module.link_in_module(library).map_err(|e| CodegenError::Llvm(e.to_string()))
}

fn adopt_all(context: &Context, module: &Module<'_>, own: &HashSet<String>, attributes: &[(&str, &str)]) {
    for function in module.get_functions() {
        if function.count_basic_blocks() > 0 && !own.contains(&name_of(function)) {
            adopt(context, function, attributes);
        }
    }
}

fn adopt(context: &Context, function: FunctionValue<'_>, attributes: &[(&str, &str)]) {
    let inferred: &[&str] = if name_of(function).starts_with(OWN_PREFIX) { &INFERRED } else { &[] };
    for name in TARGET_ATTRIBUTES.iter().chain(inferred) {
        function.remove_string_attribute(AttributeLoc::Function, name);
    }
    for (key, value) in attributes {
        function.add_attribute(AttributeLoc::Function, context.create_string_attribute(key, value));
    }
    function.set_linkage(Linkage::Internal);
    function.as_global_value().set_visibility(inkwell::GlobalVisibility::Default);
}

fn read<'ctx>(context: &'ctx Context, path: &Path) -> Result<Module<'ctx>, CodegenError> {
    let describe = |what: String| CodegenError::Tool(format!("cannot read {}: {what}", path.display()));
    let buffer = MemoryBuffer::create_from_file(path).map_err(|e| describe(e.to_string()))?;
    Module::parse_bitcode_from_buffer(&buffer, context).map_err(|e| describe(e.to_string()))
}

fn parse<'ctx>(context: &'ctx Context, bitcode: &[u8]) -> Result<Module<'ctx>, CodegenError> {
    let buffer = MemoryBuffer::create_from_memory_range_copy(bitcode, "device library");
    Module::parse_bitcode_from_buffer(&buffer, context).map_err(|e| CodegenError::Llvm(e.to_string()))
}

fn name_of(function: FunctionValue<'_>) -> String {
    function.get_name().to_string_lossy().into_owned()
}
