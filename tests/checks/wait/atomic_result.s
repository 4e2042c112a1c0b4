//! # An atomic that returns the old value is a load too.
//! check = "wait"
//! memory = "u32 0 x 256"
.include "wave.inc"

KERNEL lds=1024, scratch=16
  v_lshlrev_b32_e32 v1, 2, v0
  v_mov_b32_e32 v3, 1
  global_atomic_add v2, v1, v3, s[12:13] glc
  v_add_u32_e32 v4, 1, v2 // finding: wait: v2 read before its s_waitcnt vmcnt
  s_waitcnt vmcnt(0) lgkmcnt(0)
END
