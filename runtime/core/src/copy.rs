//! Copies between host and device memory, linear and by rows.
//!
//! Device-accessible memory (device, pinned, registered) is copied by HSA's copy engines in stream order. Pageable host
//! memory goes through pinned buffers: small uploads through the stream's argument memory without waiting, the rest in
//! pieces through two buffers of the context's, during which the caller waits, as CUDA allows for pageable memory.

use core::ffi::c_void;
use std::sync::{Arc, Mutex};

use wavefold_hsa::Agent;

use crate::allocation::{self, Kind};
use crate::context::Context;
use crate::device::Device;
use crate::error::{Error, Result};
use crate::kernarg::CHUNK;
use crate::lock::lock;
use crate::platform::Platform;
use crate::signal::Completion;
use crate::stream::Stream;

/// Uploads of pageable memory up to this size do not wait.
const SMALL: usize = 16 * 1024;
/// Bytes of one staging buffer.
const STAGING: usize = 1 << 20;
/// Rows that one submission copies.
const ROWS_AT_ONCE: usize = 1024;

/// `cudaMemcpyKind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// 0
    HostToHost,
    /// 1
    HostToDevice,
    /// 2
    DeviceToHost,
    /// 3
    DeviceToDevice,
    /// 4: by the pointers.
    Default,
}

impl Direction {
    /// The direction of a `cudaMemcpyKind`.
    pub fn from_kind(kind: u32) -> Result<Direction> {
        use Direction::*;
        let all = [HostToHost, HostToDevice, DeviceToHost, DeviceToDevice, Default];
        all.get(kind as usize).copied().ok_or(Error::INVALID_MEMCPY_DIRECTION)
    }
}

/// Rows of bytes: `rows` of `width`, `pitch` apart on each side.
#[derive(Clone, Copy, Debug)]
pub struct Rows {
    /// Bytes of a row.
    pub width: usize,
    /// Number of rows.
    pub rows: usize,
    /// Distance of the destination's rows.
    pub destination_pitch: usize,
    /// Distance of the source's rows.
    pub source_pitch: usize,
}

impl Rows {
    /// `size` bytes in one row.
    pub fn linear(size: usize) -> Rows {
        Rows { width: size, rows: 1, destination_pitch: size, source_pitch: size }
    }

    fn span(&self, pitch: usize) -> Result<usize> {
        let before = (self.rows - 1).checked_mul(pitch).ok_or(Error::INVALID_VALUE)?;
        before.checked_add(self.width).ok_or(Error::INVALID_VALUE)
    }
}

/// One end of a copy.
#[derive(Clone, Copy)]
struct End {
    /// The address that the copy engine uses; for pageable memory the host's.
    address: usize,
    /// The device that owns the memory; `None` for host memory.
    device: Option<&'static Device>,
    /// Host memory that the device cannot access.
    pageable: bool,
}

impl End {
    fn resolve(context: &Context, address: usize, span: usize) -> Result<End> {
        match allocation::find_range(address, span)? {
            Some((allocation, offset)) if allocation.kind == Kind::Device => Ok(End {
                address: allocation.base + offset,
                device: context.platform.devices.get(allocation.device as usize),
                pageable: false,
            }),
            Some((allocation, offset)) => {
                Ok(End { address: allocation.device_base + offset, device: None, pageable: false })
            }
            // Module variables are device memory that no allocation holds.
            None => Ok(match crate::module::owner_of(address) {
                Some(device) => {
                    End { address, device: context.platform.devices.get(device as usize), pageable: false }
                }
                None => End { address, device: None, pageable: true },
            }),
        }
    }

    fn agent(&self, context: &Context) -> Agent {
        self.device.map_or(context.platform.cpu, |device| device.agent)
    }
}

