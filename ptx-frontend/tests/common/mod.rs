//! Equality of modules apart from spans and the order of names.
#![allow(dead_code, reason = "each test file uses its own part")]

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
