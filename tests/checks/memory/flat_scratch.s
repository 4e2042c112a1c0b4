//! # A flat access falls into the scratch window behind the lane's 16 bytes.
//! check = "memory"
//! fault = true
.include "wave.inc"

KERNEL scratch=16
  s_mov_b64 s[30:31], src_private_base
  v_mov_b32_e32 v2, 16
  v_mov_b32_e32 v3, s31
  flat_load_dword v4, v[2:3] // finding: memory: read of 4 bytes outside the scratch memory
  s_waitcnt vmcnt(0) lgkmcnt(0)
END
