//! # A field of MODE read back: what setreg wrote, shifted down; other fields stay.
//! manual = "MI200 ISA, S_GETREG_B32, S_SETREG_B32"
//! out = [
//!   "u32 246 x 64",
//!   "u32 1 x 64",
//!   "u32 13 x 64",
//! ]
.include "wave.inc"

KERNEL
  s_setreg_imm32_b32 hwreg(HW_REG_MODE, 0, 4), 6
  s_getreg_b32 s30, hwreg(HW_REG_MODE, 0, 8)
  s_movk_i32 s31, 0x5
  s_setreg_b32 hwreg(HW_REG_MODE, 0, 4), s31
  s_getreg_b32 s32, hwreg(HW_REG_MODE, 0, 2)
  s_getreg_b32 s33, hwreg(HW_REG_MODE, 2, 4)
  s_setreg_imm32_b32 hwreg(HW_REG_MODE, 0, 4), 0
  STORE_S s30
  STORE_S s32
  STORE_S s33
END
