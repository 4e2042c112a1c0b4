//! Devices.

use core::ffi::c_char;
use std::sync::atomic::Ordering;

use wavefold_core::attribute::attribute;
use wavefold_core::boundary::{In, Out, runtime_entry};
use wavefold_core::device::Device;
use wavefold_core::platform::platform;
use wavefold_core::{Error, Result, api, current, limits};

use crate::types::DeviceProp;

/// Flags that `cudaSetDeviceFlags` knows: scheduling, mapping, local memory, synchronous copies.
const DEVICE_FLAGS: u32 = 0x9f;
/// `cudaDeviceMapHost`, which is always on.
const MAP_HOST: u32 = 8;
fn properties(device: &Device) -> DeviceProp {
    let value = |number: u32| attribute(device, number).unwrap_or(0);
    // SAFETY: the structure holds only integers, for which zero is a value.
    let mut prop: DeviceProp = unsafe { core::mem::zeroed() };
    for (to, from) in prop.name.iter_mut().zip(device.name.bytes().take(255)) {
        *to = from;
    }
    prop.uuid = device.uuid;
    prop.total_global_mem = device.memory as usize;
    prop.shared_mem_per_block = value(8) as usize;
    prop.regs_per_block = value(12);
    prop.warp_size = value(10);
    prop.mem_pitch = value(11) as usize;
    prop.max_threads_per_block = value(1);
    prop.max_threads_dim = [value(2), value(3), value(4)];
    prop.max_grid_size = [value(5), value(6), value(7)];
    prop.clock_rate = value(13);
    prop.total_const_mem = value(9) as usize;
    prop.major = value(75);
    prop.minor = value(76);
    prop.texture_alignment = value(14) as usize;
    prop.texture_pitch_alignment = value(51) as usize;
    prop.max_texture = [
        21, 77, 69, 22, 23, 73, 74, 70, 71, 72, 45, 46, 24, 25, 26, 47, 48, 49, 52, 42, 43, 27, 28, 29, 53,
        54,
    ]
    .map(value);
    prop.max_surface = core::array::from_fn(|index| value(55 + index as u32));
    prop.device_overlap = value(15);
    prop.multi_processor_count = value(16);
    prop.kernel_exec_timeout_enabled = value(17);
    prop.integrated = value(18);
    prop.can_map_host_memory = value(19);
    prop.compute_mode = value(20);
    prop.surface_alignment = value(30) as usize;
    prop.concurrent_kernels = value(31);
    prop.ecc_enabled = value(32);
    prop.pci_bus_id = value(33);
    prop.pci_device_id = value(34);
    prop.pci_domain_id = value(50);
    prop.tcc_driver = value(35);
    prop.async_engine_count = value(40);
    prop.unified_addressing = value(41);
    prop.memory_clock_rate = value(36);
    prop.memory_bus_width = value(37);
    prop.l2_cache_size = value(38);
    prop.max_threads_per_multi_processor = value(39);
    prop.stream_priorities_supported = value(78);
    prop.global_l1_cache_supported = value(79);
    prop.local_l1_cache_supported = value(80);
    prop.shared_mem_per_multiprocessor = value(81) as usize;
    prop.regs_per_multiprocessor = value(82);
    prop.managed_memory = value(83);
    prop.single_to_double_precision_perf_ratio = value(87);
    prop.can_use_host_pointer_for_registered_mem = value(91);
    prop.concurrent_managed_access = value(89);
    prop.cooperative_launch = value(95);
    prop.shared_mem_per_block_optin = value(97) as usize;
    prop.max_blocks_per_multi_processor = value(106);
    prop.reserved_shared_mem_per_block = value(111) as usize;
    prop.host_register_supported = value(99);
    prop
}

fn reset() -> Result<()> {
    let ordinal = current::device_ordinal();
    let fault = current::top().and_then(|context| context.seen_fault());
    current::device(ordinal)?.reset();
    // The calling thread's last error means nothing any more if it is the fault that this call has cleared.
    if fault.is_some_and(|fault| fault.code() == current::last_error()) {
        current::take_last_error();
    }
    Ok(())
}

