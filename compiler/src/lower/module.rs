//! The module as a whole: declares variables and functions, lowers every body, keeps the kernels' launch bounds.

use super::debug_lines::Lines;
use super::function;
use crate::codegen::Target;
use crate::codegen::emitter::{Emitter, Value, space};
use crate::passes::Facts;
use crate::passes::split_module::Part;
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::context::Context;
use inkwell::module::{Linkage as LlvmLinkage, Module as LlvmModule};
use inkwell::types::{BasicMetadataTypeEnum, BasicType, BasicTypeEnum, FunctionType};
use inkwell::values::{FunctionValue, PointerValue};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{ScalarType, StateSpace};
use ptx_frontend::module::{
    AddressBase, Function, FunctionId, FunctionKind, Linkage, Module, Operand, Parameter, Symbol, Variable,
    VariableId,
};
use std::cell::RefCell;
use wavefold_formats::note::{ParameterNote, WarpMapping};

/// LLVM's number of the calling convention of kernels.
const AMDGPU_KERNEL: u32 = 91;
/// Threads of a block whose kernel does not bound them: CUDA's limit.
pub const MAX_THREADS: u32 = 1024;
/// Threads of a block under the split mapping: each takes two of the work-group's 1024 work-items.
pub const MAX_THREADS_SPLIT: u32 = 512;
/// What the kernarg segment may hold, as CUDA limits it.
const MAX_PARAMETER_BYTES: u64 = 32764;
/// LDS of a work-group.
const MAX_SHARED_BYTES: u32 = 65536;

/// Where the parameters of a kernel lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KernelLayout {
    /// Each parameter.
    pub parameters: Vec<ParameterNote>,
    /// The end of the last one.
    pub bytes: u32,
}

/// CUDA's layout of a kernel's parameters: each at the next multiple of its alignment.
pub fn kernel_parameters(function: &Function) -> Result<KernelLayout, Diagnostic> {
    let mut end = 0u64;
    let mut parameters = Vec::new();
    for parameter in &function.parameters {
        let offset = end.next_multiple_of(u64::from(parameter.alignment.max(1)));
        end = offset.saturating_add(parameter.size);
        if end > MAX_PARAMETER_BYTES {
            let message = format!("the parameters take more than {MAX_PARAMETER_BYTES} bytes");
            return Err(Diagnostic::error(parameter.span, message));
        }
        parameters.push(ParameterNote { offset: narrow(offset), size: narrow(parameter.size) });
    }
    Ok(KernelLayout { parameters, bytes: narrow(end) })
}

fn narrow(bytes: u64) -> u32 {
    u32::try_from(bytes).expect("checked against the limit")
}

/// The state of lowering one module.
pub struct ModuleLowering<'a, 'ctx> {
    /// LLVM's context.
    pub context: &'ctx Context,
    /// The PTX module.
    pub source: &'a Module,
    /// What the passes found.
    pub facts: &'a Facts,
    /// What of it is lowered here.
    pub part: &'a Part,
    /// The LLVM module being built.
    pub llvm: LlvmModule<'ctx>,
    /// Where the instructions come from, if that is to be kept.
    pub(super) lines: Option<Lines<'ctx>>,
    pub(super) variables: Vec<Option<PointerValue<'ctx>>>,
    functions: Vec<Option<FunctionValue<'ctx>>>,
    /// Which device functions may end their thread: they give one word more, which says that they did.
    exits: Vec<bool>,
    pub(super) errors: RefCell<Vec<Diagnostic>>,
}

