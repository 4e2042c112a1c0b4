//! `wavefold info`: the devices that CUDA programs of this toolkit will see, and through which HSA runtime.
//!
//! The choice follows `WAVEFOLD_DEVICE` (auto, gpu, emulator) as the runtime's does.

use crate::failure::{Failure, Result};
use crate::toolkit::Toolkit;
use std::path::{Path, PathBuf};
use wavefold_hsa::types::{agent_info, pool_info};
use wavefold_hsa::{Agent, Hsa};

/// Prints one line a device; 1 when there is none.
pub fn run() -> Result<i32> {
    let toolkit = Toolkit::locate()?;
    let emulator = toolkit.lib().join("emulator/libhsa-runtime64.so.1");
    let system = PathBuf::from("libhsa-runtime64.so.1");
    let choice = std::env::var("WAVEFOLD_DEVICE").unwrap_or_else(|_| "auto".into());
    let candidates = match choice.as_str() {
        "gpu" => vec![system],
        "emulator" => vec![emulator],
        "auto" if Path::new("/dev/kfd").exists() => vec![system, emulator],
        "auto" => vec![emulator],
        other => {
            return Err(Failure::input(format!(
                "WAVEFOLD_DEVICE is '{other}'; it may be auto, gpu or emulator"
            )));
        }
    };
    let mut reasons = Vec::new();
    for library in &candidates {
        match list(library) {
            Ok(lines) if !lines.is_empty() => {
                println!("HSA runtime: {}", library.display());
                lines.iter().for_each(|line| println!("{line}"));
                return Ok(0);
            }
            Ok(_) => reasons.push(format!("{}: no GPU", library.display())),
            Err(error) => reasons.push(format!("{}: {error}", library.display())),
        }
    }
    Err(reasons.into_iter().fold(Failure::input("no device was found"), Failure::note))
}

fn list(library: &Path) -> wavefold_hsa::Result<Vec<String>> {
    let hsa = Hsa::open(library)?;
    let mut lines = Vec::new();
    for agent in hsa.agents()? {
        if agent.is_gpu()? {
            lines.push(describe(lines.len(), &agent)?);
        }
    }
    Ok(lines)
}

fn describe(ordinal: usize, agent: &Agent) -> wavefold_hsa::Result<String> {
    let name = agent.info_text(agent_info::NAME)?;
    let product = agent.info_text(agent_info::PRODUCT_NAME)?;
    let units = agent.info_u32(agent_info::COMPUTE_UNIT_COUNT)?;
    let clock = agent.info_u32(agent_info::MAX_CLOCK_FREQUENCY)?;
    let pools = agent.pools()?;
    let memory =
        pools.iter().filter(|p| p.segment == pool_info::SEGMENT_GLOBAL).map(|p| p.size).max().unwrap_or(0);
    let usable = if name == "gfx90a" { "" } else { " (not usable: code is for gfx90a)" };
    let gib = memory as f64 / f64::from(1 << 30);
    Ok(format!(
        "device {ordinal}: {name} {product}, {units} compute units, {clock} MHz, {gib:.1} GiB{usable}"
    ))
}
