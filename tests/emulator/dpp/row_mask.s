//! # row_mask: only the rows of 16 whose bit is set are written; the others keep 7, bound_ctrl or not.
//! manual = "MI200 ISA, Data Parallel Processing (DPP), table DPP_CTRL"
//! in = ["u32 100..=163"]
//! out = [
//!   "u32 101..=115, 0, 7 x 16, 133..=147, 0, 7 x 16",
//!   "u32 7 x 48, 149..=163, 7",
//!   "u32 115..=100 by -1, 7 x 48",
//!   "u32 7 x 64",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shl:1 row_mask:0x5 bank_mask:0xf bound_ctrl:0
  STORE v2
  v_mov_b32_e32 v3, 7
  s_nop 1
  v_mov_b32_dpp v3, v1 row_shl:1 row_mask:0x8 bank_mask:0xf
  STORE v3
  v_mov_b32_e32 v4, 7
  s_nop 1
  v_mov_b32_dpp v4, v1 row_mirror row_mask:0x1 bank_mask:0xf
  STORE v4
  v_mov_b32_e32 v5, 7
  s_nop 1
  v_mov_b32_dpp v5, v1 row_mirror row_mask:0x0 bank_mask:0xf
  STORE v5
END
