//! Runs the work-groups of a grid on host threads.
//!
//! Each host thread takes work-groups in order and runs the waves of one in turn: a wave runs until it ends, waits at
//! a barrier, gives way, or has used up its quantum. A work-group that does not end for long may be waiting for
//! another one, so the thread puts it aside, takes a further one, and comes back: as many are resident as memory
//! allows a real device to hold, and none starves.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::dispatch::{DispatchRequest, DispatchStatistics, Fault, FaultKind, WorkGroupOrder};
use crate::execute::Flow;
use crate::isa;
use crate::isa::operand::EXEC;
use crate::loader::registry;
use crate::observe::{self, Observer, WatchedGroup};
use crate::wave::code::{CodeView, Program};
use crate::wave::memory::{MemoryView, Scratch};
use crate::wave::mode::{HostModes, restore_mxcsr, set_mxcsr};
use crate::wave::registers::{Row, VectorFile};
use crate::wave::{TEMPORARIES, WAVEFRONT_SIZE, Wave, WaveState};

/// Instructions a wave runs before the next wave of its work-group gets a turn.
const QUANTUM: u64 = 100_000;
/// Instructions a work-group runs before another work-group gets the thread.
const TURN: u64 = 4_000_000;
/// Work-groups that one host thread keeps under way at most.
const RESIDENT: usize = 1024;
/// How long one host thread works on a dispatch alone.
const WORTH_COMPANY: Duration = Duration::from_micros(50);
/// Wavefronts that the watchdog's report names.
const STUCK_SHOWN: usize = 16;
/// Bytes of LDS past the end that wide accesses may touch.
const LDS_SLACK: usize = 64;

/// What the host threads of one dispatch share.
struct Grid<'a> {
    request: &'a DispatchRequest<'a>,
    program: Arc<Program>,
    groups: [u64; 3],
    total: u64,
    next: AtomicU64,
    stop: AtomicBool,
    instructions: AtomicU64,
    waves: AtomicU64,
    done: AtomicU64,
    fault: Mutex<Option<Fault>>,
    /// Milliseconds after `began` at which a wave ended last.
    progress: AtomicU64,
    began: Instant,
}

/// A work-group under way.
struct WorkGroup {
    waves: Vec<Box<Wave>>,
    live: usize,
    /// Whole 64-byte lines, aligned as LDS is.
    lds: Vec<Row>,
    scratch: Vec<Row>,
    /// What is remembered of it when the dispatch is watched.
    watch: Option<Box<WatchedGroup>>,
}

/// A wave between dispatches.
struct Kept(Box<Wave>);

// SAFETY: nothing that a kept wave points at is used before `kept_wave` and `initialise` have replaced it.
unsafe impl Send for Kept {}

/// Waves between dispatches: their register files are large, and new ones cost page faults.
static KEPT: Mutex<Vec<Kept>> = Mutex::new(Vec::new());
/// How many waves to keep.
const KEEP: usize = 128;

/// Keeps waves for later dispatches.
fn keep(waves: impl Iterator<Item = Box<Wave>>) {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    for wave in waves {
        if kept.len() < KEEP {
            kept.push(Kept(wave));
        }
    }
}

fn refuse(request: &DispatchRequest<'_>, why: impl Into<String>) -> Fault {
    Fault {
        kind: FaultKind::BadDispatch,
        pc: request.descriptor_address.wrapping_add_signed(request.descriptor.entry_offset),
        instruction: why.into(),
        workgroup: [0; 3],
        wavefront: 0,
        lane: None,
        address: None,
    }
}

