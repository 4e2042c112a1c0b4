//! Executables: code objects loaded onto an agent, and the symbols in them.

use std::ffi::CString;

use crate::types::*;
use crate::{Agent, Error, Hsa, Result};

/// A code object loaded and frozen on one agent.
pub struct Executable {
    hsa: &'static Hsa,
    agent: RawAgent,
    raw: RawExecutable,
}

/// What a dispatch packet needs to know of a kernel.
#[derive(Clone, Copy, Debug)]
pub struct KernelSymbol {
    /// The descriptor's address on the device.
    pub kernel_object: u64,
    /// Bytes of the kernarg segment, implicit arguments included.
    pub kernarg_size: u32,
    /// Bytes of statically allocated LDS.
    pub group_size: u32,
    /// Bytes of scratch a work-item needs.
    pub private_size: u32,
}

impl Executable {
    /// Loads `code` (an ELF code object) onto `agent`.
    pub fn load(agent: &Agent, code: &[u8]) -> Result<Executable> {
        let hsa = agent.hsa();
        let functions = hsa.functions();
        let mut raw = RawExecutable::default();
        // SAFETY: out pointers are valid; no options.
        let status = unsafe {
            (functions.hsa_executable_create_alt)(
                PROFILE_FULL,
                FLOAT_ROUNDING_DEFAULT,
                core::ptr::null(),
                &mut raw,
            )
        };
        hsa.check("hsa_executable_create_alt", status)?;
        // From here on dropping destroys the executable.
        let executable = Executable { hsa, agent: agent.raw(), raw };

        let mut reader = RawReader::default();
        // SAFETY: the slice outlives the reader, which is destroyed below.
        let status = unsafe {
            (functions.hsa_code_object_reader_create_from_memory)(
                code.as_ptr().cast(),
                code.len(),
                &mut reader,
            )
        };
        hsa.check("hsa_code_object_reader_create_from_memory", status)?;
        let mut loaded = RawLoadedCodeObject::default();
        // SAFETY: all handles are alive.
        let status = unsafe {
            (functions.hsa_executable_load_agent_code_object)(
                raw,
                agent.raw(),
                reader,
                core::ptr::null(),
                &mut loaded,
            )
        };
        let result = hsa.check("hsa_executable_load_agent_code_object", status).and_then(|()| {
            // SAFETY: the executable is alive; no options.
            let status = unsafe { (functions.hsa_executable_freeze)(raw, core::ptr::null()) };
            hsa.check("hsa_executable_freeze", status)
        });
        // SAFETY: the reader is ours and used no more.
        unsafe { (functions.hsa_code_object_reader_destroy)(reader) };
        result.map(|()| executable)
    }

    /// The kernel whose descriptor symbol is `name` (with its `.kd`).
    pub fn kernel(&self, name: &str) -> Result<KernelSymbol> {
        let symbol = self.symbol(name)?;
        Ok(KernelSymbol {
            kernel_object: self.symbol_info(symbol, symbol_info::KERNEL_OBJECT)?,
            kernarg_size: self.symbol_info(symbol, symbol_info::KERNARG_SEGMENT_SIZE)? as u32,
            group_size: self.symbol_info(symbol, symbol_info::GROUP_SEGMENT_SIZE)? as u32,
            private_size: self.symbol_info(symbol, symbol_info::PRIVATE_SEGMENT_SIZE)? as u32,
        })
    }

    /// The device address and the size in bytes of the variable `name`.
    pub fn variable(&self, name: &str) -> Result<(u64, u64)> {
        let symbol = self.symbol(name)?;
        let address = self.symbol_info(symbol, symbol_info::VARIABLE_ADDRESS)?;
        let size = u64::from(self.symbol_info(symbol, symbol_info::VARIABLE_SIZE)? as u32);
        Ok((address, size))
    }

    fn symbol(&self, name: &str) -> Result<RawSymbol> {
        let text = CString::new(name).map_err(|_| Error::Call {
            call: "hsa_executable_get_symbol_by_name",
            status: 0x1013,
            text: "the name contains a zero byte".to_owned(),
        })?;
        let mut symbol = RawSymbol::default();
        // SAFETY: the name is zero-terminated, the agent handle outlives the call.
        let status = unsafe {
            (self.hsa.functions().hsa_executable_get_symbol_by_name)(
                self.raw,
                text.as_ptr(),
                &self.agent,
                &mut symbol,
            )
        };
        self.hsa.check("hsa_executable_get_symbol_by_name", status)?;
        Ok(symbol)
    }

    fn symbol_info(&self, symbol: RawSymbol, attribute: u32) -> Result<u64> {
        let mut value = [0_u64; 2];
        // SAFETY: the attributes asked for here are at most eight bytes wide.
        let status = unsafe {
            (self.hsa.functions().hsa_executable_symbol_get_info)(symbol, attribute, (&raw mut value).cast())
        };
        self.hsa.check("hsa_executable_symbol_get_info", status)?;
        Ok(value[0])
    }
}

impl Drop for Executable {
    fn drop(&mut self) {
        // SAFETY: the executable is ours; its owner has waited for the kernels that run from it. A failure leaks it.
        unsafe { (self.hsa.functions().hsa_executable_destroy)(self.raw) };
    }
}

// SAFETY: HSA's functions on executables are thread-safe; a frozen executable does not change.
unsafe impl Send for Executable {}
// SAFETY: as above.
unsafe impl Sync for Executable {}
