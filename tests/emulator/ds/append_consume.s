//! # append adds, consume subtracts the number of active lanes at M0[31:16] + offset and gives every lane the old value.
//! manual = "MI200 ISA, DS_APPEND, DS_CONSUME"
//! out = [
//!   "u32 100 x 64",
//!   "u32 109 x 64",
//!   "u32 45 x 64",
//! ]
.include "wave.inc"

KERNEL lds=64
  v_mov_b32_e32 v2, 0
  v_mov_b32_e32 v3, 0x64
  ds_write_b32 v2, v3 offset:8
  s_mov_b32 m0, 0
  s_waitcnt lgkmcnt(0)
  EXEC_IS 0xff, 0x1
  ds_append v4 offset:8
  s_waitcnt lgkmcnt(0)
  EXEC_ALL
  v_readfirstlane_b32 s30, v4
  ds_consume v5 offset:8
  s_waitcnt lgkmcnt(0)
  ds_read_b32 v6, v2 offset:8
  STORE_S s30
  STORE v5
  STORE v6
END
