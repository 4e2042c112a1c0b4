//! # Both clocks move forward.
//! manual = "MI200 ISA, S_MEMTIME, S_MEMREALTIME"
//! out = [
//!   "u32 0 x 64",
//!   "u32 1 x 64",
//! ]
.include "wave.inc"

KERNEL
  s_memtime s[30:31]
  s_waitcnt lgkmcnt(0)
  s_sleep 2
  s_nop 7
  s_memtime s[32:33]
  s_memrealtime s[34:35]
  s_waitcnt lgkmcnt(0)
  v_mov_b32_e32 v2, s30
  v_mov_b32_e32 v3, s31
  v_cmp_lt_u64_e32 vcc, s[32:33], v[2:3]
  s_mov_b64 s[36:37], vcc
  STORE_S s36
  s_or_b32 s34, s34, s35
  s_cmp_lg_u32 s34, 0
  STORE_SCC
END
