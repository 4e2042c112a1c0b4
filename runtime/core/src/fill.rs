//! Filling device memory with a repeated value, by a kernel of our own.
//!
//! `fill/fill.hsaco` is `fill/fill.cl` compiled for gfx90a; it is checked in so that the runtime builds without LLVM. A
//! test compiles it anew where clang is installed and compares.

use std::sync::{Arc, Mutex};

use wavefold_hsa::types::DispatchPacket;

use crate::allocation;
use crate::context::Context;
use crate::copy::Rows;
use crate::error::{Error, Result};
use crate::lock::lock;
use crate::module::{Kernel, Module};
use crate::stream::Stream;

const CODE: &[u8] = include_bytes!("fill/fill.hsaco");
const NAME: &str = "wavefold_fill";
/// Threads of a work-group, and the bytes that it writes at a time.
const GROUP: u32 = 256;
const GROUP_BYTES: usize = 4096;
/// Enough work-groups to keep every compute unit busy; more than that is looped over.
const GROUPS_PER_COMPUTE_UNIT: u32 = 8;

/// A context's copy of the kernel.
#[derive(Default)]
pub struct Fill {
    kernel: Mutex<Option<Arc<Kernel>>>,
}

/// The kernel's arguments, as `fill.cl` declares them.
#[repr(C)]
struct Arguments {
    base: u64,
    pitch: u64,
    width: u64,
    rows: u32,
    pattern: u32,
    groups: [u32; 2],
}

impl Fill {
    fn kernel(&self, context: &Arc<Context>) -> Result<Arc<Kernel>> {
        let mut kernel = lock(&self.kernel);
        if let Some(kernel) = &*kernel {
            return Ok(kernel.clone());
        }
        let module = Module::load_code_object(context, CODE)?;
        let loaded = module.kernel(NAME)?;
        *kernel = Some(loaded.clone());
        Ok(loaded)
    }

    /// Lets the kernel go; the context has waited for its work.
    pub fn unload(&self) {
        lock(&self.kernel).take();
    }
}

/// Fills `rows` (of the destination; the source pitch is not used) with elements of `element` bytes (1, 2 or 4), whose
/// value is the low bits of `value`, in stream order. `width` counts bytes.
pub fn fill(
    stream: &Arc<Stream>,
    destination: usize,
    rows: Rows,
    value: u32,
    element: usize,
    wait: bool,
) -> Result<()> {
    let context = stream.context()?;
    context.check()?;
    if rows.width == 0 || rows.rows == 0 {
        return Ok(());
    }
    let pitch = if rows.rows == 1 { rows.width } else { rows.destination_pitch };
    if pitch < rows.width {
        return Err(Error::INVALID_VALUE.because("the pitch is smaller than the width"));
    }
    if !destination.is_multiple_of(element) || !pitch.is_multiple_of(element) {
        return Err(Error::INVALID_VALUE.because(format_args!("not aligned to elements of {element} bytes")));
    }
    let span = pitch.checked_mul(rows.rows - 1).and_then(|before| before.checked_add(rows.width));
    let span = span.ok_or(Error::INVALID_VALUE)?;
    let base = match allocation::find_range(destination, span)? {
        Some((allocation, offset)) => allocation.device_base + offset,
        None if crate::module::owner_of(destination).is_some() => destination,
        None => {
            return Err(Error::INVALID_VALUE.because(format_args!("{destination:#x} is no device memory")));
        }
    };
    let pattern = match element {
        1 => (value & 0xff) * 0x0101_0101,
        2 => (value & 0xffff) * 0x0001_0001,
        _ => value,
    };
    let (width, row_count) = if pitch == rows.width { (span, 1) } else { (rows.width, rows.rows) };
    let row_count = u32::try_from(row_count).map_err(|_| Error::INVALID_VALUE)?;
    let limit = context.device.compute_units.max(1) * GROUPS_PER_COMPUTE_UNIT;
    // One more piece than the size needs: the first may begin before the start, at its aligned address.
    let groups_x = (width / GROUP_BYTES + 1).min(limit as usize) as u32;
    let groups_y = row_count.min((limit / groups_x).max(1));
    let kernel = context.fill.kernel(&context)?;
    let arguments = Arguments {
        base: base as u64,
        pitch: pitch as u64,
        width: width as u64,
        rows: row_count,
        pattern,
        groups: [groups_x, groups_y],
    };
    stream.submit(|submission| {
        let memory = submission.arguments(size_of::<Arguments>())?;
        // SAFETY: the memory has that size and is 64-byte aligned.
        unsafe { memory.cast::<Arguments>().write(arguments) };
        let packet = DispatchPacket {
            setup: 2,
            workgroup_size: [GROUP as u16, 1, 1],
            grid_size: [groups_x * GROUP, groups_y, 1],
            private_segment_size: kernel.symbol.private_size,
            group_segment_size: kernel.symbol.group_size,
            kernel_object: kernel.symbol.kernel_object,
            kernarg_address: memory as u64,
            ..DispatchPacket::default()
        };
        submission.dispatch(packet, &kernel)
    })?;
    if wait { stream.synchronize() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    #[test]
    fn checked_in_code_is_what_its_source_compiles_to() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/fill/fill.cl");
        let folder = std::env::temp_dir().join(format!("wavefold-fill-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        let output = folder.join("fill.hsaco");
        let status = Command::new("clang-22")
            .args(["-x", "cl", "-cl-std=CL2.0", "-target", "amdgcn-amd-amdhsa", "-mcpu=gfx90a", "-nogpulib"])
            .args(["-mcode-object-version=5", "-Os", "-fno-ident", "-fuse-ld=lld", "-Wl,--strip-all"])
            .arg(&source)
            .arg("-o")
            .arg(&output)
            .status();
        let fresh = std::fs::read(&output);
        let _ = std::fs::remove_dir_all(&folder);
        match status {
            Ok(status) if status.success() => {
                assert!(fresh.expect("clang wrote it") == super::CODE, "fill.hsaco is not fill.cl compiled");
            }
            _ => eprintln!("skipped: clang-22 is not installed"),
        }
    }
}
