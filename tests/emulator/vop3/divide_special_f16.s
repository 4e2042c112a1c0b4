//! # As V_DIV_FIXUP_F32: the quotient given is 1.
//! manual = "MI200 ISA, V_DIV_FIXUP_F16"
//! in = [
//!   "u32 15360 x 7, 48128 x 7, 0 x 7, 32768 x 7, 31744 x 7, 64512 x 7, 32256 x 7, 15360 x 15",
//!   "u32 15360, 48128, 0, 32768, 31744, 64512, 32256, 15360, 48128, 0, 32768, 31744, 64512, 32256, 15360, 48128, 0, 32768, 31744, 64512, 32256, 15360, 48128, 0, 32768, 31744, 64512, 32256, 15360, 48128, 0, 32768, 31744, 64512, 32256, 15360, 48128, 0, 32768, 31744, 64512, 32256, 15360, 48128, 0, 32768, 31744, 64512, 32256, 15360 x 15",
//! ]
//! out = [
//!   "f32 1, -1, inf, -inf, 0, -0.0, nan, -1, 1, -inf, inf, -0.0, 0, nan, 0, -0.0, nan, nan, 0, -0.0, nan, -0.0, 0, nan, nan, -0.0, 0, nan, inf, -inf, inf, -inf, nan x 3, -inf, inf, -inf, inf, nan x 10, 1 x 15",
//!   "f32 1, -1, inf, -inf, 0, -0.0, nan, -1, 1, -inf, inf, -0.0, 0, nan, 0, -0.0, nan, nan, 0, -0.0, nan, -0.0, 0, nan, nan, -0.0, 0, nan, inf, -inf, inf, -inf, nan x 3, -inf, inf, -inf, inf, nan x 10, 1 x 15",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  v_mov_b32_e32 v3, 0x3c00
  v_div_fixup_f16 v5, v3, v2, v1
  v_cvt_f32_f16_e32 v5, v5
  STORE v5
  v_div_fixup_legacy_f16 v5, v3, v2, v1
  v_cvt_f32_f16_e32 v5, v5
  STORE v5
END
