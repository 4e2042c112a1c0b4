//! Heads and bodies of functions.

use super::table::Table;
use super::{PResult, Parser};
use crate::diagnostic::Diagnostic;
use crate::isa::ScalarType;
use crate::lexer::TokenKind;
use crate::module::*;
use crate::span::Span;

/// What a name within a function stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Name {
    /// A plain register: index into the function's ranges.
    Register(u32),
    Symbol(Symbol),
    /// A label: index into [`FunctionState::labels`].
    Label(u32),
    BranchTargets(BranchTargetsId),
    Prototype(PrototypeId),
}

/// A label that was met, by its definition or by a branch to it.
pub(super) struct LabelSlot<'s> {
    pub text: &'s str,
    pub first_use: Span,
    pub block: Option<BlockId>,
    /// The label of an outer scope that it turned out to be.
    pub alias: Option<u32>,
}

/// An open `{`.
struct Scope {
    names: usize,
    numbered: usize,
    labels: Vec<u32>,
    open: Span,
}

/// The function under construction.
pub(super) struct FunctionState<'s> {
    pub function: Function,
    pub names: Table<'s, Name>,
    /// Prefixes of numbered registers.
    pub numbered: Table<'s, u32>,
    /// Whether a plain register's name ends in a digit, so that `%r1` may be one.
    pub plain_digits: bool,
    /// Whether the prefix of numbered registers ends in a digit, so that `%a12` may be number 2 of `%a1<5>`.
    pub prefix_digits: bool,
    pub next_register: u32,
    /// Whether `array[2]` is an element to access (`ld`) or its address as a value (`mov`).
    pub subscript_is_address: bool,
    /// The type of each register, by its number.
    pub register_types: Vec<ScalarType>,
    /// Prefixes looked up lately, see [`FunctionState::cached_range`].
    prefix_cache: [(u64, u32); PREFIX_SLOTS],
    pub labels: Vec<LabelSlot<'s>>,
    /// Operands that name labels: indices into the function's operands.
    pub label_operands: Vec<u32>,
    scopes: Vec<Scope>,
    block_label: Option<NameId>,
    block_start: u32,
}

impl<'s> FunctionState<'s> {
    pub fn new() -> Self {
        Self {
            function: empty_function(NameId(0), FunctionKind::Device, Linkage::Internal, Span::default()),
            names: Table::new(),
            numbered: Table::new(),
            plain_digits: false,
            prefix_digits: false,
            next_register: 0,
            subscript_is_address: true,
            register_types: Vec::new(),
            prefix_cache: [(0, 0); PREFIX_SLOTS],
            labels: Vec::new(),
            label_operands: Vec::new(),
            scopes: Vec::new(),
            block_label: None,
            block_start: 0,
        }
    }
}

/// Size of the cache of prefixes; a power of two.
const PREFIX_SLOTS: usize = 16;

impl FunctionState<'_> {
    /// The type of a register.
    #[inline]
    pub fn register_type(&self, register: RegisterId) -> ScalarType {
        self.register_types.get(register.index()).copied().unwrap_or(ScalarType::B32)
    }

    /// The range of a prefix, from the cache if the prefix is short and was looked up before.
    #[inline]
    pub fn numbered_range(&mut self, prefix: &str) -> Option<u32> {
        if prefix.len() > 7 {
            return self.numbered.get(prefix);
        }
        let key = prefix.bytes().fold(prefix.len() as u64, |key, byte| key << 8 | u64::from(byte));
        let slot = (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 60) as usize % PREFIX_SLOTS;
        let (known, range) = self.prefix_cache[slot];
        if known == key {
            return Some(range);
        }
        let range = self.numbered.get(prefix)?;
        self.prefix_cache[slot] = (key, range);
        Some(range)
    }
}

