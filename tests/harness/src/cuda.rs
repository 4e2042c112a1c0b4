//! The few functions of the CUDA driver API that a `.ptx` test needs, from whatever library is given.
//!
//! Bindings are this harness's own, from CUDA's documentation of the driver API, so that a mistake in the product's
//! headers cannot hide here.

use crate::cuda_textures::{ArrayDescriptor, Copy3d, Description, ResourceDescriptor, TextureDescriptor};
use crate::values::{self, Element};
use anyhow::{Context as _, Result, bail};
use libloading::Library;
use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};
use std::path::Path;
use std::ptr::{null, null_mut};

type Status = c_int;
/// An address in device memory.
pub type DevicePointer = u64;

const SUCCESS: Status = 0;
const ERROR_NOT_SUPPORTED: Status = 801;
const JIT_ERROR_LOG_BUFFER: c_uint = 5;
const JIT_ERROR_LOG_BUFFER_SIZE: c_uint = 6;
const FUNCTION_MAX_DYNAMIC_SHARED_SIZE: c_int = 8;

macro_rules! driver_functions {
    ($($field:ident = $symbol:literal ($($arg:ty),*);)*) => {
        struct Functions { $($field: unsafe extern "C" fn($($arg),*) -> Status,)* }

        impl Functions {
            fn load(library: &Library) -> Result<Functions> {
                // SAFETY: each symbol is the documented driver function with the signature written beside it.
                unsafe {
                    Ok(Functions { $($field: *library
                        .get(concat!($symbol, "\0").as_bytes())
                        .with_context(|| format!("the library does not export {}", $symbol))?,)* })
                }
            }
        }
    };
}

driver_functions! {
    init = "cuInit" (c_uint);
    device_get = "cuDeviceGet" (*mut c_int, c_int);
    device_get_name = "cuDeviceGetName" (*mut c_char, c_int, c_int);
    driver_get_version = "cuDriverGetVersion" (*mut c_int);
    primary_retain = "cuDevicePrimaryCtxRetain" (*mut *mut c_void, c_int);
    context_set = "cuCtxSetCurrent" (*mut c_void);
    synchronize = "cuCtxSynchronize" ();
    module_load = "cuModuleLoadData" (*mut *mut c_void, *const c_void);
    module_load_ex = "cuModuleLoadDataEx" (*mut *mut c_void, *const c_void, c_uint, *mut c_uint, *mut *mut c_void);
    get_function = "cuModuleGetFunction" (*mut *mut c_void, *mut c_void, *const c_char);
    get_global = "cuModuleGetGlobal_v2" (*mut DevicePointer, *mut usize, *mut c_void, *const c_char);
    function_set = "cuFuncSetAttribute" (*mut c_void, c_int, c_int);
    allocate = "cuMemAlloc_v2" (*mut DevicePointer, usize);
    to_device = "cuMemcpyHtoD_v2" (DevicePointer, *const c_void, usize);
    to_host = "cuMemcpyDtoH_v2" (*mut c_void, DevicePointer, usize);
    launch = "cuLaunchKernel" (*mut c_void, c_uint, c_uint, c_uint, c_uint, c_uint, c_uint, c_uint,
                               *mut c_void, *mut *mut c_void, *mut *mut c_void);
    array_create = "cuArray3DCreate_v2" (*mut *mut c_void, *const ArrayDescriptor);
    mipmapped_create = "cuMipmappedArrayCreate" (*mut *mut c_void, *const ArrayDescriptor, c_uint);
    mipmapped_level = "cuMipmappedArrayGetLevel" (*mut *mut c_void, *mut c_void, c_uint);
    copy_3d = "cuMemcpy3D_v2" (*const Copy3d);
    texture_create = "cuTexObjectCreate" (*mut u64, *const ResourceDescriptor, *const TextureDescriptor, *const c_void);
    surface_create = "cuSurfObjectCreate" (*mut u64, *const ResourceDescriptor);
    error_name = "cuGetErrorName" (Status, *mut *const c_char);
}

/// Device 0 with its primary context current. Lives to the end of the process: nothing is given back.
pub struct Driver {
    functions: Functions,
    device: c_int,
    _library: Library,
}

/// A loaded module.
pub struct Module(*mut c_void);

/// A kernel of a module.
pub struct Kernel(*mut c_void);

/// Why a module was not loaded.
pub struct LoadError {
    /// The error's name, `CUDA_ERROR_INVALID_PTX` say.
    pub name: String,
    /// What the compiler said.
    pub log: String,
}

impl Driver {
    /// Opens the library and takes device 0.
    pub fn open(path: &Path) -> Result<Driver> {
        // SAFETY: opening a driver library runs its initialisers; that is what it is for.
        let library =
            unsafe { Library::new(path) }.with_context(|| format!("cannot open {}", path.display()))?;
        let functions = Functions::load(&library)?;
        let mut driver = Driver { functions, device: 0, _library: library };
        let mut context = null_mut();
        // SAFETY: every out pointer is to a live variable of the documented type.
        unsafe {
            driver.check("cuInit", (driver.functions.init)(0))?;
            let mut device = 0;
            driver.check("cuDeviceGet", (driver.functions.device_get)(&mut device, 0))?;
            driver.device = device;
            let status = (driver.functions.primary_retain)(&mut context, device);
            driver.check("cuDevicePrimaryCtxRetain", status)?;
            driver.check("cuCtxSetCurrent", (driver.functions.context_set)(context))?;
        }
        Ok(driver)
    }

