//! Allocating, pinning, describing and filling memory.

use wavefold_core::allocation::{self, Kind};
use wavefold_core::boundary::{DefaultStream, In, Out, driver_entry};
use wavefold_core::copy::Rows;
use wavefold_core::fill::fill;
use wavefold_core::{Error, Result, api, current, memory};

use crate::context;

/// Fills `height` rows of `width` elements.
struct Fill {
    pointer: usize,
    pitch: usize,
    value: u32,
    element: usize,
    width: usize,
    height: usize,
}

impl Fill {
    fn row(pointer: usize, value: u32, element: usize, count: usize) -> Fill {
        Fill { pointer, pitch: 0, value, element, width: count, height: 1 }
    }

    fn run(&self, stream: usize, default: DefaultStream) -> Result<()> {
        let context = current::driver_context()?;
        let stream = default.resolve(&context, stream)?;
        let width = self.width.checked_mul(self.element).ok_or(Error::INVALID_VALUE)?;
        let rows = Rows { width, rows: self.height, destination_pitch: self.pitch, source_pitch: self.pitch };
        fill(&stream, self.pointer, rows, self.value, self.element, false)
    }
}

/// What `cuPointerGetAttribute` says, as raw bytes: four or eight of them.
enum Answer {
    Word(u32),
    Address(u64),
}

fn describe(number: u32, pointer: usize) -> Result<Answer> {
    let (allocation, offset) = allocation::find(pointer).ok_or(Error::INVALID_VALUE)?;
    let device = allocation.kind == Kind::Device;
    Ok(match number {
        1 => {
            let owner = wavefold_core::fault::contexts().into_iter().find(|c| c.id == allocation.context);
            Answer::Address(owner.map_or(0, |owner| context::handle_of(&owner)) as u64)
        }
        // Managed memory counts as the device's.
        2 => Answer::Word(if device || allocation.kind.is_managed() { 2 } else { 1 }),
        3 => Answer::Address((allocation.device_base + offset) as u64),
        4 if device => return Err(Error::INVALID_VALUE),
        4 => Answer::Address((allocation.base + offset) as u64),
        // Synchronous copies, legacy IPC; managed.
        6 | 10 => Answer::Word(0),
        8 => Answer::Word(allocation.kind.is_managed().into()),
        7 => Answer::Address(allocation.base as u64),
        9 => Answer::Word(allocation.device as u32),
        11 => Answer::Address(allocation.base as u64),
        12 => Answer::Address(allocation.size as u64),
        13 => Answer::Word(1),
        _ if (1..=20).contains(&number) => {
            return Err(Error::NOT_SUPPORTED.because(format_args!("pointer attribute {number}")));
        }
        _ => return Err(Error::INVALID_VALUE),
    })
}

fn answer(out: Out<u8>, answer: Answer) -> Result<()> {
    if out.is_null() {
        return Err(Error::INVALID_VALUE);
    }
    // SAFETY: the caller vouches for room for the attribute's type.
    unsafe {
        match answer {
            Answer::Word(value) => out.raw().cast::<u32>().write_unaligned(value),
            Answer::Address(value) => out.raw().cast::<u64>().write_unaligned(value),
        }
    }
    Ok(())
}

