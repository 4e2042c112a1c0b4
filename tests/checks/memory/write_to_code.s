//! # A store through the program counter.
//! check = "memory"
.include "wave.inc"

KERNEL
  s_getpc_b64 s[30:31]
  v_mov_b32_e32 v1, 0
  v_mov_b32_e32 v2, 0xbf800000
  global_store_dword v1, v2, s[30:31] offset:64 // finding: memory: write out of bounds
  s_waitcnt vmcnt(0)
END
