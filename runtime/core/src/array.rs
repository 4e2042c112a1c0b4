//! CUDA arrays and mipmapped arrays: device memory with a format and a shape, behind opaque handles.
//!
//! An array's texels lie in rows, rows in slices (planes of a volume, layers, faces of a cube), levels one after another.
//! Textures and surfaces are read by device code of ours, so a plain layout serves all of them, and copies are copies of
//! rows. Flags and numbers are those that the two APIs share.

use std::sync::Arc;

use wavefold_formats::texture::{Channel, Level, MAX_LEVELS};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::handle::{ARRAYS, MIPMAPPED_ARRAYS};
use crate::memory;

/// Flags of arrays.
pub mod flag {
    /// The depth counts layers.
    pub const LAYERED: u32 = 0x01;
    /// Surfaces may be made of it.
    pub const SURFACE: u32 = 0x02;
    /// The depth counts faces of cubes.
    pub const CUBEMAP: u32 = 0x04;
    /// Textures of it may be gathered from.
    pub const GATHER: u32 = 0x08;
    /// Flags that mean something here; depth and colour attachments only matter to graphics.
    pub const KNOWN: u32 = 0x3f;
}

/// The largest arrays, dimension by dimension.
pub mod limit {
    /// One dimension.
    pub const D1: usize = 131_072;
    /// Two dimensions.
    pub const D2: [usize; 2] = [131_072, 65_536];
    /// Three dimensions.
    pub const D3: [usize; 3] = [16_384; 3];
    /// A row or edge of a layered or mipmapped array or a cube.
    pub const EDGE: usize = 32_768;
    /// Layers.
    pub const LAYERS: usize = 2048;
    /// Layers times faces of a layered cube.
    pub const CUBE_LAYERS: usize = 2046;
    /// A surface of one dimension.
    pub const SURFACE_D1: usize = 32_768;
    /// Texels of linear memory.
    pub const LINEAR: usize = 1 << 27;
    /// Pitched memory: width and height in texels, pitch in bytes.
    pub const PITCHED: [usize; 3] = [131_072, 65_000, 2_097_120];
}

/// Rows start at multiples of this, levels at multiples of [`LEVEL_ALIGNMENT`].
const ROW_ALIGNMENT: usize = 64;
const LEVEL_ALIGNMENT: usize = 512;

/// What a texel is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// Type of a channel.
    pub channel: Channel,
    /// 1, 2 or 4.
    pub channels: u32,
    /// Integers that always read as floats in \[0, 1\] or \[-1, 1\].
    pub normalized: bool,
}

impl Format {
    /// Bytes of a texel.
    pub fn bytes(self) -> usize {
        self.channel.bytes() * self.channels as usize
    }

    /// The format of a `CUarray_format` and a number of channels.
    pub fn from_array_format(format: u32, channels: u32) -> Option<Format> {
        use Channel::*;
        let (channel, normalized, own) = match format {
            0x01 => (Unsigned8, false, 0),
            0x02 => (Unsigned16, false, 0),
            0x03 => (Unsigned32, false, 0),
            0x08 => (Signed8, false, 0),
            0x09 => (Signed16, false, 0),
            0x0a => (Signed32, false, 0),
            0x10 => (Half, false, 0),
            0x20 => (Float, false, 0),
            0xc0..=0xcb => {
                let kind = (format - 0xc0) as usize;
                ([Unsigned8, Unsigned16, Signed8, Signed16][kind / 3], true, [1, 2, 4][kind % 3])
            }
            _ => return None,
        };
        let fits = matches!(channels, 1 | 2 | 4) && (own == 0 || own == channels);
        fits.then_some(Format { channel, channels, normalized })
    }

    /// Its `CUarray_format`.
    pub fn array_format(self) -> u32 {
        use Channel::*;
        if self.normalized {
            let kind = match self.channel {
                Unsigned8 => 0,
                Unsigned16 => 1,
                Signed8 => 2,
                _ => 3,
            };
            return 0xc0 + 3 * kind + self.channels.ilog2();
        }
        match self.channel {
            Unsigned8 => 0x01,
            Unsigned16 => 0x02,
            Unsigned32 => 0x03,
            Signed8 => 0x08,
            Signed16 => 0x09,
            Signed32 => 0x0a,
            Half => 0x10,
            Float => 0x20,
        }
    }