/// Runs every work-group of `request`.
pub(crate) fn run_grid(request: &DispatchRequest<'_>) -> Result<DispatchStatistics, Fault> {
    let items: u64 = request.workgroup_size.iter().map(|size| u64::from(*size)).product();
    if items == 0 || items > 1024 || request.grid_size.contains(&0) {
        return Err(refuse(request, format!("a work-group of {items} work-items")));
    }
    if request.group_segment_size > 64 << 10 {
        return Err(refuse(request, format!("{} bytes of LDS", request.group_segment_size)));
    }
    if request.descriptor.properties >> 10 & 1 != 0 {
        return Err(refuse(request, "a kernel for 32-lane wavefronts"));
    }
    let groups: [u64; 3] = std::array::from_fn(|axis| {
        u64::from(request.grid_size[axis]).div_ceil(request.workgroup_size[axis].into())
    });
    let watched = request.observation.is_some();
    let grid = Grid {
        request,
        program: Arc::new(if watched { Program::plain() } else { Program::default() }),
        groups,
        total: groups.iter().product(),
        next: AtomicU64::new(0),
        stop: AtomicBool::new(false),
        instructions: AtomicU64::new(0),
        waves: AtomicU64::new(0),
        done: AtomicU64::new(0),
        fault: Mutex::new(None),
        progress: AtomicU64::new(0),
        began: Instant::now(),
    };
    let threads = match request.order {
        WorkGroupOrder::Deterministic => 1,
        // One that is watched has one order too: what is reported repeats.
        WorkGroupOrder::Free if watched => 1,
        WorkGroupOrder::Free => {
            request.host_threads.clamp(1, usize::try_from(grid.total).unwrap_or(usize::MAX))
        }
    };
    let mut used = 1;
    std::thread::scope(|scope| {
        Worker::new(&grid).run(|| {
            for _ in 1..threads {
                scope.spawn(|| Worker::new(&grid).run(|| {}));
            }
            used = threads;
        });
    });
    if let Some(fault) = grid.fault.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(fault);
    }
    Ok(DispatchStatistics {
        wave_instructions: grid.instructions.into_inner(),
        waves: grid.waves.into_inner(),
        workgroups: grid.done.into_inner(),
        host_threads: used as u64,
    })
}

impl Grid<'_> {
    /// Whether no wave has ended for as long as the watchdog allows.
    fn is_stuck(&self) -> bool {
        self.request.watchdog.is_some_and(|limit| {
            let last = Duration::from_millis(self.progress.load(Ordering::Relaxed));
            self.began.elapsed().saturating_sub(last) > limit
        })
    }
}

/// One host thread's part.
struct Worker<'a> {
    grid: &'a Grid<'a>,
    resident: VecDeque<WorkGroup>,
    /// Waves and memory of work-groups that ended.
    spare_waves: Vec<Box<Wave>>,
    spare_groups: Vec<(Vec<Row>, Vec<Row>)>,
    instructions: u64,
    started: u64,
    ended: u64,
    /// Who watches the dispatch.
    observer: Option<Box<Observer>>,
}

impl<'a> Worker<'a> {
    fn new(grid: &'a Grid<'a>) -> Self {
        Self {
            grid,
            resident: VecDeque::new(),
            spare_waves: Vec::new(),
            spare_groups: Vec::new(),
            instructions: 0,
            started: 0,
            ended: 0,
            observer: grid.request.observation.map(|what| Box::new(Observer::new(grid.request, what))),
        }
    }

    /// Runs work-groups until none is left; calls `more` once when this takes long enough to be worth company.
    fn run(mut self, more: impl FnOnce()) {
        let grid = self.grid;
        let began = Instant::now();
        let mut more = Some(more);
        while !grid.stop.load(Ordering::Relaxed) {
            // Take one more when there is none, or when all that are here have had their turn without ending.
            if self.resident.len() < RESIDENT
                && let Some(group) = self.start()
            {
                self.resident.push_front(group);
            }
            let Some(mut group) = self.resident.pop_front() else { break };
            let outcome = self.turn(&mut group).and_then(|ended| match ended {
                false if grid.is_stuck() => Err(Box::new(self.stuck(&group))),
                _ => Ok(ended),
            });
            match outcome {
                Ok(true) => {
                    self.ended += 1;
                    self.spare_waves.append(&mut group.waves);
                    self.spare_groups.push((group.lds, group.scratch));
                }
                Ok(false) => self.resident.push_back(group),
                Err(fault) => {
                    grid.stop.store(true, Ordering::Relaxed);
                    grid.fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(*fault);
                }
            }
            let left = grid.next.load(Ordering::Relaxed) < grid.total;
            if left
                && began.elapsed() > WORTH_COMPANY
                && let Some(more) = more.take()
            {
                more();
            }
        }
        let spare =
            self.spare_waves.into_iter().chain(self.resident.into_iter().flat_map(|group| group.waves));
        keep(spare);
        if let Some(observer) = self.observer.take() {
            observer.end(began.elapsed());
        }
        grid.instructions.fetch_add(self.instructions, Ordering::Relaxed);
        grid.waves.fetch_add(self.started, Ordering::Relaxed);
        grid.done.fetch_add(self.ended, Ordering::Relaxed);
    }

