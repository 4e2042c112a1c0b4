//! Reads a gfx90a code object: what LLVM's metadata says of each kernel, and our own note.
//!
//! Takes the bytes of an ELF file (ET_DYN, EM_AMDGPU). Used by `cuobjdump`, `ptxas -v` and the runtime, which must
//! all show the same numbers.

use crate::note::{self, ModuleNote, NoteError};
use object::elf::{EM_AMDGPU, NoteType};
use object::read::elf::{ElfFile64, FileHeader, SectionHeader};
use object::{Endianness, Object, ObjectSection, ObjectSymbol};
use serde::Deserialize;

/// Owner name and type of LLVM's metadata note (`NT_AMDGPU_METADATA`).
const METADATA_NAME: &[u8] = b"AMDGPU";
const METADATA_TYPE: NoteType = NoteType(32);

/// Why a code object could not be read.
#[derive(Debug, thiserror::Error)]
pub enum CodeObjectError {
    /// No ELF file, or a damaged one.
    #[error("not a readable ELF file: {0}")]
    Elf(String),
    /// An ELF file for another machine.
    #[error("an ELF file for machine number {0}, not for an AMD GPU")]
    Machine(u16),
    /// LLVM's metadata note is missing or malformed.
    #[error("the AMDGPU metadata: {0}")]
    Metadata(String),
    /// Our own note is malformed.
    #[error(transparent)]
    Note(#[from] NoteError),
}

/// What LLVM's metadata says of one kernel. Sizes in bytes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KernelMetadata {
    /// The kernel's name.
    #[serde(rename = ".name")]
    pub name: String,
    /// Its descriptor's symbol (`<name>.kd`).
    #[serde(rename = ".symbol")]
    pub symbol: String,
    /// Whole kernarg segment, implicit arguments included.
    #[serde(rename = ".kernarg_segment_size")]
    pub kernarg_size: u32,
    /// Static LDS of a work-group.
    #[serde(rename = ".group_segment_fixed_size")]
    pub group_size: u32,
    /// Scratch of a work-item.
    #[serde(rename = ".private_segment_fixed_size")]
    pub private_size: u32,
    /// Scalar registers of a wavefront.
    #[serde(rename = ".sgpr_count")]
    pub sgprs: u32,
    /// Vector registers of a lane, accumulation registers included.
    #[serde(rename = ".vgpr_count")]
    pub vgprs: u32,
    /// Accumulation registers of a lane.
    #[serde(rename = ".agpr_count", default)]
    pub agprs: u32,
    /// Scalar registers spilled.
    #[serde(rename = ".sgpr_spill_count", default)]
    pub sgpr_spills: u32,
    /// Vector registers spilled.
    #[serde(rename = ".vgpr_spill_count", default)]
    pub vgpr_spills: u32,
    /// Largest flat work-group size, in work-items.
    #[serde(rename = ".max_flat_workgroup_size", default)]
    pub max_workgroup_size: u32,
    /// Whether the stack's size is unknown (recursion, indirect calls).
    #[serde(rename = ".uses_dynamic_stack", default)]
    pub dynamic_stack: bool,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(rename = "amdhsa.target", default)]
    target: String,
    #[serde(rename = "amdhsa.kernels", default)]
    kernels: Vec<KernelMetadata>,
}

/// A code object's metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeObject {
    /// The target string, as `amdgcn-amd-amdhsa--gfx90a`.
    pub target: String,
    /// Each kernel's resources, in LLVM's order.
    pub kernels: Vec<KernelMetadata>,
    /// Our note; `None` in a code object that another compiler made.
    pub note: Option<ModuleNote>,
}

impl CodeObject {
    /// Reads the metadata of the ELF file in `bytes`.
    pub fn parse(bytes: &[u8]) -> Result<CodeObject, CodeObjectError> {
        let elf = ElfFile64::<Endianness>::parse(bytes).map_err(|e| CodeObjectError::Elf(e.to_string()))?;
        let machine = elf.elf_header().e_machine(elf.endian());
        if machine != EM_AMDGPU {
            return Err(CodeObjectError::Machine(machine.0));
        }
        let metadata = llvm_metadata(&elf)?;
        let note = match elf.section_by_name(note::SECTION) {
            None => None,
            Some(section) => {
                let data = section.data().map_err(|e| CodeObjectError::Elf(e.to_string()))?;
                Some(note::decode_section(data)?)
            }
        };
        Ok(CodeObject { target: metadata.target, kernels: metadata.kernels, note })
    }

    /// The processor's name, as `gfx90a`, without features.
    pub fn processor(&self) -> &str {
        let last = self.target.rsplit('-').next().unwrap_or("");
        last.split(':').next().unwrap_or(last)
    }

    /// A kernel's metadata by the kernel's name.
    pub fn kernel(&self, name: &str) -> Option<&KernelMetadata> {
        self.kernels.iter().find(|kernel| kernel.name == name)
    }
}

/// The initial bytes of a variable of the ELF file in `bytes`; zeros for one without contents in the file.
pub fn variable_bytes(bytes: &[u8], name: &str) -> Result<Vec<u8>, CodeObjectError> {
    let fail = |e: object::Error| CodeObjectError::Elf(e.to_string());
    let elf = ElfFile64::<Endianness>::parse(bytes).map_err(fail)?;
    let symbol = elf.dynamic_symbols().chain(elf.symbols()).find(|symbol| symbol.name() == Ok(name));
    let symbol = symbol.ok_or_else(|| CodeObjectError::Elf(format!("no variable `{name}`")))?;
    let size = usize::try_from(symbol.size()).map_err(|e| CodeObjectError::Elf(e.to_string()))?;
    let index =
        symbol.section_index().ok_or_else(|| CodeObjectError::Elf(format!("`{name}` is undefined")))?;
    let section = elf.section_by_index(index).map_err(fail)?;
    let found = section.data_range(symbol.address(), symbol.size()).map_err(fail)?;
    Ok(found.map_or_else(|| vec![0; size], <[u8]>::to_vec))
}

fn llvm_metadata(elf: &ElfFile64<'_, Endianness>) -> Result<Metadata, CodeObjectError> {
    let endian = elf.endian();
    for header in elf.elf_section_table().iter() {
        let notes = header.notes(endian, elf.data()).map_err(|e| CodeObjectError::Metadata(e.to_string()))?;
        let Some(mut notes) = notes else { continue };
        while let Some(note) = notes.next().map_err(|e| CodeObjectError::Metadata(e.to_string()))? {
            if note.name() == METADATA_NAME && note.n_type(endian) == METADATA_TYPE {
                return rmp_serde::from_slice(note.desc())
                    .map_err(|e| CodeObjectError::Metadata(e.to_string()));
            }
        }
    }
    Err(CodeObjectError::Metadata("the note is missing".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_code_object_is_an_error() {
        assert!(matches!(CodeObject::parse(b"\x7fELF"), Err(CodeObjectError::Elf(_))));
        assert!(matches!(CodeObject::parse(&[]), Err(CodeObjectError::Elf(_))));
        let own = std::fs::read(std::env::current_exe().expect("a test has a path")).expect("readable");
        assert!(matches!(CodeObject::parse(&own), Err(CodeObjectError::Machine(_))));
    }
}
