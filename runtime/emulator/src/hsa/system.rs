//! Specification 2.1 and 2.2: initialisation, shutdown, system information, extensions; and status texts.

use std::ffi::{c_char, c_void};

use super::abi::{Agent, Out, hsa_functions};
use super::device;
use super::status::Status;
use super::{loader_extension, runtime};
use crate::queue::signal::timestamp;
use crate::statistics::{self, Statistics};

const EXTENSION_IMAGES: u16 = 1;
const EXTENSION_AMD_PROFILER: u16 = 0x200;
const EXTENSION_AMD_LOADER: u16 = 0x201;
const EXTENSION_AMD_AQLPROFILE: u16 = 0x202;

fn extension_name(extension: u16) -> Option<&'static str> {
    match extension {
        0 => Some("HSA_EXTENSION_FINALIZER\0"),
        EXTENSION_IMAGES => Some("HSA_EXTENSION_IMAGES\0"),
        2 => Some("HSA_EXTENSION_PERFORMANCE_COUNTERS\0"),
        3 => Some("HSA_EXTENSION_PROFILING_EVENTS\0"),
        EXTENSION_AMD_PROFILER => Some("HSA_EXTENSION_AMD_PROFILER\0"),
        EXTENSION_AMD_LOADER => Some("HSA_EXTENSION_AMD_LOADER\0"),
        EXTENSION_AMD_AQLPROFILE => Some("HSA_EXTENSION_AMD_AQLPROFILE\0"),
        _ => None,
    }
}

/// Whether we have this extension in this version; the loader's minor versions 0 to 3 are one table's prefixes.
fn supports(extension: u16, major: u16) -> Option<u16> {
    (extension == EXTENSION_AMD_LOADER && major == 1).then_some(3)
}

/// The set of extensions as the specification's 128-byte bit mask.
pub fn extension_mask() -> [u8; 128] {
    let mut mask = [0; 128];
    mask[usize::from(EXTENSION_AMD_LOADER) / 8] |= 1 << (EXTENSION_AMD_LOADER % 8);
    mask
}

fn check_known(extension: u16) -> Result<(), Status> {
    extension_name(extension).map(|_| ()).ok_or(Status::ERROR_INVALID_ARGUMENT)
}

hsa_functions! {
    always fn hsa_init() {
        runtime::initialize()
    }

    always fn hsa_shut_down() {
        runtime::shut_down()
    }

    always fn hsa_status_string(status: u32, text: Out<*const c_char>) {
        if text.is_null() {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        let description = Status::describe(status).ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        text.put(description.as_ptr().cast())
    }

    fn hsa_system_get_info(attribute: u32, value: Out<c_void>) {
        match attribute {
            0 | 1 => value.of::<u16>().put(1),
            2 => value.of::<u64>().put(timestamp()),
            3 => value.of::<u64>().put(device::CLOCK_FREQUENCY),
            4 => value.of::<u64>().put(u64::MAX),
            5 => value.of::<u32>().put(0),
            6 => value.of::<u32>().put(1),
            7 => value.of::<[u8; 128]>().put(extension_mask()),
            0x200 => value.of::<*const c_char>().put(BUILD_VERSION.as_ptr().cast()),
            // SVM (xnack), by default or at all; MWAITX; dmabuf; the virtual memory API; xnack.
            0x201..=0x206 => value.of::<bool>().put(false),
            0x207 => value.of::<u16>().put(1),
            0x208 => value.of::<u16>().put(0),
            _ => Err(Status::ERROR_INVALID_ARGUMENT),
        }
    }

    fn hsa_extension_get_name(extension: u16, name: Out<*const c_char>) {
        let text = extension_name(extension).ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        name.put(text.as_ptr().cast())
    }

    fn hsa_system_extension_supported(extension: u16, major: u16, minor: u16, result: Out<bool>) {
        check_known(extension)?;
        result.put(supports(extension, major).is_some_and(|least| minor <= least))
    }

    fn hsa_system_major_extension_supported(
        extension: u16,
        major: u16,
        minor: Out<u16>,
        result: Out<bool>,
    ) {
        check_known(extension)?;
        let supported = supports(extension, major);
        if let Some(version) = supported {
            minor.put(version)?;
        }
        result.put(supported.is_some())
    }

    fn hsa_agent_extension_supported(
        extension: u16,
        agent: Agent,
        major: u16,
        minor: u16,
        result: Out<bool>,
    ) {
        check_known(extension)?;
        device::agent_index(agent)?;
        result.put(supports(extension, major).is_some_and(|least| minor <= least))
    }

    fn hsa_agent_major_extension_supported(
        extension: u16,
        agent: Agent,
        major: u16,
        minor: Out<u16>,
        result: Out<bool>,
    ) {
        check_known(extension)?;
        device::agent_index(agent)?;
        let supported = supports(extension, major);
        if let Some(version) = supported {
            minor.put(version)?;
        }
        result.put(supported.is_some())
    }

    fn hsa_system_get_extension_table(extension: u16, major: u16, minor: u16, table: Out<usize>) {
        check_known(extension)?;
        match supports(extension, major) {
            Some(version) if minor <= version => table.put_all(loader_extension::table(usize::MAX)),
            _ => Err(Status::ERROR),
        }
    }

    fn hsa_system_get_major_extension_table(extension: u16, major: u16, length: usize, table: Out<usize>) {
        check_known(extension)?;
        if length == 0 {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        match supports(extension, major) {
            Some(_) => table.put_all(loader_extension::table(length / size_of::<usize>())),
            None => Err(Status::ERROR),
        }
    }

    /// Fills the structure with what the emulated devices have done since the process began (see
    /// `Statistics`): five 64-bit counts. Not part of HSA; AMD's runtime does not export it.
    always fn wavefold_emulator_statistics(result: Out<Statistics>) {
        result.put(statistics::current())
    }
}

const BUILD_VERSION: &str = concat!("wavefold-", env!("CARGO_PKG_VERSION"), "\0");
