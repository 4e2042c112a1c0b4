//! Libraries: code that is loaded once and used in every context, and its kernels.
//!
//! The code is found and compiled when the library is loaded; a context gets a module of it when it first uses it.

use core::ffi::c_char;
use std::collections::{BTreeMap, HashMap};
use std::ffi::CString;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, Weak};

use wavefold_core::boundary::{In, Out, driver_entry};
use wavefold_core::context::Context;
use wavefold_core::handle::Table;
use wavefold_core::image::{self, Code};
use wavefold_core::jit::Log;
use wavefold_core::module::{Kernel, Module};
use wavefold_core::{Error, Result, api, current, handle};

use crate::function;
use crate::options::Options;

/// `CU_LIBRARY_NUM_OPTIONS`: a table of host functions, and whether the image stays where it is.
const OPTION_COUNT: u32 = 2;
const HOST_FUNCTION_TABLE: u32 = 0;

/// A loaded library.
pub struct Library {
    code: Vec<u8>,
    names: Vec<String>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By the number of the context.
    modules: HashMap<u64, Arc<Module>>,
    kernels: BTreeMap<String, Arc<LibraryKernel>>,
}

/// A kernel of a library, in whatever context it is used.
pub struct LibraryKernel {
    library: Weak<Library>,
    name: CString,
}

static LIBRARIES: LazyLock<Table<Library>> = LazyLock::new(Table::new);
static KERNELS: LazyLock<Table<LibraryKernel>> = LazyLock::new(Table::new);

impl Library {
    fn by_handle(library: usize) -> Result<Arc<Library>> {
        LIBRARIES.get(library).ok_or(Error::INVALID_RESOURCE_HANDLE)
    }

