//! Every exported function with nothing but zeros for arguments: success or an error code, no crash.
//!
//! Zeros are null pointers, null handles and empty sizes for every parameter, those on the stack included. Without a toolkit
//! there is no device, which tests the other half of every function's checks.

use std::path::Path;

type Anything = unsafe extern "C" fn(
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
) -> usize;

#[test]
fn zeros_are_answered_by_every_function() {
    let root = std::env::var_os("WAVEFOLD_TOOLKIT")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/toolkit"), Into::into);
    // SAFETY: this is the only test of this process, and nothing has read the environment yet.
    unsafe {
        std::env::set_var("WAVEFOLD_HOME", root);
        std::env::set_var("WAVEFOLD_DEVICE", "emulator");
    }
    let mut unexplained = Vec::new();
    let exports = wavefold_library::runtime_exports().chain(wavefold_library::driver_exports());
    // A structure by value comes back through a pointer that the caller passes first.
    for export in exports.filter(|export| export.name != "cudaCreateChannelDesc") {
        // SAFETY: the platform's C calling convention lets a callee ignore arguments that it does not declare, and each
        // function must cope with zeros for those it does.
        let result = unsafe {
            let function: Anything = core::mem::transmute(export.address);
            function(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        };
        let returns_code = !export.name.starts_with("__") && !export.name.starts_with("cudaGetError");
        let code = result as u32;
        if returns_code && code != 0 && wavefold_core::error::text(code).is_none() {
            unexplained.push((export.name, code));
        }
        // 999 is what the wrapper makes of a panic.
        assert!(!returns_code || code != 999, "{} failed inside", export.name);
    }
    assert!(unexplained.is_empty(), "codes that CUDA does not have: {unexplained:?}");
}
