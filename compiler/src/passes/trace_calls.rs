//! Who calls whom, and which functions therefore share one mode register and one warp mapping.
//!
//! The mode register and the mapping belong to a wavefront, not to a function, so functions that can meet in one kernel
//! form a group. A call through a register may reach every function whose address is taken.

use ptx_frontend::isa::Opcode;
use ptx_frontend::module::{FunctionId, Module, Operand, Symbol};

/// The call graph and its groups.
#[derive(Debug)]
pub struct Calls {
    /// Direct callees of each function.
    pub callees: Vec<Vec<FunctionId>>,
    /// Whether a function calls through registers.
    pub indirect: Vec<bool>,
    /// Whether a function mentions the address of a function.
    pub takers: Vec<bool>,
    /// Functions whose address is taken.
    pub addressed: Vec<FunctionId>,
    groups: Vec<usize>,
}

impl Calls {
    /// The number of the group that a function is in.
    pub fn group(&self, function: usize) -> usize {
        let mut root = function;
        while self.groups[root] != root {
            root = self.groups[root];
        }
        root
    }

    fn unite(&mut self, a: usize, b: usize) {
        let (a, b) = (self.group(a), self.group(b));
        self.groups[a.max(b)] = a.min(b);
    }

    /// Every function that may run when `function` is called, itself included.
    pub fn reachable(&self, function: FunctionId) -> Vec<FunctionId> {
        let mut seen = vec![function];
        let mut next = 0;
        while let Some(&current) = seen.get(next) {
            next += 1;
            let through_registers = if self.indirect[current.index()] { &self.addressed[..] } else { &[] };
            for &callee in self.callees[current.index()].iter().chain(through_registers) {
                if !seen.contains(&callee) {
                    seen.push(callee);
                }
            }
        }
        seen
    }
}

/// Builds the call graph of a module.
pub fn run(module: &Module) -> Calls {
    let count = module.functions.len();
    let mut calls = Calls {
        callees: vec![Vec::new(); count],
        indirect: vec![false; count],
        takers: vec![false; count],
        addressed: Vec::new(),
        groups: (0..count).collect(),
    };
    for variable in &module.variables {
        for relocation in variable.initializer.iter().flat_map(|initializer| &initializer.relocations) {
            if let Symbol::Function(id) = relocation.symbol {
                calls.addressed.push(id);
            }
        }
    }
    for (index, function) in module.functions.iter().enumerate() {
        for instruction in &function.instructions {
            let is_call = module.form(instruction.form).opcode == Opcode::Call;
            let mut direct = false;
            for operand in function.operands_of(instruction) {
                if let Operand::Symbol { symbol: Symbol::Function(id), .. } = *operand {
                    if is_call {
                        direct = true;
                        calls.callees[index].push(id);
                    } else {
                        calls.addressed.push(id);
                        calls.takers[index] = true;
                    }
                }
            }
            calls.indirect[index] |= is_call && !direct;
        }
    }
    for alias in &module.aliases {
        calls.unite(alias.alias.index(), alias.aliasee.index());
        calls.callees[alias.alias.index()].push(alias.aliasee);
    }
    for index in 0..count {
        for callee in calls.callees[index].clone() {
            // A declaration without a body (a library function) ties nobody together.
            if module.functions[callee.index()].has_body {
                calls.unite(index, callee.index());
            }
        }
        if calls.indirect[index] {
            for callee in calls.addressed.clone() {
                calls.unite(index, callee.index());
            }
        }
    }
    calls
}
