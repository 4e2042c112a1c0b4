//! Cuts a module into parts that are compiled side by side and linked at the end.
//!
//! How it is cut depends on the module alone, never on the machine, so that the same input gives the same bytes. A part
//! holds some kernels, in order, and a copy of every device function that they call, so that each kernel's registers,
//! scratch and LDS are known where it is compiled. What has an identity stays whole: kernels that can see the address of a
//! function, or a variable of a function's own, come together in the first part, and each module variable is defined in
//! one part.

use super::Facts;
use super::find_unwritten;
use crate::lower::is_managed;
use ptx_frontend::isa::StateSpace;
use ptx_frontend::module::{
    AddressBase, Function, FunctionId, FunctionKind, Linkage, Module, Operand, Symbol, Variable, VariableId,
};

/// PTX instructions that are worth a part of their own: about a fifth of a second of code generation.
const PART_SIZE: usize = 1000;

/// How a part sees a module variable in device memory. (Each part has LDS variables of its own.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// No other part knows it.
    Private,
    /// Defined here, for all parts.
    Defined,
    /// Defined in another part.
    Imported,
    /// Defined in another part, and nobody writes it: its value may be used here.
    Copied,
}

/// The part of a module that one LLVM module holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Which functions are in it, by number.
    pub functions: Vec<bool>,
    /// How it sees each module variable, by number.
    pub variables: Vec<Placement>,
    /// PTX instructions in it.
    pub size: usize,
    /// Whether it is the first, which says what there is to say of the module as a whole.
    pub is_first: bool,
}

impl Part {
    /// Everything.
    pub fn whole(source: &Module) -> Self {
        Self {
            functions: vec![true; source.functions.len()],
            variables: vec![Placement::Private; source.variables.len()],
            size: source.functions.iter().map(|function| function.instructions.len()).sum(),
            is_first: true,
        }
    }
}

/// The parts; one alone if the module is small or its kernels belong together.
pub fn run(source: &Module, facts: &Facts) -> Vec<Part> {
    let kernels: Vec<FunctionId> = (0u32..)
        .zip(&source.functions)
        .filter(|(_, function)| function.kind == FunctionKind::Kernel && function.has_body)
        .map(|(index, _)| FunctionId(index))
        .collect();
    let total: usize = source.functions.iter().map(|function| function.instructions.len()).sum();
    if kernels.len() < 2 || total < 2 * PART_SIZE {
        return vec![Part::whole(source)];
    }
    let reachable: Vec<Vec<FunctionId>> = kernels.iter().map(|&kernel| facts.reachable(kernel)).collect();
    let bound = find_bound_functions(source, facts, &reachable);
    let mut cut = Cut { source, parts: Vec::new() };
    cut.begin();
    // What no kernel reaches is compiled all the same: its complaints are due, and its address may be in a variable.
    let mut called = vec![false; source.functions.len()];
    reachable.iter().flatten().for_each(|function| called[function.index()] = true);
    let uncalled = (0u32..).zip(&called).filter(|(_, called)| !**called).map(|(index, _)| FunctionId(index));
    cut.add(
        uncalled.flat_map(|function| facts.reachable(function)).filter(|function| !called[function.index()]),
    );
    for &function in facts.addressed_functions() {
        cut.add(facts.reachable(function));
    }
    let is_bound = |functions: &[FunctionId]| functions.iter().any(|function| bound[function.index()]);
    for functions in reachable.iter().filter(|functions| is_bound(functions)) {
        cut.add(functions.iter().copied());
    }
    for functions in reachable.iter().filter(|functions| !is_bound(functions)) {
        if cut.parts.last().is_some_and(|part| part.size >= PART_SIZE) {
            cut.begin();
        }
        cut.add(functions.iter().copied());
    }
    place_variables(source, &mut cut.parts);
    cut.parts
}

struct Cut<'a> {
    source: &'a Module,
    parts: Vec<Part>,
}

