//! # A loop in which lanes leave one by one: EXEC shrinks until execz; each lane counts its own rounds.
//! manual = "MI200 ISA, EXEC"
//! out = ["u32 (0..=7) x 8"]
.include "wave.inc"

KERNEL
  v_and_b32_e32 v1, 7, v0
  v_mov_b32_e32 v2, 0
  s_mov_b64 s[30:31], exec
again:
  v_cmp_lt_u32_e32 vcc, v2, v1
  s_and_b64 exec, exec, vcc
  s_cbranch_execz left
  v_add_u32_e32 v2, 1, v2
  s_branch again
left:
  s_mov_b64 exec, s[30:31]
  s_nop 4
  STORE v2
END
