//! # Loads of two, three and four dwords; a load may overwrite its own address.
//! manual = "MI200 ISA, FLAT and GLOBAL instructions"
//! out = [
//!   "u32 0x80402010..=0xbffe5cc9 by 16975111",
//!   "u32 0x83492f25..=0xc3076bde by 16975111",
//!   "u32 0x81432517..=0xc10161d0 by 16975111",
//!   "u32 0x83492f25..=0xc3076bde by 16975111",
//!   "u32 0x80402010..=0xbffe5cc9 by 16975111",
//!   "u32 0x81432517..=0xc10161d0 by 16975111",
//! ]
//! memory = "u32 0x80402010..=0xc40a70e5 by 16975111"
.include "wave.inc"

KERNEL
  v_mov_b32_e32 v2, s12
  v_mov_b32_e32 v3, s13
  v_lshlrev_b32_e32 v4, 2, v0
  v_add_co_u32_e32 v2, vcc, v2, v4
  s_nop 1
  v_addc_co_u32_e32 v3, vcc, 0, v3, vcc
  global_load_dwordx4 v[8:11], v[2:3], off
  global_load_dwordx3 v[12:14], v4, s[12:13] offset:4
  global_load_dwordx2 v[2:3], v[2:3], off
  STORE v8
  STORE v11
  STORE v12
  STORE v14
  STORE v2
  STORE v3
END
