//! Assembling kernels, loading them, and dispatching them by packets, as a client does.

use std::ffi::c_void;
use std::process::Command;
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};

use super::api::{Queue, SUCCESS, api, gpu, signal, text};

/// A kernel whose body is given: `s[0:1]` kernarg pointer, `s2` work-group id x, `v0` work-item id x.
pub fn source(name: &str, body: &str) -> String {
    format!(
        "
.amdgcn_target \"amdgcn-amd-amdhsa--gfx90a\"
.text
.globl {name}
.p2align 8
.type {name},@function
{name}:
{body}
    s_endpgm
.Lend_{name}:
.size {name}, .Lend_{name}-{name}
.rodata
.p2align 6
.amdhsa_kernel {name}
    .amdhsa_user_sgpr_kernarg_segment_ptr 1
    .amdhsa_next_free_vgpr 16
    .amdhsa_next_free_sgpr 32
    .amdhsa_accum_offset 16
.end_amdhsa_kernel
.amdgpu_metadata
---
amdhsa.version: [ 1, 2 ]
amdhsa.kernels:
  - .name: {name}
    .symbol: {name}.kd
    .kernarg_segment_size: 64
    .kernarg_segment_align: 8
    .group_segment_fixed_size: 0
    .private_segment_fixed_size: 0
    .wavefront_size: 64
    .sgpr_count: 32
    .vgpr_count: 16
    .max_flat_workgroup_size: 1024
...
.end_amdgpu_metadata
"
    )
}

/// Assembles and links a code object of the given version.
pub fn assemble(source: &str, version: u32) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (input, output) = (folder.path().join("kernel.s"), folder.path().join("kernel.hsaco"));
    std::fs::write(&input, source).expect("the source is written");
    let clang = std::env::var("WAVEFOLD_CLANG").unwrap_or_else(|_| "clang-22".to_owned());
    let status = Command::new(clang)
        .args(["-target", "amdgcn-amd-amdhsa", "-mcpu=gfx90a"])
        // Undefined variables are the user's to define when the code object is loaded.
        .args(["-Xlinker", "-z", "-Xlinker", "undefs"])
        .arg(format!("-mcode-object-version={version}"))
        .arg("-o")
        .arg(&output)
        .arg(&input)
        .status()
        .expect("clang runs");
    assert!(status.success(), "clang assembles the kernel");
    std::fs::read(&output).expect("the code object")
}

/// A loaded and frozen executable.
pub struct Executable(pub u64);

impl Executable {
    /// Loads a code object for the first GPU.
    pub fn load(bytes: &[u8]) -> Executable {
        Executable::try_load(bytes, gpu()).expect("the code object loads")
    }

    /// Loads a code object; the status when it is refused.
    pub fn try_load(bytes: &[u8], agent: u64) -> Result<Executable, u32> {
        let api = api();
        let (mut reader, mut executable, mut loaded) = (0, 0, 0);
        let created = (api.hsa_code_object_reader_create_from_memory)(
            bytes.as_ptr().cast(),
            bytes.len(),
            &raw mut reader,
        );
        assert_eq!(created, SUCCESS);
        assert_eq!((api.hsa_executable_create_alt)(1, 0, std::ptr::null(), &raw mut executable), SUCCESS);
        let status = (api.hsa_executable_load_agent_code_object)(
            executable,
            agent,
            reader,
            std::ptr::null(),
            &raw mut loaded,
        );
        assert_eq!((api.hsa_code_object_reader_destroy)(reader), SUCCESS);
        let result = Executable(executable);
        if status != SUCCESS {
            return Err(status);
        }
        assert_eq!((api.hsa_executable_freeze)(executable, std::ptr::null()), SUCCESS);
        Ok(result)
    }

    /// A symbol's handle.
    pub fn symbol(&self, name: &str) -> Option<u64> {
        let mut symbol = 0;
        let agent = gpu();
        let status = (api().hsa_executable_get_symbol_by_name)(
            self.0,
            text(name).as_ptr(),
            &raw const agent,
            &raw mut symbol,
        );
        (status == SUCCESS).then_some(symbol)
    }

    /// A kernel's object: the address of its descriptor.
    pub fn kernel_object(&self, name: &str) -> u64 {
        let symbol = self.symbol(&format!("{name}.kd")).expect("the kernel is there");
        let mut object = 0u64;
        assert_eq!((api().hsa_executable_symbol_get_info)(symbol, 22, (&raw mut object).cast()), SUCCESS);
        object
    }
}

impl Drop for Executable {
    fn drop(&mut self) {
        assert_eq!((api().hsa_executable_destroy)(self.0), SUCCESS);
    }
}

