//! # Moves between lanes go through the LDS's wiring and its counter.
//! check = "wait"
//! memory = "u32 0 x 256"
.include "wave.inc"

KERNEL lds=1024, scratch=16
  v_lshlrev_b32_e32 v1, 2, v0
  ds_bpermute_b32 v2, v1, v0
  v_add_u32_e32 v3, 1, v2 // finding: wait: v2 read before its s_waitcnt lgkmcnt
  s_waitcnt vmcnt(0) lgkmcnt(0)
END
