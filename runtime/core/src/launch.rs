//! Launching kernels: checking a configuration as CUDA does, laying out the kernarg segment, making the packet.
//!
//! The kernarg segment is CUDA's parameter area followed, 8-aligned, by the 256 bytes of implicit arguments of code
//! object version 5. A folded kernel's work-group is CUDA's block; a split kernel gets 64 work-items for each warp in x,
//! and reads CUDA's block from the implicit `group_size`.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use wavefold_formats::note::WarpMapping;
use wavefold_hsa::types::DispatchPacket;

use crate::context::Context;
use crate::device::{MAX_BLOCK, MAX_GRID, MAX_THREADS_PER_BLOCK, SHARED_MEMORY, WARP_SIZE, WAVEFRONT_SIZE};
use crate::error::{Error, Result};
use crate::lock::lock;
use crate::module::Kernel;
use crate::signal::Completion;
use crate::stream::Stream;
use crate::system_calls::Patience;
use crate::{copy, memory};

/// The alignment of dynamic shared memory, whatever the kernel declares.
const DYNAMIC_SHARED_ALIGNMENT: u32 = 16;
/// CUDA's limit for the parameters of a kernel.
const MAX_PARAMETER_BYTES: usize = 4096;
/// Threads of a block in the split mapping: 64 work-items each warp of 32, 1024 work-items at most.
const MAX_THREADS_SPLIT: u32 = 512;

/// Where the arguments come from.
#[derive(Clone, Copy)]
pub enum Arguments<'a> {
    /// An array with a pointer to each argument; null when there are none.
    Pointers(*const *const core::ffi::c_void),
    /// The parameter area itself.
    Buffer(&'a [u8]),
}

/// A launch's geometry.
#[derive(Clone, Copy, Debug)]
pub struct Configuration {
    /// Blocks in x, y and z.
    pub grid: [u32; 3],
    /// Threads of a block in x, y and z.
    pub block: [u32; 3],
    /// Bytes of dynamic shared memory.
    pub shared: usize,
}

/// The implicit arguments of code object version 5 up to the last one used here; the area has 256 bytes.
#[repr(C)]
#[derive(Clone, Copy)]
struct Implicit {
    block_count: [u32; 3],
    group_size: [u16; 3],
    remainder: [u16; 3],
    reserved0: [u64; 2],
    global_offset: [u64; 3],
    grid_dimensions: u16,
    reserved1: [u16; 3],
    printf_buffer: u64,
    /// For our code objects the block of `system_calls`, 0 for kernels that make none.
    hostcall_buffer: u64,
    /// For our code objects the workspace of a cooperative launch.
    multigrid_sync: u64,
    heap: u64,
    default_queue: u64,
    completion_action: u64,
    dynamic_lds_size: u32,
    reserved2: [u32; 17],
    private_base: u32,
    shared_base: u32,
    queue: u64,
    reserved3: [u64; 6],
}

const IMPLICIT_SIZE: usize = 256;
const _: () = assert!(size_of::<Implicit>() == IMPLICIT_SIZE);
const _: () = assert!(core::mem::offset_of!(Implicit, global_offset) == 40);
const _: () = assert!(core::mem::offset_of!(Implicit, grid_dimensions) == 64);
const _: () = assert!(core::mem::offset_of!(Implicit, printf_buffer) == 72);
const _: () = assert!(core::mem::offset_of!(Implicit, hostcall_buffer) == 80);
const _: () = assert!(core::mem::offset_of!(Implicit, dynamic_lds_size) == 120);
const _: () = assert!(core::mem::offset_of!(Implicit, private_base) == 192);
const _: () = assert!(core::mem::offset_of!(Implicit, queue) == 200);

/// Checks what CUDA's programming model fixes for every kernel.
pub fn check_geometry(configuration: &Configuration) -> Result<()> {
    let Configuration { grid, block, .. } = configuration;
    let within =
        |size: &[u32; 3], limit: &[u32; 3]| size.iter().zip(limit).all(|(s, l)| (1..=*l).contains(s));
    let threads: u64 = block.iter().map(|&size| u64::from(size)).product();
    if within(grid, &MAX_GRID) && within(block, &MAX_BLOCK) && threads <= u64::from(MAX_THREADS_PER_BLOCK) {
        return Ok(());
    }
    Err(Error::INVALID_CONFIGURATION.because(format_args!("grid {grid:?}, block {block:?}")))
}

