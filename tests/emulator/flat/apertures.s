//! # A flat address in the shared window is LDS, in the private window scratch, elsewhere global memory; lanes may differ in one instruction.
//! manual = "MI200 ISA, FLAT instructions: apertures"
//! in = ["u32 100..=163"]
//! out = [
//!   "u32 100..=163",
//!   "u32 1100..=1163",
//!   "u32 500..=563",
//!   "u32 100..=115, 1116..=1131, 532..=563",
//!   "u32 0..=15, 116..=163",
//!   "u32 1100..=1115, 16..=31, 1132..=1163",
//! ]
//! memory = "u32 500..564"
//! memory_after = "u32 500..532, 32..64"
.include "wave.inc"

KERNEL lds=256, scratch=16
  LOAD v1
  v_lshlrev_b32_e32 v4, 2, v0
  ds_write_b32 v4, v1
  v_add_u32_e32 v2, 1000, v1
  buffer_store_dword v2, off, s[0:3], 0 offset:8
  s_mov_b64 s[30:31], src_shared_base
  s_mov_b64 s[32:33], src_private_base
  s_waitcnt vmcnt(0) lgkmcnt(0)
  v_mov_b32_e32 v6, v4
  v_mov_b32_e32 v7, s31
  flat_load_dword v8, v[6:7]
  v_mov_b32_e32 v6, 8
  v_mov_b32_e32 v7, s33
  flat_load_dword v9, v[6:7]
  v_add_co_u32_e32 v6, vcc, s12, v4
  v_mov_b32_e32 v7, s13
  s_nop 1
  v_addc_co_u32_e32 v7, vcc, 0, v7, vcc
  flat_load_dword v10, v[6:7]
  s_waitcnt vmcnt(0) lgkmcnt(0)
  STORE v8
  STORE v9
  STORE v10
  EXEC_IS 0xffff, 0
  v_mov_b32_e32 v6, v4
  v_mov_b32_e32 v7, s31
  EXEC_IS 0xffff0000, 0
  v_mov_b32_e32 v6, 8
  v_mov_b32_e32 v7, s33
  EXEC_ALL
  flat_load_dword v11, v[6:7]
  flat_store_dword v[6:7], v0
  s_waitcnt vmcnt(0) lgkmcnt(0)
  STORE v11
  ds_read_b32 v12, v4
  buffer_load_dword v13, off, s[0:3], 0 offset:8
  s_waitcnt vmcnt(0) lgkmcnt(0)
  STORE v12
  STORE v13
END
