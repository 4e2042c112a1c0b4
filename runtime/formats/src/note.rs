//! The Wavefold note: what the runtime must know of a module and LLVM's metadata does not say.
//!
//! It is an ELF note section (`.note.wavefold`, name `Wavefold`, type 1) whose description is MessagePack with named
//! fields, so that a field can be added without breaking an older reader. The compiler calls [`encode_section`] and
//! puts the bytes into the object; the runtime finds the section and calls [`decode_section`].

use serde::{Deserialize, Serialize};
use std::fmt;

/// Name of the ELF section that holds the note.
pub const SECTION: &str = ".note.wavefold";
/// The note's owner name, without the terminating zero.
pub const NAME: &str = "Wavefold";
/// The note's type number under [`NAME`].
pub const TYPE: u32 = 1;
/// Version of [`ModuleNote`]'s layout; raised only when an old reader would go wrong.
pub const VERSION: u32 = 1;

/// How CUDA's warps of 32 lie in AMD's wavefronts of 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WarpMapping {
    /// Two warps a wavefront: the packet's work-group size is CUDA's block size.
    Fold,
    /// One warp a wavefront, upper 32 lanes off: 64 work-items are launched for each warp.
    Split,
}

impl fmt::Display for WarpMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            WarpMapping::Fold => "fold",
            WarpMapping::Split => "split",
        })
    }
}

/// Where a module variable lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VariableSpace {
    /// PTX `.global`, CUDA `__device__`.
    Global,
    /// PTX `.const`, CUDA `__constant__`.
    Constant,
}

/// One kernel parameter, laid out as CUDA lays it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParameterNote {
    /// Byte offset in the explicit part of the kernarg segment.
    pub offset: u32,
    /// Size in bytes; `cudaLaunchKernel` copies this much from the caller's pointer.
    pub size: u32,
}

/// Bit of [`KernelNote::system_calls`]: the kernel may print or assert.
pub const CALLS_OUTPUT: u32 = 1;
/// Bit of [`KernelNote::system_calls`]: the kernel may use the device heap.
pub const CALLS_HEAP: u32 = 2;

/// One kernel of a module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KernelNote {
    /// The PTX entry's name; the kernel descriptor's symbol is this with `.kd` behind.
    pub name: String,
    /// Parameters in order of declaration.
    pub parameters: Vec<ParameterNote>,
    /// Size of the explicit parameters: the end of the last one, before the implicit arguments' alignment.
    pub parameter_bytes: u32,
    /// Which mapping the code was generated for.
    pub mapping: WarpMapping,
    /// Largest number of CUDA threads in a block that the code was generated for.
    pub max_threads: u32,
    /// `.reqntid`, when the kernel has it: the only block size it may be launched with.
    #[serde(default)]
    pub required_block: Option<[u32; 3]>,
    /// Statically declared shared memory in bytes (the start of the dynamic part, before its alignment).
    pub static_shared: u32,
    /// PTX `.local` bytes a thread, as declared.
    #[serde(default)]
    pub local_bytes: u32,
    /// Which system calls it may make: [`CALLS_OUTPUT`], [`CALLS_HEAP`].
    #[serde(default)]
    pub system_calls: u32,
}

/// One variable of a module that the host can reach by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariableNote {
    /// The PTX name, which is also the ELF symbol's.
    pub name: String,
    /// Size in bytes.
    pub size: u64,
    /// Its state space.
    pub space: VariableSpace,
    /// Whether it is managed: then the symbol holds the initial value, and the symbol of this name with
    /// [`MANAGED_POINTER`] behind holds the address, which the runtime fills in when it loads the module.
    #[serde(default)]
    pub managed: bool,
}

/// What is appended to a managed variable's name to name the pointer to it.
pub const MANAGED_POINTER: &str = ".managed";
/// What a variable's name holds if it was declared `__managed__` through our headers: clang has no attribute for that in
/// CUDA, so that the headers give the variable this ABI tag.
pub const MANAGED_TAG: &str = "B16wavefold_managed";

/// Everything the note says of one module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleNote {
    /// [`VERSION`] of the writer.
    pub version: u32,
    /// The processor the code is for: `gfx90a`.
    pub target: String,
    /// PTX `.version`, as major * 10 + minor (84 for 8.4).
    #[serde(default)]
    pub ptx_version: u32,
    /// PTX `.target`'s number (70 for `sm_70`), which `cudaFuncGetAttributes` reports as `ptxVersion`.
    #[serde(default)]
    pub ptx_target: u32,
    /// Every `.entry` of the module.
    pub kernels: Vec<KernelNote>,
    /// Every `.global` and `.const` variable of the module that has a symbol.
    pub variables: Vec<VariableNote>,
}

/// Why a note could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum NoteError {
    /// The section ends inside a note.
    #[error("the {SECTION} section is truncated")]
    Truncated,
    /// No note of ours is in the section.
    #[error("the {SECTION} section holds no note named {NAME}")]
    Missing,
    /// The description is no valid [`ModuleNote`].
    #[error("the {NAME} note is malformed: {0}")]
    Malformed(String),
    /// Written by a newer Wavefold with another layout.
    #[error("the {NAME} note has version {0}; this Wavefold reads version {VERSION}")]
    Version(u32),
}

