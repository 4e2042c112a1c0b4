//! # row_ror:k for every k: lane n takes lane n-k of its row of 16, around the end.
//! manual = "MI200 ISA, Data Parallel Processing (DPP), table DPP_CTRL"
//! in = ["u32 100..=163"]
//! out = [
//!   "u32 115, 100..=114, 131, 116..=130, 147, 132..=146, 163, 148..=162",
//!   "u32 114, 115, 100..=113, 130, 131, 116..=129, 146, 147, 132..=145, 162, 163, 148..=161",
//!   "u32 113..=115, 100..=112, 129..=131, 116..=128, 145..=147, 132..=144, 161..=163, 148..=160",
//!   "u32 112..=115, 100..=111, 128..=131, 116..=127, 144..=147, 132..=143, 160..=163, 148..=159",
//!   "u32 111..=115, 100..=110, 127..=131, 116..=126, 143..=147, 132..=142, 159..=163, 148..=158",
//!   "u32 110..=115, 100..=109, 126..=131, 116..=125, 142..=147, 132..=141, 158..=163, 148..=157",
//!   "u32 109..=115, 100..=108, 125..=131, 116..=124, 141..=147, 132..=140, 157..=163, 148..=156",
//!   "u32 108..=115, 100..=107, 124..=131, 116..=123, 140..=147, 132..=139, 156..=163, 148..=155",
//!   "u32 107..=115, 100..=106, 123..=131, 116..=122, 139..=147, 132..=138, 155..=163, 148..=154",
//!   "u32 106..=115, 100..=105, 122..=131, 116..=121, 138..=147, 132..=137, 154..=163, 148..=153",
//!   "u32 105..=115, 100..=104, 121..=131, 116..=120, 137..=147, 132..=136, 153..=163, 148..=152",
//!   "u32 104..=115, 100..=103, 120..=131, 116..=119, 136..=147, 132..=135, 152..=163, 148..=151",
//!   "u32 103..=115, 100..=102, 119..=131, 116..=118, 135..=147, 132..=134, 151..=163, 148..=150",
//!   "u32 102..=115, 100, 101, 118..=131, 116, 117, 134..=147, 132, 133, 150..=163, 148, 149",
//!   "u32 101..=115, 100, 117..=131, 116, 133..=147, 132, 149..=163, 148",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_ror:1 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_ror:2 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_ror:3 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_ror:4 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_ror:5 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_ror:6 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_ror:7 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_ror:8 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_ror:9 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_ror:10 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_ror:11 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_ror:12 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_ror:13 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_ror:14 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_ror:15 row_mask:0xf bank_mask:0xf
  STORE v2
END
