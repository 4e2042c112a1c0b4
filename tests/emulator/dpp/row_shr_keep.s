//! # row_shr:k for every k, bound_ctrl clear: lane n takes lane n-k of its row of 16; before the row's start the destination keeps what it had (7).
//! manual = "MI200 ISA, Data Parallel Processing (DPP), table DPP_CTRL"
//! in = ["u32 100..=163"]
//! out = [
//!   "u32 7, 100..=114, 7, 116..=130, 7, 132..=146, 7, 148..=162",
//!   "u32 7, 7, 100..=113, 7, 7, 116..=129, 7, 7, 132..=145, 7, 7, 148..=161",
//!   "u32 7 x 3, 100..=112, 7 x 3, 116..=128, 7 x 3, 132..=144, 7 x 3, 148..=160",
//!   "u32 7 x 4, 100..=111, 7 x 4, 116..=127, 7 x 4, 132..=143, 7 x 4, 148..=159",
//!   "u32 7 x 5, 100..=110, 7 x 5, 116..=126, 7 x 5, 132..=142, 7 x 5, 148..=158",
//!   "u32 7 x 6, 100..=109, 7 x 6, 116..=125, 7 x 6, 132..=141, 7 x 6, 148..=157",
//!   "u32 7 x 7, 100..=108, 7 x 7, 116..=124, 7 x 7, 132..=140, 7 x 7, 148..=156",
//!   "u32 7 x 8, 100..=107, 7 x 8, 116..=123, 7 x 8, 132..=139, 7 x 8, 148..=155",
//!   "u32 7 x 9, 100..=106, 7 x 9, 116..=122, 7 x 9, 132..=138, 7 x 9, 148..=154",
//!   "u32 7 x 10, 100..=105, 7 x 10, 116..=121, 7 x 10, 132..=137, 7 x 10, 148..=153",
//!   "u32 7 x 11, 100..=104, 7 x 11, 116..=120, 7 x 11, 132..=136, 7 x 11, 148..=152",
//!   "u32 7 x 12, 100..=103, 7 x 12, 116..=119, 7 x 12, 132..=135, 7 x 12, 148..=151",
//!   "u32 7 x 13, 100..=102, 7 x 13, 116..=118, 7 x 13, 132..=134, 7 x 13, 148..=150",
//!   "u32 7 x 14, 100, 101, 7 x 14, 116, 117, 7 x 14, 132, 133, 7 x 14, 148, 149",
//!   "u32 7 x 15, 100, 7 x 15, 116, 7 x 15, 132, 7 x 15, 148",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shr:1 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shr:2 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shr:3 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shr:4 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shr:5 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shr:6 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shr:7 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shr:8 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shr:9 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shr:10 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shr:11 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shr:12 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shr:13 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shr:14 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_shr:15 row_mask:0xf bank_mask:0xf
  STORE v2
END
