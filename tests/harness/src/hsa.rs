//! The few functions of HSA that an emulator test needs, from whatever `libhsa-runtime64` is given.
//!
//! The bindings are this harness's own, from AMD's `hsa.h` and `hsa_ext_amd.h` (ROCr 5.2), apart from those of the
//! product's runtime, so that one mistake cannot hide in both.

use anyhow::{Context, Result, bail, ensure};
use libloading::Library;
use std::ffi::{CString, c_char, c_void};
use std::path::Path;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use std::time::{Duration, Instant};

type Status = u32;
type Handle = u64;
type Collect = unsafe extern "C" fn(Handle, *mut c_void) -> Status;
type QueueError = unsafe extern "C" fn(Status, *mut c_void, *mut c_void);

const SUCCESS: Status = 0;
const AGENT_INFO_DEVICE: u32 = 17;
const DEVICE_TYPE_GPU: u32 = 1;
const POOL_INFO_SEGMENT: u32 = 0;
const POOL_INFO_GLOBAL_FLAGS: u32 = 1;
const POOL_FINE_GRAINED: u32 = 2;
const SYMBOL_INFO_KERNEL_OBJECT: u32 = 22;
const SYMBOL_INFO_GROUP_SIZE: u32 = 13;
const SYMBOL_INFO_PRIVATE_SIZE: u32 = 14;
const PROFILE_FULL: u32 = 1;
const QUEUE_TYPE_MULTI: u32 = 0;
const WAIT_LESS_THAN: u32 = 2;
const WAIT_BLOCKED: u32 = 0;

macro_rules! hsa_functions {
    ($($field:ident = $symbol:literal ($($arg:ty),*) -> $result:ty;)*) => {
        struct Functions { $($field: unsafe extern "C" fn($($arg),*) -> $result,)* }

        impl Functions {
            fn load(library: &Library) -> Result<Functions> {
                // SAFETY: each symbol is the HSA function with the signature that hsa.h gives it.
                unsafe {
                    Ok(Functions { $($field: *library
                        .get(concat!($symbol, "\0").as_bytes())
                        .with_context(|| format!("the library does not export {}", $symbol))?,)* })
                }
            }
        }
    };
}

hsa_functions! {
    init = "hsa_init" () -> Status;
    iterate_agents = "hsa_iterate_agents" (Collect, *mut c_void) -> Status;
    agent_get_info = "hsa_agent_get_info" (Handle, u32, *mut c_void) -> Status;
    iterate_pools = "hsa_amd_agent_iterate_memory_pools" (Handle, Collect, *mut c_void) -> Status;
    pool_get_info = "hsa_amd_memory_pool_get_info" (Handle, u32, *mut c_void) -> Status;
    pool_allocate = "hsa_amd_memory_pool_allocate" (Handle, usize, u32, *mut *mut c_void) -> Status;
    allow_access = "hsa_amd_agents_allow_access" (u32, *const Handle, *const u32, *const c_void) -> Status;
    queue_create = "hsa_queue_create"
        (Handle, u32, u32, Option<QueueError>, *mut c_void, u32, u32, *mut *mut Queue) -> Status;
    add_write_index = "hsa_queue_add_write_index_screlease" (*const Queue, u64) -> u64;
    signal_create = "hsa_signal_create" (i64, u32, *const Handle, *mut Handle) -> Status;
    signal_store = "hsa_signal_store_screlease" (Handle, i64) -> ();
    signal_wait = "hsa_signal_wait_scacquire" (Handle, u32, i64, u64, u32) -> i64;
    reader_create = "hsa_code_object_reader_create_from_memory" (*const c_void, usize, *mut Handle) -> Status;
    executable_create = "hsa_executable_create_alt" (u32, u32, *const c_char, *mut Handle) -> Status;
    executable_load = "hsa_executable_load_agent_code_object"
        (Handle, Handle, Handle, *const c_char, *mut Handle) -> Status;
    executable_freeze = "hsa_executable_freeze" (Handle, *const c_char) -> Status;
    get_symbol = "hsa_executable_get_symbol_by_name"
        (Handle, *const c_char, *const Handle, *mut Handle) -> Status;
    symbol_get_info = "hsa_executable_symbol_get_info" (Handle, u32, *mut c_void) -> Status;
}

/// The public head of `hsa_queue_t`.
#[repr(C)]
struct Queue {
    kind: u32,
    features: u32,
    base: *mut Packet,
    doorbell: Handle,
    size: u32,
    reserved: u32,
    id: u64,
}

/// A kernel dispatch packet.
#[repr(C, align(64))]
struct Packet {
    header: AtomicU16,
    setup: u16,
    workgroup: [u16; 3],
    reserved0: u16,
    grid: [u32; 3],
    private_size: u32,
    group_size: u32,
    kernel_object: u64,
    kernarg: *mut c_void,
    reserved1: u64,
    completion: Handle,
}

