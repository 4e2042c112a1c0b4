//! Finds which registers hold pointers and into which address space, so that addresses stay pointers in LLVM.
//!
//! PTX computes addresses in integer registers, and LLVM cannot see through integer arithmetic to the object behind an
//! address. Each register gets one kind for the whole function: forwards, pointers flow from `cvta`, symbols and
//! possibly from 64-bit loads through moves and additions; backwards, a value that only might be a pointer becomes one
//! if it is used as an address. Whatever is not clear stays an integer, which is always correct.

use ptx_frontend::isa::{Access, Form, MulHalf, Opcode, OperandType, ScalarType, StateSpace, TypeKind};
use ptx_frontend::module::{
    AddressBase, Function, FunctionKind, Instruction, Module, Operand, RegisterId, Symbol,
};

/// Where a pointer points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PointerSpace {
    /// A generic address.
    Flat,
    /// Device memory.
    Global,
    /// LDS.
    Shared,
    /// `.const` and kernel parameters.
    Constant,
    /// Scratch.
    Local,
}

/// What LLVM type a register's slot gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegisterKind {
    /// Never mentioned.
    Unused,
    /// A truth value.
    Predicate,
    /// An integer of so many bits.
    Integer(u32),
    /// Mostly used as a float of so many bits.
    Float(u32),
    /// A pointer.
    Pointer(PointerSpace),
}

/// What is known of a register's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fact {
    /// Nothing yet.
    Unknown,
    /// Perhaps a pointer: it comes out of memory.
    Maybe,
    /// A pointer.
    Pointer(PointerSpace),
    /// Not a pointer, or not one we follow.
    Integer,
}

impl Fact {
    fn join(self, other: Fact) -> Fact {
        match (self, other) {
            (Fact::Unknown, x) | (x, Fact::Unknown) => x,
            (a, b) if a == b => a,
            // The bits of global and generic addresses are the same, so a loaded value can be held as either.
            (Fact::Maybe, Fact::Pointer(s @ (PointerSpace::Flat | PointerSpace::Global)))
            | (Fact::Pointer(s @ (PointerSpace::Flat | PointerSpace::Global)), Fact::Maybe) => {
                Fact::Pointer(s)
            }
            _ => Fact::Integer,
        }
    }
}

/// The kinds of a function's registers, by register number.
pub fn run(module: &Module, function: &Function) -> Vec<RegisterKind> {
    let mut state = State { module, function, facts: vec![Fact::Unknown; function.register_count()] };
    while state.flow_forward() {}
    let needs = state.find_needs();
    let floats = count_float_uses(module, function);
    state
        .facts
        .iter()
        .enumerate()
        .map(|(index, fact)| {
            let register = RegisterId(u32::try_from(index).expect("register numbers have 32 bits"));
            let ty = function.register_type(register);
            let bits = ty.bits();
            if ty == ScalarType::Pred {
                return RegisterKind::Predicate;
            }
            match (fact, needs[index]) {
                (Fact::Pointer(space), _) if fits(*space, bits) => RegisterKind::Pointer(*space),
                (Fact::Maybe, Some(space)) if bits == 64 => RegisterKind::Pointer(space),
                _ if floats[index] > 0 && (bits == 32 || bits == 64) => RegisterKind::Float(bits),
                _ => RegisterKind::Integer(bits),
            }
        })
        .collect()
}

fn fits(space: PointerSpace, bits: u32) -> bool {
    bits == 64 || (bits == 32 && matches!(space, PointerSpace::Shared | PointerSpace::Local))
}

struct State<'a> {
    module: &'a Module,
    function: &'a Function,
    facts: Vec<Fact>,
}

