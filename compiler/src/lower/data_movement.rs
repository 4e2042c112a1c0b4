//! Moves within a thread: `mov`, `prmt`, and addresses between spaces: `cvta`, `isspacep` (PTX ISA 9.7.9).

use super::address::native_space;
use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use crate::codegen::emitter::{Access, Value, space};
use inkwell::IntPredicate;
use inkwell::values::IntValue;
use ptx_frontend::isa::{Opcode, PermuteMode, ScalarType, StateSpace};
use ptx_frontend::module::{Operand, VariableId};

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// Lowers an instruction of the chapter.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    match ins.form.opcode {
        Opcode::Mov => mov(cx, ins),
        Opcode::Prmt => prmt(cx, ins),
        Opcode::Cvta => cvta(cx, ins),
        Opcode::Isspacep => isspacep(cx, ins),
        _ => Err(ins.unsupported()),
    }
}

fn mov(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let ty = ins.ty();
    match (ins.operand(0)?, ins.operand(1)?) {
        (Operand::Vector(to), Operand::Vector(from)) => {
            let (to, from) = (cx.function.elements_of(to), cx.function.elements_of(from));
            if to.len() != from.len() {
                return Err(ins.unsupported_operand(1));
            }
            let values: Result<Vec<_>, _> =
                from.iter().map(|&source| cx.read_operand(ins, source, ty)).collect();
            for (&target, value) in to.iter().zip(values?) {
                cx.write_operand(ins, target, ty, value)?;
            }
            Ok(())
        }
        (Operand::Vector(to), _) => {
            // Unpack: the first element takes the low bits.
            let whole = cx.read_bits(ins, 1, ty.bits())?;
            let targets = cx.function.elements_of(to);
            let count = u32::try_from(targets.len()).unwrap_or(0);
            let bits = ty
                .bits()
                .checked_div(count)
                .filter(|&bits| bits >= 8)
                .ok_or_else(|| ins.unsupported_operand(0))?;
            let element = bits_type(bits);
            for (index, &target) in (0u32..).zip(targets) {
                let moved = cx.emit.lshr(whole, cx.emit.int(ty.bits(), u64::from(index * bits)));
                cx.write_operand(ins, target, element, cx.emit.zext_or_trunc(moved, bits).into())?;
            }
            Ok(())
        }
        (_, Operand::Vector(from)) => {
            let sources = cx.function.elements_of(from);
            let count = u32::try_from(sources.len()).unwrap_or(0);
            let bits = ty
                .bits()
                .checked_div(count)
                .filter(|&bits| bits >= 8)
                .ok_or_else(|| ins.unsupported_operand(1))?;
            let mut whole = cx.emit.int(ty.bits(), 0);
            for (index, &source) in (0u32..).zip(sources) {
                let part = cx.read_operand(ins, source, bits_type(bits))?;
                let part = cx.resize(part, cx.emit.int_type(bits).into()).into_int_value();
                let part = cx.emit.zext_or_trunc(part, ty.bits());
                whole = cx.emit.or(whole, cx.emit.shl(part, cx.emit.int(ty.bits(), u64::from(index * bits))));
            }
            cx.write(ins, 0, ty, whole)
        }
        (_, Operand::Immediate(value)) => cx.write(ins, 0, ty, cx.constant(value, ty)),
        (_, source) => {
            let value = cx.read_raw(ins, source, ty.bits())?;
            cx.write(ins, 0, ty, value)
        }
    }
}

/// The untyped type of a width.
pub fn bits_type(bits: u32) -> ScalarType {
    match bits {
        8 => ScalarType::B8,
        16 => ScalarType::B16,
        32 => ScalarType::B32,
        _ => ScalarType::B64,
    }
}

/// Picks bytes of `b:a` by nibbles of the selector.
fn prmt(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let (a, b, selector) = (cx.read_bits(ins, 1, 32)?, cx.read_bits(ins, 2, 32)?, cx.read_bits(ins, 3, 32)?);
    let e = &cx.emit;
    let value = match ins.form.modifiers.permute {
        None => permute(cx, a, b, selector),
        Some(mode) => {
            let low = e.and(selector, e.word(3));
            let mut table = [0u32; 4];
            for (index, entry) in (0u32..).zip(&mut table) {
                for byte in 0..4u32 {
                    *entry |= mode_byte(mode, index, byte) << (8 * byte);
                }
            }
            let mut chosen = e.word(table[0]);
            for (index, &entry) in (0u32..).zip(&table).skip(1) {
                let hit = e.icmp(IntPredicate::EQ, low, e.word(index));
                chosen = e.select_int(hit, e.word(entry), chosen);
            }
            e.intrinsic("llvm.amdgcn.perm", &[], &[b.into(), a.into(), chosen.into()])
        }
    };
    cx.write(ins, 0, ScalarType::B32, value)
}

/// The default mode of `prmt`: one instruction if the selector is a constant without sign replication.
pub fn permute<'ctx>(
    cx: &Cx<'_, 'ctx>,
    a: IntValue<'ctx>,
    b: IntValue<'ctx>,
    selector: IntValue<'ctx>,
) -> Value<'ctx> {
    match selector.get_zero_extended_constant() {
        Some(constant) if constant & 0x8888 == 0 => {
            let bytes = (0..4).map(|i| ((constant >> (4 * i) & 7) as u32) << (8 * i)).sum();
            cx.emit.intrinsic("llvm.amdgcn.perm", &[], &[b.into(), a.into(), cx.emit.word(bytes).into()])
        }
        _ => permute_by_nibbles(cx, a, b, selector).into(),
    }
}

