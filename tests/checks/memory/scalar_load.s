//! # A scalar load past the end of the one dword of `memory`.
//! check = "memory"
//! fault = true
.include "wave.inc"

KERNEL
  s_load_dwordx2 s[30:31], s[12:13], 0x0 // finding: memory: read out of bounds
  s_waitcnt lgkmcnt(0)
END
