//! The driver API's structures and error codes in Rust against cuda.h, by a C program compiled from it.

use std::fmt::Write;
use std::mem::offset_of;
use std::path::Path;
use std::process::Command;

use wavefold_cuda::array::{Array3dDescriptor, ArrayDescriptor, MemoryRequirements};
use wavefold_cuda::copy::{Memcpy2D, Memcpy3D};
use wavefold_cuda::function::LaunchConfig;
use wavefold_cuda::texture::{ResourceDesc, ResourceViewDesc, TextureDesc};

#[test]
fn structures_and_codes_are_the_headers() {
    let mut rows: Vec<(String, usize)> = vec![
        ("sizeof(CUDA_MEMCPY2D)".into(), size_of::<Memcpy2D>()),
        ("offsetof(CUDA_MEMCPY2D, srcMemoryType)".into(), offset_of!(Memcpy2D, src_type)),
        ("offsetof(CUDA_MEMCPY2D, srcHost)".into(), offset_of!(Memcpy2D, src_host)),
        ("offsetof(CUDA_MEMCPY2D, srcDevice)".into(), offset_of!(Memcpy2D, src_device)),
        ("offsetof(CUDA_MEMCPY2D, srcPitch)".into(), offset_of!(Memcpy2D, src_pitch)),
        ("offsetof(CUDA_MEMCPY2D, dstXInBytes)".into(), offset_of!(Memcpy2D, dst_x)),
        ("offsetof(CUDA_MEMCPY2D, dstMemoryType)".into(), offset_of!(Memcpy2D, dst_type)),
        ("offsetof(CUDA_MEMCPY2D, dstDevice)".into(), offset_of!(Memcpy2D, dst_device)),
        ("offsetof(CUDA_MEMCPY2D, dstPitch)".into(), offset_of!(Memcpy2D, dst_pitch)),
        ("offsetof(CUDA_MEMCPY2D, WidthInBytes)".into(), offset_of!(Memcpy2D, width)),
        ("offsetof(CUDA_MEMCPY2D, Height)".into(), offset_of!(Memcpy2D, height)),
        ("sizeof(CUDA_ARRAY_DESCRIPTOR)".into(), size_of::<ArrayDescriptor>()),
        ("offsetof(CUDA_ARRAY_DESCRIPTOR, Format)".into(), offset_of!(ArrayDescriptor, format)),
        ("offsetof(CUDA_ARRAY_DESCRIPTOR, NumChannels)".into(), offset_of!(ArrayDescriptor, channels)),
        ("sizeof(CUDA_ARRAY3D_DESCRIPTOR)".into(), size_of::<Array3dDescriptor>()),
        ("offsetof(CUDA_ARRAY3D_DESCRIPTOR, Depth)".into(), offset_of!(Array3dDescriptor, depth)),
        ("offsetof(CUDA_ARRAY3D_DESCRIPTOR, Format)".into(), offset_of!(Array3dDescriptor, format)),
        ("offsetof(CUDA_ARRAY3D_DESCRIPTOR, Flags)".into(), offset_of!(Array3dDescriptor, flags)),
        ("sizeof(CUDA_ARRAY_MEMORY_REQUIREMENTS)".into(), size_of::<MemoryRequirements>()),
        (
            "offsetof(CUDA_ARRAY_MEMORY_REQUIREMENTS, alignment)".into(),
            offset_of!(MemoryRequirements, alignment),
        ),
        ("sizeof(CUDA_MEMCPY3D)".into(), size_of::<Memcpy3D>()),
        ("offsetof(CUDA_MEMCPY3D, srcMemoryType)".into(), offset_of!(Memcpy3D, src.kind)),
        ("offsetof(CUDA_MEMCPY3D, srcArray)".into(), offset_of!(Memcpy3D, src.array)),
        ("offsetof(CUDA_MEMCPY3D, srcPitch)".into(), offset_of!(Memcpy3D, src.pitch)),
        ("offsetof(CUDA_MEMCPY3D, srcHeight)".into(), offset_of!(Memcpy3D, src.height)),
        ("offsetof(CUDA_MEMCPY3D, dstXInBytes)".into(), offset_of!(Memcpy3D, dst)),
        ("offsetof(CUDA_MEMCPY3D, dstMemoryType)".into(), offset_of!(Memcpy3D, dst.kind)),
        ("offsetof(CUDA_MEMCPY3D, dstHeight)".into(), offset_of!(Memcpy3D, dst.height)),
        ("offsetof(CUDA_MEMCPY3D, WidthInBytes)".into(), offset_of!(Memcpy3D, width)),
        ("offsetof(CUDA_MEMCPY3D, Depth)".into(), offset_of!(Memcpy3D, depth)),
        ("sizeof(CUDA_RESOURCE_DESC)".into(), size_of::<ResourceDesc>()),
        ("offsetof(CUDA_RESOURCE_DESC, res.array.hArray)".into(), offset_of!(ResourceDesc, handle)),
        ("offsetof(CUDA_RESOURCE_DESC, res.linear.devPtr)".into(), offset_of!(ResourceDesc, handle)),
        ("offsetof(CUDA_RESOURCE_DESC, res.linear.format)".into(), offset_of!(ResourceDesc, format)),
        ("offsetof(CUDA_RESOURCE_DESC, res.linear.numChannels)".into(), offset_of!(ResourceDesc, channels)),
        ("offsetof(CUDA_RESOURCE_DESC, res.linear.sizeInBytes)".into(), offset_of!(ResourceDesc, sizes)),
        ("offsetof(CUDA_RESOURCE_DESC, res.pitch2D.width)".into(), offset_of!(ResourceDesc, sizes)),
        ("offsetof(CUDA_RESOURCE_DESC, flags)".into(), offset_of!(ResourceDesc, flags)),
        ("sizeof(CUDA_TEXTURE_DESC)".into(), size_of::<TextureDesc>()),
        ("offsetof(CUDA_TEXTURE_DESC, filterMode)".into(), offset_of!(TextureDesc, filter_mode)),
        ("offsetof(CUDA_TEXTURE_DESC, flags)".into(), offset_of!(TextureDesc, flags)),
        ("offsetof(CUDA_TEXTURE_DESC, mipmapLevelBias)".into(), offset_of!(TextureDesc, level_bias)),
        ("offsetof(CUDA_TEXTURE_DESC, borderColor)".into(), offset_of!(TextureDesc, border)),
        ("offsetof(CUDA_TEXTURE_DESC, reserved)".into(), offset_of!(TextureDesc, reserved)),
        ("sizeof(CUDA_RESOURCE_VIEW_DESC)".into(), size_of::<ResourceViewDesc>()),
        ("offsetof(CUDA_RESOURCE_VIEW_DESC, width)".into(), offset_of!(ResourceViewDesc, extent)),
        ("offsetof(CUDA_RESOURCE_VIEW_DESC, firstMipmapLevel)".into(), offset_of!(ResourceViewDesc, levels)),
        ("offsetof(CUDA_RESOURCE_VIEW_DESC, firstLayer)".into(), offset_of!(ResourceViewDesc, layers)),
        ("offsetof(CUDA_RESOURCE_VIEW_DESC, reserved)".into(), offset_of!(ResourceViewDesc, reserved)),
        ("sizeof(CUlaunchConfig)".into(), size_of::<LaunchConfig>()),
        ("offsetof(CUlaunchConfig, blockDimX)".into(), offset_of!(LaunchConfig, block)),
        ("offsetof(CUlaunchConfig, sharedMemBytes)".into(), offset_of!(LaunchConfig, shared)),
        ("offsetof(CUlaunchConfig, hStream)".into(), offset_of!(LaunchConfig, stream)),
        ("offsetof(CUlaunchConfig, attrs)".into(), offset_of!(LaunchConfig, attributes)),
        ("offsetof(CUlaunchConfig, numAttrs)".into(), offset_of!(LaunchConfig, attribute_count)),
        ("sizeof(CUlaunchAttribute)".into(), 72),
    ];
    for code in wavefold_core::error::all_codes() {
        if let Some(name) = wavefold_core::error::driver_name(code) {
            rows.push((name.to_str().expect("names are ASCII").to_owned(), code as usize));
        }
    }
    let folder = std::env::temp_dir().join(format!("wavefold-driver-layout-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let (source, program) = (folder.join("layout.c"), folder.join("layout"));
    let (mut text, mut expected) = (String::new(), String::new());
    text.push_str("#include <stddef.h>\n#include <stdio.h>\n#include \"cuda.h\"\nint main(void) {\n");
    for (expression, value) in &rows {
        let _ = writeln!(text, "printf(\"{expression} %zu\\n\", (size_t)({expression}));");
        let _ = writeln!(expected, "{expression} {value}");
    }
    text.push_str("return 0;\n}\n");
    std::fs::write(&source, text).expect("the source can be written");
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("../include");
    let compiled = Command::new("cc").arg("-I").arg(include).arg("-o").args([&program, &source]).status();
    let output = Command::new(&program).output();
    let _ = std::fs::remove_dir_all(&folder);
    assert!(compiled.expect("cc runs").success(), "cuda.h does not compile as C");
    assert_eq!(String::from_utf8_lossy(&output.expect("the program runs").stdout), expected);
}