    /// The device's name and the driver's CUDA version, `H200, CUDA 13.0` say.
    pub fn describe(&self) -> Result<String> {
        let mut name = [0 as c_char; 256];
        let mut version = 0;
        // SAFETY: the buffer's length is passed; the driver terminates the string within it.
        let name = unsafe {
            let status = (self.functions.device_get_name)(name.as_mut_ptr(), 256, self.device);
            self.check("cuDeviceGetName", status)?;
            self.check("cuDriverGetVersion", (self.functions.driver_get_version)(&mut version))?;
            CStr::from_ptr(name.as_ptr()).to_string_lossy().into_owned()
        };
        Ok(format!("{name}, CUDA {}.{}", version / 1000, version % 1000 / 10))
    }

    /// Loads PTX text; compiles it. The inner error is the driver's refusal of the program.
    pub fn load(&self, ptx: &str) -> Result<std::result::Result<Module, LoadError>> {
        let text = CString::new(ptx).context("PTX with a NUL byte")?;
        let mut module = null_mut();
        let mut log = vec![0u8; 16384];
        let mut keys = [JIT_ERROR_LOG_BUFFER, JIT_ERROR_LOG_BUFFER_SIZE];
        let mut values = [log.as_mut_ptr().cast::<c_void>(), log.len() as *mut c_void];
        // SAFETY: the option arrays have the two entries announced; the log buffer has the size announced and, like
        // the text, outlives the call.
        let status = unsafe {
            let with_log = (self.functions.module_load_ex)(
                &mut module,
                text.as_ptr().cast(),
                2,
                keys.as_mut_ptr(),
                values.as_mut_ptr(),
            );
            if with_log == ERROR_NOT_SUPPORTED {
                (self.functions.module_load)(&mut module, text.as_ptr().cast())
            } else {
                with_log
            }
        };
        if status == SUCCESS {
            return Ok(Ok(Module(module)));
        }
        let end = log.iter().position(|&b| b == 0).unwrap_or(log.len());
        let log = String::from_utf8_lossy(&log[..end]).into_owned();
        Ok(Err(LoadError { name: self.name(status), log }))
    }

    /// A kernel by name.
    pub fn kernel(&self, module: &Module, name: &str) -> Result<Kernel> {
        let symbol = CString::new(name)?;
        let mut kernel = null_mut();
        // SAFETY: the module is loaded and the name is terminated.
        let status = unsafe { (self.functions.get_function)(&mut kernel, module.0, symbol.as_ptr()) };
        self.check(&format!("cuModuleGetFunction({name})"), status)?;
        Ok(Kernel(kernel))
    }

    /// Address and size of a module variable.
    pub fn global(&self, module: &Module, name: &str) -> Result<(DevicePointer, usize)> {
        let symbol = CString::new(name)?;
        let (mut address, mut size) = (0, 0);
        // SAFETY: as for `kernel`.
        let status =
            unsafe { (self.functions.get_global)(&mut address, &mut size, module.0, symbol.as_ptr()) };
        self.check(&format!("cuModuleGetGlobal({name})"), status)?;
        Ok((address, size))
    }

    /// Allocates device memory holding these bytes.
    pub fn upload(&self, bytes: &[u8]) -> Result<DevicePointer> {
        let mut address = 0;
        // SAFETY: the out pointer is live.
        let status = unsafe { (self.functions.allocate)(&mut address, bytes.len().max(1)) };
        self.check("cuMemAlloc", status)?;
        self.write(address, bytes)?;
        Ok(address)
    }

    /// Writes to device memory.
    pub fn write(&self, address: DevicePointer, bytes: &[u8]) -> Result<()> {
        // SAFETY: the source is a live slice of the length passed.
        let status = unsafe { (self.functions.to_device)(address, bytes.as_ptr().cast(), bytes.len()) };
        self.check("cuMemcpyHtoD", status)
    }

