//! CUDA's error codes: one table of numbers, names and texts for both the runtime's and the driver's API.
//!
//! The two APIs share numbers since CUDA 10.1. A code that only one of them knows has no name in the other; the driver
//! reports the runtime's own codes as `CUDA_ERROR_INVALID_VALUE` ([`Error::driver`]).

use core::fmt;
use std::ffi::CStr;

/// A CUDA error, never success.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Error(u32);

/// The result of everything in the core.
pub type Result<T> = core::result::Result<T, Error>;

struct Row {
    code: u32,
    runtime: &'static CStr,
    driver: &'static CStr,
    text: &'static CStr,
}

macro_rules! errors {
    ($($code:literal $name:ident $runtime:literal $driver:literal $text:literal;)*) => {
        #[allow(missing_docs, reason = "the table gives each its text")]
        impl Error {
            $(pub const $name: Error = Error($code);)*
        }
        const ROWS: &[Row] = &[
            Row { code: 0, runtime: c"cudaSuccess", driver: c"CUDA_SUCCESS", text: c"no error" },
            $(Row { code: $code, runtime: $runtime, driver: $driver, text: $text },)*
        ];
    };
}

errors! {
    1 INVALID_VALUE c"cudaErrorInvalidValue" c"CUDA_ERROR_INVALID_VALUE" c"invalid argument";
    2 MEMORY_ALLOCATION c"cudaErrorMemoryAllocation" c"CUDA_ERROR_OUT_OF_MEMORY" c"out of memory";
    3 INITIALIZATION c"cudaErrorInitializationError" c"CUDA_ERROR_NOT_INITIALIZED" c"initialization error";
    4 CUDART_UNLOADING c"cudaErrorCudartUnloading" c"CUDA_ERROR_DEINITIALIZED" c"driver shutting down";
    5 PROFILER_DISABLED c"cudaErrorProfilerDisabled" c"CUDA_ERROR_PROFILER_DISABLED" c"profiler disabled while using external profiling tool";
    6 PROFILER_NOT_INITIALIZED c"cudaErrorProfilerNotInitialized" c"CUDA_ERROR_PROFILER_NOT_INITIALIZED" c"profiler not initialized: call cudaProfilerInitialize()";
    7 PROFILER_ALREADY_STARTED c"cudaErrorProfilerAlreadyStarted" c"CUDA_ERROR_PROFILER_ALREADY_STARTED" c"profiler already started";
    8 PROFILER_ALREADY_STOPPED c"cudaErrorProfilerAlreadyStopped" c"CUDA_ERROR_PROFILER_ALREADY_STOPPED" c"profiler already stopped";
    9 INVALID_CONFIGURATION c"cudaErrorInvalidConfiguration" c"" c"invalid configuration argument";
    12 INVALID_PITCH c"cudaErrorInvalidPitchValue" c"" c"invalid pitch argument";
    13 INVALID_SYMBOL c"cudaErrorInvalidSymbol" c"" c"invalid device symbol";
    16 INVALID_HOST_POINTER c"cudaErrorInvalidHostPointer" c"" c"invalid host pointer";
    17 INVALID_DEVICE_POINTER c"cudaErrorInvalidDevicePointer" c"" c"invalid device pointer";
    18 INVALID_TEXTURE c"cudaErrorInvalidTexture" c"" c"invalid texture reference";
    19 INVALID_TEXTURE_BINDING c"cudaErrorInvalidTextureBinding" c"" c"texture is not bound to a pointer";
    20 INVALID_CHANNEL_DESCRIPTOR c"cudaErrorInvalidChannelDescriptor" c"" c"invalid channel descriptor";
    21 INVALID_MEMCPY_DIRECTION c"cudaErrorInvalidMemcpyDirection" c"" c"invalid copy direction for memcpy";
    22 ADDRESS_OF_CONSTANT c"cudaErrorAddressOfConstant" c"" c"invalid address of constant";
    23 TEXTURE_FETCH_FAILED c"cudaErrorTextureFetchFailed" c"" c"fetch from texture failed";
    24 TEXTURE_NOT_BOUND c"cudaErrorTextureNotBound" c"" c"cannot fetch from a texture that is not bound";
    25 SYNCHRONIZATION c"cudaErrorSynchronizationError" c"" c"incorrect use of __syncthreads()";
    26 INVALID_FILTER_SETTING c"cudaErrorInvalidFilterSetting" c"" c"linear filtering not supported for non-float type";
    27 INVALID_NORM_SETTING c"cudaErrorInvalidNormSetting" c"" c"read as normalized float not supported for 32-bit non float type";
    28 MIXED_DEVICE_EXECUTION c"cudaErrorMixedDeviceExecution" c"" c"device emulation mode and device execution mode cannot be mixed";
    31 NOT_YET_IMPLEMENTED c"cudaErrorNotYetImplemented" c"" c"feature not yet implemented";
    32 MEMORY_VALUE_TOO_LARGE c"cudaErrorMemoryValueTooLarge" c"" c"memory size or pointer value too large to fit in 32 bit";
    34 STUB_LIBRARY c"cudaErrorStubLibrary" c"CUDA_ERROR_STUB_LIBRARY" c"CUDA driver is a stub library";
    35 INSUFFICIENT_DRIVER c"cudaErrorInsufficientDriver" c"" c"CUDA driver version is insufficient for CUDA runtime version";
    36 CALL_REQUIRES_NEWER_DRIVER c"cudaErrorCallRequiresNewerDriver" c"" c"API call is not supported in the installed CUDA driver";
    37 INVALID_SURFACE c"cudaErrorInvalidSurface" c"" c"invalid surface reference";
    43 DUPLICATE_VARIABLE_NAME c"cudaErrorDuplicateVariableName" c"" c"duplicate global variable looked up by string name";
    44 DUPLICATE_TEXTURE_NAME c"cudaErrorDuplicateTextureName" c"" c"duplicate texture looked up by string name";
    45 DUPLICATE_SURFACE_NAME c"cudaErrorDuplicateSurfaceName" c"" c"duplicate surface looked up by string name";
    46 DEVICES_UNAVAILABLE c"cudaErrorDevicesUnavailable" c"CUDA_ERROR_DEVICE_UNAVAILABLE" c"CUDA-capable device(s) is/are busy or unavailable";
    49 INCOMPATIBLE_DRIVER_CONTEXT c"cudaErrorIncompatibleDriverContext" c"" c"incompatible driver context";
    52 MISSING_CONFIGURATION c"cudaErrorMissingConfiguration" c"" c"__global__ function call is not configured";
    53 PRIOR_LAUNCH_FAILURE c"cudaErrorPriorLaunchFailure" c"" c"unspecified launch failure in prior launch";
    65 LAUNCH_MAX_DEPTH_EXCEEDED c"cudaErrorLaunchMaxDepthExceeded" c"" c"launch would exceed maximum depth of nested launches";
    66 LAUNCH_FILE_SCOPED_TEX c"cudaErrorLaunchFileScopedTex" c"" c"launch failed because kernel uses unsupported, file-scoped textures (texture objects are supported)";
    67 LAUNCH_FILE_SCOPED_SURF c"cudaErrorLaunchFileScopedSurf" c"" c"launch failed because kernel uses unsupported, file-scoped surfaces (surface objects are supported)";
    68 SYNC_DEPTH_EXCEEDED c"cudaErrorSyncDepthExceeded" c"" c"cudaDeviceSynchronize failed because caller's grid depth exceeds cudaLimitDevRuntimeSyncDepth";
    69 LAUNCH_PENDING_COUNT_EXCEEDED c"cudaErrorLaunchPendingCountExceeded" c"" c"launch failed because launch would exceed cudaLimitDevRuntimePendingLaunchCount";
    98 INVALID_DEVICE_FUNCTION c"cudaErrorInvalidDeviceFunction" c"" c"invalid device function";
    100 NO_DEVICE c"cudaErrorNoDevice" c"CUDA_ERROR_NO_DEVICE" c"no CUDA-capable device is detected";
    101 INVALID_DEVICE c"cudaErrorInvalidDevice" c"CUDA_ERROR_INVALID_DEVICE" c"invalid device ordinal";
    102 DEVICE_NOT_LICENSED c"cudaErrorDeviceNotLicensed" c"CUDA_ERROR_DEVICE_NOT_LICENSED" c"device doesn't have valid Grid license";
    103 SOFTWARE_VALIDITY c"cudaErrorSoftwareValidityNotEstablished" c"" c"integrity checks failed";
    127 STARTUP_FAILURE c"cudaErrorStartupFailure" c"" c"startup failure in cuda runtime";
    200 INVALID_KERNEL_IMAGE c"cudaErrorInvalidKernelImage" c"CUDA_ERROR_INVALID_IMAGE" c"device kernel image is invalid";
    201 DEVICE_UNINITIALIZED c"cudaErrorDeviceUninitialized" c"CUDA_ERROR_INVALID_CONTEXT" c"invalid device context";
    205 MAP_FAILED c"cudaErrorMapBufferObjectFailed" c"CUDA_ERROR_MAP_FAILED" c"mapping of buffer object failed";
    206 UNMAP_FAILED c"cudaErrorUnmapBufferObjectFailed" c"CUDA_ERROR_UNMAP_FAILED" c"unmapping of buffer object failed";
    207 ARRAY_IS_MAPPED c"cudaErrorArrayIsMapped" c"CUDA_ERROR_ARRAY_IS_MAPPED" c"array is mapped";
    208 ALREADY_MAPPED c"cudaErrorAlreadyMapped" c"CUDA_ERROR_ALREADY_MAPPED" c"resource already mapped";
    209 NO_KERNEL_IMAGE c"cudaErrorNoKernelImageForDevice" c"CUDA_ERROR_NO_BINARY_FOR_GPU" c"no kernel image is available for execution on the device";
    210 ALREADY_ACQUIRED c"cudaErrorAlreadyAcquired" c"CUDA_ERROR_ALREADY_ACQUIRED" c"resource already acquired";
    211 NOT_MAPPED c"cudaErrorNotMapped" c"CUDA_ERROR_NOT_MAPPED" c"resource not mapped";
    212 NOT_MAPPED_AS_ARRAY c"cudaErrorNotMappedAsArray" c"CUDA_ERROR_NOT_MAPPED_AS_ARRAY" c"resource not mapped as array";
    213 NOT_MAPPED_AS_POINTER c"cudaErrorNotMappedAsPointer" c"CUDA_ERROR_NOT_MAPPED_AS_POINTER" c"resource not mapped as pointer";
    214 ECC_UNCORRECTABLE c"cudaErrorECCUncorrectable" c"CUDA_ERROR_ECC_UNCORRECTABLE" c"uncorrectable ECC error encountered";
    215 UNSUPPORTED_LIMIT c"cudaErrorUnsupportedLimit" c"CUDA_ERROR_UNSUPPORTED_LIMIT" c"limit is not supported on this architecture";
    216 DEVICE_ALREADY_IN_USE c"cudaErrorDeviceAlreadyInUse" c"CUDA_ERROR_CONTEXT_ALREADY_IN_USE" c"exclusive-thread device already in use by a different thread";
    217 PEER_ACCESS_UNSUPPORTED c"cudaErrorPeerAccessUnsupported" c"CUDA_ERROR_PEER_ACCESS_UNSUPPORTED" c"peer access is not supported between these two devices";
    218 INVALID_PTX c"cudaErrorInvalidPtx" c"CUDA_ERROR_INVALID_PTX" c"a PTX JIT compilation failed";
    219 INVALID_GRAPHICS_CONTEXT c"cudaErrorInvalidGraphicsContext" c"CUDA_ERROR_INVALID_GRAPHICS_CONTEXT" c"invalid OpenGL or DirectX context";
    220 NVLINK_UNCORRECTABLE c"cudaErrorNvlinkUncorrectable" c"CUDA_ERROR_NVLINK_UNCORRECTABLE" c"uncorrectable NVLink error detected during the execution";
    221 JIT_COMPILER_NOT_FOUND c"cudaErrorJitCompilerNotFound" c"CUDA_ERROR_JIT_COMPILER_NOT_FOUND" c"PTX JIT compiler library not found";
    222 UNSUPPORTED_PTX_VERSION c"cudaErrorUnsupportedPtxVersion" c"CUDA_ERROR_UNSUPPORTED_PTX_VERSION" c"the provided PTX was compiled with an unsupported toolchain.";
    223 JIT_COMPILATION_DISABLED c"cudaErrorJitCompilationDisabled" c"CUDA_ERROR_JIT_COMPILATION_DISABLED" c"PTX JIT compilation was disabled";
    224 UNSUPPORTED_EXEC_AFFINITY c"cudaErrorUnsupportedExecAffinity" c"CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY" c"the provided execution affinity is not supported";
    225 UNSUPPORTED_DEVSIDE_SYNC c"cudaErrorUnsupportedDevSideSync" c"CUDA_ERROR_UNSUPPORTED_DEVSIDE_SYNC" c"the provided PTX contains unsupported call to cudaDeviceSynchronize";
    300 INVALID_SOURCE c"cudaErrorInvalidSource" c"CUDA_ERROR_INVALID_SOURCE" c"device kernel image is invalid";
    301 FILE_NOT_FOUND c"cudaErrorFileNotFound" c"CUDA_ERROR_FILE_NOT_FOUND" c"file not found";
    302 SHARED_OBJECT_SYMBOL_NOT_FOUND c"cudaErrorSharedObjectSymbolNotFound" c"CUDA_ERROR_SHARED_OBJECT_SYMBOL_NOT_FOUND" c"shared object symbol not found";
    303 SHARED_OBJECT_INIT_FAILED c"cudaErrorSharedObjectInitFailed" c"CUDA_ERROR_SHARED_OBJECT_INIT_FAILED" c"shared object initialization failed";
    304 OPERATING_SYSTEM c"cudaErrorOperatingSystem" c"CUDA_ERROR_OPERATING_SYSTEM" c"OS call failed or operation not supported on this OS";
    400 INVALID_RESOURCE_HANDLE c"cudaErrorInvalidResourceHandle" c"CUDA_ERROR_INVALID_HANDLE" c"invalid resource handle";
    401 ILLEGAL_STATE c"cudaErrorIllegalState" c"CUDA_ERROR_ILLEGAL_STATE" c"the operation cannot be performed in the present state";
    402 LOSSY_QUERY c"cudaErrorLossyQuery" c"CUDA_ERROR_LOSSY_QUERY" c"attempted introspection would be semantically lossy";
    500 SYMBOL_NOT_FOUND c"cudaErrorSymbolNotFound" c"CUDA_ERROR_NOT_FOUND" c"named symbol not found";
    600 NOT_READY c"cudaErrorNotReady" c"CUDA_ERROR_NOT_READY" c"device not ready";
    700 ILLEGAL_ADDRESS c"cudaErrorIllegalAddress" c"CUDA_ERROR_ILLEGAL_ADDRESS" c"an illegal memory access was encountered";
    701 LAUNCH_OUT_OF_RESOURCES c"cudaErrorLaunchOutOfResources" c"CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES" c"too many resources requested for launch";
    702 LAUNCH_TIMEOUT c"cudaErrorLaunchTimeout" c"CUDA_ERROR_LAUNCH_TIMEOUT" c"the launch timed out and was terminated";
    703 LAUNCH_INCOMPATIBLE_TEXTURING c"cudaErrorLaunchIncompatibleTexturing" c"CUDA_ERROR_LAUNCH_INCOMPATIBLE_TEXTURING" c"launch uses incompatible texturing mode";
    704 PEER_ACCESS_ALREADY_ENABLED c"cudaErrorPeerAccessAlreadyEnabled" c"CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED" c"peer access is already enabled";
    705 PEER_ACCESS_NOT_ENABLED c"cudaErrorPeerAccessNotEnabled" c"CUDA_ERROR_PEER_ACCESS_NOT_ENABLED" c"peer access has not been enabled";
    708 SET_ON_ACTIVE_PROCESS c"cudaErrorSetOnActiveProcess" c"CUDA_ERROR_PRIMARY_CONTEXT_ACTIVE" c"cannot set while device is active in this process";
    709 CONTEXT_IS_DESTROYED c"cudaErrorContextIsDestroyed" c"CUDA_ERROR_CONTEXT_IS_DESTROYED" c"context is destroyed";
    710 ASSERT c"cudaErrorAssert" c"CUDA_ERROR_ASSERT" c"device-side assert triggered";
    711 TOO_MANY_PEERS c"cudaErrorTooManyPeers" c"CUDA_ERROR_TOO_MANY_PEERS" c"peer mapping resources exhausted";
    712 HOST_MEMORY_ALREADY_REGISTERED c"cudaErrorHostMemoryAlreadyRegistered" c"CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED" c"part or all of the requested memory range is already mapped";
    713 HOST_MEMORY_NOT_REGISTERED c"cudaErrorHostMemoryNotRegistered" c"CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED" c"pointer does not correspond to a registered memory region";
    714 HARDWARE_STACK c"cudaErrorHardwareStackError" c"CUDA_ERROR_HARDWARE_STACK_ERROR" c"hardware stack error";
    715 ILLEGAL_INSTRUCTION c"cudaErrorIllegalInstruction" c"CUDA_ERROR_ILLEGAL_INSTRUCTION" c"an illegal instruction was encountered";
    716 MISALIGNED_ADDRESS c"cudaErrorMisalignedAddress" c"CUDA_ERROR_MISALIGNED_ADDRESS" c"misaligned address";
    717 INVALID_ADDRESS_SPACE c"cudaErrorInvalidAddressSpace" c"CUDA_ERROR_INVALID_ADDRESS_SPACE" c"operation not supported on global/shared address space";
    718 INVALID_PC c"cudaErrorInvalidPc" c"CUDA_ERROR_INVALID_PC" c"invalid program counter";
    719 LAUNCH_FAILURE c"cudaErrorLaunchFailure" c"CUDA_ERROR_LAUNCH_FAILED" c"unspecified launch failure";
    720 COOPERATIVE_LAUNCH_TOO_LARGE c"cudaErrorCooperativeLaunchTooLarge" c"CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE" c"too many blocks in cooperative launch";
    800 NOT_PERMITTED c"cudaErrorNotPermitted" c"CUDA_ERROR_NOT_PERMITTED" c"operation not permitted";
    801 NOT_SUPPORTED c"cudaErrorNotSupported" c"CUDA_ERROR_NOT_SUPPORTED" c"operation not supported";
    802 SYSTEM_NOT_READY c"cudaErrorSystemNotReady" c"CUDA_ERROR_SYSTEM_NOT_READY" c"system not yet initialized";
    803 SYSTEM_DRIVER_MISMATCH c"cudaErrorSystemDriverMismatch" c"CUDA_ERROR_SYSTEM_DRIVER_MISMATCH" c"system has unsupported display driver / cuda driver combination";
    804 COMPAT_NOT_SUPPORTED c"cudaErrorCompatNotSupportedOnDevice" c"CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE" c"forward compatibility was attempted on non supported HW";
    805 MPS_CONNECTION_FAILED c"cudaErrorMpsConnectionFailed" c"CUDA_ERROR_MPS_CONNECTION_FAILED" c"MPS client failed to connect to the MPS control daemon or the MPS server";
    806 MPS_RPC_FAILURE c"cudaErrorMpsRpcFailure" c"CUDA_ERROR_MPS_RPC_FAILURE" c"the remote procedural call between the MPS server and the MPS client failed";
    807 MPS_SERVER_NOT_READY c"cudaErrorMpsServerNotReady" c"CUDA_ERROR_MPS_SERVER_NOT_READY" c"MPS server is not ready to accept new MPS client requests";
    808 MPS_MAX_CLIENTS c"cudaErrorMpsMaxClientsReached" c"CUDA_ERROR_MPS_MAX_CLIENTS_REACHED" c"the hardware resources required to create MPS client have been exhausted";
    809 MPS_MAX_CONNECTIONS c"cudaErrorMpsMaxConnectionsReached" c"CUDA_ERROR_MPS_MAX_CONNECTIONS_REACHED" c"the hardware resources required to support device connections have been exhausted";
    810 MPS_CLIENT_TERMINATED c"cudaErrorMpsClientTerminated" c"CUDA_ERROR_MPS_CLIENT_TERMINATED" c"the MPS client has been terminated by the server";
    811 CDP_NOT_SUPPORTED c"cudaErrorCdpNotSupported" c"CUDA_ERROR_CDP_NOT_SUPPORTED" c"the requested functionality is not supported with CUDA Dynamic Parallelism";
    812 CDP_VERSION_MISMATCH c"cudaErrorCdpVersionMismatch" c"CUDA_ERROR_CDP_VERSION_MISMATCH" c"unsupported interaction between different versions of CUDA Dynamic Parallelism";
    900 STREAM_CAPTURE_UNSUPPORTED c"cudaErrorStreamCaptureUnsupported" c"CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED" c"operation not permitted when stream is capturing";
    901 STREAM_CAPTURE_INVALIDATED c"cudaErrorStreamCaptureInvalidated" c"CUDA_ERROR_STREAM_CAPTURE_INVALIDATED" c"operation failed due to a previous error during capture";
    902 STREAM_CAPTURE_MERGE c"cudaErrorStreamCaptureMerge" c"CUDA_ERROR_STREAM_CAPTURE_MERGE" c"operation would result in a merge of separate capture sequences";
    903 STREAM_CAPTURE_UNMATCHED c"cudaErrorStreamCaptureUnmatched" c"CUDA_ERROR_STREAM_CAPTURE_UNMATCHED" c"capture was not ended in the same stream as it began";
    904 STREAM_CAPTURE_UNJOINED c"cudaErrorStreamCaptureUnjoined" c"CUDA_ERROR_STREAM_CAPTURE_UNJOINED" c"capturing stream has unjoined work";
    905 STREAM_CAPTURE_ISOLATION c"cudaErrorStreamCaptureIsolation" c"CUDA_ERROR_STREAM_CAPTURE_ISOLATION" c"dependency created on uncaptured work in another stream";
    906 STREAM_CAPTURE_IMPLICIT c"cudaErrorStreamCaptureImplicit" c"CUDA_ERROR_STREAM_CAPTURE_IMPLICIT" c"operation would make the legacy stream depend on a capturing blocking stream";
    907 CAPTURED_EVENT c"cudaErrorCapturedEvent" c"CUDA_ERROR_CAPTURED_EVENT" c"operation not permitted on an event last recorded in a capturing stream";
    908 STREAM_CAPTURE_WRONG_THREAD c"cudaErrorStreamCaptureWrongThread" c"CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD" c"attempt to terminate a thread-local capture sequence from another thread";
    909 TIMEOUT c"cudaErrorTimeout" c"CUDA_ERROR_TIMEOUT" c"wait operation timed out";
    910 GRAPH_EXEC_UPDATE_FAILURE c"cudaErrorGraphExecUpdateFailure" c"CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE" c"the graph update was not performed because it included changes which violated constraints specific to instantiated graph update";
    911 EXTERNAL_DEVICE c"cudaErrorExternalDevice" c"CUDA_ERROR_EXTERNAL_DEVICE" c"an async error has occured in external entity outside of CUDA";
    912 INVALID_CLUSTER_SIZE c"cudaErrorInvalidClusterSize" c"CUDA_ERROR_INVALID_CLUSTER_SIZE" c"a kernel launch error has occurred due to cluster misconfiguration";
    913 FUNCTION_NOT_LOADED c"cudaErrorFunctionNotLoaded" c"CUDA_ERROR_FUNCTION_NOT_LOADED" c"the function handle is not loaded when calling an API that requires a loaded function";
    914 INVALID_RESOURCE_TYPE c"cudaErrorInvalidResourceType" c"CUDA_ERROR_INVALID_RESOURCE_TYPE" c"one or more resources passed in are not valid resource types for the operation";
    915 INVALID_RESOURCE_CONFIGURATION c"cudaErrorInvalidResourceConfiguration" c"CUDA_ERROR_INVALID_RESOURCE_CONFIGURATION" c"one or more resources are insufficient or non-applicable for the operation";
    999 UNKNOWN c"cudaErrorUnknown" c"CUDA_ERROR_UNKNOWN" c"unknown error";
    10000 API_FAILURE_BASE c"cudaErrorApiFailureBase" c"" c"api failure base";
}

