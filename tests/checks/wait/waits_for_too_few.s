//! # Of two loads the second is used when only the first is known to be done.
//! check = "wait"
//! memory = "u32 0 x 256"
.include "wave.inc"

KERNEL lds=1024, scratch=16
  v_lshlrev_b32_e32 v1, 2, v0
  global_load_dword v2, v1, s[12:13]
  global_load_dword v3, v1, s[12:13] offset:4
  s_waitcnt vmcnt(1)
  v_add_u32_e32 v4, 1, v2
  v_add_u32_e32 v4, 1, v3 // finding: wait: v3 read before its s_waitcnt vmcnt
  s_waitcnt vmcnt(0) lgkmcnt(0)
END
