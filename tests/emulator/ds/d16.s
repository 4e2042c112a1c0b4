//! # d16 loads write one half of the register (with SRAM-ECC the other half is lost: it is not looked at); d16_hi stores take the upper half.
//! manual = "MI200 ISA, Local Data Share instructions, D16 forms"
//! in = ["u32 0x80010080..=0x804000bf by 65537"]
//! out = [
//!   "u32 0x80018001..=0xbf408040 by 16842753",
//!   "u32 32769..=32832",
//!   "u32 32769..=32832",
//!   "u32 65408..=65471",
//!   "u32 1..=64",
//! ]
.include "wave.inc"

KERNEL lds=256
  LOAD v1
  v_lshlrev_b32_e32 v2, 2, v0
  ds_write_b16_d16_hi v2, v1
  ds_write_b8_d16_hi v2, v1 offset:2
  ds_write_b8 v2, v1 offset:3
  s_waitcnt lgkmcnt(0)
  ds_read_b32 v6, v2
  STORE v6
  v_mov_b32_e32 v7, 0x55556666
  v_mov_b32_e32 v8, v7
  v_mov_b32_e32 v9, v7
  v_mov_b32_e32 v10, v7
  ds_read_u16_d16 v7, v2
  ds_read_u16_d16_hi v8, v2
  ds_read_i8_d16 v9, v2 offset:3
  ds_read_u8_d16_hi v10, v2 offset:2
  s_waitcnt lgkmcnt(0)
  v_and_b32_e32 v7, 0xffff, v7
  v_lshrrev_b32_e32 v8, 16, v8
  v_and_b32_e32 v9, 0xffff, v9
  v_lshrrev_b32_e32 v10, 16, v10
  STORE v7
  STORE v8
  STORE v9
  STORE v10
END
