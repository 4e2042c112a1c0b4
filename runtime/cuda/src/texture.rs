//! Texture and surface objects.

use wavefold_core::boundary::{In, Out, driver_entry};
use wavefold_core::texture::{self, Object, Resource, Sampling, View};
use wavefold_core::{Error, Result, api, current};

use crate::array::format;

/// `CUDA_RESOURCE_DESC`: the union's members share their first word.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs, reason = "the names are CUDA's, in Rust's spelling")]
pub struct ResourceDesc {
    pub kind: u32,
    pub handle: usize,
    pub format: u32,
    pub channels: u32,
    pub sizes: [usize; 3],
    pub reserved: [u64; 11],
    pub flags: u32,
}

/// `CUDA_TEXTURE_DESC`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs, reason = "the names are CUDA's, in Rust's spelling")]
pub struct TextureDesc {
    pub address_mode: [u32; 3],
    pub filter_mode: u32,
    pub flags: u32,
    pub max_anisotropy: u32,
    pub mipmap_filter_mode: u32,
    pub level_bias: f32,
    pub level_min: f32,
    pub level_max: f32,
    pub border: [f32; 4],
    pub reserved: [i32; 12],
}

/// `CUDA_RESOURCE_VIEW_DESC`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs, reason = "the names are CUDA's, in Rust's spelling")]
pub struct ResourceViewDesc {
    pub format: u32,
    pub extent: [usize; 3],
    pub levels: [u32; 2],
    pub layers: [u32; 2],
    pub reserved: [u32; 16],
}

/// `CU_TRSF_*`: flags of textures and references.
pub(crate) mod flag {
    pub const READ_AS_INTEGER: u32 = 0x01;
    pub const NORMALIZED_COORDINATES: u32 = 0x02;
    pub const SRGB: u32 = 0x10;
    pub const NO_TRILINEAR_OPTIMIZATION: u32 = 0x20;
    pub const SEAMLESS: u32 = 0x40;
    pub const ALL: u32 = 0x73;
}

/// Puts the meaning of `CU_TRSF_*` flags into a description.
pub(crate) fn apply_flags(sampling: &mut Sampling, flags: u32) -> Result<()> {
    if flags & !flag::ALL != 0 {
        return Err(Error::INVALID_VALUE.because(format_args!("texture flags {flags:#x}")));
    }
    sampling.normalized_float = flags & flag::READ_AS_INTEGER == 0;
    sampling.normalized_coordinates = flags & flag::NORMALIZED_COORDINATES != 0;
    sampling.srgb = flags & flag::SRGB != 0;
    sampling.no_trilinear_optimization = flags & flag::NO_TRILINEAR_OPTIMIZATION != 0;
    sampling.seamless = flags & flag::SEAMLESS != 0;
    Ok(())
}

/// The `CU_TRSF_*` flags of a description.
pub(crate) fn flags_of(sampling: &Sampling) -> u32 {
    [
        (!sampling.normalized_float, flag::READ_AS_INTEGER),
        (sampling.normalized_coordinates, flag::NORMALIZED_COORDINATES),
        (sampling.srgb, flag::SRGB),
        (sampling.no_trilinear_optimization, flag::NO_TRILINEAR_OPTIMIZATION),
        (sampling.seamless, flag::SEAMLESS),
    ]
    .iter()
    .filter(|(on, _)| *on)
    .fold(0, |bits, (_, bit)| bits | bit)
}

/// `CUresourcetype`.
const ARRAY: u32 = 0;
const MIPMAPPED: u32 = 1;
const LINEAR: u32 = 2;
const PITCHED: u32 = 3;

fn resource(description: In<ResourceDesc>) -> Result<Resource> {
    let d = description.get()?;
    if d.flags != 0 {
        return Err(Error::INVALID_VALUE.because("a resource's flags are zero"));
    }
    Ok(match d.kind {
        ARRAY => Resource::Array(d.handle),
        MIPMAPPED => Resource::Mipmapped(d.handle),
        LINEAR => {
            Resource::Linear { address: d.handle, format: format(d.format, d.channels)?, size: d.sizes[0] }
        }
        PITCHED => {
            let [width, height, pitch] = d.sizes;
            let format = format(d.format, d.channels)?;
            Resource::Pitched { address: d.handle, format, width, height, pitch }
        }
        _ => return Err(Error::INVALID_VALUE.because("a resource type that does not exist")),
    })
}

