//! Modules: loading code, finding kernels and variables in it.

use core::ffi::c_char;
use std::sync::Arc;

use wavefold_core::boundary::{In, Out, driver_entry};
use wavefold_core::image::{self, Code};
use wavefold_core::jit::Log;
use wavefold_core::module::Module;
use wavefold_core::{Error, Result, api, current, handle};

use crate::options::Options;

fn load(module: Out<usize>, code: impl FnOnce() -> Result<Code>, options: &Options) -> Result<()> {
    if module.is_null() {
        return Err(Error::INVALID_VALUE);
    }
    let context = current::driver_context()?;
    context.check()?;
    let mut log = Log { options: options.arguments(), ..Log::default() };
    let start = std::time::Instant::now();
    let loaded = code()
        .and_then(|code| code.compiled(&mut log))
        .and_then(|code| Module::load_code_object(&context, &code));
    options.report(&log, start.elapsed().as_secs_f32() * 1000.0);
    module.put(handle::MODULES.add(loaded?))
}

/// The module of a handle.
pub fn by_handle(module: usize) -> Result<Arc<Module>> {
    handle::MODULES.get(module).ok_or(Error::INVALID_RESOURCE_HANDLE)
}

api! {
    entry = driver_entry;

    /// Loads a module from a file: a fat binary, a code object, or PTX.
    fn cuModuleLoad(module: Out<usize>, path: In<c_char>) {
        let path = path.text()?;
        load(module, || image::of_bytes(&image::read_file(&path)?), &Options::default())
    }

    /// Loads a module from memory.
    fn cuModuleLoadData(module: Out<usize>, image: usize) {
        load(module, || image::at(image), &Options::default())
    }

    /// Loads a module from memory with options for the compiler.
    #[partial("of the options, the logs, the time, the optimisation level, verbosity and debug information have an effect")]
    fn cuModuleLoadDataEx(
        module: Out<usize>,
        image: usize,
        count: u32,
        keys: In<u32>,
        values: Out<usize>,
    ) {
        let options = Options::read(keys, values, count)?;
        load(module, || image::at(image), &options)
    }

    /// Loads a module from a fat binary.
    fn cuModuleLoadFatBinary(module: Out<usize>, image: usize) {
        load(module, || image::at(image), &Options::default())
    }

    /// Unloads a module after the work of its context.
    fn cuModuleUnload(module: usize) {
        let loaded = by_handle(module)?;
        if let Some(context) = loaded.context.upgrade()
            && context.is_alive()
        {
            context.synchronize()?;
        }
        handle::MODULES.remove(module).ok_or(Error::INVALID_RESOURCE_HANDLE)?;
        handle::FUNCTIONS.remove_if(|kernel| Arc::ptr_eq(&kernel.module, &loaded));
        wavefold_core::texture_reference::forget(&loaded);
        Ok(())
    }

    /// How modules are loaded: eagerly, here.
    fn cuModuleGetLoadingMode(mode: Out<u32>) {
        mode.put(1)
    }

    /// The kernel with that PTX name.
    fn cuModuleGetFunction(function: Out<usize>, module: usize, name: In<c_char>) {
        let kernel = by_handle(module)?.kernel(&name.text()?)?;
        function.put(handle::FUNCTIONS.find(&kernel).unwrap_or_else(|| handle::FUNCTIONS.add(kernel)))
    }

    /// The number of kernels.
    fn cuModuleGetFunctionCount(count: Out<u32>, module: usize) {
        count.put(by_handle(module)?.kernel_names().count() as u32)
    }

    /// The first so many kernels.
    fn cuModuleEnumerateFunctions(functions: Out<usize>, count: u32, module: usize) {
        let module = by_handle(module)?;
        if functions.is_null() && count > 0 {
            return Err(Error::INVALID_VALUE);
        }
        let names: Vec<String> = module.kernel_names().take(count as usize).map(str::to_owned).collect();
        for (index, name) in names.iter().enumerate() {
            let kernel = module.kernel(name)?;
            let handle = handle::FUNCTIONS.find(&kernel).unwrap_or_else(|| handle::FUNCTIONS.add(kernel));
            // SAFETY: the caller vouches for an array of `count` elements.
            unsafe { functions.raw().add(index).write(handle) };
        }
        Ok(())
    }

    /// Address and size of the variable with that PTX name; each result may be unwanted.
    fn cuModuleGetGlobal_v2(pointer: Out<usize>, bytes: Out<usize>, module: usize, name: In<c_char>) {
        let (address, size) = by_handle(module)?.variable(&name.text()?)?;
        pointer.put_if_wanted(address);
        bytes.put_if_wanted(size);
        Ok(())
    }
}
