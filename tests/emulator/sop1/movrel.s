//! # The register number is offset by M0.
//! manual = "MI200 ISA, S_MOVRELS_B32, S_MOVRELD_B32"
//! out = [
//!   "u32 42 x 64",
//!   "u32 42 x 64",
//!   "u32 42 x 64",
//!   "u32 42 x 64",
//! ]
.include "wave.inc"

KERNEL
  s_mov_b32 s40, 40
  s_mov_b32 s41, 41
  s_mov_b32 s42, 42
  s_mov_b32 s43, 43
  s_mov_b32 m0, 2
  s_nop 4
  s_movrels_b32 s50, s40
  s_movreld_b32 s41, s50
  s_movrels_b64 s[52:53], s[40:41]
  STORE_S s50
  STORE_S s43
  STORE_S s52
  STORE_S s53
END
