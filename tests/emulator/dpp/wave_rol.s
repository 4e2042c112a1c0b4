//! # wave_rol: lane n takes lane n+1, lane 63 takes lane 0.
//! manual = "MI200 ISA, Data Parallel Processing (DPP), table DPP_CTRL"
//! in = ["u32 100..=163"]
//! out = ["u32 101..=163, 100"]
.include "wave.inc"

KERNEL
  LOAD v1
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 wave_rol:1 row_mask:0xf bank_mask:0xf
  STORE v2
END
