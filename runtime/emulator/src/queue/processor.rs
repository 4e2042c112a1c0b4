//! The packet processor: the thread of a queue.
//!
//! Takes packets in order while their headers are valid, carries each out to its end before the next (so the barrier
//! bit always holds), marks it invalid, advances the read index, and decrements the completion signal. The first
//! packet that cannot be carried out makes the queue inactive and calls the user's error callback, once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::packet::{self, Body, Dispatch, Packet};
use super::ring::{PACKET_INVALID, Queue};
use super::signal::{self, Awaited, Condition, SignalRef};
use crate::dispatch::{self, AddressSpace, DispatchRequest, Fault, FaultKind, KernelDescriptor, Observation};
use crate::hsa::status::Status;
use crate::hsa::{runtime, system_event};
use crate::loader::registry;
use crate::memory::map::{MapView, RegionFlags};
use crate::memory::pool;
use crate::{memory, statistics, trace};

/// How often an idle queue looks whether device code has rung its doorbell by a plain store.
const IDLE_RECHECK: Duration = Duration::from_millis(20);

/// Serves a queue until it is destroyed or fails.
pub fn serve(queue: &Arc<Queue>) {
    let mut index = 0;
    loop {
        let seen = queue.doorbell().state();
        while queue.is_active() && index < queue.amd().write_dispatch_id.load(Ordering::Acquire) {
            if queue.header(index).load(Ordering::Acquire) & 0xff == PACKET_INVALID {
                break;
            }
            // A panic is a defect of ours; the user's threads must not wait for ever because of it.
            let result = catch_unwind(AssertUnwindSafe(|| process(queue, index)));
            let result = result.unwrap_or_else(|_| {
                Err(Failure::Packet(Status::ERROR_FATAL, format!("packet {index}: internal error")))
            });
            if let Err(failure) = result {
                fail(queue, &failure);
                return;
            }
            index += 1;
        }
        if !queue.is_active() {
            return;
        }
        await_ring(queue, seen);
    }
}

fn await_ring(queue: &Queue, seen: (u32, u64)) {
    let doorbell = queue.doorbell();
    if signal::spin(|| doorbell.state() != seen) {
        return;
    }
    while doorbell.state() == seen && queue.is_active() {
        doorbell.sleep(seen.0, IDLE_RECHECK);
    }
}

/// Why a queue stops.
enum Failure {
    /// The packet is wrong.
    Packet(Status, String),
    /// The kernel went wrong.
    Fault(Box<Fault>, Dispatch),
    /// The queue is being destroyed.
    Stopped,
}

fn process(queue: &Queue, index: u64) -> Result<(), Failure> {
    // SAFETY: inside the ring and aligned; the header was seen valid, so the client is done with writing.
    let bytes = unsafe { (queue.packet_address(index) as *const [u64; 8]).read_volatile() };
    let Packet { body, completion_signal } = packet::parse(&bytes)
        .map_err(|(status, what)| Failure::Packet(status, format!("packet {index}: {what}")))?;
    let completion = signal_of(completion_signal)?;
    let span = trace::packet(queue.address() as u64, || describe(&body));
    let start = signal::timestamp();
    match body {
        Body::Dispatch(dispatch) => execute(queue, index, &dispatch)?,
        Body::BarrierAnd(signals) => {
            for signal in signals {
                if let Some(signal) = signal_of(signal)? {
                    await_any(queue, &[(signal, Condition::Equal, 0)])?;
                }
            }
        }
        Body::BarrierOr(signals) => {
            let mut awaited: Vec<Awaited> = Vec::new();
            for signal in signals {
                awaited.extend(signal_of(signal)?.map(|signal| (signal, Condition::Equal, 0)));
            }
            if !awaited.is_empty() {
                await_any(queue, &awaited)?;
            }
        }
        Body::BarrierValue { signal, value, mask, condition } => {
            if let Some(signal) = signal_of(signal)? {
                await_value(queue, signal, value, mask, condition)?;
            }
        }
    }
    let end = signal::timestamp();
    drop(span);
    queue.header(index).store(PACKET_INVALID, Ordering::Release);
    queue.amd().read_dispatch_id.store(index + 1, Ordering::Release);
    if let Some(completion) = completion {
        completion.set_times(start, end);
        completion.change(|value| value.fetch_sub(1, Ordering::SeqCst));
    }
    Ok(())
}

