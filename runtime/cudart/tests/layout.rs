//! The structures in Rust against the C headers: a C program compiled from the headers prints sizes and offsets.
//!
//! Also the error codes: the C enumeration's names and numbers against the core's table.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use wavefold_cudart::types::*;

/// Compiles and runs a C program against our headers and returns what it prints.
fn run_c(name: &str, body: &str) -> String {
    let folder = std::env::temp_dir().join(format!("wavefold-layout-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let (source, program) = (folder.join("layout.c"), folder.join("layout"));
    let text = format!(
        "#include <stddef.h>\n#include <stdio.h>\n#include \"cuda_runtime_api.h\"\nint main(void) {{\n{body}return 0;\n}}\n"
    );
    std::fs::write(&source, text).expect("the source can be written");
    let include: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../include");
    let compiled = Command::new("cc")
        .arg("-I")
        .arg(include)
        .arg("-o")
        .args([&program, &source])
        .status()
        .expect("cc runs");
    let output = Command::new(&program).output();
    let _ = std::fs::remove_dir_all(&folder);
    assert!(compiled.success(), "the headers do not compile as C");
    String::from_utf8(output.expect("the program runs").stdout).expect("it prints text")
}

macro_rules! layout {
    ($expected:ident, $body:ident, $rust:ident = $c:literal { $($field:ident = $name:literal),* $(,)? }) => {
        let _ = writeln!($expected, "{} size {}", $c, size_of::<$rust>());
        let _ = writeln!($body, "printf(\"{0} size %zu\\n\", sizeof({0}));", $c);
        $(
            let _ = writeln!($expected, "{}.{} {}", $c, $name, core::mem::offset_of!($rust, $field));
            let _ = writeln!($body, "printf(\"{0}.{1} %zu\\n\", offsetof({0}, {1}));", $c, $name);
        )*
    };
}

#[test]
fn structures_have_the_headers_layout() {
    let (mut expected, mut body) = (String::new(), String::new());
    layout!(expected, body, Dim3 = "dim3" { x = "x", y = "y", z = "z" });
    layout!(expected, body, Extent = "struct cudaExtent" { width = "width", height = "height", depth = "depth" });
    layout!(expected, body, Pos = "struct cudaPos" { x = "x", y = "y", z = "z" });
    layout!(expected, body, PitchedPtr = "struct cudaPitchedPtr" {
        ptr = "ptr", pitch = "pitch", xsize = "xsize", ysize = "ysize",
    });
    layout!(expected, body, Memcpy3DParms = "struct cudaMemcpy3DParms" {
        src_array = "srcArray", src_pos = "srcPos", src_ptr = "srcPtr", dst_array = "dstArray", dst_pos = "dstPos",
        dst_ptr = "dstPtr", extent = "extent", kind = "kind",
    });
    layout!(expected, body, ChannelFormatDesc = "struct cudaChannelFormatDesc" { bits = "x", kind = "f" });
    layout!(expected, body, ResourceDesc = "struct cudaResourceDesc" {
        kind = "resType", handle = "res.linear.devPtr", format = "res.linear.desc", sizes = "res.linear.sizeInBytes",
    });
    layout!(expected, body, ResourceDesc = "struct cudaResourceDesc" {
        handle = "res.array.array", format = "res.pitch2D.desc", sizes = "res.pitch2D.width",
    });
    layout!(expected, body, TextureDesc = "struct cudaTextureDesc" {
        address_mode = "addressMode", filter_mode = "filterMode", read_mode = "readMode", srgb = "sRGB",
        border_color = "borderColor", normalized_coords = "normalizedCoords", max_anisotropy = "maxAnisotropy",
        mipmap_filter_mode = "mipmapFilterMode", mipmap_level_bias = "mipmapLevelBias",
        min_mipmap_level_clamp = "minMipmapLevelClamp", max_mipmap_level_clamp = "maxMipmapLevelClamp",
        disable_trilinear_optimization = "disableTrilinearOptimization", seamless_cubemap = "seamlessCubemap",
    });
    layout!(expected, body, ResourceViewDesc = "struct cudaResourceViewDesc" {
        format = "format", extent = "width", levels = "firstMipmapLevel", layers = "firstLayer",
    });
    layout!(expected, body, ArrayMemoryRequirements = "struct cudaArrayMemoryRequirements" {
        size = "size", alignment = "alignment", reserved = "reserved",
    });
    layout!(expected, body, PointerAttributes = "struct cudaPointerAttributes" {
        kind = "type", device = "device", device_pointer = "devicePointer", host_pointer = "hostPointer",
    });
    layout!(expected, body, FuncAttributes = "struct cudaFuncAttributes" {
        shared_size_bytes = "sharedSizeBytes", const_size_bytes = "constSizeBytes",
        local_size_bytes = "localSizeBytes", max_threads_per_block = "maxThreadsPerBlock", num_regs = "numRegs",
        ptx_version = "ptxVersion", binary_version = "binaryVersion",
        max_dynamic_shared_size_bytes = "maxDynamicSharedSizeBytes",
        preferred_shmem_carveout = "preferredShmemCarveout",
        non_portable_cluster_size_allowed = "nonPortableClusterSizeAllowed",
    });
    layout!(expected, body, LaunchConfig = "cudaLaunchConfig_t" {
        grid = "gridDim", block = "blockDim", dynamic_shared = "dynamicSmemBytes", stream = "stream",
        attributes = "attrs", attribute_count = "numAttrs",
    });
    layout!(expected, body, LaunchAttribute = "cudaLaunchAttribute" { id = "id", value = "val" });
    layout!(expected, body, DeviceProp = "struct cudaDeviceProp" {
        name = "name", uuid = "uuid", total_global_mem = "totalGlobalMem",
        shared_mem_per_block = "sharedMemPerBlock", regs_per_block = "regsPerBlock", warp_size = "warpSize",
        mem_pitch = "memPitch", max_threads_per_block = "maxThreadsPerBlock", max_threads_dim = "maxThreadsDim",
        max_grid_size = "maxGridSize", clock_rate = "clockRate", total_const_mem = "totalConstMem",
        major = "major", minor = "minor", texture_alignment = "textureAlignment",
        device_overlap = "deviceOverlap", multi_processor_count = "multiProcessorCount",
        compute_mode = "computeMode", max_texture = "maxTexture1D", max_surface = "maxSurface1D",
        surface_alignment = "surfaceAlignment", concurrent_kernels = "concurrentKernels",
        ecc_enabled = "ECCEnabled", pci_bus_id = "pciBusID", pci_device_id = "pciDeviceID",
        pci_domain_id = "pciDomainID", async_engine_count = "asyncEngineCount",
        unified_addressing = "unifiedAddressing", memory_clock_rate = "memoryClockRate",
        memory_bus_width = "memoryBusWidth", l2_cache_size = "l2CacheSize",
        max_threads_per_multi_processor = "maxThreadsPerMultiProcessor",
        stream_priorities_supported = "streamPrioritiesSupported",
        shared_mem_per_multiprocessor = "sharedMemPerMultiprocessor",
        regs_per_multiprocessor = "regsPerMultiprocessor", managed_memory = "managedMemory",
        single_to_double_precision_perf_ratio = "singleToDoublePrecisionPerfRatio",
        can_use_host_pointer_for_registered_mem = "canUseHostPointerForRegisteredMem",
        cooperative_launch = "cooperativeLaunch", shared_mem_per_block_optin = "sharedMemPerBlockOptin",
        max_blocks_per_multi_processor = "maxBlocksPerMultiProcessor",
        reserved_shared_mem_per_block = "reservedSharedMemPerBlock",
        host_register_supported = "hostRegisterSupported", memory_pools_supported = "memoryPoolsSupported",
        unified_function_pointers = "unifiedFunctionPointers",
    });
    assert_eq!(run_c("structures", &body), expected);
}

#[test]
fn error_codes_are_the_headers() {
    let (mut expected, mut body) = (String::new(), String::new());
    for code in wavefold_core::error::all_codes() {
        let name = wavefold_core::error::runtime_name(code).expect("every code has a runtime name");
        let name = name.to_str().expect("names are ASCII");
        let _ = writeln!(expected, "{name} {code}");
        let _ = writeln!(body, "printf(\"{name} %d\\n\", (int){name});");
    }
    assert_eq!(run_c("errors", &body), expected);

    let header = Path::new(env!("CARGO_MANIFEST_DIR")).join("../include/driver_types.h");
    let header = std::fs::read_to_string(header).expect("the header is there");
    let declared = header.lines().filter(|line| {
        let line = line.trim();
        line == "cudaSuccess = 0,"
            || line.starts_with("cudaError") && line.contains('=') && line.ends_with(',')
    });
    assert_eq!(declared.count(), wavefold_core::error::all_codes().count(), "the header has other errors");
}
