//! What compiled programs call before `main` and around `<<<>>>`. Their signatures are those that clang and nvcc emit.

use core::ffi::c_char;
use std::cell::RefCell;

use wavefold_core::boundary::{In, Out, runtime_entry};
use wavefold_core::{Error, api, module, registry};

use crate::types::Dim3;

/// A configuration between `<<<...>>>` and the stub that launches.
#[derive(Clone, Copy)]
struct Call {
    grid: Dim3,
    block: Dim3,
    shared: usize,
    stream: usize,
}

thread_local! {
    static CALLS: RefCell<Vec<Call>> = const { RefCell::new(Vec::new()) };
}

/// Gives a managed variable its initial value: the host's compiler left its memory without one, and the host may use it
/// before anything of CUDA is.
fn initialise(binary: u64, host: usize, name: &str, size: usize) {
    let initial = registry::image(binary).ok_or(Error::INVALID_KERNEL_IMAGE);
    match initial.and_then(|image| module::initial_value(image, name)) {
        // SAFETY: the program registered so many bytes at this address as the variable's memory.
        Ok(bytes) => unsafe {
            core::ptr::copy_nonoverlapping(bytes.as_ptr(), host as *mut u8, bytes.len().min(size));
        },
        Err(error) => eprintln!("wavefold: the initial value of {name} is lost: {error}"),
    }
}

fn read_name(name: In<c_char>) -> String {
    name.text().unwrap_or_default()
}

api! {
    entry = runtime_entry;

    /// Enters a fat binary by its wrapper; the handle is passed to the other functions.
    raw fn __cudaRegisterFatBinary(wrapper: usize) -> usize {
        registry::add_binary(wrapper) as usize
    }

    /// Says that a fat binary's registration is complete.
    raw fn __cudaRegisterFatBinaryEnd(_handle: usize) {}

    /// Forgets a fat binary.
    raw fn __cudaUnregisterFatBinary(handle: usize) {
        registry::remove_binary(handle as u64);
    }

    /// Enters a kernel: `host` is its stub, `device_name` its PTX name.
    raw fn __cudaRegisterFunction(
        handle: usize,
        host: usize,
        _device_function: usize,
        device_name: In<c_char>,
        _thread_limit: i32,
        _thread_id: usize,
        _block_id: usize,
        _block_dim: usize,
        _grid_dim: usize,
        _warp_size: usize,
    ) -> i32 {
        i32::from(!registry::add_function(handle as u64, host, &read_name(device_name)))
    }

    /// Enters a `__device__` or `__constant__` variable: `host` is its shadow.
    raw fn __cudaRegisterVar(
        handle: usize,
        host: usize,
        _device_address: usize,
        device_name: In<c_char>,
        _external: i32,
        size: usize,
        _constant: i32,
        _global: i32,
    ) {
        let name = read_name(device_name);
        let entered = registry::add_variable(handle as u64, host, &name, size);
        if entered && registry::is_managed_name(&name) {
            initialise(handle as u64, host, &name, size);
        }
    }

    /// Refuses a `__managed__` variable of another compiler's; ours come as variables with a tag in their name.
    #[partial("variables that NVIDIA's nvcc compiled are not supported: says so on stderr")]
    raw fn __cudaRegisterManagedVar(
        _handle: usize,
        _host: usize,
        _device_address: usize,
        device_name: In<c_char>,
        _external: i32,
        _size: usize,
        _constant: i32,
        _global: i32,
    ) {
        let name = read_name(device_name);
        eprintln!("wavefold: __managed__ variable {name}: was compiled by another compiler and is not supported");
    }

    /// Begins the initialisation of a module's managed variables; there are none.
    raw fn __cudaInitModule(_handle: usize) -> c_char {
        1
    }

    /// Keeps the configuration of `<<<...>>>` for the stub that follows.
    raw fn __cudaPushCallConfiguration(grid: Dim3, block: Dim3, shared: usize, stream: usize) -> u32 {
        CALLS.with(|calls| calls.borrow_mut().push(Call { grid, block, shared, stream }));
        0
    }

    /// Takes the configuration back.
    fn __cudaPopCallConfiguration(
        grid: Out<Dim3>,
        block: Out<Dim3>,
        shared: Out<usize>,
        stream: Out<usize>,
    ) {
        let call = CALLS.with(|calls| calls.borrow_mut().pop()).ok_or(Error::MISSING_CONFIGURATION)?;
        grid.put(call.grid)?;
        block.put(call.block)?;
        shared.put(call.shared)?;
        stream.put(call.stream)
    }
}
