//! # As V_DIV_FIXUP_F32: the quotient given is 1.
//! manual = "MI200 ISA, V_DIV_FIXUP_F64"
//! in = [
//!   "f64 1 x 7, -1 x 7, 0 x 7, -0.0 x 7, inf x 7, -inf x 7, nan x 7, 1 x 15",
//!   "f64 1, -1, 0, -0.0, inf, -inf, nan, 1, -1, 0, -0.0, inf, -inf, nan, 1, -1, 0, -0.0, inf, -inf, nan, 1, -1, 0, -0.0, inf, -inf, nan, 1, -1, 0, -0.0, inf, -inf, nan, 1, -1, 0, -0.0, inf, -inf, nan, 1, -1, 0, -0.0, inf, -inf, nan, 1 x 15",
//! ]
//! out = ["f64 1, -1, inf, -inf, 0, -0.0, nan, -1, 1, -inf, inf, -0.0, 0, nan, 0, -0.0, nan, nan, 0, -0.0, nan, -0.0, 0, nan, nan, -0.0, 0, nan, inf, -inf, inf, -inf, nan x 3, -inf, inf, -inf, inf, nan x 10, 1 x 15"]
.include "wave.inc"

KERNEL
  LOAD64 v[2:3]
  LOAD64 v[4:5]
  v_mov_b32_e32 v6, 0
  v_mov_b32_e32 v7, 0x3ff00000
  v_div_fixup_f64 v[6:7], v[6:7], v[4:5], v[2:3]
  STORE64 v[6:7]
END
