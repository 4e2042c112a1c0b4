//! # SCC says that the result is not zero.
//! manual = "MI200 ISA, SOP2"
//! out = [
//!   "u32 1 x 64",
//!   "u32 1 x 64",
//!   "u32 0xf9abcdff x 64",
//!   "u32 1 x 64",
//!   "u32 0 x 64",
//!   "u32 0 x 64",
//!   "u32 0x89abcdee x 64",
//!   "u32 1 x 64",
//!   "u32 0x8fffffef x 64",
//!   "u32 1 x 64",
//!   "u32 0xfffffffe x 64",
//!   "u32 1 x 64",
//!   "u32 0 x 64",
//!   "u32 0 x 64",
//!   "u32 0x6543201 x 64",
//!   "u32 1 x 64",
//! ]
.include "wave.inc"

KERNEL
  s_mov_b32 s30, 0x89abcdef
  s_mov_b32 s31, 0x70000011
  s_and_b32 s40, s30, s31
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_or_b32 s40, s30, s31
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_xor_b32 s40, s30, s30
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_andn2_b32 s40, s30, s31
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_orn2_b32 s40, s30, s31
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_nand_b32 s40, s30, s31
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_nor_b32 s40, s30, -1
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
  s_xnor_b32 s40, s30, s31
  s_cselect_b32 s41, 1, 0
  STORE_S s40
  STORE_S s41
END