impl Cut<'_> {
    fn begin(&mut self) {
        self.parts.push(Part {
            functions: vec![false; self.source.functions.len()],
            variables: Vec::new(),
            size: 0,
            is_first: self.parts.is_empty(),
        });
    }

    /// Adds functions to the last part.
    fn add(&mut self, functions: impl IntoIterator<Item = FunctionId>) {
        let Some(part) = self.parts.last_mut() else { return };
        for function in functions {
            if !std::mem::replace(&mut part.functions[function.index()], true) {
                part.size += self.source.functions[function.index()].instructions.len();
            }
        }
    }
}

/// The functions whose kernels must stay together: those that can see a function's address, and those that have
/// variables of their own in device memory and are called by several kernels.
fn find_bound_functions(source: &Module, facts: &Facts, reachable: &[Vec<FunctionId>]) -> Vec<bool> {
    let tables = find_function_tables(source);
    let mut callers = vec![0u32; source.functions.len()];
    reachable.iter().flatten().for_each(|function| callers[function.index()] += 1);
    source
        .functions
        .iter()
        .enumerate()
        .map(|(index, function)| {
            facts.calls_through_registers(index)
                || facts.takes_addresses(index)
                || used_variables(function).any(|variable| tables[variable.index()])
                || (callers[index] > 1 && function.variables.iter().any(is_in_device_memory))
        })
        .collect()
}

/// The variables whose initial values lead to the address of a function.
fn find_function_tables(source: &Module) -> Vec<bool> {
    let mut tables = vec![false; source.variables.len()];
    loop {
        let before = tables.clone();
        for (index, variable) in source.variables.iter().enumerate() {
            tables[index] |= relocations(variable).any(|symbol| match symbol {
                Symbol::Function(_) => true,
                Symbol::Variable(id) => before[id.index()],
                _ => false,
            });
        }
        if tables == before {
            return tables;
        }
    }
}

fn relocations(variable: &Variable) -> impl Iterator<Item = Symbol> {
    variable.initializer.iter().flat_map(|initializer| &initializer.relocations).map(|place| place.symbol)
}

fn is_in_device_memory(variable: &Variable) -> bool {
    matches!(variable.space.base(), StateSpace::Global | StateSpace::Const)
}

/// The module variables that a function mentions.
fn used_variables(function: &Function) -> impl Iterator<Item = VariableId> {
    let own = function.variables.iter().flat_map(relocations);
    function
        .operands
        .iter()
        .chain(&function.elements)
        .filter_map(|operand| match *operand {
            Operand::Symbol { symbol, .. } => Some(symbol),
            Operand::Address { base: AddressBase::Symbol(symbol), .. } => Some(symbol),
            _ => None,
        })
        .chain(own)
        .filter_map(|symbol| match symbol {
            Symbol::Variable(id) => Some(id),
            _ => None,
        })
}