    /// The format of a `cudaChannelFormatDesc`: bits of x, y, z, w and the kind.
    pub fn from_channels(bits: [i32; 4], kind: u32) -> Result<Format> {
        use Channel::*;
        let wrong =
            || Error::INVALID_CHANNEL_DESCRIPTOR.because(format_args!("{bits:?} bits of kind {kind}"));
        let channels = bits.iter().take_while(|&&bits| bits > 0).count();
        let same = bits[..channels].iter().all(|&width| width == bits[0]);
        if !matches!(channels, 1 | 2 | 4) || !same || bits[channels..].iter().any(|&bits| bits != 0) {
            return Err(wrong());
        }
        let channels = channels as u32;
        let (channel, normalized) = match (kind, bits[0]) {
            (0, 8) => (Signed8, false),
            (0, 16) => (Signed16, false),
            (0, 32) => (Signed32, false),
            (1, 8) => (Unsigned8, false),
            (1, 16) => (Unsigned16, false),
            (1, 32) => (Unsigned32, false),
            (2, 16) => (Half, false),
            (2, 32) => (Float, false),
            (5..=7, 8) if 1 << (kind - 5) == channels => (Unsigned8, true),
            (8..=10, 16) if 1 << (kind - 8) == channels => (Unsigned16, true),
            (11..=13, 8) if 1 << (kind - 11) == channels => (Signed8, true),
            (14..=16, 16) if 1 << (kind - 14) == channels => (Signed16, true),
            _ => return Err(wrong()),
        };
        Ok(Format { channel, channels, normalized })
    }

    /// Its `cudaChannelFormatDesc`.
    pub fn to_channels(self) -> ([i32; 4], u32) {
        use Channel::*;
        let mut bits = [0; 4];
        bits[..self.channels as usize].fill(self.channel.bytes() as i32 * 8);
        let kind = match (self.channel, self.normalized) {
            (Signed8, true) => 11 + self.channels.ilog2(),
            (Signed16, true) => 14 + self.channels.ilog2(),
            (Unsigned8, true) => 5 + self.channels.ilog2(),
            (Unsigned16, true) => 8 + self.channels.ilog2(),
            (Signed8 | Signed16 | Signed32, _) => 0,
            (Unsigned8 | Unsigned16 | Unsigned32, _) => 1,
            (Half | Float, _) => 2,
        };
        (bits, kind)
    }
}

/// Extents in texels as CUDA states them: 0 for dimensions that there are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Texels of a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Planes, layers or faces.
    pub depth: usize,
    /// Bits of [`flag`].
    pub flags: u32,
}

impl Shape {
    /// Whether a flag is set.
    pub fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    /// Whether the depth is a third dimension and not a number of layers or faces.
    pub fn is_volume(&self) -> bool {
        self.depth != 0 && !self.has(flag::LAYERED | flag::CUBEMAP)
    }

    /// The shape of mipmap level `level`.
    pub fn level(&self, level: u32) -> Shape {
        let smaller = |size: usize| if size == 0 { 0 } else { (size >> level).max(1) };
        let depth = if self.is_volume() { smaller(self.depth) } else { self.depth };
        Shape { width: smaller(self.width), height: smaller(self.height), depth, flags: self.flags }
    }

    /// Rows of a slice.
    pub fn rows(&self) -> usize {
        self.height.max(1)
    }

    /// Slices.
    pub fn slices(&self) -> usize {
        self.depth.max(1)
    }

    fn largest(&self) -> usize {
        self.width.max(self.height).max(if self.is_volume() { self.depth } else { 0 })
    }

