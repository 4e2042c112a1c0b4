//! # With DX10_CLAMP a clamped NaN is 0. Without clamp it stays a NaN.
//! manual = "MI200 ISA, VOP3 encoding: ABS, NEG, OMOD, CLAMP; MODE.DX10_CLAMP"
//! in = ["f32 (nan, 2, -3, 0.25) x 16"]
//! out = [
//!   "f32 (0, 1, 0, 0.25) x 16",
//!   "f32 (nan, 4, -6, 0.5) x 16",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  v_max_f32_e64 v2, v1, v1 clamp
  v_add_f32_e64 v3, v1, v1
  STORE v2
  STORE v3
END
