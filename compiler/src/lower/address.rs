//! Addresses: of symbols, and of `[base+offset]` operands, as LLVM pointers in the right address space.

use super::function::FunctionLowering;
use super::instruction::Ins;
use crate::codegen::emitter::{Access, Value, is_narrow, space};
use inkwell::AddressSpace;
use inkwell::values::PointerValue;
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::StateSpace;
use ptx_frontend::module::{AddressBase, FunctionKind, Operand, Symbol};

/// The LLVM address space of accesses to a PTX state space; `None` is generic.
pub fn native_space(space: Option<StateSpace>, kind: FunctionKind) -> AddressSpace {
    match space.map(StateSpace::base) {
        Some(StateSpace::Global) => space::global(),
        Some(StateSpace::Shared | StateSpace::SharedCluster) => space::shared(),
        Some(StateSpace::Const) => space::constant(),
        Some(StateSpace::Local) => space::private(),
        Some(StateSpace::Param) if kind == FunctionKind::Kernel => space::constant(),
        Some(StateSpace::Param) => space::private(),
        _ => space::flat(),
    }
}

impl<'a, 'ctx> FunctionLowering<'a, 'ctx> {
    /// The address of a symbol in its own state space.
    pub fn address_of(&self, symbol: Symbol) -> PointerValue<'ctx> {
        match symbol {
            Symbol::Variable(id) => match self.module.managed_pointer(id) {
                Some(pointer) => self.managed_address(pointer),
                None => self.module.variable(id),
            },
            Symbol::Local(id) => self.locals[id.index()],
            Symbol::Parameter(id) => self.parameters[id.index()],
            Symbol::Return(id) => self.returns[id.index()],
            Symbol::Function(id) => self.module.function_pointer(id),
        }
    }

    /// Where a managed variable lies: written by the runtime before any kernel of the module runs.
    fn managed_address(&self, pointer: PointerValue<'ctx>) -> PointerValue<'ctx> {
        let ty = self.emit.pointer_type(space::global());
        let access = Access { alignment: 8, invariant: true, ..Access::default() };
        self.emit.load(ty.into(), pointer, access).into_pointer_value()
    }

    /// The address operand `index` as a pointer for an access to `state_space` (`None`: generic).
    pub fn address(
        &self,
        ins: &Ins<'_>,
        index: usize,
        state_space: Option<StateSpace>,
    ) -> Result<PointerValue<'ctx>, Diagnostic> {
        let operand = ins.operand(index)?;
        let Operand::Address { base, offset } = operand else { return Err(ins.unsupported_operand(index)) };
        let mut wanted = native_space(state_space, self.function.kind);
        let pointer = match base {
            AddressBase::Symbol(symbol) => {
                let pointer = self.address_of(symbol);
                // A parameter of a call that a kernel makes is the kernel's own scratch, whatever the space is called.
                if state_space.map(StateSpace::base) == Some(StateSpace::Param) {
                    wanted = pointer.get_type().get_address_space();
                }
                pointer
            }
            AddressBase::Register(register) => {
                let slot = self.slot(register);
                match self.emit.load_slot(slot.ty, slot.pointer) {
                    Value::PointerValue(pointer) => pointer,
                    value => {
                        let target = self.emit.pointer_type(wanted);
                        let bits = if is_narrow(target) { 32 } else { 64 };
                        let address = self.resize(value, self.emit.int_type(bits).into()).into_int_value();
                        self.emit.int_to_pointer(address, target)
                    }
                }
            }
            AddressBase::Absolute => {
                let target = self.emit.pointer_type(wanted);
                self.emit.int_to_pointer(self.emit.int(64, 0), target)
            }
        };
        let pointer = match self.emit.space_cast_any(pointer, wanted) {
            Value::PointerValue(pointer) => pointer,
            _ => return Err(ins.unsupported_operand(index)),
        };
        if offset == 0 {
            return Ok(pointer);
        }
        let bits = if is_narrow(pointer.get_type()) { 32 } else { 64 };
        Ok(self.emit.offset(pointer, self.emit.int(bits, offset.cast_unsigned())))
    }
}
