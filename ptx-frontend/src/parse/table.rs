//! Names to what they stand for, with nested scopes.
//!
//! Takes names as slices of the source; an inner declaration hides an outer one until its scope is left. Entries leave
//! in the reverse order of their coming, which is what makes removal from the open-addressed table sound.

use crate::names::hash;

/// The table.
pub(crate) struct Table<'s, V> {
    /// 0 is free, else index of an entry + 1. Its length is a power of two.
    slots: Vec<u32>,
    entries: Vec<Entry<'s, V>>,
}

struct Entry<'s, V> {
    name: &'s str,
    hash: u64,
    value: V,
    /// The entry of the same name that this one hides: index + 1, or 0.
    hidden: u32,
}

impl<'s, V: Copy> Table<'s, V> {
    pub fn new() -> Self {
        Self { slots: vec![0; 64], entries: Vec::new() }
    }

    /// Number of entries: the mark of a scope.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// What the name stands for, innermost scope first.
    #[inline]
    pub fn get(&self, name: &str) -> Option<V> {
        let slot = self.slot(name, hash(name.as_bytes()));
        match self.slots[slot] {
            0 => None,
            entry => Some(self.entries[entry as usize - 1].value),
        }
    }

    /// What the name stands for if it was entered after the mark.
    pub fn get_since(&self, name: &str, mark: usize) -> Option<V> {
        let slot = self.slot(name, hash(name.as_bytes()));
        match self.slots[slot] as usize {
            entry if entry > mark => Some(self.entries[entry - 1].value),
            _ => None,
        }
    }

    /// Enters a name; it hides an older one.
    pub fn insert(&mut self, name: &'s str, value: V) {
        if (self.entries.len() + 1) * 2 > self.slots.len() {
            self.slots = vec![0; self.slots.len() * 2];
            for at in 0..self.entries.len() {
                let slot = self.slot(self.entries[at].name, self.entries[at].hash);
                self.slots[slot] = at as u32 + 1;
            }
        }
        let hash = hash(name.as_bytes());
        let slot = self.slot(name, hash);
        self.entries.push(Entry { name, hash, value, hidden: self.slots[slot] });
        self.slots[slot] = self.entries.len() as u32;
    }

    /// Drops what was entered after the mark.
    pub fn leave(&mut self, mark: usize) {
        while self.entries.len() > mark {
            let last = self.entries.len() - 1;
            let slot = self.slot(self.entries[last].name, self.entries[last].hash);
            self.slots[slot] = self.entries[last].hidden;
            self.entries.pop();
        }
    }

    /// All names, for suggestions.
    pub fn names(&self) -> impl Iterator<Item = &'s str> + '_ {
        self.entries.iter().map(|entry| entry.name)
    }

    fn slot(&self, name: &str, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            match self.slots[slot] {
                0 => return slot,
                entry => {
                    let entry = &self.entries[entry as usize - 1];
                    if entry.hash == hash && entry.name == name {
                        return slot;
                    }
                }
            }
            slot = (slot + 1) & mask;
        }
    }
}
