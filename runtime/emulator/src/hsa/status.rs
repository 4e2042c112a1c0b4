//! HSA status codes, of the core specification and of AMD's extension, with the text of each.

/// An HSA status other than success, as the C ABI returns it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Status(pub u32);

/// The C ABI's "all is well".
pub const SUCCESS: u32 = 0;

macro_rules! statuses {
    ($($name:ident = $value:literal, $text:literal;)*) => {
        #[allow(missing_docs)]
        impl Status {
            $(pub const $name: Status = Status($value);)*

            /// The specification's name of a status and what it means, NUL-terminated; `None` for an unknown one.
            pub fn describe(status: u32) -> Option<&'static str> {
                match status {
                    SUCCESS => Some("HSA_STATUS_SUCCESS: The function has been executed successfully.\0"),
                    $($value => Some(concat!("HSA_STATUS_", stringify!($name), ": ", $text, "\0")),)*
                    _ => None,
                }
            }
        }
    };
}

statuses! {
    INFO_BREAK = 0x1, "A traversal over a list of elements has been interrupted by the application.";
    ERROR = 0x1000, "A generic error has occurred.";
    ERROR_INVALID_ARGUMENT = 0x1001, "One of the actual arguments does not meet a precondition.";
    ERROR_INVALID_QUEUE_CREATION = 0x1002, "The requested queue creation is not valid.";
    ERROR_INVALID_ALLOCATION = 0x1003, "The requested allocation is not valid.";
    ERROR_INVALID_AGENT = 0x1004, "The agent is invalid.";
    ERROR_INVALID_REGION = 0x1005, "The memory region is invalid.";
    ERROR_INVALID_SIGNAL = 0x1006, "The signal is invalid.";
    ERROR_INVALID_QUEUE = 0x1007, "The queue is invalid.";
    ERROR_OUT_OF_RESOURCES = 0x1008, "The runtime failed to allocate the necessary resources.";
    ERROR_INVALID_PACKET_FORMAT = 0x1009, "The AQL packet is malformed.";
    ERROR_RESOURCE_FREE = 0x100a, "An error has been detected while releasing a resource.";
    ERROR_NOT_INITIALIZED = 0x100b, "The runtime has not been initialized.";
    ERROR_REFCOUNT_OVERFLOW = 0x100c, "The maximum reference count for the object has been reached.";
    ERROR_INCOMPATIBLE_ARGUMENTS = 0x100d, "The arguments passed to a function are not compatible.";
    ERROR_INVALID_INDEX = 0x100e, "The index is invalid.";
    ERROR_INVALID_ISA = 0x100f, "The instruction set architecture is invalid.";
    ERROR_INVALID_CODE_OBJECT = 0x1010, "The code object is invalid.";
    ERROR_INVALID_EXECUTABLE = 0x1011, "The executable is invalid.";
    ERROR_FROZEN_EXECUTABLE = 0x1012, "The executable is frozen.";
    ERROR_INVALID_SYMBOL_NAME = 0x1013, "There is no symbol with the given name.";
    ERROR_VARIABLE_ALREADY_DEFINED = 0x1014, "The variable is already defined.";
    ERROR_VARIABLE_UNDEFINED = 0x1015, "The variable is undefined.";
    ERROR_EXCEPTION = 0x1016, "An operation resulted in a hardware exception.";
    ERROR_INVALID_ISA_NAME = 0x1017, "The instruction set architecture name is invalid.";
    ERROR_INVALID_CODE_SYMBOL = 0x1018, "The code object symbol is invalid.";
    ERROR_INVALID_EXECUTABLE_SYMBOL = 0x1019, "The executable symbol is invalid.";
    ERROR_INVALID_FILE = 0x1020, "The file descriptor is invalid.";
    ERROR_INVALID_CODE_OBJECT_READER = 0x1021, "The code object reader is invalid.";
    ERROR_INVALID_CACHE = 0x1022, "The cache is invalid.";
    ERROR_INVALID_WAVEFRONT = 0x1023, "The wavefront is invalid.";
    ERROR_INVALID_SIGNAL_GROUP = 0x1024, "The signal group is invalid.";
    ERROR_INVALID_RUNTIME_STATE = 0x1025, "The runtime is not in the configuration state.";
    ERROR_FATAL = 0x1026, "The queue received an error that may require process termination.";
    ERROR_INVALID_MEMORY_POOL = 40, "The memory pool is invalid.";
    ERROR_MEMORY_APERTURE_VIOLATION = 41, "The agent attempted to access memory beyond the largest legal address.";
    ERROR_ILLEGAL_INSTRUCTION = 42, "The agent attempted to execute an illegal shader instruction.";
    ERROR_MEMORY_FAULT = 43, "The agent attempted to access an inaccessible address.";
    CU_MASK_REDUCED = 44, "The CU mask was successfully set but the mask attempted to enable a CU which was disabled.";
    ERROR_OUT_OF_REGISTERS = 45, "The agent attempted to launch a kernel with more registers than it has.";
    // Our own: AMD's runtime has no watchdog.
    ERROR_LAUNCH_TIMEOUT = 0x5746, "A dispatch that made no progress was stopped by the watchdog.";
    ERROR_RESOURCE_BUSY = 46, "The resource is busy or temporarily unavailable.";
}
