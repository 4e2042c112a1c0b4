//! # Bits: 0 signalling NaN, 1 quiet NaN, 2 -inf, 3 -normal, 4 -denormal, 5 -0, 6 +0, 7 +denormal, 8 +normal, 9 +inf. Lane i has a number of
//! # class i mod 10 and asks for that class, then for all others.
//! manual = "MI200 ISA, V_CMP_CLASS_F32"
//! in = [
//!   "u32 0x7f800001, 0x7fc00000, 0xff800000, 0xbf800000, 0x80000001, 0x80000000, 0, 1, 0x3f800000, 0x7f800000, 0x7f800001, 0x7fc00000, 0xff800000, 0xbf800000, 0x80000001, 0x80000000, 0, 1, 0x3f800000, 0x7f800000, 0x7f800001, 0x7fc00000, 0xff800000, 0xbf800000, 0x80000001, 0x80000000, 0, 1, 0x3f800000, 0x7f800000, 0x7f800001, 0x7fc00000, 0xff800000, 0xbf800000, 0x80000001, 0x80000000, 0, 1, 0x3f800000, 0x7f800000, 0x7f800001, 0x7fc00000, 0xff800000, 0xbf800000, 0x80000001, 0x80000000, 0, 1, 0x3f800000, 0x7f800000, 0x7f800001, 0x7fc00000, 0xff800000, 0xbf800000, 0x80000001, 0x80000000, 0, 1, 0x3f800000, 0x7f800000, 0x7f800001, 0x7fc00000, 0xff800000, 0xbf800000",
//!   "u32 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1, 2, 4, 8",
//! ]
//! out = [
//!   "u32 0xffffffff x 64",
//!   "u32 0xffffffff x 64",
//!   "u32 0 x 64",
//!   "u32 0 x 64",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  v_cmp_class_f32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  v_not_b32_e32 v3, v2
  v_cmp_class_f32_e32 vcc, v1, v3
  s_mov_b64 s[32:33], vcc
  STORE_S s30
  STORE_S s31
  STORE_S s32
  STORE_S s33
END
