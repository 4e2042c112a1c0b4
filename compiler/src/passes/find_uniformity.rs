//! Finds how far each register's value is the same: over the block, over the warp, or not at all.
//!
//! Only what can decide about a barrier is looked at: the blocks from which one is reached. Threads that have left (or
//! are on a way that meets no more barriers) do not count, so an early exit makes nothing divergent. Values flow through
//! instructions, and through the function's own variables in local memory where nothing else reaches them (code compiled
//! for debugging keeps every value there); a branch that is not uniform makes divergent what is written between it and
//! where its ways join.

use super::control_flow::Graph;
use super::frame_places::{Place, Places};
use super::recover_pointers::{registers_of, written};
use ptx_frontend::isa::{Access, Opcode, Semantics, ShuffleMode, SpecialRegister, StateSpace};
use ptx_frontend::module::{AddressBase, Function, FunctionKind, Instruction, Module, Operand, RegisterId};

/// How far a value is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Uniformity {
    /// For all threads of the block.
    Block,
    /// For the threads of a warp.
    Warp,
    /// For a thread alone.
    Divergent,
}

/// A branch whose ways differ between threads of a block.
#[derive(Debug)]
pub struct DivergentBranch {
    /// The block that it ends.
    pub block: usize,
    /// The blocks between it and where its ways join.
    pub region: Vec<usize>,
}

/// What `run` works on.
struct State<'a> {
    module: &'a Module,
    function: &'a Function,
    graph: &'a Graph,
    /// The blocks from which a barrier is reached.
    relevant: &'a [bool],
    joins: Vec<Option<usize>>,
    levels: Vec<Uniformity>,
    places: Places<'a>,
    /// The stores to known places of the frame: instruction, place, and how far what it stores is the same.
    stores: Vec<(usize, Place, Uniformity)>,
}

/// The branches that are not uniform over the block, with both ways still going to a barrier.
pub fn run(module: &Module, function: &Function, graph: &Graph, relevant: &[bool]) -> Vec<DivergentBranch> {
    let mut state = State {
        module,
        function,
        graph,
        relevant,
        joins: graph.post_dominators(relevant),
        levels: vec![Uniformity::Block; function.register_count()],
        places: Places::new(module, function),
        stores: Vec::new(),
    };
    state.find_stores();
    if function.kind == FunctionKind::Device {
        for register in function.parameters.iter().filter_map(|parameter| parameter.register) {
            state.levels[register.index()] = Uniformity::Divergent;
        }
    }
    loop {
        let values = state.flow_values();
        let regions = state.flow_regions();
        if !values && !regions {
            return state.divergent_branches();
        }
    }
}

