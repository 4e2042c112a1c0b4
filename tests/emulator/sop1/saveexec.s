//! # The destination gets the old EXEC, EXEC the operation of source and EXEC, SCC whether EXEC is left non-zero.
//! manual = "MI200 ISA, S_AND_SAVEEXEC_B64 and its kin"
//! out = [
//!   "u32 0xffff0000 x 64",
//!   "u32 0xf0f0f0f0 x 64",
//!   "u32 0xff00000 x 64",
//!   "u32 0x10305070 x 64",
//!   "u32 1 x 64",
//!   "u32 0xffffff00 x 64",
//!   "u32 0xf2f4f6f8 x 64",
//!   "u32 0 x 64",
//!   "u32 0 x 64",
//!   "u32 0 x 64",
//!   "u32 0xf00f0000 x 64",
//!   "u32 0xe0c0a080 x 64",
//!   "u32 0xf00fff00 x 64",
//!   "u32 0xe2c4a688 x 64",
//! ]
.include "wave.inc"

KERNEL
  s_mov_b32 s30, 0x0ff0ff00
  s_mov_b32 s31, 0x12345678
  EXEC_IS 0xffff0000, 0xf0f0f0f0
  s_and_saveexec_b64 s[40:41], s[30:31]
  s_mov_b64 s[42:43], exec
  s_cselect_b32 s44, 1, 0
  EXEC_ALL
  STORE_S s40
  STORE_S s41
  STORE_S s42
  STORE_S s43
  STORE_S s44
  EXEC_IS 0xffff0000, 0xf0f0f0f0
  s_or_saveexec_b64 s[40:41], s[30:31]
  s_mov_b64 s[42:43], exec
  s_andn2_saveexec_b64 s[40:41], s[30:31]
  s_mov_b64 s[44:45], exec
  s_cselect_b32 s46, 1, 0
  EXEC_IS 0xffff0000, 0xf0f0f0f0
  s_andn1_saveexec_b64 s[40:41], s[30:31]
  s_mov_b64 s[48:49], exec
  EXEC_IS 0xffff0000, 0xf0f0f0f0
  s_xor_saveexec_b64 s[40:41], s[30:31]
  s_mov_b64 s[50:51], exec
  EXEC_ALL
  STORE_S s42
  STORE_S s43
  STORE_S s44
  STORE_S s45
  STORE_S s46
  STORE_S s48
  STORE_S s49
  STORE_S s50
  STORE_S s51
END
