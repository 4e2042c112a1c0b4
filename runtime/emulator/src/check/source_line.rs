//! The source line of an instruction, from the DWARF of the code object that holds it.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use gimli::{self, EndianArcSlice, LittleEndian};
use goblin::elf::Elf;
use serde::Serialize;

use crate::loader::registry::{self, Loaded};

/// A place in a source file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct SourceLine {
    pub file: String,
    pub line: u32,
    pub column: u32,
}

impl fmt::Display for SourceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        if self.column != 0 {
            write!(f, ":{}", self.column)?;
        }
        Ok(())
    }
}

type Slice = EndianArcSlice<LittleEndian>;
type Context = addr2line::Context<Slice>;

/// Line tables by loaded code object; `None` where there are none.
static TABLES: Mutex<Option<HashMap<u64, Option<Context>>>> = Mutex::new(None);

/// Where the instruction at `pc` comes from: the innermost place first, then where that was inlined.
pub(crate) fn of(pc: u64) -> Vec<SourceLine> {
    lines(pc).unwrap_or_default()
}

fn lines(pc: u64) -> Option<Vec<SourceLine>> {
    let loaded = registry::loaded_at(pc)?;
    let mut tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
    let context =
        tables.get_or_insert_default().entry(loaded.handle).or_insert_with(|| context(&loaded)).as_ref()?;
    let mut frames = context.find_frames(pc.wrapping_sub(loaded.placement.delta)).skip_all_loads().ok()?;
    let mut places = Vec::new();
    while let Ok(Some(frame)) = frames.next() {
        if let Some(location) = frame.location
            && let (Some(file), Some(line)) = (location.file, location.line.filter(|line| *line != 0))
        {
            let column = location.column.unwrap_or(0);
            places.push(SourceLine { file: file.to_owned(), line, column });
        }
    }
    Some(places)
}

fn context(loaded: &Loaded) -> Option<Context> {
    let bytes = &loaded.source.bytes;
    let elf = Elf::parse(bytes).ok()?;
    let section = |id: gimli::SectionId| -> Result<Slice, gimli::Error> {
        let range = elf.section_headers.iter().find_map(|header| {
            let name = elf.shdr_strtab.get_at(header.sh_name)?;
            if name == id.name() { header.file_range() } else { None }
        });
        let found = range.and_then(|range| bytes.get(range)).unwrap_or_default();
        Ok(EndianArcSlice::new(found.into(), LittleEndian))
    };
    let dwarf = gimli::Dwarf::load(section).ok()?;
    Context::from_dwarf(dwarf).ok()
}
