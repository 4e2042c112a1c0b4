//! Copies.

use std::sync::Arc;

use wavefold_core::boundary::{DefaultStream, In, runtime_entry};
use wavefold_core::copy::{Direction, Rows, copy};
use wavefold_core::stream::Stream;
use wavefold_core::{Error, Result, api, current};

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

fn copy_3d(parameters: In<Memcpy3DParms>, stream: &Arc<Stream>, wait: bool) -> Result<()> {
    let p = parameters.get()?;
    if p.src_array != 0 || p.dst_array != 0 {
        return Err(Error::NOT_SUPPORTED.because("arrays do not exist yet"));
    }
    let direction = Direction::from_kind(p.kind)?;
    let rows = rows(p.dst_ptr.pitch, p.src_ptr.pitch, p.extent.width, p.extent.height)?;
    let at = |pointer: &PitchedPtr, pos: &Pos, z: usize| {
        let row = pos.z.checked_add(z)?.checked_mul(pointer.ysize)?.checked_add(pos.y)?;
        pointer.ptr.checked_add(row.checked_mul(pointer.pitch)?)?.checked_add(pos.x)
    };
    for z in 0..p.extent.depth {
        let last = z + 1 == p.extent.depth;
        let to = at(&p.dst_ptr, &p.dst_pos, z).ok_or(Error::INVALID_VALUE)?;
        let from = at(&p.src_ptr, &p.src_pos, z).ok_or(Error::INVALID_VALUE)?;
        copy(stream, to, from, rows, direction, wait && last)?;
    }
    Ok(())
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
    #[partial("arrays are refused")]
    fn cudaMemcpy3D | cudaMemcpy3D_ptds(default) (parameters: In<Memcpy3DParms>) {
        copy_3d(parameters, &stream(default, 0)?, true)
    }

    /// Copies planes in stream order.
    #[partial("arrays are refused")]
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
