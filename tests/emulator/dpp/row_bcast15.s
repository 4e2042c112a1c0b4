//! # row_bcast:15: the last lane of each row goes to all lanes of the next row. Row 0 has no source; the second table
//! # masks rows 0 and 2 off, as reductions do.
//! manual = "MI200 ISA, Data Parallel Processing (DPP), table DPP_CTRL"
//! in = ["u32 100..=163"]
//! out = [
//!   "u32 _ x 16, 115 x 16, 131 x 16, 147 x 16",
//!   "u32 7 x 16, 115 x 16, 7 x 16, 147 x 16",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_bcast:15 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v3, 7
  s_nop 1
  v_mov_b32_dpp v3, v1 row_bcast:15 row_mask:0xa bank_mask:0xf
  STORE v3
END
