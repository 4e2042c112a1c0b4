//! Where in memory an instruction reads or writes, as far as the function itself shows it.
//!
//! Code compiled for debugging keeps every value in its frame, so what flows through memory matters. A place in the
//! frame is known by variable and offset while the variable's address goes nowhere but into loads and stores; anything
//! else is known by its state space at most.

use super::recover_pointers::{registers_of, written};
use ptx_frontend::isa::{Form, Opcode, StateSpace};
use ptx_frontend::module::{AddressBase, Function, Instruction, LocalId, Module, Operand, Symbol};

/// A place that is read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Bytes of a variable of the function.
    Frame {
        /// The variable.
        root: LocalId,
        /// The first byte.
        start: i64,
        /// Behind the last byte.
        end: i64,
    },
    /// Somewhere in a state space, or for a generic address anywhere.
    Space(Option<StateSpace>),
}

/// What the function shows of its frame.
#[derive(Debug)]
pub struct Places<'a> {
    function: &'a Function,
    /// The variable and offset that a register points to, if it has one definition.
    roots: Vec<Option<(LocalId, i64)>>,
    /// By variable, whether its address goes elsewhere.
    escaped: Vec<bool>,
}

impl<'a> Places<'a> {
    /// Looks through the function.
    pub fn new(module: &Module, function: &'a Function) -> Self {
        let mut definitions = vec![0_u32; function.register_count()];
        for instruction in &function.instructions {
            for register in written(module, function, instruction) {
                definitions[register.index()] += 1;
            }
        }
        let mut places = Self {
            function,
            roots: vec![None; function.register_count()],
            escaped: vec![false; function.variables.len()],
        };
        let mut more = true;
        while more {
            more = false;
            for instruction in &function.instructions {
                let Some(root) = places.derived(module.form(instruction.form), instruction) else { continue };
                for register in written(module, function, instruction) {
                    if definitions[register.index()] == 1 && places.roots[register.index()].is_none() {
                        places.roots[register.index()] = Some(root);
                        more = true;
                    }
                }
            }
        }
        for instruction in &function.instructions {
            let form = module.form(instruction.form);
            let is_rooted = |register: usize| places.roots[register].is_some();
            let derives = places.derived(form, instruction).is_some()
                && written(module, function, instruction).all(|register| is_rooted(register.index()));
            if !derives && form.opcode != Opcode::Call {
                for operand in function.operands_of(instruction) {
                    places.escape(operand);
                }
            } else if form.opcode == Opcode::Call {
                for operand in function.operands_of(instruction) {
                    if let Operand::Vector(range) = operand {
                        // Call arguments are named, not pointed to.
                        let elements = function.elements_of(*range);
                        elements
                            .iter()
                            .filter(|e| matches!(e, Operand::Register(_)))
                            .for_each(|e| places.escape(e));
                    }
                }
            }
        }
        places
    }

    /// The frame address that a move, a conversion or an addition gives.
    fn derived(&self, form: &Form, instruction: &Instruction) -> Option<(LocalId, i64)> {
        match (form.opcode, self.function.operands_of(instruction)) {
            (Opcode::Mov | Opcode::Cvta, [_, source]) => self.root_of(source),
            (Opcode::Add, [_, source, Operand::Immediate(value)]) => {
                let (root, offset) = self.root_of(source)?;
                Some((root, offset.checked_add(value.bits().cast_signed())?))
            }
            _ => None,
        }
    }

    fn root_of(&self, operand: &Operand) -> Option<(LocalId, i64)> {
        match *operand {
            Operand::Register(register) => self.roots[register.index()],
            Operand::Symbol { symbol: Symbol::Local(id), offset } if self.is_private(id) => {
                Some((id, offset))
            }
            _ => None,
        }
    }

    fn is_private(&self, id: LocalId) -> bool {
        matches!(self.function.variables[id.index()].space.base(), StateSpace::Local | StateSpace::Param)
    }

    /// Notes that the address in an operand may go anywhere. Where an operand is an address, it goes nowhere.
    fn escape(&mut self, operand: &Operand) {
        match *operand {
            Operand::Address { .. } => {}
            Operand::Symbol { symbol: Symbol::Local(id), .. } => self.escaped[id.index()] = true,
            _ => {
                for register in registers_of(self.function, operand) {
                    if let Some((root, _)) = self.roots[register.index()] {
                        self.escaped[root.index()] = true;
                    }
                }
            }
        }
    }

    /// The places whose addresses are operands of the instruction; those that nobody writes are left out.
    pub fn of(&self, form: &Form, instruction: &Instruction) -> Vec<Place> {
        let operands = self.function.operands_of(instruction);
        operands.iter().filter_map(|operand| self.place(form, operand)).collect()
    }

    fn place(&self, form: &Form, operand: &Operand) -> Option<Place> {
        let Operand::Address { base, offset } = *operand else { return None };
        let root = match base {
            AddressBase::Register(register) => self.roots[register.index()],
            AddressBase::Symbol(Symbol::Local(id)) if self.is_private(id) => Some((id, 0)),
            AddressBase::Symbol(Symbol::Parameter(_)) => return None,
            _ => None,
        };
        if let Some((root, base)) = root {
            let start = base.saturating_add(offset);
            if matches!(form.opcode, Opcode::Ld | Opcode::St) {
                let bytes =
                    i64::from(form.ty().bits().div_ceil(8)) * i64::from(form.modifiers.vector.unwrap_or(1));
                return Some(Place::Frame { root, start, end: start.saturating_add(bytes) });
            }
            return Some(Place::Frame { root, start: i64::MIN, end: i64::MAX });
        }
        match form.modifiers.space.map(StateSpace::base) {
            Some(StateSpace::Const) => None,
            _ if form.modifiers.non_coherent => None,
            space => Some(Place::Space(space)),
        }
    }

    /// Whether other threads, or pointers that the function does not follow, reach the place.
    pub fn is_reachable(&self, place: Place) -> bool {
        match place {
            Place::Frame { root, .. } => self.escaped[root.index()],
            Place::Space(_) => true,
        }
    }

    /// Whether two places may have bytes in common.
    pub fn may_overlap(&self, a: Place, b: Place) -> bool {
        match (a, b) {
            (Place::Frame { root: a, start, end }, Place::Frame { root: b, start: other, end: behind }) => {
                a == b && start < behind && other < end
            }
            (frame @ Place::Frame { .. }, Place::Space(space))
            | (Place::Space(space), frame @ Place::Frame { .. }) => {
                self.is_reachable(frame)
                    && matches!(space, None | Some(StateSpace::Local | StateSpace::Param))
            }
            (Place::Space(a), Place::Space(b)) => a == b || a.is_none() || b.is_none(),
        }
    }
}
