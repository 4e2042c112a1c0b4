//! Copies.

use std::sync::Arc;

use wavefold_core::array::Array;
use wavefold_core::boundary::{DefaultStream, In, runtime_entry};
use wavefold_core::copy::{Direction, Rows, copy};
use wavefold_core::copy_box::{self, Side};
use wavefold_core::stream::Stream;
use wavefold_core::{Error, Result, api, current};

use crate::array;
use crate::types::{Memcpy3DParms, PitchedPtr, Pos};

fn stream(default: DefaultStream, handle: usize) -> Result<Arc<Stream>> {
    default.resolve(&current::context()?, handle)
}

fn rows(destination_pitch: usize, source_pitch: usize, width: usize, rows: usize) -> Result<Rows> {
    if width > destination_pitch || width > source_pitch {
        return Err(Error::INVALID_PITCH);
    }
    Ok(Rows { width, rows, destination_pitch, source_pitch })
}

/// Extents and offsets count texels where an array takes part, bytes in plain memory.
fn copy_3d(parameters: In<Memcpy3DParms>, stream: &Arc<Stream>, wait: bool) -> Result<()> {
    let p = parameters.get()?;
    let direction = Direction::from_kind(p.kind)?;
    if (p.src_array != 0) == (p.src_ptr.ptr != 0) || (p.dst_array != 0) == (p.dst_ptr.ptr != 0) {
        return Err(Error::INVALID_VALUE.because("each side is an array or memory"));
    }
    let find = |handle: usize| if handle == 0 { Ok(None) } else { array::find(handle).map(Some) };
    let (from, to) = (find(p.src_array)?, find(p.dst_array)?);
    let texel = |array: &Option<Arc<Array>>| array.as_ref().map(|array| array.image.format.bytes());
    let unit = match (texel(&from), texel(&to)) {
        (Some(a), Some(b)) if a != b => return Err(Error::INVALID_VALUE.because("texels of different sizes")),
        (a, b) => a.or(b).unwrap_or(1),
    };
    let width = p.extent.width.checked_mul(unit).ok_or(Error::INVALID_VALUE)?;
    let extent = copy_box::Extent { width, rows: p.extent.height, slices: p.extent.depth };
    if extent.width == 0 || extent.rows == 0 || extent.slices == 0 {
        return Ok(());
    }
    let side = |array: &Option<Arc<Array>>, pointer: &PitchedPtr, pos: &Pos| match array {
        Some(array) => {
            let x = pos.x.checked_mul(unit).ok_or(Error::INVALID_VALUE)?;
            Side::array(array, [x, pos.y, pos.z], extent)
        }
        None if width > pointer.pitch => Err(Error::INVALID_PITCH),
        None => Side::memory(pointer.ptr, pointer.pitch, pointer.ysize, [pos.x, pos.y, pos.z]),
    };
    let to = side(&to, &p.dst_ptr, &p.dst_pos)?;
    let from = side(&from, &p.src_ptr, &p.src_pos)?;
    copy_box::copy_box(stream, to, from, extent, direction, wait)
}

api! {
    entry = runtime_entry;

    /// Copies memory; returns when it is done, except between device memories.
    fn cudaMemcpy | cudaMemcpy_ptds(default) (destination: usize, source: usize, count: usize, kind: u32) {
        let direction = Direction::from_kind(kind)?;
        copy(&stream(default, 0)?, destination, source, Rows::linear(count), direction, true)
    }

    /// Copies memory in stream order.
    fn cudaMemcpyAsync | cudaMemcpyAsync_ptsz(default) (
        destination: usize,
        source: usize,
        count: usize,
        kind: u32,
        on: usize,
    ) {
        let direction = Direction::from_kind(kind)?;
        copy(&stream(default, on)?, destination, source, Rows::linear(count), direction, false)
    }

    /// Copies rows; returns when it is done, except between device memories.
    fn cudaMemcpy2D | cudaMemcpy2D_ptds(default) (
        destination: usize,
        destination_pitch: usize,
        source: usize,
        source_pitch: usize,
        width: usize,
        height: usize,
        kind: u32,
    ) {
        let direction = Direction::from_kind(kind)?;
        let rows = rows(destination_pitch, source_pitch, width, height)?;
        copy(&stream(default, 0)?, destination, source, rows, direction, true)
    }

    /// Copies rows in stream order.
    fn cudaMemcpy2DAsync | cudaMemcpy2DAsync_ptsz(default) (
        destination: usize,
        destination_pitch: usize,
        source: usize,
        source_pitch: usize,
        width: usize,
        height: usize,
        kind: u32,
        on: usize,
    ) {
        let direction = Direction::from_kind(kind)?;
        let rows = rows(destination_pitch, source_pitch, width, height)?;
        copy(&stream(default, on)?, destination, source, rows, direction, false)
    }

    /// Copies planes.
    fn cudaMemcpy3D | cudaMemcpy3D_ptds(default) (parameters: In<Memcpy3DParms>) {
        copy_3d(parameters, &stream(default, 0)?, true)
    }

    /// Copies planes in stream order.
    fn cudaMemcpy3DAsync | cudaMemcpy3DAsync_ptsz(default) (parameters: In<Memcpy3DParms>, on: usize) {
        copy_3d(parameters, &stream(default, on)?, false)
    }

    /// Copies between devices.
    fn cudaMemcpyPeer(
        destination: usize,
        destination_device: i32,
        source: usize,
        source_device: i32,
        count: usize,
    ) {
        current::device(destination_device)?;
        current::device(source_device)?;
        let rows = Rows::linear(count);
        let stream = stream(DefaultStream::Legacy, 0)?;
        copy(&stream, destination, source, rows, Direction::DeviceToDevice, false)?;
        // Work on either device that follows must see the copy.
        stream.synchronize()
    }

    /// Copies between devices in stream order.
    fn cudaMemcpyPeerAsync | cudaMemcpyPeerAsync_ptsz(default) (
        destination: usize,
        destination_device: i32,
        source: usize,
        source_device: i32,
        count: usize,
        on: usize,
    ) {
        current::device(destination_device)?;
        current::device(source_device)?;
        let rows = Rows::linear(count);
        copy(&stream(default, on)?, destination, source, rows, Direction::DeviceToDevice, false)
    }
}
