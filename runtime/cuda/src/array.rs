//! Arrays and mipmapped arrays, and copies to and from them.

use std::sync::Arc;

use wavefold_core::array::{self, Array, Format, Image, Shape};
use wavefold_core::boundary::{DefaultStream, In, Out, driver_entry};
use wavefold_core::copy::Direction;
use wavefold_core::copy_box::{Extent, Side, copy_box, copy_bytes};
use wavefold_core::stream::Stream;
use wavefold_core::{Error, Result, api, current};

/// `CUDA_ARRAY_DESCRIPTOR`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the names are CUDA's, in Rust's spelling")]
pub struct ArrayDescriptor {
    pub width: usize,
    pub height: usize,
    pub format: u32,
    pub channels: u32,
}

/// `CUDA_ARRAY3D_DESCRIPTOR`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the names are CUDA's, in Rust's spelling")]
pub struct Array3dDescriptor {
    pub width: usize,
    pub height: usize,
    pub depth: usize,
    pub format: u32,
    pub channels: u32,
    pub flags: u32,
}

/// `CUDA_ARRAY_MEMORY_REQUIREMENTS`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the names are CUDA's, in Rust's spelling")]
pub struct MemoryRequirements {
    pub size: usize,
    pub alignment: usize,
    pub reserved: [u32; 4],
}

pub(crate) fn format(format: u32, channels: u32) -> Result<Format> {
    Format::from_array_format(format, channels).ok_or_else(|| {
        Error::INVALID_VALUE.because(format_args!("{channels} channels of format {format:#x}"))
    })
}

fn stream(default: DefaultStream, handle: usize) -> Result<Arc<Stream>> {
    default.resolve(&current::driver_context()?, handle)
}

fn requirements(image: &Image) -> MemoryRequirements {
    let (size, alignment) = image.requirements();
    MemoryRequirements { size, alignment, reserved: [0; 4] }
}

fn shape_3d(d: &Array3dDescriptor) -> Shape {
    Shape { width: d.width, height: d.height, depth: d.depth, flags: d.flags }
}

/// Bytes from `offset` on of a one-dimensional array's row.
fn part(handle: usize, offset: usize, bytes: usize) -> Result<(Side, Extent)> {
    let array = array::find(handle)?;
    let extent = Extent { width: bytes, rows: 1, slices: 1 };
    if array.shape().height != 0 || array.shape().depth != 0 {
        return Err(Error::INVALID_VALUE.because("the array has more than one dimension"));
    }
    Ok((Side::array(&array, [offset, 0, 0], extent)?, extent))
}

fn host_to_array(
    array: usize,
    offset: usize,
    source: usize,
    bytes: usize,
    stream: &Arc<Stream>,
    wait: bool,
) -> Result<()> {
    let array: Arc<Array> = array::find(array)?;
    let how = (true, Direction::Default, wait);
    copy_bytes(stream, &array, (offset, 0), source, bytes, how)
}

fn array_to_host(
    destination: usize,
    array: usize,
    offset: usize,
    bytes: usize,
    stream: &Arc<Stream>,
    wait: bool,
) -> Result<()> {
    let array: Arc<Array> = array::find(array)?;
    let how = (false, Direction::Default, wait);
    copy_bytes(stream, &array, (offset, 0), destination, bytes, how)
}

