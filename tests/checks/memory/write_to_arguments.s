//! # A kernel's arguments are constant.
//! check = "memory"
.include "wave.inc"

KERNEL
  v_mov_b32_e32 v1, 0
  v_mov_b32_e32 v2, 1
  global_store_dword v1, v2, s[6:7] offset:28 // finding: memory: write to read-only memory
  s_waitcnt vmcnt(0)
END
