//! # row_shl:k for every k, bound_ctrl clear: lane n takes lane n+k of its row of 16; past the row's end the destination keeps what it had (7).
//! manual = "MI200 ISA, Data Parallel Processing (DPP), table DPP_CTRL"
//! in = ["u32 100..=163"]
//! out = [
//!   "u32 101..=115, 7, 117..=131, 7, 133..=147, 7, 149..=163, 7",
//!   "u32 102..=115, 7, 7, 118..=131, 7, 7, 134..=147, 7, 7, 150..=163, 7, 7",
//!   "u32 103..=115, 7 x 3, 119..=131, 7 x 3, 135..=147, 7 x 3, 151..=163, 7 x 3",
//!   "u32 104..=115, 7 x 4, 120..=131, 7 x 4, 136..=147, 7 x 4, 152..=163, 7 x 4",
//!   "u32 105..=115, 7 x 5, 121..=131, 7 x 5, 137..=147, 7 x 5, 153..=163, 7 x 5",
//!   "u32 106..=115, 7 x 6, 122..=131, 7 x 6, 138..=147, 7 x 6, 154..=163, 7 x 6",
//!   "u32 107..=115, 7 x 7, 123..=131, 7 x 7, 139..=147, 7 x 7, 155..=163, 7 x 7",
//!   "u32 108..=115, 7 x 8, 124..=131, 7 x 8, 140..=147, 7 x 8, 156..=163, 7 x 8",
//!   "u32 109..=115, 7 x 9, 125..=131, 7 x 9, 141..=147, 7 x 9, 157..=163, 7 x 9",
//!   "u32 110..=115, 7 x 10, 126..=131, 7 x 10, 142..=147, 7 x 10, 158..=163, 7 x 10",
//!   "u32 111..=115, 7 x 11, 127..=131, 7 x 11, 143..=147, 7 x 11, 159..=163, 7 x 11",
//!   "u32 112..=115, 7 x 12, 128..=131, 7 x 12, 144..=147, 7 x 12, 160..=163, 7 x 12",
//!   "u32 113..=115, 7 x 13, 129..=131, 7 x 13, 145..=147, 7 x 13, 161..=163, 7 x 13",
//!   "u32 114, 115, 7 x 14, 130, 131, 7 x 14, 146, 147, 7 x 14, 162, 163, 7 x 14",
//!   "u32 115, 7 x 15, 131, 7 x 15, 147, 7 x 15, 163, 7 x 15",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shl:1 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shl:2 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shl:3 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shl:4 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shl:5 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shl:6 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shl:7 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shl:8 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shl:9 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shl:10 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shl:11 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shl:12 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shl:13 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shl:14 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shl:15 row_mask:0xf bank_mask:0xf
  STORE v2
END