/// A queue with what its error callback said.
pub struct TestQueue {
    pub queue: *const Queue,
    failure: Box<AtomicU32>,
}

// SAFETY: HSA queues may be used from any thread.
unsafe impl Send for TestQueue {}

extern "C" fn record(status: u32, _queue: *const Queue, data: *mut c_void) {
    // SAFETY: `data` is the queue's own record, which outlives it.
    unsafe { (*data.cast::<AtomicU32>()).store(status, Ordering::SeqCst) };
}

impl TestQueue {
    /// A queue of the first GPU.
    pub fn new(size: u32) -> TestQueue {
        let failure = Box::new(AtomicU32::new(0));
        let mut queue = std::ptr::null();
        let data = std::ptr::from_ref(&*failure).cast_mut().cast();
        let created =
            (api().hsa_queue_create)(gpu(), size, 0, Some(record), data, u32::MAX, u32::MAX, &raw mut queue);
        assert_eq!(created, SUCCESS);
        TestQueue { queue, failure }
    }

    /// Writes a packet as the specification prescribes: the body, then the header, then the doorbell.
    pub fn submit(&self, packet: [u64; 8]) -> u64 {
        let index = (api().hsa_queue_add_write_index_relaxed)(self.queue, 1);
        while index >= (api().hsa_queue_load_read_index_scacquire)(self.queue) + u64::from(self.size()) {
            assert_eq!(self.failure(), 0, "the queue has failed, so its ring stays full");
            std::thread::yield_now();
        }
        // SAFETY: the slot is ours: the index was reserved, and the processor is done with its former packet.
        unsafe {
            let slot = (*self.queue).base_address.add((index % u64::from(self.size())) as usize);
            let mut body = packet;
            body[0] = packet[0] & !0xffff | 1;
            slot.write_volatile(body);
            (*slot.cast::<AtomicU16>()).store(packet[0] as u16, Ordering::Release);
            (api().hsa_signal_store_screlease)((*self.queue).doorbell, index as i64);
        }
        index
    }

    /// The packets in the ring.
    pub fn size(&self) -> u32 {
        // SAFETY: the queue lives as long as this.
        unsafe { (*self.queue).size }
    }

    /// What the error callback was told, 0 for nothing.
    pub fn failure(&self) -> u32 {
        self.failure.load(Ordering::SeqCst)
    }

    /// Dispatches a kernel and waits for its end: the failure's status if there is one.
    pub fn run(&self, dispatch: Dispatch) -> Result<(), u32> {
        let completion = signal(1);
        self.submit(dispatch.packet(completion));
        self.wait(completion)?;
        assert_eq!((api().hsa_signal_destroy)(completion), SUCCESS);
        Ok(())
    }

    /// Waits until a signal is 0 or the queue fails.
    pub fn wait(&self, completion: u64) -> Result<(), u32> {
        while (api().hsa_signal_wait_scacquire)(completion, 2, 1, 10_000_000, 0) > 0 {
            if self.failure() != 0 {
                return Err(self.failure());
            }
        }
        Ok(())
    }
}

impl Drop for TestQueue {
    fn drop(&mut self) {
        assert_eq!((api().hsa_queue_destroy)(self.queue), SUCCESS);
    }
}

/// The contents of a dispatch packet.
#[derive(Clone, Copy)]
pub struct Dispatch {
    pub dimensions: u16,
    pub workgroup: [u16; 3],
    pub grid: [u32; 3],
    pub private: u32,
    pub group: u32,
    pub object: u64,
    pub kernarg: u64,
}

impl Dispatch {
    /// One dimension, no segments.
    pub fn linear(object: u64, kernarg: u64, workgroup: u16, grid: u32) -> Dispatch {
        Dispatch {
            dimensions: 1,
            workgroup: [workgroup, 1, 1],
            grid: [grid, 1, 1],
            private: 0,
            group: 0,
            object,
            kernarg,
        }
    }

    /// The packet.
    pub fn packet(&self, completion: u64) -> [u64; 8] {
        const HEADER: u64 = 2 | 1 << 8 | 2 << 9 | 2 << 11;
        let [x, y, z] = self.workgroup.map(u64::from);
        let [gx, gy, gz] = self.grid.map(u64::from);
        [
            HEADER | u64::from(self.dimensions) << 16 | x << 32 | y << 48,
            z | gx << 32,
            gy | gz << 32,
            u64::from(self.private) | u64::from(self.group) << 32,
            self.object,
            self.kernarg,
            0,
            completion,
        ]
    }
}
