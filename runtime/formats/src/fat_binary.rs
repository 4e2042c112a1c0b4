//! NVIDIA's fat binary container: the images of one module for several GPUs.
//!
//! Layout, all little-endian. A *wrapper* in the host object points to the container. The container is a 16-byte
//! header (magic, version, header size, size of what follows) and then entries: a 64-byte entry header (kind, version,
//! header size, padded payload size, compressed size, PTX or ELF version, architecture, flags, uncompressed size) and
//! the payload, padded to 8 bytes.
//!
//! NVIDIA's kinds are small numbers that have so far been single bits (1 PTX, 2 cubin, 8 NVVM IR, 16 relocatable
//! PTX). Ours is [`KIND_AMD_CODE_OBJECT`], whose low byte is zero: neither a comparison nor a mask in a tool of
//! NVIDIA's can take it for a cubin, and an entry of an unknown kind is skipped by its size.

use std::borrow::Cow;

/// Magic number of the wrapper that `__cudaRegisterFatBinary` receives.
pub const WRAPPER_MAGIC: u32 = 0x4662_43b1;
/// Magic number of the container.
pub const CONTAINER_MAGIC: u32 = 0xba55_ed50;
/// Kind of an entry holding an AMDGPU code object (ELF); `arch` is the hexadecimal processor number (0x90a).
pub const KIND_AMD_CODE_OBJECT: u16 = 0x5700;
/// `arch` of a code object for gfx90a.
pub const ARCH_GFX90A: u32 = 0x90a;

const KIND_PTX: u16 = 1;
const KIND_CUBIN: u16 = 2;
const FLAG_64_BIT: u64 = 0x1;
const FLAG_LINUX: u64 = 0x10;
const FLAG_LZ4: u64 = 0x2000;
/// Set by newer NVIDIA tools: the payload is a zstd frame.
const FLAG_ZSTD: u64 = 0x8000;
const CONTAINER_HEADER: usize = 16;
const ENTRY_HEADER: usize = 64;
/// LZ4 cannot expand by more than this, so a larger claim is a lie.
const LZ4_MAX_RATIO: u64 = 255;

/// The wrapper in `.nvFatBinSegment`, as the host compiler lays it out.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Wrapper {
    /// [`WRAPPER_MAGIC`].
    pub magic: u32,
    /// 1 for a whole container behind `data`.
    pub version: u32,
    /// The container.
    pub data: *const u8,
    /// Only for separate compilation; null otherwise.
    pub prelinked: *const u8,
}

/// Why a container could not be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FatBinaryError {
    /// It ends inside a header or payload.
    #[error("the fat binary is truncated")]
    Truncated,
    /// The first word is not the container's magic number.
    #[error("not a fat binary: its magic number is {0:#010x}")]
    Magic(u32),
    /// A size or version that cannot be.
    #[error("the fat binary is malformed: {0}")]
    Malformed(&'static str),
    /// A payload compressed in a way we do not read.
    #[error("an entry of the fat binary is compressed by {0}, which Wavefold does not read")]
    Compression(&'static str),
}

/// What an entry holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// PTX text.
    Ptx,
    /// NVIDIA's machine code.
    Cubin,
    /// An AMDGPU code object: ours.
    AmdCodeObject,
    /// Something else, by its number.
    Other(u16),
}

impl EntryKind {
    fn of(number: u16) -> EntryKind {
        match number {
            KIND_PTX => EntryKind::Ptx,
            KIND_CUBIN => EntryKind::Cubin,
            KIND_AMD_CODE_OBJECT => EntryKind::AmdCodeObject,
            other => EntryKind::Other(other),
        }
    }

    fn number(self) -> u16 {
        match self {
            EntryKind::Ptx => KIND_PTX,
            EntryKind::Cubin => KIND_CUBIN,
            EntryKind::AmdCodeObject => KIND_AMD_CODE_OBJECT,
            EntryKind::Other(number) => number,
        }
    }
}

/// One image of a container, its payload still as stored.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// What it holds.
    pub kind: EntryKind,
    /// 70 for `sm_70`/`compute_70`; [`ARCH_GFX90A`] for gfx90a.
    pub arch: u32,
    flags: u64,
    uncompressed: u64,
    stored: &'a [u8],
}

