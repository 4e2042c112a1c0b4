//! Loads and stores (PTX ISA 9.7.9.8 to 9.7.9.12), and the hints about caches, which gfx90a has no use for.
//!
//! A weak access is a plain load or store of the whole vector at its natural alignment, which PTX promises. Volatile,
//! relaxed, acquire and release accesses are LLVM atomics of at most 64 bits each; LLVM cannot select wider ones.

use super::address::native_space;
use super::data_movement::bits_type;
use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use crate::codegen::emitter::{Access, Value, space};
use crate::codegen::llvm_ext::SyncScope;
use crate::passes::recover_pointers::{PointerSpace, RegisterKind};
use inkwell::AtomicOrdering;
use inkwell::types::BasicTypeEnum;
use inkwell::values::PointerValue;
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{CacheOperator, Opcode, Scope, Semantics, StateSpace};
use ptx_frontend::module::{FunctionKind, Operand};

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// The widest atomic access in bits.
const ATOMIC_BITS: u32 = 64;

/// Lowers an instruction of the chapter.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    match ins.form.opcode {
        Opcode::Ld | Opcode::Ldu => load(cx, ins),
        Opcode::St => store(cx, ins),
        // Hints: a program means the same without them.
        Opcode::Prefetch | Opcode::Prefetchu | Opcode::Applypriority => Ok(()),
        _ => Err(ins.unsupported()),
    }
}

/// The LLVM scope of a PTX scope for memory in a space.
pub fn sync_scope(scope: Option<Scope>, default: SyncScope, pointer: PointerValue<'_>) -> SyncScope {
    if pointer.get_type().get_address_space() == space::shared() {
        return SyncScope::Workgroup;
    }
    match scope {
        Some(Scope::Cta) => SyncScope::Workgroup,
        Some(Scope::Cluster | Scope::Gpu) => SyncScope::Agent,
        Some(Scope::Sys) => SyncScope::System,
        None => default,
    }
}

/// How an access is ordered, from the instruction's words.
fn access(ins: &Ins<'_>, pointer: PointerValue<'_>, bytes: u32) -> Result<Access, Diagnostic> {
    let modifiers = &ins.form.modifiers;
    let plain = Access { alignment: bytes, ..Access::default() };
    // Scratch belongs to one thread and constant memory never changes: ordering means nothing there, and atomics do
    // not exist.
    let space = pointer.get_type().get_address_space();
    let private = space == space::private() || space == space::constant();
    let uncached = matches!(modifiers.cache, Some(CacheOperator::Cv | CacheOperator::Wt));
    if modifiers.volatile || modifiers.mmio || uncached {
        let scope = sync_scope(None, SyncScope::System, pointer);
        let atomic = (!private).then_some((AtomicOrdering::Monotonic, scope));
        return Ok(Access { atomic, volatile: true, ..plain });
    }
    let ordering = match modifiers.semantics {
        None | Some(Semantics::Weak) => return Ok(plain),
        Some(Semantics::Relaxed) => AtomicOrdering::Monotonic,
        Some(Semantics::Acquire) => AtomicOrdering::Acquire,
        Some(Semantics::Release) => AtomicOrdering::Release,
        _ => return Err(ins.unsupported()),
    };
    let scope = sync_scope(modifiers.scope, SyncScope::System, pointer);
    Ok(Access { atomic: (!private).then_some((ordering, scope)), ..plain })
}

/// The elements of a data operand: one register or a list.
pub fn elements<'f>(cx: &Cx<'f, '_>, operand: Operand) -> Vec<Operand> {
    match operand {
        Operand::Vector(range) => cx.function.elements_of(range).to_vec(),
        single => vec![single],
    }
}

fn shape(cx: &Cx<'_, '_>, ins: &Ins<'_>, data: usize) -> Result<(Vec<Operand>, u32), Diagnostic> {
    if ins.ty().bits() > 128 || ins.ty().bits() < 8 {
        return Err(ins.unsupported());
    }
    let elements = elements(cx, ins.operand(data)?);
    let bytes = ins.ty().bytes() * u32::try_from(elements.len()).unwrap_or(u32::MAX);
    if elements.is_empty() || !bytes.is_power_of_two() || bytes > 32 {
        return Err(ins.unsupported_operand(data));
    }
    Ok((elements, bytes))
}

fn load(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let modifiers = &ins.form.modifiers;
    let (targets, bytes) = shape(cx, ins, 0)?;
    let pointer = cx.address(ins, 1, modifiers.space)?;
    let mut access = access(ins, pointer, bytes)?;
    let constant = pointer.get_type().get_address_space() == space::constant();
    access.invariant =
        access.atomic.is_none() && (constant || modifiers.non_coherent || ins.form.opcode == Opcode::Ldu);
    if access.atomic.is_some() {
        if ins.ty().bits() > ATOMIC_BITS {
            return Err(ins.unsupported_because("gfx90a has no atomic access of 128 bits"));
        }
        let values = load_atomic(cx, pointer, ins.ty().bits(), targets.len(), bytes, access);
        return write_all(cx, ins, &targets, &values);
    }
    if let [target] = targets[..] {
        let ty = loaded_type(cx, ins, target);
        let value = cx.emit.load(ty, pointer, access);
        return cx.write_operand(ins, target, ins.ty(), value);
    }
    let count = u32::try_from(targets.len()).expect("at most 32");
    let element = loaded_type(cx, ins, targets[0]);
    let vector: BasicTypeEnum<'_> = match element {
        BasicTypeEnum::FloatType(ty) => ty.vec_type(count).into(),
        _ => cx.emit.int_type(ins.ty().bits()).vec_type(count).into(),
    };
    let whole = cx.emit.load(vector, pointer, access);
    let values: Vec<Value<'_>> = (0..count).map(|index| cx.emit.extract(whole, index)).collect();
    write_all(cx, ins, &targets, &values)
}

