//! The wrappers over `inkwell::llvm_sys` for what inkwell cannot say: scopes on atomics and fences, float `atomicrmw`,
//! replacing values, lazily read bitcode. No other file of the compiler calls LLVM's C functions.

use std::ffi::{CStr, c_void};

use inkwell::AtomicOrdering;
use inkwell::builder::Builder;
use inkwell::context::Context;
use inkwell::llvm_sys::core::{
    LLVMBuildAtomicCmpXchgSyncScope, LLVMBuildAtomicRMWSyncScope, LLVMBuildFenceSyncScope, LLVMBuildFreeze,
    LLVMContextSetDiagnosticHandler, LLVMDisposeMessage, LLVMGetDiagInfoDescription, LLVMGetDiagInfoSeverity,
    LLVMGetSyncScopeID, LLVMIsConstant, LLVMReplaceAllUsesWith, LLVMSetAlignment, LLVMSetAtomicSyncScopeID,
    LLVMSetVolatile,
};
use inkwell::llvm_sys::error_handling::LLVMInstallFatalErrorHandler;
use inkwell::llvm_sys::prelude::LLVMDiagnosticInfoRef;
use inkwell::llvm_sys::support::LLVMParseCommandLineOptions;
use inkwell::llvm_sys::{LLVMAtomicOrdering, LLVMAtomicRMWBinOp, LLVMDiagnosticSeverity};
use inkwell::values::{
    AsValueRef, BasicValue, BasicValueEnum, FunctionValue, InstructionValue, PointerValue,
};

/// LLVM's name of a synchronisation scope; the empty name is the system scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncScope {
    /// One wavefront.
    Wavefront,
    /// One work-group: PTX `.cta`.
    Workgroup,
    /// One device: PTX `.gpu`.
    Agent,
    /// Everything: PTX `.sys`.
    System,
}

impl SyncScope {
    fn id(self, context: &Context) -> u32 {
        let name = match self {
            SyncScope::Wavefront => "wavefront",
            SyncScope::Workgroup => "workgroup",
            SyncScope::Agent => "agent",
            SyncScope::System => "",
        };
        // SAFETY: the context is live and the name is passed with its length.
        unsafe { LLVMGetSyncScopeID(context.raw(), name.as_ptr().cast(), name.len()) }
    }
}

/// The read-modify-write operations, integer and floating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadModifyWrite {
    /// Exchange.
    Exchange,
    /// Integer add.
    Add,
    /// Bitwise and.
    And,
    /// Bitwise or.
    Or,
    /// Bitwise exclusive or.
    Xor,
    /// Signed maximum.
    Max,
    /// Signed minimum.
    Min,
    /// Unsigned maximum.
    UMax,
    /// Unsigned minimum.
    UMin,
    /// Floating add.
    FAdd,
    /// Floating maximum.
    FMax,
    /// Floating minimum.
    FMin,
    /// PTX `inc`: wraps to 0 behind the bound.
    Increment,
    /// PTX `dec`: wraps to the bound below 0.
    Decrement,
}

impl ReadModifyWrite {
    fn code(self) -> LLVMAtomicRMWBinOp {
        use LLVMAtomicRMWBinOp as Op;
        match self {
            Self::Exchange => Op::LLVMAtomicRMWBinOpXchg,
            Self::Add => Op::LLVMAtomicRMWBinOpAdd,
            Self::And => Op::LLVMAtomicRMWBinOpAnd,
            Self::Or => Op::LLVMAtomicRMWBinOpOr,
            Self::Xor => Op::LLVMAtomicRMWBinOpXor,
            Self::Max => Op::LLVMAtomicRMWBinOpMax,
            Self::Min => Op::LLVMAtomicRMWBinOpMin,
            Self::UMax => Op::LLVMAtomicRMWBinOpUMax,
            Self::UMin => Op::LLVMAtomicRMWBinOpUMin,
            Self::FAdd => Op::LLVMAtomicRMWBinOpFAdd,
            Self::FMax => Op::LLVMAtomicRMWBinOpFMax,
            Self::FMin => Op::LLVMAtomicRMWBinOpFMin,
            Self::Increment => Op::LLVMAtomicRMWBinOpUIncWrap,
            Self::Decrement => Op::LLVMAtomicRMWBinOpUDecWrap,
        }
    }
}

