//! # readlane and writelane ignore EXEC and take the lane modulo 64; readfirstlane reads the first active lane, lane 0 when EXEC is 0.
//! manual = "MI200 ISA, V_READLANE_B32, V_WRITELANE_B32, V_READFIRSTLANE_B32"
//! in = ["u32 100..=163"]
//! out = [
//!   "u32 137 x 64",
//!   "u32 105 x 64",
//!   "u32 120 x 64",
//!   "u32 163 x 64",
//!   "u32 100 x 64",
//!   "u32 7 x 3, 4660, 7 x 33, 17, 7 x 26",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  v_mov_b32_e32 v2, 7
  s_mov_b32 s30, 37
  s_mov_b32 s31, 0x1234
  s_nop 4
  EXEC_IS 0xfff00000, 0
  v_readlane_b32 s32, v1, s30
  v_readlane_b32 s33, v1, 5
  v_readfirstlane_b32 s34, v1
  v_writelane_b32 v2, s31, 3
  v_writelane_b32 v2, 17, s30
  EXEC_IS 0, 0x80000000
  v_readfirstlane_b32 s35, v1
  EXEC_IS 0, 0
  v_readfirstlane_b32 s36, v1
  EXEC_ALL
  STORE_S s32
  STORE_S s33
  STORE_S s34
  STORE_S s35
  STORE_S s36
  STORE v2
END