    /// CUDA's rules for what shapes there are, and our limits.
    fn check(&self, mipmapped: bool) -> Result<()> {
        let refuse = |what: &str| Err(Error::INVALID_VALUE.because(format_args!("{what}: {self:?}")));
        if self.flags & !flag::KNOWN != 0 {
            return Err(Error::NOT_SUPPORTED.because(format_args!("array flags {:#x}", self.flags)));
        }
        if self.width == 0 {
            return refuse("an array without width");
        }
        let (cube, layered) = (self.has(flag::CUBEMAP), self.has(flag::LAYERED));
        if cube {
            let faces =
                if layered { self.depth != 0 && self.depth.is_multiple_of(6) } else { self.depth == 6 };
            if self.width != self.height || !faces {
                return refuse("a cube has six square faces a layer");
            }
        } else if layered && self.depth == 0 {
            return refuse("a layered array without layers");
        } else if !layered && self.height == 0 && self.depth != 0 {
            return refuse("a volume without height");
        }
        if self.has(flag::GATHER) && (self.height == 0 || self.depth != 0) {
            return refuse("only arrays of two dimensions are gathered from");
        }
        let edge = self.width.max(self.height);
        let inside = if cube {
            edge <= limit::EDGE && self.depth <= if layered { limit::CUBE_LAYERS } else { 6 }
        } else if layered {
            edge <= limit::EDGE && self.depth <= limit::LAYERS
        } else if self.depth != 0 {
            self.width <= limit::D3[0] && self.height <= limit::D3[1] && self.depth <= limit::D3[2]
        } else if self.height != 0 {
            self.width <= limit::D2[0] && self.height <= limit::D2[1]
        } else {
            self.width <= limit::D1
        };
        let small = !(mipmapped || self.has(flag::GATHER)) || edge <= limit::EDGE;
        let surface = !self.has(flag::SURFACE) || self.height != 0 || self.width <= limit::SURFACE_D1;
        if inside && small && surface { Ok(()) } else { refuse("larger than an array can be") }
    }
}

/// The memory of an array or mipmapped array.
#[derive(Debug)]
pub struct Image {
    /// The context that it belongs to.
    pub context: u64,
    /// The device it lies on.
    pub device: i32,
    /// What a texel is.
    pub format: Format,
    /// The shape of level 0.
    pub shape: Shape,
    /// Where each level lies.
    pub levels: Vec<Level>,
    base: usize,
    size: usize,
    mipmapped: bool,
}

/// What an array handle stands for: one level of an image.
#[derive(Debug)]
pub struct Array {
    /// The memory.
    pub image: Arc<Image>,
    /// The level: 0 for an array of its own.
    pub level: u32,
}

impl Image {
    fn create(
        context: &Arc<Context>,
        format: Format,
        shape: Shape,
        levels: u32,
        mipmapped: bool,
    ) -> Result<Image> {
        shape.check(mipmapped)?;
        let mut places = Vec::new();
        let mut end = 0_usize;
        for index in 0..levels {
            let level = shape.level(index);
            let pitch = (level.width * format.bytes()).next_multiple_of(ROW_ALIGNMENT);
            let slice = pitch * level.rows();
            let start = end.next_multiple_of(LEVEL_ALIGNMENT);
            end = slice
                .checked_mul(level.slices())
                .and_then(|size| size.checked_add(start))
                .ok_or(Error::MEMORY_ALLOCATION)?;
            places.push(Level {
                address: start as u64,
                slice: slice as u64,
                pitch: pitch as u32,
                reserved: 0,
            });
        }
        let base = memory::allocate(context, end)?;
        for place in &mut places {
            place.address += base as u64;
        }
        let device = context.device.ordinal;
        Ok(Image { context: context.id, device, format, shape, levels: places, base, size: end, mipmapped })
    }

    /// Bytes of device memory, and the alignment of its start.
    pub fn requirements(&self) -> (usize, usize) {
        (self.size, LEVEL_ALIGNMENT)
    }
}

impl Array {
    /// The shape of this level.
    pub fn shape(&self) -> Shape {
        self.image.shape.level(self.level)
    }

    /// The memory of this level.
    pub fn place(&self) -> Level {
        self.image.levels[self.level as usize]
    }
}

/// Makes an array and gives its handle.
pub fn create(context: &Arc<Context>, format: Format, shape: Shape) -> Result<usize> {
    let image = Arc::new(Image::create(context, format, shape, 1, false)?);
    Ok(ARRAYS.add(Arc::new(Array { image, level: 0 })))
}

/// Makes a mipmapped array of as many of `levels` as there can be and gives its handle.
pub fn create_mipmapped(context: &Arc<Context>, format: Format, shape: Shape, levels: u32) -> Result<usize> {
    if levels == 0 {
        return Err(Error::INVALID_VALUE.because("a mipmapped array without levels"));
    }
    let most = (shape.largest().max(1).ilog2() + 1).min(MAX_LEVELS as u32);
    let image = Image::create(context, format, shape, levels.min(most), true)?;
    Ok(MIPMAPPED_ARRAYS.add(Arc::new(image)))
}

