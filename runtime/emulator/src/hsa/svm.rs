//! AMD's shared virtual memory. The device has no XNACK, so pageable memory is not the agents' (the system
//! information says so), and attributes can neither be set nor asked for.

use super::abi::{Agent, In, Signal, hsa_functions};
use super::status::Status;

hsa_functions! {
    fn hsa_amd_svm_attributes_set(_address: usize, _size: usize, _attributes: usize, _count: usize) {
        Err(Status::ERROR)
    }

    fn hsa_amd_svm_attributes_get(_address: usize, _size: usize, _attributes: usize, _count: usize) {
        Err(Status::ERROR)
    }

    fn hsa_amd_svm_prefetch_async(
        _address: usize,
        _size: usize,
        _agent: Agent,
        _count: u32,
        _dependencies: In<Signal>,
        _completion: Signal,
    ) {
        Err(Status::ERROR)
    }
}
