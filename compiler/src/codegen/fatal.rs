//! LLVM's fatal errors: reported as our own bug, with exit code 101.
//!
//! LLVM calls the handler where it would abort ("Cannot select", exhausted registers). The process that compiles is
//! always `ptxas`, never a user's, so ending it is the right answer; output files are only renamed into place at the end.

use super::llvm_ext;
use inkwell::context::Context;
use std::ffi::{CStr, c_char};
use std::sync::Once;

/// The exit code of a defect of ours, as opposed to 1 for a defect of the input.
pub const EXIT_INTERNAL: i32 = 101;

extern "C" fn report(message: *const c_char) {
    let text = if message.is_null() {
        "unknown".into()
    } else {
        // SAFETY: LLVM passes a zero-terminated string that lives for the length of this call.
        unsafe { CStr::from_ptr(message) }.to_string_lossy()
    };
    eprintln!("ptxas: internal error: LLVM: {text}");
    std::process::exit(EXIT_INTERNAL);
}

/// An error that LLVM reports and would go on after: the code it made is not right, so this ends as well. What LLVM
/// has to remark otherwise is nothing that a user of CUDA asked for.
fn report_diagnostic(is_error: bool, text: &str) {
    if is_error {
        eprintln!("ptxas: internal error: LLVM: {text}");
        std::process::exit(EXIT_INTERNAL);
    }
}

/// Has errors of this context end the program.
pub fn watch(context: &Context) {
    llvm_ext::set_diagnostic_handler(context, report_diagnostic);
}

/// Installs the handler for this process; calling it again does nothing.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| llvm_ext::install_fatal_error_handler(report));
}
