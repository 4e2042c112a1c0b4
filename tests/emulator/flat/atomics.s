//! # Flat atomics in LDS and in global memory, with return.
//! manual = "MI200 ISA, FLAT instructions: apertures; atomics"
//! out = [
//!   "u32 10 x 64",
//!   "u32 10..=13, 16..=252 by 4",
//! ]
//! memory = "u32 5"
//! memory_after = "u32 133"
.include "wave.inc"

KERNEL lds=256
  v_lshlrev_b32_e32 v4, 2, v0
  v_mov_b32_e32 v1, 10
  ds_write_b32 v4, v1
  s_mov_b64 s[30:31], src_shared_base
  v_mov_b32_e32 v6, v4
  v_mov_b32_e32 v7, s31
  s_waitcnt lgkmcnt(0)
  flat_atomic_add v8, v[6:7], v0 glc
  s_waitcnt vmcnt(0) lgkmcnt(0)
  flat_atomic_smax v[6:7], v4
  s_waitcnt vmcnt(0) lgkmcnt(0)
  ds_read_b32 v9, v4
  v_mov_b32_e32 v6, s12
  v_mov_b32_e32 v7, s13
  v_mov_b32_e32 v10, 2
  flat_atomic_add v[6:7], v10
  s_waitcnt vmcnt(0) lgkmcnt(0)
  STORE v8
  STORE v9
END
