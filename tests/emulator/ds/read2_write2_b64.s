//! # The 64-bit two-address forms: offsets count 8 bytes, or 512 with st64.
//! manual = "MI200 ISA, Local Data Share instructions: two-address forms"
//! in = ["u32 100..=163"]
//! out = [
//!   "u32 101..=164",
//!   "u32 0xffffff9b..=0xffffff5c by -1",
//!   "u32 101..=164",
//!   "u32 0xffffff9b..=0xffffff5c by -1",
//! ]
.include "wave.inc"

KERNEL lds=2048
  LOAD v4
  v_not_b32_e32 v5, v4
  v_add_u32_e32 v6, 1, v4
  v_not_b32_e32 v7, v6
  v_lshlrev_b32_e32 v2, 3, v0
  ds_write2_b64 v2, v[4:5], v[6:7] offset1:64
  s_waitcnt lgkmcnt(0)
  ds_read2_b64 v[8:11], v2 offset0:64 offset1:0
  STORE v8
  STORE v11
  ds_write2st64_b64 v2, v[6:7], v[4:5] offset0:1 offset1:2
  s_waitcnt lgkmcnt(0)
  ds_read2st64_b64 v[12:15], v2 offset0:1 offset1:2
  STORE v12
  STORE v15
END
