//! # The fourteen f32 orders on NaN, zeros and infinities: the n-forms are true for unordered operands.
//! manual = "MI200 ISA, VOPC"
//! in = [
//!   "f32 (1, -1, nan, 0, -0.0, inf, -inf, 2) x 8",
//!   "f32 1 x 8, -1 x 8, nan x 8, 0 x 8, -0.0 x 8, inf x 8, -inf x 8, 2 x 8",
//! ]
//! out = [
//!   "u32 0x4200405a x 64",
//!   "u32 0x5b00db42 x 64",
//!   "u32 0x18000201 x 64",
//!   "u32 0x80402018 x 64",
//!   "u32 0x5a00425b x 64",
//!   "u32 0xdb40fb5a x 64",
//!   "u32 0xa100b9a0 x 64",
//!   "u32 0x20bb00a1 x 64",
//!   "u32 0xe300f9fa x 64",
//!   "u32 0x7bbbdbe3 x 64",
//!   "u32 0xb900bba1 x 64",
//!   "u32 0xa0fb20b9 x 64",
//!   "u32 0xfb00fbfb x 64",
//!   "u32 0xfbfbfbfb x 64",
//!   "u32 0x4ff0404 x 64",
//!   "u32 0x4040404 x 64",
//!   "u32 0x46ff445e x 64",
//!   "u32 0x5f04df46 x 64",
//!   "u32 0x1cff0605 x 64",
//!   "u32 0x8444241c x 64",
//!   "u32 0x5eff465f x 64",
//!   "u32 0xdf44ff5e x 64",
//!   "u32 0xa5ffbda4 x 64",
//!   "u32 0x24bf04a5 x 64",
//!   "u32 0xe7fffdfe x 64",
//!   "u32 0x7fbfdfe7 x 64",
//!   "u32 0xbdffbfa5 x 64",
//!   "u32 0xa4ff24bd x 64",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  v_cmp_lt_f32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_eq_f32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_le_f32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_gt_f32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_lg_f32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_ge_f32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_o_f32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_u_f32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_nge_f32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_nlg_f32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_ngt_f32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_nle_f32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_neq_f32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_nlt_f32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
END
