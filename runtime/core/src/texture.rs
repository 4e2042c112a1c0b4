//! Texture and surface objects: what they read and how, checked and turned into the descriptor that device code reads.
//!
//! A handle is the device address of the descriptor, so a kernel needs nothing else. What was asked for is kept beside it
//! for the functions that give it back. The rules are those of CUDA's `cudaCreateTextureObject`.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, RwLock};

use wavefold_formats::texture::{Channel, Descriptor, Level, address_mode, sampler_flag, tag, texture_flag};

use crate::allocation;
use crate::array::{self, Format, Image, Shape, flag, limit};
use crate::context::Context;
use crate::descriptors;
use crate::error::{Error, Result};
use crate::lock::{read, write};

/// Linear memory of a texture starts at multiples of this: `textureAlignment`.
pub const ALIGNMENT: usize = 512;
/// Pitches of pitched memory are multiples of this: `texturePitchAlignment`.
pub const PITCH_ALIGNMENT: usize = 32;

/// What an object reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// The array of a handle.
    Array(usize),
    /// The mipmapped array of a handle.
    Mipmapped(usize),
    /// Texels one after another.
    Linear {
        /// Where they start.
        address: usize,
        /// What a texel is.
        format: Format,
        /// Bytes.
        size: usize,
    },
    /// Rows of texels.
    Pitched {
        /// Where they start.
        address: usize,
        /// What a texel is.
        format: Format,
        /// Texels of a row.
        width: usize,
        /// Rows.
        height: usize,
        /// Bytes from row to row.
        pitch: usize,
    },
}

/// How a texture is sampled: `cudaTextureDesc` and `CUDA_TEXTURE_DESC` in one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sampling {
    /// CUDA's address modes.
    pub address_mode: [u32; 3],
    /// Linear filtering.
    pub linear: bool,
    /// Integers of 8 and 16 bits read as floats.
    pub normalized_float: bool,
    /// Coordinates from 0 to 1.
    pub normalized_coordinates: bool,
    /// sRGB to linear.
    pub srgb: bool,
    /// Given back; filtering is isotropic.
    pub max_anisotropy: u32,
    /// Linear filtering between levels.
    pub linear_mipmap: bool,
    /// Added to levels of detail.
    pub level_bias: f32,
    /// The least level of detail.
    pub level_min: f32,
    /// The greatest.
    pub level_max: f32,
    /// The colour outside.
    pub border: [f32; 4],
    /// Given back; it has no meaning here.
    pub no_trilinear_optimization: bool,
    /// Filtering across the edges of a cube.
    pub seamless: bool,
}

/// A part of an array in another format: `cudaResourceViewDesc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// `cudaResourceViewFormat`.
    pub format: u32,
    /// Extents of the view, which are the array's.
    pub extent: [usize; 3],
    /// First and last mipmap level.
    pub levels: [u32; 2],
    /// First and last layer.
    pub layers: [u32; 2],
}

/// A texture object, or with no sampling a surface object.
#[derive(Debug)]
pub struct Object {
    /// The context that it belongs to.
    pub context: u64,
    /// What it reads.
    pub resource: Resource,
    /// How; `None` is a surface.
    pub sampling: Option<Sampling>,
    /// The view, if one was given.
    pub view: Option<View>,
}

static OBJECTS: LazyLock<RwLock<HashMap<u64, Arc<Object>>>> = LazyLock::new(RwLock::default);

fn invalid(reason: impl core::fmt::Display) -> Error {
    Error::INVALID_VALUE.because(reason)
}

/// The format that a `cudaResourceViewFormat` names; block-compressed ones are not supported.
fn view_format(number: u32) -> Result<Option<Format>> {
    use Channel::*;
    const TYPES: [Channel; 8] = [Unsigned8, Signed8, Unsigned16, Signed16, Unsigned32, Signed32, Half, Float];
    match number {
        0 => Ok(None),
        0x01..=0x18 => {
            let at = (number - 1) as usize;
            Ok(Some(Format { channel: TYPES[at / 3], channels: [1, 2, 4][at % 3], normalized: false }))
        }
        0x19..=0x22 => Err(Error::NOT_SUPPORTED.because("block-compressed formats")),
        _ => Err(invalid("a view format that does not exist")),
    }
}