/// Which of the eight bytes goes to `byte` in a mode, by the low two bits of the selector (PTX ISA's table of `prmt`).
fn mode_byte(mode: PermuteMode, index: u32, byte: u32) -> u32 {
    match mode {
        PermuteMode::F4e => index + byte,
        PermuteMode::B4e => (index + 8 - byte) % 8,
        PermuteMode::Rc8 => index,
        PermuteMode::Ecl => byte.max(index),
        PermuteMode::Ecr => byte.min(index),
        PermuteMode::Rc16 => (index & 1) * 2 + (byte & 1),
    }
}

/// The general form: bit 3 of a nibble replicates the chosen byte's sign.
fn permute_by_nibbles<'ctx>(
    cx: &Cx<'_, 'ctx>,
    a: IntValue<'ctx>,
    b: IntValue<'ctx>,
    selector: IntValue<'ctx>,
) -> IntValue<'ctx> {
    let e = &cx.emit;
    let wide = e.or(e.zext_or_trunc(a, 64), e.shl(e.zext_or_trunc(b, 64), e.int(64, 32)));
    let mut result = e.word(0);
    for byte in 0..4u32 {
        let nibble = e.lshr(selector, e.word(4 * byte));
        let shift = e.shl(e.zext_or_trunc(e.and(nibble, e.word(7)), 64), e.int(64, 3));
        let picked = e.zext_or_trunc(e.lshr(wide, shift), 8);
        let sign = e.ashr(picked, e.int(8, 7));
        let replicate = e.icmp(IntPredicate::NE, e.and(nibble, e.word(8)), e.word(0));
        let chosen = e.zext_or_trunc(e.select_int(replicate, sign, picked), 32);
        result = e.or(result, e.shl(chosen, e.word(8 * byte)));
    }
    result
}

/// Between generic addresses and a space's own: an address space cast.
fn cvta(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let own = native_space(ins.form.modifiers.space, cx.function.kind);
    let (from, to) = if ins.form.modifiers.to { (space::flat(), own) } else { (own, space::flat()) };
    let raw = match ins.operand(1)? {
        Operand::Symbol { symbol, offset } => {
            let pointer = cx.address_of(symbol);
            Value::from(cx.emit.pointer_offset(pointer, cx.emit.int(64, offset.cast_unsigned())))
        }
        operand => cx.read_raw(ins, operand, ins.ty().bits())?,
    };
    let pointer = match raw {
        Value::PointerValue(pointer) => pointer,
        integer => match cx.resize(integer, cx.emit.pointer_type(from).into()) {
            Value::PointerValue(pointer) => pointer,
            _ => return Err(ins.unsupported_operand(1)),
        },
    };
    let value = cx.emit.space_cast_any(pointer, to);
    cx.write(ins, 0, ins.ty(), value)
}

fn isspacep(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let address = cx.read_bits(ins, 1, 64)?;
    let pointer = Value::from(cx.emit.int_to_pointer(address, cx.emit.pointer_type(space::flat())));
    let shared = || cx.emit.intrinsic("llvm.amdgcn.is.shared", &[], &[pointer]).into_int_value();
    let local = || cx.emit.intrinsic("llvm.amdgcn.is.private", &[], &[pointer]).into_int_value();
    let value = match ins.form.modifiers.space.map(StateSpace::base) {
        Some(StateSpace::Shared | StateSpace::SharedCluster) => shared(),
        Some(StateSpace::Local) => local(),
        Some(StateSpace::Global) => {
            let (constant, parameter) = (in_constants(cx, address), in_parameters(cx, address));
            let other = cx.emit.or(cx.emit.or(shared(), local()), cx.emit.or(constant, parameter));
            cx.emit.not(other)
        }
        Some(StateSpace::Const) => in_constants(cx, address),
        Some(StateSpace::Param) => in_parameters(cx, address),
        _ => return Err(ins.unsupported()),
    };
    cx.write(ins, 0, ScalarType::Pred, value)
}

/// Whether an address is below `bytes` bytes from the start of something.
fn within<'ctx>(
    cx: &Cx<'_, 'ctx>,
    address: IntValue<'ctx>,
    start: IntValue<'ctx>,
    bytes: IntValue<'ctx>,
) -> IntValue<'ctx> {
    cx.emit.icmp(IntPredicate::ULT, cx.emit.sub(address, start), bytes)
}

/// Constant variables lie in device memory: whether an address is in one of them.
fn in_constants<'ctx>(cx: &Cx<'_, 'ctx>, address: IntValue<'ctx>) -> IntValue<'ctx> {
    let mut found = cx.emit.bool(false);
    for (index, variable) in (0u32..).zip(&cx.module.source.variables) {
        if variable.space.base() == StateSpace::Const && variable.size > 0 {
            let start = cx.emit.pointer_to_int(cx.module.variable(VariableId(index)), 64);
            found = cx.emit.or(found, within(cx, address, start, cx.emit.int(64, variable.size)));
        }
    }
    found
}

/// A kernel's parameters lie in the segment that its dispatch packet names, before the implicit arguments.
fn in_parameters<'ctx>(cx: &Cx<'_, 'ctx>, address: IntValue<'ctx>) -> IntValue<'ctx> {
    /// Where the packet holds the address of the segment.
    const KERNARG_ADDRESS: u64 = 40;
    let e = &cx.emit;
    let packet = e.intrinsic("llvm.amdgcn.dispatch.ptr", &[], &[]).into_pointer_value();
    let access = Access { alignment: 8, invariant: true, ..Access::default() };
    let start = e.load(e.int_type(64).into(), e.offset(packet, e.int(64, KERNARG_ADDRESS)), access);
    let start = start.into_int_value();
    let end = e.intrinsic("llvm.amdgcn.implicitarg.ptr", &[], &[]).into_pointer_value();
    within(cx, address, start, e.sub(e.pointer_to_int(end, 64), start))
}