fn write_all<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, targets: &[Operand], values: &[Value<'ctx>]) -> Lowered {
    for (&target, &value) in targets.iter().zip(values) {
        cx.write_operand(ins, target, ins.ty(), value)?;
    }
    Ok(())
}

/// What to load: what the target register holds, so that pointers stay pointers.
fn loaded_type<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, target: Operand) -> BasicTypeEnum<'ctx> {
    let bits = ins.ty().bits();
    let Operand::Register(register) = target else { return cx.emit.int_type(bits).into() };
    match cx.kind(register) {
        RegisterKind::Float(width) if width == bits => cx.emit.float_type(bits).into(),
        RegisterKind::Pointer(PointerSpace::Flat | PointerSpace::Global) if bits == 64 => {
            // The host can only pass the addresses of device memory, so a generic pointer parameter is a global one.
            let parameter = ins.form.modifiers.space.map(StateSpace::base) == Some(StateSpace::Param)
                && cx.function.kind == FunctionKind::Kernel;
            let global = parameter || cx.kind(register) == RegisterKind::Pointer(PointerSpace::Global);
            cx.emit.pointer_type(if global { space::global() } else { space::flat() }).into()
        }
        _ => cx.emit.int_type(bits).into(),
    }
}

/// Atomic loads of 64 bits or fewer, cut into elements.
fn load_atomic<'ctx>(
    cx: &Cx<'_, 'ctx>,
    pointer: PointerValue<'ctx>,
    element_bits: u32,
    count: usize,
    bytes: u32,
    access: Access,
) -> Vec<Value<'ctx>> {
    let chunk_bits = (bytes * 8).min(ATOMIC_BITS);
    let mut values = Vec::new();
    for chunk in 0..bytes * 8 / chunk_bits {
        let at = cx.emit.pointer_offset(pointer, cx.emit.int(64, u64::from(chunk * chunk_bits / 8)));
        let access = Access { alignment: chunk_bits / 8, ..access };
        let whole = cx.emit.load(cx.emit.int_type(chunk_bits).into(), at, access).into_int_value();
        for part in 0..chunk_bits / element_bits {
            let moved = cx.emit.lshr(whole, cx.emit.int(chunk_bits, u64::from(part * element_bits)));
            values.push(cx.emit.zext_or_trunc(moved, element_bits).into());
        }
    }
    values.truncate(count);
    values
}

fn store(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let (sources, bytes) = shape(cx, ins, 1)?;
    if native_space(ins.form.modifiers.space, cx.function.kind) == space::constant()
        && !matches!(ins.form.modifiers.space.map(StateSpace::base), Some(StateSpace::Param))
    {
        return Err(ins.unsupported());
    }
    let pointer = cx.address(ins, 0, ins.form.modifiers.space)?;
    let access = access(ins, pointer, bytes)?;
    let bits = ins.ty().bits();
    if access.atomic.is_none() {
        if let [source] = sources[..] {
            let value = cx.read_stored(ins, source, bits)?;
            cx.emit.store(pointer, value, access);
            return Ok(());
        }
        let values: Result<Vec<_>, _> =
            sources.iter().map(|&source| cx.read_operand(ins, source, bits_type(bits))).collect();
        cx.emit.store(pointer, cx.emit.vector(&values?), access);
        return Ok(());
    }
    if bits > ATOMIC_BITS {
        return Err(ins.unsupported_because("gfx90a has no atomic access of 128 bits"));
    }
    let chunk_bits = (bytes * 8).min(ATOMIC_BITS);
    for (chunk, sources) in (0u32..).zip(sources.chunks((chunk_bits / bits) as usize)) {
        let mut whole = cx.emit.int(chunk_bits, 0);
        for (part, &source) in (0u32..).zip(sources) {
            let value = cx.read_operand(ins, source, bits_type(bits))?.into_int_value();
            let wide = cx.emit.zext_or_trunc(value, chunk_bits);
            whole = cx.emit.or(whole, cx.emit.shl(wide, cx.emit.int(chunk_bits, u64::from(part * bits))));
        }
        let at = cx.emit.pointer_offset(pointer, cx.emit.int(64, u64::from(chunk * chunk_bits / 8)));
        cx.emit.store(at, whole.into(), Access { alignment: chunk_bits / 8, ..access });
    }
    Ok(())
}