/// Checks a configuration against one kernel and gives the packet without its kernarg address.
fn packet(kernel: &Kernel, configuration: &Configuration) -> Result<DispatchPacket> {
    check_geometry(configuration)?;
    let Configuration { grid, block, shared } = *configuration;
    let threads = block.iter().product::<u32>();
    let mapping = kernel.mapping();
    let limit = match mapping {
        WarpMapping::Fold => kernel.max_threads(),
        WarpMapping::Split => kernel.max_threads().min(MAX_THREADS_SPLIT),
    };
    if threads > limit {
        return Err(Error::LAUNCH_OUT_OF_RESOURCES
            .because(format_args!("{}: {threads} threads a block, at most {limit}", kernel.name)));
    }
    if let Some(required) = kernel.note.as_ref().and_then(|note| note.required_block)
        && required != block
    {
        return Err(Error::INVALID_VALUE
            .because(format_args!("{}: block {block:?}, compiled for {required:?}", kernel.name)));
    }
    let group_segment_size = shared_bytes(kernel, shared).ok_or_else(|| {
        Error::INVALID_VALUE.because(format_args!(
            "{}: {} bytes of static and {shared} of dynamic shared memory",
            kernel.name,
            kernel.static_shared()
        ))
    })?;
    if crate::occupancy::active_blocks(kernel, threads, shared) == 0 {
        return Err(Error::LAUNCH_OUT_OF_RESOURCES.because(format_args!(
            "{}: {threads} threads of {} registers do not fit a compute unit",
            kernel.name, kernel.metadata.vgprs
        )));
    }
    let work_group = match mapping {
        WarpMapping::Fold => block,
        WarpMapping::Split => [threads.div_ceil(WARP_SIZE) * WAVEFRONT_SIZE, 1, 1],
    };
    let mut grid_size = [0; 3];
    for axis in 0..3 {
        grid_size[axis] = grid[axis].checked_mul(work_group[axis]).ok_or_else(|| {
            Error::INVALID_CONFIGURATION.because(format_args!(
                "{}: a grid of {grid:?} blocks of {block:?} has more than 2^32 - 1 work-items in one dimension, \
                 which one dispatch cannot hold",
                kernel.name
            ))
        })?;
    }
    Ok(DispatchPacket {
        setup: 3,
        workgroup_size: work_group.map(|size| size as u16),
        grid_size,
        private_segment_size: kernel.symbol.private_size,
        group_segment_size,
        kernel_object: kernel.symbol.kernel_object,
        ..DispatchPacket::default()
    })
}

/// LDS of a launch in bytes, or `None` when it is too much.
pub fn shared_bytes(kernel: &Kernel, dynamic: usize) -> Option<u32> {
    let dynamic = u32::try_from(dynamic).ok()?;
    let fixed = match dynamic {
        0 => kernel.static_shared(),
        _ => kernel.static_shared().checked_next_multiple_of(DYNAMIC_SHARED_ALIGNMENT)?,
    };
    let total = fixed.checked_add(dynamic)?;
    (total <= SHARED_MEMORY).then_some(total)
}

/// Launches a kernel in stream order.
///
/// # Safety
/// The arguments' pointers are valid for the kernel's parameters.
pub unsafe fn launch(
    stream: &Arc<Stream>,
    kernel: &Arc<Kernel>,
    configuration: &Configuration,
    arguments: Arguments<'_>,
) -> Result<()> {
    // SAFETY: the caller's word.
    unsafe { launch_with(stream, kernel, configuration, arguments, None) }
}

