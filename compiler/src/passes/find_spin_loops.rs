//! Finds loops that wait for another thread: whether they go on depends on what only somebody else's write changes.
//!
//! Such a value comes from a volatile, relaxed or acquire load, from an atomic or from a barrier object, within the loop
//! or within a function that it calls. It is followed through registers, through memory and through the choices that it
//! decides; what cannot be followed counts as awaited. Not waiting are the lock-free loops that retry a compare-and-swap
//! with the value they just saw (somebody else's success is progress), and counters that each turn draws from by adding
//! a constant and never puts back.

use super::control_flow::{Graph, Loop};
use super::frame_places::{Place, Places};
use super::recover_pointers::{registers_of, written};
use super::trace_calls::Calls;
use ptx_frontend::Span;
use ptx_frontend::isa::{Access, AtomicOp, Form, Opcode, Semantics};
use ptx_frontend::module::{
    AddressBase, Function, FunctionId, Instruction, Module, Operand, RegisterId, Symbol,
};

/// For each function, whether the result of a call may depend on another thread's writes.
pub fn functions_that_look(module: &Module, calls: &Calls) -> Vec<bool> {
    let own: Vec<bool> = module
        .functions
        .iter()
        .map(|function| {
            let name = module.names.get(function.name);
            let is_known = name.starts_with("__nv_") || matches!(name, "vprintf" | "__assertfail" | "free");
            (!function.has_body && !is_known)
                || function.instructions.iter().any(|instruction| looks(module.form(instruction.form)))
        })
        .collect();
    (0u32..)
        .take(own.len())
        .map(|index| calls.reachable(FunctionId(index)).iter().any(|id| own[id.index()]))
        .collect()
}

/// The place of the first loop exit that waits, if there is one. `look` is what [`functions_that_look`] found.
pub fn run(module: &Module, function: &Function, graph: &Graph, look: &[bool]) -> Option<Span> {
    let places = Places::new(module, function);
    let search = |found: Loop| Search::new(module, function, graph, look, &places, &found).exit();
    graph.loops().into_iter().filter_map(search).min()
}

/// Whether an instruction may read what another thread writes meanwhile.
fn looks(form: &Form) -> bool {
    match form.opcode {
        Opcode::Atom | Opcode::MbarrierTestWait | Opcode::MbarrierTryWait | Opcode::MbarrierArrive => true,
        Opcode::MbarrierArriveDrop | Opcode::MultimemLdReduce => true,
        Opcode::Ld => {
            form.modifiers.volatile
                || form.modifiers.mmio
                || matches!(form.modifiers.semantics, Some(Semantics::Relaxed | Semantics::Acquire))
        }
        _ => false,
    }
}

/// One loop, and what is awaited in it so far.
struct Search<'a> {
    module: &'a Module,
    function: &'a Function,
    graph: &'a Graph,
    look: &'a [bool],
    places: &'a Places<'a>,
    blocks: Vec<usize>,
    is_irreducible: bool,
    inside: Vec<bool>,
    /// By register, whether the loop writes it.
    changes: Vec<bool>,
    /// Whether the loop orders its own reads, so that plain ones may be meant to see others' writes.
    has_fence: bool,
    /// Whether the loop gives back what it draws from a counter.
    gives_back: bool,
    awaited: Vec<bool>,
    memory: Vec<Place>,
    /// By block, whether an awaited value decides that it runs.
    decided: Vec<bool>,
}

impl<'a> Search<'a> {
    fn new(
        module: &'a Module,
        function: &'a Function,
        graph: &'a Graph,
        look: &'a [bool],
        places: &'a Places<'a>,
        found: &Loop,
    ) -> Self {
        let mut search = Self {
            module,
            function,
            graph,
            look,
            places,
            blocks: found.blocks.clone(),
            is_irreducible: found.is_irreducible,
            inside: vec![false; graph.successors.len()],
            changes: vec![false; function.register_count()],
            has_fence: false,
            gives_back: false,
            awaited: vec![false; function.register_count()],
            memory: Vec::new(),
            decided: vec![false; graph.successors.len()],
        };
        for &block in &found.blocks {
            search.inside[block] = true;
            for instruction in search.instructions(block) {
                for register in written(module, function, instruction) {
                    search.changes[register.index()] = true;
                }
                let form = module.form(instruction.form);
                search.has_fence |= matches!(form.opcode, Opcode::Membar | Opcode::Fence);
                search.gives_back |= matches!(form.opcode, Opcode::Atom | Opcode::Red)
                    && match (form.modifiers.atomic, function.operands_of(instruction).last()) {
                        (Some(AtomicOp::Add), Some(Operand::Immediate(value))) => {
                            value.bits().cast_signed() < 0 || value.bits() >> 31 == 1
                        }
                        (Some(AtomicOp::Dec), _) => true,
                        _ => false,
                    };
            }
        }
        search
    }

