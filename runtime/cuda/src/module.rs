//! Modules: loading code, finding kernels and variables in it.

use core::ffi::c_char;
use std::sync::Arc;

use wavefold_core::boundary::{In, Out, driver_entry};
use wavefold_core::jit::Log;
use wavefold_core::module::Module;
use wavefold_core::{Error, Result, api, current, handle};

/// `CUjit_option`, those that mean something here.
mod option {
    pub const WALL_TIME: u32 = 2;
    pub const INFO_LOG_BUFFER: u32 = 3;
    pub const INFO_LOG_BUFFER_SIZE: u32 = 4;
    pub const ERROR_LOG_BUFFER: u32 = 5;
    pub const ERROR_LOG_BUFFER_SIZE: u32 = 6;
    pub const OPTIMIZATION_LEVEL: u32 = 7;
    pub const LOG_VERBOSE: u32 = 12;
    /// `CU_JIT_NUM_OPTIONS` of CUDA 12.4.
    pub const COUNT: u32 = 34;
}

/// The options of a load and where their results go.
struct Options {
    keys: In<u32>,
    values: *mut usize,
    count: usize,
}

impl Options {
    const NONE: fn() -> Options = || Options { keys: In::null(), values: core::ptr::null_mut(), count: 0 };

    fn key(&self, index: usize) -> Result<u32> {
        self.keys.at(index)
    }

    fn value(&self, index: usize) -> usize {
        // SAFETY: the caller vouches for the array.
        unsafe { *self.values.add(index) }
    }

    fn check(&self) -> Result<()> {
        if self.count > 0 && (self.keys.is_null() || self.values.is_null()) {
            return Err(Error::INVALID_VALUE);
        }
        for index in 0..self.count {
            if self.key(index)? >= option::COUNT {
                return Err(Error::INVALID_VALUE.because(format_args!("JIT option {}", self.key(index)?)));
            }
        }
        Ok(())
    }

    /// The compiler's arguments.
    fn arguments(&self) -> Result<Vec<String>> {
        let mut arguments = Vec::new();
        for index in 0..self.count {
            match self.key(index)? {
                option::OPTIMIZATION_LEVEL => {
                    arguments.push(format!("-O{}", self.value(index).min(4).min(3)))
                }
                option::LOG_VERBOSE if self.value(index) as u32 != 0 => arguments.push("-v".to_owned()),
                _ => {}
            }
        }
        Ok(arguments)
    }

    /// Hands the messages and the time over.
    fn report(&self, log: &Log, milliseconds: f32) -> Result<()> {
        self.give(option::INFO_LOG_BUFFER, option::INFO_LOG_BUFFER_SIZE, &log.information)?;
        self.give(option::ERROR_LOG_BUFFER, option::ERROR_LOG_BUFFER_SIZE, &log.errors)?;
        if let Some(index) = self.find(option::WALL_TIME)? {
            // SAFETY: the caller vouches for the array; the result is a float in the slot itself.
            unsafe { *self.values.add(index) = milliseconds.to_bits() as usize };
        }
        Ok(())
    }

    fn find(&self, key: u32) -> Result<Option<usize>> {
        for index in 0..self.count {
            if self.key(index)? == key {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    fn give(&self, buffer_key: u32, size_key: u32, text: &str) -> Result<()> {
        let (Some(buffer), Some(size)) = (self.find(buffer_key)?, self.find(size_key)?) else {
            return Ok(());
        };
        let room = self.value(size) as u32 as usize;
        let address = self.value(buffer) as *mut u8;
        if address.is_null() || room == 0 {
            return Ok(());
        }
        let count = text.len().min(room - 1);
        // SAFETY: the caller vouches for a buffer of the size it gives, and for the array.
        unsafe {
            core::ptr::copy_nonoverlapping(text.as_ptr(), address, count);
            address.add(count).write(0);
            *self.values.add(size) = count;
        }
        Ok(())
    }
}

fn load(module: Out<usize>, image: usize, options: &Options) -> Result<()> {
    if module.is_null() {
        return Err(Error::INVALID_VALUE);
    }
    options.check()?;
    let context = current::driver_context()?;
    context.check()?;
    let mut log = Log { options: options.arguments()?, ..Log::default() };
    let start = std::time::Instant::now();
    let loaded = Module::load_image(&context, image, Some(&mut log));
    options.report(&log, start.elapsed().as_secs_f32() * 1000.0)?;
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
        let mut bytes = std::fs::read(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Error::FILE_NOT_FOUND.because(format_args!("{path}: {error}")),
            _ => Error::OPERATING_SYSTEM.because(format_args!("{path}: {error}")),
        })?;
        // Text needs its end, and a truncated binary must not be read past its own.
        bytes.resize(bytes.len() + 64, 0);
        load(module, bytes.as_ptr() as usize, &Options::NONE())
    }

    /// Loads a module from memory.
    fn cuModuleLoadData(module: Out<usize>, image: usize) {
        load(module, image, &Options::NONE())
    }

    /// Loads a module from memory with options for the compiler.
    #[partial("of the options, the logs, the time, the optimisation level and verbosity have an effect")]
    fn cuModuleLoadDataEx(
        module: Out<usize>,
        image: usize,
        count: u32,
        keys: In<u32>,
        values: *mut usize,
    ) {
        load(module, image, &Options { keys, values, count: count as usize })
    }

    /// Loads a module from a fat binary.
    fn cuModuleLoadFatBinary(module: Out<usize>, image: usize) {
        load(module, image, &Options::NONE())
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

    /// Address and size of the variable with that PTX name; each result may be unwanted.
    fn cuModuleGetGlobal_v2(pointer: Out<usize>, bytes: Out<usize>, module: usize, name: In<c_char>) {
        let (address, size) = by_handle(module)?.variable(&name.text()?)?;
        pointer.put_if_wanted(address);
        bytes.put_if_wanted(size);
        Ok(())
    }
}