/// Copies in stream order. With `wait` it returns when the copy is done, unless both ends are device memory.
pub fn copy(
    stream: &Arc<Stream>,
    destination: usize,
    source: usize,
    rows: Rows,
    direction: Direction,
    wait: bool,
) -> Result<()> {
    let context = stream.context()?;
    context.check()?;
    if rows.width == 0 || rows.rows == 0 {
        return Ok(());
    }
    if rows.rows > 1 && (rows.width > rows.destination_pitch || rows.width > rows.source_pitch) {
        return Err(Error::INVALID_PITCH);
    }
    if destination == 0 || source == 0 {
        return Err(Error::INVALID_VALUE.because("a null pointer to copy to or from"));
    }
    let to = End::resolve(&context, destination, rows.span(rows.destination_pitch)?)?;
    let from = End::resolve(&context, source, rows.span(rows.source_pitch)?)?;
    check_direction(direction, &to, &from)?;
    let rows = flatten(rows);
    match (to.pageable, from.pageable) {
        (false, false) if to.device.is_none() && from.device.is_none() => {
            host_copy(stream, to, from, rows, wait)
        }
        (false, false) => {
            let last = device_copy(stream, &context, to, from, rows)?;
            if wait && !(to.device.is_some() && from.device.is_some()) {
                context.wait(&last)?;
            }
            Ok(())
        }
        (false, true) if to.device.is_some() => upload(stream, &context, to, source, rows, wait),
        (true, false) if from.device.is_some() => download(stream, &context, destination, from, rows),
        _ => {
            let host = |end: End, address| End { address, ..end };
            host_copy(stream, host(to, destination), host(from, source), rows, true)
        }
    }
}

fn check_direction(direction: Direction, to: &End, from: &End) -> Result<()> {
    let (to_device, from_device) = match direction {
        Direction::HostToDevice => (true, false),
        Direction::DeviceToHost => (false, true),
        Direction::DeviceToDevice => (true, true),
        Direction::HostToHost | Direction::Default => return Ok(()),
    };
    if to_device && to.pageable || from_device && from.pageable {
        return Err(
            Error::INVALID_VALUE.because("the direction says device, the pointer is pageable host memory")
        );
    }
    Ok(())
}

/// Rows that follow each other without gaps are one row.
fn flatten(rows: Rows) -> Rows {
    if rows.rows > 1 && rows.width == rows.destination_pitch && rows.width == rows.source_pitch {
        return Rows::linear(rows.width * rows.rows);
    }
    rows
}

/// Starts copies between device-accessible ends; returns the completion of the last.
fn device_copy(
    stream: &Arc<Stream>,
    context: &Arc<Context>,
    to: End,
    from: End,
    rows: Rows,
) -> Result<Arc<Completion>> {
    let (to_agent, from_agent) = (to.agent(context), from.agent(context));
    let mut first = 0;
    loop {
        let count = (rows.rows - first).min(ROWS_AT_ONCE);
        let completion = stream.submit(|submission| {
            submission.outside(count as i64, |after, done| {
                for row in first..first + count {
                    // SAFETY: both ranges were found in the map, which keeps them until the stream is idle.
                    unsafe {
                        context.platform.hsa.async_copy(
                            (to.address + row * rows.destination_pitch) as *mut c_void,
                            &to_agent,
                            (from.address + row * rows.source_pitch) as *const c_void,
                            &from_agent,
                            rows.width,
                            after,
                            done,
                        )
                    }
                    .map_err(|e| Error::UNKNOWN.because(e))?;
                }
                Ok(())
            })
        })?;
        first += count;
        if first == rows.rows {
            return Ok(completion);
        }
    }
}

/// Host to host: by the caller when it may wait, else on the stream's host thread.
fn host_copy(stream: &Arc<Stream>, to: End, from: End, rows: Rows, wait: bool) -> Result<()> {
    let run = move || {
        for row in 0..rows.rows {
            // SAFETY: the caller of CUDA's API vouches for both ranges; `copy` allows them to overlap.
            unsafe {
                core::ptr::copy(
                    (from.address + row * rows.source_pitch) as *const u8,
                    (to.address + row * rows.destination_pitch) as *mut u8,
                    rows.width,
                );
            }
        }
    };
    if wait {
        stream.synchronize()?;
        run();
        return Ok(());
    }
    stream.submit(|submission| submission.on_host(move |state| state.map_or((), |()| run()))).map(|_| ())
}