impl<'a, 'ctx> ModuleLowering<'a, 'ctx> {
    /// Lowers everything that is in `part`; the errors of all functions together if there are any. `own_lines` is the text
    /// of the PTX if its lines are to be kept where it names no others.
    pub fn run(
        context: &'ctx Context,
        target: &Target,
        source: &'a Module,
        facts: &'a Facts,
        part: &'a Part,
        own_lines: Option<&[u8]>,
    ) -> Result<LlvmModule<'ctx>, Vec<Diagnostic>> {
        let llvm = context.create_module(&source.file_name);
        target.prepare(context, &llvm);
        let lines = Lines::begin(context, &llvm, source, own_lines);
        let mut lowering = ModuleLowering {
            context,
            source,
            facts,
            part,
            llvm,
            lines,
            variables: vec![None; source.variables.len()],
            functions: vec![None; source.functions.len()],
            exits: (0u32..)
                .take(source.functions.len())
                .map(|id| facts.may_exit(source, FunctionId(id)))
                .collect(),
            errors: RefCell::new(Vec::new()),
        };
        lowering.declare_functions();
        lowering.declare_variables();
        let mut errors = lowering.errors.take();
        if errors.is_empty() {
            for (index, function) in source.functions.iter().enumerate() {
                if let (true, Some(value)) = (function.has_body, lowering.functions[index]) {
                    let id = FunctionId(u32::try_from(index).expect("function numbers have 32 bits"));
                    errors.extend(function::lower_body(&lowering, id, value));
                }
            }
        }
        if let Some(lines) = &lowering.lines {
            lines.finish();
        }
        if errors.is_empty() { Ok(lowering.llvm) } else { Err(errors) }
    }

    fn declare_functions(&mut self) {
        for (index, function) in self.source.functions.iter().enumerate() {
            if !function.has_body || !self.part.functions[index] {
                continue;
            }
            let id = FunctionId(u32::try_from(index).expect("function numbers have 32 bits"));
            match self.declare_function(id, function) {
                Ok(value) => self.functions[index] = Some(value),
                Err(error) => self.errors.borrow_mut().push(error),
            }
        }
        for alias in &self.source.aliases {
            self.functions[alias.alias.index()] = self.functions[alias.aliasee.index()];
        }
    }

    fn declare_function(
        &self,
        id: FunctionId,
        function: &Function,
    ) -> Result<FunctionValue<'ctx>, Diagnostic> {
        let name = self.source.name(function.name);
        let value = if function.kind == FunctionKind::Kernel {
            let layout = kernel_parameters(function)?;
            let shared = static_shared(self.source, self.facts, id);
            if shared > MAX_SHARED_BYTES {
                let message = format!(
                    "kernel `{name}` needs {shared} bytes of shared memory; at most {MAX_SHARED_BYTES}"
                );
                return Err(Diagnostic::error(function.span, message));
            }
            let pointer: BasicMetadataTypeEnum<'ctx> = self.context.ptr_type(space::constant()).into();
            let arguments = if layout.bytes == 0 { vec![] } else { vec![pointer] };
            let value =
                self.llvm.add_function(name, self.context.void_type().fn_type(&arguments, false), None);
            value.set_call_conventions(AMDGPU_KERNEL);
            value.as_global_value().set_visibility(inkwell::GlobalVisibility::Protected);
            if layout.bytes > 0 {
                let bytes = self.context.i8_type().array_type(layout.bytes);
                let kind = Attribute::get_named_enum_kind_id("byref");
                value.add_attribute(
                    AttributeLoc::Param(0),
                    self.context.create_type_attribute(kind, bytes.into()),
                );
                value.add_attribute(AttributeLoc::Param(0), self.enum_attribute("align", 16));
                value.add_attribute(AttributeLoc::Param(0), self.enum_attribute("noundef", 0));
            }
            self.bound_threads(id, function, value);
            value
        } else {
            let ty = match self.exits(id) {
                true => self.exiting_type(&function.returns, &function.parameters),
                false => self.function_type(&function.returns, &function.parameters),
            };
            self.llvm.add_function(name, ty, Some(LlvmLinkage::Internal))
        };
        for (key, text) in mode_attributes(self.facts.flushes(id)) {
            value.add_attribute(AttributeLoc::Function, self.context.create_string_attribute(key, text));
        }
        value.add_attribute(AttributeLoc::Function, self.enum_attribute("nounwind", 0));
        value.add_attribute(AttributeLoc::Function, self.enum_attribute("convergent", 0));
        Ok(value)
    }

    fn bound_threads(&self, id: FunctionId, function: &Function, value: FunctionValue<'ctx>) {
        // Under the split mapping a warp takes a whole wavefront, and LLVM must not take a block of one wavefront for
        // one whose barriers do nothing unless it is so.
        let items = match self.facts.mapping(id) {
            WarpMapping::Fold => max_threads(function, WarpMapping::Fold),
            WarpMapping::Split => max_threads(function, WarpMapping::Split).next_multiple_of(32) * 2,
        };
        let range =
            self.context.create_string_attribute("amdgpu-flat-work-group-size", &format!("1,{items}"));
        value.add_attribute(AttributeLoc::Function, range);
        let uniform = self.context.create_string_attribute("uniform-work-group-size", "true");
        value.add_attribute(AttributeLoc::Function, uniform);
    }

    fn enum_attribute(&self, name: &str, value: u64) -> Attribute {
        self.context.create_enum_attribute(Attribute::get_named_enum_kind_id(name), value)
    }

    /// The LLVM type of a device function.
    pub fn function_type(&self, returns: &[Parameter], parameters: &[Parameter]) -> FunctionType<'ctx> {
        let arguments: Vec<BasicMetadataTypeEnum<'ctx>> =
            parameters.iter().map(|parameter| self.passed_type(parameter).into()).collect();
        match returns {
            [] => self.context.void_type().fn_type(&arguments, false),
            [single] => self.passed_type(single).fn_type(&arguments, false),
            several => {
                let fields: Vec<_> = several.iter().map(|parameter| self.passed_type(parameter)).collect();
                self.context.struct_type(&fields, false).fn_type(&arguments, false)
            }
        }
    }

    /// The type of a device function that may end its thread: a word behind its results says whether it did.
    fn exiting_type(&self, returns: &[Parameter], parameters: &[Parameter]) -> FunctionType<'ctx> {
        let arguments: Vec<BasicMetadataTypeEnum<'ctx>> =
            parameters.iter().map(|parameter| self.passed_type(parameter).into()).collect();
        let mut fields: Vec<_> = returns.iter().map(|parameter| self.passed_type(parameter)).collect();
        fields.push(self.context.i32_type().into());
        match fields[..] {
            [flag] => flag.fn_type(&arguments, false),
            _ => self.context.struct_type(&fields, false).fn_type(&arguments, false),
        }
    }

    /// Whether a device function may end its thread.
    pub fn exits(&self, id: FunctionId) -> bool {
        self.exits[id.index()]
    }

    /// How a parameter of a device function is passed: scalars as integers, arrays as arrays of words.
    pub fn passed_type(&self, parameter: &Parameter) -> BasicTypeEnum<'ctx> {
        let emit_int = |bits: u32| match bits {
            8 => self.context.i8_type(),
            16 => self.context.i16_type(),
            32 => self.context.i32_type(),
            _ => self.context.i64_type(),
        };
        if parameter.register.is_some() && parameter.ty.scalar == ScalarType::Pred {
            return self.context.bool_type().into();
        }
        let bytes = narrow(parameter.size.min(MAX_PARAMETER_BYTES)).max(1);
        let scalar = parameter.ty.dimensions.is_empty() && parameter.ty.vector == 1;
        if scalar && matches!(bytes, 1 | 2 | 4 | 8) {
            return emit_int(bytes * 8).into();
        }
        let unit = [8u32, 4, 2, 1]
            .into_iter()
            .find(|unit| parameter.alignment.is_multiple_of(*unit) && bytes.is_multiple_of(*unit))
            .unwrap_or(1);
        emit_int(unit * 8).array_type(bytes / unit).into()
    }

    /// Several return values as one.
    pub fn pack_returns(&self, emit: &Emitter<'_, 'ctx>, values: &[Value<'ctx>]) -> Value<'ctx> {
        match values {
            [single] => *single,
            several => emit.structure(several),
        }
    }

    /// The LLVM function of a PTX function that has a body.
    pub fn function(&self, id: FunctionId) -> Option<FunctionValue<'ctx>> {
        self.functions[id.index()]
    }

    /// The address of a function; null for one that is only declared (a call of it is refused where it stands).
    pub fn function_pointer(&self, id: FunctionId) -> PointerValue<'ctx> {
        match self.function(id) {
            Some(function) => crate::codegen::llvm_ext::function_address(function),
            None => self.context.ptr_type(space::flat()).const_null(),
        }
    }

    /// The address of a module variable.
    pub fn variable(&self, id: VariableId) -> PointerValue<'ctx> {
        self.variables[id.index()].expect("all variables are declared before the bodies")
    }

    /// Whether a symbol is seen from outside.
    pub(super) fn is_exported(linkage: Linkage) -> bool {
        !matches!(linkage, Linkage::Internal)
    }
}

