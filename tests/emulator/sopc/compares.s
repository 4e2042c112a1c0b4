//! # SCC from signed and unsigned orders, 64-bit equality and single bits.
//! manual = "MI200 ISA, SOPC"
//! out = [
//!   "u32 1 x 64",
//!   "u32 0 x 64",
//!   "u32 0 x 64",
//!   "u32 1 x 64",
//!   "u32 1 x 64",
//!   "u32 1 x 64",
//!   "u32 1 x 64",
//!   "u32 0 x 64",
//!   "u32 1 x 64",
//!   "u32 0 x 64",
//!   "u32 1 x 64",
//!   "u32 0 x 64",
//! ]
.include "wave.inc"

KERNEL
  s_mov_b32 s30, 0x89abcdef
  s_mov_b32 s31, 0x70000011
  s_mov_b64 s[32:33], s[30:31]
  s_cmp_lt_i32 s30, s31
  STORE_SCC
  s_cmp_lt_u32 s30, s31
  STORE_SCC
  s_cmp_ge_i32 s30, s31
  STORE_SCC
  s_cmp_le_u32 s31, s30
  STORE_SCC
  s_cmp_eq_i32 s30, s30
  STORE_SCC
  s_cmp_lg_u32 s30, s31
  STORE_SCC
  s_cmp_eq_u64 s[30:31], s[32:33]
  STORE_SCC
  s_cmp_lg_u64 s[30:31], s[32:33]
  STORE_SCC
  s_bitcmp1_b32 s30, 31
  STORE_SCC
  s_bitcmp0_b32 s30, 0
  STORE_SCC
  s_bitcmp1_b64 s[30:31], 62
  STORE_SCC
  s_bitcmp0_b64 s[30:31], 36
  STORE_SCC
END
