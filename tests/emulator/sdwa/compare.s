//! # Compares of selected parts, to VCC and to a pair of SGPRs.
//! manual = "MI200 ISA, Sub-dword addressing (SDWA): VOPC"
//! in = [
//!   "u32 0x89abcdef..=0xc92a8ca8 by 16909063",
//!   "u32 0x10f00ff0..=0xfda13964 by 66183891, 0x1931c37..=0x976e1dd by 66183891",
//! ]
//! out = [
//!   "u32 0xffffffff x 64",
//!   "u32 0xffffffff x 64",
//!   "u32 0xfffe0000 x 64",
//!   "u32 0x7ffffff x 64",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  v_cmp_lt_u32_sdwa vcc, v1, v2 src0_sel:BYTE_1 src1_sel:WORD_1
  s_mov_b64 s[30:31], vcc
  v_cmp_gt_i32_sdwa s[32:33], sext(v1), sext(v2) src0_sel:WORD_0 src1_sel:BYTE_3
  STORE_S s30
  STORE_S s31
  STORE_S s32
  STORE_S s33
END
