//! # Scalar loads finish in any order: only a wait for all of them is one.
//! check = "wait"
//! memory = "u32 0 x 256"
.include "wave.inc"

KERNEL lds=1024, scratch=16
  v_lshlrev_b32_e32 v1, 2, v0
  s_load_dword s30, s[12:13], 0x0
  s_load_dword s31, s[12:13], 0x40
  s_waitcnt lgkmcnt(1)
  s_add_u32 s32, s30, 1 // finding: wait: s30 read before its s_waitcnt lgkmcnt
  s_waitcnt vmcnt(0) lgkmcnt(0)
END