api! {
    entry = driver_entry;

    /// Allocates an array of one or two dimensions.
    fn cuArrayCreate_v2(result: Out<usize>, descriptor: In<ArrayDescriptor>) {
        let d = descriptor.get()?;
        if result.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        let shape = Shape { width: d.width, height: d.height, depth: 0, flags: 0 };
        result.put(array::create(&current::driver_context()?, format(d.format, d.channels)?, shape)?)
    }

    /// Extents and format of an array.
    fn cuArrayGetDescriptor_v2(result: Out<ArrayDescriptor>, handle: usize) {
        let array = array::find(handle)?;
        let (shape, format) = (array.shape(), array.image.format);
        result.put(ArrayDescriptor {
            width: shape.width,
            height: shape.height,
            format: format.array_format(),
            channels: format.channels,
        })
    }

    /// Allocates an array of any shape.
    #[partial("sparse and deferred-mapping arrays are refused")]
    fn cuArray3DCreate_v2(result: Out<usize>, descriptor: In<Array3dDescriptor>) {
        let d = descriptor.get()?;
        if result.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        result.put(array::create(&current::driver_context()?, format(d.format, d.channels)?, shape_3d(&d))?)
    }

    /// Extents, format and flags of an array.
    fn cuArray3DGetDescriptor_v2(result: Out<Array3dDescriptor>, handle: usize) {
        let array = array::find(handle)?;
        let (shape, format) = (array.shape(), array.image.format);
        result.put(Array3dDescriptor {
            width: shape.width,
            height: shape.height,
            depth: shape.depth,
            format: format.array_format(),
            channels: format.channels,
            flags: shape.flags,
        })
    }

    /// Frees an array after the work that may use it.
    fn cuArrayDestroy(handle: usize) {
        array::free(&current::driver_context()?, handle)
    }

    /// The plane of a planar array: no format here has planes.
    fn cuArrayGetPlane(_plane: Out<usize>, handle: usize, _index: u32) {
        array::find(handle)?;
        Err(Error::INVALID_VALUE.because("the array's format is not planar"))
    }

    /// Bytes and alignment of an array's memory.
    fn cuArrayGetMemoryRequirements(result: Out<MemoryRequirements>, handle: usize, _device: i32) {
        result.put(requirements(&array::find(handle)?.image))
    }

    /// Allocates a mipmapped array.
    #[partial("sparse and deferred-mapping arrays are refused")]
    fn cuMipmappedArrayCreate(result: Out<usize>, descriptor: In<Array3dDescriptor>, levels: u32) {
        let d = descriptor.get()?;
        if result.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        let context = current::driver_context()?;
        result.put(array::create_mipmapped(&context, format(d.format, d.channels)?, shape_3d(&d), levels)?)
    }

    /// One level of a mipmapped array.
    fn cuMipmappedArrayGetLevel(result: Out<usize>, handle: usize, level: u32) {
        result.put(array::level(handle, level)?)
    }

    /// Frees a mipmapped array after the work that may use it.
    fn cuMipmappedArrayDestroy(handle: usize) {
        array::free_mipmapped(&current::driver_context()?, handle)
    }

    /// Bytes and alignment of a mipmapped array's memory.
    fn cuMipmappedArrayGetMemoryRequirements(result: Out<MemoryRequirements>, handle: usize, _device: i32) {
        result.put(requirements(&*array::find_mipmapped(handle)?))
    }

    /// Copies device memory to an array of one dimension.
    fn cuMemcpyDtoA_v2 | cuMemcpyDtoA_v2_ptds(default) (
        array: usize, offset: usize, source: usize, bytes: usize,
    ) {
        let (to, extent) = part(array, offset, bytes)?;
        let from = Side { address: source, pitch: bytes, slice: 0, array: false };
        copy_box(&stream(default, 0)?, to, from, extent, Direction::DeviceToDevice, true)
    }

    /// Copies an array of one dimension to device memory.
    fn cuMemcpyAtoD_v2 | cuMemcpyAtoD_v2_ptds(default) (
        destination: usize, array: usize, offset: usize, bytes: usize,
    ) {
        let (from, extent) = part(array, offset, bytes)?;
        let to = Side { address: destination, pitch: bytes, slice: 0, array: false };
        copy_box(&stream(default, 0)?, to, from, extent, Direction::DeviceToDevice, true)
    }

    /// Copies host memory to an array.
    fn cuMemcpyHtoA_v2 | cuMemcpyHtoA_v2_ptds(default) (
        array: usize, offset: usize, source: usize, bytes: usize,
    ) {
        host_to_array(array, offset, source, bytes, &stream(default, 0)?, true)
    }

    /// Copies an array to host memory.
    fn cuMemcpyAtoH_v2 | cuMemcpyAtoH_v2_ptds(default) (
        destination: usize, array: usize, offset: usize, bytes: usize,
    ) {
        array_to_host(destination, array, offset, bytes, &stream(default, 0)?, true)
    }

    /// Copies between arrays of one dimension.
    fn cuMemcpyAtoA_v2 | cuMemcpyAtoA_v2_ptds(default) (
        to: usize, to_offset: usize, from: usize, from_offset: usize, bytes: usize,
    ) {
        let (to, extent) = part(to, to_offset, bytes)?;
        let (from, _) = part(from, from_offset, bytes)?;
        copy_box(&stream(default, 0)?, to, from, extent, Direction::DeviceToDevice, true)
    }

    /// Copies host memory to an array in stream order.
    fn cuMemcpyHtoAAsync_v2 | cuMemcpyHtoAAsync_v2_ptsz(default) (
        array: usize, offset: usize, source: usize, bytes: usize, on: usize,
    ) {
        host_to_array(array, offset, source, bytes, &stream(default, on)?, false)
    }

    /// Copies an array to host memory in stream order.
    fn cuMemcpyAtoHAsync_v2 | cuMemcpyAtoHAsync_v2_ptsz(default) (
        destination: usize, array: usize, offset: usize, bytes: usize, on: usize,
    ) {
        array_to_host(destination, array, offset, bytes, &stream(default, on)?, false)
    }

    /// Texels that a linear texture of the format may have.
    fn cuDeviceGetTexture1DLinearMaxWidth(result: Out<usize>, kind: u32, channels: u32, device: i32) {
        current::device(device)?;
        format(kind, channels)?;
        result.put(array::limit::LINEAR)
    }
}
