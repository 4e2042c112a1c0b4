//! Copies.

use std::sync::Arc;

use wavefold_core::array;
use wavefold_core::boundary::{DefaultStream, In, driver_entry};
use wavefold_core::copy::{Direction, Rows, copy};
use wavefold_core::copy_box::{Extent, Side, copy_box};
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

/// One side of `CUDA_MEMCPY3D`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the names are CUDA's, in Rust's spelling")]
pub struct Memcpy3DEnd {
    pub x: usize,
    pub y: usize,
    pub z: usize,
    pub level: usize,
    pub kind: u32,
    pub host: usize,
    pub device: usize,
    pub array: usize,
    pub reserved: usize,
    pub pitch: usize,
    pub height: usize,
}

/// `CUDA_MEMCPY3D`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the names are CUDA's, in Rust's spelling")]
pub struct Memcpy3D {
    pub src: Memcpy3DEnd,
    pub dst: Memcpy3DEnd,
    pub width: usize,
    pub height: usize,
    pub depth: usize,
}

/// `CU_MEMORYTYPE_HOST`, `DEVICE`, `ARRAY` and `UNIFIED`.
const HOST: u32 = 1;
const DEVICE: u32 = 2;
const ARRAY: u32 = 3;
const UNIFIED: u32 = 4;

fn stream(default: DefaultStream, handle: usize) -> Result<Arc<Stream>> {
    default.resolve(&current::driver_context()?, handle)
}

/// One end of a copy as `CUDA_MEMCPY2D` and `CUDA_MEMCPY3D` describe it.
struct End {
    kind: u32,
    host: usize,
    device: usize,
    array: usize,
    pitch: usize,
    /// Rows of a slice of plain memory.
    height: usize,
    /// Byte, row and slice where the box begins.
    at: [usize; 3],
}

impl End {
    fn side(&self, extent: Extent) -> Result<Side> {
        let base = match self.kind {
            HOST => self.host,
            DEVICE | UNIFIED => self.device,
            ARRAY => return Side::array(&*array::find(self.array)?, self.at, extent),
            _ => return Err(Error::INVALID_VALUE),
        };
        // A pitch of zero means that the rows follow each other, a height of zero that the slices do.
        let needed = extent.width.checked_add(self.at[0]).ok_or(Error::INVALID_VALUE)?;
        let pitch = if self.pitch == 0 { needed } else { self.pitch };
        if needed > pitch {
            return Err(Error::INVALID_VALUE.because("the pitch is smaller than the row"));
        }
        let height = if self.height == 0 { extent.rows } else { self.height };
        Side::memory(base, pitch, height, self.at)
    }
}

fn copy_ends(to: &End, from: &End, extent: Extent, stream: &Arc<Stream>, wait: bool) -> Result<()> {
    let direction = match (from.kind, to.kind) {
        (HOST, DEVICE) => Direction::HostToDevice,
        (DEVICE, HOST) => Direction::DeviceToHost,
        (DEVICE, DEVICE) => Direction::DeviceToDevice,
        (HOST, HOST) => Direction::HostToHost,
        _ => Direction::Default,
    };
    copy_box(stream, to.side(extent)?, from.side(extent)?, extent, direction, wait)
}

fn rows_2d(parameters: In<Memcpy2D>, stream: &Arc<Stream>, wait: bool) -> Result<()> {
    let p = parameters.get()?;
    let from = End {
        kind: p.src_type,
        host: p.src_host,
        device: p.src_device,
        array: p.src_array,
        pitch: p.src_pitch,
        height: 0,
        at: [p.src_x, p.src_y, 0],
    };
    let to = End {
        kind: p.dst_type,
        host: p.dst_host,
        device: p.dst_device,
        array: p.dst_array,
        pitch: p.dst_pitch,
        height: 0,
        at: [p.dst_x, p.dst_y, 0],
    };
    copy_ends(&to, &from, Extent { width: p.width, rows: p.height, slices: 1 }, stream, wait)
}

fn box_3d(parameters: In<Memcpy3D>, stream: &Arc<Stream>, wait: bool) -> Result<()> {
    let p = parameters.get()?;
    if p.src.level != 0 || p.dst.level != 0 {
        return Err(Error::INVALID_VALUE.because("srcLOD and dstLOD must be zero"));
    }
    let end = |end: &Memcpy3DEnd| End {
        kind: end.kind,
        host: end.host,
        device: end.device,
        array: end.array,
        pitch: end.pitch,
        height: end.height,
        at: [end.x, end.y, end.z],
    };
    let extent = Extent { width: p.width, rows: p.height, slices: p.depth };
    copy_ends(&end(&p.dst), &end(&p.src), extent, stream, wait)
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
    fn cuMemcpy2D_v2 | cuMemcpy2D_v2_ptds(default) (parameters: In<Memcpy2D>) {
        rows_2d(parameters, &stream(default, 0)?, true)
    }

    /// Copies rows of any pitch.
    fn cuMemcpy2DUnaligned_v2 | cuMemcpy2DUnaligned_v2_ptds(default) (parameters: In<Memcpy2D>) {
        rows_2d(parameters, &stream(default, 0)?, true)
    }

    /// Copies rows in stream order.
    fn cuMemcpy2DAsync_v2 | cuMemcpy2DAsync_v2_ptsz(default) (parameters: In<Memcpy2D>, on: usize) {
        rows_2d(parameters, &stream(default, on)?, false)
    }

    /// Copies a box.
    fn cuMemcpy3D_v2 | cuMemcpy3D_v2_ptds(default) (parameters: In<Memcpy3D>) {
        box_3d(parameters, &stream(default, 0)?, true)
    }

    /// Copies a box in stream order.
    fn cuMemcpy3DAsync_v2 | cuMemcpy3DAsync_v2_ptsz(default) (parameters: In<Memcpy3D>, on: usize) {
        box_3d(parameters, &stream(default, on)?, false)
    }
}