/// The first status that the queue's error callback was given; 0: none.
static QUEUE_STATUS: AtomicU32 = AtomicU32::new(SUCCESS);

/// Called by the runtime on a queue error.
///
/// # Safety
/// As HSA calls it; the pointers are not used.
unsafe extern "C" fn on_queue_error(status: Status, _queue: *mut c_void, _data: *mut c_void) {
    QUEUE_STATUS.store(status, Ordering::SeqCst);
}

/// Pushes a handle to the `Vec<Handle>` behind `data`.
///
/// # Safety
/// `data` is the vector that `Hsa::list` passed.
unsafe extern "C" fn collect(handle: Handle, data: *mut c_void) -> Status {
    // SAFETY: see above.
    unsafe { (*data.cast::<Vec<Handle>>()).push(handle) };
    SUCCESS
}

/// The first GPU agent with a queue. Lives to the end of the process: nothing is given back.
pub struct Hsa {
    functions: Functions,
    gpu: Handle,
    pool: Handle,
    queue: *mut Queue,
    _library: Library,
}

/// A kernel as its symbol describes it.
pub struct Kernel {
    object: u64,
    group_size: u32,
    private_size: u32,
}

impl Hsa {
    /// Opens the library and creates a queue on its first GPU agent.
    pub fn open(path: &Path) -> Result<Hsa> {
        // SAFETY: opening the runtime runs its initialisers; that is what it is for.
        let library =
            unsafe { Library::new(path) }.with_context(|| format!("cannot open {}", path.display()))?;
        let functions = Functions::load(&library)?;
        let mut hsa = Hsa { functions, gpu: 0, pool: 0, queue: null_mut(), _library: library };
        // SAFETY: no arguments.
        check("hsa_init", unsafe { (hsa.functions.init)() })?;
        let mut agents: Vec<Handle> = Vec::new();
        // SAFETY: `collect` gets the vector it expects.
        check("hsa_iterate_agents", unsafe {
            (hsa.functions.iterate_agents)(collect, (&raw mut agents).cast())
        })?;
        let mut cpu = None;
        for agent in agents {
            let mut device = 0u32;
            // SAFETY: HSA_AGENT_INFO_DEVICE is a 32-bit enumeration.
            check("hsa_agent_get_info", unsafe {
                (hsa.functions.agent_get_info)(agent, AGENT_INFO_DEVICE, (&raw mut device).cast())
            })?;
            if device == DEVICE_TYPE_GPU && hsa.gpu == 0 {
                hsa.gpu = agent;
            } else if device != DEVICE_TYPE_GPU {
                cpu = cpu.or(Some(agent));
            }
        }
        ensure!(hsa.gpu != 0, "no GPU agent");
        hsa.pool = hsa.fine_grained_pool(cpu.context("no CPU agent")?)?;
        // SAFETY: the out pointer is live; the callback ignores its data.
        check("hsa_queue_create", unsafe {
            let (gpu, any) = (hsa.gpu, u32::MAX);
            let callback = Some(on_queue_error as QueueError);
            (hsa.functions.queue_create)(
                gpu,
                64,
                QUEUE_TYPE_MULTI,
                callback,
                null_mut(),
                any,
                any,
                &mut hsa.queue,
            )
        })?;
        Ok(hsa)
    }

    fn fine_grained_pool(&self, cpu: Handle) -> Result<Handle> {
        let mut pools: Vec<Handle> = Vec::new();
        // SAFETY: `collect` gets the vector it expects.
        check("hsa_amd_agent_iterate_memory_pools", unsafe {
            (self.functions.iterate_pools)(cpu, collect, (&raw mut pools).cast())
        })?;
        for pool in pools {
            let (mut segment, mut flags) = (0u32, 0u32);
            // SAFETY: both attributes are 32 bits wide.
            unsafe {
                let get = self.functions.pool_get_info;
                check("pool segment", get(pool, POOL_INFO_SEGMENT, (&raw mut segment).cast()))?;
                if segment == 0 {
                    check("pool flags", get(pool, POOL_INFO_GLOBAL_FLAGS, (&raw mut flags).cast()))?;
                }
            }
            if segment == 0 && flags & POOL_FINE_GRAINED != 0 {
                return Ok(pool);
            }
        }
        bail!("the CPU agent has no fine-grained pool")
    }

