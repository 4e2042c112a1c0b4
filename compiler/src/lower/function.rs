//! Lowers one function's body: registers become slots, blocks become blocks, each instruction goes to its chapter.
//!
//! Before: a checked PTX function and the answers of the passes about it. After: an LLVM function that verifies, with
//! every register in a scratch slot that LLVM's `mem2reg` removes. What cannot be lowered is a located error; all
//! errors of a function are collected.

use super::instruction::{self, Ins};
use super::module::ModuleLowering;
use crate::codegen::emitter::{Emitter, Value, space};
use crate::passes::recover_pointers::{PointerSpace, RegisterKind};
use inkwell::basic_block::BasicBlock;
use inkwell::types::{BasicType, BasicTypeEnum};
use inkwell::values::{FunctionValue, IntValue, PointerValue};
use ptx_frontend::isa::{Opcode, StateSpace};
use ptx_frontend::module::{
    BlockId, Function, FunctionId, FunctionKind, Instruction, Operand, Parameter, RegisterId, SourceLocation,
};
use ptx_frontend::{Diagnostic, Span};
use wavefold_formats::note::WarpMapping;

/// What lowering an instruction gives.
pub type Lowered = Result<(), Diagnostic>;

/// The slot of a register.
#[derive(Clone, Copy)]
pub struct Slot<'ctx> {
    /// Its address in scratch.
    pub pointer: PointerValue<'ctx>,
    /// What LLVM type it holds.
    pub ty: BasicTypeEnum<'ctx>,
}

/// The state of lowering one function.
pub struct FunctionLowering<'a, 'ctx> {
    /// The module being lowered.
    pub module: &'a ModuleLowering<'a, 'ctx>,
    /// The builder, positioned where the next instruction goes.
    pub emit: Emitter<'a, 'ctx>,
    /// The PTX function.
    pub function: &'a Function,
    /// Its number.
    pub id: FunctionId,
    /// The LLVM function.
    pub value: FunctionValue<'ctx>,
    /// How warps lie in wavefronts here.
    pub mapping: WarpMapping,
    /// Whether the mode register flushes f32 denormals while this function runs.
    pub flushes: bool,
    /// What each register holds, by `recover_pointers`.
    kinds: &'a [RegisterKind],
    blocks: Vec<BasicBlock<'ctx>>,
    slots: Vec<Option<Slot<'ctx>>>,
    /// Addresses of the function's own variables, in their native spaces.
    pub locals: Vec<PointerValue<'ctx>>,
    /// Addresses of the parameters.
    pub parameters: Vec<PointerValue<'ctx>>,
    /// Addresses of the return parameters.
    pub returns: Vec<PointerValue<'ctx>>,
    /// The lane of the wavefront, 0 to 63, computed once in the entry block.
    pub lane: IntValue<'ctx>,
    /// `%tid` by component, computed in the entry block.
    pub thread: [IntValue<'ctx>; 3],
    /// The carry flag of `add.cc` and its kin.
    carry: Option<PointerValue<'ctx>>,
    entry: BasicBlock<'ctx>,
    ones: std::cell::Cell<Option<IntValue<'ctx>>>,
}

/// Lowers the body of function `id` into `value`; gives every complaint.
pub fn lower_body<'a, 'ctx>(
    module: &'a ModuleLowering<'a, 'ctx>,
    id: FunctionId,
    value: FunctionValue<'ctx>,
) -> Vec<Diagnostic> {
    let function = &module.source.functions[id.index()];
    let emit = Emitter::new(module.context, &module.llvm);
    if let Some(lines) = &module.lines {
        lines.describe(module.source, function, value);
    }
    let entry = module.context.append_basic_block(value, "entry");
    emit.position_at_end(entry);
    let zero = emit.word(0);
    let mut lowering = FunctionLowering {
        module,
        function,
        id,
        value,
        mapping: module.facts.mapping(id),
        flushes: module.facts.flushes(id),
        kinds: &module.facts.registers[id.index()],
        blocks: Vec::new(),
        slots: vec![None; function.register_count()],
        locals: Vec::new(),
        parameters: Vec::new(),
        returns: Vec::new(),
        lane: zero,
        thread: [zero; 3],
        carry: None,
        entry,
        ones: std::cell::Cell::new(None),
        emit,
    };
    lowering.lower()
}

impl<'a, 'ctx> FunctionLowering<'a, 'ctx> {
    fn lower(&mut self) -> Vec<Diagnostic> {
        let mut errors = Vec::new();
        self.locate(self.function.locations.first().map(|mark| mark.location), self.function.span);
        super::kernel::read_identity(self);
        if let Err(error) = self.declare() {
            errors.push(error);
            self.emit.unreachable();
            return errors;
        }
        let entry_end = super::kernel::leave_upper_half(self);
        for (index, block) in self.function.blocks.iter().enumerate() {
            let name =
                block.label.map_or(String::new(), |label| self.module.source.name(label).replace('$', ""));
            let name = if name.is_empty() { format!("block{index}") } else { name };
            self.blocks.push(self.module.context.append_basic_block(self.value, &name));
        }
        self.emit.position_at_end(entry_end);
        super::partial_barrier::begin(self);
        match self.blocks.first() {
            Some(&first) => self.emit.jump(first),
            None => self.leave(),
        }
        for index in 0..self.function.blocks.len() {
            self.lower_block(index, &mut errors);
        }
        errors
    }

