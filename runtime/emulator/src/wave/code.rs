//! Decoded code, a page at a time.
//!
//! A page of 4 KiB is decoded once into one [`Instruction`] for each dword and shared by all waves and dispatches.
//! A dispatch compares the bytes of a page with what was decoded when it first meets it, so that code memory may be
//! freed and reused between dispatches. Decoding sweeps linearly; the dwords inside longer instructions, which only
//! odd code jumps to, get an entry that decodes on the spot.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::dispatch::AddressSpace;
use crate::execute::{self, Instruction};

/// Bytes of a page.
pub(crate) const PAGE: u64 = 4096;
/// Dwords of a page.
pub(crate) const SLOTS: usize = (PAGE / 4) as usize;

/// One page of decoded code.
pub(crate) struct CodePage {
    /// Address of the first byte.
    pub address: u64,
    /// One entry for each dword, and two that lead to the next page.
    pub instructions: Vec<Instruction>,
    /// What was decoded, with the first dword of the next page; `None` outside every region.
    words: Vec<Option<u32>>,
    /// Keeps what instructions point at.
    _attachments: execute::Attachments,
}

// SAFETY: a page is immutable once built; its instructions point into `_attachments` and at static rows only.
unsafe impl Send for CodePage {}
// SAFETY: as above.
unsafe impl Sync for CodePage {}

impl CodePage {
    fn read(address: u64, space: &dyn AddressSpace) -> Option<Vec<Option<u32>>> {
        let mut words = Vec::with_capacity(SLOTS + 1);
        let mut region = None;
        for slot in 0..=SLOTS as u64 {
            let at = address + slot * 4;
            let known =
                region.filter(|r: &crate::dispatch::Region| at >= r.base && at + 4 <= r.base + r.size);
            if known.is_none() {
                region = space.lookup(at).filter(|r| at >= r.base && at + 4 <= r.base + r.size);
            }
            words.push(region.map(|_| {
                // SAFETY: the region covers these four bytes, and they are aligned.
                unsafe { (at as *const u32).read_volatile() }
            }));
        }
        words[..SLOTS].iter().any(Option::is_some).then_some(words)
    }

    fn decode(address: u64, words: Vec<Option<u32>>) -> Self {
        let mut attachments = execute::Attachments::default();
        let mut instructions = Vec::with_capacity(SLOTS + 2);
        let mut covered = false;
        for slot in 0..SLOTS {
            let instruction = match words[slot] {
                Some(_) if std::mem::take(&mut covered) => Instruction::inside_another(),
                Some(word) => {
                    let pc = address + slot as u64 * 4;
                    let built = execute::build(pc, word, words[slot + 1], &mut attachments);
                    covered = built.words == 2;
                    built
                }
                None => Instruction::outside(),
            };
            instructions.push(instruction);
        }
        // Two, because the last instruction may be two dwords long.
        instructions.push(Instruction::next_page());
        instructions.push(Instruction::next_page());
        Self { address, instructions, words, _attachments: attachments }
    }

    /// The two words at `slot`.
    pub fn words(&self, slot: usize) -> (Option<u32>, Option<u32>) {
        (self.words[slot], self.words[slot + 1])
    }
}

/// Pages decoded so far, by address, for all dispatches of the process.
static DECODED: Mutex<Option<HashMap<u64, Arc<CodePage>>>> = Mutex::new(None);
/// Pages kept before all are dropped.
const KEPT: usize = 2048;

/// The code that one dispatch runs.
#[derive(Default)]
pub(crate) struct Program {
    pages: Mutex<HashMap<u64, Arc<CodePage>>>,
}

impl Program {
    /// The decoded page at `address` (a multiple of [`PAGE`]), `None` when no part of it is device memory.
    fn page(&self, address: u64, space: &dyn AddressSpace) -> Option<Arc<CodePage>> {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(page) = pages.get(&address) {
            return Some(page.clone());
        }
        let words = CodePage::read(address, space)?;
        let mut decoded = DECODED.lock().unwrap_or_else(PoisonError::into_inner);
        let decoded = decoded.get_or_insert_default();
        let page = match decoded.get(&address).filter(|page| page.words == words) {
            Some(page) => page.clone(),
            None => {
                if decoded.len() >= KEPT {
                    decoded.clear();
                }
                let page = Arc::new(CodePage::decode(address, words));
                decoded.insert(address, page.clone());
                page
            }
        };
        pages.insert(address, page.clone());
        Some(page)
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
        let hit = self.recent[index].as_ref().is_some_and(|page| page.address == address);
        if !hit {
            // SAFETY: see `new`.
            self.recent[index] = Some(self.program.page(address, unsafe { &*self.space })?);
        }
        let page = self.recent[index].as_deref()?;
        self.current = page;
        page.instructions.as_ptr().wrapping_add(((pc - address) / 4) as usize).into()
    }

    /// The address of an instruction in the current page.
    pub fn address_of(&self, instruction: *const Instruction) -> u64 {
        // SAFETY: `current` is kept alive by `recent`, or by nothing before the first `enter`.
        match unsafe { self.current.as_ref() } {
            Some(page) => {
                let offset = instruction as usize - page.instructions.as_ptr() as usize;
                page.address + (offset / size_of::<Instruction>()) as u64 * 4
            }
            None => 0,
        }
    }
}
