//! All names of a module, each once.
//!
//! Takes strings; gives dense numbers. The texts lie in one string; a table of numbers finds them by hash.

use crate::module::NameId;

/// The interner.
#[derive(Clone, Debug, Default)]
pub struct Names {
    text: String,
    /// End of each name in `text`.
    ends: Vec<u32>,
    /// Open addressing: 0 is free, else id + 1. Its length is a power of two, or 0 at first.
    table: Vec<u32>,
}

impl Names {
    /// The text of a name; empty if the number is of another module.
    pub fn get(&self, id: NameId) -> &str {
        let start = if id.0 == 0 { 0 } else { self.ends.get(id.index() - 1).copied().unwrap_or(0) };
        let end = self.ends.get(id.index()).copied().unwrap_or(start);
        &self.text[start as usize..end as usize]
    }

    /// The number of a name that is there already.
    pub fn find(&self, name: &str) -> Option<NameId> {
        self.probe(name).ok()
    }

    /// The number of a name; it is entered if it is new.
    pub fn intern(&mut self, name: &str) -> NameId {
        if self.table.len() < (self.ends.len() + 1) * 2 {
            self.grow();
        }
        match self.probe(name) {
            Ok(id) => id,
            Err(slot) => {
                let id = self.ends.len() as u32;
                self.text.push_str(name);
                self.ends.push(self.text.len() as u32);
                self.table[slot] = id + 1;
                NameId(id)
            }
        }
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The id, or the slot where it would go. An empty table gives slot 0.
    fn probe(&self, name: &str) -> Result<NameId, usize> {
        if self.table.is_empty() {
            return Err(0);
        }
        let mask = self.table.len() - 1;
        let mut slot = hash(name.as_bytes()) as usize & mask;
        loop {
            match self.table[slot] {
                0 => return Err(slot),
                entry => {
                    let id = NameId(entry - 1);
                    if self.get(id) == name {
                        return Ok(id);
                    }
                }
            }
            slot = (slot + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let size = (self.table.len() * 2).max(64);
        self.table = vec![0; size];
        for id in 0..self.ends.len() as u32 {
            let mut slot = hash(self.get(NameId(id)).as_bytes()) as usize & (size - 1);
            while self.table[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            self.table[slot] = id + 1;
        }
    }
}

/// Equal if they hold the same names in the same order.
impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.ends == other.ends
    }
}

/// A fast hash of a short text: eight bytes a step, folded at the end.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut state = bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        state = (state.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(FACTOR);
    }
    let mut last = 0;
    for &byte in chunks.remainder() {
        last = last << 8 | u64::from(byte);
    }
    state = (state.rotate_left(5) ^ last).wrapping_mul(FACTOR);
    state ^ state >> 32
}
