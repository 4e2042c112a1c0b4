//! A code object's ELF file: bytes to segments, symbols, relocations and metadata, all bounds checked.
//!
//! After: every segment's file range lies in the file, the segments span at most `SPAN_MAX` bytes of addresses, and
//! every symbol index of a relocation is valid. Nothing is known yet of where addresses lead.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use goblin::elf::Elf;
use goblin::elf::header::{EI_ABIVERSION, EI_OSABI, ET_DYN};
use goblin::elf::program_header::{PF_W, PF_X, PT_LOAD};
use goblin::elf::section_header::SHN_UNDEF;
use goblin::elf::sym::{STT_COMMON, STT_FUNC, STT_NOTYPE, STT_OBJECT};

use super::metadata::{self, KernelMetadata};
use crate::hsa::status::Status;

const EM_AMDGPU: u16 = 224;
const ELFOSABI_AMDGPU_HSA: u8 = 64;
const EF_MACH_MASK: u32 = 0xff;
const EF_MACH_GFX90A: u32 = 0x3f;
const NT_AMDGPU_METADATA: u32 = 32;
/// The type of the note in which a CUDA compiler says which variables are `__constant__`.
const NT_VARIABLES: u32 = 1;
/// Addresses a code object may span; more is taken for a mistake in the file.
const SPAN_MAX: u64 = 4 << 30;

/// A loadable segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Where its bytes are in the file.
    pub file: Range<usize>,
    /// Where they go; the rest up to `size` is zero.
    pub address: u64,
    /// Bytes in memory.
    pub size: u64,
    /// Whether it holds instructions.
    pub executable: bool,
    /// Whether it may be written to.
    pub writable: bool,
}

/// What a symbol names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolKind {
    /// A kernel descriptor.
    Kernel,
    /// A variable.
    Variable,
    /// Instructions.
    Function,
}

/// A symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// Its address in the file's own terms.
    pub address: u64,
    /// Its size.
    pub size: u64,
    /// What it names; `None` for kinds of no interest.
    pub kind: Option<SymbolKind>,
    /// Whether it is defined in this code object.
    pub is_defined: bool,
    /// Whether other code objects see it.
    pub is_global: bool,
    /// Whether it may be missing.
    pub is_weak: bool,
}

/// A relocation of the dynamic table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relocation {
    /// Where, in the file's own addresses.
    pub address: u64,
    /// `R_AMDGPU_*`
    pub kind: u32,
    /// Index into `symbols`, where it has one.
    pub symbol: Option<usize>,
    /// The addend.
    pub addend: i64,
}

/// A code object.
#[derive(Clone, Debug)]
pub struct CodeObject {
    /// Its loadable segments.
    pub segments: Vec<Segment>,
    /// From the first to past the last address.
    pub span: Range<u64>,
    /// The dynamic symbols.
    pub symbols: Vec<Symbol>,
    /// Functions and variables of the full symbol table, to name addresses by.
    pub names: Vec<Symbol>,
    /// The dynamic relocations.
    pub relocations: Vec<Relocation>,
    /// What the note says of each kernel, by descriptor symbol.
    pub kernels: HashMap<String, KernelMetadata>,
    /// Variables that device code must not write to though they lie in a writable segment.
    pub constants: HashSet<String>,
}

