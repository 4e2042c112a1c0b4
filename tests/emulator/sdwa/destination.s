//! # The low bits of the result go to the selected byte or word; the others become 0, the sign (above; 0 below), or stay.
//! manual = "MI200 ISA, Sub-dword addressing (SDWA): DST_SEL, DST_UNUSED"
//! in = [
//!   "u32 0x89abcdef..=0xc92a8ca8 by 16909063",
//!   "u32 0x10f00ff0..=0xfda13964 by 66183891, 0x1931c37..=0x976e1dd by 66183891",
//! ]
//! out = [
//!   "u32 239..=253 by 7, 4..=249 by 7, 0..=168 by 7",
//!   "u32 61184..=64768 by 1792, 1024..=63744 by 1792, 0..=43008 by 1792",
//!   "u32 0xef0000..=0xfd0000 by 458752, 0x40000..=0xf90000 by 458752, 0..=0xa80000 by 458752",
//!   "u32 0xef000000..=0xfd000000 by 117440512, 0x4000000..=0xf9000000 by 117440512, 0..=0xa8000000 by 117440512",
//!   "u32 52719..=65119 by 775, 358..=36008 by 775",
//!   "u32 0xcdef0000..=0xfe5f0000 by 50790400, 0x1660000..=0x8ca80000 by 50790400",
//!   "u32 0xffffffef..=0xfffffffd by 7, 4..=123 by 7, 0xffffff82..=0xfffffff9 by 7, 0..=126 by 7, 0xffffff85..=0xffffffa8 by 7",
//!   "u32 0xffffef00..=0xfffffd00 by 1792, 1024..=31488 by 1792, 0xffff8200..=0xfffff900 by 1792, 0..=32256 by 1792, 0xffff8500..=0xffffa800 by 1792",
//!   "u32 0xffef0000..=0xfffd0000 by 458752, 0x40000..=0x7b0000 by 458752, 0xff820000..=0xfff90000 by 458752, 0..=0x7e0000 by 458752, 0xff850000..=0xffa80000 by 458752",
//!   "u32 0xef000000..=0xfd000000 by 117440512, 0x4000000..=0xf9000000 by 117440512, 0..=0xa8000000 by 117440512",
//!   "u32 0xffffcdef..=0xfffffe5f by 775, 358..=32133 by 775, 0xffff808c..=0xffff8ca8 by 775",
//!   "u32 0xcdef0000..=0xfe5f0000 by 50790400, 0x1660000..=0x8ca80000 by 50790400",
//!   "u32 0x10f00fef..=0x18d3d5fd by 66183943, 0x1cc5b804..=0x24a97e12 by 66183943, 0x289b6019..=0x3c54cf3c by 66183943, 0x4046b143..=0x500e3d5f by 66183943, 0x54001f66..=0x67b98e89 by 66183943, 0x6bab7090..=0x7f64dfb3 by 66183943, 0x8356c1ba..=0x931e4dd6 by 66183943, 0x97102fdd..=0xa6d7bbf9 by 66183943, 0xaac99e00, 0xaebb8007..=0xc274ef2a by 66183943, 0xc666d131..=0xd62e5d4d by 66183943, 0xda203f54..=0xedd9ae77 by 66183943, 0xf1cb907e..=0xfda13993 by 66183943, 0x1931c9a, 0x584ffa1, 0x976e1a8",
//!   "u32 0x10f0eff0, 0x14e1f6c3, 0x18d3fd96, 0x1cc50469..=0x24a9120f by 66193107, 0x289b19e2..=0x34712e5b by 66193107, 0x3862352e, 0x3c543c01, 0x404643d4..=0x500e5f20 by 66193107, 0x540066f3, 0x57f26dc6, 0x5be37499..=0x67b98912 by 66193107, 0x6bab90e5..=0x7781a55e by 66193107, 0x7b72ac31, 0x7f64b304, 0x8356bad7..=0x931ed623 by 66193107, 0x9710ddf6, 0x9b02e4c9, 0x9ef3eb9c..=0xa6d7f942 by 66193107, 0xaac90015, 0xaebb07e8..=0xbe832334 by 66193107, 0xc2742a07, 0xc66631da..=0xd62e4d26 by 66193107, 0xda2054f9..=0xe204629f by 66193107, 0xe5f56972..=0xedd97718 by 66193107, 0xf1cb7eeb..=0xfda19364 by 66193107, 0x1939a37, 0x584a10a, 0x976a8dd",
//!   "u32 0x10ef0ff0, 0x14f6f2c3, 0x18fdd596, 0x1c04b869..=0x342e095b by 67560147, 0x3835ec2e..=0x54661ff3 by 67560147, 0x576d02c6, 0x5b74e599..=0x77a5195e by 67560147, 0x7bacfc31..=0x9be412c9 by 67560147, 0x9eebf59c..=0xa6f9bb42 by 67560147, 0xaa009e15..=0xbe230c34 by 67560147, 0xc22aef07..=0xe262059f by 67560147, 0xe569e872..=0xfd933964 by 67560147, 0x19a1c37, 0x5a1ff0a, 0x9a8e1dd",
//!   "u32 0xeff00ff0..=0xfdd3d596 by 116515539, 0x4c5b869..=0x66001ff3 by 116515539, 0x6df202c6..=0xe40212c9 by 116515539, 0xebf3f59c..=0xf9d7bb42 by 116515539, 0xc99e15..=0x6204059f by 116515539, 0x69f5e872..=0xa876e1dd by 116515539",
//!   "u32 0x10f0cdef, 0x14e1d0f6..=0x3471e92e by 66192135, 0x3862ec35..=0x500efe5f by 66192135, 0x54000166, 0x57f2046d, 0x5be30774..=0x77811ca5 by 66192135, 0x7b721fac..=0x9b0237e4 by 66192135, 0x9ef33aeb..=0xbe835323 by 66192135, 0xc274562a..=0xe2046e62 by 66192135, 0xe5f57169..=0xfda18393 by 66192135, 0x193869a, 0x58489a1, 0x9768ca8",
//!   "u32 0xcdef0ff0, 0xd0f6f2c3..=0xe92e095b by 50782931, 0xec35ec2e..=0xfe5f3d20 by 50782931, 0x1661ff3, 0x46d02c6, 0x774e599..=0x1ca5195e by 50782931, 0x1facfc31..=0x37e412c9 by 50782931, 0x3aebf59c..=0x53230c34 by 50782931, 0x562aef07..=0x6e62059f by 50782931, 0x7169e872..=0x869a1c37 by 50782931, 0x89a1ff0a, 0x8ca8e1dd",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  v_mov_b32_e32 v3, v2
  v_or_b32_sdwa v3, v1, v1 dst_sel:BYTE_0 dst_unused:UNUSED_PAD src0_sel:DWORD src1_sel:DWORD
  STORE v3
  v_mov_b32_e32 v3, v2
  v_or_b32_sdwa v3, v1, v1 dst_sel:BYTE_1 dst_unused:UNUSED_PAD src0_sel:DWORD src1_sel:DWORD
  STORE v3
  v_mov_b32_e32 v3, v2
  v_or_b32_sdwa v3, v1, v1 dst_sel:BYTE_2 dst_unused:UNUSED_PAD src0_sel:DWORD src1_sel:DWORD
  STORE v3
  v_mov_b32_e32 v3, v2
  v_or_b32_sdwa v3, v1, v1 dst_sel:BYTE_3 dst_unused:UNUSED_PAD src0_sel:DWORD src1_sel:DWORD
  STORE v3
  v_mov_b32_e32 v3, v2
  v_or_b32_sdwa v3, v1, v1 dst_sel:WORD_0 dst_unused:UNUSED_PAD src0_sel:DWORD src1_sel:DWORD
  STORE v3
  v_mov_b32_e32 v3, v2
  v_or_b32_sdwa v3, v1, v1 dst_sel:WORD_1 dst_unused:UNUSED_PAD src0_sel:DWORD src1_sel:DWORD
  STORE v3
  v_mov_b32_e32 v3, v2
  v_or_b32_sdwa v3, v1, v1 dst_sel:BYTE_0 dst_unused:UNUSED_SEXT src0_sel:DWORD src1_sel:DWORD
  STORE v3
  v_mov_b32_e32 v3, v2
  v_or_b32_sdwa v3, v1, v1 dst_sel:BYTE_1 dst_unused:UNUSED_SEXT src0_sel:DWORD src1_sel:DWORD
  STORE v3
  v_mov_b32_e32 v3, v2
  v_or_b32_sdwa v3, v1, v1 dst_sel:BYTE_2 dst_unused:UNUSED_SEXT src0_sel:DWORD src1_sel:DWORD
  STORE v3
  v_mov_b32_e32 v3, v2
  v_or_b32_sdwa v3, v1, v1 dst_sel:BYTE_3 dst_unused:UNUSED_SEXT src0_sel:DWORD src1_sel:DWORD
  STORE v3
  v_mov_b32_e32 v3, v2
  v_or_b32_sdwa v3, v1, v1 dst_sel:WORD_0 dst_unused:UNUSED_SEXT src0_sel:DWORD src1_sel:DWORD
  STORE v3
  v_mov_b32_e32 v3, v2
  v_or_b32_sdwa v3, v1, v1 dst_sel:WORD_1 dst_unused:UNUSED_SEXT src0_sel:DWORD src1_sel:DWORD
  STORE v3
  v_mov_b32_e32 v3, v2
  v_or_b32_sdwa v3, v1, v1 dst_sel:BYTE_0 dst_unused:UNUSED_PRESERVE src0_sel:DWORD src1_sel:DWORD
  STORE v3
  v_mov_b32_e32 v3, v2
  v_or_b32_sdwa v3, v1, v1 dst_sel:BYTE_1 dst_unused:UNUSED_PRESERVE src0_sel:DWORD src1_sel:DWORD
  STORE v3
  v_mov_b32_e32 v3, v2
  v_or_b32_sdwa v3, v1, v1 dst_sel:BYTE_2 dst_unused:UNUSED_PRESERVE src0_sel:DWORD src1_sel:DWORD
  STORE v3
  v_mov_b32_e32 v3, v2
  v_or_b32_sdwa v3, v1, v1 dst_sel:BYTE_3 dst_unused:UNUSED_PRESERVE src0_sel:DWORD src1_sel:DWORD
  STORE v3
  v_mov_b32_e32 v3, v2
  v_or_b32_sdwa v3, v1, v1 dst_sel:WORD_0 dst_unused:UNUSED_PRESERVE src0_sel:DWORD src1_sel:DWORD
  STORE v3
  v_mov_b32_e32 v3, v2
  v_or_b32_sdwa v3, v1, v1 dst_sel:WORD_1 dst_unused:UNUSED_PRESERVE src0_sel:DWORD src1_sel:DWORD
  STORE v3
END