/// A packet's name in a timeline, and what is worth knowing of it.
fn describe(body: &Body) -> (String, serde_json::Value) {
    match body {
        Body::Dispatch(dispatch) => {
            let name = registry::symbol_at(dispatch.kernel_object);
            let name = name.map_or_else(
                || format!("{:#x}", dispatch.kernel_object),
                |(name, _)| name.replace(".kd", ""),
            );
            (name, serde_json::json!({ "grid": dispatch.grid_size, "workgroup": dispatch.workgroup_size }))
        }
        Body::BarrierAnd(_) => ("barrier (and)".into(), serde_json::Value::Null),
        Body::BarrierOr(_) => ("barrier (or)".into(), serde_json::Value::Null),
        Body::BarrierValue { .. } => ("barrier (value)".into(), serde_json::Value::Null),
    }
}

fn signal_of(handle: u64) -> Result<Option<SignalRef>, Failure> {
    if handle == 0 {
        return Ok(None);
    }
    signal::find(handle).map(Some).ok_or_else(|| {
        Failure::Packet(Status::ERROR_INVALID_PACKET_FORMAT, format!("{handle:#x} is not a signal"))
    })
}

fn await_any(queue: &Queue, awaited: &[Awaited]) -> Result<(), Failure> {
    match signal::wait_any(awaited, None, || !queue.is_active()) {
        Some(_) => Ok(()),
        None => Err(Failure::Stopped),
    }
}

fn await_value(
    queue: &Queue,
    signal: SignalRef,
    reference: i64,
    mask: i64,
    condition: Condition,
) -> Result<(), Failure> {
    signal.watch(true);
    let result = loop {
        let seen = signal::changes();
        if condition.holds(signal.load() & mask, reference) {
            break Ok(());
        }
        if !queue.is_active() {
            break Err(Failure::Stopped);
        }
        signal::wait_for_change(seen, Duration::from_millis(1));
    };
    signal.watch(false);
    result
}

/// The map as one agent sees it.
struct AgentSpace<'a> {
    view: MapView<'a>,
    agent: u32,
}

impl AddressSpace for AgentSpace<'_> {
    fn lookup(&self, address: u64) -> Option<dispatch::Region> {
        let region = self.view.lookup(address)?;
        region.accessible_to(self.agent).then_some(dispatch::Region {
            base: region.base,
            size: region.size,
            writable: region.flags.contains(RegionFlags::WRITE),
        })
    }
}

fn execute(queue: &Queue, index: u64, dispatch: &Dispatch) -> Result<(), Failure> {
    let space = AgentSpace { view: memory::map().view(), agent: queue.request.agent };
    let descriptor = descriptor_of(&space, dispatch)?;
    let options = runtime::options();
    let on_message = |_message: u32, _m0: u32| signal::wake_watchers();
    let cancelled = || queue.is_stopping();
    let observation = Observation {
        checks: options.checks,
        launches: options.launches.is_some(),
        agent: queue.request.agent,
    };
    let request = DispatchRequest {
        descriptor,
        descriptor_address: dispatch.kernel_object,
        grid_size: dispatch.grid_size,
        workgroup_size: dispatch.workgroup_size,
        private_segment_size: dispatch.private_segment_size,
        group_segment_size: dispatch.group_segment_size,
        kernarg_address: dispatch.kernarg_address,
        packet_address: queue.packet_address(index) as u64,
        queue_address: queue.address() as u64,
        dispatch_id: index,
        memory: &space,
        host_threads: options.threads as usize,
        order: options.order,
        watchdog: options.watchdog,
        compute_units: options.compute_units,
        on_message: Some(&on_message),
        observation: observation.is_on().then_some(&observation),
        cancelled: Some(&cancelled),
    };
    let start = signal::timestamp();
    let result = dispatch::run(&request);
    statistics::record(signal::timestamp().saturating_sub(start), result.as_ref().ok());
    match result {
        Ok(_) => Ok(()),
        Err(fault) if fault.kind == FaultKind::Cancelled => Err(Failure::Stopped),
        Err(fault) => Err(Failure::Fault(Box::new(fault), *dispatch)),
    }
}

