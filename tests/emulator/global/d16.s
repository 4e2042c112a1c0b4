//! # d16 loads fill one half of the register (the other half depends on SRAM-ECC and is not looked at).
//! manual = "MI200 ISA, FLAT and GLOBAL instructions, D16 forms"
//! out = [
//!   "u32 8208..=64836 by 1287, 587..=23753 by 1287",
//!   "u32 32832..=44228 by 259, 44488..=49150 by 259",
//!   "u32 32..=202 by 5, 208..=253 by 5, 2..=92 by 5",
//!   "u32 65408..=65471",
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
  global_load_short_d16 v6, v[2:3], off
  global_load_short_d16_hi v7, v[2:3], off offset:2
  global_load_ubyte_d16_hi v8, v[2:3], off offset:1
  global_load_sbyte_d16 v9, v[2:3], off offset:3
  s_waitcnt vmcnt(0)
  v_and_b32_e32 v6, 0xffff, v6
  v_lshrrev_b32_e32 v7, 16, v7
  v_lshrrev_b32_e32 v8, 16, v8
  v_and_b32_e32 v9, 0xffff, v9
  STORE v6
  STORE v7
  STORE v8
  STORE v9
END
