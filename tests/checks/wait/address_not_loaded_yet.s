//! # An address is used before it has been loaded.
//! check = "wait"
//! memory = "u32 0 x 256"
.include "wave.inc"

KERNEL lds=1024, scratch=16
  v_lshlrev_b32_e32 v1, 2, v0
  s_load_dwordx2 s[30:31], s[6:7], 0x10
  global_load_dword v2, v1, s[30:31] // finding: wait: s30 read before its s_waitcnt lgkmcnt
  s_waitcnt vmcnt(0) lgkmcnt(0)
END
