//! # Every work-group has LDS of its own: three groups of 96 count into the same address and each sees 96 plus its own start.
//! manual = "MI200 ISA, Local Data Share"
//! out = ["u32 96 x 96, 97 x 96, 98 x 96"]
//! group = 96
//! groups = 3
.include "wave.inc"

KERNEL lds=64
  v_mov_b32_e32 v1, 0
  v_mov_b32_e32 v2, s16
  ds_write_b32 v1, v2 offset:32
  s_waitcnt lgkmcnt(0)
  s_barrier
  v_mov_b32_e32 v3, 1
  ds_add_u32 v1, v3 offset:32
  s_waitcnt lgkmcnt(0)
  s_barrier
  ds_read_b32 v4, v1 offset:32
  STORE v4
END
