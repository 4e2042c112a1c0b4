//! Arrays and mipmapped arrays, and copies to and from them.

use std::sync::Arc;

use wavefold_core::array::{self, Array, Format, Shape, flag};
use wavefold_core::boundary::{DefaultStream, In, Out, runtime_entry};
use wavefold_core::copy::Direction;
use wavefold_core::copy_box::{self, Side, copy_box, copy_bytes};
use wavefold_core::stream::Stream;
use wavefold_core::{Error, Result, api, current};

use crate::types::{ArrayMemoryRequirements, ChannelFormatDesc, Extent};

pub(crate) fn format(description: In<ChannelFormatDesc>) -> Result<Format> {
    let description = description.get()?;
    Format::from_channels(description.bits, description.kind)
}

pub(crate) fn description(format: Format) -> ChannelFormatDesc {
    let (bits, kind) = format.to_channels();
    ChannelFormatDesc { bits, kind }
}

/// The array of a handle; the runtime API knows no bad handles but only invalid values.
pub(crate) fn find(handle: usize) -> Result<Arc<Array>> {
    array::find(handle).map_err(|_| Error::INVALID_VALUE.because("no array of this process"))
}

fn shape(extent: Extent, flags: u32) -> Shape {
    Shape { width: extent.width, height: extent.height, depth: extent.depth, flags }
}

fn stream(default: DefaultStream, handle: usize) -> Result<Arc<Stream>> {
    default.resolve(&current::context()?, handle)
}

fn extent_2d(width: usize, rows: usize) -> copy_box::Extent {
    copy_box::Extent { width, rows, slices: 1 }
}

/// Rows of plain memory.
fn memory_2d(address: usize, pitch: usize, width: usize) -> Result<Side> {
    if width > pitch {
        return Err(Error::INVALID_PITCH);
    }
    Ok(Side { address, pitch, slice: 0, array: false })
}

struct Order {
    stream: Arc<Stream>,
    wait: bool,
}

fn to_array(
    array: usize,
    at: (usize, usize),
    (source, pitch): (usize, usize),
    (width, height): (usize, usize),
    kind: u32,
    order: &Order,
) -> Result<()> {
    let direction = Direction::from_kind(kind)?;
    let extent = extent_2d(width, height);
    let to = Side::array(&*find(array)?, [at.0, at.1, 0], extent)?;
    copy_box(&order.stream, to, memory_2d(source, pitch, width)?, extent, direction, order.wait)
}

fn from_array(
    (destination, pitch): (usize, usize),
    array: usize,
    at: (usize, usize),
    (width, height): (usize, usize),
    kind: u32,
    order: &Order,
) -> Result<()> {
    let direction = Direction::from_kind(kind)?;
    let extent = extent_2d(width, height);
    let from = Side::array(&*find(array)?, [at.0, at.1, 0], extent)?;
    copy_box(&order.stream, memory_2d(destination, pitch, width)?, from, extent, direction, order.wait)
}

fn now(default: DefaultStream) -> Result<Order> {
    Ok(Order { stream: stream(default, 0)?, wait: true })
}

fn later(default: DefaultStream, on: usize) -> Result<Order> {
    Ok(Order { stream: stream(default, on)?, wait: false })
}

