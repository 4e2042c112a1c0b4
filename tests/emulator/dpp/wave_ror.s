//! # wave_ror: lane n takes lane n-1, lane 0 takes lane 63.
//! manual = "MI200 ISA, Data Parallel Processing (DPP), table DPP_CTRL"
//! in = ["u32 100..=163"]
//! out = ["u32 163, 100..=162"]
.include "wave.inc"

KERNEL
  LOAD v1
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 wave_ror:1 row_mask:0xf bank_mask:0xf
  STORE v2
END
