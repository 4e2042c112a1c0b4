//! Finds loops that wait for another thread: their exit depends on a value that only somebody else's write changes.
//!
//! Such a value comes from a volatile, relaxed or acquire load or from an atomic, within the loop. Not waiting are the
//! lock-free loops that retry a compare-and-swap with the value they just saw (somebody else's success is progress),
//! and counters that each turn draws from by adding a constant.

use super::control_flow::{Graph, Loop};
use super::recover_pointers::{registers_of, written};
use ptx_frontend::Span;
use ptx_frontend::isa::{Access, AtomicOp, Opcode, Semantics};
use ptx_frontend::module::{Function, Instruction, Module, Operand};

/// The place of the first loop exit that waits, if there is one.
pub fn run(module: &Module, function: &Function, graph: &Graph) -> Option<Span> {
    graph.loops().into_iter().filter_map(|found| waits(module, function, graph, &found)).min()
}

fn waits(module: &Module, function: &Function, graph: &Graph, found: &Loop) -> Option<Span> {
    let blocks = &found.blocks;
    let instructions =
        || blocks.iter().flat_map(|&block| &function.instructions[function.blocks[block].range()]);
    let mut changes = vec![false; function.register_count()];
    for instruction in instructions() {
        for register in written(module, function, instruction) {
            changes[register.index()] = true;
        }
    }
    let mut awaited = vec![false; function.register_count()];
    let mut more = instructions().any(|instruction| is_source(module, function, instruction, &changes));
    if !more {
        return None;
    }
    while more {
        more = false;
        for instruction in instructions() {
            let form = module.form(instruction.form);
            let reads = function
                .operands_of(instruction)
                .iter()
                .enumerate()
                .filter(|(index, _)| {
                    form.operands.get(*index).is_none_or(|spec| spec.access != Access::Write)
                })
                .flat_map(|(_, operand)| registers_of(function, operand))
                .chain(instruction.guard.map(|guard| guard.register))
                .any(|register| awaited[register.index()]);
            // What is loaded from a place is not what the place is.
            let through_memory = matches!(form.opcode, Opcode::Ld | Opcode::Ldu | Opcode::Atom);
            if is_source(module, function, instruction, &changes) || (reads && !through_memory) {
                for register in written(module, function, instruction) {
                    more |= !std::mem::replace(&mut awaited[register.index()], true);
                }
            }
        }
    }
    blocks
        .iter()
        .filter(|&&block| {
            found.is_irreducible || graph.successors[block].iter().any(|target| !blocks.contains(target))
        })
        .filter_map(|&block| function.instructions[function.blocks[block].range()].last())
        .filter(|last| last.guard.is_some_and(|guard| awaited[guard.register.index()]))
        .map(|last| last.span)
        .min()
}

/// Whether an instruction reads what another thread is waited for to write.
fn is_source(module: &Module, function: &Function, instruction: &Instruction, changes: &[bool]) -> bool {
    let form = module.form(instruction.form);
    let operands = function.operands_of(instruction);
    match form.opcode {
        Opcode::MbarrierTestWait | Opcode::MbarrierTryWait => true,
        Opcode::Ld => {
            form.modifiers.volatile
                || form.modifiers.mmio
                || matches!(form.modifiers.semantics, Some(Semantics::Relaxed | Semantics::Acquire))
        }
        Opcode::Atom => match (form.modifiers.atomic, operands) {
            (Some(AtomicOp::Cas), [_, _, compare, ..]) => {
                !registers_of(function, compare).iter().any(|register| changes[register.index()])
            }
            (Some(AtomicOp::Add | AtomicOp::Inc | AtomicOp::Dec), [_, _, Operand::Immediate(value), ..]) => {
                value.bits() == 0
            }
            _ => true,
        },
        _ => false,
    }
}
