//! AMD's profiling: when a dispatch or a copy ran. Times are always recorded; switching is accepted.

use super::abi::{Agent, Out, Outcome, Signal, hsa_functions};
use super::queue::QueuePointer;
use super::status::Status;
use super::{device, signal};

fn times(signal: Signal, result: Out<[u64; 2]>) -> Outcome {
    if result.is_null() {
        return Err(Status::ERROR_INVALID_ARGUMENT);
    }
    let (start, end) = signal::required(signal)?.times();
    if end == 0 {
        return Err(Status::ERROR);
    }
    result.put([start, end])
}

hsa_functions! {
    fn hsa_amd_profiling_set_profiler_enabled(queue: QueuePointer, enable: i32) {
        queue.required()?.set_profiling(enable != 0);
        Ok(())
    }

    fn hsa_amd_profiling_async_copy_enable(_enable: bool) {
        Ok(())
    }

    fn hsa_amd_profiling_get_dispatch_time(agent: Agent, signal: Signal, time: Out<[u64; 2]>) {
        device::gpu_index(agent)?;
        times(signal, time)
    }

    fn hsa_amd_profiling_get_async_copy_time(signal: Signal, time: Out<[u64; 2]>) {
        times(signal, time)
    }

    fn hsa_amd_profiling_convert_tick_to_system_domain(agent: Agent, tick: u64, system: Out<u64>) {
        device::gpu_index(agent)?;
        system.put(tick)
    }
}
