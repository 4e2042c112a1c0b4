//! Textures and surfaces of a `.ptx` test: a table in the header says what is made, by the driver API's own structures.
//!
//! ```text
//! args      = ["tex:t", "out:d"]           # tex: a texture object, surf: a surface object
//! t         = "f32 1, 2, 3, 4"             # its texels, row by row, slice by slice, level by level
//! texture.t = { size = [4], filter = "linear", address = "wrap", normalized = true }
//! ```
//! Keys: `size` (one to three numbers; with `layered` the last counts layers, with `cube` faces), `channels` (1), `memory`
//! (linear memory instead of an array), `levels` (1), `filter` and `mipmap` (`point`, `linear`), `address` (`wrap`,
//! `clamp`, `mirror`, `border`), `normalized`, `integer` (integers stay integers), `seamless`, `border`, `bias`.
//! What a surface holds after the launch is compared with `t_after`.

use crate::values::{Element, Type};
use anyhow::{Result, bail, ensure};
use serde::Deserialize;
use std::ffi::{c_uint, c_void};

/// What the header says of a texture or surface.
#[allow(missing_docs, reason = "the keys and CUDA's names say it")]
#[derive(Deserialize, Clone, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Description {
    pub size: Vec<usize>,
    pub channels: Option<u32>,
    pub levels: Option<u32>,
    pub layered: bool,
    pub cube: bool,
    pub memory: bool,
    pub filter: Option<String>,
    pub mipmap: Option<String>,
    pub address: Option<String>,
    pub normalized: bool,
    pub integer: bool,
    pub seamless: bool,
    pub border: Vec<f32>,
    pub bias: f32,
}

/// `CUDA_ARRAY3D_DESCRIPTOR`.
#[allow(missing_docs, reason = "the keys and CUDA's names say it")]
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ArrayDescriptor {
    pub width: usize,
    pub height: usize,
    pub depth: usize,
    pub format: c_uint,
    pub channels: c_uint,
    pub flags: c_uint,
}

/// One half of `CUDA_MEMCPY3D`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct CopyEnd {
    x: usize,
    y: usize,
    z: usize,
    level: usize,
    kind: c_uint,
    host: *const c_void,
    device: u64,
    array: *mut c_void,
    reserved: usize,
    pitch: usize,
    height: usize,
}

/// `CUDA_MEMCPY3D`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Copy3d {
    source: CopyEnd,
    destination: CopyEnd,
    width: usize,
    height: usize,
    depth: usize,
}

/// `CUDA_RESOURCE_DESC`, 144 bytes.
#[allow(missing_docs, reason = "the keys and CUDA's names say it")]
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ResourceDescriptor {
    pub kind: c_uint,
    pub handle: u64,
    pub format: c_uint,
    pub channels: c_uint,
    pub bytes: usize,
    pub rest: [u64; 13],
    pub flags: u64,
}

/// `CUDA_TEXTURE_DESC`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct TextureDescriptor {
    address: [c_uint; 3],
    filter: c_uint,
    flags: c_uint,
    anisotropy: c_uint,
    mipmap: c_uint,
    bias: f32,
    least: f32,
    greatest: f32,
    border: [f32; 4],
    reserved: [i32; 12],
}

/// One level's extents in texels, none of them 0.
#[allow(missing_docs, reason = "the keys and CUDA's names say it")]
#[derive(Clone, Copy, Debug)]
pub struct Extents {
    pub width: usize,
    pub rows: usize,
    pub slices: usize,
}

fn word(words: &[&str], given: Option<&String>) -> Result<c_uint> {
    let Some(given) = given else { return Ok(0) };
    match words.iter().position(|word| word == given) {
        Some(at) => Ok(at as c_uint),
        None => bail!("`{given}` is none of {words:?}"),
    }
}

impl Description {
    /// Extents of a level.
    pub fn level(&self, level: u32) -> Extents {
        let size = |at: usize| self.size.get(at).copied().unwrap_or(1).max(1);
        let halved = |value: usize| (value >> level).max(1);
        let last = self.size.len().saturating_sub(1);
        if self.layered || self.cube {
            let rows = if last == 2 { halved(size(1)) } else { 1 };
            return Extents { width: halved(size(0)), rows, slices: size(last) };
        }
        Extents { width: halved(size(0)), rows: halved(size(1)), slices: halved(size(2)) }
    }

