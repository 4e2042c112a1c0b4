//! # src0_sel picks a byte, a word or the whole; the rest of the operand is zero.
//! manual = "MI200 ISA, Sub-dword addressing (SDWA)"
//! in = [
//!   "u32 0x89abcdef..=0xc92a8ca8 by 16909063",
//!   "u32 0x10f00ff0..=0xfda13964 by 66183891, 0x1931c37..=0x976e1dd by 66183891",
//! ]
//! out = [
//!   "u32 0x10f010df..=0x18d3d693 by 66183898, 0x1cc5b86d..=0xa6d7bc3b by 66183898, 0xaac99e15..=0xfda139f7 by 66183898, 0x1931cd1..=0x976e285 by 66183898",
//!   "u32 0x10f010bd..=0x18d3d669 by 66183894, 0x1cc5b940..=0x500e3e1e by 66183894, 0x54001ff4..=0xa6d7bb82 by 66183894, 0xaac99e59..=0xfda139e7 by 66183894, 0x1931cbd..=0x976e269 by 66183894",
//!   "u32 0x10f0109b..=0x500e3deb by 66183893, 0x540020c1..=0xb2ad64b9 by 66183893, 0xb69f468e..=0xfda13988 by 66183893, 0x1931c5d..=0x976e207 by 66183893",
//!   "u32 0x10f01079..=0xb2ad646d by 66183892, 0xb69f4742..=0xfda13a2a by 66183892, 0x1931cfe..=0x976e2a6 by 66183892",
//!   "u32 0x10f0dddf..=0x500f3b7f by 66184666, 0x54002159..=0xfda1bcf7 by 66184666, 0x193a2d1..=0x9776e85 by 66184666",
//!   "u32 0x10f0999b..=0x500ed6eb by 66184149, 0x5400bac1..=0xfda1ff88 by 66184149, 0x193e35d..=0x977ab07 by 66184149",
//!   "u32 0x9a9bdddf..=0xfda9d2e7 by 83092954, 0x29db8c1..=0xd2a16e85 by 83092954",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  v_add_u32_sdwa v3, v1, v2 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:BYTE_0 src1_sel:DWORD
  STORE v3
  v_add_u32_sdwa v3, v1, v2 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:BYTE_1 src1_sel:DWORD
  STORE v3
  v_add_u32_sdwa v3, v1, v2 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:BYTE_2 src1_sel:DWORD
  STORE v3
  v_add_u32_sdwa v3, v1, v2 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:BYTE_3 src1_sel:DWORD
  STORE v3
  v_add_u32_sdwa v3, v1, v2 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:WORD_0 src1_sel:DWORD
  STORE v3
  v_add_u32_sdwa v3, v1, v2 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:WORD_1 src1_sel:DWORD
  STORE v3
  v_add_u32_sdwa v3, v1, v2 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:DWORD src1_sel:DWORD
  STORE v3
END