fn ordering_code(ordering: AtomicOrdering) -> LLVMAtomicOrdering {
    match ordering {
        AtomicOrdering::Acquire => LLVMAtomicOrdering::LLVMAtomicOrderingAcquire,
        AtomicOrdering::Release => LLVMAtomicOrdering::LLVMAtomicOrderingRelease,
        AtomicOrdering::AcquireRelease => LLVMAtomicOrdering::LLVMAtomicOrderingAcquireRelease,
        AtomicOrdering::SequentiallyConsistent => {
            LLVMAtomicOrdering::LLVMAtomicOrderingSequentiallyConsistent
        }
        _ => LLVMAtomicOrdering::LLVMAtomicOrderingMonotonic,
    }
}

/// `atomicrmw` with a scope; gives the old value.
pub fn build_atomic_rmw<'ctx>(
    context: &'ctx Context,
    builder: &Builder<'ctx>,
    operation: ReadModifyWrite,
    pointer: PointerValue<'ctx>,
    value: BasicValueEnum<'ctx>,
    ordering: AtomicOrdering,
    scope: SyncScope,
) -> BasicValueEnum<'ctx> {
    // SAFETY: builder, pointer and value belong to the same live context, and the builder is positioned in a block.
    // The result of `atomicrmw` is a first-class value.
    unsafe {
        BasicValueEnum::new(LLVMBuildAtomicRMWSyncScope(
            builder.as_mut_ptr(),
            operation.code(),
            pointer.as_value_ref(),
            value.as_value_ref(),
            ordering_code(ordering),
            scope.id(context),
        ))
    }
}

/// `cmpxchg` with a scope; gives the pair of the old value and whether it was exchanged.
pub fn build_compare_exchange<'ctx>(
    context: &'ctx Context,
    builder: &Builder<'ctx>,
    pointer: PointerValue<'ctx>,
    compare: BasicValueEnum<'ctx>,
    value: BasicValueEnum<'ctx>,
    ordering: AtomicOrdering,
    scope: SyncScope,
) -> BasicValueEnum<'ctx> {
    let failure = match ordering {
        AtomicOrdering::AcquireRelease | AtomicOrdering::Acquire => AtomicOrdering::Acquire,
        AtomicOrdering::SequentiallyConsistent => AtomicOrdering::SequentiallyConsistent,
        _ => AtomicOrdering::Monotonic,
    };
    // SAFETY: as for `build_atomic_rmw`; the failure ordering has no release part, as LLVM requires.
    unsafe {
        BasicValueEnum::new(LLVMBuildAtomicCmpXchgSyncScope(
            builder.as_mut_ptr(),
            pointer.as_value_ref(),
            compare.as_value_ref(),
            value.as_value_ref(),
            ordering_code(ordering),
            ordering_code(failure),
            scope.id(context),
        ))
    }
}

/// `fence` with a scope.
pub fn build_fence<'ctx>(
    context: &'ctx Context,
    builder: &Builder<'ctx>,
    ordering: AtomicOrdering,
    scope: SyncScope,
) {
    // SAFETY: the builder is positioned in a block of this context; the name is a zero-terminated empty string.
    unsafe {
        LLVMBuildFenceSyncScope(
            builder.as_mut_ptr(),
            ordering_code(ordering),
            scope.id(context),
            c"".as_ptr(),
        );
    }
}

/// Gives an atomic load or store its scope.
pub fn set_scope<'ctx>(context: &'ctx Context, instruction: InstructionValue<'ctx>, scope: SyncScope) {
    // SAFETY: called on loads and stores that were made atomic just before.
    unsafe { LLVMSetAtomicSyncScopeID(instruction.as_value_ref(), scope.id(context)) }
}

