//! Allocating, pinning and describing memory.

use wavefold_core::allocation::{self, Kind};
use wavefold_core::boundary::{DefaultStream, Out, runtime_entry};
use wavefold_core::copy::Rows;
use wavefold_core::fill::fill;
use wavefold_core::{Error, Result, api, current, memory, module};

use crate::types::{Extent, PitchedPtr, PointerAttributes};

/// `cudaMemoryTypeUnregistered`, `Host`, `Device` and `Managed`.
const UNREGISTERED: u32 = 0;
const HOST: u32 = 1;
const DEVICE: u32 = 2;
const MANAGED: u32 = 3;

fn attributes(address: usize) -> Result<PointerAttributes> {
    let ordinal = current::device_ordinal();
    let described = match allocation::find(address) {
        Some((allocation, offset)) => PointerAttributes {
            kind: match allocation.kind {
                Kind::Device => DEVICE,
                kind if kind.is_managed() => MANAGED,
                _ => HOST,
            },
            device: allocation.device,
            device_pointer: allocation.device_base + offset,
            host_pointer: if allocation.kind == Kind::Device { 0 } else { allocation.base + offset },
        },
        None => match module::owner_of(address) {
            Some(device) => {
                PointerAttributes { kind: DEVICE, device, device_pointer: address, host_pointer: 0 }
            }
            None => PointerAttributes {
                kind: UNREGISTERED,
                device: ordinal,
                device_pointer: 0,
                host_pointer: address,
            },
        },
    };
    // A pointer that nothing is known of belongs to no device.
    Ok(if described.kind == UNREGISTERED { PointerAttributes { device: -2, ..described } } else { described })
}

fn set(address: usize, rows: Rows, value: i32, stream: Option<usize>, default: DefaultStream) -> Result<()> {
    let context = current::context()?;
    let stream = default.resolve(&context, stream.unwrap_or(0))?;
    fill(&stream, address, rows, value as u32, 1, false)
}

/// Rows for filling: only the destination's pitch counts.
fn rows(pitch: usize, width: usize, rows: usize) -> Rows {
    Rows { width, rows, destination_pitch: pitch, source_pitch: pitch }
}

fn set_3d(
    pitched: PitchedPtr,
    value: i32,
    extent: Extent,
    stream: Option<usize>,
    default: DefaultStream,
) -> Result<()> {
    let plane = pitched.pitch.checked_mul(pitched.ysize).ok_or(Error::INVALID_VALUE)?;
    for z in 0..extent.depth {
        let address = z.checked_mul(plane).and_then(|offset| pitched.ptr.checked_add(offset));
        let address = address.ok_or(Error::INVALID_VALUE)?;
        set(address, rows(pitched.pitch, extent.width, extent.height), value, stream, default)?;
    }
    Ok(())
}

