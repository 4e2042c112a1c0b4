//! # 64-bit shifts, logic and fields with their SCC.
//! manual = "MI200 ISA, SOP2, 64-bit forms"
//! out = [
//!   "u32 0 x 64",
//!   "u32 0x9abcdef0 x 64",
//!   "u32 1 x 64",
//!   "u32 0x1189a x 64",
//!   "u32 1792 x 64",
//!   "u32 1 x 64",
//!   "u32 7 x 64",
//!   "u32 0 x 64",
//!   "u32 1 x 64",
//!   "u32 0x89abcdee x 64",
//!   "u32 0x70000011 x 64",
//!   "u32 1 x 64",
//!   "u32 0 x 64",
//!   "u32 0 x 64",
//!   "u32 0 x 64",
//!   "u32 0x1189abc x 64",
//!   "u32 0 x 64",
//!   "u32 1 x 64",
//!   "u32 0xffff89ab x 64",
//!   "u32 0xffffffff x 64",
//!   "u32 1 x 64",
//!   "u32 0x76543210 x 64",
//!   "u32 0x8fffffee x 64",
//!   "u32 1 x 64",
//!   "u32 0xffffffff x 64",
//!   "u32 0xffffffff x 64",
//!   "u32 1 x 64",
//!   "u32 0xffffff00 x 64",
//!   "u32 65535 x 64",
//! ]
.include "wave.inc"

KERNEL
  s_mov_b32 s30, 0x89abcdef
  s_mov_b32 s31, 0x70000011
  s_lshl_b64 s[40:41], s[30:31], 36
  s_cselect_b32 s42, 1, 0
  STORE_S s40
  STORE_S s41
  STORE_S s42
  s_lshr_b64 s[40:41], s[30:31], 20
  s_cselect_b32 s42, 1, 0
  STORE_S s40
  STORE_S s41
  STORE_S s42
  s_ashr_i64 s[40:41], s[30:31], 60
  s_cselect_b32 s42, 1, 0
  STORE_S s40
  STORE_S s41
  STORE_S s42
  s_and_b64 s[40:41], s[30:31], -2
  s_cselect_b32 s42, 1, 0
  STORE_S s40
  STORE_S s41
  STORE_S s42
  s_andn2_b64 s[40:41], s[30:31], s[30:31]
  s_cselect_b32 s42, 1, 0
  STORE_S s40
  STORE_S s41
  STORE_S s42
  s_bfe_u64 s[40:41], s[30:31], 0x28000c
  s_cselect_b32 s42, 1, 0
  STORE_S s40
  STORE_S s41
  STORE_S s42
  s_bfe_i64 s[40:41], s[30:31], 0x100010
  s_cselect_b32 s42, 1, 0
  STORE_S s40
  STORE_S s41
  STORE_S s42
  s_not_b64 s[40:41], s[30:31]
  s_cselect_b32 s42, 1, 0
  STORE_S s40
  STORE_S s41
  STORE_S s42
  s_xnor_b64 s[40:41], s[30:31], s[30:31]
  s_cselect_b32 s42, 1, 0
  STORE_S s40
  STORE_S s41
  STORE_S s42
  s_bfm_b64 s[40:41], 40, 8
  STORE_S s40
  STORE_S s41
END
