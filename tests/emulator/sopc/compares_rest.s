//! # The orders that the other file leaves out.
//! manual = "MI200 ISA, SOPC"
//! out = [
//!   "u32 1 x 64",
//!   "u32 0 x 64",
//!   "u32 1 x 64",
//!   "u32 1 x 64",
//!   "u32 0 x 64",
//!   "u32 1 x 64",
//!   "u32 1 x 64",
//! ]
.include "wave.inc"

KERNEL
  s_mov_b32 s30, 0x89abcdef
  s_mov_b32 s31, 0x70000011
  s_cmp_ge_u32 s30, s31
  STORE_SCC
  s_cmp_gt_i32 s30, s31
  STORE_SCC
  s_cmp_gt_u32 s30, s31
  STORE_SCC
  s_cmp_le_i32 s30, s31
  STORE_SCC
  s_cmp_lg_i32 s30, s30
  STORE_SCC
  s_cmp_ge_u32 s30, s30
  STORE_SCC
  s_cmp_le_i32 s30, s30
  STORE_SCC
END
