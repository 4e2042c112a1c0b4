//! Finds the internal module variables that no instruction can write, so that copies of their values may be used.
//!
//! Follows each variable's address through the registers of every function. A variable of which the address only reaches
//! loads stays what its initialiser says; one whose address is stored, passed on, or reaches anything else may be written.

use super::recover_pointers::{registers_of, written};
use ptx_frontend::isa::{Access, StateSpace};
use ptx_frontend::module::{AddressBase, Function, Linkage, Module, Operand, Symbol, VariableId};

/// For each module variable, whether its initial value is its value forever.
pub fn run(module: &Module) -> Vec<bool> {
    let mut unwritten: Vec<bool> = module
        .variables
        .iter()
        .map(|variable| variable.linkage == Linkage::Internal && variable.space.base() != StateSpace::Shared)
        .collect();
    for function in &module.functions {
        examine(module, function, &mut unwritten);
    }
    unwritten
}

/// Clears the mark of every variable that `function` may write.
fn examine(module: &Module, function: &Function, unwritten: &mut [bool]) {
    // Which variable's address a register may hold; one that may hold several condemns all of them.
    let mut held: Vec<Option<VariableId>> = vec![None; function.register_count()];
    loop {
        let mut changed = false;
        for instruction in &function.instructions {
            let form = module.form(instruction.form);
            let effects = form.effects;
            for (index, operand) in function.operands_of(instruction).iter().enumerate() {
                if form.operands.get(index).is_some_and(|spec| spec.access == Access::Write) {
                    continue;
                }
                for (variable, is_address) in variables_of(function, operand, &held) {
                    if is_address && effects.reads && !effects.writes {
                        continue;
                    }
                    let is_pure =
                        !effects.writes && !effects.reads && !effects.control && !effects.convergent;
                    if !is_pure {
                        unwritten[variable.index()] = false;
                        continue;
                    }
                    for register in written(module, function, instruction) {
                        match held[register.index()] {
                            None => {
                                held[register.index()] = Some(variable);
                                changed = true;
                            }
                            Some(other) if other != variable => {
                                unwritten[variable.index()] = false;
                                unwritten[other.index()] = false;
                            }
                            Some(_) => {}
                        }
                    }
                }
            }
        }
        if !changed {
            return;
        }
    }
}

/// The variables whose addresses an operand mentions or may hold, and whether the operand is the address of an access.
fn variables_of(
    function: &Function,
    operand: &Operand,
    held: &[Option<VariableId>],
) -> Vec<(VariableId, bool)> {
    let is_address = matches!(operand, Operand::Address { .. });
    let mut found: Vec<(VariableId, bool)> = registers_of(function, operand)
        .into_iter()
        .filter_map(|register| held[register.index()])
        .map(|variable| (variable, is_address))
        .collect();
    let mut symbols = |operand: &Operand| match *operand {
        Operand::Symbol { symbol: Symbol::Variable(id), .. } => found.push((id, false)),
        Operand::Address { base: AddressBase::Symbol(Symbol::Variable(id)), .. } => found.push((id, true)),
        _ => {}
    };
    symbols(operand);
    if let Operand::Vector(range) | Operand::Indexed(range) = *operand {
        function.elements_of(range).iter().for_each(symbols);
    }
    found
}