api! {
    entry = runtime_entry;

    /// Allocates device memory.
    fn cudaMalloc(pointer: Out<usize>, size: usize) {
        if pointer.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        pointer.put(memory::allocate(&current::context()?, size)?)
    }

    /// Allocates rows of device memory.
    fn cudaMallocPitch(pointer: Out<usize>, pitch: Out<usize>, width: usize, height: usize) {
        if pointer.is_null() || pitch.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        let (address, distance) = memory::allocate_pitched(&current::context()?, width, height)?;
        pitch.put(distance)?;
        pointer.put(address)
    }

    /// Allocates planes of rows of device memory.
    fn cudaMalloc3D(pitched: Out<PitchedPtr>, extent: Extent) {
        if pitched.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        let rows = extent.height.checked_mul(extent.depth).ok_or(Error::MEMORY_ALLOCATION)?;
        let (ptr, pitch) = memory::allocate_pitched(&current::context()?, extent.width, rows)?;
        pitched.put(PitchedPtr { ptr, pitch, xsize: extent.width, ysize: extent.height })
    }

    /// Frees device memory after the work that may use it.
    fn cudaFree(pointer: usize) {
        memory::free(&current::context()?, pointer)
    }

    /// Allocates device memory for use in stream order.
    #[partial("the memory is there at once and comes from no pool: as costly as cudaMalloc")]
    fn cudaMallocAsync | cudaMallocAsync_ptsz(default) (pointer: Out<usize>, size: usize, stream: usize) {
        if pointer.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        let context = default.resolve(&current::context()?, stream)?.context()?;
        pointer.put(memory::allocate(&context, size)?)
    }

    /// Frees device memory in stream order.
    #[partial("the memory goes back to the device, to no pool")]
    fn cudaFreeAsync | cudaFreeAsync_ptsz(default) (pointer: usize, stream: usize) {
        let stream = default.resolve(&current::context()?, stream)?;
        if pointer == 0 { Err(Error::INVALID_VALUE) } else { memory::free_in_order(&stream, pointer) }
    }

    /// Allocates pinned host memory.
    fn cudaMallocHost(pointer: Out<usize>, size: usize) {
        if pointer.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        pointer.put(memory::allocate_host(&current::context()?, size, 0)?)
    }

    /// Allocates pinned host memory; all of it is portable and mapped.
    #[partial("write-combined memory is ordinary pinned memory; host memory is coarse-grained: a kernel's writes are visible to the host when it has ended")]
    fn cudaHostAlloc(pointer: Out<usize>, size: usize, flags: u32) {
        if pointer.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        pointer.put(memory::allocate_host(&current::context()?, size, flags)?)
    }

    /// Frees pinned host memory.
    fn cudaFreeHost(pointer: usize) {
        memory::free_host(&current::context()?, pointer)
    }

    /// Pins the program's own memory.
    #[partial("memory of I/O devices is refused")]
    fn cudaHostRegister(pointer: usize, size: usize, flags: u32) {
        memory::register_host(&current::context()?, pointer, size, flags)
    }

    /// Ends the pinning of the program's own memory.
    fn cudaHostUnregister(pointer: usize) {
        memory::unregister_host(&current::context()?, pointer)
    }

    /// The address at which the device sees pinned memory.
    fn cudaHostGetDevicePointer(device: Out<usize>, host: usize, flags: u32) {
        if flags != 0 || device.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        current::context()?;
        device.put(memory::device_pointer(host)?)
    }

    /// The flags that pinned memory was allocated with.
    fn cudaHostGetFlags(flags: Out<u32>, host: usize) {
        match allocation::find(host) {
            Some((allocation, _)) if allocation.kind == Kind::Host => flags.put(allocation.flags),
            _ => Err(Error::INVALID_VALUE),
        }
    }

    /// Free and total bytes of the device.
    #[partial("memory that other processes use is not known")]
    fn cudaMemGetInfo(free: Out<usize>, total: Out<usize>) {
        let context = current::context()?;
        context.check()?;
        let (unused, all) = memory::info(&context);
        free.put(unused as usize)?;
        total.put(all as usize)
    }

    /// What a pointer points to; pageable host memory is "unregistered" and no error.
    fn cudaPointerGetAttributes(attributes_out: Out<PointerAttributes>, pointer: usize) {
        if attributes_out.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        current::context()?;
        attributes_out.put(attributes(pointer)?)
    }

    /// Fills device memory with a byte.
    fn cudaMemset | cudaMemset_ptds(default) (pointer: usize, value: i32, count: usize) {
        set(pointer, Rows::linear(count), value, None, default)
    }

    /// Fills device memory with a byte in stream order.
    fn cudaMemsetAsync | cudaMemsetAsync_ptsz(default) (
        pointer: usize,
        value: i32,
        count: usize,
        stream: usize,
    ) {
        set(pointer, Rows::linear(count), value, Some(stream), default)
    }

    /// Fills rows of device memory with a byte.
    fn cudaMemset2D | cudaMemset2D_ptds(default) (
        pointer: usize,
        pitch: usize,
        value: i32,
        width: usize,
        height: usize,
    ) {
        set(pointer, rows(pitch, width, height), value, None, default)
    }

    /// Fills rows of device memory with a byte in stream order.
    fn cudaMemset2DAsync | cudaMemset2DAsync_ptsz(default) (
        pointer: usize,
        pitch: usize,
        value: i32,
        width: usize,
        height: usize,
        stream: usize,
    ) {
        set(pointer, rows(pitch, width, height), value, Some(stream), default)
    }

    /// Fills planes of device memory with a byte.
    fn cudaMemset3D | cudaMemset3D_ptds(default) (pitched: PitchedPtr, value: i32, extent: Extent) {
        set_3d(pitched, value, extent, None, default)
    }

    /// Fills planes of device memory with a byte in stream order.
    fn cudaMemset3DAsync | cudaMemset3DAsync_ptsz(default) (
        pitched: PitchedPtr,
        value: i32,
        extent: Extent,
        stream: usize,
    ) {
        set_3d(pitched, value, extent, Some(stream), default)
    }
}
