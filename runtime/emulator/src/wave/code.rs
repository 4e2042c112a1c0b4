//! Decoded code, a page at a time.
//!
//! A page of 4 KiB is decoded once, one [`Instruction`] after the other, and shared by all waves and dispatches.
//! A dispatch compares the bytes of a page with what was decoded when it first meets it, so that code memory may be
//! freed and reused between dispatches. Decoding sweeps linearly; for code that jumps into what the sweep took for the
//! second half of an instruction, the page is decoded once more from there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::dispatch::AddressSpace;
use crate::execute::{self, Instruction, sopp};
use crate::observe::Observed;
use crate::translate::Translation;

/// Bytes of a page.
pub(crate) const PAGE: u64 = 4096;
/// In [`CodePage::indices`]: no instruction begins here.
const NONE: u16 = u16::MAX;
/// Dwords of a page.
pub(crate) const SLOTS: usize = (PAGE / 4) as usize;

/// One page of decoded code.
pub(crate) struct CodePage {
    /// Address of the first byte.
    pub address: u64,
    /// The instructions in order, and an entry that leads to the next page.
    pub instructions: Vec<Instruction>,
    /// The slot of each instruction.
    slots: Vec<u16>,
    /// The instruction at each slot, [`NONE`] inside another.
    indices: Vec<u16>,
    /// What was decoded, with the first dword of the next page; zero outside `range`.
    words: Vec<u32>,
    /// First and last address of what is device memory.
    range: (u64, u64),
    /// Keeps what instructions point at.
    attachments: execute::Attachments,
    /// The runs of instructions that are translated; entries point at them.
    translation: Option<Box<Translation>>,
    /// Of a page that is watched: what each instruction does, by index.
    observed: Vec<Observed>,
}

// SAFETY: a page is immutable once built; its instructions point into `attachments` and at static rows only.
unsafe impl Send for CodePage {}
// SAFETY: as above.
unsafe impl Sync for CodePage {}

impl CodePage {
    /// The bytes of the page that are device memory, as one range; `None` when its first known dword is in none.
    fn covered(address: u64, space: &dyn AddressSpace) -> Option<(u64, u64)> {
        // A code object's segment may begin or end inside the page.
        let region = space
            .lookup(address)
            .or_else(|| (0..PAGE).step_by(256).find_map(|offset| space.lookup(address + offset)))?;
        let start = region.base.max(address).next_multiple_of(4);
        let mut end = region.base + region.size;
        // One dword more than the page, for an instruction that begins in its last.
        if end < address + PAGE + 4
            && let Some(next) = space.lookup(end)
        {
            end = next.base + next.size;
        }
        let end = end.min(address + PAGE + 4) & !3;
        (start < end).then_some((start, end))
    }

    /// Whether memory still holds what was decoded.
    fn is_current(&self, range: (u64, u64)) -> bool {
        let first = ((range.0 - self.address) / 4) as usize;
        let count = ((range.1 - range.0) / 4) as usize;
        // SAFETY: the range is device memory, aligned to 4.
        let bytes = unsafe { std::slice::from_raw_parts(range.0 as *const u32, count) };
        self.range == range && self.words[first..first + count] == *bytes
    }

    fn read(address: u64, range: (u64, u64)) -> Vec<u32> {
        let mut words = vec![0; SLOTS + 1];
        for at in (range.0..range.1).step_by(4) {
            // SAFETY: the range is device memory, aligned to 4.
            words[((at - address) / 4) as usize] = unsafe { (at as *const u32).read_volatile() };
        }
        words
    }

    /// The dword at `slot`, `None` outside device memory.
    fn word(&self, slot: usize) -> Option<u32> {
        let at = self.address + slot as u64 * 4;
        (at >= self.range.0 && at < self.range.1).then(|| self.words[slot])
    }

    /// Decodes from `first_slot` on; what stands before is decoded up to there. A `plain` page is one that is watched:
    /// an entry for each instruction, and what is known of it beside.
    fn decode(address: u64, range: (u64, u64), first_slot: usize, plain: bool) -> Self {
        let mut page = Self {
            address,
            instructions: Vec::with_capacity(SLOTS + 1),
            slots: Vec::with_capacity(SLOTS + 1),
            indices: vec![NONE; SLOTS],
            words: Self::read(address, range),
            range,
            attachments: execute::Attachments::default(),
            translation: None,
            observed: Vec::new(),
        };
        let mut slot = 0;
        while slot < SLOTS {
            let pc = address + slot as u64 * 4;
            let cut = slot < first_slot && slot + 1 == first_slot;
            let instruction = match page.word(slot) {
                Some(word) => {
                    let second = if cut { None } else { page.word(slot + 1) };
                    if plain {
                        page.observed.push(Observed::new(pc, word, second));
                    }
                    execute::build(pc, word, second, &mut page.attachments)
                }
                None => {
                    if plain {
                        page.observed.push(Observed::nothing(pc));
                    }
                    Instruction::outside()
                }
            };
            page.indices[slot] = page.instructions.len() as u16;
            page.slots.push(slot as u16);
            slot += usize::from(instruction.words);
            page.instructions.push(instruction);
        }
        page.slots.push(slot as u16);
        page.instructions.push(Instruction::next_page(address + slot as u64 * 4));
        let targets = page.resolve_branches();
        if !plain {
            page.translation = Translation::find(&mut page.instructions, &targets);
        }
        page
    }

