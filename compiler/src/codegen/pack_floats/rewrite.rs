//! Writes the packs into the function, and takes the operations that they replace out.

use super::floats::{Floats, Id, Shape, Term, defining, id};
use super::schedule::{Item, Plan};
use super::search::Pack;
use crate::codegen::{llvm_ext, operands};
use inkwell::builder::Builder;
use inkwell::intrinsics::Intrinsic;
use inkwell::module::Module;
use inkwell::types::{FloatType, IntType, VectorType};
use inkwell::values::{
    BasicValue, BasicValueEnum, FloatValue, FunctionValue, InstructionOpcode, InstructionValue, PhiValue,
    VectorValue,
};
use std::collections::HashMap;

const POSITIONED: &str = "the builder is positioned and the operands' types agree";

/// Rewrites one function.
pub fn run<'ctx>(module: &Module<'ctx>, floats: &Floats<'ctx>, plan: &Plan<'ctx>) {
    let context = module.get_context();
    let builder = context.create_builder();
    let float = context.f32_type();
    let fma = Intrinsic::find("llvm.fma").expect("LLVM knows llvm.fma");
    let mut rewrite = Rewrite {
        floats,
        plan,
        builder: &builder,
        float,
        pair: float.vec_type(2),
        word: context.i32_type(),
        fma: fma.get_declaration(module, &[float.vec_type(2).into()]).expect("llvm.fma takes vectors"),
        lanes: plan
            .packs
            .iter()
            .enumerate()
            .flat_map(|(n, pack)| [(pack.low, (n, 0)), (pack.high, (n, 1))])
            .collect(),
        vectors: vec![None; plan.packs.len()],
        scalars: HashMap::new(),
    };
    rewrite.make_phis();
    for (block, items) in &plan.orders {
        rewrite.reorder(*block, items);
    }
    rewrite.complete_phis();
    for pack in &plan.packs {
        for half in [pack.low, pack.high] {
            floats.ops[&half].instruction.erase_from_basic_block();
        }
    }
}

struct Rewrite<'a, 'ctx> {
    floats: &'a Floats<'ctx>,
    plan: &'a Plan<'ctx>,
    builder: &'a Builder<'ctx>,
    float: FloatType<'ctx>,
    pair: VectorType<'ctx>,
    word: IntType<'ctx>,
    fma: FunctionValue<'ctx>,
    lanes: HashMap<Id, (usize, usize)>,
    /// The result of each pack, once made.
    vectors: Vec<Option<VectorValue<'ctx>>>,
    /// What stands for each operation that was packed.
    scalars: HashMap<Id, FloatValue<'ctx>>,
}