/// The bytes of the whole section: one ELF note (header, padded name, padded description).
pub fn encode_section(note: &ModuleNote) -> Result<Vec<u8>, NoteError> {
    let description = rmp_serde::to_vec_named(note).map_err(|e| NoteError::Malformed(e.to_string()))?;
    let length = u32::try_from(description.len()).map_err(|_| NoteError::Malformed("over 4 GiB".into()))?;
    let name_length = NAME.len() as u32 + 1;
    let mut bytes = Vec::with_capacity(32 + description.len());
    for word in [name_length, length, TYPE] {
        bytes.extend_from_slice(&word.to_le_bytes());
    }
    bytes.extend_from_slice(NAME.as_bytes());
    bytes.push(0);
    pad(&mut bytes);
    bytes.extend_from_slice(&description);
    pad(&mut bytes);
    Ok(bytes)
}

/// Finds our note among the notes of a section's bytes and decodes it.
pub fn decode_section(section: &[u8]) -> Result<ModuleNote, NoteError> {
    let mut rest = section;
    while !rest.is_empty() {
        let (header, body) = rest.split_at_checked(12).ok_or(NoteError::Truncated)?;
        let word =
            |i: usize| u32::from_le_bytes([header[i], header[i + 1], header[i + 2], header[i + 3]]) as usize;
        let (name_length, length, kind) = (word(0), word(4), word(8));
        let (name, after) = take_padded(body, name_length)?;
        let (description, after) = take_padded(after, length)?;
        let name = name.strip_suffix(&[0]).unwrap_or(name);
        if name == NAME.as_bytes() && kind == TYPE as usize {
            return decode_description(description);
        }
        rest = after;
    }
    Err(NoteError::Missing)
}

/// Decodes the note's description alone.
pub fn decode_description(description: &[u8]) -> Result<ModuleNote, NoteError> {
    // The version is read by itself first: a newer layout may not decode as ours at all.
    #[derive(Deserialize)]
    struct VersionOnly {
        version: u32,
    }
    let malformed = |e: rmp_serde::decode::Error| NoteError::Malformed(e.to_string());
    let VersionOnly { version } = rmp_serde::from_slice(description).map_err(malformed)?;
    if version != VERSION {
        return Err(NoteError::Version(version));
    }
    rmp_serde::from_slice(description).map_err(malformed)
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}

/// Splits `length` bytes and their padding off; the last note's padding may be cut.
fn take_padded(bytes: &[u8], length: usize) -> Result<(&[u8], &[u8]), NoteError> {
    let (taken, _) = bytes.split_at_checked(length).ok_or(NoteError::Truncated)?;
    let padded = length.checked_next_multiple_of(4).ok_or(NoteError::Truncated)?.min(bytes.len());
    Ok((taken, &bytes[padded..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> ModuleNote {
        ModuleNote {
            version: VERSION,
            target: "gfx90a".into(),
            ptx_version: 84,
            ptx_target: 70,
            kernels: vec![KernelNote {
                name: "_Z4axpyfPfS_".into(),
                parameters: vec![ParameterNote { offset: 0, size: 4 }, ParameterNote { offset: 8, size: 8 }],
                parameter_bytes: 16,
                mapping: WarpMapping::Split,
                max_threads: 512,
                required_block: Some([64, 2, 1]),
                static_shared: 1024,
                local_bytes: 0,
                system_calls: CALLS_HEAP,
            }],
            variables: vec![VariableNote {
                name: "table".into(),
                size: 40,
                space: VariableSpace::Constant,
                managed: false,
            }],
        }
    }

    #[test]
    fn survives_a_round_trip_behind_a_foreign_note() {
        let ours = encode_section(&sample()).expect("encodes");
        assert_eq!(decode_section(&ours).expect("decodes"), sample());
        let mut both = vec![4, 0, 0, 0, 3, 0, 0, 0, 9, 0, 0, 0, b'A', b'M', b'D', 0, 1, 2, 3, 0];
        both.extend_from_slice(&ours);
        assert_eq!(decode_section(&both).expect("decodes"), sample());
    }

    #[test]
    fn every_truncation_is_an_error() {
        let ours = encode_section(&sample()).expect("encodes");
        let end = ours.len() - 4; // the last word may be padding alone
        for length in 1..end {
            assert!(decode_section(&ours[..length]).is_err(), "{length} bytes were taken for a whole note");
        }
        assert!(matches!(decode_section(&[]), Err(NoteError::Missing)));
    }

    #[test]
    fn damaged_bytes_never_panic() {
        let ours = encode_section(&sample()).expect("encodes");
        for position in 0..ours.len() {
            for value in [0u8, 0x7f, 0x80, 0xc1, 0xdd, 0xdf, 0xff] {
                let mut damaged = ours.clone();
                damaged[position] = value;
                let _ = decode_section(&damaged);
            }
        }
    }

    #[test]
    fn a_newer_version_is_refused_by_number() {
        let mut note = sample();
        note.version = VERSION + 1;
        let bytes = encode_section(&note).expect("encodes");
        assert!(matches!(decode_section(&bytes), Err(NoteError::Version(v)) if v == VERSION + 1));
    }
}
