//! # Lanes that are not active neither load nor store, even from addresses that nobody may touch.
//! manual = "MI200 ISA, FLAT and GLOBAL instructions"
//! in = ["u32 100..=163"]
//! out = ["u32 500, 7, 502, 7, 504, 7, 506, 7, 508, 7, 510, 7, 512, 7, 514, 7, 516, 7, 518, 7, 520, 7, 522, 7, 524, 7, 526, 7, 528, 7, 530, 7, 532, 7, 534, 7, 536, 7, 538, 7, 540, 7, 542, 7, 544, 7, 546, 7, 548, 7, 550, 7, 552, 7, 554, 7, 556, 7, 558, 7, 560, 7, 562, 7"]
//! memory = "u32 500..564, 0 x 64"
//! memory_after = "u32 500..564, 100, 0, 102, 0, 104, 0, 106, 0, 108, 0, 110, 0, 112, 0, 114, 0, 116, 0, 118, 0, 120, 0, 122, 0, 124, 0, 126, 0, 128, 0, 130, 0, 132, 0, 134, 0, 136, 0, 138, 0, 140, 0, 142, 0, 144, 0, 146, 0, 148, 0, 150, 0, 152, 0, 154, 0, 156, 0, 158, 0, 160, 0, 162, 0"
.include "wave.inc"

KERNEL
  LOAD v1
  v_mov_b32_e32 v6, 7
  v_lshlrev_b32_e32 v4, 2, v0
  v_mov_b32_e32 v5, 0x7fffff00
  EXEC_IS 0x55555555, 0x55555555
  s_not_b64 exec, exec
  v_mov_b32_e32 v4, v5
  EXEC_IS 0x55555555, 0x55555555
  global_load_dword v6, v4, s[12:13]
  global_store_dword v4, v1, s[12:13] offset:256
  s_waitcnt vmcnt(0)
  EXEC_ALL
  STORE v6
END
