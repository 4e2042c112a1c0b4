//! # bank_mask: in each row only the groups of 4 lanes whose bit is set are written. Reads ignore it.
//! manual = "MI200 ISA, Data Parallel Processing (DPP), table DPP_CTRL"
//! in = ["u32 100..=163"]
//! out = [
//!   "u32 104..=107, 7 x 4, 112..=115, 7 x 4, 120..=123, 7 x 4, 128..=131, 7 x 4, 136..=139, 7 x 4, 144..=147, 7 x 4, 152..=155, 7 x 4, 160..=163, 7 x 4",
//!   "u32 7 x 4, 103..=106, 7 x 4, 111..=114, 7 x 4, 119..=122, 7 x 4, 127..=130, 7 x 4, 135..=138, 7 x 4, 143..=146, 7 x 4, 151..=154, 7 x 4, 159..=162",
//!   "u32 7 x 28, 131..=128 by -1, 7 x 12, 147..=144 by -1, 7 x 16",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shl:4 row_mask:0xf bank_mask:0x5
  STORE v2
  v_mov_b32_e32 v3, 7
  s_nop 1
  v_mov_b32_dpp v3, v1 row_shr:1 row_mask:0xf bank_mask:0xa bound_ctrl:0
  STORE v3
  v_mov_b32_e32 v4, 7
  s_nop 1
  v_mov_b32_dpp v4, v1 quad_perm:[3,2,1,0] row_mask:0x6 bank_mask:0x8
  STORE v4
END
