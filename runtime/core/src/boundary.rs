//! How calls of C programs come in: one wrapper for every exported function.
//!
//! [`api!`](crate::api) defines `extern "C"` functions whose bodies return [`Result`]; the wrapper turns
//! panics into `cudaErrorUnknown` and passes the code on. It also collects the functions into `EXPORTS`, from which the
//! shared library resolves names and the coverage table is made. Pointer parameters are [`In`] and [`Out`]: their values
//! can only come from a C caller, who vouches for what they point to.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::stream::Stream;
use crate::{current, handle};

/// An exported function.
pub struct Export {
    /// Its C name.
    pub name: &'static str,
    /// Its address.
    pub address: *const (),
    /// What it does not do; `None` when it does what CUDA's documentation says.
    pub partial: Option<&'static str>,
}

// SAFETY: the address is a function's.
unsafe impl Sync for Export {}

/// A pointer through which a result goes to the caller.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct Out<T>(*mut T);

impl<T> From<Out<T>> for In<T> {
    fn from(pointer: Out<T>) -> In<T> {
        In(pointer.0)
    }
}

impl<T> Out<T> {
    /// Whether the caller passed none.
    pub fn is_null(self) -> bool {
        self.0.is_null()
    }

    /// Writes a result; a null pointer is an invalid value.
    pub fn put(self, value: T) -> Result<()> {
        if self.0.is_null() {
            return Err(Error::INVALID_VALUE.because("a null pointer for a result"));
        }
        // SAFETY: the C caller vouches for the pointer.
        unsafe { self.0.write_unaligned(value) };
        Ok(())
    }

    /// Writes a result if the caller wants it.
    pub fn put_if_wanted(self, value: T) {
        if !self.0.is_null() {
            let _ = self.put(value);
        }
    }

    /// The pointer.
    pub fn raw(self) -> *mut T {
        self.0
    }
}

/// A pointer to something that the caller passes.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct In<T>(*const T);

impl<T> In<T> {
    /// No pointer.
    pub fn null() -> In<T> {
        In(core::ptr::null())
    }
}

impl<T: Copy> In<T> {
    /// Reads it; a null pointer is an invalid value.
    pub fn get(self) -> Result<T> {
        if self.0.is_null() {
            return Err(Error::INVALID_VALUE.because("a null pointer for an argument"));
        }
        // SAFETY: the C caller vouches for the pointer.
        Ok(unsafe { self.0.read_unaligned() })
    }

    /// Element `index` of an array.
    pub fn at(self, index: usize) -> Result<T> {
        if self.0.is_null() {
            return Err(Error::INVALID_VALUE.because("a null pointer for an array"));
        }
        // SAFETY: the C caller vouches for the array's length.
        Ok(unsafe { self.0.add(index).read_unaligned() })
    }

    /// Whether the caller passed none.
    pub fn is_null(self) -> bool {
        self.0.is_null()
    }

    /// The pointer.
    pub fn raw(self) -> *const T {
        self.0
    }
}

impl In<core::ffi::c_char> {
    /// The zero-terminated text.
    pub fn text(self) -> Result<String> {
        if self.0.is_null() {
            return Err(Error::INVALID_VALUE.because("a null pointer for a text"));
        }
        // SAFETY: the C caller vouches for the text's end.
        Ok(unsafe { core::ffi::CStr::from_ptr(self.0) }.to_string_lossy().into_owned())
    }
}

/// What a null stream handle means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultStream {
    /// The legacy default stream.
    Legacy,
    /// The calling thread's own.
    PerThread,
}

impl DefaultStream {
    /// The stream of a handle in `context`, which must be the current one for the default streams.
    pub fn resolve(self, context: &Arc<Context>, handle: usize) -> Result<Arc<Stream>> {
        match (handle, self) {
            (1, _) | (0, DefaultStream::Legacy) => Ok(context.legacy().clone()),
            (2, _) | (0, DefaultStream::PerThread) => Ok(current::per_thread_stream(context)),
            _ => handle::STREAMS.get(handle).ok_or(Error::INVALID_RESOURCE_HANDLE),
        }
    }
}

/// Runs the body of a runtime API function: the error is also remembered for `cudaGetLastError`.
pub fn runtime_entry(name: &'static str, body: impl FnOnce() -> Result<()>) -> u32 {
    match guard(name, body) {
        Ok(()) => 0,
        Err(error) => {
            // Work in progress is an answer, not an error to come upon later.
            if error != Error::NOT_READY {
                current::set_last_error(error);
            }
            error.code()
        }
    }
}

/// Runs the body of a driver API function.
pub fn driver_entry(name: &'static str, body: impl FnOnce() -> Result<()>) -> u32 {
    let body = || match needs_initialisation(name) && !crate::platform::is_ready() {
        true => Err(Error::INITIALIZATION.because("cuInit comes first")),
        false => body(),
    };
    guard(name, body).err().map_or(0, Error::driver)
}

