//! Managed memory, and what a program may say of it.

use wavefold_core::boundary::{In, Out, driver_entry};
use wavefold_core::managed::{self, Advice};
use wavefold_core::{Error, api, current};

api! {
    entry = driver_entry;

    /// Allocates managed memory.
    #[partial("lies in host memory, also while kernels use it; the host must not use it meanwhile, as the attribute says")]
    fn cuMemAllocManaged(pointer: Out<usize>, size: usize, flags: u32) {
        if pointer.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        pointer.put(managed::allocate(&current::driver_context()?, size, flags)?)
    }

    /// Says where managed memory will be used next: a hint, which is remembered.
    #[partial("nothing is moved")]
    fn cuMemPrefetchAsync | cuMemPrefetchAsync_ptsz(default) (
        pointer: usize,
        count: usize,
        device: i32,
        stream: usize,
    ) {
        let context = current::driver_context()?;
        default.resolve(&context, stream)?;
        managed::advise(&context, pointer, count, Advice::Prefetch, device)
    }

    /// Says how managed memory will be used: a hint, which is remembered.
    #[partial("nothing is moved")]
    fn cuMemAdvise(pointer: usize, count: usize, advice: u32, device: i32) {
        let context = current::driver_context()?;
        managed::advise(&context, pointer, count, Advice::from_number(advice)?, device)
    }

    /// What was said of a range of managed memory.
    fn cuMemRangeGetAttribute(data: Out<i32>, size: usize, number: u32, pointer: usize, count: usize) {
        let context = current::driver_context()?;
        managed::put_range_attribute(&context, data, size, number, pointer, count)
    }

    /// Several things that were said of a range of managed memory.
    fn cuMemRangeGetAttributes(
        data: In<Out<i32>>,
        sizes: In<usize>,
        numbers: In<u32>,
        attributes: usize,
        pointer: usize,
        count: usize,
    ) {
        let context = current::driver_context()?;
        for index in 0..attributes {
            let (data, size, number) = (data.at(index)?, sizes.at(index)?, numbers.at(index)?);
            managed::put_range_attribute(&context, data, size, number, pointer, count)?;
        }
        Ok(())
    }

    /// Says which stream uses managed memory: a hint without effect.
    #[partial("host access while other streams work is not made possible by it")]
    fn cuStreamAttachMemAsync | cuStreamAttachMemAsync_ptsz(default) (
        stream: usize,
        pointer: usize,
        length: usize,
        flags: u32,
    ) {
        default.resolve(&current::driver_context()?, stream)?;
        managed::attach(pointer, length, flags)
    }
}
