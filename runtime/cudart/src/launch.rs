//! Launching kernels.

use core::ffi::c_void;

use wavefold_core::boundary::{DefaultStream, In, runtime_entry};
use wavefold_core::launch::{self, Arguments, Configuration};
use wavefold_core::{Error, Result, api, current};

use crate::types::{Dim3, LaunchConfig};

/// Attributes of an extended launch that change nothing here: ignore, access policy, synchronisation policy, priority,
/// memory synchronisation domains.
const HARMLESS_ATTRIBUTES: [u32; 6] = [0, 1, 3, 8, 9, 10];
/// `cudaLaunchAttributeCooperative`.
const COOPERATIVE: u32 = 2;
/// `cudaLaunchAttributeClusterDimension`.
const CLUSTER_DIMENSION: u32 = 4;

/// # Safety
/// `arguments` fits the kernel's parameters.
unsafe fn start(
    function: usize,
    configuration: Configuration,
    arguments: *const *const c_void,
    stream: usize,
    default: DefaultStream,
    cooperative: bool,
) -> Result<()> {
    let context = current::context()?;
    context.check()?;
    launch::check_geometry(&configuration)?;
    let kernel = context.kernel(function)?;
    let stream = default.resolve(&context, stream)?;
    // SAFETY: the caller's word.
    unsafe {
        match cooperative {
            false => launch::launch(&stream, &kernel, &configuration, Arguments::Pointers(arguments)),
            true => {
                launch::launch_cooperative(&stream, &kernel, &configuration, Arguments::Pointers(arguments))
            }
        }
    }
}

api! {
    entry = runtime_entry;

    /// Launches a kernel by its host stub.
    #[partial("a grid with more than 2^32 - 1 threads in x is refused with cudaErrorInvalidConfiguration")]
    fn cudaLaunchKernel | cudaLaunchKernel_ptsz(default) (
        function: usize,
        grid: Dim3,
        block: Dim3,
        arguments: *const *const c_void,
        shared: usize,
        stream: usize,
    ) {
        let configuration = Configuration { grid: grid.into(), block: block.into(), shared };
        // SAFETY: the caller vouches for the arguments.
        unsafe { start(function, configuration, arguments, stream, default, false) }
    }

    /// Launches a kernel whose blocks may wait for each other; all of them must fit the device at a time.
    #[partial("two such launches never run at the same time")]
    fn cudaLaunchCooperativeKernel | cudaLaunchCooperativeKernel_ptsz(default) (
        function: usize,
        grid: Dim3,
        block: Dim3,
        arguments: *const *const c_void,
        shared: usize,
        stream: usize,
    ) {
        let configuration = Configuration { grid: grid.into(), block: block.into(), shared };
        // SAFETY: the caller vouches for the arguments.
        unsafe { start(function, configuration, arguments, stream, default, true) }
    }

    /// Launches a kernel with attributes.
    #[partial("clusters and programmatic events are refused")]
    fn cudaLaunchKernelExC | cudaLaunchKernelExC_ptsz(default) (
        config: In<LaunchConfig>,
        function: usize,
        arguments: *const *const c_void,
    ) {
        let config = config.get()?;
        let mut cooperative = false;
        for index in 0..config.attribute_count as usize {
            // SAFETY: the caller vouches for the array.
            let attribute = unsafe { *config.attributes.add(index) };
            let single_cluster = attribute.id == CLUSTER_DIMENSION
                && attribute.value[0] == 1 | 1 << 32
                && attribute.value[1] as u32 == 1;
            if attribute.id == COOPERATIVE {
                cooperative = attribute.value[0] as u32 != 0;
            } else if !HARMLESS_ATTRIBUTES.contains(&attribute.id) && !single_cluster {
                return Err(Error::NOT_SUPPORTED.because(format_args!("launch attribute {}", attribute.id)));
            }
        }
        let configuration = Configuration {
            grid: config.grid.into(),
            block: config.block.into(),
            shared: config.dynamic_shared,
        };
        // SAFETY: the caller vouches for the arguments.
        unsafe { start(function, configuration, arguments, config.stream, default, cooperative) }
    }
}
