//! # Four work-groups of 100 add into the same places: integers, f32 and f64 (exact sums).
//! manual = "MI200 ISA, FLAT and GLOBAL instructions: atomics"
//! group = 100
//! groups = 4
//! memory = "u32 0; f32 0; f64 0; u32 0"
//! memory_after = "u32 400; f32 79800; f64 79800; u32 399"
.include "wave.inc"

KERNEL
  v_mov_b32_e32 v1, 0
  v_mov_b32_e32 v2, 1
  v_cvt_f32_u32_e32 v3, v56
  v_cvt_f64_u32_e32 v[4:5], v56
  global_atomic_add v1, v2, s[12:13]
  global_atomic_add_f32 v1, v3, s[12:13] offset:4
  global_atomic_add_f64 v1, v[4:5], s[12:13] offset:8
  global_atomic_umax v1, v56, s[12:13] offset:16
  s_waitcnt vmcnt(0)
END
