//! # The second of two places lies past the end.
//! check = "memory"
.include "wave.inc"

KERNEL lds=256
  v_lshlrev_b32_e32 v1, 2, v0
  ds_write_b32 v1, v0
  s_waitcnt lgkmcnt(0)
  ds_read2_b32 v[2:3], v1 offset0:0 offset1:1 // finding: memory: read of 4 bytes past the end of the LDS
  s_waitcnt lgkmcnt(0)
END