/// Launches a kernel whose blocks may wait for each other: all of them must be resident at a time.
///
/// Two such launches never run side by side, since each might keep the other from becoming resident: one waits for the
/// other's end, whatever the streams.
///
/// # Safety
/// As for [`launch`].
pub unsafe fn launch_cooperative(
    stream: &Arc<Stream>,
    kernel: &Arc<Kernel>,
    configuration: &Configuration,
    arguments: Arguments<'_>,
) -> Result<()> {
    check_geometry(configuration)?;
    let context = stream.context()?;
    let Configuration { grid, block, shared } = *configuration;
    let resident = crate::occupancy::active_blocks(kernel, block.iter().product(), shared);
    let blocks = grid.iter().map(|&size| u64::from(size)).product::<u64>();
    let most = u64::from(resident) * u64::from(context.device.compute_units);
    if most != 0 && blocks > most {
        return Err(Error::COOPERATIVE_LAUNCH_TOO_LARGE
            .because(format_args!("{}: {blocks} blocks, {most} fit the device at a time", kernel.name)));
    }
    let mut cooperation = lock(&context.cooperation);
    // SAFETY: the caller's word.
    unsafe { launch_with(stream, kernel, configuration, arguments, Some(&mut cooperation)) }
}

/// What a context's cooperative launches share.
#[derive(Default)]
pub struct Cooperation {
    /// The grid barrier's memory; 0 before the first such launch. It is all zeros between launches.
    workspace: usize,
    /// Completes with the last one.
    last: Option<Arc<Completion>>,
}

/// Bytes of the workspace.
const WORKSPACE: usize = 64;

impl Cooperation {
    fn workspace(&mut self, context: &Arc<Context>) -> Result<u64> {
        if self.workspace == 0 {
            let address = memory::allocate(context, WORKSPACE)?;
            copy::write_device(context, address, &[0; WORKSPACE])?;
            self.workspace = address;
        }
        Ok(self.workspace as u64)
    }
}

/// # Safety
/// As for [`launch`].
unsafe fn launch_with(
    stream: &Arc<Stream>,
    kernel: &Arc<Kernel>,
    configuration: &Configuration,
    arguments: Arguments<'_>,
    mut cooperation: Option<&mut Cooperation>,
) -> Result<()> {
    if !kernel.module.context.ptr_eq(&stream.context) {
        return Err(Error::INVALID_RESOURCE_HANDLE
            .because(format_args!("{}: the stream is of another device or context", kernel.name)));
    }
    let context = stream.context()?;
    // What earlier kernels have printed is shown first, as CUDA does at a launch.
    context.system_calls.print(Patience::None);
    let mut packet = packet(kernel, configuration)?;
    let needs = kernel.note.as_ref().map_or(0, |note| note.system_calls);
    let system_calls = context.system_calls.prepare(&context, needs)?;
    let workspace = match &mut cooperation {
        Some(cooperation) => cooperation.workspace(&context)?,
        None => 0,
    };
    let hidden = Hidden { system_calls, workspace };
    let explicit = explicit_size(kernel, &arguments)?;
    let implicit_at = explicit.next_multiple_of(8);
    let size = (implicit_at + IMPLICIT_SIZE).max(kernel.symbol.kernarg_size as usize);
    stream.submit(|submission| {
        if let Some(last) = cooperation.as_ref().and_then(|cooperation| cooperation.last.as_ref()) {
            submission.wait_for(core::slice::from_ref(last))?;
        }
        let memory = submission.arguments(size)?;
        let queue = submission.queue_address()?;
        // SAFETY: the memory holds `size` bytes and is 64-byte aligned; the arguments are the caller's word.
        unsafe {
            match arguments {
                Arguments::Pointers(pointers) => copy_arguments(kernel, pointers, memory)?,
                Arguments::Buffer(bytes) => {
                    core::ptr::copy_nonoverlapping(bytes.as_ptr(), memory, bytes.len());
                }
            }
            memory.add(implicit_at).cast::<Implicit>().write(implicit(configuration, queue, &hidden));
        }
        packet.kernarg_address = memory as u64;
        if kernel.metadata.dynamic_stack {
            // The fixed part is what the compiler knows of; frames of recursive and indirect calls come on top.
            let limit = submission.context.stack_limit.load(Ordering::Relaxed);
            packet.private_segment_size = (packet.private_segment_size + limit).next_multiple_of(16);
        }
        submission.dispatch(packet, kernel)?;
        if let Some(cooperation) = &mut cooperation {
            cooperation.last = Some(submission.mark()?);
        }
        Ok(())
    })
}

/// Addresses that a launch hands over beside its arguments; 0 for what it does not need.
struct Hidden {
    system_calls: u64,
    workspace: u64,
}

