//! Managed memory: one address for the host and every device.
//!
//! It is host memory that the devices reach, coarse-grained like all that kernels may do atomics on: what a kernel wrote is
//! seen by the host when the kernel has ended and was waited for, what the host wrote by kernels launched later. So the
//! host may use it while no kernel runs, which is what CUDA promises of devices without `concurrentManagedAccess`.
//!
//! A `__managed__` variable of a program lies where the host's compiler put it; the module's code finds it through a pointer
//! that is filled in when the module is loaded. Advice and prefetching move nothing; they are remembered for those who ask.

use core::ffi::c_void;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use crate::allocation::{self, Allocation, Kind};
use crate::boundary::Out;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::lock::lock;
use crate::memory::{agents, out_of_memory};

/// `cudaMemAttachGlobal` and `cudaMemAttachHost`.
const ATTACH: [u32; 2] = [1, 2];
/// `cudaCpuDeviceId`.
pub const CPU: i32 = -1;
/// `cudaInvalidDeviceId`.
pub const INVALID: i32 = -2;

/// Allocates managed memory.
pub fn allocate(context: &Arc<Context>, size: usize, flags: u32) -> Result<usize> {
    context.check()?;
    if size == 0 || !ATTACH.contains(&flags) {
        return Err(Error::INVALID_VALUE);
    }
    let platform = context.platform;
    let base = platform.host_pool.allocate(size).map_err(out_of_memory)? as usize;
    // SAFETY: the memory was allocated just now.
    let granted = unsafe { platform.hsa.allow_access(&agents(platform), base as *const c_void) };
    if let Err(reason) = granted {
        // SAFETY: the memory was allocated just now and nobody knows of it.
        let _ = unsafe { platform.hsa.free(base as *mut c_void) };
        return Err(Error::MEMORY_ALLOCATION.because(reason));
    }
    enter(context, Kind::Managed, base, base, size, flags);
    Ok(base)
}

/// Makes a variable's host memory managed; gives the address at which devices see it.
pub fn pin_variable(context: &Arc<Context>, address: usize, size: usize) -> Result<usize> {
    let platform = context.platform;
    let mut agents = agents(platform);
    // SAFETY: the program registered the range as a variable of its own, which stays as long as the program's code.
    let seen =
        unsafe { platform.hsa.lock_to_pool(address as *mut c_void, size, &mut agents, &platform.host_pool) };
    let device_base = seen.map_err(out_of_memory)? as usize;
    enter(context, Kind::ManagedVariable, address, device_base, size, ATTACH[0]);
    Ok(device_base)
}

fn enter(context: &Context, kind: Kind, base: usize, device_base: usize, size: usize, flags: u32) {
    lock(&ADVICE).retain(|note| note.range.end <= base || note.range.start >= base + size);
    allocation::insert(Allocation {
        kind,
        base,
        device_base,
        size,
        footprint: 0,
        device: context.device.ordinal,
        context: context.id,
        flags,
    });
}

/// What a program can say of managed memory; the numbers are those of `cudaMemoryAdvise`, 0 is a prefetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Prefetched to a device or the host.
    Prefetch,
    /// Mostly read, or not.
    ReadMostly(bool),
    /// Should lie at a place, or anywhere.
    PreferredLocation(bool),
    /// Will be used from a place, or no longer.
    AccessedBy(bool),
}

impl Advice {
    /// The advice of a `cudaMemoryAdvise`.
    pub fn from_number(number: u32) -> Result<Advice> {
        Ok(match number {
            1 | 2 => Advice::ReadMostly(number == 1),
            3 | 4 => Advice::PreferredLocation(number == 3),
            5 | 6 => Advice::AccessedBy(number == 5),
            _ => return Err(Error::INVALID_VALUE),
        })
    }

    /// Whether the two are about the same thing.
    fn replaces(self, other: Advice, place: i32, other_place: i32) -> bool {
        let alike = core::mem::discriminant(&self) == core::mem::discriminant(&other);
        alike && (!matches!(self, Advice::AccessedBy(_)) || place == other_place)
    }
}

struct Note {
    range: Range<usize>,
    advice: Advice,
    place: i32,
}

/// What was said, later notes after earlier ones that they do not replace wholly.
static ADVICE: Mutex<Vec<Note>> = Mutex::new(Vec::new());

/// The range if all of it is managed.
fn managed_range(address: usize, size: usize) -> Result<Range<usize>> {
    match allocation::find_range(address, size)? {
        Some((allocation, _)) if allocation.kind.is_managed() && size != 0 => Ok(address..address + size),
        _ => {
            Err(Error::INVALID_VALUE
                .because(format_args!("{size} bytes at {address:#x} are not managed memory")))
        }
    }
}

/// Checks a place: a device of the platform, or the host.
pub fn check_place(context: &Context, place: i32) -> Result<()> {
    let count = context.platform.devices.len() as i32;
    if place == CPU || (0..count).contains(&place) { Ok(()) } else { Err(Error::INVALID_DEVICE) }
}

