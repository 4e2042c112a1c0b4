//! What crosses the C boundary: argument wrappers, handles and the guard around every exported function.
//!
//! An `In`, `Out` or `Text` is a C caller's pointer. Only a C caller can make one (the fields are private to this
//! file), and by calling an HSA function it promises that the pointer is null or valid for what the
//! specification says of that argument; on that promise the accessors are safe functions.
//!
//! Before: nothing is known of the arguments. After: a status; never a panic, which becomes `ERROR_FATAL`.

use std::ffi::{CStr, c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::runtime;
use super::status::{SUCCESS, Status};
use crate::trace;

/// What the body of an exported function returns.
pub type Outcome = Result<(), Status>;

/// A pointer through which a result is returned.
#[repr(transparent)]
pub struct Out<T>(*mut T);

impl<T> Clone for Out<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Out<T> {}

impl<T> Out<T> {
    /// Whether the caller passed null, for arguments that are optional.
    pub fn is_null(self) -> bool {
        self.0.is_null()
    }

    /// Stores the result; an invalid argument when the pointer is null.
    pub fn put(self, value: T) -> Outcome {
        if self.0.is_null() {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        // SAFETY: the C caller's promise, see the head of this file. AMD's clients pass unaligned buffers.
        unsafe { self.0.write_unaligned(value) };
        Ok(())
    }

    /// Stores several results, one after the other.
    pub fn put_all(self, values: impl IntoIterator<Item = T>) -> Outcome {
        if self.0.is_null() {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        for (index, value) in values.into_iter().enumerate() {
            // SAFETY: the C caller's promise, see the head of this file.
            unsafe { self.0.add(index).write_unaligned(value) };
        }
        Ok(())
    }

    /// What is there before the call, for arguments that go both ways.
    pub fn get(self) -> Result<T, Status>
    where
        T: Copy,
    {
        if self.0.is_null() {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        // SAFETY: the C caller's promise, see the head of this file.
        Ok(unsafe { self.0.read_unaligned() })
    }
}

impl<T> Out<T> {
    /// The `uint32_t size` that some structures begin with: how much of the structure the caller knows.
    pub fn of_size(self) -> Result<usize, Status> {
        Out::<u32>(self.0.cast()).get().map(|size| size as usize)
    }

    /// Stores the first `size` bytes of the result.
    pub fn put_prefix(self, value: T, size: usize) -> Outcome {
        if self.0.is_null() {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        // SAFETY: the C caller's promise, see the head of this file; no more than the value's bytes are read.
        unsafe {
            (&raw const value).cast::<u8>().copy_to_nonoverlapping(self.0.cast(), size.min(size_of::<T>()));
        }
        Ok(())
    }
}

impl Out<c_void> {
    /// The same pointer, to a result of the type that the queried attribute has.
    pub fn of<T>(self) -> Out<T> {
        Out(self.0.cast())
    }
}

/// A pointer to arguments.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct In<T>(*const T);

impl<T: Copy> In<T> {
    /// The argument, `None` where the caller passed null.
    pub fn get(self) -> Option<T> {
        // SAFETY: the C caller's promise, see the head of this file.
        (!self.0.is_null()).then(|| unsafe { self.0.read_unaligned() })
    }

    /// The argument; an invalid argument when the pointer is null.
    pub fn required(self) -> Result<T, Status> {
        self.get().ok_or(Status::ERROR_INVALID_ARGUMENT)
    }

    /// `count` arguments; an invalid argument when the pointer is null and the count is not zero.
    pub fn many(self, count: usize) -> Result<Vec<T>, Status> {
        if self.0.is_null() && count != 0 {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        // SAFETY: the C caller's promise, see the head of this file.
        Ok((0..count).map(|index| unsafe { self.0.add(index).read_unaligned() }).collect())
    }
}

/// A NUL-terminated string.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct Text(*const c_char);

impl Text {
    /// The string; an invalid argument when the pointer is null or the text is not UTF-8.
    pub fn required(self) -> Result<String, Status> {
        if self.0.is_null() {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        // SAFETY: the C caller's promise, see the head of this file.
        let text = unsafe { CStr::from_ptr(self.0) };
        text.to_str().map(str::to_owned).map_err(|_| Status::ERROR_INVALID_ARGUMENT)
    }
}

macro_rules! handles {
    ($($(#[$meta:meta])* $name:ident;)*) => {$(
        $(#[$meta])*
        #[repr(C)]
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
        pub struct $name {
            /// The opaque value.
            pub handle: u64,
        }
    )*};
}

handles! {
    /// `hsa_agent_t`
    Agent;
    /// `hsa_signal_t`
    Signal;
    /// `hsa_signal_group_t`
    SignalGroup;
    /// `hsa_region_t`
    Region;
    /// `hsa_amd_memory_pool_t`
    Pool;
    /// `hsa_isa_t`
    Isa;
    /// `hsa_cache_t`
    Cache;
    /// `hsa_wavefront_t`
    Wavefront;
    /// `hsa_code_object_reader_t`
    Reader;
    /// `hsa_code_object_t`
    CodeObject;
    /// `hsa_code_symbol_t`
    CodeSymbol;
    /// `hsa_executable_t`
    Executable;
    /// `hsa_loaded_code_object_t`
    LoadedCodeObject;
    /// `hsa_executable_symbol_t`
    ExecutableSymbol;
    /// `hsa_callback_data_t`
    CallbackData;
}

/// `hsa_dim3_t`
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub struct Dim3 {
    pub x: u32,
    pub y: u32,
    pub z: u32,
}

/// Runs the body of an exported function that needs an initialised runtime.
pub fn guard(name: &'static str, body: impl FnOnce() -> Outcome) -> u32 {
    guard_always(name, || if runtime::is_initialized() { body() } else { Err(Status::ERROR_NOT_INITIALIZED) })
}

/// Runs the body of an exported function.
pub fn guard_always(name: &'static str, body: impl FnOnce() -> Outcome) -> u32 {
    let _span = trace::call(name);
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => SUCCESS,
        Ok(Err(status)) => status.0,
        Err(_) => {
            eprintln!("wavefold emulator: internal error in {name}");
            Status::ERROR_FATAL.0
        }
    }
}

/// Runs the body of an exported function that returns a value and not a status.
pub fn guard_value<T>(name: &'static str, on_panic: T, body: impl FnOnce() -> T) -> T {
    // Loads and stores of signals and indexes are too many to be worth a look.
    let _span = name.contains("wait").then(|| trace::call(name));
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| {
        eprintln!("wavefold emulator: internal error in {name}");
        on_panic
    })
}

/// Defines exported functions. `fn` bodies give an `Outcome` and need an initialised runtime; after `always` they
/// do not; after `value` they give the value that C gets, and `0` for it in case of an internal error.
macro_rules! hsa_functions {
    () => {};
    ($(#[$meta:meta])* always fn $name:ident($($arg:ident: $type:ty),* $(,)?) $body:block $($rest:tt)*) => {
        $(#[$meta])*
        #[unsafe(no_mangle)]
        pub extern "C" fn $name($($arg: $type),*) -> u32 {
            $crate::hsa::abi::guard_always(stringify!($name), || -> $crate::hsa::abi::Outcome { $body })
        }
        hsa_functions! { $($rest)* }
    };
    ($(#[$meta:meta])* value fn $name:ident($($arg:ident: $type:ty),* $(,)?) -> $result:ty $body:block $($rest:tt)*) => {
        $(#[$meta])*
        #[unsafe(no_mangle)]
        pub extern "C" fn $name($($arg: $type),*) -> $result {
            $crate::hsa::abi::guard_value(stringify!($name), Default::default(), || -> $result { $body })
        }
        hsa_functions! { $($rest)* }
    };
    ($(#[$meta:meta])* fn $name:ident($($arg:ident: $type:ty),* $(,)?) $body:block $($rest:tt)*) => {
        $(#[$meta])*
        #[unsafe(no_mangle)]
        pub extern "C" fn $name($($arg: $type),*) -> u32 {
            $crate::hsa::abi::guard(stringify!($name), || -> $crate::hsa::abi::Outcome { $body })
        }
        hsa_functions! { $($rest)* }
    };
}
pub(crate) use hsa_functions;

/// Calls `callback` for each element; a status other than success stops the iteration and is the outcome.
pub fn iterate<T>(elements: impl IntoIterator<Item = T>, mut callback: impl FnMut(T) -> u32) -> Outcome {
    for element in elements {
        match callback(element) {
            SUCCESS => {}
            status => return Err(Status(status)),
        }
    }
    Ok(())
}
