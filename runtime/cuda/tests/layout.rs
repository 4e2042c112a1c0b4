//! The driver API's structures and error codes in Rust against cuda.h, by a C program compiled from it.

use std::fmt::Write;
use std::mem::offset_of;
use std::path::Path;
use std::process::Command;

use wavefold_cuda::copy::Memcpy2D;
use wavefold_cuda::function::LaunchConfig;

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
