//! Agents (processors) and their memory pools.
//!
//! Both are plain handles that live as long as the runtime. Memory from a pool belongs to whoever allocated it and goes
//! back through [`Hsa::free`].

use core::ffi::c_void;

use crate::types::*;
use crate::{Hsa, Result};

/// A processor: the host's CPU sockets and each GPU.
#[derive(Clone, Copy)]
pub struct Agent {
    hsa: &'static Hsa,
    raw: RawAgent,
}

impl Agent {
    pub(crate) fn new(hsa: &'static Hsa, raw: RawAgent) -> Agent {
        Agent { hsa, raw }
    }

    /// The runtime the agent belongs to.
    pub fn hsa(&self) -> &'static Hsa {
        self.hsa
    }

    /// The handle.
    pub fn raw(&self) -> RawAgent {
        self.raw
    }

    /// An attribute of a fixed-size type.
    ///
    /// # Safety
    /// `T` must be at least as large as the type the specification gives to `attribute`, and any bits must be valid.
    pub unsafe fn info<T: Default>(&self, attribute: u32) -> Result<T> {
        let mut value = T::default();
        // SAFETY: the caller vouches for the type.
        let status = unsafe {
            (self.hsa.functions().hsa_agent_get_info)(self.raw, attribute, (&raw mut value).cast())
        };
        self.hsa.check("hsa_agent_get_info", status)?;
        Ok(value)
    }

    /// An attribute that is a `uint32_t`.
    pub fn info_u32(&self, attribute: u32) -> Result<u32> {
        // Some attributes are wider than the headers say in some releases: leave room.
        // SAFETY: sixteen zeroed bytes hold any scalar attribute.
        let value: [u32; 4] = unsafe { self.info(attribute) }?;
        Ok(value[0])
    }

    /// An attribute that is a character array of at most 64 bytes.
    pub fn info_text(&self, attribute: u32) -> Result<String> {
        #[derive(Clone, Copy)]
        #[repr(C)]
        struct Text([u8; 128]);
        impl Default for Text {
            fn default() -> Text {
                Text([0; 128])
            }
        }
        // SAFETY: character array attributes have at most 64 bytes.
        let text: Text = unsafe { self.info(attribute) }?;
        let end = text.0.iter().position(|&byte| byte == 0).unwrap_or(text.0.len());
        Ok(String::from_utf8_lossy(&text.0[..end]).trim().to_owned())
    }

    /// Whether the agent is a GPU.
    pub fn is_gpu(&self) -> Result<bool> {
        Ok(self.info_u32(agent_info::DEVICE)? == DEVICE_TYPE_GPU)
    }

    /// Whether the agent is a host CPU.
    pub fn is_cpu(&self) -> Result<bool> {
        Ok(self.info_u32(agent_info::DEVICE)? == DEVICE_TYPE_CPU)
    }

    /// The agent's memory pools in HSA's order.
    pub fn pools(&self) -> Result<Vec<Pool>> {
        unsafe extern "C" fn collect(pool: RawPool, data: *mut c_void) -> Status {
            // SAFETY: `data` is the vector that `pools` passed, alive during the iteration.
            unsafe { (*data.cast::<Vec<RawPool>>()).push(pool) };
            STATUS_SUCCESS
        }
        let mut raw: Vec<RawPool> = Vec::new();
        // SAFETY: the callback matches the data passed to it.
        let status = unsafe {
            (self.hsa.functions().hsa_amd_agent_iterate_memory_pools)(
                self.raw,
                collect,
                (&raw mut raw).cast(),
            )
        };
        self.hsa.check("hsa_amd_agent_iterate_memory_pools", status)?;
        raw.into_iter().map(|raw| Pool::new(self.hsa, raw)).collect()
    }
}

/// A kind of memory of one agent.
#[derive(Clone, Copy)]
pub struct Pool {
    hsa: &'static Hsa,
    raw: RawPool,
    /// One of `pool_info::SEGMENT_*`.
    pub segment: u32,
    /// Bits of `pool_info::FLAG_*`; 0 outside the global segment.
    pub flags: u32,
    /// Bytes in all.
    pub size: u64,
    /// Whether user code may allocate here.
    pub allocatable: bool,
    /// Allocations are rounded up to this many bytes.
    pub granule: u64,
}

impl Pool {
    fn new(hsa: &'static Hsa, raw: RawPool) -> Result<Pool> {
        let get = |attribute: u32| -> Result<u64> {
            let mut value = [0_u64; 2];
            // SAFETY: no attribute asked for here is wider than eight bytes.
            let status = unsafe {
                (hsa.functions().hsa_amd_memory_pool_get_info)(raw, attribute, (&raw mut value).cast())
            };
            hsa.check("hsa_amd_memory_pool_get_info", status)?;
            Ok(value[0])
        };
        let segment = get(pool_info::SEGMENT)? as u32;
        let global = segment == pool_info::SEGMENT_GLOBAL;
        let flags = if global { get(pool_info::GLOBAL_FLAGS)? as u32 } else { 0 };
        // `bool` attributes are one byte wide.
        let allocatable = global && (get(pool_info::RUNTIME_ALLOC_ALLOWED)? as u8) != 0;
        let granule = if allocatable { get(pool_info::RUNTIME_ALLOC_GRANULE)? } else { 1 };
        Ok(Pool {
            hsa,
            raw,
            segment,
            flags,
            size: get(pool_info::SIZE)?,
            allocatable,
            granule: granule.max(1),
        })
    }

