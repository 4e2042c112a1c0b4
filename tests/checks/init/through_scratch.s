//! # A spilled register comes back as it was: undefined in the lanes that did not spill.
//! check = "init"
//! memory = "u32 0 x 64"
.include "wave.inc"

KERNEL scratch=16
  v_lshlrev_b32_e32 v1, 2, v0
  EXEC_IS -1, 0
  buffer_store_dword v1, off, s[0:3], 0 offset:4
  s_waitcnt vmcnt(0)
  buffer_load_dword v2, off, s[0:3], 0 offset:4
  s_waitcnt vmcnt(0)
  global_store_dword v1, v2, s[12:13]
  EXEC_ALL
  buffer_load_dword v2, off, s[0:3], 0 offset:4
  s_waitcnt vmcnt(0)
  global_store_dword v1, v2, s[12:13] // finding: init: an undefined value is stored
  s_waitcnt vmcnt(0)
END
