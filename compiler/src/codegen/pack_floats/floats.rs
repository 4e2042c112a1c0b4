//! What a function computes in f32: its operations with their operands, and where values come from that lie in pairs.

use crate::codegen::operands;
use inkwell::basic_block::BasicBlock;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{
    AsValueRef, BasicValue, BasicValueEnum, FastMathFlags, FloatValue, FunctionValue, InstructionOpcode,
    InstructionValue, PhiValue,
};
use std::collections::HashMap;

/// A value, by its address in LLVM.
pub type Id = usize;

/// The identity of a value.
pub fn id(value: &impl AsValueRef) -> Id {
    value.as_value_ref() as Id
}

/// What an operation does. A subtraction is an addition with a negated operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Add,
    Mul,
    Fma,
    Phi,
}

/// An operand, with its negation taken off.
#[derive(Debug, Clone, Copy)]
pub struct Term<'ctx> {
    pub value: FloatValue<'ctx>,
    pub id: Id,
    pub negated: bool,
}

impl<'ctx> Term<'ctx> {
    fn of(value: FloatValue<'ctx>) -> Self {
        let negation = value.as_instruction().filter(|it| it.get_opcode() == InstructionOpcode::FNeg);
        match negation.and_then(|it| operands::float(it, 0)) {
            Some(inner) => {
                let inner = Self::of(inner);
                Self { negated: !inner.negated, ..inner }
            }
            None => Self { value, id: id(&value), negated: false },
        }
    }

    pub fn is_constant(&self) -> bool {
        self.value.is_const()
    }
}

/// An operation that could be half of a packed one.
#[derive(Debug, Clone)]
pub struct Op<'ctx> {
    pub instruction: InstructionValue<'ctx>,
    /// Index into `Floats::blocks`.
    pub block: usize,
    /// Place within the block.
    pub position: usize,
    pub shape: Shape,
    pub flags: Option<FastMathFlags>,
    /// Operands; of a phi by predecessor, in one order for all phis of a block.
    pub terms: Vec<Term<'ctx>>,
}

/// Where a value lies next to another: the `index`th f32 of some vector or some place in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Neighbour {
    /// Equal for values of the same vector or the same run of loads.
    pub group: (Id, usize),
    pub index: i64,
    /// The vector register that can be used whole.
    pub is_vector: bool,
}

/// The facts.
pub struct Floats<'ctx> {
    /// The blocks that are reached, each behind those that dominate it.
    pub blocks: Vec<BasicBlock<'ctx>>,
    numbers: HashMap<BasicBlock<'ctx>, usize>,
    pub ops: HashMap<Id, Op<'ctx>>,
    /// Non-phi operations of each block in order.
    pub order: Vec<Vec<Id>>,
    /// The operations that use a value, in order, with the operand's index.
    pub users: HashMap<Id, Vec<(Id, usize, bool)>>,
    pub neighbours: HashMap<Id, Neighbour>,
    /// The place of every instruction.
    pub positions: HashMap<Id, (usize, usize)>,
}

impl<'ctx> Floats<'ctx> {
    /// Gathers the facts of a function; of a declaration there are none.
    pub fn of(function: FunctionValue<'ctx>) -> Self {
        let blocks = reached(function);
        let mut floats = Self {
            order: vec![Vec::new(); blocks.len()],
            numbers: blocks.iter().enumerate().map(|(number, &block)| (block, number)).collect(),
            blocks,
            ops: HashMap::new(),
            users: HashMap::new(),
            neighbours: HashMap::new(),
            positions: HashMap::new(),
        };
        for block in 0..floats.blocks.len() {
            for (position, instruction) in floats.blocks[block].get_instructions().enumerate() {
                floats.positions.insert(id(&instruction), (block, position));
                floats.add(block, position, instruction);
            }
        }
        floats
    }

    fn add(&mut self, block: usize, position: usize, instruction: InstructionValue<'ctx>) {
        if let Some(neighbour) = neighbour(instruction, block) {
            self.neighbours.insert(id(&instruction), neighbour);
        }
        let Some((shape, terms)) = self.operation(instruction) else { return };
        let own = id(&instruction);
        for (index, term) in terms.iter().enumerate() {
            self.users.entry(term.id).or_default().push((own, index, term.negated));
        }
        if shape != Shape::Phi {
            self.order[block].push(own);
        }
        let flags = instruction.get_fast_math_flags().ok();
        self.ops.insert(own, Op { instruction, block, position, shape, flags, terms });
    }

    /// An instruction as an operation.
    fn operation(&self, instruction: InstructionValue<'ctx>) -> Option<(Shape, Vec<Term<'ctx>>)> {
        let inkwell::types::AnyTypeEnum::FloatType(ty) = instruction.get_type() else { return None };
        if ty.get_bit_width() != 32 {
            return None;
        }
        let term = |index| operands::float(instruction, index).map(Term::of);
        let binary = || Some(vec![term(0)?, term(1)?]);
        Some(match instruction.get_opcode() {
            InstructionOpcode::FAdd => (Shape::Add, binary()?),
            InstructionOpcode::FSub => {
                let mut terms = binary()?;
                terms[1].negated = !terms[1].negated;
                (Shape::Add, terms)
            }
            InstructionOpcode::FMul if !is_fused_later(instruction) => (Shape::Mul, binary()?),
            InstructionOpcode::Call if is_fma(instruction) => {
                (Shape::Fma, vec![term(0)?, term(1)?, term(2)?])
            }
            InstructionOpcode::Phi => {
                let incoming = self.incoming(PhiValue::try_from(instruction).ok()?)?;
                let terms = incoming.iter().map(|(value, _)| Term::of(value.into_float_value())).collect();
                (Shape::Phi, terms)
            }
            _ => return None,
        })
    }

