//! Executables: what was loaded into each, its symbols, and the handles by which the C ABI names them.
//!
//! One lock guards everything here; no callback of the user's is made under it.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::elf::{self, SymbolKind};
use super::lines::{self, SourcePlace};
use super::load::{self, Placement};
use super::metadata::KernelMetadata;
use crate::dispatch::KernelDescriptor;
use crate::hsa::status::Status;

/// Where a code object's bytes came from, for debuggers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// A file: its descriptor.
    File(i32),
    /// Memory: its address.
    Memory(usize),
}

/// A code object as read, before it is loaded.
#[derive(Clone, Debug)]
pub struct Source {
    /// The bytes.
    pub bytes: Arc<[u8]>,
    /// Where they came from.
    pub storage: Storage,
    /// Where in the file or memory object they begin.
    pub offset: usize,
}

/// A symbol of an executable.
#[derive(Clone, Debug)]
pub struct ExecutableSymbol {
    /// Its handle.
    pub handle: u64,
    /// Its name.
    pub name: String,
    /// What it names.
    pub kind: SymbolKind,
    /// The agent it was loaded for; `None` for a variable of the whole program.
    pub agent: Option<u32>,
    /// Its device address: of the descriptor, the variable, or the first instruction.
    pub address: u64,
    /// Its size.
    pub size: u64,
    /// False for a variable that the user has defined elsewhere.
    pub is_definition: bool,
    /// Whether other executables may refer to it.
    pub is_global: bool,
    /// Whether it lies in memory that is not written to.
    pub is_constant: bool,
    /// Of kernels: what the compiler said.
    pub kernel: KernelMetadata,
}

/// A code object in an executable.
#[derive(Debug)]
pub struct Loaded {
    /// Its handle.
    pub handle: u64,
    /// The executable's handle.
    pub executable: u64,
    /// The agent it was loaded for.
    pub agent: u32,
    /// Its bytes and their origin.
    pub source: Source,
    /// Where it lies.
    pub placement: Placement,
    /// Functions and kernels by address, to name addresses by.
    names: BTreeMap<u64, (String, u64)>,
    /// Variables by address.
    variables: BTreeMap<u64, Variable>,
}

/// A variable of a loaded code object.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its device address.
    pub address: u64,
    /// Its size.
    pub size: u64,
    /// Whether it lies in a segment that device code may write to.
    pub writable: bool,
}

impl Loaded {
    /// The variable that holds `address`.
    pub fn variable_at(&self, address: u64) -> Option<&Variable> {
        let (_, variable) = self.variables.range(..=address).next_back()?;
        (address - variable.address < variable.size).then_some(variable)
    }

    /// The variable before `address`, as a phrase.
    pub fn nearest_variable(&self, address: u64) -> String {
        match self.variables.range(..=address).next_back() {
            Some((_, variable)) => format!(
                "{} bytes past the end of variable {} of {} bytes",
                address - variable.address - variable.size,
                variable.name,
                variable.size
            ),
            None => "inside a loaded code object, in none of its variables".into(),
        }
    }
}

/// An executable.
#[derive(Debug)]
struct Executable {
    profile: u32,
    rounding: u32,
    frozen: bool,
    loaded: Vec<Arc<Loaded>>,
    symbols: Vec<Arc<ExecutableSymbol>>,
    /// Variables defined by the user: agent (`None` for all), name, address.
    defined: HashMap<(Option<u32>, String), u64>,
}

#[derive(Default)]
struct Registry {
    executables: BTreeMap<u64, Executable>,
    symbols: HashMap<u64, Arc<ExecutableSymbol>>,
    sources: HashMap<u64, Source>,
}

static REGISTRY: Mutex<Option<Registry>> = Mutex::new(None);
static NEXT_HANDLE: AtomicU64 = AtomicU64::new(0x1000);
static GENERATION: AtomicU64 = AtomicU64::new(0);

fn with<T>(action: impl FnOnce(&mut Registry) -> T) -> T {
    let mut registry: MutexGuard<'_, Option<Registry>> =
        REGISTRY.lock().unwrap_or_else(PoisonError::into_inner);
    action(registry.get_or_insert_default())
}

fn new_handle() -> u64 {
    NEXT_HANDLE.fetch_add(16, Ordering::Relaxed)
}

/// A number that changes whenever a code object is unloaded, after which its addresses may hold other instructions.
pub fn generation() -> u64 {
    GENERATION.load(Ordering::Acquire)
}

/// Forgets everything: the runtime is shut down.
pub fn clear() {
    let old = REGISTRY.lock().unwrap_or_else(PoisonError::into_inner).take();
    GENERATION.fetch_add(1, Ordering::Release);
    drop(old);
}

/// Registers a code object's bytes and gives the reader's handle.
pub fn add_source(source: Source) -> u64 {
    let handle = new_handle();
    with(|registry| registry.sources.insert(handle, source));
    handle
}

/// What a reader reads.
pub fn source(handle: u64) -> Option<Source> {
    with(|registry| registry.sources.get(&handle).cloned())
}

