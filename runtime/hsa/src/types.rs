//! The types and constants of HSA's C ABI that Wavefold uses, by their names in `hsa.h` and `hsa_ext_amd.h`.
//!
//! Layouts follow the HSA Runtime Specification 1.2 for the large (64-bit) machine model; the tests check the sizes
//! that the specification fixes. Nothing here calls anything.

use core::ffi::c_void;

/// A value of `hsa_status_t`.
pub type Status = u32;

/// `HSA_STATUS_SUCCESS`.
pub const STATUS_SUCCESS: Status = 0;
/// `HSA_STATUS_INFO_BREAK`: a callback asks to stop the iteration.
pub const STATUS_INFO_BREAK: Status = 1;
/// `HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION`: a flat access hit a hole between the apertures.
pub const STATUS_ERROR_MEMORY_APERTURE_VIOLATION: Status = 41;
/// `HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION`.
pub const STATUS_ERROR_ILLEGAL_INSTRUCTION: Status = 42;
/// `HSA_STATUS_ERROR_MEMORY_FAULT`.
pub const STATUS_ERROR_MEMORY_FAULT: Status = 43;
/// `HSA_STATUS_ERROR_INVALID_ALLOCATION`.
pub const STATUS_ERROR_INVALID_ALLOCATION: Status = 0x1003;
/// `HSA_STATUS_ERROR_OUT_OF_RESOURCES`: memory, queues or signals are used up; `hsa_init` without a GPU.
pub const STATUS_ERROR_OUT_OF_RESOURCES: Status = 0x1008;
/// Of the emulator's own: its watchdog stopped a launch.
pub const STATUS_ERROR_LAUNCH_TIMEOUT: Status = 0x5746;
/// `HSA_STATUS_ERROR_EXCEPTION`: a trap or a floating-point exception stopped a queue.
pub const STATUS_ERROR_EXCEPTION: Status = 0x1016;

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[repr(C)]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name {
            /// The opaque value HSA gave out; 0 is no object.
            pub handle: u64,
        }
    )*};
}

handles! {
    /// `hsa_agent_t`: a processor that HSA can talk to.
    RawAgent;
    /// `hsa_signal_t`; on AMD the handle is the address of an `amd_signal_t`.
    RawSignal;
    /// `hsa_amd_memory_pool_t`.
    RawPool;
    /// `hsa_executable_t`.
    RawExecutable;
    /// `hsa_executable_symbol_t`.
    RawSymbol;
    /// `hsa_code_object_reader_t`.
    RawReader;
    /// `hsa_loaded_code_object_t`.
    RawLoadedCodeObject;
}

/// `hsa_queue_t`, the part of a queue that user code may read.
#[repr(C)]
#[derive(Debug)]
pub struct RawQueue {
    /// Single or multiple producers.
    pub kind: u32,
    /// Bit 0: kernel dispatch packets are accepted.
    pub features: u32,
    /// The ring of 64-byte packets.
    pub base_address: *mut c_void,
    /// Stored with the index of the last packet written.
    pub doorbell_signal: RawSignal,
    /// The number of packets in the ring, a power of two.
    pub size: u32,
    reserved1: u32,
    /// A number unique in the process.
    pub id: u64,
}

/// `hsa_kernel_dispatch_packet_t`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct DispatchPacket {
    /// Type, barrier bit and fence scopes; written last.
    pub header: u16,
    /// The number of dimensions, 1 to 3.
    pub setup: u16,
    /// Work-items of a work-group in x, y and z.
    pub workgroup_size: [u16; 3],
    /// Must be zero.
    pub reserved0: u16,
    /// Work-items of the grid in x, y and z.
    pub grid_size: [u32; 3],
    /// Bytes of scratch a work-item needs.
    pub private_segment_size: u32,
    /// Bytes of LDS a work-group needs, static and dynamic.
    pub group_segment_size: u32,
    /// The kernel descriptor's address, from `HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT`.
    pub kernel_object: u64,
    /// The kernarg segment.
    pub kernarg_address: u64,
    /// Must be zero.
    pub reserved2: u64,
    /// Decremented when the dispatch has completed; 0 is none.
    pub completion_signal: RawSignal,
}

/// `hsa_barrier_and_packet_t`: waits until all its dependencies are zero.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct BarrierPacket {
    /// Type, barrier bit and fence scopes; written last.
    pub header: u16,
    /// Must be zero.
    pub reserved0: u16,
    /// Must be zero.
    pub reserved1: u32,
    /// Up to five signals; a zero handle is no dependency.
    pub dependencies: [RawSignal; 5],
    /// Must be zero.
    pub reserved2: u64,
    /// Decremented when the barrier has completed; 0 is none.
    pub completion_signal: RawSignal,
}

/// `hsa_amd_profiling_dispatch_time_t` and `hsa_amd_profiling_async_copy_time_t`: ticks of the system timestamp.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct ProfilingTime {
    /// When the work began.
    pub start: u64,
    /// When the work ended.
    pub end: u64,
}

/// `hsa_amd_event_t` with the one kind of event that exists in ROCr 5.2, a GPU memory fault.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RawEvent {
    /// 0 is a memory fault.
    pub kind: u32,
    /// The agent that faulted.
    pub agent: RawAgent,
    /// The address, to page granularity at best.
    pub virtual_address: u64,
    /// Bits of `hsa_amd_memory_fault_reason_t`.
    pub fault_reason_mask: u32,
}

