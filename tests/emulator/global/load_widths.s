//! # Loads of 8, 16 and 32 bits with and without sign, by scalar base and offset and by 64-bit address; negative offsets; unaligned.
//! manual = "MI200 ISA, FLAT and GLOBAL instructions"
//! out = [
//!   "u32 32..=202 by 5, 208..=253 by 5, 2..=92 by 5",
//!   "u32 0xffffff80..=0xffffffbf",
//!   "u32 32832..=44228 by 259, 44488..=49150 by 259",
//!   "u32 0xffff8040..=0xffffacc4 by 259, 0xffffadc8..=0xffffbffe by 259",
//!   "u32 0x43251780..=0xfe5cc9be by 50661121, 0x161d0bf",
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
  global_load_ubyte v6, v[2:3], off offset:1
  s_waitcnt vmcnt(0)
  STORE v6
  global_load_sbyte v6, v4, s[12:13] offset:3
  s_waitcnt vmcnt(0)
  STORE v6
  global_load_ushort v6, v[2:3], off offset:2
  s_waitcnt vmcnt(0)
  STORE v6
  global_load_sshort v6, v4, s[12:13] offset:2
  s_waitcnt vmcnt(0)
  STORE v6
  global_load_dword v6, v4, s[12:13] offset:3
  s_waitcnt vmcnt(0)
  STORE v6
  v_add_u32_e32 v5, 16, v4
  global_load_dword v6, v5, s[12:13] offset:-12
  s_waitcnt vmcnt(0)
  STORE v6
END
