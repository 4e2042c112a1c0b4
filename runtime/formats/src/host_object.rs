//! What nvcc must know of the object that the host's compiler made.
//!
//! Takes the bytes of an ELF relocatable file for the host.

use crate::note::MANAGED_TAG;
use object::read::elf::ElfFile64;
use object::{Endianness, Object, ObjectSection, ObjectSymbol};

/// The section in which our headers put the host's copy of every `__managed__` variable.
const MANAGED_SECTION: &str = "wavefold_managed";

/// Managed variables whose name does not say so: those with C linkage, which device code would not find. An object that
/// cannot be read has none.
pub fn untagged_managed_variables(bytes: &[u8]) -> Vec<String> {
    let Ok(elf) = ElfFile64::<Endianness>::parse(bytes) else { return Vec::new() };
    let Some(section) = elf.section_by_name(MANAGED_SECTION) else { return Vec::new() };
    elf.symbols()
        .filter(|symbol| symbol.section_index() == Some(section.index()) && symbol.size() > 0)
        .filter_map(|symbol| symbol.name().ok().map(str::to_owned))
        .filter(|name| !name.contains(MANAGED_TAG))
        .collect()
}
