//! Kernels for the interpreter alone: compiled by clang or assembled by LLVM, loaded by hand, run without HSA.

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use goblin::elf::Elf;
use goblin::elf::program_header::PT_LOAD;
use wavefold_emulator::dispatch::{
    self, AddressSpace, DispatchRequest, DispatchStatistics, Fault, KernelDescriptor, Region, WorkGroupOrder,
};

/// Memory that kernels may touch.
#[derive(Default)]
pub struct Memory {
    blocks: Mutex<Vec<(Box<[u64]>, Region)>>,
}

impl AddressSpace for Memory {
    fn lookup(&self, address: u64) -> Option<Region> {
        let blocks = self.blocks.lock().expect("no panics under the lock");
        blocks
            .iter()
            .map(|(_, region)| *region)
            .find(|region| address >= region.base && address < region.base + region.size)
    }
}

impl Memory {
    /// `size` zeroed bytes at a multiple of `alignment`.
    pub fn allocate(&self, size: usize, alignment: usize) -> u64 {
        let storage = vec![0u64; (size + alignment) / 8 + 1].into_boxed_slice();
        let base = (storage.as_ptr() as usize).next_multiple_of(alignment) as u64;
        let region = Region { base, size: size as u64, writable: true };
        self.blocks.lock().expect("no panics under the lock").push((storage, region));
        base
    }

    /// A copy of `values`.
    pub fn put<T: Copy>(&self, values: &[T]) -> u64 {
        let base = self.allocate(size_of_val(values).max(1), 64);
        // SAFETY: just allocated with this size.
        unsafe { std::ptr::copy_nonoverlapping(values.as_ptr(), base as *mut T, values.len()) };
        base
    }

    /// `count` values at `address`.
    pub fn get<T: Copy>(&self, address: u64, count: usize) -> Vec<T> {
        let region = self.lookup(address).expect("an address of ours");
        assert!(address + (count * size_of::<T>()) as u64 <= region.base + region.size);
        // SAFETY: within the region.
        unsafe { std::slice::from_raw_parts(address as *const T, count).to_vec() }
    }
}

/// A code object in memory.
pub struct Code {
    image: u64,
    symbols: Vec<(String, u64)>,
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
}

/// What OpenCL C sources see first: no library is linked.
const PRELUDE: &str = "
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL EXTENSION cl_khr_fp16 : enable
static inline int lane_id(void) { return __builtin_amdgcn_workitem_id_x(); }
static inline int block_size(void) { return ((constant ushort *)__builtin_amdgcn_implicitarg_ptr())[6]; }
static inline int thread_id(void) { return __builtin_amdgcn_workgroup_id_x() * block_size() + lane_id(); }
static inline void barrier_all(void) {
    __builtin_amdgcn_fence(__ATOMIC_RELEASE, \"workgroup\");
    __builtin_amdgcn_s_barrier();
    __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, \"workgroup\");
}
#line 1
";

/// Compiles OpenCL C, or assembles what starts with a dot, to the bytes of a code object.
pub fn compile(source: &str, options: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let assembly = source.trim_start().starts_with('.');
    let input = folder.path().join(if assembly { "kernel.s" } else { "kernel.cl" });
    let output = folder.path().join("kernel.co");
    let text = if assembly { source.to_owned() } else { format!("{PRELUDE}{source}") };
    std::fs::write(&input, text).expect("writing the source");
    let mut clang = Command::new("clang-22");
    clang.args(["-target", "amdgcn-amd-amdhsa", "-mcpu=gfx90a", "-nogpulib", "-mcode-object-version=5"]);
    if !assembly {
        clang.args(["-x", "cl", "-cl-std=CL2.0", "-O3"]);
    }
    run(clang.args(options).arg(&input).arg("-o").arg(&output));
    std::fs::read(&output).expect("the code object")
}

/// Compiles C to a shared library of the host.
pub fn compile_host(source: &str, folder: &Path) -> std::path::PathBuf {
    let (input, output) = (folder.join("host.c"), folder.join("host.so"));
    std::fs::write(&input, source).expect("writing the source");
    let mut clang = Command::new("clang-22");
    clang.args(["-O1", "-ffp-contract=off", "-fPIC", "-shared", "-w", "-march=x86-64-v3"]);
    run(clang.arg(&input).arg("-o").arg(&output));
    output
}

impl Code {
    /// Loads a code object.
    pub fn load(memory: &Memory, bytes: &[u8]) -> Self {
        let elf = Elf::parse(bytes).expect("an ELF file");
        let loads: Vec<_> = elf.program_headers.iter().filter(|header| header.p_type == PT_LOAD).collect();
        let size = loads.iter().map(|load| load.p_vaddr + load.p_memsz).max().expect("something to load");
        let image = memory.allocate(size as usize + 256, 4096);
        for load in loads {
            let from = &bytes[load.p_offset as usize..][..load.p_filesz as usize];
            // SAFETY: the image spans all segments.
            unsafe {
                std::ptr::copy_nonoverlapping(from.as_ptr(), (image + load.p_vaddr) as *mut u8, from.len());
            }
        }
        for relocation in &elf.dynrelas {
            assert_eq!(relocation.r_type, 13, "only R_AMDGPU_RELATIVE64 is expected");
            let value = image.wrapping_add_signed(relocation.r_addend.expect("rela"));
            // SAFETY: as above.
            unsafe { *((image + relocation.r_offset) as *mut u64) = value };
        }
        let symbols = elf
            .dynsyms
            .iter()
            .filter_map(|symbol| {
                Some((elf.dynstrtab.get_at(symbol.st_name)?.to_owned(), image + symbol.st_value))
            })
            .collect();
        Self { image, symbols }
    }

    /// The address of a symbol.
    pub fn symbol(&self, name: &str) -> u64 {
        self.symbols.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no symbol {name}")).1
    }

    /// Where the image starts.
    pub fn image(&self) -> u64 {
        self.image
    }
}

/// How to launch.
pub struct Launch<'a> {
    pub kernel: &'a str,
    pub grid: [u32; 3],
    pub workgroup: [u16; 3],
    /// The explicit arguments, laid out.
    pub arguments: Vec<u8>,
    pub dynamic_lds: u32,
    pub threads: usize,
}

