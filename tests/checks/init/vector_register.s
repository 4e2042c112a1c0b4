//! # v9 was never written, and neither was the half of v8 that is used.
//! check = "init"
//! memory = "u32 0 x 64"
.include "wave.inc"

KERNEL
  v_lshlrev_b32_e32 v1, 2, v0
  global_load_short_d16 v8, v1, s[12:13]
  s_waitcnt vmcnt(0)
  v_and_b32_e32 v3, 0xffff, v8
  global_store_dword v1, v3, s[12:13]
  v_mov_b32_e32 v2, v9
  global_store_dword v1, v2, s[12:13] // finding: init: an undefined value is stored
  v_lshrrev_b32_e32 v4, 8, v8
  global_store_dword v1, v4, s[12:13] // finding: init: an undefined value is stored
  s_waitcnt vmcnt(0)
END
