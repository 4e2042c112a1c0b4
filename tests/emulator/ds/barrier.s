//! # Four waves, the last one partial, each read what another wave has written before the barrier.
//! manual = "MI200 ISA, S_BARRIER"
//! out = ["u32 597..=0 by -3"]
//! group = 200
.include "wave.inc"

KERNEL lds=1024
  v_lshlrev_b32_e32 v1, 2, v0
  v_mul_u32_u24_e32 v2, 3, v0
  ds_write_b32 v1, v2
  s_waitcnt lgkmcnt(0)
  s_barrier
  v_sub_u32_e32 v3, 0xc7, v0
  v_lshlrev_b32_e32 v3, 2, v3
  ds_read_b32 v4, v3
  STORE v4
END
