//! Texture and surface objects.

use wavefold_core::array::{Format, limit};
use wavefold_core::boundary::{In, Out, runtime_entry};
use wavefold_core::texture::{self, Object, Resource, Sampling, View};
use wavefold_core::{Error, Result, api, current};

use crate::array::{description, format};
use crate::types::{ChannelFormatDesc, ResourceDesc, ResourceViewDesc, TextureDesc};

/// `cudaResourceType`.
const ARRAY: u32 = 0;
const MIPMAPPED: u32 = 1;
const LINEAR: u32 = 2;
const PITCHED: u32 = 3;

fn resource(description: In<ResourceDesc>) -> Result<Resource> {
    let d = description.get()?;
    let format = || Format::from_channels(d.format.bits, d.format.kind);
    Ok(match d.kind {
        ARRAY => Resource::Array(d.handle),
        MIPMAPPED => Resource::Mipmapped(d.handle),
        LINEAR => Resource::Linear { address: d.handle, format: format()?, size: d.sizes[0] },
        PITCHED => {
            let [width, height, pitch] = d.sizes;
            Resource::Pitched { address: d.handle, format: format()?, width, height, pitch }
        }
        _ => return Err(Error::INVALID_VALUE.because("a resource type that does not exist")),
    })
}

fn resource_description(object: &Object) -> ResourceDesc {
    let plain = |kind, handle| ResourceDesc { kind, handle, ..ResourceDesc::default() };
    match object.resource {
        Resource::Array(handle) => plain(ARRAY, handle),
        Resource::Mipmapped(handle) => plain(MIPMAPPED, handle),
        Resource::Linear { address, format, size } => {
            ResourceDesc { kind: LINEAR, handle: address, format: description(format), sizes: [size, 0, 0] }
        }
        Resource::Pitched { address, format, width, height, pitch } => ResourceDesc {
            kind: PITCHED,
            handle: address,
            format: description(format),
            sizes: [width, height, pitch],
        },
    }
}

fn sampling(d: &TextureDesc) -> Result<Sampling> {
    if d.filter_mode > 1 || d.read_mode > 1 || d.mipmap_filter_mode > 1 {
        return Err(Error::INVALID_VALUE.because("a filter or read mode that does not exist"));
    }
    Ok(Sampling {
        address_mode: d.address_mode,
        linear: d.filter_mode == 1,
        normalized_float: d.read_mode == 1,
        normalized_coordinates: d.normalized_coords != 0,
        srgb: d.srgb != 0,
        max_anisotropy: d.max_anisotropy,
        linear_mipmap: d.mipmap_filter_mode == 1,
        level_bias: d.mipmap_level_bias,
        level_min: d.min_mipmap_level_clamp,
        level_max: d.max_mipmap_level_clamp,
        border: d.border_color,
        no_trilinear_optimization: d.disable_trilinear_optimization != 0,
        seamless: d.seamless_cubemap != 0,
    })
}

fn texture_description(s: &Sampling) -> TextureDesc {
    TextureDesc {
        address_mode: s.address_mode,
        filter_mode: u32::from(s.linear),
        read_mode: u32::from(s.normalized_float),
        srgb: i32::from(s.srgb),
        border_color: s.border,
        normalized_coords: i32::from(s.normalized_coordinates),
        max_anisotropy: s.max_anisotropy,
        mipmap_filter_mode: u32::from(s.linear_mipmap),
        mipmap_level_bias: s.level_bias,
        min_mipmap_level_clamp: s.level_min,
        max_mipmap_level_clamp: s.level_max,
        disable_trilinear_optimization: i32::from(s.no_trilinear_optimization),
        seamless_cubemap: i32::from(s.seamless),
    }
}

api! {
    entry = runtime_entry;

    /// Makes a texture object.
    #[partial("block-compressed formats are refused; filtering is isotropic")]
    fn cudaCreateTextureObject(
        object: Out<u64>,
        from: In<ResourceDesc>,
        how: In<TextureDesc>,
        view: In<ResourceViewDesc>,
    ) {
        if object.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        let view = if view.is_null() {
            None
        } else {
            let view = view.get()?;
            Some(View { format: view.format, extent: view.extent, levels: view.levels, layers: view.layers })
        };
        let context = current::context()?;
        object.put(texture::create(&context, resource(from)?, sampling(&how.get()?)?, view)?)
    }

    /// Ends a texture object.
    fn cudaDestroyTextureObject(object: u64) {
        texture::destroy(object, false)
    }

    /// What a texture object reads.
    fn cudaGetTextureObjectResourceDesc(result: Out<ResourceDesc>, object: u64) {
        result.put(resource_description(&*texture::find(object, false)?))
    }

    /// How a texture object samples.
    fn cudaGetTextureObjectTextureDesc(result: Out<TextureDesc>, object: u64) {
        let object = texture::find(object, false)?;
        result.put(texture_description(&object.sampling.unwrap_or_default()))
    }

    /// The view of a texture object that was made with one.
    fn cudaGetTextureObjectResourceViewDesc(result: Out<ResourceViewDesc>, object: u64) {
        let object = texture::find(object, false)?;
        let view = object.view.ok_or_else(|| Error::INVALID_VALUE.because("the texture has no view"))?;
        result.put(ResourceViewDesc {
            format: view.format,
            extent: view.extent,
            levels: view.levels,
            layers: view.layers,
        })
    }

    /// Makes a surface object.
    fn cudaCreateSurfaceObject(object: Out<u64>, from: In<ResourceDesc>) {
        if object.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        if from.get()?.kind != ARRAY {
            return Err(Error::INVALID_VALUE.because("surfaces are made of arrays"));
        }
        let context = current::context()?;
        object.put(texture::create_surface(&context, resource(from)?)?)
    }

    /// Ends a surface object.
    fn cudaDestroySurfaceObject(object: u64) {
        texture::destroy(object, true)
    }

    /// The array of a surface object.
    fn cudaGetSurfaceObjectResourceDesc(result: Out<ResourceDesc>, object: u64) {
        result.put(resource_description(&*texture::find(object, true)?))
    }

    /// Texels that a linear texture of the format may have.
    fn cudaDeviceGetTexture1DLinearMaxWidth(result: Out<usize>, channels: In<ChannelFormatDesc>, device: i32) {
        current::device(device)?;
        format(channels)?;
        result.put(limit::LINEAR)
    }
}
