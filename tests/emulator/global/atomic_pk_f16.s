//! # Both halves are added.
//! manual = "MI200 ISA, FLAT and GLOBAL instructions: GLOBAL_ATOMIC_PK_ADD_F16"
//! memory = "u32 0x38003c00 x 64"
//! memory_after = "u32 0x41004000 x 64"
.include "wave.inc"

KERNEL
  v_lshlrev_b32_e32 v4, 2, v0
  v_mov_b32_e32 v5, 0x40003c00
  global_atomic_pk_add_f16 v4, v5, s[12:13]
  s_waitcnt vmcnt(0)
END
