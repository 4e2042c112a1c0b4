//! # A load through a buffer descriptor: reads past its 32 bytes (stride 0) give 0.
//! manual = "MI200 ISA, S_BUFFER_LOAD_DWORD"
//! out = [
//!   "u32 1002 x 64",
//!   "u32 1006 x 64",
//!   "u32 1007 x 64",
//!   "u32 0 x 64",
//! ]
//! memory = "u32 1000..1064"
.include "wave.inc"

KERNEL
  s_mov_b32 s32, s12
  s_and_b32 s33, s13, 0xffff
  s_mov_b32 s34, 32
  s_mov_b32 s35, 0x00027000
  s_buffer_load_dword s40, s[32:35], 0x8
  s_buffer_load_dwordx2 s[42:43], s[32:35], 0x18
  s_buffer_load_dword s44, s[32:35], 0x20
  s_waitcnt lgkmcnt(0)
  STORE_S s40
  STORE_S s42
  STORE_S s43
  STORE_S s44
END
