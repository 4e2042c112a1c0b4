//! Reading and writing operands: registers, constants, special registers, addresses of symbols.
//!
//! PTX registers are containers without a type: the instruction's type says how to read them. A slot holds whatever
//! `recover_pointers` chose; reading as another type of the same width is a bit cast, a wider register is narrowed,
//! and a narrower result is extended by the sign of the instruction's type.

use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use super::special;
use crate::codegen::emitter::{Value, is_narrow};
use crate::passes::recover_pointers::{PointerSpace, RegisterKind};
use inkwell::types::BasicTypeEnum;
use inkwell::values::{FloatValue, IntValue};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::ScalarType;
use ptx_frontend::module::{Immediate, Operand, RegisterId};

impl<'a, 'ctx> FunctionLowering<'a, 'ctx> {
    /// The LLVM type of a PTX type as an operation sees it: `i1`, integers, floats; packed types as integers.
    pub fn llvm_type(&self, ty: ScalarType) -> BasicTypeEnum<'ctx> {
        match ty {
            ScalarType::Pred | ScalarType::B1 => self.module.context.bool_type().into(),
            ScalarType::F16 => self.module.context.f16_type().into(),
            ScalarType::BF16 => self.module.context.bf16_type().into(),
            ScalarType::F32 => self.module.context.f32_type().into(),
            ScalarType::F64 => self.module.context.f64_type().into(),
            other => self.emit.int_type(other.bits()).into(),
        }
    }

    /// Operand `index` as a value of the given type.
    pub fn read(&self, ins: &Ins<'_>, index: usize, ty: ScalarType) -> Result<Value<'ctx>, Diagnostic> {
        let operand = ins.operand(index)?;
        self.read_operand(ins, operand, ty)
    }

    /// Operand `index` as an integer of the type's width.
    pub fn read_int(
        &self,
        ins: &Ins<'_>,
        index: usize,
        ty: ScalarType,
    ) -> Result<IntValue<'ctx>, Diagnostic> {
        self.read_bits(ins, index, ty.bits())
    }

    /// Operand `index` as an integer of so many bits.
    pub fn read_bits(&self, ins: &Ins<'_>, index: usize, bits: u32) -> Result<IntValue<'ctx>, Diagnostic> {
        let operand = ins.operand(index)?;
        let to = self.emit.int_type(bits);
        Ok(self.resize(self.read_raw(ins, operand, bits)?, to.into()).into_int_value())
    }

    /// Operand `index` as a float of the type.
    pub fn read_float(
        &self,
        ins: &Ins<'_>,
        index: usize,
        ty: ScalarType,
    ) -> Result<FloatValue<'ctx>, Diagnostic> {
        Ok(self.read(ins, index, ty)?.into_float_value())
    }

    /// Operand `index` as a truth value.
    pub fn read_condition(&self, ins: &Ins<'_>, index: usize) -> Result<IntValue<'ctx>, Diagnostic> {
        match ins.operand(index)? {
            operand @ (Operand::Register(_) | Operand::Negated(_)) => Ok(self.read_predicate(operand)),
            Operand::Immediate(value) => Ok(self.emit.bool(value.bits() != 0)),
            _ => Err(ins.unsupported_operand(index)),
        }
    }

    /// A predicate register, perhaps negated.
    pub fn read_predicate(&self, operand: Operand) -> IntValue<'ctx> {
        match operand {
            Operand::Register(register) => {
                let slot = self.slot(register);
                let value = self.emit.load_slot(slot.ty, slot.pointer);
                match value {
                    Value::IntValue(bit) if bit.get_type().get_bit_width() == 1 => bit,
                    other => {
                        let bits = self.resize(other, self.emit.int_type(32).into()).into_int_value();
                        self.emit.icmp(inkwell::IntPredicate::NE, bits, self.emit.word(0))
                    }
                }
            }
            Operand::Negated(register) => {
                let value = self.read_predicate(Operand::Register(register));
                self.emit.not(value)
            }
            _ => self.emit.bool(false),
        }
    }

    /// Any operand as a value of the given type.
    pub fn read_operand(
        &self,
        ins: &Ins<'_>,
        operand: Operand,
        ty: ScalarType,
    ) -> Result<Value<'ctx>, Diagnostic> {
        if ty == ScalarType::Pred {
            return match operand {
                Operand::Immediate(value) => Ok(self.emit.bool(value.bits() != 0).into()),
                other => Ok(self.read_predicate(other).into()),
            };
        }
        if let Operand::Immediate(value) = operand {
            return Ok(self.constant(value, ty));
        }
        let raw = self.read_raw(ins, operand, ty.bits())?;
        Ok(self.resize(raw, self.llvm_type(ty)))
    }

    /// A constant in the type of the instruction.
    pub fn constant(&self, value: Immediate, ty: ScalarType) -> Value<'ctx> {
        let bits = match (value, ty) {
            (Immediate::F64(bits), ScalarType::F32) => {
                #[allow(clippy::cast_possible_truncation, reason = "rounding to the type is what PTX says")]
                let narrow = f64::from_bits(bits) as f32;
                u64::from(narrow.to_bits())
            }
            (Immediate::F32(bits), ScalarType::F64) => f64::from(f32::from_bits(bits)).to_bits(),
            (other, _) => other.bits(),
        };
        let as_int = self.emit.int(ty.bits(), bits);
        self.emit.bitcast(as_int.into(), self.llvm_type(ty))
    }

    /// The operand as its slot holds it; constants as integers of `bits`.
    pub fn read_raw(&self, ins: &Ins<'_>, operand: Operand, bits: u32) -> Result<Value<'ctx>, Diagnostic> {
        Ok(match operand {
            Operand::Register(register) => {
                let slot = self.slot(register);
                self.emit.load_slot(slot.ty, slot.pointer)
            }
            Operand::Immediate(value) => self.emit.int(bits, value.bits()).into(),
            Operand::Special { register, component } => special::read(self, ins, register, component)?,
            Operand::Symbol { symbol, offset } => {
                let pointer = self.address_of(symbol);
                let narrow = is_narrow(pointer.get_type());
                let offset = self.emit.int(if narrow { 32 } else { 64 }, offset.cast_unsigned());
                self.emit.offset(pointer, offset).into()
            }
            Operand::Negated(_) => self.read_predicate(operand).into(),
            _ => {
                return Err(Diagnostic::error(
                    ins.span,
                    format!("`{}`: this operand is not supported", ins.form.text),
                ));
            }
        })
    }

    /// The value as another type: bit casts, after narrowing or widening (by zeros) to its width.
    pub fn resize(&self, value: Value<'ctx>, to: BasicTypeEnum<'ctx>) -> Value<'ctx> {
        if value.get_type() == to {
            return value;
        }
        if let (Value::PointerValue(_), BasicTypeEnum::PointerType(_)) = (value, to) {
            return self.emit.bitcast(value, to);
        }
        let to_bits = bits_of(to);
        let from_bits = bits_of(value.get_type());
        if from_bits == to_bits {
            return self.emit.bitcast(value, to);
        }
        let as_int = self.emit.bitcast(value, self.emit.int_type(from_bits).into()).into_int_value();
        self.emit.bitcast(self.emit.zext_or_trunc(as_int, to_bits).into(), to)
    }

    /// Operands 1 and 2 as pointers, if the destination register was recovered as one: the arms of `selp`.
    pub fn read_pointers(&self, ins: &Ins<'_>) -> Option<(Value<'ctx>, Value<'ctx>)> {
        let Some(Operand::Register(register)) = ins.operands.first() else { return None };
        if !matches!(self.kind(*register), RegisterKind::Pointer(_)) {
            return None;
        }
        let ty = self.slot(*register).ty;
        let read = |index| -> Option<Value<'ctx>> {
            let raw = self.read_raw(ins, ins.operand(index).ok()?, 64).ok()?;
            Some(self.resize(raw, ty))
        };
        Some((read(1)?, read(2)?))
    }

    /// Operand 1 as a pointer of a 32-bit space, if it and the destination were recovered as such: `cvt.u32.u64` of a
    /// shared address.
    pub fn read_narrow_pointer(&self, ins: &Ins<'_>) -> Option<Value<'ctx>> {
        let (Operand::Register(to), Operand::Register(from)) = (ins.operands.first()?, ins.operands.get(1)?)
        else {
            return None;
        };
        match (self.kind(*to), self.kind(*from)) {
            (RegisterKind::Pointer(a), RegisterKind::Pointer(b))
                if a == b && matches!(a, PointerSpace::Shared | PointerSpace::Local) =>
            {
                let slot = self.slot(*from);
                Some(self.emit.load_slot(slot.ty, slot.pointer))
            }
            _ => None,
        }
    }

    /// What a store of `bits` takes from an operand: floats and pointers as they are, the rest as integers.
    pub fn read_stored(&self, ins: &Ins<'_>, operand: Operand, bits: u32) -> Result<Value<'ctx>, Diagnostic> {
        let raw = self.read_raw(ins, operand, bits)?;
        if bits_of(raw.get_type()) == bits && !raw.is_pointer_value() {
            return Ok(raw);
        }
        if let Value::PointerValue(pointer) = raw
            && bits == 64
            && !is_narrow(pointer.get_type())
        {
            return Ok(raw);
        }
        Ok(self.resize(raw, self.emit.int_type(bits).into()))
    }

    /// Writes the destination operand `index`; a narrower value is extended by the sign of `ty`.
    pub fn write(
        &self,
        ins: &Ins<'_>,
        index: usize,
        ty: ScalarType,
        value: impl Into<Value<'ctx>>,
    ) -> Lowered {
        let operand = ins.operand(index)?;
        self.write_operand(ins, operand, ty, value.into())
    }

    /// Writes any destination operand.
    pub fn write_operand(
        &self,
        ins: &Ins<'_>,
        operand: Operand,
        ty: ScalarType,
        value: Value<'ctx>,
    ) -> Lowered {
        match operand {
            Operand::Register(register) | Operand::Pair(Some(register), _) => {
                self.write_register(register, ty, value);
                Ok(())
            }
            Operand::Sink | Operand::Pair(None, _) => Ok(()),
            _ => Err(Diagnostic::error(
                ins.span,
                format!("`{}`: this destination is not supported", ins.form.text),
            )),
        }
    }

    /// Writes a register.
    pub fn write_register(&self, register: RegisterId, ty: ScalarType, value: Value<'ctx>) {
        let slot = self.slot(register);
        let (from, to) = (bits_of(value.get_type()), bits_of(slot.ty));
        let value = match value {
            Value::IntValue(narrow) if from < to && ty.is_signed() => {
                let wide = self.emit.sext_or_trunc(narrow, to);
                self.emit.bitcast(wide.into(), slot.ty)
            }
            other => self.resize(other, slot.ty),
        };
        self.emit.store_slot(slot.pointer, value);
    }
}

/// Width of a register-sized LLVM type in bits.
pub fn bits_of(ty: BasicTypeEnum<'_>) -> u32 {
    match ty {
        BasicTypeEnum::IntType(ty) => ty.get_bit_width(),
        BasicTypeEnum::FloatType(ty) => ty.get_bit_width(),
        BasicTypeEnum::PointerType(ty) if is_narrow(ty) => 32,
        BasicTypeEnum::VectorType(ty) => ty.get_size() * bits_of(ty.get_element_type()),
        _ => 64,
    }
}
