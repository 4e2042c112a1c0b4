//! # row_half_mirror: each half row of 8 reversed.
//! manual = "MI200 ISA, Data Parallel Processing (DPP), table DPP_CTRL"
//! in = ["u32 100..=163"]
//! out = ["u32 107..=100 by -1, 115..=108 by -1, 123..=116 by -1, 131..=124 by -1, 139..=132 by -1, 147..=140 by -1, 155..=148 by -1, 163..=156 by -1"]
.include "wave.inc"

KERNEL
  LOAD v1
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_half_mirror row_mask:0xf bank_mask:0xf
  STORE v2
END
