//! # row_mirror: each row of 16 reversed.
//! manual = "MI200 ISA, Data Parallel Processing (DPP), table DPP_CTRL"
//! in = ["u32 100..=163"]
//! out = ["u32 115..=100 by -1, 131..=116 by -1, 147..=132 by -1, 163..=148 by -1"]
.include "wave.inc"

KERNEL
  LOAD v1
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_mirror row_mask:0xf bank_mask:0xf
  STORE v2
END
