//! # 64-, 96- and 128-bit stores and loads at their natural places.
//! manual = "MI200 ISA, Local Data Share instructions"
//! in = ["u32 0..=63000 by 1000"]
//! out = [
//!   "u32 2..=63002 by 1000",
//!   "u32 3..=63003 by 1000",
//!   "u32 0..=63000 by 1000",
//!   "u32 2..=63002 by 1000",
//!   "u32 0..=63000 by 1000",
//!   "u32 0..=63000 by 1000",
//!   "u32 2..=63002 by 1000",
//! ]
.include "wave.inc"

KERNEL lds=1040
  LOAD v4
  v_add_u32_e32 v5, 1, v4
  v_add_u32_e32 v6, 2, v4
  v_add_u32_e32 v7, 3, v4
  v_lshlrev_b32_e32 v2, 4, v0
  ds_write_b128 v2, v[4:7]
  s_waitcnt lgkmcnt(0)
  ds_read_b64 v[10:11], v2 offset:8
  STORE v10
  STORE v11
  ds_read_b96 v[12:14], v2
  STORE v12
  STORE v14
  ds_write_b96 v2, v[4:6] offset:4
  s_waitcnt lgkmcnt(0)
  ds_read_b128 v[16:19], v2
  STORE v16
  STORE v17
  STORE v19
END
