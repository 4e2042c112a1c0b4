//! Makes one metadata note of those of several relocatable objects, because readers take the first that they find.
//!
//! Before: objects as LLVM emits them, each with a `.note` section that describes its own kernels. After: the first object's
//! section describes all kernels, in the order given, and the other objects' sections are marked to be left out by the
//! linker. Nothing else of the objects changes.

use crate::codegen::CodegenError;
use object::elf::{FileHeader64, NoteType, SHF_EXCLUDE, SHT_NOTE, SectionHeader64};
use object::read::elf::{FileHeader, SectionHeader};
use object::{LittleEndian, U64};
use rmpv::Value;

type Header = FileHeader64<LittleEndian>;
type Section = SectionHeader64<LittleEndian>;

/// Owner name and type of LLVM's metadata note (`NT_AMDGPU_METADATA`).
const NAME: &[u8] = b"AMDGPU";
const TYPE: NoteType = NoteType(32);
/// The keys of the metadata map whose lists are joined; what stands under any other key must be the same in all objects.
const LISTS: [&str; 2] = ["amdhsa.kernels", "amdhsa.printf"];
const KERNELS: &str = LISTS[0];

/// Joins the metadata. `order` has the names of all kernels.
pub fn run(objects: &mut [Vec<u8>], order: &[&str]) -> Result<(), CodegenError> {
    let [first, others @ ..] = objects else { return Ok(()) };
    if others.is_empty() {
        return Ok(());
    }
    let place = find(first)?;
    let mut merged = place.metadata;
    for object in others {
        let found = find(object)?;
        join(&mut merged, found.metadata)?;
        let header = section_mut(object, found.header)?;
        let flags = header.sh_flags(LittleEndian) | SHF_EXCLUDE;
        header.sh_flags.set(LittleEndian, flags);
    }
    sort_kernels(&mut merged, order);
    let note = encode(&merged)?;
    first.resize(first.len().next_multiple_of(4), 0);
    let offset = first.len() as u64;
    first.extend_from_slice(&note);
    let header = section_mut(first, place.header)?;
    header.sh_offset = U64::new(LittleEndian, offset);
    header.sh_size = U64::new(LittleEndian, note.len() as u64);
    Ok(())
}

/// An object's metadata, and where the header of its section lies in the file.
struct Found {
    header: usize,
    metadata: Value,
}

fn find(object: &[u8]) -> Result<Found, CodegenError> {
    let damaged = |error: object::Error| CodegenError::Metadata(error.to_string());
    let file = Header::parse(object).map_err(damaged)?;
    let start = usize::try_from(file.e_shoff(LittleEndian)).expect("an object fits into memory");
    for (index, section) in file.section_headers(LittleEndian, object).map_err(damaged)?.iter().enumerate() {
        if section.sh_type(LittleEndian) != SHT_NOTE {
            continue;
        }
        let Some(mut notes) = section.notes(LittleEndian, object).map_err(damaged)? else { continue };
        while let Some(note) = notes.next().map_err(damaged)? {
            if note.name() == NAME && note.n_type(LittleEndian) == TYPE {
                let metadata = rmpv::decode::read_value(&mut note.desc())
                    .map_err(|error| CodegenError::Metadata(error.to_string()))?;
                return Ok(Found { header: start + index * size_of::<Section>(), metadata });
            }
        }
    }
    Err(CodegenError::Metadata("an object has none".into()))
}

fn section_mut(object: &mut [u8], offset: usize) -> Result<&mut Section, CodegenError> {
    let rest = object.get_mut(offset..).unwrap_or_default();
    object::pod::from_bytes_mut(rest)
        .map(|(section, _)| section)
        .map_err(|()| CodegenError::Metadata("an object's section headers are not where it says".into()))
}

fn join(merged: &mut Value, other: Value) -> Result<(), CodegenError> {
    let refuse = || CodegenError::Metadata("not a map".into());
    let Value::Map(entries) = merged else { return Err(refuse()) };
    let Value::Map(others) = other else { return Err(refuse()) };
    for (key, value) in others {
        let mine = entries.iter_mut().find(|(known, _)| *known == key).map(|(_, mine)| mine);
        match (mine, value) {
            (None, value) => entries.push((key, value)),
            (Some(Value::Array(mine)), Value::Array(more))
                if LISTS.iter().any(|list| key.as_str() == Some(list)) =>
            {
                mine.extend(more);
            }
            (Some(mine), value) if *mine == value => {}
            _ => return Err(CodegenError::Metadata(format!("the parts disagree on {key}"))),
        }
    }
    Ok(())
}

fn sort_kernels(metadata: &mut Value, order: &[&str]) {
    let Value::Map(entries) = metadata else { return };
    let kernels = entries.iter_mut().find(|(key, _)| key.as_str() == Some(KERNELS));
    if let Some((_, Value::Array(kernels))) = kernels {
        kernels.sort_by_key(|kernel| {
            let name = kernel[".name"].as_str();
            order.iter().position(|known| Some(*known) == name).unwrap_or(order.len())
        });
    }
}

fn encode(metadata: &Value) -> Result<Vec<u8>, CodegenError> {
    let mut description = Vec::new();
    rmpv::encode::write_value(&mut description, metadata)
        .map_err(|error| CodegenError::Metadata(error.to_string()))?;
    let length =
        u32::try_from(description.len()).map_err(|_| CodegenError::Metadata("more than 4 GiB".into()))?;
    let mut note = Vec::new();
    for word in [NAME.len() as u32 + 1, length, TYPE.0] {
        note.extend_from_slice(&word.to_le_bytes());
    }
    note.extend_from_slice(NAME);
    note.push(0);
    note.resize(note.len().next_multiple_of(4), 0);
    note.extend_from_slice(&description);
    note.resize(note.len().next_multiple_of(4), 0);
    Ok(note)
}
