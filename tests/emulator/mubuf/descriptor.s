//! # A plain descriptor (stride 0): loads past NUM_RECORDS give 0, stores there are dropped.
//! manual = "MI200 ISA, MUBUF: buffer descriptor"
//! out = ["u32 500..=531, 0 x 32"]
//! memory = "u32 500..564"
//! memory_after = "u32 500..516, 0..16, 532..564"
.include "wave.inc"

KERNEL
  s_mov_b32 s32, s12
  s_and_b32 s33, s13, 0xffff
  s_movk_i32 s34, 0x80
  s_mov_b32 s35, 0x00027000
  v_lshlrev_b32_e32 v4, 2, v0
  buffer_load_dword v5, v4, s[32:35], 0 offen
  s_waitcnt vmcnt(0)
  STORE v5
  buffer_store_dword v0, v4, s[32:35], 0 offen offset:64
  s_waitcnt vmcnt(0)
END