/// The attributes that set a function's mode: f32 denormals flushed or kept, everything else IEEE, and no quieting of
/// signalling NaNs before `min` and `max`.
pub fn mode_attributes(flushes: bool) -> [(&'static str, &'static str); 3] {
    let single = if flushes { "preserve-sign,preserve-sign" } else { "ieee,ieee" };
    [("denormal-fp-math", "ieee,ieee"), ("denormal-fp-math-f32", single), ("amdgpu-ieee", "false")]
}

/// The largest block that a kernel is compiled for, in CUDA threads.
pub fn max_threads(function: &Function, mapping: WarpMapping) -> u32 {
    let limit = match mapping {
        WarpMapping::Fold => MAX_THREADS,
        WarpMapping::Split => MAX_THREADS_SPLIT,
    };
    let directives = &function.directives;
    directives
        .required_threads
        .or(directives.max_threads)
        .map_or(limit, |[x, y, z]| x.saturating_mul(y).saturating_mul(z).clamp(1, limit))
}

/// Bytes of the shared variables that the kernel and what it calls mention, as declared.
pub fn static_shared(source: &Module, facts: &Facts, id: FunctionId) -> u32 {
    let mut used = vec![false; source.variables.len()];
    let mut total = 0u64;
    let place = |total: u64, variable: &Variable| {
        total.next_multiple_of(u64::from(variable.alignment.max(1))).saturating_add(variable.size)
    };
    for function in facts.reachable(id) {
        let function = &source.functions[function.index()];
        for variable in &function.variables {
            if variable.space.base() == StateSpace::Shared {
                total = place(total, variable);
            }
        }
        for operand in function.operands.iter().chain(&function.elements) {
            let symbol = match operand {
                Operand::Symbol { symbol, .. } => *symbol,
                Operand::Address { base: AddressBase::Symbol(symbol), .. } => *symbol,
                _ => continue,
            };
            if let Symbol::Variable(id) = symbol
                && source.variables[id.index()].space.base() == StateSpace::Shared
            {
                used[id.index()] = true;
            }
        }
    }
    for (variable, _) in source.variables.iter().zip(&used).filter(|(_, used)| **used) {
        total = place(total, variable);
    }
    u32::try_from(total).unwrap_or(u32::MAX)
}
