//! A module as PTX text.
//!
//! Takes a checked module; gives text that parses to an equal module (spans apart). Scopes are gone: every name of a
//! function is unique. Opcodes keep the spelling of their first occurrence, floats are written as their bits.

use std::fmt::Write as _;

use crate::isa::{ScalarType, SpecialRegister};
use crate::module::*;

/// The module as PTX.
pub fn print(module: &Module) -> String {
    let mut printer = Printer { module, out: String::new() };
    printer.module();
    printer.out
}

/// One instruction of a function as PTX, without its semicolon.
pub fn print_instruction(module: &Module, function: &Function, instruction: &Instruction) -> String {
    let mut printer = Printer { module, out: String::new() };
    printer.instruction(function, instruction);
    printer.out
}

struct Printer<'m> {
    module: &'m Module,
    out: String,
}

/// Writes to the text; writing to a string cannot fail.
macro_rules! put {
    ($printer:expr, $($text:tt)*) => {
        let _ = write!($printer.out, $($text)*);
    };
}

impl Printer<'_> {
    fn name(&self, id: NameId) -> &str {
        self.module.names.get(id)
    }

    fn module(&mut self) {
        let module = self.module;
        put!(self, ".version {}.{}\n", module.version.major, module.version.minor);
        let suffix = module.target.suffix.map(String::from).unwrap_or_default();
        put!(self, ".target sm_{}{suffix}", module.target.architecture);
        for option in &module.target.options {
            put!(self, ", {option}");
        }
        put!(self, "\n.address_size {}\n", module.address_size);
        for file in &module.files {
            put!(self, ".file {} \"{}\"", file.number, file.name);
            if let Some((time, size)) = file.stamp {
                put!(self, ", {time}, {size}");
            }
            self.out.push('\n');
        }
        for &text in &module.pragmas {
            put!(self, ".pragma \"{}\";\n", self.module.names.get(text));
        }
        // Heads first, if an initial value or a call may name what comes later.
        if module.functions.iter().any(|function| function.kind == FunctionKind::Device || !function.has_body)
        {
            for function in &module.functions {
                self.head(function);
                self.out.push_str(";\n");
            }
        }
        for variable in &module.variables {
            self.variable(variable);
        }
        for function in module.functions.iter().filter(|function| function.has_body) {
            self.head(function);
            self.out.push('\n');
            self.body(function);
        }
        for alias in &module.aliases {
            let (alias, aliasee) = (module.function_name(alias.alias), module.function_name(alias.aliasee));
            put!(self, ".alias {alias}, {aliasee};\n");
        }
        for section in &module.sections {
            put!(self, ".section {} {{\n{}\n}}\n", self.module.names.get(section.name), section.text);
        }
    }

    fn linkage(&mut self, linkage: Linkage) {
        self.out.push_str(match linkage {
            Linkage::Internal => "",
            Linkage::Visible => ".visible ",
            Linkage::Extern => ".extern ",
            Linkage::Weak => ".weak ",
            Linkage::Common => ".common ",
        });
    }

    fn variable(&mut self, variable: &Variable) {
        self.linkage(variable.linkage);
        put!(self, ".{}", variable.space);
        if let Some(bank) = variable.bank {
            put!(self, "[{bank}]");
        }
        match (variable.managed, variable.unified) {
            (true, Some((high, low))) => {
                put!(self, " .attribute(.managed, .unified({high}, {low}))");
            }
            (true, None) => self.out.push_str(" .attribute(.managed)"),
            (false, Some((high, low))) => {
                put!(self, " .attribute(.unified({high}, {low}))");
            }
            (false, None) => {}
        }
        put!(self, " .align {}", variable.alignment);
        self.typed_name(&variable.ty, variable.name);
        if let Some(initializer) = &variable.initializer {
            self.out.push_str(" = ");
            self.initializer(variable, initializer);
        }
        if !variable.opaque.is_empty() {
            self.out.push_str(" = {");
            for (at, &(field, value)) in variable.opaque.iter().enumerate() {
                let comma = if at == 0 { "" } else { "," };
                put!(self, "{comma} {} = {}", self.module.names.get(field), self.module.names.get(value));
            }
            self.out.push_str(" }");
        }
        self.out.push_str(";\n");
    }

    /// ` .v2 .b32 name[4]`
    fn typed_name(&mut self, ty: &VariableType, name: NameId) {
        if ty.vector > 1 {
            put!(self, " .v{}", ty.vector);
        }
        put!(self, " .{} {}", ty.scalar, self.module.names.get(name));
        for &dimension in &ty.dimensions {
            match dimension {
                0 => self.out.push_str("[]"),
                _ => {
                    put!(self, "[{dimension}]");
                }
            }
        }
    }

    /// The bytes as one flat list of elements; a plain scalar without braces.
    fn initializer(&mut self, variable: &Variable, initializer: &Initializer) {
        let size = u64::from(variable.ty.scalar.bytes());
        let plain = variable.ty.dimensions.is_empty() && variable.ty.vector == 1;
        let last = initializer.relocations.last().map_or(0, |relocation| relocation.offset + size);
        let end = (initializer.bytes.len() as u64).max(last).max(1).div_ceil(size);
        // Braces as deep as the type, opened once: elements flow over the inner borders.
        if !plain {
            self.out.push('{');
        }
        let mut relocations = initializer.relocations.iter().peekable();
        for index in 0..end {
            if index > 0 {
                self.out.push_str(", ");
            }
            let offset = index * size;
            match relocations.next_if(|relocation| relocation.offset == offset) {
                Some(relocation) => self.relocation(relocation),
                None => {
                    let byte = |at: u64| initializer.bytes.get((offset + at) as usize).copied().unwrap_or(0);
                    let bits = (0..size).rev().fold(0u128, |bits, at| bits << 8 | u128::from(byte(at)));
                    match variable.ty.scalar {
                        ScalarType::F32 => {
                            put!(self, "0f{bits:08X}");
                        }
                        ScalarType::F64 => {
                            put!(self, "0d{bits:016X}");
                        }
                        _ => {
                            put!(self, "{}", bits as u64);
                        }
                    }
                }
            }
        }
        if !plain {
            self.out.push('}');
        }
    }

    fn relocation(&mut self, relocation: &Relocation) {
        let name = match relocation.symbol {
            Symbol::Variable(id) => self.name(self.module.variables[id.index()].name).to_owned(),
            Symbol::Function(id) => self.module.function_name(id).to_owned(),
            _ => String::new(),
        };
        let address = if relocation.generic { format!("generic({name})") } else { name };
        let sum = match relocation.addend {
            0 => address,
            addend if addend < 0 => format!("{address}-{}", addend.unsigned_abs()),
            addend => format!("{address}+{addend}"),
        };
        if relocation.size == 1 {
            put!(self, "0x{:X}({sum})", 0xFFu64 << relocation.shift);
        } else {
            self.out.push_str(&sum);
        }
    }

    fn head(&mut self, function: &Function) {
        self.linkage(function.linkage);
        self.out.push_str(match function.kind {
            FunctionKind::Kernel => ".entry ",
            FunctionKind::Device => ".func ",
        });
        if let Some((high, low)) = function.directives.unified {
            put!(self, ".attribute(.unified({high}, {low})) ");
        }
        if !function.returns.is_empty() {
            self.parameters(&function.returns);
            self.out.push(' ');
        }
        put!(self, "{}", self.module.names.get(function.name));
        self.parameters(&function.parameters);
        self.directives(&function.directives);
    }

    fn parameters(&mut self, parameters: &[Parameter]) {
        self.out.push('(');
        for (at, parameter) in parameters.iter().enumerate() {
            if at > 0 {
                self.out.push_str(", ");
            }
            if parameter.register.is_some() {
                put!(self, ".reg .{} {}", parameter.ty.scalar, self.module.names.get(parameter.name));
                continue;
            }
            put!(self, ".param .align {}", parameter.alignment);
            let ty = &parameter.ty;
            if let Some(pointer) = parameter.pointer {
                put!(self, " .{} .ptr", ty.scalar);
                if let Some(space) = pointer.space {
                    put!(self, " .{space}");
                }
                put!(self, " .align {} {}", pointer.alignment, self.module.names.get(parameter.name));
            } else {
                self.typed_name(ty, parameter.name);
            }
        }
        self.out.push(')');
    }

    fn directives(&mut self, directives: &Directives) {
        let three = |numbers: [u32; 3]| format!("{}, {}, {}", numbers[0], numbers[1], numbers[2]);
        let numbers = [
            (".maxntid", directives.max_threads.map(three)),
            (".reqntid", directives.required_threads.map(three)),
            (".minnctapersm", directives.min_blocks.map(|number| number.to_string())),
            (".maxnreg", directives.max_registers.map(|number| number.to_string())),
            (".maxclusterrank", directives.max_cluster_rank.map(|number| number.to_string())),
            (".reqnctapercluster", directives.required_cluster.map(three)),
            (".abi_preserve", directives.abi_preserve.map(|number| number.to_string())),
            (".abi_preserve_control", directives.abi_preserve_control.map(|number| number.to_string())),
            (".minperctamemory", directives.min_block_memory.map(|number| number.to_string())),
        ];
        for (name, value) in numbers {
            if let Some(value) = value {
                put!(self, " {name} {value}");
            }
        }
        let flags = [
            (".noreturn", directives.no_return),
            (".explicitcluster", directives.explicit_cluster),
            (".blocksareclusters", directives.blocks_are_clusters),
        ];
        for (name, _) in flags.into_iter().filter(|(_, set)| *set) {
            put!(self, " {name}");
        }
    }

    fn body(&mut self, function: &Function) {
        self.out.push_str("{\n");
        let parameter_registers: Vec<RegisterId> = function
            .returns
            .iter()
            .chain(&function.parameters)
            .filter_map(|parameter| parameter.register)
            .collect();
        for range in &function.registers {
            if parameter_registers.contains(&range.first) {
                continue;
            }
            self.out.push_str("\t.reg ");
            if range.vector > 1 {
                put!(self, ".v{} ", range.vector);
            }
            put!(self, ".{} {}", range.ty, self.module.names.get(range.name));
            if range.numbered {
                put!(self, "<{}>", range.count);
            }
            self.out.push_str(";\n");
        }
        for variable in &function.variables {
            self.out.push('\t');
            self.variable(variable);
        }
        for prototype in &function.prototypes {
            self.prototype(prototype);
        }
        for targets in &function.branch_targets {
            put!(self, "\t{}: .branchtargets ", self.module.names.get(targets.name));
            for (at, &block) in targets.blocks.iter().enumerate() {
                let comma = if at == 0 { "" } else { ", " };
                put!(self, "{comma}{}", self.block_name(function, block));
            }
            self.out.push_str(";\n");
        }
        self.instructions(function);
        self.out.push_str("}\n");
    }

    fn instructions(&mut self, function: &Function) {
        let mut labels = function.labels.iter().peekable();
        let mut pragmas = function.pragmas.iter().peekable();
        let mut locations = function.locations.iter().peekable();
        for (number, block) in function.blocks.iter().enumerate() {
            while let Some(label) = labels.next_if(|label| label.block.index() == number) {
                put!(self, "{}:\n", self.module.names.get(label.name));
            }
            for at in block.range() {
                while let Some(pragma) = pragmas.next_if(|pragma| pragma.instruction as usize <= at) {
                    put!(self, "\t.pragma \"{}\";\n", self.module.names.get(pragma.text));
                }
                while let Some(mark) = locations.next_if(|mark| mark.instruction as usize <= at) {
                    self.location(mark.location);
                }
                self.out.push('\t');
                self.instruction(function, &function.instructions[at]);
                self.out.push_str(";\n");
            }
        }
        for pragma in pragmas {
            put!(self, "\t.pragma \"{}\";\n", self.module.names.get(pragma.text));
        }
        for mark in locations {
            self.location(mark.location);
        }
    }

    fn location(&mut self, location: SourceLocation) {
        put!(self, "\t.loc {} {} {}", location.file, location.line, location.column);
        if let Some(inlined) = location.inlined {
            put!(self, ", function_name {}", self.module.names.get(inlined.function));
            if inlined.offset != 0 {
                put!(self, "+{}", inlined.offset);
            }
            put!(self, ", inlined_at {} {} {}", inlined.file, inlined.line, inlined.column);
        }
        self.out.push('\n');
    }

    fn prototype(&mut self, prototype: &Prototype) {
        put!(self, "\t{}: ", self.module.names.get(prototype.name));
        if prototype.is_targets {
            self.out.push_str(".calltargets ");
            for (at, &target) in prototype.targets.iter().enumerate() {
                let comma = if at == 0 { "" } else { ", " };
                put!(self, "{comma}{}", self.module.function_name(target));
            }
        } else {
            self.out.push_str(".callprototype ");
            if !prototype.returns.is_empty() {
                self.parameters(&prototype.returns);
                self.out.push(' ');
            }
            self.out.push('_');
            if !prototype.parameters.is_empty() {
                self.out.push(' ');
                self.parameters(&prototype.parameters);
            }
            if prototype.no_return {
                self.out.push_str(" .noreturn");
            }
        }
        self.out.push_str(";\n");
    }

    fn block_name(&self, function: &Function, block: BlockId) -> String {
        match function.blocks[block.index()].label {
            Some(label) => self.name(label).to_owned(),
            None => format!("$block_{}", block.0),
        }
    }

    fn instruction(&mut self, function: &Function, instruction: &Instruction) {
        if let Some(guard) = instruction.guard {
            let not = if guard.negated { "!" } else { "" };
            put!(self, "@{not}{} ", self.module.register_name(function, guard.register));
        }
        let form = self.module.form(instruction.form);
        put!(self, "{}", form.text);
        let operands = function.operands_of(instruction);
        if form.opcode == crate::isa::Opcode::Call {
            return self.call(function, operands);
        }
        for (at, operand) in operands.iter().enumerate() {
            self.out.push_str(if at == 0 { " " } else { ", " });
            self.operand(function, operand);
        }
    }

    fn call(&mut self, function: &Function, operands: &[Operand]) {
        self.out.push(' ');
        let [Operand::Vector(returns), callee, Operand::Vector(arguments), rest @ ..] = operands else {
            return;
        };
        if returns.count > 0 {
            self.list(function, *returns, "(", ")");
            self.out.push_str(", ");
        }
        self.operand(function, callee);
        if arguments.count > 0 || !rest.is_empty() {
            self.out.push_str(", ");
            self.list(function, *arguments, "(", ")");
        }
        for operand in rest {
            self.out.push_str(", ");
            self.operand(function, operand);
        }
    }

    fn list(&mut self, function: &Function, range: ElementRange, open: &str, close: &str) {
        self.out.push_str(open);
        for (at, part) in function.elements_of(range).iter().enumerate() {
            if at > 0 {
                self.out.push_str(", ");
            }
            match part {
                Operand::Address { base, offset } => self.address(function, *base, *offset),
                part => self.operand(function, part),
            }
        }
        self.out.push_str(close);
    }

    fn operand(&mut self, function: &Function, operand: &Operand) {
        let register = |id: RegisterId| self.module.register_name(function, id);
        let either = |id: Option<RegisterId>| id.map_or("_".to_owned(), register);
        match *operand {
            Operand::Register(id) => {
                let text = register(id);
                self.out.push_str(&text);
            }
            Operand::Negated(id) => {
                let text = register(id);
                put!(self, "!{text}");
            }
            Operand::Pair(first, second) => {
                let text = format!("{}|{}", either(first), either(second));
                self.out.push_str(&text);
            }
            Operand::Immediate(Immediate::Integer(value)) => {
                put!(self, "{}", value as i64);
            }
            Operand::Immediate(Immediate::F32(bits)) => {
                put!(self, "0f{bits:08X}");
            }
            Operand::Immediate(Immediate::F64(bits)) => {
                put!(self, "0d{bits:016X}");
            }
            Operand::Special { register, component } => self.special(register, component),
            Operand::Symbol { symbol, offset } => {
                put!(self, "{}", self.module.symbol_name(function, symbol));
                self.offset(offset);
            }
            Operand::Address { base, offset } => {
                self.out.push('[');
                self.address(function, base, offset);
                self.out.push(']');
            }
            Operand::Indexed(range) => self.list(function, range, "[", "]"),
            Operand::Vector(range) => {
                let is_predicate = |part: &Operand| matches!(part, Operand::Register(id) if function.register_type(*id) == ScalarType::Pred);
                // The predicate of a texture read is the last element.
                match function.elements_of(range).last() {
                    Some(last) if range.count > 1 && is_predicate(last) => {
                        let values = ElementRange { count: range.count - 1, ..range };
                        self.list(function, values, "{", "}|");
                        self.operand(function, last);
                    }
                    _ => self.list(function, range, "{", "}"),
                }
            }
            Operand::Sink => self.out.push('_'),
            Operand::Block(block) => {
                let name = self.block_name(function, block);
                self.out.push_str(&name);
            }
            Operand::BranchTargets(id) => {
                put!(self, "{}", self.module.names.get(function.branch_targets[id.index()].name));
            }
            Operand::Prototype(id) => {
                put!(self, "{}", self.module.names.get(function.prototypes[id.index()].name));
            }
            Operand::Part { register: id, part, negated } => {
                let minus = if negated { "-" } else { "" };
                let text = register(id);
                put!(self, "{minus}{text}");
                if let Part::Select { bytes, count, digits } = part {
                    self.out.push_str(if bytes { ".b" } else { ".h" });
                    for digit in &digits[..usize::from(count)] {
                        put!(self, "{digit}");
                    }
                }
            }
        }
    }

    fn special(&mut self, register: SpecialRegister, component: Option<crate::isa::Component>) {
        self.out.push_str(&register.name());
        if let Some(component) = component {
            put!(self, ".{}", component.as_str());
        }
    }

    fn address(&mut self, function: &Function, base: AddressBase, offset: i64) {
        match base {
            AddressBase::Register(id) => {
                let text = self.module.register_name(function, id);
                self.out.push_str(&text);
            }
            AddressBase::Symbol(symbol) => {
                put!(self, "{}", self.module.symbol_name(function, symbol));
            }
            AddressBase::Absolute => {
                put!(self, "{}", offset as u64);
                return;
            }
        }
        self.offset(offset);
    }

    fn offset(&mut self, offset: i64) {
        if offset < 0 {
            put!(self, "-{}", offset.unsigned_abs());
        } else if offset > 0 {
            put!(self, "+{offset}");
        }
    }
}
