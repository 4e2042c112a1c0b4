//! # The same with the wait: nothing is wrong.
//! check = "race"
//! group = 128
.include "wave.inc"

KERNEL lds=512
  v_lshlrev_b32_e32 v1, 2, v0
  v_xor_b32_e32 v2, 0x100, v1
  ds_write_b32 v1, v0
  s_waitcnt lgkmcnt(0)
  s_barrier
  ds_read_b32 v3, v2
  s_waitcnt lgkmcnt(0)
END
