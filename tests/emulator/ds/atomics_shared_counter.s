//! # All lanes add 1 to one dword with return: each gets a different old value; sorted by a permutation through LDS they are 0..63.
//! manual = "MI200 ISA, Local Data Share instructions: atomics"
//! out = [
//!   "u32 0..=63",
//!   "u32 64 x 64",
//! ]
.include "wave.inc"

KERNEL lds=512
  v_mov_b32_e32 v2, 0
  v_mov_b32_e32 v3, 1
  ds_write_b32 v2, v2
  s_waitcnt lgkmcnt(0)
  ds_add_rtn_u32 v4, v2, v3
  s_waitcnt lgkmcnt(0)
  v_lshlrev_b32_e32 v5, 2, v4
  ds_write_b32 v5, v4 offset:4
  v_lshlrev_b32_e32 v6, 2, v0
  s_waitcnt lgkmcnt(0)
  ds_read_b32 v7, v6 offset:4
  ds_read_b32 v8, v2
  STORE v7
  STORE v8
END
