//! # One to sixteen dwords at an immediate, negative and register offset.
//! manual = "MI200 ISA, S_LOAD_DWORD and its wide forms"
//! out = [
//!   "u32 1001 x 64",
//!   "u32 1004 x 64",
//!   "u32 1005 x 64",
//!   "u32 1008 x 64",
//!   "u32 1011 x 64",
//!   "u32 1009 x 64",
//!   "u32 1016 x 64",
//!   "u32 1016 x 64",
//!   "u32 1031 x 64",
//! ]
//! memory = "u32 1000..1064"
.include "wave.inc"

KERNEL
  s_add_u32 s30, s12, 64
  s_addc_u32 s31, s13, 0
  s_movk_i32 s79, 0x24
  s_load_dword s32, s[12:13], 0x4
  s_load_dwordx2 s[34:35], s[12:13], 0x10
  s_load_dwordx4 s[36:39], s[30:31], -0x20
  s_load_dwordx8 s[40:47], s[12:13], s79
  s_load_dwordx16 s[48:63], s[12:13], 0x40
  s_waitcnt lgkmcnt(0)
  STORE_S s32
  STORE_S s34
  STORE_S s35
  STORE_S s36
  STORE_S s39
  STORE_S s40
  STORE_S s47
  STORE_S s48
  STORE_S s63
END
