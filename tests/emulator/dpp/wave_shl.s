//! # wave_shl: lane n takes lane n+1 of the whole wave; lane 63 has no source: 0 with bound_ctrl, else it keeps 7.
//! manual = "MI200 ISA, Data Parallel Processing (DPP), table DPP_CTRL"
//! in = ["u32 100..=163"]
//! out = [
//!   "u32 101..=163, 0",
//!   "u32 101..=163, 7",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 wave_shl:1 row_mask:0xf bank_mask:0xf bound_ctrl:0
  STORE v2
  v_mov_b32_e32 v3, 7
  s_nop 1
  v_mov_b32_dpp v3, v1 wave_shl:1 row_mask:0xf bank_mask:0xf
  STORE v3
END
