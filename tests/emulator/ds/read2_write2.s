//! # Two offsets in units of the element, and with st64 in units of 64 elements.
//! manual = "MI200 ISA, Local Data Share instructions: two-address forms"
//! in = ["u32 100..=163"]
//! out = [
//!   "u32 100..=163",
//!   "u32 0xffffff9b..=0xffffff5c by -1",
//!   "u32 0xffffff9b..=0xffffff5c by -1",
//!   "u32 100..=163",
//!   "u32 100..=163",
//!   "u32 0xffffff9b..=0xffffff5c by -1",
//!   "u32 100..=163",
//! ]
.include "wave.inc"

KERNEL lds=2048
  LOAD v1
  v_not_b32_e32 v3, v1
  v_lshlrev_b32_e32 v2, 2, v0
  ds_write2_b32 v2, v1, v3 offset0:1 offset1:70
  s_waitcnt lgkmcnt(0)
  ds_read_b32 v6, v2 offset:4
  STORE v6
  ds_read_b32 v6, v2 offset:280
  STORE v6
  ds_read2_b32 v[8:9], v2 offset0:70 offset1:1
  STORE v8
  STORE v9
  ds_write2st64_b32 v2, v1, v3 offset0:3 offset1:2
  s_waitcnt lgkmcnt(0)
  ds_read_b32 v6, v2 offset:768
  STORE v6
  ds_read2st64_b32 v[8:9], v2 offset0:2 offset1:3
  STORE v8
  STORE v9
END
