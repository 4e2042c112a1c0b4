//! Decides which functions may run two warps in one wavefront.
//!
//! Folding is right if every barrier is reached by the whole block alike (threads that have exited aside) and no loop
//! waits for another thread. What is not proved is split: one warp a wavefront, which is how CUDA's own hardware counts
//! arrivals at a barrier and lets warps wait for each other.

use super::control_flow::Graph;
use super::trace_calls::Calls;
use super::{find_spin_loops, find_uniformity};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::Opcode;
use ptx_frontend::module::{Function, FunctionId, Instruction, Module, Operand, Symbol};

/// For each function, why it must be split; `None` if folding is proved right.
pub fn run(module: &Module, calls: &Calls) -> Vec<Option<Diagnostic>> {
    let barriers = functions_with_barriers(module, calls);
    let look = find_spin_loops::functions_that_look(module, calls);
    module
        .functions
        .iter()
        .enumerate()
        .map(|(index, function)| {
            if !function.has_body {
                return None;
            }
            // A function that calls itself is a loop that its blocks do not show.
            let returns_to_itself = || {
                let through_registers = if calls.indirect[index] { &calls.addressed[..] } else { &[] };
                let callees = calls.callees[index].iter().chain(through_registers);
                callees.flat_map(|&id| calls.reachable(id)).any(|id| id.index() == index)
            };
            if look[index] && returns_to_itself() {
                let message = "this function calls itself and may wait for another thread, so its kernels run one warp a wavefront";
                return Some(Diagnostic::warning(function.span, message));
            }
            analyse(module, calls, function, &barriers, &look)
        })
        .collect()
}

fn analyse(
    module: &Module,
    calls: &Calls,
    function: &Function,
    barriers: &[bool],
    look: &[bool],
) -> Option<Diagnostic> {
    let graph = Graph::new(module, function);
    let mut instructions = function.instructions.iter();
    if let Some(partial) = instructions.find(|instruction| is_partial_barrier(module, function, instruction))
    {
        let message = "this barrier is for a part of the block, so its kernel runs one warp a wavefront";
        return Some(Diagnostic::warning(partial.span, message));
    }
    if let Some(span) = find_spin_loops::run(module, function, &graph, look) {
        let message = "this loop waits for another thread, so its kernel runs one warp a wavefront";
        return Some(Diagnostic::warning(span, message));
    }
    let meets: Vec<Option<&Instruction>> = function
        .block_ids()
        .map(|block| {
            function
                .instructions_of(block)
                .iter()
                .find(|instruction| is_barrier(module, calls, function, instruction, barriers))
        })
        .collect();
    let has_barrier: Vec<bool> = meets.iter().map(Option::is_some).collect();
    if !has_barrier.contains(&true) {
        return None;
    }
    // A barrier with a guard of its own is a branch that the blocks do not show.
    if let Some(guarded) = meets.iter().flatten().find(|instruction| instruction.guard.is_some()) {
        let message = "this barrier has a guard, so its kernel runs one warp a wavefront";
        return Some(Diagnostic::warning(guarded.span, message));
    }
    let relevant = graph.reaching(&has_barrier);
    let branches = find_uniformity::run(module, function, &graph, &relevant);
    let span = branches
        .iter()
        .flat_map(|branch| &branch.region)
        .filter_map(|&block| meets[block])
        .map(|i| i.span)
        .min();
    span.map(|span| {
        let message = "not every thread of the block reaches this barrier alike, so its kernel runs one warp a wavefront";
        Diagnostic::warning(span, message)
    })
}

fn is_barrier(
    module: &Module,
    calls: &Calls,
    function: &Function,
    instruction: &Instruction,
    barriers: &[bool],
) -> bool {
    match module.form(instruction.form).opcode {
        Opcode::BarSync | Opcode::BarRed | Opcode::BarArrive | Opcode::BarrierClusterWait => true,
        Opcode::Call => match function.operands_of(instruction).get(1) {
            Some(Operand::Symbol { symbol: Symbol::Function(id), .. }) => barriers[id.index()],
            _ => calls.addressed.iter().any(|id| barriers[id.index()]),
        },
        _ => false,
    }
}

/// Whether a barrier counts threads, and is not known to count the whole block.
pub fn is_partial_barrier(module: &Module, function: &Function, instruction: &Instruction) -> bool {
    let count = match (module.form(instruction.form).opcode, function.operands_of(instruction)) {
        (Opcode::BarArrive, _) => return true,
        (Opcode::BarSync, [_, count]) | (Opcode::BarRed, [_, _, count, _]) => count,
        _ => return false,
    };
    let whole =
        function.directives.required_threads.map(|sides| sides.map(u64::from).iter().product::<u64>());
    !matches!(count, Operand::Immediate(value) if Some(value.bits()) == whole)
}

/// The functions that may meet a barrier when they are called.
fn functions_with_barriers(module: &Module, calls: &Calls) -> Vec<bool> {
    let own: Vec<bool> = module
        .functions
        .iter()
        .map(|function| {
            function.instructions.iter().any(|instruction| {
                matches!(
                    module.form(instruction.form).opcode,
                    Opcode::BarSync | Opcode::BarRed | Opcode::BarArrive | Opcode::BarrierClusterWait
                )
            })
        })
        .collect();
    (0u32..)
        .take(own.len())
        .map(|index| calls.reachable(FunctionId(index)).iter().any(|id| own[id.index()]))
        .collect()
}