/// Gives each variable its defining part: the only one that uses it, else the first.
fn place_variables(source: &Module, parts: &mut [Part]) {
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); source.variables.len()];
    for (index, part) in parts.iter().enumerate() {
        for function in
            source.functions.iter().zip(&part.functions).filter(|(_, here)| **here).map(|(f, _)| f)
        {
            for variable in used_variables(function) {
                if users[variable.index()].last() != Some(&index) {
                    users[variable.index()].push(index);
                }
            }
        }
    }
    let linked: Vec<bool> = {
        let mut linked = vec![false; source.variables.len()];
        for (index, variable) in source.variables.iter().enumerate() {
            for symbol in relocations(variable) {
                linked[index] = true;
                if let Symbol::Variable(id) = symbol {
                    linked[id.index()] = true;
                }
            }
        }
        linked
    };
    let unwritten = find_unwritten::run(source);
    for part in parts.iter_mut() {
        part.variables = vec![Placement::Imported; source.variables.len()];
    }
    for (index, variable) in source.variables.iter().enumerate() {
        // The runtime finds managed variables by name, whatever their linkage.
        let internal = variable.linkage == Linkage::Internal && !is_managed(source, variable);
        let users = &users[index];
        match users[..] {
            [] if internal && !linked[index] => parts[0].variables[index] = Placement::Private,
            [only] if internal && !linked[index] => parts[only].variables[index] = Placement::Private,
            _ => {
                parts[0].variables[index] = Placement::Defined;
                if internal && unwritten[index] && !linked[index] {
                    for part in &mut parts[1..] {
                        part.variables[index] = Placement::Copied;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passes::MappingChoice;

    /// Kernels that each take about `length` instructions, after some declarations.
    fn module(declarations: &str, kernels: &[(&str, &str)], length: usize) -> Module {
        let mut text = format!(".version 8.0\n.target sm_70\n.address_size 64\n{declarations}\n");
        for (name, body) in kernels {
            let padding = "add.u32 %r1, %r1, 1;\n".repeat(length);
            text += &format!(
                ".visible .entry {name}(.param .u64 p)\n{{\n.reg .b32 %r<9>;\n.reg .b64 %rd<9>;\n.reg .pred %p<3>;\n\
                 {body}\n{padding}ret;\n}}\n"
            );
        }
        ptx_frontend::parse_bytes(text.as_bytes(), "test.ptx").expect("valid PTX")
    }

    fn parts(source: &Module) -> Vec<Part> {
        run(source, &Facts::gather(source, MappingChoice::Auto))
    }

    fn names(source: &Module, part: &Part) -> Vec<String> {
        let here = source.functions.iter().zip(&part.functions).filter(|(_, here)| **here);
        here.map(|(function, _)| source.name(function.name).to_owned()).collect()
    }

    #[test]
    fn a_small_module_stays_whole() {
        let source = module("", &[("a", ""), ("b", "")], 10);
        assert_eq!(parts(&source), [Part::whole(&source)]);
    }

    #[test]
    fn kernels_are_dealt_out_in_order_with_what_they_call() {
        let declarations = ".func helper()\n{\nret;\n}\n";
        let kernels = [("a", "call helper;"), ("b", ""), ("c", "call helper;")];
        let source = module(declarations, &kernels, 1200);
        let parts = parts(&source);
        let names: Vec<Vec<String>> = parts.iter().map(|part| names(&source, part)).collect();
        assert_eq!(names, [vec!["helper", "a"], vec!["b"], vec!["helper", "c"]]);
    }

    #[test]
    fn kernels_that_can_see_a_functions_address_come_together() {
        let declarations =
            ".func target()\n{\nret;\n}\n.visible .global .align 8 .u64 table[1] = {target};\n";
        let indirect = "ld.param.u64 %rd1, [p];\nproto: .callprototype _ ();\ncall %rd1, (), proto;";
        let kernels = [
            ("a", ""),
            ("b", "mov.u64 %rd1, table;"),
            ("c", ""),
            ("d", "mov.u64 %rd1, target;"),
            ("e", indirect),
        ];
        let source = module(declarations, &kernels, 1200);
        let parts = parts(&source);
        let names: Vec<Vec<String>> = parts.iter().map(|part| names(&source, part)).collect();
        assert_eq!(names, [vec!["target", "b", "d", "e"], vec!["a"], vec!["c"]]);
    }

    #[test]
    fn each_variable_is_defined_in_one_part() {
        let declarations = ".visible .global .u32 seen;\n.global .u32 counter;\n.const .u32 table[2] = {1, 2};\n\
                            .global .u32 only_b;\n.global .u32 unused;\n.global .u32 lut[2] = {3, 4};\n";
        let both = "mov.u64 %rd1, lut;\nadd.u64 %rd2, %rd1, 4;\nld.global.u32 %r1, [%rd2];\n\
                    ld.const.u32 %r2, [table+4];\nst.global.u32 [counter], %r2;\n";
        let b = format!("{both}ld.global.u32 %r3, [only_b];");
        let source = module(declarations, &[("a", both), ("b", &b)], 1200);
        let parts = parts(&source);
        use Placement::*;
        assert_eq!(parts[0].variables, [Defined, Defined, Defined, Imported, Private, Defined]);
        assert_eq!(parts[1].variables, [Imported, Imported, Copied, Private, Imported, Copied]);
    }
}
