//! # A loop's count comes from a register that nobody set.
//! check = "init"
.include "wave.inc"

KERNEL
  s_and_b32 s31, s60, 0
  s_cmp_lg_u32 s31, 0
  s_cbranch_scc1 .Lend
  s_cmp_lg_u32 s60, 0
  s_cbranch_scc1 .Lend // finding: init: a branch depends on an undefined value
.Lend:
END