impl Error {
    /// The error of a code, or `None` for success. A code the table lacks becomes [`Error::UNKNOWN`].
    pub fn from_code(code: u32) -> Option<Error> {
        match code {
            0 => None,
            _ => Some(if row(code).is_some() { Error(code) } else { Error::UNKNOWN }),
        }
    }

    /// The code as `cudaError_t`.
    pub fn code(self) -> u32 {
        self.0
    }

    /// The code as `CUresult`.
    pub fn driver(self) -> u32 {
        match self {
            // The same condition has a name of its own in each API.
            Error::INVALID_SYMBOL | Error::INVALID_DEVICE_FUNCTION => Error::SYMBOL_NOT_FOUND.0,
            Error::INSUFFICIENT_DRIVER => Error::NO_DEVICE.0,
            _ => match row(self.0) {
                Some(row) if row.driver.is_empty() => Error::INVALID_VALUE.0,
                _ => self.0,
            },
        }
    }

    /// Logs why, under `WAVEFOLD_DEBUG=api`, and is the error again.
    #[cold]
    pub fn because(self, reason: impl fmt::Display) -> Error {
        crate::config::debug_api(format_args!("{}: {reason}", self.name()));
        self
    }

    /// The runtime's name, for messages of our own.
    pub fn name(self) -> &'static str {
        runtime_name(self.0).and_then(|name| name.to_str().ok()).unwrap_or("unrecognized error code")
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.0)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(text(self.0).and_then(|text| text.to_str().ok()).unwrap_or("unrecognized error code"))
    }
}