    /// The next work-group of the grid, ready to run.
    fn start(&mut self) -> Option<WorkGroup> {
        let grid = self.grid;
        let request = grid.request;
        let index = grid.next.fetch_add(1, Ordering::Relaxed);
        if index >= grid.total {
            return None;
        }
        let id = [
            (index % grid.groups[0]) as u32,
            (index / grid.groups[0] % grid.groups[1]) as u32,
            (index / grid.groups[0] / grid.groups[1]) as u32,
        ];
        // The last work-group along an axis may be cut short.
        let size: [u32; 3] = std::array::from_fn(|axis| {
            let full = u32::from(request.workgroup_size[axis]);
            full.min(request.grid_size[axis] - id[axis] * full)
        });
        let items = size.iter().product::<u32>();
        let waves = items.div_ceil(WAVEFRONT_SIZE as u32) as usize;

        let lane_scratch = request.private_segment_size.next_multiple_of(4);
        let scratch_rows = lane_scratch as usize / 4;
        let lds_rows = (request.group_segment_size as usize + LDS_SLACK).div_ceil(size_of::<Row>());
        let (mut lds, mut scratch) = self.spare_groups.pop().unwrap_or_default();
        lds.clear();
        lds.resize(lds_rows, Row::ZERO);
        scratch.resize(scratch_rows * waves, Row::ZERO);
        let watch = self.observer.as_mut().map(|observer| observer.group(request, index, waves));
        let mut group = WorkGroup { waves: Vec::with_capacity(waves), live: waves, lds, scratch, watch };
        for number in 0..waves {
            let mut wave =
                self.spare_waves.pop().or_else(|| self.kept_wave()).unwrap_or_else(|| self.new_wave());
            wave.lds = group.lds.as_mut_ptr().cast();
            wave.lds_size = request.group_segment_size;
            wave.scratch = Scratch {
                base: group.scratch.as_mut_ptr().wrapping_add(scratch_rows * number) as u64,
                lane_size: lane_scratch,
            };
            self.initialise(&mut wave, id, size, number as u32);
            wave.stepwise = group.watch.is_some();
            wave.own_time = request.order == WorkGroupOrder::Deterministic;
            if let (Some(observer), Some(watch)) = (&mut self.observer, &mut group.watch) {
                observer.wave_begins(watch, &mut wave);
            }
            group.waves.push(wave);
        }
        self.started += waves as u64;
        Some(group)
    }

    /// A wave of an earlier dispatch, made to see this one's memory and code.
    fn kept_wave(&self) -> Option<Box<Wave>> {
        let Kept(mut wave) = KEPT.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
        wave.memory = MemoryView::new(self.grid.request.memory);
        wave.code = CodeView::new(self.grid.program.clone(), self.grid.request.memory);
        Some(wave)
    }