    fn load(code: &Code, log: &mut Log) -> Result<Arc<Library>> {
        let code = code.compiled(log)?;
        let names = image::kernel_names(&code)?;
        Ok(Arc::new(Library { code, names, state: Mutex::default() }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// The module of a context, loaded on first use.
    fn module(&self, context: &Arc<Context>) -> Result<Arc<Module>> {
        let mut state = self.state();
        // Modules of contexts that are gone are of no use to anybody.
        state.modules.retain(|_, module| module.context.upgrade().is_some_and(|context| context.is_alive()));
        if let Some(module) = state.modules.get(&context.id) {
            return Ok(module.clone());
        }
        let module = Module::load_code_object(context, &self.code)?;
        state.modules.insert(context.id, module.clone());
        Ok(module)
    }

    fn kernel(self: &Arc<Library>, name: &str) -> Result<usize> {
        if !self.names.iter().any(|known| known == name) {
            return Err(Error::SYMBOL_NOT_FOUND);
        }
        let text = CString::new(name).map_err(|_| Error::SYMBOL_NOT_FOUND)?;
        let mut state = self.state();
        let kernel = state
            .kernels
            .entry(name.to_owned())
            .or_insert_with(|| Arc::new(LibraryKernel { library: Arc::downgrade(self), name: text }));
        Ok(KERNELS.find(kernel).unwrap_or_else(|| KERNELS.add(kernel.clone())))
    }
}

/// The kernel of a library's kernel handle in a context; `None` if it is no such handle.
pub fn kernel_in(handle: usize, context: &Arc<Context>) -> Option<Result<Arc<Kernel>>> {
    let kernel = KERNELS.get(handle)?;
    let find = || {
        let library = kernel.library.upgrade().ok_or(Error::INVALID_RESOURCE_HANDLE)?;
        library.module(context)?.kernel(&kernel.name.to_string_lossy())
    };
    Some(find())
}

fn by_handle(kernel: usize) -> Result<Arc<LibraryKernel>> {
    KERNELS.get(kernel).ok_or(Error::INVALID_RESOURCE_HANDLE)
}

/// The kernel on a device: in the current context if that is the device's, else in its primary context.
fn on_device(kernel: usize, device: i32) -> Result<Arc<Kernel>> {
    by_handle(kernel)?;
    let device = current::device(device)?;
    let context = match current::top().filter(|top| top.is_alive() && top.device.ordinal == device.ordinal) {
        Some(context) => context,
        None => {
            let primary = device.primary.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            primary.context.clone().ok_or(Error::DEVICE_UNINITIALIZED)?
        }
    };
    kernel_in(kernel, &context).ok_or(Error::INVALID_RESOURCE_HANDLE)?
}

fn load(
    library: Out<usize>,
    code: impl FnOnce() -> Result<Code>,
    options: &Options,
    library_options: (In<u32>, *const usize, u32),
) -> Result<()> {
    if library.is_null() {
        return Err(Error::INVALID_VALUE);
    }
    let (keys, values, count) = library_options;
    for index in 0..count as usize {
        if values.is_null() || keys.at(index)? >= OPTION_COUNT {
            return Err(Error::INVALID_VALUE);
        }
        if keys.at(index)? == HOST_FUNCTION_TABLE {
            return Err(Error::NOT_SUPPORTED.because("a library's table of host functions"));
        }
    }
    let mut log = Log { options: options.arguments(), ..Log::default() };
    let start = std::time::Instant::now();
    let loaded = code().and_then(|code| Library::load(&code, &mut log));
    options.report(&log, start.elapsed().as_secs_f32() * 1000.0);
    library.put(LIBRARIES.add(loaded?))
}

api! {
    entry = driver_entry;

    /// Loads a library from memory; the image is copied.
    #[partial("a table of host functions is refused")]
    fn cuLibraryLoadData(
        library: Out<usize>,
        image: usize,
        keys: In<u32>,
        values: Out<usize>,
        count: u32,
        library_keys: In<u32>,
        library_values: *const usize,
        library_count: u32,
    ) {
        let options = Options::read(keys, values, count)?;
        load(library, || image::at(image), &options, (library_keys, library_values, library_count))
    }

    /// Loads a library from a file.
    #[partial("a table of host functions is refused")]
    fn cuLibraryLoadFromFile(
        library: Out<usize>,
        path: In<c_char>,
        keys: In<u32>,
        values: Out<usize>,
        count: u32,
        library_keys: In<u32>,
        library_values: *const usize,
        library_count: u32,
    ) {
        let options = Options::read(keys, values, count)?;
        let path = path.text()?;
        let code = || image::of_bytes(&image::read_file(&path)?);
        load(library, code, &options, (library_keys, library_values, library_count))
    }

    /// Unloads a library from every context.
    fn cuLibraryUnload(library: usize) {
        let library = LIBRARIES.remove(library).ok_or(Error::INVALID_RESOURCE_HANDLE)?;
        let state = std::mem::take(&mut *library.state());
        for module in state.modules.values() {
            if let Some(context) = module.context.upgrade()
                && context.is_alive()
            {
                context.synchronize()?;
            }
            handle::FUNCTIONS.remove_if(|kernel| Arc::ptr_eq(&kernel.module, module));
            handle::MODULES.remove_if(|other| core::ptr::eq(other, Arc::as_ptr(module)));
        }
        KERNELS.remove_if(|kernel| core::ptr::eq(kernel.library.as_ptr(), Arc::as_ptr(&library)));
        Ok(())
    }

    /// The kernel with that PTX name.
    fn cuLibraryGetKernel(kernel: Out<usize>, library: usize, name: In<c_char>) {
        kernel.put(Library::by_handle(library)?.kernel(&name.text()?)?)
    }

    /// The number of kernels.
    fn cuLibraryGetKernelCount(count: Out<u32>, library: usize) {
        count.put(Library::by_handle(library)?.names.len() as u32)
    }

    /// The first so many kernels.
    fn cuLibraryEnumerateKernels(kernels: Out<usize>, count: u32, library: usize) {
        let library = Library::by_handle(library)?;
        if kernels.is_null() && count > 0 {
            return Err(Error::INVALID_VALUE);
        }
        for (index, name) in library.names.iter().take(count as usize).enumerate() {
            // SAFETY: the caller vouches for an array of `count` elements.
            unsafe { kernels.raw().add(index).write(library.kernel(name)?) };
        }
        Ok(())
    }

    /// The module of a library in the current context.
    fn cuLibraryGetModule(module: Out<usize>, library: usize) {
        let loaded = Library::by_handle(library)?.module(&current::driver_context()?)?;
        module.put(handle::MODULES.find(&loaded).unwrap_or_else(|| handle::MODULES.add(loaded)))
    }

    /// Address and size of a variable in the current context; each result may be unwanted.
    fn cuLibraryGetGlobal(pointer: Out<usize>, bytes: Out<usize>, library: usize, name: In<c_char>) {
        let module = Library::by_handle(library)?.module(&current::driver_context()?)?;
        let (address, size) = module.variable(&name.text()?)?;
        pointer.put_if_wanted(address);
        bytes.put_if_wanted(size);
        Ok(())
    }

    /// Address and size of a managed variable; each result may be unwanted.
    #[partial("a context has a managed variable of its own")]
    fn cuLibraryGetManaged(pointer: Out<usize>, bytes: Out<usize>, library: usize, name: In<c_char>) {
        let module = Library::by_handle(library)?.module(&current::driver_context()?)?;
        let (address, size) = module.managed_variable(&name.text()?)?;
        pointer.put_if_wanted(address);
        bytes.put_if_wanted(size);
        Ok(())
    }

    /// The kernel in the current context.
    fn cuKernelGetFunction(function: Out<usize>, kernel: usize) {
        let found = kernel_in(kernel, &current::driver_context()?).ok_or(Error::INVALID_RESOURCE_HANDLE)??;
        function.put(handle::FUNCTIONS.find(&found).unwrap_or_else(|| handle::FUNCTIONS.add(found)))
    }

    /// The PTX name; it lives as long as the library.
    fn cuKernelGetName(name: Out<*const c_char>, kernel: usize) {
        name.put(by_handle(kernel)?.name.as_ptr())
    }

    /// Where a parameter lies in the parameter area.
    fn cuKernelGetParamInfo(kernel: usize, index: usize, offset: Out<usize>, size: Out<usize>) {
        let found = kernel_in(kernel, &current::driver_context()?).ok_or(Error::INVALID_RESOURCE_HANDLE)??;
        function::parameter(&found, index, offset, size)
    }

    /// One thing about a kernel on a device.
    #[partial("registers are vector registers of a lane; a device without a current or primary context is refused")]
    fn cuKernelGetAttribute(value: Out<i32>, number: u32, kernel: usize, device: i32) {
        value.put(function::attribute(&*on_device(kernel, device)?, number)?)
    }

    /// Sets an attribute of a kernel on a device.
    #[partial("clusters are refused; a device without a current or primary context is refused")]
    fn cuKernelSetAttribute(number: u32, value: i32, kernel: usize, device: i32) {
        function::set_attribute(&*on_device(kernel, device)?, number, value)
    }

    /// Prefers cache or shared memory: a hint without effect, since they are separate here.
    fn cuKernelSetCacheConfig(kernel: usize, config: u32, device: i32) {
        by_handle(kernel)?;
        current::device(device)?;
        if config > 3 { Err(Error::INVALID_VALUE) } else { Ok(()) }
    }
}
