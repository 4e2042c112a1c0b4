//! Runs of vector instructions as host code.
//!
//! A run is a straight stretch of instructions within a page that compute lane by lane ([`plan`]), with nothing in it
//! that can fault, jump, wait or see another lane. When a page is decoded its runs are found ([`Translation::find`]),
//! and the entry of each run's first instruction is replaced by [`enter`]; all others stay as they are, so that code
//! may jump into the middle. Once the runs of a page have been entered often enough, all of them are translated at
//! once ([`host`], [`lower`]) for the host's instruction set, and from then on [`enter`] calls the result.
//!
//! What holds between runs is what holds between instructions: all registers are in the wave. A run cannot fault, so a
//! fault always has the place of its own instruction; a wave gives way between runs at the latest. Pages of watched
//! dispatches have no runs. Hosts without AVX2, and `WAVEFOLD_EMULATOR=jit=off`, interpret everything.

mod host;
mod lower;
mod memory;
mod plan;
mod table;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};

use crate::execute::level::{self, AVX2, AVX512};
use crate::execute::{Flow, Instruction};
use crate::isa::{self, Decoded};
use crate::wave::Wave;

use host::{Emitter, MASKS, Set};
use memory::Executable;
use plan::{Operation, Source};

/// How often the runs of a page are entered before they are translated.
const HOT: u32 = 64;
/// Most operations of a run.
const LONGEST: usize = 128;

/// What translated code is called as; see [`host`].
type Function = unsafe extern "sysv64" fn(*mut u8, *mut u8, *mut u32, u64);

static ENABLED: AtomicBool = AtomicBool::new(true);

/// Switches translation on or off for pages decoded from now on.
pub(crate) fn enable(on: bool) {
    ENABLED.store(on, Ordering::Relaxed);
}

fn set() -> Option<Set> {
    match level::current() {
        AVX512 => Some(Set::Avx512),
        AVX2 => Some(Set::Avx2),
        _ => None,
    }
}

/// One run of a page.
pub(crate) struct Run {
    /// The code for all lanes, and for some; null while there is none.
    functions: [AtomicPtr<u8>; 2],
    /// Entries of the page that it spans.
    length: u32,
    /// Its result depends on whether MODE flushes denormals.
    asks_for_flushing: bool,
    /// The first instruction.
    first: Instruction,
    operations: Vec<Operation>,
    masks: Vec<u8>,
    /// The page's translation, which owns this run.
    translation: *const Translation,
}

/// The runs of one page.
pub(crate) struct Translation {
    // Boxed, because entries of the page point at them.
    #[allow(clippy::vec_box)]
    runs: Vec<Box<Run>>,
    entered: AtomicU32,
    code: OnceLock<Option<Executable>>,
    /// MODE's flushing for which the code was made.
    flushes: AtomicBool,
}

// SAFETY: runs are immutable but for their atomics; `first` points at what the page keeps alive, `translation` at the
// box that owns the run.
unsafe impl Send for Translation {}
// SAFETY: as above.
unsafe impl Sync for Translation {}

/// A run being put together.
#[derive(Default)]
struct Draft {
    start: usize,
    length: usize,
    operations: Vec<Operation>,
    masks: Vec<u8>,
    written: Vec<u8>,
    /// Whether the interpreter has to prepare a source of the first.
    prepared: bool,
}

impl Draft {
    /// Adds an operation if the run may have it.
    fn accept(&mut self, operation: &Operation) -> bool {
        let overlaps = |mask: u8, register: u8| mask == register || mask + 1 == register;
        // A mask that the run writes is in memory only at its end.
        let reads_written = operation.inputs().any(|input| match input.source {
            Source::Scalar(register) => self.written.iter().any(|mask| overlaps(*mask, register)),
            _ => false,
        });
        let mut masks = self.masks.clone();
        for mask in [operation.mask_in, operation.mask_out].into_iter().flatten() {
            if !masks.contains(&mask) {
                masks.push(mask);
            }
        }
        if reads_written || masks.len() > MASKS || self.operations.len() == LONGEST {
            return false;
        }
        self.masks = masks;
        self.written.extend(operation.mask_out);
        self.operations.push(operation.clone());
        true
    }

    /// Whether it is worth a call.
    fn pays(&self) -> bool {
        self.operations.len() > 1 || self.operations.len() == 1 && self.prepared
    }
}

impl Translation {
    /// Finds the runs among a page's instructions and puts their entries in; `targets` says where branches of the page
    /// go. `None` where there are none.
    pub fn find(instructions: &mut [Instruction], targets: &[usize]) -> Option<Box<Self>> {
        let set = set().filter(|_| ENABLED.load(Ordering::Relaxed))?;
        let mut this = Box::new(Self {
            runs: Vec::new(),
            entered: AtomicU32::new(0),
            code: OnceLock::new(),
            flushes: AtomicBool::new(false),
        });
        let mut is_target = vec![false; instructions.len()];
        for target in targets {
            is_target[*target] = true;
        }
        let mut draft = Draft::default();
        for index in 0..instructions.len() {
            let decoded = decode(&instructions[index]);
            let operation = decoded.as_ref().and_then(plan::operation);
            let operation = operation.filter(|operation| lower::is_lowered(operation, set));
            if is_target[index] {
                this.close(instructions, &mut draft, index);
            }
            let nothing = decoded.as_ref().is_some_and(plan::is_nothing);
            match operation {
                Some(operation) => {
                    if !draft.accept(&operation) {
                        this.close(instructions, &mut draft, index);
                        draft.accept(&operation);
                    }
                    if draft.operations.len() == 1 {
                        draft.start = index;
                        draft.prepared = !instructions[index].extra.is_null();
                    }
                    draft.length = index + 1 - draft.start;
                }
                None if nothing && !draft.operations.is_empty() => draft.length = index + 1 - draft.start,
                None => this.close(instructions, &mut draft, index + 1),
            }
        }
        let end = instructions.len();
        this.close(instructions, &mut draft, end);
        (!this.runs.is_empty()).then_some(this)
    }