impl std::error::Error for Error {}

fn row(code: u32) -> Option<&'static Row> {
    ROWS.binary_search_by_key(&code, |row| row.code).ok().map(|index| &ROWS[index])
}

/// The text for a code of either API.
pub fn text(code: u32) -> Option<&'static CStr> {
    row(code).map(|row| row.text)
}

/// The name of a `cudaError_t`.
pub fn runtime_name(code: u32) -> Option<&'static CStr> {
    row(code).map(|row| row.runtime).filter(|name| !name.is_empty())
}

/// The name of a `CUresult`.
pub fn driver_name(code: u32) -> Option<&'static CStr> {
    row(code).map(|row| row.driver).filter(|name| !name.is_empty())
}

/// All codes with a runtime name, in order.
pub fn all_codes() -> impl Iterator<Item = u32> {
    ROWS.iter().map(|row| row.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_and_named() {
        assert!(ROWS.windows(2).all(|pair| pair[0].code < pair[1].code));
        assert!(ROWS.iter().all(|row| !row.runtime.is_empty() && !row.text.is_empty()));
    }

    #[test]
    fn runtime_codes_become_driver_codes() {
        assert_eq!(Error::INVALID_CONFIGURATION.driver(), 1);
        assert_eq!(Error::INVALID_SYMBOL.driver(), 500);
        assert_eq!(Error::ILLEGAL_ADDRESS.driver(), 700);
        assert_eq!(Error::from_code(123_456), Some(Error::UNKNOWN));
    }
}
