//! The cache of decoded opcodes: each distinct spelling is matched against the rows once for a module.

use crate::isa::conflicts::conflict;
use crate::isa::matcher::{self, Decoded, OpcodeError};
use crate::isa::row::{Row, VARIANT};
use crate::isa::{Form, Opcode};
use crate::module::{FormId, Module};
use crate::names::hash;

/// Opcodes met so far.
#[derive(Default)]
pub(super) struct OpcodeCache {
    /// 0 is free, else index into `spellings` + 1.
    slots: Vec<u32>,
    spellings: Vec<Spelling>,
    /// The forms met as operands: they are the module's.
    forms: Vec<Form>,
}

/// All rows of one spelling; the operands decide between them.
struct Spelling {
    hash: u64,
    text: Box<str>,
    candidates: Vec<Candidate>,
}

/// A form that a spelling may mean.
pub(super) struct Candidate {
    pub decoded: Decoded,
    /// Its number in the module, once an instruction was it.
    pub id: Option<FormId>,
    /// Fewest and most operands.
    pub counts: (usize, usize),
    /// Why the module's `.version` and `.target` do not have it, or nobody does.
    pub missing: Option<String>,
}

impl OpcodeCache {
    /// The spelling's number, decoded if it is new.
    #[inline]
    pub fn find(&mut self, text: &str, module: &Module) -> Result<u32, OpcodeError> {
        let key = hash(text.as_bytes());
        if !self.slots.is_empty() {
            let mask = self.slots.len() - 1;
            let mut slot = key as usize & mask;
            while self.slots[slot] != 0 {
                let spelling = &self.spellings[self.slots[slot] as usize - 1];
                if spelling.hash == key && *spelling.text == *text {
                    return Ok(self.slots[slot] - 1);
                }
                slot = (slot + 1) & mask;
            }
        }
        self.decode(text, key, module)
    }

    /// The candidates of a spelling.
    #[inline]
    pub fn candidates(&self, spelling: u32) -> &[Candidate] {
        &self.spellings[spelling as usize].candidates
    }

    /// The number of a candidate in the module.
    #[inline]
    pub fn form_id(&mut self, spelling: u32, candidate: usize) -> FormId {
        let candidate = &mut self.spellings[spelling as usize].candidates[candidate];
        if let Some(id) = candidate.id {
            return id;
        }
        let id = FormId(self.forms.len() as u32);
        self.forms.push(candidate.decoded.form.clone());
        candidate.id = Some(id);
        id
    }

    /// The forms of the module.
    pub fn into_forms(self) -> Vec<Form> {
        self.forms
    }

    fn decode(&mut self, text: &str, key: u64, module: &Module) -> Result<u32, OpcodeError> {
        let candidates = matcher::decode(text)?
            .into_iter()
            .map(|decoded| {
                let most = decoded.form.operands.len();
                let fewest = decoded.form.operands.iter().filter(|spec| !spec.optional).count();
                let missing = missing(decoded.row, text, module)
                    .or_else(|| withdrawn(&decoded.form, module))
                    .or_else(|| conflict(&decoded.form));
                Candidate { decoded, id: None, counts: (fewest, most), missing }
            })
            .collect();
        self.spellings.push(Spelling { hash: key, text: text.into(), candidates });
        let id = self.spellings.len() as u32;
        if self.slots.len() < self.spellings.len() * 2 {
            self.slots = vec![0; (self.slots.len() * 2).max(256)];
            for at in 0..self.spellings.len() {
                self.enter(at as u32 + 1);
            }
        } else {
            self.enter(id);
        }
        Ok(id - 1)
    }

    fn enter(&mut self, id: u32) {
        let mask = self.slots.len() - 1;
        let mut slot = self.spellings[id as usize - 1].hash as usize & mask;
        while self.slots[slot] != 0 {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = id;
    }
}

/// `shfl` and `vote` without `.sync` ended with PTX ISA 6.4 for `sm_70` and higher.
fn withdrawn(form: &Form, module: &Module) -> Option<String> {
    let version = module.version.major * 10 + module.version.minor.min(9);
    let gone = matches!(form.opcode, Opcode::Shfl | Opcode::Vote)
        && version >= 64
        && module.target.architecture >= 70;
    let text = &form.text;
    gone.then(|| {
        format!("`{text}` is not in .version 6.4 and later for sm_70 and higher; use its .sync form")
    })
}

/// What the module's `.version` or `.target` lacks for a row.
fn missing(row: &Row, text: &str, module: &Module) -> Option<String> {
    let version = module.version.major * 10 + module.version.minor.min(9);
    if version < row.version {
        let (major, minor) = (row.version / 10, row.version % 10);
        let have = module.version;
        return Some(format!(
            "`{text}` needs .version {major}.{minor} or later; this module has {}.{}",
            have.major, have.minor
        ));
    }
    let needed = u32::from(row.target & !VARIANT);
    let special = row.target & VARIANT != 0;
    let target = &module.target;
    if target.architecture < needed || (special && target.suffix.is_none()) {
        let suffix = if special { "a" } else { "" };
        let have = target.suffix.map(String::from).unwrap_or_default();
        return Some(format!(
            "`{text}` needs .target sm_{needed}{suffix} or higher; this module has sm_{}{have}",
            target.architecture
        ));
    }
    None
}
