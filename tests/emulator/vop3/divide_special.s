//! # v_div_fixup puts right what the quotient cannot be: src1 is the divisor, src2 the dividend; the quotient given is 1.
//! manual = "MI200 ISA, V_DIV_FIXUP_F32"
//! in = [
//!   "f32 1 x 7, -1 x 7, 0 x 7, -0.0 x 7, inf x 7, -inf x 7, nan x 7, 1 x 15",
//!   "f32 1, -1, 0, -0.0, inf, -inf, nan, 1, -1, 0, -0.0, inf, -inf, nan, 1, -1, 0, -0.0, inf, -inf, nan, 1, -1, 0, -0.0, inf, -inf, nan, 1, -1, 0, -0.0, inf, -inf, nan, 1, -1, 0, -0.0, inf, -inf, nan, 1, -1, 0, -0.0, inf, -inf, nan, 1 x 15",
//! ]
//! out = ["f32 1, -1, inf, -inf, 0, -0.0, nan, -1, 1, -inf, inf, -0.0, 0, nan, 0, -0.0, nan, nan, 0, -0.0, nan, -0.0, 0, nan, nan, -0.0, 0, nan, inf, -inf, inf, -inf, nan x 3, -inf, inf, -inf, inf, nan x 10, 1 x 15"]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  v_mov_b32_e32 v3, 1.0
  v_div_fixup_f32 v3, v3, v2, v1
  STORE v3
END