/// Pageable host memory to the device.
fn upload(
    stream: &Arc<Stream>,
    context: &Arc<Context>,
    to: End,
    source: usize,
    rows: Rows,
    wait: bool,
) -> Result<()> {
    if rows.rows == 1 && rows.width <= SMALL {
        let done = stream.submit(|submission| {
            let buffer = submission.arguments(rows.width)?;
            // SAFETY: the buffer has that size, the source is the caller's word.
            unsafe { core::ptr::copy_nonoverlapping(source as *const u8, buffer, rows.width) };
            submission.outside(1, |after, done| {
                // SAFETY: the destination was found in the map; the buffer lives until the stream's checkpoint.
                unsafe {
                    context.platform.hsa.async_copy(
                        to.address as *mut c_void,
                        &to.agent(context),
                        buffer.cast(),
                        &context.platform.cpu,
                        rows.width,
                        after,
                        done,
                    )
                }
                .map_err(|e| Error::UNKNOWN.because(e))
            })
        })?;
        return if wait { context.wait(&done) } else { Ok(()) };
    }
    staged(context, rows, |buffer, piece| {
        for row in 0..piece.rows {
            let from = source + (piece.first + row) * rows.source_pitch + piece.column;
            // SAFETY: the buffer holds the piece, the source is the caller's word.
            unsafe {
                core::ptr::copy_nonoverlapping(
                    from as *const u8,
                    (buffer + row * piece.width) as *mut u8,
                    piece.width,
                );
            }
        }
        let to = End { address: to.address + piece.first * rows.destination_pitch + piece.column, ..to };
        let from = End { address: buffer, device: None, pageable: false };
        let rows = Rows {
            width: piece.width,
            rows: piece.rows,
            destination_pitch: rows.destination_pitch,
            source_pitch: piece.width,
        };
        Ok((device_copy(stream, context, to, from, flatten(rows))?, None))
    })
}

/// The device to pageable host memory.
fn download(
    stream: &Arc<Stream>,
    context: &Arc<Context>,
    destination: usize,
    from: End,
    rows: Rows,
) -> Result<()> {
    staged(context, rows, |buffer, piece| {
        let from = End { address: from.address + piece.first * rows.source_pitch + piece.column, ..from };
        let to = End { address: buffer, device: None, pageable: false };
        let inner = Rows {
            width: piece.width,
            rows: piece.rows,
            destination_pitch: piece.width,
            source_pitch: rows.source_pitch,
        };
        let done = device_copy(stream, context, to, from, flatten(inner))?;
        let finish = move || {
            for row in 0..piece.rows {
                let to = destination + (piece.first + row) * rows.destination_pitch + piece.column;
                // SAFETY: the buffer holds the piece, the destination is the caller's word.
                unsafe {
                    core::ptr::copy_nonoverlapping(
                        (buffer + row * piece.width) as *const u8,
                        to as *mut u8,
                        piece.width,
                    );
                }
            }
        };
        Ok((done, Some(Box::new(finish))))
    })
}

/// Writes bytes to device memory that no stream knows of yet, and waits.
pub fn write_device(context: &Arc<Context>, destination: usize, bytes: &[u8]) -> Result<()> {
    let chunk = context.chunks.take()?;
    for (index, piece) in bytes.chunks(CHUNK).enumerate() {
        // SAFETY: a chunk has room for the piece, and nobody else uses it.
        unsafe { core::ptr::copy_nonoverlapping(piece.as_ptr(), chunk.address() as *mut u8, piece.len()) };
        let (to, from) = (destination + index * CHUNK, chunk.address());
        engine_copy(context, to, &context.device.agent, from, &context.platform.cpu, piece.len())?;
    }
    Ok(())
}

/// Reads device memory that no work in flight writes, and waits.
pub fn read_device(context: &Arc<Context>, source: usize, bytes: &mut [u8]) -> Result<()> {
    let chunk = context.chunks.take()?;
    for (index, piece) in bytes.chunks_mut(CHUNK).enumerate() {
        let (to, from) = (chunk.address(), source + index * CHUNK);
        engine_copy(context, to, &context.platform.cpu, from, &context.device.agent, piece.len())?;
        // SAFETY: the copy into the chunk is done, and nobody else uses it.
        unsafe {
            core::ptr::copy_nonoverlapping(chunk.address() as *const u8, piece.as_mut_ptr(), piece.len())
        };
    }
    Ok(())
}

fn engine_copy(
    context: &Context,
    to: usize,
    to_agent: &Agent,
    from: usize,
    from_agent: &Agent,
    size: usize,
) -> Result<()> {
    let done = context.signals.take(1)?;
    // SAFETY: the callers' ranges are memory of the context's that stays allocated while this call waits.
    unsafe {
        context.platform.hsa.async_copy(
            to as *mut c_void,
            to_agent,
            from as *const c_void,
            from_agent,
            size,
            &[],
            done.raw(),
        )
    }
    .map_err(|e| Error::UNKNOWN.because(e))?;
    context.wait_silently(&done)
}

/// A part of a copy that fits a staging buffer.
#[derive(Clone, Copy)]
struct Piece {
    first: usize,
    rows: usize,
    column: usize,
    width: usize,
}

