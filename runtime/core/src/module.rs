//! Modules: code objects loaded onto a context's device, and their kernels and variables.
//!
//! An image may be a fat binary (or its wrapper), an AMD code object, or PTX text, which is compiled by the toolkit's
//! own `ptxas` first. What a kernel's parameters are is read from the Wavefold note in the code object.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, LazyLock, Mutex, RwLock, Weak};

use wavefold_formats::code_object::{self, CodeObject, KernelMetadata};
use wavefold_formats::note::{KernelNote, MANAGED_POINTER, WarpMapping};
use wavefold_hsa::{Executable, KernelSymbol};

use crate::context::Context;
use crate::device::{MAX_THREADS_PER_BLOCK, SHARED_MEMORY};
use crate::error::{Error, Result};
use crate::image::{self, bad_image};
use crate::lock::{lock, read, write};
use crate::system_calls::Patience;
use crate::{copy, jit, managed, registry};

/// A loaded code object.
pub struct Module {
    /// The context it was loaded into.
    pub context: Weak<Context>,
    /// Its device.
    pub device: i32,
    executable: Executable,
    object: CodeObject,
    kernels: Mutex<HashMap<String, Weak<Kernel>>>,
    /// Managed variables by name: where devices see them, and their sizes.
    managed: HashMap<String, (usize, usize)>,
}

/// A kernel, ready to be launched.
pub struct Kernel {
    /// Its PTX name.
    pub name: String,
    /// Its module.
    pub module: Arc<Module>,
    /// What dispatch packets hold.
    pub symbol: KernelSymbol,
    /// Parameters and mapping; `None` in a code object that another compiler made.
    pub note: Option<KernelNote>,
    /// Registers and sizes.
    pub metadata: KernelMetadata,
    /// `.target` and `.version` of its PTX: 70 and 84.
    pub ptx: (u32, u32),
    /// The dynamic shared memory that the program has allowed for it.
    pub max_dynamic_shared: AtomicU32,
}

impl Module {
    /// Loads the image at `image` (a fat binary or its wrapper, an ELF file, or zero-terminated PTX text). The compiler's
    /// messages go to `log`.
    pub fn load_image(context: &Arc<Context>, image: usize, log: &mut jit::Log) -> Result<Arc<Module>> {
        Module::load_code_object(context, &image::at(image)?.compiled(log)?)
    }

    /// Loads a fat binary that the program registered. Its managed variables lie in the program's memory.
    pub fn load_registered(context: &Arc<Context>, binary: &registry::Binary) -> Result<Arc<Module>> {
        let code = image::at(binary.image)?.compiled(&mut jit::Log::default())?;
        Module::load(context, &code, |name| registry::managed_variable(binary.id, name))
    }

    /// Loads an ELF code object.
    pub fn load_code_object(context: &Arc<Context>, bytes: &[u8]) -> Result<Arc<Module>> {
        Module::load(context, bytes, |_| None)
    }

    /// Loads an ELF code object; `shadow` gives the host memory of a managed variable that has some.
    fn load(
        context: &Arc<Context>,
        bytes: &[u8],
        shadow: impl Fn(&str) -> Option<usize>,
    ) -> Result<Arc<Module>> {
        // What kernels have printed so far comes before whatever the new module brings, as in CUDA.
        context.system_calls.print(Patience::None);
        let object = image::parse(bytes)?;
        let executable = Executable::load(&context.device.agent, bytes).map_err(bad_image)?;
        let managed = place_managed(context, &executable, &object, shadow)?;
        let module = Arc::new(Module {
            context: Arc::downgrade(context),
            device: context.device.ordinal,
            executable,
            object,
            kernels: Mutex::new(HashMap::new()),
            managed,
        });
        module.enter_variables();
        Ok(module)
    }

    /// The kernel with that PTX name.
    pub fn kernel(self: &Arc<Module>, name: &str) -> Result<Arc<Kernel>> {
        let mut kernels = lock(&self.kernels);
        if let Some(kernel) = kernels.get(name).and_then(Weak::upgrade) {
            return Ok(kernel);
        }
        let metadata = self.object.kernel(name).ok_or(Error::SYMBOL_NOT_FOUND)?.clone();
        let symbol =
            self.executable.kernel(&metadata.symbol).map_err(|e| Error::SYMBOL_NOT_FOUND.because(e))?;
        let note = self.object.note.as_ref();
        let kernel = Arc::new(Kernel {
            name: name.to_owned(),
            module: self.clone(),
            symbol,
            ptx: note.map_or((70, 84), |note| (note.ptx_target, note.ptx_version)),
            note: note.and_then(|note| note.kernels.iter().find(|kernel| kernel.name == name)).cloned(),
            max_dynamic_shared: AtomicU32::new(SHARED_MEMORY.saturating_sub(metadata.group_size)),
            metadata,
        });
        kernels.insert(name.to_owned(), Arc::downgrade(&kernel));
        Ok(kernel)
    }