fn resource_description(object: &Object) -> ResourceDesc {
    let plain = |kind, handle| ResourceDesc { kind, handle, ..ResourceDesc::default() };
    match object.resource {
        Resource::Array(handle) => plain(ARRAY, handle),
        Resource::Mipmapped(handle) => plain(MIPMAPPED, handle),
        Resource::Linear { address, format, size } => ResourceDesc {
            format: format.array_format(),
            channels: format.channels,
            sizes: [size, 0, 0],
            ..plain(LINEAR, address)
        },
        Resource::Pitched { address, format, width, height, pitch } => ResourceDesc {
            format: format.array_format(),
            channels: format.channels,
            sizes: [width, height, pitch],
            ..plain(PITCHED, address)
        },
    }
}

fn sampling(d: &TextureDesc) -> Result<Sampling> {
    if d.filter_mode > 1 || d.mipmap_filter_mode > 1 {
        return Err(Error::INVALID_VALUE.because("a filter mode that does not exist"));
    }
    let mut sampling = Sampling {
        address_mode: d.address_mode,
        linear: d.filter_mode == 1,
        max_anisotropy: d.max_anisotropy,
        linear_mipmap: d.mipmap_filter_mode == 1,
        level_bias: d.level_bias,
        level_min: d.level_min,
        level_max: d.level_max,
        border: d.border,
        ..Sampling::default()
    };
    apply_flags(&mut sampling, d.flags)?;
    Ok(sampling)
}

api! {
    entry = driver_entry;

    /// Makes a texture object.
    #[partial("block-compressed formats are refused; filtering is isotropic")]
    fn cuTexObjectCreate(
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
        let context = current::driver_context()?;
        object.put(texture::create(&context, resource(from)?, sampling(&how.get()?)?, view)?)
    }

    /// Ends a texture object.
    fn cuTexObjectDestroy(object: u64) {
        texture::destroy(object, false)
    }

    /// What a texture object reads.
    fn cuTexObjectGetResourceDesc(result: Out<ResourceDesc>, object: u64) {
        result.put(resource_description(&*texture::find(object, false)?))
    }

    /// How a texture object samples.
    fn cuTexObjectGetTextureDesc(result: Out<TextureDesc>, object: u64) {
        let object = texture::find(object, false)?;
        let s = object.sampling.unwrap_or_default();
        result.put(TextureDesc {
            address_mode: s.address_mode,
            filter_mode: u32::from(s.linear),
            flags: flags_of(&s),
            max_anisotropy: s.max_anisotropy,
            mipmap_filter_mode: u32::from(s.linear_mipmap),
            level_bias: s.level_bias,
            level_min: s.level_min,
            level_max: s.level_max,
            border: s.border,
            reserved: [0; 12],
        })
    }

    /// The view of a texture object that was made with one.
    fn cuTexObjectGetResourceViewDesc(result: Out<ResourceViewDesc>, object: u64) {
        let object = texture::find(object, false)?;
        let view = object.view.ok_or_else(|| Error::INVALID_VALUE.because("the texture has no view"))?;
        result.put(ResourceViewDesc {
            format: view.format,
            extent: view.extent,
            levels: view.levels,
            layers: view.layers,
            reserved: [0; 16],
        })
    }

    /// Makes a surface object.
    fn cuSurfObjectCreate(object: Out<u64>, from: In<ResourceDesc>) {
        if object.is_null() {
            return Err(Error::INVALID_VALUE);
        }
        if from.get()?.kind != ARRAY {
            return Err(Error::INVALID_VALUE.because("surfaces are made of arrays"));
        }
        let context = current::driver_context()?;
        object.put(texture::create_surface(&context, resource(from)?)?)
    }

    /// Ends a surface object.
    fn cuSurfObjectDestroy(object: u64) {
        texture::destroy(object, true)
    }

    /// The array of a surface object.
    fn cuSurfObjectGetResourceDesc(result: Out<ResourceDesc>, object: u64) {
        result.put(resource_description(&*texture::find(object, true)?))
    }
}
