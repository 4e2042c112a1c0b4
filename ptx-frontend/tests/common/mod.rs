//! Equality of modules apart from spans and the order of names, and instructions made from rows.
#![allow(dead_code, reason = "each test file uses its own part")]

use ptx_frontend::isa::{Access, Form, OperandSpec, OperandType, ScalarType};
use ptx_frontend::module::*;
use ptx_frontend::names::Names;
use ptx_frontend::{Module, Span};

/// The module without spans, its names numbered in the order of their use.
pub fn normalised(module: &Module) -> Module {
    let mut module = module.clone();
    let old = std::mem::take(&mut module.names);
    let mut names = Names::default();
    let mut rename = |id: &mut NameId| *id = names.intern(old.get(*id));
    for section in &mut module.sections {
        rename(&mut section.name);
    }
    module.pragmas.iter_mut().for_each(&mut rename);
    for alias in &mut module.aliases {
        alias.span = Span::default();
    }
    for variable in &mut module.variables {
        normalise_variable(variable, &mut rename);
    }
    for function in &mut module.functions {
        function.span = Span::default();
        rename(&mut function.name);
        for parameter in function.returns.iter_mut().chain(&mut function.parameters) {
            normalise_parameter(parameter, &mut rename);
        }
        function.variables.iter_mut().for_each(|variable| normalise_variable(variable, &mut rename));
        function.pragmas.iter_mut().for_each(|pragma| rename(&mut pragma.text));
        for range in &mut function.registers {
            range.span = Span::default();
            rename(&mut range.name);
        }
        function.blocks.iter_mut().filter_map(|block| block.label.as_mut()).for_each(&mut rename);
        for label in &mut function.labels {
            label.span = Span::default();
            rename(&mut label.name);
        }
        function.instructions.iter_mut().for_each(|instruction| instruction.span = Span::default());
        function.operand_spans.iter_mut().for_each(|span| *span = Span::default());
        for targets in &mut function.branch_targets {
            targets.span = Span::default();
            rename(&mut targets.name);
        }
        for prototype in &mut function.prototypes {
            prototype.span = Span::default();
            rename(&mut prototype.name);
            for parameter in prototype.returns.iter_mut().chain(&mut prototype.parameters) {
                normalise_parameter(parameter, &mut rename);
            }
        }
        function
            .locations
            .iter_mut()
            .filter_map(|mark| mark.location.inlined.as_mut())
            .for_each(|inlined| rename(&mut inlined.function));
    }
    module.names = names;
    module
}

fn normalise_variable(variable: &mut Variable, rename: &mut impl FnMut(&mut NameId)) {
    variable.span = Span::default();
    rename(&mut variable.name);
    for (field, value) in &mut variable.opaque {
        rename(field);
        rename(value);
    }
}

fn normalise_parameter(parameter: &mut Parameter, rename: &mut impl FnMut(&mut NameId)) {
    parameter.span = Span::default();
    rename(&mut parameter.name);
}

/// Parses, prints, parses again, and compares; gives the first module.
pub fn round_trip(source: &str, name: &str) -> Module {
    let first =
        ptx_frontend::parse(source, name).unwrap_or_else(|errors| panic!("{}", errors.render(source)));
    let printed = ptx_frontend::print::print(&first);
    let second = ptx_frontend::parse(&printed, name)
        .unwrap_or_else(|errors| panic!("printed:\n{}", errors.render(&printed)));
    assert!(normalised(&first) == normalised(&second), "{name}: another module after printing:\n{printed}");
    assert_eq!(printed, ptx_frontend::print::print(&second), "{name}");
    first
}

/// Registers of every type, variables of every space: what [`instruction`] uses.
pub const PREAMBLE: &str = "\
.global .align 16 .b8 global_variable[256];
.shared .align 16 .b8 shared_variable[256];
.const .align 16 .b8 const_variable[256];
.global .texref texture_variable;
.global .samplerref sampler_variable;
.global .surfref surface_variable;
.func (.param .b32 result) callee(.param .b64 argument);
";

/// Declarations within the kernel.
pub const DECLARATIONS: &str = "\
\t.reg .pred %p<20>;\n\t.reg .b8 %b<140>;\n\t.reg .b16 %h<140>;\n\t.reg .b32 %r<140>;\n\t.reg .b64 %rd<140>;
\t.reg .b128 %q<20>;\n\t.reg .f32 %f<300>;\n\t.reg .f64 %fd<140>;\n\t.local .align 16 .b8 local_variable[256];\n";

/// An instruction of the form with an operand for each of its first `count` specs; `None` for control flow.
pub fn instruction(form: &Form, count: usize) -> Option<String> {
    let mut numbers = 1;
    let mut text = form.text.to_string();
    for (at, spec) in form.operands.iter().take(count).enumerate() {
        text.push_str(if at == 0 { " " } else { ", " });
        text.push_str(&operand(form, spec, &mut numbers)?);
    }
    text.push(';');
    Some(text)
}

fn operand(form: &Form, spec: &OperandSpec, numbers: &mut usize) -> Option<String> {
    let text = match spec.ty {
        OperandType::Scalar(ty) | OperandType::Part(ty) => register(ty, numbers),
        OperandType::Predicate => register(ScalarType::Pred, numbers),
        OperandType::Vector { element, count } => {
            let count = if count == 0 { 4 } else { count };
            let parts: Vec<String> = (0..count).map(|_| register(element, numbers)).collect();
            format!("{{{}}}", parts.join(", "))
        }
        OperandType::Constant => "16".to_owned(),
        OperandType::None if spec.access == Access::Address => {
            if spec.name.contains(',') {
                return None;
            }
            // Tensor memory has addresses of 32 bits.
            let tensor = form.text.starts_with("tcgen05") && matches!(spec.name, "a" | "d" | "m" | "s" | "t");
            let narrow = tensor && !form.text.contains("alloc.") && !form.text.contains("commit");
            (if narrow { "[%r1]" } else { "[%rd1]" }).to_owned()
        }
        OperandType::Label
        | OperandType::Callee
        | OperandType::List
        | OperandType::Targets
        | OperandType::None => {
            return None;
        }
    };
    Some(match spec.second {
        Some(second) => format!("{text}|{}", register(second, numbers)),
        None => text,
    })
}

fn register(ty: ScalarType, numbers: &mut usize) -> String {
    *numbers += 1;
    let prefix = match (ty, ty.bits()) {
        (ScalarType::Pred, _) => "p",
        (ScalarType::F32, _) => "f",
        (ScalarType::F64, _) => "fd",
        (_, 8) => "b",
        (_, 16) => "h",
        (_, 32) => "r",
        (_, 64) => "rd",
        (_, 128) => "q",
        _ => "r",
    };
    format!("%{prefix}{numbers}")
}
