//! # A lane that is not active is read as 0; lanes that are not active keep 7. The halves of the wave read across.
//! manual = "MI200 ISA, DS_BPERMUTE_B32"
//! in = ["u32 100..=163"]
//! out = ["u32 0 x 4, 136..=147, 7 x 20, 104..=115, 0 x 16"]
.include "wave.inc"

KERNEL
  LOAD v1
  v_xor_b32_e32 v3, 32, v0
  v_lshlrev_b32_e32 v3, 2, v3
  v_mov_b32_e32 v4, 7
  EXEC_IS 0x0000ffff, 0xfffffff0
  ds_bpermute_b32 v4, v3, v1
  s_waitcnt lgkmcnt(0)
  EXEC_ALL
  STORE v4
END