impl State<'_> {
    /// One sweep over the function; whether anything changed.
    fn flow_forward(&mut self) -> bool {
        let mut changed = false;
        for instruction in &self.function.instructions {
            let form = self.module.form(instruction.form);
            let operands = self.function.operands_of(instruction);
            let fact = self.result(form, operands);
            for register in written(self.module, self.function, instruction) {
                let joined = self.facts[register.index()].join(fact);
                changed |= joined != self.facts[register.index()];
                self.facts[register.index()] = joined;
            }
        }
        changed
    }

    /// What an instruction's results are.
    fn result(&self, form: &Form, operands: &[Operand]) -> Fact {
        let of = |index: usize| operands.get(index).map_or(Fact::Integer, |operand| self.fact_of(operand));
        match form.opcode {
            Opcode::Mov => match operands.get(1) {
                Some(Operand::Vector(_)) | None => Fact::Integer,
                Some(_) if matches!(operands.first(), Some(Operand::Vector(_))) => Fact::Integer,
                Some(operand) => self.fact_of(operand),
            },
            Opcode::Cvta if form.modifiers.to => {
                form.modifiers.space.and_then(|space| self.space(space)).map_or(Fact::Integer, Fact::Pointer)
            }
            Opcode::Cvta => Fact::Pointer(PointerSpace::Flat),
            Opcode::Ld | Opcode::Ldu if form.ty().bits() == 64 => Fact::Maybe,
            Opcode::Selp => of(1).join(of(2)),
            Opcode::Add if form.ty().is_integer() && !form.modifiers.carry_out => sum(of(1), of(2)),
            Opcode::Sub if form.ty().is_integer() && !form.modifiers.carry_out => match (of(1), of(2)) {
                (base @ (Fact::Pointer(_) | Fact::Maybe), Fact::Integer) => base,
                (Fact::Unknown, _) | (_, Fact::Unknown) => Fact::Unknown,
                _ => Fact::Integer,
            },
            Opcode::Mad if is_low_or_wide(form) => sum(Fact::Integer, of(3)),
            Opcode::Cvt if form.types.iter().all(|ty| ty.is_integer() && ty.bits() >= 32) => match of(1) {
                fact @ Fact::Pointer(PointerSpace::Shared | PointerSpace::Local) => fact,
                Fact::Unknown => Fact::Unknown,
                _ => Fact::Integer,
            },
            _ => Fact::Integer,
        }
    }

    fn fact_of(&self, operand: &Operand) -> Fact {
        match *operand {
            Operand::Register(register) => self.facts[register.index()],
            Operand::Symbol { symbol, .. } => self.symbol(symbol),
            // A null pointer is a pointer of any kind.
            Operand::Immediate(value) if value.bits() == 0 => Fact::Unknown,
            _ => Fact::Integer,
        }
    }

    fn symbol(&self, symbol: Symbol) -> Fact {
        let space = match symbol {
            Symbol::Variable(id) => self.module.variables[id.index()].space,
            Symbol::Local(id) => match self.function.variables[id.index()].space.base() {
                StateSpace::Param => StateSpace::Local,
                other => other,
            },
            Symbol::Parameter(_) | Symbol::Return(_) => StateSpace::Param,
            Symbol::Function(_) => return Fact::Integer,
        };
        self.space(space).map_or(Fact::Integer, Fact::Pointer)
    }

    fn space(&self, space: StateSpace) -> Option<PointerSpace> {
        Some(match space.base() {
            StateSpace::Global => PointerSpace::Global,
            StateSpace::Shared | StateSpace::SharedCluster => PointerSpace::Shared,
            StateSpace::Const => PointerSpace::Constant,
            StateSpace::Local => PointerSpace::Local,
            StateSpace::Param if self.function.kind == FunctionKind::Kernel => PointerSpace::Constant,
            StateSpace::Param => PointerSpace::Local,
            _ => return None,
        })
    }

    /// For each register that is perhaps a pointer, the space that its uses as an address name.
    fn find_needs(&self) -> Vec<Option<PointerSpace>> {
        let mut needs = vec![None; self.facts.len()];
        loop {
            let mut changed = false;
            for instruction in &self.function.instructions {
                self.need_operands(instruction, &mut needs, &mut changed);
            }
            if !changed {
                return needs;
            }
        }
    }

    fn need_operands(
        &self,
        instruction: &Instruction,
        needs: &mut [Option<PointerSpace>],
        changed: &mut bool,
    ) {
        let form = self.module.form(instruction.form);
        let operands = self.function.operands_of(instruction);
        let destination = match operands.first() {
            Some(Operand::Register(register)) => match self.facts[register.index()] {
                Fact::Pointer(space) => Some(space),
                _ => needs[register.index()],
            },
            _ => None,
        };
        let mut need = |operand: Option<&Operand>, space: Option<PointerSpace>| {
            let (Some(Operand::Register(register)), Some(space)) = (operand, space) else { return };
            if self.facts[register.index()] != Fact::Maybe {
                return;
            }
            let space = match space {
                PointerSpace::Global | PointerSpace::Flat => space,
                _ => return,
            };
            let joined = match needs[register.index()] {
                None => space,
                Some(known) if known == space => known,
                Some(_) => PointerSpace::Flat,
            };
            if needs[register.index()] != Some(joined) {
                needs[register.index()] = Some(joined);
                *changed = true;
            }
        };
        for operand in operands {
            if let Operand::Address { base: AddressBase::Register(register), .. } = operand {
                let space = match form.modifiers.space {
                    Some(space) => self.space(space),
                    None => Some(PointerSpace::Flat),
                };
                need(Some(&Operand::Register(*register)), space);
            }
        }
        match form.opcode {
            Opcode::Cvta => need(operands.get(1), form.modifiers.space.and_then(|space| self.space(space))),
            Opcode::Mov => need(operands.get(1), destination),
            Opcode::Selp | Opcode::Add => {
                need(operands.get(1), destination);
                need(operands.get(2), destination);
            }
            Opcode::Sub => need(operands.get(1), destination),
            Opcode::Mad => need(operands.get(3), destination),
            _ => {}
        }
    }
}

