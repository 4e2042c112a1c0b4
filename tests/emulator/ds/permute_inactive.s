//! # Lanes that are not active neither push nor receive: the lower half pushes to the even lanes of the whole wave.
//! manual = "MI200 ISA, DS_PERMUTE_B32"
//! in = ["u32 100..=163"]
//! out = ["u32 100, 0, 101, 0, 102, 0, 103, 0, 104, 0, 105, 0, 106, 0, 107, 0, 108, 0, 109, 0, 110, 0, 111, 0, 112, 0, 113, 0, 114, 0, 115, 0, 7 x 32"]
.include "wave.inc"

KERNEL
  LOAD v1
  v_lshlrev_b32_e32 v3, 3, v0
  v_mov_b32_e32 v4, 7
  EXEC_IS -1, 0
  ds_permute_b32 v4, v3, v1
  s_waitcnt lgkmcnt(0)
  EXEC_ALL
  STORE v4
END