    fn lower_block(&mut self, index: usize, errors: &mut Vec<Diagnostic>) {
        self.emit.position_at_end(self.blocks[index]);
        let id = BlockId(u32::try_from(index).expect("block numbers have 32 bits"));
        let start = self.function.blocks[index].start;
        for (number, instruction) in (start..).zip(self.function.instructions_of(id)) {
            self.locate_instruction(number, instruction.span);
            if self.emit.is_terminated() {
                let dead = self.emit.new_block("dead");
                self.emit.position_at_end(dead);
            }
            if let Err(error) = self.lower_guarded(instruction) {
                errors.push(error);
            }
        }
        if !self.emit.is_terminated() {
            match self.blocks.get(index + 1) {
                Some(&next) => self.emit.jump(next),
                None => self.leave(),
            }
        }
    }

    /// From here on, instructions come from `place`, or from `span` if the PTX's own lines are kept.
    fn locate(&self, place: Option<SourceLocation>, span: Span) {
        if let Some(lines) = &self.module.lines {
            let location = lines.location(self.module.source, self.function, self.value, place, span.start);
            self.emit.set_location(location);
        }
    }

    /// A `.loc` holds until the next one.
    fn locate_instruction(&self, number: u32, span: Span) {
        if self.module.lines.is_some() {
            let marks = &self.function.locations;
            let behind = marks.partition_point(|mark| mark.instruction <= number);
            self.locate(behind.checked_sub(1).map(|last| marks[last].location), span);
        }
    }

    /// `@p` in front: a branch around the instruction, which LLVM turns into a select where that is better.
    fn lower_guarded(&mut self, instruction: &Instruction) -> Lowered {
        let ins = Ins {
            form: self.module.source.form(instruction.form),
            operands: self.function.operands_of(instruction),
            spans: self.function.operand_spans_of(instruction),
            span: instruction.span,
        };
        let Some(guard) = instruction.guard else { return instruction::lower(self, &ins) };
        let mut condition = self.read_predicate(Operand::Register(guard.register));
        if guard.negated {
            condition = self.emit.not(condition);
        }
        let behind = self.emit.new_block("behind");
        if ins.form.opcode == Opcode::Bra
            && let Some(Operand::Block(target)) = ins.operands.last()
        {
            self.emit.branch(condition, self.blocks[target.index()], behind);
            self.emit.position_at_end(behind);
            return Ok(());
        }
        let guarded = self.emit.new_block("guarded");
        self.emit.branch(condition, guarded, behind);
        self.emit.position_at_end(guarded);
        let result = instruction::lower(self, &ins);
        if !self.emit.is_terminated() {
            self.emit.jump(behind);
        }
        self.emit.position_at_end(behind);
        result
    }