api! {
    entry = runtime_entry;

    /// A channel format.
    raw fn cudaCreateChannelDesc(x: i32, y: i32, z: i32, w: i32, kind: u32) -> ChannelFormatDesc {
        ChannelFormatDesc { bits: [x, y, z, w], kind }
    }

    /// The channel format of an array.
    fn cudaGetChannelDesc(result: Out<ChannelFormatDesc>, handle: usize) {
        result.put(description(find(handle)?.image.format))
    }

    /// Allocates an array of one or two dimensions.
    fn cudaMallocArray(
        result: Out<usize>,
        channels: In<ChannelFormatDesc>,
        width: usize,
        height: usize,
        flags: u32,
    ) {
        if result.is_null() || flags & (flag::LAYERED | flag::CUBEMAP) != 0 {
            return Err(Error::INVALID_VALUE);
        }
        let shape = Shape { width, height, depth: 0, flags };
        result.put(array::create(&current::context()?, format(channels)?, shape)?)
    }

    /// Allocates an array of any shape.
    #[partial("sparse and deferred-mapping arrays are refused")]
    fn cudaMalloc3DArray(result: Out<usize>, channels: In<ChannelFormatDesc>, extent: Extent, flags: u32) {
        if result.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        result.put(array::create(&current::context()?, format(channels)?, shape(extent, flags))?)
    }

    /// Allocates a mipmapped array.
    #[partial("sparse and deferred-mapping arrays are refused")]
    fn cudaMallocMipmappedArray(
        result: Out<usize>,
        channels: In<ChannelFormatDesc>,
        extent: Extent,
        levels: u32,
        flags: u32,
    ) {
        if result.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        let context = current::context()?;
        result.put(array::create_mipmapped(&context, format(channels)?, shape(extent, flags), levels)?)
    }

    /// One level of a mipmapped array.
    fn cudaGetMipmappedArrayLevel(result: Out<usize>, mipmapped: usize, level: u32) {
        let level = array::level(mipmapped, level).map_err(|_| Error::INVALID_VALUE)?;
        result.put(level)
    }

    /// Frees an array after the work that may use it.
    fn cudaFreeArray(handle: usize) {
        let context = current::context()?;
        if handle == 0 {
            return context.check();
        }
        find(handle)?;
        array::free(&context, handle)
    }

    /// Frees a mipmapped array after the work that may use it.
    fn cudaFreeMipmappedArray(handle: usize) {
        let context = current::context()?;
        if handle == 0 {
            return context.check();
        }
        array::find_mipmapped(handle).map_err(|_| Error::INVALID_VALUE)?;
        array::free_mipmapped(&context, handle)
    }

    /// Format, extents and flags of an array.
    fn cudaArrayGetInfo(
        channels: Out<ChannelFormatDesc>,
        extent: Out<Extent>,
        flags: Out<u32>,
        handle: usize,
    ) {
        let array = find(handle)?;
        let shape = array.shape();
        channels.put_if_wanted(description(array.image.format));
        extent.put_if_wanted(Extent { width: shape.width, height: shape.height, depth: shape.depth });
        flags.put_if_wanted(shape.flags);
        Ok(())
    }

    /// The plane of a planar array: no format here has planes.
    fn cudaArrayGetPlane(_plane: Out<usize>, handle: usize, _index: u32) {
        find(handle)?;
        Err(Error::INVALID_VALUE.because("the array's format is not planar"))
    }

    /// Bytes and alignment of an array's memory.
    fn cudaArrayGetMemoryRequirements(result: Out<ArrayMemoryRequirements>, handle: usize, _device: i32) {
        let (size, alignment) = find(handle)?.image.requirements();
        result.put(ArrayMemoryRequirements { size, alignment, reserved: [0; 4] })
    }

    /// Bytes and alignment of a mipmapped array's memory.
    fn cudaMipmappedArrayGetMemoryRequirements(
        result: Out<ArrayMemoryRequirements>,
        handle: usize,
        _device: i32,
    ) {
        let image = array::find_mipmapped(handle).map_err(|_| Error::INVALID_VALUE)?;
        let (size, alignment) = image.requirements();
        result.put(ArrayMemoryRequirements { size, alignment, reserved: [0; 4] })
    }

    /// Copies rows to an array.
    fn cudaMemcpy2DToArray | cudaMemcpy2DToArray_ptds(default) (
        array: usize, x: usize, y: usize, source: usize, pitch: usize, width: usize, height: usize, kind: u32,
    ) {
        to_array(array, (x, y), (source, pitch), (width, height), kind, &now(default)?)
    }

    /// Copies rows to an array in stream order.
    fn cudaMemcpy2DToArrayAsync | cudaMemcpy2DToArrayAsync_ptsz(default) (
        array: usize, x: usize, y: usize, source: usize, pitch: usize, width: usize, height: usize, kind: u32,
        on: usize,
    ) {
        to_array(array, (x, y), (source, pitch), (width, height), kind, &later(default, on)?)
    }

    /// Copies rows from an array.
    fn cudaMemcpy2DFromArray | cudaMemcpy2DFromArray_ptds(default) (
        destination: usize, pitch: usize, array: usize, x: usize, y: usize, width: usize, height: usize,
        kind: u32,
    ) {
        from_array((destination, pitch), array, (x, y), (width, height), kind, &now(default)?)
    }

    /// Copies rows from an array in stream order.
    fn cudaMemcpy2DFromArrayAsync | cudaMemcpy2DFromArrayAsync_ptsz(default) (
        destination: usize, pitch: usize, array: usize, x: usize, y: usize, width: usize, height: usize,
        kind: u32, on: usize,
    ) {
        from_array((destination, pitch), array, (x, y), (width, height), kind, &later(default, on)?)
    }

    /// Copies rows between arrays.
    fn cudaMemcpy2DArrayToArray | cudaMemcpy2DArrayToArray_ptds(default) (
        to: usize, to_x: usize, to_y: usize, from: usize, from_x: usize, from_y: usize, width: usize,
        height: usize, kind: u32,
    ) {
        let direction = Direction::from_kind(kind)?;
        let extent = extent_2d(width, height);
        let to = Side::array(&*find(to)?, [to_x, to_y, 0], extent)?;
        let from = Side::array(&*find(from)?, [from_x, from_y, 0], extent)?;
        copy_box(&stream(default, 0)?, to, from, extent, direction, true)
    }

    /// Copies bytes to the rows of an array.
    fn cudaMemcpyToArray | cudaMemcpyToArray_ptds(default) (
        array: usize, x: usize, y: usize, source: usize, count: usize, kind: u32,
    ) {
        let how = (true, Direction::from_kind(kind)?, true);
        copy_bytes(&stream(default, 0)?, &*find(array)?, (x, y), source, count, how)
    }

    /// Copies bytes to the rows of an array in stream order.
    fn cudaMemcpyToArrayAsync | cudaMemcpyToArrayAsync_ptsz(default) (
        array: usize, x: usize, y: usize, source: usize, count: usize, kind: u32, on: usize,
    ) {
        let how = (true, Direction::from_kind(kind)?, false);
        copy_bytes(&stream(default, on)?, &*find(array)?, (x, y), source, count, how)
    }

    /// Copies bytes from the rows of an array.
    fn cudaMemcpyFromArray | cudaMemcpyFromArray_ptds(default) (
        destination: usize, array: usize, x: usize, y: usize, count: usize, kind: u32,
    ) {
        let how = (false, Direction::from_kind(kind)?, true);
        copy_bytes(&stream(default, 0)?, &*find(array)?, (x, y), destination, count, how)
    }

    /// Copies bytes from the rows of an array in stream order.
    fn cudaMemcpyFromArrayAsync | cudaMemcpyFromArrayAsync_ptsz(default) (
        destination: usize, array: usize, x: usize, y: usize, count: usize, kind: u32, on: usize,
    ) {
        let how = (false, Direction::from_kind(kind)?, false);
        copy_bytes(&stream(default, on)?, &*find(array)?, (x, y), destination, count, how)
    }

    /// Copies bytes between the rows of arrays.
    #[partial("both sides must begin at the start of a row, or the bytes lie within one")]
    fn cudaMemcpyArrayToArray | cudaMemcpyArrayToArray_ptds(default) (
        to: usize, to_x: usize, to_y: usize, from: usize, from_x: usize, from_y: usize, count: usize, kind: u32,
    ) {
        let direction = Direction::from_kind(kind)?;
        let (to, from) = (find(to)?, find(from)?);
        let row = to.shape().width * to.image.format.bytes();
        let same = row == from.shape().width * from.image.format.bytes();
        let extent = if count.checked_add(to_x.max(from_x)).is_some_and(|end| end <= row) {
            extent_2d(count, 1)
        } else if same && to_x == 0 && from_x == 0 && row != 0 && count.is_multiple_of(row) {
            extent_2d(row, count / row)
        } else {
            return Err(Error::NOT_SUPPORTED.because("bytes that lie differently in the two arrays' rows"));
        };
        let to = Side::array(&to, [to_x, to_y, 0], extent)?;
        let from = Side::array(&from, [from_x, from_y, 0], extent)?;
        copy_box(&stream(default, 0)?, to, from, extent, direction, true)
    }
}
