//! Texture and surface references (deprecated in CUDA): variables of a module that the program binds and describes.

use core::ffi::c_char;

use std::sync::Arc;
use wavefold_core::boundary::{In, Out, driver_entry};
use wavefold_core::texture::{ALIGNMENT, Resource};
use wavefold_core::texture_reference::{self as reference, REFERENCES, Reference, State};
use wavefold_core::{Error, Result, api, current, handle};

use crate::array::{ArrayDescriptor, format};
use crate::texture::{apply_flags, flags_of};

/// `CU_TRSA_OVERRIDE_FORMAT`, the one flag of binding an array, which must be given.
const OVERRIDE_FORMAT: u32 = 1;

fn texture(handle: usize) -> Result<Arc<Reference>> {
    reference::find(handle, false)
}

fn change(handle: usize, change: impl FnOnce(&mut State) -> Result<()>) -> Result<()> {
    texture(handle)?.change(&current::driver_context()?, change)
}

fn mode(value: u32) -> Result<bool> {
    if value > 1 {
        Err(Error::INVALID_VALUE.because("a filter mode that does not exist"))
    } else {
        Ok(value == 1)
    }
}

fn of_module(module: usize, name: In<c_char>, surface: bool) -> Result<usize> {
    let context = current::driver_context()?;
    let module = handle::MODULES.get(module).ok_or(Error::INVALID_RESOURCE_HANDLE)?;
    reference::of_variable(&context, &module, &name.text()?, surface)
}

/// What is bound, if it is of the kind asked for.
fn bound<T>(handle: usize, pick: impl Fn(Resource) -> Option<T>) -> Result<T> {
    let resource = texture(handle)?.state().resource.and_then(pick);
    resource.ok_or_else(|| Error::INVALID_VALUE.because("nothing of that kind is bound"))
}