/// Appends an argument at its natural alignment.
pub fn argument<T: Copy>(arguments: &mut Vec<u8>, value: T) {
    arguments.resize(arguments.len().next_multiple_of(align_of::<T>()), 0);
    // SAFETY: any value's bytes may be read; the types used have no padding.
    arguments.extend_from_slice(unsafe {
        std::slice::from_raw_parts((&raw const value).cast::<u8>(), size_of::<T>())
    });
}

/// Runs a kernel to its end.
pub fn launch(memory: &Memory, code: &Code, launch: &Launch<'_>) -> Result<DispatchStatistics, Fault> {
    let address = code.symbol(&format!("{}.kd", launch.kernel));
    let descriptor = KernelDescriptor::parse(&memory.get::<[u8; 64]>(address, 1)[0]);
    let mut kernarg = launch.arguments.clone();
    kernarg.resize(kernarg.len().next_multiple_of(8), 0);
    let implicit = kernarg.len();
    kernarg.resize(implicit + 256, 0);
    for axis in 0..3 {
        let size = u32::from(launch.workgroup[axis]);
        kernarg[implicit + axis * 4..][..4].copy_from_slice(&(launch.grid[axis] / size).to_le_bytes());
        kernarg[implicit + 12 + axis * 2..][..2].copy_from_slice(&launch.workgroup[axis].to_le_bytes());
        let rest = (launch.grid[axis] % size) as u16;
        kernarg[implicit + 18 + axis * 2..][..2].copy_from_slice(&rest.to_le_bytes());
    }
    kernarg[implicit + 64] = 3;
    let mut packet = [0u8; 64];
    for axis in 0..3 {
        packet[4 + axis * 2..][..2].copy_from_slice(&launch.workgroup[axis].to_le_bytes());
        packet[12 + axis * 4..][..4].copy_from_slice(&launch.grid[axis].to_le_bytes());
    }
    let request =
        DispatchRequest {
            descriptor,
            descriptor_address: address,
            grid_size: launch.grid,
            workgroup_size: launch.workgroup,
            private_segment_size: descriptor
                .private_segment_size
                .max(if descriptor.properties >> 11 & 1 != 0 { 16384 } else { 0 }),
            group_segment_size: descriptor.group_segment_size + launch.dynamic_lds,
            kernarg_address: memory.put(&kernarg),
            packet_address: memory.put(&packet),
            queue_address: memory.allocate(256, 64),
            dispatch_id: 0,
            memory,
            host_threads: launch.threads,
            order: WorkGroupOrder::Free,
            watchdog: None,
            compute_units: 104,
            on_message: None,
            observation: None,
            cancelled: None,
        };
    dispatch::run(&request)
}
