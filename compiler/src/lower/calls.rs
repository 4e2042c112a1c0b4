//! `call`: direct, through a register, and to the functions of libdevice.
//!
//! Arguments and results of PTX pass through `.param` variables, which are scratch slots here; LLVM removes them.

use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use super::libdevice;
use crate::codegen::emitter::{Value, space};
use inkwell::IntPredicate;
use ptx_frontend::Diagnostic;
use ptx_frontend::module::{ElementRange, Operand, Parameter, Symbol};

/// Lowers `call`.
pub fn lower(cx: &mut FunctionLowering<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let (Operand::Vector(returns), Operand::Vector(arguments)) = (ins.operand(0)?, ins.operand(2)?) else {
        return Err(ins.unsupported());
    };
    match ins.operand(1)? {
        Operand::Symbol { symbol: Symbol::Function(id), .. } => {
            let callee = &cx.module.source.functions[id.index()];
            let name = cx.module.source.name(callee.name);
            let values = read_arguments(cx, ins, arguments, &callee.parameters)?;
            let result = match cx.module.function(id) {
                Some(function) => cx.emit.call(function, &values),
                None => libdevice::call(cx, ins, name, callee, &values)?,
            };
            if !cx.module.exits(id) {
                return write_returns(cx, ins, returns, &callee.returns, result, false);
            }
            let flag = match (result, callee.returns.len()) {
                (Some(flag), 0) => flag,
                (Some(all), count) => cx.emit.extract(all, u32::try_from(count).expect("few results")),
                (None, _) => return Err(ins.unsupported()),
            };
            let [gone, on] = ["gone", "on"].map(|name| cx.emit.new_block(name));
            let ended = cx.emit.icmp(IntPredicate::NE, flag.into_int_value(), cx.emit.word(0));
            cx.emit.branch(ended, gone, on);
            cx.emit.position_at_end(gone);
            cx.exit();
            cx.emit.position_at_end(on);
            write_returns(cx, ins, returns, &callee.returns, result, true)
        }
        Operand::Register(register) => {
            let Some(Operand::Prototype(prototype)) = ins.operands.get(3) else {
                return Err(ins.unsupported_because("a call through a register needs a prototype"));
            };
            let prototype = &cx.function.prototypes[prototype.index()];
            let values = read_arguments(cx, ins, arguments, &prototype.parameters)?;
            let slot = cx.slot(register);
            let address = cx.emit.load_slot(slot.ty, slot.pointer);
            let target = cx.emit.pointer_type(space::flat());
            let pointer = cx.resize(address, target.into()).into_pointer_value();
            let ty = cx.module.function_type(&prototype.returns, &prototype.parameters);
            let result = cx.emit.call_pointer(ty, pointer, &values);
            write_returns(cx, ins, returns, &prototype.returns, result, false)
        }
        _ => Err(ins.unsupported_operand(1)),
    }
}

fn read_arguments<'ctx>(
    cx: &FunctionLowering<'_, 'ctx>,
    ins: &Ins<'_>,
    arguments: ElementRange,
    parameters: &[Parameter],
) -> Result<Vec<Value<'ctx>>, Diagnostic> {
    let arguments = cx.function.elements_of(arguments);
    if arguments.len() != parameters.len() {
        return Err(ins.unsupported_because("it passes another number of arguments than the function takes"));
    }
    arguments
        .iter()
        .zip(parameters)
        .map(|(&argument, parameter)| {
            let ty = cx.module.passed_type(parameter);
            match argument {
                Operand::Symbol { symbol, offset } => {
                    let pointer = cx.address_of(symbol);
                    let pointer = cx.emit.pointer_offset(pointer, cx.emit.int(64, offset.cast_unsigned()));
                    Ok(cx.emit.load_slot(ty, pointer))
                }
                operand => {
                    let bits = super::operand::bits_of(ty);
                    let raw = cx.read_raw(ins, operand, bits)?;
                    Ok(cx.resize(raw, ty))
                }
            }
        })
        .collect()
}

fn write_returns<'ctx>(
    cx: &FunctionLowering<'_, 'ctx>,
    ins: &Ins<'_>,
    returns: ElementRange,
    parameters: &[Parameter],
    result: Option<Value<'ctx>>,
    is_packed: bool,
) -> Lowered {
    let targets = cx.function.elements_of(returns);
    let Some(result) = result else { return Ok(()) };
    for (index, (&target, parameter)) in targets.iter().zip(parameters).enumerate() {
        let value = match parameters {
            [_] if !is_packed => result,
            _ => cx.emit.extract(result, u32::try_from(index).expect("few results")),
        };
        match target {
            Operand::Symbol { symbol, .. } => cx.emit.store_slot(cx.address_of(symbol), value),
            operand => cx.write_operand(ins, operand, parameter.ty.scalar, value)?,
        }
    }
    Ok(())
}
