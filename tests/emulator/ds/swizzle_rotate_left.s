//! # Rotate mode, offset[10] = 0: lane i takes lane i+k of its group of 32 lanes, around the end: k = 1, 8, 16, 31, 0.
//! manual = "MI200 ISA, DS_SWIZZLE_B32"
//! in = ["u32 100..=163"]
//! out = [
//!   "u32 101..=131, 100, 133..=163, 132",
//!   "u32 108..=131, 100..=107, 140..=163, 132..=139",
//!   "u32 116..=131, 100..=115, 148..=163, 132..=147",
//!   "u32 131, 100..=130, 163, 132..=162",
//!   "u32 100..=163",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  ds_swizzle_b32 v2, v1 offset:0xc020
  STORE v2
  ds_swizzle_b32 v2, v1 offset:0xc100
  STORE v2
  ds_swizzle_b32 v2, v1 offset:0xc200
  STORE v2
  ds_swizzle_b32 v2, v1 offset:0xc3e0
  STORE v2
  ds_swizzle_b32 v2, v1 offset:0xc000
  STORE v2
END
