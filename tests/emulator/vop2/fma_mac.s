//! # Fused multiply-add into the destination: (1+2^-12)^2 - 1 keeps its last bit 2^-24; the unfused mad with a literal addend or factor loses it.
//! manual = "MI200 ISA, V_FMAC_F32, V_MADAK_F32, V_MADMK_F32"
//! in = ["f32 1.000244140625 x 64"]
//! out = [
//!   "f32 0.0004883408546447754 x 64",
//!   "f32 0.00048828125 x 64",
//!   "f32 4.0009765625 x 64",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  v_mov_b32_e32 v3, -1.0
  v_fmac_f32_e32 v3, v1, v1
  STORE v3
  v_madak_f32 v4, v1, v1, 0xbf800000
  STORE v4
  v_madmk_f32 v4, v1, 0x40400000, v1
  STORE v4
END