api! {
    entry = driver_entry;

    /// Free and total bytes of the device.
    #[partial("memory that other processes use is not known")]
    fn cuMemGetInfo_v2(free: Out<usize>, total: Out<usize>) {
        let context = current::driver_context()?;
        context.check()?;
        let (unused, all) = memory::info(&context);
        free.put(unused as usize)?;
        total.put(all as usize)
    }

    /// Allocates device memory; 0 bytes are an invalid value.
    fn cuMemAlloc_v2(pointer: Out<usize>, size: usize) {
        if pointer.is_null() || size == 0 {
            return Err(Error::INVALID_VALUE);
        }
        pointer.put(memory::allocate(&current::driver_context()?, size)?)
    }

    /// Allocates rows of device memory.
    fn cuMemAllocPitch_v2(pointer: Out<usize>, pitch: Out<usize>, width: usize, height: usize, element: u32) {
        if pointer.is_null() || pitch.is_null() || width == 0 || height == 0 || !matches!(element, 4 | 8 | 16) {
            return Err(Error::INVALID_VALUE);
        }
        let (address, distance) = memory::allocate_pitched(&current::driver_context()?, width, height)?;
        pitch.put(distance)?;
        pointer.put(address)
    }

    /// Frees device memory after the work that may use it.
    fn cuMemFree_v2(pointer: usize) {
        memory::free(&current::driver_context()?, pointer)
    }

    /// Allocates device memory for use in stream order.
    #[partial("the memory is there at once and comes from no pool: as costly as cuMemAlloc")]
    fn cuMemAllocAsync | cuMemAllocAsync_ptsz(default) (pointer: Out<usize>, size: usize, stream: usize) {
        if pointer.is_null() || size == 0 {
            return Err(Error::INVALID_VALUE);
        }
        let context = default.resolve(&current::driver_context()?, stream)?.context()?;
        pointer.put(memory::allocate(&context, size)?)
    }

    /// Frees device memory in stream order.
    #[partial("the memory goes back to the device, to no pool")]
    fn cuMemFreeAsync | cuMemFreeAsync_ptsz(default) (pointer: usize, stream: usize) {
        memory::free_in_order(&default.resolve(&current::driver_context()?, stream)?, pointer)
    }

    /// The allocation that holds an address; each result may be unwanted.
    fn cuMemGetAddressRange_v2(base: Out<usize>, size: Out<usize>, pointer: usize) {
        let (allocation, _) = allocation::find(pointer).ok_or(Error::SYMBOL_NOT_FOUND)?;
        base.put_if_wanted(allocation.device_base);
        size.put_if_wanted(allocation.size);
        Ok(())
    }

    /// Allocates pinned host memory.
    fn cuMemAllocHost_v2(pointer: Out<usize>, size: usize) {
        if pointer.is_null() || size == 0 {
            return Err(Error::INVALID_VALUE);
        }
        pointer.put(memory::allocate_host(&current::driver_context()?, size, 0)?)
    }

    /// Allocates pinned host memory; all of it is portable and mapped.
    #[partial("write-combined memory is ordinary pinned memory; host memory is coarse-grained")]
    fn cuMemHostAlloc(pointer: Out<usize>, size: usize, flags: u32) {
        if pointer.is_null() || size == 0 {
            return Err(Error::INVALID_VALUE);
        }
        pointer.put(memory::allocate_host(&current::driver_context()?, size, flags)?)
    }

    /// Frees pinned host memory.
    fn cuMemFreeHost(pointer: usize) {
        memory::free_host(&current::driver_context()?, pointer)
    }

    /// Pins the program's own memory.
    #[partial("memory of I/O devices is refused")]
    fn cuMemHostRegister_v2(pointer: usize, size: usize, flags: u32) {
        memory::register_host(&current::driver_context()?, pointer, size, flags)
    }

    /// Ends the pinning of the program's own memory.
    fn cuMemHostUnregister(pointer: usize) {
        memory::unregister_host(&current::driver_context()?, pointer)
    }

    /// The address at which the device sees pinned memory.
    fn cuMemHostGetDevicePointer_v2(device: Out<usize>, host: usize, flags: u32) {
        if flags != 0 || device.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        current::driver_context()?;
        device.put(memory::device_pointer(host)?)
    }

    /// The flags that pinned memory was allocated with.
    fn cuMemHostGetFlags(flags: Out<u32>, host: usize) {
        match allocation::find(host) {
            Some((allocation, _)) if allocation.kind == Kind::Host => flags.put(allocation.flags),
            _ => Err(Error::INVALID_VALUE),
        }
    }

    /// One thing about a pointer.
    #[partial("attributes of IPC, virtual memory management and pools are refused")]
    fn cuPointerGetAttribute(data: Out<u8>, number: u32, pointer: usize) {
        answer(data, describe(number, pointer)?)
    }

    /// Several things about a pointer; what it does not have is zero.
    #[partial("attributes of IPC, virtual memory management and pools are zero")]
    fn cuPointerGetAttributes(count: u32, numbers: In<u32>, data: In<Out<u8>>, pointer: usize) {
        for index in 0..count as usize {
            let number = numbers.at(index)?;
            let nothing = match number {
                2 | 6 | 8 | 9 | 10 | 13 => Answer::Word(0),
                _ => Answer::Address(0),
            };
            answer(data.at(index)?, describe(number, pointer).unwrap_or(nothing))?;
        }
        Ok(())
    }

    /// Fills with bytes.
    fn cuMemsetD8_v2 | cuMemsetD8_v2_ptds(default) (pointer: usize, value: u8, count: usize) {
        Fill::row(pointer, u32::from(value), 1, count).run(0, default)
    }

    /// Fills with 16-bit values.
    fn cuMemsetD16_v2 | cuMemsetD16_v2_ptds(default) (pointer: usize, value: u16, count: usize) {
        Fill::row(pointer, u32::from(value), 2, count).run(0, default)
    }

    /// Fills with 32-bit values.
    fn cuMemsetD32_v2 | cuMemsetD32_v2_ptds(default) (pointer: usize, value: u32, count: usize) {
        Fill::row(pointer, value, 4, count).run(0, default)
    }

    /// Fills with bytes in stream order.
    fn cuMemsetD8Async | cuMemsetD8Async_ptsz(default) (
        pointer: usize, value: u8, count: usize, stream: usize,
    ) {
        Fill::row(pointer, u32::from(value), 1, count).run(stream, default)
    }

    /// Fills with 16-bit values in stream order.
    fn cuMemsetD16Async | cuMemsetD16Async_ptsz(default) (
        pointer: usize, value: u16, count: usize, stream: usize,
    ) {
        Fill::row(pointer, u32::from(value), 2, count).run(stream, default)
    }

    /// Fills with 32-bit values in stream order.
    fn cuMemsetD32Async | cuMemsetD32Async_ptsz(default) (
        pointer: usize, value: u32, count: usize, stream: usize,
    ) {
        Fill::row(pointer, value, 4, count).run(stream, default)
    }

    /// Fills rows with bytes.
    fn cuMemsetD2D8_v2 | cuMemsetD2D8_v2_ptds(default) (
        pointer: usize, pitch: usize, value: u8, width: usize, height: usize,
    ) {
        Fill { pointer, pitch, value: u32::from(value), element: 1, width, height }.run(0, default)
    }

    /// Fills rows with 16-bit values.
    fn cuMemsetD2D16_v2 | cuMemsetD2D16_v2_ptds(default) (
        pointer: usize, pitch: usize, value: u16, width: usize, height: usize,
    ) {
        Fill { pointer, pitch, value: u32::from(value), element: 2, width, height }.run(0, default)
    }

    /// Fills rows with 32-bit values.
    fn cuMemsetD2D32_v2 | cuMemsetD2D32_v2_ptds(default) (
        pointer: usize, pitch: usize, value: u32, width: usize, height: usize,
    ) {
        Fill { pointer, pitch, value, element: 4, width, height }.run(0, default)
    }

    /// Fills rows with bytes in stream order.
    fn cuMemsetD2D8Async | cuMemsetD2D8Async_ptsz(default) (
        pointer: usize, pitch: usize, value: u8, width: usize, height: usize, stream: usize,
    ) {
        Fill { pointer, pitch, value: u32::from(value), element: 1, width, height }.run(stream, default)
    }

    /// Fills rows with 16-bit values in stream order.
    fn cuMemsetD2D16Async | cuMemsetD2D16Async_ptsz(default) (
        pointer: usize, pitch: usize, value: u16, width: usize, height: usize, stream: usize,
    ) {
        Fill { pointer, pitch, value: u32::from(value), element: 2, width, height }.run(stream, default)
    }

    /// Fills rows with 32-bit values in stream order.
    fn cuMemsetD2D32Async | cuMemsetD2D32Async_ptsz(default) (
        pointer: usize, pitch: usize, value: u32, width: usize, height: usize, stream: usize,
    ) {
        Fill { pointer, pitch, value, element: 4, width, height }.run(stream, default)
    }
}
