//! # Past the work-group's LDS a load gives 0 and a store is dropped.
//! manual = "MI200 ISA, Local Data Share instructions: out-of-range addresses"
//! in = ["u32 100..=163"]
//! out = [
//!   "u32 0 x 64",
//!   "u32 100..=163",
//! ]
.include "wave.inc"

KERNEL lds=256
  LOAD v1
  v_lshlrev_b32_e32 v2, 2, v0
  ds_write_b32 v2, v1
  v_add_u32_e32 v3, 0x10000, v2
  ds_write_b32 v3, v0
  v_mov_b32_e32 v5, 9
  s_waitcnt lgkmcnt(0)
  ds_read_b32 v5, v3
  ds_read_b32 v4, v2
  STORE v5
  STORE v4
END
