//! The descriptor of a texture, a surface or a sampler in device memory.
//!
//! gfx90a samples no images: textures are read by code of ours, `compiler/device/`. A `cudaTextureObject_t` or
//! `cudaSurfaceObject_t` is the device address of a [`Descriptor`], and so is the address of a `.texref`, `.surfref` or
//! `.samplerref` variable. The runtime fills descriptors, device code reads them. [`fields`] is what the compiler's build
//! checks the C copy of the structure against.

use core::mem::offset_of;

/// Mipmap levels of a descriptor: enough for an edge of 32768 texels.
pub const MAX_LEVELS: usize = 16;
/// Bytes of a descriptor, also the size of an opaque variable of PTX.
pub const DESCRIPTOR_BYTES: usize = 512;
/// Alignment of a descriptor.
pub const DESCRIPTOR_ALIGNMENT: u32 = 64;

/// What a descriptor describes, in [`Descriptor::tag`].
pub mod tag {
    /// A texture, with its sampler.
    pub const TEXTURE: u32 = 0x5446_5754;
    /// A surface.
    pub const SURFACE: u32 = 0x5446_5753;
    /// A sampler alone, for textures in PTX's independent mode.
    pub const SAMPLER: u32 = 0x5446_574d;
}

/// The type of a channel, in [`Descriptor::channel`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[allow(missing_docs, reason = "type and bits")]
pub enum Channel {
    Unsigned8 = 0,
    Signed8 = 1,
    Unsigned16 = 2,
    Signed16 = 3,
    Unsigned32 = 4,
    Signed32 = 5,
    Half = 6,
    Float = 7,
}

impl Channel {
    /// Bytes of a channel.
    pub fn bytes(self) -> usize {
        match self {
            Channel::Unsigned8 | Channel::Signed8 => 1,
            Channel::Unsigned16 | Channel::Signed16 | Channel::Half => 2,
            Channel::Unsigned32 | Channel::Signed32 | Channel::Float => 4,
        }
    }

    /// Whether it is a floating-point type.
    pub fn is_float(self) -> bool {
        matches!(self, Channel::Half | Channel::Float)
    }
}

/// Bits of [`Descriptor::texture_flags`].
pub mod texture_flag {
    /// Integers of 8 or 16 bits become floats in \[0, 1\] or \[-1, 1\].
    pub const NORMALIZED_FLOAT: u32 = 1;
    /// Colours are sRGB in memory.
    pub const SRGB: u32 = 2;
    /// Linear memory: one row, read by whole numbers.
    pub const BUFFER: u32 = 4;
    /// The rows are those of the program's own pitched memory.
    pub const PITCHED: u32 = 8;
    /// Linear memory of channels of 32 bits: words are read as they are.
    pub const WORDS: u32 = 16;
}

/// Bits of [`Descriptor::sampler_flags`].
pub mod sampler_flag {
    /// Coordinates run from 0 to 1.
    pub const NORMALIZED_COORDINATES: u32 = 1;
    /// Linear filtering within a level.
    pub const LINEAR: u32 = 2;
    /// Linear filtering between levels.
    pub const LINEAR_MIPMAP: u32 = 4;
    /// Filtering goes across the edges of a cube.
    pub const SEAMLESS: u32 = 8;
}

/// Values of [`Descriptor::address_mode`]; CUDA's numbers.
pub mod address_mode {
    /// The texture repeats.
    pub const WRAP: u32 = 0;
    /// The edge repeats.
    pub const CLAMP: u32 = 1;
    /// The texture repeats, every second time mirrored.
    pub const MIRROR: u32 = 2;
    /// The border's colour.
    pub const BORDER: u32 = 3;
}

/// One mipmap level's memory.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// Where it starts.
    pub address: u64,
    /// Bytes from one layer, face or plane to the next.
    pub slice: u64,
    /// Bytes from one row to the next.
    pub pitch: u32,
    /// Zero.
    pub reserved: u32,
}