    /// What enters a phi, by predecessor: in one order for all phis of a block, whatever LLVM's addresses are.
    pub fn incoming(&self, phi: PhiValue<'ctx>) -> Option<Vec<(BasicValueEnum<'ctx>, BasicBlock<'ctx>)>> {
        let mut incoming: Vec<_> = phi.get_incomings().collect();
        if !incoming.iter().all(|(_, block)| self.numbers.contains_key(block)) {
            return None;
        }
        incoming.sort_by_key(|(_, block)| self.numbers[block]);
        let is_clear = incoming.windows(2).all(|two| two[0].1 != two[1].1);
        is_clear.then_some(incoming)
    }
}

fn successors(block: BasicBlock<'_>) -> Vec<BasicBlock<'_>> {
    let operands = block.get_terminator().into_iter().flat_map(|it| it.get_operands().collect::<Vec<_>>());
    operands.flatten().filter_map(|operand| operand.block()).collect()
}

/// The blocks reached from the entry, in reverse post-order.
fn reached(function: FunctionValue<'_>) -> Vec<BasicBlock<'_>> {
    let Some(entry) = function.get_first_basic_block() else { return Vec::new() };
    let mut seen = std::collections::HashSet::from([entry]);
    let mut stack = vec![(entry, successors(entry))];
    let mut order = Vec::new();
    while let Some((block, left)) = stack.last_mut() {
        match left.pop() {
            Some(next) => {
                if seen.insert(next) {
                    let after = successors(next);
                    stack.push((next, after));
                }
            }
            None => {
                order.push(*block);
                stack.pop();
            }
        }
    }
    order.reverse();
    order
}

fn is_fma(call: InstructionValue<'_>) -> bool {
    let callee = call.get_num_operands().checked_sub(1).and_then(|last| operands::pointer(call, last));
    callee.is_some_and(|callee| callee.get_name().to_bytes() == b"llvm.fma.f32")
}

/// Whether code generation may fuse a product with the sum that it goes into, which is worth more than a pair.
fn is_fused_later(product: InstructionValue<'_>) -> bool {
    let contracts = |it: InstructionValue<'_>| {
        it.get_fast_math_flags().is_ok_and(|flags| flags.contains(FastMathFlags::AllowContract))
    };
    operands::users(product).any(|user| {
        let is_sum = matches!(user.get_opcode(), InstructionOpcode::FAdd | InstructionOpcode::FSub);
        is_sum && contracts(user) && contracts(product)
    })
}

/// Which neighbours an element of a vector or a loaded value has.
fn neighbour(instruction: InstructionValue<'_>, block: usize) -> Option<Neighbour> {
    match instruction.get_opcode() {
        InstructionOpcode::ExtractElement => {
            let BasicValueEnum::VectorValue(vector) = operands::value(instruction, 0)? else { return None };
            let BasicTypeEnum::FloatType(ty) = vector.get_type().get_element_type() else { return None };
            let index = operands::int(instruction, 1)?.get_zero_extended_constant()?;
            let index = i64::try_from(index).ok().filter(|_| ty.get_bit_width() == 32)?;
            Some(Neighbour { group: (id(&vector), 0), index, is_vector: true })
        }
        InstructionOpcode::Load => {
            let inkwell::types::AnyTypeEnum::FloatType(ty) = instruction.get_type() else { return None };
            let plain = ty.get_bit_width() == 32
                && instruction.get_volatile() == Ok(false)
                && instruction.get_atomic_ordering() == Ok(inkwell::AtomicOrdering::NotAtomic);
            if !plain {
                return None;
            }
            let mut pointer = operands::pointer(instruction, 0)?;
            let mut offset = 0_i64;
            while let Some(gep) = pointer.as_instruction() {
                if gep.get_opcode() != InstructionOpcode::GetElementPtr || gep.get_num_operands() != 2 {
                    break;
                }
                let Some(index) = operands::int(gep, 1).and_then(|it| it.get_sign_extended_constant()) else {
                    break;
                };
                let step = i64::try_from(operands::step(gep)?).ok()?;
                offset = offset.checked_add(index.checked_mul(step)?)?;
                pointer = operands::pointer(gep, 0)?;
            }
            let group = (id(&pointer), block + 1);
            (offset % 4 == 0).then_some(Neighbour { group, index: offset / 4, is_vector: false })
        }
        _ => None,
    }
}

/// The instruction of a value, if it has one.
pub fn defining<'ctx>(value: &FloatValue<'ctx>) -> Option<InstructionValue<'ctx>> {
    value.as_instruction_value()
}
