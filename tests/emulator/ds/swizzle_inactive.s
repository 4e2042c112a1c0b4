//! # Reading a lane that is not active gives 0, in all modes; lanes that are not active keep 7.
//! manual = "MI200 ISA, DS_SWIZZLE_B32"
//! in = ["u32 100..=163"]
//! out = [
//!   "u32 101, 100, 103, 102, 105, 104, 107, 106, 109, 108, 111, 110, 113, 112, 115, 114, 7 x 17, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0",
//!   "u32 101, 100, 103, 102, 105, 104, 107, 106, 109, 108, 111, 110, 113, 112, 115, 114, 7 x 17, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0",
//!   "u32 108..=115, 0 x 8, 7 x 17, 141, 7, 143, 7, 145, 7, 147, 7, 149, 7, 151, 7, 153, 7, 155, 7, 157, 7, 159, 7, 161, 7, 163, 7, 133, 7, 135, 7, 137, 7, 139",
//!   "u32 100, 0, 108, 0, 104, 0, 112, 0, 102, 0, 110, 0, 106, 0, 114, 0, 7 x 17, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 0, 7, 149, 7, 157, 7, 153, 7, 161, 7, 151, 7, 159, 7, 155, 7, 163",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  v_mov_b32_e32 v2, 7
  EXEC_IS 0x0000ffff, 0xaaaaaaaa
  ds_swizzle_b32 v2, v1 offset:0x41f
  s_waitcnt lgkmcnt(0)
  EXEC_ALL
  STORE v2
  v_mov_b32_e32 v3, 7
  EXEC_IS 0x0000ffff, 0xaaaaaaaa
  ds_swizzle_b32 v3, v1 offset:0x80b1
  s_waitcnt lgkmcnt(0)
  EXEC_ALL
  STORE v3
  v_mov_b32_e32 v4, 7
  EXEC_IS 0x0000ffff, 0xaaaaaaaa
  ds_swizzle_b32 v4, v1 offset:0xc100
  s_waitcnt lgkmcnt(0)
  EXEC_ALL
  STORE v4
  v_mov_b32_e32 v5, 7
  EXEC_IS 0x0000ffff, 0xaaaaaaaa
  ds_swizzle_b32 v5, v1 offset:0xe000
  s_waitcnt lgkmcnt(0)
  EXEC_ALL
  STORE v5
END
