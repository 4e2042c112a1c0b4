//! # Lanes are switched off by a comparison with a register that nobody wrote.
//! check = "init"
.include "wave.inc"

KERNEL
  v_cmp_lt_u32_e32 vcc, v0, v20
  s_and_saveexec_b64 s[30:31], vcc // finding: init: a branch depends on an undefined value
  s_mov_b64 exec, s[30:31]
END
