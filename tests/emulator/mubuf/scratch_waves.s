//! # Scratch of different waves and groups does not overlap: 3 groups of 128, each work-item keeps its own number through a barrier.
//! manual = "MI200 ISA, MUBUF and the scratch buffer descriptor (swizzled by lane)"
//! out = ["u32 0..=1915 by 5"]
//! group = 128
//! groups = 3
.include "wave.inc"

KERNEL scratch=32
  v_mul_u32_u24_e32 v1, 5, v56
  buffer_store_dword v1, off, s[0:3], 0 offset:12
  s_waitcnt vmcnt(0)
  s_barrier
  buffer_load_dword v2, off, s[0:3], 0 offset:12
  s_waitcnt vmcnt(0)
  STORE v2
END
