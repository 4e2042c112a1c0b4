//! The runtime's life: initialisation and shutdown, counted, and the options that hold for the process.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::abi::Outcome;
use super::status::Status;
use crate::check::report;
use crate::dispatch;
use crate::loader::registry;
use crate::memory::pool;
use crate::options::{self, Options};
use crate::queue::{handler, ring};
use crate::{statistics, trace};

static REFERENCES: Mutex<u32> = Mutex::new(0);
static INITIALIZED: AtomicBool = AtomicBool::new(false);
static OPTIONS: OnceLock<Options> = OnceLock::new();

/// Whether `hsa_init` has been called more often than `hsa_shut_down`.
pub fn is_initialized() -> bool {
    INITIALIZED.load(Ordering::Acquire)
}

/// The options in force.
pub fn options() -> &'static Options {
    OPTIONS.get_or_init(Options::default)
}

/// `hsa_init`
pub fn initialize() -> Outcome {
    let mut references = REFERENCES.lock().unwrap_or_else(PoisonError::into_inner);
    if *references == u32::MAX {
        return Err(Status::ERROR_REFCOUNT_OVERFLOW);
    }
    if *references == 0 {
        if OPTIONS.get().is_none() {
            let text = std::env::var("WAVEFOLD_EMULATOR").unwrap_or_default();
            let parsed = options::parse(&text).map_err(|complaint| {
                eprintln!("wavefold emulator: WAVEFOLD_EMULATOR: {complaint}");
                Status::ERROR
            })?;
            let files = parsed.statistics.is_some() || parsed.launches.is_some() || parsed.trace.is_some();
            if parsed.trace.is_some() {
                trace::enable();
            }
            if OPTIONS.set(parsed).is_ok() && files {
                // SAFETY: the function is `extern "C"`, takes nothing, and stays loaded: it is ours.
                unsafe { libc::atexit(write_files) };
            }
        }
        let options = options();
        dispatch::enable_translation(options.translate);
        if options.checks.memory {
            pool::keep_freed_addresses();
        }
        if options.checks.init {
            pool::fill_fresh_memory();
        }
        if let Some(file) = &options.check_report {
            report::begin(file);
        }
        let mut capacities = vec![host_memory()];
        capacities.resize(1 + options.gpus as usize, options.memory);
        pool::set_capacities(capacities);
        INITIALIZED.store(true, Ordering::Release);
    }
    *references += 1;
    Ok(())
}

/// `hsa_shut_down`
pub fn shut_down() -> Outcome {
    let mut references = REFERENCES.lock().unwrap_or_else(PoisonError::into_inner);
    match *references {
        0 => return Err(Status::ERROR_NOT_INITIALIZED),
        1 => {
            INITIALIZED.store(false, Ordering::Release);
            ring::destroy_all();
            handler::clear();
            registry::clear();
            pool::clear();
        }
        _ => {}
    }
    *references -= 1;
    Ok(())
}

extern "C" fn write_files() {
    // A panic here would end a process that is ending well.
    let _ = std::panic::catch_unwind(|| {
        let options = options();
        if let Some(target) = &options.statistics {
            statistics::write(target);
        }
        if let Some(file) = &options.launches {
            statistics::launch::write(file);
        }
        if let Some(file) = &options.trace {
            trace::write(file);
        }
    });
}

fn host_memory() -> u64 {
    // SAFETY: plain queries of the system's configuration.
    let (pages, size) = unsafe { (libc::sysconf(libc::_SC_PHYS_PAGES), libc::sysconf(libc::_SC_PAGESIZE)) };
    u64::try_from(pages).unwrap_or(0).saturating_mul(u64::try_from(size).unwrap_or(0)).max(1 << 30)
}