/// Called by HSA when a queue has failed.
pub type QueueErrorCallback = unsafe extern "C" fn(Status, *mut RawQueue, *mut c_void);
/// Called by HSA when the system sees an event such as a memory fault.
pub type SystemEventCallback = unsafe extern "C" fn(*const RawEvent, *mut c_void) -> Status;

/// `HSA_DEVICE_TYPE_GPU`.
pub const DEVICE_TYPE_GPU: u32 = 1;
/// `HSA_DEVICE_TYPE_CPU`.
pub const DEVICE_TYPE_CPU: u32 = 0;

/// Attributes of `hsa_agent_get_info`.
#[allow(missing_docs, reason = "the names are those of the specification")]
pub mod agent_info {
    pub const NAME: u32 = 0;
    pub const QUEUE_MAX_SIZE: u32 = 14;
    pub const DEVICE: u32 = 17;
    pub const CACHE_SIZE: u32 = 18;
    pub const ISA: u32 = 19;
    pub const COMPUTE_UNIT_COUNT: u32 = 0xA002;
    pub const MAX_CLOCK_FREQUENCY: u32 = 0xA003;
    pub const BDFID: u32 = 0xA006;
    pub const MEMORY_WIDTH: u32 = 0xA007;
    pub const MEMORY_MAX_FREQUENCY: u32 = 0xA008;
    pub const PRODUCT_NAME: u32 = 0xA009;
    pub const DOMAIN: u32 = 0xA00F;
    pub const UUID: u32 = 0xA011;
}

/// Attributes of `hsa_amd_memory_pool_get_info` and the bits of its global flags.
#[allow(missing_docs, reason = "the names are those of the specification")]
pub mod pool_info {
    pub const SEGMENT: u32 = 0;
    pub const GLOBAL_FLAGS: u32 = 1;
    pub const SIZE: u32 = 2;
    pub const RUNTIME_ALLOC_ALLOWED: u32 = 5;
    pub const RUNTIME_ALLOC_GRANULE: u32 = 6;

    pub const SEGMENT_GLOBAL: u32 = 0;
    pub const SEGMENT_GROUP: u32 = 3;

    pub const FLAG_KERNARG_INIT: u32 = 1;
    pub const FLAG_FINE_GRAINED: u32 = 2;
    pub const FLAG_COARSE_GRAINED: u32 = 4;
}

/// Attributes of `hsa_executable_symbol_get_info`.
#[allow(missing_docs, reason = "the names are those of the specification")]
pub mod symbol_info {
    pub const TYPE: u32 = 0;
    pub const VARIABLE_SIZE: u32 = 9;
    pub const KERNARG_SEGMENT_SIZE: u32 = 11;
    pub const GROUP_SEGMENT_SIZE: u32 = 13;
    pub const PRIVATE_SEGMENT_SIZE: u32 = 14;
    pub const VARIABLE_ADDRESS: u32 = 21;
    pub const KERNEL_OBJECT: u32 = 22;
}

/// `HSA_SYSTEM_INFO_TIMESTAMP`.
pub const SYSTEM_INFO_TIMESTAMP: u32 = 2;
/// `HSA_SYSTEM_INFO_TIMESTAMP_FREQUENCY`, in hertz.
pub const SYSTEM_INFO_TIMESTAMP_FREQUENCY: u32 = 3;

/// `HSA_QUEUE_TYPE_MULTI`: several threads may write packets.
pub const QUEUE_TYPE_MULTI: u32 = 0;
/// `HSA_SIGNAL_CONDITION_LT`.
pub const SIGNAL_CONDITION_LT: u32 = 2;
/// `HSA_WAIT_STATE_BLOCKED`.
pub const WAIT_STATE_BLOCKED: u32 = 0;
/// `HSA_PROFILE_FULL`.
pub const PROFILE_FULL: u32 = 1;
/// `HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT`.
pub const FLOAT_ROUNDING_DEFAULT: u32 = 0;

/// The 16-bit header of an AQL packet: type, barrier bit, fence scopes.
pub mod header {
    /// A kernel dispatch.
    pub const TYPE_KERNEL_DISPATCH: u16 = 2;
    /// A barrier that waits for all of its dependencies.
    pub const TYPE_BARRIER_AND: u16 = 3;
    /// The packet waits for every packet before it in the queue.
    pub const BARRIER: u16 = 1 << 8;
    /// Acquire at agent scope.
    pub const ACQUIRE_AGENT: u16 = 1 << 9;
    /// Acquire at system scope.
    pub const ACQUIRE_SYSTEM: u16 = 2 << 9;
    /// Release at agent scope.
    pub const RELEASE_AGENT: u16 = 1 << 11;
    /// Release at system scope.
    pub const RELEASE_SYSTEM: u16 = 2 << 11;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_are_those_of_the_specification() {
        assert_eq!(size_of::<DispatchPacket>(), 64);
        assert_eq!(core::mem::offset_of!(DispatchPacket, grid_size), 12);
        assert_eq!(core::mem::offset_of!(DispatchPacket, kernel_object), 32);
        assert_eq!(core::mem::offset_of!(DispatchPacket, completion_signal), 56);
        assert_eq!(size_of::<BarrierPacket>(), 64);
        assert_eq!(core::mem::offset_of!(BarrierPacket, dependencies), 8);
        assert_eq!(core::mem::offset_of!(BarrierPacket, completion_signal), 56);
        assert_eq!(core::mem::offset_of!(RawQueue, doorbell_signal), 16);
        assert_eq!(core::mem::offset_of!(RawQueue, size), 24);
        assert_eq!(core::mem::offset_of!(RawEvent, agent), 8);
    }
}