    /// Makes slots for registers and memory for variables, all in the entry block.
    fn declare(&mut self) -> Lowered {
        for (index, kind) in self.kinds.iter().enumerate() {
            let Some(ty) = self.slot_type(*kind) else { continue };
            let pointer = self.emit.alloca(ty, alignment_of(ty), "");
            self.slots[index] = Some(Slot { pointer, ty });
        }
        let flag = self.module.context.bool_type();
        let carry = self.emit.alloca(flag.into(), 1, "");
        self.emit.store_slot(carry, flag.const_zero().into());
        self.carry = Some(carry);
        super::kernel::bind_parameters(self)?;
        for variable in &self.function.variables {
            let pointer = match variable.space.base() {
                StateSpace::Local | StateSpace::Param | StateSpace::Reg => {
                    let bytes = u32::try_from(variable.size).map_err(|_| {
                        Diagnostic::error(variable.span, "a local variable of 4 GiB or more is not supported")
                    })?;
                    let ty = self.module.context.i8_type().array_type(bytes);
                    self.emit.alloca(ty.into(), variable.alignment.max(8), "")
                }
                _ => self.module.define_variable(self.function, variable)?,
            };
            self.locals.push(pointer);
        }
        Ok(())
    }

    fn slot_type(&self, kind: RegisterKind) -> Option<BasicTypeEnum<'ctx>> {
        Some(match kind {
            RegisterKind::Unused => return None,
            RegisterKind::Predicate => self.module.context.bool_type().into(),
            RegisterKind::Integer(bits) => self.emit.int_type(bits).into(),
            RegisterKind::Float(bits) => self.emit.float_type(bits).into(),
            RegisterKind::Pointer(pointer) => self.emit.pointer_type(address_space(pointer)).into(),
        })
    }

    /// A slot for a value that a lowering needs across blocks.
    pub fn temporary(&self, ty: BasicTypeEnum<'ctx>) -> PointerValue<'ctx> {
        let here = self.emit.block();
        self.emit.position_at_start(self.entry);
        let slot = self.emit.alloca(ty, alignment_of(ty), "");
        self.emit.position_at_end(here);
        slot
    }

    /// -1 in a scalar register, made once. LLVM does not know it, and so cannot take a select of it and zero for a sign
    /// extension, which it would do on the vector unit.
    pub fn scalar_ones(&self) -> IntValue<'ctx> {
        self.ones.get().unwrap_or_else(|| {
            let here = self.emit.block();
            self.emit.position_at_start(self.entry);
            let word = self.emit.int_type(32).into();
            let ones = self.emit.assembly("s_mov_b32 $0, -1", "=s", word, &[]).into_int_value();
            self.emit.position_at_end(here);
            self.ones.set(Some(ones));
            ones
        })
    }