fn is_low_or_wide(form: &Form) -> bool {
    form.ty().is_integer()
        && !form.modifiers.carry_out
        && !form.modifiers.sat
        && matches!(form.modifiers.half, Some(MulHalf::Lo | MulHalf::Wide))
}

fn sum(a: Fact, b: Fact) -> Fact {
    match (a, b) {
        (Fact::Unknown, Fact::Unknown) => Fact::Unknown,
        (base @ (Fact::Pointer(_) | Fact::Maybe), Fact::Integer | Fact::Unknown)
        | (Fact::Integer | Fact::Unknown, base @ (Fact::Pointer(_) | Fact::Maybe)) => base,
        (pointer @ Fact::Pointer(_), Fact::Maybe) | (Fact::Maybe, pointer @ Fact::Pointer(_)) => pointer,
        (Fact::Unknown, _) | (_, Fact::Unknown) => Fact::Unknown,
        _ => Fact::Integer,
    }
}

/// The registers that an instruction writes.
pub fn written<'a>(
    module: &'a Module,
    function: &'a Function,
    instruction: &'a Instruction,
) -> impl Iterator<Item = RegisterId> + 'a {
    let form = module.form(instruction.form);
    function
        .operands_of(instruction)
        .iter()
        .zip(&form.operands)
        .filter(|(_, spec)| spec.access == Access::Write)
        .flat_map(move |(operand, _)| registers_of(function, operand))
}

/// The registers that an operand names.
pub fn registers_of<'a>(function: &'a Function, operand: &'a Operand) -> Vec<RegisterId> {
    match *operand {
        Operand::Register(register) | Operand::Negated(register) | Operand::Part { register, .. } => {
            vec![register]
        }
        Operand::Pair(a, b) => a.into_iter().chain(b).collect(),
        Operand::Address { base: AddressBase::Register(register), .. } => vec![register],
        Operand::Vector(range) | Operand::Indexed(range) => {
            function.elements_of(range).iter().flat_map(|element| registers_of(function, element)).collect()
        }
        _ => Vec::new(),
    }
}

/// For each register, how many more times it is read or written as a float than as an integer.
fn count_float_uses(module: &Module, function: &Function) -> Vec<i32> {
    let mut votes = vec![0; function.register_count()];
    for instruction in &function.instructions {
        let form = module.form(instruction.form);
        for (operand, spec) in function.operands_of(instruction).iter().zip(&form.operands) {
            let vote = match spec.ty {
                OperandType::Scalar(ty) | OperandType::Vector { element: ty, .. } => match ty.kind() {
                    TypeKind::Float if ty.bits() >= 32 => 1,
                    TypeKind::Signed | TypeKind::Unsigned => -1,
                    TypeKind::Bits if is_bitwise(form.opcode) => -1,
                    _ => 0,
                },
                _ => 0,
            };
            if vote != 0 {
                for register in registers_of(function, operand) {
                    votes[register.index()] += vote;
                }
            }
        }
    }
    votes
}

/// Whether an untyped operand of the instruction means bits, not a value passed on.
fn is_bitwise(opcode: Opcode) -> bool {
    matches!(
        opcode,
        Opcode::And
            | Opcode::Or
            | Opcode::Xor
            | Opcode::Not
            | Opcode::Cnot
            | Opcode::Lop3
            | Opcode::Shl
            | Opcode::Shr
            | Opcode::Shf
            | Opcode::Prmt
            | Opcode::Popc
            | Opcode::Clz
            | Opcode::Brev
            | Opcode::Setp
    )
}
