//! # sext() extends the selected byte or word by its sign.
//! manual = "MI200 ISA, Sub-dword addressing (SDWA)"
//! in = [
//!   "u32 0x89abcdef..=0xc92a8ca8 by 16909063",
//!   "u32 0x10f00ff0..=0xfda13964 by 66183891, 0x1931c37..=0x976e1dd by 66183891",
//! ]
//! out = [
//!   "u32 0x10f01001..=0x5fd5c7f1 by 66183884, 0x63c7abbd..=0xf1cb906d by 66183884, 0xf5bd7439..=0xfda139d1 by 66183884, 0x1931c9d..=0x976e235 by 66183884",
//!   "u32 0x10f01067..=0xb2ad6409 by 66183890, 0xb69f46da..=0xfda1399e by 66183890, 0x1931c70..=0x976e214 by 66183890",
//!   "u32 0x10f04201..=0xf5bcf639 by 66183116, 0xf9afd605, 0xfda1b5d1, 0x193959d..=0x9775535 by 66183116",
//!   "u32 0x10f08645..=0x500ea355 by 66183633, 0x54008525..=0xfda17340 by 66183633, 0x1935511..=0x97718b3 by 66183633",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  v_sub_u32_sdwa v3, v2, sext(v1) dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:DWORD src1_sel:BYTE_0
  STORE v3
  v_sub_u32_sdwa v3, v2, sext(v1) dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:DWORD src1_sel:BYTE_3
  STORE v3
  v_sub_u32_sdwa v3, v2, sext(v1) dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:DWORD src1_sel:WORD_0
  STORE v3
  v_sub_u32_sdwa v3, v2, sext(v1) dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:DWORD src1_sel:WORD_1
  STORE v3
END
