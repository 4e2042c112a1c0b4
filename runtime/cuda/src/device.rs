//! Initialisation, versions, errors and devices.

use core::ffi::{CStr, c_char};

use wavefold_core::attribute::attribute;
use wavefold_core::boundary::{Out, driver_entry};
use wavefold_core::device::{COMPUTE_CAPABILITY, CUDA_VERSION};
use wavefold_core::platform::platform;
use wavefold_core::{Error, Result, api, current, error};

fn text(found: Option<&'static CStr>, out: Out<*const c_char>) -> Result<()> {
    match found {
        Some(text) => out.put(text.as_ptr()),
        None => {
            out.put_if_wanted(core::ptr::null());
            Err(Error::INVALID_VALUE)
        }
    }
}

api! {
    entry = driver_entry;

    /// Finds the devices.
    fn cuInit(flags: u32) {
        if flags != 0 {
            return Err(Error::INVALID_VALUE);
        }
        platform().map(|_| ())
    }

    /// The version of CUDA supported.
    fn cuDriverGetVersion(version: Out<i32>) {
        version.put(CUDA_VERSION)
    }

    /// The name of an error.
    fn cuGetErrorName(code: u32, out: Out<*const c_char>) {
        text(error::driver_name(code), out)
    }

    /// The text for an error.
    fn cuGetErrorString(code: u32, out: Out<*const c_char>) {
        text(error::driver_name(code).and_then(|_| error::text(code)), out)
    }

    /// The number of devices.
    fn cuDeviceGetCount(count: Out<i32>) {
        count.put(platform()?.devices.len() as i32)
    }

    /// The handle of a device: its number.
    fn cuDeviceGet(device: Out<i32>, ordinal: i32) {
        device.put(current::device(ordinal)?.ordinal)
    }

    /// A device's name, cut to `length` bytes with its zero.
    fn cuDeviceGetName(name: Out<u8>, length: i32, device: i32) {
        let text = current::device(device)?.name.as_bytes();
        if name.is_null() || length <= 0 {
            return Err(Error::INVALID_VALUE);
        }
        let count = text.len().min(length as usize - 1);
        // SAFETY: the caller vouches for `length` bytes.
        unsafe {
            core::ptr::copy_nonoverlapping(text.as_ptr(), name.raw(), count);
            name.raw().add(count).write(0);
        }
        Ok(())
    }

    /// A number that stays with a device.
    fn cuDeviceGetUuid(uuid: Out<[u8; 16]>, device: i32) {
        uuid.put(current::device(device)?.uuid)
    }

    /// A number that stays with a device.
    fn cuDeviceGetUuid_v2(uuid: Out<[u8; 16]>, device: i32) {
        uuid.put(current::device(device)?.uuid)
    }

    /// Bytes of a device's memory.
    fn cuDeviceTotalMem_v2(bytes: Out<usize>, device: i32) {
        bytes.put(current::device(device)?.memory as usize)
    }

    /// One number about a device.
    fn cuDeviceGetAttribute(value: Out<i32>, number: u32, device: i32) {
        let device = current::device(device)?;
        value.put(attribute(device, number).ok_or(Error::INVALID_VALUE)?)
    }

    /// The compute capability.
    fn cuDeviceComputeCapability(major: Out<i32>, minor: Out<i32>, device: i32) {
        current::device(device)?;
        major.put(COMPUTE_CAPABILITY.0)?;
        minor.put(COMPUTE_CAPABILITY.1)
    }

    /// The PCI address of a device as `domain:bus:device.function`.
    fn cuDeviceGetPCIBusId(text: Out<c_char>, length: i32, device: i32) {
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

    /// Whether a device can use another's memory.
    fn cuDeviceCanAccessPeer(can: Out<i32>, device: i32, peer: i32) {
        current::device(device)?;
        current::device(peer)?;
        can.put(i32::from(device != peer))
    }
}
