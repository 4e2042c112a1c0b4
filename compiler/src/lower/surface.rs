//! Surface accesses (PTX ISA 9.7.11): the device code gives the address of what is accessed, or none where the bounds
//! say that nothing is; the access itself is an ordinary one of device memory.

use super::atomic::read_modify_write;
use super::data_movement::bits_type;
use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use super::texture::{Place, field};
use crate::codegen::emitter::{Access, Value, space};
use crate::codegen::llvm_ext::SyncScope;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{IntValue, PointerValue};
use inkwell::{AtomicOrdering, IntPredicate};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{AtomicOp, BooleanOp, Clamp, Geometry, Opcode, ScalarType};
use ptx_frontend::module::Operand;
use wavefold_formats::texture::Channel;

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// Lowers an instruction of the chapter.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    match (ins.form.opcode, ins.form.modifiers.has("p")) {
        (Opcode::Suld, _) => load(cx, ins),
        (Opcode::Sust, false) => store(cx, ins),
        (Opcode::Sust, true) => store_formatted(cx, ins),
        (Opcode::Sured, _) => reduce(cx, ins),
        _ => Err(ins.unsupported()),
    }
}

fn data<'f>(cx: &Cx<'f, '_>, operand: Operand) -> Vec<Operand> {
    match operand {
        Operand::Vector(range) => cx.function.elements_of(range).to_vec(),
        single => vec![single],
    }
}

/// The address of an access of `bytes` bytes, or with `None` of a whole texel; 0 where there is nothing to do.
fn address<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    index: usize,
    bytes: Option<u32>,
) -> Result<(PointerValue<'ctx>, IntValue<'ctx>), Diagnostic> {
    let place = Place::of(cx, ins, index)?;
    let x = place.whole(cx, ins, 0)?;
    let y = place.whole(cx, ins, 1)?;
    let z = match ins.form.modifiers.geometry {
        Some(Geometry::D3) => place.whole(cx, ins, 2)?,
        _ => place.layer(cx, ins)?,
    };
    let e = &cx.emit;
    let bounds = match ins.form.modifiers.clamp {
        Some(Clamp::Trap) => 0,
        Some(Clamp::Clamp) => 1,
        Some(Clamp::Zero) => 2,
        _ => return Err(ins.unsupported()),
    };
    let mut arguments: Vec<Value<'ctx>> = vec![place.object.into(), x.into(), y.into(), z.into()];
    arguments.extend(bytes.map(|bytes| Value::from(e.word(bytes))));
    arguments.push(e.word(bounds).into());
    let name = if bytes.is_some() { "__wavefold_surface_address" } else { "__wavefold_surface_texel" };
    Ok((place.object, cx.library(name, &arguments, e.int_type(64).into()).into_int_value()))
}

/// Runs `access` where there is an address.
fn guarded<'ctx>(
    cx: &Cx<'_, 'ctx>,
    address: IntValue<'ctx>,
    access: impl FnOnce(PointerValue<'ctx>) -> Lowered,
) -> Lowered {
    let e = &cx.emit;
    let (inside, behind) = (e.new_block("surface"), e.new_block("behind"));
    e.branch(e.icmp(IntPredicate::NE, address, e.int(64, 0)), inside, behind);
    e.position_at_end(inside);
    let result = access(e.int_to_pointer(address, e.pointer_type(space::global())));
    e.jump(behind);
    e.position_at_end(behind);
    result
}

fn vector_type<'ctx>(cx: &Cx<'_, 'ctx>, bits: u32, count: u32) -> BasicTypeEnum<'ctx> {
    let element = cx.emit.int_type(bits);
    if count == 1 { element.into() } else { element.vec_type(count).into() }
}

