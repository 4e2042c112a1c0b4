//! Specification 2.9: executables and their symbols.

use std::ffi::c_void;
use std::sync::Arc;

use super::abi::{
    Agent, Executable, ExecutableSymbol, In, LoadedCodeObject, Out, Outcome, Reader, Text, hsa_functions,
    iterate,
};
use super::device;
use super::status::Status;
use crate::loader::elf::SymbolKind;
use crate::loader::registry::{self, ExecutableSymbol as Symbol};

fn handle(symbol: &Symbol) -> ExecutableSymbol {
    ExecutableSymbol { handle: symbol.handle }
}

/// Functions in code objects are the loader's own business; programs see kernels and variables.
fn is_visible(symbol: &Arc<Symbol>) -> bool {
    symbol.kind != SymbolKind::Function
}

fn info(symbol: &Symbol, attribute: u32, value: Out<c_void>) -> Outcome {
    let word = |figure: u32| value.of::<u32>().put(figure);
    let is_kernel = symbol.kind == SymbolKind::Kernel;
    let is_variable = symbol.kind == SymbolKind::Variable;
    match attribute {
        0 => word(match symbol.kind {
            SymbolKind::Variable => 0,
            SymbolKind::Kernel => 1,
            SymbolKind::Function => 2,
        }),
        1 => word(symbol.name.len() as u32),
        2 => value.of::<u8>().put_all(symbol.name.bytes()),
        3 => word(0),
        4 => Ok(()),
        5 => word(u32::from(symbol.is_global)),
        17 => value.of::<bool>().put(symbol.is_definition),
        20 => match symbol.agent {
            Some(agent) => value.of::<Agent>().put(device::agent_handle(agent)),
            None => Err(Status::ERROR_INVALID_ARGUMENT),
        },
        21 if is_variable => value.of::<u64>().put(symbol.address),
        6 if is_variable => word(u32::from(symbol.agent.is_none())),
        7 if is_variable => word(u32::from(symbol.is_constant)),
        // The largest power of two that divides the address: what alignment there is, up to a page.
        8 if is_variable => word(1 << symbol.address.trailing_zeros().min(12)),
        9 if is_variable => word(u32::try_from(symbol.size).unwrap_or(u32::MAX)),
        10 if is_variable => value.of::<bool>().put(symbol.is_constant),
        22 if is_kernel => value.of::<u64>().put(symbol.address),
        11 if is_kernel => word(symbol.kernel.kernarg_segment_size),
        12 if is_kernel => word(symbol.kernel.kernarg_segment_align.max(16)),
        13 if is_kernel => word(symbol.kernel.group_segment_fixed_size),
        14 if is_kernel => word(symbol.kernel.private_segment_fixed_size),
        15 if is_kernel => value.of::<bool>().put(symbol.kernel.uses_dynamic_stack),
        16 | 18 => word(0),
        23 if symbol.kind == SymbolKind::Function => value.of::<u64>().put(symbol.address),
        _ => Err(Status::ERROR_INVALID_ARGUMENT),
    }
}

/// Symbol names are bytes to the caller, but a name that is not UTF-8 is none of ours.
fn find(executable: Executable, agent: Option<u32>, name: Text, symbol: Out<ExecutableSymbol>) -> Outcome {
    if symbol.is_null() {
        return Err(Status::ERROR_INVALID_ARGUMENT);
    }
    let found = registry::symbol_by_name(executable.handle, agent, &name.required()?)?;
    symbol.put(handle(&found))
}

fn define(executable: Executable, agent: Option<u32>, name: Text, address: u64) -> Outcome {
    registry::define(executable.handle, agent, &name.required()?, address)
}

