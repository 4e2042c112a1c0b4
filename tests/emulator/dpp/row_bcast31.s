//! # row_bcast:31: lane 31 goes to all lanes of rows 2 and 3. Rows 0 and 1 have no source; the second table masks them off.
//! manual = "MI200 ISA, Data Parallel Processing (DPP), table DPP_CTRL"
//! in = ["u32 100..=163"]
//! out = [
//!   "u32 _ x 32, 131 x 32",
//!   "u32 7 x 32, 131 x 32",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_bcast:31 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v3, 7
  s_nop 1
  v_mov_b32_dpp v3, v1 row_bcast:31 row_mask:0xc bank_mask:0xf
  STORE v3
END
