//! # Nothing is wrong here: the last byte of every memory.
//! check = "memory"
//! memory = "u32 0 x 64"
.include "wave.inc"

KERNEL lds=256, scratch=16
  v_lshlrev_b32_e32 v1, 2, v0
  ds_write_b32 v1, v0
  global_store_dword v1, v0, s[12:13]
  buffer_store_dword v0, off, s[0:3], 0 offset:12
  s_waitcnt vmcnt(0) lgkmcnt(0)
END
