//! # Integer clamp saturates: unsigned add and sub, signed 16-bit add through v_add_i16, v_mad_u16.
//! manual = "MI200 ISA, VOP3: CLAMP on integers"
//! in = [
//!   "u32 0x89abcdef..=0xc92a8ca8 by 16909063",
//!   "u32 0x10f00ff0..=0xfda13964 by 66183891, 0x1931c37..=0x976e1dd by 66183891",
//! ]
//! out = [
//!   "u32 0x9a9bdddf..=0xfda9d2e7 by 83092954, 0xffffffff x 40, 0xc8b9a2d1..=0xd2a16e85 by 83092954",
//!   "u32 0x78bbbdff..=0x50e653 by -49274828, 0 x 19, 0xc5936a63..=0xbfb3aacb by -49274828",
//!   "u32 0x9a9bdddf..=0xfda9d2e7 by 83092954, 0x29db8c1..=0x254901b7 by 83092954, 0x80000000 x 18, 0x836310e5..=0xd2a16e85 by 83092954",
//!   "u32 0x80000000 x 29, 0x238f63e3..=0x50e653 by -49274828, 0xfd610687..=0xbfb3aacb by -49274828",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  v_add_u32_e64 v3, v1, v2 clamp
  STORE v3
  v_sub_u32_e64 v3, v1, v2 clamp
  STORE v3
  v_add_i32 v3, v1, v2 clamp
  STORE v3
  v_sub_i32 v3, v1, v2 clamp
  STORE v3
END
