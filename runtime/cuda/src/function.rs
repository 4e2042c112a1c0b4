//! Kernels: attributes, launches, occupancy.

use core::ffi::{c_char, c_void};
use std::collections::BTreeSet;
use std::ffi::CString;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use wavefold_core::boundary::{DefaultStream, In, Out, driver_entry};
use wavefold_core::device::{COMPUTE_CAPABILITY, SHARED_MEMORY};
use wavefold_core::launch::{self, Arguments, Configuration};
use wavefold_core::module::Kernel;
use wavefold_core::{Error, Result, api, current, handle, occupancy};

use crate::library;

/// `CU_LAUNCH_PARAM_END`, `BUFFER_POINTER` and `BUFFER_SIZE`.
const PARAM_END: usize = 0;
const PARAM_BUFFER_POINTER: usize = 1;
const PARAM_BUFFER_SIZE: usize = 2;
/// `CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES`.
const MAX_DYNAMIC_SHARED: u32 = 8;

/// The kernel of a handle: a function, or a library's kernel in the current context.
fn by_handle(function: usize) -> Result<Arc<Kernel>> {
    if let Some(kernel) = handle::FUNCTIONS.get(function) {
        return Ok(kernel);
    }
    let context = current::driver_context()?;
    library::kernel_in(function, &context).ok_or(Error::INVALID_RESOURCE_HANDLE)?
}

/// The offset and size of a parameter.
pub fn parameter(kernel: &Kernel, index: usize, offset: Out<usize>, size: Out<usize>) -> Result<()> {
    let parameter = kernel.note.as_ref().and_then(|note| note.parameters.get(index));
    let parameter = parameter.ok_or(Error::INVALID_VALUE)?;
    size.put_if_wanted(parameter.size as usize);
    offset.put(parameter.offset as usize)
}

/// Sets an attribute.
pub fn set_attribute(kernel: &Kernel, number: u32, value: i32) -> Result<()> {
    match number {
        MAX_DYNAMIC_SHARED => {
            let limit = SHARED_MEMORY.saturating_sub(kernel.static_shared());
            let value = u32::try_from(value).ok().filter(|&value| value <= limit);
            kernel.max_dynamic_shared.store(value.ok_or(Error::INVALID_VALUE)?, Ordering::Relaxed);
            Ok(())
        }
        // A hint; LDS and cache are separate here.
        9 if (-1..=100).contains(&value) => Ok(()),
        10..=15 => Err(Error::NOT_SUPPORTED.because("thread block clusters")),
        _ => Err(Error::INVALID_VALUE),
    }
}

/// One thing about a kernel.
pub fn attribute(kernel: &Kernel, number: u32) -> Result<i32> {
    let binary = COMPUTE_CAPABILITY.0 * 10 + COMPUTE_CAPABILITY.1;
    Ok(match number {
        0 => kernel.max_threads() as i32,
        1 => kernel.static_shared() as i32,
        2 => 0,
        3 => kernel.symbol.private_size as i32,
        4 => kernel.metadata.vgprs as i32,
        5 if kernel.ptx.0 != 0 => kernel.ptx.0 as i32,
        5 | 6 => binary,
        7 => 0,
        MAX_DYNAMIC_SHARED => kernel.max_dynamic_shared.load(Ordering::Relaxed) as i32,
        9 => -1,
        // Clusters: none required, none allowed.
        10..=15 => 0,
        _ => return Err(Error::INVALID_VALUE),
    })
}

/// The parameter area of a launch's `extra` list.
///
/// # Safety
/// The list is as CUDA's documentation says.
unsafe fn extra_buffer<'a>(mut extra: *const usize) -> Result<&'a [u8]> {
    let (mut address, mut size) = (0, None);
    loop {
        // SAFETY: the caller's word: the list ends with PARAM_END.
        unsafe {
            match *extra {
                PARAM_END => break,
                PARAM_BUFFER_POINTER => address = *extra.add(1),
                PARAM_BUFFER_SIZE => size = Some(*(*extra.add(1) as *const usize)),
                _ => return Err(Error::INVALID_VALUE),
            }
            extra = extra.add(2);
        }
    }
    match size {
        Some(0) => Ok(&[]),
        // SAFETY: the caller's word: the buffer has that size.
        Some(size) if address != 0 => Ok(unsafe { core::slice::from_raw_parts(address as *const u8, size) }),
        _ => Err(Error::INVALID_VALUE),
    }
}

