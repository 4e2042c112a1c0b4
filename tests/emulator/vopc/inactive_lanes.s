//! # A lane that is not active gives 0 in the mask, whatever was there; v_cmpx writes EXEC as well.
//! manual = "MI200 ISA, VOPC"
//! in = ["u32 0..=63"]
//! out = [
//!   "u32 0xaaaa5555 x 64",
//!   "u32 0 x 64",
//!   "u32 0xaaa00000 x 64",
//!   "u32 0xff00ff00 x 64",
//!   "u32 0xaaaa1555 x 64",
//!   "u32 0xff00ff00 x 64",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  s_mov_b64 vcc, -1
  EXEC_IS 0xaaaa5555, 0xff00ff00
  v_cmp_gt_u32_e32 vcc, 32, v1
  s_mov_b64 s[30:31], vcc
  v_cmp_le_u32_e64 s[32:33], 20, v1
  v_cmpx_ne_u32_e32 vcc, 14, v1
  s_mov_b64 s[34:35], exec
  EXEC_ALL
  STORE_S s30
  STORE_S s31
  STORE_S s32
  STORE_S s33
  STORE_S s34
  STORE_S s35
END
