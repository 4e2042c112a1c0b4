//! Makes one module of several: symbols that one declares and another defines become one.
//!
//! Takes parsed modules, whose spans must not overlap if complaints are to be told apart; gives a module as if it had been
//! written as one text, or what does not fit together. What is internal to a module stays its own, whatever its name. A
//! symbol that none of the modules defines stays a declaration: whether that is an error is the caller's question.

use crate::diagnostic::Diagnostic;
use crate::module::*;

/// Links modules, in order.
///
/// # Errors
/// Symbols that are defined twice, or declared in ways that do not agree, at the later place.
pub fn link(modules: Vec<Module>) -> Result<Module, Vec<Diagnostic>> {
    let mut modules = modules.into_iter();
    let Some(mut linked) = modules.next() else {
        return Err(vec![Diagnostic::error(crate::Span::default(), "there is nothing to link")]);
    };
    let mut errors = Vec::new();
    for module in modules {
        forget_inlining(&mut linked);
        join(&mut linked, module, &mut errors);
    }
    if errors.is_empty() { Ok(linked) } else { Err(errors) }
}

/// Where inlined code came from is said by labels of a debug section, which several modules would share.
fn forget_inlining(module: &mut Module) {
    module.sections.clear();
    for mark in module.functions.iter_mut().flat_map(|function| &mut function.locations) {
        mark.location.inlined = None;
    }
}

/// The numbers that the parts of a module get in the linked one.
struct Map {
    names: Vec<NameId>,
    forms: Vec<FormId>,
    variables: Vec<VariableId>,
    functions: Vec<FunctionId>,
    /// Added to the numbers of `.file`.
    files: u32,
}

fn join(linked: &mut Module, mut module: Module, errors: &mut Vec<Diagnostic>) {
    forget_inlining(&mut module);
    if (module.version.major, module.version.minor) > (linked.version.major, linked.version.minor) {
        linked.version = module.version;
    }
    if module.target.architecture > linked.target.architecture {
        linked.target = module.target.clone();
    }
    let names = (0..module.names.len() as u32).map(|id| linked.names.intern(module.names.get(NameId(id))));
    let names: Vec<NameId> = names.collect();
    let forms =
        module.forms.drain(..).map(|form| match linked.forms.iter().position(|known| *known == form) {
            Some(at) => FormId(at as u32),
            None => {
                linked.forms.push(form);
                FormId(linked.forms.len() as u32 - 1)
            }
        });
    let forms = forms.collect();
    let files = linked.files.iter().map(|file| file.number + 1).max().unwrap_or(0);
    let mut map = Map { names, forms, variables: Vec::new(), functions: Vec::new(), files };
    map.variables = place(
        &module.variables,
        |variable| linked.variables.iter().position(|other| same_variable(other, variable, &map.names)),
        linked.variables.len(),
    )
    .map(VariableId)
    .collect();
    map.functions = place(
        &module.functions,
        |function| linked.functions.iter().position(|other| same_function(other, function, &map.names)),
        linked.functions.len(),
    )
    .map(FunctionId)
    .collect();
    for (index, mut variable) in module.variables.into_iter().enumerate() {
        map.variable(&mut variable);
        let at = map.variables[index].index();
        match linked.variables.get_mut(at) {
            Some(known) => merge_variable(known, variable, &linked.names, errors),
            None => linked.variables.push(variable),
        }
    }
    for (index, mut function) in module.functions.into_iter().enumerate() {
        map.function(&mut function);
        let at = map.functions[index].index();
        match linked.functions.get_mut(at) {
            Some(known) => merge_function(known, function, &linked.names, errors),
            None => linked.functions.push(function),
        }
    }
    for mut file in module.files {
        file.number += files;
        linked.files.push(file);
    }
    for alias in module.aliases {
        linked.aliases.push(Alias {
            alias: map.functions[alias.alias.index()],
            aliasee: map.functions[alias.aliasee.index()],
            span: alias.span,
        });
    }
    linked.pragmas.extend(module.pragmas.iter().map(|name| map.names[name.index()]));
}

/// The number of each item in the linked list: of the one that is the same symbol, or a new one.
fn place<'a, T>(
    items: &'a [T],
    find: impl Fn(&T) -> Option<usize> + 'a,
    known: usize,
) -> impl Iterator<Item = u32> + 'a {
    items.iter().scan(known, move |next, item| {
        let at = find(item).unwrap_or(*next);
        *next += usize::from(at == *next);
        Some(at as u32)
    })
}

/// Whether two variables of different modules are the same symbol.
fn same_variable(known: &Variable, variable: &Variable, names: &[NameId]) -> bool {
    let shared = |linkage| linkage != Linkage::Internal;
    known.name == names[variable.name.index()] && shared(known.linkage) && shared(variable.linkage)
}