    /// Reads from device memory.
    pub fn read(&self, address: DevicePointer, size: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; size];
        // SAFETY: the destination is a live vector of the length passed.
        let status = unsafe { (self.functions.to_host)(bytes.as_mut_ptr().cast(), address, size) };
        self.check("cuMemcpyDtoH", status)?;
        Ok(bytes)
    }

    /// Launches and waits. `arguments` are the parameters' bytes in order.
    pub fn run(
        &self,
        kernel: &Kernel,
        grid: [u32; 3],
        block: [u32; 3],
        shared: u32,
        arguments: &[Vec<u8>],
    ) -> Result<()> {
        if shared > 48 * 1024 {
            // SAFETY: the kernel belongs to a loaded module.
            let status = unsafe {
                (self.functions.function_set)(kernel.0, FUNCTION_MAX_DYNAMIC_SHARED_SIZE, shared as c_int)
            };
            self.check("cuFuncSetAttribute", status)?;
        }
        // Parameters are read with their own alignment, which a byte vector does not promise: 16 covers all.
        let aligned: Vec<Vec<u128>> = arguments.iter().map(|bytes| align(bytes)).collect();
        let mut pointers: Vec<*mut c_void> = aligned.iter().map(|a| a.as_ptr() as *mut c_void).collect();
        // SAFETY: one pointer per parameter, each to at least the parameter's bytes, live until the call returns.
        let status = unsafe {
            (self.functions.launch)(
                kernel.0,
                grid[0],
                grid[1],
                grid[2],
                block[0],
                block[1],
                block[2],
                shared,
                null_mut(),
                pointers.as_mut_ptr(),
                null_mut(),
            )
        };
        self.check("cuLaunchKernel", status)?;
        // SAFETY: no arguments.
        let status = unsafe { (self.functions.synchronize)() };
        self.check("cuCtxSynchronize", status)
    }

    /// Makes a texture or surface object; gives its handle and, for an array, the array.
    pub fn image(
        &self,
        description: &Description,
        texels: &[Element],
        surface: bool,
    ) -> Result<(u64, Option<*mut c_void>)> {
        let bytes = values::bytes(texels);
        let sampling = description.sampling()?;
        let channels = description.channel_count();
        let (resource, array) = if description.memory {
            let format = Description::format(texels)?;
            (ResourceDescriptor::memory(self.upload(&bytes)?, format, channels, bytes.len()), None)
        } else {
            let handle = self.array(description, texels, &bytes, surface)?;
            (ResourceDescriptor::array(handle, description.levels.is_some()), Some(handle))
        };
        let mut object = 0;
        // SAFETY: the structures have the documented layout and live until the call returns; there is no view.
        unsafe {
            if surface {
                self.check("cuSurfObjectCreate", (self.functions.surface_create)(&mut object, &resource))?;
            } else {
                let status = (self.functions.texture_create)(&mut object, &resource, &sampling, null());
                self.check("cuTexObjectCreate", status)?;
            }
        }
        Ok((object, array))
    }

    fn array(
        &self,
        description: &Description,
        texels: &[Element],
        bytes: &[u8],
        surface: bool,
    ) -> Result<*mut c_void> {
        let descriptor = description.array(texels, surface)?;
        let texel = texels.first().map_or(1, |texel| texel.ty.size()) * description.channel_count() as usize;
        let mut handle = null_mut();
        let mut start = 0;
        for level in 0..description.level_count() {
            let extents = description.level(level);
            let size = extents.width * extents.rows * extents.slices * texel;
            let part =
                bytes.get(start..start + size).with_context(|| format!("level {level} lacks texels"))?;
            start += size;
            let mut array = null_mut();
            // SAFETY: the structures have the documented layout; the host memory holds a whole level.
            unsafe {
                if description.levels.is_none() {
                    self.check("cuArray3DCreate", (self.functions.array_create)(&mut array, &descriptor))?;
                    handle = array;
                } else {
                    if level == 0 {
                        let levels = description.level_count();
                        let status = (self.functions.mipmapped_create)(&mut handle, &descriptor, levels);
                        self.check("cuMipmappedArrayCreate", status)?;
                    }
                    let status = (self.functions.mipmapped_level)(&mut array, handle, level);
                    self.check("cuMipmappedArrayGetLevel", status)?;
                }
                let copy = Copy3d::new(part.as_ptr().cast(), array, extents, texel, true);
                self.check("cuMemcpy3D", (self.functions.copy_3d)(&copy))?;
            }
        }
        Ok(handle)
    }

    /// Reads a whole array back.
    pub fn read_array(&self, description: &Description, array: *mut c_void, size: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; size];
        let extents = description.level(0);
        let texel = size / (extents.width * extents.rows * extents.slices);
        let copy = Copy3d::new(bytes.as_mut_ptr().cast_const().cast(), array, extents, texel, false);
        // SAFETY: the host memory holds the whole array.
        self.check("cuMemcpy3D", unsafe { (self.functions.copy_3d)(&copy) })?;
        Ok(bytes)
    }

    fn check(&self, what: &str, status: Status) -> Result<()> {
        if status != SUCCESS {
            bail!("{what}: {}", self.name(status));
        }
        Ok(())
    }

    fn name(&self, status: Status) -> String {
        let mut text: *const c_char = null();
        // SAFETY: on success the driver returns a static string, else leaves the pointer null or sets it to null.
        unsafe {
            if (self.functions.error_name)(status, &mut text) == SUCCESS && !text.is_null() {
                return CStr::from_ptr(text).to_string_lossy().into_owned();
            }
        }
        format!("error {status}")
    }
}

fn align(bytes: &[u8]) -> Vec<u128> {
    bytes
        .chunks(16)
        .map(|chunk| {
            let mut whole = [0; 16];
            whole[..chunk.len()].copy_from_slice(chunk);
            u128::from_le_bytes(whole)
        })
        .collect()
}