impl<'a> Entry<'a> {
    /// The payload, decompressed when it was compressed. PTX comes without its terminating zeros.
    pub fn payload(&self) -> Result<Cow<'a, [u8]>, FatBinaryError> {
        let bytes = self.raw_payload()?;
        if self.kind != EntryKind::Ptx {
            return Ok(bytes);
        }
        let end = bytes.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
        Ok(match bytes {
            Cow::Borrowed(text) => Cow::Borrowed(&text[..end]),
            Cow::Owned(mut text) => {
                text.truncate(end);
                Cow::Owned(text)
            }
        })
    }

    /// Whether the stored payload is compressed.
    pub fn is_compressed(&self) -> bool {
        self.flags & (FLAG_LZ4 | FLAG_ZSTD) != 0
    }

    /// Bytes that the payload takes in the container, without padding.
    pub fn stored_size(&self) -> usize {
        self.stored.len()
    }

    fn raw_payload(&self) -> Result<Cow<'a, [u8]>, FatBinaryError> {
        if self.flags & FLAG_ZSTD != 0 {
            return Err(FatBinaryError::Compression("zstd"));
        }
        if self.flags & FLAG_LZ4 == 0 {
            return Ok(Cow::Borrowed(self.stored));
        }
        if self.uncompressed > (self.stored.len() as u64).saturating_mul(LZ4_MAX_RATIO) {
            return Err(FatBinaryError::Malformed("an entry claims to expand more than LZ4 can"));
        }
        let size = self.uncompressed as usize;
        let bytes = lz4_flex::block::decompress(self.stored, size)
            .map_err(|_| FatBinaryError::Malformed("an entry does not decompress"))?;
        if bytes.len() != size {
            return Err(FatBinaryError::Malformed("an entry decompresses to another size than it states"));
        }
        Ok(Cow::Owned(bytes))
    }
}

/// A container that was read and whose every entry lies inside it.
#[derive(Debug)]
pub struct FatBinary<'a> {
    entries: Vec<Entry<'a>>,
}

impl<'a> FatBinary<'a> {
    /// Reads the container at the start of `bytes`; what lies behind its end is ignored.
    pub fn parse(bytes: &'a [u8]) -> Result<FatBinary<'a>, FatBinaryError> {
        let total = container_size(bytes)?;
        let header_size = usize::from(u16_at(bytes, 6)?);
        let mut rest = bytes.get(header_size..total).ok_or(FatBinaryError::Truncated)?;
        let mut entries = Vec::new();
        while !rest.is_empty() {
            let (entry, size) = parse_entry(rest)?;
            entries.push(entry);
            rest = &rest[size..];
        }
        Ok(FatBinary { entries })
    }

    /// Every entry in file order, those of other vendors included.
    pub fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }

    /// The first code object for an AMD processor (`arch` as [`ARCH_GFX90A`]).
    pub fn code_object(&self, arch: u32) -> Option<&Entry<'a>> {
        self.entries.iter().find(|e| e.kind == EntryKind::AmdCodeObject && e.arch == arch)
    }

    /// The PTX of the highest architecture that is at most `limit` (70 for compute capability 7.0).
    pub fn ptx(&self, limit: u32) -> Option<&Entry<'a>> {
        self.entries.iter().filter(|e| e.kind == EntryKind::Ptx && e.arch <= limit).max_by_key(|e| e.arch)
    }
}

/// Size in bytes of the container whose first 16 bytes (or more) are `header`.
pub fn container_size(header: &[u8]) -> Result<usize, FatBinaryError> {
    let magic = u32_at(header, 0)?;
    if magic != CONTAINER_MAGIC {
        return Err(FatBinaryError::Magic(magic));
    }
    let header_size = usize::from(u16_at(header, 6)?);
    if header_size < CONTAINER_HEADER {
        return Err(FatBinaryError::Malformed("its header is too small"));
    }
    let body = usize::try_from(u64_at(header, 8)?).map_err(|_| FatBinaryError::Malformed("its size"))?;
    header_size
        .checked_add(body)
        .filter(|&size| isize::try_from(size).is_ok())
        .ok_or(FatBinaryError::Malformed("its size"))
}