/// Whether two functions of different modules are the same symbol. Kernels are known to the host by name, `.visible` or
/// not.
fn same_function(known: &Function, function: &Function, names: &[NameId]) -> bool {
    let shared = |function: &Function| {
        function.linkage != Linkage::Internal || function.kind == FunctionKind::Kernel || !function.has_body
    };
    known.name == names[function.name.index()] && shared(known) && shared(function)
}

/// Which of two definitions holds: 0 is none.
fn strength(linkage: Linkage, is_defined: bool) -> u8 {
    match linkage {
        _ if !is_defined => 0,
        Linkage::Extern => 0,
        Linkage::Common => 1,
        Linkage::Weak => 2,
        Linkage::Internal | Linkage::Visible => 3,
    }
}

fn merge_variable(
    known: &mut Variable,
    variable: Variable,
    names: &crate::names::Names,
    errors: &mut Vec<Diagnostic>,
) {
    let name = names.get(variable.name);
    let (old, new) = (strength(known.linkage, true), strength(variable.linkage, true));
    if known.space != variable.space {
        let message =
            format!("`{name}` lies in another state space than in the module that is linked before it");
        errors.push(Diagnostic::error(variable.span, message));
    } else if old == 3 && new == 3 {
        let message = format!("`{name}` is defined in a module that is linked before this one, too");
        errors.push(Diagnostic::error(variable.span, message));
    } else if known.size != 0 && variable.size != 0 && known.size != variable.size && old.min(new) != 1 {
        let message =
            format!("`{name}` has {} bytes here, and {} in a module before", variable.size, known.size);
        errors.push(Diagnostic::error(variable.span, message));
    } else if new > old || (new == 1 && variable.size > known.size) {
        *known = variable;
    } else {
        known.alignment = known.alignment.max(variable.alignment);
    }
}

fn merge_function(
    known: &mut Function,
    function: Function,
    names: &crate::names::Names,
    errors: &mut Vec<Diagnostic>,
) {
    let name = names.get(function.name);
    let (old, new) = (strength(known.linkage, known.has_body), strength(function.linkage, function.has_body));
    let shape = |function: &Function| {
        let bytes = |list: &[Parameter]| list.iter().map(|parameter| parameter.size).collect::<Vec<u64>>();
        (function.kind, bytes(&function.returns), bytes(&function.parameters))
    };
    if shape(known) != shape(&function) {
        let message = format!("`{name}` is declared otherwise in a module that is linked before this one");
        errors.push(Diagnostic::error(function.span, message));
    } else if old == 3 && new == 3 {
        let message = format!("`{name}` is defined in a module that is linked before this one, too");
        errors.push(Diagnostic::error(function.span, message));
    } else if new > old {
        *known = function;
    }
}

impl Map {
    fn name(&self, name: &mut NameId) {
        *name = self.names[name.index()];
    }

    fn symbol(&self, symbol: &mut Symbol) {
        match symbol {
            Symbol::Variable(id) => *id = self.variables[id.index()],
            Symbol::Function(id) => *id = self.functions[id.index()],
            Symbol::Local(_) | Symbol::Parameter(_) | Symbol::Return(_) => {}
        }
    }

    fn operand(&self, operand: &mut Operand) {
        if let Operand::Symbol { symbol, .. } | Operand::Address { base: AddressBase::Symbol(symbol), .. } =
            operand
        {
            self.symbol(symbol);
        }
    }

    fn variable(&self, variable: &mut Variable) {
        self.name(&mut variable.name);
        for relocation in variable.initializer.iter_mut().flat_map(|initializer| &mut initializer.relocations)
        {
            self.symbol(&mut relocation.symbol);
        }
        for (key, value) in &mut variable.opaque {
            self.name(key);
            self.name(value);
        }
    }

    fn function(&self, function: &mut Function) {
        self.name(&mut function.name);
        let prototypes = &mut function.prototypes;
        for prototype in prototypes.iter_mut() {
            self.name(&mut prototype.name);
            prototype.targets.iter_mut().for_each(|id| *id = self.functions[id.index()]);
        }
        let lists =
            prototypes.iter_mut().flat_map(|prototype| [&mut prototype.returns, &mut prototype.parameters]);
        for parameter in lists.chain([&mut function.returns, &mut function.parameters]).flatten() {
            self.name(&mut parameter.name);
        }
        function.variables.iter_mut().for_each(|variable| self.variable(variable));
        function.pragmas.iter_mut().for_each(|pragma| self.name(&mut pragma.text));
        function.registers.iter_mut().for_each(|range| self.name(&mut range.name));
        function
            .blocks
            .iter_mut()
            .filter_map(|block| block.label.as_mut())
            .for_each(|label| self.name(label));
        function.labels.iter_mut().for_each(|label| self.name(&mut label.name));
        function.branch_targets.iter_mut().for_each(|targets| self.name(&mut targets.name));
        for instruction in &mut function.instructions {
            instruction.form = self.forms[instruction.form.index()];
        }
        function.operands.iter_mut().chain(&mut function.elements).for_each(|operand| self.operand(operand));
        function.locations.iter_mut().for_each(|mark| mark.location.file += self.files);
    }
}
