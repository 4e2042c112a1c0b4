//! # Shift amounts modulo 32; bfe takes offset [4:0] and width [22:16]; bfm makes a mask; packs of halves.
//! manual = "MI200 ISA, SOP2"
//! out = [
//!   "u32 0x9abcdef0 x 64",
//!   "u32 1 x 64",
//!   "u32 0x89abcd x 64",
//!   "u32 1 x 64",
//!   "u32 0xffffffff x 64",
//!   "u32 1 x 64",
//!   "u32 0x80000000 x 64",
//!   "u32 1 x 64",
//!   "u32 222 x 64",
//!   "u32 1 x 64",
//!   "u32 0xffffffbc x 64",
//!   "u32 1 x 64",
//!   "u32 0 x 64",
//!   "u32 0 x 64",
//!   "u32 0x89abcd x 64",
//!   "u32 1 x 64",
//!   "u32 15872 x 64",
//!   "u32 0x83579bef x 64",
//!   "u32 1 x 64",
//!   "u32 273 x 64",
//!   "u32 1 x 64",
//!   "u32 16 x 64",
//!   "u32 0 x 64",
//!   "u32 0x11cdef x 64",
//!   "u32 0x7000cdef x 64",
//!   "u32 0x700089ab x 64",
//!   "u32 0x89abcdef x 64",
//!   "u32 0x70000011 x 64",
//! ]
.include "wave.inc"

KERNEL
  s_mov_b32 s30, 0x89abcdef
  s_mov_b32 s31, 0x70000011
  s_lshl_b32 s40, s30, 36
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_lshr_b32 s40, s30, 8
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_ashr_i32 s40, s30, 31
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_lshl_b32 s40, s30, 32+31
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_bfe_u32 s40, s30, 0x80004
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_bfe_i32 s40, s30, 0x8000c
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_bfe_u32 s40, s30, 0x4
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_bfe_u32 s40, s30, 0x200008
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_bfm_b32 s40, 5, 9
  STORE_S s40
  s_lshl1_add_u32 s40, s30, s31
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_lshl4_add_u32 s40, s31, 1
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_lshl2_add_u32 s40, 3, 4
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_pack_ll_b32_b16 s40, s30, s31
  STORE_S s40
  s_pack_lh_b32_b16 s40, s30, s31
  STORE_S s40
  s_pack_hh_b32_b16 s40, s30, s31
  STORE_S s40
  s_cmp_eq_u32 s30, s30
  s_cselect_b32 s40, s30, s31
  STORE_S s40
  s_cmp_lg_u32 s30, s30
  s_cselect_b32 s40, s30, s31
  STORE_S s40
END