/// Whether two device numbers are of different devices, both of which exist.
fn are_peers(device: i32, peer: i32) -> Result<bool> {
    current::device(device)?;
    current::device(peer)?;
    Ok(device != peer)
}

/// How well a device meets wishes: more is better.
fn score(prop: &DeviceProp, wanted: &DeviceProp) -> u32 {
    let meets = [
        prop.major > wanted.major || prop.major == wanted.major && prop.minor >= wanted.minor,
        prop.total_global_mem >= wanted.total_global_mem,
        prop.multi_processor_count >= wanted.multi_processor_count,
    ];
    meets.into_iter().map(u32::from).sum()
}

api! {
    entry = runtime_entry;

    /// The number of devices; none is an error with a count of 0.
    fn cudaGetDeviceCount(count: Out<i32>) {
        match platform() {
            Ok(platform) => count.put(platform.devices.len() as i32),
            Err(error) => {
                count.put(0)?;
                Err(error)
            }
        }
    }

    /// Makes a device the calling thread's.
    fn cudaSetDevice(device: i32) {
        current::set_device(device)
    }

    /// The calling thread's device.
    fn cudaGetDevice(device: Out<i32>) {
        platform()?;
        device.put(current::device_ordinal())
    }

    /// Initialises a device without making it current.
    fn cudaInitDevice(device: i32, _device_flags: u32, flags: u32) {
        if flags > 1 {
            return Err(Error::INVALID_VALUE);
        }
        current::device(device)?.runtime_context().map(|_| ())
    }

    /// Everything about a device.
    fn cudaGetDeviceProperties_v2(out: Out<DeviceProp>, device: i32) {
        if out.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        out.put(properties(current::device(device)?))
    }

    /// One number about a device.
    fn cudaDeviceGetAttribute(value: Out<i32>, number: u32, device: i32) {
        let device = current::device(device)?;
        value.put(attribute(device, number).ok_or(Error::INVALID_VALUE)?)
    }

    /// The device that meets most of the wishes.
    fn cudaChooseDevice(device: Out<i32>, wanted: In<DeviceProp>) {
        let wanted = wanted.get()?;
        let devices = &platform()?.devices;
        // The first of the best: max_by_key alone would give the last.
        let best = devices.iter().rev().max_by_key(|device| score(&properties(device), &wanted));
        device.put(best.ok_or(Error::NO_DEVICE)?.ordinal)
    }

    /// Waits for all work of the device.
    fn cudaDeviceSynchronize() {
        current::context()?.synchronize()
    }

    /// Ends everything of the device's context; the next call makes a new one.
    fn cudaDeviceReset() {
        reset()
    }

    /// The old name of `cudaDeviceReset`.
    fn cudaThreadExit() {
        reset()
    }

    /// The old name of `cudaDeviceSynchronize`.
    fn cudaThreadSynchronize() {
        current::context()?.synchronize()
    }

    /// The flags of the current device.
    fn cudaGetDeviceFlags(flags: Out<u32>) {
        let context = current::context()?;
        flags.put(context.flags.load(Ordering::Relaxed) | MAP_HOST)
    }

    /// Sets the flags of the current device: how to wait is a hint without effect.
    #[partial("waiting is always by sleeping")]
    fn cudaSetDeviceFlags(flags: u32) {
        if flags & !DEVICE_FLAGS != 0 || !matches!(flags & 7, 0 | 1 | 2 | 4) {
            return Err(Error::INVALID_VALUE);
        }
        let context = current::context()?;
        context.flags.store(flags, Ordering::Relaxed);
        Ok(())
    }

    /// A limit of the current device.
    fn cudaDeviceGetLimit(value: Out<usize>, limit: u32) {
        value.put(limits::get(&current::context()?, limit)?)
    }

    /// Sets a limit of the current device.
    fn cudaDeviceSetLimit(limit: u32, value: usize) {
        limits::set(&current::context()?, limit, value)
    }

    /// The old name of `cudaDeviceGetLimit`.
    fn cudaThreadGetLimit(value: Out<usize>, limit: u32) {
        value.put(limits::get(&current::context()?, limit)?)
    }

    /// The old name of `cudaDeviceSetLimit`.
    fn cudaThreadSetLimit(limit: u32, value: usize) {
        limits::set(&current::context()?, limit, value)
    }

    /// The preference of cache or shared memory: none, since they are separate here.
    fn cudaDeviceGetCacheConfig(config: Out<u32>) {
        current::context()?;
        config.put(0)
    }

    /// Prefers cache or shared memory: a hint without effect.
    fn cudaDeviceSetCacheConfig(config: u32) {
        current::context()?;
        if config > 3 { Err(Error::INVALID_VALUE) } else { Ok(()) }
    }

    /// The width of shared memory banks: four bytes.
    fn cudaDeviceGetSharedMemConfig(config: Out<u32>) {
        current::context()?;
        config.put(1)
    }

    /// Prefers a width of shared memory banks: a hint without effect.
    fn cudaDeviceSetSharedMemConfig(config: u32) {
        current::context()?;
        if config > 2 { Err(Error::INVALID_VALUE) } else { Ok(()) }
    }

    /// Whether a device can use another's memory.
    fn cudaDeviceCanAccessPeer(can: Out<i32>, device: i32, peer: i32) {
        can.put(i32::from(are_peers(device, peer)?))
    }

    /// Lets the current device use another's memory.
    fn cudaDeviceEnablePeerAccess(peer: i32, flags: u32) {
        let context = current::context()?;
        if flags != 0 {
            return Err(Error::INVALID_VALUE);
        }
        if !are_peers(context.device.ordinal, peer)? {
            return Err(Error::INVALID_DEVICE);
        }
        match context.peers.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).insert(peer) {
            true => Ok(()),
            false => Err(Error::PEER_ACCESS_ALREADY_ENABLED),
        }
    }

    /// Ends the use of another device's memory.
    #[partial("accesses are not prevented afterwards")]
    fn cudaDeviceDisablePeerAccess(peer: i32) {
        let context = current::context()?;
        current::device(peer)?;
        match context.peers.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).remove(&peer) {
            true => Ok(()),
            false => Err(Error::PEER_ACCESS_NOT_ENABLED),
        }
    }

    /// How two devices are connected: access is supported, atomics between devices and arrays are not.
    fn cudaDeviceGetP2PAttribute(value: Out<i32>, number: u32, source: i32, destination: i32) {
        if !are_peers(source, destination)? {
            return Err(Error::INVALID_DEVICE);
        }
        match number {
            // Performance rank, access supported, native atomics, arrays.
            1 | 3 | 4 => value.put(0),
            2 => value.put(1),
            _ => Err(Error::INVALID_VALUE),
        }
    }

    /// The PCI address of a device as `domain:bus:device.function`.
    fn cudaDeviceGetPCIBusId(text: Out<c_char>, length: i32, device: i32) {
        let address = current::device(device)?.pci_address();
        if text.is_null() || length <= address.len() as i32 {
            return Err(Error::INVALID_VALUE);
        }
        // SAFETY: the caller vouches for `length` bytes; the text and its zero fit.
        unsafe {
            core::ptr::copy_nonoverlapping(address.as_ptr(), text.raw().cast::<u8>(), address.len());
            text.raw().add(address.len()).write(0);
        }
        Ok(())
    }

    /// The device at a PCI address.
    fn cudaDeviceGetByPCIBusId(device: Out<i32>, address: In<c_char>) {
        let text = address.text()?;
        let fields: Vec<u32> =
            text.split([':', '.']).map_while(|part| u32::from_str_radix(part, 16).ok()).collect();
        let wanted = match fields[..] {
            [domain, bus, number] | [domain, bus, number, _] => (domain, bus, number),
            _ => return Err(Error::INVALID_VALUE),
        };
        let found = platform()?.devices.iter().find(|device| device.pci == wanted);
        device.put(found.ok_or(Error::INVALID_DEVICE)?.ordinal)
    }

    /// Starts profiling: there is no profiler to tell.
    fn cudaProfilerStart() {
        Ok(())
    }

    /// Stops profiling: there is no profiler to tell.
    fn cudaProfilerStop() {
        Ok(())
    }
}