/// Reads and checks the kernel descriptor that a packet names.
fn descriptor_of(space: &AgentSpace<'_>, dispatch: &Dispatch) -> Result<KernelDescriptor, Failure> {
    let address = dispatch.kernel_object;
    let bad = |what: &str| {
        Failure::Packet(Status::ERROR_INVALID_CODE_OBJECT, format!("kernel object {address:#x}: {what}"))
    };
    let region = space.view.lookup(address).ok_or_else(|| bad("not device memory"))?;
    if !region.flags.contains(RegionFlags::EXECUTE) || !region.contains(address, 64) {
        return Err(bad("not inside a loaded code object"));
    }
    if !region.accessible_to(space.agent) {
        return Err(bad("loaded for another agent"));
    }
    if !address.is_multiple_of(64) {
        return Err(bad("not aligned to 64 bytes"));
    }
    // SAFETY: 64 readable bytes of a loaded code object, which the view keeps mapped.
    let bytes = unsafe { (address as *const [u8; KernelDescriptor::SIZE]).read() };
    let descriptor = KernelDescriptor::parse(&bytes);
    let entry = address.wrapping_add_signed(descriptor.entry_offset);
    if !entry.is_multiple_of(4) || !region.contains(entry, 4) {
        return Err(bad("its entry point is not in its code object"));
    }
    let work_items: u32 = dispatch.workgroup_size.iter().map(|&size| u32::from(size)).product();
    let waves_per_simd = work_items.div_ceil(64).div_ceil(4);
    if waves_per_simd * descriptor.vgpr_count() > 512 {
        return Err(Failure::Packet(
            Status::ERROR_INVALID_ISA,
            format!(
                "a work-group of {work_items} with {} VGPRs does not fit a compute unit",
                descriptor.vgpr_count()
            ),
        ));
    }
    Ok(descriptor)
}

fn fail(queue: &Arc<Queue>, failure: &Failure) {
    let status = match failure {
        Failure::Stopped => return,
        Failure::Packet(status, what) => {
            eprintln!("wavefold emulator: queue {:#x}: {what}", queue.address());
            *status
        }
        Failure::Fault(fault, dispatch) => {
            report(fault, dispatch, queue.request.agent);
            if let Some(address) = fault.address {
                system_event::memory_fault(queue.request.agent, address);
            }
            status_of(fault.kind)
        }
    };
    queue.inactivate();
    if let Some((callback, data)) = queue.request.callback {
        callback(status.0, queue.address() as *const _, data);
    }
}

fn status_of(kind: FaultKind) -> Status {
    match kind {
        FaultKind::ReadOutOfBounds | FaultKind::WriteOutOfBounds | FaultKind::BadProgramCounter => {
            Status::ERROR_MEMORY_FAULT
        }
        FaultKind::IllegalInstruction | FaultKind::Unimplemented => Status::ERROR_ILLEGAL_INSTRUCTION,
        FaultKind::BadDispatch => Status::ERROR_INVALID_ARGUMENT,
        FaultKind::Deadlock => Status::ERROR_LAUNCH_TIMEOUT,
        FaultKind::Trap(_) | FaultKind::Cancelled => Status::ERROR_EXCEPTION,
    }
}

fn report(fault: &Fault, dispatch: &Dispatch, agent: u32) {
    let kernel = registry::symbol_at(dispatch.kernel_object)
        .map_or_else(|| format!("{:#x}", dispatch.kernel_object), |(name, _)| name.replace(".kd", ""));
    let place = match registry::symbol_at(fault.pc) {
        Some((name, offset)) if fault.kind != FaultKind::BadDispatch => {
            let mut text = format!("\n  in {name}+{offset:#x}");
            for (index, place) in registry::source_at(fault.pc).iter().enumerate() {
                text += &format!("{}{place}", if index == 0 { ", " } else { ", inlined at " });
            }
            text
        }
        _ => String::new(),
    };
    let nearby = fault.address.and_then(|address| pool::describe(address as usize, agent));
    let nearby = nearby.map_or(String::new(), |nearby| format!("\n  the address is {nearby}"));
    eprintln!("wavefold emulator: kernel {kernel}: {fault}{nearby}{place}");
}