    /// Allocates at least `size` bytes; the address is a multiple of the granule.
    pub fn allocate(&self, size: usize) -> Result<*mut c_void> {
        let mut address = core::ptr::null_mut();
        // SAFETY: the out pointer is valid; flags must be zero.
        let status =
            unsafe { (self.hsa.functions().hsa_amd_memory_pool_allocate)(self.raw, size, 0, &mut address) };
        self.hsa.check("hsa_amd_memory_pool_allocate", status)?;
        Ok(address)
    }
}

impl Hsa {
    /// Gives pool memory back.
    ///
    /// # Safety
    /// `address` came from [`Pool::allocate`] and neither the host nor any queue uses it any more.
    pub unsafe fn free(&self, address: *mut c_void) -> Result<()> {
        // SAFETY: passed on to the caller.
        let status = unsafe { (self.functions().hsa_amd_memory_pool_free)(address) };
        self.check("hsa_amd_memory_pool_free", status)
    }

    /// Lets exactly `agents` (and the owner) access the allocation at `address`.
    ///
    /// # Safety
    /// `address` came from [`Pool::allocate`] and is still allocated.
    pub unsafe fn allow_access(&self, agents: &[RawAgent], address: *const c_void) -> Result<()> {
        // SAFETY: the slice is valid for its length, flags must be null; the rest is the caller's.
        let status = unsafe {
            (self.functions().hsa_amd_agents_allow_access)(
                agents.len() as u32,
                agents.as_ptr(),
                core::ptr::null(),
                address,
            )
        };
        self.check("hsa_amd_agents_allow_access", status)
    }

    /// Pins `size` bytes of ordinary host memory and returns the address at which `agents` see them.
    ///
    /// # Safety
    /// The range is mapped, and stays so until [`Hsa::unlock`].
    pub unsafe fn lock(
        &self,
        address: *mut c_void,
        size: usize,
        agents: &mut [RawAgent],
    ) -> Result<*mut c_void> {
        let mut device = core::ptr::null_mut();
        // SAFETY: the slice is valid for its length; the range is the caller's word.
        let status = unsafe {
            (self.functions().hsa_amd_memory_lock)(
                address,
                size,
                agents.as_mut_ptr(),
                agents.len() as i32,
                &mut device,
            )
        };
        self.check("hsa_amd_memory_lock", status)?;
        Ok(device)
    }

    /// The same as [`Hsa::lock`], with the memory's properties those of a pool of the host's.
    ///
    /// # Safety
    /// As for [`Hsa::lock`].
    pub unsafe fn lock_to_pool(
        &self,
        address: *mut c_void,
        size: usize,
        agents: &mut [RawAgent],
        pool: &Pool,
    ) -> Result<*mut c_void> {
        let mut device = core::ptr::null_mut();
        // SAFETY: the slice is valid for its length, the flags must be zero; the range is the caller's word.
        let status = unsafe {
            (self.functions().hsa_amd_memory_lock_to_pool)(
                address,
                size,
                agents.as_mut_ptr(),
                agents.len() as i32,
                pool.raw,
                0,
                &mut device,
            )
        };
        self.check("hsa_amd_memory_lock_to_pool", status)?;
        Ok(device)
    }

    /// Ends a [`Hsa::lock`].
    ///
    /// # Safety
    /// `address` was locked and no queue uses it any more.
    pub unsafe fn unlock(&self, address: *mut c_void) -> Result<()> {
        // SAFETY: passed on to the caller.
        let status = unsafe { (self.functions().hsa_amd_memory_unlock)(address) };
        self.check("hsa_amd_memory_unlock", status)
    }

    /// Starts a copy between two agents' memory; `completion` is decremented by one when it is done.
    ///
    /// # Safety
    /// Both ranges are accessible to the agents, and stay so until the copy has completed.
    #[allow(clippy::too_many_arguments, reason = "the C function has these arguments")]
    pub unsafe fn async_copy(
        &self,
        destination: *mut c_void,
        destination_agent: &Agent,
        source: *const c_void,
        source_agent: &Agent,
        size: usize,
        dependencies: &[RawSignal],
        completion: RawSignal,
    ) -> Result<()> {
        // SAFETY: the slice is valid for its length; the ranges are the caller's word.
        let status = unsafe {
            (self.functions().hsa_amd_memory_async_copy)(
                destination,
                destination_agent.raw,
                source,
                source_agent.raw,
                size,
                dependencies.len() as u32,
                if dependencies.is_empty() { core::ptr::null() } else { dependencies.as_ptr() },
                completion,
            )
        };
        self.check("hsa_amd_memory_async_copy", status)
    }
}