/// A function without parameters and body.
fn empty_function(name: NameId, kind: FunctionKind, linkage: Linkage, span: Span) -> Function {
    Function {
        name,
        kind,
        linkage,
        has_body: false,
        returns: Vec::new(),
        parameters: Vec::new(),
        directives: Directives::default(),
        pragmas: Vec::new(),
        registers: Vec::new(),
        variables: Vec::new(),
        blocks: Vec::new(),
        labels: Vec::new(),
        instructions: Vec::new(),
        operands: Vec::new(),
        operand_spans: Vec::new(),
        elements: Vec::new(),
        branch_targets: Vec::new(),
        prototypes: Vec::new(),
        locations: Vec::new(),
        span,
    }
}

impl<'s> Parser<'s> {
    /// `[linkage] .func|.entry|.global ...`
    pub(super) fn declaration_or_function(&mut self) -> PResult<()> {
        let mut linkage = Linkage::Internal;
        loop {
            linkage = match self.text() {
                ".visible" => Linkage::Visible,
                ".extern" => Linkage::Extern,
                ".weak" => Linkage::Weak,
                ".common" => Linkage::Common,
                ".entry" => return self.function(FunctionKind::Kernel, linkage),
                ".func" => return self.function(FunctionKind::Device, linkage),
                _ => return self.variables(linkage, false),
            };
            self.advance();
        }
    }

    fn function(&mut self, kind: FunctionKind, linkage: Linkage) -> PResult<()> {
        self.advance();
        self.function_number += 1;
        // The buffers of the function before are used again.
        let mut old = std::mem::replace(&mut self.state, FunctionState::new());
        self.keep_buffers(&mut old.function);
        self.open_scope();
        let mut unified = None;
        if self.text() == ".attribute" {
            unified = self.attribute()?.1;
        }
        let mut returns = Vec::new();
        if self.token.is(b'(') {
            returns = self.parameters()?;
        }
        let (name, span) = self.expect_word("the name of the function")?;
        let id = self.intern(name);
        let function = &mut self.state.function;
        (function.name, function.kind, function.linkage, function.span) = (id, kind, linkage, span);
        let mut parameters = Vec::new();
        if self.token.is(b'(') {
            parameters = self.parameters()?;
        }
        for (at, (text, parameter)) in returns.iter().enumerate() {
            self.enter_parameter(text, parameter, Symbol::Return(ReturnId(at as u32)))?;
        }
        for (at, (text, parameter)) in parameters.iter().enumerate() {
            self.enter_parameter(text, parameter, Symbol::Parameter(ParameterId(at as u32)))?;
        }
        self.state.function.returns = returns.into_iter().map(|(_, parameter)| parameter).collect();
        self.state.function.parameters = parameters.into_iter().map(|(_, parameter)| parameter).collect();
        self.state.function.directives = self.directives()?;
        self.state.function.directives.unified = unified;
        let slot = self.declare_function(name, span)?;
        if self.eat(b';') {
            return Ok(());
        }
        if !self.token.is(b'{') {
            return Err(self.unexpected("`{` or `;`"));
        }
        if self.module.functions[slot.index()].has_body {
            return Err(self.duplicate(name, span));
        }
        if linkage == Linkage::Extern {
            self.report(Diagnostic::error(span, format!("`{name}` is .extern and cannot have a body")));
        }
        self.state.function.has_body = true;
        self.body(span)?;
        let mut done = std::mem::replace(&mut self.state, FunctionState::new());
        self.keep_buffers(&mut done.function);
        self.module.functions[slot.index()] = done.function;
        Ok(())
    }

    /// Gives the function lists of their exact size and keeps the large ones for the next function.
    fn keep_buffers(&mut self, function: &mut Function) {
        fn swap<T: Clone>(list: &mut Vec<T>) -> Vec<T> {
            let exact = list.as_slice().to_vec();
            let mut large = std::mem::replace(list, exact);
            large.clear();
            large
        }
        let next = &mut self.state.function;
        next.instructions = swap(&mut function.instructions);
        next.operands = swap(&mut function.operands);
        next.operand_spans = swap(&mut function.operand_spans);
        next.elements = swap(&mut function.elements);
    }