/// Reads a code object.
///
/// # Errors
/// An invalid code object; incompatible arguments when it is sound but not for this device.
pub fn parse(bytes: &[u8]) -> Result<CodeObject, Status> {
    const INVALID: Status = Status::ERROR_INVALID_CODE_OBJECT;
    let elf = Elf::parse(bytes).map_err(|_| INVALID)?;
    let header = &elf.header;
    if !elf.is_64
        || !elf.little_endian
        || header.e_machine != EM_AMDGPU
        || header.e_type != ET_DYN
        || header.e_ident[EI_OSABI] != ELFOSABI_AMDGPU_HSA
    {
        return Err(INVALID);
    }
    check_target(header.e_ident[EI_ABIVERSION], header.e_flags)?;

    let mut segments = Vec::new();
    for program in elf.program_headers.iter().filter(|program| program.p_type == PT_LOAD) {
        let end = program.p_offset.checked_add(program.p_filesz).ok_or(INVALID)?;
        if end > bytes.len() as u64
            || program.p_filesz > program.p_memsz
            || program.p_vaddr.checked_add(program.p_memsz).is_none()
        {
            return Err(INVALID);
        }
        segments.push(Segment {
            file: program.p_offset as usize..end as usize,
            address: program.p_vaddr,
            size: program.p_memsz,
            executable: program.p_flags & PF_X != 0,
            writable: program.p_flags & PF_W != 0,
        });
    }
    let start = segments.iter().map(|segment| segment.address).min().ok_or(INVALID)? & !0xfff;
    let end = segments.iter().map(|segment| segment.address + segment.size).max().ok_or(INVALID)?;
    if end - start > SPAN_MAX || end == start {
        return Err(INVALID);
    }

    let symbol = |sym: goblin::elf::Sym, name: Option<&str>| Symbol {
        name: name.unwrap_or_default().to_owned(),
        address: sym.st_value,
        size: sym.st_size,
        kind: match sym.st_type() {
            STT_OBJECT if name.is_some_and(|name| name.ends_with(".kd")) && sym.st_size == 64 => {
                Some(SymbolKind::Kernel)
            }
            STT_OBJECT | STT_COMMON => Some(SymbolKind::Variable),
            STT_NOTYPE if sym.st_shndx == SHN_UNDEF as usize => Some(SymbolKind::Variable),
            STT_FUNC => Some(SymbolKind::Function),
            _ => None,
        },
        is_defined: sym.st_shndx != SHN_UNDEF as usize,
        is_global: sym.st_bind() != 0,
        is_weak: sym.st_bind() == 2,
    };
    let symbols: Vec<Symbol> =
        elf.dynsyms.iter().map(|sym| symbol(sym, elf.dynstrtab.get_at(sym.st_name))).collect();
    let names = elf
        .syms
        .iter()
        .map(|sym| symbol(sym, elf.strtab.get_at(sym.st_name)))
        .filter(|symbol| symbol.kind.is_some() && symbol.is_defined)
        .collect();

    let mut relocations = Vec::new();
    for relocation in elf.dynrelas.iter().chain(elf.pltrelocs.iter()) {
        let symbol = (relocation.r_sym != 0).then_some(relocation.r_sym);
        if symbol.is_some_and(|index| index >= symbols.len()) {
            return Err(INVALID);
        }
        relocations.push(Relocation {
            address: relocation.r_offset,
            kind: relocation.r_type,
            symbol,
            addend: relocation.r_addend.unwrap_or(0),
        });
    }

    let mut kernels = HashMap::new();
    let mut constants = HashSet::new();
    for note in elf.iter_note_headers(bytes).into_iter().flatten() {
        let note = note.map_err(|_| INVALID)?;
        if note.n_type == NT_AMDGPU_METADATA && note.name == "AMDGPU" {
            kernels = metadata::parse(note.desc).ok_or(INVALID)?;
        }
        if note.n_type == NT_VARIABLES && note.name == "Wavefold" {
            constants = metadata::constants(note.desc);
        }
    }
    Ok(CodeObject { segments, span: start..end, symbols, names, relocations, kernels, constants })
}

/// Checks version and processor. The device is a gfx90a with SRAM ECC and without XNACK.
fn check_target(abi_version: u8, flags: u32) -> Result<(), Status> {
    if !(1..=4).contains(&abi_version) {
        return Err(Status::ERROR_INVALID_CODE_OBJECT);
    }
    if flags & EF_MACH_MASK != EF_MACH_GFX90A {
        return Err(Status::ERROR_INCOMPATIBLE_ARGUMENTS);
    }
    // From version 4 on two bits each say: unsupported, any, off, on.
    let (xnack, sramecc) = (flags >> 8 & 3, flags >> 10 & 3);
    if abi_version >= 2 && (xnack == 3 || sramecc == 2) {
        return Err(Status::ERROR_INCOMPATIBLE_ARGUMENTS);
    }
    Ok(())
}
