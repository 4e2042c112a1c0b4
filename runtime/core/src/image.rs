//! Images: the forms in which programs hand code over, and what is in them.
//!
//! A fat binary or its wrapper, an AMD code object, PTX text; for the linker also host objects and libraries of them, which
//! hold fat binaries in a section. Takes addresses or bytes; gives a code object or PTX text.

use wavefold_formats::code_object::CodeObject;
use wavefold_formats::fat_binary::{self, ARCH_GFX90A, CONTAINER_MAGIC, FatBinary, WRAPPER_MAGIC, Wrapper};

use object::read::archive::ArchiveFile;
use object::{Object, ObjectSection};

use crate::error::{Error, Result};
use crate::jit::{self, Log};

/// The highest PTX `.target` taken from a fat binary: any, since the compiler decides what it can translate.
const ANY_TARGET: u32 = u32::MAX;
/// 0x7f 'E' 'L' 'F'.
const ELF_MAGIC: u32 = 0x464c_457f;
/// Where host objects hold fat binaries; the second is of those that are to be linked.
const SECTIONS: [&str; 2] = [".nv_fatbin", "__nv_relfatbin"];

/// Code for the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// PTX text.
    Ptx(Vec<u8>),
    /// A code object.
    Object(Vec<u8>),
}

impl Code {
    /// The code object, compiled if need be. The compiler's messages go to `log`.
    pub fn compiled(&self, log: &mut Log) -> Result<Vec<u8>> {
        match self {
            Code::Ptx(text) => jit::compile(text, Some(log)),
            Code::Object(bytes) => Ok(bytes.clone()),
        }
    }
}

/// The code of the image at an address (a fat binary or its wrapper, an ELF file, or zero-terminated PTX text).
pub fn at(image: usize) -> Result<Code> {
    if image == 0 {
        return Err(Error::INVALID_VALUE);
    }
    // SAFETY: the caller of CUDA's API passes an image, which is at least four bytes long in every format.
    let magic = unsafe { (image as *const u32).read_unaligned() };
    match magic {
        WRAPPER_MAGIC => {
            // SAFETY: the magic number says that it is a wrapper.
            let wrapper = unsafe { (image as *const Wrapper).read_unaligned() };
            at(wrapper.data as usize)
        }
        CONTAINER_MAGIC => {
            // SAFETY: a container begins with a header of sixteen bytes that holds its size.
            let header = unsafe { core::slice::from_raw_parts(image as *const u8, 16) };
            let size = fat_binary::container_size(header).map_err(bad_image)?;
            // SAFETY: the header says that the container has this size.
            fat_binary(unsafe { core::slice::from_raw_parts(image as *const u8, size) })
        }
        // SAFETY: the magic number says that it is an ELF file.
        ELF_MAGIC => code_object(unsafe { elf_bytes(image) }?),
        _ => {
            // SAFETY: an image without a magic number is zero-terminated text by the API's definition.
            let text = unsafe { core::ffi::CStr::from_ptr(image as *const core::ffi::c_char) };
            Ok(Code::Ptx(text.to_bytes().to_vec()))
        }
    }
}

/// The code of a whole file's bytes.
pub fn of_bytes(bytes: &[u8]) -> Result<Code> {
    match bytes.first_chunk::<4>().map(|magic| u32::from_le_bytes(*magic)) {
        Some(CONTAINER_MAGIC) => fat_binary(bytes),
        Some(ELF_MAGIC) => code_object(bytes),
        _ => Ok(Code::Ptx(until_zero(bytes).to_vec())),
    }
}

/// Text up to its zero, if it has one.
pub fn until_zero(bytes: &[u8]) -> &[u8] {
    bytes.split(|&byte| byte == 0).next().unwrap_or_default()
}

/// A code object, if it is one for this device.
pub fn code_object(bytes: &[u8]) -> Result<Code> {
    parse(bytes)?;
    Ok(Code::Object(bytes.to_vec()))
}

/// What a code object says of itself.
pub fn parse(bytes: &[u8]) -> Result<CodeObject> {
    let object = CodeObject::parse(bytes).map_err(bad_image)?;
    match object.processor() {
        "gfx90a" => Ok(object),
        _ => Err(Error::NO_KERNEL_IMAGE.because(format_args!("the code is for {}", object.target))),
    }
}

/// Names of a code object's kernels.
pub fn kernel_names(code_object: &[u8]) -> Result<Vec<String>> {
    Ok(parse(code_object)?.kernels.into_iter().map(|kernel| kernel.name).collect())
}

