//! Copies.

use std::sync::Arc;

use wavefold_core::boundary::{DefaultStream, In, driver_entry};
use wavefold_core::copy::{Direction, Rows, copy};
use wavefold_core::stream::Stream;
use wavefold_core::{Error, Result, api, current};

/// `CUDA_MEMCPY2D`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the names are CUDA's, in Rust's spelling")]
pub struct Memcpy2D {
    pub src_x: usize,
    pub src_y: usize,
    pub src_type: u32,
    pub src_host: usize,
    pub src_device: usize,
    pub src_array: usize,
    pub src_pitch: usize,
    pub dst_x: usize,
    pub dst_y: usize,
    pub dst_type: u32,
    pub dst_host: usize,
    pub dst_device: usize,
    pub dst_array: usize,
    pub dst_pitch: usize,
    pub width: usize,
    pub height: usize,
}

/// `CU_MEMORYTYPE_HOST`, `DEVICE`, `ARRAY` and `UNIFIED`.
const HOST: u32 = 1;
const DEVICE: u32 = 2;
const ARRAY: u32 = 3;
const UNIFIED: u32 = 4;

fn stream(default: DefaultStream, handle: usize) -> Result<Arc<Stream>> {
    default.resolve(&current::driver_context()?, handle)
}

fn side(kind: u32, host: usize, device: usize) -> Result<usize> {
    match kind {
        HOST => Ok(host),
        DEVICE | UNIFIED => Ok(device),
        ARRAY => Err(Error::NOT_SUPPORTED.because("arrays do not exist yet")),
        _ => Err(Error::INVALID_VALUE),
    }
}

fn rows_2d(parameters: In<Memcpy2D>, stream: &Arc<Stream>, wait: bool) -> Result<()> {
    let p = parameters.get()?;
    let from = side(p.src_type, p.src_host, p.src_device)?;
    let to = side(p.dst_type, p.dst_host, p.dst_device)?;
    // A pitch of zero means that the rows follow each other.
    let place = |base: usize, pitch: usize, x: usize, y: usize| {
        let needed = p.width.checked_add(x)?;
        let pitch = if pitch == 0 { needed } else { pitch };
        let start = base.checked_add(y.checked_mul(pitch)?)?.checked_add(x)?;
        (needed <= pitch).then_some((start, pitch))
    };
    let reason = "the pitch is smaller than the row";
    let (from, source_pitch) =
        place(from, p.src_pitch, p.src_x, p.src_y).ok_or_else(|| Error::INVALID_VALUE.because(reason))?;
    let (to, destination_pitch) =
        place(to, p.dst_pitch, p.dst_x, p.dst_y).ok_or_else(|| Error::INVALID_VALUE.because(reason))?;
    let direction = match (p.src_type, p.dst_type) {
        (HOST, DEVICE) => Direction::HostToDevice,
        (DEVICE, HOST) => Direction::DeviceToHost,
        (DEVICE, DEVICE) => Direction::DeviceToDevice,
        (HOST, HOST) => Direction::HostToHost,
        _ => Direction::Default,
    };
    let rows = Rows { width: p.width, rows: p.height, destination_pitch, source_pitch };
    copy(stream, to, from, rows, direction, wait)
}

api! {
    entry = driver_entry;

    /// Copies by what the pointers are.
    fn cuMemcpy | cuMemcpy_ptds(default) (destination: usize, source: usize, count: usize) {
        copy(&stream(default, 0)?, destination, source, Rows::linear(count), Direction::Default, true)
    }

    /// Copies by what the pointers are, in stream order.
    fn cuMemcpyAsync | cuMemcpyAsync_ptsz(default) (
        destination: usize, source: usize, count: usize, on: usize,
    ) {
        copy(&stream(default, on)?, destination, source, Rows::linear(count), Direction::Default, false)
    }

    /// Copies to the device.
    fn cuMemcpyHtoD_v2 | cuMemcpyHtoD_v2_ptds(default) (destination: usize, source: usize, count: usize) {
        copy(&stream(default, 0)?, destination, source, Rows::linear(count), Direction::HostToDevice, true)
    }

    /// Copies from the device.
    fn cuMemcpyDtoH_v2 | cuMemcpyDtoH_v2_ptds(default) (destination: usize, source: usize, count: usize) {
        copy(&stream(default, 0)?, destination, source, Rows::linear(count), Direction::DeviceToHost, true)
    }

    /// Copies on the device.
    fn cuMemcpyDtoD_v2 | cuMemcpyDtoD_v2_ptds(default) (destination: usize, source: usize, count: usize) {
        copy(&stream(default, 0)?, destination, source, Rows::linear(count), Direction::DeviceToDevice, true)
    }

    /// Copies to the device in stream order.
    fn cuMemcpyHtoDAsync_v2 | cuMemcpyHtoDAsync_v2_ptsz(default) (
        destination: usize, source: usize, count: usize, on: usize,
    ) {
        copy(&stream(default, on)?, destination, source, Rows::linear(count), Direction::HostToDevice, false)
    }

    /// Copies from the device in stream order.
    fn cuMemcpyDtoHAsync_v2 | cuMemcpyDtoHAsync_v2_ptsz(default) (
        destination: usize, source: usize, count: usize, on: usize,
    ) {
        copy(&stream(default, on)?, destination, source, Rows::linear(count), Direction::DeviceToHost, false)
    }

    /// Copies on the device in stream order.
    fn cuMemcpyDtoDAsync_v2 | cuMemcpyDtoDAsync_v2_ptsz(default) (
        destination: usize, source: usize, count: usize, on: usize,
    ) {
        copy(&stream(default, on)?, destination, source, Rows::linear(count), Direction::DeviceToDevice, false)
    }

    /// Copies rows.
    #[partial("arrays are refused")]
    fn cuMemcpy2D_v2 | cuMemcpy2D_v2_ptds(default) (parameters: In<Memcpy2D>) {
        rows_2d(parameters, &stream(default, 0)?, true)
    }

    /// Copies rows of any pitch.
    #[partial("arrays are refused")]
    fn cuMemcpy2DUnaligned_v2 | cuMemcpy2DUnaligned_v2_ptds(default) (parameters: In<Memcpy2D>) {
        rows_2d(parameters, &stream(default, 0)?, true)
    }

    /// Copies rows in stream order.
    #[partial("arrays are refused")]
    fn cuMemcpy2DAsync_v2 | cuMemcpy2DAsync_v2_ptsz(default) (parameters: In<Memcpy2D>, on: usize) {
        rows_2d(parameters, &stream(default, on)?, false)
    }
}