fn describe(descriptor: &mut Descriptor, format: Format) {
    descriptor.channel = format.channel as u32;
    descriptor.channels = format.channels;
    descriptor.texel_bytes = format.bytes() as u32;
    descriptor.array_format = format.array_format();
    if format.normalized {
        descriptor.texture_flags |= texture_flag::NORMALIZED_FLOAT;
    }
}

/// Extents and levels of an image, from `first` to `last`.
fn describe_image(descriptor: &mut Descriptor, image: &Image, first: u32, last: u32) {
    let shape = image.shape.level(first);
    let faces = if shape.has(flag::CUBEMAP) { 6 } else { 1 };
    descriptor.width = shape.width as u32;
    descriptor.height = shape.rows() as u32;
    descriptor.depth = if shape.is_volume() { shape.slices() as u32 } else { 1 };
    descriptor.layers = if shape.is_volume() { 1 } else { shape.slices() as u32 / faces };
    descriptor.levels = last - first + 1;
    for (to, from) in descriptor.level.iter_mut().zip(&image.levels[first as usize..=last as usize]) {
        *to = *from;
    }
}

fn describe_view(descriptor: &mut Descriptor, image: &Image, view: &View) -> Result<Format> {
    let format = view_format(view.format)?.unwrap_or(image.format);
    let shape = image.shape;
    let cube = shape.has(flag::CUBEMAP);
    if format.bytes() != image.format.bytes() {
        return Err(invalid("a view's texels have the size of the array's"));
    }
    if view.extent
        != [shape.width, shape.height, if shape.is_volume() { shape.depth } else { view.extent[2] }]
    {
        return Err(invalid(format_args!("a view of {:?} of an array of {shape:?}", view.extent)));
    }
    let [first, last] = view.levels;
    if first > last || last as usize >= image.levels.len() {
        return Err(invalid(format_args!("levels {first} to {last} of {}", image.levels.len())));
    }
    describe_image(descriptor, image, first, last);
    if !shape.is_volume() && shape.depth != 0 {
        let [first, last] = view.layers;
        let faces = if cube { 6 } else { 1 };
        let count = u64::from(last) + 1 - u64::from(first.min(last));
        if first > last || last as usize >= shape.depth || cube && (first % 6 != 0 || count % 6 != 0) {
            return Err(invalid(format_args!("layers {first} to {last} of {}", shape.depth)));
        }
        descriptor.layers = count as u32 / faces;
        for level in &mut descriptor.level {
            level.address += u64::from(first) * level.slice;
        }
    }
    Ok(format)
}

/// The address at which the device sees `size` bytes of the program's memory.
fn device_address(address: usize, size: usize) -> Result<usize> {
    if address == 0 || size == 0 {
        return Err(invalid("a texture of no memory"));
    }
    match allocation::find_range(address, size)? {
        Some((allocation, offset)) => Ok(allocation.device_base + offset),
        None if crate::module::owner_of(address).is_some() => Ok(address),
        None => Err(invalid(format_args!("{address:#x} is no memory of the device's"))),
    }
}

