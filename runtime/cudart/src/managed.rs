//! Managed memory, and what a program may say of it.

use wavefold_core::boundary::{DefaultStream, In, Out, runtime_entry};
use wavefold_core::managed::{self, Advice, Location};
use wavefold_core::{Error, Result, api, current};

fn prefetch(pointer: usize, count: usize, place: i32, stream: usize, default: DefaultStream) -> Result<()> {
    let context = current::context()?;
    default.resolve(&context, stream)?;
    managed::advise(&context, pointer, count, Advice::Prefetch, place)
}

fn advise(pointer: usize, count: usize, advice: u32, place: i32) -> Result<()> {
    let context = current::context()?;
    managed::advise(&context, pointer, count, Advice::from_number(advice)?, place)
}

fn attribute(data: Out<i32>, bytes: usize, number: u32, pointer: usize, count: usize) -> Result<()> {
    let context = current::context()?;
    managed::put_range_attribute(&context, data, bytes, number, pointer, count)
}

api! {
    entry = runtime_entry;

    /// Allocates managed memory.
    #[partial("lies in host memory, also while kernels use it; the host must not use it meanwhile, as concurrentManagedAccess says")]
    fn cudaMallocManaged(pointer: Out<usize>, size: usize, flags: u32) {
        if pointer.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        pointer.put(managed::allocate(&current::context()?, size, flags)?)
    }

    /// Says where managed memory will be used next: a hint, which is remembered.
    #[partial("nothing is moved")]
    fn cudaMemPrefetchAsync | cudaMemPrefetchAsync_ptsz(default) (
        pointer: usize,
        count: usize,
        device: i32,
        stream: usize,
    ) {
        prefetch(pointer, count, device, stream, default)
    }

    /// Says where managed memory will be used next: a hint, which is remembered.
    #[partial("nothing is moved; the host's NUMA nodes are one place")]
    fn cudaMemPrefetchAsync_v2 | cudaMemPrefetchAsync_v2_ptsz(default) (
        pointer: usize,
        count: usize,
        location: Location,
        flags: u32,
        stream: usize,
    ) {
        if flags != 0 {
            return Err(Error::INVALID_VALUE);
        }
        prefetch(pointer, count, location.place()?, stream, default)
    }

    /// Says how managed memory will be used: a hint, which is remembered.
    #[partial("nothing is moved")]
    fn cudaMemAdvise(pointer: usize, count: usize, advice: u32, device: i32) {
        advise(pointer, count, advice, device)
    }

    /// Says how managed memory will be used: a hint, which is remembered.
    #[partial("nothing is moved; the host's NUMA nodes are one place")]
    fn cudaMemAdvise_v2(pointer: usize, count: usize, advice: u32, location: Location) {
        advise(pointer, count, advice, location.place()?)
    }

    /// What was said of a range of managed memory.
    fn cudaMemRangeGetAttribute(data: Out<i32>, size: usize, number: u32, pointer: usize, count: usize) {
        attribute(data, size, number, pointer, count)
    }

    /// Several things that were said of a range of managed memory.
    fn cudaMemRangeGetAttributes(
        data: In<Out<i32>>,
        sizes: In<usize>,
        numbers: In<u32>,
        attributes: usize,
        pointer: usize,
        count: usize,
    ) {
        for index in 0..attributes {
            attribute(data.at(index)?, sizes.at(index)?, numbers.at(index)?, pointer, count)?;
        }
        Ok(())
    }

    /// Says which stream uses managed memory: a hint without effect.
    #[partial("host access while other streams work is not made possible by it")]
    fn cudaStreamAttachMemAsync | cudaStreamAttachMemAsync_ptsz(default) (
        stream: usize,
        pointer: usize,
        length: usize,
        flags: u32,
    ) {
        default.resolve(&current::context()?, stream)?;
        managed::attach(pointer, length, flags)
    }
}