impl<'ctx> Rewrite<'_, 'ctx> {
    fn make_phis(&mut self) {
        for (number, pack) in self.plan.packs.iter().enumerate() {
            let (low, high) = (&self.floats.ops[&pack.low], &self.floats.ops[&pack.high]);
            if low.shape != Shape::Phi {
                continue;
            }
            self.builder.position_before(&low.instruction);
            let phi = self.builder.build_phi(self.pair, "").expect(POSITIONED);
            copy_flags(low.instruction, phi.as_instruction());
            let block = self.floats.blocks[low.block];
            let behind = block.get_instructions().find(|it| it.get_opcode() != InstructionOpcode::Phi);
            self.builder.position_before(&behind.expect("a block ends in a terminator"));
            let vector = phi.as_basic_value().into_vector_value();
            self.publish(number, vector, [low.instruction, high.instruction]);
        }
    }

    fn reorder(&mut self, block: usize, items: &[Item<'ctx>]) {
        let terminator = self.floats.blocks[block].get_terminator().expect("a block ends in a terminator");
        for item in items {
            self.builder.position_before(&terminator);
            match *item {
                Item::Single(instruction) => {
                    instruction.remove_from_basic_block();
                    self.builder.insert_instruction(&instruction, None);
                }
                Item::Packed(number) => self.make(number),
            }
        }
    }

    fn make(&mut self, number: usize) {
        let pack = self.plan.packs[number];
        let (low, high) = (&self.floats.ops[&pack.low], &self.floats.ops[&pack.high]);
        let operands: Vec<VectorValue<'ctx>> =
            (0..low.terms.len()).map(|index| self.operand(pack, index)).collect();
        let vector = match low.shape {
            Shape::Add => self.builder.build_float_add(operands[0], operands[1], "").expect(POSITIONED),
            Shape::Mul => self.builder.build_float_mul(operands[0], operands[1], "").expect(POSITIONED),
            Shape::Fma => {
                let arguments: Vec<_> = operands.into_iter().map(Into::into).collect();
                let call = self.builder.build_call(self.fma, &arguments, "").expect(POSITIONED);
                match call.try_as_basic_value() {
                    inkwell::values::ValueKind::Basic(BasicValueEnum::VectorValue(vector)) => vector,
                    _ => unreachable!("llvm.fma of vectors gives a vector"),
                }
            }
            Shape::Phi => unreachable!("phis are not ordered"),
        };
        if let Some(made) = vector.as_instruction_value() {
            copy_flags(low.instruction, made);
            made.set_debug_location(low.instruction.get_debug_location());
        }
        self.publish(number, vector, [low.instruction, high.instruction]);
    }

    /// Puts the halves of a vector in the place of two operations.
    fn publish(&mut self, number: usize, vector: VectorValue<'ctx>, halves: [InstructionValue<'ctx>; 2]) {
        self.vectors[number] = Some(vector);
        for (lane, half) in halves.into_iter().enumerate() {
            let scalar = self.extract(vector, lane);
            self.scalars.insert(id(&half), scalar);
            llvm_ext::replace_uses(half, scalar.into());
        }
    }

    fn complete_phis(&mut self) {
        for (number, &pack) in self.plan.packs.iter().enumerate() {
            let low = &self.floats.ops[&pack.low];
            if low.shape != Shape::Phi {
                continue;
            }
            let vector = self.vectors[number].expect("phis were made first");
            let made = vector.as_instruction().expect("a phi is an instruction");
            let made = PhiValue::try_from(made).expect("a phi was made");
            let old = PhiValue::try_from(low.instruction).expect("the operation is a phi");
            let incoming = self.floats.incoming(old).expect("the phi was an operation");
            for (index, (_, block)) in incoming.into_iter().enumerate() {
                self.builder.position_before(&block.get_terminator().expect("a block ends in a terminator"));
                let incoming = self.operand(pack, index);
                made.add_incoming(&[(&incoming, block)]);
            }
        }
    }

    /// Operand `index` of a pack as a vector.
    fn operand(&self, pack: Pack, index: usize) -> VectorValue<'ctx> {
        let (low, high) = (&self.floats.ops[&pack.low], &self.floats.ops[&pack.high]);
        let other = if pack.swapped && index < 2 { 1 - index } else { index };
        let (a, b) = (low.terms[index], high.terms[other]);
        if a.negated != b.negated {
            let half = |term: Term<'ctx>| {
                let scalar = self.scalar(term);
                if term.negated {
                    self.builder.build_float_neg(scalar, "").expect(POSITIONED)
                } else {
                    scalar
                }
            };
            return self.join(half(a), half(b));
        }
        let vector = self.positive(a, b);
        if a.negated { self.builder.build_float_neg(vector, "").expect(POSITIONED) } else { vector }
    }

    fn positive(&self, a: Term<'ctx>, b: Term<'ctx>) -> VectorValue<'ctx> {
        if let (Some(&(x, low)), Some(&(y, high))) = (self.lanes.get(&a.id), self.lanes.get(&b.id))
            && x == y
        {
            let vector = self.vectors[x].expect("operands are made before their users");
            return if (low, high) == (0, 1) { vector } else { self.shuffle(vector, low, high) };
        }
        if let (Some(x), Some(y)) = (self.floats.neighbours.get(&a.id), self.floats.neighbours.get(&b.id))
            && x.is_vector
            && x.group == y.group
            && a.id != b.id
        {
            let element = defining(&a.value).expect("elements are instructions");
            if let Some(BasicValueEnum::VectorValue(vector)) = operands::value(element, 0) {
                let index = |place: i64| usize::try_from(place).expect("indices are not negative");
                return self.shuffle(vector, index(x.index), index(y.index));
            }
        }
        self.join(self.scalar(a), self.scalar(b))
    }

    /// A term without its sign.
    fn scalar(&self, term: Term<'ctx>) -> FloatValue<'ctx> {
        self.scalars.get(&term.id).copied().unwrap_or(term.value)
    }

    fn shuffle(&self, vector: VectorValue<'ctx>, low: usize, high: usize) -> VectorValue<'ctx> {
        let index = |lane: usize| self.word.const_int(lane as u64, false);
        let mask = VectorType::const_vector(&[index(low), index(high)]);
        let poison = vector.get_type().get_poison();
        self.builder.build_shuffle_vector(vector, poison, mask, "").expect(POSITIONED)
    }

    fn extract(&self, vector: VectorValue<'ctx>, lane: usize) -> FloatValue<'ctx> {
        let index = self.word.const_int(lane as u64, false);
        self.builder.build_extract_element(vector, index, "").expect(POSITIONED).into_float_value()
    }

    fn join(&self, low: FloatValue<'ctx>, high: FloatValue<'ctx>) -> VectorValue<'ctx> {
        debug_assert_eq!(low.get_type(), self.float);
        let index = |lane| self.word.const_int(lane, false);
        let half = self.builder.build_insert_element(self.pair.get_poison(), low, index(0), "");
        let half = half.expect(POSITIONED);
        if id(&low) == id(&high) {
            return self.shuffle(half, 0, 0);
        }
        self.builder.build_insert_element(half, high, index(1), "").expect(POSITIONED)
    }
}

fn copy_flags(from: InstructionValue<'_>, to: InstructionValue<'_>) {
    if let Ok(flags) = from.get_fast_math_flags() {
        // A constant result is no instruction with flags: nothing to set.
        let _ = to.set_fast_math_flags(flags);
    }
}