    fn new_wave(&self) -> Box<Wave> {
        let request = self.grid.request;
        Box::new(Wave {
            ip: std::ptr::null(),
            last: std::ptr::null(),
            bases: [std::ptr::null_mut(); 4],
            scc: 0,
            mode: 0,
            dpp_mask: 0,
            sgprs: [0; 160],
            temporaries: [Row::ZERO; TEMPORARIES],
            vectors: VectorFile::new(),
            lds: std::ptr::null_mut(),
            lds_size: 0,
            memory: MemoryView::new(request.memory),
            code: CodeView::new(self.grid.program.clone(), request.memory),
            scratch: Scratch { base: 0, lane_size: 0 },
            mxcsr: HostModes::from_mode(0),
            state: WaveState::Ready,
            fault: None,
            message: 0,
            executed: 0,
            index_mode: 0,
            stepwise: false,
            own_time: false,
            time: 0,
            hardware_id: 0,
            number: 0,
            workgroup: [0; 3],
        })
    }

    /// Sets registers as the hardware does before the first instruction.
    fn initialise(&self, wave: &mut Wave, id: [u32; 3], size: [u32; 3], number: u32) {
        let request = self.grid.request;
        let descriptor = &request.descriptor;
        wave.sgprs = [0; 160];
        wave.scc = 0;
        wave.state = WaveState::Ready;
        wave.fault = None;
        wave.executed = 0;
        wave.time = 0;
        wave.index_mode = 0;
        wave.number = number;
        wave.workgroup = id;
        wave.hardware_id = hardware_id(id, number, request.compute_units);
        wave.mode = mode_register(descriptor.rsrc1);
        wave.mxcsr = HostModes::from_mode(wave.mode);
        wave.vectors.clear(descriptor.vgpr_count() as usize);
        let accumulators = (descriptor.accum_offset() as usize).min(256);
        wave.bases = [
            wave.vectors.row(0).cast(),
            wave.vectors.row(accumulators).cast(),
            wave.temporaries.as_mut_ptr().cast(),
            std::ptr::null_mut(),
        ];
        wave.ip = std::ptr::null();

        let pair = |value: u64| [value as u32, (value >> 32) as u32];
        let [scratch_low, scratch_high] = pair(wave.scratch.base);
        // A swizzled buffer over the wave's own scratch: elements of 4 bytes, 64 lanes interleaved, lane as index.
        let scratch_buffer =
            [scratch_low, scratch_high & 0xffff | 1 << 31, u32::MAX, 1 << 19 | 3 << 21 | 1 << 23];
        let user: [&[u32]; 7] = [
            &scratch_buffer,
            &pair(request.packet_address),
            &pair(request.queue_address),
            &pair(request.kernarg_address),
            &pair(request.dispatch_id),
            &[scratch_low, scratch_high],
            &[request.private_segment_size],
        ];
        let mut registers = Vec::with_capacity(32);
        for (bit, values) in user.into_iter().enumerate() {
            if descriptor.properties >> bit & 1 != 0 {
                registers.extend_from_slice(values);
            }
        }
        // Preloaded arguments would follow; entering at the first byte runs the prologue that loads them.
        registers.resize(descriptor.user_sgpr_count() as usize, 0);
        for (axis, id) in id.into_iter().enumerate() {
            if descriptor.rsrc2 >> (7 + axis) & 1 != 0 {
                registers.push(id);
            }
        }
        if descriptor.rsrc2 >> 10 & 1 != 0 {
            let waves = size.iter().product::<u32>().div_ceil(WAVEFRONT_SIZE as u32);
            registers.push(u32::from(number == 0) << 31 | (number & 0x1f) << 6 | waves & 0x3f);
        }
        // The wave's offset in scratch: its descriptor already starts at its own part.
        if descriptor.rsrc2 & 1 != 0 {
            registers.push(0);
        }
        wave.sgprs[..registers.len()].copy_from_slice(&registers);

        let first = number * WAVEFRONT_SIZE as u32;
        let items = size.iter().product::<u32>();
        let active = (items - first).min(WAVEFRONT_SIZE as u32);
        wave.set_sgpr64(EXEC, if active == 64 { u64::MAX } else { (1 << active) - 1 });
        let axes = descriptor.rsrc2 >> 11 & 3;
        // SAFETY: row 0 is within the file.
        let v0 = unsafe { &mut (*wave.vectors.row(0)).0 };
        for (lane, v0) in v0.iter_mut().enumerate().take(active as usize) {
            let flat = first + lane as u32;
            let (x, y, z) = (flat % size[0], flat / size[0] % size[1], flat / size[0] / size[1]);
            *v0 = match axes {
                0 => x,
                1 => x | y << 10,
                _ => x | y << 10 | z << 20,
            };
        }
    }