impl State<'_> {
    fn raise(&mut self, register: RegisterId, level: Uniformity) -> bool {
        let old = self.levels[register.index()];
        self.levels[register.index()] = old.max(level);
        level > old
    }

    fn find_stores(&mut self) {
        for block in self.blocks() {
            for index in self.function.blocks[block].range() {
                if let Some(place) = self.own_place(&self.function.instructions[index], Opcode::St) {
                    self.stores.push((index, place, Uniformity::Block));
                }
            }
        }
    }

    /// The place in local memory that a load or a store names, if only loads and stores of this function reach it.
    fn own_place(&self, instruction: &Instruction, opcode: Opcode) -> Option<Place> {
        let form = self.module.form(instruction.form);
        if form.opcode != opcode || form.modifiers.space.map(StateSpace::base) != Some(StateSpace::Local) {
            return None;
        }
        match self.places.of(form, instruction)[..] {
            [place @ Place::Frame { .. }] if !self.places.is_reachable(place) => Some(place),
            _ => None,
        }
    }

    /// How far a place of the frame holds the same, whichever store was the last.
    fn held(&self, place: Place) -> Uniformity {
        let stores = self.stores.iter().filter(|(_, other, _)| self.places.may_overlap(place, *other));
        stores.map(|&(.., level)| level).max().unwrap_or(Uniformity::Block)
    }

    fn raise_store(&mut self, index: usize, level: Uniformity) -> bool {
        let store = self.stores.iter_mut().find(|(instruction, ..)| *instruction == index);
        store.is_some_and(|(.., old)| std::mem::replace(old, level.max(*old)) < level)
    }

    fn blocks(&self) -> Vec<usize> {
        (0..self.relevant.len()).filter(|&block| self.relevant[block]).collect()
    }

    fn instructions(&self, block: usize) -> &[Instruction] {
        &self.function.instructions[self.function.blocks[block].range()]
    }

    fn flow_values(&mut self) -> bool {
        let mut changed = false;
        for block in self.blocks() {
            for index in self.function.blocks[block].range() {
                let instruction = &self.function.instructions[index];
                let level = self.result(instruction);
                for register in written(self.module, self.function, instruction).collect::<Vec<_>>() {
                    changed |= self.raise(register, level);
                }
                if let (Opcode::St, [_, data]) =
                    (self.module.form(instruction.form).opcode, self.function.operands_of(instruction))
                {
                    let level = self.operand(data).max(self.guard(instruction));
                    changed |= self.raise_store(index, level);
                }
            }
        }
        changed
    }

    fn guard(&self, instruction: &Instruction) -> Uniformity {
        instruction.guard.map_or(Uniformity::Block, |guard| self.levels[guard.register.index()])
    }

    /// How uniform the result of an instruction is.
    fn result(&self, instruction: &Instruction) -> Uniformity {
        let form = self.module.form(instruction.form);
        let modifiers = &form.modifiers;
        let inputs = self
            .function
            .operands_of(instruction)
            .iter()
            .enumerate()
            .filter(|(index, _)| form.operands.get(*index).is_none_or(|spec| spec.access != Access::Write))
            .map(|(_, operand)| self.operand(operand))
            .max()
            .unwrap_or(Uniformity::Block)
            .max(self.guard(instruction));
        match form.opcode {
            Opcode::Ld | Opcode::Ldu => {
                let ordered = modifiers.volatile
                    || modifiers.mmio
                    || !matches!(modifiers.semantics, None | Some(Semantics::Weak));
                if let Some(place) = self.own_place(instruction, form.opcode).filter(|_| !ordered) {
                    return self.held(place).max(self.guard(instruction));
                }
                let own = match modifiers.space.map(StateSpace::base) {
                    Some(StateSpace::Local) => true,
                    Some(StateSpace::Param) => !self.is_kernel_parameter(instruction),
                    None => true,
                    _ => false,
                };
                if ordered || own { Uniformity::Divergent } else { inputs }
            }
            Opcode::Atom | Opcode::Call | Opcode::MatchAny | Opcode::ElectSync => Uniformity::Divergent,
            // A lane's own piece of a matrix, and the state of a barrier object at some moment.
            Opcode::Ldmatrix | Opcode::MovMatrix | Opcode::WmmaLoad | Opcode::WmmaMma | Opcode::Mma => {
                Uniformity::Divergent
            }
            Opcode::MbarrierArrive
            | Opcode::MbarrierArriveDrop
            | Opcode::MbarrierTestWait
            | Opcode::MbarrierTryWait => Uniformity::Divergent,
            Opcode::BarRed => Uniformity::Block,
            Opcode::Vote | Opcode::VoteSync | Opcode::Activemask | Opcode::MatchAll | Opcode::ReduxSync => {
                Uniformity::Warp.max(self.guard(instruction))
            }
            Opcode::Shfl | Opcode::ShflSync => {
                // Whether the source is in range is each lane's own.
                if let Some(Operand::Pair(_, Some(_))) = self.function.operands_of(instruction).first() {
                    return Uniformity::Divergent;
                }
                match (modifiers.shuffle, self.function.operands_of(instruction)) {
                    // The same lane of the whole warp for everybody.
                    (Some(ShuffleMode::Idx), [_, _, Operand::Immediate(_), Operand::Immediate(c), ..])
                        if c.bits() >> 8 & 31 == 0 =>
                    {
                        Uniformity::Warp.max(self.guard(instruction))
                    }
                    _ => inputs,
                }
            }
            _ => inputs,
        }
    }

    fn is_kernel_parameter(&self, instruction: &Instruction) -> bool {
        self.function.kind == FunctionKind::Kernel
            && self.function.operands_of(instruction).iter().all(|operand| match operand {
                Operand::Address { base: AddressBase::Symbol(symbol), .. } => {
                    matches!(symbol, ptx_frontend::module::Symbol::Parameter(_))
                }
                _ => true,
            })
    }

    fn operand(&self, operand: &Operand) -> Uniformity {
        match operand {
            Operand::Special { register, .. } => special(*register),
            Operand::Vector(range) => self
                .function
                .elements_of(*range)
                .iter()
                .map(|element| self.operand(element))
                .max()
                .unwrap_or(Uniformity::Block),
            // The generic address of the thread's own memory is its own.
            Operand::Symbol { symbol: ptx_frontend::module::Symbol::Local(id), .. } => {
                match self.function.variables[id.index()].space.base() {
                    StateSpace::Local | StateSpace::Param => Uniformity::Divergent,
                    _ => Uniformity::Block,
                }
            }
            other => registers_of(self.function, other)
                .into_iter()
                .map(|register| self.levels[register.index()])
                .max()
                .unwrap_or(Uniformity::Block),
        }
    }

    /// How uniform the choice at the end of a block is.
    fn branch(&self, block: usize) -> Uniformity {
        let Some(last) = self.instructions(block).last() else { return Uniformity::Block };
        let form = self.module.form(last.form);
        if !form.effects.control {
            return Uniformity::Block;
        }
        let index = match form.opcode {
            Opcode::BrxIdx => self
                .function
                .operands_of(last)
                .first()
                .map_or(Uniformity::Block, |operand| self.operand(operand)),
            _ => Uniformity::Block,
        };
        self.guard(last).max(index)
    }

    /// The blocks between a branch and where its ways join, if more than one way goes on to a barrier.
    fn choice(&self, block: usize) -> Option<Vec<usize>> {
        let ways: Vec<usize> =
            self.graph.successors[block].iter().copied().filter(|&target| self.relevant[target]).collect();
        if ways.len() < 2 {
            return None;
        }
        let mut region: Vec<usize> = ways
            .into_iter()
            .flat_map(|way| self.graph.region(way, self.joins[block], self.relevant))
            .collect();
        region.sort_unstable();
        region.dedup();
        Some(region)
    }

    fn flow_regions(&mut self) -> bool {
        let mut changed = false;
        for block in self.blocks() {
            let level = self.branch(block);
            if level == Uniformity::Block {
                continue;
            }
            for inside in self.choice(block).unwrap_or_default() {
                for index in self.function.blocks[inside].range() {
                    let instruction = &self.function.instructions[index];
                    for register in written(self.module, self.function, instruction).collect::<Vec<_>>() {
                        changed |= self.raise(register, level);
                    }
                    changed |= self.raise_store(index, level);
                }
            }
        }
        changed
    }

    fn divergent_branches(&self) -> Vec<DivergentBranch> {
        self.blocks()
            .into_iter()
            .filter(|&block| self.branch(block) > Uniformity::Block)
            .filter_map(|block| Some(DivergentBranch { block, region: self.choice(block)? }))
            .collect()
    }
}

fn special(register: SpecialRegister) -> Uniformity {
    use SpecialRegister as S;
    match register {
        S::CtaId | S::NCtaId | S::Ntid | S::NWarpId | S::GridId | S::DynamicSmemSize | S::TotalSmemSize => {
            Uniformity::Block
        }
        S::WarpId => Uniformity::Warp,
        _ => Uniformity::Divergent,
    }
}
