//! # Moves between the two register files, under EXEC; loads and stores name accumulation registers directly.
//! manual = "MI200 ISA, V_ACCVGPR_READ_B32, V_ACCVGPR_WRITE_B32"
//! in = ["u32 100..=163"]
//! out = [
//!   "u32 3 x 64",
//!   "u32 100..=163",
//!   "u32 100..=115, 7 x 16, 132..=147, 7 x 16",
//!   "u32 500..=563",
//!   "u32 500..=563",
//! ]
//! memory = "u32 500..564"
.include "wave.inc"

KERNEL
  LOAD v1
  v_mov_b32_e32 v5, 1
  v_mov_b32_e32 v6, 2
  v_accvgpr_write_b32 a5, v1
  v_accvgpr_write_b32 a6, 7
  v_add_u32_e32 v7, v5, v6
  v_mov_b32_e32 v5, 3
  STORE v7
  EXEC_IS 0xffff, 0xffff
  v_accvgpr_write_b32 a6, v1
  EXEC_ALL
  s_nop 4
  v_accvgpr_read_b32 v2, a5
  v_accvgpr_read_b32 v3, a6
  s_nop 4
  STORE v2
  STORE v3
  v_lshlrev_b32_e32 v4, 2, v0
  global_load_dword a7, v4, s[12:13]
  s_waitcnt vmcnt(0)
  v_accvgpr_mov_b32 a8, a7
  s_nop 4
  v_accvgpr_read_b32 v5, a8
  s_nop 4
  STORE v5
  STORE a7
END