/// Whether a function of the driver API works only after `cuInit`, or after the runtime API has used a device.
fn needs_initialisation(name: &str) -> bool {
    const FREE: [&str; 6] = [
        "cuInit",
        "cuDriverGetVersion",
        "cuGetErrorName",
        "cuGetErrorString",
        "cuGetProcAddress",
        "cuGetProcAddress_v2",
    ];
    !FREE.contains(&name)
}

fn guard(name: &'static str, body: impl FnOnce() -> Result<()>) -> Result<()> {
    let result = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| {
        eprintln!("wavefold: internal error in {name}; please report it");
        Err(Error::UNKNOWN)
    });
    let config = crate::config::config();
    if config.debug_calls || config.debug_api && result.is_err_and(|error| error != Error::NOT_READY) {
        eprintln!("wavefold: {name} -> {}", result.map_or_else(Error::name, |()| "success"));
    }
    result
}

/// Defines exported functions and `EXPORTS`, the list of them.
///
/// `fn name(a: T) { body }` is a function of the C name `name` whose body returns `Result<()>`; it runs in the entry given
/// at the top. `fn name | name_ptsz(default) (a: T) { body }` defines two, in which `default` says what a null stream means.
/// `#[partial("...")]` after the doc comment says what is missing. `raw fn` has a body of its own type and no wrapper.
#[macro_export]
macro_rules! api {
    (entry = $entry:path; $($items:tt)*) => { $crate::api_item! { $entry; [] $($items)* } };
}

/// One step of [`api!`].
#[doc(hidden)]
#[macro_export]
macro_rules! api_item {
    ($entry:path; [$($export:expr,)*]) => {
        /// The functions of this file.
        pub static EXPORTS: &[$crate::boundary::Export] = &[$($export,)*];
    };
    ($entry:path; [$($export:expr,)*]
        $(#[doc = $doc:literal])+ $(#[partial($why:literal)])?
        fn $name:ident($($arg:ident: $ty:ty),* $(,)?) $body:block $($rest:tt)*
    ) => {
        $(#[doc = $doc])+
        ///
        /// # Safety
        /// As in CUDA's documentation: pointers must be valid for what the function does with them.
        #[allow(non_snake_case, clippy::too_many_arguments, reason = "CUDA's name and signature")]
        pub unsafe extern "C" fn $name($($arg: $ty),*) -> u32 {
            $entry(stringify!($name), move || -> $crate::Result<()> { $body })
        }
        $crate::api_item! { $entry; [$($export,)* $crate::boundary::Export {
            name: stringify!($name),
            address: $name as *const (),
            partial: $crate::api_note!($($why)?),
        },] $($rest)* }
    };
    ($entry:path; [$($export:expr,)*]
        $(#[doc = $doc:literal])+ $(#[partial($why:literal)])?
        fn $name:ident | $other:ident($default:ident) ($($arg:ident: $ty:ty),* $(,)?) $body:block $($rest:tt)*
    ) => {
        $(#[doc = $doc])+
        ///
        /// # Safety
        /// As in CUDA's documentation: pointers must be valid for what the function does with them.
        #[allow(non_snake_case, clippy::too_many_arguments, reason = "CUDA's name and signature")]
        pub unsafe extern "C" fn $name($($arg: $ty),*) -> u32 {
            let $default = $crate::boundary::DefaultStream::Legacy;
            $entry(stringify!($name), move || -> $crate::Result<()> { $body })
        }
        /// The same with a null stream meaning the calling thread's own.
        ///
        /// # Safety
        /// As in CUDA's documentation: pointers must be valid for what the function does with them.
        #[allow(non_snake_case, clippy::too_many_arguments, reason = "CUDA's name and signature")]
        pub unsafe extern "C" fn $other($($arg: $ty),*) -> u32 {
            let $default = $crate::boundary::DefaultStream::PerThread;
            $entry(stringify!($other), move || -> $crate::Result<()> { $body })
        }
        $crate::api_item! { $entry; [$($export,)* $crate::boundary::Export {
            name: stringify!($name),
            address: $name as *const (),
            partial: $crate::api_note!($($why)?),
        }, $crate::boundary::Export {
            name: stringify!($other),
            address: $other as *const (),
            partial: $crate::api_note!($($why)?),
        },] $($rest)* }
    };
    ($entry:path; [$($export:expr,)*]
        $(#[doc = $doc:literal])+ $(#[partial($why:literal)])?
        raw fn $name:ident($($arg:ident: $ty:ty),* $(,)?) $(-> $ret:ty)? $body:block $($rest:tt)*
    ) => {
        $(#[doc = $doc])+
        ///
        /// # Safety
        /// As in CUDA's documentation: pointers must be valid for what the function does with them.
        #[allow(non_snake_case, clippy::too_many_arguments, reason = "CUDA's name and signature")]
        pub unsafe extern "C" fn $name($($arg: $ty),*) $(-> $ret)? $body
        $crate::api_item! { $entry; [$($export,)* $crate::boundary::Export {
            name: stringify!($name),
            address: $name as *const (),
            partial: $crate::api_note!($($why)?),
        },] $($rest)* }
    };
}

/// An optional literal as an `Option`.
#[doc(hidden)]
#[macro_export]
macro_rules! api_note {
    () => {
        None
    };
    ($why:literal) => {
        Some($why)
    };
}