api! {
    entry = driver_entry;

    /// The reference of a module's texture variable.
    fn cuModuleGetTexRef(result: Out<usize>, module: usize, name: In<c_char>) {
        result.put(of_module(module, name, false)?)
    }

    /// The reference of a module's surface variable.
    fn cuModuleGetSurfRef(result: Out<usize>, module: usize, name: In<c_char>) {
        result.put(of_module(module, name, true)?)
    }

    /// A reference that is no variable's.
    fn cuTexRefCreate(result: Out<usize>) {
        if result.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        result.put(reference::create(&*current::driver_context()?))
    }

    /// Ends a reference that the program made.
    fn cuTexRefDestroy(handle: usize) {
        if texture(handle)?.module.is_some() {
            return Err(Error::INVALID_VALUE.because("the reference is a variable of a module"));
        }
        REFERENCES.remove(handle);
        Ok(())
    }

    /// Binds an array.
    fn cuTexRefSetArray(handle: usize, array: usize, flags: u32) {
        if flags != OVERRIDE_FORMAT {
            return Err(Error::INVALID_VALUE);
        }
        texture(handle)?.bind_array(&current::driver_context()?, array)
    }

    /// Binds a mipmapped array.
    fn cuTexRefSetMipmappedArray(handle: usize, array: usize, flags: u32) {
        if flags != OVERRIDE_FORMAT {
            return Err(Error::INVALID_VALUE);
        }
        change(handle, |state| {
            state.resource = Some(Resource::Mipmapped(array));
            Ok(())
        })
    }

    /// Binds linear memory.
    fn cuTexRefSetAddress_v2(offset: Out<usize>, handle: usize, address: usize, bytes: usize) {
        if address == 0 {
            offset.put_if_wanted(0);
            return change(handle, |state| {
                state.resource = None;
                Ok(())
            });
        }
        if offset.is_null() && !address.is_multiple_of(ALIGNMENT) {
            return Err(Error::INVALID_VALUE.because("memory that is not aligned, and no place for the offset"));
        }
        let at = texture(handle)?.bind_linear(&current::driver_context()?, address, bytes)?;
        offset.put_if_wanted(at);
        Ok(())
    }

    /// Binds rows of memory.
    fn cuTexRefSetAddress2D_v3(handle: usize, descriptor: In<ArrayDescriptor>, address: usize, pitch: usize) {
        let d = descriptor.get()?;
        let format = format(d.format, d.channels)?;
        change(handle, |state| {
            state.format = format;
            let (width, height) = (d.width, d.height);
            state.resource = Some(Resource::Pitched { address, format, width, height, pitch });
            Ok(())
        })
    }

    /// The format of memory that is no array.
    fn cuTexRefSetFormat(handle: usize, kind: u32, channels: i32) {
        let wanted = format(kind, u32::try_from(channels).map_err(|_| Error::INVALID_VALUE)?)?;
        change(handle, |state| {
            state.format = wanted;
            if let Some(Resource::Linear { format, .. } | Resource::Pitched { format, .. }) = &mut state.resource {
                *format = wanted;
            }
            Ok(())
        })
    }

    /// The address mode of an axis.
    fn cuTexRefSetAddressMode(handle: usize, axis: i32, value: u32) {
        let axis = usize::try_from(axis).ok().filter(|&axis| axis < 3).ok_or(Error::INVALID_VALUE)?;
        if value > 3 {
            return Err(Error::INVALID_VALUE);
        }
        change(handle, |state| {
            state.sampling.address_mode[axis] = value;
            Ok(())
        })
    }

    /// The filter.
    fn cuTexRefSetFilterMode(handle: usize, value: u32) {
        let linear = mode(value)?;
        change(handle, |state| {
            state.sampling.linear = linear;
            Ok(())
        })
    }

    /// The filter between levels.
    fn cuTexRefSetMipmapFilterMode(handle: usize, value: u32) {
        let linear = mode(value)?;
        change(handle, |state| {
            state.sampling.linear_mipmap = linear;
            Ok(())
        })
    }

    /// What is added to levels of detail.
    fn cuTexRefSetMipmapLevelBias(handle: usize, bias: f32) {
        change(handle, |state| {
            state.sampling.level_bias = bias;
            Ok(())
        })
    }

    /// The limits of levels of detail.
    fn cuTexRefSetMipmapLevelClamp(handle: usize, minimum: f32, maximum: f32) {
        change(handle, |state| {
            state.sampling.level_min = minimum;
            state.sampling.level_max = maximum;
            Ok(())
        })
    }

    /// Kept; filtering is isotropic.
    #[partial("filtering is isotropic")]
    fn cuTexRefSetMaxAnisotropy(handle: usize, maximum: u32) {
        change(handle, |state| {
            state.sampling.max_anisotropy = maximum;
            Ok(())
        })
    }

    /// The colour outside.
    fn cuTexRefSetBorderColor(handle: usize, colour: In<[f32; 4]>) {
        let colour = colour.get()?;
        change(handle, |state| {
            state.sampling.border = colour;
            Ok(())
        })
    }

    /// How values and coordinates are read.
    fn cuTexRefSetFlags(handle: usize, flags: u32) {
        change(handle, |state| apply_flags(&mut state.sampling, flags))
    }

    /// The linear memory that is bound.
    fn cuTexRefGetAddress_v2(result: Out<usize>, handle: usize) {
        result.put(bound(handle, |resource| match resource {
            Resource::Linear { address, .. } | Resource::Pitched { address, .. } => Some(address),
            _ => None,
        })?)
    }

    /// The array that is bound.
    fn cuTexRefGetArray(result: Out<usize>, handle: usize) {
        result.put(bound(handle, |resource| match resource {
            Resource::Array(array) => Some(array),
            _ => None,
        })?)
    }

    /// The mipmapped array that is bound.
    fn cuTexRefGetMipmappedArray(result: Out<usize>, handle: usize) {
        result.put(bound(handle, |resource| match resource {
            Resource::Mipmapped(array) => Some(array),
            _ => None,
        })?)
    }

    /// The address mode of an axis.
    fn cuTexRefGetAddressMode(result: Out<u32>, handle: usize, axis: i32) {
        let modes = texture(handle)?.state().sampling.address_mode;
        let axis = usize::try_from(axis).map_err(|_| Error::INVALID_VALUE)?;
        result.put(*modes.get(axis).ok_or(Error::INVALID_VALUE)?)
    }

    /// The filter.
    fn cuTexRefGetFilterMode(result: Out<u32>, handle: usize) {
        result.put(u32::from(texture(handle)?.state().sampling.linear))
    }

    /// The format.
    fn cuTexRefGetFormat(kind: Out<u32>, channels: Out<i32>, handle: usize) {
        let format = texture(handle)?.state().format;
        kind.put_if_wanted(format.array_format());
        channels.put_if_wanted(format.channels as i32);
        Ok(())
    }

    /// The filter between levels.
    fn cuTexRefGetMipmapFilterMode(result: Out<u32>, handle: usize) {
        result.put(u32::from(texture(handle)?.state().sampling.linear_mipmap))
    }

    /// What is added to levels of detail.
    fn cuTexRefGetMipmapLevelBias(result: Out<f32>, handle: usize) {
        result.put(texture(handle)?.state().sampling.level_bias)
    }

    /// The limits of levels of detail.
    fn cuTexRefGetMipmapLevelClamp(minimum: Out<f32>, maximum: Out<f32>, handle: usize) {
        let sampling = texture(handle)?.state().sampling;
        minimum.put_if_wanted(sampling.level_min);
        maximum.put_if_wanted(sampling.level_max);
        Ok(())
    }

    /// What was asked for.
    fn cuTexRefGetMaxAnisotropy(result: Out<i32>, handle: usize) {
        result.put(texture(handle)?.state().sampling.max_anisotropy as i32)
    }

    /// The colour outside.
    fn cuTexRefGetBorderColor(colour: Out<[f32; 4]>, handle: usize) {
        colour.put(texture(handle)?.state().sampling.border)
    }

    /// How values and coordinates are read.
    fn cuTexRefGetFlags(result: Out<u32>, handle: usize) {
        result.put(flags_of(&texture(handle)?.state().sampling))
    }

    /// Binds an array to a surface reference.
    fn cuSurfRefSetArray(handle: usize, array: usize, flags: u32) {
        if flags != 0 {
            return Err(Error::INVALID_VALUE);
        }
        reference::find(handle, true)?.bind_array(&current::driver_context()?, array)
    }

    /// The array that is bound to a surface reference.
    fn cuSurfRefGetArray(result: Out<usize>, handle: usize) {
        match reference::find(handle, true)?.state().resource {
            Some(Resource::Array(array)) => result.put(array),
            _ => Err(Error::INVALID_VALUE.because("nothing is bound")),
        }
    }
}