/// Takes advice on a range of managed memory.
pub fn advise(context: &Context, address: usize, size: usize, advice: Advice, place: i32) -> Result<()> {
    context.check()?;
    let range = managed_range(address, size)?;
    // Whether memory is mostly read, and that it may lie anywhere, has no place.
    let about_place = !matches!(advice, Advice::ReadMostly(_) | Advice::PreferredLocation(false));
    if about_place {
        check_place(context, place)?;
    }
    let mut notes = lock(&ADVICE);
    notes.retain(|note| {
        let covered = range.start <= note.range.start && note.range.end <= range.end;
        !(covered && advice.replaces(note.advice, place, note.place))
    });
    notes.push(Note { range, advice, place });
    Ok(())
}

/// What holds for one byte: mostly read, the preferred location, the last prefetch, and whether a place accesses it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct State {
    read_mostly: bool,
    preferred: i32,
    prefetched: i32,
    accessed: bool,
}

fn state_at(notes: &[Note], address: usize, place: i32) -> State {
    let mut state = State { read_mostly: false, preferred: INVALID, prefetched: INVALID, accessed: false };
    for note in notes.iter().filter(|note| note.range.contains(&address)) {
        match note.advice {
            Advice::Prefetch => state.prefetched = note.place,
            Advice::ReadMostly(on) => state.read_mostly = on,
            Advice::PreferredLocation(on) => state.preferred = if on { note.place } else { INVALID },
            Advice::AccessedBy(on) if note.place == place => state.accessed = on,
            Advice::AccessedBy(_) => {}
        }
    }
    state
}

/// The places of memory as CUDA 12 writes them: `cudaMemLocation`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Location {
    /// `cudaMemLocationTypeDevice` is 1, `cudaMemLocationTypeHost` 2; further ones are of NUMA nodes.
    pub kind: u32,
    /// The device's number.
    pub id: i32,
}

impl Location {
    /// The device's number, or [`CPU`].
    pub fn place(self) -> Result<i32> {
        match self.kind {
            1 => Ok(self.id),
            2..=4 => Ok(CPU),
            _ => Err(Error::INVALID_VALUE),
        }
    }
}

/// Attaching managed memory to a stream: a hint, since nothing is moved. `size` 0 is the whole allocation.
pub fn attach(address: usize, size: usize, flags: u32) -> Result<()> {
    if !matches!(flags, 1 | 2 | 4) {
        return Err(Error::INVALID_VALUE);
    }
    managed_range(address, size.max(1)).map(|_| ())
}

/// A `cudaMemRangeAttribute` of a range, into `words` of 32 bits: what holds for all of it.
pub fn range_attribute(
    context: &Context,
    attribute: u32,
    address: usize,
    size: usize,
    words: &mut [i32],
) -> Result<()> {
    let range = managed_range(address, size)?;
    let notes = lock(&ADVICE);
    // The state changes only where a note begins or ends.
    let edges = notes.iter().flat_map(|note| [note.range.start, note.range.end]);
    let places: Vec<usize> =
        edges.filter(|edge| range.contains(edge)).chain(core::iter::once(range.start)).collect();
    let (notes, places) = (&*notes, &places);
    let states = |place: i32| places.iter().map(move |&at| state_at(notes, at, place));
    let common = |of: fn(&State) -> i32| {
        let mut values = states(INVALID).map(|state| of(&state));
        let first = values.next().unwrap_or(INVALID);
        if values.all(|value| value == first) { first } else { INVALID }
    };
    if attribute == 3 {
        let all = core::iter::once(CPU).chain(0..context.platform.devices.len() as i32);
        let mut found = all.filter(|&place| states(place).all(|state| state.accessed));
        words.fill_with(|| found.next().unwrap_or(INVALID));
        return Ok(());
    }
    let [word] = words else { return Err(Error::INVALID_VALUE) };
    // `cudaMemLocationType` of a place.
    let kind = |place: i32| match place {
        INVALID => 0,
        CPU => 2,
        _ => 1,
    };
    *word = match attribute {
        1 => i32::from(states(INVALID).all(|state| state.read_mostly)),
        2 | 6 => common(|state| state.preferred),
        4 | 8 => common(|state| state.prefetched),
        5 => kind(common(|state| state.preferred)),
        7 => kind(common(|state| state.prefetched)),
        _ => return Err(Error::INVALID_VALUE.because(format_args!("range attribute {attribute}"))),
    };
    Ok(())
}

/// The same for a C caller: `bytes` at `data`.
pub fn put_range_attribute(
    context: &Context,
    data: Out<i32>,
    bytes: usize,
    attribute: u32,
    address: usize,
    size: usize,
) -> Result<()> {
    if data.is_null() || bytes == 0 || !bytes.is_multiple_of(4) {
        return Err(Error::INVALID_VALUE);
    }
    // Nobody asks for more places than there are devices; what is beyond is filled all the same.
    let mut words = vec![INVALID; bytes / 4];
    range_attribute(context, attribute, address, size, &mut words)?;
    // SAFETY: the caller of CUDA's API vouches for `bytes` at `data`.
    unsafe { core::ptr::copy_nonoverlapping(words.as_ptr().cast::<u8>(), data.raw().cast::<u8>(), bytes) };
    Ok(())
}
