//! System events (`hsa_amd_register_system_event_handler`): one handler, told of memory faults.

use std::sync::{Mutex, PoisonError};

use super::abi::{Agent, hsa_functions};
use super::device;
use super::status::Status;

/// `hsa_amd_event_t` of a memory fault.
#[repr(C)]
pub struct MemoryFaultEvent {
    event_type: u32,
    agent: Agent,
    virtual_address: u64,
    fault_reason_mask: u32,
}

const MEMORY_FAULT: u32 = 0;
const PAGE_NOT_PRESENT: u32 = 1;

type Handler = extern "C" fn(*const MemoryFaultEvent, usize) -> u32;

static HANDLER: Mutex<Option<(Handler, usize)>> = Mutex::new(None);

/// Tells the user's handler, if there is one, of a memory fault.
pub fn memory_fault(agent: u32, address: u64) {
    let handler = *HANDLER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((handler, data)) = handler {
        let event = MemoryFaultEvent {
            event_type: MEMORY_FAULT,
            agent: device::agent_handle(agent),
            virtual_address: address & !0xfff,
            fault_reason_mask: PAGE_NOT_PRESENT,
        };
        handler(&raw const event, data);
    }
}

hsa_functions! {
    fn hsa_amd_register_system_event_handler(callback: Option<Handler>, data: usize) {
        let callback = callback.ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        let mut handler = HANDLER.lock().unwrap_or_else(PoisonError::into_inner);
        if handler.is_some() {
            return Err(Status::ERROR);
        }
        *handler = Some((callback, data));
        Ok(())
    }
}