/// A name for C, kept until the program ends: each name once.
fn permanent(name: &str) -> *const c_char {
    static NAMES: Mutex<BTreeSet<CString>> = Mutex::new(BTreeSet::new());
    let Ok(text) = CString::new(name) else { return c"".as_ptr() };
    let mut names = NAMES.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(known) = names.get(&text) {
        return known.as_ptr();
    }
    // The text of a CString does not move with it.
    let address = text.as_ptr();
    names.insert(text);
    address
}

fn blocks(out: Out<i32>, function: usize, block_size: i32, shared: usize) -> Result<()> {
    let kernel = by_handle(function)?;
    let threads =
        u32::try_from(block_size).ok().filter(|&threads| threads > 0).ok_or(Error::INVALID_VALUE)?;
    out.put(occupancy::active_blocks(&kernel, threads, shared) as i32)
}

/// `CUoccupancyB2DSize`.
type SharedOfBlock = unsafe extern "C" fn(i32) -> usize;

fn best(
    grid: Out<i32>,
    block: Out<i32>,
    function: usize,
    of_block: Option<SharedOfBlock>,
    shared: usize,
    limit: i32,
) -> Result<()> {
    let kernel = by_handle(function)?;
    let units = current::driver_context()?.device.compute_units;
    let limit = u32::try_from(limit).map_err(|_| Error::INVALID_VALUE)?;
    // SAFETY: the caller vouches for the function.
    let dynamic = |size: u32| of_block.map_or(shared, |of_block| unsafe { of_block(size as i32) });
    let (blocks, threads) = occupancy::best_block(&kernel, units, dynamic, limit);
    grid.put(blocks as i32)?;
    block.put(threads as i32)
}

/// `CU_LAUNCH_ATTRIBUTE_COOPERATIVE`.
const COOPERATIVE: u32 = 2;

struct Shape {
    grid: [u32; 3],
    block: [u32; 3],
    shared: u32,
    stream: usize,
    default: DefaultStream,
    cooperative: bool,
}

fn start(
    function: usize,
    shape: &Shape,
    parameters: *const *const c_void,
    extra: *const usize,
) -> Result<()> {
    let kernel = by_handle(function)?;
    let context = current::driver_context()?;
    context.check()?;
    if !parameters.is_null() && !extra.is_null() {
        return Err(Error::INVALID_VALUE.because("both kernelParams and extra are given"));
    }
    let stream = shape.default.resolve(&context, shape.stream)?;
    let configuration = Configuration { grid: shape.grid, block: shape.block, shared: shape.shared as usize };
    // SAFETY: the caller vouches for the arguments in either form.
    unsafe {
        let arguments = match extra.is_null() {
            true => Arguments::Pointers(parameters),
            false => Arguments::Buffer(extra_buffer(extra)?),
        };
        match shape.cooperative {
            false => launch::launch(&stream, &kernel, &configuration, arguments),
            true => launch::launch_cooperative(&stream, &kernel, &configuration, arguments),
        }
    }
}

