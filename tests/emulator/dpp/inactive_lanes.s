//! # A source lane that is not active reads as 0 with bound_ctrl; without it the destination keeps 7. Inactive lanes are not written.
//! manual = "MI200 ISA, Data Parallel Processing (DPP), table DPP_CTRL; BOUND_CTRL"
//! in = ["u32 100..=163"]
//! out = [
//!   "u32 (7, 0) x 32",
//!   "u32 7 x 64",
//!   "u32 7, 101, 7, 103, 7, 105, 7, 107, 7, 109, 7, 111, 7, 113, 7, 115, 7, 117, 7, 119, 7, 121, 7, 123, 7, 125, 7, 127, 7, 129, 7, 131, 7, 133, 7, 135, 7, 137, 7, 139, 7, 141, 7, 143, 7, 145, 7, 147, 7, 149, 7, 151, 7, 153, 7, 155, 7, 157, 7, 159, 7, 161, 7, 163",
//!   "u32 0, 100..=130, 7 x 32",
//!   "u32 7, 100..=130, 7 x 32",
//!   "u32 7 x 64",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  v_mov_b32_e32 v2, 7
  EXEC_IS 0xaaaaaaaa, 0xaaaaaaaa
  v_mov_b32_dpp v2, v1 row_shl:1 row_mask:0xf bank_mask:0xf bound_ctrl:0
  EXEC_ALL
  STORE v2
  v_mov_b32_e32 v3, 7
  EXEC_IS 0xaaaaaaaa, 0xaaaaaaaa
  v_mov_b32_dpp v3, v1 row_shl:1 row_mask:0xf bank_mask:0xf
  EXEC_ALL
  STORE v3
  v_mov_b32_e32 v4, 7
  EXEC_IS 0xaaaaaaaa, 0xaaaaaaaa
  v_mov_b32_dpp v4, v1 quad_perm:[1,1,3,3] row_mask:0xf bank_mask:0xf bound_ctrl:0
  EXEC_ALL
  STORE v4
  v_mov_b32_e32 v5, 7
  EXEC_IS -1, 0
  v_mov_b32_dpp v5, v1 wave_ror:1 row_mask:0xf bank_mask:0xf bound_ctrl:0
  EXEC_ALL
  STORE v5
  v_mov_b32_e32 v6, 7
  EXEC_IS -1, 0
  v_mov_b32_dpp v6, v1 wave_ror:1 row_mask:0xf bank_mask:0xf
  EXEC_ALL
  STORE v6
  v_mov_b32_e32 v7, 7
  EXEC_IS 0x7fffffff, -1
  v_mov_b32_dpp v7, v1 row_bcast:31 row_mask:0xc bank_mask:0xf
  EXEC_ALL
  STORE v7
END