fn implicit(configuration: &Configuration, queue: u64, hidden: &Hidden) -> Implicit {
    Implicit {
        block_count: configuration.grid,
        group_size: configuration.block.map(|size| size as u16),
        remainder: [0; 3],
        reserved0: [0; 2],
        global_offset: [0; 3],
        grid_dimensions: 3,
        reserved1: [0; 3],
        printf_buffer: 0,
        hostcall_buffer: hidden.system_calls,
        multigrid_sync: hidden.workspace,
        heap: 0,
        default_queue: 0,
        completion_action: 0,
        dynamic_lds_size: configuration.shared as u32,
        reserved2: [0; 17],
        private_base: 0,
        shared_base: 0,
        queue,
        reserved3: [0; 6],
    }
}

/// Bytes of the explicit arguments.
fn explicit_size(kernel: &Kernel, arguments: &Arguments<'_>) -> Result<usize> {
    let declared = kernel.note.as_ref().map(|note| note.parameter_bytes as usize);
    match (arguments, declared) {
        (Arguments::Buffer(bytes), _) if bytes.len() > MAX_PARAMETER_BYTES => Err(Error::INVALID_VALUE),
        (Arguments::Buffer(bytes), Some(declared)) if bytes.len() < declared => Err(Error::INVALID_VALUE
            .because(format_args!("{}: {} bytes of arguments, {declared} needed", kernel.name, bytes.len()))),
        // Bytes past the declared parameters would land in the implicit arguments.
        (Arguments::Buffer(_), Some(declared)) => Ok(declared),
        (Arguments::Buffer(bytes), None) => Ok(bytes.len()),
        (Arguments::Pointers(_), Some(declared)) => Ok(declared),
        (Arguments::Pointers(_), None) => Err(Error::INVALID_KERNEL_IMAGE
            .because(format_args!("{}: the code object does not describe its parameters", kernel.name))),
    }
}

/// # Safety
/// `pointers` holds a valid pointer for each parameter; `memory` holds the parameter area.
unsafe fn copy_arguments(
    kernel: &Kernel,
    pointers: *const *const core::ffi::c_void,
    memory: *mut u8,
) -> Result<()> {
    let parameters = kernel.note.as_ref().map_or(&[][..], |note| &note.parameters);
    if !parameters.is_empty() && pointers.is_null() {
        return Err(Error::INVALID_VALUE.because(format_args!("{}: no arguments were passed", kernel.name)));
    }
    for (index, parameter) in parameters.iter().enumerate() {
        // SAFETY: the caller's word.
        unsafe {
            let source = *pointers.add(index);
            if source.is_null() {
                return Err(Error::INVALID_VALUE
                    .because(format_args!("{}: argument {index} is a null pointer", kernel.name)));
            }
            core::ptr::copy_nonoverlapping(
                source.cast::<u8>(),
                memory.add(parameter.offset as usize),
                parameter.size as usize,
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn geometry(grid: [u32; 3], block: [u32; 3]) -> Result<()> {
        check_geometry(&Configuration { grid, block, shared: 0 })
    }

    #[test]
    fn geometry_has_cudas_limits() {
        assert!(geometry([1; 3], [1; 3]).is_ok());
        assert!(geometry([0x7fff_ffff, 65535, 65535], [1024, 1, 1]).is_ok());
        assert!(geometry([1; 3], [16, 1, 64]).is_ok());
        let wrong = [
            ([0, 1, 1], [1, 1, 1]),
            ([1, 1, 0], [1, 1, 1]),
            ([1, 1, 1], [1, 0, 1]),
            ([1, 1, 1], [1025, 1, 1]),
            ([1, 1, 1], [1, 1, 65]),
            ([1, 1, 1], [32, 33, 1]),
            ([1, 65536, 1], [1, 1, 1]),
            ([1, 1, 65536], [1, 1, 1]),
            ([0x8000_0000, 1, 1], [1, 1, 1]),
            ([1, 1, 1], [65536, 65536, 1]),
        ];
        for (grid, block) in wrong {
            assert_eq!(geometry(grid, block), Err(Error::INVALID_CONFIGURATION), "{grid:?} {block:?}");
        }
    }
}