/// The bytes of the container at `pointer`, whose length is taken from its own header.
///
/// # Safety
/// `pointer` must be readable for 16 bytes and, when those are a container's header, for the size it states; the
/// memory must stay unchanged for `'a`. A registered fat binary of a loaded object satisfies this.
pub unsafe fn container_at<'a>(pointer: *const u8) -> Result<&'a [u8], FatBinaryError> {
    if pointer.is_null() {
        return Err(FatBinaryError::Truncated);
    }
    // SAFETY: the caller promises 16 readable bytes.
    let header = unsafe { std::slice::from_raw_parts(pointer, CONTAINER_HEADER) };
    let size = container_size(header)?;
    // SAFETY: the caller promises the stated size; `container_size` keeps it within isize.
    Ok(unsafe { std::slice::from_raw_parts(pointer, size) })
}

fn parse_entry(bytes: &[u8]) -> Result<(Entry<'_>, usize), FatBinaryError> {
    let header_size = u32_at(bytes, 4)? as usize;
    if header_size < ENTRY_HEADER {
        return Err(FatBinaryError::Malformed("an entry's header is too small"));
    }
    let payload_size = usize::try_from(u64_at(bytes, 8)?).map_err(|_| FatBinaryError::Truncated)?;
    let size = header_size.checked_add(payload_size).ok_or(FatBinaryError::Truncated)?;
    let payload = bytes.get(header_size..size).ok_or(FatBinaryError::Truncated)?;
    let flags = u64_at(bytes, 40)?;
    let compressed = u32_at(bytes, 16)? as usize;
    let stored = if flags & (FLAG_LZ4 | FLAG_ZSTD) != 0 {
        payload.get(..compressed).ok_or(FatBinaryError::Malformed("an entry's compressed size"))?
    } else {
        // An uncompressed payload's exact size stands in the same field (0 in NVIDIA's own files: all of it).
        if compressed == 0 { payload } else { payload.get(..compressed).unwrap_or(payload) }
    };
    let entry = Entry {
        kind: EntryKind::of(u16_at(bytes, 0)?),
        arch: u32_at(bytes, 28)?,
        flags,
        uncompressed: u64_at(bytes, 56)?,
        stored,
    };
    Ok((entry, size))
}

/// Makes a container, entry by entry.
#[derive(Debug, Default)]
pub struct FatBinaryBuilder {
    body: Vec<u8>,
}

impl FatBinaryBuilder {
    /// An empty container.
    pub fn new() -> FatBinaryBuilder {
        FatBinaryBuilder::default()
    }

    /// Adds a gfx90a code object, uncompressed so that it can be loaded in place.
    pub fn code_object(&mut self, elf: &[u8]) -> &mut FatBinaryBuilder {
        self.entry(EntryKind::AmdCodeObject, ARCH_GFX90A, elf, None)
    }

    /// Adds PTX for `compute_<arch>`, compressed by LZ4.
    pub fn ptx(&mut self, arch: u32, text: &[u8]) -> &mut FatBinaryBuilder {
        // A consumer may treat the text as a C string.
        let mut terminated = text.to_vec();
        terminated.push(0);
        let packed = lz4_flex::block::compress(&terminated);
        self.entry(EntryKind::Ptx, arch, &packed, Some(terminated.len() as u64))
    }

    /// Adds an entry of any kind; `uncompressed` is the size before LZ4 when `payload` is compressed.
    pub fn entry(
        &mut self,
        kind: EntryKind,
        arch: u32,
        payload: &[u8],
        uncompressed: Option<u64>,
    ) -> &mut FatBinaryBuilder {
        let padded = payload.len().next_multiple_of(8);
        let flags = FLAG_64_BIT | FLAG_LINUX | if uncompressed.is_some() { FLAG_LZ4 } else { 0 };
        let mut header = Vec::with_capacity(ENTRY_HEADER);
        header.extend_from_slice(&kind.number().to_le_bytes());
        header.extend_from_slice(&0x0101u16.to_le_bytes());
        header.extend_from_slice(&(ENTRY_HEADER as u32).to_le_bytes());
        header.extend_from_slice(&(padded as u64).to_le_bytes());
        header.extend_from_slice(&(payload.len() as u32).to_le_bytes());
        header.extend_from_slice(&0u32.to_le_bytes());
        // Version of what is inside: PTX ISA 8.4 for PTX, nothing for an AMD code object.
        let version: [u16; 2] = if kind == EntryKind::Ptx { [4, 8] } else { [0, 0] };
        header.extend_from_slice(&version[0].to_le_bytes());
        header.extend_from_slice(&version[1].to_le_bytes());
        header.extend_from_slice(&arch.to_le_bytes());
        header.extend_from_slice(&[0; 8]); // no identifier: its offset and length
        header.extend_from_slice(&flags.to_le_bytes());
        header.extend_from_slice(&[0; 8]);
        header.extend_from_slice(&uncompressed.unwrap_or(0).to_le_bytes());
        debug_assert_eq!(header.len(), ENTRY_HEADER);
        self.body.extend_from_slice(&header);
        self.body.extend_from_slice(payload);
        self.body.resize(self.body.len() + padded - payload.len(), 0);
        self
    }