fn describe_resource(resource: &Resource, view: Option<&View>) -> Result<(Descriptor, Format, u32)> {
    let mut descriptor = Descriptor { tag: tag::TEXTURE, ..Descriptor::default() };
    let unknown = |_| invalid("no array of this process");
    let (format, flags) = match *resource {
        Resource::Array(_) | Resource::Mipmapped(_) => {
            let (image, level) = match *resource {
                Resource::Array(handle) => {
                    let array = array::find(handle).map_err(unknown)?;
                    (array.image.clone(), Some(array.level))
                }
                Resource::Mipmapped(handle) => (array::find_mipmapped(handle).map_err(unknown)?, None),
                _ => unreachable!("the outer arm"),
            };
            let format = match view {
                Some(view) if level.is_none_or(|level| level == 0) => {
                    describe_view(&mut descriptor, &image, view)?
                }
                Some(_) => return Err(invalid("a view of a single level")),
                None => {
                    let last = image.levels.len() as u32 - 1;
                    let (first, last) = level.map_or((0, last), |level| (level, level));
                    describe_image(&mut descriptor, &image, first, last);
                    image.format
                }
            };
            (format, image.shape.flags)
        }
        _ if view.is_some() => return Err(invalid("a view of memory that is no array")),
        Resource::Linear { address, format, size } => {
            let texels = size / format.bytes();
            if texels == 0 || texels > limit::LINEAR {
                return Err(invalid(format_args!("a linear texture of {texels} texels")));
            }
            if !address.is_multiple_of(ALIGNMENT) {
                return Err(invalid(format_args!("linear textures start at multiples of {ALIGNMENT}")));
            }
            descriptor.width = texels as u32;
            descriptor.texture_flags |= texture_flag::BUFFER;
            if format.channel.bytes() == 4 {
                descriptor.texture_flags |= texture_flag::WORDS;
            }
            descriptor.level[0].address = device_address(address, size)? as u64;
            (format, 0)
        }
        Resource::Pitched { address, format, width, height, pitch } => {
            let [most_wide, most_high, most_pitch] = limit::PITCHED;
            let row = width.checked_mul(format.bytes());
            let fits =
                (1..=most_wide).contains(&width) && (1..=most_high).contains(&height) && pitch <= most_pitch;
            if !fits || row.is_none_or(|row| row > pitch) {
                return Err(invalid(format_args!(
                    "pitched memory of {width} x {height} texels, pitch {pitch}"
                )));
            }
            if !address.is_multiple_of(ALIGNMENT) || !pitch.is_multiple_of(PITCH_ALIGNMENT) {
                return Err(invalid("pitched memory that is not aligned"));
            }
            let size = pitch * (height - 1) + row.unwrap_or(0);
            descriptor.width = width as u32;
            descriptor.height = height as u32;
            descriptor.texture_flags |= texture_flag::PITCHED;
            let address = device_address(address, size)? as u64;
            descriptor.level[0] =
                Level { address, slice: (pitch * height) as u64, pitch: pitch as u32, reserved: 0 };
            (format, 0)
        }
    };
    describe(&mut descriptor, format);
    Ok((descriptor, format, flags))
}

/// The descriptor of a texture.
pub fn texture_descriptor(
    resource: &Resource,
    sampling: &Sampling,
    view: Option<&View>,
) -> Result<Descriptor> {
    let (mut descriptor, format, flags) = describe_resource(resource, view)?;
    if sampling.address_mode.iter().any(|&mode| mode > address_mode::BORDER) {
        return Err(invalid("an address mode that does not exist"));
    }
    let narrow = format.channel.bytes() < 4 && !format.channel.is_float();
    if sampling.normalized_float && narrow {
        descriptor.texture_flags |= texture_flag::NORMALIZED_FLOAT;
    }
    let floats = format.channel.is_float() || descriptor.texture_flags & texture_flag::NORMALIZED_FLOAT != 0;
    let buffer = matches!(resource, Resource::Linear { .. });
    if !floats && !buffer && (sampling.linear || sampling.linear_mipmap && descriptor.levels > 1) {
        return Err(Error::INVALID_FILTER_SETTING.because("integers are not filtered"));
    }
    if matches!(resource, Resource::Mipmapped(_)) && !sampling.normalized_coordinates {
        return Err(invalid("mipmapped arrays take normalised coordinates"));
    }
    if sampling.srgb && floats && format.channel == Channel::Unsigned8 {
        descriptor.texture_flags |= texture_flag::SRGB;
    }
    // Linear memory knows neither coordinates from 0 to 1 nor filters nor modes: outside there is zero.
    if buffer {
        descriptor.address_mode = [address_mode::BORDER; 3];
        return Ok(descriptor);
    }
    let switches = [
        (sampling.normalized_coordinates, sampler_flag::NORMALIZED_COORDINATES),
        (sampling.linear, sampler_flag::LINEAR),
        (sampling.linear_mipmap, sampler_flag::LINEAR_MIPMAP),
        (sampling.seamless && flags & flag::CUBEMAP != 0, sampler_flag::SEAMLESS),
    ];
    descriptor.sampler_flags = switches.iter().filter(|(on, _)| *on).fold(0, |bits, (_, bit)| bits | bit);
    descriptor.address_mode = sampling.address_mode.map(|mode| match mode {
        address_mode::WRAP | address_mode::MIRROR if !sampling.normalized_coordinates => address_mode::CLAMP,
        mode => mode,
    });
    descriptor.level_bias = sampling.level_bias;
    descriptor.level_min = sampling.level_min;
    descriptor.level_max = sampling.level_max;
    descriptor.border = sampling.border.map(f32::to_bits);
    Ok(descriptor)
}