    /// `(.param .b32 a, .reg .b32 b)`; register parameters get their registers.
    fn parameters(&mut self) -> PResult<Vec<(&'s str, Parameter)>> {
        self.expect(b'(')?;
        let mut parameters = Vec::new();
        while !self.eat(b')') {
            let (name, mut parameter, in_register) = self.parameter()?;
            if in_register {
                let ty = parameter.ty.scalar;
                parameter.register = Some(self.declare_register(name, parameter.span, ty, 1, 1, false)?);
            }
            parameters.push((name, parameter));
            if !self.eat(b',') {
                self.expect(b')')?;
                break;
            }
        }
        Ok(parameters)
    }

    fn enter_parameter(&mut self, text: &'s str, parameter: &Parameter, symbol: Symbol) -> PResult<()> {
        if parameter.register.is_some() || text == "_" {
            return Ok(());
        }
        self.set_uses(parameter.name, 1);
        self.enter_name(text, Name::Symbol(symbol), parameter.span)
    }

    /// Finds or makes the function's entry; a second head must agree with the first.
    fn declare_function(&mut self, name: &'s str, span: Span) -> PResult<FunctionId> {
        let new = &self.state.function;
        let head = Function {
            returns: new.returns.clone(),
            parameters: new.parameters.clone(),
            directives: new.directives.clone(),
            ..empty_function(new.name, new.kind, new.linkage, span)
        };
        match self.globals.get(name) {
            None => {
                let id = FunctionId(self.module.functions.len() as u32);
                self.module.functions.push(head);
                self.globals.insert(name, Symbol::Function(id));
                Ok(id)
            }
            Some(Symbol::Function(id)) => {
                let old = &self.module.functions[id.index()];
                let same = |a: &[Parameter], b: &[Parameter]| {
                    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.size == b.size)
                };
                if old.kind != head.kind
                    || !same(&old.returns, &head.returns)
                    || !same(&old.parameters, &head.parameters)
                {
                    let message = format!("`{name}` was declared with other parameters");
                    return Err(Box::new(Diagnostic::error(span, message)));
                }
                Ok(id)
            }
            Some(_) => Err(self.duplicate(name, span)),
        }
    }

    /// `.maxntid 64, 1, 1 .minnctapersm 16 .noreturn ...`
    fn directives(&mut self) -> PResult<Directives> {
        let mut directives = Directives::default();
        while self.token.kind == TokenKind::DotWord {
            let directive = self.text();
            let known = matches!(
                directive,
                ".maxntid"
                    | ".reqntid"
                    | ".minnctapersm"
                    | ".maxnctapersm"
                    | ".maxnreg"
                    | ".noreturn"
                    | ".pragma"
                    | ".maxclusterrank"
                    | ".reqnctapercluster"
                    | ".explicitcluster"
                    | ".blocksareclusters"
                    | ".abi_preserve"
                    | ".abi_preserve_control"
                    | ".minperctamemory"
            );
            if !known {
                return Err(self.unexpected("a directive such as `.maxntid`, or the function's body"));
            }
            self.advance();
            match directive {
                ".maxntid" => directives.max_threads = Some(self.three()?),
                ".reqntid" => directives.required_threads = Some(self.three()?),
                ".minnctapersm" | ".maxnctapersm" => directives.min_blocks = Some(self.small_constant()?),
                ".maxnreg" => directives.max_registers = Some(self.small_constant()?),
                ".noreturn" => directives.no_return = true,
                ".maxclusterrank" => directives.max_cluster_rank = Some(self.small_constant()?),
                ".reqnctapercluster" => directives.required_cluster = Some(self.three()?),
                ".explicitcluster" => directives.explicit_cluster = true,
                ".blocksareclusters" => directives.blocks_are_clusters = true,
                ".abi_preserve" => directives.abi_preserve = Some(self.small_constant()?),
                ".abi_preserve_control" => directives.abi_preserve_control = Some(self.small_constant()?),
                ".minperctamemory" => directives.min_block_memory = Some(self.small_constant()?),
                _ => self.pragma()?,
            }
        }
        Ok(directives)
    }

    /// One to three numbers; those left out are 1.
    fn three(&mut self) -> PResult<[u32; 3]> {
        let mut numbers = [self.small_constant()?, 1, 1];
        for number in &mut numbers[1..] {
            if !self.eat(b',') {
                break;
            }
            *number = self.small_constant()?;
        }
        Ok(numbers)
    }

    /// `"nounroll";` before the next instruction.
    pub(super) fn pragma(&mut self) -> PResult<()> {
        let instruction = self.state.function.instructions.len() as u32;
        for text in self.string_list()? {
            let text = self.intern(text);
            self.state.function.pragmas.push(Pragma { instruction, text });
        }
        Ok(())
    }

    /// `{ ... }` of a function.
    fn body(&mut self, head: Span) -> PResult<()> {
        self.open_scope();
        self.advance();
        while self.state.scopes.len() > 1 {
            if self.too_many_errors() {
                return Ok(());
            }
            let at_end = matches!(self.token.kind, TokenKind::End | TokenKind::Unterminated);
            if let Err(diagnostic) = self.statement(head) {
                self.report(*diagnostic);
                if at_end {
                    return Ok(());
                }
                if self.state.scopes.len() > 1 {
                    self.skip_statement();
                }
            }
        }
        self.finish_body();
        Ok(())
    }

    /// Enters a scope; the token is its brace.
    pub(super) fn open_scope(&mut self) {
        let state = &mut self.state;
        state.scopes.push(Scope {
            names: state.names.len(),
            numbered: state.numbered.len(),
            labels: Vec::new(),
            open: self.token.span,
        });
    }

    /// Leaves a scope: labels not found in it may belong to the scope around.
    pub(super) fn close_scope(&mut self) {
        let state = &mut self.state;
        let Some(scope) = state.scopes.pop() else { return };
        state.names.leave(scope.names);
        state.numbered.leave(scope.numbered);
        state.prefix_cache = [(0, 0); PREFIX_SLOTS];
        let outer = state.scopes.len();
        for slot in scope.labels {
            let label = &state.labels[slot as usize];
            if label.block.is_some() || label.alias.is_some() {
                continue;
            }
            let text = label.text;
            match state.names.get(text) {
                Some(Name::Label(same)) => state.labels[slot as usize].alias = Some(same),
                _ if outer > 1 => {
                    state.names.insert(text, Name::Label(slot));
                    state.scopes[outer - 1].labels.push(slot);
                }
                _ => {}
            }
        }
    }

    /// How many scopes are open, the function's parameters counted.
    pub(super) fn scope_depth(&self) -> usize {
        self.state.scopes.len()
    }

    /// Where the innermost scope was opened.
    pub(super) fn scope_start(&self) -> Span {
        self.state.scopes.last().map_or(Span::default(), |scope| scope.open)
    }

    /// Enters a name into the innermost scope.
    pub(super) fn enter_name(&mut self, text: &'s str, name: Name, span: Span) -> PResult<()> {
        let mark = self.state.scopes.last().map_or(0, |scope| scope.names);
        if self.state.names.get_since(text, mark).is_some() {
            return Err(self.duplicate(text, span));
        }
        let register = matches!(name, Name::Register(_));
        self.state.plain_digits |= register && text.ends_with(|c: char| c.is_ascii_digit());
        self.state.names.insert(text, name);
        Ok(())
    }

    /// Enters the prefix of numbered registers into the innermost scope.
    pub(super) fn enter_numbered(&mut self, text: &'s str, range: u32, span: Span) -> PResult<()> {
        let mark = self.state.scopes.last().map_or(0, |scope| scope.numbered);
        if self.state.numbered.get_since(text, mark).is_some() {
            return Err(self.duplicate(&format!("{text}<>"), span));
        }
        self.state.prefix_digits |= text.ends_with(|c: char| c.is_ascii_digit());
        self.state.numbered.insert(text, range);
        self.state.prefix_cache = [(0, 0); PREFIX_SLOTS];
        Ok(())
    }

    /// The label of a name, made if it is new.
    pub(super) fn label(&mut self, text: &'s str, span: Span) -> u32 {
        if let Some(Name::Label(slot)) = self.state.names.get(text) {
            return slot;
        }
        self.new_label(text, span)
    }

    fn new_label(&mut self, text: &'s str, span: Span) -> u32 {
        let slot = self.state.labels.len() as u32;
        self.state.labels.push(LabelSlot { text, first_use: span, block: None, alias: None });
        self.state.names.insert(text, Name::Label(slot));
        if let Some(scope) = self.state.scopes.last_mut() {
            scope.labels.push(slot);
        }
        slot
    }

    /// A label stands here: a block starts.
    pub(super) fn define_label(&mut self, text: &'s str, span: Span) -> PResult<()> {
        let mark = self.state.scopes.last().map_or(0, |scope| scope.names);
        let slot = match self.state.names.get_since(text, mark) {
            Some(Name::Label(slot)) if self.state.labels[slot as usize].block.is_none() => slot,
            Some(_) => return Err(self.duplicate(text, span)),
            None => self.new_label(text, span),
        };
        let name = self.unique_name(text);
        if self.state.block_start < self.state.function.instructions.len() as u32 {
            self.close_block();
        }
        let block = BlockId(self.state.function.blocks.len() as u32);
        self.state.labels[slot as usize].block = Some(block);
        self.state.block_label.get_or_insert(name);
        self.state.function.labels.push(Label { name, block, span });
        Ok(())
    }

    /// The instructions so far end a block.
    pub(super) fn close_block(&mut self) {
        let end = self.state.function.instructions.len() as u32;
        let block = BasicBlock { label: self.state.block_label.take(), start: self.state.block_start, end };
        self.state.function.blocks.push(block);
        self.state.block_start = end;
    }

    /// A name for the module that nothing else in the function has.
    pub(super) fn unique_name(&mut self, text: &str) -> NameId {
        let name = self.module.names.intern(text);
        let met = self.uses(name);
        if met == 0 {
            self.set_uses(name, 1);
            return name;
        }
        for number in met.. {
            // `$` keeps the number of a register range apart from it.
            let candidate = self.module.names.intern(&format!("{text}${number}$"));
            if self.uses(candidate) == 0 {
                self.set_uses(name, number + 1);
                self.set_uses(candidate, 1);
                return candidate;
            }
        }
        name
    }

    /// How often a name of the source was met in this function.
    fn uses(&self, name: NameId) -> u32 {
        match self.name_uses.get(name.index()) {
            Some(&(function, uses)) if function == self.function_number => uses,
            _ => 0,
        }
    }

    fn set_uses(&mut self, name: NameId, uses: u32) {
        if self.name_uses.len() <= name.index() {
            self.name_uses.resize(name.index() + 1, (0, 0));
        }
        self.name_uses[name.index()] = (self.function_number, uses);
    }

    /// Closes the last block and puts the blocks in the place of the labels.
    fn finish_body(&mut self) {
        let state = &mut self.state;
        let instructions = state.function.instructions.len() as u32;
        if state.block_start < instructions || state.block_label.is_some() || state.function.blocks.is_empty()
        {
            self.close_block();
        }
        let mut missing = Vec::new();
        let state = &mut self.state;
        let resolve = |slot: u32, missing: &mut Vec<u32>| {
            let mut slot = slot;
            while let Some(alias) = state.labels[slot as usize].alias {
                slot = alias;
            }
            state.labels[slot as usize].block.unwrap_or_else(|| {
                missing.push(slot);
                BlockId(0)
            })
        };
        for &at in &state.label_operands {
            if let Operand::Block(slot) = state.function.operands[at as usize] {
                state.function.operands[at as usize] = Operand::Block(resolve(slot.0, &mut missing));
            }
        }
        for targets in &mut state.function.branch_targets {
            for block in &mut targets.blocks {
                *block = resolve(block.0, &mut missing);
            }
        }
        missing.sort_unstable();
        missing.dedup();
        for slot in missing {
            let label = &self.state.labels[slot as usize];
            let message = format!("the label `{}` is not defined in this function", label.text);
            self.report(Diagnostic::error(label.first_use, message).with_label("no such label"));
        }
        let function = &mut self.state.function;
        function.blocks.shrink_to_fit();
        function.labels.shrink_to_fit();
    }
}
