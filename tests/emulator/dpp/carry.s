//! # Carry out of a DPP addition goes to VCC, 0 where the lane is not active; v_addc takes the own lane's carry.
//! manual = "MI200 ISA, Data Parallel Processing (DPP), table DPP_CTRL; V_ADD_CO_U32"
//! in = [
//!   "u32 0xffffffff..=0xffffffc0 by -1",
//!   "u32 0..=63",
//! ]
//! out = [
//!   "u32 (0xfffffffe, 0) x 32",
//!   "u32 (0, 1) x 32",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  v_mov_b32_e32 v4, 0
  v_mov_b32_e32 v5, 0
  s_nop 1
  v_add_co_u32_dpp v3, vcc, v1, v2 quad_perm:[1,0,3,2] row_mask:0xf bank_mask:0xf
  s_nop 1
  v_addc_co_u32_dpp v4, vcc, v5, v5, vcc quad_perm:[0,1,2,3] row_mask:0xf bank_mask:0xf
  STORE v3
  STORE v4
END