    /// The finished container.
    pub fn finish(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(CONTAINER_HEADER + self.body.len());
        bytes.extend_from_slice(&CONTAINER_MAGIC.to_le_bytes());
        bytes.extend_from_slice(&1u16.to_le_bytes());
        bytes.extend_from_slice(&(CONTAINER_HEADER as u16).to_le_bytes());
        bytes.extend_from_slice(&(self.body.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

fn array_at<const N: usize>(bytes: &[u8], offset: usize) -> Result<[u8; N], FatBinaryError> {
    bytes.get(offset..).and_then(|rest| rest.first_chunk::<N>()).copied().ok_or(FatBinaryError::Truncated)
}

fn u16_at(bytes: &[u8], offset: usize) -> Result<u16, FatBinaryError> {
    array_at(bytes, offset).map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], offset: usize) -> Result<u32, FatBinaryError> {
    array_at(bytes, offset).map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], offset: usize) -> Result<u64, FatBinaryError> {
    array_at(bytes, offset).map(u64::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        let text = ".version 8.4\n.target sm_70\n.address_size 64\n".repeat(20);
        FatBinaryBuilder::new().code_object(b"\x7fELF code object").ptx(70, text.as_bytes()).finish()
    }

    #[test]
    fn gives_back_what_was_put_in() {
        let bytes = sample();
        assert_eq!(container_size(&bytes[..16]), Ok(bytes.len()));
        let read = FatBinary::parse(&bytes).expect("parses");
        assert_eq!(read.entries().len(), 2);
        let elf = read.code_object(ARCH_GFX90A).expect("has a code object");
        assert_eq!(elf.payload().expect("reads").as_ref(), b"\x7fELF code object");
        assert!(read.code_object(0x90c).is_none());
        let ptx = read.ptx(70).expect("has PTX");
        assert!(ptx.is_compressed());
        let text = ptx.payload().expect("decompresses");
        assert!(text.starts_with(b".version 8.4\n") && text.ends_with(b"64\n"));
        assert!(read.ptx(60).is_none());
    }

    #[test]
    fn trailing_bytes_are_not_the_containers() {
        let mut bytes = sample();
        let size = bytes.len();
        bytes.extend_from_slice(&[0xff; 100]);
        assert_eq!(container_size(&bytes), Ok(size));
        assert_eq!(FatBinary::parse(&bytes).expect("parses").entries().len(), 2);
        // SAFETY: the pointer is to a whole container in a live vector.
        let found = unsafe { container_at(bytes.as_ptr()) }.expect("finds its size");
        assert_eq!(found.len(), size);
    }

    #[test]
    fn truncation_and_wrong_magic_are_errors() {
        let bytes = sample();
        for length in 0..bytes.len() {
            assert!(
                FatBinary::parse(&bytes[..length]).is_err(),
                "{length} bytes were taken for a whole container"
            );
        }
        assert_eq!(FatBinary::parse(&[0; 32]).map(|_| ()), Err(FatBinaryError::Magic(0)));
    }

    #[test]
    fn damage_never_panics_and_never_allocates_wildly() {
        let bytes = sample();
        for position in 0..bytes.len() {
            for value in [0u8, 1, 0x7f, 0x80, 0xff] {
                let mut damaged = bytes.clone();
                damaged[position] = value;
                if let Ok(read) = FatBinary::parse(&damaged) {
                    for entry in read.entries() {
                        let _ = entry.payload();
                    }
                }
            }
        }
    }
}
