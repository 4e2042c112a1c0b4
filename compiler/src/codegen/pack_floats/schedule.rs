//! Orders the instructions of each block so that both halves of a pack come before what uses either.
//!
//! A pack stands where the later half stood, so users of the earlier half move behind it. Loads, stores, calls with effects
//! and everything else that is not plain arithmetic keep their order. A pack that allows no order is given up.

use super::floats::{Floats, Id, Shape, id};
use super::search::Pack;
use crate::codegen::operands;
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::values::{BasicValue, CallSiteValue, InstructionOpcode, InstructionValue};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// A place in the new order of a block.
#[derive(Debug, Clone, Copy)]
pub enum Item<'ctx> {
    /// An instruction as it is.
    Single(InstructionValue<'ctx>),
    /// A pack, by number.
    Packed(usize),
}

/// What to write.
pub struct Plan<'ctx> {
    pub packs: Vec<Pack>,
    /// For each block that holds packs other than phis, its instructions between the phis and the terminator.
    pub orders: Vec<(usize, Vec<Item<'ctx>>)>,
}

/// Orders the blocks, and drops the packs that stand in the way.
pub fn run<'ctx>(floats: &Floats<'ctx>, packs: Vec<Pack>) -> Plan<'ctx> {
    let mut packs = packs;
    loop {
        let lanes: HashMap<Id, usize> =
            packs.iter().enumerate().flat_map(|(n, pack)| [(pack.low, n), (pack.high, n)]).collect();
        let mut blocks: Vec<usize> = packs
            .iter()
            .map(|pack| &floats.ops[&pack.low])
            .filter(|op| op.shape != Shape::Phi)
            .map(|op| op.block)
            .collect();
        blocks.sort_unstable();
        blocks.dedup();
        let orders: Result<Vec<_>, usize> =
            blocks.into_iter().map(|block| Ok((block, order(floats, &lanes, &packs, block)?))).collect();
        match orders {
            Ok(orders) => return Plan { packs, orders },
            Err(number) => {
                packs.remove(number);
            }
        }
    }
}

/// The order of one block, or a pack that is part of a cycle.
fn order<'ctx>(
    floats: &Floats<'ctx>,
    lanes: &HashMap<Id, usize>,
    packs: &[Pack],
    block: usize,
) -> Result<Vec<Item<'ctx>>, usize> {
    let instructions: Vec<InstructionValue<'ctx>> = floats.blocks[block]
        .get_instructions()
        .filter(|it| it.get_opcode() != InstructionOpcode::Phi && !it.is_terminator())
        .collect();
    // A node stands for an instruction, a pack's for both of its halves: the later one.
    let place: HashMap<Id, usize> = instructions.iter().enumerate().map(|(n, it)| (id(it), n)).collect();
    let node_of = |key: Id| -> Option<usize> {
        match lanes.get(&key) {
            Some(&number) => {
                let pack = packs[number];
                Some((*place.get(&pack.low)?).max(*place.get(&pack.high)?))
            }
            None => place.get(&key).copied(),
        }
    };
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); instructions.len()];
    let mut waits = vec![0_usize; instructions.len()];
    let mut previous = None;
    for (n, instruction) in instructions.iter().enumerate() {
        let node = node_of(id(instruction)).expect("it is in the block");
        let mut edges: Vec<usize> = (0..instruction.get_num_operands())
            .filter_map(|index| operands::value(*instruction, index)?.as_instruction_value())
            .filter_map(|operand| node_of(id(&operand)))
            .collect();
        if !is_movable(*instruction) {
            edges.extend(previous.replace(n));
        }
        for from in edges {
            after[from].push(node);
            waits[node] += 1;
        }
    }
    let is_node = |n: usize| node_of(id(&instructions[n])) == Some(n);
    let mut ready: BinaryHeap<Reverse<usize>> =
        (0..instructions.len()).filter(|&n| is_node(n) && waits[n] == 0).map(Reverse).collect();
    let mut items = Vec::with_capacity(instructions.len());
    let mut done = vec![false; instructions.len()];
    while let Some(Reverse(n)) = ready.pop() {
        done[n] = true;
        items.push(match lanes.get(&id(&instructions[n])) {
            Some(&number) => Item::Packed(number),
            None => Item::Single(instructions[n]),
        });
        for &next in &after[n] {
            waits[next] -= 1;
            if waits[next] == 0 {
                ready.push(Reverse(next));
            }
        }
    }
    let stuck = (0..instructions.len()).filter(|&n| is_node(n) && !done[n]);
    match stuck.filter_map(|n| lanes.get(&id(&instructions[n]))).next() {
        Some(&number) => Err(number),
        None => Ok(items),
    }
}

/// Whether an instruction only computes, so that it may stand anywhere behind its operands.
fn is_movable(instruction: InstructionValue<'_>) -> bool {
    use InstructionOpcode as O;
    match instruction.get_opcode() {
        O::FAdd | O::FSub | O::FMul | O::FNeg | O::FCmp | O::ICmp | O::Select | O::Freeze => true,
        O::Add | O::Sub | O::Mul | O::And | O::Or | O::Xor | O::Shl | O::LShr | O::AShr => true,
        O::Trunc | O::ZExt | O::SExt | O::BitCast | O::FPExt | O::FPTrunc => true,
        O::FPToSI | O::FPToUI | O::SIToFP | O::UIToFP | O::PtrToInt | O::IntToPtr | O::AddrSpaceCast => true,
        O::GetElementPtr | O::ExtractElement | O::InsertElement | O::ShuffleVector | O::ExtractValue => true,
        O::Call => is_plain_call(instruction),
        _ => false,
    }
}

/// A call of an intrinsic that computes and nothing else.
fn is_plain_call(instruction: InstructionValue<'_>) -> bool {
    let Ok(call) = CallSiteValue::try_from(instruction) else { return false };
    let Some(callee) = call.get_called_fn_value() else { return false };
    if !callee.get_name().to_bytes().starts_with(b"llvm.") {
        return false;
    }
    let attribute =
        |name| callee.get_enum_attribute(AttributeLoc::Function, Attribute::get_named_enum_kind_id(name));
    attribute("memory").is_some_and(|memory| memory.get_enum_value() == 0)
        && attribute("convergent").is_none()
        && attribute("willreturn").is_some()
}
