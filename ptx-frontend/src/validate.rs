//! Structural checks of a resolved module: what no single statement shows while it is parsed.
//!
//! Takes a module whose names are resolved and whose operands fit their rows; gives complaints, none for a good module.
//! Checked here:
//! - a kernel returns nothing, is not called, and its parameters are not written;
//! - launch bounds are positive, at most 1024 threads, and `.maxntid` and `.reqntid` are not both given;
//! - `.managed` stands on `.global` variables only;
//! - a vector access moves at most 128 bits (256 in global memory from sm_100 on);
//! - a constant barrier number is below 16, a constant thread count a multiple of the warp size;
//! - the look-up table of `lop3` fits into 8 bits;
//! - a `.branchtargets` list is not empty and an indirect call's targets agree.

use crate::diagnostic::Diagnostic;
use crate::isa::{Form, Opcode, StateSpace};
use crate::module::*;
use crate::span::Span;

/// Threads of a block at most.
const MOST_THREADS: u64 = 1024;
/// Threads of a CUDA warp.
const WARP_SIZE: u64 = 32;
/// Barriers of a block.
const BARRIERS: u64 = 16;

/// All complaints about the module's structure.
pub(crate) fn validate(module: &Module) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for variable in &module.variables {
        if variable.managed && variable.space != StateSpace::Global {
            let message = format!("`{}` is .managed, but not in .global", module.name(variable.name));
            out.push(Diagnostic::error(variable.span, message));
        }
    }
    // A form is checked once; only the forms that could be wrong are looked for in the instructions.
    let suspects: Vec<bool> = module.forms.iter().map(|form| is_suspect(module, form)).collect();
    for function in &module.functions {
        check_head(module, function, &mut out);
        if suspects.iter().any(|&suspect| suspect) {
            for instruction in &function.instructions {
                if suspects[instruction.form.index()] {
                    check_instruction(module, function, instruction, &mut out);
                }
            }
        }
        for targets in &function.branch_targets {
            if targets.blocks.is_empty() {
                out.push(Diagnostic::error(targets.span, "this list of targets is empty"));
            }
        }
        for prototype in function.prototypes.iter().filter(|prototype| prototype.is_targets) {
            let sizes = |id: &FunctionId| -> Vec<u64> {
                let target = &module.functions[id.index()];
                target.returns.iter().chain(&target.parameters).map(|parameter| parameter.size).collect()
            };
            if prototype.targets.windows(2).any(|two| sizes(&two[0]) != sizes(&two[1])) {
                let message = "the functions of this list have different parameters";
                out.push(Diagnostic::error(prototype.span, message));
            }
        }
    }
    out
}

fn check_head(module: &Module, function: &Function, out: &mut Vec<Diagnostic>) {
    let name = module.name(function.name);
    let mut complain = |message: String| out.push(Diagnostic::error(function.span, message));
    if function.kind == FunctionKind::Kernel && !function.returns.is_empty() {
        complain(format!("the kernel `{name}` cannot return a value"));
    }
    let directives = &function.directives;
    for (directive, threads) in
        [(".maxntid", directives.max_threads), (".reqntid", directives.required_threads)]
    {
        let Some(threads) = threads else { continue };
        let product: u64 = threads.iter().fold(1, |product, &n| product.saturating_mul(u64::from(n)));
        if product == 0 || product > MOST_THREADS {
            let [x, y, z] = threads;
            complain(format!(
                "{directive} {x}, {y}, {z} of `{name}`: a block has 1 to {MOST_THREADS} threads"
            ));
        }
    }
    if directives.max_threads.is_some() && directives.required_threads.is_some() {
        complain(format!("`{name}` has both .maxntid and .reqntid"));
    }
}

/// Whether an instruction of this form needs a look.
fn is_suspect(module: &Module, form: &Form) -> bool {
    let stores_parameter =
        form.opcode == Opcode::St && form.modifiers.space.map(StateSpace::base) == Some(StateSpace::Param);
    let barrier = matches!(form.opcode, Opcode::BarSync | Opcode::BarArrive | Opcode::BarRed);
    stores_parameter
        || barrier
        || matches!(form.opcode, Opcode::Call | Opcode::Lop3)
        || is_too_wide(module, form)
}

/// Whether a vector access is wider than the target's.
fn is_too_wide(module: &Module, form: &Form) -> bool {
    let accesses = matches!(form.opcode, Opcode::Ld | Opcode::Ldu | Opcode::St | Opcode::StAsync);
    let bits = u32::from(form.modifiers.vector.unwrap_or(1)) * form.ty().bits();
    let global = matches!(form.modifiers.space, None | Some(StateSpace::Global));
    let limit =
        if global && module.target.architecture >= 100 && form.opcode != Opcode::Ldu { 256 } else { 128 };
    accesses && bits > limit
}

fn check_instruction(
    module: &Module,
    function: &Function,
    instruction: &Instruction,
    out: &mut Vec<Diagnostic>,
) {
    let form = module.form(instruction.form);
    let operands = function.operands_of(instruction);
    let spans = function.operand_spans_of(instruction);
    if is_too_wide(module, form) {
        let bits = u32::from(form.modifiers.vector.unwrap_or(1)) * form.ty().bits();
        let message = format!("`{}` moves {bits} bits at once, but at most 128 are possible here", form.text);
        out.push(Diagnostic::error(instruction.span, message));
    }
    let constant = |at: usize| match operands.get(at) {
        Some(Operand::Immediate(Immediate::Integer(value))) => Some((*value, spans[at])),
        _ => None,
    };
    let mut complain = |span: Span, message: String| out.push(Diagnostic::error(span, message));
    match form.opcode {
        Opcode::BarSync | Opcode::BarArrive | Opcode::BarRed => {
            let first = usize::from(form.opcode == Opcode::BarRed);
            if let Some((number, span)) = constant(first)
                && number >= BARRIERS
            {
                complain(span, format!("barrier {number} does not exist: they are 0 to {}", BARRIERS - 1));
            }
            if let Some((count, span)) = constant(first + 1)
                && (count % WARP_SIZE != 0 || (count == 0 && form.opcode == Opcode::BarArrive))
            {
                complain(
                    span,
                    format!("the thread count of a barrier is a multiple of {WARP_SIZE}, not {count}"),
                );
            }
        }
        Opcode::Lop3 => {
            if let Some((table, span)) = constant(4)
                && table > 0xFF
            {
                complain(span, format!("the look-up table of lop3 has 8 bits; {table} does not fit"));
            }
        }
        Opcode::Call => {
            if let Some(Operand::Symbol { symbol: Symbol::Function(id), .. }) = operands.get(1)
                && module.functions[id.index()].kind == FunctionKind::Kernel
            {
                complain(
                    spans[1],
                    format!("`{}` is a kernel and cannot be called", module.function_name(*id)),
                );
            }
        }
        Opcode::St => {
            if let Some(Operand::Address { base: AddressBase::Symbol(Symbol::Parameter(id)), .. }) =
                operands.first()
                && function.kind == FunctionKind::Kernel
            {
                let name = module.name(function.parameters[id.index()].name);
                complain(spans[0], format!("the kernel parameter `{name}` cannot be written"));
            }
        }
        _ => {}
    }
}
