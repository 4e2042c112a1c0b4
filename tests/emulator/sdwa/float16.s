//! # f16 operands in either half, with neg and abs; the result to the upper half, the lower kept.
//! manual = "MI200 ISA, Sub-dword addressing (SDWA)"
//! in = ["u32 0xd100cd00..=0xd000cc00 by -4194368, 0xcf80cb80..=0xcc00c800 by -8388736, 0xcb00c700..=0xc800c400 by -16777472, 0xc600c200, 0xc400c000, 0xc000bc00, 0, 0x40003c00, 0x44004000..=0x48004400 by 33554944, 0x49004500..=0x4c004800 by 16777472, 0x4c804880..=0x50004c00 by 8388736, 0x50404c40..=0x54005000 by 4194368, 0x54205020..=0x55605160 by 2097184"]
//! out = [
//!   "u32 0x53801111..=0x50201111 by -6291456, 0x4f801111..=0x4c801111 by -12582912, 0x4b801111..=0x48801111 by -25165824, 0x46001111, 0x42001111, 4369, 0xbc001111, 0xc0001111..=0xc4001111 by 33554432, 0xc5001111..=0xc8001111 by 16777216, 0xc8801111..=0xcc001111 by 8388608, 0xcc401111..=0xd0001111 by 4194304, 0xd0201111..=0xd1601111 by 2097152",
//!   "f32 -40, -38, -36, -34, -32, -30, -28, -26, -24, -22, -20, -18, -16, -14, -12, -10, -8, -6, -4, -2, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 42, 44, 46, 48, 50, 52, 54, 56, 58, 60, 62, 64, 66, 68, 70, 72, 74, 76, 78, 80, 82, 84, 86",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  v_mov_b32_e32 v3, 0x1111
  v_add_f16_sdwa v3, -v1, |v1| dst_sel:WORD_1 dst_unused:UNUSED_PRESERVE src0_sel:WORD_1 src1_sel:WORD_0
  STORE v3
  v_cvt_f32_f16_sdwa v4, v1 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:WORD_1
  STORE v4
END
