//! # Minima and maxima follow FP_DENORM too (LLVM relies on v_max x, x to flush).
//! manual = "MI200 ISA, MODE register: FP_ROUND, FP_DENORM"
//! in = ["f32 (1.401298464324817e-45, 1.1754942106924411e-38, -1.401298464324817e-45, 5.877471754111438e-39, 1, 1.1754943508222875e-38, 0, -1.1754942106924411e-38) x 8"]
//! out = [
//!   "f32 (1.401298464324817e-45, 1.1754942106924411e-38, -1.401298464324817e-45, 5.877471754111438e-39, 1, 1.1754943508222875e-38, 0, -1.1754942106924411e-38) x 8",
//!   "f32 (0, 0, -0.0, 0, 1, 1.1754943508222875e-38, 0, -0.0) x 8",
//!   "f32 (0, 0, -0.0, 0, 1, 1.1754943508222875e-38, 0, -0.0) x 8",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  v_max_f32_e32 v2, v1, v1
  STORE v2
  s_setreg_imm32_b32 hwreg(HW_REG_MODE, 4, 2), 0
  s_nop 4
  v_max_f32_e32 v2, v1, v1
  STORE v2
  v_min_f32_e32 v2, 1.0, v1
  STORE v2
END