api! {
    entry = driver_entry;

    /// One thing about a kernel.
    #[partial("registers are vector registers of a lane")]
    fn cuFuncGetAttribute(value: Out<i32>, number: u32, function: usize) {
        value.put(attribute(&*by_handle(function)?, number)?)
    }

    /// Sets an attribute of a kernel. All of the LDS is available without asking.
    #[partial("clusters are refused")]
    fn cuFuncSetAttribute(function: usize, number: u32, value: i32) {
        set_attribute(&*by_handle(function)?, number, value)
    }

    /// Prefers cache or shared memory: a hint without effect, since they are separate here.
    fn cuFuncSetCacheConfig(function: usize, config: u32) {
        by_handle(function)?;
        if config > 3 { Err(Error::INVALID_VALUE) } else { Ok(()) }
    }

    /// Prefers a width of shared memory banks: a hint without effect.
    fn cuFuncSetSharedMemConfig(function: usize, config: u32) {
        by_handle(function)?;
        if config > 2 { Err(Error::INVALID_VALUE) } else { Ok(()) }
    }

    /// The module of a kernel.
    fn cuFuncGetModule(module: Out<usize>, function: usize) {
        let kernel = by_handle(function)?;
        module.put(handle::MODULES.find(&kernel.module).ok_or(Error::SYMBOL_NOT_FOUND)?)
    }

    /// Where a parameter lies in the parameter area.
    fn cuFuncGetParamInfo(function: usize, index: usize, offset: Out<usize>, size: Out<usize>) {
        parameter(&*by_handle(function)?, index, offset, size)
    }

    /// The PTX name; it lives as long as the program.
    fn cuFuncGetName(name: Out<*const c_char>, function: usize) {
        name.put(permanent(&by_handle(function)?.name))
    }

    /// Whether a kernel is loaded: always, since modules are loaded eagerly.
    fn cuFuncIsLoaded(state: Out<u32>, function: usize) {
        by_handle(function)?;
        state.put(1)
    }

    /// Loads a kernel: it is loaded already.
    fn cuFuncLoad(function: usize) {
        by_handle(function).map(drop)
    }

    /// Launches a kernel with either form of arguments.
    #[partial("a grid with more than 2^32 - 1 threads in x is refused")]
    fn cuLaunchKernel | cuLaunchKernel_ptsz(default) (
        function: usize,
        grid_x: u32,
        grid_y: u32,
        grid_z: u32,
        block_x: u32,
        block_y: u32,
        block_z: u32,
        shared: u32,
        stream: usize,
        parameters: *const *const c_void,
        extra: *const usize,
    ) {
        let (grid, block) = ([grid_x, grid_y, grid_z], [block_x, block_y, block_z]);
        let shape = Shape { grid, block, shared, stream, default, cooperative: false };
        start(function, &shape, parameters, extra)
    }

    /// Launches a kernel whose blocks may wait for each other; all of them must fit the device at a time.
    #[partial("two such launches never run at the same time")]
    fn cuLaunchCooperativeKernel | cuLaunchCooperativeKernel_ptsz(default) (
        function: usize,
        grid_x: u32,
        grid_y: u32,
        grid_z: u32,
        block_x: u32,
        block_y: u32,
        block_z: u32,
        shared: u32,
        stream: usize,
        parameters: *const *const c_void,
    ) {
        let (grid, block) = ([grid_x, grid_y, grid_z], [block_x, block_y, block_z]);
        let shape = Shape { grid, block, shared, stream, default, cooperative: true };
        start(function, &shape, parameters, core::ptr::null())
    }

    /// Launches a kernel with attributes.
    #[partial("attributes that would change the launch are refused")]
    fn cuLaunchKernelEx | cuLaunchKernelEx_ptsz(default) (
        config: In<LaunchConfig>,
        function: usize,
        parameters: *const *const c_void,
        extra: *const usize,
    ) {
        let config = config.get()?;
        let mut cooperative = false;
        for index in 0..config.attribute_count as usize {
            // SAFETY: the caller vouches for the array; each attribute has 72 bytes and begins with its number.
            let number = unsafe { *((config.attributes + index * 72) as *const u32) };
            if number == COOPERATIVE {
                // SAFETY: as above; the value begins at the attribute's eighth byte.
                cooperative = unsafe { *((config.attributes + index * 72 + 8) as *const u32) } != 0;
                continue;
            }
            // Ignore, access policy, synchronisation policy, priority, memory synchronisation domains.
            if ![0, 1, 3, 8, 9, 10].contains(&number) {
                return Err(Error::NOT_SUPPORTED.because(format_args!("launch attribute {number}")));
            }
        }
        let LaunchConfig { grid, block, shared, stream, .. } = config;
        start(function, &Shape { grid, block, shared, stream, default, cooperative }, parameters, extra)
    }

    /// Blocks of a kernel that fit a multiprocessor at a time.
    fn cuOccupancyMaxActiveBlocksPerMultiprocessor(
        out: Out<i32>, function: usize, block_size: i32, shared: usize,
    ) {
        blocks(out, function, block_size, shared)
    }

    /// Blocks of a kernel that fit a multiprocessor at a time.
    fn cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
        out: Out<i32>, function: usize, block_size: i32, shared: usize, flags: u32,
    ) {
        if flags > 1 {
            return Err(Error::INVALID_VALUE);
        }
        blocks(out, function, block_size, shared)
    }

    /// The block size that keeps most threads resident, and the grid that fills the device with it.
    fn cuOccupancyMaxPotentialBlockSize(
        grid: Out<i32>,
        block: Out<i32>,
        function: usize,
        of_block: Option<SharedOfBlock>,
        shared: usize,
        limit: i32,
    ) {
        best(grid, block, function, of_block, shared, limit)
    }

    /// The block size that keeps most threads resident, and the grid that fills the device with it.
    fn cuOccupancyMaxPotentialBlockSizeWithFlags(
        grid: Out<i32>,
        block: Out<i32>,
        function: usize,
        of_block: Option<SharedOfBlock>,
        shared: usize,
        limit: i32,
        flags: u32,
    ) {
        if flags > 1 {
            return Err(Error::INVALID_VALUE);
        }
        best(grid, block, function, of_block, shared, limit)
    }
}

/// `CUlaunchConfig`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the names are CUDA's, in Rust's spelling")]
pub struct LaunchConfig {
    pub grid: [u32; 3],
    pub block: [u32; 3],
    pub shared: u32,
    pub stream: usize,
    pub attributes: usize,
    pub attribute_count: u32,
}
