//! What the device or the emulator does not have: exported, because clients link to the names, and refused with the
//! status that the specification or AMD's header documents for it. One table.
//!
//! A refusal reads no argument, so these functions are declared without any: on the System V ABI a callee that
//! ignores its arguments is indistinguishable from one that takes none.

use std::ffi::{c_char, c_void};

use super::abi::{Agent, Out, hsa_functions};
use super::device;
use super::status::Status;

const IMAGE_FORMAT_UNSUPPORTED: Status = Status(0x3000);
const SAMPLER_DESCRIPTOR_UNSUPPORTED: Status = Status(0x3003);
const INVALID_PROGRAM: Status = Status(0x2000);

macro_rules! absent {
    ($($name:ident => $status:expr;)*) => {
        hsa_functions! {
            $(fn $name() {
                Err($status)
            })*
        }
    };
}

absent! {
    // Images: gfx90a has no image instructions.
    hsa_ext_image_data_get_info => IMAGE_FORMAT_UNSUPPORTED;
    hsa_ext_image_data_get_info_with_layout => IMAGE_FORMAT_UNSUPPORTED;
    hsa_ext_image_create => IMAGE_FORMAT_UNSUPPORTED;
    hsa_ext_image_create_with_layout => IMAGE_FORMAT_UNSUPPORTED;
    hsa_ext_image_destroy => Status::ERROR_INVALID_ARGUMENT;
    hsa_ext_image_copy => Status::ERROR_INVALID_ARGUMENT;
    hsa_ext_image_import => Status::ERROR_INVALID_ARGUMENT;
    hsa_ext_image_export => Status::ERROR_INVALID_ARGUMENT;
    hsa_ext_image_clear => Status::ERROR_INVALID_ARGUMENT;
    hsa_ext_sampler_create => SAMPLER_DESCRIPTOR_UNSUPPORTED;
    hsa_ext_sampler_destroy => Status::ERROR_INVALID_ARGUMENT;
    hsa_amd_image_create => IMAGE_FORMAT_UNSUPPORTED;
    hsa_amd_image_get_info_max_dim => Status::ERROR_INVALID_ARGUMENT;

    // The HSAIL finalizer, which AMD's runtime does not have either.
    hsa_ext_program_create => Status::ERROR;
    hsa_ext_program_destroy => INVALID_PROGRAM;
    hsa_ext_program_add_module => INVALID_PROGRAM;
    hsa_ext_program_iterate_modules => INVALID_PROGRAM;
    hsa_ext_program_get_info => INVALID_PROGRAM;
    hsa_ext_program_finalize => INVALID_PROGRAM;

    // Buffers of graphics drivers and other devices.
    hsa_amd_interop_map_buffer => Status::ERROR_OUT_OF_RESOURCES;
    hsa_amd_interop_unmap_buffer => Status::ERROR_INVALID_ARGUMENT;
    hsa_amd_portable_export_dmabuf => Status::ERROR_OUT_OF_RESOURCES;
    hsa_amd_portable_close_dmabuf => Status::ERROR_RESOURCE_FREE;

    // The virtual memory interface of ROCr 6; the system information says that there is none.
    hsa_amd_vmem_address_reserve => Status::ERROR;
    hsa_amd_vmem_address_reserve_align => Status::ERROR;
    hsa_amd_vmem_address_free => Status::ERROR;
    hsa_amd_vmem_handle_create => Status::ERROR;
    hsa_amd_vmem_handle_release => Status::ERROR;
    hsa_amd_vmem_map => Status::ERROR;
    hsa_amd_vmem_unmap => Status::ERROR;
    hsa_amd_vmem_set_access => Status::ERROR;
    hsa_amd_vmem_get_access => Status::ERROR;
    hsa_amd_vmem_export_shareable_handle => Status::ERROR;
    hsa_amd_vmem_import_shareable_handle => Status::ERROR;
    hsa_amd_vmem_retain_alloc_handle => Status::ERROR;
    hsa_amd_vmem_get_alloc_properties_from_handle => Status::ERROR;

    // Streaming performance monitors.
    hsa_amd_spm_acquire => Status::ERROR;
    hsa_amd_spm_release => Status::ERROR;
    hsa_amd_spm_set_dest_buffer => Status::ERROR;

    // Limits of scratch memory that is reclaimed while queues run; ours is never scarce.
    hsa_amd_agent_set_async_scratch_limit => Status::ERROR_INVALID_ARGUMENT;
}

hsa_functions! {
    /// No geometry in any format: a capability of nothing, said without an error, as the specification asks.
    fn hsa_ext_image_get_capability(agent: Agent, _geometry: u32, _format: usize, capability: Out<u32>) {
        device::agent_index(agent)?;
        capability.put(0)
    }

    fn hsa_ext_image_get_capability_with_layout(
        agent: Agent,
        _geometry: u32,
        _format: usize,
        _layout: u32,
        capability: Out<u32>,
    ) {
        device::agent_index(agent)?;
        capability.put(0)
    }
}

/// `struct r_debug` of the dynamic linker, in which AMD's debugger looks for loaded code objects.
#[repr(C)]
pub struct DebugRendezvous {
    version: i32,
    map: *const c_void,
    breakpoint: u64,
    state: u32,
    loader_base: u64,
    name: *const c_char,
}

// SAFETY: the structure is never written to, and its pointers are null.
unsafe impl Sync for DebugRendezvous {}

/// Tells a debugger that there is nothing to see: version 0, no code objects.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static _amdgpu_r_debug: DebugRendezvous = DebugRendezvous {
    version: 0,
    map: std::ptr::null(),
    breakpoint: 0,
    state: 0,
    loader_base: 0,
    name: std::ptr::null(),
};
