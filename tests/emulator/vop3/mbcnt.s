//! # The number of mask bits below one's own lane, in the low and the high half, added to src1.
//! manual = "MI200 ISA, V_MBCNT_LO_U32_B32, V_MBCNT_HI_U32_B32"
//! out = [
//!   "u32 0..=63",
//!   "u32 5..=13, 13 x 8, 14..=17, 17 x 4, 18..=21, 21 x 35",
//!   "u32 5..=13, 13 x 8, 14..=17, 17 x 4, 18..=21, 21 x 5, 22, 22, 23, 23, 24, 24, 25, 25, 26, 26, 27, 27, 28, 28, 29, 29, 30, 30, 31, 31, 32, 32, 33, 33, 34, 34, 35, 35, 36, 36",
//! ]
.include "wave.inc"

KERNEL
  v_mbcnt_lo_u32_b32 v1, -1, 0
  v_mbcnt_hi_u32_b32 v1, -1, v1
  STORE v1
  s_mov_b32 s30, 0x0f0f00ff
  s_mov_b32 s31, 0xaaaaaaaa
  v_mbcnt_lo_u32_b32 v2, s30, 5
  STORE v2
  v_mbcnt_hi_u32_b32 v2, s31, v2
  STORE v2
END