    /// Host memory that the GPU may access, holding these bytes. Never freed.
    pub fn allocate(&self, bytes: &[u8]) -> Result<&'static mut [u8]> {
        let mut address = null_mut();
        let size = bytes.len().max(4);
        // SAFETY: the pool gives at least `size` bytes that belong to nobody else; they are never freed.
        unsafe {
            check(
                "hsa_amd_memory_pool_allocate",
                (self.functions.pool_allocate)(self.pool, size, 0, &mut address),
            )?;
            check(
                "hsa_amd_agents_allow_access",
                (self.functions.allow_access)(1, &self.gpu, null(), address),
            )?;
            let memory = std::slice::from_raw_parts_mut(address.cast::<u8>(), bytes.len());
            memory.copy_from_slice(bytes);
            Ok(memory)
        }
    }

    /// Loads a code object and finds the kernel `<name>.kd`.
    pub fn load(&self, code: &[u8], name: &str) -> Result<Kernel> {
        let functions = &self.functions;
        let (mut reader, mut executable, mut symbol) = (0, 0, 0);
        let symbol_name = CString::new(format!("{name}.kd"))?;
        // SAFETY: the code outlives the reader's use (HSA copies at load); out pointers are live.
        unsafe {
            check(
                "hsa_code_object_reader_create_from_memory",
                (functions.reader_create)(code.as_ptr().cast(), code.len(), &mut reader),
            )?;
            check(
                "hsa_executable_create_alt",
                (functions.executable_create)(PROFILE_FULL, 0, null(), &mut executable),
            )?;
            let load = functions.executable_load;
            check(
                "hsa_executable_load_agent_code_object",
                load(executable, self.gpu, reader, null(), null_mut()),
            )?;
            check("hsa_executable_freeze", (functions.executable_freeze)(executable, null()))?;
            check(
                "hsa_executable_get_symbol_by_name",
                (functions.get_symbol)(executable, symbol_name.as_ptr(), &self.gpu, &mut symbol),
            )?;
            let mut kernel = Kernel { object: 0, group_size: 0, private_size: 0 };
            let get = functions.symbol_get_info;
            check("kernel object", get(symbol, SYMBOL_INFO_KERNEL_OBJECT, (&raw mut kernel.object).cast()))?;
            check("group size", get(symbol, SYMBOL_INFO_GROUP_SIZE, (&raw mut kernel.group_size).cast()))?;
            check(
                "private size",
                get(symbol, SYMBOL_INFO_PRIVATE_SIZE, (&raw mut kernel.private_size).cast()),
            )?;
            Ok(kernel)
        }
    }

    /// Dispatches `groups` work-groups of `group` work-items, all in x, and waits.
    pub fn run(
        &self,
        kernel: &Kernel,
        groups: u32,
        group: u16,
        kernarg: &mut [u8],
        limit: Duration,
    ) -> Result<()> {
        let mut completion = 0;
        // SAFETY: out pointer is live; no consumers are named.
        check("hsa_signal_create", unsafe { (self.functions.signal_create)(1, 0, null(), &mut completion) })?;
        // SAFETY: the queue is live, and this thread alone writes packets: the slot is free, since each dispatch is
        // waited for. The header is stored last, atomically, as AQL asks.
        unsafe {
            let index = (self.functions.add_write_index)(self.queue, 1);
            let slot = (*self.queue).base.add((index % (*self.queue).size as u64) as usize);
            (*slot).setup = 1;
            (*slot).workgroup = [group, 1, 1];
            (*slot).reserved0 = 0;
            (*slot).grid = [groups * group as u32, 1, 1];
            (*slot).private_size = kernel.private_size;
            (*slot).group_size = kernel.group_size;
            (*slot).kernel_object = kernel.object;
            (*slot).kernarg = kernarg.as_mut_ptr().cast();
            (*slot).reserved1 = 0;
            (*slot).completion = completion;
            // Kernel dispatch, system acquire and release fences.
            (*slot).header.store(2 | 2 << 9 | 2 << 11, Ordering::Release);
            (self.functions.signal_store)((*self.queue).doorbell, index as i64);
        }
        self.wait(completion, limit)
    }

    fn wait(&self, completion: Handle, limit: Duration) -> Result<()> {
        let start = Instant::now();
        loop {
            // SAFETY: the signal is live. The time-out is in ticks of an unknown clock: short, and asked again.
            let value = unsafe {
                (self.functions.signal_wait)(completion, WAIT_LESS_THAN, 1, 10_000_000, WAIT_BLOCKED)
            };
            let status = QUEUE_STATUS.load(Ordering::SeqCst);
            if status != SUCCESS {
                bail!("the queue stopped with HSA status {status:#x}");
            }
            if value < 1 {
                return Ok(());
            }
            ensure!(start.elapsed() < limit, "the kernel did not end in {limit:?}");
        }
    }
}

fn check(what: &str, status: Status) -> Result<()> {
    if status != SUCCESS {
        bail!("{what}: HSA status {status:#x}");
    }
    Ok(())
}

impl Kernel {
    /// Bytes of LDS that the kernel declares.
    pub fn group_size(&self) -> u32 {
        self.group_size
    }
}