    /// The watchdog's report: where the waves of the work-groups under way are, as far as this thread has them.
    fn stuck(&mut self, group: &WorkGroup) -> Fault {
        let mut text = String::new();
        let mut first = None;
        let live = std::iter::once(group).chain(&self.resident).flat_map(|group| &group.waves);
        for wave in live.filter(|wave| wave.state != WaveState::Ended) {
            let pc = wave.code.address_of(wave.ip);
            first.get_or_insert((pc, wave.workgroup, wave.number));
            if text.lines().count() >= STUCK_SHOWN {
                text.push_str("\n  and more");
                break;
            }
            let [x, y, z] = wave.workgroup;
            let state = if wave.state == WaveState::Barrier { "waits at a barrier" } else { "runs" };
            let place =
                registry::symbol_at(pc).map_or(format!("{pc:#x}"), |(name, at)| format!("{name}+{at:#x}"));
            if !text.is_empty() {
                text.push('\n');
            }
            text += &format!("  work-group ({x}, {y}, {z}), wavefront {} {state} at {place}", wave.number);
            text += &format!(", exec {:#018x}", wave.exec());
        }
        let (pc, workgroup, wavefront) = first.unwrap_or_default();
        Fault {
            kind: FaultKind::Deadlock,
            pc,
            instruction: text,
            workgroup,
            wavefront,
            lane: None,
            address: None,
        }
    }

    /// Runs a work-group until it ends (`true`) or has had its turn.
    fn turn(&mut self, group: &mut WorkGroup) -> Result<bool, Box<Fault>> {
        let grid = self.grid;
        // What is watched goes slowly.
        let limit = self.instructions + if group.watch.is_some() { TURN / 20 } else { TURN };
        // A work-group that only gives way (`s_sleep`) has its turn cut short too.
        let mut patience = 64;
        while self.instructions < limit && patience > 0 {
            let mut yielded = 0;
            for wave in &mut group.waves {
                if wave.state != WaveState::Ready {
                    continue;
                }
                let before = wave.executed;
                let watch = self.observer.as_deref_mut().zip(group.watch.as_deref_mut());
                let flow = run_wave(wave, grid, watch)?;
                self.instructions += wave.executed - before;
                match flow {
                    Flow::End => {
                        wave.state = WaveState::Ended;
                        group.live -= 1;
                        if grid.request.watchdog.is_some() {
                            let now = grid.began.elapsed().as_millis() as u64;
                            grid.progress.store(now, Ordering::Relaxed);
                        }
                    }
                    Flow::Barrier => wave.state = WaveState::Barrier,
                    _ => yielded += 1,
                }
            }
            if yielded > 0 {
                patience -= 1;
            }
            if group.live == 0 {
                return Ok(true);
            }
            // Whoever is left waits at the barrier, ended waves do not count.
            let waiting = group.waves.iter().filter(|wave| wave.state == WaveState::Barrier).count();
            if waiting == group.live {
                if let (Some(observer), Some(watch)) = (&mut self.observer, &mut group.watch) {
                    observer.barrier(watch);
                }
                for wave in &mut group.waves {
                    if wave.state == WaveState::Barrier {
                        wave.state = WaveState::Ready;
                    }
                }
            } else if yielded > 0 && grid.stop.load(Ordering::Relaxed) {
                return Ok(false);
            }
        }
        if grid.request.cancelled.is_some_and(|cancelled| cancelled()) {
            let fault = refuse(grid.request, "");
            return Err(Box::new(Fault { kind: FaultKind::Cancelled, ..fault }));
        }
        Ok(false)
    }
}

