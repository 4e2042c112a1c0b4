//! # A quiet NaN loses against a number; two give a NaN; -0 is less than +0.
//! manual = "MI200 ISA, V_MIN_F32, V_MAX_F32 (IEEE mode)"
//! in = [
//!   "f32 (1, -1, nan, 0, -0.0, inf, -inf, 2) x 8",
//!   "f32 1 x 8, -1 x 8, nan x 8, 0 x 8, -0.0 x 8, inf x 8, -inf x 8, 2 x 8",
//! ]
//! out = [
//!   "f32 1, -1, 1, 0, -0.0, 1, -inf, 1, -1 x 6, -inf, -1, 1, -1, nan, 0, -0.0, inf, -inf, 2, 0, -1, 0, 0, -0.0, 0, -inf, 0, -0.0, -1, -0.0 x 4, -inf, -0.0, 1, -1, inf, 0, -0.0, inf, -inf, 2, -inf x 8, 1, -1, 2, 0, -0.0, 2, -inf, 2",
//!   "f32 1 x 5, inf, 1, 2, 1, -1, -1, 0, -0.0, inf, -1, 2, 1, -1, nan, 0, -0.0, inf, -inf, 2, 1, 0 x 4, inf, 0, 2, 1, -0.0, -0.0, 0, -0.0, inf, -0.0, 2, inf x 8, 1, -1, -inf, 0, -0.0, inf, -inf, 2 x 6, inf, 2, 2",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  v_min_f32_e32 v3, v1, v2
  STORE v3
  v_max_f32_e32 v3, v1, v2
  STORE v3
END