/// Forgets a reader; false when there is none.
pub fn remove_source(handle: u64) -> bool {
    with(|registry| registry.sources.remove(&handle).is_some())
}

/// Makes an empty executable.
pub fn create(profile: u32, rounding: u32, frozen: bool) -> u64 {
    let handle = new_handle();
    let executable = Executable {
        profile,
        rounding,
        frozen,
        loaded: Vec::new(),
        symbols: Vec::new(),
        defined: HashMap::new(),
    };
    with(|registry| registry.executables.insert(handle, executable));
    handle
}

fn executable<T>(
    handle: u64,
    action: impl FnOnce(&mut Executable) -> Result<T, Status>,
) -> Result<T, Status> {
    with(|registry| action(registry.executables.get_mut(&handle).ok_or(Status::ERROR_INVALID_EXECUTABLE)?))
}

/// Unloads and forgets an executable.
pub fn destroy(handle: u64) -> Result<(), Status> {
    let old = with(|registry| {
        let old = registry.executables.remove(&handle)?;
        for symbol in &old.symbols {
            registry.symbols.remove(&symbol.handle);
        }
        Some(old)
    });
    GENERATION.fetch_add(1, Ordering::Release);
    old.map(drop).ok_or(Status::ERROR_INVALID_EXECUTABLE)
}

/// Profile, state (1 when frozen) and rounding mode.
pub fn info(handle: u64) -> Result<(u32, u32, u32), Status> {
    executable(handle, |executable| {
        Ok((executable.profile, u32::from(executable.frozen), executable.rounding))
    })
}

/// Freezes an executable.
pub fn freeze(handle: u64) -> Result<(), Status> {
    executable(handle, |executable| {
        if executable.frozen {
            return Err(Status::ERROR_FROZEN_EXECUTABLE);
        }
        executable.frozen = true;
        Ok(())
    })
}

/// Defines a variable that code objects loaded later may refer to.
pub fn define(handle: u64, agent: Option<u32>, name: &str, address: u64) -> Result<(), Status> {
    let symbol = Arc::new(ExecutableSymbol {
        handle: new_handle(),
        name: name.to_owned(),
        kind: SymbolKind::Variable,
        agent,
        address,
        size: 0,
        is_definition: false,
        is_global: true,
        is_constant: false,
        kernel: KernelMetadata::default(),
    });
    with(|registry| {
        let executable = registry.executables.get_mut(&handle).ok_or(Status::ERROR_INVALID_EXECUTABLE)?;
        if executable.frozen {
            return Err(Status::ERROR_FROZEN_EXECUTABLE);
        }
        let taken = executable.symbols.iter().any(|symbol| symbol.name == name && symbol.agent == agent);
        if taken {
            return Err(Status::ERROR_VARIABLE_ALREADY_DEFINED);
        }
        executable.defined.insert((agent, name.to_owned()), address);
        executable.symbols.push(Arc::clone(&symbol));
        registry.symbols.insert(symbol.handle, symbol);
        Ok(())
    })
}

/// Loads a code object for an agent and gives the loaded code object's handle.
pub fn load(handle: u64, agent: u32, source: &Source) -> Result<u64, Status> {
    let object = elf::parse(&source.bytes)?;
    let defined = executable(handle, |executable| {
        if executable.frozen { Err(Status::ERROR_FROZEN_EXECUTABLE) } else { Ok(executable.defined.clone()) }
    })?;
    let find = |name: &str| {
        let named = |agent| defined.get(&(agent, name.to_owned())).copied();
        named(Some(agent)).or_else(|| named(None))
    };
    let placement = load::place(&object, &source.bytes, agent, find)?;
    let symbols = symbols(&object, &placement, agent)?;
    let mut names = BTreeMap::new();
    let mut variables = BTreeMap::new();
    for symbol in object.names.iter().chain(&object.symbols) {
        if symbol.is_defined && symbol.kind == Some(SymbolKind::Variable) && symbol.size > 0 {
            let address = symbol.address.wrapping_add(placement.delta);
            let holds = |segment: &&elf::Segment| symbol.address.wrapping_sub(segment.address) < segment.size;
            if let Some(segment) = object.segments.iter().find(holds) {
                let writable = segment.writable && !object.constants.contains(&symbol.name);
                let (name, size) = (symbol.name.clone(), symbol.size);
                variables.insert(address, Variable { name, address, size, writable });
            }
        }
        if symbol.is_defined && matches!(symbol.kind, Some(SymbolKind::Function | SymbolKind::Kernel)) {
            let address = symbol.address.wrapping_add(placement.delta);
            names.insert(address, (symbol.name.clone(), symbol.size));
        }
    }
    let loaded = Arc::new(Loaded {
        handle: new_handle(),
        executable: handle,
        agent,
        source: source.clone(),
        placement,
        names,
        variables,
    });
    with(|registry| {
        let executable = registry.executables.get_mut(&handle).ok_or(Status::ERROR_INVALID_EXECUTABLE)?;
        if executable.frozen {
            return Err(Status::ERROR_FROZEN_EXECUTABLE);
        }
        let taken = |new: &Arc<ExecutableSymbol>| {
            let same = |old: &Arc<ExecutableSymbol>| old.name == new.name && old.agent == new.agent;
            new.is_global && executable.symbols.iter().any(same)
        };
        if !executable.symbols.is_empty() && symbols.iter().any(taken) {
            return Err(Status::ERROR_VARIABLE_ALREADY_DEFINED);
        }
        for symbol in symbols {
            registry.symbols.insert(symbol.handle, Arc::clone(&symbol));
            executable.symbols.push(symbol);
        }
        executable.loaded.push(Arc::clone(&loaded));
        Ok(loaded.handle)
    })
}

