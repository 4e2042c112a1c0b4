//! # A flat load may go to LDS: vmcnt alone does not say that it is done.
//! check = "wait"
//! memory = "u32 0 x 256"
.include "wave.inc"

KERNEL lds=1024, scratch=16
  v_lshlrev_b32_e32 v1, 2, v0
  v_mov_b32_e32 v2, s12
  v_mov_b32_e32 v3, s13
  flat_load_dword v4, v[2:3]
  s_waitcnt vmcnt(0)
  v_add_u32_e32 v5, 1, v4 // finding: wait: v4 read before its s_waitcnt
  s_waitcnt vmcnt(0) lgkmcnt(0)
END
