//! # Stores of 8, 16 and 32 bits and the loads that extend them by zeros or the sign.
//! manual = "MI200 ISA, Local Data Share instructions"
//! in = ["u32 0x1234f000..=0x1235eb43 by 1021"]
//! out = [
//!   "u32 0, 253..=67 by -3",
//!   "u32 61440..=65524 by 1021, 1009..=60227 by 1021",
//!   "u32 0, 253..=67 by -3",
//!   "u32 0, 0xfffffffd..=0xffffff82 by -3, 127..=67 by -3",
//!   "u32 61440..=65524 by 1021, 1009..=60227 by 1021",
//!   "u32 0xfffff000..=0xfffffff4 by 1021, 1009..=32660 by 1021, 0xffff8391..=0xffffeb43 by 1021",
//!   "u32 0xfffffff0, 0xfffffff3..=0xffffffff by 4, 3..=127 by 4, 0xffffff83..=0xffffffeb by 4",
//! ]
.include "wave.inc"

KERNEL lds=1024
  LOAD v1
  v_lshlrev_b32_e32 v2, 3, v0
  v_mov_b32_e32 v3, 0
  v_mov_b32_e32 v4, v3
  v_mov_b32_e32 v5, v3
  ds_write_b64 v2, v[4:5]
  ds_write_b8 v2, v1
  ds_write_b16 v2, v1 offset:4
  s_waitcnt lgkmcnt(0)
  ds_read_b32 v6, v2
  STORE v6
  ds_read_b32 v6, v2 offset:4
  STORE v6
  ds_read_u8 v6, v2
  STORE v6
  ds_read_i8 v6, v2
  STORE v6
  ds_read_u16 v6, v2 offset:4
  STORE v6
  ds_read_i16 v6, v2 offset:4
  STORE v6
  ds_read_i8 v6, v2 offset:5
  STORE v6
END
