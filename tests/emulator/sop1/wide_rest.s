//! # What the other files leave out of the 64-bit scalar operations.
//! manual = "MI200 ISA, SOP1 and SOP2, 64-bit forms"
//! out = [
//!   "u32 0x8800000e x 64",
//!   "u32 0xf7b3d591 x 64",
//!   "u32 0xff5ffeff x 64",
//!   "u32 0xfffffffe x 64",
//!   "u32 0x76043210 x 64",
//!   "u32 0x6543200 x 64",
//!   "u32 0x89fbcdef x 64",
//!   "u32 0xf9abcdff x 64",
//!   "u32 0x895bccef x 64",
//!   "u32 0xf9abcdfe x 64",
//!   "u32 0xffafffff x 64",
//!   "u32 0x76543211 x 64",
//!   "u32 8 x 64",
//!   "u32 256 x 64",
//!   "u32 0xffffffff x 64",
//!   "u32 0xfffffffd x 64",
//!   "u32 0x89abcdef x 64",
//!   "u32 0x70000011 x 64",
//!   "u32 0xf00100 x 64",
//!   "u32 0x89abcdef x 64",
//!   "u32 0x89abcdef x 64",
//!   "u32 0x70000011 x 64",
//!   "u32 65316 x 64",
//!   "u32 0 x 64",
//!   "u32 0xf00f00 x 64",
//!   "u32 0xffffffff x 64",
//!   "u32 39 x 64",
//!   "u32 4 x 64",
//!   "u32 1 x 64",
//!   "u32 9 x 64",
//!   "u32 0x70000039 x 64",
//! ]
.include "wave.inc"

KERNEL
  s_mov_b32 s30, 0x89abcdef
  s_mov_b32 s31, 0x70000011
  s_mov_b32 s32, 0xf00100
  s_mov_b32 s33, 0x89abcdef
  s_brev_b64 s[40:41], s[30:31]
  STORE_S s40
  STORE_S s41
  s_nand_b64 s[40:41], s[30:31], s[32:33]
  STORE_S s40
  STORE_S s41
  s_nor_b64 s[40:41], s[30:31], s[32:33]
  STORE_S s40
  STORE_S s41
  s_or_b64 s[40:41], s[30:31], s[32:33]
  STORE_S s40
  STORE_S s41
  s_xor_b64 s[40:41], s[30:31], s[32:33]
  STORE_S s40
  STORE_S s41
  s_orn2_b64 s[40:41], s[30:31], s[32:33]
  STORE_S s40
  STORE_S s41
  s_mov_b64 s[40:41], 0
  s_bitset1_b64 s[40:41], 40
  s_bitset1_b64 s[40:41], 3
  STORE_S s40
  STORE_S s41
  s_mov_b64 s[40:41], -1
  s_bitset0_b64 s[40:41], 33
  STORE_S s40
  STORE_S s41
  s_cmp_eq_u32 s30, s30
  s_cselect_b64 s[40:41], s[30:31], s[32:33]
  STORE_S s40
  STORE_S s41
  s_cmp_lg_u32 s30, s30
  s_cselect_b64 s[40:41], s[30:31], s[32:33]
  STORE_S s40
  STORE_S s41
  s_mov_b64 s[40:41], 5
  s_cmp_eq_u32 s30, s30
  s_cmov_b64 s[40:41], s[30:31]
  STORE_S s40
  STORE_S s41
  s_quadmask_b64 s[40:41], s[32:33]
  STORE_S s40
  STORE_S s41
  s_wqm_b64 s[40:41], s[32:33]
  STORE_S s40
  STORE_S s41
  s_bcnt0_i32_b64 s40, s[30:31]
  STORE_S s40
  s_ff0_i32_b64 s40, s[30:31]
  STORE_S s40
  s_flbit_i32_i64 s40, s[30:31]
  STORE_S s40
  s_mov_b32 s40, 9
  s_cmp_lg_u32 s30, s30
  s_cmov_b32 s40, s31
  STORE_S s40
  s_lshl3_add_u32 s40, 5, s31
  STORE_S s40
END
