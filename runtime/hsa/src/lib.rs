//! HSA, the interface of AMD's GPU runtime, opened at run time and wrapped.
//!
//! The map: [`types`] holds the C ABI's types and constants, [`functions`] the table of entry points, and over them
//! [`Hsa`] (the process's runtime), [`Agent`] and [`Pool`] (processors and their memory), [`Signal`], [`Queue`] and
//! [`Executable`]. The wrappers own what they create and give it back when dropped; they add no policy.
//!
//! An `Hsa` is `&'static`: ROCr supports one runtime in a process, which lives until the process ends. AMD's own
//! clients do not shut it down at exit either, since its threads may still deliver callbacks.

mod agent;
mod executable;
pub mod functions;
mod queue;
mod signal;
pub mod types;

use std::ffi::CStr;
use std::path::Path;

pub use agent::{Agent, Pool};
pub use executable::{Executable, KernelSymbol};
pub use queue::{Packet, Queue};
pub use signal::{Signal, WaitOutcome};

use functions::Functions;
use types::*;

/// What can go wrong in HSA.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The dynamic linker could not load the library.
    #[error("cannot load {library}: {cause}")]
    Open {
        /// The path or name asked for.
        library: String,
        /// What the dynamic linker said.
        cause: String,
    },
    /// The library is not a usable HSA runtime.
    #[error("{library} is not a usable HSA runtime: it has no {function}")]
    MissingFunction {
        /// The path or name asked for.
        library: String,
        /// The first function that it lacks.
        function: &'static str,
    },
    /// A function of HSA returned an error.
    #[error("{call} failed: {text} (0x{status:x})")]
    Call {
        /// The function that failed.
        call: &'static str,
        /// Its `hsa_status_t`.
        status: Status,
        /// The runtime's own words for the status.
        text: String,
    },
}

impl Error {
    /// The `hsa_status_t` behind the error, if a call of HSA's made it.
    pub fn status(&self) -> Option<Status> {
        match self {
            Error::Call { status, .. } => Some(*status),
            _ => None,
        }
    }
}

/// The result of everything here.
pub type Result<T> = core::result::Result<T, Error>;

/// An initialised HSA runtime.
pub struct Hsa {
    functions: Functions,
    timestamp_frequency: u64,
}

impl Hsa {
    /// Opens the library at `path` and initialises it. The result lives as long as the process.
    pub fn open(path: &Path) -> Result<&'static Hsa> {
        let functions = functions::open(path)?;
        let mut hsa = Hsa { functions, timestamp_frequency: 0 };
        // SAFETY: hsa_init takes nothing and may be called at any time.
        hsa.check("hsa_init", unsafe { (functions.hsa_init)() })?;
        // SAFETY: the attribute is a uint64_t.
        hsa.timestamp_frequency = unsafe { hsa.system_info(SYSTEM_INFO_TIMESTAMP_FREQUENCY) }?;
        Ok(Box::leak(Box::new(hsa)))
    }

    /// The raw entry points.
    pub fn functions(&self) -> &Functions {
        &self.functions
    }

    /// Ticks per second of the clock that profiling times count in; never zero.
    pub fn timestamp_frequency(&self) -> u64 {
        self.timestamp_frequency.max(1)
    }

    /// The clock's present value.
    pub fn timestamp(&self) -> Result<u64> {
        // SAFETY: the attribute is a uint64_t.
        unsafe { self.system_info(SYSTEM_INFO_TIMESTAMP) }
    }

    /// All agents of the system in HSA's order.
    pub fn agents(&'static self) -> Result<Vec<Agent>> {
        unsafe extern "C" fn collect(agent: RawAgent, data: *mut core::ffi::c_void) -> Status {
            // SAFETY: `data` is the vector that `agents` passed, alive during the iteration.
            unsafe { (*data.cast::<Vec<RawAgent>>()).push(agent) };
            STATUS_SUCCESS
        }
        let mut raw: Vec<RawAgent> = Vec::new();
        // SAFETY: the callback matches the data passed to it.
        let status = unsafe { (self.functions.hsa_iterate_agents)(collect, (&raw mut raw).cast()) };
        self.check("hsa_iterate_agents", status)?;
        Ok(raw.into_iter().map(|raw| Agent::new(self, raw)).collect())
    }

    /// Asks to be told of GPU memory faults. One handler serves the process.
    ///
    /// # Safety
    /// `callback` must stay callable with `data` from any thread until the process ends.
    pub unsafe fn on_system_event(
        &self,
        callback: SystemEventCallback,
        data: *mut core::ffi::c_void,
    ) -> Result<()> {
        // SAFETY: passed on to the caller.
        let status = unsafe { (self.functions.hsa_amd_register_system_event_handler)(callback, data) };
        self.check("hsa_amd_register_system_event_handler", status)
    }

    /// The runtime's words for a status.
    pub fn status_text(&self, status: Status) -> String {
        let mut text = core::ptr::null();
        // SAFETY: the function writes a pointer to a constant string or leaves it alone.
        let result = unsafe { (self.functions.hsa_status_string)(status, &mut text) };
        if result != STATUS_SUCCESS || text.is_null() {
            return format!("unknown status 0x{status:x}");
        }
        // SAFETY: on success the text is a constant, zero-terminated string.
        unsafe { CStr::from_ptr(text) }.to_string_lossy().trim_end_matches('.').to_owned()
    }

    pub(crate) fn check(&self, call: &'static str, status: Status) -> Result<()> {
        if status == STATUS_SUCCESS {
            return Ok(());
        }
        Err(Error::Call { call, status, text: self.status_text(status) })
    }

    /// # Safety
    /// `T` must be the type that the specification gives to `attribute`.
    unsafe fn system_info<T: Default>(&self, attribute: u32) -> Result<T> {
        let mut value = T::default();
        // SAFETY: the caller vouches for the type.
        let status = unsafe { (self.functions.hsa_system_get_info)(attribute, (&raw mut value).cast()) };
        self.check("hsa_system_get_info", status)?;
        Ok(value)
    }
}