/// Runs one wave until something other than the next instruction is due.
fn run_wave(
    wave: &mut Wave,
    grid: &Grid<'_>,
    watch: Option<(&mut Observer, &mut WatchedGroup)>,
) -> Result<Flow, Box<Fault>> {
    if wave.ip.is_null() {
        let entry = grid.request.descriptor_address.wrapping_add_signed(grid.request.descriptor.entry_offset);
        match wave.code.enter(entry) {
            Some(ip) => wave.ip = ip,
            None => return Err(Box::new(report(wave, entry, FaultKind::BadProgramCounter, String::new()))),
        }
    }
    set_mxcsr(wave.mxcsr.single);
    let flow = match watch {
        None => interpret(wave, grid),
        Some((observer, group)) => observe::interpret(wave, grid.request, observer, group),
    };
    restore_mxcsr();
    if flow == Flow::Fault {
        let pc = wave.code.address_of(wave.last);
        let kind = wave.fault.map_or(FaultKind::IllegalInstruction, |fault| fault.kind);
        return Err(Box::new(report(wave, pc, kind, describe(pc, grid))));
    }
    Ok(flow)
}

fn interpret(wave: &mut Wave, grid: &Grid<'_>) -> Flow {
    let mut budget = QUANTUM;
    let mut at = wave.ip;
    while budget > 0 {
        budget -= 1;
        // SAFETY: `at` points at an entry of a page that the wave's code view keeps, every entry was built for this
        // device, and the last of a page leaves it.
        let flow = unsafe { ((*at).run)(wave, &*at) };
        if flow == Flow::Next {
            at = at.wrapping_add(1);
            continue;
        }
        if flow == Flow::Jump {
            at = wave.ip;
            continue;
        }
        if flow == Flow::Message {
            if let Some(tell) = grid.request.on_message {
                tell(wave.message, wave.m0());
            }
            at = at.wrapping_add(1);
            continue;
        }
        wave.last = at;
        wave.ip = at.wrapping_add(1);
        wave.executed = wave.executed.wrapping_add(QUANTUM - budget);
        return flow;
    }
    wave.ip = at;
    wave.executed = wave.executed.wrapping_add(QUANTUM);
    Flow::Yield
}

/// MODE as the descriptor sets it.
fn mode_register(rsrc1: u32) -> u32 {
    let float = rsrc1 >> 12 & 0xff;
    float | (rsrc1 >> 21 & 1) << 8 | (rsrc1 >> 23 & 1) << 9 | (rsrc1 >> 26 & 1) << 23
}

/// A plausible HW_ID: wave 3:0, SIMD 5:4, CU 11:8, SE 15:13.
fn hardware_id(id: [u32; 3], number: u32, compute_units: u32) -> u32 {
    let unit = id[0] % compute_units.max(1);
    number & 3 | (number >> 2 & 3) << 4 | (unit & 15) << 8 | (unit >> 4 & 7) << 13
}

fn describe(pc: u64, grid: &Grid<'_>) -> String {
    let word = |at: u64| {
        let region = grid.request.memory.lookup(at)?;
        // SAFETY: the region covers the four bytes.
        (at + 4 <= region.base + region.size).then(|| unsafe { (at as *const u32).read_unaligned() })
    };
    let Some(first) = word(pc) else { return "no code".into() };
    let second = word(pc + 4);
    match isa::decode(first, second) {
        Some(decoded) if decoded.words == 2 => {
            format!("{} ({first:08x} {:08x})", isa::disassemble(&decoded), decoded.literal())
        }
        Some(decoded) => format!("{} ({first:08x})", isa::disassemble(&decoded)),
        None => format!("{first:08x} {:08x}", second.unwrap_or(0)),
    }
}

fn report(wave: &Wave, pc: u64, kind: FaultKind, instruction: String) -> Fault {
    Fault {
        kind,
        pc,
        instruction,
        workgroup: wave.workgroup,
        wavefront: wave.number,
        lane: wave.fault.and_then(|fault| fault.lane),
        address: wave.fault.and_then(|fault| fault.address),
    }
}