/// The symbols that a placed code object contributes.
fn symbols(
    object: &elf::CodeObject,
    placement: &Placement,
    agent: u32,
) -> Result<Vec<Arc<ExecutableSymbol>>, Status> {
    let mut symbols = Vec::new();
    for symbol in &object.symbols {
        let Some(kind) = symbol.kind else { continue };
        if !symbol.is_defined {
            continue;
        }
        let address = symbol.address.wrapping_add(placement.delta);
        let end = address.checked_add(symbol.size).ok_or(Status::ERROR_INVALID_CODE_OBJECT)?;
        if address < placement.base || end > placement.base + placement.size {
            return Err(Status::ERROR_INVALID_CODE_OBJECT);
        }
        let mut kernel = object.kernels.get(&symbol.name).cloned().unwrap_or_default();
        if kind == SymbolKind::Kernel && kernel.symbol.is_empty() {
            // Without metadata the descriptor itself says what it can.
            // SAFETY: 64 bytes inside the placement, as was just checked.
            let bytes = unsafe { (address as *const [u8; KernelDescriptor::SIZE]).read_unaligned() };
            let descriptor = KernelDescriptor::parse(&bytes);
            kernel.kernarg_segment_size = descriptor.kernarg_size;
            kernel.group_segment_fixed_size = descriptor.group_segment_size;
            kernel.private_segment_fixed_size = descriptor.private_segment_size;
        }
        let is_constant = object
            .segments
            .iter()
            .any(|segment| !segment.writable && symbol.address.wrapping_sub(segment.address) < segment.size);
        symbols.push(Arc::new(ExecutableSymbol {
            handle: new_handle(),
            name: symbol.name.clone(),
            kind,
            agent: Some(agent),
            address,
            size: symbol.size,
            is_definition: true,
            is_global: symbol.is_global,
            is_constant,
            kernel,
        }));
    }
    Ok(symbols)
}

/// The symbol of this name for an agent, or of the whole program for `None`.
pub fn symbol_by_name(handle: u64, agent: Option<u32>, name: &str) -> Result<Arc<ExecutableSymbol>, Status> {
    executable(handle, |executable| {
        let named = |wanted: Option<u32>| {
            executable.symbols.iter().find(|symbol| symbol.name == name && symbol.agent == wanted)
        };
        let symbol = match agent {
            Some(_) => named(agent).or_else(|| named(None)),
            None => named(None),
        };
        symbol.cloned().ok_or(Status::ERROR_INVALID_SYMBOL_NAME)
    })
}

/// All symbols of an executable, in the order of loading.
pub fn symbols_of(handle: u64) -> Result<Vec<Arc<ExecutableSymbol>>, Status> {
    executable(handle, |executable| Ok(executable.symbols.clone()))
}

/// The symbol with this handle.
pub fn symbol(handle: u64) -> Option<Arc<ExecutableSymbol>> {
    with(|registry| registry.symbols.get(&handle).cloned())
}

/// What is loaded into an executable.
pub fn loaded_of(handle: u64) -> Result<Vec<Arc<Loaded>>, Status> {
    executable(handle, |executable| Ok(executable.loaded.clone()))
}

/// Everything that is loaded.
pub fn all_loaded() -> Vec<Arc<Loaded>> {
    with(|registry| {
        registry.executables.values().flat_map(|executable| executable.loaded.iter().cloned()).collect()
    })
}

/// The handles of all executables.
pub fn all_executables() -> Vec<u64> {
    with(|registry| registry.executables.keys().copied().collect())
}

/// The loaded code object that holds this address.
pub fn loaded_at(address: u64) -> Option<Arc<Loaded>> {
    all_loaded()
        .into_iter()
        .find(|loaded| address.wrapping_sub(loaded.placement.base) < loaded.placement.size)
}

/// The function or kernel that an address lies in, and how far in.
pub fn symbol_at(address: u64) -> Option<(String, u64)> {
    let loaded = loaded_at(address)?;
    let (start, (name, _)) = loaded.names.range(..=address).next_back()?;
    Some((name.clone(), address - start))
}

/// The source lines of the instruction at an address, innermost first, if its code object has line information.
pub fn source_at(address: u64) -> Vec<SourcePlace> {
    let Some(loaded) = loaded_at(address) else { return Vec::new() };
    lines::places(&loaded.source.bytes, address.wrapping_sub(loaded.placement.delta))
}
