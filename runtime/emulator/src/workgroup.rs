//! Spreads the work-groups of a grid over host threads.

use crate::dispatch::{DispatchRequest, DispatchStatistics, Fault, FaultKind};

/// Runs every work-group of `request`.
pub(crate) fn run_grid(request: &DispatchRequest<'_>) -> Result<DispatchStatistics, Fault> {
    Err(Fault {
        kind: FaultKind::BadDispatch,
        pc: request.descriptor_address,
        instruction: "the interpreter is not there yet".into(),
        workgroup: [0; 3],
        wavefront: 0,
        lane: None,
        address: None,
    })
}
