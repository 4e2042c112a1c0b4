//! A builder for LLVM IR in the compiler's own terms: short names, no value names, no errors to carry.
//!
//! inkwell's builder fails only when it is not positioned in a block or when the operands' types are wrong; both are
//! defects of `lower`, so they are invariants here. Every value is a `BasicValueEnum`, called [`Value`].

use super::llvm_ext::{self, ReadModifyWrite, SyncScope};
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::basic_block::BasicBlock;
use inkwell::builder::Builder;
use inkwell::context::Context;
use inkwell::debug_info::DILocation;
use inkwell::intrinsics::Intrinsic;
use inkwell::module::Module;
use inkwell::types::{BasicType, BasicTypeEnum, FloatType, IntType, PointerType};
use inkwell::values::{
    BasicMetadataValueEnum, BasicValue, BasicValueEnum, FastMathFlags, FloatValue, FunctionValue,
    InstructionOpcode, InstructionValue, IntValue, PointerValue, ValueKind,
};
use inkwell::{AddressSpace, AtomicOrdering, FloatPredicate, IntPredicate};
use std::num::NonZeroU32;

/// Any first-class LLVM value.
pub type Value<'ctx> = BasicValueEnum<'ctx>;

const POSITIONED: &str = "the builder is positioned and the operands' types agree";

/// AMDGPU's address spaces by name.
pub mod space {
    use inkwell::AddressSpace;

    /// Flat addresses: PTX generic.
    pub fn flat() -> AddressSpace {
        AddressSpace::from(0u16)
    }
    /// Device memory: PTX `.global`.
    pub fn global() -> AddressSpace {
        AddressSpace::from(1u16)
    }
    /// LDS: PTX `.shared`.
    pub fn shared() -> AddressSpace {
        AddressSpace::from(3u16)
    }
    /// Memory that no kernel writes: PTX `.const` and kernel parameters.
    pub fn constant() -> AddressSpace {
        AddressSpace::from(4u16)
    }
    /// Scratch: PTX `.local`.
    pub fn private() -> AddressSpace {
        AddressSpace::from(5u16)
    }
}

/// How a memory access is ordered and marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Access {
    /// The alignment in bytes that may be assumed.
    pub alignment: u32,
    /// An atomic access: its ordering and scope.
    pub atomic: Option<(AtomicOrdering, SyncScope)>,
    /// May not be removed, repeated or merged.
    pub volatile: bool,
    /// Nothing writes this memory while the kernel runs.
    pub invariant: bool,
}

/// The builder. Positioned at the end of some block whenever an instruction is asked for.
pub struct Emitter<'a, 'ctx> {
    /// The context everything lives in.
    pub context: &'ctx Context,
    /// The module that gets intrinsics' declarations.
    pub module: &'a Module<'ctx>,
    builder: Builder<'ctx>,
}

impl<'a, 'ctx> Emitter<'a, 'ctx> {
    /// An emitter without a position.
    pub fn new(context: &'ctx Context, module: &'a Module<'ctx>) -> Self {
        Self { context, module, builder: context.create_builder() }
    }

    /// Where the following instructions come from.
    pub fn set_location(&self, location: Option<DILocation<'ctx>>) {
        match location {
            Some(location) => self.builder.set_current_debug_location(location),
            None => self.builder.unset_current_debug_location(),
        }
    }

    /// Goes to the end of a block.
    pub fn position_at_end(&self, block: BasicBlock<'ctx>) {
        self.builder.position_at_end(block);
    }

    /// Goes before the first instruction of a block, without taking over where that comes from.
    pub fn position_at_start(&self, block: BasicBlock<'ctx>) {
        let location = self.builder.get_current_debug_location();
        match block.get_first_instruction() {
            Some(first) => self.builder.position_before(&first),
            None => self.builder.position_at_end(block),
        }
        self.set_location(location);
    }

