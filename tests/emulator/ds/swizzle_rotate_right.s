//! # Rotate mode, offset[10] = 1: lane i takes lane i-k of its group of 32 lanes, around the end: k = 1, 8, 16, 31.
//! manual = "MI200 ISA, DS_SWIZZLE_B32"
//! in = ["u32 100..=163"]
//! out = [
//!   "u32 131, 100..=130, 163, 132..=162",
//!   "u32 124..=131, 100..=123, 156..=163, 132..=155",
//!   "u32 116..=131, 100..=115, 148..=163, 132..=147",
//!   "u32 101..=131, 100, 133..=163, 132",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  ds_swizzle_b32 v2, v1 offset:0xc420
  STORE v2
  ds_swizzle_b32 v2, v1 offset:0xc500
  STORE v2
  ds_swizzle_b32 v2, v1 offset:0xc600
  STORE v2
  ds_swizzle_b32 v2, v1 offset:0xc7e0
  STORE v2
END
