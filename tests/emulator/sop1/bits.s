//! # Counting, finding, reversing and setting bits; -1 where there is nothing to find.
//! manual = "MI200 ISA, SOP1"
//! out = [
//!   "u32 0xf7b3d591 x 64",
//!   "u32 20 x 64",
//!   "u32 12 x 64",
//!   "u32 8 x 64",
//!   "u32 4 x 64",
//!   "u32 0xffffffff x 64",
//!   "u32 8 x 64",
//!   "u32 0xffffffff x 64",
//!   "u32 1 x 64",
//!   "u32 0xffffffff x 64",
//!   "u32 0xffffffef x 64",
//!   "u32 0xffffcdef x 64",
//!   "u32 0x76543211 x 64",
//!   "u32 0x76543210 x 64",
//!   "u32 0x80000080 x 64",
//!   "u32 0 x 64",
//!   "u32 8 x 64",
//!   "u32 25 x 64",
//!   "u32 36 x 64",
//!   "u32 0xf00f00 x 64",
//!   "u32 0x30000 x 64",
//! ]
.include "wave.inc"

KERNEL
  s_mov_b32 s30, 0x89abcdef
  s_mov_b32 s31, 0xf00100
  s_brev_b32 s40, s30
  STORE_S s40
  s_bcnt1_i32_b32 s40, s30
  STORE_S s40
  s_bcnt0_i32_b32 s40, s30
  STORE_S s40
  s_ff1_i32_b32 s40, s31
  STORE_S s40
  s_ff0_i32_b32 s40, s30
  STORE_S s40
  s_ff1_i32_b32 s40, 0
  STORE_S s40
  s_flbit_i32_b32 s40, s31
  STORE_S s40
  s_flbit_i32_b32 s40, 0
  STORE_S s40
  s_flbit_i32 s40, s30
  STORE_S s40
  s_flbit_i32 s40, -1
  STORE_S s40
  s_sext_i32_i8 s40, s30
  STORE_S s40
  s_sext_i32_i16 s40, s30
  STORE_S s40
  s_abs_i32 s40, s30
  STORE_S s40
  s_not_b32 s40, s30
  STORE_S s40
  s_mov_b32 s40, 0
  s_bitset1_b32 s40, 5
  s_bitset1_b32 s40, 31
  s_bitset1_b32 s40, 7
  s_bitset0_b32 s40, 5
  STORE_S s40
  s_ff1_i32_b64 s40, s[30:31]
  STORE_S s40
  s_flbit_i32_b64 s40, s[30:31]
  STORE_S s40
  s_bcnt1_i32_b64 s40, s[30:31]
  STORE_S s40
  s_quadmask_b32 s40, s31
  STORE_S s40
  s_wqm_b32 s40, s31
  STORE_S s40
  s_bitreplicate_b64_b32 s[40:41], s31
  STORE_S s40
END
