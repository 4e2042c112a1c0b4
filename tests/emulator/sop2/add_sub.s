//! # Sums and differences; SCC is the carry or borrow of unsigned, the overflow of signed ones, and the carry in of addc and subb.
//! manual = "MI200 ISA, SOP2"
//! out = [
//!   "u32 0xf9abce00 x 64",
//!   "u32 0 x 64",
//!   "u32 0x19abcdde x 64",
//!   "u32 0 x 64",
//!   "u32 0xe6543222 x 64",
//!   "u32 1 x 64",
//!   "u32 0xf9abce00 x 64",
//!   "u32 0 x 64",
//!   "u32 0xe6543222 x 64",
//!   "u32 1 x 64",
//!   "u32 0xf9abce01 x 64",
//!   "u32 0 x 64",
//!   "u32 0x19abcddd x 64",
//!   "u32 0 x 64",
//!   "u32 0x7000000c x 64",
//!   "u32 1 x 64",
//!   "u32 0xb468acdf x 64",
//!   "u32 0x3c3b2a21 x 64",
//!   "u32 0xcc3b2a10 x 64",
//!   "u32 0x89abcdef x 64",
//!   "u32 1 x 64",
//!   "u32 0x70000011 x 64",
//!   "u32 0 x 64",
//!   "u32 0x70000011 x 64",
//!   "u32 0 x 64",
//!   "u32 0x89abcdef x 64",
//!   "u32 0 x 64",
//! ]
.include "wave.inc"

KERNEL
  s_mov_b32 s30, 0x89abcdef
  s_mov_b32 s31, 0x70000011
  s_add_u32 s40, s30, s31
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_sub_u32 s40, s30, s31
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_sub_u32 s40, s31, s30
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_add_i32 s40, s30, s31
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_sub_i32 s40, s31, s30
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_add_u32 s42, s30, s30
  s_addc_u32 s40, s30, s31
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_sub_u32 s42, s31, s30
  s_subb_u32 s40, s30, s31
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_absdiff_i32 s40, 5, s31
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_mul_i32 s40, s30, s31
  STORE_S s40
  s_mul_hi_u32 s40, s30, s31
  STORE_S s40
  s_mul_hi_i32 s40, s30, s31
  STORE_S s40
  s_min_i32 s40, s30, s31
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_max_i32 s40, s30, s31
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_min_u32 s40, s30, s31
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_max_u32 s40, s31, s30
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
END
