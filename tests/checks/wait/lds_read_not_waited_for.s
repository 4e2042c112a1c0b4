//! # An LDS read's result is stored at once.
//! check = "wait"
//! memory = "u32 0 x 256"
.include "wave.inc"

KERNEL lds=1024, scratch=16
  v_lshlrev_b32_e32 v1, 2, v0
  ds_write_b32 v1, v0
  ds_read_b32 v2, v1
  global_store_dword v1, v2, s[12:13] // finding: wait: v2 read before its s_waitcnt lgkmcnt
  s_waitcnt vmcnt(0) lgkmcnt(0)
END