    /// Ends a draft; the next one begins at `next`.
    fn close(&mut self, instructions: &mut [Instruction], draft: &mut Draft, next: usize) {
        let draft = std::mem::replace(draft, Draft { start: next, ..Draft::default() });
        if !draft.pays() {
            return;
        }
        let first = instructions[draft.start];
        let run = Box::new(Run {
            functions: [AtomicPtr::default(), AtomicPtr::default()],
            length: draft.length as u32,
            asks_for_flushing: draft.operations.iter().any(Operation::asks_for_flushing),
            first,
            operations: draft.operations,
            masks: draft.masks,
            translation: self,
        });
        instructions[draft.start] = Instruction::run(enter, &raw const *run, &first);
        self.runs.push(run);
    }

    /// Translates all runs, for the flushing that a wave's MODE asks for.
    fn translate(&self, flushes: bool) {
        let Some(set) = set() else { return };
        self.code.get_or_init(|| {
            self.flushes.store(flushes, Ordering::Relaxed);
            let mut bytes = Vec::new();
            let mut entries = Vec::new();
            for run in &self.runs {
                for (index, partial) in [false, true].into_iter().enumerate() {
                    let mut emitter = Emitter::new(set, partial, flushes, &run.operations, &run.masks);
                    for operation in &run.operations {
                        lower::lower(&mut emitter, operation);
                    }
                    if let Some(function) = emitter.finish() {
                        bytes.resize(bytes.len().next_multiple_of(64), 0xcc);
                        entries.push((&run.functions[index], bytes.len() + function.entry));
                        bytes.extend(function.bytes);
                    }
                }
            }
            let code = Executable::new(&bytes)?;
            for (function, offset) in entries {
                function.store(code.at(offset), Ordering::Release);
            }
            Some(code)
        });
    }
}

fn decode(instruction: &Instruction) -> Option<Decoded> {
    // The entry that leads to the next page has no words, that of a dword outside memory no bits.
    if instruction.words == 0 || instruction.bits == 0 {
        return None;
    }
    let second = (instruction.words == 2).then_some((instruction.bits >> 32) as u32);
    isa::decode(instruction.bits as u32, second)
}

/// Whether MODE flushes 32-bit denormals.
fn flushes(wave: &Wave) -> bool {
    wave.mode >> 4 & 3 != 3
}

/// Runs a whole run, or while there is no code for it, its first instruction.
unsafe fn enter(wave: &mut Wave, instruction: &Instruction) -> Flow {
    // SAFETY: only `Translation::close` makes such an entry, with a run that lives as long as the page.
    let run = unsafe { &*instruction.attached_run() };
    let exec = wave.exec();
    let function = run.functions[usize::from(exec != u64::MAX)].load(Ordering::Acquire);
    if function.is_null() || run.asks_for_flushing && !run.fits(wave) {
        // SAFETY: the original entry, which the page keeps.
        return unsafe { cold(wave, run) };
    }
    // SAFETY: `translate` stored the address of a function of this type, made for this host; rows and scalar
    // registers are where the handlers of the same instructions would find them.
    unsafe {
        let function = std::mem::transmute::<*mut u8, Function>(function);
        function(wave.bases[0], wave.bases[1], wave.sgprs.as_mut_ptr(), exec);
    }
    wave.executed = wave.executed.wrapping_add(u64::from(run.length) - 1);
    wave.ip = (&raw const *instruction).wrapping_add(run.length as usize);
    Flow::Jump
}

impl Run {
    /// Whether the code was made for the wave's MODE.
    fn fits(&self, wave: &Wave) -> bool {
        // SAFETY: the translation owns this run.
        unsafe { &*self.translation }.flushes.load(Ordering::Relaxed) == flushes(wave)
    }
}

#[cold]
unsafe fn cold(wave: &mut Wave, run: &Run) -> Flow {
    // SAFETY: the translation owns this run.
    let translation = unsafe { &*run.translation };
    if translation.entered.fetch_add(1, Ordering::Relaxed) == HOT {
        translation.translate(flushes(wave));
    }
    // SAFETY: the caller's word.
    unsafe { (run.first.run)(wave, &run.first) }
}

/// The instruction that an entry stands for, where it is the entry of a run.
pub(crate) fn original(instruction: &Instruction) -> &Instruction {
    if std::ptr::fn_addr_eq(instruction.run, enter as crate::execute::Handler) {
        // SAFETY: as for `enter`.
        return unsafe { &(*instruction.attached_run()).first };
    }
    instruction
}
