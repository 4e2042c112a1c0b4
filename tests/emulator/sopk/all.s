//! # Sixteen-bit constants: moves and compares with the sign extended, sums, products, conditional moves.
//! manual = "MI200 ISA, SOPK"
//! out = [
//!   "u32 0xffff8001 x 64",
//!   "u32 0xffffff38 x 64",
//!   "u32 0 x 64",
//!   "u32 600 x 64",
//!   "u32 1 x 64",
//!   "u32 0 x 64",
//!   "u32 77 x 64",
//!   "u32 1 x 64",
//!   "u32 0x80000000 x 64",
//! ]
.include "wave.inc"

KERNEL
  s_movk_i32 s30, 0x8001
  STORE_S s30
  s_movk_i32 s31, 100
  s_addk_i32 s31, -300
  s_cselect_b32 s41, 1, 0
  STORE_S s31
  STORE_S s41
  s_mulk_i32 s31, -3
  STORE_S s31
  s_cmpk_eq_i32 s30, 0x8001
  STORE_SCC
  s_cmpk_eq_u32 s30, 0x8001
  STORE_SCC
  s_cmpk_gt_i32 s31, -1
  s_cmovk_i32 s31, 77
  STORE_S s31
  s_brev_b32 s32, -2
  s_addk_i32 s32, 1
  STORE_SCC
  STORE_S s32
END