/// The array of a handle.
pub fn find(handle: usize) -> Result<Arc<Array>> {
    ARRAYS.get(handle).ok_or(Error::INVALID_RESOURCE_HANDLE)
}

/// The mipmapped array of a handle.
pub fn find_mipmapped(handle: usize) -> Result<Arc<Image>> {
    MIPMAPPED_ARRAYS.get(handle).ok_or(Error::INVALID_RESOURCE_HANDLE)
}

/// A handle of one level of a mipmapped array; it goes with the mipmapped array.
pub fn level(handle: usize, level: u32) -> Result<usize> {
    let image = find_mipmapped(handle)?;
    if level as usize >= image.levels.len() {
        return Err(Error::INVALID_VALUE.because(format_args!("level {level} of {}", image.levels.len())));
    }
    let known = ARRAYS.search(|array| Arc::ptr_eq(&array.image, &image) && array.level == level);
    Ok(known.unwrap_or_else(|| ARRAYS.add(Arc::new(Array { image, level }))))
}

/// Frees an array after the work that may use it.
pub fn free(context: &Arc<Context>, handle: usize) -> Result<()> {
    let array = find(handle)?;
    if array.image.mipmapped {
        return Err(Error::INVALID_VALUE.because("a level is freed with its mipmapped array"));
    }
    memory::free(context, array.image.base)?;
    ARRAYS.remove(handle);
    Ok(())
}

/// Frees a mipmapped array, with the handles of its levels, after the work that may use it.
pub fn free_mipmapped(context: &Arc<Context>, handle: usize) -> Result<()> {
    let image = find_mipmapped(handle)?;
    memory::free(context, image.base)?;
    MIPMAPPED_ARRAYS.remove(handle);
    ARRAYS.remove_if(|array| Arc::ptr_eq(&array.image, &image));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_survive_both_descriptions() {
        for format in (0..256).flat_map(|format| [1, 2, 4].map(|n| Format::from_array_format(format, n))) {
            let Some(format) = format else { continue };
            assert_eq!(Format::from_array_format(format.array_format(), format.channels), Some(format));
            let (bits, kind) = format.to_channels();
            assert_eq!(Format::from_channels(bits, kind).expect("our own description"), format);
        }
        assert!(Format::from_channels([8, 8, 8, 0], 1).is_err());
        assert!(Format::from_channels([8, 16, 0, 0], 1).is_err());
        assert!(Format::from_channels([8, 0, 0, 0], 2).is_err());
        assert!(Format::from_channels([0; 4], 3).is_err());
    }

    #[test]
    fn shapes_follow_cudas_table() {
        let shape = |width, height, depth, flags| Shape { width, height, depth, flags };
        for good in [
            shape(1, 0, 0, 0),
            shape(limit::D1, 0, 0, 0),
            shape(64, 64, 0, flag::GATHER),
            shape(64, 64, 64, 0),
            shape(64, 0, 2048, flag::LAYERED),
            shape(64, 32, 7, flag::LAYERED | flag::SURFACE),
            shape(64, 64, 6, flag::CUBEMAP),
            shape(64, 64, 12, flag::CUBEMAP | flag::LAYERED),
        ] {
            assert!(good.check(false).is_ok(), "{good:?}");
        }
        for bad in [
            shape(0, 0, 0, 0),
            shape(limit::D1 + 1, 0, 0, 0),
            shape(64, 0, 64, 0),
            shape(64, 0, 0, flag::LAYERED),
            shape(64, 32, 6, flag::CUBEMAP),
            shape(64, 64, 12, flag::CUBEMAP),
            shape(64, 64, 7, flag::CUBEMAP | flag::LAYERED),
            shape(64, 64, 2, flag::GATHER),
            shape(64, 64, 0, 0x100),
        ] {
            assert!(bad.check(false).is_err(), "{bad:?}");
        }
        assert_eq!(shape(5, 3, 9, 0).level(1), shape(2, 1, 4, 0));
        assert_eq!(shape(5, 0, 9, flag::LAYERED).level(2), shape(1, 0, 9, flag::LAYERED));
    }
}
