//! The library under test and the functions of it that the tests call, with the C ABI's own types.

use std::ffi::{CString, c_char, c_void};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use libloading::Library;

pub const SUCCESS: u32 = 0;
pub const INVALID_ARGUMENT: u32 = 0x1001;

macro_rules! api {
    ($($name:ident($($type:ty),*) -> $result:ty;)*) => {
        /// Function pointers into the library.
        pub struct Api {
            $(pub $name: extern "C" fn($($type),*) -> $result,)*
            _library: Library,
        }

        impl Api {
            fn open(path: &Path) -> Api {
                // SAFETY: the library is ours, and the types below are those of AMD's headers.
                unsafe {
                    let library = Library::new(path).expect("the library opens");
                    Api {
                        $($name: *library.get(concat!(stringify!($name), "\0")).expect(stringify!($name)),)*
                        _library: library,
                    }
                }
            }
        }
    };
}

type Callback = extern "C" fn(u64, *mut c_void) -> u32;
pub type QueueError = extern "C" fn(u32, *const Queue, *mut c_void);

api! {
    hsa_init() -> u32;
    hsa_system_get_info(u32, *mut c_void) -> u32;
    hsa_iterate_agents(Callback, *mut c_void) -> u32;
    hsa_agent_get_info(u64, u32, *mut c_void) -> u32;
    hsa_agent_iterate_isas(u64, Callback, *mut c_void) -> u32;
    hsa_isa_get_info_alt(u64, u32, *mut c_void) -> u32;
    hsa_amd_agent_iterate_memory_pools(u64, Callback, *mut c_void) -> u32;
    hsa_amd_memory_pool_get_info(u64, u32, *mut c_void) -> u32;
    hsa_amd_memory_pool_allocate(u64, usize, u32, *mut *mut c_void) -> u32;
    hsa_amd_memory_pool_free(*mut c_void) -> u32;
    hsa_amd_agents_allow_access(u32, *const u64, *const u32, *const c_void) -> u32;
    hsa_amd_memory_lock(*mut c_void, usize, *const u64, i32, *mut *mut c_void) -> u32;
    hsa_amd_memory_unlock(*mut c_void) -> u32;
    hsa_amd_memory_fill(*mut c_void, u32, usize) -> u32;
    hsa_amd_memory_async_copy(*mut c_void, u64, *const c_void, u64, usize, u32, *const u64, u64) -> u32;
    hsa_amd_pointer_info(*const c_void, *mut PointerInfo, *const c_void, *mut u32, *mut *mut u64) -> u32;
    hsa_amd_ipc_memory_create(*mut c_void, usize, *mut [u32; 8]) -> u32;
    hsa_amd_ipc_memory_attach(*const [u32; 8], usize, u32, *const u64, *mut *mut c_void) -> u32;
    hsa_amd_ipc_memory_detach(*mut c_void) -> u32;
    hsa_memory_copy(*mut c_void, *const c_void, usize) -> u32;
    hsa_signal_create(i64, u32, *const u64, *mut u64) -> u32;
    hsa_signal_destroy(u64) -> u32;
    hsa_signal_load_scacquire(u64) -> i64;
    hsa_signal_store_screlease(u64, i64) -> ();
    hsa_signal_add_relaxed(u64, i64) -> ();
    hsa_signal_cas_scacq_screl(u64, i64, i64) -> i64;
    hsa_signal_exchange_relaxed(u64, i64) -> i64;
    hsa_signal_and_relaxed(u64, i64) -> ();
    hsa_signal_or_relaxed(u64, i64) -> ();
    hsa_signal_xor_relaxed(u64, i64) -> ();
    hsa_signal_subtract_relaxed(u64, i64) -> ();
    hsa_signal_wait_scacquire(u64, u32, i64, u64, u32) -> i64;
    hsa_amd_signal_wait_any(u32, *const u64, *const u32, *const i64, u64, u32, *mut i64) -> u32;
    hsa_amd_signal_value_pointer(u64, *mut *mut i64) -> u32;
    hsa_amd_signal_async_handler(u64, u32, i64, extern "C" fn(i64, *mut c_void) -> bool, *mut c_void) -> u32;
    hsa_queue_create(u64, u32, u32, Option<QueueError>, *mut c_void, u32, u32, *mut *const Queue) -> u32;
    hsa_queue_destroy(*const Queue) -> u32;
    hsa_queue_add_write_index_relaxed(*const Queue, u64) -> u64;
    hsa_queue_load_read_index_scacquire(*const Queue) -> u64;
    hsa_amd_profiling_get_dispatch_time(u64, u64, *mut [u64; 2]) -> u32;
    hsa_code_object_reader_create_from_memory(*const c_void, usize, *mut u64) -> u32;
    hsa_code_object_reader_create_from_file(i32, *mut u64) -> u32;
    hsa_code_object_reader_destroy(u64) -> u32;
    hsa_executable_create_alt(u32, u32, *const c_char, *mut u64) -> u32;
    hsa_executable_destroy(u64) -> u32;
    hsa_executable_load_agent_code_object(u64, u64, u64, *const c_char, *mut u64) -> u32;
    hsa_executable_freeze(u64, *const c_char) -> u32;
    hsa_executable_agent_global_variable_define(u64, u64, *const c_char, *mut c_void) -> u32;
    hsa_executable_get_symbol_by_name(u64, *const c_char, *const u64, *mut u64) -> u32;
    hsa_executable_symbol_get_info(u64, u32, *mut c_void) -> u32;
    hsa_executable_iterate_symbols(u64, extern "C" fn(u64, u64, *mut c_void) -> u32, *mut c_void) -> u32;
    hsa_system_get_major_extension_table(u16, u16, usize, *mut c_void) -> u32;
    wavefold_emulator_statistics(*mut [u64; 5]) -> u32;
}

