//! Questions that everybody asks of a [`Module`]: operands of an instruction, successors of a block, registers' types
//! and names, where an instruction came from.

use crate::isa::{Form, Opcode, ScalarType};
use crate::module::*;

impl Module {
    /// The decoded opcode of an instruction.
    pub fn form(&self, id: FormId) -> &Form {
        &self.forms[id.index()]
    }

    /// The text of a name.
    pub fn name(&self, id: NameId) -> &str {
        self.names.get(id)
    }

    /// The name of a function.
    pub fn function_name(&self, id: FunctionId) -> &str {
        self.name(self.functions[id.index()].name)
    }

    /// The name of a symbol as seen from `function`.
    pub fn symbol_name(&self, function: &Function, symbol: Symbol) -> &str {
        self.name(match symbol {
            Symbol::Variable(id) => self.variables[id.index()].name,
            Symbol::Local(id) => function.variables[id.index()].name,
            Symbol::Parameter(id) => function.parameters[id.index()].name,
            Symbol::Return(id) => function.returns[id.index()].name,
            Symbol::Function(id) => self.functions[id.index()].name,
        })
    }

    /// The function of a name.
    pub fn find_function(&self, name: &str) -> Option<FunctionId> {
        let name = self.names.find(name)?;
        self.functions.iter().position(|function| function.name == name).map(|at| FunctionId(at as u32))
    }

    /// The module variable of a name.
    pub fn find_variable(&self, name: &str) -> Option<VariableId> {
        let name = self.names.find(name)?;
        self.variables.iter().position(|variable| variable.name == name).map(|at| VariableId(at as u32))
    }

    /// The kernels that have a body, in source order.
    pub fn kernels(&self) -> impl Iterator<Item = &Function> {
        self.functions.iter().filter(|function| function.kind == FunctionKind::Kernel && function.has_body)
    }

    /// Where an instruction of `function` came from, by its `.loc`.
    pub fn source_location(&self, function: &Function, instruction: usize) -> Option<SourceLocation> {
        let behind = function.locations.partition_point(|mark| mark.instruction as usize <= instruction);
        Some(function.locations[behind.checked_sub(1)?].location)
    }

    /// The name of a `.file`.
    pub fn file(&self, number: u32) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.number == number)
    }

    /// The name of a register as it is printed: `%r5`, `%v.x`.
    pub fn register_name(&self, function: &Function, register: RegisterId) -> String {
        let Some(range) = function.register_range(register) else { return format!("%?{}", register.0) };
        let at = register.0 - range.first.0;
        let (number, component) = (at / u32::from(range.vector), at % u32::from(range.vector));
        let mut name = self.name(range.name).to_owned();
        if range.numbered {
            name.push_str(&number.to_string());
        }
        if range.vector > 1 {
            name.push('.');
            name.push(['x', 'y', 'z', 'w'][component as usize & 3]);
        }
        name
    }

    /// Whether control never gets behind the instruction: an unguarded `bra`, `brx`, `ret`, `exit`, or `trap`.
    pub fn ends_flow(&self, instruction: &Instruction) -> bool {
        instruction.guard.is_none() && is_terminator(self.form(instruction.form).opcode)
    }

    /// The blocks that may follow a block, branch targets first, then the fall-through; each once. A guarded `ret`,
    /// `exit` or `trap` only falls through; the last block of a function that ends without one has no successor.
    pub fn successors(&self, function: &Function, block: BlockId) -> Vec<BlockId> {
        let mut out = Vec::new();
        let mut add = |block: BlockId| {
            if !out.contains(&block) {
                out.push(block);
            }
        };
        let range = function.blocks[block.index()].range();
        let last =
            range.end.checked_sub(1).filter(|at| range.contains(at)).map(|at| &function.instructions[at]);
        if let Some(last) = last {
            for operand in function.operands_of(last) {
                match operand {
                    Operand::Block(target) => add(*target),
                    Operand::BranchTargets(list) => {
                        function.branch_targets[list.index()].blocks.iter().copied().for_each(&mut add);
                    }
                    _ => {}
                }
            }
        }
        let next = block.0 + 1;
        if !last.is_some_and(|last| self.ends_flow(last)) && (next as usize) < function.blocks.len() {
            add(BlockId(next));
        }
        out
    }
}

/// Whether an instruction ends a basic block.
pub(crate) const fn is_terminator(opcode: Opcode) -> bool {
    matches!(opcode, Opcode::Bra | Opcode::BrxIdx | Opcode::Ret | Opcode::Exit | Opcode::Trap)
}

impl Function {
    /// The operands of an instruction.
    pub fn operands_of(&self, instruction: &Instruction) -> &[Operand] {
        let first = instruction.first_operand as usize;
        &self.operands[first..first + usize::from(instruction.operand_count)]
    }

    /// The place of each operand of an instruction.
    pub fn operand_spans_of(&self, instruction: &Instruction) -> &[crate::span::Span] {
        let first = instruction.first_operand as usize;
        &self.operand_spans[first..first + usize::from(instruction.operand_count)]
    }

    /// The elements of a vector operand or list.
    pub fn elements_of(&self, range: ElementRange) -> &[Operand] {
        &self.elements[range.start as usize..range.start as usize + range.count as usize]
    }

    /// The instructions of a block.
    pub fn instructions_of(&self, block: BlockId) -> &[Instruction] {
        &self.instructions[self.blocks[block.index()].range()]
    }

    /// Every block's number.
    pub fn block_ids(&self) -> impl Iterator<Item = BlockId> + use<> {
        (0..self.blocks.len() as u32).map(BlockId)
    }

    /// How many registers there are.
    pub fn register_count(&self) -> usize {
        self.registers
            .last()
            .map_or(0, |range| (range.first.0 + range.count * u32::from(range.vector)) as usize)
    }

    /// The declaration of a register.
    pub fn register_range(&self, register: RegisterId) -> Option<&RegisterRange> {
        let behind = self.registers.partition_point(|range| range.first <= register);
        self.registers.get(behind.checked_sub(1)?)
    }

    /// The declared type of a register. Registers are untyped containers: only its size and whether it is a
    /// predicate count.
    pub fn register_type(&self, register: RegisterId) -> ScalarType {
        self.register_range(register).map_or(ScalarType::B32, |range| range.ty)
    }
}
