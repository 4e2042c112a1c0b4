//! What CUDA calls system calls of a kernel: `vprintf`, `__assertfail`, and the device heap's functions.
//!
//! PTX only declares them. They become calls of our device library (`compiler/device`), which speaks with the runtime through
//! a block of memory that the launch hands over. A module that defines a function of one of these names means its own.

use super::function::FunctionLowering;
use super::instruction::Ins;
use crate::codegen::emitter::Value;
use crate::passes::Facts;
use inkwell::types::BasicTypeEnum;
use ptx_frontend::Diagnostic;
use ptx_frontend::module::{Function, FunctionId, Module};
use wavefold_formats::note::{CALLS_HEAP, CALLS_OUTPUT};

/// A system call.
struct Row {
    /// Its name in PTX.
    name: &'static str,
    /// The device library's function.
    library: &'static str,
    /// Bits of each parameter.
    parameters: &'static [u32],
    /// Bits of the result, 0 for none.
    result: u32,
    /// How many of the parameters the library's function takes; the thread's index follows if `told_thread`.
    taken: usize,
    told_thread: bool,
    /// What the runtime must have ready, for the note.
    needs: u32,
}

const ROWS: [Row; 5] = [
    Row {
        name: "vprintf",
        library: "__wavefold_vprintf",
        parameters: &[64, 64],
        result: 32,
        taken: 2,
        told_thread: false,
        needs: CALLS_OUTPUT,
    },
    Row {
        name: "__assertfail",
        library: "__wavefold_assertfail",
        parameters: &[64, 64, 32, 64, 64],
        result: 0,
        // The last parameter is the size of a character, which is always 1.
        taken: 4,
        told_thread: true,
        needs: CALLS_OUTPUT,
    },
    Row {
        name: "malloc",
        library: "__wavefold_malloc",
        parameters: &[64],
        result: 64,
        taken: 1,
        told_thread: false,
        needs: CALLS_HEAP,
    },
    Row {
        name: "free",
        library: "__wavefold_free",
        parameters: &[64],
        result: 0,
        taken: 1,
        told_thread: false,
        needs: CALLS_HEAP,
    },
    Row {
        name: "__nv_aligned_device_malloc",
        library: "__wavefold_aligned_malloc",
        parameters: &[64, 64],
        result: 64,
        taken: 2,
        told_thread: false,
        needs: CALLS_HEAP,
    },
];

fn find(name: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.name == name)
}

/// What the runtime must have ready when a kernel runs: bits of the note.
pub fn needs(source: &Module, facts: &Facts, kernel: FunctionId) -> u32 {
    facts
        .reachable(kernel)
        .into_iter()
        .map(|id| &source.functions[id.index()])
        .filter(|function| !function.has_body)
        .filter_map(|function| find(source.name(function.name)))
        .fold(0, |bits, row| bits | row.needs)
}

/// Lowers a call, if the function that the module declares is a system call: its result, if it gives one.
pub fn call<'ctx>(
    cx: &FunctionLowering<'_, 'ctx>,
    ins: &Ins<'_>,
    callee: &Function,
    values: &[Value<'ctx>],
) -> Option<Result<Option<Value<'ctx>>, Diagnostic>> {
    let row = find(cx.module.source.name(callee.name))?;
    let bits = |value: &Value<'_>| match value {
        Value::IntValue(value) => value.get_type().get_bit_width(),
        _ => 0,
    };
    let result_bits: Vec<u32> = callee.returns.iter().map(|parameter| bits_of(cx, parameter)).collect();
    let wanted: &[u32] = if row.result == 0 { &[] } else { &[row.result] };
    if values.iter().map(bits).ne(row.parameters.iter().copied()) || result_bits != wanted {
        let message = format!("the function `{}` is declared otherwise than CUDA has it", row.name);
        return Some(Err(Diagnostic::error(ins.span, message)));
    }
    let mut arguments = values[..row.taken].to_vec();
    if row.told_thread {
        arguments.extend(cx.thread.map(Value::from));
    }
    let result = (row.result != 0).then(|| BasicTypeEnum::from(cx.emit.int_type(row.result)));
    Some(Ok(cx.library_call(row.library, &arguments, result)))
}

fn bits_of(cx: &FunctionLowering<'_, '_>, parameter: &ptx_frontend::module::Parameter) -> u32 {
    match cx.module.passed_type(parameter) {
        BasicTypeEnum::IntType(ty) => ty.get_bit_width(),
        _ => 0,
    }
}
