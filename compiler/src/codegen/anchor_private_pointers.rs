//! Writes pointers that walk through a variable in scratch as that variable and an offset.
//!
//! clang strength-reduces the index of a local array to a pointer that steps through it. LLVM's AMDGPU unroller goes out of
//! its way to unroll a loop that indexes an array in scratch, because the array can then live in registers, but it knows
//! such a loop only by an address that is a GEP on the `alloca` itself. Runs on slots already turned into values; holds
//! for a phi that reaches exactly one `alloca`, whatever is added to it: addresses of scratch have 32 bits and wrap.

use super::emitter::space;
use super::operands;
use inkwell::builder::Builder;
use inkwell::module::Module;
use inkwell::types::IntType;
use inkwell::values::{AsValueRef, InstructionOpcode, InstructionValue, IntValue, PhiValue, PointerValue};
use std::collections::HashMap;

const POSITIONED: &str = "the builder is positioned and the operands' types agree";

/// Rewrites every such phi of the module.
pub fn run(module: &Module<'_>) {
    let builder = module.get_context().create_builder();
    let phis: Vec<InstructionValue<'_>> = operands::instructions(module, InstructionOpcode::Phi)
        .into_iter()
        .filter(|phi| points_to_scratch(*phi))
        .collect();
    let roots = find_roots(&phis);
    let context = module.get_context();
    let (zero, bytes) = (context.i32_type().const_zero(), context.i8_type());
    let mut state = State { builder: &builder, zero, bytes, offsets: HashMap::new() };
    let walked: Vec<_> = phis
        .iter()
        .filter_map(|&phi| match roots.get(&key(phi)) {
            Some(Root::Variable(variable)) => Some((phi, *variable)),
            _ => None,
        })
        .collect();
    for (phi, _) in &walked {
        builder.position_before(phi);
        let offset = builder.build_phi(context.i32_type(), "").expect(POSITIONED);
        state.offsets.insert(key(*phi), offset.as_basic_value().into_int_value());
    }
    for (phi, _) in &walked {
        state.complete(*phi);
    }
    for (phi, variable) in walked {
        state.replace(phi, variable);
    }
}

fn key(instruction: InstructionValue<'_>) -> usize {
    instruction.as_value_ref() as usize
}

fn points_to_scratch(instruction: InstructionValue<'_>) -> bool {
    use inkwell::types::AnyTypeEnum;
    matches!(instruction.get_type(), AnyTypeEnum::PointerType(ty) if ty.get_address_space() == space::private())
}

/// Where a pointer leads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Root<'ctx> {
    /// Nothing seen yet.
    Unknown,
    /// One `alloca`.
    Variable(InstructionValue<'ctx>),
    /// Several, or somewhere else.
    Elsewhere,
}

/// The root of each phi: the largest solution, in which a cycle of phis has the root of what enters it.
fn find_roots<'ctx>(phis: &[InstructionValue<'ctx>]) -> HashMap<usize, Root<'ctx>> {
    let mut roots: HashMap<usize, Root<'ctx>> = phis.iter().map(|phi| (key(*phi), Root::Unknown)).collect();
    let mut more = true;
    while more {
        more = false;
        for &phi in phis {
            let incoming = PhiValue::try_from(phi).expect("phis were asked for");
            let joined = incoming.get_incomings().fold(Root::Unknown, |root, (value, _)| {
                let other = root_of(value.into_pointer_value(), &roots);
                match (root, other) {
                    (Root::Unknown, other) => other,
                    (root, Root::Unknown) => root,
                    (root, other) if root == other => root,
                    _ => Root::Elsewhere,
                }
            });
            more |= roots.insert(key(phi), joined) != Some(joined);
        }
    }
    roots
}

fn root_of<'ctx>(pointer: PointerValue<'ctx>, roots: &HashMap<usize, Root<'ctx>>) -> Root<'ctx> {
    let Some(instruction) = pointer.as_instruction() else { return Root::Elsewhere };
    match instruction.get_opcode() {
        InstructionOpcode::Alloca => Root::Variable(instruction),
        InstructionOpcode::Phi => roots.get(&key(instruction)).copied().unwrap_or(Root::Elsewhere),
        InstructionOpcode::GetElementPtr if distance(instruction).is_some() => {
            operands::pointer(instruction, 0).map_or(Root::Elsewhere, |base| root_of(base, roots))
        }
        _ => Root::Elsewhere,
    }
}

/// A GEP's 32-bit index and the bytes that one step of it moves by.
fn distance(gep: InstructionValue<'_>) -> Option<(IntValue<'_>, u64)> {
    let index = operands::int(gep, 1)?;
    let simple = gep.get_num_operands() == 2 && index.get_type().get_bit_width() == 32;
    simple.then_some((index, operands::step(gep)?))
}

struct State<'a, 'ctx> {
    builder: &'a Builder<'ctx>,
    zero: IntValue<'ctx>,
    bytes: IntType<'ctx>,
    /// Bytes from the variable, for each pointer seen.
    offsets: HashMap<usize, IntValue<'ctx>>,
}

impl<'ctx> State<'_, 'ctx> {
    /// Bytes from the variable to the pointer, computed where the pointer is.
    fn offset(&mut self, pointer: PointerValue<'ctx>) -> IntValue<'ctx> {
        let instruction = pointer.as_instruction().expect("a pointer with a root is an instruction");
        if let Some(&offset) = self.offsets.get(&key(instruction)) {
            return offset;
        }
        let offset = match distance(instruction) {
            Some((index, step)) if instruction.get_opcode() == InstructionOpcode::GetElementPtr => {
                let base = operands::pointer(instruction, 0).expect("a GEP has a base");
                let base = self.offset(base);
                self.builder.position_before(&instruction);
                let step = index.get_type().const_int(step, false);
                let bytes = self.builder.build_int_mul(index, step, "").expect(POSITIONED);
                self.builder.build_int_add(base, bytes, "").expect(POSITIONED)
            }
            _ => self.zero,
        };
        self.offsets.insert(key(instruction), offset);
        offset
    }

    /// Gives the offset's phi the offsets of what enters the pointer's.
    fn complete(&mut self, phi: InstructionValue<'ctx>) {
        let pointers = PhiValue::try_from(phi).expect("only phis are completed");
        let offset = self.offsets[&key(phi)].as_instruction().expect("the offset of a phi is a phi");
        let offset = PhiValue::try_from(offset).expect("the offset of a phi is a phi");
        for (value, block) in pointers.get_incomings() {
            let incoming = self.offset(value.into_pointer_value());
            offset.add_incoming(&[(&incoming, block)]);
        }
    }

    fn replace(&mut self, phi: InstructionValue<'ctx>, variable: InstructionValue<'ctx>) {
        let block = phi.get_parent().expect("the phi is in a block");
        let first = block.get_instructions().find(|other| other.get_opcode() != InstructionOpcode::Phi);
        self.builder.position_before(&first.expect("a block ends in a terminator"));
        let base = operands::pointer_result(variable);
        // SAFETY: without `inbounds` a GEP is plain arithmetic; the type of the base is a pointer.
        let made = unsafe { self.builder.build_gep(self.bytes, base, &[self.offsets[&key(phi)]], "") };
        let made = made.expect(POSITIONED).as_instruction().expect("the offset is no constant");
        phi.replace_all_uses_with(&made);
        phi.erase_from_basic_block();
    }
}
