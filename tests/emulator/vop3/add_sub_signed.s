//! # Signed sums without clamp wrap; the remaining unsigned differences with clamp.
//! manual = "MI200 ISA, V_ADD_I32, V_SUB_I32; CLAMP"
//! in = [
//!   "u32 0x89abcdef..=0xc92a8ca8 by 16909063",
//!   "u32 0x10f00ff0..=0xfda13964 by 66183891, 0x1931c37..=0x976e1dd by 66183891",
//! ]
//! out = [
//!   "u32 0x9a9bdddf..=0xfda9d2e7 by 83092954, 0x29db8c1..=0xd2a16e85 by 83092954",
//!   "u32 0x78bbbdff..=0x50e653 by -49274828, 0xfd610687..=0xbfb3aacb by -49274828",
//!   "u32 0 x 42, 0x29ef979..=0x377cb5d1 by 49274828, 0 x 3",
//!   "u32 0x78bbbdff..=0x50e653 by -49274828, 0 x 19, 0xc5936a63..=0xbfb3aacb by -49274828",
//!   "u32 0 x 42, 0x29ef979..=0x377cb5d1 by 49274828, 0 x 3",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  v_add_i32 v5, v1, v2
  STORE v5
  v_sub_i32 v5, v1, v2
  STORE v5
  v_subrev_u32_e64 v5, v1, v2 clamp
  STORE v5
  v_sub_co_u32_e64 v5, s[30:31], v1, v2 clamp
  STORE v5
  v_subrev_co_u32_e64 v5, s[30:31], v1, v2 clamp
  STORE v5
END