/// The code object for gfx90a, or else the PTX, of a container.
pub fn fat_binary(bytes: &[u8]) -> Result<Code> {
    let binary = FatBinary::parse(bytes).map_err(bad_image)?;
    if let Some(entry) = binary.code_object(ARCH_GFX90A) {
        return Ok(Code::Object(entry.payload().map_err(bad_image)?.into_owned()));
    }
    ptx_of(&binary)?
        .ok_or_else(|| Error::NO_KERNEL_IMAGE.because("the fat binary holds neither gfx90a code nor PTX"))
}

fn ptx_of(binary: &FatBinary<'_>) -> Result<Option<Code>> {
    let Some(entry) = binary.ptx(ANY_TARGET) else { return Ok(None) };
    Ok(Some(Code::Ptx(until_zero(&entry.payload().map_err(bad_image)?).to_vec())))
}

/// What is linkable in a container: its PTX, and only without any its code object.
pub fn linkable(bytes: &[u8]) -> Result<Code> {
    let binary = FatBinary::parse(bytes).map_err(bad_image)?;
    match ptx_of(&binary)? {
        Some(code) => Ok(code),
        None => fat_binary(bytes),
    }
}

/// The device code in an object of the host.
pub fn host_object(bytes: &[u8]) -> Result<Vec<Code>> {
    let found = device_code(bytes)?;
    if found.is_empty() {
        return Err(Error::NO_KERNEL_IMAGE.because("the object holds no device code"));
    }
    Ok(found)
}

/// The device code in a library of objects.
pub fn host_library(bytes: &[u8]) -> Result<Vec<Code>> {
    let archive = ArchiveFile::parse(bytes).map_err(bad_image)?;
    let mut found = Vec::new();
    for member in archive.members() {
        found.extend(device_code(member.map_err(bad_image)?.data(bytes).map_err(bad_image)?)?);
    }
    if found.is_empty() {
        return Err(Error::NO_KERNEL_IMAGE.because("the library holds no device code"));
    }
    Ok(found)
}

fn device_code(bytes: &[u8]) -> Result<Vec<Code>> {
    let file = object::File::parse(bytes).map_err(bad_image)?;
    let mut found = Vec::new();
    for section in file.sections().filter(|section| section.name().is_ok_and(|name| SECTIONS.contains(&name)))
    {
        let mut rest = section.data().map_err(bad_image)?;
        // Containers lie one behind the other, with zeros between them.
        while let Some(start) = rest.iter().position(|&byte| byte != 0) {
            rest = &rest[start..];
            let size = fat_binary::container_size(rest).map_err(bad_image)?;
            let (container, behind) =
                rest.split_at_checked(size).ok_or_else(|| bad_image("a container is cut off"))?;
            found.push(linkable(container)?);
            rest = behind;
        }
    }
    Ok(found)
}

/// A file's bytes.
pub fn read_file(path: &str) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::FILE_NOT_FOUND.because(format_args!("{path}: {error}")),
        _ => Error::OPERATING_SYSTEM.because(format_args!("{path}: {error}")),
    })
}

/// The error for an image that is not what it should be.
pub fn bad_image(reason: impl core::fmt::Display) -> Error {
    Error::INVALID_KERNEL_IMAGE.because(reason)
}

/// The bytes of the ELF file at an address: up to the end of whatever its headers say comes last.
///
/// # Safety
/// A whole 64-bit ELF file lies at `image`.
unsafe fn elf_bytes(image: usize) -> Result<&'static [u8]> {
    // SAFETY: the caller's word; an ELF header has 64 bytes.
    let header = unsafe { core::slice::from_raw_parts(image as *const u8, 64) };
    let word = |at: usize, size: usize| {
        header[at..at + size].iter().rev().fold(0_u64, |value, byte| value << 8 | u64::from(*byte)) as usize
    };
    if header[4] != 2 || header[5] != 1 {
        return Err(Error::INVALID_KERNEL_IMAGE.because("not a 64-bit little-endian ELF file"));
    }
    let (segments, sections) = (word(32, 8), word(40, 8));
    let (segment_count, section_count) = (word(56, 2), word(60, 2));
    let mut end = 64.max(segments + segment_count * 56).max(sections + section_count * 64);
    for index in 0..section_count {
        // SAFETY: the section table lies within the file.
        let entry = unsafe { core::slice::from_raw_parts((image + sections + index * 64) as *const u64, 8) };
        // sh_type is the high half of the first word; SHT_NOBITS occupies no file space.
        if (entry[0] >> 32) as u32 != 8 {
            end = end.max((entry[3] as usize).saturating_add(entry[4] as usize));
        }
    }
    for index in 0..segment_count {
        // SAFETY: the program header table lies within the file.
        let entry = unsafe { core::slice::from_raw_parts((image + segments + index * 56) as *const u64, 7) };
        end = end.max((entry[1] as usize).saturating_add(entry[4] as usize));
    }
    // SAFETY: everything up to the last section or segment is part of the file.
    Ok(unsafe { core::slice::from_raw_parts(image as *const u8, end) })
}