    /// Turns branches within the page into distances; returns where they go.
    fn resolve_branches(&mut self) -> Vec<usize> {
        let mut targets = Vec::new();
        for index in 0..self.instructions.len() {
            let Some(target) = sopp::branch_target(&self.instructions[index]) else { continue };
            let slot = target.wrapping_sub(self.address) / 4;
            let to = self.indices.get(usize::try_from(slot).unwrap_or(usize::MAX)).copied().unwrap_or(NONE);
            if target >= self.address && to != NONE {
                let instruction = &mut self.instructions[index];
                instruction.source[0] = (i64::from(to) - index as i64) as u64;
                instruction.flags |= sopp::NEAR;
                targets.push(usize::from(to));
            }
        }
        targets
    }
}

/// Pages by address.
type Pages = HashMap<u64, Arc<CodePage>>;

/// Pages decoded so far, by address, for all dispatches of the process; those that are watched apart.
static DECODED: [Mutex<Option<Pages>>; 2] = [Mutex::new(None), Mutex::new(None)];
/// Pages kept before all are dropped.
const KEPT: usize = 2048;

/// The code that one dispatch runs.
#[derive(Default)]
pub(crate) struct Program {
    /// Its pages are watched ones.
    plain: bool,
    pages: Mutex<Pages>,
}

impl Program {
    /// A program whose instructions are watched one by one.
    pub fn plain() -> Self {
        Self { plain: true, ..Self::default() }
    }

    /// The decoded page at `address` (a multiple of [`PAGE`]), `None` when no part of it is device memory.
    fn page(&self, address: u64, space: &dyn AddressSpace) -> Option<Arc<CodePage>> {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(page) = pages.get(&address) {
            return Some(page.clone());
        }
        let range = CodePage::covered(address, space)?;
        let mut decoded = DECODED[usize::from(self.plain)].lock().unwrap_or_else(PoisonError::into_inner);
        let decoded = decoded.get_or_insert_default();
        let page = match decoded.get(&address).filter(|page| page.is_current(range)) {
            Some(page) => page.clone(),
            None => {
                if decoded.len() >= KEPT {
                    decoded.clear();
                }
                let page = Arc::new(CodePage::decode(address, range, 0, self.plain));
                decoded.insert(address, page.clone());
                page
            }
        };
        pages.insert(address, page.clone());
        Some(page)
    }

    /// The page of `pc`, decoded so that an instruction begins at `pc`.
    fn page_from(&self, pc: u64, space: &dyn AddressSpace) -> Option<Arc<CodePage>> {
        let address = pc & !(PAGE - 1);
        let range = CodePage::covered(address, space)?;
        // Addresses of pages are multiples of the page size, these are not: one map holds both.
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let first = ((pc - address) / 4) as usize;
        let decode = || Arc::new(CodePage::decode(address, range, first, self.plain));
        Some(pages.entry(pc).or_insert_with(decode).clone())
    }
}

/// A wave's way to the decoded code: the pages it used last.
pub(crate) struct CodeView {
    program: Arc<Program>,
    space: *const dyn AddressSpace,
    recent: [Option<Arc<CodePage>>; 8],
    /// The page that the wave is in.
    pub current: *const CodePage,
}

impl CodeView {
    /// A view of `program`, read through `space`, which must outlive it.
    pub fn new(program: Arc<Program>, space: &dyn AddressSpace) -> Self {
        // SAFETY: only the lifetime is dropped; see `MemoryView::new`.
        let space = unsafe { std::mem::transmute::<&dyn AddressSpace, &'static dyn AddressSpace>(space) };
        Self { program, space, recent: Default::default(), current: std::ptr::null() }
    }

    /// The instruction at `pc`, whose page becomes the current one; `None` outside device memory.
    pub fn enter(&mut self, pc: u64) -> Option<*const Instruction> {
        if !pc.is_multiple_of(4) {
            return None;
        }
        let address = pc & !(PAGE - 1);
        let index = (address / PAGE) as usize % self.recent.len();
        let slot = ((pc - address) / 4) as usize;
        let hit = self.recent[index].as_ref().is_some_and(|page| page.address == address);
        if !hit {
            // SAFETY: see `new`.
            self.recent[index] = Some(self.program.page(address, unsafe { &*self.space })?);
        }
        if self.recent[index].as_deref()?.indices[slot] == NONE {
            // SAFETY: see `new`.
            self.recent[index] = Some(self.program.page_from(pc, unsafe { &*self.space })?);
        }
        let page = self.recent[index].as_deref()?;
        self.current = page;
        let at = usize::from(*page.indices.get(slot)?);
        page.instructions.get(at).map(std::ptr::from_ref)
    }

    /// What is known of an instruction in the current page; `None` for an entry that is no instruction, and in a page
    /// that is not watched.
    pub fn observed(&self, instruction: *const Instruction) -> Option<*const Observed> {
        // SAFETY: as for `address_of`.
        let page = unsafe { self.current.as_ref() }?;
        let offset = (instruction as usize).wrapping_sub(page.instructions.as_ptr() as usize);
        page.observed.get(offset / size_of::<Instruction>()).map(std::ptr::from_ref)
    }

    /// The address of an instruction in the current page.
    pub fn address_of(&self, instruction: *const Instruction) -> u64 {
        // SAFETY: `current` is kept alive by `recent`, or by nothing before the first `enter`.
        match unsafe { self.current.as_ref() } {
            Some(page) => {
                let offset = (instruction as usize).wrapping_sub(page.instructions.as_ptr() as usize);
                let slot = page.slots.get(offset / size_of::<Instruction>()).copied().unwrap_or(0);
                page.address + u64::from(slot) * 4
            }
            None => 0,
        }
    }
}