    fn instructions(&self, block: usize) -> &'a [Instruction] {
        &self.function.instructions[self.function.blocks[block].range()]
    }

    /// Where the loop goes on or ends because of an awaited value.
    fn exit(mut self) -> Option<Span> {
        let sources = self.blocks.iter().flat_map(|&block| self.instructions(block));
        if !sources.into_iter().any(|instruction| self.is_source(instruction)) {
            return None;
        }
        let joins = self.graph.post_dominators(&self.inside);
        let mut more = true;
        while more {
            more = false;
            for block in self.blocks.clone() {
                for instruction in self.instructions(block) {
                    more |= self.flow(block, instruction);
                }
                let choice = self.instructions(block).last().filter(|last| self.reads_awaited(last));
                if choice.is_some() && self.graph.successors[block].len() > 1 {
                    for &way in &self.graph.successors[block] {
                        for decided in self.graph.region(way, joins[block], &self.inside) {
                            more |= !std::mem::replace(&mut self.decided[decided], true);
                        }
                    }
                }
            }
        }
        self.blocks.iter().filter_map(|&block| self.waits(block)).min()
    }

    /// Follows awaited values through one instruction; whether that found more.
    fn flow(&mut self, block: usize, instruction: &Instruction) -> bool {
        let form = self.module.form(instruction.form);
        let places = self.places.of(form, instruction);
        let reads_memory = form.effects.reads || form.opcode == Opcode::Ld || form.opcode == Opcode::Call;
        let from_memory = reads_memory
            && places
                .iter()
                .any(|&place| self.memory.iter().any(|&other| self.places.may_overlap(place, other)));
        let is_call = form.opcode == Opcode::Call;
        let through_call = is_call && self.call_reads_awaited(instruction);
        if !(self.is_source(instruction)
            || self.decided[block]
            || from_memory
            || through_call
            || self.reads_awaited(instruction))
        {
            return false;
        }
        let mut more = false;
        for register in written(self.module, self.function, instruction) {
            more |= !std::mem::replace(&mut self.awaited[register.index()], true);
        }
        let mut stores = Vec::new();
        if is_call {
            stores.push(Place::Space(None));
            stores.extend(self.named(instruction, 0));
            for register in self.listed(instruction, 0) {
                more |= !std::mem::replace(&mut self.awaited[register.index()], true);
            }
        } else if form.effects.writes && !matches!(form.opcode, Opcode::Ld | Opcode::Atom) {
            stores = places;
        }
        for place in stores {
            if !self.memory.contains(&place) {
                self.memory.push(place);
                more = true;
            }
        }
        more
    }

    /// The registers in a list of a call: 0 are the results, 2 the arguments.
    fn listed(&self, call: &Instruction, list: usize) -> Vec<RegisterId> {
        self.function
            .operands_of(call)
            .get(list)
            .map_or(Vec::new(), |operand| registers_of(self.function, operand))
    }

    /// The call parameters named in a list of a call.
    fn named(&self, call: &Instruction, list: usize) -> Vec<Place> {
        let Some(&Operand::Vector(range)) = self.function.operands_of(call).get(list) else {
            return Vec::new();
        };
        let whole = |element: &Operand| match *element {
            Operand::Symbol { symbol: Symbol::Local(root), .. } => {
                Some(Place::Frame { root, start: i64::MIN, end: i64::MAX })
            }
            _ => None,
        };
        self.function.elements_of(range).iter().filter_map(whole).collect()
    }

    fn call_reads_awaited(&self, call: &Instruction) -> bool {
        self.memory.iter().any(|&place| self.places.is_reachable(place))
            || self.listed(call, 2).iter().any(|register| self.awaited[register.index()])
            || self
                .named(call, 2)
                .iter()
                .any(|&argument| self.memory.iter().any(|&place| self.places.may_overlap(argument, place)))
    }

    fn reads_awaited(&self, instruction: &Instruction) -> bool {
        let form = self.module.form(instruction.form);
        self.function
            .operands_of(instruction)
            .iter()
            .enumerate()
            .filter(|(index, _)| form.operands.get(*index).is_none_or(|spec| spec.access != Access::Write))
            .flat_map(|(_, operand)| registers_of(self.function, operand))
            .chain(instruction.guard.map(|guard| guard.register))
            .any(|register| self.awaited[register.index()])
    }

    /// The way out of a block, if an awaited value decides that it is taken.
    fn waits(&self, block: usize) -> Option<Span> {
        let last = self.instructions(block).last()?;
        let ends = |instruction: &&Instruction| {
            let opcode = self.module.form(instruction.form).opcode;
            matches!(opcode, Opcode::Ret | Opcode::Exit | Opcode::Trap)
        };
        let leaves =
            self.is_irreducible || self.graph.successors[block].iter().any(|&target| !self.inside[target]);
        let way_out = if leaves { Some(last) } else { self.instructions(block).iter().find(ends) };
        way_out
            .filter(|instruction| self.decided[block] || self.reads_awaited(instruction))
            .map(|instruction| instruction.span)
    }

    /// Whether an instruction reads what another thread is waited for to write.
    fn is_source(&self, instruction: &Instruction) -> bool {
        let form = self.module.form(instruction.form);
        let operands = self.function.operands_of(instruction);
        match form.opcode {
            Opcode::Atom => match (form.modifiers.atomic, operands) {
                (Some(AtomicOp::Cas), [_, address, compare, ..]) => !self.was_seen(address, compare),
                (Some(AtomicOp::Add), [_, _, Operand::Immediate(value), ..]) => {
                    value.bits() == 0 || self.gives_back
                }
                // A limit that no count comes to makes them additions.
                (Some(AtomicOp::Inc), [_, _, Operand::Immediate(limit), ..]) => {
                    limit.bits() & 0xffff_ffff < 0x7fff_ffff || self.gives_back
                }
                _ => true,
            },
            // Between fences a plain load may be meant to see another thread's store.
            Opcode::Ld if self.has_fence => {
                looks(form)
                    || self
                        .places
                        .of(form, instruction)
                        .iter()
                        .any(|&place| matches!(place, Place::Space(_)) && !form.modifiers.non_coherent)
            }
            Opcode::Call => {
                self.has_fence
                    || match operands.get(1) {
                        Some(Operand::Symbol { symbol: Symbol::Function(id), .. }) => self.look[id.index()],
                        _ => true,
                    }
            }
            _ => looks(form),
        }
    }

    /// Whether what a compare-and-swap expects is what the loop last saw at that very address.
    fn was_seen(&self, address: &Operand, expected: &Operand) -> bool {
        let moves = match address {
            Operand::Address { base: AddressBase::Register(register), .. } => self.changes[register.index()],
            _ => false,
        };
        let Operand::Register(expected) = *expected else { return false };
        if moves || !self.changes[expected.index()] {
            return false;
        }
        let mut asked = vec![expected];
        let mut next = 0;
        while let Some(&register) = asked.get(next) {
            next += 1;
            let blocks = self.blocks.iter().flat_map(|&block| self.instructions(block));
            for definition in blocks.filter(|instruction| {
                written(self.module, self.function, instruction).any(|result| result == register)
            }) {
                match (self.module.form(definition.form).opcode, self.function.operands_of(definition)) {
                    (Opcode::Mov, [Operand::Register(_), Operand::Register(source)]) => {
                        if !asked.contains(source) {
                            asked.push(*source);
                        }
                    }
                    (Opcode::Atom | Opcode::Ld, [Operand::Register(_), place, ..]) if place == address => {}
                    _ => return false,
                }
            }
        }
        // A register that the loop only reads was not seen in it.
        asked.iter().all(|register| self.changes[register.index()])
    }
}
