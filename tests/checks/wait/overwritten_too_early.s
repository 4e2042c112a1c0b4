//! # The load comes after the new value and replaces it.
//! check = "wait"
//! memory = "u32 0 x 256"
.include "wave.inc"

KERNEL lds=1024, scratch=16
  v_lshlrev_b32_e32 v1, 2, v0
  global_load_dword v2, v1, s[12:13]
  v_mov_b32_e32 v2, 7 // finding: wait: v2 overwritten before its s_waitcnt vmcnt
  s_waitcnt vmcnt(0) lgkmcnt(0)
END