/// `hsa_queue_t`
#[repr(C)]
pub struct Queue {
    pub kind: u32,
    pub features: u32,
    pub base_address: *mut [u64; 8],
    pub doorbell: u64,
    pub size: u32,
    pub reserved: u32,
    pub id: u64,
}

/// `hsa_amd_pointer_info_t`
#[repr(C)]
#[derive(Default)]
pub struct PointerInfo {
    pub size: u32,
    pub kind: u32,
    pub agent_base: usize,
    pub host_base: usize,
    pub bytes: usize,
    pub user_data: usize,
    pub owner: u64,
    pub global_flags: u32,
}

/// Links the library from the archive that Cargo has built for these tests, once a process.
pub fn library_path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let executable = std::env::current_exe().expect("a test knows its executable");
        let dependencies = executable.parent().expect("a file is in a folder");
        let archive = std::fs::read_dir(dependencies)
            .expect("the folder of the test")
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.starts_with("libwavefold_emulator-") && name.ends_with(".a")
            })
            .max_by_key(|path| path.metadata().and_then(|metadata| metadata.modified()).ok())
            .expect("Cargo builds the static library with the tests");
        let folder = tempfile::tempdir().expect("a temporary folder").keep();
        let output = folder.join("libhsa-runtime64.so.1");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("link.sh");
        let status = Command::new(script).arg(archive).arg(&output).status().expect("link.sh runs");
        assert!(status.success(), "link.sh");
        output
    })
}

/// The library, opened and initialised with two small GPUs.
pub fn api() -> &'static Api {
    static API: OnceLock<Api> = OnceLock::new();
    API.get_or_init(|| {
        if std::env::var_os("WAVEFOLD_EMULATOR").is_none() {
            // SAFETY: the first call into the library; the tests themselves read no environment concurrently that
            // this could move.
            unsafe { std::env::set_var("WAVEFOLD_EMULATOR", "gpus=2,cus=8,memory=256MiB,threads=2") };
        }
        let api = Api::open(library_path());
        assert_eq!((api.hsa_init)(), SUCCESS);
        api
    })
}

/// Collects the handles that an iteration function passes to its callback.
pub fn collect(iterate: impl FnOnce(Callback, *mut c_void) -> u32) -> Vec<u64> {
    extern "C" fn push(handle: u64, data: *mut c_void) -> u32 {
        // SAFETY: `data` is the vector below.
        unsafe { (*data.cast::<Vec<u64>>()).push(handle) };
        SUCCESS
    }
    let mut handles: Vec<u64> = Vec::new();
    assert_eq!(iterate(push, (&raw mut handles).cast()), SUCCESS);
    handles
}

/// A result that a query function writes.
pub fn query<T: Default>(query: impl FnOnce(*mut c_void) -> u32) -> T {
    let mut value = T::default();
    assert_eq!(query((&raw mut value).cast()), SUCCESS);
    value
}

/// The agents: the CPU, then the GPUs.
pub fn agents() -> Vec<u64> {
    collect(|callback, data| (api().hsa_iterate_agents)(callback, data))
}

/// The first GPU.
pub fn gpu() -> u64 {
    agents()[1]
}

/// The pools of an agent.
pub fn pools(agent: u64) -> Vec<u64> {
    collect(|callback, data| (api().hsa_amd_agent_iterate_memory_pools)(agent, callback, data))
}

/// Device memory of a GPU, freed when dropped.
pub struct Memory(pub *mut c_void);

impl Memory {
    /// Allocates from an agent's pool with this index, visible to both the CPU and the first GPU.
    pub fn of_pool(agent: u64, pool: usize, size: usize) -> Memory {
        let mut address = std::ptr::null_mut();
        let api = api();
        assert_eq!(
            (api.hsa_amd_memory_pool_allocate)(pools(agent)[pool], size, 0, &raw mut address),
            SUCCESS
        );
        let all = [agents()[0], gpu()];
        assert_eq!((api.hsa_amd_agents_allow_access)(2, all.as_ptr(), std::ptr::null(), address), SUCCESS);
        Memory(address)
    }

    /// Allocates coarse-grained memory of the first GPU.
    pub fn of_gpu(size: usize) -> Memory {
        Memory::of_pool(gpu(), 0, size)
    }

    /// The memory as words. It is shared with the device, so exclusive access is the test's own affair.
    #[allow(clippy::mut_from_ref)]
    pub fn words(&self, count: usize) -> &mut [u32] {
        // SAFETY: the tests ask for no more than they have allocated, and use it from one thread at a time.
        unsafe { std::slice::from_raw_parts_mut(self.0.cast(), count) }
    }

    /// The address as a number.
    pub fn address(&self) -> u64 {
        self.0 as u64
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        assert_eq!((api().hsa_amd_memory_pool_free)(self.0), SUCCESS);
    }
}

/// A signal with this value.
pub fn signal(value: i64) -> u64 {
    let mut signal = 0;
    assert_eq!((api().hsa_signal_create)(value, 0, std::ptr::null(), &raw mut signal), SUCCESS);
    signal
}

/// A C string.
pub fn text(text: &str) -> CString {
    CString::new(text).expect("no NUL inside")
}

/// Waits until a condition holds, for ten seconds at most.
pub fn eventually(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(10), "{what} did not happen");
        std::thread::sleep(Duration::from_millis(1));
    }
}