    /// The block that the next instruction goes to.
    pub fn block(&self) -> BasicBlock<'ctx> {
        self.builder.get_insert_block().expect(POSITIONED)
    }

    /// A new block behind all others of the current function.
    pub fn new_block(&self, name: &str) -> BasicBlock<'ctx> {
        let function = self.block().get_parent().expect("a block has a function");
        self.context.append_basic_block(function, name)
    }

    /// The integer type of a width in bits.
    pub fn int_type(&self, bits: u32) -> IntType<'ctx> {
        let bits = NonZeroU32::new(bits).expect("a width is not zero");
        self.context.custom_width_int_type(bits).expect("a width that LLVM has")
    }

    /// The IEEE type of a width in bits.
    pub fn float_type(&self, bits: u32) -> FloatType<'ctx> {
        match bits {
            16 => self.context.f16_type(),
            32 => self.context.f32_type(),
            _ => self.context.f64_type(),
        }
    }

    /// The pointer type of an address space.
    pub fn pointer_type(&self, space: AddressSpace) -> PointerType<'ctx> {
        self.context.ptr_type(space)
    }

    /// An integer constant.
    pub fn int(&self, bits: u32, value: u64) -> IntValue<'ctx> {
        self.int_type(bits).const_int(value, false)
    }

    /// A 32-bit constant.
    pub fn word(&self, value: u32) -> IntValue<'ctx> {
        self.context.i32_type().const_int(u64::from(value), false)
    }

    /// A truth value.
    pub fn bool(&self, value: bool) -> IntValue<'ctx> {
        self.context.bool_type().const_int(u64::from(value), false)
    }

    /// A float constant of a width.
    pub fn float(&self, bits: u32, value: f64) -> FloatValue<'ctx> {
        self.float_type(bits).const_float(value)
    }

    /// An integer operation by LLVM's opcode.
    pub fn binary(&self, opcode: InstructionOpcode, a: IntValue<'ctx>, b: IntValue<'ctx>) -> IntValue<'ctx> {
        self.builder.build_binop(opcode, a, b, "").expect(POSITIONED).into_int_value()
    }

    /// `a + b`
    pub fn add(&self, a: IntValue<'ctx>, b: IntValue<'ctx>) -> IntValue<'ctx> {
        self.builder.build_int_add(a, b, "").expect(POSITIONED)
    }
    /// `a - b`
    pub fn sub(&self, a: IntValue<'ctx>, b: IntValue<'ctx>) -> IntValue<'ctx> {
        self.builder.build_int_sub(a, b, "").expect(POSITIONED)
    }
    /// `a * b`
    pub fn mul(&self, a: IntValue<'ctx>, b: IntValue<'ctx>) -> IntValue<'ctx> {
        self.builder.build_int_mul(a, b, "").expect(POSITIONED)
    }
    /// `a * b`, known not to overflow as a signed product.
    pub fn mul_nsw(&self, a: IntValue<'ctx>, b: IntValue<'ctx>) -> IntValue<'ctx> {
        self.builder.build_int_nsw_mul(a, b, "").expect(POSITIONED)
    }
    /// `a * b`, known not to overflow as an unsigned product.
    pub fn mul_nuw(&self, a: IntValue<'ctx>, b: IntValue<'ctx>) -> IntValue<'ctx> {
        self.builder.build_int_nuw_mul(a, b, "").expect(POSITIONED)
    }
    /// Bitwise and.
    pub fn and(&self, a: IntValue<'ctx>, b: IntValue<'ctx>) -> IntValue<'ctx> {
        self.builder.build_and(a, b, "").expect(POSITIONED)
    }
    /// Bitwise or.
    pub fn or(&self, a: IntValue<'ctx>, b: IntValue<'ctx>) -> IntValue<'ctx> {
        self.builder.build_or(a, b, "").expect(POSITIONED)
    }
    /// Bitwise exclusive or.
    pub fn xor(&self, a: IntValue<'ctx>, b: IntValue<'ctx>) -> IntValue<'ctx> {
        self.builder.build_xor(a, b, "").expect(POSITIONED)
    }
    /// Bitwise complement.
    pub fn not(&self, a: IntValue<'ctx>) -> IntValue<'ctx> {
        self.builder.build_not(a, "").expect(POSITIONED)
    }
    /// Shift left; the count must be below the width.
    pub fn shl(&self, a: IntValue<'ctx>, b: IntValue<'ctx>) -> IntValue<'ctx> {
        self.builder.build_left_shift(a, b, "").expect(POSITIONED)
    }
    /// Logical shift right; the count must be below the width.
    pub fn lshr(&self, a: IntValue<'ctx>, b: IntValue<'ctx>) -> IntValue<'ctx> {
        self.builder.build_right_shift(a, b, false, "").expect(POSITIONED)
    }
    /// Arithmetic shift right; the count must be below the width.
    pub fn ashr(&self, a: IntValue<'ctx>, b: IntValue<'ctx>) -> IntValue<'ctx> {
        self.builder.build_right_shift(a, b, true, "").expect(POSITIONED)
    }
    /// Integer comparison.
    pub fn icmp(&self, predicate: IntPredicate, a: IntValue<'ctx>, b: IntValue<'ctx>) -> IntValue<'ctx> {
        self.builder.build_int_compare(predicate, a, b, "").expect(POSITIONED)
    }
    /// Float comparison.
    pub fn fcmp(
        &self,
        predicate: FloatPredicate,
        a: FloatValue<'ctx>,
        b: FloatValue<'ctx>,
    ) -> IntValue<'ctx> {
        self.builder.build_float_compare(predicate, a, b, "").expect(POSITIONED)
    }
    /// `condition ? a : b`
    pub fn select<T: Into<Value<'ctx>>>(&self, condition: IntValue<'ctx>, a: T, b: T) -> Value<'ctx> {
        let (a, b): (Value<'ctx>, Value<'ctx>) = (a.into(), b.into());
        self.builder.build_select(condition, a, b, "").expect(POSITIONED)
    }
    /// `condition ? a : b` on integers.
    pub fn select_int(
        &self,
        condition: IntValue<'ctx>,
        a: IntValue<'ctx>,
        b: IntValue<'ctx>,
    ) -> IntValue<'ctx> {
        self.select(condition, a, b).into_int_value()
    }

    /// Widens by zeros or narrows to a width.
    pub fn zext_or_trunc(&self, a: IntValue<'ctx>, bits: u32) -> IntValue<'ctx> {
        let (from, to) = (a.get_type().get_bit_width(), self.int_type(bits));
        match bits.cmp(&from) {
            std::cmp::Ordering::Greater => self.builder.build_int_z_extend(a, to, "").expect(POSITIONED),
            std::cmp::Ordering::Less => self.builder.build_int_truncate(a, to, "").expect(POSITIONED),
            std::cmp::Ordering::Equal => a,
        }
    }
    /// Widens by the sign or narrows to a width.
    pub fn sext_or_trunc(&self, a: IntValue<'ctx>, bits: u32) -> IntValue<'ctx> {
        if bits > a.get_type().get_bit_width() {
            self.builder.build_int_s_extend(a, self.int_type(bits), "").expect(POSITIONED)
        } else {
            self.zext_or_trunc(a, bits)
        }
    }

    /// A float operation by LLVM's opcode, with contraction into a fused operation allowed or not.
    pub fn float_binary(
        &self,
        opcode: InstructionOpcode,
        a: FloatValue<'ctx>,
        b: FloatValue<'ctx>,
        contract: bool,
    ) -> FloatValue<'ctx> {
        let value = self.builder.build_binop(opcode, a, b, "").expect(POSITIONED).into_float_value();
        if contract {
            self.allow(value, FastMathFlags::AllowContract);
        }
        value
    }
    /// Puts fast-math flags on the instruction that made a value; a folded constant has none.
    pub fn allow(&self, value: FloatValue<'ctx>, flags: FastMathFlags) {
        if let Some(instruction) = value.as_instruction()
            && instruction.can_use_fast_math_flags()
        {
            instruction.set_fast_math_flags(flags).expect("checked just above");
        }
    }
    /// Lets LLVM compute a division or a square root with an error of so many units in the last place.
    pub fn inexact(&self, value: FloatValue<'ctx>, ulp: f64) -> FloatValue<'ctx> {
        if let Some(instruction) = value.as_instruction() {
            let bound = self.context.f32_type().const_float(ulp);
            let node = self.context.metadata_node(&[bound.into()]);
            let kind = self.context.get_kind_id("fpmath");
            instruction.set_metadata(node, kind).expect("a float operation takes metadata");
        }
        value
    }
    /// Sign change; no rounding, no flush.
    pub fn fneg(&self, a: FloatValue<'ctx>) -> FloatValue<'ctx> {
        self.builder.build_float_neg(a, "").expect(POSITIONED)
    }
    /// Converts between float widths by the default rounding.
    pub fn float_resize(&self, a: FloatValue<'ctx>, to: FloatType<'ctx>) -> FloatValue<'ctx> {
        self.builder.build_float_cast(a, to, "").expect(POSITIONED)
    }
    /// Integer to float, rounding to nearest even.
    pub fn int_to_float(&self, a: IntValue<'ctx>, signed: bool, bits: u32) -> FloatValue<'ctx> {
        let to = self.float_type(bits);
        if signed {
            self.builder.build_signed_int_to_float(a, to, "").expect(POSITIONED)
        } else {
            self.builder.build_unsigned_int_to_float(a, to, "").expect(POSITIONED)
        }
    }

    /// Reinterprets a value's bits as another type of the same size; pointers go through integers.
    pub fn bitcast(&self, value: Value<'ctx>, to: BasicTypeEnum<'ctx>) -> Value<'ctx> {
        if value.get_type() == to {
            return value;
        }
        match (value, to) {
            (Value::PointerValue(pointer), BasicTypeEnum::PointerType(target)) => {
                self.space_cast_any(pointer, target.get_address_space())
            }
            (Value::PointerValue(pointer), _) => {
                let bits = if is_narrow(pointer.get_type()) { 32 } else { 64 };
                let as_int = self.pointer_to_int(pointer, bits);
                self.bitcast(as_int.into(), to)
            }
            (_, BasicTypeEnum::PointerType(target)) => {
                let bits = if is_narrow(target) { 32 } else { 64 };
                let as_int = self.bitcast(value, self.int_type(bits).into()).into_int_value();
                self.int_to_pointer(as_int, target).into()
            }
            _ => self.builder.build_bit_cast(value, to, "").expect(POSITIONED),
        }
    }
    /// The bits of a float.
    pub fn float_bits(&self, value: FloatValue<'ctx>, bits: u32) -> IntValue<'ctx> {
        self.bitcast(value.into(), self.int_type(bits).into()).into_int_value()
    }
    /// The float of some bits.
    pub fn bits_float(&self, value: IntValue<'ctx>) -> FloatValue<'ctx> {
        let bits = value.get_type().get_bit_width();
        self.bitcast(value.into(), self.float_type(bits).into()).into_float_value()
    }

    /// `ptrtoint` to a width.
    pub fn pointer_to_int(&self, pointer: PointerValue<'ctx>, bits: u32) -> IntValue<'ctx> {
        self.builder.build_ptr_to_int(pointer, self.int_type(bits), "").expect(POSITIONED)
    }
    /// `inttoptr`; a 64-bit address of a 32-bit space is narrowed.
    pub fn int_to_pointer(&self, value: IntValue<'ctx>, to: PointerType<'ctx>) -> PointerValue<'ctx> {
        let value = if is_narrow(to) { self.zext_or_trunc(value, 32) } else { self.zext_or_trunc(value, 64) };
        self.builder.build_int_to_ptr(value, to, "").expect(POSITIONED)
    }
    /// `addrspacecast`, or nothing if the spaces are the same.
    pub fn space_cast(&self, pointer: PointerValue<'ctx>, to: PointerType<'ctx>) -> Value<'ctx> {
        if pointer.get_type() == to {
            return pointer.into();
        }
        self.builder.build_address_space_cast(pointer, to, "").expect(POSITIONED).into()
    }
    /// A pointer in another address space, by the casts that AMDGPU has: to and from flat, and between global and constant.
    /// Between two narrow spaces, or from narrow to global, there is none: such an address stays what its bits say.
    pub fn space_cast_any(&self, pointer: PointerValue<'ctx>, to: AddressSpace) -> Value<'ctx> {
        let target = self.pointer_type(to);
        let from = pointer.get_type().get_address_space();
        if from == to {
            return pointer.into();
        }
        let wide = |s: AddressSpace| s == space::global() || s == space::constant();
        if from == space::flat() || to == space::flat() || (wide(from) && wide(to)) {
            return self.space_cast(pointer, target);
        }
        let address = self.pointer_to_int(pointer, 64);
        self.int_to_pointer(address, target).into()
    }
    /// The pointer `offset` bytes on; the sum wraps, as integer addresses do.
    pub fn offset(&self, pointer: PointerValue<'ctx>, offset: IntValue<'ctx>) -> PointerValue<'ctx> {
        // SAFETY: a GEP over bytes without `inbounds` has no undefined behaviour of its own.
        unsafe { self.builder.build_gep(self.context.i8_type(), pointer, &[offset], "") }.expect(POSITIONED)
    }

    /// The same with an integer of any width as offset, which is sign-extended or cut to the pointer's.
    pub fn pointer_offset(&self, pointer: PointerValue<'ctx>, offset: IntValue<'ctx>) -> PointerValue<'ctx> {
        let bits = if is_narrow(pointer.get_type()) { 32 } else { 64 };
        self.offset(pointer, self.sext_or_trunc(offset, bits))
    }

    /// A slot in scratch memory; must be called in the entry block.
    pub fn alloca(&self, ty: BasicTypeEnum<'ctx>, alignment: u32, name: &str) -> PointerValue<'ctx> {
        let slot = self.builder.build_alloca(ty, name).expect(POSITIONED);
        if let Some(instruction) = slot.as_instruction() {
            instruction.set_alignment(alignment).expect("a power of two");
        }
        slot
    }
    /// So many bytes of the stack, from here until the function returns or the stack is restored.
    pub fn alloca_bytes(&self, bytes: IntValue<'ctx>, alignment: u32) -> PointerValue<'ctx> {
        let slot = self.builder.build_array_alloca(self.context.i8_type(), bytes, "").expect(POSITIONED);
        if let Some(instruction) = slot.as_instruction() {
            instruction.set_alignment(alignment).expect("a power of two");
        }
        slot
    }

    /// A plain load at the type's natural alignment: registers' slots.
    pub fn load_slot(&self, ty: BasicTypeEnum<'ctx>, slot: PointerValue<'ctx>) -> Value<'ctx> {
        self.builder.build_load(ty, slot, "").expect(POSITIONED)
    }
    /// A plain store at the type's natural alignment.
    pub fn store_slot(&self, slot: PointerValue<'ctx>, value: Value<'ctx>) {
        self.builder.build_store(slot, value).expect(POSITIONED);
    }
    /// A load from memory.
    pub fn load(&self, ty: BasicTypeEnum<'ctx>, pointer: PointerValue<'ctx>, access: Access) -> Value<'ctx> {
        let value = self.builder.build_load(ty, pointer, "").expect(POSITIONED);
        let instruction = value.as_instruction_value().expect("a load is an instruction");
        self.mark(instruction, access);
        if access.invariant {
            let kind = self.context.get_kind_id("invariant.load");
            instruction.set_metadata(self.context.metadata_node(&[]), kind).expect("a load takes metadata");
        }
        value
    }
    /// A store to memory.
    pub fn store(&self, pointer: PointerValue<'ctx>, value: Value<'ctx>, access: Access) {
        let instruction = self.builder.build_store(pointer, value).expect(POSITIONED);
        self.mark(instruction, access);
    }
    fn mark(&self, instruction: InstructionValue<'ctx>, access: Access) {
        instruction.set_alignment(access.alignment).expect("a power of two");
        if access.volatile {
            instruction.set_volatile(true).expect("a memory access");
        }
        if let Some((ordering, scope)) = access.atomic {
            instruction.set_atomic_ordering(ordering).expect("an ordering that the access may have");
            llvm_ext::set_scope(self.context, instruction, scope);
        }
    }
    /// A fence.
    pub fn fence(&self, ordering: AtomicOrdering, scope: SyncScope) {
        llvm_ext::build_fence(self.context, &self.builder, ordering, scope);
    }
    /// An atomic read-modify-write; gives the old value.
    pub fn read_modify_write(
        &self,
        operation: ReadModifyWrite,
        pointer: PointerValue<'ctx>,
        value: Value<'ctx>,
        ordering: AtomicOrdering,
        scope: SyncScope,
    ) -> Value<'ctx> {
        llvm_ext::build_atomic_rmw(self.context, &self.builder, operation, pointer, value, ordering, scope)
    }
    /// An atomic compare and exchange; gives the old value.
    pub fn compare_exchange(
        &self,
        pointer: PointerValue<'ctx>,
        compare: Value<'ctx>,
        value: Value<'ctx>,
        ordering: AtomicOrdering,
        scope: SyncScope,
    ) -> Value<'ctx> {
        let pair = llvm_ext::build_compare_exchange(
            self.context,
            &self.builder,
            pointer,
            compare,
            value,
            ordering,
            scope,
        );
        self.extract(pair, 0)
    }

    /// Field `index` of a struct or array value.
    pub fn extract(&self, aggregate: Value<'ctx>, index: u32) -> Value<'ctx> {
        match aggregate {
            Value::StructValue(value) => {
                self.builder.build_extract_value(value, index, "").expect(POSITIONED)
            }
            Value::ArrayValue(value) => self.builder.build_extract_value(value, index, "").expect(POSITIONED),
            Value::VectorValue(value) => {
                self.builder.build_extract_element(value, self.word(index), "").expect(POSITIONED)
            }
            scalar => scalar,
        }
    }
    /// A struct of the given fields.
    pub fn structure(&self, fields: &[Value<'ctx>]) -> Value<'ctx> {
        let types: Vec<_> = fields.iter().map(|field| field.get_type()).collect();
        let mut value =
            inkwell::values::AggregateValueEnum::from(self.context.struct_type(&types, false).get_poison());
        for (index, field) in (0u32..).zip(fields) {
            value = self.builder.build_insert_value(value, *field, index, "").expect(POSITIONED);
        }
        value.into_struct_value().into()
    }
    /// A vector of the given elements, which have one type.
    pub fn vector(&self, elements: &[Value<'ctx>]) -> Value<'ctx> {
        let first = elements.first().expect("a vector has elements").get_type();
        let count = u32::try_from(elements.len()).expect("a vector is short");
        let ty = match first {
            BasicTypeEnum::FloatType(ty) => ty.vec_type(count),
            BasicTypeEnum::PointerType(ty) => ty.vec_type(count),
            other => other.into_int_type().vec_type(count),
        };
        let mut vector = ty.get_poison();
        for (index, element) in (0u32..).zip(elements) {
            vector =
                self.builder.build_insert_element(vector, *element, self.word(index), "").expect(POSITIONED);
        }
        vector.into()
    }

    /// Calls an intrinsic that gives a value. `overloads` are the types its name is made of.
    pub fn intrinsic(
        &self,
        name: &str,
        overloads: &[BasicTypeEnum<'ctx>],
        arguments: &[Value<'ctx>],
    ) -> Value<'ctx> {
        self.call(self.declare_intrinsic(name, overloads), arguments)
            .unwrap_or_else(|| unreachable!("{name} gives a value"))
    }
    /// Calls an intrinsic for its effect.
    pub fn intrinsic_void(&self, name: &str, overloads: &[BasicTypeEnum<'ctx>], arguments: &[Value<'ctx>]) {
        self.call(self.declare_intrinsic(name, overloads), arguments);
    }
    fn declare_intrinsic(&self, name: &str, overloads: &[BasicTypeEnum<'ctx>]) -> FunctionValue<'ctx> {
        Intrinsic::find(name)
            .and_then(|intrinsic| intrinsic.get_declaration(self.module, overloads))
            .unwrap_or_else(|| unreachable!("LLVM 22 has the intrinsic {name}"))
    }
    /// Calls a function; `None` if it gives nothing.
    pub fn call(&self, function: FunctionValue<'ctx>, arguments: &[Value<'ctx>]) -> Option<Value<'ctx>> {
        let arguments: Vec<BasicMetadataValueEnum<'ctx>> = arguments.iter().map(|&a| a.into()).collect();
        let site = self.builder.build_call(function, &arguments, "").expect(POSITIONED);
        match site.try_as_basic_value() {
            ValueKind::Basic(value) => Some(value),
            ValueKind::Instruction(_) => None,
        }
    }
    /// Calls through a pointer.
    pub fn call_pointer(
        &self,
        ty: inkwell::types::FunctionType<'ctx>,
        pointer: PointerValue<'ctx>,
        arguments: &[Value<'ctx>],
    ) -> Option<Value<'ctx>> {
        let arguments: Vec<BasicMetadataValueEnum<'ctx>> = arguments.iter().map(|&a| a.into()).collect();
        let site = self.builder.build_indirect_call(ty, pointer, &arguments, "").expect(POSITIONED);
        match site.try_as_basic_value() {
            ValueKind::Basic(value) => Some(value),
            ValueKind::Instruction(_) => None,
        }
    }
    /// Assembly that gives one value; without side effects it may be moved, merged and dropped.
    pub fn assembly(
        &self,
        text: &str,
        constraints: &str,
        result: BasicTypeEnum<'ctx>,
        arguments: &[Value<'ctx>],
    ) -> Value<'ctx> {
        let parameters: Vec<_> = arguments.iter().map(|a| a.get_type().into()).collect();
        let ty = result.fn_type(&parameters, false);
        let assembly =
            self.context.create_inline_asm(ty, text.into(), constraints.into(), false, false, None, false);
        self.call_pointer(ty, assembly, arguments).expect("the assembly gives a value")
    }

    /// Assembly for its effect, which stays where it is in the control flow.
    pub fn effect(&self, text: &str, constraints: &str, arguments: &[Value<'ctx>]) {
        let parameters: Vec<_> = arguments.iter().map(|a| a.get_type().into()).collect();
        let ty = self.context.void_type().fn_type(&parameters, false);
        let assembly =
            self.context.create_inline_asm(ty, text.into(), constraints.into(), true, false, None, false);
        let arguments: Vec<BasicMetadataValueEnum<'ctx>> = arguments.iter().map(|&a| a.into()).collect();
        let site = self.builder.build_indirect_call(ty, assembly, &arguments, "").expect(POSITIONED);
        let convergent = Attribute::get_named_enum_kind_id("convergent");
        site.add_attribute(AttributeLoc::Function, self.context.create_enum_attribute(convergent, 0));
    }

    /// Jumps.
    pub fn jump(&self, target: BasicBlock<'ctx>) {
        self.builder.build_unconditional_branch(target).expect(POSITIONED);
    }
    /// Jumps by a condition.
    pub fn branch(&self, condition: IntValue<'ctx>, yes: BasicBlock<'ctx>, no: BasicBlock<'ctx>) {
        self.builder.build_conditional_branch(condition, yes, no).expect(POSITIONED);
    }
    /// Jumps by a table.
    pub fn switch(
        &self,
        value: IntValue<'ctx>,
        otherwise: BasicBlock<'ctx>,
        cases: &[(IntValue<'ctx>, BasicBlock<'ctx>)],
    ) {
        self.builder.build_switch(value, otherwise, cases).expect(POSITIONED);
    }
    /// Returns.
    pub fn ret(&self, value: Option<Value<'ctx>>) {
        let value = value.as_ref().map(|v| v as &dyn BasicValue<'ctx>);
        self.builder.build_return(value).expect(POSITIONED);
    }
    /// Control never comes here.
    pub fn unreachable(&self) {
        self.builder.build_unreachable().expect(POSITIONED);
    }
    /// Whether the current block already ends.
    pub fn is_terminated(&self) -> bool {
        self.block().get_terminator().is_some()
    }
}

/// Whether addresses of the type's space have 32 bits: LDS and scratch.
pub fn is_narrow(ty: PointerType<'_>) -> bool {
    ty.get_address_space() == space::shared() || ty.get_address_space() == space::private()
}