    /// The carry flag.
    pub fn read_carry(&self) -> IntValue<'ctx> {
        let slot = self.carry.expect("every function has a carry flag");
        self.emit.load_slot(self.module.context.bool_type().into(), slot).into_int_value()
    }

    /// Sets the carry flag.
    pub fn write_carry(&self, carry: IntValue<'ctx>) {
        let slot = self.carry.expect("every function has a carry flag");
        self.emit.store_slot(slot, carry.into());
    }

    /// Whether somebody looks at a register's bits, rather than computing with it in flushing f32 arithmetic.
    pub fn bits_are_seen(&self, register: RegisterId) -> bool {
        self.module.facts.bits_are_seen(self.id, register)
    }

    /// Calls a function of the device library, declaring it on first use.
    pub fn library(&self, name: &str, arguments: &[Value<'ctx>], result: BasicTypeEnum<'ctx>) -> Value<'ctx> {
        self.library_call(name, arguments, Some(result)).expect("the function gives a value")
    }

    /// The same for functions that need not give a value.
    pub fn library_call(
        &self,
        name: &str,
        arguments: &[Value<'ctx>],
        result: Option<BasicTypeEnum<'ctx>>,
    ) -> Option<Value<'ctx>> {
        let function = self.module.llvm.get_function(name).unwrap_or_else(|| {
            let parameters: Vec<_> = arguments.iter().map(|argument| argument.get_type().into()).collect();
            let ty = match result {
                Some(result) => result.fn_type(&parameters, false),
                None => self.module.context.void_type().fn_type(&parameters, false),
            };
            self.module.llvm.add_function(name, ty, None)
        });
        self.emit.call(function, arguments)
    }

    /// The same for a function that gives nothing.
    pub fn library_void(&self, name: &str, arguments: &[Value<'ctx>]) {
        let function = self.module.llvm.get_function(name).unwrap_or_else(|| {
            let parameters: Vec<_> = arguments.iter().map(|argument| argument.get_type().into()).collect();
            let ty = self.module.context.void_type().fn_type(&parameters, false);
            self.module.llvm.add_function(name, ty, None)
        });
        self.emit.call(function, arguments);
    }

    /// The slot of a register.
    pub fn slot(&self, register: RegisterId) -> Slot<'ctx> {
        self.slots[register.index()].expect("a register that occurs has a slot")
    }

    /// What a register holds.
    pub fn kind(&self, register: RegisterId) -> RegisterKind {
        self.kinds[register.index()]
    }

    /// The LLVM block of a PTX block.
    pub fn target(&self, block: BlockId) -> BasicBlock<'ctx> {
        self.blocks[block.index()]
    }

    /// Ends the function: `ret`, or falling off its end.
    pub fn leave(&self) {
        if self.function.kind == FunctionKind::Kernel {
            super::barrier_exits::leave(self);
        }
        let exits = self.module.exits(self.id);
        if self.function.kind == FunctionKind::Kernel || (self.function.returns.is_empty() && !exits) {
            self.emit.ret(None);
            return;
        }
        let mut values: Vec<Value<'ctx>> = self
            .returns
            .iter()
            .zip(&self.function.returns)
            .map(|(&pointer, parameter)| {
                let ty = self.module.passed_type(parameter);
                match parameter.register {
                    Some(register) => {
                        let slot = self.slot(register);
                        self.resize(self.emit.load_slot(slot.ty, slot.pointer), ty)
                    }
                    None => self.emit.load_slot(ty, pointer),
                }
            })
            .collect();
        if exits {
            values.push(self.emit.word(0).into());
        }
        self.emit.ret(Some(self.module.pack_returns(&self.emit, &values)));
    }

    /// Ends the thread: a kernel returns, a device function tells its caller to do the same.
    pub fn exit(&self) {
        if self.function.kind == FunctionKind::Kernel {
            return self.leave();
        }
        let nothing = |parameter: &Parameter| self.module.passed_type(parameter).const_zero();
        let mut values: Vec<Value<'ctx>> = self.function.returns.iter().map(nothing).collect();
        values.push(self.emit.word(1).into());
        self.emit.ret(Some(self.module.pack_returns(&self.emit, &values)));
    }
}

/// The LLVM address space of a recovered pointer.
pub fn address_space(pointer: PointerSpace) -> inkwell::AddressSpace {
    match pointer {
        PointerSpace::Flat => space::flat(),
        PointerSpace::Global => space::global(),
        PointerSpace::Shared => space::shared(),
        PointerSpace::Constant => space::constant(),
        PointerSpace::Local => space::private(),
    }
}

fn alignment_of(ty: BasicTypeEnum<'_>) -> u32 {
    match ty {
        BasicTypeEnum::IntType(ty) => ty.get_bit_width().div_ceil(8).next_power_of_two(),
        BasicTypeEnum::FloatType(_) => 4,
        _ => 8,
    }
}