    /// Address and size of the variable with that name.
    pub fn variable(&self, name: &str) -> Result<(usize, usize)> {
        if let Some(&place) = self.managed.get(name) {
            return Ok(place);
        }
        let (address, size) =
            self.executable.variable(name).map_err(|e| Error::SYMBOL_NOT_FOUND.because(e))?;
        // The note knows the declared size where the ELF symbol's is rounded.
        let noted = self.object.note.as_ref().and_then(|note| note.variables.iter().find(|v| v.name == name));
        Ok((address as usize, noted.map_or(size, |v| v.size) as usize))
    }

    /// Address and size of the managed variable with that name.
    pub fn managed_variable(&self, name: &str) -> Result<(usize, usize)> {
        self.managed.get(name).copied().ok_or(Error::SYMBOL_NOT_FOUND)
    }

    /// Names of the kernels.
    pub fn kernel_names(&self) -> impl Iterator<Item = &str> {
        self.object.kernels.iter().map(|kernel| kernel.name.as_str())
    }

    fn enter_variables(&self) {
        let Some(note) = &self.object.note else { return };
        let mut map = write(&VARIABLES);
        for variable in &note.variables {
            if let Ok((address, size)) = self.executable.variable(&variable.name) {
                map.insert(address as usize, (variable.size.max(size) as usize, self.device));
            }
        }
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        let Some(note) = &self.object.note else { return };
        let mut map = write(&VARIABLES);
        for variable in &note.variables {
            if let Ok((address, _)) = self.executable.variable(&variable.name) {
                map.remove(&(address as usize));
            }
        }
    }
}

impl Kernel {
    /// The largest block that the code allows.
    pub fn max_threads(&self) -> u32 {
        match &self.note {
            Some(note) if note.max_threads != 0 => note.max_threads.min(MAX_THREADS_PER_BLOCK),
            Some(_) => MAX_THREADS_PER_BLOCK,
            None => self.metadata.max_workgroup_size.clamp(1, MAX_THREADS_PER_BLOCK),
        }
    }

    /// How its warps lie in wavefronts.
    pub fn mapping(&self) -> WarpMapping {
        self.note.as_ref().map_or(WarpMapping::Fold, |note| note.mapping)
    }

    /// Bytes of shared memory that it declares.
    pub fn static_shared(&self) -> u32 {
        self.symbol.group_size
    }
}

/// Module variables by address: their size and device. `cudaMemcpy` takes their addresses like any other.
static VARIABLES: LazyLock<RwLock<BTreeMap<usize, (usize, i32)>>> = LazyLock::new(RwLock::default);

/// The device whose module variable holds the address.
pub fn owner_of(address: usize) -> Option<i32> {
    let map = read(&VARIABLES);
    let (start, (size, device)) = map.range(..=address).next_back()?;
    (address - start < (*size).max(1)).then_some(*device)
}

/// Gives the managed variables their memory, and the module's code the addresses.
fn place_managed(
    context: &Arc<Context>,
    executable: &Executable,
    object: &CodeObject,
    shadow: impl Fn(&str) -> Option<usize>,
) -> Result<HashMap<String, (usize, usize)>> {
    let mut places = HashMap::new();
    let variables = object.note.iter().flat_map(|note| &note.variables);
    for variable in variables.filter(|variable| variable.managed && variable.size > 0) {
        let find = |name: &str| executable.variable(name).map(|(address, _)| address as usize);
        let size = variable.size as usize;
        let pointer = find(&format!("{}{MANAGED_POINTER}", variable.name)).map_err(bad_image)?;
        let address = match shadow(&variable.name) {
            // It got its initial value when it was registered.
            Some(host) => managed::pin_variable(context, host, size)?,
            None => {
                let initial = find(&variable.name).map_err(bad_image)?;
                let address = managed::allocate(context, size, 1)?;
                // SAFETY: the memory was allocated just now with this size.
                let bytes = unsafe { core::slice::from_raw_parts_mut(address as *mut u8, size) };
                copy::read_device(context, initial, bytes)?;
                address
            }
        };
        copy::write_device(context, pointer, &(address as u64).to_le_bytes())?;
        places.insert(variable.name.clone(), (address, size));
    }
    Ok(places)
}

/// The initial value of a variable of the fat binary at `image`: for variables that lie in the program's own memory.
pub fn initial_value(image: usize, name: &str) -> Result<Vec<u8>> {
    let code = image::at(image)?.compiled(&mut jit::Log::default())?;
    code_object::variable_bytes(&code, name).map_err(bad_image)
}
