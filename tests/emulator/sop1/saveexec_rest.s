//! # The remaining forms; wrexec writes the new EXEC to the destination too.
//! manual = "MI200 ISA, S_NAND_SAVEEXEC_B64 and its kin; S_ANDN1_WREXEC_B64"
//! out = [
//!   "u32 0xffff0000 x 64",
//!   "u32 0xf00fffff x 64",
//!   "u32 0xefcfaf8f x 64",
//!   "u32 0xffff0000 x 64",
//!   "u32 255 x 64",
//!   "u32 0xd0b0907 x 64",
//!   "u32 0xffff0000 x 64",
//!   "u32 0xff000ff x 64",
//!   "u32 0x1d3b5977 x 64",
//!   "u32 0xffff0000 x 64",
//!   "u32 0xffff00ff x 64",
//!   "u32 0xfdfbf9f7 x 64",
//!   "u32 0xffff0000 x 64",
//!   "u32 0xff0ffff x 64",
//!   "u32 0x1f3f5f7f x 64",
//!   "u32 0xf00f0000 x 64",
//!   "u32 0xe0c0a080 x 64",
//!   "u32 65280 x 64",
//!   "u32 0x2040608 x 64",
//! ]
.include "wave.inc"

KERNEL
  s_mov_b32 s30, 0x0ff0ff00
  s_mov_b32 s31, 0x12345678
  EXEC_IS 0xffff0000, 0xf0f0f0f0
  s_nand_saveexec_b64 s[40:41], s[30:31]
  s_mov_b64 s[42:43], exec
  EXEC_ALL
  STORE_S s40
  STORE_S s42
  STORE_S s43
  EXEC_IS 0xffff0000, 0xf0f0f0f0
  s_nor_saveexec_b64 s[40:41], s[30:31]
  s_mov_b64 s[42:43], exec
  EXEC_ALL
  STORE_S s40
  STORE_S s42
  STORE_S s43
  EXEC_IS 0xffff0000, 0xf0f0f0f0
  s_xnor_saveexec_b64 s[40:41], s[30:31]
  s_mov_b64 s[42:43], exec
  EXEC_ALL
  STORE_S s40
  STORE_S s42
  STORE_S s43
  EXEC_IS 0xffff0000, 0xf0f0f0f0
  s_orn1_saveexec_b64 s[40:41], s[30:31]
  s_mov_b64 s[42:43], exec
  EXEC_ALL
  STORE_S s40
  STORE_S s42
  STORE_S s43
  EXEC_IS 0xffff0000, 0xf0f0f0f0
  s_orn2_saveexec_b64 s[40:41], s[30:31]
  s_mov_b64 s[42:43], exec
  EXEC_ALL
  STORE_S s40
  STORE_S s42
  STORE_S s43
  EXEC_IS 0xffff0000, 0xf0f0f0f0
  s_andn1_wrexec_b64 s[40:41], s[30:31]
  s_mov_b64 s[42:43], exec
  EXEC_ALL
  STORE_S s40
  STORE_S s43
  EXEC_IS 0xffff0000, 0xf0f0f0f0
  s_andn2_wrexec_b64 s[40:41], s[30:31]
  s_mov_b64 s[42:43], exec
  EXEC_ALL
  STORE_S s40
  STORE_S s43
END