    /// Channels of a texel.
    pub fn channel_count(&self) -> u32 {
        self.channels.unwrap_or(1)
    }

    /// Levels, at least one.
    pub fn level_count(&self) -> u32 {
        self.levels.unwrap_or(1)
    }

    /// The `CUarray_format` of the texels' type.
    pub fn format(texels: &[Element]) -> Result<c_uint> {
        Ok(match texels.first().map(|texel| texel.ty) {
            Some(Type::Unsigned(1)) => 0x01,
            Some(Type::Unsigned(2)) => 0x02,
            Some(Type::Unsigned(4)) => 0x03,
            Some(Type::Signed(1)) => 0x08,
            Some(Type::Signed(2)) => 0x09,
            Some(Type::Signed(4)) => 0x0a,
            Some(Type::F16) => 0x10,
            Some(Type::F32) => 0x20,
            other => bail!("no texture has channels of type {other:?}"),
        })
    }

    /// The array that holds it.
    pub fn array(&self, texels: &[Element], surface: bool) -> Result<ArrayDescriptor> {
        ensure!((1..=3).contains(&self.size.len()), "a texture's `size` has one to three numbers");
        let one_row = (self.layered || self.cube) && self.size.len() == 2;
        let at = |index: usize| self.size.get(index).copied().unwrap_or(0);
        let (height, depth) = if one_row { (0, at(1)) } else { (at(1), at(2)) };
        let flags = c_uint::from(self.layered) | c_uint::from(surface) << 1 | c_uint::from(self.cube) << 2;
        let (format, channels) = (Self::format(texels)?, self.channel_count());
        Ok(ArrayDescriptor { width: at(0), height, depth, format, channels, flags })
    }

    /// How it is sampled.
    pub fn sampling(&self) -> Result<TextureDescriptor> {
        let address = word(&["wrap", "clamp", "mirror", "border"], self.address.as_ref())?;
        let address = if self.address.is_none() { 1 } else { address };
        let filters = ["point", "linear"];
        let mut border = [0.0; 4];
        ensure!(self.border.len() <= 4, "a border has four channels");
        border[..self.border.len()].copy_from_slice(&self.border);
        Ok(TextureDescriptor {
            address: [address; 3],
            filter: word(&filters, self.filter.as_ref())?,
            flags: c_uint::from(self.integer)
                | c_uint::from(self.normalized) << 1
                | c_uint::from(self.seamless) << 6,
            anisotropy: 0,
            mipmap: word(&filters, self.mipmap.as_ref())?,
            bias: self.bias,
            least: 0.0,
            greatest: 16.0,
            border,
            reserved: [0; 12],
        })
    }
}

impl ResourceDescriptor {
    /// An array (kind 0) or mipmapped array (kind 1).
    pub fn array(handle: *mut c_void, mipmapped: bool) -> Self {
        let kind = c_uint::from(mipmapped);
        ResourceDescriptor {
            kind,
            handle: handle as u64,
            format: 0,
            channels: 0,
            bytes: 0,
            rest: [0; 13],
            flags: 0,
        }
    }

    /// Linear memory.
    pub fn memory(address: u64, format: c_uint, channels: c_uint, bytes: usize) -> Self {
        ResourceDescriptor { kind: 2, handle: address, format, channels, bytes, rest: [0; 13], flags: 0 }
    }
}

impl Copy3d {
    /// Between host memory without gaps and a whole array whose texels have `texel` bytes.
    pub fn new(
        host: *const c_void,
        array: *mut c_void,
        extents: Extents,
        texel: usize,
        to_array: bool,
    ) -> Self {
        let end = |kind: c_uint| CopyEnd {
            x: 0,
            y: 0,
            z: 0,
            level: 0,
            kind,
            host: if kind == 1 { host } else { std::ptr::null() },
            device: 0,
            array: if kind == 3 { array } else { std::ptr::null_mut() },
            reserved: 0,
            pitch: if kind == 1 { extents.width * texel } else { 0 },
            height: if kind == 1 { extents.rows } else { 0 },
        };
        let (source, destination) = if to_array { (end(1), end(3)) } else { (end(3), end(1)) };
        Copy3d {
            source,
            destination,
            width: extents.width * texel,
            height: extents.rows,
            depth: extents.slices,
        }
    }
}