hsa_functions! {
    fn hsa_executable_create(profile: u32, state: u32, _options: usize, executable: Out<Executable>) {
        if profile > 1 || state > 1 || executable.is_null() {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        executable.put(Executable { handle: registry::create(profile, 0, state == 1) })
    }

    fn hsa_executable_create_alt(
        profile: u32,
        rounding: u32,
        _options: usize,
        executable: Out<Executable>,
    ) {
        if profile > 1 || rounding > 2 || executable.is_null() {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        executable.put(Executable { handle: registry::create(profile, rounding, false) })
    }

    fn hsa_executable_destroy(executable: Executable) {
        registry::destroy(executable.handle)
    }

    /// Program code objects hold what is shared by all agents; no compiler for this device makes them.
    fn hsa_executable_load_program_code_object(
        executable: Executable,
        reader: Reader,
        _options: usize,
        _loaded: Out<LoadedCodeObject>,
    ) {
        registry::info(executable.handle)?;
        registry::source(reader.handle).ok_or(Status::ERROR_INVALID_CODE_OBJECT_READER)?;
        Err(Status::ERROR_INVALID_CODE_OBJECT)
    }

    fn hsa_executable_load_agent_code_object(
        executable: Executable,
        agent: Agent,
        reader: Reader,
        _options: usize,
        loaded: Out<LoadedCodeObject>,
    ) {
        let agent = device::gpu_index(agent)?;
        let source = registry::source(reader.handle).ok_or(Status::ERROR_INVALID_CODE_OBJECT_READER)?;
        let handle = registry::load(executable.handle, agent, &source)?;
        if loaded.is_null() { Ok(()) } else { loaded.put(LoadedCodeObject { handle }) }
    }

    fn hsa_executable_freeze(executable: Executable, _options: usize) {
        registry::freeze(executable.handle)
    }

    fn hsa_executable_get_info(executable: Executable, attribute: u32, value: Out<c_void>) {
        let (profile, state, rounding) = registry::info(executable.handle)?;
        match attribute {
            1 => value.of::<u32>().put(profile),
            2 => value.of::<u32>().put(state),
            3 => value.of::<u32>().put(rounding),
            _ => Err(Status::ERROR_INVALID_ARGUMENT),
        }
    }

    fn hsa_executable_global_variable_define(executable: Executable, name: Text, address: u64) {
        define(executable, None, name, address)
    }

    fn hsa_executable_agent_global_variable_define(
        executable: Executable,
        agent: Agent,
        name: Text,
        address: u64,
    ) {
        define(executable, Some(device::agent_index(agent)?), name, address)
    }

    fn hsa_executable_readonly_variable_define(
        executable: Executable,
        agent: Agent,
        name: Text,
        address: u64,
    ) {
        define(executable, Some(device::agent_index(agent)?), name, address)
    }

    fn hsa_executable_validate(executable: Executable, result: Out<u32>) {
        registry::info(executable.handle)?;
        // What is loaded was checked and relocated as it was loaded.
        result.put(0)
    }

    fn hsa_executable_validate_alt(executable: Executable, _options: usize, result: Out<u32>) {
        registry::info(executable.handle)?;
        result.put(0)
    }

    fn hsa_executable_get_symbol(
        executable: Executable,
        _module: usize,
        name: Text,
        agent: Agent,
        _call_convention: i32,
        symbol: Out<ExecutableSymbol>,
    ) {
        let agent = if agent.handle == 0 { None } else { Some(device::agent_index(agent)?) };
        find(executable, agent, name, symbol)
    }

    fn hsa_executable_get_symbol_by_name(
        executable: Executable,
        name: Text,
        agent: In<Agent>,
        symbol: Out<ExecutableSymbol>,
    ) {
        let agent = agent.get().map(device::agent_index).transpose()?;
        find(executable, agent, name, symbol)
    }

    fn hsa_executable_symbol_get_info(symbol: ExecutableSymbol, attribute: u32, value: Out<c_void>) {
        let symbol = registry::symbol(symbol.handle).ok_or(Status::ERROR_INVALID_EXECUTABLE_SYMBOL)?;
        info(&symbol, attribute, value)
    }

    fn hsa_executable_iterate_symbols(
        executable: Executable,
        callback: Option<extern "C" fn(Executable, ExecutableSymbol, usize) -> u32>,
        data: usize,
    ) {
        let callback = callback.ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        let symbols = registry::symbols_of(executable.handle)?;
        iterate(symbols.iter().filter(|symbol| is_visible(symbol)), |symbol| {
            callback(executable, handle(symbol), data)
        })
    }

    fn hsa_executable_iterate_agent_symbols(
        executable: Executable,
        agent: Agent,
        callback: Option<extern "C" fn(Executable, Agent, ExecutableSymbol, usize) -> u32>,
        data: usize,
    ) {
        let index = device::agent_index(agent)?;
        let callback = callback.ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        let symbols = registry::symbols_of(executable.handle)?;
        let own = |symbol: &&Arc<Symbol>| is_visible(symbol) && symbol.agent == Some(index);
        iterate(symbols.iter().filter(own), |symbol| callback(executable, agent, handle(symbol), data))
    }

    fn hsa_executable_iterate_program_symbols(
        executable: Executable,
        callback: Option<extern "C" fn(Executable, ExecutableSymbol, usize) -> u32>,
        data: usize,
    ) {
        let callback = callback.ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        let symbols = registry::symbols_of(executable.handle)?;
        let program = symbols.iter().filter(|symbol| is_visible(symbol) && symbol.agent.is_none());
        iterate(program, |symbol| callback(executable, handle(symbol), data))
    }
}
