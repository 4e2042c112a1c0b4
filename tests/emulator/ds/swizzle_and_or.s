//! # Bit-mask mode: j = ((i & and) | or) ^ xor in each group of 32. Broadcasts of lanes 0, 5 and 31; keep bits 4..3;
//! # set bit 4 (a shift down by 16 that clamps); clear bit 4.
//! manual = "MI200 ISA, DS_SWIZZLE_B32"
//! in = ["u32 100..=163"]
//! out = [
//!   "u32 100 x 32, 132 x 32",
//!   "u32 105 x 32, 137 x 32",
//!   "u32 131 x 32, 163 x 32",
//!   "u32 100 x 8, 108 x 8, 116 x 8, 124 x 8, 132 x 8, 140 x 8, 148 x 8, 156 x 8",
//!   "u32 116..=131, 116..=131, 148..=163, 148..=163",
//!   "u32 100..=115, 100..=115, 132..=147, 132..=147",
//!   "u32 103 x 4, 107 x 4, 111 x 4, 115 x 4, 119 x 4, 123 x 4, 127 x 4, 131 x 4, 135 x 4, 139 x 4, 143 x 4, 147 x 4, 151 x 4, 155 x 4, 159 x 4, 163 x 4",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  ds_swizzle_b32 v2, v1 offset:0x0
  STORE v2
  ds_swizzle_b32 v2, v1 offset:0xa0
  STORE v2
  ds_swizzle_b32 v2, v1 offset:0x3e0
  STORE v2
  ds_swizzle_b32 v2, v1 offset:0x18
  STORE v2
  ds_swizzle_b32 v2, v1 offset:0x21f
  STORE v2
  ds_swizzle_b32 v2, v1 offset:0xf
  STORE v2
  ds_swizzle_b32 v2, v1 offset:0x45c
  STORE v2
END
