//! The machine: which HSA runtime serves this process, its host memory and its devices.
//!
//! Opened once, at the first call that needs a device. What is found stays for the life of the process; the reason why
//! nothing was found is kept and reported under `WAVEFOLD_DEBUG=api`.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use wavefold_hsa::types::{agent_info, pool_info};
use wavefold_hsa::{Agent, Hsa, Pool};

use crate::config::{DeviceChoice, config};
use crate::device::Device;
use crate::error::{Error, Result};

/// The processor whose code the toolkit makes.
const PROCESSOR: &str = "gfx90a";

/// An HSA runtime with at least one usable device.
pub struct Platform {
    /// The runtime.
    pub hsa: &'static Hsa,
    /// The host.
    pub cpu: Agent,
    /// Host memory for pinned allocations: coarse-grained, since device code is compiled for memory that is
    /// (float atomics are hardware instructions, which fine-grained memory does not have).
    pub host_pool: Pool,
    /// Host memory for kernel arguments.
    pub kernarg_pool: Pool,
    /// The usable devices, by CUDA's ordinal.
    pub devices: Vec<Device>,
    /// Whether the devices are emulated.
    pub emulated: bool,
}

static PLATFORM: OnceLock<core::result::Result<Platform, String>> = OnceLock::new();

/// Whether the platform has been opened.
pub fn is_ready() -> bool {
    PLATFORM.get().is_some_and(core::result::Result::is_ok)
}

/// The platform, opened at the first call; later calls repeat its result.
pub fn platform() -> Result<&'static Platform> {
    match PLATFORM.get_or_init(open) {
        Ok(platform) => Ok(platform),
        Err(reason) => Err(Error::NO_DEVICE.because(reason)),
    }
}

fn open() -> core::result::Result<Platform, String> {
    let choice = config()
        .device
        .clone()
        .map_err(|text| format!("WAVEFOLD_DEVICE is {text:?}; it may be auto, gpu or emulator"))?;
    let gpu = || open_first(&gpu_libraries(), false);
    let emulator = || match emulator_library() {
        Some(path) => open_first(&[path], true),
        None => {
            Err("the toolkit's folder is unknown, so there is no emulator (set WAVEFOLD_HOME)".to_owned())
        }
    };
    let mut platform = match choice {
        DeviceChoice::Gpu => gpu(),
        DeviceChoice::Emulator => emulator(),
        // Without the kernel driver's device file AMD's runtime cannot find a GPU: do not even load it.
        DeviceChoice::Auto if !Path::new("/dev/kfd").exists() => emulator(),
        DeviceChoice::Auto => {
            gpu().or_else(|first| emulator().map_err(|second| format!("{first}; {second}")))
        }
    }?;
    platform.devices = visible(platform.devices);
    if platform.devices.is_empty() {
        return Err("CUDA_VISIBLE_DEVICES hides every device".to_owned());
    }
    for (ordinal, device) in platform.devices.iter_mut().enumerate() {
        device.ordinal = ordinal as i32;
    }
    crate::fault::watch(platform.hsa);
    Ok(platform)
}

/// `CUDA_VISIBLE_DEVICES` by index: the devices listed, in that order, up to the first index that does not exist.
fn visible(devices: Vec<Device>) -> Vec<Device> {
    let Ok(list) = std::env::var("CUDA_VISIBLE_DEVICES") else { return devices };
    let mut slots: Vec<Option<Device>> = devices.into_iter().map(Some).collect();
    list.split(',').map_while(|text| slots.get_mut(text.trim().parse::<usize>().ok()?)?.take()).collect()
}

fn gpu_libraries() -> Vec<PathBuf> {
    let name = "libhsa-runtime64.so.1";
    vec![PathBuf::from(name), Path::new("/opt/rocm/lib").join(name)]
}

fn emulator_library() -> Option<PathBuf> {
    Some(config().toolkit.as_ref()?.join("lib64/emulator/libhsa-runtime64.so.1"))
}

fn open_first(libraries: &[PathBuf], emulated: bool) -> core::result::Result<Platform, String> {
    let mut reasons = Vec::new();
    for library in libraries {
        match Hsa::open(library).map_err(|error| error.to_string()).and_then(|hsa| survey(hsa, emulated)) {
            Ok(platform) => return Ok(platform),
            Err(reason) => reasons.push(reason),
        }
    }
    Err(reasons.join("; "))
}

/// Finds the host, its pools and the devices of an open runtime.
fn survey(hsa: &'static Hsa, emulated: bool) -> core::result::Result<Platform, String> {
    let text = |error: wavefold_hsa::Error| error.to_string();
    let mut cpu = None;
    let mut devices = Vec::new();
    let mut others = Vec::new();
    for agent in hsa.agents().map_err(text)? {
        if agent.is_cpu().map_err(text)? {
            cpu = cpu.or(Some(agent));
        } else if agent.is_gpu().map_err(text)? {
            let name = agent.info_text(agent_info::NAME).map_err(text)?;
            if name == PROCESSOR {
                devices.push(Device::open(agent).map_err(text)?);
            } else {
                others.push(name);
            }
        }
    }
    let cpu = cpu.ok_or("the HSA runtime has no CPU agent")?;
    if devices.is_empty() {
        return Err(match others.is_empty() {
            true => "the HSA runtime found no GPU".to_owned(),
            false => format!("no {PROCESSOR} among the GPUs found ({})", others.join(", ")),
        });
    }
    let pools = cpu.pools().map_err(text)?;
    let find = |flag: u32| pools.iter().find(|pool| pool.allocatable && pool.flags & flag != 0).copied();
    let kernarg_pool = find(pool_info::FLAG_KERNARG_INIT)
        .or_else(|| find(pool_info::FLAG_FINE_GRAINED))
        .ok_or("the host has no memory pool for kernel arguments")?;
    let host_pool = find(pool_info::FLAG_COARSE_GRAINED).unwrap_or(kernarg_pool);
    Ok(Platform { hsa, cpu, host_pool, kernarg_pool, devices, emulated })
}
