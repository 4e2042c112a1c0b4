//! # FP_DENORM of f32: 3 keeps denormals; 0 flushes inputs and results to the zero of their sign: doubled denormals, and half of the least normal number.
//! manual = "MI200 ISA, MODE register: FP_ROUND, FP_DENORM"
//! in = [
//!   "f32 (1.401298464324817e-45, 1.1754942106924411e-38, -1.401298464324817e-45, 5.877471754111438e-39, 1, 1.1754943508222875e-38, 0, -1.1754942106924411e-38) x 8",
//!   "f32 1.1754943508222875e-38 x 64",
//! ]
//! out = [
//!   "f32 (2.802596928649634e-45, 2.3509884213848822e-38, -2.802596928649634e-45, 1.1754943508222875e-38, 2, 2.350988701644575e-38, 0, -2.3509884213848822e-38) x 8",
//!   "f32 5.877471754111438e-39 x 64",
//!   "f32 (0, 0, -0.0, 0, 2, 2.350988701644575e-38, 0, -0.0) x 8",
//!   "f32 0 x 64",
//!   "f32 (2.802596928649634e-45, 2.3509884213848822e-38, -2.802596928649634e-45, 1.1754943508222875e-38, 2, 2.350988701644575e-38, 0, -2.3509884213848822e-38) x 8",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  v_add_f32_e32 v3, v1, v1
  STORE v3
  v_mul_f32_e32 v3, 0.5, v2
  STORE v3
  s_setreg_imm32_b32 hwreg(HW_REG_MODE, 4, 2), 0
  s_nop 4
  v_add_f32_e32 v3, v1, v1
  STORE v3
  v_mul_f32_e32 v3, 0.5, v2
  STORE v3
  s_setreg_imm32_b32 hwreg(HW_REG_MODE, 4, 2), 3
  s_nop 4
  v_add_f32_e32 v3, v1, v1
  STORE v3
END
