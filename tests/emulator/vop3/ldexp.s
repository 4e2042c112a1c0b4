//! # Scaling by powers of two and the way back; infinities, NaN and zeros pass with exponent 0.
//! manual = "MI200 ISA, V_LDEXP_F32, V_FREXP_MANT_F32, V_FREXP_EXP_I32_F32"
//! in = [
//!   "f32 (1, -1.5, inf, -inf, 0, -0.0, nan, 1e-40) x 8",
//!   "s32 (-3 x 8, 0 x 8, 5 x 8, 127 x 8) x 2",
//! ]
//! out = [
//!   "f32 (0.125, -0.1875, inf, -inf, 0, -0.0, nan, 1.2499582301777368e-41, 1, -1.5, inf, -inf, 0, -0.0, nan, 9.99994610111476e-41, 32, -48, inf, -inf, 0, -0.0, nan, 3.199982752356723e-39, 1.7014118346046923e+38, -2.5521177519070385e+38, inf, -inf, 0, -0.0, nan, 0.017014026641845703) x 2",
//!   "f32 (0.5, -0.75, inf, -inf, 0, -0.0, nan, 0.5444488525390625) x 8",
//!   "s32 (1, 1, 0 x 5, -132) x 8",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  v_ldexp_f32 v3, v1, v2
  STORE v3
  v_frexp_mant_f32_e32 v3, v1
  STORE v3
  v_frexp_exp_i32_f32_e32 v3, v1
  STORE v3
END