/// Marks an atomic read-modify-write volatile.
pub fn set_volatile(instruction: InstructionValue<'_>) {
    // SAFETY: called on memory instructions only.
    unsafe { LLVMSetVolatile(instruction.as_value_ref(), 1) }
}

/// `freeze`: an undefined value becomes an arbitrary but fixed one.
pub fn build_freeze<'ctx>(builder: &Builder<'ctx>, value: BasicValueEnum<'ctx>) -> BasicValueEnum<'ctx> {
    // SAFETY: the builder is positioned; `freeze` gives a value of the same first-class type.
    unsafe { BasicValueEnum::new(LLVMBuildFreeze(builder.as_mut_ptr(), value.as_value_ref(), c"".as_ptr())) }
}

/// Whether a value is an LLVM constant.
pub fn is_constant(value: BasicValueEnum<'_>) -> bool {
    // SAFETY: the value is live.
    unsafe { LLVMIsConstant(value.as_value_ref()) != 0 }
}

/// Puts a value, which may be a constant, in the place of an instruction's result.
pub fn replace_uses<'ctx>(instruction: InstructionValue<'ctx>, value: BasicValueEnum<'ctx>) {
    // SAFETY: both are live values of one module and, as the callers see to, of one type.
    unsafe { LLVMReplaceAllUsesWith(instruction.as_value_ref(), value.as_value_ref()) }
}

/// A function's address as a pointer value, for tables of functions and calls through registers.
pub fn function_address(function: FunctionValue<'_>) -> PointerValue<'_> {
    function.as_global_value().as_pointer_value()
}

/// Sets the alignment of an atomic read-modify-write, load or store.
pub fn set_alignment(value: &dyn BasicValue<'_>, bytes: u32) {
    // SAFETY: called on memory instructions only.
    unsafe { LLVMSetAlignment(value.as_value_ref(), bytes) }
}

/// Sets options of LLVM's own command line for this process; to be called once.
pub fn set_options(options: &[&CStr]) {
    let words: Vec<_> = std::iter::once(&c"ptxas").chain(options).map(|word| word.as_ptr()).collect();
    let count = i32::try_from(words.len()).expect("a handful of options");
    // SAFETY: the words are zero-terminated and outlive the call, which copies them.
    unsafe { LLVMParseCommandLineOptions(count, words.as_ptr(), std::ptr::null()) }
}

/// Has LLVM call `handler` with a message instead of aborting.
pub fn install_fatal_error_handler(handler: extern "C" fn(*const std::ffi::c_char)) {
    // SAFETY: the handler has C linkage, does not unwind and lives as long as the program.
    unsafe { LLVMInstallFatalErrorHandler(Some(handler)) }
}

/// Has LLVM report errors of code generation (as opposed to fatal ones) through `handler`: its severity and text.
pub fn set_diagnostic_handler(context: &Context, handler: fn(bool, &str)) {
    extern "C" fn relay(info: LLVMDiagnosticInfoRef, handler: *mut c_void) {
        // SAFETY: the handler was passed as this function pointer below.
        let handler: fn(bool, &str) = unsafe { std::mem::transmute(handler) };
        // SAFETY: LLVM passes a live diagnostic; its description is a zero-terminated string that we free.
        unsafe {
            let is_error = LLVMGetDiagInfoSeverity(info) == LLVMDiagnosticSeverity::LLVMDSError;
            let text = LLVMGetDiagInfoDescription(info);
            handler(is_error, &CStr::from_ptr(text).to_string_lossy());
            LLVMDisposeMessage(text);
        }
    }
    // SAFETY: the context is live; the relay has the type that LLVM calls.
    unsafe { LLVMContextSetDiagnosticHandler(context.raw(), Some(relay), handler as *mut c_void) }
}