/// A texture, surface or sampler as device code sees it.
#[repr(C, align(64))]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Descriptor {
    /// One of [`tag`].
    pub tag: u32,
    /// A [`Channel`].
    pub channel: u32,
    /// Channels of a texel: 1, 2 or 4.
    pub channels: u32,
    /// Bytes of a texel.
    pub texel_bytes: u32,
    /// Texels of a row of level 0.
    pub width: u32,
    /// Rows of level 0, 1 if it has one dimension.
    pub height: u32,
    /// Planes of level 0, 1 if it has no third dimension.
    pub depth: u32,
    /// Layers, a cube's six faces not counted; 1 if it is not layered. Of a surface slices: faces count.
    pub layers: u32,
    /// Mipmap levels.
    pub levels: u32,
    /// Bits of [`texture_flag`].
    pub texture_flags: u32,
    /// Bits of [`sampler_flag`].
    pub sampler_flags: u32,
    /// For each axis one of [`address_mode`].
    pub address_mode: [u32; 3],
    /// Added to a level of detail.
    pub level_bias: f32,
    /// The least level of detail.
    pub level_min: f32,
    /// The greatest level of detail.
    pub level_max: f32,
    /// `CUarray_format` of a channel, for `txq.channel_data_type`.
    pub array_format: u32,
    /// The colour outside, as the words that a read gives.
    pub border: [u32; 4],
    /// Zero.
    pub reserved: [u32; 2],
    /// The memory of each level.
    pub level: [Level; MAX_LEVELS],
    /// Zero.
    pub tail: [u32; 8],
}

impl Default for Descriptor {
    fn default() -> Descriptor {
        Descriptor {
            tag: 0,
            channel: Channel::Unsigned32 as u32,
            channels: 1,
            texel_bytes: 4,
            width: 1,
            height: 1,
            depth: 1,
            layers: 1,
            levels: 1,
            texture_flags: 0,
            sampler_flags: 0,
            address_mode: [address_mode::CLAMP; 3],
            level_bias: 0.0,
            level_min: 0.0,
            level_max: 0.0,
            array_format: 0,
            border: [0; 4],
            reserved: [0; 2],
            level: [Level::default(); MAX_LEVELS],
            tail: [0; 8],
        }
    }
}

impl Descriptor {
    /// Its bytes as they lie in device memory.
    pub fn to_bytes(&self) -> [u8; DESCRIPTOR_BYTES] {
        let mut bytes = Vec::with_capacity(DESCRIPTOR_BYTES);
        let mut word = |value: u32| bytes.extend_from_slice(&value.to_le_bytes());
        for value in [
            self.tag,
            self.channel,
            self.channels,
            self.texel_bytes,
            self.width,
            self.height,
            self.depth,
            self.layers,
            self.levels,
            self.texture_flags,
            self.sampler_flags,
        ] {
            word(value);
        }
        self.address_mode.into_iter().for_each(&mut word);
        [self.level_bias, self.level_min, self.level_max].map(f32::to_bits).into_iter().for_each(&mut word);
        word(self.array_format);
        self.border.into_iter().chain(self.reserved).for_each(&mut word);
        for level in &self.level {
            bytes.extend_from_slice(&level.address.to_le_bytes());
            bytes.extend_from_slice(&level.slice.to_le_bytes());
            bytes.extend_from_slice(&level.pitch.to_le_bytes());
            bytes.extend_from_slice(&level.reserved.to_le_bytes());
        }
        bytes.resize(DESCRIPTOR_BYTES, 0);
        bytes.try_into().expect("the fields fill the descriptor")
    }
}

/// Name and offset of every field, and the names of the structure and its size.
pub fn fields() -> Vec<(&'static str, usize)> {
    macro_rules! offsets {
        ($($field:ident)*) => { vec![$((stringify!($field), offset_of!(Descriptor, $field))),*] };
    }
    offsets! {
        tag channel channels texel_bytes width height depth layers levels texture_flags sampler_flags address_mode
        level_bias level_min level_max array_format border reserved level tail
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_the_structure() {
        assert_eq!(size_of::<Descriptor>(), DESCRIPTOR_BYTES);
        let mut descriptor =
            Descriptor { width: 7, border: [1, 2, 3, 4], level_max: 1.5, ..Descriptor::default() };
        descriptor.level[15] = Level { address: 0x1234_5678_9abc_def0, slice: 99, pitch: 256, reserved: 0 };
        let bytes = descriptor.to_bytes();
        let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
        assert_eq!(word(offset_of!(Descriptor, width)), 7);
        assert_eq!(word(offset_of!(Descriptor, border) + 12), 4);
        assert_eq!(word(offset_of!(Descriptor, level_max)), 1.5f32.to_bits());
        assert_eq!(word(offset_of!(Descriptor, level) + 15 * size_of::<Level>()), 0x9abc_def0);
        assert_eq!(word(offset_of!(Descriptor, level) + 15 * size_of::<Level>() + 16), 256);
    }
}