/// The descriptor of a surface.
pub fn surface_descriptor(resource: &Resource) -> Result<Descriptor> {
    let Resource::Array(handle) = *resource else {
        return Err(invalid("surfaces are made of arrays"));
    };
    let array = array::find(handle).map_err(|_| invalid("no array of this process"))?;
    let shape: Shape = array.shape();
    if !shape.has(flag::SURFACE) {
        return Err(invalid("the array was made without the flag for surfaces"));
    }
    let mut descriptor = Descriptor { tag: tag::SURFACE, ..Descriptor::default() };
    describe(&mut descriptor, array.image.format);
    describe_image(&mut descriptor, &array.image, array.level, array.level);
    if !shape.is_volume() {
        descriptor.layers = shape.slices() as u32;
    }
    Ok(descriptor)
}

fn enter(context: &Arc<Context>, descriptor: &Descriptor, object: Object) -> Result<u64> {
    let handle = descriptors::place(context, descriptor)? as u64;
    write(&OBJECTS).insert(handle, Arc::new(object));
    Ok(handle)
}

/// Makes a texture object and gives its handle.
pub fn create(
    context: &Arc<Context>,
    resource: Resource,
    sampling: Sampling,
    view: Option<View>,
) -> Result<u64> {
    let descriptor = texture_descriptor(&resource, &sampling, view.as_ref())?;
    let object = Object { context: context.id, resource, sampling: Some(sampling), view };
    enter(context, &descriptor, object)
}

/// Makes a surface object and gives its handle.
pub fn create_surface(context: &Arc<Context>, resource: Resource) -> Result<u64> {
    let descriptor = surface_descriptor(&resource)?;
    enter(context, &descriptor, Object { context: context.id, resource, sampling: None, view: None })
}

/// The texture (or surface) object of a handle.
pub fn find(handle: u64, surface: bool) -> Result<Arc<Object>> {
    let object = read(&OBJECTS).get(&handle).cloned();
    object
        .filter(|object| object.sampling.is_none() == surface)
        .ok_or_else(|| invalid(format_args!("{handle:#x} is no such object")))
}

/// Ends a texture (or surface) object.
pub fn destroy(handle: u64, surface: bool) -> Result<()> {
    let object = find(handle, surface)?;
    if write(&OBJECTS).remove(&handle).is_some() {
        descriptors::release(object.context, handle as usize);
    }
    Ok(())
}

/// Forgets what belongs to a context that is being destroyed.
pub fn forget(context: u64) {
    write(&OBJECTS).retain(|_, object| object.context != context);
    crate::texture_reference::REFERENCES.remove_if(|reference| reference.context == context);
    descriptors::forget(context);
}