fn load(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let targets = data(cx, ins.operand(0)?);
    let count = u32::try_from(targets.len()).map_err(|_| ins.unsupported())?;
    let bytes = ins.ty().bytes() * count;
    let (_, address) = address(cx, ins, 1, Some(bytes))?;
    let ty = vector_type(cx, ins.ty().bits(), count);
    let slot = cx.temporary(ty);
    cx.emit.store_slot(slot, ty.const_zero());
    guarded(cx, address, |pointer| {
        let access = Access { alignment: bytes, ..Access::default() };
        cx.emit.store_slot(slot, cx.emit.load(ty, pointer, access));
        Ok(())
    })?;
    let whole = cx.emit.load_slot(ty, slot);
    for (index, &target) in (0u32..).zip(&targets) {
        cx.write_operand(ins, target, ins.ty(), cx.emit.extract(whole, index))?;
    }
    Ok(())
}

fn store(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let sources = data(cx, ins.operand(1)?);
    let count = u32::try_from(sources.len()).map_err(|_| ins.unsupported())?;
    let bytes = ins.ty().bytes() * count;
    let bits = ins.ty().bits();
    let values: Result<Vec<_>, _> =
        sources.iter().map(|&source| cx.read_operand(ins, source, bits_type(bits))).collect();
    let values = values?;
    let (_, address) = address(cx, ins, 0, Some(bytes))?;
    guarded(cx, address, |pointer| {
        let value = if let [single] = values[..] { single } else { cx.emit.vector(&values) };
        cx.emit.store(pointer, value, Access { alignment: bytes, ..Access::default() });
        Ok(())
    })
}

/// `sust.p`: the surface's format decides what is stored; components that it has and the source lacks become 0.
fn store_formatted(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let mut words = Vec::new();
    for source in data(cx, ins.operand(1)?) {
        words.push(cx.read_operand(ins, source, ScalarType::B32)?);
    }
    words.resize(4, cx.emit.word(0).into());
    let (object, address) = address(cx, ins, 0, None)?;
    let mut arguments: Vec<Value<'_>> = vec![object.into(), address.into()];
    arguments.extend(words);
    cx.library_void("__wavefold_surface_store", &arguments);
    Ok(())
}

/// `sured`: a reduction at device scope. With `.p` and a type of bits the surface's format says whether `min` and `max`
/// are signed.
fn reduce(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let ty = ins.ty();
    let formatted = ins.form.modifiers.has("p");
    let operation = ins.form.modifiers.atomic.or(match ins.form.modifiers.boolean {
        Some(BooleanOp::And) => Some(AtomicOp::And),
        Some(BooleanOp::Or) => Some(AtomicOp::Or),
        Some(BooleanOp::Xor) => Some(AtomicOp::Xor),
        _ => None,
    });
    let operation = operation.ok_or_else(|| ins.unsupported())?;
    let value = cx.read_int(ins, 1, ty)?;
    let bytes = (!formatted).then_some(ty.bytes());
    let (object, address) = address(cx, ins, 0, bytes)?;
    guarded(cx, address, |pointer| {
        if !(formatted && ty == ScalarType::B32 && matches!(operation, AtomicOp::Min | AtomicOp::Max)) {
            return apply(cx, ins, operation, ty, pointer, value);
        }
        let e = &cx.emit;
        let signed = e.word(Channel::Signed32 as u32);
        let signed = e.icmp(IntPredicate::EQ, field(cx, object, "channel"), signed);
        let (yes, no, done) = (e.new_block("signed"), e.new_block("unsigned"), e.new_block("reduced"));
        e.branch(signed, yes, no);
        for (block, ty) in [(yes, ScalarType::S32), (no, ScalarType::U32)] {
            e.position_at_end(block);
            apply(cx, ins, operation, ty, pointer, value)?;
            e.jump(done);
        }
        e.position_at_end(done);
        Ok(())
    })
}

fn apply<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    operation: AtomicOp,
    ty: ScalarType,
    pointer: PointerValue<'ctx>,
    value: IntValue<'ctx>,
) -> Lowered {
    let code = read_modify_write(operation, ty).ok_or_else(|| ins.unsupported())?;
    cx.emit.read_modify_write(code, pointer, value.into(), AtomicOrdering::Monotonic, SyncScope::Agent);
    Ok(())
}