type Finish = Option<Box<dyn FnOnce()>>;

/// Cuts `rows` into pieces and runs `start` on each with one of two buffers in turn; a buffer is used again when its
/// last copy is done and its `Finish` has run. Everything is done on return.
fn staged(
    context: &Arc<Context>,
    rows: Rows,
    mut start: impl FnMut(usize, Piece) -> Result<(Arc<Completion>, Finish)>,
) -> Result<()> {
    let buffers = context.staging.take()?;
    let mut busy: [Option<(Arc<Completion>, Finish)>; 2] = [None, None];
    let mut result = Ok(());
    for (number, piece) in pieces(rows).enumerate() {
        let side = number % 2;
        result = settle(context, &mut busy[side]).and_then(|()| {
            busy[side] = Some(start(buffers.address(side), piece)?);
            Ok(())
        });
        if result.is_err() {
            break;
        }
    }
    // The older buffer's copy is the one that the next piece would have used.
    let pending = busy.iter_mut().try_for_each(|slot| settle(context, slot));
    let result = result.and(pending);
    if result.is_ok() {
        context.staging.give(buffers);
    } else {
        // The device may still write to the buffers of a failed context: they are not used again.
        core::mem::forget(buffers);
    }
    result
}

fn settle(context: &Context, slot: &mut Option<(Arc<Completion>, Finish)>) -> Result<()> {
    if let Some((done, finish)) = slot.take() {
        context.wait(&done)?;
        if let Some(finish) = finish {
            finish();
        }
    }
    Ok(())
}

fn pieces(rows: Rows) -> impl Iterator<Item = Piece> {
    let wide = rows.width > STAGING;
    let rows_at_once = if wide { 1 } else { (STAGING / rows.width).min(rows.rows) };
    let width = rows.width.min(STAGING);
    (0..rows.rows).step_by(rows_at_once).flat_map(move |first| {
        (0..rows.width).step_by(width).map(move |column| Piece {
            first,
            rows: rows_at_once.min(rows.rows - first),
            column,
            width: width.min(rows.width - column),
        })
    })
}

/// A context's pinned buffers, in pairs.
pub struct Staging {
    platform: &'static Platform,
    device: &'static Device,
    idle: Mutex<Vec<Buffers>>,
}

struct Buffers {
    platform: &'static Platform,
    base: usize,
}

impl Buffers {
    fn address(&self, side: usize) -> usize {
        self.base + side * STAGING
    }
}

impl Drop for Buffers {
    fn drop(&mut self) {
        // SAFETY: the buffers are ours and nothing uses them any more; a failure leaks them.
        let _ = unsafe { self.platform.hsa.free(self.base as *mut c_void) };
    }
}

impl Staging {
    /// No buffers yet.
    pub fn new(platform: &'static Platform, device: &'static Device) -> Staging {
        Staging { platform, device, idle: Mutex::new(Vec::new()) }
    }

    fn take(&self) -> Result<Buffers> {
        if let Some(buffers) = lock(&self.idle).pop() {
            return Ok(buffers);
        }
        let fail = |e: wavefold_hsa::Error| Error::MEMORY_ALLOCATION.because(e);
        let base = self.platform.host_pool.allocate(2 * STAGING).map_err(fail)? as usize;
        let buffers = Buffers { platform: self.platform, base };
        // SAFETY: the memory was allocated just now.
        unsafe { self.platform.hsa.allow_access(&[self.device.agent.raw()], base as *const c_void) }
            .map_err(fail)?;
        Ok(buffers)
    }

    fn give(&self, buffers: Buffers) {
        lock(&self.idle).push(buffers);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_cover_every_byte_once() {
        for (width, rows) in [(1, 1), (1000, 3000), (STAGING, 2), (STAGING * 2 + 5, 3), (STAGING / 2 + 1, 4)]
        {
            let all = Rows { width, rows, destination_pitch: width + 7, source_pitch: width + 9 };
            let mut covered = 0;
            let mut last_end = (0, 0);
            for piece in pieces(all) {
                assert!(piece.rows * piece.width <= STAGING);
                assert!(piece.column == 0 || piece.rows == 1);
                assert_eq!((piece.first, piece.column), last_end);
                covered += piece.rows * piece.width;
                last_end = if piece.column + piece.width == width {
                    (piece.first + piece.rows, 0)
                } else {
                    (piece.first, piece.column + piece.width)
                };
            }
            assert_eq!(covered, width * rows);
        }
    }
}
