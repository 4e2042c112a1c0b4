//! Line tables: from an instruction's address to the source lines it came from.
//!
//! Reads the DWARF sections of a loaded code object, each time it is asked: that happens once a fault or a finding, not on
//! a hot path. A code object without line information, or with wrong one, gives no places.

use addr2line::gimli::{self, Dwarf, EndianSlice, LittleEndian, SectionId};
use goblin::elf::Elf;

/// A place in the program's source.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct SourcePlace {
    /// The function, where the line information names it (it does for inlined ones).
    pub function: Option<String>,
    /// The file as the compiler was given it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1; 0 where it is not known.
    pub column: u32,
}

impl std::fmt::Display for SourcePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        if self.column > 0 { write!(f, ":{}", self.column) } else { Ok(()) }
    }
}

/// The places of the instruction at `address` (in the file's own terms): innermost first, then where that was inlined.
pub fn places(bytes: &[u8], address: u64) -> Vec<SourcePlace> {
    read(bytes, address).unwrap_or_default()
}

fn read(bytes: &[u8], address: u64) -> Option<Vec<SourcePlace>> {
    let elf = Elf::parse(bytes).ok()?;
    let section = |id: SectionId| -> Result<EndianSlice<'_, LittleEndian>, gimli::Error> {
        let found = elf
            .section_headers
            .iter()
            .find(|header| elf.shdr_strtab.get_at(header.sh_name) == Some(id.name()));
        let contents = found.and_then(|header| bytes.get(header.file_range()?)).unwrap_or_default();
        Ok(EndianSlice::new(contents, LittleEndian))
    };
    let dwarf = Dwarf::load(section).ok()?;
    let context = addr2line::Context::from_dwarf(dwarf).ok()?;
    let mut frames = context.find_frames(address).skip_all_loads().ok()?;
    let mut places = Vec::new();
    while let Ok(Some(frame)) = frames.next() {
        let Some(location) = frame.location else { continue };
        let (Some(file), Some(line)) = (location.file, location.line.filter(|&line| line > 0)) else {
            continue;
        };
        let function = frame.function.and_then(|name| name.demangle().ok().map(|name| name.into_owned()));
        let column = location.column.unwrap_or(0);
        places.push(SourcePlace { function, file: file.to_owned(), line, column });
    }
    Some(places)
}

#[cfg(test)]
mod tests {
    use super::places;

    #[test]
    fn what_is_no_code_object_has_no_places() {
        assert_eq!(places(b"", 0), []);
        assert_eq!(places(&[0x7f; 4096], 64), []);
    }
}
